"""The most each priority could save on the children there are: a bound that no claim for it can pass."""

import numpy as np

from best_model.model.authority import Authority
from best_model.model.engine import simulate
from best_model.model.phasing import FloatArray
from best_model.model.scenario import Action, Assumption, Lever, Places, Price, Scenario

_MORE_THAN_ENOUGH = 1e6


def ceilings(authority: Authority, scenario: Scenario) -> dict[str, FloatArray]:
    """Gross saving on placements of each lever alone, £ nominal over the reported years, if it acted on every child in its reach.

    Every share is 1, every price falls to the low end of what a source supports, and there are places for all comers.
    Empty places and running costs are left out, so it is a ceiling and not a plan.
    """
    levers = tuple(at_its_ceiling(lever) for lever in scenario.levers)
    each = np.concatenate([np.zeros((1, len(levers))), np.eye(len(levers))])
    spent = simulate(authority, levers, each).spend.placements.sum(axis=-1)[:, -len(authority.years) :]
    return {lever.name: spent[0] - spent[place] for place, lever in enumerate(levers, start=1)}


def at_its_ceiling(lever: Lever) -> Lever:
    """The lever at full effect on everyone it reaches."""
    return lever.model_copy(update={"intensity": 1.0, "actions": tuple(map(_at_its_ceiling, lever.actions))})


def _at_its_ceiling(action: Action) -> Action:
    match action:
        case Places():
            places = {nth: _certain(figure, _MORE_THAN_ENOUGH) for nth, figure in action.by_nth_september.items()}
            return action.model_copy(update={"by_nth_september": places})
        case Price():
            return action.model_copy(update={"share": _certain(action.share, action.share.high)})
        case _:
            return action.model_copy(update={"share": _certain(action.share, 1.0)})


def _certain(figure: Assumption, value: float) -> Assumption:
    return figure.model_copy(update={"value": value, "low": value, "high": value})
