"""When a change bites: September, the financial year, and ramps."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from best_model.door import open_scenario
from best_model.model.authority import Authority, Flows
from best_model.model.cost import in_financial_years
from best_model.model.engine import savings, simulate
from best_model.model.phasing import (
    Month,
    census_weights,
    month_number,
    ramp,
    ramped_months,
    share_in_september,
    share_of_twelve_months,
)
from best_model.model.settings import AGES, NEEDS, SETTINGS, setting_index

PRIORITIES = ("graduated_offer", "ceasing", "specialist_places", "early_years", "eotas", "commissioning")


def test_five_months_at_the_census_before_and_seven_at_the_one_within_make_a_whole_year() -> None:
    """April to August is 5/12, September to March 7/12."""
    before, after = census_weights()
    assert Fraction(before).limit_denominator(100) == Fraction(5, 12)
    assert Fraction(after).limit_denominator(100) == Fraction(7, 12)
    assert before + after == 1


def test_a_september_change_is_worth_seven_twelfths_in_its_first_financial_year() -> None:
    """120 children who come in September 2025 are first counted in January 2026: 70 in 2025/26, then 120."""
    at_censuses = np.array([[0.0, 120.0, 120.0]])
    np.testing.assert_allclose(in_financial_years(at_censuses), [[70, 120]])


def one_setting_at_a_pound_a_child(authority: Authority) -> Authority:
    """A council with mainstream schools only: 120 new plans in 2025 and none after, £1 a child, and no inflation."""
    nobody = np.zeros((len(AGES), len(NEEDS), len(SETTINGS)))
    joins = nobody.copy()
    joins[5, 0, setting_index("mainstream")] = 120
    stay = np.broadcast_to(np.eye(len(SETTINGS)), (len(AGES), len(SETTINGS), len(SETTINGS)))
    council = authority.council
    money = replace(
        council.money,
        unit_cost=np.ones(len(SETTINGS)),
        inflation=np.ones_like(council.money.inflation),
        services=np.zeros_like(council.money.services),
    )
    calibration = replace(
        council.calibration,
        demand=np.array([1.0, 0, 0, 0, 0]),
        price_index=np.ones_like(council.calibration.price_index),
    )
    council = replace(
        council, money=money, calibration=calibration, capacity=np.full_like(council.capacity, np.inf), fallbacks=()
    )
    flows = Flows(cease=np.zeros((len(AGES), len(SETTINGS))), moves=stay, joins=joins, transfers=nobody)
    return replace(authority, council=council, plans=nobody, flows=flows)


def test_the_engine_charges_120_new_children_for_seven_months_of_their_first_year(authority: Authority) -> None:
    """7/12 x 120 x £1 = £70 in 2025/26 and £120 in each year after."""
    simulation = simulate(one_setting_at_a_pound_a_child(authority), (), np.zeros((1, 0)))
    np.testing.assert_allclose(simulation.total, [[0, 120, 120, 120, 120, 120]])
    np.testing.assert_allclose(simulation.spend.total, [[70, 120, 120, 120, 120]])


def test_a_measure_that_is_whole_at_once_in_september_is_in_force_for_seven_months_of_the_year_from_april() -> None:
    """The shorter the ramp, the nearer to 7/12; a ramp of one month has lost half of that month."""
    april, september = month_number(2026, Month.APRIL), float(month_number(2026, Month.SEPTEMBER))
    assert share_of_twelve_months(april, september, 1e-9) == pytest.approx(7 / 12)
    assert share_of_twelve_months(april, september, 1.0) == pytest.approx(6.5 / 12)


@settings(deadline=None, max_examples=200)
@given(first=st.integers(0, 60), start=st.integers(-24, 84), length=st.integers(1, 120))
def test_a_ramp_added_month_by_month_is_its_closed_form(first: int, start: int, length: int) -> None:
    """A ramp is straight within a month, so the level at mid-month is that month's mean."""
    mid_months = first + np.arange(12) + 0.5
    by_month = ramp(mid_months, start, length).sum()
    closed = ramped_months(np.array(first + 12.0), start, length) - ramped_months(np.array(float(first)), start, length)
    assert closed == pytest.approx(by_month, abs=1e-9)
    assert share_of_twelve_months(np.array(float(first)), start, length) == pytest.approx(by_month / 12, abs=1e-9)


@settings(deadline=None)
@given(
    start=st.integers(0, 60), length=st.integers(1, 60), months=st.lists(st.integers(0, 130), min_size=2, max_size=4)
)
def test_a_ramp_never_falls_and_is_nought_before_its_start_and_whole_after_its_length(
    start: int, length: int, months: list[int]
) -> None:
    share = ramp(np.array(sorted(months), dtype=float), start, length)
    assert (np.diff(share) >= 0).all()
    assert ramp(np.array([start - 1.0, start]), start, length).tolist() == [0, 0]
    assert ramp(np.array([start + length, start + length + 1.0]), start, length).tolist() == [1, 1]


def test_a_two_year_ramp_from_april_2026_stands_at_6_and_18_twenty_fourths_after_its_septembers_and_then_is_whole() -> (
    None
):
    """April to the end of September is six months: 6/24 in 2026, 18/24 in 2027, and 1 from April 2028."""
    years = np.array([2025.0, 2026, 2027, 2028, 2029])
    share = share_in_september(years, float(month_number(2026, Month.APRIL)), 24)
    np.testing.assert_allclose(share, [0, 6 / 24, 18 / 24, 1, 1])


@pytest.mark.parametrize("priority", PRIORITIES)
def test_a_priority_that_starts_after_the_horizon_does_nothing_in_it(authority: Authority, priority: str) -> None:
    """The last census is January 2030: a start in April 2031 changes neither a child nor a pound before it."""
    lever = next(each for each in open_scenario("stretched").levers if each.name == priority)
    late, idle = lever.model_copy(update={"start": "2031-04"}), np.zeros((1, 0))
    simulation, nothing = simulate(authority, (late,), np.ones((1, 1))), simulate(authority, (), idle)
    np.testing.assert_array_equal(simulation.plans, nothing.plans)
    np.testing.assert_array_equal(simulation.capacity, nothing.capacity)
    assert not savings(authority, (late,), np.ones((1, 1))).net.any()
