"""Places: how full they are, what new ones cost to build, when they pay back, and two ways to add the same number."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from best_model.model.authority import Authority, financial_year
from best_model.model.engine import DO_NOTHING, SCENARIO, Result, run
from best_model.model.phasing import FloatArray
from best_model.model.scenario import Action, Assumption, Level, Lever, Places, Redirect, Scenario
from best_model.model.settings import SETTINGS, setting_index
from best_model.questions.whose import saved_by_priority

# ---- How full the places are


@dataclass(frozen=True)
class Occupancy:
    """A setting that has a number of places, at each census, (january,).

    `places` are those of the September before; `turned_away` the newcomers of the year who found none and went to `fallback`, 0 at
    the base census, before which nothing is modelled.
    """

    setting: str
    fallback: str
    places: FloatArray
    children: FloatArray
    turned_away: FloatArray

    @property
    def empty(self) -> FloatArray:
        """Places without a child."""
        return np.maximum(self.places - self.children, 0.0)


def occupancy(result: Result, draw: int = SCENARIO) -> tuple[Occupancy, ...]:
    """Every setting with a number of places, doing nothing or with the scenario."""
    simulation, names, found = result.simulation, list(SETTINGS), []
    for place, fallback in sorted(result.authority.council.fallbacks):
        turned_away = np.array([0.0, *(year.overflowed[draw, place] for year in simulation.flows)])
        places, children = simulation.capacity[draw, :, place], simulation.by_setting[draw, :, place]
        found.append(Occupancy(names[place], names[fallback], places, children, turned_away))
    return tuple(found)


@dataclass(frozen=True)
class FillUp:
    """New places of a setting at each census, (january,): `opened` by the programme and `filled`; `cost_of_empty` in £ a year.

    A new place is filled once there are more children than the places that would have been there without it could hold.
    """

    setting: str
    opened: FloatArray
    filled: FloatArray
    cost_of_empty: FloatArray

    @property
    def empty(self) -> FloatArray:
        """New places that no child needs yet."""
        return self.opened - self.filled


def fill_up(result: Result) -> tuple[FillUp, ...]:
    """How new places fill, in every setting in which the programme opens some."""
    without = {each.setting: each.places for each in occupancy(result, DO_NOTHING)}
    settings = []
    for each in occupancy(result):
        opened = each.places - without[each.setting]
        if opened.any():
            filled = np.clip(each.children - without[each.setting], 0.0, opened)
            cost = (opened - filled) * result.authority.council.money.empty_place
            settings.append(FillUp(each.setting, opened, filled, cost))
    return tuple(settings)


# ---- What they cost to build, and when they pay back


def capital(result: Result, level: Level = "central") -> dict[str, FloatArray]:
    """£ of capital by setting over the reported years, in the financial year of the September that the places open."""
    spent: dict[str, FloatArray] = {}
    for force in result.simulation.forces:
        if isinstance(force.action, Places):
            opened = np.diff(force.strength[SCENARIO], prepend=0.0)[-len(result.years) :]
            cost = np.maximum(opened, 0.0) * force.action.cost_each.at(level)
            spent[force.action.setting] = spent.get(force.action.setting, 0.0) + cost
    return spent


def annuity(borrowed: float, rate: float, years: float) -> float:
    """£ a year, in equal payments at each year's end, that repays what is borrowed with interest.

    >>> round(annuity(1000.0, rate=0.10, years=2), 2)
    576.19
    """
    return borrowed * (rate / (1.0 - (1.0 + rate) ** -years) if rate else 1.0 / years)


def borrowing_cost(authority: Authority, spent: FloatArray) -> FloatArray:
    """£ a year of interest and repayment on capital (year,), from the year after it is spent, for the share that is borrowed.

    It falls on the council's general fund, not on the High Needs Block.
    """
    names = ("borrowing_rate", "borrowing_years", "borrowed_share")
    rate, years, share = (authority.council.assumptions[f"finance.{name}"].value for name in names)
    before = np.cumsum(spent) - spent
    return np.array([annuity(share * amount, rate, years) for amount in before])


@dataclass(frozen=True)
class Investment:
    """Places as an investment, £ nominal over `years`: `capital`, `borrowing` (beside the block) and what they save a year.

    `saving` is net of running costs and of empty places: the fair share of the priorities that open places.
    """

    years: tuple[str, ...]
    capital: FloatArray
    borrowing: FloatArray
    saving: FloatArray

    @property
    def cumulative(self) -> FloatArray:
        """Saving so far, less capital so far."""
        return np.cumsum(self.saving - self.capital)

    @property
    def pays_back(self) -> str | None:
        """The first financial year by whose end saving has met capital and running cost for good; none if it never does.

        After the plan the last year's saving is held, and no more is built.
        """
        owing = np.flatnonzero(self.cumulative < 0)
        if not len(owing) or owing[-1] < len(self.years) - 1:
            return self.years[owing[-1] + 1 if len(owing) else 0]
        if self.saving[-1] <= 0:
            return None
        more = int(np.ceil(-self.cumulative[-1] / self.saving[-1]))
        return financial_year(int(self.years[-1].partition("/")[0]) + more)


def investment(result: Result, level: Level = "central") -> Investment:
    """The places of a scenario as an investment, with capital at its low, central or high."""
    spent = sum(capital(result, level).values(), np.zeros(len(result.years)))
    shares = saved_by_priority(result.authority, result.scenario)
    saving = sum((shares[lever.name] for lever in result.scenario.levers if _built(lever)), np.zeros(len(result.years)))
    return Investment(result.years, spent, borrowing_cost(result.authority, spent), saving)


# ---- Two ways to add the same places


class Way(NamedTuple):
    """One way to add places, at its last census and in its last year: `places`, `empty` and `inmss` in children, £ a year, £.

    `empty` counts every place without a child in the settings with places, old or new.
    """

    places: float
    empty: float
    inmss: float
    investment: Investment


def ways_to_add(authority: Authority, scenario: Scenario) -> dict[str, Way]:
    """The scenario's places as `planned`, and as many in the same Septembers all in one of the settings it builds in."""
    settings = dict.fromkeys(action.setting for lever in scenario.levers for action in _built(lever))
    ways = {"planned": scenario} | {setting: all_in(scenario, setting) for setting in settings}
    return {name: _way(run(authority, way)) for name, way in ways.items()}


def _way(result: Result) -> Way:
    return Way(
        places=float(sum(each.opened[-1] for each in fill_up(result))),
        empty=float(sum(each.empty[-1] for each in occupancy(result))),
        inmss=float(result.simulation.by_setting[SCENARIO, -1, setting_index("inmss")]),
        investment=investment(result),
    )


def all_in(scenario: Scenario, setting: str) -> Scenario:
    """The scenario with every new place in one setting, and children led to that setting who were led to new places."""
    levers = tuple(_all_in(lever, setting) if _built(lever) else lever for lever in scenario.levers)
    return scenario.model_copy(update={"levers": levers})


def _built(lever: Lever) -> list[Places]:
    return [action for action in lever.actions if isinstance(action, Places)]


def _all_in(lever: Lever, setting: str) -> Lever:
    """A move that would then end where it starts is left out: nobody is led from special schools to special schools."""
    built = _built(lever)
    targets, actions = {action.setting for action in built}, list[Action]([_together(built, setting)])
    for action in lever.actions:
        if isinstance(action, Redirect) and action.to in targets:
            actions += [action.model_copy(update={"to": setting})] if action.away_from != setting else []
        elif not isinstance(action, Places):
            actions.append(action)
    return lever.model_copy(update={"actions": tuple(actions)})


def _together(built: list[Places], setting: str) -> Places:
    """As many places in all by each September, in one setting and at its cost."""
    here = next((action for action in built if action.setting == setting), built[0])
    septembers = sorted({nth for action in built for nth in action.by_nth_september})
    by_nth = {nth: _opened_by(nth, built) for nth in septembers}
    return here.model_copy(update={"setting": setting, "by_nth_september": by_nth})


def _opened_by(nth: int, built: list[Places]) -> Assumption:
    """Places of all actions by the nth September: the latest figure that each gives until then."""
    given = [
        [figure for september, figure in sorted(each.by_nth_september.items()) if september <= nth] for each in built
    ]
    last = [figures[-1] for figures in given if figures]
    parts = {part: sum(getattr(figure, part) for figure in last) for part in ("value", "low", "high")}
    return last[0].model_copy(update=parts)
