"""What it would take: least effort and least cost, saving against effort, and the map of two priorities."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from conftest import figure, scenario_of

from best_model.door import open_authority, open_result, open_scenario
from best_model.model.engine import Result, run, running, savings
from best_model.model.scenario import Action, FewerNewPlans, Lever, Places, Price
from best_model.questions.asked_of import asks, in_short, what_targets_ask
from best_model.questions.frontier import frontier, frontier_line, steps_of
from best_model.questions.least import least_cost_mix, least_effort_mixes
from best_model.questions.mixes import Mix, Reach, effort, evidence_of, intensities_of, mix_of
from best_model.questions.two_priorities import (
    TwoLevers,
    needed_at_the_evidence,
    pair,
    two_levers,
    two_priorities,
)
from best_model.questions.whose import inmss_premium

AUTHORITY = open_authority()
SHIPPED = [open_result(name, AUTHORITY) for name in ("evidence", "base", "stretched")]
STRETCHED = SHIPPED[-1]
REACH = Reach(AUTHORITY, STRETCHED.scenario)
LEVERS = STRETCHED.scenario.levers
BASE, STRETCH = 48_000_000.0, 66_146_000.0


def lever(name: str, *actions: Action, cost: float = 0.0, evidence: float = 0.5) -> Lever:
    """A priority in force from April 2026, at its evidence."""
    return Lever(
        name=name, label=name.capitalize(), intensity=evidence, evidence=figure(evidence), start="2026-04", ramp_months=1,
        slip=figure(0.0), actions=actions, running_cost=figure(cost), kind="cashable", confidence="low", owner="nobody",
    )  # fmt: skip


def programme(*levers: Lever) -> Result:
    return run(AUTHORITY, scenario_of(*levers))


def two_prices(first_cost: float = 0.0, second_cost: float = 0.0, second_evidence: float = 0.5) -> Result:
    """2% off INMSS prices and 1% off state special prices, whose savings do not touch each other."""
    off = {
        name: Price(acts_on="price", setting=name, share=figure(by))
        for name, by in (("inmss", 0.02), ("state_special", 0.01))
    }
    return programme(
        lever("inmss", off["inmss"], cost=first_cost),
        lever("special", off["state_special"], cost=second_cost, evidence=second_evidence),
    )


def worth(result: Result) -> np.ndarray:
    """What each priority finds in full, alone, £ in the last year, by a run of its own."""
    return np.array([mix_of(result, one).found for one in np.eye(2)])


def least(result: Result, target: float) -> np.ndarray:
    return least_effort_mixes(Reach(AUTHORITY, result.scenario), np.array([target]))[0]


def cost_to_run(mixes: np.ndarray) -> np.ndarray:
    return running(AUTHORITY, LEVERS, np.atleast_2d(mixes))[:, -1].sum(axis=-1)


def test_what_totals_find_is_what_the_engine_finds_to_the_penny() -> None:
    """With a priority that spends its saving again among them."""
    mixes = np.random.default_rng(1).random((20, len(LEVERS)))
    slow = savings(AUTHORITY, LEVERS, mixes).net[:, -len(AUTHORITY.years) :] + STRETCHED.in_train
    np.testing.assert_allclose(REACH.found(mixes), slow, rtol=0, atol=0.01)


# Two priorities by hand


@pytest.mark.parametrize("second", [0.5, 0.8])
def test_the_least_effort_pushes_each_by_what_it_adds_and_the_room_it_has(second: float) -> None:
    """A step costs 1 / room², and room is what the evidence leaves: pushes go as 0.25 a to 0.25 b, or to 0.04 b from 80%."""
    result = two_prices(second_evidence=second)
    each, start = worth(result), np.array([0.5, second])
    pace, need = (1 - start) ** 2 * each, each[0] / 10
    np.testing.assert_allclose(
        least(result, start @ each + need), start + need * pace / (pace @ each), rtol=0, atol=1e-7
    )


def test_when_the_larger_is_at_its_most_the_other_makes_up_the_rest() -> None:
    result = two_prices()
    mix = least(result, worth(result) @ [1.0, 0.9])
    np.testing.assert_allclose(mix, [1.0, 0.9], rtol=0, atol=1e-6)
    assert mix_of(result, mix).effort == pytest.approx(1 + 0.8**2, abs=1e-5)


def test_what_the_evidence_finds_asks_for_no_effort_and_is_scaled_down_evenly() -> None:
    result = two_prices()
    mix = least(result, worth(result).sum() / 4)
    np.testing.assert_allclose(mix, [0.25, 0.25], rtol=0, atol=1e-9)
    assert mix_of(result, mix).effort == 0


def test_the_cheapest_to_run_takes_the_one_that_saves_most_for_each_pound_first() -> None:
    """The smaller saving costs a tenth as much to run: all of it, and only then what is missing from the larger."""
    result = two_prices(first_cost=100_000, second_cost=10_000)
    target = worth(result) @ [0.25, 1.0]
    mix = least_cost_mix(Reach(AUTHORITY, result.scenario), target, least(result, target))
    np.testing.assert_allclose(mix, [0.25, 1.0], rtol=0, atol=1e-6)
    general = AUTHORITY.council.money.general_level
    assert mix_of(result, mix).running_cost == pytest.approx((25_000 + 10_000) * general[-1] / general[-4], abs=1)


# The targets


def test_the_least_effort_for_each_target_is_the_plan_that_seek_ships() -> None:
    """Another solver, to the same intensities; and the table shows what the mixes are."""
    asked = what_targets_ask(STRETCHED)
    for ask in asked:
        shipped = intensities_of(open_scenario(ask.name))
        np.testing.assert_allclose(ask.least_effort.intensities, shipped, rtol=0, atol=1e-5)
    table, mixes = asks(STRETCHED), [mix for each in asked for mix in (each.least_effort, each.least_cost)]
    assert table["Effort"] == tuple(mix.effort for mix in mixes)
    assert table["Saving found, 2029/30, £m"] == tuple(mix.found for mix in mixes)
    assert table["Cost to run, 2029/30, £m"] == tuple(mix.running_cost for mix in mixes)


@pytest.mark.parametrize("target", [BASE, STRETCH])
def test_both_mixes_meet_the_target_to_the_pound_and_no_other_asks_or_costs_less(target: float) -> None:
    """Against every corner, and four thousand mixes far from the answers and near them."""
    (ask,) = what_targets_ask(STRETCHED, {"target": target})
    both = (ask.least_effort, ask.least_cost)
    assert [mix.found for mix in both] == pytest.approx([target, target], abs=1)
    assert ask.short == 0
    chance, corners = np.random.default_rng(2), np.array([*product((0.0, 1.0), repeat=len(LEVERS))])
    near = [mix.intensities + chance.normal(0, 0.05, (1_000, len(LEVERS))) for mix in both]
    tried = np.clip(np.concatenate([corners, chance.random((2_000, len(LEVERS))), *near]), 0.0, 1.0)
    meeting = tried[REACH.found(tried)[:, -1] >= target]
    assert len(meeting) > 100
    assert cost_to_run(meeting).min() >= ask.least_cost.running_cost - 1
    efforts = [effort(LEVERS, np.maximum(mix, evidence_of(LEVERS))) for mix in meeting]
    assert min(efforts) >= ask.least_effort.effort - 1e-6


def test_a_target_out_of_reach_is_told_with_the_nearest_mix_and_what_it_is_short_by() -> None:
    """Every priority in full finds £67.7m; the early years offer, which adds nothing, stays at its evidence."""
    ends = {name: np.array([np.nan, np.nan, np.nan, amount]) for name, amount in (("easy", 30e6), ("moon", 70e6))}
    far = replace(STRETCHED, authority=replace(AUTHORITY, council=replace(AUTHORITY.council, targets=ends)))
    far = replace(far, scenario=STRETCHED.scenario.model_copy(update={"target": "moon", "tie_to_target": False}))
    short = 70e6 - mix_of(STRETCHED, np.ones(len(LEVERS))).found
    met, ask = what_targets_ask(far)
    assert ask.short == pytest.approx(short, abs=1)
    assert ask.children_short == pytest.approx(short / inmss_premium(AUTHORITY)[-1])
    assert ask.least_effort.intensities == pytest.approx([1, 1, 1, 0.5, 1, 1])
    easy, moon = in_short([met, ask])
    assert (easy.short, easy.children_short, easy.beyond, moon.beyond) == (0, 0, False, False)
    assert [column.heading for column in asks(far).columns][-1] == "Moon: out of reach, the nearest"
    assert needed_at_the_evidence(two_levers(far))[1]["Moon"] is None
    assert {str(value) for value in two_priorities(far).column("Moon needs of it")} == {"out of reach"}


def test_each_target_is_told_by_the_priorities_it_leans_on() -> None:
    base, stretched = in_short(what_targets_ask(STRETCHED))
    assert base.priorities == ("specialist places and resource bases",)
    assert stretched.priorities == (*base.priorities, "commissioning and demand")
    assert [round(share, 2) for share in (base.share, base.evidence, stretched.share)] == [0.66, 0.5, 1.0]


# What a mix takes


def test_children_moved_are_the_new_plans_not_needed_year_by_year() -> None:
    """Half of new plans under 6 from April 2026, at half intensity: what the flows of the five years count, no more."""
    result = programme(lever("fewer", FewerNewPlans(acts_on="new_plans", ages=(0, 5), share=figure(0.5))))
    fewer = sum(float(year.new_plans[0] - year.new_plans[1]) for year in result.simulation.flows)
    assert Mix(result).children == pytest.approx(fewer)
    assert fewer > 100
    total = result.simulation.total[:, -1]
    assert Mix(result).placed_otherwise >= total[0] - total[1] - 1e-6


def test_new_places_alone_move_nobody_and_place_those_who_find_them_otherwise() -> None:
    """Ten state special places in September 2029: by January 2030 ten children are there who would be in INMSS."""
    places = Places(
        acts_on="places", setting="state_special", by_nth_september={4: figure(10.0)}, cost_each=figure(1_000.0),
        slip=figure(0.0),
    )  # fmt: skip
    mix = Mix(programme(lever("build", places, evidence=1.0)))
    assert (mix.children, round(mix.placed_otherwise, 6), mix.capital) == (0, 10, 10_000)


# Saving against effort


@pytest.fixture(scope="module")
def mixes() -> tuple[Mix, ...]:
    return steps_of(STRETCHED)


def test_from_doing_nothing_to_the_most_more_saving_never_asks_less(mixes: Sequence[Mix]) -> None:
    assert (mixes[0].found, mixes[0].effort, mixes[0].children) == (STRETCHED.in_train[-1], 0, 0)
    assert mixes[-1].found == pytest.approx(mix_of(STRETCHED, np.ones(len(LEVERS))).found, abs=1)
    for what in ("found", "children", "running_cost"):
        assert (np.diff([getattr(mix, what) for mix in mixes]) > 0).all()
    beyond = [mix for mix in mixes if mix.found >= SHIPPED[0].found[-1] - 1]
    slopes = np.diff([mix.effort for mix in beyond]) / np.diff([mix.found for mix in beyond])
    assert slopes[0] > 0
    assert (np.diff(slopes) > 0).all()  # each further million asks more than the last
    assert frontier(STRETCHED).column("Effort") == tuple(mix.effort for mix in mixes)


def test_the_shipped_scenarios_stand_on_it(mixes: Sequence[Mix]) -> None:
    line = frontier_line(mixes, SHIPPED)
    for result in SHIPPED:
        own, here = Mix(result), min(mixes, key=lambda mix: abs(mix.found - result.found[-1]))
        assert here.found == pytest.approx(own.found, abs=1)
        assert (here.effort, here.children) == pytest.approx((own.effort, own.children), abs=0.05)
        assert line[result.scenario.title] == (own.found, own.effort, own.children)


# The map of two priorities


@pytest.fixture(scope="module")
def mapped() -> TwoLevers:
    return two_levers(STRETCHED)


def test_the_map_is_of_the_two_that_save_most_unless_others_are_named(mapped: TwoLevers) -> None:
    assert [lever.name for lever in pair(mapped)] == ["specialist_places", "commissioning"]
    assert [lever.name for lever in pair(two_levers(STRETCHED, ("eotas", "ceasing")))] == ["eotas", "ceasing"]


@pytest.mark.parametrize(("first", "second"), [(0, 20), (7, 13), (20, 0)])
def test_a_point_of_the_map_is_a_single_run_to_the_pound(mapped: TwoLevers, first: int, second: int) -> None:
    scenario = STRETCHED.scenario.with_intensity(specialist_places=first / 20, commissioning=second / 20)
    assert mapped.found[first, second] == pytest.approx(run(AUTHORITY, scenario).found[-1], abs=1)


def test_a_target_is_met_on_the_far_side_of_its_contour_and_not_on_the_near_side(mapped: TwoLevers) -> None:
    inner = [
        (step, least) for step, least in zip(mapped.steps, mapped.needed(BASE), strict=True) if 0.01 < least < 0.99
    ]
    assert len(inner) > 3
    for step, least in inner:
        mixes = [{"specialist_places": float(step), "commissioning": float(least) + by} for by in (-0.01, 0.01)]
        near, far = (run(AUTHORITY, STRETCHED.scenario.with_intensity(**mix)).found[-1] for mix in mixes)
        assert near < BASE < far


def test_what_is_needed_by_hand() -> None:
    """£10m and £30m at the ends: £15m needs a quarter of the second. Met without it: nought. Not met with all of it: none."""
    found = np.array([[10.0, 30.0], [20.0, 50.0], [2.0, 6.0]]) * 1e6
    drawn = TwoLevers(STRETCHED, 2, 5, np.array([0.0, 1.0]), found)
    np.testing.assert_allclose(drawn.needed(15e6), [0.25, 0.0, np.nan], atol=1e-6)
