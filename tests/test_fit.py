"""The state and the flows meet the published tables they are fitted to."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from best_model.fitted.fit import ceased_plans, fitted, largest_error, least_movement, new_plans, transport
from best_model.model.authority import Authority, Published
from best_model.model.cohort import one_year
from best_model.model.levers import claims
from best_model.model.phasing import FloatArray
from best_model.model.settings import AGES, NEEDS, SETTINGS, setting_index

MAINSTREAM, SPECIAL, INMSS, AWAITING = map(
    setting_index, ("mainstream", "state_special", "inmss", "awaiting_or_unknown")
)
CLOSE = 1e-6  # of a child


@pytest.fixture(scope="module")
def published(authority: Authority) -> Published:
    return authority.council.published


def a_year_on(by_age: FloatArray) -> FloatArray:
    """Everyone a year older, and those of 25 gone."""
    return np.concatenate([np.zeros_like(by_age[:1]), by_age[:-1]])


# ---- The joint state


def test_the_joint_state_meets_all_three_published_tables_of_7_196_plans(
    authority: Authority, published: Published
) -> None:
    """Half of a child is asked for; it is far nearer."""
    plans = authority.plans
    errors = [
        plans.sum(axis=1) - published.stock,
        plans.sum(axis=2) - published.need_by_age,
        plans.sum(axis=0).T - published.need_by_setting,
    ]
    assert plans.sum() == pytest.approx(7_196)
    assert max(np.abs(error).max() for error in errors) < CLOSE
    assert authority.largest_margin_error == pytest.approx(max(np.abs(error).max() for error in errors), abs=1e-12)
    assert plans.min() >= 0


@settings(deadline=None)
@given(
    cells=st.lists(st.integers(1, 20), min_size=4, max_size=4), seed=st.lists(st.integers(1, 9), min_size=4, max_size=4)
)
def test_a_fitted_two_by_two_table_has_the_sums_asked_for_and_the_odds_of_its_seed(
    cells: list[int], seed: list[int]
) -> None:
    """The sums come from the one table, how the cells hang together (ad/bc) from the other."""
    target, start = np.reshape(cells, (2, 2)).astype(float), np.reshape(seed, (2, 2)).astype(float)
    margins = [((0,), target.sum(axis=1)), ((1,), target.sum(axis=0))]
    table = fitted(start, margins)
    assert largest_error(table, margins) < CLOSE
    odds = table[0, 0] * table[1, 1] / (table[0, 1] * table[1, 0])
    assert odds == pytest.approx(seed[0] * seed[3] / (seed[1] * seed[2]), rel=1e-4)


# ---- New and ceased plans


def test_new_plans_sum_to_929_by_need_and_first_setting_as_published_and_by_age_a_year_on(
    authority: Authority, published: Published
) -> None:
    joins = new_plans(published)
    assert joins.sum() == pytest.approx(929)
    assert np.abs(joins.sum(axis=2) - a_year_on(published.new_need_by_age)).max() < CLOSE
    assert np.abs(joins.sum(axis=0).T - published.new_need_by_setting).max() < CLOSE
    np.testing.assert_array_equal(authority.flows.joins, joins)


def test_ceased_plans_sum_to_the_318_published_by_setting_and_by_age(published: Published) -> None:
    """Of 318, 150 were not in education and 89 were of 20 or over; no cell can lose more plans than it had."""
    ceased = ceased_plans(published, new_plans(published))
    assert (ceased <= published.stock_before + CLOSE).all()
    assert ceased.min() >= 0
    assert ceased[:20].sum(axis=1).tolist() == pytest.approx(published.ceased_by_age[:20].tolist(), abs=CLOSE)
    assert ceased[20:].sum() == pytest.approx(89, abs=CLOSE)
    assert ceased.sum(axis=0).tolist() == pytest.approx(published.ceased_by_setting.tolist(), abs=CLOSE)
    assert ceased.sum() == pytest.approx(318, abs=CLOSE)


def test_ceasing_rates_give_back_the_plans_that_ceased(authority: Authority, published: Published) -> None:
    """Rates are by the age a year on, so those of January 2024 are a year older when they meet theirs."""
    lost = a_year_on(published.stock_before) * authority.flows.cease
    ceased = ceased_plans(published, new_plans(published))
    assert np.abs(lost - a_year_on(ceased)).max() < CLOSE
    assert authority.flows.cease.min() >= 0
    assert authority.flows.cease.max() <= 1


# ---- Moves


def test_moves_of_every_age_and_setting_are_shares_that_sum_to_one(authority: Authority) -> None:
    moves = authority.flows.moves
    assert moves.shape == (len(AGES), len(SETTINGS), len(SETTINGS))
    assert moves.min() >= 0
    np.testing.assert_allclose(moves.sum(axis=2), 1, rtol=0, atol=1e-12)


def two_censuses(published: Published, before: FloatArray, after: FloatArray) -> Published:
    """Published tables with one cohort, ten years old in the second census: `before` and `after` it (setting,)."""
    stock_before, stock = np.zeros((len(AGES), len(SETTINGS))), np.zeros((len(AGES), len(SETTINGS)))
    stock_before[9], stock[10] = before, after
    return replace(published, stock_before=stock_before, stock=stock)


def moves_at_ten(published: Published, before: FloatArray, after: FloatArray) -> FloatArray:
    """Fitted moves (from, to) of a cohort that nobody joins or leaves; of those awaiting a place 80% are placed."""
    censuses = two_censuses(published, before, after)
    no_one, no_joins = np.zeros_like(censuses.stock), np.zeros((len(AGES), len(NEEDS), len(SETTINGS)))
    return least_movement(censuses, no_one, no_joins, 0.8)[10]


SEATS = [MAINSTREAM, SPECIAL, INMSS]
COHORTS = st.lists(st.integers(0, 40), min_size=3, max_size=3).filter(any)


def seated(counts: list[int], awaiting: int = 0) -> FloatArray:
    by_setting = np.zeros(len(SETTINGS))
    by_setting[SEATS], by_setting[AWAITING] = counts, awaiting
    return by_setting


@settings(deadline=None)
@given(counts=COHORTS)
def test_nobody_moves_where_two_censuses_are_the_same(published: Published, counts: list[int]) -> None:
    same = seated(counts)
    moves = moves_at_ten(published, same, same)
    assert np.diagonal(moves)[same > 0].tolist() == pytest.approx([1] * np.count_nonzero(same))


@settings(deadline=None)
@given(before=COHORTS, after=COHORTS)
def test_no_more_move_than_the_settings_lost_between_two_censuses(
    published: Published, before: list[int], after: list[int]
) -> None:
    """30, 10, 0 that are 20, 10, 10 a year later are 10 moves. Where heads differ, the later mix is what counts."""
    opening = seated(before)
    closing = seated(after) * sum(before) / sum(after)
    moves = moves_at_ten(published, opening, seated(after))
    moved = (opening * (1 - np.diagonal(moves))).sum()
    np.testing.assert_allclose(opening @ moves, closing, rtol=0, atol=CLOSE)
    assert moved == pytest.approx(np.maximum(opening - closing, 0).sum(), abs=CLOSE)


@example(before=[1, 0, 0], after=[1, 0, 0], waiting=40, still=40)  # more who wait than there are places seen
@settings(deadline=None)
@given(before=COHORTS, after=COHORTS, waiting=st.integers(0, 40), still=st.integers(0, 40))
def test_whoever_awaits_a_place_at_either_census_moves_are_shares_and_carry_the_one_into_the_other(
    published: Published, before: list[int], after: list[int], waiting: int, still: int
) -> None:
    opening, closing = seated(before, waiting), seated(after, still)
    moves = moves_at_ten(published, opening, closing)
    assert moves.min() >= 0
    np.testing.assert_allclose(moves.sum(axis=1), 1, rtol=0, atol=1e-9)
    np.testing.assert_allclose(opening @ moves, closing * opening.sum() / closing.sum(), rtol=0, atol=CLOSE)


@settings(deadline=None)
@given(flow=st.lists(st.integers(0, 30), min_size=9, max_size=9))
def test_transport_sends_what_each_has_and_brings_what_each_needs(flow: list[int]) -> None:
    seen = np.reshape(flow, (3, 3)).astype(float)
    supply, demand, cost = seen.sum(axis=1), seen.sum(axis=0), 1.0 - np.eye(3)
    sent = transport(supply, demand, cost)
    np.testing.assert_allclose(sent.sum(axis=1), supply, rtol=0, atol=CLOSE)
    np.testing.assert_allclose(sent.sum(axis=0), demand, rtol=0, atol=CLOSE)
    assert sent.min() >= 0
    assert (sent * cost).sum() == pytest.approx(np.maximum(supply - demand, 0).sum(), abs=CLOSE)


def test_transport_takes_a_usual_move_before_an_unusual_one() -> None:
    """Ten must leave the first for the third. Straight is unusual (3); by way of the second is one usual move (1) for
    each of two tens: ten go from first to second, and ten from second to third."""
    cost = np.array([[0.0, 1.0, 3.0], [1.0, 0.0, 1.0], [3.0, 1.0, 0.0]])
    sent = transport(np.array([10.0, 10.0, 0.0]), np.array([0.0, 10.0, 10.0]), cost)
    np.testing.assert_allclose(sent, [[0, 10, 0], [0, 0, 10], [0, 0, 0]], rtol=0, atol=CLOSE)


# ---- One census carried into the next


def left_over(published: Published) -> FloatArray:
    """What the stock of January 2024, less ceased and with new plans, lacks of the census of 2025, by age."""
    ceased, joins = ceased_plans(published, new_plans(published)), new_plans(published)
    return (
        published.stock.sum(axis=1) - a_year_on((published.stock_before - ceased).sum(axis=1)) - joins.sum(axis=(1, 2))
    )


def test_transfers_by_year_are_what_stock_and_flows_leave_over(authority: Authority, published: Published) -> None:
    """6,201 − 5,813 − 640 + 446 = 194; 6,377 − 6,201 − 679 + 652 = 149; 7,196 − 6,377 − 929 + 318 = 208."""
    assert published.net_transfers.tolist() == [194, 149, 208]
    assert authority.council.transfers_a_year == pytest.approx((194 + 149 + 208) / 3)
    assert authority.flows.transfers.sum() == pytest.approx((194 + 149 + 208) / 3)


def test_what_the_2024_ages_leave_over_is_208_in_all_and_below_nought_at_4_18_and_19(published: Published) -> None:
    """At three ages nobody came: their censuses fell by a few more than the plans recorded as ceased."""
    by_age = left_over(published)
    assert by_age[[4, 18, 19]].tolist() == pytest.approx([-2, -4, -1], abs=CLOSE)
    assert np.delete(by_age, [4, 18, 19]).min() > -CLOSE
    assert by_age.sum() == pytest.approx(208, abs=CLOSE)


def test_one_year_from_january_2024_with_that_years_transfers_is_january_2025_age_by_age(
    authority: Authority, published: Published
) -> None:
    """The shipped transfers are scaled to the mean of three years, 183.67; those of 2024 are what it left over, 215.

    By age everything then holds to the last digit but at 4, 18 and 19, where 2, 4 and 1 children were lost unrecorded:
    in all the model is over by those seven. By setting it is near and not exact, since whom the ages leave over is
    spread over settings as the plans of that age are.
    """
    own_year = np.maximum(left_over(published), 0).sum()
    scaled = authority.flows.transfers * own_year / authority.council.transfers_a_year
    opening = np.zeros((1, *authority.plans.shape))
    opening[0, :, 0] = published.stock_before
    closing, year = one_year(
        opening, replace(authority.flows, transfers=scaled), 1.0, np.full((1, len(SETTINGS)), np.inf), (), claims(()), 0
    )
    over = closing[0].sum(axis=(1, 2)) - published.stock.sum(axis=1)
    expected = np.zeros(len(AGES))
    expected[[4, 18, 19]] = 2, 4, 1
    assert own_year == pytest.approx(215, abs=CLOSE)
    np.testing.assert_allclose(over, expected, rtol=0, atol=1e-3)
    assert year.aged_out[0] + year.ceased[0] == pytest.approx(318, abs=CLOSE)
    by_setting = closing[0].sum(axis=(0, 1)) - published.stock.sum(axis=0)
    assert np.abs(by_setting).max() < 10
