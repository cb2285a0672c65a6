"""The ways to draw the model that benchmarks set beside ours give the same £, so that what is timed is the same work."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest

from benchmarks import numpy_loop
from benchmarks.agreement import WAYS, largest_difference, with_spend
from benchmarks.one_draw import Setting, Spend, made_ready
from benchmarks.same_numbers import gone, main
from best_model.model.authority import Authority
from best_model.model.levers import Drawn
from best_model.model.phasing import FloatArray
from best_model.model.scenario import Lever

DRAWS, LEVELS = 32, 2


@pytest.fixture(scope="module")
def setting() -> Setting:
    return made_ready()


@pytest.mark.parametrize("way", WAYS)
def test_a_draw_has_the_spend_saving_gap_and_deficit_that_the_ensemble_gives_it(setting: Setting, way: str) -> None:
    """Two draws, each at its own level of the fit, in every year: to £0.000001 or a part in 1e9."""
    assert largest_difference(setting, DRAWS, LEVELS, {way: WAYS[way]}) <= 0.001


def a_part_in_a_million_dearer(
    authority: Authority, levers: tuple[Lever, ...], intensities: FloatArray, drawn: Drawn
) -> FloatArray:
    return numpy_loop.spend(authority, levers, intensities, drawn) * (1 + 1e-6)


def as_if_its_levers_were_not_drawn(
    authority: Authority, levers: tuple[Lever, ...], intensities: FloatArray, drawn: Drawn
) -> FloatArray:
    return numpy_loop.spend(authority, levers, intensities)


@pytest.mark.parametrize("wrong", [a_part_in_a_million_dearer, as_if_its_levers_were_not_drawn])
def test_a_way_that_gives_another_spend_is_not_timed(setting: Setting, wrong: Spend) -> None:
    with pytest.raises(AssertionError, match="spend by wrong is another"):
        largest_difference(setting, DRAWS, LEVELS, {"wrong": partial(with_spend, wrong)})


def test_a_draw_has_its_own_prices_demand_places_and_levers(setting: Setting) -> None:
    """Two draws at one level of the fit differ in each; both have all needs apart."""
    drawn = setting.figures(0, 2, 0)
    one, other = (setting.given({name: each[place] for name, each in drawn.items()}, 0) for place in range(2))
    of_one, of_other = one.authority.council, other.authority.council
    limited = np.isfinite(of_one.capacity)
    assert one.authority.plans.shape == (26, 4, 11)
    for differs in (
        of_one.money.unit_cost / of_other.money.unit_cost,
        of_one.calibration.demand / of_other.calibration.demand,
        of_one.capacity[limited] / of_other.capacity[limited],
        one.delivered / other.delivered,
        *(
            one.figures[name] / other.figures[name]
            for name in ("commissioning.actions.0.share", "ceasing.running_cost")
        ),
    ):
        assert (differs != 1).any()


def test_a_number_that_is_gone_from_a_page_a_table_or_a_manifest_is_named(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    for folder, saving in ((old, "48.0"), (new, "47.0")):
        folder.mkdir()
        (folder / "page.html").write_text(
            f'<main><p>It saves {saving} of 66.1.</p><img alt="66.1"></main>', encoding="utf-8"
        )
        (folder / "table.csv").write_text(f"Plan,Saving\nBase,{saving}\nOther,48.0\n", encoding="utf-8")
        (folder / "manifest.json").write_text(f'{{"saving": [{saving}, 66.1], "met": true}}', encoding="utf-8")
    assert gone(old, new) == {"manifest.json": ["48.0"], "page.html": ["48.0"], "table.csv": ["48.0"]}
    assert gone(old, old) == {}
    assert main(old, new) == 1
    assert main(old, old) == 0
