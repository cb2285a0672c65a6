"""The priorities: how hard each scenario leans on them, and how each is to be delivered."""

from calendar import month_name

from best_model.model.engine import Result
from best_model.model.scenario import Lever
from best_model.table import Column, Range, Row, Table, Unit, Value, listed, under


@listed("result")
def effort(*results: Result) -> Table:
    """What share of the most that is assumed of each priority each scenario asks for, and how far the evidence goes."""
    rows = []
    for lever, *others in zip(*(result.scenario.levers for result in results), strict=True):
        shares = [*(each.intensity for each in (lever, *others)), Range(lever.evidence.low, lever.evidence.high)]
        rows.append(Row(lever.label, shares, "assumed", f"figure:priorities.{lever.name}.evidence"))
    columns = under([*(result.scenario.title for result in results), "Range"], Unit.SHARE)
    caption = "How hard each scenario leans on each priority, 100% being the most assumed"
    return Table("effort", caption, "Priority", columns, rows)


@listed("result")
def delivery(result: Result) -> Table:
    """When each priority starts, how long it takes, what it costs to run, whether its saving is cash, how sure we are, who owns it."""
    rows = [
        Row(lever.label, _how(lever), "assumed", f"figure:priorities.{lever.name}.running_cost")
        for lever in result.scenario.levers
    ]
    columns = (
        Column("Starts", Unit.WORDS),
        Column("Months until in full", Unit.NUMBER),
        Column("£ a year to run", Unit.GBP_WHOLE),
        *under(("Saving is", "Confidence", "Owner"), Unit.WORDS),
    )
    note = f"Running cost at full effect, {result.years[0]} prices. Owners are illustrative."
    return Table("delivery", "How the priorities are delivered", "Priority", columns, rows, (note,))


def _how(lever: Lever) -> list[Value]:
    year, month = lever.start_year_and_month
    cash = "reinvested" if lever.reinvested else "cost avoided" if lever.kind == "avoidance" else "cashable"
    start = f"{month_name[month]} {year}"
    return [start, lever.ramp_months, lever.running_cost.value, cash, lever.confidence, lever.owner]
