"""What it would take: least effort and least cost, the frontier between doing nothing and the most, and the map of two priorities."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from best_model.door import open_authority, open_result, open_scenario
from best_model.faces.charts_map import two_levers as two_levers_chart
from best_model.model.engine import Result, run, running
from best_model.model.scenario import Action, Assumption, FewerNewPlans, Lever, Places, Price, Scenario
from best_model.questions.asked_of import (
    asks_table,
    frontier_line,
    frontier_table,
    in_short,
    map_of_two,
    needed_at_the_evidence,
    pair,
    two_priorities,
)
from best_model.questions.frontier import (
    Mix,
    QuickReach,
    TwoLevers,
    asks,
    frontier,
    least_cost_mix,
    least_effort_mixes,
    mix_of,
    two_levers,
    what_targets_ask,
)
from best_model.questions.places import capital
from best_model.questions.seek import Reach, effort, inmss_premium

AUTHORITY = open_authority()
STRETCHED = open_result("stretched", AUTHORITY)
SHIPPED = [open_result(name, AUTHORITY) for name in ("evidence", "base", "stretched")]
REACH = QuickReach(AUTHORITY, STRETCHED.scenario)
LEVERS = STRETCHED.scenario.levers
BASE, STRETCH = 48_000_000.0, 66_146_000.0


def figure(value: float) -> Assumption:
    return Assumption(value=value, low=value, high=value, unit="", pedigree="assumed", source="judgement")


def lever(name: str, *actions: Action, cost: float = 0.0, evidence: float = 0.5) -> Lever:
    """A priority in force from April 2026, at its evidence."""
    return Lever(
        name=name, label=name.capitalize(), intensity=evidence, evidence=figure(evidence), start="2026-04", ramp_months=1,
        slip=figure(0.0), actions=actions, running_cost=figure(cost), kind="cashable", confidence="low", owner="nobody",
    )  # fmt: skip


def off(setting: str, share: float) -> Price:
    return Price(acts_on="price", setting=setting, share=figure(share))


def programme(*levers: Lever) -> Result:
    scenario = Scenario(
        name="two", title="Two", question="What?", levers=levers, in_train="none", target="base", tie_to_target=False
    )
    return run(AUTHORITY, scenario)


def with_targets(result: Result, **targets: float) -> Result:
    """The same run for a council whose only targets, of the last year, are these, and held against the first of them."""
    ends = {name: np.array([np.nan, np.nan, np.nan, amount]) for name, amount in targets.items()}
    authority = replace(AUTHORITY, council=replace(AUTHORITY.council, targets=ends))
    scenario = result.scenario.model_copy(update={"target": next(iter(targets)), "tie_to_target": False})
    return replace(result, authority=authority, scenario=scenario)


def intensities(scenario: Scenario) -> np.ndarray:
    return np.array([each.intensity for each in scenario.levers])


def cost_to_run(mixes: np.ndarray) -> np.ndarray:
    return running(AUTHORITY, LEVERS, np.atleast_2d(mixes))[:, -1].sum(axis=-1)


# ---- The quick reach


def test_what_totals_find_is_what_the_engine_finds_to_the_penny() -> None:
    """With a priority that spends its saving again among them."""
    mixes = np.random.default_rng(1).random((20, len(LEVERS)))
    slow = Reach(AUTHORITY, STRETCHED.scenario).found(mixes)
    np.testing.assert_allclose(REACH.found(mixes), slow, rtol=0, atol=0.01)


# ---- Two priorities by hand: 2% off INMSS prices and 1% off state special prices, whose savings do not touch each other


def two_prices(first_cost: float = 0.0, second_cost: float = 0.0) -> Result:
    return programme(
        lever("inmss", off("inmss", 0.02), cost=first_cost),
        lever("special", off("state_special", 0.01), cost=second_cost),
    )


def worth(result: Result) -> np.ndarray:
    """What each priority finds in full, alone, £ in the last year, by a run of its own."""
    return np.array([mix_of(result, np.eye(2)[place]).found for place in (0, 1)])


def test_the_least_effort_pushes_each_of_two_in_proportion_to_what_it_adds() -> None:
    """Finding a quarter more than half of a + b: each goes beyond 50% by need × its own worth / (a² + b²)."""
    result = two_prices()
    each = worth(result)
    assert each[0] > each[1] > 0
    need = each.sum() / 8
    (mix,) = least_effort_mixes(QuickReach(AUTHORITY, result.scenario), np.array([each.sum() / 2 + need]))
    np.testing.assert_allclose(mix, 0.5 + need * each / (each @ each), rtol=0, atol=1e-7)
    assert mix_of(result, mix).found == pytest.approx(each.sum() / 2 + need, abs=1)


def test_a_priority_with_little_room_beyond_its_evidence_is_pushed_less() -> None:
    """From 50% and from 80% the rooms are 0.5 and 0.2, so a step costs 1 / 0.25 and 1 / 0.04: pushes go as 0.25 a to 0.04 b."""
    result = programme(lever("inmss", off("inmss", 0.02)), lever("special", off("state_special", 0.01), evidence=0.8))
    first, second = worth(result)
    need = first / 10
    (mix,) = least_effort_mixes(QuickReach(AUTHORITY, result.scenario), np.array([first / 2 + 0.8 * second + need]))
    pace = np.array([0.25 * first, 0.04 * second])
    np.testing.assert_allclose(mix, [0.5, 0.8] + need * pace / (pace @ [first, second]), rtol=0, atol=1e-7)


def test_when_the_larger_is_at_its_most_the_other_makes_up_the_rest() -> None:
    result = two_prices()
    first, second = worth(result)
    (mix,) = least_effort_mixes(QuickReach(AUTHORITY, result.scenario), np.array([first + 0.9 * second]))
    np.testing.assert_allclose(mix, [1.0, 0.9], rtol=0, atol=1e-6)
    assert mix_of(result, mix).effort == pytest.approx(1 + 0.8**2, abs=1e-5)


def test_what_the_evidence_finds_asks_for_no_effort_and_is_scaled_down_evenly() -> None:
    result = two_prices()
    (mix,) = least_effort_mixes(QuickReach(AUTHORITY, result.scenario), np.array([worth(result).sum() / 4]))
    np.testing.assert_allclose(mix, [0.25, 0.25], rtol=0, atol=1e-9)
    assert mix_of(result, mix).effort == 0


def test_the_cheapest_to_run_takes_the_one_that_saves_most_for_each_pound_first() -> None:
    """The smaller saving costs a tenth as much to run: all of it, and only then what is missing from the larger."""
    result = two_prices(first_cost=100_000, second_cost=10_000)
    first, second = worth(result)
    target = second + first / 4
    reach = QuickReach(AUTHORITY, result.scenario)
    mix = least_cost_mix(reach, target, least_effort_mixes(reach, np.array([target]))[0])
    np.testing.assert_allclose(mix, [0.25, 1.0], rtol=0, atol=1e-6)
    general = AUTHORITY.council.money.general_level
    assert mix_of(result, mix).running_cost == pytest.approx((25_000 + 10_000) * general[-1] / general[-4], abs=1)


# ---- The targets


def test_the_least_effort_for_each_target_is_the_plan_that_seek_ships() -> None:
    """Another solver, to the same intensities."""
    for ask in asks(STRETCHED):
        shipped = intensities(open_scenario(ask.name))
        np.testing.assert_allclose(ask.least_effort.intensities, shipped, rtol=0, atol=1e-5)
        assert ask.least_effort.effort == pytest.approx(effort(LEVERS, shipped), abs=1e-4)


@pytest.mark.parametrize("target", [BASE, STRETCH])
def test_both_mixes_meet_the_target_to_the_pound_and_each_is_least_in_its_own_way(target: float) -> None:
    (ask,) = what_targets_ask(STRETCHED, {"target": target})
    for mix in (ask.least_effort, ask.least_cost):
        assert mix.found == pytest.approx(target, abs=1)
    assert ask.short == 0
    assert ask.least_effort.effort < ask.least_cost.effort
    assert ask.least_cost.running_cost < ask.least_effort.running_cost


@pytest.mark.parametrize("target", [BASE, STRETCH])
def test_no_mix_that_meets_the_target_costs_less_to_run_or_asks_less_than_the_least(target: float) -> None:
    """Against every corner, and four thousand mixes far from the answers and near them."""
    (ask,) = what_targets_ask(STRETCHED, {"target": target})
    chance = np.random.default_rng(2)
    near = [
        mix + chance.normal(0, 0.05, (1_000, len(LEVERS)))
        for mix in (ask.least_effort.intensities, ask.least_cost.intensities)
    ]
    corners = np.array(list(product((0.0, 1.0), repeat=len(LEVERS))))
    tried = np.clip(np.concatenate([corners, chance.random((2_000, len(LEVERS))), *near]), 0.0, 1.0)
    meeting = tried[REACH.last(tried) >= target]
    assert len(meeting) > 100
    assert cost_to_run(meeting).min() >= ask.least_cost.running_cost - 1
    evidence = [each.evidence.value for each in LEVERS]
    assert min(effort(LEVERS, np.maximum(mix, evidence)) for mix in meeting) >= ask.least_effort.effort - 1e-6


def test_a_target_out_of_reach_is_told_with_the_nearest_mix_and_what_it_is_short_by() -> None:
    """Every priority in full finds £67.7m; the early years offer, which adds nothing, stays at its evidence."""
    full = mix_of(STRETCHED, np.ones(len(LEVERS))).found
    (ask,) = what_targets_ask(STRETCHED, {"moon": 70e6})
    assert ask.short == pytest.approx(70e6 - full, abs=1)
    assert ask.children_short == pytest.approx((70e6 - full) / inmss_premium(AUTHORITY)[-1])
    assert ask.least_effort.intensities == pytest.approx([1, 1, 1, 0.5, 1, 1])
    assert ask.least_cost is ask.least_effort


def test_a_target_out_of_reach_is_told_with_what_it_is_short_by() -> None:
    far = with_targets(STRETCHED, base=BASE, moon=70e6)
    base, moon = in_short(asks(far))
    assert (moon.name, round(moon.short / 1e6, 1), round(moon.children_short), moon.beyond) == ("Moon", 2.3, 41, False)
    assert base.short == base.children_short == 0
    assert "Moon: out of reach, the nearest" in [column.heading for column in asks_table(asks(far)).columns]
    assert needed_at_the_evidence(two_levers(far))[1]["Moon"] is None
    assert {str(value) for value in two_priorities(far).column("Moon needs of it")} == {"out of reach"}


def test_a_target_that_the_evidence_meets_asks_nothing_beyond_it() -> None:
    (easy,) = in_short(asks(with_targets(STRETCHED, easy=30e6)))
    assert not easy.beyond
    assert not easy.short


# ---- What a mix takes


def test_children_moved_are_the_new_plans_not_needed_year_by_year() -> None:
    """Half of new plans under 6 from April 2026, at half intensity: what the flows of the five years count, no more."""
    result = programme(lever("fewer", FewerNewPlans(acts_on="new_plans", ages=(0, 5), share=figure(0.5))))
    fewer = sum(float(year.new_plans[0] - year.new_plans[1]) for year in result.simulation.flows)
    mix = Mix(result)
    assert fewer > 100
    assert mix.children == pytest.approx(fewer)
    total = result.simulation.total[:, -1]
    assert mix.placed_otherwise >= total[0] - total[1] - 1e-6


def test_new_places_alone_move_nobody_and_place_those_who_find_them_otherwise() -> None:
    """Ten state special places in September 2029: by January 2030 ten children are there who would be in INMSS."""
    places = Places(
        acts_on="places", setting="state_special", by_nth_september={4: figure(10.0)}, cost_each=figure(1_000.0),
        slip=figure(0.0),
    )  # fmt: skip
    mix = Mix(programme(lever("build", places, evidence=1.0)))
    assert mix.children == 0
    assert mix.placed_otherwise == pytest.approx(10)
    assert mix.capital == 10_000


def test_capital_and_running_cost_are_those_of_the_model() -> None:
    mix = Mix(STRETCHED)
    assert mix.capital == pytest.approx(sum(amounts.sum() for amounts in capital(STRETCHED).values()))
    assert mix.running_cost == pytest.approx(cost_to_run(intensities(STRETCHED.scenario))[0])


# ---- The frontier


@pytest.fixture(scope="module")
def mixes() -> tuple[Mix, ...]:
    return frontier(STRETCHED)


def test_the_frontier_runs_from_doing_nothing_to_the_most(mixes: Sequence[Mix]) -> None:
    assert (mixes[0].found, mixes[0].effort, mixes[0].children) == (STRETCHED.in_train[-1], 0, 0)
    assert mixes[-1].found == pytest.approx(mix_of(STRETCHED, np.ones(len(LEVERS))).found, abs=1)
    assert len(mixes) >= 20


def test_more_saving_never_asks_less(mixes: Sequence[Mix]) -> None:
    assert (np.diff([mix.found for mix in mixes]) > 0).all()
    assert (np.diff([mix.effort for mix in mixes]) >= -1e-9).all()
    assert (np.diff([mix.children for mix in mixes]) > 0).all()
    assert (np.diff([mix.running_cost for mix in mixes]) > 0).all()


def test_each_further_million_beyond_the_evidence_asks_more_than_the_last(mixes: Sequence[Mix]) -> None:
    beyond = [mix for mix in mixes if mix.found >= SHIPPED[0].found[-1] - 1]
    slopes = np.diff([mix.effort for mix in beyond]) / np.diff([mix.found for mix in beyond])
    assert (np.diff(slopes) > 0).all()


def test_the_shipped_scenarios_stand_on_it(mixes: Sequence[Mix]) -> None:
    for result in SHIPPED:
        here = min(mixes, key=lambda mix: abs(mix.found - result.found[-1]))
        assert here.found == pytest.approx(result.found[-1], abs=1)
        assert (here.effort, here.children) == pytest.approx((Mix(result).effort, Mix(result).children), abs=0.05)


# ---- The map of two priorities


@pytest.fixture(scope="module")
def mapped() -> TwoLevers:
    return two_levers(STRETCHED)


def test_the_map_is_of_the_two_that_save_most_unless_others_are_named(mapped: TwoLevers) -> None:
    assert [lever.name for lever in pair(mapped)] == ["specialist_places", "commissioning"]
    other = pair(two_levers(STRETCHED, ("eotas", "ceasing")))
    assert [lever.name for lever in other] == ["eotas", "ceasing"]


@pytest.mark.parametrize("first", [0, 7, 20])
@pytest.mark.parametrize("second", [0, 13, 20])
def test_a_point_of_the_map_is_a_single_run_to_the_pound(mapped: TwoLevers, first: int, second: int) -> None:
    scenario = STRETCHED.scenario.with_intensity(specialist_places=first / 20, commissioning=second / 20)
    assert mapped.found[first, second] == pytest.approx(run(AUTHORITY, scenario).found[-1], abs=1)


@pytest.mark.parametrize("target", [35e6, BASE, 60e6])
def test_a_mix_on_the_far_side_of_the_contour_meets_the_target_and_one_on_the_near_side_does_not(
    mapped: TwoLevers, target: float
) -> None:
    needed, crossed = mapped.needed(target), 0
    for step, least in zip(mapped.steps, needed, strict=True):
        if 0.01 < least < 0.99:
            sides = [
                STRETCHED.scenario.with_intensity(specialist_places=float(step), commissioning=float(least) + by)
                for by in (-0.01, 0.01)
            ]
            near, far = (run(AUTHORITY, each).found[-1] for each in sides)
            assert near < target < far
            crossed += 1
    assert crossed > 3


def test_what_is_needed_by_hand() -> None:
    """£10 and £30 at the ends: £15 needs a quarter of the second. Met without it: nought. Not met with all of it: none."""
    found = np.array([[10.0, 30.0], [20.0, 50.0], [2.0, 6.0]]) * 1e6
    drawn = TwoLevers(STRETCHED, 2, 5, np.array([0.0, 1.0]), found)
    np.testing.assert_allclose(drawn.needed(15e6), [0.25, 0.0, np.nan], atol=1e-6)


# ---- As tables


def test_each_target_is_told_by_the_priorities_it_leans_on() -> None:
    base, stretched = in_short(asks(STRETCHED))
    assert (base.priorities, round(base.share, 2), base.evidence) == (
        ("specialist places and resource bases",),
        0.66,
        0.5,
    )
    assert (stretched.priorities, round(stretched.share, 2)) == (
        ("specialist places and resource bases", "commissioning and demand"), 1.0,
    )  # fmt: skip
    at, needed = needed_at_the_evidence(two_levers(STRETCHED))
    assert at == 0.5
    assert needed["Base"] == pytest.approx(0.68, abs=0.005)
    assert needed["Stretched"] is None


def test_the_table_of_asks_shows_what_the_mixes_are() -> None:
    asked = asks(STRETCHED)
    mixes = [mix for each in asked for mix in (each.least_effort, each.least_cost)]
    table = asks_table(asked)
    for head, what in (
        ("Effort", "effort"),
        ("Saving found, 2029/30, £m", "found"),
        ("Cost to run, 2029/30, £m", "running_cost"),
    ):
        assert table[head] == tuple(getattr(mix, what) for mix in mixes)


def test_the_frontier_as_a_table_and_as_a_line(mixes: Sequence[Mix]) -> None:
    table, line = frontier_table(mixes), frontier_line(mixes, SHIPPED)
    assert table.column("Effort") == tuple(mix.effort for mix in mixes)
    assert (line.rows[0].head, line.rows[len(mixes) - 1].head) == ("In train only", "The most")
    for result in SHIPPED:
        assert line[result.scenario.title] == (Mix(result).found, Mix(result).effort, Mix(result).children)


def test_the_map_fills_only_the_scenario_that_is_held_and_names_the_target_it_crosses() -> None:
    drawn = map_of_two(STRETCHED, SHIPPED)
    assert {name: hollow for name, *_, hollow in drawn.points} == {
        "Evidence-led": True,
        "Base": True,
        "Stretched": False,
    }
    chart = two_levers_chart(**vars(drawn))
    assert ">Base target 48.0<" in chart.svg
    assert "Stretched target" not in chart.svg  # it is met at one corner alone
    for name in ("Evidence-led (42.0)", "Base (48.0)", "Stretched (66.1)"):
        assert f">{name}<" in chart.svg


def test_a_map_that_no_target_crosses_is_drawn_all_the_same_and_a_title_is_text() -> None:
    lone = two_prices()
    assert "target" not in two_levers_chart(**vars(map_of_two(lone))).svg
    odd = replace(lone, scenario=lone.scenario.model_copy(update={"title": "<script>"}))
    assert "<script>" not in two_levers_chart(**vars(map_of_two(odd))).img
