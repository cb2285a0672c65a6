"""The five steps of a year, followed by hand and then for whatever children, places and measures there may be."""

from dataclasses import replace

import numpy as np
import pytest
from conftest import figure
from hypothesis import given, settings
from hypothesis import strategies as st

from best_model.door import open_authority, open_scenario
from best_model.model.authority import Flows
from best_model.model.cohort import one_year, place
from best_model.model.cost import spend
from best_model.model.engine import simulate
from best_model.model.levers import Force, claims
from best_model.model.levers import forces as made_ready
from best_model.model.phasing import FloatArray
from best_model.model.scenario import Cease, FewerNewPlans, Lever, Redirect
from best_model.model.settings import AGES, NEEDS, SETTINGS, setting_index

SHAPE = (len(AGES), len(NEEDS), len(SETTINGS))
MAINSTREAM, BASE, SPECIAL, INMSS = map(setting_index, ("mainstream", "resource_base", "state_special", "inmss"))
SEMH = list(NEEDS).index("semh")

Children = dict[tuple[str, int], float]


def children(counts: Children) -> FloatArray:
    """`{("mainstream", 10): 90}` as an array (age, need, setting): all with the need SEMH, nobody elsewhere."""
    array = np.zeros(SHAPE)
    for (setting, years_old), count in counts.items():
        array[years_old, SEMH, setting_index(setting)] = count
    return array


def flows(
    cease: dict[str, float] | None = None,
    moves: dict[tuple[str, str], float] | None = None,
    joins: Children | None = None,
    transfers: Children | None = None,
) -> Flows:
    """Yearly flows: shares ceasing by setting and shares moving (alike at every age), and children who come by age."""
    rates, shares = np.zeros((len(AGES), len(SETTINGS))), np.zeros((len(SETTINGS), len(SETTINGS)))
    for setting, rate in (cease or {}).items():
        rates[:, setting_index(setting)] = rate
    for (origin, to), share in (moves or {}).items():
        shares[setting_index(origin), setting_index(to)] = share
    shares += np.diag(1.0 - shares.sum(axis=1))
    every_age = np.repeat(shares[None], len(AGES), axis=0)
    return Flows(cease=rates, moves=every_age, joins=children(joins or {}), transfers=children(transfers or {}))


def places(counts: dict[str, float] | None = None) -> FloatArray:
    """Places open in each setting, (1, setting): without limit where none is given."""
    capacity = np.full((1, len(SETTINGS)), np.inf)
    for setting, count in (counts or {}).items():
        capacity[0, setting_index(setting)] = count
    return capacity


def a_year(
    opening: FloatArray,
    usual: Flows,
    capacity: FloatArray | None = None,
    fallbacks: tuple[tuple[int, int], ...] = (),
    forces: tuple[Force, ...] = (),
) -> FloatArray:
    """Closing plans (age, need, setting) a year after the opening ones."""
    limits = places() if capacity is None else capacity
    closing, _ = one_year(opening[None], usual, 1.0, limits, fallbacks, claims(forces), 0)
    return closing[0]


# ---- Two settings and three years, by hand


def test_two_settings_over_three_years_are_what_a_finance_officer_makes_them_by_hand() -> None:
    """Mainstream (£10,000 a child) and state special (£25,000; 70 places, £10,000 for each that is empty).

    Every year: everyone is a year older; 10% of mainstream plans and 20% of special ones cease; of those left in
    mainstream one in nine moves to special; 18 new plans join mainstream and 11 special; whom special has no place for
    goes to mainstream. In January 2025 there are 100 in mainstream, ten of them aged 25, and 50 in special.

                     | 2025               | 2026               | 2027
                     | mainstream special | mainstream special | mainstream special
        opening      |     100       50   |      90       60   |      90       68
        turn 26      |     −10            |                    |
        ceased       |      −9      −10   |      −9      −12   |      −9      −13.6
        moved        |      −9       +9   |      −9       +9   |      −9       +9
        joined       |     +18      +11   |     +18      +11   |     +18      +11
        no place     |                    |                    |      +4.4     −4.4    74.4 seek 70 places
        closing      |      90       60   |      90       68   |      94.4     70
        empty places |               10   |                2   |                0      and 20 in January 2025

    Financial year = 5/12 of the January before it and 7/12 of the one within it:

        2025/26  mainstream (5×100 + 7×90)/12   = 94 1/6   × £10,000 =   £941,666.67
                 special    (5×50  + 7×60)/12   = 55 5/6   × £25,000 = £1,395,833.33
                 empty      (5×20  + 7×10)/12   = 14 1/6   × £10,000 =   £141,666.67    in all £2,479,166.67
        2026/27  mainstream                       90       × £10,000 =   £900,000.00
                 special    (5×60  + 7×68)/12   = 64 2/3   × £25,000 = £1,616,666.67
                 empty      (5×10  + 7×2)/12    =  5 1/3   × £10,000 =    £53,333.33    in all £2,570,000.00
        2027/28  mainstream (5×90  + 7×94.4)/12 = 92.56667 × £10,000 =   £925,666.67
                 special    (5×68  + 7×70)/12   = 69 1/6   × £25,000 = £1,729,166.67
                 empty      (5×2   + 7×0)/12    =    5/6   × £10,000 =     £8,333.33    in all £2,663,166.67
    """
    usual = flows(
        cease={"mainstream": 0.10, "state_special": 0.20},
        moves={("mainstream", "state_special"): 1 / 9},
        joins={("mainstream", 10): 18, ("state_special", 10): 11},
    )
    capacity, fallbacks = places({"state_special": 70}), ((SPECIAL, MAINSTREAM),)
    plans = [children({("mainstream", 10): 90, ("mainstream", 25): 10, ("state_special", 10): 50})]
    aged_out, ceased, without_a_place = [], [], []
    for _ in range(3):
        closing, year = one_year(plans[-1][None], usual, 1.0, capacity, fallbacks, claims(()), 0)
        plans.append(closing[0])
        aged_out.append(year.aged_out[0])
        ceased.append(year.ceased[0])
        without_a_place.append(year.overflowed[0, SPECIAL])
    by_setting = np.stack(plans).sum(axis=(1, 2))
    np.testing.assert_allclose(by_setting[:, MAINSTREAM], [100, 90, 90, 94.4])
    np.testing.assert_allclose(by_setting[:, SPECIAL], [50, 60, 68, 70])
    np.testing.assert_allclose(aged_out, [10, 0, 0])
    np.testing.assert_allclose(ceased, [9 + 10, 9 + 12, 9 + 13.6])
    np.testing.assert_allclose(without_a_place, [0, 0, 4.4], atol=1e-9)

    money = replace(open_authority().council.money, empty_place=10_000.0, services=np.zeros(3))
    price = np.zeros((1, 3, len(SETTINGS)))
    price[..., MAINSTREAM], price[..., SPECIAL] = 10_000, 25_000
    cost = spend(by_setting[None], np.repeat(capacity[:, None], 4, axis=1), price, money)
    np.testing.assert_allclose(cost.placements[0, :, MAINSTREAM], [941_666.67, 900_000, 925_666.67], atol=0.01)
    np.testing.assert_allclose(cost.placements[0, :, SPECIAL], [1_395_833.33, 1_616_666.67, 1_729_166.67], atol=0.01)
    np.testing.assert_allclose(cost.empty_places[0], [141_666.67, 53_333.33, 8_333.33], atol=0.01)
    np.testing.assert_allclose(cost.total[0], [2_479_166.67, 2_570_000, 2_663_166.67], atol=0.01)


# ---- The order of the steps


def test_everyone_is_older_before_plans_cease() -> None:
    """100 aged 19 become 20, the age at which one in ten ceases: 90 stay. Ceasing first would leave all 100."""
    usual = flows()
    usual.cease[20, MAINSTREAM] = 0.10
    assert a_year(children({("mainstream", 19): 100}), usual).sum() == pytest.approx(90)


def test_plans_cease_where_they_were_before_anyone_moves() -> None:
    """Half of mainstream ceases, and the other half moves to special: 50 there. Moving first would bring all 100."""
    closing = a_year(
        children({("mainstream", 10): 100}),
        flows(cease={"mainstream": 0.5}, moves={("mainstream", "state_special"): 1.0}),
    )
    assert closing.sum(axis=(0, 1))[SPECIAL] == pytest.approx(50)
    assert closing.sum() == pytest.approx(50)


def test_new_plans_join_after_the_moves_and_neither_move_nor_cease_in_their_first_year() -> None:
    """Everyone in mainstream ceases or moves to special, yet the 10 who join mainstream are there at the census."""
    closing = a_year(
        children({("mainstream", 10): 100}),
        flows(cease={"mainstream": 0.5}, moves={("mainstream", "state_special"): 1.0}, joins={("mainstream", 10): 10}),
    )
    assert closing.sum(axis=(0, 1))[MAINSTREAM] == pytest.approx(10)
    assert closing.sum(axis=(0, 1))[SPECIAL] == pytest.approx(50)


def test_new_plans_join_before_places_are_filled() -> None:
    """Six join special, which has four places: two go to INMSS. Placing first would put six where four fit."""
    closing = a_year(
        children({}), flows(joins={("state_special", 5): 6}), places({"state_special": 4}), ((SPECIAL, INMSS),)
    )
    assert closing.sum(axis=(0, 1))[[SPECIAL, INMSS]].tolist() == pytest.approx([4, 2])


def test_those_who_leave_free_their_place_in_the_same_year() -> None:
    """Ten places, ten children, of whom five cease: five of the six who come find one."""
    usual = flows(cease={"state_special": 0.5}, joins={("state_special", 5): 6})
    closing = a_year(children({("state_special", 10): 10}), usual, places({"state_special": 10}), ((SPECIAL, INMSS),))
    assert closing.sum(axis=(0, 1))[[SPECIAL, INMSS]].tolist() == pytest.approx([10, 1])


def test_transfers_in_come_whatever_demand_is() -> None:
    """With demand at half, 10 new plans are 5, and 4 children from other councils are still 4."""
    usual = flows(joins={("mainstream", 5): 10}, transfers={("mainstream", 5): 4})
    closing, year = one_year(children({})[None], usual, 0.5, places(), (), claims(()), 0)
    assert (year.new_plans[0], year.transfers[0], closing.sum()) == pytest.approx((5, 4, 9))


# ---- Full settings


def test_nobody_already_placed_is_displaced_by_a_full_setting() -> None:
    """12 children stay in a school that is to have ten places: they stay, and all three newcomers go to INMSS."""
    stayers, newcomers = children({("state_special", 10): 12}), children({("state_special", 5): 3})
    closing, overflowed = place(stayers[None], newcomers[None], places({"state_special": 10}), ((SPECIAL, INMSS),))
    assert closing[0, 10, SEMH, SPECIAL] == 12
    assert closing[0, 5, SEMH, [SPECIAL, INMSS]].tolist() == [0, 3]
    assert overflowed[0, SPECIAL] == 3


def test_overflow_chains_from_a_full_base_to_a_full_special_school_and_on_to_inmss() -> None:
    """Seven want a base that has four free places; three go on to special, which has one; two end in INMSS."""
    newcomers = children({("resource_base", 5): 7})
    capacity = places({"resource_base": 4, "state_special": 1})
    closing, overflowed = place(children({})[None], newcomers[None], capacity, ((BASE, SPECIAL), (SPECIAL, INMSS)))
    assert closing.sum(axis=(0, 1, 2))[[BASE, SPECIAL, INMSS]].tolist() == pytest.approx([4, 1, 2])
    assert overflowed[0, [BASE, SPECIAL, INMSS]].tolist() == pytest.approx([3, 2, 0])


def test_free_places_are_shared_alike_by_age() -> None:
    """Six of age 4 and two of age 11 seek four places: half of each find one."""
    newcomers = children({("state_special", 4): 6, ("state_special", 11): 2})
    closing, _ = place(children({})[None], newcomers[None], places({"state_special": 4}), ((SPECIAL, INMSS),))
    assert closing[0, [4, 11], SEMH, SPECIAL].tolist() == pytest.approx([3, 1])
    assert closing[0, [4, 11], SEMH, INMSS].tolist() == pytest.approx([3, 1])


# ---- Whatever the children, the places and the measures

FEW = ("mainstream", "resource_base", "state_special", "inmss", "not_in_education")
CELLS = st.tuples(st.sampled_from(FEW), st.sampled_from([4, 10, 16, 24, 25]))
SOME_CHILDREN = st.dictionaries(CELLS, st.integers(1, 60), max_size=5)
SHARES = st.sampled_from([0.0, 0.1, 0.25, 0.5, 1.0])
SOME_MOVES = st.dictionaries(
    st.tuples(st.sampled_from(FEW), st.sampled_from(FEW)).filter(lambda pair: pair[0] != pair[1]),
    st.sampled_from([0.05, 0.1, 0.25]),  # at most four ways out of a setting, so at most the whole of it
    max_size=6,
)
SOME_FLOWS = st.builds(
    flows, st.dictionaries(st.sampled_from(FEW), SHARES, max_size=5), SOME_MOVES, SOME_CHILDREN, SOME_CHILDREN
)
SOME_PLACES = st.dictionaries(st.sampled_from(["resource_base", "state_special"]), st.integers(0, 80)).map(places)
CHAIN = ((BASE, SPECIAL), (SPECIAL, INMSS))


def measures(fewer: float, ended: float, diverted: float, kept: float, down: float) -> tuple[Force, ...]:
    """One force on each kind of flow of children, in full from the first year, at these shares."""
    actions = (
        FewerNewPlans(acts_on="new_plans", ages=(4, 15), share=figure(fewer)),
        Cease(acts_on="ceasing", setting="not_in_education", every="year", ages=(16, 25), share=figure(ended)),
        Redirect(
            acts_on="moves",
            origins=("new", "mainstream"),
            away_from="state_special",
            to="resource_base",
            share=figure(diverted),
        ),
        Redirect(acts_on="moves", origins=("mainstream",), away_from="inmss", to="mainstream", share=figure(kept)),
        Redirect(acts_on="moves", origins=("inmss",), away_from="inmss", to="state_special", share=figure(down)),
    )
    lever = Lever(
        name="everything", label="Everything", evidence=figure(1.0), start="2020-01", ramp_months=1, slip=figure(0.0), actions=actions,
        running_cost=figure(0.0), kind="avoidance", confidence="low", owner="nobody",
    )  # fmt: skip
    return made_ready((lever,), np.ones((1, 1)), np.array([2025.0]))


SOME_MEASURES = st.builds(measures, SHARES, SHARES, SHARES, SHARES, SHARES)


@settings(deadline=None, max_examples=150)
@given(opening=SOME_CHILDREN, usual=SOME_FLOWS, capacity=SOME_PLACES, forces=SOME_MEASURES)
def test_every_child_is_counted_once_and_no_count_is_below_nought(
    opening: Children, usual: Flows, capacity: FloatArray, forces: tuple[Force, ...]
) -> None:
    """opening − aged out − ceased + new plans + transfers = closing, to 1e-9 of a child."""
    closing, year = one_year(children(opening)[None], usual, 1.0, capacity, CHAIN, claims(forces), 0)
    expected = sum(opening.values()) - year.aged_out - year.ceased + year.new_plans + year.transfers
    np.testing.assert_allclose(closing.sum(axis=(1, 2, 3)), expected, rtol=0, atol=1e-9)
    assert closing.min() >= -1e-9


@settings(deadline=None, max_examples=150)
@given(stayers=SOME_CHILDREN, newcomers=SOME_CHILDREN, capacity=SOME_PLACES)
def test_a_setting_takes_newcomers_only_up_to_its_places_and_keeps_all_who_are_there(
    stayers: Children, newcomers: Children, capacity: FloatArray
) -> None:
    there, coming = children(stayers)[None], children(newcomers)[None]
    closing, _ = place(there, coming, capacity, CHAIN)
    by_setting, already = closing.sum(axis=(1, 2)), there.sum(axis=(1, 2))
    assert (closing >= there).all()
    assert (by_setting <= np.maximum(capacity, already) + 1e-9).all()
    assert closing.sum() == pytest.approx(there.sum() + coming.sum(), abs=1e-9)
    elsewhere = [MAINSTREAM, setting_index("not_in_education")]
    np.testing.assert_array_equal(closing[..., elsewhere], (there + coming)[..., elsewhere])


# ---- A batch


def test_the_draws_of_a_cell_stay_side_by_side_in_memory() -> None:
    """A batch is several times slower otherwise."""
    authority = open_authority()
    opening = np.broadcast_to(authority.plans, (4, *authority.plans.shape)).copy(order="F")
    capacity = np.repeat(places(), 4, axis=0)
    closing, _ = one_year(opening, authority.flows, 1.0, capacity, authority.council.fallbacks, claims(()), 0)
    assert closing.flags.f_contiguous


def test_a_batch_of_draws_is_each_of_them_run_alone() -> None:
    authority, levers = open_authority(), open_scenario("stretched").levers
    draws = np.array([[0.0] * 6, [lever.intensity for lever in levers], [1.0] * 6, [0.3, 0, 0.9, 0, 0.5, 1]])
    batch = simulate(authority, levers, draws)
    for row, intensities in enumerate(draws):
        alone = simulate(authority, levers, intensities[None])
        np.testing.assert_allclose(batch.plans[row], alone.plans[0], rtol=0, atol=1e-9)
        np.testing.assert_allclose(batch.capacity[row], alone.capacity[0], rtol=0, atol=1e-9)
        np.testing.assert_allclose(batch.spend.total[row], alone.spend.total[0], rtol=0, atol=0.01)
        for together, single in zip(batch.flows, alone.flows, strict=True):
            np.testing.assert_allclose(together.children[row], single.children[0], rtol=0, atol=1e-9)
    assert len(np.unique(batch.spend.total[:, -1].round())) == len(draws)
