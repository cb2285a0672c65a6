"""A mix of priorities, an intensity for each: what thousands of mixes find, and what one of them takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from best_model.draws.batch import merged, simulate_many
from best_model.draws.year_matrix import Year, year_of
from best_model.model.authority import Authority
from best_model.model.engine import DO_NOTHING, SCENARIO, Result, run, running, spent_again, without_each
from best_model.model.levers import NOTHING_DRAWN, Drawn
from best_model.model.phasing import FloatArray
from best_model.model.scenario import Lever, Scenario
from best_model.questions.places import capital

_STEP = 1e-4


@dataclass(frozen=True)
class Reach:
    """What a scenario finds, £, as a function of its intensities, from totals alone: thousands of mixes in the time of a few."""

    authority: Authority
    scenario: Scenario

    @cached_property
    def _totals(self) -> tuple[Authority, Year]:
        council = merged(self.authority, self.scenario.levers)
        return council, year_of(council, self.scenario.levers)

    def found(self, intensities: FloatArray) -> FloatArray:
        """Saving identified and in train, £ (mix, year), for rows of intensities (mix, lever)."""
        return self.identified(intensities) + self.authority.council.in_train[self.scenario.in_train]

    def identified(self, intensities: FloatArray, drawn: Drawn = NOTHING_DRAWN) -> FloatArray:
        """Net saving of the priorities, £ (mix, year); figures of levers may differ from row to row."""
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

    def found_and_slope(self, mixes: FloatArray) -> tuple[FloatArray, FloatArray]:
        """What each mix finds, £ (mix, year), and what a step of each priority adds, £ for a unit of intensity (mix, lever, year).

        By differences within the bounds, in one batch.
        """
        step = np.where(mixes + _STEP <= 1.0, _STEP, -_STEP)
        moved = mixes[:, None] + step[:, None] * np.eye(mixes.shape[1])
        found = self.found(np.concatenate([mixes, moved.reshape(-1, mixes.shape[1])]))
        now, then = np.split(found, [len(mixes)])
        return now, (then.reshape(*mixes.shape, -1) - now[:, None]) / step[:, :, None]

    @property
    def evidence(self) -> FloatArray:
        """The mix that sources support centrally, (lever,)."""
        return evidence_of(self.scenario.levers)


def evidence_of(levers: Sequence[Lever]) -> FloatArray:
    """What sources support centrally of each priority, (lever,)."""
    return np.array([lever.evidence.value for lever in levers])


def intensities_of(scenario: Scenario) -> FloatArray:
    """The mix of a scenario, (lever,)."""
    return np.array([lever.intensity for lever in scenario.levers])


def with_mix(scenario: Scenario, intensities: FloatArray) -> Scenario:
    """The scenario at other intensities (lever,)."""
    named = zip(scenario.levers, intensities, strict=True)
    return scenario.with_intensity(**{lever.name: float(share) for lever, share in named})


def effort(levers: Sequence[Lever], intensities: FloatArray) -> float:
    """How far beyond the evidence a mix asks priorities to go: the sum of squares of each one's share of the way from its
    evidence to the most a source supports."""
    return float(np.sum(((intensities - evidence_of(levers)) / room_beyond(levers)) ** 2))


def room_beyond(levers: Sequence[Lever]) -> FloatArray:
    """From the evidence to the most a source supports; a tenth at the least, so that no priority is free to move."""
    return np.maximum(1.0 - evidence_of(levers), 0.1)


@dataclass(frozen=True)
class Mix:
    """A scenario at other intensities, run; £ are of the last year unless said otherwise."""

    result: Result

    @property
    def intensities(self) -> FloatArray:
        """Share of the most a source supports, (lever,)."""
        return intensities_of(self.result.scenario)

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
        return effort(levers, np.maximum(self.intensities, evidence_of(levers)))

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
    return Mix(run(result.authority, with_mix(result.scenario, intensities)))
