"""Why plans grow faster in one place than in another, and whom a programme reaches by age and need."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from best_model.model.comparison import Comparison, Scope
from best_model.model.engine import Result
from best_model.model.phasing import FloatArray
from best_model.model.settings import AGE_BANDS, NEEDS, SETTINGS

DO_NOTHING, SCENARIO = 0, 1


@dataclass(frozen=True)
class GrowthAccount:
    """What plans grew by in a calendar year and why, as shares of those open at its beginning: growth = new - ceased + other.

    `other` is what stock and flows leave over: moves between councils, those who reach 26, and what is recorded late.
    """

    year: int
    new: float
    ceased: float
    growth: float

    @property
    def other(self) -> float:
        """Growth that new and ceased plans do not account for."""
        return self.growth - self.new + self.ceased


def growth_account(comparison: Comparison, scope: Scope, year: int) -> GrowthAccount | None:
    """The account of one area in one calendar year; None where one of its four figures is not published."""
    opening, closing = comparison.at("plans", scope, year), comparison.at("plans", scope, year + 1)
    new, ceased = comparison.at("new_plans", scope, year), comparison.at("ceased_plans", scope, year)
    if not opening or closing is None or new is None or ceased is None:
        return None
    return GrowthAccount(year, new / opening, ceased / opening, closing / opening - 1)


def growth_accounts(comparison: Comparison, scope: Scope) -> tuple[GrowthAccount, ...]:
    """The account of every calendar year that has one."""
    years = (each.year for each in comparison.series("ceased_plans", scope))
    return tuple(each for each in (growth_account(comparison, scope, year) for year in years) if each)


@dataclass(frozen=True)
class Affected:
    """Children of one group in the last January, (setting,): with nothing done, and with the programme."""

    group: str
    idle: FloatArray
    acting: FloatArray

    @property
    def change(self) -> FloatArray:
        """Children in each setting that the programme adds, negative where it takes away."""
        return self.acting - self.idle

    @property
    def fewer(self) -> float:
        """Share of the group's plans that are fewer with the programme."""
        return float(-self.change.sum() / self.idle.sum()) if self.idle.sum() else 0.0

    def moved_from(self, setting: str) -> float:
        """Children fewer in a setting."""
        return float(-self.change[list(SETTINGS).index(setting)])


def by_age(result: Result) -> tuple[Affected, ...]:
    """Whom the programme reaches by age band of the DSG management plan."""
    plans = result.simulation.plans[[DO_NOTHING, SCENARIO], -1].sum(axis=2)
    return _groups(AGE_BANDS, (plans[:, low : high + 1].sum(axis=1) for low, high in AGE_BANDS.values()))


def by_need(result: Result) -> tuple[Affected, ...]:
    """Whom the programme reaches by primary need."""
    plans = result.simulation.plans[[DO_NOTHING, SCENARIO], -1].sum(axis=1)
    return _groups(NEEDS.values(), (plans[:, place] for place in range(plans.shape[1])))


def everyone(groups: Iterable[Affected]) -> Affected:
    """All groups together."""
    found = list(groups)
    return Affected(
        "All plans", *(np.sum([getattr(each, side) for each in found], axis=0) for side in ("idle", "acting"))
    )


def _groups(names: Iterable[str], plans: Iterable[FloatArray]) -> tuple[Affected, ...]:
    return tuple(Affected(name, *both) for name, both in zip(names, plans, strict=True))
