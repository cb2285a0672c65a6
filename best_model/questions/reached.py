"""Whom the priorities act on, and how the number of EHC plans changes from census to census."""

import numpy as np

from best_model.model.engine import SCENARIO, Result
from best_model.model.scenario import Action, Cease, FewerNewPlans, Places, Price, Redirect
from best_model.questions.names import action_words, short_name
from best_model.table import ROUNDED, Column, Row, Table, Unit, listed, modelled, under


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
