"""What the spread of an answer hangs on: what part of its variance each assumption makes (Sobol indices).

It looks at an answer from outside, as a function of the chances of every uncertain assumption: draws at known chances go in, and what
came of each comes out.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from best_model.draws.ensemble import Ensemble, Outcomes, outcomes_at
from best_model.draws.fan_out import Call, in_order, team
from best_model.model.phasing import FloatArray, IntArray
from best_model.model.refusal import Refusal

Outcome = Callable[[Outcomes], FloatArray]
"""One number from what came of each draw, (draw,)."""

_BASE, _BLOCK = 512, 1024


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
