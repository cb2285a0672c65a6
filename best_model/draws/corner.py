"""Where among the assumptions a target is missed: the corner, a box of limits on a few of them, in which most draws miss it (PRIM)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from best_model.draws.distributions import Uncertain
from best_model.draws.ensemble import Ensemble
from best_model.draws.variance import at_chances, saving_found
from best_model.model.engine import reaches
from best_model.model.phasing import FloatArray
from best_model.model.refusal import Refusal
from best_model.table import Estimate

Kind = Literal["missed", "met"]
Marks = NDArray[np.bool_]
"""Whether, for each draw."""

_DRAWS = 8192
_PEEL = 0.05
_SMALLEST = 0.05
_MOST = 3
_LITTLE, _SURE = 0.03, 3
_TOO_FEW = 30
_NEARLY_ALL = 0.9


@dataclass(frozen=True)
class Bound:
    """A quantile of an assumption, `chance`, and its figure there; the error is how far that figure moves over one peel."""

    chance: float
    figure: Estimate


@dataclass(frozen=True)
class Limit:
    """An assumption held above `low`, below `high` or between them; the bounds are those of its last figure."""

    name: str
    figure: str
    low: Bound | None
    high: Bound | None


@dataclass(frozen=True)
class Box:
    """Draws within limits on a few assumptions, the most telling first, where a target is mostly `missed`, or mostly `met`.

    `coverage` is the share of all such draws that lie inside, `density` the share of the inside that is such, `mass` the share of
    all draws that lie inside, and `overall` the share of all that is such: of the `draws` that the box was not found among.
    """

    kind: Kind
    limits: tuple[Limit, ...]
    coverage: float
    density: float
    mass: float
    overall: float
    draws: int

    @property
    def inside(self) -> Estimate:
        """The density with its standard error."""
        return _estimate(self.density, self.mass * self.draws)

    @property
    def everywhere(self) -> Estimate:
        """The share of all draws that is such, with its standard error."""
        return _estimate(self.overall, self.draws)

    @property
    def missed(self) -> Estimate:
        """The share of all draws that misses the target, with its standard error."""
        return _estimate(self.overall if self.kind == "missed" else 1 - self.overall, self.draws)


def _estimate(share: float, count: float) -> Estimate:
    """A share of so many draws with its error, counting one more of each kind (Laplace), so that none in a hundred is not none ever."""
    likely = (share * count + 1) / (count + 2)
    return Estimate(share, float(np.sqrt(likely * (1 - likely) / (count + 2))))


def where_missed(
    ready: Ensemble, target: float, draws: int = _DRAWS, kind: Kind | None = None, most: int = _MOST, workers: int = 1
) -> Box:
    """The box in which the saving found in the last reported year misses `target`, £, to the pound; as `box_of`."""
    if draws < 2:
        raise Refusal(f"--draws {draws}: a box is found among half of them and measured on the rest; give 2 or more")
    points = ready.draws.points(0, 2 ** (draws - 1).bit_length())[:draws]
    chances = ready.draws.correlated(points)
    missed = ~reaches(at_chances(ready, chances, saving_found, workers), target)
    return box_of(ready.draws.uncertain, chances, missed, kind, most)


def box_of(
    uncertain: Sequence[Uncertain], chances: FloatArray, missed: Marks, kind: Kind | None = None, most: int = _MOST
) -> Box:
    """The box that best tells draws that miss a target from those that meet it, by limits on `most` assumptions or fewer.

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
    ends = _bound(each, low) if low > 0 else None, _bound(each, high) if high < 1 else None
    return Limit(each.name, each.figures[-1], *ends)


def _bound(each: Uncertain, chance: float) -> Bound:
    """A quantile as a figure, beside those a peel to either side."""
    around = np.array([chance, max(chance - _PEEL, _PEEL / 2), min(chance + _PEEL, 1 - _PEEL / 2)])
    figure, less, more = map(float, each.drawn(around)[each.figures[-1]])
    return Bound(float(chance), Estimate(figure, (more - less) / 2))


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
