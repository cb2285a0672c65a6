"""A year as one sparse product is the five steps of the model, draw by draw."""

from dataclasses import replace

import numpy as np
import pytest

from best_model.door import open_authority, open_ensemble, open_scenario
from best_model.draws.batch import merged, simulate_many
from best_model.draws.year_matrix import year_of
from best_model.model.authority import Authority
from best_model.model.engine import simulate
from best_model.model.figures import drawn
from best_model.model.scenario import Lever
from best_model.model.settings import setting_index

AUTHORITY, LEVERS = open_authority(), open_scenario("stretched").levers
ROWS = np.random.default_rng(3).random((130, len(LEVERS)))
ROWS[0], ROWS[1] = 0.0, 1.0


def same(
    authority: Authority, levers: tuple[Lever, ...], rows: np.ndarray, figures: dict[str, np.ndarray] | None = None
) -> None:
    """Children to a millionth of one and £ to a tenth of a penny, in every draw, whether or not needs are taken together."""
    steps = simulate(authority, levers, rows, figures or {})
    for each in (authority, merged(authority, levers)):
        product = simulate_many(each, year_of(each, levers), levers, rows, figures or {})
        np.testing.assert_allclose(product.by_setting, steps.by_setting, rtol=0, atol=1e-6)
        np.testing.assert_allclose(product.capacity, steps.capacity, rtol=0, atol=1e-9)
        np.testing.assert_allclose(product.spend.total, steps.spend.total, rtol=0, atol=0.001)


def test_the_product_gives_what_the_five_steps_give() -> None:
    same(AUTHORITY, LEVERS, ROWS)


def test_it_does_so_without_any_lever() -> None:
    same(AUTHORITY, (), np.zeros((3, 0)))


@pytest.mark.parametrize("place", range(len(LEVERS)))
def test_it_does_so_for_each_lever_alone(place: int) -> None:
    same(AUTHORITY, LEVERS[place : place + 1], ROWS[:, :1])


def test_it_does_so_where_places_run_out_and_where_they_do_not() -> None:
    for places in (0.0, 1_962.0, 10_000.0):
        capacity = AUTHORITY.council.capacity.copy()
        capacity[:, setting_index("state_special")] = places
        council = replace(AUTHORITY.council, capacity=capacity)
        same(replace(AUTHORITY, council=council), LEVERS, ROWS[:8])


def test_it_does_so_where_every_draw_has_its_own_council_and_levers() -> None:
    draws = open_ensemble("stretched", AUTHORITY, 5).draws
    figures = draws.figures(draws.points(0, 64))
    of_council = {name: each for name, each in figures.items() if not name.startswith("priorities.")}
    of_levers = {
        name.removeprefix("priorities."): each for name, each in figures.items() if name.startswith("priorities.")
    }
    same(replace(AUTHORITY, council=drawn(AUTHORITY.council, of_council)), LEVERS, ROWS[:64], of_levers)


def test_needs_that_no_lever_tells_apart_are_taken_together_and_no_child_is_lost() -> None:
    together, nothing = merged(AUTHORITY, LEVERS), merged(AUTHORITY, ())
    assert together.needs == ("semh", "cognition_learning")
    assert nothing.needs == ("semh",)
    for each in (together, nothing):
        np.testing.assert_allclose(each.plans.sum(axis=1), AUTHORITY.plans.sum(axis=1), rtol=1e-12)


def test_a_draw_is_the_same_to_the_last_bit_in_whatever_company() -> None:
    authority = merged(AUTHORITY, LEVERS)
    year = year_of(authority, LEVERS)
    whole = simulate_many(authority, year, LEVERS, ROWS)
    for some in (slice(0, 1), slice(5, 12), slice(60, 130)):
        part = simulate_many(authority, year, LEVERS, ROWS[some])
        np.testing.assert_array_equal(part.by_setting, whole.by_setting[some])
