"""Every stop of the explorer's sliders, run by the engine: nothing between them is ever guessed at."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from best_model.draws.batch import merged, simulate_many
from best_model.draws.year_matrix import Year, year_of
from best_model.model.authority import Authority
from best_model.model.engine import running, spent_again
from best_model.model.income import income_beyond_forecast
from best_model.model.levers import Drawn
from best_model.model.phasing import FloatArray
from best_model.model.refusal import Refusal
from best_model.model.scenario import Lever, Scenario
from best_model.model.stops import Stops

_NEW_PLANS = "calibration.new_plans_index"
Position = tuple[int, ...]
"""A setting of the sliders, as the place of each one's stop: new plans, how late, and every priority in its order."""


@dataclass(frozen=True)
class Grid:
    """What the engine gives at every setting. Its leading axes are `shape`: new plans, how late, and a stop axis for each priority.

    `intensities`: those at the stops of each priority. `new_plans` (new plans, step): their yearly index. Over the reported years, £
    nominal: `identified` (*shape, year), net of the cost to run and of what is spent again; `gap_before` (new plans, year).
    `plans` (*shape, setting): children in the last January.
    """

    authority: Authority
    scenarios: tuple[Scenario, ...]
    stops: Stops
    intensities: tuple[tuple[float, ...], ...]
    new_plans: FloatArray
    identified: FloatArray
    gap_before: FloatArray
    plans: FloatArray

    @property
    def levers(self) -> tuple[Lever, ...]:
        """The priorities, at the first scenario's intensities."""
        return self.scenarios[0].levers

    @property
    def shape(self) -> tuple[int, ...]:
        """How many stops each slider has, in the order of a `Position`."""
        return self.plans.shape[:-1]

    @property
    def nothing(self) -> Position:
        """On time, as tied, and no priority at work."""
        return (self.stops.as_tied, self.stops.on_time, *(0 for _ in self.levers))

    def position(self, scenario: Scenario) -> Position:
        """Where a scenario stands."""
        stands = zip(self.intensities, scenario.levers, strict=True)
        return (*self.nothing[:2], *(stops.index(lever.intensity) for stops, lever in stands))


def grid(authority: Authority, scenarios: tuple[Scenario, ...], stops: Stops) -> Grid:
    """Run every setting. Raises `Refusal` where the scenarios differ in more than a slider can change."""
    _differ_in_intensity_only(scenarios)
    levers = scenarios[0].levers
    intensities = tuple(
        stops_of(lever, at) for lever, *at in zip(levers, *(each.levers for each in scenarios), strict=True)
    )
    rows, together = np.array([*product(*intensities)]), merged(authority, levers)
    year = year_of(together, levers)
    index = np.stack([new_plans_index(authority, stop.of_range) for stop in stops.new_plans])
    runs = [
        _run(_with_new_plans(together, of_year), year, levers, rows, late.months)
        for of_year in index
        for late in stops.late
    ]
    shape = (len(stops.new_plans), len(stops.late), *map(len, intensities))
    total, spent, plans = (np.stack(parts).reshape(*shape, -1) for parts in zip(*runs, strict=True))
    years = slice(-len(authority.years), None)
    nothing = total[:, 0].reshape(len(index), -1, total.shape[-1])[:, 0, years]
    return Grid(
        authority,
        scenarios,
        stops,
        intensities,
        index,
        _saved(levers, total, spent)[..., years],
        nothing - authority.council.money.income[years] - income_beyond_forecast(authority.council, scenarios[0]),
        plans,
    )


def stops_of(lever: Lever, as_asked: Sequence[Lever]) -> tuple[float, ...]:
    """Intensities at which a priority's slider stops: nothing, its evidence, what each scenario asks, and the most a source supports."""
    evidence = lever.evidence
    return tuple(
        sorted({0.0, evidence.low, evidence.value, evidence.high, 1.0, *(each.intensity for each in as_asked)})
    )


def new_plans_index(authority: Authority, of_range: float) -> FloatArray:
    """New plans in each calendar year (step,) so far in their range, against the last published year."""
    figures = [authority.council.assumptions[f"{_NEW_PLANS}.{year}"] for year in authority.januaries[:-1]]
    reach = [each.high - each.value if of_range > 0 else each.value - each.low for each in figures]
    return np.array([each.value for each in figures]) + of_range * np.array(reach)


def _with_new_plans(authority: Authority, index: FloatArray) -> Authority:
    council = authority.council
    return replace(authority, council=replace(council, calibration=replace(council.calibration, demand=index)))


def _run(
    authority: Authority, year: Year, levers: tuple[Lever, ...], rows: FloatArray, months: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """What every row of intensities costs and what its priorities cost to run, (row, fy), and its children in the last January."""
    late = begun_late(levers, months)
    futures = simulate_many(authority, year, levers, rows, late)
    spent = running(authority, levers, rows, late).sum(axis=-1)
    return futures.spend.total, spent, futures.by_setting[:, -1]


def begun_late(levers: tuple[Lever, ...], months: int) -> Drawn:
    """The slip of every priority, and of its places, with so many months more."""
    figures = {name: figure for lever in levers for name, figure in lever.figures.items()}
    return {name: np.asarray(each.value + months) for name, each in figures.items() if name.endswith(".slip")}


def _saved(levers: tuple[Lever, ...], total: FloatArray, spent: FloatArray) -> FloatArray:
    """Net saving, £ (*shape, fy), from `total` spend and running cost, as `engine.savings`.

    A programme without one of its priorities is a setting of the grid too: that priority's first stop.
    """
    of_levers = range(total.ndim - 1 - len(levers), total.ndim - 1)
    nothing = total
    for axis in of_levers:
        nothing = nothing.take([0], axis=axis)
    gross = nothing - total
    without = [gross.take([0], axis=axis) for axis, lever in zip(of_levers, levers, strict=True) if lever.reinvested]
    return gross - spent - spent_again(levers, gross, without)


def _differ_in_intensity_only(scenarios: Sequence[Scenario]) -> None:
    """A slider moves intensities: scenarios that differ in anything else that changes a saving cannot share sliders."""
    first = scenarios[0]
    for scenario in scenarios[1:]:
        for one, other in zip(first.levers, scenario.levers, strict=True):
            if one != other.model_copy(update={"intensity": one.intensity}):
                raise Refusal(
                    f"explorer.yaml: scenario {scenario.name} has another {one.name} than {first.name}, apart from its intensity; "
                    "no slider changes that, so leave one of the two out of scenarios"
                )
        if (scenario.income, scenario.schools_block_transfer) != (first.income, first.schools_block_transfer):
            raise Refusal(
                f"explorer.yaml: scenario {scenario.name} has another income than {first.name}; no slider changes that, "
                "so leave one of the two out of scenarios"
            )
