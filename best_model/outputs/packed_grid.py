"""The explorer's grid as a browser reads it: whole pounds and whole children, as differences between neighbours, compressed.

Whole pounds are summed and rounded by the page. Packing compares every number that a page can show, at every setting, with the
engine's own: where whole pounds would round another way, a pound is moved so that they do not.
"""

import zlib
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from best_model.model.deficit import CASES, cumulative_deficit
from best_model.model.phasing import FloatArray
from best_model.model.refusal import BrokenIdentity
from best_model.questions.grid import Grid

Whole = NDArray[np.int64]
Channel = NDArray[np.int32]
_PENCE, _TENTH_IN_PENCE = 100, 10_000_000
_BYTE, _LEVEL = 8, 9


@dataclass(frozen=True)
class Packed:
    """The grid as text, and what the page needs to unpack it and to work out the rest.

    `channels` in their order in the text: identified by year, children by setting, all children. For each, how many bytes a value
    takes and along which axes it is held as differences.
    """

    text: str
    channels: tuple[tuple[int, tuple[int, ...]], ...]
    pounds: "Pounds"


@dataclass(frozen=True)
class Pounds:
    """What the page sums, £ whole: `gap_before` (new plans, year), `in_train` (level, year), `targets` by name (year,), NaN where none
    is published; `brought_forward` (case,), and which years' gaps the council keeps in each case, `kept` (case, year)."""

    gap_before: FloatArray
    in_train: FloatArray
    targets: Mapping[str, FloatArray]
    brought_forward: FloatArray
    kept: FloatArray

    @property
    def rounded(self) -> "Pounds":
        """The same in whole pounds."""
        return Pounds(
            np.rint(self.gap_before),
            np.rint(self.in_train),
            {name: np.rint(amounts) for name, amounts in self.targets.items()},
            np.rint(self.brought_forward),
            self.kept,
        )


def pounds_of(grid: Grid) -> Pounds:
    """What the page sums, to the last digit."""
    council, years = grid.authority.council, grid.authority.years
    none = np.zeros(len(years))
    case = cumulative_deficit(none, council.money, years)
    one_each = cumulative_deficit(np.eye(len(years)), council.money, years)  # a pound in one year at a time
    return Pounds(
        grid.gap_before,
        np.stack([amounts for _, amounts in levels_in_train(grid)]),
        council.targets,
        np.array([case[name][0] for name in CASES]),
        np.rint([one_each[name][:, -1] - case[name][-1] for name in CASES]),
    )


def levels_in_train(grid: Grid) -> list[tuple[tuple[str, ...], FloatArray]]:
    """Levels of what is in train, £ (year,), the least first; those that are the same are one, under all their names."""
    levels: dict[tuple[float, ...], list[str]] = {}
    for name in ("none", "low", "central", "high"):
        levels.setdefault(tuple(grid.authority.council.in_train[name]), []).append(name)
    return [(tuple(names), np.array(amounts)) for amounts, names in levels.items()]


def packed(grid: Grid) -> Packed:
    """Raises `BrokenIdentity` where a number would be shown otherwise than the engine has it."""
    children = [*np.moveaxis(grid.plans, -1, 0), grid.plans.sum(axis=-1)]
    pounds = pounds_of(grid)
    whole = [*np.moveaxis(settled(grid.identified, pounds), -1, 0), *(np.rint(each) for each in children)]
    parts = [_as_differences(each.astype(np.int32)) for each in whole]
    data = [_bytes(values) for values, _ in parts]
    channels = tuple((len(held) // values.size, axes) for held, (values, axes) in zip(data, parts, strict=True))
    return Packed(b64encode(zlib.compress(b"".join(data), _LEVEL)).decode(), channels, pounds.rounded)


# ---- Whole pounds that round as the engine's do


def settled(identified: FloatArray, pounds: Pounds) -> Whole:
    """`identified` (new plans, …, year) in whole pounds, of which every shown number rounds as it does from the engine's own."""
    whole = np.rint(identified)
    odd = _differs(whole, identified, pounds)
    for place in zip(*np.nonzero(odd), strict=True):
        at = pounds_at(pounds, place[0])
        whole[place] = _moved_by_a_pound(identified[place], at)
    return whole.astype(np.int64)


def pounds_at(pounds: Pounds, new_plans: int) -> Pounds:
    """The same for one stop of new plans, which stays as an axis of one."""
    return Pounds(
        pounds.gap_before[new_plans : new_plans + 1],
        pounds.in_train,
        pounds.targets,
        pounds.brought_forward,
        pounds.kept,
    )


def _moved_by_a_pound(identified: FloatArray, pounds: Pounds) -> FloatArray:
    """One setting's (year,), in the whole pounds nearest to it that show what it shows."""
    moves = sorted(product((0, 1, -1), repeat=len(identified)), key=np.count_nonzero)
    for move in moves:
        tried = np.rint(identified) + move
        if not _differs(tried[None], identified[None], pounds).any():
            return tried
    raise BrokenIdentity(
        f"the explorer cannot show £{', £'.join(f'{each:.2f}' for each in identified)} as the engine does"
    )


def _differs(whole: FloatArray, identified: FloatArray, pounds: Pounds) -> NDArray[np.bool]:
    """Settings at which a number that the page works out of whole pounds is shown otherwise than the engine's."""
    shown, own = (_all_shown(*each) for each in ((whole, pounds.rounded), (identified, pounds)))
    odd = np.zeros(whole.shape[:-1], dtype=np.bool)
    for one, other in zip(shown, own, strict=True):
        odd |= (one != other).any(axis=-1)
    return odd


def _all_shown(identified: FloatArray, pounds: Pounds) -> Iterator[Whole]:
    """Every number of the page that comes of `identified`, in tenths of £m, and whether each target is met."""
    before = pounds.gap_before.reshape(len(pounds.gap_before), *(1 for _ in identified.shape[1:-1]), -1)
    yield tenths(before)
    yield tenths(identified)
    for in_train in pounds.in_train:
        found = identified + in_train
        yield np.broadcast_to(tenths(in_train), identified.shape)
        yield tenths(found)
        yield tenths(before - found)
        for target in pounds.targets.values():
            short = (target - found)[..., np.isfinite(target)]
            yield tenths(short)
            yield (short < 1 / 2).astype(np.int64)
        for opening, kept in zip(pounds.brought_forward, pounds.kept, strict=True):
            yield tenths(opening + np.cumsum((before - found) * kept, axis=-1))


def tenths(pounds: FloatArray) -> Whole:
    """£ in tenths of £m, as `words.millions` rounds them.

    >>> tenths(np.array([-15_363_000.0, 11_450_000.0, -20_000.0, 6_150_000.0])).tolist()
    [-154, 115, 0, 62]
    """
    pence = np.rint(np.abs(pounds) * _PENCE).astype(np.int64)
    return np.sign(pounds).astype(np.int64) * ((pence + _TENTH_IN_PENCE // 2) // _TENTH_IN_PENCE)


# ---- Few bytes


def _as_differences(values: Channel) -> tuple[Channel, tuple[int, ...]]:
    """A channel as differences along those axes, one after another, that make it smaller: the page adds them up again."""
    axes: list[int] = []
    least = _size(values)
    while left := [axis for axis in range(values.ndim) if axis not in axes]:
        tried = [(_size(_difference(values, axis)), axis) for axis in left]
        if min(tried)[0] >= least:
            break
        least, axis = min(tried)
        values = _difference(values, axis)
        axes.append(axis)
    return values, tuple(axes)


def _difference(values: Channel, axis: int) -> Channel:
    return np.diff(values, axis=axis, prepend=np.int32(0))


def _size(values: Channel) -> int:
    return len(zlib.compress(_bytes(values), 1))


def _bytes(values: Channel) -> bytes:
    """Values as bytes, all the lowest first; small ones of either sign are small numbers: 0, -1, 1, -2 are 0, 1, 2, 3."""
    folded = ((values << 1) ^ (values >> (np.iinfo(np.int32).bits - 1))).astype(np.uint32)
    places = max(-(-int(folded.max()).bit_length() // _BYTE), 1)
    return b"".join((folded >> (_BYTE * place)).astype(np.uint8).tobytes() for place in range(places))
