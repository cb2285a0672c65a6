"""The one loop that is compiled: children from census to census for many draws, along the matrix of a year.

Draws are followed in blocks that lie side by side and stay in the cache of a core. A draw's numbers are made in the same order
in whatever block it stands, so they are the same to the last bit. The lock of the interpreter is let go: threads run at once.
"""

import numpy as np
from numba import njit

from best_model.model.phasing import FloatArray, IntArray


WIDTH = 64
"""Draws side by side: few enough that a year of them stays in the cache of a core, enough to fill its vector registers."""


@njit(cache=True, nogil=True)
def follow(
    indptr: IntArray,
    indices: IntArray,
    data: FloatArray,
    start: FloatArray,
    ending: IntArray,
    ended: IntArray,
    kept: FloatArray,
    movers: IntArray,
    claimed: IntArray,
    moved: FloatArray,
    arriving: FloatArray,
    capacity: FloatArray,
    fallbacks: IntArray,
) -> FloatArray:
    """Children by setting at each census, (january, setting, draw).

    `indptr`, `indices`, `data`: the matrix of `batch.Year`, whose `ending` and `ended`, `movers` and `claimed` find their shares
    among the rows of `kept` and `moved`, (step, ·, draw); `arriving` (step, ·, draw): the rows for new plans. `start` (cell,);
    `capacity` (january, setting, draw); `fallbacks` (·, 2).
    """
    steps, draws, cells, settings = len(kept), capacity.shape[2], len(start), capacity.shape[1]
    block, height, new = cells // settings, len(indptr) - 1, cells + len(movers)
    totals = np.zeros((steps + 1, settings, draws))
    before, after = np.zeros((new + arriving.shape[1] + 1, WIDTH)), np.empty((height, WIDTH))
    at_once, seeking, free = np.empty(WIDTH), np.empty(WIDTH), np.empty(WIDTH)
    for first in range(0, draws, WIDTH):
        width = min(WIDTH, draws - first)
        for cell in range(cells):
            for draw in range(WIDTH):
                before[cell, draw] = start[cell]
            for draw in range(width):
                totals[0, cell // block, first + draw] += start[cell]
        before[-1, :] = 1.0
        for step in range(steps):
            for place in range(len(ending)):
                for draw in range(width):
                    before[ending[place], draw] *= kept[step, ended[place], first + draw]
            for place in range(len(movers)):
                for draw in range(width):
                    before[cells + place, draw] = before[movers[place], draw] * moved[step, claimed[place], first + draw]
            for place in range(arriving.shape[1]):
                for draw in range(width):
                    before[new + place, draw] = arriving[step, place, first + draw]
            for row in range(height):
                for draw in range(WIDTH):
                    at_once[draw] = 0.0
                for entry in range(indptr[row], indptr[row + 1]):
                    share, column = data[entry], indices[entry]
                    for draw in range(WIDTH):
                        at_once[draw] += share * before[column, draw]
                for draw in range(WIDTH):
                    after[row, draw] = at_once[draw]
            for place in range(len(fallbacks)):
                full, fallback, stayed = fallbacks[place, 0] * block, fallbacks[place, 1] * block, cells + place * block
                for draw in range(WIDTH):
                    seeking[draw] = 0.0
                    free[draw] = 0.0
                for draw in range(width):
                    free[draw] = capacity[step + 1, fallbacks[place, 0], first + draw]
                for cell in range(block):
                    for draw in range(WIDTH):
                        seeking[draw] += after[full + cell, draw] - after[stayed + cell, draw]
                        free[draw] -= after[stayed + cell, draw]
                for draw in range(WIDTH):
                    too_many = max(seeking[draw] - max(free[draw], 0.0), 0.0)
                    at_once[draw] = too_many / seeking[draw] if seeking[draw] > 0.0 else 0.0
                for cell in range(block):
                    for draw in range(WIDTH):
                        turned_away = (after[full + cell, draw] - after[stayed + cell, draw]) * at_once[draw]
                        after[full + cell, draw] -= turned_away
                        after[fallback + cell, draw] += turned_away
            for setting in range(settings):
                for draw in range(WIDTH):
                    at_once[draw] = 0.0
                for cell in range(setting * block, (setting + 1) * block):
                    for draw in range(WIDTH):
                        before[cell, draw] = after[cell, draw]
                        at_once[draw] += after[cell, draw]
                for draw in range(width):
                    totals[step + 1, setting, first + draw] = at_once[draw]
    return totals
