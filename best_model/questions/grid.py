"""Every stop of the explorer's sliders, run by the engine: nothing between them is ever guessed at."""

from collections.abc import Mapping
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
from best_model.model.scenario import Lever
from best_model.questions.sliders import Sliders


@dataclass(frozen=True)
class Grid(Sliders):
    """What the engine gives at every setting. Its leading axes are `shape`: new plans, how late, and a stop axis for each priority.

    Over the reported years, £ nominal: `identified` (*shape, year), net of the cost to run and of what is spent again; `gap_before`
    (new plans, year). `plans` (*shape, setting): children in the last January.
    """

    identified: FloatArray
    gap_before: FloatArray
    plans: FloatArray


def every_setting(sliders: Sliders) -> Mapping[str, FloatArray]:
    """Run every setting: the arrays of a `Grid`, by name."""
    authority, levers = sliders.authority, sliders.levers
    rows, together = np.array([*product(*sliders.intensities)]), merged(authority, levers)
    year = year_of(together, levers)
    runs = [
        _run(_with_new_plans(together, of_year), year, levers, rows, late.months)
        for of_year in sliders.new_plans
        for late in sliders.stops.late
    ]
    total, spent, plans = (np.stack(parts).reshape(*sliders.shape, -1) for parts in zip(*runs, strict=True))
    years = slice(-len(authority.years), None)
    nothing = total[:, 0].reshape(len(total), -1, total.shape[-1])[:, 0, years]
    income = authority.council.money.income[years] + income_beyond_forecast(authority.council, sliders.scenarios[0])
    return {"identified": _saved(levers, total, spent)[..., years], "gap_before": nothing - income, "plans": plans}


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
