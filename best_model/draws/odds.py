"""How likely, and how much: from draws to the chance of reaching a target and the band that nine draws in ten fall in.

Everything is read from columns by name, one at a time, so that draws may be in memory or in a file: `saving.2029/30`,
`gap_before.2029/30`, `deficit.as_published.2029/30`, `plans.2030.inmss` and `plans_before.2030.inmss`, each (draw,).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from best_model.draws.ensemble import Ensemble, Outcomes
from best_model.model.authority import Authority
from best_model.model.deficit import CASES
from best_model.model.engine import reaches
from best_model.model.phasing import FloatArray
from best_model.model.scenario import Scenario
from best_model.model.settings import SETTINGS

Columns = Mapping[str, FloatArray]
_NINE_IN_TEN = (0.05, 0.5, 0.95)


@dataclass(frozen=True)
class Odds:
    """How often what is found, identified and in train, reaches a target of £ `amount` in a year, to the pound.

    `error` is the standard error of the `chance`, as of independent draws. `shortfall` is £ that draws which miss are short of the
    target on average; None where none misses.
    """

    target: str
    year: str
    amount: float
    chance: float
    error: float
    shortfall: float | None


@dataclass(frozen=True)
class Path:
    """How often a target is reached in each year for which there is one, and in all of these years together."""

    target: str
    by_year: tuple[Odds, ...]
    chance: float
    error: float


@dataclass(frozen=True)
class Band:
    """Quantiles of an amount, £ or children, at each year or January: one draw in twenty is below `low`, one in twenty above `high`."""

    of: str
    at: tuple[str, ...]
    low: FloatArray
    median: FloatArray
    high: FloatArray


@dataclass(frozen=True)
class Summary:
    """What a set of draws says: every target of the council in the last year, the path of the scenario's own, and the bands."""

    draws: int
    targets: tuple[Odds, ...]
    path: Path
    bands: Mapping[str, Band]


@dataclass(frozen=True)
class Sample:
    """A scenario and what came of so many draws of it."""

    ready: Ensemble
    outcomes: Outcomes

    def __repr__(self) -> str:
        return f"{self.ready.scenario.title}, {self.said.draws:,} draws"

    @cached_property
    def said(self) -> Summary:
        """What they say, summed up once."""
        return summary(self.ready, self.outcomes)


def summary(ready: Ensemble, outcomes: Outcomes) -> Summary:
    """What draws in memory say."""
    return summed_up(ready.authority, ready.scenario, columns_of(ready.authority, outcomes))


def summed_up(authority: Authority, scenario: Scenario, columns: Columns) -> Summary:
    """The same of columns, wherever they are."""
    last = len(authority.years) - 1
    return Summary(
        draws=len(columns[f"saving.{authority.years[last]}"]),
        targets=tuple(odds(authority, name, last, columns) for name in authority.council.targets),
        path=path(authority, scenario.target, columns),
        bands={band.of: band for band in bands(authority, columns)},
    )


def columns_of(authority: Authority, outcomes: Outcomes) -> dict[str, FloatArray]:
    """Every amount of every draw as a column, (draw,)."""
    years, januaries = authority.years, authority.januaries
    money = {"saving": outcomes.saving, "gap_before": outcomes.gap_before}
    money |= {f"deficit.{case}": outcomes.deficit[:, place] for place, case in enumerate(CASES)}
    children = {"plans": outcomes.plans, "plans_before": outcomes.plans_before}
    return {f"{of}.{year}": each[:, place] for of, each in money.items() for place, year in enumerate(years)} | {
        f"{of}.{january}.{setting}": each[:, step, place]
        for of, each in children.items()
        for step, january in enumerate(januaries)
        for place, setting in enumerate(SETTINGS)
    }


# ---- Targets


def odds(authority: Authority, target: str, year: int, columns: Columns) -> Odds:
    """The odds of a target of the council in one of the years, by its place."""
    amount, name = float(authority.council.targets[target][year]), authority.years[year]
    saving = columns[f"saving.{name}"]
    reached = reaches(saving, amount)
    missed = saving[~reached]
    return Odds(target, name, amount, *_chance(reached), float(np.mean(amount - missed)) if missed.size else None)


def path(authority: Authority, target: str, columns: Columns) -> Path:
    """The odds of a target in each year for which it is published, and in every one of them."""
    amounts = authority.council.targets[target]
    published = [place for place, amount in enumerate(amounts) if np.isfinite(amount)]
    reached = (reaches(columns[f"saving.{authority.years[place]}"], amounts[place]) for place in published)
    by_year = tuple(odds(authority, target, place, columns) for place in published)
    return Path(target, by_year, *_chance(reduce(np.logical_and, reached)))


def _chance(reached: NDArray[np.bool]) -> tuple[float, float]:
    """How often, and the standard error of that."""
    chance = float(reached.mean())
    return chance, float(np.sqrt(chance * (1.0 - chance) / len(reached)))


# ---- Bands


def bands(authority: Authority, columns: Columns) -> tuple[Band, ...]:
    """Saving, gap before and after it, each case of the deficit, and plans with the programme and without."""

    def by_year(of: str) -> Band:
        return _band(of, authority.years, lambda year: columns[f"{of}.{year}"])

    def by_january(of: str) -> Band:
        def in_every_setting(january: int) -> FloatArray:
            return reduce(np.add, (columns[f"{of}.{january}.{setting}"] for setting in SETTINGS))

        return _band(of, authority.januaries, in_every_setting)

    def gap_after(year: str) -> FloatArray:
        return columns[f"gap_before.{year}"] - columns[f"saving.{year}"]

    gaps = (by_year("gap_before"), _band("gap_after", authority.years, gap_after))
    deficits = (by_year(f"deficit.{case}") for case in CASES)
    return (by_year("saving"), *gaps, *deficits, by_january("plans"), by_january("plans_before"))


def _band(of: str, at: Sequence[object], amounts: Callable[[Any], FloatArray]) -> Band:
    low, median, high = np.transpose([np.quantile(amounts(each), _NINE_IN_TEN) for each in at])
    return Band(of, tuple(map(str, at)), low, median, high)
