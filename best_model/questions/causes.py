"""Why an answer is uncertain: the assumptions that its spread hangs on (Sobol indices), and where among them a target is missed (PRIM).

Both look at an answer from outside, as a function of the chances of every uncertain assumption: draws at known chances go in, and
what came of each comes out.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from best_model.draws.distributions import Uncertain
from best_model.draws.ensemble import Ensemble, Outcomes, outcomes_at
from best_model.draws.fan_out import Call, in_order, team
from best_model.model.phasing import FloatArray, IntArray
from best_model.model.refusal import Refusal

Outcome = Callable[[Outcomes], FloatArray]
"""One number from what came of each draw, (draw,)."""
Kind = Literal["missed", "met"]
Marks = NDArray[np.bool_]
"""Whether, for each draw."""

_BASE, _BLOCK = 512, 1024
_DRAWS = 8192
_PEEL = 0.05
_SMALLEST = 0.05
_MOST = 3
_LITTLE, _SURE = 0.03, 3
_TOO_FEW = 30
_NEARLY_ALL = 0.9


def saving_found(outcomes: Outcomes) -> FloatArray:
    """Saving found in the last reported year, identified and in train, £ nominal (draw,)."""
    return outcomes.saving[:, -1]


def gap_left(outcomes: Outcomes) -> FloatArray:
    """In-year gap of the last reported year once what is found is saved, £ nominal (draw,)."""
    return outcomes.gap_after[:, -1]


def at_chances(ready: Ensemble, chances: FloatArray, outcome: Outcome, workers: int = 1) -> FloatArray:
    """One outcome at these chances of every assumption, (draw,), to the penny; the same for any number of workers.

    It is what is expected of children, also where the ensemble draws them whole: their luck is not an assumption.
    """
    ready = replace(ready, individuals=False)
    levels = ready.level_of(chances)
    blocks = [rows for level in range(len(ready.fits)) for rows in _in_blocks(np.flatnonzero(levels == level))]
    found = np.empty(len(chances))
    with team(workers) as those:
        calls = (Call(_of_one_level, (ready, chances[rows], outcome)) for rows in blocks)
        for rows, part in zip(blocks, in_order(those, calls), strict=True):
            found[rows] = part
    return np.round(found, 2)


def _of_one_level(ready: Ensemble, chances: FloatArray, outcome: Outcome) -> FloatArray:
    fit = ready.fits[ready.level_of(chances)[0]]
    return outcome(outcomes_at(ready, fit, chances))


def _in_blocks(rows: IntArray) -> Iterator[IntArray]:
    return (rows[first : first + _BLOCK] for first in range(0, len(rows), _BLOCK))


# ---- What the spread hangs on


@dataclass(frozen=True)
class Index:
    """What part of the variance of an outcome hangs on one assumption: `first` by itself, `total` with all it does through others.

    The errors are half of a 95% interval. An estimate may fall a little below nought, or `first` above `total`, within them.
    """

    name: str
    first: float
    first_error: float
    total: float
    total_error: float


def indices(ready: Ensemble, outcome: Outcome = saving_found, base: int = _BASE, workers: int = 1) -> tuple[Index, ...]:
    """Sobol indices of an outcome over every uncertain assumption, the largest total first, from `base` × (assumptions + 2) draws.

    The indices divide a variance among inputs that are independent, and so assumptions are drawn independently here: correlations
    that `uncertainty.yaml` gives are left out. What rests on a fit is drawn at the fit's levels. Raises `Refusal` for a base that is
    no power of two.
    """
    return sobol_indices(
        ready.draws.names, lambda points: at_chances(ready, points, outcome, workers), base, ready.draws.seed
    )


def sobol_indices(
    names: Sequence[str], model: Callable[[FloatArray], FloatArray], base: int, seed: int
) -> tuple[Index, ...]:
    """Indices of a model of independent points between nought and one, (draw, name) -> (draw,); the largest total first.

    Where the model does not vary at all, every index is nought.
    """
    from SALib.analyze.sobol import analyze  # noqa: PLC0415 - it takes two seconds to import
    from SALib.sample.sobol import sample  # noqa: PLC0415

    if base < 2 or base.bit_count() > 1:
        raise Refusal(f"--base {base}: it must be a power of two, such as {_BASE}")
    problem = {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}
    found = model(sample(problem, base, calc_second_order=False, seed=np.random.default_rng(seed)))
    if np.ptp(found) == 0:
        return tuple(Index(name, 0.0, 0.0, 0.0, 0.0) for name in names)
    said = analyze(problem, found, calc_second_order=False, seed=np.random.default_rng(seed))
    columns = (said[part].tolist() for part in ("S1", "S1_conf", "ST", "ST_conf"))
    return tuple(sorted(map(Index, names, *columns), key=lambda index: -index.total))


# ---- Where a target is missed


@dataclass(frozen=True)
class Bound:
    """A quantile of an assumption, `chance`; its figure there; and how far that figure moves over one peel: its error."""

    chance: float
    figure: float
    error: float


@dataclass(frozen=True)
class Limit:
    """An assumption held above `low`, below `high` or between them; the bounds are those of its last figure."""

    name: str
    figure: str
    low: Bound | None
    high: Bound | None


@dataclass(frozen=True)
class Box:
    """Futures within limits on a few assumptions, the most telling first, where a target is mostly `missed`, or mostly `met`.

    `coverage` is the share of all such futures that lie inside, `density` the share of the inside that is such, `mass` the share of
    all futures that lie inside, and `overall` the share of all that is such: of the `draws` that the box was not found among.
    """

    kind: Kind
    limits: tuple[Limit, ...]
    coverage: float
    density: float
    mass: float
    overall: float
    draws: int

    @property
    def density_error(self) -> float:
        """Standard error of the density, never quite nought."""
        return _error(self.density, self.mass * self.draws)

    @property
    def overall_error(self) -> float:
        """Standard error of the share of all futures."""
        return _error(self.overall, self.draws)


def _error(share: float, count: float) -> float:
    """Of a share of so many draws, counting one more of each kind (Laplace), so that none in a hundred is not none ever."""
    likely = (share * count + 1) / (count + 2)
    return float(np.sqrt(likely * (1 - likely) / (count + 2)))


def where_missed(
    ready: Ensemble, target: float, draws: int = _DRAWS, kind: Kind | None = None, most: int = _MOST, workers: int = 1
) -> Box:
    """The box in which the saving found in the last reported year misses `target`, £, to the pound; as `box_of`."""
    if draws < 2:
        raise Refusal(f"--draws {draws}: a box is found among half of them and measured on the rest; give 2 or more")
    points = ready.draws.points(0, 2 ** (draws - 1).bit_length())[:draws]
    chances = ready.draws.correlated(points)
    missed = np.round(at_chances(ready, chances, saving_found, workers) - target) < 0
    return box_of(ready.draws.uncertain, chances, missed, kind, most)


def box_of(
    uncertain: Sequence[Uncertain], chances: FloatArray, missed: Marks, kind: Kind | None = None, most: int = _MOST
) -> Box:
    """The box that best tells futures that miss a target from those that meet it, by limits on `most` assumptions or fewer.

    From `chances`, (draw, assumption), and whether each draw `missed`. It is found among the first half of the draws, and borne out
    and measured by the second, so that its density is not flattered by the search. Unless `kind` says which, it is where the target
    is missed, or where it is met if nearly every draw misses. Where nothing tells, or too few draws are of a kind, it has no limits.
    """
    kind = kind or ("met" if missed.mean() > _NEARLY_ALL else "missed")
    wanted = missed if kind == "missed" else ~missed
    half = len(wanted) // 2
    search, rest = (chances[:half], wanted[:half]), (chances[half:], wanted[half:])
    sides = _open(len(uncertain))
    if min(_fewest(search[1]), _fewest(rest[1])) >= _TOO_FEW:
        sides = _of_those_that_tell(*rest, _found(*search, most), most)
    limits = tuple(_limit(uncertain[place], *sides[:, place]) for place in _most_telling_first(*search, sides))
    return _measured(kind, limits, _within(rest[0], sides), rest[1])


def _fewest(wanted: Marks) -> int:
    """Draws of the kind of which there are fewer."""
    return int(min(wanted.sum(), (~wanted).sum()))


def _measured(kind: Kind, limits: tuple[Limit, ...], inside: Marks, wanted: Marks) -> Box:
    """A box as these draws have it, from whether each is inside and whether it is wanted."""
    coverage = float(inside[wanted].mean()) if wanted.any() else 1.0
    density = float(wanted[inside].mean()) if inside.any() else 0.0
    return Box(kind, limits, coverage, density, float(inside.mean()), float(wanted.mean()), len(wanted))


def _limit(each: Uncertain, low: float, high: float) -> Limit:
    return Limit(
        each.name,
        each.figures[-1],
        _bound(each, low) if low > 0 else None,
        _bound(each, high) if high < 1 else None,
    )


def _bound(each: Uncertain, chance: float) -> Bound:
    """A quantile as a figure, beside those a peel to either side."""
    around = np.array([chance, max(chance - _PEEL, _PEEL / 2), min(chance + _PEEL, 1 - _PEEL / 2)])
    figure, less, more = map(float, each.drawn(around)[each.figures[-1]])
    return Bound(float(chance), figure, (more - less) / 2)


# ---- Peeling


def _found(chances: FloatArray, wanted: Marks, most: int) -> FloatArray:
    """The sides of the box, (side, assumption): nought and one where it is open.

    Peeled among all assumptions, freed of those that tell little, and peeled again among those that are left.
    """
    sides = _of_those_that_tell(chances, wanted, _best_peeled(chances, wanted), most)
    limited = _limited(sides)
    if limited:
        sides[:, limited] = _best_peeled(chances[:, limited], wanted)
    return sides


def _best_peeled(chances: FloatArray, wanted: Marks) -> FloatArray:
    """Of all the boxes peeled one from another, that which best tells the wanted from the others."""
    return max(_peeled(chances, wanted), key=lambda sides: _told_apart(chances, wanted, sides))


def _peeled(chances: FloatArray, wanted: Marks) -> Iterator[FloatArray]:
    """Boxes one within another (PRIM), the whole first; each leaves a twentieth of the draws before it outside one of its sides.

    The side is the one that leaves the largest share of wanted draws inside.
    """
    sides: FloatArray | None = _open(chances.shape[1])
    while sides is not None:
        yield sides
        sides = _a_peel_smaller(chances, wanted, sides)


def _a_peel_smaller(chances: FloatArray, wanted: Marks, sides: FloatArray) -> FloatArray | None:
    """The next box, or nothing where it would be too small."""
    inside = _within(chances, sides)
    here, hits = chances[inside], wanted[inside]
    ends = np.quantile(here, _PEEL, axis=0, method="lower"), np.quantile(here, 1 - _PEEL, axis=0, method="higher")
    kept = np.stack([here > ends[0], here < ends[1]])
    left = kept.sum(axis=1)
    share = (kept & hits[:, None]).sum(axis=1) / np.maximum(left, 1)
    share[left < _SMALLEST * len(chances)] = -1.0
    side, place = np.unravel_index(share.argmax(), share.shape)
    if share[side, place] < 0:
        return None
    rest = here[kept[side, :, place], place]
    smaller = sides.copy()
    smaller[side, place] = (ends[side][place] + (rest.max() if side else rest.min())) / 2
    return smaller


def _of_those_that_tell(chances: FloatArray, wanted: Marks, sides: FloatArray, most: int) -> FloatArray:
    """The box freed of one assumption after another, the least telling first, while they are more than `most` or it tells little."""
    while telling := _most_telling_first(chances, wanted, sides):
        worth, error = _worth(chances, wanted, sides, telling[-1])
        if len(telling) <= most and worth > max(_LITTLE, _SURE * error):
            break
        sides = _freed(sides, telling[-1])
    return sides


def _most_telling_first(chances: FloatArray, wanted: Marks, sides: FloatArray) -> list[int]:
    """The assumptions a box limits, by what is lost with each one's limits."""
    return sorted(_limited(sides), key=lambda place: -_worth(chances, wanted, sides, place)[0])


def _worth(chances: FloatArray, wanted: Marks, sides: FloatArray, place: int) -> tuple[float, float]:
    """How much better a box tells apart with its limits on one assumption than without, and the standard error if they told nothing."""
    left_out = _within(chances, _freed(sides, place)) & ~_within(chances, sides)
    error = np.sqrt(left_out.mean() * (1 / wanted.sum() + 1 / (~wanted).sum()))
    return float(left_out[~wanted].mean() - left_out[wanted].mean()), float(error)


def _told_apart(chances: FloatArray, wanted: Marks, sides: FloatArray) -> float:
    """Share of the wanted draws inside a box less the share of the others inside: one where it holds all of one kind alone."""
    inside = _within(chances, sides)
    return float(inside[wanted].mean() - inside[~wanted].mean())


def _within(chances: FloatArray, sides: FloatArray) -> Marks:
    """Whether each draw lies within the sides."""
    return ((chances >= sides[0]) & (chances <= sides[1])).all(axis=1)


def _open(assumptions: int) -> FloatArray:
    return np.repeat([[0.0], [1.0]], assumptions, axis=1)


def _limited(sides: FloatArray) -> list[int]:
    """The assumptions that a box limits."""
    return [int(place) for place in np.flatnonzero((sides[0] > 0) | (sides[1] < 1))]


def _freed(sides: FloatArray, place: int) -> FloatArray:
    freed = sides.copy()
    freed[:, place] = 0.0, 1.0
    return freed
