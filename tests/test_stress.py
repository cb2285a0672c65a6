"""Stress tests: every file is sound, each supposition arrives where it should and nowhere else, and the tables say what it costs."""

import re
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from best_model.door import PARAMS, open_authority, open_scenario, open_stresses
from best_model.draws.distributions import draws_of
from best_model.draws.sensitivity import figures_of
from best_model.faces.numbers import millions
from best_model.inputs.stress_yaml import read_stresses, stress_names
from best_model.inputs.uncertainty_yaml import read_uncertainty
from best_model.model.deficit import CASES
from best_model.model.engine import Result, run
from best_model.model.refusal import Refusal
from best_model.model.scenario import Places
from best_model.model.settings import SETTINGS, setting_index
from best_model.model.stress import Change, Stress
from best_model.questions.stressed import (
    DEFICIT_CASE,
    Position,
    Stressed,
    stress_all,
    stressed,
    stresses,
    stresses_in_short,
    to_mark,
)
from best_model.table import NONE

AUTHORITY, EVIDENCE = open_authority(), open_scenario("evidence")
STRESSES = {stress.name: stress for stress in open_stresses(AUTHORITY)}
FIGURES = figures_of(AUTHORITY, EVIDENCE)
PLAIN = run(AUTHORITY, EVIDENCE)
PRIORITIES = tuple(lever.name for lever in EVIDENCE.levers)
SHIPPED = (
    "backlog_cleared",
    "flat_income",
    "grant_refused",
    "independent_prices",
    *(f"nothing_from_{name}" for name in sorted(PRIORITIES)),
    "places_a_year_late",
    "surge_in_requests",
)
INDEX, INMSS = "calibration.new_plans_index", setting_index("inmss")
SCENARIO = 1


@pytest.fixture(scope="module")
def outcomes() -> tuple[Stressed, ...]:
    return stress_all(AUTHORITY, EVIDENCE, STRESSES.values())


@cache
def under(name: str, scenario: str = "evidence") -> Result:
    return run(*stressed(AUTHORITY, open_scenario(scenario), STRESSES[name]))


@cache
def outcome(name: str, scenario: str = "evidence") -> Stressed:
    return stress_all(AUTHORITY, open_scenario(scenario), [STRESSES[name]])[0]


def supposing(**given: object) -> Stress:
    said = {"name": "ours", "title": "Ours", "question": "What if?", "note": "Said here.", "source": "judgement"}
    return Stress.model_validate({**said, **given})


# ---- The files


def test_twelve_stresses_are_shipped_one_for_each_priority_among_them() -> None:
    assert stress_names(PARAMS) == SHIPPED
    assert sorted(each.nothing_from for each in STRESSES.values() if each.nothing_from) == sorted(PRIORITIES)


@pytest.mark.parametrize("name", SHIPPED)
def test_each_asks_a_question_and_says_what_it_supposes_with_a_source(name: str) -> None:
    stress = STRESSES[name]
    assert stress.question.endswith("?")
    assert stress.note.endswith(".")
    assert stress.source in AUTHORITY.council.sources
    assert all(change.value is None or change.value == 0 for change in stress.supposing.values()), (
        "a value that is not nought has its home in the council's own folder: say plus, times or same_as"
    )


def test_the_backlog_is_reached_from_published_figures_in_two_ways() -> None:
    """Of 929 plans a year 51.2% are 16 weeks late and 44.6% are 32; and 411 more plans were due in two years than were issued."""
    by_time = 929 * (0.512 * (36 - 20) + 0.446 * (52 - 20)) / 52
    due = [1_412 * (1 - 0.177) * 0.844, 1_582 * (1 - 0.174) * 0.794]
    assert (round(by_time), [round(plans) for plans in due]) == (401, [981, 1_038])
    assert round(sum(due)) - 679 - 929 == pytest.approx(411, abs=1)
    assert STRESSES["backlog_cleared"].supposing[f"{INDEX}.2026"].plus == round(400 / 929, 2)


# ---- What is supposed, and nothing else


def test_a_refused_grant_moves_the_deficit_alone_by_nine_tenths_of_what_is_brought_forward() -> None:
    """90% of £111.880m is £100.692m, in every year, where the grant was to be paid."""
    refused = outcome("grant_refused")
    np.testing.assert_array_equal(refused.saving_gained, 0.0)
    np.testing.assert_array_equal(refused.gap_added, 0.0)
    np.testing.assert_array_equal(refused.position.plans, refused.unstressed.plans)
    added = refused.deficit_added
    assert added["as_published"].tolist() == [0.0] * 4
    for case in ("stability_grant", "grant_and_new_deficits_leave"):
        np.testing.assert_allclose(added[case], 0.9 * 111_880_000, atol=0.01)
    assert refused.cost == 100_692_000


@pytest.mark.parametrize("priority", PRIORITIES)
def test_nothing_from_a_priority_is_a_run_with_its_intensity_at_nought(priority: str) -> None:
    ran, without = under(f"nothing_from_{priority}"), run(AUTHORITY, EVIDENCE.with_intensity(**{priority: 0.0}))
    np.testing.assert_array_equal(ran.found, without.found)
    np.testing.assert_array_equal(ran.simulation.plans, without.simulation.plans)
    np.testing.assert_array_equal(ran.gap_before, PLAIN.gap_before)
    assert not np.array_equal(ran.simulation.total[SCENARIO], PLAIN.simulation.total[SCENARIO])


def test_what_the_early_years_offer_saves_is_spent_again_so_without_it_only_plans_change() -> None:
    early = outcome("nothing_from_early_years")
    np.testing.assert_allclose(early.saving_gained, 0.0, atol=0.01)
    assert early.position.plans[-1] - early.unstressed.plans[-1] > 10


def test_flat_income_widens_the_gap_by_the_rise_forgone_and_saves_no_less() -> None:
    """£120.936m, £123.959m and £127.058m stay at £117.986m."""
    flat, forgone = outcome("flat_income"), [0, 2_950_000, 5_973_000, 9_072_000]
    np.testing.assert_allclose(flat.position.gap_before - flat.unstressed.gap_before, forgone, atol=1e-6)
    np.testing.assert_allclose(flat.gap_added, forgone, atol=1e-6)
    np.testing.assert_array_equal(flat.saving_gained, 0.0)
    assert flat.cost == sum(forgone)


def test_four_points_more_compound_from_the_price_base_for_independent_placements_alone() -> None:
    """4.3% becomes 8.3% a year over the five years from 2024/25 to 2029/30, and over the three to 2027/28."""
    money, before = under("independent_prices").authority.council.money, AUTHORITY.council.money
    for setting in ("inmss", "specialist_post_16"):
        assert money.inflation[-1, setting_index(setting)] == pytest.approx((1 + 0.043 + 0.04) ** 5)
        assert money.inflation[-3, setting_index(setting)] == pytest.approx((1 + 0.043 + 0.04) ** 3)
    others = [place for place, name in enumerate(SETTINGS) if name not in {"inmss", "specialist_post_16"}]
    np.testing.assert_array_equal(money.inflation[:, others], before.inflation[:, others])
    np.testing.assert_array_equal(money.services, before.services)


def test_dearer_independent_places_cost_every_placement_that_is_there() -> None:
    """Doing nothing, the gap of the last year widens by the children in each setting times what its price rises by."""
    ran, names = under("independent_prices"), ("inmss", "specialist_post_16")
    index = AUTHORITY.council.calibration.price_index[-1]
    rise = 0.0
    for place in map(setting_index, names):
        january = PLAIN.simulation.by_setting[0, -2:, place]
        children = january[0] * 5 / 12 + january[1] * 7 / 12
        rise += children * AUTHORITY.council.money.unit_cost[place] * index * (1.083**5 - 1.043**5)
    assert ran.gap_before[-1] - PLAIN.gap_before[-1] == pytest.approx(rise)


def test_a_year_late_every_new_place_opens_one_september_later_and_no_other_place_does() -> None:
    late = under("places_a_year_late")
    built = [setting_index(name) for name in ("state_special", "resource_base")]
    opened, before = (
        ran.simulation.capacity[SCENARIO][:, built] - ran.simulation.capacity[0][:, built] for ran in (late, PLAIN)
    )
    assert (before[-1] > 100).all()
    np.testing.assert_allclose(opened[1:], before[:-1])
    np.testing.assert_array_equal(late.authority.council.capacity, AUTHORITY.council.capacity)
    assert late.found[-1] < PLAIN.found[-1]


def test_the_slip_that_is_stressed_is_that_of_every_action_that_opens_places() -> None:
    slips = {
        f"priorities.{lever.name}.actions.{number}.slip"
        for lever in EVIDENCE.levers
        for number, action in enumerate(lever.actions)
        if isinstance(action, Places)
    }
    assert set(STRESSES["places_a_year_late"].supposing) == slips


def test_the_surge_is_a_third_more_new_plans_in_two_years_and_the_backlog_400_in_one() -> None:
    demand = AUTHORITY.council.calibration.demand
    surge, cleared = (
        under(name).authority.council.calibration.demand for name in ("surge_in_requests", "backlog_cleared")
    )
    np.testing.assert_allclose(surge / demand, [1, 1, 1.37, 1.37, 1])
    np.testing.assert_allclose((cleared - demand) * 929, [0, 399.47, 0, 0, 0])


def test_calibration_is_held_and_a_plan_keeps_its_intensities() -> None:
    stretched = open_scenario("stretched")
    authority, scenario = stressed(AUTHORITY, stretched, STRESSES["independent_prices"])
    np.testing.assert_array_equal(authority.council.calibration.price_index, AUTHORITY.council.calibration.price_index)
    assert [lever.intensity for lever in scenario.levers] == [lever.intensity for lever in stretched.levers]


# ---- Ways to suppose


def test_a_series_is_supposed_by_its_stem() -> None:
    authority, _ = stressed(AUTHORITY, EVIDENCE, supposing(supposing={"income": {"times": 0.9}}))
    np.testing.assert_allclose(authority.council.money.income, AUTHORITY.council.money.income * 0.9)


def test_the_prior_of_new_plans_moves_the_calibrated_index_by_the_same_factor_and_both_are_held() -> None:
    authority, scenario = stressed(AUTHORITY, EVIDENCE, supposing(supposing={"new_plans_index.2027": {"times": 1.1}}))
    np.testing.assert_allclose(
        authority.council.calibration.demand / AUTHORITY.council.calibration.demand, [1, 1, 1.1, 1, 1]
    )
    for name in ("new_plans_index.2027", f"{INDEX}.2027"):
        figure = figures_of(authority, scenario)[name]
        assert figure.low == figure.value == figure.high == pytest.approx(FIGURES[name].value * 1.1)


def test_evidence_that_is_supposed_is_followed_by_an_intensity_that_stands_at_it() -> None:
    stress = supposing(supposing={"priorities.eotas.evidence": {"value": 0.9}})
    _, follows = stressed(AUTHORITY, EVIDENCE, stress)
    _, chosen = stressed(AUTHORITY, open_scenario("stretched"), stress)
    (at_evidence,), (of_a_plan,) = (
        [each.intensity for each in one.levers if each.name == "eotas"] for one in (follows, chosen)
    )
    assert (at_evidence, of_a_plan) == (0.9, pytest.approx(0.625271973))


@pytest.mark.parametrize(
    ("change", "becomes"),
    [({"value": 0}, 0.0), ({"plus": -0.5}, 1.5), ({"times": 0}, 0.0), ({"times": 3}, 6.0), ({"same_as": "income.2026/27"}, 117_986_000.0)],
)  # fmt: skip
def test_a_change_is_of_one_kind(change: dict[str, float], becomes: float) -> None:
    assert Change.model_validate(change).of(2.0, FIGURES) == becomes


# ---- What is supposed is held


@pytest.mark.parametrize("name", SHIPPED)
def test_every_figure_that_moves_has_no_range_and_every_other_is_as_it_was(name: str) -> None:
    stress = STRESSES[name]
    after = figures_of(*stressed(AUTHORITY, EVIDENCE, stress))
    supposed = stress.supposed(FIGURES)
    for figure, now in after.items():
        if figure in supposed:
            assert now.low == now.value == now.high == pytest.approx(supposed[figure])
        else:
            assert now == FIGURES[figure]


@pytest.mark.parametrize("name", SHIPPED)
def test_what_is_held_is_not_drawn_and_all_else_still_is(name: str) -> None:
    said = read_uncertainty(PARAMS, AUTHORITY.council.name, AUTHORITY.council.sources)
    supposed = set(STRESSES[name].supposed(FIGURES))
    drawn, before = (
        {figure for each in draws_of(authority, scenario, said, seed=1).uncertain for figure in each.figures}
        for authority, scenario in (stressed(AUTHORITY, EVIDENCE, STRESSES[name]), (AUTHORITY, EVIDENCE))
    )
    assert drawn == before - supposed


# ---- Beside the scenario without it


def test_a_position_is_what_is_found_without_what_a_plan_has_still_to_identify() -> None:
    """A plan that is tied to its target would else look unhurt: the balance would make good whatever a stress takes away."""
    hurt = outcome("nothing_from_specialist_places", "stretched")
    assert hurt.saving_gained[-1] < -1e6
    np.testing.assert_allclose(hurt.gap_added, -hurt.saving_gained)
    ran = under("nothing_from_specialist_places", "stretched")
    assert ran.to_be_identified[-1] > 1e6
    np.testing.assert_allclose(hurt.position.gap_after, ran.gap_before - ran.found)


@pytest.mark.parametrize("name", SHIPPED)
def test_what_a_stress_costs_is_the_sum_of_the_wider_gaps_but_for_the_grant(name: str) -> None:
    each = outcome(name)
    for case in ("as_published", "stability_grant"):
        grant = 100_692_000 if (name, case) == ("grant_refused", "stability_grant") else 0
        np.testing.assert_allclose(each.deficit_added[case], np.cumsum(each.gap_added) + grant, atol=0.01)
    assert set(each.deficit_added) == set(CASES)


def test_the_costliest_comes_first_and_equals_stand_by_name(outcomes: tuple[Stressed, ...]) -> None:
    keys = [(-each.cost, each.stress.name) for each in outcomes]
    assert keys == sorted(keys)
    assert {each.stress.name for each in outcomes} == set(SHIPPED)
    twins = [supposing(name=name, nothing_from="early_years") for name in ("second", "first")]
    assert [each.stress.name for each in stress_all(AUTHORITY, EVIDENCE, twins)] == ["first", "second"]


def test_a_target_is_met_to_the_pound() -> None:
    saving = np.array([0.0, 48e6 - 0.4])
    held = Position(saving, saving, {}, saving)
    assert (held.meets(48e6), held.meets(48e6 + 0.2)) == (True, False)


# ---- As tables


def test_the_table_names_every_stress_in_order_with_its_figures(outcomes: tuple[Stressed, ...]) -> None:
    table = stresses(PLAIN, outcomes)
    assert [row.head for row in table.rows] == ["No stress", *(each.stress.title for each in outcomes)]
    assert table["No stress"][:2] == (PLAIN.found[-1], NONE)
    for each in outcomes:
        saving, gained, gap, wider, deficit, higher, *met = table[each.stress.title]
        at = each.position
        assert (saving, gap, deficit) == (at.saving[-1], at.gap_after[-1], at.deficit[DEFICIT_CASE][-1])
        assert (gained, wider) == (each.saving_gained[-1], each.gap_added[-1])
        assert higher == pytest.approx(each.cost, abs=0.5)
        assert met == ["met" if at.meets(amount) else "missed" for amount in AUTHORITY.aims.values()]


def test_the_short_table_has_all_of_them_and_what_each_adds(outcomes: tuple[Stressed, ...]) -> None:
    """£66.1m is found and £108.0m left without a stress; without new places neither target is met."""
    plan = run(AUTHORITY, open_scenario("stretched"))
    short = stresses_in_short(plan, stress_all(AUTHORITY, plan.scenario, STRESSES.values()))
    assert [millions(amount) for amount in short["No stress"][:3]] == ["66.1", "108.0", "0.0"]
    assert (short["No stress"][3], short["Nothing from new places"][3]) == ("both", "neither")
    added = short.column("Added to the deficit by March 2030")
    assert list(added[1:]) == sorted(added[1:], reverse=True)
    assert to_mark(AUTHORITY, outcomes) == {"No stress": PLAIN.found[-1], "Base": 48e6, "Stretched": 66_146_000}


# ---- What a file must not say

GOOD = """title: Ours
question: What if?
note: Said here.
source: judgement
"""


@pytest.fixture(scope="module")
def params(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shutil.copytree(PARAMS, tmp_path_factory.mktemp("stress") / "params")


@pytest.fixture
def read(params: Path) -> Callable[[str], Stress]:
    def written(text: str) -> Stress:
        (params / "stress" / "ours.yaml").write_text(text, encoding="utf-8")
        every = read_stresses(params, AUTHORITY.council, EVIDENCE.levers)
        return next(stress for stress in every if stress.name == "ours")

    return written


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("nothing_of: eotas", "line 5: nothing_of is not a key that is known here"),
        ("name: other\nincome: low", "line 5: name is not a key that is known here; a stress has the name of its file"),
        ("supposing: {}", "line 1: the file supposes nothing; say supposing, nothing_from or income"),
        ("nothing_from: eotaz", "line 5: nothing_from is 'eotaz', which is not a priority; there are graduated_offer, "),
        ("income: lowest", "line 5: income is 'lowest'"),
        ("income: low\nincome: high", "line 6: income is already said on line 5"),
        ("supposing: {inflation.imss: {plus: 1}}", "line 5: supposing.inflation.imss is not a figure; the nearest are inflation.inmss"),
        (
            "supposing:\n  empty_place: {same_as: incom}",
            "line 6: supposing.empty_place.same_as is 'incom', which is not a figure; ",
        ),
        (
            "supposing:\n  empty_place: {value: 1, plus: 1}",
            "line 6: supposing.empty_place says value and plus; say one of value, plus, times, same_as",
        ),
        ("supposing: {empty_place: {minus: 1}}", "line 5: supposing.empty_place.minus is not a key that is known here"),
        ("supposing: {empty_place: {value: ten}}", "line 5: supposing.empty_place.value is 'ten'"),
        ("supposing: {empty_place: {value: 1e999}}", "line 5: supposing.empty_place.value is inf; write a finite number"),
        (
            "supposing:\n  income: {times: 0.9}\n  income.2027/28: {times: 0.8}",
            "line 7: supposing.income.2027/28 supposes income.2027/28 again, as income does; keep one",
        ),
        ("supposing: {stability_grant: {plus: 0.2}}", "makes stability_grant 1.1; it is a share and must be at most 1"),
        (
            "supposing: {priorities.commissioning.actions.0.share: {value: 1.2}}",
            "makes priorities.commissioning.actions.0.share 1.2; it is a share and must be at most 1",
        ),
        ("supposing: {unit_cost.inmss: {plus: -80000}}", "makes unit_cost.inmss -10000; it must be nought or more"),
        ("supposing: {inflation.inmss: {value: -1}}", "makes inflation.inmss -1 a year; it must be above -1"),
    ],
)  # fmt: skip
def test_a_broken_stress_is_refused_by_file_line_and_key(read: Callable[[str], Stress], line: str, says: str) -> None:
    with pytest.raises(Refusal, match=re.escape(says)) as refused:
        read(f"{GOOD}{line}\n")
    assert str(refused.value).startswith("ours.yaml, line ")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("source: judgement", "source: hearsay", "line 4: source is 'hearsay'; it must be a key of sources.yaml"),
        ("source: judgement\n", "", "source is missing; add it"),
        ("question: What if?\n", "", "question is missing; add it"),
        ("title: Ours", "title: One of more than seven words in all", "line 1: title is 'One of more than seven words in all'; it "),
        ("title: Ours", "title: ''", "line 1: title is ''"),
        ("note: Said here.", "note: ''", "line 3: note is ''"),
        ("title: Ours", "- Ours", "it is not valid YAML"),
    ],
)  # fmt: skip
def test_what_every_stress_must_say_is_asked_for(read: Callable[[str], Stress], old: str, new: str, says: str) -> None:
    with pytest.raises(Refusal, match=re.escape(says)):
        read(GOOD.replace(old, new) + "income: low\n")


def test_a_rate_may_fall_below_nought_and_an_intensity_reach_the_most_a_source_supports(
    read: Callable[[str], Stress],
) -> None:
    stress = read(GOOD + "supposing:\n  inflation.inmss: {value: -0.02}\n  priorities.eotas.evidence: {value: 1}\n")
    authority, scenario = stressed(AUTHORITY, EVIDENCE, stress)
    assert authority.council.money.inflation[-1, INMSS] == pytest.approx(0.98**5)
    assert [lever.intensity for lever in scenario.levers if lever.name == "eotas"] == [1.0]


def test_a_file_with_a_name_that_is_no_name_is_refused(params: Path) -> None:
    odd = params / "stress" / "Odd name.yaml"
    odd.write_text(GOOD + "income: low\n", encoding="utf-8")
    with pytest.raises(Refusal, match=r"Odd name\.yaml, line 1: .*'Odd name'"):
        read_stresses(params, AUTHORITY.council, EVIDENCE.levers)
    odd.unlink()


def test_a_folder_without_a_stress_is_refused_with_what_to_do(tmp_path: Path) -> None:
    shutil.copytree(PARAMS / "leicestershire", tmp_path / "leicestershire")
    with pytest.raises(Refusal, match="params/stress: it holds no stress; add a file"):
        read_stresses(tmp_path, AUTHORITY.council, EVIDENCE.levers)
