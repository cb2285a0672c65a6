"""Whole pounds that show what the engine's own show: a page adds them up and rounds them, and never shows another number.

Every number that the explorer can show, at every setting, is compared with the engine's. Where whole pounds would round another way, a
pound is moved so that they do not.
"""

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from best_model.model.deficit import CASES, cumulative_deficit
from best_model.model.phasing import FloatArray
from best_model.model.refusal import BrokenIdentity
from best_model.questions.grid import Grid

Whole = NDArray[np.int64]
_PENCE, _TENTH_IN_PENCE = 100, 10_000_000


class Pounds(NamedTuple):
    """What a page sums beside what is identified, £: `gap_before` (new plans, year), `in_train` (level, year), `targets` (target, year)
    with NaN where none is published, `brought_forward` (case,), and which years' gaps the council keeps, `kept` (case, year), 0 or 1."""

    gap_before: FloatArray
    in_train: FloatArray
    targets: FloatArray
    brought_forward: FloatArray
    kept: FloatArray


def pounds_of(grid: Grid) -> Pounds:
    """What the page sums, to the last digit."""
    council, years = grid.authority.council, grid.authority.years
    case = cumulative_deficit(np.zeros(len(years)), council.money, years)
    one_each = cumulative_deficit(np.eye(len(years)), council.money, years)  # a pound in one year at a time
    return Pounds(
        grid.gap_before,
        np.stack([each.pounds for each in grid.in_train]),
        np.stack([*council.targets.values()]),
        np.array([case[name][0] for name in CASES]),
        np.rint([one_each[name][:, -1] - case[name][-1] for name in CASES]),
    )


def rounded(pounds: Pounds) -> Pounds:
    """The same in whole pounds."""
    return Pounds(*map(np.rint, pounds))


def settled(identified: FloatArray, pounds: Pounds) -> Whole:
    """`identified` (new plans, …, year) in whole pounds, of which every shown number rounds as it does from the engine's own.

    Raises `BrokenIdentity` where no pound that is moved can do that.
    """
    whole = np.rint(identified)
    for place in zip(*np.nonzero(_differs(whole, identified, pounds)), strict=True):
        own = pounds._replace(gap_before=pounds.gap_before[place[:1], :])
        whole[place] = _moved_by_a_pound(identified[place], own)
    return whole.astype(np.int64)


def _moved_by_a_pound(identified: FloatArray, pounds: Pounds) -> FloatArray:
    """One setting's (year,), in the whole pounds nearest to it that show what it shows."""
    for move in sorted(product((0, 1, -1), repeat=len(identified)), key=np.count_nonzero):
        tried = np.rint(identified) + move
        if not _differs(tried[None], identified[None], pounds).any():
            return tried
    amounts = ", £".join(f"{each:.2f}" for each in identified)
    raise BrokenIdentity(f"the explorer cannot show £{amounts} as the engine does")


def _differs(whole: FloatArray, identified: FloatArray, pounds: Pounds) -> NDArray[np.bool]:
    """Settings at which a number that the page works out of whole pounds is shown otherwise than the engine's."""
    odd = np.zeros(whole.shape[:-1], dtype=np.bool)
    for one, other in zip(_all_shown(whole, rounded(pounds)), _all_shown(identified, pounds), strict=True):
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
        for target in pounds.targets:
            short = (target - found)[..., np.isfinite(target)]
            yield tenths(short)
            yield (short < 1 / 2).astype(np.int64)
        for opening, kept in zip(pounds.brought_forward, pounds.kept, strict=True):
            yield tenths(opening + np.cumsum((before - found) * kept, axis=-1))


def tenths(pounds: FloatArray) -> Whole:
    """£ in tenths of £m, as `numbers.millions` rounds them.

    >>> tenths(np.array([-15_363_000.0, 11_450_000.0, -20_000.0, 6_150_000.0])).tolist()
    [-154, 115, 0, 62]
    """
    pence = np.rint(np.abs(pounds) * _PENCE).astype(np.int64)
    return np.sign(pounds).astype(np.int64) * ((pence + _TENTH_IN_PENCE // 2) // _TENTH_IN_PENCE)
