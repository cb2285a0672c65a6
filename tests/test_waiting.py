"""When it pays and what waiting costs: break-even by hand and to the month, and each delay as a run of its own."""

from dataclasses import replace

import numpy as np
import pytest
from conftest import figure, scenario_of

from best_model.door import open_authority, open_result
from best_model.model.authority import financial_year
from best_model.model.cost import in_financial_years
from best_model.model.engine import Result, run
from best_model.model.scenario import Lever, Price
from best_model.model.settings import setting_index
from best_model.questions.finance import later, reckoners
from best_model.questions.paid_back import BreakEven, break_even, break_evens, months_to_break_even, pays, when
from best_model.questions.places import capital, investment
from best_model.questions.waiting import delay, delay_by_priority, delays, lost_by_month, waiting

AUTHORITY = open_authority()
RESULTS = {name: open_result(name, AUTHORITY) for name in ("do_nothing", "evidence", "base", "stretched")}
STRETCHED = RESULTS["stretched"]
BUILT = ("evidence", "base", "stretched")


def cheaper_inmss(cost: float) -> Result:
    """A tenth off INMSS prices, ramped over one month from April 2026, with £`cost` a year to run."""
    lever = Lever(
        name="price", label="Price", intensity=1.0, evidence=figure(1.0), start="2026-04", ramp_months=1, slip=figure(0.0),
        actions=(Price(acts_on="price", setting="inmss", share=figure(0.1)),), running_cost=figure(cost), kind="cashable",
        confidence="low", owner="nobody",
    )  # fmt: skip
    return run(AUTHORITY, scenario_of(lever))


# When it pays


@pytest.mark.parametrize(
    ("net", "months"),
    [
        ([-60, 120, 120], 18),  # 60 lost; ten a month from the second April: met after six months of it
        ([-60, 60, 60], 24),  # level at the end of the second year, ahead from the third April
        ([10, 10, 10], 0),
        ([-10, 5, 5], None),  # level at the end, never ahead
        ([-10, -10, -10], None),
        ([0, 0, 0], None),
        ([10, -20, 30], 28),  # ahead, behind by 10 after two years, ahead for good four months on at 2.5 a month
        ([0, 12, 12], 12),
        ([-1, 12, 12], 13),
    ],
)
def test_break_even_by_hand(net: list[float], months: int | None) -> None:
    assert months_to_break_even(np.array(net) * 1e6) == months


def test_what_has_not_paid_in_the_plan_may_once_its_last_saving_is_held() -> None:
    """£100 to build and £20 a year: £20 short after four years, level after five, ahead from the sixth April."""
    case = BreakEven(None, np.full(4, 30.0) * 1e6, np.full(4, 10.0) * 1e6, np.array([100.0, 0, 0, 0]) * 1e6, horizon=30)
    assert (case.met_running, case.met_all) == (0, 60)
    assert replace(case, horizon=5).met_all is None


@pytest.mark.parametrize("name", BUILT)
def test_the_programme_is_the_sum_of_its_priorities_and_places_pay_back_when_they_are_said_to(name: str) -> None:
    result = RESULTS[name]
    programme, *each = break_evens(result)
    np.testing.assert_allclose(programme.saving - programme.running, result.identified, rtol=0, atol=0.01)
    np.testing.assert_allclose(sum(one.capital for one in each), sum(capital(result).values()))
    assert [one.lever.name for one in each if one.lever and one.capital.any()] == ["specialist_places"]
    (places,) = (one for one in each if one.capital.any())
    assert places.met_all is not None
    assert financial_year(2026 + places.met_all // 12) == investment(RESULTS[name]).pays_back


def test_capital_that_is_met_is_what_is_spent_so_far() -> None:
    """By July 2027 a quarter of the second year is spent: 2.4 + 11.5 / 4 = 5.3 of £41.9m."""
    programme, *each = break_evens(STRETCHED)
    (places,) = (one for one in each if one.capital.any())
    assert programme.met_all == 15
    spent = float(programme.capital[0] + programme.capital[1] * (15 - 12) / 12)
    assert (round(spent / 1e6, 1), round(float(programme.capital.sum()) / 1e6, 1)) == (5.3, 41.9)
    said = pays(STRETCHED)
    assert str(said.capital) == "from July 2027"
    assert places.met_all is not None
    assert [str(each) for each in said.built] == [f"from May {2026 + places.met_all // 12}"]
    assert break_even(STRETCHED)["The programme", "Capital of all years, £m"] == programme.capital.sum()


def test_a_priority_that_costs_more_than_it_saves_or_spends_it_again_never_pays() -> None:
    dear = cheaper_inmss(cost=1e9)
    assert [one.met_running for one in break_evens(dear)] == [None, None]
    assert (str(pays(dear).running), pays(dear).never) == ("never", (("Price", False),))
    assert pays(STRETCHED).never == (("Early years offer", True),)  # what it saves is spent again


def test_months_are_said_by_name_and_financial_year() -> None:
    """Twelve months from April 2026 is April 2027; nine, January 2027, is still 2026/27; beyond the plan it is said to be held."""
    assert when(STRETCHED, 12).in_a_cell == "April 2027 (2027/28)"
    assert when(STRETCHED, 9).in_a_cell == "January 2027 (2026/27)"
    assert when(STRETCHED, 48).in_a_cell == "April 2030 (2030/31), saving held"
    assert when(STRETCHED, 0).in_a_cell == "from the start"
    assert when(STRETCHED, None).in_a_cell == "never"


# What waiting costs


@pytest.mark.parametrize(("name", "months"), [("evidence", 1), ("base", 5), ("stretched", 6), ("stretched", 12)])
def test_a_delay_is_a_run_with_every_start_so_much_later(name: str, months: int) -> None:
    """Twelve months late is the programme begun a year later; found by other levers, one run at a time."""
    result = RESULTS[name]
    begun_later = run(AUTHORITY, later(result.scenario, months))
    np.testing.assert_allclose(
        delays(result)[0].cost[months], result.identified - begun_later.identified, rtol=0, atol=0.01
    )


def test_the_delay_of_one_priority_moves_that_one_alone() -> None:
    late = later(STRETCHED.scenario, 7).levers
    for place, one in enumerate(delays(STRETCHED)[1:]):
        levers = tuple(late[at] if at == place else lever for at, lever in enumerate(STRETCHED.scenario.levers))
        alone = run(AUTHORITY, STRETCHED.scenario.model_copy(update={"levers": levers}))
        np.testing.assert_allclose(one.cost[7], STRETCHED.identified - alone.identified, rtol=0, atol=0.01)


def test_a_month_of_a_price_fall_by_hand() -> None:
    """A tenth of INMSS spend for one twelfth of the first year, less a twelfth of £120,000 to run; nothing in later years."""
    result = cheaper_inmss(cost=120_000)
    inmss, money = setting_index("inmss"), AUTHORITY.council.money
    children = in_financial_years(result.simulation.by_setting)[0, -4, inmss]
    price = money.unit_cost[inmss] * money.inflation[-4, inmss] * AUTHORITY.council.calibration.price_index[0]
    cost = delays(result)[0].cost[1]
    assert cost == pytest.approx([0.1 * children * price / 12 - 10_000, 0, 0, 0], abs=0.01)


def test_no_delay_costs_nothing_and_one_month_is_the_ready_reckoner() -> None:
    programme = delays(STRETCHED)[0]
    assert not programme.cost[0].any()
    assert programme.cost[1, -1] == pytest.approx(reckoners(STRETCHED)["slip_month"], abs=0.01)


def test_a_month_that_misses_a_september_costs_several_times_another() -> None:
    """Places counted from April open in September: five months late they still do, six months late they wait a year."""
    programme = delays(STRETCHED)[0]
    added = np.diff(programme.over_the_years)
    assert programme.dearest_month == 6
    assert added[5] > 3 * max(np.delete(added, 5))


# As tables


def test_a_month_of_delay_is_said_as_it_is_run_and_a_table_of_it_adds_across() -> None:
    each = delays(STRETCHED)
    said, programme = waiting(each), each[0]
    assert (said.month, said.month_in_last_year) == (programme.over_the_years[1], programme.cost[1, -1])
    assert said.added == pytest.approx(np.diff(programme.over_the_years)[said.dearest - 1])
    assert lost_by_month(each)["The programme", "12"] == pytest.approx(said.year)
    *years, every = delay(STRETCHED)["12 months"]
    assert sum(years) == pytest.approx(every)
    assert delay_by_priority(STRETCHED)["The programme", "A year, all years"] == pytest.approx(every)


def test_with_nothing_done_nothing_is_lost_and_nothing_has_to_pay() -> None:
    assert not pays(RESULTS["do_nothing"]).does_anything
    assert waiting(delays(RESULTS["do_nothing"])).month == 0
