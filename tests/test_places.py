"""Places: how full they are, how new ones fill, what they cost, when they pay back, and two ways to add the same number."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import best, refusal, scenario_of
from hypothesis import given
from hypothesis import strategies as st

from best_model.door import open_result, open_scenario
from best_model.model.authority import Authority
from best_model.model.engine import Result, run
from best_model.model.scenario import Assumption, Lever, Places, Redirect, Scenario
from best_model.model.settings import setting_index
from best_model.questions import room
from best_model.questions.places import (
    DO_NOTHING,
    SCENARIO,
    Investment,
    Occupancy,
    all_in,
    annuity,
    borrowing_cost,
    capital,
    fill_up,
    investment,
    occupancy,
    ways_to_add,
)
from best_model.questions.whose import saved_by_priority

BASE, SPECIAL, INMSS = map(setting_index, ("resource_base", "state_special", "inmss"))
YEARS = ("2026/27", "2027/28", "2028/29", "2029/30")
BUILT = ("evidence", "base", "stretched")


def figure(value: float) -> Assumption:
    return Assumption(value=value, low=value / 2, high=value * 2, unit="", pedigree="assumed", source="judgement")


def places(setting: str, by_nth: dict[int, float], cost: float = 1_000.0) -> Places:
    """Places open by the nth September from April 2026; each costs £1,000 unless it says otherwise."""
    return Places(
        acts_on="places", setting=setting, by_nth_september={nth: figure(count) for nth, count in by_nth.items()},
        cost_each=figure(cost), slip=figure(0.0),
    )  # fmt: skip


def building(*actions: Places | Redirect, intensity: float = 1.0) -> Scenario:
    """A scenario with the one lever that opens places and does nothing else."""
    lever = Lever(
        name="build", label="Build", intensity=intensity, evidence=Assumption(value=1, low=1, high=1, unit="",
        pedigree="assumed", source="judgement"), start="2026-04", ramp_months=1, slip=figure(0.0), actions=actions,
        running_cost=Assumption(value=0, low=0, high=0, unit="", pedigree="assumed", source="judgement"),
        kind="avoidance", confidence="low", owner="nobody",
    )  # fmt: skip
    return scenario_of(lever)


def in_state_special(result: Result, draw: int = SCENARIO) -> Occupancy:
    return next(each for each in occupancy(result, draw) if each.setting == "state_special")


# ---- How full the places are


@pytest.mark.parametrize("scenario", BUILT)
def test_every_place_holds_a_child_or_is_empty_and_nobody_is_turned_away_from_room(
    authority: Authority, scenario: str
) -> None:
    for each in occupancy(open_result(scenario, authority)):
        np.testing.assert_allclose(np.minimum(each.children, each.places) + each.empty, each.places, atol=1e-9)
        assert not (each.turned_away * (each.empty > 1e-6)).any()


def test_overflow_goes_to_the_fallback_that_is_named(evidence: Result) -> None:
    assert {each.setting: each.fallback for each in occupancy(evidence)} == {
        "resource_base": "state_special",
        "state_special": "inmss",
    }
    flows = evidence.simulation.flows
    special = in_state_special(evidence)
    assert special.turned_away.tolist() == [0.0, *(float(year.overflowed[SCENARIO, SPECIAL]) for year in flows)]


def test_doing_nothing_state_special_is_full_and_bases_are_not(evidence: Result) -> None:
    base, special = occupancy(evidence, DO_NOTHING)
    assert special.empty == pytest.approx(0, abs=1e-6)
    assert base.empty[0] == pytest.approx(base.places[0] - 384)  # children in bases in January 2025
    assert (base.empty[1:] > 1).all()
    assert (special.turned_away[1:] > 100).all()


# ---- How new places fill


def test_ten_new_special_places_are_filled_at_once_and_keep_ten_children_out_of_inmss(authority: Authority) -> None:
    """More than a hundred are turned away each year, so ten places in September 2027 are full by January 2028."""
    result = run(authority, building(places("state_special", {2: 10})))
    (special,) = fill_up(result)
    assert special.opened.tolist() == [0, 0, 0, 10, 10, 10]
    assert special.filled == pytest.approx([0, 0, 0, 10, 10, 10])
    assert special.cost_of_empty == pytest.approx(0, abs=0.01)
    inmss = result.simulation.by_setting[:, :, INMSS]
    assert (inmss[DO_NOTHING] - inmss[SCENARIO])[:4] == pytest.approx([0, 0, 0, 10])


def test_ten_new_base_places_that_nobody_needs_cost_a_hundred_thousand_pounds_a_year(authority: Authority) -> None:
    """Bases have room for the children they get, so 10 × £10,000; the saving of the last year is minus that."""
    result = run(authority, building(places("resource_base", {1: 10})))
    (base,) = fill_up(result)
    assert (base.filled.tolist(), base.empty.tolist()) == ([0] * 6, [0, 0, 10, 10, 10, 10])
    assert base.cost_of_empty.tolist() == [0, 0, 100_000, 100_000, 100_000, 100_000]
    assert result.identified == pytest.approx([-100_000 * 7 / 12, -100_000, -100_000, -100_000])


@pytest.mark.parametrize("scenario", BUILT)
def test_opened_is_filled_and_empty_and_none_is_less_than_nothing(authority: Authority, scenario: str) -> None:
    for each in fill_up(open_result(scenario, authority)):
        np.testing.assert_allclose(each.filled + each.empty, each.opened)
        assert (each.filled >= 0).all()
        assert (each.empty >= -1e-9).all()


# ---- What they cost to build


def test_capital_is_the_places_of_each_september_times_the_cost_of_one(authority: Authority) -> None:
    """Half of 10 by the first September and of 25 by the third, at £1,000: £5,000, nothing, £7,500, nothing."""
    result = run(authority, building(places("state_special", {1: 10, 3: 25}), intensity=0.5))
    assert capital(result)["state_special"].tolist() == [5_000, 0, 7_500, 0]
    assert capital(result, "low")["state_special"].tolist() == [2_500, 0, 3_750, 0]
    assert capital(result, "high")["state_special"].tolist() == [10_000, 0, 15_000, 0]


def test_fewer_places_in_a_later_september_give_no_capital_back(authority: Authority) -> None:
    result = run(authority, building(places("state_special", {1: 10, 2: 4, 3: 6})))
    assert capital(result)["state_special"].tolist() == [10_000, 0, 2_000, 0]


def test_an_annuity_by_hand() -> None:
    """£1,000 at 10% over two years: £576.19 pays £100 of interest and leaves £523.81, whose £52.38 it pays with it."""
    a_year = annuity(1_000, rate=0.10, years=2)
    assert a_year == pytest.approx(576.19, abs=0.005)
    assert (1_000 * 1.10 - a_year) * 1.10 - a_year == pytest.approx(0)
    assert annuity(1_000, rate=0.0, years=4) == 250


@given(rate=st.floats(0.001, 0.2), years=st.integers(1, 50))
def test_an_annuity_repays_what_was_borrowed_to_the_penny(rate: float, years: int) -> None:
    owed = 1_000_000.0
    for _ in range(years):
        owed = owed * (1 + rate) - annuity(1_000_000, rate, years)
    assert owed == pytest.approx(0, abs=0.01)


def test_borrowing_is_paid_from_the_year_after_and_only_on_what_is_borrowed(authority: Authority) -> None:
    """£1m in the first year and £2m in the third: nothing, one payment, one, then three."""
    spent = np.array([1e6, 0, 2e6, 0])
    a_year = annuity(1e6, rate=0.06, years=40)
    assert borrowing_cost(authority, spent) == pytest.approx([0, a_year, a_year, 3 * a_year])
    half = with_figures(authority, **{"finance.borrowed_share": 0.5})
    assert borrowing_cost(half, spent) == pytest.approx([0, a_year / 2, a_year / 2, 3 * a_year / 2])


def with_figures(authority: Authority, **values: float) -> Authority:
    figures = dict(authority.council.assumptions)
    for name, value in values.items():
        figures[name] = figures[name].model_copy(update={"value": value})
    return replace(authority, council=replace(authority.council, assumptions=figures))


@pytest.mark.parametrize("scenario", BUILT)
def test_borrowing_and_capital_never_touch_the_gap(authority: Authority, scenario: str) -> None:
    """They fall on the general fund: at ten times the rate the gap is the same to the bit."""
    dear = with_figures(authority, **{"finance.borrowing_rate": 0.6})
    assert open_result(scenario, dear).gap_after.tolist() == open_result(scenario, authority).gap_after.tolist()


# ---- When they pay back


def invested(capital: list[float], saving: list[float]) -> Investment:
    return Investment(YEARS, np.array(capital, float), np.zeros(4), np.array(saving, float))


@pytest.mark.parametrize(
    ("capital", "saving", "year"),
    [
        ([100, 0, 0, 0], [30, 30, 30, 30], "2029/30"),  # −70, −40, −10, +20
        ([100, 0, 0, 0], [20, 20, 20, 20], "2030/31"),  # −20 at the end, and one more year of 20 meets it
        ([100, 0, 0, 0], [10, 10, 10, 10], "2035/36"),  # −60 at the end: six more years
        ([100, 0, 0, 0], [15, 15, 15, 15], "2032/33"),  # −40 at the end: two years leave 10 owing, the third meets it
        ([10, 0, 0, 0], [20, 20, 20, 20], "2026/27"),
        ([10, 0, 60, 0], [20, 20, 20, 40], "2029/30"),  # +10, +30, −10 when more is built, +30
        ([100, 0, 0, 0], [0, 0, 0, 0], None),
        ([100, 0, 0, 0], [30, 30, 30, -5], None),
    ],
)
def test_places_pay_back_in_the_year_that_saving_has_met_capital_for_good(
    capital: list[float], saving: list[float], year: str | None
) -> None:
    assert invested(capital, saving).pays_back == year


def test_what_pays_back_is_the_fair_share_of_the_priorities_that_open_places(evidence: Result) -> None:
    shares = saved_by_priority(evidence.authority, evidence.scenario)
    case = investment(evidence)
    np.testing.assert_allclose(case.saving, shares["specialist_places"])
    np.testing.assert_allclose(case.capital, sum(capital(evidence).values()))
    np.testing.assert_allclose(case.cumulative, np.cumsum(shares["specialist_places"]) - np.cumsum(case.capital))


# ---- Two ways to add the same places


@pytest.mark.parametrize("scenario", BUILT)
def test_every_way_opens_as_many_places_in_the_same_septembers(authority: Authority, scenario: str) -> None:
    given = open_scenario(scenario)
    ways = [given, all_in(given, "resource_base"), all_in(given, "state_special")]
    opened = [sum(each.opened for each in fill_up(run(authority, way))) for way in ways]
    np.testing.assert_allclose(opened[1], opened[0])
    np.testing.assert_allclose(opened[2], opened[0])
    settings = [[each.setting for each in fill_up(run(authority, way))] for way in ways[1:]]
    assert settings == [["resource_base"], ["state_special"]]


def test_places_in_two_settings_are_added_september_by_september() -> None:
    """60 by the second and 160 by the third, with 40 by the first: 40, 100 and 200 in all, at the cost of the setting."""
    given = building(places("state_special", {2: 60, 3: 160}, cost=9), places("resource_base", {1: 40}, cost=4))
    (action,) = all_in(given, "resource_base").levers[0].actions
    assert isinstance(action, Places)
    assert {nth: count.value for nth, count in action.by_nth_september.items()} == {1: 40, 2: 100, 3: 200}
    assert (action.setting, action.cost_each.value) == ("resource_base", 4)


def test_children_led_to_new_places_are_led_to_the_one_setting_and_nobody_to_where_it_already_was() -> None:
    given = open_scenario("stretched")
    actions = {
        setting: [
            (each.away_from, each.to)
            for lever in all_in(given, setting).levers
            if lever.name == "specialist_places"
            for each in lever.actions
            if isinstance(each, Redirect)
        ]
        for setting in ("resource_base", "state_special")
    }
    assert actions["resource_base"] == [("state_special", "resource_base"), ("inmss", "resource_base")]
    assert actions["state_special"] == [("inmss", "state_special")]


def test_the_planned_way_is_the_scenario_itself(evidence: Result) -> None:
    ways = ways_to_add(evidence.authority, evidence.scenario)
    assert list(ways) == ["planned", "state_special", "resource_base"]
    assert ways["planned"].inmss == evidence.simulation.by_setting[SCENARIO, -1, INMSS]
    assert ways["planned"].empty == pytest.approx(sum(each.empty[-1] for each in occupancy(evidence)))


# ---- Bad input


def with_places(params: Path, setting: str, september: int, places: int) -> str:
    """What `best run base` says of so many places in a setting; it must leave with 2 and one line."""
    path = params / "leicestershire" / "capacity.csv"
    row = rf"(?m)^{setting},{september},\d+,\d+,"
    text, found = re.subn(row, f"{setting},{september},{places},{places},", path.read_text(encoding="utf-8"))
    assert found == 1
    path.write_text(text, encoding="utf-8")
    return refusal(best("run", "base", "--params", params))


def test_fewer_places_than_children_are_placed_today_are_refused_with_children_and_pounds(params: Path) -> None:
    """1,962 children and 1,900 places: 62 without one, at £70,000 − £26,000 = £44,000 more in INMSS: £2,728,000."""
    said = with_places(params, "state_special", 2026, 1_900)
    for part in ("capacity.csv, row 10, column places: the value is 1900", "September 2026", "1,962 children",
                 "so 62 would have no place", "£2,728,000 a year", "inmss", "give at least 1,962"):  # fmt: skip
        assert part in said


def test_a_base_too_small_is_refused_too(params: Path) -> None:
    """384 children and 380 places, at £26,000 − £16,000 more in state special: £40,000."""
    said = with_places(params, "resource_base", 2024, 380)
    for part in ("row 2", "so 4 would have no place", "£40,000 a year", "state_special"):
        assert part in said


def test_exactly_as_many_places_as_children_are_accepted(authority: Authority) -> None:
    """State special has 1,962 places and 1,962 children in January 2025."""
    assert authority.council.capacity[0, SPECIAL] == authority.plans.sum(axis=(0, 1))[SPECIAL].round(6) == 1_962


# ---- As tables


@pytest.mark.parametrize("scenario", BUILT)
def test_the_tables_of_places_hold_what_was_computed(authority: Authority, scenario: str) -> None:
    result = open_result(scenario, authority)
    case, last = investment(result), room.new_places_in_all(result)
    built = room.capital_and_saving(result)
    assert built["Capital", "All"] == pytest.approx(case.capital.sum())
    assert built["Saving less capital, so far"][:-1] == pytest.approx(tuple(case.cumulative))
    assert (last.opened, last.filled) == tuple(sum(float(part[-1]) for part in each) for each in zip(
        *((fill.opened, fill.filled) for fill in fill_up(result)), strict=True))  # fmt: skip
    ways = room.ways_to_build(result)
    assert ways["As planned", "New places"] == pytest.approx(last.opened)
    bases = room.all_in_bases(result)
    assert bases is not None
    planned, all_bases = (
        ways[way, f"Net saving, {result.years[-1]}, £m"] for way in ("As planned", "All in resource bases")
    )
    assert bases.saving_lost == pytest.approx(planned - all_bases)
