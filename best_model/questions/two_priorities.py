"""What two priorities do together, the others held: the map of their intensities, with each target on it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from best_model.model.engine import Result
from best_model.model.phasing import FloatArray
from best_model.model.scenario import Lever
from best_model.questions.asked_of import OUT_OF_REACH, target_name, targets_of
from best_model.questions.mixes import Reach, intensities_of
from best_model.questions.names import within_a_sentence
from best_model.questions.whose import saved_by_priority
from best_model.table import METHOD, Column, Row, Table, Unit, Value, listed, under

_POUND = 1.0
_SIDE, _QUARTERS = 21, 5


@dataclass(frozen=True)
class TwoLevers:
    """Saving `found` in the last year, £ (first, second), with two priorities at each of `steps` and the others as the scenario has them.

    `first` and `second` are their places among its levers.
    """

    result: Result
    first: int
    second: int
    steps: FloatArray
    found: FloatArray

    def needed(self, target: float) -> FloatArray:
        """The least of the second that finds `target` with each step of the first, (first,), on a straight line between steps.

        NaN where no step of the second does.
        """
        return np.array([self._least(row, target - _POUND) for row in self.found])

    def _least(self, row: FloatArray, target: float) -> float:
        met = np.flatnonzero(row >= target)
        if not len(met):
            return np.nan
        at = int(met[0])
        if at == 0:
            return float(self.steps[0])
        return float(np.interp(target, row[at - 1 : at + 1], self.steps[at - 1 : at + 1]))


def two_levers(result: Result, names: tuple[str, str] | None = None) -> TwoLevers:
    """The map of two priorities: those named, or the two that save most in the last year."""
    levers = [lever.name for lever in result.scenario.levers]
    first, second = map(levers.index, names or two_that_save_most(result))
    steps = np.linspace(0.0, 1.0, _SIDE)
    mixes = np.tile(intensities_of(result.scenario), (_SIDE, _SIDE, 1))
    mixes[:, :, first], mixes[:, :, second] = steps[:, None], steps[None]
    found = Reach(result.authority, result.scenario).found(mixes.reshape(-1, len(levers)))[:, -1]
    return TwoLevers(result, first, second, steps, found.reshape(_SIDE, _SIDE))


def two_that_save_most(result: Result) -> tuple[str, str]:
    """The two priorities with the largest fair share of the saving at full effect, the larger first."""
    full = result.scenario.with_intensity(**{lever.name: 1.0 for lever in result.scenario.levers})
    shares = saved_by_priority(result.authority, full)
    first, second, *_ = sorted(shares, key=lambda name: -shares[name][-1])
    return first, second


def pair(mapped: TwoLevers) -> tuple[Lever, Lever]:
    """The two priorities of a map."""
    levers = mapped.result.scenario.levers
    return levers[mapped.first], levers[mapped.second]


def needed_at_the_evidence(mapped: TwoLevers) -> tuple[float, dict[str, float | None]]:
    """With the first of two priorities at its evidence (the share), how hard the second has to be pushed for each target; None where
    no share of it is enough."""
    at = int(np.abs(mapped.steps - pair(mapped)[0].evidence.value).argmin())
    needed = {target_name(name): mapped.needed(target)[at] for name, target in targets_of(mapped.result).items()}
    return float(mapped.steps[at]), {name: None if np.isnan(share) else float(share) for name, share in needed.items()}


@listed("result")
def two_priorities(result: Result) -> Table:
    """For each quarter of one priority: the saving without a second and with all of it, £ nominal, and how much each target needs."""
    mapped = two_levers(result)
    first, second = pair(mapped)
    needed = [mapped.needed(target) for target in targets_of(result).values()]
    rows = [
        Row(f"At {mapped.steps[place]:.0%}", _with_and_without(mapped, place, needed), "modelled", METHOD)
        for place in range(0, len(mapped.steps), _QUARTERS)
    ]
    columns = (
        Column(f"£m without {within_a_sentence(second.label)}"),
        Column("£m with all of it"),
        *under((f"{target_name(name)} needs of it" for name in targets_of(result)), Unit.SHARE),
    )
    note = f"The other priorities are held as in {result.scenario.title}. Saving found in {result.years[-1]}, identified and in train."
    caption = f"{first.label}, and {within_a_sentence(second.label)}"
    return Table("two_priorities", caption, first.label, columns, rows, (note,))


def _with_and_without(mapped: TwoLevers, place: int, needed: Sequence[np.ndarray]) -> list[Value]:
    ends: list[Value] = [float(mapped.found[place, end]) for end in (0, -1)]
    return [*ends, *(OUT_OF_REACH if np.isnan(each[place]) else float(each[place]) for each in needed)]


@dataclass(frozen=True)
class Map:
    """A map of two priorities and what a chart of it needs: `two_levers(**vars(map))`. A point is a scenario: its name, its two shares, its
    own saving, and whether its other priorities stand elsewhere than on the map."""

    table: Table
    across: tuple[float, ...]
    up: tuple[float, ...]
    below: str
    beside_it: str
    targets: dict[str, float]
    points: tuple[tuple[str, float, float, float, bool], ...]


def map_of_two(result: Result, others: Sequence[Result] = ()) -> Map:
    """Saving in the last year, £ nominal, over the intensities of the two priorities that save most; the others are held."""
    mapped = two_levers(result)
    first, second = pair(mapped)
    steps = tuple(map(float, mapped.steps))
    rows = [Row(f"{up:.0%}", mapped.found[:, place]) for place, up in enumerate(steps)]
    caption = f"{first.label}, and {within_a_sentence(second.label)}: saving found in {result.years[-1]}"
    table = Table("map", caption, second.label, under(f"{across:.0%}" for across in steps), rows)
    marked = others if any(other.scenario == result.scenario for other in others) else [result, *others]
    below = (
        f"{first.label}, of the most. £m found in {result.years[-1]}; other priorities as in {result.scenario.title}."
    )
    targets = {f"{target_name(name)} target": amount for name, amount in targets_of(result).items()}
    points = tuple(_point(mapped, other) for other in marked)
    return Map(table, steps, steps, below, f"{second.label}, of the most", targets, points)


def _point(mapped: TwoLevers, other: Result) -> tuple[str, float, float, float, bool]:
    chosen = intensities_of(other.scenario)
    apart = np.abs(chosen - intensities_of(mapped.result.scenario))
    apart[[mapped.first, mapped.second]] = 0.0
    across, up = (float(chosen[place]) for place in (mapped.first, mapped.second))
    return other.scenario.title, across, up, float(other.found[-1]), bool(apart.max() > 0)
