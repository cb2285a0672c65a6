"""What it would take: the mixes that ask least for a target, saving against what it asks, and the map of two priorities.

A mix is an intensity for every priority; what it finds is the saving of the last year, identified and in train.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.optimize import minimize

from best_model.draws.batch import merged, simulate_many
from best_model.draws.year_matrix import Year, year_of
from best_model.model.authority import Authority
from best_model.model.engine import Result, run, running, spent_again, without_each
from best_model.model.levers import NOTHING_DRAWN, Drawn
from best_model.model.phasing import FloatArray
from best_model.questions.attribution import saved_by_priority
from best_model.questions.places import DO_NOTHING, SCENARIO, capital
from best_model.questions.seek import Reach, effort, inmss_premium

_MILLION, _POUND = 1e6, 1.0
_STEP = 1e-4
_ROUNDS, _HALVINGS = 30, 40
_LEVELS, _NEAR = 21, 4
_SIDE = 21


@dataclass(frozen=True)
class QuickReach(Reach):
    """The same reach, from totals alone (`batch`): thousands of mixes in the time of a few."""

    @cached_property
    def _totals(self) -> tuple[Authority, Year]:
        council = merged(self.authority, self.scenario.levers)
        return council, year_of(council, self.scenario.levers)

    def found(self, intensities: FloatArray) -> FloatArray:
        """Saving identified and in train, £ (draw, year), for rows of intensities (draw, lever)."""
        return self.identified(intensities) + self.authority.council.in_train[self.scenario.in_train]

    def identified(self, intensities: FloatArray, drawn: Drawn = NOTHING_DRAWN) -> FloatArray:
        """Net saving of the priorities, £ (draw, year); figures of levers may differ from row to row."""
        levers = self.scenario.levers
        gross, *gross_without = self._spared([intensities, *without_each(levers, intensities)], drawn)
        running_costs = running(self.authority, levers, intensities, drawn).sum(axis=-1)
        net = gross - running_costs - spent_again(levers, gross, gross_without)
        return net[:, -len(self.authority.years) :]

    def _spared(self, sets: Sequence[FloatArray], drawn: Drawn) -> list[FloatArray]:
        """Spend that each of some sets of mixes spares before its own costs, £ (draw, fy), in one batch."""
        rows = np.concatenate([np.zeros_like(sets[0]), *sets])
        each = {name: np.tile(values, 1 + len(sets)) for name, values in drawn.items()}
        nothing, *total = np.split(
            simulate_many(*self._totals, self.scenario.levers, rows, each).spend.total, 1 + len(sets)
        )
        return [nothing - one for one in total]

    def last(self, mixes: FloatArray) -> FloatArray:
        """What each mix finds in the last year, £ (mix,)."""
        return self.found(mixes)[:, -1]

    @property
    def evidence(self) -> FloatArray:
        """The mix that sources support centrally, (lever,)."""
        return np.array([lever.evidence.value for lever in self.scenario.levers])


# ---- A mix and what it takes


@dataclass(frozen=True)
class Mix:
    """A scenario at other intensities, run; £ are of the last year unless said otherwise."""

    result: Result

    @property
    def intensities(self) -> FloatArray:
        """Share of the most a source supports, (lever,)."""
        return np.array([lever.intensity for lever in self.result.scenario.levers])

    @property
    def found(self) -> float:
        """Saving identified and in train, £."""
        return float(self.result.found[-1])

    @property
    def effort(self) -> float:
        """What is asked beyond the evidence, as `seek` counts it: 1 for each priority pushed to the most a source supports.

        To do less than the evidence supports is no effort.
        """
        levers = self.result.scenario.levers
        evidence = np.array([lever.evidence.value for lever in levers])
        return effort(levers, np.maximum(self.intensities, evidence))

    @property
    def running_cost(self) -> float:
        """£ to run every priority for the year."""
        return float(running(self.result.authority, self.result.scenario.levers, self.intensities[None])[0, -1].sum())

    @property
    def capital(self) -> float:
        """£ to build its places, over all the years."""
        return float(sum(amounts.sum() for amounts in capital(self.result).values()))

    @property
    def children(self) -> float:
        """Expected children moved: those an action took hold of between the base January and the last.

        Their plan was not needed or ended, or they went to another setting than they would have gone to in that year. A child
        acted on twice counts twice. One who only finds a place that was built, or that another left, is not counted.
        """
        return float(sum(year.children[SCENARIO].sum() for year in self.result.simulation.flows))

    @property
    def placed_otherwise(self) -> float:
        """Expected children whose plan or setting in the last January is other than doing nothing would have left it, at the least.

        Counted within each age and need: as many as leave a setting, or have no plan, whatever moved them.
        """
        last = self.result.simulation.plans[:, -1]
        return float(np.maximum(last[DO_NOTHING] - last[SCENARIO], 0.0).sum())


def mix_of(result: Result, intensities: FloatArray) -> Mix:
    """The scenario of a result at other intensities (lever,)."""
    named = {lever.name: float(x) for lever, x in zip(result.scenario.levers, intensities, strict=True)}
    return Mix(run(result.authority, result.scenario.with_intensity(**named)))


# ---- The least effort, and the least cost


def least_effort_mixes(reach: QuickReach, targets: FloatArray) -> FloatArray:
    """Mixes (target, lever) of least effort that find each target, £ in the last year, to the pound; all at once.

    At the least effort each priority goes beyond its evidence in proportion to what a step of it adds, and no further than the
    most; what a step adds is found anew at each mix until that holds. What the evidence finds asks for no effort: below it every
    priority is at the same part of its evidence. A target out of reach has the nearest mix: all that add to the saving at the most.
    """
    evidence, levers = reach.evidence, reach.scenario.levers
    toll = np.array([effort(levers, evidence + one) for one in np.eye(len(levers))])
    mixes = np.tile((evidence + 1.0) / 2, (len(targets), 1))
    for _ in range(_ROUNDS):
        found, slope = _found_and_slope(reach, mixes)
        needs = targets - found + (slope * (mixes - evidence)).sum(axis=1)
        pushes = [_push(1.0 - evidence, toll, *each) for each in zip(slope, needs, strict=True)]
        mixes = (mixes + evidence + np.array(pushes)) / 2
    beyond = (targets > reach.last(evidence[None]))[:, None]
    start = np.where(beyond, evidence, 0.0)
    return _on_the_way(reach, start, np.where(beyond, 2 * (mixes - evidence), evidence), targets)


def _found_and_slope(reach: QuickReach, mixes: FloatArray) -> tuple[FloatArray, FloatArray]:
    """What each mix finds, £ (mix,), and what a step of each priority adds, £ for a unit of intensity (mix, lever)."""
    step = np.where(mixes + _STEP <= 1.0, _STEP, -_STEP)
    levers = mixes.shape[1]
    moved = mixes[:, None] + step[:, None] * np.eye(levers)
    found = reach.last(np.concatenate([mixes, moved.reshape(-1, levers)]))
    now, then = found[: len(mixes)], found[len(mixes) :].reshape(mixes.shape)
    return now, (then - now[:, None]) / step


def _push(room: FloatArray, toll: FloatArray, slope: FloatArray, need: float) -> FloatArray:
    """How far beyond the evidence (lever,) the least effort goes to add `need`, £, were slopes the same everywhere.

    `room` is how far each can go, and `toll` the effort of a whole unit of each.
    """
    pace = np.where(slope < _POUND, 0.0, slope) / toll
    stops = np.append(0.0, np.sort(np.divide(room, pace, out=np.zeros_like(pace), where=pace > 0)))
    added = np.minimum(stops[:, None] * pace, room) @ slope
    return np.minimum(np.interp(need, added, stops) * pace, room)


def _on_the_way(reach: QuickReach, start: FloatArray, way: FloatArray, targets: FloatArray) -> FloatArray:
    """Mixes from each `start` on along its `way` that find their target, by halving; its end where even that does not."""
    low, high = np.zeros(len(targets)), np.ones(len(targets))
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        short = reach.last(_at(start, way, middle)) < targets
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return _at(start, way, high)


def _at(start: FloatArray, way: FloatArray, share: FloatArray) -> FloatArray:
    return np.clip(start + share[:, None] * way, 0.0, 1.0)


def least_cost_mix(reach: QuickReach, target: float, start: FloatArray) -> FloatArray:
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
            "fun": lambda x: (reach.last(x[None]) - target) / _MILLION,
            "jac": lambda x: reach.slope(x)[-1:],
        },
        method="SLSQP",
        options={"maxiter": 200, "ftol": 1e-9},
    )
    sought = np.clip(answer.x, 0.0, 1.0)
    meets = reach.last(sought[None])[0] > target - _POUND
    return sought if meets and sought @ cost < start @ cost else start


@dataclass(frozen=True)
class Ask:
    """What one target, £ in the last year, asks: the mix of least effort, and the one that costs least to run.

    Both are the nearest mix where the target is out of reach; `children_short` is what it is short by in children in INMSS, not
    state special.
    """

    name: str
    target: float
    least_effort: Mix
    least_cost: Mix

    @property
    def short(self) -> float:
        """£ that the most any source supports leaves the target short by: nought where it is within reach."""
        short = self.target - self.least_effort.found
        return short if short >= _POUND else 0.0

    @property
    def children_short(self) -> float:
        """The same in children a year who would have to be in a state special school and not in INMSS."""
        return self.short / float(inmss_premium(self.least_effort.result.authority)[-1])


def asks(result: Result) -> tuple[Ask, ...]:
    """What each of the council's targets of the last year asks, least first; every priority is free, the rest as in the scenario."""
    ends = {name: float(amounts[-1]) for name, amounts in result.authority.council.targets.items()}
    return what_targets_ask(result, dict(sorted(ends.items(), key=lambda each: each[1])))


def what_targets_ask(result: Result, targets: Mapping[str, float]) -> tuple[Ask, ...]:
    """What each target, £ in the last year by name, asks."""
    reach = QuickReach(result.authority, result.scenario)
    mixes = least_effort_mixes(reach, np.array([*targets.values()]))
    return tuple(_ask(result, reach, *target, mix) for target, mix in zip(targets.items(), mixes, strict=True))


def _ask(result: Result, reach: QuickReach, name: str, target: float, mix: FloatArray) -> Ask:
    least_effort = mix_of(result, mix)
    if least_effort.found < target - _POUND:
        return Ask(name, target, least_effort, least_effort)
    return Ask(name, target, least_effort, mix_of(result, least_cost_mix(reach, target, mix)))


# ---- Saving against what it asks


def frontier(result: Result) -> tuple[Mix, ...]:
    """Mixes of least effort from doing nothing to the most any source supports, at even steps of the saving found.

    What the evidence finds, and each target of the last year within reach, stand among them in place of a step near by.
    """
    reach = QuickReach(result.authority, result.scenario)
    ends = np.stack([np.zeros_like(reach.evidence), reach.evidence, np.ones_like(reach.evidence)])
    nothing, evidence, most = reach.last(ends)
    targets = [float(amounts[-1]) for amounts in result.authority.council.targets.values()]
    named = np.array([nothing, evidence, *(target for target in targets if nothing < target < most), most])
    even = np.linspace(nothing, most, _LEVELS)
    apart = np.abs(even[:, None] - named).min(axis=1) > (most - nothing) / _LEVELS / _NEAR
    mixes = least_effort_mixes(reach, np.unique([*named, *even[apart]]))
    mixes[0] = 0.0
    return tuple(mix_of(result, mix) for mix in mixes)


def found_with_no_effort(mixes: Sequence[Mix]) -> float:
    """The most saving, £, that a mix on the frontier finds while it asks nothing beyond the evidence."""
    return max(mix.found for mix in mixes if mix.effort < _STEP**2)


def found_at_half_the_effort(mixes: Sequence[Mix]) -> float:
    """Saving, £, that half of the effort of the last of the mixes finds, between its neighbours on the frontier."""
    efforts, found = ([getattr(mix, what) for mix in mixes] for what in ("effort", "found"))
    return float(np.interp(efforts[-1] / 2, efforts, found))


# ---- Two priorities, the others held


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
    mixes = np.tile([lever.intensity for lever in result.scenario.levers], (_SIDE, _SIDE, 1))
    mixes[:, :, first], mixes[:, :, second] = steps[:, None], steps[None]
    found = QuickReach(result.authority, result.scenario).last(mixes.reshape(-1, len(levers)))
    return TwoLevers(result, first, second, steps, found.reshape(_SIDE, _SIDE))


def two_that_save_most(result: Result) -> tuple[str, str]:
    """The two priorities with the largest fair share of the saving at full effect, the larger first."""
    full = result.scenario.with_intensity(**{lever.name: 1.0 for lever in result.scenario.levers})
    shares = saved_by_priority(result.authority, full)
    first, second, *_ = sorted(shares, key=lambda name: -shares[name][-1])
    return first, second
