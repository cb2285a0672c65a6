"""A priority is delivered by its workstreams: each its share, from its own start, late by its slip, or not at all."""

import csv
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from conftest import figure
from hypothesis import given, settings
from hypothesis import strategies as st

from best_model.door import PARAMS, open_result, open_risks, open_scenario
from best_model.inputs.scenarios import scenario_names
from best_model.model.authority import Authority
from best_model.model.engine import Result, run
from best_model.model.levers import forces, running_cost, share_by_start, start_of
from best_model.model.phasing import FloatArray, month_number
from best_model.model.refusal import Refusal
from best_model.model.scenario import (
    Action,
    Cease,
    FewerNewPlans,
    Lever,
    Places,
    Price,
    Redirect,
    Scenario,
    Workstream,
)
from best_model.questions.register import (
    cost_of_slip,
    identified,
    mitigations,
    risk_register,
    saving_that_rests_on,
    standing,
    workstreams,
    worth_of_workstreams,
)

YEARS = np.arange(2025.0, 2030.0)
SCENARIOS = scenario_names(PARAMS)
PRIORITIES = ("graduated_offer", "ceasing", "specialist_places", "early_years", "eotas", "commissioning")


def part(name: str, share: float, **said: object) -> Workstream:
    return Workstream.model_validate(
        {"name": name, "label": name, "share": share, "rag": "green", "owner": "nobody", "source": "judgement",
         "illustrative": True, **said}
    )  # fmt: skip


def lever(action: Action, *workstreams: Workstream, start: str = "2026-04", cost: float = 0.0) -> Lever:
    return Lever(
        name="measure", label="Measure", intensity=1.0, evidence=figure(1.0), start=start, ramp_months=12, slip=figure(0.0),
        actions=(action,), running_cost=figure(cost), kind="avoidance", confidence="low", owner="nobody",
        workstreams=workstreams,
    )  # fmt: skip


def strength(measure: Lever) -> list[float]:
    """What the lever's action does at full intensity in each year from 2025."""
    (force,) = forces((measure,), np.ones((1, 1)), YEARS)
    return force.strength[0].tolist()


A_TENTH_OFF = Price(acts_on="price", setting="inmss", share=figure(0.10))
A_FIFTH_FEWER = FewerNewPlans(acts_on="new_plans", share=figure(0.20))
BACKLOG = Cease(acts_on="ceasing", setting="not_in_education", every="once", share=figure(0.6))
EACH_YEAR = Cease(acts_on="ceasing", setting="not_in_education", every="year", share=figure(0.3))
MOVES = Redirect(acts_on="moves", origins=("new",), away_from="inmss", to="resource_base", share=figure(0.25))
PLACES = Places(
    acts_on="places",
    setting="state_special",
    by_nth_september={2: figure(60), 4: figure(100)},
    cost_each=figure(60_000),
    slip=figure(0.0),
)
EVERY_KIND = [A_TENTH_OFF, A_FIFTH_FEWER, BACKLOG, EACH_YEAR, MOVES, PLACES]


# ---- By hand


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        # 10% off over a year of ramp from April 2026. 60% on time: 3%, then 6%. 40% from April 2027: nothing, 2%, then 4%.
        (lever(A_TENTH_OFF, part("a", 0.6), part("b", 0.4, slip_months=12)), [0, 0.03, 0.08, 0.10, 0.10]),
        (lever(A_TENTH_OFF, part("a", 0.6), part("b", 0.4, dropped=True)), [0, 0.03, 0.06, 0.06, 0.06]),
        # 20% fewer new plans: the first half gives 0.5, 1, 1 of its 10% in 2026 to 2028, the second 0, 0.5, 1 of its.
        (lever(A_FIFTH_FEWER, part("a", 0.5), part("b", 0.5, months_after=12), start="2026-01"), [0, 0.05, 0.15, 0.20, 0.20]),
        # 60 by the second September and 100 by the fourth. Half from April 2026: 30 in 2027, 50 in 2029. Half late: 30 in 2028.
        (lever(PLACES, part("a", 0.5), part("b", 0.5, slip_months=12)), [0, 0, 30, 60, 80]),
        # 60% once, over 12 months. 0.45 × 3/4 = 0.3375; 0.45 / 4 + 0.15 × 3/4 = 0.225; 0.15 / 4 = 0.0375.
        (lever(BACKLOG, part("a", 0.75), part("b", 0.25, slip_months=12)), [0, 0.3375, 0.225, 0.0375, 0]),
    ],
    ids=["forty per cent late", "forty per cent dropped", "a year apart", "places", "a backlog"],
)  # fmt: skip
def test_each_share_acts_from_its_own_start_by_hand(measure: Lever, expected: list[float]) -> None:
    assert strength(measure) == pytest.approx(expected)


def test_a_running_cost_is_met_share_by_share_from_each_start_and_never_for_what_is_dropped() -> None:
    """£120,000 a year from April 2026. Half on time, £60,000; a quarter six months late, £15,000 and then £30,000; a quarter
    dropped, nothing."""
    parts = (part("a", 0.5), part("b", 0.25, slip_months=6), part("c", 0.25, dropped=True))
    cost = running_cost((lever(A_TENTH_OFF, *parts, cost=120_000),), np.ones((1, 1)), YEARS)[0, :, 0]
    assert cost.tolist() == pytest.approx([0, 75_000, 90_000, 90_000, 90_000])


# ---- By rule


@settings(deadline=None, max_examples=100)
@given(
    action=st.sampled_from(EVERY_KIND), share=st.floats(0.01, 0.99), after=st.integers(-6, 24), slip=st.integers(0, 48)
)
def test_whatever_a_lever_does_it_is_the_weighted_sum_of_whole_levers_with_those_starts(
    action: Action, share: float, after: int, slip: int
) -> None:
    divided = lever(
        action, part("a", share), part("b", 1 - share, months_after=after, slip_months=slip), start="2026-01"
    )
    month = 12 * 2026 + after + slip
    later = lever(action, start=f"{month // 12}-{month % 12 + 1:02d}")
    expected = share * np.array(strength(lever(action, start="2026-01"))) + (1 - share) * np.array(strength(later))
    np.testing.assert_allclose(strength(divided), expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("action", EVERY_KIND, ids=lambda action: action.acts_on)
def test_a_lever_whose_workstreams_are_all_dropped_does_nothing_and_costs_nothing(action: Action) -> None:
    gone = lever(action, part("a", 0.5, dropped=True), part("b", 0.5, dropped=True), cost=1_000)
    assert share_by_start(gone) == {}
    assert strength(gone) == [0] * 5
    assert not running_cost((gone,), np.ones((1, 1)), YEARS).any()


def test_workstreams_move_with_the_start_of_their_priority() -> None:
    """Six months after April 2026 and two months late is December 2026; from April 2027 it is December 2027."""
    late = part("b", 0.5, months_after=6, slip_months=2)
    measure = lever(A_TENTH_OFF, part("a", 0.5), late)
    moved = measure.model_copy(update={"start": "2027-04"})
    assert [start_of(each, late) for each in (measure, moved)] == [month_number(year, 12) for year in (2026, 2027)]
    np.testing.assert_allclose(strength(moved)[1:], strength(measure)[:-1], rtol=0, atol=1e-12)


def test_shares_that_do_not_add_to_one_are_no_lever() -> None:
    with pytest.raises(ValueError, match=r"shares add to 0\.9; they must add to 1"):
        lever(A_TENTH_OFF, part("a", 0.5), part("b", 0.4))


def test_thirds_written_with_three_digits_add_to_one() -> None:
    assert lever(A_TENTH_OFF, part("a", 0.333), part("b", 0.333), part("c", 0.334)).workstreams


# ---- The register that is shipped


def test_it_holds_24_workstreams_four_for_each_priority_and_all_of_them_illustrative(stretched: Result) -> None:
    assert [(each.name, len(each.workstreams)) for each in stretched.scenario.levers] == [
        (name, 4) for name in PRIORITIES
    ]
    register = [each for priority in stretched.scenario.levers for each in priority.workstreams]
    assert len({each.name for each in register}) == len({each.label for each in register}) == 24
    assert all(each.illustrative for each in register)
    assert {each.ready_to_report for each in register} == {"yes", "from 2026/27 Q2"}
    assert {each.rag for each in register} == {"red", "amber", "green"}
    assert not any(each.dropped or each.slip_months or each.months_after for each in register)


@pytest.mark.parametrize("name", SCENARIOS)
def test_with_all_of_them_on_time_no_scenario_changes_by_one_bit(authority: Authority, name: str) -> None:
    given = open_scenario(name)
    whole = given.model_copy(
        update={"levers": tuple(each.model_copy(update={"workstreams": ()}) for each in given.levers)}
    )
    one, other = run(authority, given), run(authority, whole)
    np.testing.assert_array_equal(one.simulation.plans, other.simulation.plans)
    np.testing.assert_array_equal(one.identified, other.identified)


def test_a_late_workstream_saves_less_and_a_dropped_one_less_still(stretched: Result) -> None:
    """Special school places, by a year: the children who wait go to INMSS meanwhile."""
    saving = [
        run(stretched.authority, stretched.scenario.with_workstreams(["special_school_places"], **said)).identified[-1]
        for said in ({"slip_months": 0}, {"slip_months": 12}, {"slip_months": 36}, {"dropped": True})
    ]
    assert saving[0] == stretched.identified[-1]
    assert all(sooner > later + 1e5 for sooner, later in pairwise(saving))


def test_a_workstream_nobody_has_is_refused(stretched: Result) -> None:
    with pytest.raises(KeyError, match="no such workstream: hopes"):
        stretched.scenario.with_workstreams(["hopes"], dropped=True)


# ---- What rests on each


def late_and_dropped(result: Result) -> Result:
    """The scenario with one workstream six months late and one dropped."""
    changed = result.scenario.with_workstreams(["secondary_bases"], slip_months=6)
    return run(result.authority, changed.with_workstreams(["fee_negotiation"], dropped=True))


def saved(result: Result, scenario: Scenario) -> FloatArray:
    return run(result.authority, scenario).identified


def test_the_batch_finds_to_the_pound_what_a_run_for_each_finds(stretched: Result) -> None:
    """Early years among them, whose saving is spent again."""
    result = late_and_dropped(stretched)
    given = result.scenario
    changed = [
        given,
        given.with_workstreams(["into_reception"], dropped=True),
        given.with_workstreams(["secondary_bases", "outreach_team"], slip_months=18),
        given.with_workstreams(["fee_negotiation"], dropped=False),
    ]
    expected = [saved(result, each) for each in changed]
    np.testing.assert_allclose(identified(result, changed), expected, rtol=0, atol=0.01)
    assert identified(result, []).shape == (0, 4)


def test_what_rests_on_a_workstream_is_what_is_lost_without_it_and_its_slip_costs_what_being_on_time_would_save(
    stretched: Result,
) -> None:
    result = late_and_dropped(stretched)
    given = result.scenario
    worth = {each.workstream.name: each for each in worth_of_workstreams(result)}
    assert len(worth) == 24
    bases, fees, outreach = worth["secondary_bases"], worth["fee_negotiation"], worth["outreach_team"]
    without = saved(result, given.with_workstreams(["secondary_bases"], dropped=True))
    on_time = saved(result, given.with_workstreams(["secondary_bases"], slip_months=0))
    later = saved(result, given.with_workstreams(["secondary_bases"], slip_months=18))
    np.testing.assert_allclose(bases.saving, result.identified - without, rtol=0, atol=0.01)
    np.testing.assert_allclose(bases.slip_costs, on_time - result.identified, rtol=0, atol=0.01)
    np.testing.assert_allclose(bases.a_year_late, result.identified - later, rtol=0, atol=0.01)
    np.testing.assert_allclose(cost_of_slip(result), bases.slip_costs, rtol=0, atol=0.01)
    taken_up = saved(result, given.with_workstreams(["fee_negotiation"], dropped=False))
    np.testing.assert_allclose(fees.saving, taken_up - result.identified, rtol=0, atol=0.01)
    np.testing.assert_allclose([fees.slip_costs, fees.a_year_late, outreach.slip_costs], 0, rtol=0, atol=0.01)
    assert bases.saving[-1] > bases.slip_costs[-1] > 1e5


def test_the_children_and_places_of_the_workstreams_add_up_to_those_of_their_priority(stretched: Result) -> None:
    result = late_and_dropped(stretched)
    worth = worth_of_workstreams(result)
    simulation = result.simulation
    for place, priority in enumerate(result.scenario.levers):
        mine = [each for each in worth if each.lever.name == priority.name]
        ours = [column for column, force in enumerate(simulation.forces) if force.lever == place]
        children = sum(year.children[1, ours].sum() for year in simulation.flows)
        opened = [c for c in ours if isinstance(simulation.forces[c].action, Places)]
        places = sum(simulation.forces[column].strength[1, -1] for column in opened)
        assert sum(each.children for each in mine) == pytest.approx(children)
        assert sum(each.places for each in mine) == pytest.approx(places)
    assert next(each.children for each in worth if each.workstream.name == "fee_negotiation") == 0


def test_what_rests_on_a_group_is_lost_together_and_is_no_sum_of_what_each_loses_alone(stretched: Result) -> None:
    names = [each.name for priority in stretched.scenario.levers for each in priority.workstreams]
    everything, nothing = saving_that_rests_on(stretched, [names, []])
    np.testing.assert_allclose(everything, stretched.identified, rtol=0, atol=0.01)
    np.testing.assert_allclose(nothing, 0, rtol=0, atol=0.01)
    alone = sum(each.saving for each in worth_of_workstreams(stretched))
    assert abs(alone[-1] - everything[-1]) > 1e6


def test_an_early_years_workstream_reaches_children_and_saves_nothing_net_since_all_is_spent_again(
    stretched: Result,
) -> None:
    for each in worth_of_workstreams(stretched):
        if each.lever.name == "early_years":
            np.testing.assert_allclose(each.saving, 0, rtol=0, atol=1)
            assert each.children > 5


# ---- In the register


def test_how_many_can_report_and_what_rests_on_the_others(stretched: Result) -> None:
    waiting = [w.name for lever in stretched.scenario.levers for w in lever.workstreams if w.ready_to_report != "yes"]
    without = saved(stretched, stretched.scenario.with_workstreams(waiting, dropped=True))
    stands = standing(stretched)
    assert (stands.month, stands.ready, stands.going) == ("March 2026", 16, 24)
    assert stands.waiting == pytest.approx((stretched.identified - without)[-1], abs=0.01)
    assert dict(stands.ratings) == {"● Green": 10, "▲ Amber": 11, "■ Red": 3}
    assert (stands.late, stands.dropped) == (0, 0)


def test_what_is_dropped_is_not_counted_as_under_way_and_what_is_late_has_its_cost(stretched: Result) -> None:
    result = late_and_dropped(stretched)
    stands = standing(result)
    assert (stands.going, stands.late, stands.dropped) == (23, 1, 1)
    assert stands.cost_of_late == pytest.approx(cost_of_slip(result)[-1])
    register = {row.head: row.values for table in workstreams(result.scenario) for row in table.rows}
    assert register["Resource bases in secondary schools"][0] == "October 2026, 6 months late"
    assert [values[0] for values in register.values()].count("dropped") == 1


def test_the_register_marks_every_row_that_is_made_up(stretched: Result) -> None:
    rows = [row for table in workstreams(stretched.scenario) for row in table.rows]
    assert len(rows) == 24
    assert {(row.kind, row.source) for row in rows} == {("illustrative", "source:illustrative_register")}


# ---- Scenario files


def write(params: Path, *lines: str, name: str = "late", extends: str = "stretched") -> None:
    said = [f"extends: {extends}", f"title: {name.capitalize()}", *lines]
    (params / "scenarios" / f"{name}.yaml").write_text("\n".join(said) + "\n", encoding="utf-8")


def named(scenario: Scenario, name: str) -> tuple[Lever, Workstream]:
    return next((lever, each) for lever in scenario.levers for each in lever.workstreams if each.name == name)


def test_a_scenario_file_can_make_a_workstream_late_or_drop_it_and_one_that_extends_it_can_take_it_up(
    params: Path,
) -> None:
    write(params, "workstreams:", "  secondary_bases: {slip_months: 6}", "  one_policy: {dropped: true}")
    write(params, "workstreams:", "  one_policy: {dropped: false}", name="again", extends="late")
    late, again = (open_scenario(name, params=params) for name in ("late", "again"))
    stretched = open_scenario("stretched", params=params)
    expected = stretched.with_workstreams(["secondary_bases"], slip_months=6)
    assert late.levers == expected.with_workstreams(["one_policy"], dropped=True).levers
    assert again.levers == expected.levers


def test_a_priority_that_a_scenario_starts_later_takes_its_workstreams_with_it(params: Path) -> None:
    """Secondary bases begin five months after their priority, in September 2026. A year later it is September 2027."""
    edit(params, "workstreams.csv", "secondary_bases,", "start", "2026-09")
    write(
        params, "levers:", "  specialist_places: {start: 2027-04}", "workstreams:", "  primary_bases: {slip_months: 3}"
    )
    stretched, late = (open_scenario(name, params=params) for name in ("stretched", "late"))
    starts = [start_of(*named(each, "secondary_bases")) for each in (stretched, late)]
    assert starts == [month_number(2026, 9), month_number(2027, 9)]
    assert start_of(*named(late, "primary_bases")) == month_number(2027, 7)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (
            "  secondary_base: {slip_months: 6}",
            "workstreams.secondary_base is not a workstream; there are outreach_team,",
        ),
        ("  secondary_bases: {slip: 6}", "workstreams.secondary_bases.slip is not a key that is known here"),
        ("  secondary_bases: {slip_months: -6}", "workstreams.secondary_bases.slip_months is -6"),
        ("  secondary_bases: {slip_months: 1.5}", "workstreams.secondary_bases.slip_months is 1.5"),
        ("  secondary_bases: {slip_months: 121}", "workstreams.secondary_bases.slip_months is 121"),
        ("  secondary_bases: {dropped: yes}", "workstreams.secondary_bases.dropped is 'yes'"),
        ("  secondary_bases: {share: 0.5}", "workstreams.secondary_bases.share is not a key"),
    ],
)
def test_a_scenario_is_refused_by_file_line_and_key(params: Path, line: str, says: str) -> None:
    write(params, "workstreams:", line)
    with pytest.raises(Refusal) as refused:
        open_scenario("late", params=params)
    assert f"late.yaml, line 4: {says}" in str(refused.value)


def test_a_priority_says_nothing_of_workstreams_in_its_own_file(params: Path) -> None:
    path = params / "leicestershire" / "priorities.yaml"
    path.write_text(path.read_text().replace("  start: 2026-04\n", "  start: 2026-04\n  workstreams: []\n", 1))
    with pytest.raises(Refusal, match=r"priorities\.yaml, line \d+: graduated_offer\.workstreams"):
        open_scenario("stretched", params=params)


# ---- The tables


def edit(params: Path, file: str, row: str, column: str, value: str) -> int:
    """Write a value in one cell of the row that begins so; returns the row's number in the file."""
    path = params / "leicestershire" / file
    with path.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.reader(opened))
    number = next(n for n, cells in enumerate(rows) if f"{cells[0]},".startswith(row))
    rows[number][rows[0].index(column)] = value
    with path.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened, lineterminator="\n").writerows(rows)
    return number + 1


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("priority", "outreach", "must be one of graduated_offer, ceasing,"),
        ("workstream", "Secondary bases", "must be small letters, digits and _"),
        ("name", "", "the value is empty"),
        ("share", "0", "must be a share above nought"),
        ("share", "1.3", "must be a share of at most 1"),
        ("share", "a third", "must be a number"),
        ("start", "2026-13", "must look like 2026-09"),
        ("start", "April 2026", "must look like 2026-09"),
        ("start", "2030-04", "must be before 2029/30 ends, or it does nothing"),
        ("slip_months", "-1", "must be a number of months, from 0 to 120"),
        ("slip_months", "1.5", "must be a whole number"),
        ("ready_to_report", "soon", "must be `yes`, or the quarter as in `from 2026/27 Q2`"),
        ("rag", "blue", "must be red, amber or green"),
        ("dropped", "maybe", "must be yes or no"),
        ("owner", "", "the value is empty"),
        ("illustrative", "", "the value is empty"),
        ("source", "hearsay", "must be a key of sources.yaml"),
    ],
)
def test_a_workstream_is_refused_by_file_row_and_column(params: Path, column: str, value: str, says: str) -> None:
    row = edit(params, "workstreams.csv", "secondary_bases,", column, value)
    with pytest.raises(Refusal) as refused:
        open_scenario("stretched", params=params)
    assert f"workstreams.csv, row {row}, column {column}: the value is " in str(refused.value)
    assert says in str(refused.value)


def test_a_start_in_the_last_month_of_the_forecast_is_taken(params: Path) -> None:
    edit(params, "workstreams.csv", "secondary_bases,", "start", "2030-03")
    assert named(open_scenario("stretched", params=params), "secondary_bases")[1].months_after == 47


def test_shares_that_do_not_add_to_one_are_refused_by_row_with_the_priority_and_the_sum(params: Path) -> None:
    edit(params, "workstreams.csv", "secondary_bases,", "share", "0.25")
    with pytest.raises(Refusal) as refused:
        open_scenario("stretched", params=params)
    assert (
        str(refused.value) == "workstreams.csv, row 10: the shares of specialist_places add to 0.95; they must add to 1"
    )


def test_a_workstream_given_twice_is_refused(params: Path) -> None:
    row = edit(params, "workstreams.csv", "secondary_bases,", "workstream", "outreach_team")
    with pytest.raises(Refusal, match=f"workstreams.csv, row {row}: outreach_team is given twice"):
        open_scenario("stretched", params=params)


def test_a_priority_without_a_workstream_is_refused_where_others_have_theirs(params: Path) -> None:
    path = params / "leicestershire" / "workstreams.csv"
    rows = [row for row in path.read_text(encoding="utf-8").splitlines() if ",eotas," not in row]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    with pytest.raises(Refusal, match=r"workstreams\.csv: eotas has no workstream; give it at least one"):
        open_scenario("stretched", params=params)


def test_a_council_without_a_register_has_priorities_in_one_piece_and_the_same_results(
    params: Path, authority: Authority, stretched: Result
) -> None:
    for name in ("workstreams.csv", "risks.csv"):
        (params / "leicestershire" / name).unlink()
    result = open_result("stretched", authority, params)
    np.testing.assert_array_equal(result.identified, stretched.identified)
    assert worth_of_workstreams(result) == ()
    assert open_risks(authority, params) == ()
    assert not standing(result).registered


# ---- Risks and issues


def test_every_risk_and_issue_threatens_something_that_is_there_and_is_marked_illustrative(
    authority: Authority,
) -> None:
    risks = open_risks(authority)
    assert {risk.kind for risk in risks} == {"risk", "issue"}
    assert all(risk.workstreams or risk.assumptions for risk in risks)
    assert all(risk.illustrative for risk in risks)
    assert any(name.startswith("priorities.") for risk in risks for name in risk.assumptions)


def test_what_a_risk_puts_at_stake_is_the_saving_that_rests_on_its_workstreams_together(stretched: Result) -> None:
    first, *_, last = open_risks(stretched.authority)
    without = saved(stretched, stretched.scenario.with_workstreams(first.workstreams, dropped=True))
    at_stake = saving_that_rests_on(stretched, [each.workstreams for each in (first, last)])
    np.testing.assert_allclose(at_stake[0], stretched.identified - without, rtol=0, atol=0.01)
    assert last.workstreams == ()
    np.testing.assert_allclose(at_stake[1], 0, rtol=0, atol=0.01)


def test_the_table_of_risks_says_in_words_what_each_threatens_who_acts_and_by_when(stretched: Result) -> None:
    risks = open_risks(stretched.authority)
    table = risk_register(stretched, risks)
    assert table.rows[0].values == (
        pytest.approx(saving_that_rests_on(stretched, [each.workstreams for each in risks])[0, -1]),
        "risk: likelihood high, impact high",
        "Head of education sufficiency, 31 March 2027",
    )
    assert "Resource bases in secondary schools" in mitigations(stretched.scenario, risks)["R1"][0]
    at_stake = table.column("Saving of the workstreams it touches, £m")
    assert [str(value) for value in at_stake].count("not a workstream's") == 2


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("workstreams", "fee_negotiation; hopes", "the value is 'hopes'; it must name workstreams that are there"),
        ("workstreams", "fee_negotiation;", "the value is ''; it must name workstreams that are there"),
        ("assumptions", "unit_cost.moon", "the value is 'unit_cost.moon'; it must name assumptions that are there"),
        ("assumptions", "priorities.hopes.evidence", "it must name assumptions that are there"),
        ("kind", "worry", "must be risk or issue"),
        ("likelihood", "certain", "must be low, medium, high or happened"),
        (
            "likelihood",
            "happened",
            "must be `happened` for an issue, which has come, and low, medium or high for a risk",
        ),
        ("impact", "huge", "must be low, medium or high"),
        ("due", "2027-02-30", "must be a day of the calendar"),
        ("due", "March 2027", "must be a day"),
        ("owner", "", "the value is empty"),
        ("source", "hearsay", "must be a key of sources.yaml"),
        ("id", "second", "must look like R1"),
    ],
)
def test_a_risk_is_refused_by_file_row_and_column(
    params: Path, authority: Authority, column: str, value: str, says: str
) -> None:
    row = edit(params, "risks.csv", "R2,", column, value)
    with pytest.raises(Refusal) as refused:
        open_risks(authority, params)
    assert f"risks.csv, row {row}, column {column}: " in str(refused.value)
    assert says in str(refused.value)


def test_a_risk_that_threatens_nothing_is_refused(params: Path, authority: Authority) -> None:
    row = edit(params, "risks.csv", "R9,", "assumptions", "")
    with pytest.raises(
        Refusal, match=f"risks.csv, row {row}, column workstreams: the value is empty; it must name what"
    ):
        open_risks(authority, params)
