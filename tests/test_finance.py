"""Finance: income and its switch, real terms, present value, the cost of the deficit, transport beside it, ready-reckoners."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import best, edit, refusal

from best_model.door import open_result, open_scenario
from best_model.model.authority import Authority
from best_model.model.cost import in_financial_years
from best_model.model.engine import Result, run
from best_model.model.income import schools_block_transfer, uprated
from best_model.model.phasing import FloatArray
from best_model.model.refusal import Refusal
from best_model.model.scenario import Assumption, Level, Scenario
from best_model.model.settings import setting_index
from best_model.questions import beside_the_block
from best_model.questions.checks import checked
from best_model.questions.finance import (
    Appraisal,
    appraisal,
    cost_of_carrying,
    faster,
    in_real_terms,
    later,
    present_value,
    reckoners,
    transport,
)
from best_model.questions.places import capital

INMSS, SPECIAL = setting_index("inmss"), setting_index("state_special")
SHIPPED = ("do_nothing", "evidence", "base", "stretched")


def with_figures(authority: Authority, values: dict[str, float]) -> Authority:
    """The authority with other central figures, their ranges closed on them; what the engine has built already stays."""
    figures = dict(authority.council.assumptions)
    for name, value in values.items():
        figures[name] = figures[name].model_copy(update={"value": value, "low": value, "high": value})
    return replace(authority, council=replace(authority.council, assumptions=figures))


def taking(scenario: Scenario, income: Level = "central", transfer: bool = False) -> Scenario:
    return scenario.model_copy(update={"income": income, "schools_block_transfer": transfer})


# ---- Income, and the switch


def test_the_transfer_is_half_a_per_cent_of_the_last_published_schools_block_grown_since(authority: Authority) -> None:
    """£493,633,856 in 2023/24, three years at 2.6% to 2026/27: £533,147,062, of which 0.5% is £2,665,735."""
    assert round(493_633_856 * 1.026**3 * 0.005) == 2_665_735
    moved = schools_block_transfer(authority.council)
    assert moved[0] == pytest.approx(2_665_735, abs=1)
    assert moved[1:] / moved[:-1] == pytest.approx(1.026)


@pytest.mark.parametrize("name", SHIPPED)
def test_the_switch_adds_exactly_its_amount_to_income_and_changes_nothing_else(authority: Authority, name: str) -> None:
    off = open_result(name, authority)
    on = run(authority, taking(off.scenario, transfer=True))
    moved = schools_block_transfer(authority.council)
    np.testing.assert_allclose(on.income - off.income, moved)
    np.testing.assert_allclose(off.gap_before - on.gap_before, moved)
    assert on.saving.tolist() == off.saving.tolist()
    assert on.simulation.plans.tobytes() == off.simulation.plans.tobytes()
    np.testing.assert_allclose(off.deficit["as_published"] - on.deficit["as_published"], np.cumsum(moved))


@pytest.mark.parametrize("level", ["low", "central", "high"])
def test_a_scenario_takes_the_low_central_or_high_of_income_csv(authority: Authority, level: Level) -> None:
    given = taking(open_scenario("base"), income=level)
    column = [authority.council.assumptions[f"income.{year}"].at(level) for year in authority.years]
    np.testing.assert_allclose(run(authority, given).income, column)


@pytest.mark.parametrize("transfer", [False, True])
@pytest.mark.parametrize("level", ["low", "central", "high"])
def test_every_identity_holds_on_any_income(authority: Authority, level: Level, transfer: bool) -> None:
    result = run(authority, taking(open_scenario("evidence"), level, transfer))
    assert [outcome.name for outcome in checked(result) if not outcome.holds] == []


def test_a_figure_given_for_two_years_is_carried_from_the_last_one_given_by_then() -> None:
    """100 in 2023/24 and 150 in 2026/27, at 10% a year: 121 two years on, 150 when it is given, 165 after."""
    figures = {f"block.{year}": figure(value) for year, value in {"2023/24": 100.0, "2026/27": 150.0}.items()}
    figures["block_growth"] = figure(0.5)  # another figure whose name begins alike
    assert uprated(figures, "block", 0.10, ("2025/26", "2026/27", "2027/28")) == pytest.approx([121, 150, 165])


def figure(value: float, low: float | None = None, high: float | None = None) -> Assumption:
    return Assumption(
        value=value, low=value if low is None else low, high=value if high is None else high, unit="",
        pedigree="assumed", source="judgement",
    )  # fmt: skip


# ---- Real terms and present value


def test_real_terms_by_hand(authority: Authority) -> None:
    """£100 in each year at 2.2% a year, in the prices of the first: 100, 97.85, 95.74, 93.68."""
    fixed = with_figures(authority, {"finance.gdp_deflator": 0.022})
    assert in_real_terms(fixed, np.full(4, 100.0)) == pytest.approx([100, 97.85, 95.74, 93.68], abs=0.005)


def test_present_value_by_hand() -> None:
    """£100 now, in a year and in two at 3.5%: 100 + 96.62 + 93.35."""
    assert present_value(np.full(3, 100.0), 0.035) == pytest.approx(100 + 96.62 + 93.35, abs=0.01)


def test_capital_comes_off_in_its_year_and_the_last_saving_is_held_after_the_plan() -> None:
    """£10 a year for two years less £15 at once is £5 at no interest; held for five years, £35."""
    worth = Appraisal(saving=np.array([10.0, 10.0]), capital=np.array([15.0, 0.0]), rate=0.0, years=5)
    assert (worth.in_plan, worth.in_all) == (5, 35)
    assert replace(worth, years=2).in_all == worth.in_plan


def test_what_is_appraised_is_the_priorities_and_not_what_is_in_train_or_still_to_be_identified(
    authority: Authority,
) -> None:
    result = open_result("stretched", authority)
    worth = appraisal(result)
    np.testing.assert_allclose(worth.saving, in_real_terms(authority, result.identified))
    np.testing.assert_allclose(worth.capital, in_real_terms(authority, sum(capital(result).values())))
    assert (worth.rate, worth.years) == (0.035, 10)


# ---- The cost of carrying the deficit


def test_interest_is_on_the_mean_of_opening_and_closing_and_the_grant_lowers_the_opening(evidence: Result) -> None:
    """£111.880m brought forward, or a tenth of it with the grant: 4% of the mean with the first closing deficit."""
    cost = cost_of_carrying(evidence)
    closing = evidence.deficit
    assert cost["as_published"][0] == pytest.approx(0.04 * (111_880_000 + closing["as_published"][0]) / 2)
    assert cost["stability_grant"][0] == pytest.approx(0.04 * (11_188_000 + closing["stability_grant"][0]) / 2)
    mean = (closing["as_published"][:-1] + closing["as_published"][1:]) / 2
    assert cost["as_published"][1:] == pytest.approx(0.04 * mean)


def test_once_new_deficits_leave_the_council_interest_stays_as_it_is(evidence: Result) -> None:
    third = cost_of_carrying(evidence)["grant_and_new_deficits_leave"]
    assert third[3] == third[2] == pytest.approx(0.04 * evidence.deficit["grant_and_new_deficits_leave"][1])


@pytest.mark.parametrize("name", SHIPPED)
def test_interest_never_touches_the_deficit(authority: Authority, name: str) -> None:
    dear = with_figures(authority, {"finance.carrying_rate": 0.5})
    plain, other = (open_result(name, each).deficit for each in (authority, dear))
    assert {case: amounts.tolist() for case, amounts in plain.items()} == {
        case: amounts.tolist() for case, amounts in other.items()
    }


# ---- Transport, beside the block


@pytest.mark.parametrize("name", SHIPPED)
def test_transport_never_changes_the_gap(authority: Authority, name: str) -> None:
    """At £1m a child the gap, the saving and the deficit are the same to the bit."""
    dear = with_figures(authority, {"finance.transport_a_child.2023/24": 1e6})
    plain, other = open_result(name, authority), open_result(name, dear)
    assert other.gap_after.tolist() == plain.gap_after.tolist()
    assert other.saving.tolist() == plain.saving.tolist()
    if name != "do_nothing":
        assert abs(transport(other).central[-1]) > abs(transport(plain).central[-1])


def test_transport_is_the_change_in_children_times_share_times_cost(authority: Authority, evidence: Result) -> None:
    """An INMSS placement costs 0.85 × £8,900 × 1.03⁶ = £9,033 to reach in 2029/30, six years after the price."""
    of_a_placement = 0.85 * 8_900 * 1.03**6
    assert of_a_placement == pytest.approx(9_033, abs=1)
    average = in_financial_years(evidence.simulation.by_setting)[:, -1, INMSS]
    fewer = average[1] - average[0]
    assert fewer < 0
    assert transport(evidence).by_setting[INMSS] == pytest.approx(fewer * of_a_placement)


@pytest.mark.parametrize("name", SHIPPED)
def test_central_transport_lies_between_least_and_most_and_adds_up_by_setting(authority: Authority, name: str) -> None:
    found = transport(open_result(name, authority))
    assert (found.low <= found.central + 1e-6).all()
    assert (found.central <= found.high + 1e-6).all()
    assert found.by_setting.sum() == pytest.approx(found.central[-1])


# ---- Ready-reckoners


def left(result: Result) -> float:
    return float(result.gap_before[-1] - result.found[-1])


def test_a_series_that_grows_a_point_faster_by_hand() -> None:
    """100, 100, 110 grows by 0% and 10%; at 1% and 11% it is 100, 101, 112.11; from the third year on only, 111."""
    assert faster(np.array([100.0, 100, 110]), first=1) == pytest.approx([100, 101, 112.11])
    assert faster(np.array([100.0, 100, 110]), first=2) == pytest.approx([100, 100, 111])


def test_one_point_of_income_growth_is_the_income_it_adds(authority: Authority) -> None:
    """Four years of a point: income of the last year with each year's growth a hundredth higher, less income as it is."""
    income = authority.council.money.income
    last = income[0]
    for year in range(1, 5):
        last *= income[year] / income[year - 1] + 0.01
    found = reckoners(open_result("evidence", authority))
    assert found["income_growth"] == pytest.approx(income[-1] - last)
    assert found["income_growth"] < 0


def test_one_point_of_inmss_inflation_is_four_years_of_it_on_what_inmss_costs(authority: Authority) -> None:
    """Doing nothing: what INMSS costs in 2029/30, times ((1 + r + 0.01) / (1 + r))⁴ less 1."""
    result = open_result("do_nothing", authority)
    rate = authority.council.assumptions["inflation.inmss"].value
    spent = result.simulation.spend.placements[0, -1, INMSS]
    expected = spent * (((1 + rate + 0.01) / (1 + rate)) ** 4 - 1)
    assert reckoners(result)["inmss_inflation"] == pytest.approx(expected)


@pytest.mark.parametrize("name", ["do_nothing", "evidence", "stretched"])
def test_one_point_of_growth_in_new_plans_is_what_running_the_model_with_it_adds(
    authority: Authority, name: str
) -> None:
    """A finite difference: a hundredth of a point adds about a hundredth as much."""
    result = open_result(name, authority)
    calibration = authority.council.calibration
    little = replace(calibration, demand=faster(calibration.demand, first=1, by=0.0001))
    other = replace(authority, council=replace(authority.council, calibration=little))
    step = left(run(other, result.scenario)) - left(result)
    assert reckoners(result)["growth"] == pytest.approx(100 * step, rel=0.05)
    assert reckoners(result)["growth"] > 0


def test_one_more_inmss_place_costs_about_what_it_costs_beyond_state_special(authority: Authority) -> None:
    """A little less than the difference in price: some of those turned away leave INMSS within the year."""
    result = open_result("do_nothing", authority)
    average = in_financial_years(result.simulation.by_setting)[0, -1]
    price = result.simulation.spend.placements[0, -1] / np.maximum(average, 1)
    beyond = price[INMSS] - price[SPECIAL]
    assert 0.9 * beyond < reckoners(result)["inmss_place"] <= beyond


def test_one_more_inmss_place_costs_as_much_where_special_schools_have_room(authority: Authority) -> None:
    """With 500 places to spare a place fewer would turn nobody away; the reckoner closes those first."""
    capacity: FloatArray = authority.council.capacity.copy()
    capacity[-2:, SPECIAL] += 500
    roomy = replace(authority, council=replace(authority.council, capacity=capacity))
    assert reckoners(open_result("evidence", roomy))["inmss_place"] > 30_000


def test_a_month_later_is_what_every_priority_starting_a_month_later_adds(evidence: Result) -> None:
    moved = later(evidence.scenario, 1)
    assert {lever.name: lever.start for lever in moved.levers}["ceasing"] == "2026-05"
    found = reckoners(evidence)
    assert found["slip_month"] == pytest.approx(left(run(evidence.authority, moved)) - left(evidence))
    assert 0 < found["slip_month"] < found["slip_year"]


def test_what_is_still_to_be_identified_does_not_take_up_a_change(authority: Authority) -> None:
    """A plan tied to its target would meet it whatever happened; the reckoners look at what is behind it."""
    tied = open_scenario("stretched")
    loose = tied.model_copy(update={"tie_to_target": False})
    assert reckoners(run(authority, tied)) == reckoners(run(authority, loose))


# ---- In files


def test_a_scenario_file_says_income_and_transfer_and_what_extends_it_inherits_them(params: Path) -> None:
    edit(
        params / "scenarios/base.yaml",
        "tie_to_target: true",
        "tie_to_target: true\nincome: low\nschools_block_transfer: true",
    )
    for name in ("base", "stretched"):
        given = open_scenario(name, params=params)
        assert (given.income, given.schools_block_transfer) == ("low", True)
    assert open_scenario("evidence", params=params).income == "central"


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("income: medium", "income is 'medium'"),
        ("schools_block_transfer: perhaps", "schools_block_transfer is 'perhaps'"),
    ],
)
def test_another_word_for_income_or_the_transfer_is_refused_with_its_line(params: Path, said: str, fault: str) -> None:
    path = params / "scenarios/base.yaml"
    edit(path, "tie_to_target: true", f"tie_to_target: true\n{said}")
    line = path.read_text(encoding="utf-8").splitlines().index(said) + 1
    with pytest.raises(Refusal, match=f"base.yaml, line {line}: {fault}"):
        open_scenario("base", params=params)


FAULTS = [
    ("gdp_deflator: {value: 0.022, low: 0.018, high: 0.030", "gdp_deflator: {value: 2.2, low: 1.8, high: 3.0",
     "gdp_deflator", "a yearly rate such as 0.03"),
    ("borrowing_years: {value: 40", "borrowing_years: {value: 40.5", "borrowing_years", "whole years, one or more"),
    ("low: 25, high: 50", "low: 0, high: 50", "borrowing_years", "whole years, one or more"),
    ("borrowed_share: {value: 1.0, low: 0.0, high: 1.0", "borrowed_share: {value: 1.0, low: 0.0, high: 1.2",
     "borrowed_share", "a share between 0 and 1"),
    ("  2023/24: {value: 493633856", "  2033/34: {value: 493633856", "schools_block", "2033/34 only"),
    ("  eotas: {value", "  eotass: {value", "transport_share", "'eotass'"),
    ("  not_in_education: {", "  # {", "transport_share", "has no not_in_education"),
    ("source: green_book", "source: hearsay", "discount_rate", "'hearsay'"),
    ("discount_rate:", "discounted_rate:", "discounted_rate", "not a key that is known"),
    ("carrying_rate: {value: 0.040, low: 0.030, high: 0.060", "carrying_rate: {value: 0.090, low: 0.030, high: 0.060",
     "carrying_rate", "in that order"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "key", "fault"), FAULTS, ids=[f"{key}: {fault}" for _, _, key, fault in FAULTS])
def test_the_command_refuses_a_wrong_finance_file_in_one_line(
    params: Path, old: str, new: str, key: str, fault: str
) -> None:
    edit(params / "leicestershire/finance.yaml", old, new)
    said = refusal(best("run", "base", "--params", params))
    assert all(part in said for part in ("finance.yaml, line", key, fault)), said


def test_every_figure_of_finance_has_a_source_and_a_unit(authority: Authority) -> None:
    figures = {name: one for name, one in authority.council.assumptions.items() if name.startswith("finance.")}
    assert len(figures) == 22
    assert {one.source for one in figures.values()} <= set(authority.council.sources)
    assert all(one.unit for one in figures.values())


# ---- As tables


@pytest.mark.parametrize("name", SHIPPED)
def test_the_tables_of_finance_hold_what_was_computed(authority: Authority, name: str) -> None:
    result = open_result(name, authority)
    carried = cost_of_carrying(result)["as_published"]
    assert beside_the_block.carrying(result).rows[0].values == pytest.approx(tuple(carried))
    assert beside_the_block.carrying_range(result)["Without the grant", "central"] == pytest.approx(carried[-1])
    assert beside_the_block.transport_costs(result)["Central"] == pytest.approx(tuple(transport(result).central))
    shares = beside_the_block.transport_by_setting(transport(result)).column("Added")
    assert sum(shares) == pytest.approx(transport(result).central[-1])
    assert list(map(abs, shares)) == sorted(map(abs, shares), reverse=True)
    assert beside_the_block.ready_reckoners(result).rows[0].values == pytest.approx((reckoners(result)["inmss_place"],))


def test_the_income_table_has_three_forecasts_and_the_transfer(authority: Authority) -> None:
    heads = [row.head for row in beside_the_block.income(authority).rows]
    assert heads == ["Income, low", "Income, central", "Income, high", "Transfer of 0.5% of the schools block"]
