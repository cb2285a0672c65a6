"""What the priorities do to children, places and prices, and whose saving it is."""

from dataclasses import replace
from functools import cache
from itertools import permutations, product

import numpy as np
import pytest
from conftest import figure
from hypothesis import given, settings
from hypothesis import strategies as st

from best_model.door import PARAMS, open_authority, open_scenario
from best_model.inputs.scenarios import scenario_names
from best_model.model.authority import Authority
from best_model.model.cohort import cease, join, move
from best_model.model.cost import in_financial_years
from best_model.model.engine import Simulation, run, running, savings, simulate
from best_model.model.levers import Force, claims, forces
from best_model.model.phasing import FloatArray
from best_model.model.scenario import Action, Cease, FewerNewPlans, Lever, Places, Price, Redirect, Scenario
from best_model.model.settings import AGES, NEEDS, SETTINGS, setting_index
from best_model.questions.whose import saved_by_priority, shapley_weights

PRIORITIES = ("graduated_offer", "ceasing", "specialist_places", "early_years", "eotas", "commissioning")
SCENARIOS = scenario_names(PARAMS)
MAINSTREAM, BASE, SPECIAL, INMSS, NOT_IN_EDUCATION = map(
    setting_index, ("mainstream", "resource_base", "state_special", "inmss", "not_in_education")
)
SEMH = list(NEEDS).index("semh")
SHARES = st.floats(0, 1, allow_subnormal=False)


def measure(*actions: Action, name: str = "measure", running_cost: float = 0.0, reinvested: float = 0.0) -> Lever:
    """A lever that has long been in full force, costs nothing to run and reinvests nothing unless it says so."""
    return Lever(
        name=name, label=name, intensity=1.0, evidence=figure(1.0), start="2020-01", ramp_months=1, slip=figure(0.0), actions=actions,
        running_cost=figure(running_cost), reinvested=reinvested, kind="avoidance", confidence="low", owner="nobody",
    )  # fmt: skip


def acting(*levers: Lever, intensity: float = 1.0) -> tuple[Force, ...]:
    """The forces of some levers in one draw and in the one year 2027."""
    return forces(levers, np.full((1, len(levers)), intensity), np.array([2027.0]))


def fewer_plans(share: float, **reach: object) -> FewerNewPlans:
    return FewerNewPlans(acts_on="new_plans", share=figure(share), **reach)


def first_places(share: float, to: str, away_from: str = "inmss") -> Redirect:
    """A share of the children who would start in one setting start in another."""
    return Redirect(acts_on="moves", origins=("new",), away_from=away_from, to=to, share=figure(share))


@cache
def usual_new_plans() -> FloatArray:
    """New plans of a year (age, need, setting). Not a fixture: hypothesis prints what it is given, and an authority is long."""
    return open_authority().flows.joins


def new_plans_after(*levers: Lever, intensity: float = 1.0) -> tuple[FloatArray, FloatArray]:
    """New plans (age, need, setting) under these levers, and the children each force acted on."""
    group = acting(*levers, intensity=intensity)
    acted_on = np.zeros((1, len(group)))
    return join(usual_new_plans(), claims(group), 0, acted_on)[0], acted_on[0]


def shipped(scenario: str, priority: str) -> Lever:
    return next(lever for lever in open_scenario(scenario).levers if lever.name == priority)


# ---- Nothing in, nothing out


@pytest.mark.parametrize("priority", PRIORITIES)
def test_a_priority_at_nought_changes_not_one_bit(authority: Authority, priority: str) -> None:
    idle = simulate(authority, (shipped("stretched", priority),), np.zeros((1, 1)))
    nothing = simulate(authority, (), np.zeros((1, 0)))
    np.testing.assert_array_equal(idle.plans, nothing.plans)
    np.testing.assert_array_equal(idle.capacity, nothing.capacity)
    np.testing.assert_array_equal(idle.spend.total, nothing.spend.total)
    assert not savings(authority, (shipped("stretched", priority),), np.zeros((1, 1))).net.any()


# ---- New plans


@settings(deadline=None, max_examples=50)
@given(share=SHARES, intensity=SHARES)
def test_fewer_new_plans_takes_its_share_of_those_in_reach_and_of_no_others(share: float, intensity: float) -> None:
    """20% at half intensity leaves 90% of new SEMH plans aged 6 to 15, and every other cell as it was."""
    lever = measure(fewer_plans(share, needs=("semh",), ages=(6, 15)))
    after, acted_on = new_plans_after(lever, intensity=intensity)
    before = usual_new_plans()
    in_reach = np.zeros(before.shape, dtype=bool)
    in_reach[6:16, SEMH] = True
    np.testing.assert_allclose(after[in_reach], before[in_reach] * (1 - share * intensity), rtol=0, atol=1e-12)
    np.testing.assert_array_equal(after[~in_reach], before[~in_reach])
    assert acted_on[0] == pytest.approx(before[in_reach].sum() * share * intensity)


@settings(deadline=None, max_examples=50)
@given(a=SHARES, b=SHARES)
def test_two_measures_on_new_plans_leave_what_each_would_leave_of_the_other(a: float, b: float) -> None:
    """20% and 30% leave 0.8 × 0.7 = 56%; the 44% taken are theirs as 2 to 3, and add up."""
    after, acted_on = new_plans_after(measure(fewer_plans(a), name="one"), measure(fewer_plans(b), name="other"))
    before = usual_new_plans()
    np.testing.assert_allclose(after, before * (1 - a) * (1 - b), rtol=0, atol=1e-12)
    assert acted_on.sum() == pytest.approx(before.sum() - after.sum())
    assert acted_on[0] * b == pytest.approx(acted_on[1] * a)


# ---- Moves


@settings(deadline=None, max_examples=50)
@given(a=SHARES, b=SHARES)
def test_two_measures_on_first_placements_share_what_they_take_and_lose_nobody(a: float, b: float) -> None:
    """Of 100 who would start in INMSS, 20% and 30% leave 56; 17.6 start in mainstream and 26.4 in a base."""
    one, other = measure(first_places(a, "mainstream"), name="one"), measure(first_places(b, "resource_base"), name="b")
    after, acted_on = new_plans_after(one, other)
    before = usual_new_plans()
    gained = (after - before).sum(axis=(0, 1))
    np.testing.assert_allclose(after[..., INMSS], before[..., INMSS] * (1 - a) * (1 - b), rtol=0, atol=1e-12)
    assert gained[[MAINSTREAM, BASE]].tolist() == pytest.approx(acted_on.tolist(), abs=1e-9)
    assert acted_on[0] * b == pytest.approx(acted_on[1] * a)
    assert after.sum() == pytest.approx(before.sum())


def test_a_measure_on_moves_from_mainstream_keeps_children_where_they_were(authority: Authority) -> None:
    """A fifth of those of 6 to 15 who would go from mainstream to INMSS stay in mainstream; all others move as ever."""
    stays = Redirect(
        acts_on="moves", origins=("mainstream",), away_from="inmss", to="mainstream", ages=(6, 15), share=figure(0.2)
    )
    flow = authority.plans[..., MAINSTREAM] * authority.flows.moves[:, MAINSTREAM, INMSS, None]
    before = move(authority.plans[None], authority.flows.moves, claims(())["moves"], 0, np.zeros((1, 0)))
    acted_on = np.zeros((1, 1))
    claimed = claims(acting(measure(stays)))["moves"]
    after = move(authority.plans[None], authority.flows.moves, claimed, 0, acted_on)
    kept = np.where((np.arange(len(AGES)) >= 6) & (np.arange(len(AGES)) <= 15), 0.2, 0.0)[:, None] * flow
    assert kept.sum() > 1
    np.testing.assert_allclose(after[0][0] - before[0][0], place_on(MAINSTREAM, kept), rtol=0, atol=1e-12)
    np.testing.assert_allclose(after[1][0] - before[1][0], place_on(INMSS, -kept), rtol=0, atol=1e-12)
    assert acted_on[0, 0] == pytest.approx(kept.sum())


def place_on(setting: int, children: FloatArray) -> FloatArray:
    """Children (age, need) as an array (age, need, setting) with nobody elsewhere."""
    array = np.zeros((*children.shape, len(SETTINGS)))
    array[..., setting] = children
    return array


def test_stepping_down_takes_a_share_of_those_who_would_stay_in_inmss_and_a_full_school_sends_them_back(
    authority: Authority,
) -> None:
    """With no special place free, whoever steps down is back in INMSS at the census: nobody is lost, nothing saved."""
    down = Redirect(acts_on="moves", origins=("inmss",), away_from="inmss", to="state_special", share=figure(0.05))
    none_free, with_room = with_special_places(authority, 0), with_special_places(authority, 10_000)
    moved = simulate(with_room, (measure(down),), np.array([[0.0], [1.0]])).by_setting
    stuck = simulate(none_free, (measure(down),), np.array([[0.0], [1.0]])).by_setting
    np.testing.assert_allclose(stuck[1], stuck[0], rtol=0, atol=1e-6)
    staying = (authority.plans[:-1].sum(axis=1) * (1 - authority.flows.cease[1:]))[:, INMSS]
    staying = (staying * authority.flows.moves[1:, INMSS, INMSS]).sum()
    assert (moved[0] - moved[1])[1, INMSS] == pytest.approx(0.05 * staying)
    assert (moved[1] - moved[0])[1, SPECIAL] == pytest.approx(0.05 * staying)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_order_of_the_priorities_changes_no_child_and_no_share_by_name(authority: Authority, scenario: str) -> None:
    given = open_scenario(scenario)
    turned = given.model_copy(update={"levers": (*given.levers[3:], *given.levers[2::-1])})
    one, other = run(authority, given), run(authority, turned)
    np.testing.assert_allclose(other.simulation.plans, one.simulation.plans, rtol=0, atol=1e-9)
    np.testing.assert_allclose(other.identified, one.identified, rtol=0, atol=0.01)
    ours, theirs = saved_by_priority(authority, given), saved_by_priority(authority, turned)
    for name, amounts in ours.items():
        np.testing.assert_allclose(theirs[name], amounts, rtol=0, atol=0.01)


# ---- Places


SIXTY_PLACES = measure(
    Places(
        acts_on="places",
        setting="state_special",
        by_nth_september={2: figure(60), 4: figure(100)},
        cost_each=figure(60_000),
        slip=figure(0.0),
    )
).model_copy(update={"start": "2026-04"})


def with_special_places(authority: Authority, places: float) -> Authority:
    """The council with so many state special places at every census."""
    capacity = authority.council.capacity.copy()
    capacity[:, SPECIAL] = places
    return replace(authority, council=replace(authority.council, capacity=capacity))


def test_places_are_there_from_the_census_after_their_september_until_more_are_opened(authority: Authority) -> None:
    """60 by September 2027 and 100 by September 2029: none in January 2027, 60 in 2028 and 2029, 100 in 2030."""
    capacity = simulate(authority, (SIXTY_PLACES,), np.array([[0.0], [1.0], [0.5]])).capacity[..., SPECIAL]
    assert (capacity[1] - capacity[0]).tolist() == [0, 0, 0, 60, 60, 100]
    assert (capacity[2] - capacity[0]).tolist() == [0, 0, 0, 30, 30, 50]


def test_an_empty_place_costs_10_000_pounds_a_year_from_its_september(authority: Authority) -> None:
    """Where nobody needs them: 7/12 × 60 × £10,000 = £350,000 in 2027/28, £600,000 in 2028/29; then with 40 more from
    September 2029, £600,000 + 7/12 × 40 × £10,000 = £833,333 in 2029/30."""
    plenty = with_special_places(authority, 10_000)
    simulation = simulate(plenty, (SIXTY_PLACES,), np.array([[0.0], [1.0]]))
    more = simulation.spend.empty_places[1] - simulation.spend.empty_places[0]
    np.testing.assert_allclose(more, [0, 0, 350_000, 600_000, 833_333.33], rtol=0, atol=0.01)
    np.testing.assert_allclose(simulation.spend.total[1] - simulation.spend.total[0], more, rtol=0, atol=0.01)
    np.testing.assert_array_equal(simulation.plans[1], simulation.plans[0])


def test_a_place_that_is_filled_takes_a_child_from_inmss_and_costs_nothing_empty(authority: Authority) -> None:
    """With far fewer places than children who want one, sixty more in 2027 are sixty fewer in INMSS in January 2028."""
    scarce = with_special_places(authority, 1_962)
    simulation = simulate(scarce, (SIXTY_PLACES,), np.array([[0.0], [1.0]]))
    change = (simulation.by_setting[1] - simulation.by_setting[0])[3]
    assert change[SPECIAL] == pytest.approx(60)
    assert change[INMSS] == pytest.approx(-60)
    assert change.sum() == pytest.approx(0, abs=1e-9)
    empty = simulation.spend.empty_places[:, :4]  # to 2028/29
    np.testing.assert_allclose(empty[1], empty[0], rtol=0, atol=0.01)


# ---- Prices


def a_tenth_off(setting: str) -> Price:
    return Price(acts_on="price", setting=setting, share=figure(0.1))


def test_a_price_measure_takes_its_share_off_that_setting_and_off_no_other(authority: Authority) -> None:
    spent = simulate(authority, (measure(a_tenth_off("inmss")),), np.array([[0.0], [1.0]])).spend.placements
    expected = spent[0].copy()
    expected[:, INMSS] *= 0.9
    np.testing.assert_allclose(spent[1], expected, rtol=1e-12)


def test_two_tenths_off_a_price_leave_81_per_cent_of_it(authority: Authority) -> None:
    pair = (measure(a_tenth_off("inmss"), name="one"), measure(a_tenth_off("inmss"), name="other"))
    spent = simulate(authority, pair, np.array([[0.0, 0.0], [1.0, 1.0]])).spend.placements[..., INMSS]
    np.testing.assert_allclose(spent[1], 0.81 * spent[0], rtol=1e-12)


# ---- Ceasing


EVERY_PLAN = measure(Cease(acts_on="ceasing", setting="not_in_education", every="year", share=figure(1.0)))


def test_ceasing_reaches_only_its_setting_and_ages(authority: Authority) -> None:
    sixteen = Cease(acts_on="ceasing", setting="not_in_education", every="year", ages=(16, 25), share=figure(0.3))
    acted_on = np.zeros((1, 1))
    claimed = claims(acting(measure(sixteen)))["ceasing"]
    left, ceased = cease(authority.plans[None], np.zeros_like(authority.flows.cease), claimed, 0, acted_on)
    expected = authority.plans.copy()
    expected[16:, :, NOT_IN_EDUCATION] *= 0.7
    np.testing.assert_allclose(left[0], expected, rtol=1e-12)
    assert ceased[0] == pytest.approx(0.3 * 725)
    assert acted_on[0, 0] == pytest.approx(0.3 * 725)


def test_a_backlog_worked_off_over_eighteen_months_is_split_by_the_months_in_each_year() -> None:
    """From April 2026: nine months of 18 in 2026 and nine in 2027. Half of 0.69 is 0.345; the second half is 0.345 of the
    whole, so 0.345 / (1 - 0.345) of what is left, and 0.655 × (1 - 0.5267) leaves 0.31 of the backlog."""
    backlog = Cease(acts_on="ceasing", setting="not_in_education", every="once", share=figure(0.69))
    lever = measure(backlog).model_copy(update={"start": "2026-04", "ramp_months": 18})
    (force,) = forces((lever,), np.ones((1, 1)), np.arange(2025.0, 2030.0))
    np.testing.assert_allclose(force.strength, [[0, 0.345, 0.345, 0, 0]])
    of_what_is_left = force.share[0]
    np.testing.assert_allclose(of_what_is_left, [0, 0.345, 0.345 / 0.655, 0, 0])
    assert np.prod(1 - of_what_is_left) == pytest.approx(1 - 0.69)


def test_ceasing_saves_what_those_plans_cost_and_not_an_average_plan(authority: Authority) -> None:
    """Where nobody moves, ending every plan not in education saves exactly its own price for each child fewer.

    In 2026/27 that is under £0.5m for about 400 children; at the £21,000 of an average plan it would be over £8m.
    """
    stay = np.broadcast_to(np.eye(len(SETTINGS)), authority.flows.moves.shape)
    still = replace(authority, flows=replace(authority.flows, moves=stay))
    simulation = simulate(still, (EVERY_PLAN,), np.array([[0.0], [1.0]]))
    fewer = simulation.by_setting[0] - simulation.by_setting[1]
    children = in_financial_years(fewer[None])[0, :, NOT_IN_EDUCATION]
    money = still.council.money
    index = np.append(1.0, still.council.calibration.price_index)
    price = money.unit_cost[NOT_IN_EDUCATION] * money.inflation[:, NOT_IN_EDUCATION] * index
    saved = simulation.spend.total[0] - simulation.spend.total[1]
    np.testing.assert_allclose(saved, children * price, rtol=0, atol=0.01)
    others = np.arange(len(SETTINGS)) != NOT_IN_EDUCATION
    np.testing.assert_allclose(fewer[:, others], 0, rtol=0, atol=1e-9)
    assert 350 < children[1] < 450
    assert (saved < 0.06 * children * cost_of_an_average_plan(simulation)).all()


def cost_of_an_average_plan(simulation: Simulation) -> FloatArray:
    """£ a child in each financial year of doing nothing."""
    return simulation.spend.placements[0].sum(axis=-1) / in_financial_years(simulation.total)[0]


def test_the_three_measures_on_entries_to_inmss_stay_together_within_the_forty_per_cent_their_source_supports() -> None:
    """(1 - 0.15)³ = 0.614: at full effect 38.6% fewer would enter, against 20% to 40% in the last programme's target."""
    left = 1.0
    for lever in open_scenario("stretched").levers:
        for action in lever.actions:
            if isinstance(action, Redirect) and action.away_from == "inmss" and "inmss" not in action.origins:
                left *= 1 - action.share.value
    assert 0.6 <= left < 0.8


# ---- Running costs and reinvestment


def test_a_running_cost_is_met_in_full_from_the_month_of_its_start_whatever_the_ramp(authority: Authority) -> None:
    """From September 2026: seven months of 2026/27, and the whole of each year after, before inflation."""
    lever = measure(fewer_plans(0.0), running_cost=120_000).model_copy(update={"start": "2026-09", "ramp_months": 60})
    flat = replace(authority.council.money, general_level=np.ones_like(authority.council.money.general_level))
    council = replace(authority, council=replace(authority.council, money=flat))
    cost = running(council, (lever,), np.array([[1.0], [0.5]]))[..., 0]
    np.testing.assert_allclose(cost[0], [0, 70_000, 120_000, 120_000, 120_000])
    np.testing.assert_allclose(cost[1], cost[0] / 2)
    np.testing.assert_allclose(savings(council, (lever,), np.ones((1, 1))).net, -cost[:1], rtol=0, atol=1e-6)


def test_a_running_cost_is_in_2026_27_prices_as_a_lever_says_of_itself(authority: Authority) -> None:
    """£1,500,000 a year from April 2026 is £1,500,000 in 2026/27 and 3% more in 2027/28."""
    cost = running(authority, (shipped("stretched", "graduated_offer"),), np.ones((1, 1)))[0, :, 0]
    np.testing.assert_allclose(cost[1:3], [1_500_000, 1_545_000], rtol=0, atol=1)


def test_beside_others_a_reinvesting_measure_spends_again_what_it_adds_to_them(authority: Authority) -> None:
    """Both save so much gross, the offer without early years so much less: the difference is reinvested."""
    levers = (shipped("evidence", "graduated_offer"), shipped("evidence", "early_years"))
    found = savings(authority, levers, np.array([[0.5, 0.5], [0.5, 0.0]]))
    np.testing.assert_allclose(found.reinvested[0], found.gross[0] - found.gross[1], rtol=0, atol=0.01)
    np.testing.assert_allclose(found.net[0], found.net[1], rtol=0, atol=0.01)
    assert found.reinvested[0, -1] > 100_000
    assert not found.reinvested[1].any()


# ---- Whose saving is it


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_early_years_offer_has_no_share_of_a_net_saving_since_all_it_adds_is_spent_again(
    authority: Authority, scenario: str
) -> None:
    shares = saved_by_priority(authority, open_scenario(scenario))
    np.testing.assert_allclose(shares["early_years"], 0, rtol=0, atol=1)


def with_levers(*levers: Lever) -> Scenario:
    """The stretched plan with these levers and no others."""
    return open_scenario("stretched").model_copy(update={"levers": levers})


def test_shares_are_the_average_of_what_each_adds_over_every_order_of_arrival(authority: Authority) -> None:
    """Three priorities can arrive in 3! = 6 orders; each order is run out in full."""
    levers = tuple(shipped("stretched", name) for name in ("graduated_offer", "specialist_places", "commissioning"))
    worth = {
        subset: savings(authority, levers, np.array([subset]) * [lever.intensity for lever in levers]).net[0, 1:]
        for subset in product((0.0, 1.0), repeat=3)
    }
    added = np.zeros((3, 4))
    for order in permutations(range(3)):
        here = [0.0, 0.0, 0.0]
        for player in order:
            before = worth[tuple(here)]
            here[player] = 1.0
            added[player] += (worth[tuple(here)] - before) / 6
    shares = saved_by_priority(authority, with_levers(*levers))
    np.testing.assert_allclose(list(shares.values()), added, rtol=0, atol=0.01)


@settings(deadline=None)
@given(own=st.lists(st.integers(-9, 9), min_size=3, max_size=3), together=st.integers(-9, 9))
def test_what_two_make_only_together_is_halved_between_them(own: list[int], together: int) -> None:
    """Three measures worth so much each, and the first two so much more when both are there."""
    subsets = np.array(list(product((0.0, 1.0), repeat=3)))
    worth = subsets @ own + together * subsets[:, 0] * subsets[:, 1]
    shares = shapley_weights(subsets).T @ worth
    expected = [own[0] + together / 2, own[1] + together / 2, own[2]]
    np.testing.assert_allclose(shares, expected, rtol=0, atol=1e-9)
