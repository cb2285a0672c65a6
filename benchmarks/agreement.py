"""Every way to draw the model, held to the same £: nothing is timed before."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np

from benchmarks import numpy_loop, pandas_loop, workbench
from benchmarks.one_draw import Given, Setting, Spend, one_by_one, outcomes, spent
from best_model.draws.batch import simulate_many
from best_model.draws.ensemble import edges_of, ensemble
from best_model.draws.year_matrix import year_of
from best_model.model.authority import Authority
from best_model.model.engine import simulate
from best_model.model.levers import NOTHING_DRAWN, Drawn
from best_model.model.phasing import FloatArray
from best_model.model.scenario import Lever

Made = Callable[[Spend, Given], Mapping[str, FloatArray]]
"""What is made of a draw with a way to write the model: `spent` or `outcomes`."""

Way = Callable[[Setting, Mapping[str, float], int], Mapping[str, FloatArray]]
"""From the figures of one draw, at a level of the fit, to its spend and outcomes, each (1, …)."""

OF_ENSEMBLE = ("saving", "gap_before", "deficit")
NAMES: dict[Made, tuple[str, ...]] = {spent: ("spend",), outcomes: ("spend", *OF_ENSEMBLE)}


def by_engine(
    authority: Authority, levers: tuple[Lever, ...], intensities: FloatArray, drawn: Drawn = NOTHING_DRAWN
) -> FloatArray:
    """£ by (draw, financial year) from `engine.simulate`, which nothing compiled has a part in."""
    return simulate(authority, levers, intensities, drawn).spend.total


def by_batch(
    authority: Authority, levers: tuple[Lever, ...], intensities: FloatArray, drawn: Drawn = NOTHING_DRAWN
) -> FloatArray:
    """£ by (draw, financial year) from `batch.simulate_many`, every need apart."""
    return simulate_many(authority, year_of(authority, levers), levers, intensities, drawn).spend.total


def with_spend(spend: Spend, setting: Setting, figures: Mapping[str, float], level: int) -> Mapping[str, FloatArray]:
    """One draw by a way to write the model."""
    return outcomes(spend, setting.given(figures, level))


def with_workbench(setting: Setting, figures: Mapping[str, float], level: int) -> Mapping[str, FloatArray]:
    """One draw by EMA Workbench."""
    return by_workbench(setting, outcomes, [figures], level)


def by_workbench(
    setting: Setting, make: Made, points: Sequence[Mapping[str, float]], level: int
) -> Mapping[str, FloatArray]:
    """What EMA Workbench makes of draws at a level of the fit, (draw, …), by the NumPy loop from the figures of each."""

    def run(figures: Mapping[str, float]) -> Mapping[str, FloatArray]:
        return {name: rows[0] for name, rows in make(numpy_loop.spend, setting.given(figures, level)).items()}

    return workbench.experiments(run, NAMES[make], setting.ready.draws, points)


WAYS: dict[str, Way] = {
    "engine.simulate": partial(with_spend, by_engine),
    "batch.simulate_many": partial(with_spend, by_batch),
    "NumPy": partial(with_spend, numpy_loop.spend),
    "pandas": partial(with_spend, pandas_loop.spend),
}


def largest_difference(setting: Setting, draws: int, levels: int, ways: Mapping[str, Way]) -> float:
    """£ between `ensemble` of so many draws and any of the ways, in the first draw at each of the first levels of the fit.

    Raises AssertionError where it is more than £0.000001 and a part in 1e9. Spend, which `ensemble` does not tell, is that of
    `engine.simulate`.
    """
    places = edges_of(draws, len(setting.councils))[:levels]
    points = [one_by_one(setting.figures(place, 1, level))[0] for level, place in enumerate(places)]
    together = ensemble(setting.ready, draws)
    wanted = {name: getattr(together, name)[places] for name in OF_ENSEMBLE}
    wanted["spend"] = np.concatenate(
        [spent(by_engine, setting.given(figures, level))["spend"] for level, figures in enumerate(points)]
    )
    return max(
        _difference(f"{name} by {name_of_way}", rows, wanted[name][[level]])
        for name_of_way, way in ways.items()
        for level, figures in enumerate(points)
        for name, rows in way(setting, figures, level).items()
    )


def _difference(what: str, found: FloatArray, wanted: FloatArray) -> float:
    np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-6, err_msg=f"{what} is another")
    return float(np.abs(found - wanted).max())
