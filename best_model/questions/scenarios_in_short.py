"""The scenarios side by side: what each saves in the last year, and how far that is its target."""

from best_model.model.engine import Result
from best_model.table import METHOD, ROUNDED, Row, Table, listed, under

_PARTS = ("Six priorities", "In train", "Still to be identified", "Saving", "Target")


@listed("result")
def scenarios_in_short(*results: Result) -> Table:
    """The last year of several scenarios, £ nominal: the priorities, what is in train, what is still to be identified, the target."""
    rows = [Row(result.scenario.title, _last(result), "modelled", METHOD) for result in results]
    caption = f"Saving in {results[0].years[-1]} by scenario, £m"
    return Table("scenarios_in_short", caption, "Scenario", under(_PARTS), rows, (ROUNDED,))


def _last(result: Result) -> list[float]:
    parts = (result.identified, result.in_train, result.to_be_identified, result.saving, result.target)
    return [float(part[-1]) for part in parts]
