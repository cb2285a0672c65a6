"""The priorities: how hard each scenario leans on them, how each is delivered, and whom they act on from census to census."""

from calendar import month_name

import numpy as np

from best_model.model.engine import SCENARIO, Result
from best_model.model.scenario import Action, Cease, FewerNewPlans, Lever, Places, Price, Redirect
from best_model.questions.names import action_words, short_name
from best_model.table import ROUNDED, Column, Range, Row, Table, Unit, Value, listed, modelled, under


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


@listed("result")
def flows(result: Result) -> Table:
    """EHC plans from census to census with nothing done: each line of the reconciliation, those that end a plan below nought."""
    total, januaries = result.simulation.total[0], result.authority.januaries
    rows = []
    for step, (year, flow) in enumerate(zip(januaries[:-1], result.simulation.flows, strict=True)):
        came_and_went = (flow.new_plans[0], flow.transfers[0], -flow.ceased[0], -flow.aged_out[0])
        rows.append(Row(f"January {year} to January {year + 1}", [total[step], *came_and_went, total[step + 1]]))
    heads = ("Opening", "New plans", "Net transfers in", "Ceased", "Reached 26", "Closing")
    notes = ("Modelled, tied to the published gaps.", ROUNDED)
    caption = "Plans from census to census, doing nothing"
    return Table("flows", caption, "Year", under(heads, Unit.CHILDREN), rows, notes)


@listed("result")
def reached(result: Result) -> Table:
    """Whom each action of each priority acts on in the year to each January, and where they come from; and the places it opens.

    Children are counted once in each year in which an action would change what happens to them. A row of places is of places that
    are open, a row of prices of the share that is taken off.
    """
    simulation, levers = result.simulation, result.scenario.levers
    counts = np.stack([flow.children[SCENARIO] for flow in simulation.flows], axis=-1)
    rows = []
    for force, children in zip(simulation.forces, counts, strict=True):
        action, name = force.action, f"{levers[force.lever].label}: {action_words(force.action)}"
        amounts = force.strength[SCENARIO, 1:] if isinstance(action, Places | Price) else children[1:]
        unit = Unit.SHARE if isinstance(action, Price) else None
        rows.append(modelled(name, [*amounts, _origins(action)], unit=unit))
    heads = [f"January {year}" for year in result.authority.januaries[2:]]
    columns = (*under(heads, Unit.CHILDREN), Column("Coming from", Unit.WORDS))
    caption = f"Whom each priority acts on, {result.scenario.title}"
    return Table("reached", caption, "Priority and action", columns, rows, _HOW_COUNTED)


_HOW_COUNTED = (
    "In the year to each January: children, counted once for each year in which an action would change what happens to them.",
    "Of places opened, the places that are open; of a price, the share taken off it.",
    "A step down is what the council seeks: where no place is free the child stays in INMSS.",
)


def _origins(action: Action) -> str:
    match action:
        case Redirect():
            return ", ".join(["first placements" if each == "new" else short_name(each) for each in action.origins])
        case Cease():
            return short_name(action.setting)
        case FewerNewPlans():
            return "children without a plan"
        case _:
            return "not a move"
