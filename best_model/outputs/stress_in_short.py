"""The stresses in a table that fits a page: what each leaves of the saving, what it adds to the deficit, and which targets it costs."""

from collections.abc import Sequence

from best_model.faces.numbers import millions
from best_model.model.authority import Authority
from best_model.model.deficit import CASES
from best_model.model.scenario import Scenario
from best_model.outputs.fragment import Fragment
from best_model.outputs.pages import METHOD
from best_model.outputs.stress import last_march, targets
from best_model.outputs.tables import Row, table
from best_model.questions.names import within_a_sentence
from best_model.questions.stressed import DEFICIT_CASE, Position, Stressed

_BOTH = 2


def stresses_table(authority: Authority, scenario: Scenario, outcomes: Sequence[Stressed]) -> Fragment:
    """Each stress, the worst first: saving found, gap left, what is added to the deficit, and the targets that are still met."""
    rows = [Row("No stress", _cells(authority, outcomes[0].unstressed, 0.0), "modelled", METHOD)]
    rows += [Row(each.stress.title, _cells(authority, each.position, each.cost)) for each in outcomes]
    columns = ["Stress", "Saving found", "Gap left", f"Added to deficit, {last_march(authority)}", "Targets met"]
    note = (
        "Each alone, with every priority delivering all that the plan asks. A wider gap leaves more to save. "
        f"Deficit: {within_a_sentence(CASES[DEFICIT_CASE])}."
    )
    caption = f"{scenario.title} under {len(outcomes)} stresses, {authority.years[-1]}, £m, the worst first"
    return table(caption, columns, rows, note, text_columns=1)


def _cells(authority: Authority, position: Position, cost: float) -> list[str]:
    met = [name for name, amount in targets(authority).items() if position.meets(amount)]
    amounts = (float(position.saving[-1]), float(position.gap_after[-1]), cost)
    return [*map(millions, amounts), "both" if len(met) == _BOTH else " and ".join(met) or "neither"]
