"""The loop that is compiled: children from census to census for many draws, along the matrix of a year.

Draws are followed `WIDTH` at a time, side by side. A draw's numbers are made in the same order in whatever company it stands, so they
are the same to the last bit. The lock of the interpreter is let go, so that threads run at once.
"""

import numpy as np
from numba import njit

from best_model.draws.year_matrix import Claimed, Matrix
from best_model.model.phasing import FloatArray, IntArray

WIDTH = 128
"""Few enough draws that a year of them stays in the cache of a core, enough to fill its vector registers."""


@njit(cache=True, nogil=True)
def follow(
    matrix: Matrix,
    claims: Claimed,
    start: FloatArray,
    strength: FloatArray,
    demand: FloatArray,
    capacity: FloatArray,
    fallbacks: IntArray,
) -> FloatArray:
    """Children by setting at each census, (january, setting, draw).

    `start` (cell,); `strength` (force, step, draw): what each force alone takes; `demand` (step, draw); `capacity` (january, setting,
    draw); `fallbacks` (·, 2): a full setting and where those it turns away go.
    """
    (steps, draws), settings, kinds = demand.shape, capacity.shape[1], claims.reaches.shape[1]
    totals = np.empty((steps + 1, settings, draws))
    before = np.zeros((len(start) + len(claims.movers) + (1 + len(claims.arriving)) * kinds + 1, WIDTH))
    after = np.zeros((len(matrix.indptr) - 1, WIDTH))
    share, left = np.zeros((len(claims.force) * kinds, WIDTH)), np.ones((len(claims.flow) * kinds, WIDTH))
    for first in range(0, draws, WIDTH):
        width = min(WIDTH, draws - first)
        for cell in range(len(start)):
            before[cell] = start[cell]
        before[-1] = 1.0
        _count(before[: len(start)], totals, 0, first, width)
        for step in range(steps):
            _share_out(claims, strength[:, step], first, width, share, left)
            _fill_in(claims, demand[step], first, width, share, left, before, len(start))
            _carry(matrix, before, after)
            for place in range(len(fallbacks)):
                _turn_away(after, len(start), place, fallbacks, capacity[step + 1], first, width)
            before[: len(start)] = after[: len(start)]
            _count(before[: len(start)], totals, step + 1, first, width)
    return totals


@njit(cache=True, nogil=True)
def _share_out(
    claims: Claimed, strength: FloatArray, first: int, width: int, share: FloatArray, left: FloatArray
) -> None:
    """As `levers.claims`: what is left of each flow, and each force's share of what is taken, by kind of child."""
    kinds, total = claims.reaches.shape[1], np.zeros(WIDTH)
    for flow in range(len(claims.flow) - 1):
        rows = range(claims.flow[flow], claims.flow[flow + 1])
        for kind in range(kinds):
            kept = left[flow * kinds + kind]
            kept[:] = 1.0
            total[:] = 0.0
            for row in rows:
                if claims.reaches[claims.force[row], kind]:
                    for draw in range(width):
                        kept[draw] *= 1.0 - strength[claims.force[row], first + draw]
                        total[draw] += strength[claims.force[row], first + draw]
            for row in rows:
                if claims.reaches[claims.force[row], kind]:
                    for draw in range(width):
                        of_all = strength[claims.force[row], first + draw] / total[draw] if total[draw] > 0.0 else 0.0
                        share[row * kinds + kind, draw] = of_all * (1.0 - kept[draw])


@njit(cache=True, nogil=True)
def _fill_in(
    claims: Claimed,
    demand: FloatArray,
    first: int,
    width: int,
    share: FloatArray,
    left: FloatArray,
    before: FloatArray,
    cells: int,
) -> None:
    """End plans, and fill in the rows that follow the children: what levers may redirect, and who is new."""
    kinds, new = claims.reaches.shape[1], cells + len(claims.movers)
    for place in range(len(claims.ending)):
        for draw in range(WIDTH):
            before[claims.ending[place], draw] *= left[claims.ended[place], draw]
    for place in range(len(claims.movers)):
        for draw in range(WIDTH):
            before[cells + place, draw] = before[claims.movers[place], draw] * share[claims.claimed[place], draw]
    for kind in range(kinds):
        for draw in range(width):
            kept = left[claims.new_plans * kinds + kind, draw] if claims.new_plans >= 0 else 1.0
            before[new + kind, draw] = demand[first + draw] * kept
        for place in range(len(claims.arriving)):
            for draw in range(width):
                taken = before[new + kind, draw] * share[claims.arriving[place] * kinds + kind, draw]
                before[new + (1 + place) * kinds + kind, draw] = taken


@njit(cache=True, nogil=True)
def _carry(matrix: Matrix, before: FloatArray, after: FloatArray) -> None:
    """The product of the matrix and what is there before the year."""
    # Not WIDTH: a loop of unknown length is made into vectors, one of known length is written out.
    side = before.shape[1]
    at_once = np.empty(side)
    for row in range(len(after)):
        for draw in range(side):
            at_once[draw] = 0.0
        for entry in range(matrix.indptr[row], matrix.indptr[row + 1]):
            part, column = matrix.data[entry], matrix.indices[entry]
            for draw in range(side):
                at_once[draw] += part * before[column, draw]
        for draw in range(side):
            after[row, draw] = at_once[draw]


@njit(cache=True, nogil=True)
def _turn_away(
    after: FloatArray, cells: int, place: int, fallbacks: IntArray, capacity: FloatArray, first: int, width: int
) -> None:
    """As `cohort.place`, for one full setting: newcomers beyond its free places go to its fallback, alike by age and need."""
    block = cells // len(capacity)
    full, fallback, stayed = fallbacks[place, 0] * block, fallbacks[place, 1] * block, cells + place * block
    seeking, free, share = np.zeros(WIDTH), np.zeros(WIDTH), np.zeros(WIDTH)
    free[:width] = capacity[fallbacks[place, 0], first : first + width]
    for cell in range(block):
        for draw in range(WIDTH):
            seeking[draw] += after[full + cell, draw] - after[stayed + cell, draw]
            free[draw] -= after[stayed + cell, draw]
    for draw in range(WIDTH):
        if seeking[draw] > 0.0:
            share[draw] = max(seeking[draw] - max(free[draw], 0.0), 0.0) / seeking[draw]
    for cell in range(block):
        for draw in range(WIDTH):
            turned_away = (after[full + cell, draw] - after[stayed + cell, draw]) * share[draw]
            after[full + cell, draw] -= turned_away
            after[fallback + cell, draw] += turned_away


@njit(cache=True, nogil=True)
def _count(children: FloatArray, totals: FloatArray, january: int, first: int, width: int) -> None:
    """Children by setting at a January, from those of every cell."""
    settings, at_once = totals.shape[1], np.empty(WIDTH)
    block = len(children) // settings
    for setting in range(settings):
        for draw in range(WIDTH):
            at_once[draw] = 0.0
        for cell in range(setting * block, (setting + 1) * block):
            for draw in range(WIDTH):
                at_once[draw] += children[cell, draw]
        for draw in range(width):
            totals[january, setting, first + draw] = at_once[draw]
