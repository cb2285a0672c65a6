"""What intensities meet a target: one priority's, or the mix that asks least beyond the evidence."""

from collections.abc import Callable, Collection

import numpy as np
from scipy.optimize import brentq, minimize

from best_model.model.authority import Authority
from best_model.model.phasing import FloatArray
from best_model.model.refusal import Refusal
from best_model.model.scenario import Scenario
from best_model.questions.mixes import Reach, effort, intensities_of, room_beyond, with_mix
from best_model.questions.whose import inmss_premium
from best_model.table import Column, Row, Table, Unit, under

_MILLION = 1e6
_SAME = 1e-6
_HAIR = 1e-3
_TO_THE_POUND = 1.0


def seek_plan(authority: Authority, scenario: Scenario) -> Scenario:
    """The scenario with the least-effort intensities that meet its target in the last year, and in each earlier year within reach.

    Where even full intensity falls short of the last year, every priority is at full intensity and the rest is a balance.
    """
    target = authority.council.targets[scenario.target]
    names = [lever.name for lever in scenario.levers]
    return with_mix(scenario, least_effort(Reach(authority, scenario), target, names))


def seek_mix(authority: Authority, scenario: Scenario, names: Collection[str], target: float, year: str) -> Scenario:
    """The scenario with the least-effort intensities of the named levers that meet `target`, £, in one year; the others stay.

    Raises `Refusal` where the target is out of reach.
    """
    wanted = np.where(np.array(authority.years) == year, target, np.nan)
    reach = Reach(authority, scenario)
    _within_reach(reach, names, target, year)
    return with_mix(scenario, least_effort(reach, wanted, names))


def seek_one(authority: Authority, scenario: Scenario, name: str, target: float, year: str) -> Scenario:
    """The scenario with the intensity of one lever that meets `target`, £, in one year; the others stay.

    Raises `Refusal` where no intensity between nought and full effect does.
    """
    reach, place = Reach(authority, scenario), authority.years.index(year)
    start = intensities_of(scenario)
    _within_reach(reach, [name], target, year)
    column = [lever.name for lever in scenario.levers].index(name)

    def short(intensity: float) -> float:
        return float(reach.found(np.where(np.arange(len(start)) == column, intensity, start)[None])[0, place] - target)

    if short(0.0) >= 0:
        return scenario.with_intensity(**{name: 0.0})
    return scenario.with_intensity(**{name: float(brentq(short, 0.0, 1.0, xtol=1e-12))})


def beside_evidence(scenario: Scenario, sought: Collection[str]) -> Table:
    """How much of the most assumed each priority takes, beside its evidence, and whether that was `sought` or held."""
    rows = [
        Row(lever.label, (lever.intensity, lever.evidence.value, "sought" if lever.name in sought else "held"))
        for lever in scenario.levers
    ]
    columns = (*under(("Takes", "On the evidence"), Unit.SHARE), Column("How", Unit.WORDS))
    return Table("beside_evidence", "Share of the most assumed that each priority takes", "Priority", columns, rows)


def least_effort(reach: Reach, target: FloatArray, names: Collection[str]) -> FloatArray:
    """Intensities (lever,) of least effort that find `target` (£ by year, NaN where none) in every year within reach."""
    levers, start = reach.scenario.levers, intensities_of(reach.scenario)
    free = np.array([lever.name in names for lever in levers])
    best = np.where(free, 1.0, start)
    within = np.isfinite(target) & (reach.found(best[None])[0] >= target - _TO_THE_POUND)
    if not within[np.isfinite(target)][-1]:
        return best
    evidence, room = reach.evidence, room_beyond(levers)
    last = np.flatnonzero(within)[-1]
    answer = minimize(
        lambda x: effort(levers, x),
        np.where(free, (evidence + 1.0) / 2, start),
        jac=lambda x: 2 * (x - evidence) / room**2,
        bounds=[(0.0, 1.0) if loose else (value, value) for loose, value in zip(free, start, strict=True)],
        constraints=[
            _constraint(reach, target, [last], "eq"),
            _constraint(reach, target, np.flatnonzero(within)[:-1], "ineq"),
        ],
        method="SLSQP",
        options={"maxiter": 200, "ftol": 1e-12},
    )
    return _to_the_pound(reach, np.clip(answer.x, 0.0, 1.0), np.where(free, evidence, start), target, last)


def _to_the_pound(reach: Reach, found: FloatArray, origin: FloatArray, target: FloatArray, year: int) -> FloatArray:
    """The solver's answer, moved a hair along the line from `origin` so that the year's target is met to the pound."""
    found = np.where(np.abs(found - origin) < _SAME, origin, found)

    def mix(stretch: float) -> FloatArray:
        return np.clip(origin + stretch * (found - origin), 0.0, 1.0)

    def short(stretch: float) -> float:
        return float(reach.found(mix(stretch)[None])[0, year] - target[year])

    if short(1.0 - _HAIR) * short(1.0 + _HAIR) >= 0:
        return found
    return mix(float(brentq(short, 1.0 - _HAIR, 1.0 + _HAIR, xtol=1e-14)))


def _constraint(
    reach: Reach, target: FloatArray, years: Collection[int], kind: str
) -> dict[str, str | Callable[..., FloatArray]]:
    chosen = np.array(years, dtype=int)
    return {
        "type": kind,
        "fun": lambda x: (reach.found(x[None])[0, chosen] - target[chosen]) / _MILLION,
        "jac": lambda x: reach.found_and_slope(x[None])[1][0, :, chosen] / _MILLION,
    }


def _within_reach(reach: Reach, names: Collection[str], target: float, year: str) -> None:
    levers = reach.scenario.levers
    best = np.where([lever.name in names for lever in levers], 1.0, intensities_of(reach.scenario))
    most = float(reach.found(best[None])[0, reach.authority.years.index(year)])
    if most < target - _TO_THE_POUND:
        short = target - most
        places = short / inmss_premium(reach.authority)[reach.authority.years.index(year)]
        raise Refusal(
            f"£{target:,.0f} in {year} is out of reach: {', '.join(names)} at the most any source supports gives £{most:,.0f}, short by "
            f"£{short:,.0f} or about {places:,.0f} children a year in INMSS; ask for less, or name more priorities"
        )
