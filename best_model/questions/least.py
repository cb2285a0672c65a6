"""The mixes that find a saving in the last year with the least effort beyond the evidence, and for the least cost to run."""

import numpy as np
from scipy.optimize import minimize

from best_model.model.engine import running
from best_model.model.phasing import FloatArray
from best_model.questions.mixes import Reach, effort

_MILLION, _POUND = 1e6, 1.0
_ROUNDS, _HALVINGS = 30, 40


def least_effort_mixes(reach: Reach, targets: FloatArray) -> FloatArray:
    """Mixes (target, lever) of least effort that find each target, £ in the last year, to the pound; all at once.

    At the least effort each priority goes beyond its evidence in proportion to what a step of it adds, and no further than the
    most; what a step adds is found anew at each mix until that holds. What the evidence finds asks for no effort: below it every
    priority is at the same part of its evidence. A target out of reach has the nearest mix: all that add to the saving at the most.
    """
    evidence, levers = reach.evidence, reach.scenario.levers
    toll = np.array([effort(levers, evidence + one) for one in np.eye(len(levers))])
    mixes = np.tile((evidence + 1.0) / 2, (len(targets), 1))
    for _ in range(_ROUNDS):
        found, slope = (each[..., -1] for each in reach.found_and_slope(mixes))
        needs = targets - found + (slope * (mixes - evidence)).sum(axis=1)
        pushes = [_push(1.0 - evidence, toll, *each) for each in zip(slope, needs, strict=True)]
        mixes = (mixes + evidence + np.array(pushes)) / 2
    beyond = (targets > reach.found(evidence[None])[:, -1])[:, None]
    start = np.where(beyond, evidence, 0.0)
    return _on_the_way(reach, start, np.where(beyond, 2 * (mixes - evidence), evidence), targets)


def _push(room: FloatArray, toll: FloatArray, slope: FloatArray, need: float) -> FloatArray:
    """How far beyond the evidence (lever,) the least effort goes to add `need`, £, were slopes the same everywhere.

    `room` is how far each can go, and `toll` the effort of a whole unit of each.
    """
    pace = np.where(slope < _POUND, 0.0, slope) / toll
    stops = np.append(0.0, np.sort(np.divide(room, pace, out=np.zeros_like(pace), where=pace > 0)))
    added = np.minimum(stops[:, None] * pace, room) @ slope
    return np.minimum(np.interp(need, added, stops) * pace, room)


def _on_the_way(reach: Reach, start: FloatArray, way: FloatArray, targets: FloatArray) -> FloatArray:
    """Mixes from each `start` on along its `way` that find their target, by halving; its end where even that does not."""
    low, high = np.zeros(len(targets)), np.ones(len(targets))
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        short = reach.found(_at(start, way, middle))[:, -1] < targets
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return _at(start, way, high)


def _at(start: FloatArray, way: FloatArray, share: FloatArray) -> FloatArray:
    return np.clip(start + share[:, None] * way, 0.0, 1.0)


def least_cost_mix(reach: Reach, target: float, start: FloatArray) -> FloatArray:
    """The mix (lever,) that finds `target`, £ in the last year, for the least £ to run in that year.

    Sought from another mix that finds it, `start`, which stands where the solver finds none cheaper. Capital does not count, and a
    priority that neither costs nor saves stays where it was.
    """
    levers = reach.scenario.levers
    cost = running(reach.authority, levers, np.ones((1, len(levers))))[0, -1] / _MILLION
    answer = minimize(
        lambda x: x @ cost,
        start,
        jac=lambda x: cost,
        bounds=[(0.0, 1.0)] * len(levers),
        constraints={
            "type": "ineq",
            "fun": lambda x: (reach.found(x[None])[:, -1] - target) / _MILLION,
            "jac": lambda x: reach.found_and_slope(x[None])[1][0, :, -1] / _MILLION,
        },
        method="SLSQP",
        options={"maxiter": 200, "ftol": 1e-9},
    )
    sought = np.clip(answer.x, 0.0, 1.0)
    meets = reach.found(sought[None])[0, -1] > target - _POUND
    return sought if meets and sought @ cost < start @ cost else start
