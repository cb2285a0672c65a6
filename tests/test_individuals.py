"""Whole children: right on average, spread as chance spreads them, and the same luck whatever the levers do."""

from dataclasses import fields, replace

import numpy as np
import pytest

from best_model.door import open_authority, open_ensemble, open_scenario
from best_model.draws.batch import Futures
from best_model.draws.ensemble import ensemble
from best_model.draws.individuals import AT_ONCE, individual_futures, whole
from best_model.model.authority import Authority, Flows
from best_model.model.engine import simulate
from best_model.model.phasing import FloatArray
from best_model.model.refusal import Refusal
from best_model.model.scenario import Assumption, Lever, Redirect
from best_model.model.settings import AGES, NEEDS, SETTINGS, setting_index

AUTHORITY = open_authority()
LEVERS = open_scenario("stretched").levers
YEARS = len(AUTHORITY.januaries) - 1
MAINSTREAM, BASE, SPECIAL, INMSS, PROVISION = map(
    setting_index, ("mainstream", "resource_base", "state_special", "inmss", "alternative_provision")
)
NO_LIMIT = np.full(AUTHORITY.council.capacity.shape, np.inf)
CHAIN = ((BASE, SPECIAL), (SPECIAL, INMSS))

Children = dict[tuple[str, int], float]


def children(counts: Children) -> FloatArray:
    """`{("mainstream", 10): 90}` as an array (age, need, setting): all of one need, nobody elsewhere."""
    array = np.zeros((len(AGES), len(NEEDS), len(SETTINGS)))
    for (setting, years_old), count in counts.items():
        array[years_old, 0, setting_index(setting)] = count
    return array


def places(counts: dict[str, float]) -> FloatArray:
    """Places open in each setting at every January, (january, setting): without limit where none is given."""
    capacity = NO_LIMIT.copy()
    for setting, count in counts.items():
        capacity[:, setting_index(setting)] = count
    return capacity


def council(
    plans: FloatArray,
    cease: float = 0.0,
    moves: dict[tuple[str, str, int], float] | None = None,
    joins: Children | None = None,
    transfers: Children | None = None,
    capacity: FloatArray = NO_LIMIT,
) -> Authority:
    """A council of these children: a share of plans ceases, shares move at an age after the birthday, and so many come a year."""
    shares = np.repeat(np.eye(len(SETTINGS))[None], len(AGES), axis=0)
    for (origin, to, years_old), share in (moves or {}).items():
        shares[years_old, setting_index(origin), setting_index(origin)] -= share
        shares[years_old, setting_index(origin), setting_index(to)] += share
    rates = np.full((len(AGES), len(SETTINGS)), cease)
    flows = Flows(rates, shares, children(joins or {}), children(transfers or {}))
    usual = replace(AUTHORITY.council.calibration, demand=np.ones(YEARS))
    return replace(
        AUTHORITY,
        plans=plans,
        flows=flows,
        council=replace(AUTHORITY.council, capacity=capacity, fallbacks=CHAIN, calibration=usual),
    )


def histories(
    authority: Authority, draws: int, levers: tuple[Lever, ...] = (), *, seed: int = 1, first: int = 0
) -> Futures:
    """So many histories under levers at their own intensities."""
    intensities = np.array([[lever.intensity for lever in levers]] * draws).reshape(draws, len(levers))
    return individual_futures(authority, levers, intensities, seed=seed, first=first)


def by_setting(authority: Authority, draws: int = 200) -> FloatArray:
    return histories(authority, draws).by_setting


def spread_is_about(seen: FloatArray, variance: float) -> bool:
    """Whether a sample's variance is within four standard errors of the theory's, for a sample close to normal."""
    return bool(abs(seen.var(ddof=1) / variance - 1.0) < 4 * np.sqrt(2 / (len(seen) - 1)))


# ---- Right on average


@pytest.mark.parametrize("levers", [(), LEVERS], ids=["doing nothing", "stretched"])
def test_on_average_they_are_the_expected_children_in_every_setting_and_january(levers: tuple[Lever, ...]) -> None:
    """Within four standard errors, where no setting is ever full: a year is linear then, and chance adds up to nothing."""
    roomy = replace(AUTHORITY, council=replace(AUTHORITY.council, capacity=NO_LIMIT))
    seen = histories(roomy, 200, levers).by_setting
    intensities = np.array([[lever.intensity for lever in levers]])
    expected = simulate(roomy, levers, intensities).by_setting[0]
    error = seen.std(axis=0, ddof=1) / np.sqrt(len(seen))
    np.testing.assert_array_equal(seen[:, 0], np.broadcast_to(np.rint(expected[0]), seen[:, 0].shape))
    assert np.all(np.abs(seen.mean(axis=0) - expected)[1:] < 4 * error[1:])


def test_they_are_so_where_settings_are_always_full_too() -> None:
    """300 seek 100 places in special every year, and go to INMSS beyond them."""
    full = council(
        children({("state_special", 10): 80}),
        cease=0.25,
        joins={("state_special", 8): 300, ("mainstream", 8): 10},
        capacity=places({"state_special": 100}),
    )
    seen = by_setting(full)
    expected = simulate(full, (), np.zeros((1, 0))).by_setting[0]
    error = seen.std(axis=0, ddof=1) / np.sqrt(len(seen))
    assert np.all(np.abs(seen.mean(axis=0) - expected) <= 4 * error + 1e-9)


def test_about_full_chance_leaves_some_places_empty_that_expected_numbers_would_fill() -> None:
    """100 places and 100 expected, Poisson: on average 100 − 10/√(2π) ≈ 96 come in and 4 go to INMSS; expected numbers say 100 and 0."""
    about_full = council(children({}), joins={("state_special", 8): 100}, capacity=places({"state_special": 100}))
    first = by_setting(about_full, 500)[:, 1]
    assert simulate(about_full, (), np.zeros((1, 0))).by_setting[0, 1, [SPECIAL, INMSS]].tolist() == [100, 0]
    assert first[:, SPECIAL].mean() == pytest.approx(100 - 10 / np.sqrt(2 * np.pi), abs=0.8)
    assert first[:, INMSS].mean() == pytest.approx(10 / np.sqrt(2 * np.pi), abs=0.8)


# ---- Spread as chance spreads them


def test_those_who_stay_are_binomial() -> None:
    """Of 40 children one in five ceases a year: after a year Bin(40, 0.8), mean 32 and variance 6.4; after two Bin(40, 0.64)."""
    seen = by_setting(council(children({("mainstream", 5): 40}), cease=0.2), 500)[..., MAINSTREAM]
    for year in range(1, YEARS + 1):
        stay = 0.8**year
        assert seen[:, year].mean() == pytest.approx(40 * stay, abs=4 * np.sqrt(40 * stay * (1 - stay) / 500))
        assert spread_is_about(seen[:, year], 40 * stay * (1 - stay))


def test_those_who_move_are_multinomial() -> None:
    """Of 60, 30% move to special and 20% to INMSS: the covariance of the two is −60 × 0.3 × 0.2 = −3.6."""
    moves = {("mainstream", "state_special", 6): 0.3, ("mainstream", "inmss", 6): 0.2}
    seen = by_setting(council(children({("mainstream", 5): 60}), moves=moves), 1000)[:, 1]
    covariance = np.cov(seen[:, [MAINSTREAM, SPECIAL, INMSS]].T)
    theory = 60 * np.array([[0.25, -0.15, -0.10], [-0.15, 0.21, -0.06], [-0.10, -0.06, 0.16]])
    np.testing.assert_allclose(covariance, theory, atol=2.0)


@pytest.mark.parametrize("come", ["joins", "transfers"])
def test_those_who_come_are_poisson(come: str) -> None:
    """Nine a year and nobody leaves: mean and variance are 9 after one year and 45 after five."""
    seen = by_setting(council(children({}), **{come: {("alternative_provision", 8): 9}}), 500)[..., PROVISION]
    for year in range(1, YEARS + 1):
        assert seen[:, year].mean() == pytest.approx(9 * year, abs=4 * np.sqrt(9 * year / 500))
        assert spread_is_about(seen[:, year], 9 * year)


# ---- Whole, and all accounted for


def test_children_are_whole_and_nobody_is_lost_on_the_way() -> None:
    """Where none ceases, comes or turns 26, those who move about are as many at every January."""
    young = np.where(np.arange(len(AGES))[:, None, None] < 15, AUTHORITY.plans, 0.0)
    flows = replace(
        AUTHORITY.flows,
        cease=np.zeros_like(AUTHORITY.flows.cease),
        joins=np.zeros_like(AUTHORITY.flows.joins),
        transfers=np.zeros_like(AUTHORITY.flows.transfers),
    )
    without_ceasing = tuple(lever for lever in LEVERS if lever.name != "ceasing")
    seen = histories(replace(AUTHORITY, plans=young, flows=flows), 50, without_ceasing).by_setting
    np.testing.assert_array_equal(seen, np.rint(seen))
    assert seen.min() >= 0
    np.testing.assert_array_equal(seen.sum(axis=-1), np.full(seen.shape[:2], np.rint(young.sum())))
    assert np.ptp(seen[:, -1], axis=0).max() > 10


def test_the_opening_is_the_published_one_by_age_and_setting_and_right_on_average_by_need() -> None:
    rng = np.random.default_rng(3)
    opened = np.stack([whole(AUTHORITY.plans, rng) for _ in range(500)])
    published = np.broadcast_to(AUTHORITY.council.published.stock, (500, len(AGES), len(SETTINGS)))
    np.testing.assert_array_equal(opened.sum(axis=2), published)
    assert np.abs(opened - AUTHORITY.plans).max() < 1
    assert np.abs(opened.mean(axis=0) - AUTHORITY.plans).max() < 4 * 0.5 / np.sqrt(500)


# ---- Full settings


def test_newcomers_never_fill_more_than_the_places_and_nobody_is_displaced() -> None:
    """In Leicestershire, doing nothing and stretched: a January has no more than its places, or than were there before."""
    for levers in ((), LEVERS):
        seen = histories(AUTHORITY, 100, levers)
        for setting in (BASE, SPECIAL):
            count, limit = seen.by_setting[..., setting], np.floor(seen.capacity[..., setting])
            assert np.all(count[:, 1:] <= np.maximum(limit[:, 1:], count[:, :-1]))
    crowded = council(
        children({("state_special", 10): 15}), joins={("state_special", 8): 6}, capacity=places({"state_special": 10})
    )
    assert np.all(by_setting(crowded)[..., SPECIAL] == 15)


@pytest.mark.parametrize(("open_places", "taken"), [(7.9, 7), (8 - 1e-12, 8)])
def test_part_of_a_place_takes_nobody_and_rounding_of_sums_costs_none(open_places: float, taken: int) -> None:
    arriving = council(
        children({("mainstream", 5): 20}),
        moves={("mainstream", "state_special", 6): 1.0},
        capacity=places({"state_special": open_places}),
    )
    assert np.all(by_setting(arriving)[:, 1:, [SPECIAL, INMSS]] == [taken, 20 - taken])


def test_who_is_turned_away_is_drawn_by_lot_alike_whatever_the_age() -> None:
    """40 seek 20 places, 30 of whom turn 26 a year later: of the ten younger, hypergeometric, 5 ± √1.92 have a place."""
    seeking = council(
        children({("mainstream", 24): 30, ("mainstream", 5): 10}),
        moves={("mainstream", "state_special", 25): 1.0, ("mainstream", "state_special", 6): 1.0},
        capacity=places({"state_special": 20}),
    )
    seen = by_setting(seeking, 500)
    assert np.all(seen[:, 1, [SPECIAL, INMSS]] == 20)
    younger = seen[:, 2, SPECIAL]
    assert younger.mean() == pytest.approx(5, abs=4 * np.sqrt(1.92 / 500))
    assert spread_is_about(younger, 20 * (10 / 40) * (30 / 40) * (20 / 39))


def test_being_turned_away_once_makes_it_no_likelier_a_second_time() -> None:
    """20 of 40 are turned away from resource bases, and seek 20 places in special beside 20 others: 10 of each have one."""
    seeking = council(
        children({("mainstream", 5): 40, ("alternative_provision", 24): 20}),
        moves={("mainstream", "resource_base", 6): 1.0, ("alternative_provision", "state_special", 25): 1.0},
        capacity=places({"resource_base": 20, "state_special": 20}),
    )
    seen = by_setting(seeking, 500)
    assert np.all(seen[:, 1, [BASE, SPECIAL, INMSS]] == 20)
    twice = seen[:, 2, SPECIAL]
    assert twice.mean() == pytest.approx(10, abs=4 * np.sqrt(2.56 / 500))
    assert spread_is_about(twice, 20 * 0.5 * 0.5 * (20 / 39))


def redirect(share: float) -> Lever:
    """A lever by which, from the first year on, a share of those of six who would stay in mainstream goes to special."""
    figure = {"unit": "share", "pedigree": "assumed", "source": "judgement"}
    action = Redirect(
        acts_on="moves",
        origins=("mainstream",),
        away_from="mainstream",
        to="state_special",
        ages=(6, 6),
        share=Assumption(value=share, low=share, high=share, **figure),
    )
    at_once = {"start": "2024-01", "ramp_months": 1, "slip": Assumption(value=0, low=0, high=0, **figure)}
    return LEVERS[0].model_copy(update={"actions": (action,), "intensity": 1.0, "workstreams": (), **at_once})


@pytest.mark.parametrize("sent", ["as usual", "by a lever"])
def test_how_likely_a_child_was_to_come_has_no_say_in_who_finds_a_place(sent: str) -> None:
    """One in two of 40 comes, and 20 who were sure to: of the 20 places a share of N/(N + 20) goes to the N who came.

    Luck that was used in coming and not made new would have too many of them turned away.
    """
    usual, lever = (0.5, ()) if sent == "as usual" else (0.0, (redirect(0.5),))
    seeking = council(
        children({("mainstream", 5): 40, ("alternative_provision", 24): 20}),
        moves={("mainstream", "state_special", 6): usual, ("alternative_provision", "state_special", 25): 1.0},
        capacity=places({"state_special": 20}),
    )
    seen = histories(seeking, 500, lever).by_setting
    assert np.all(seen[:, 1, SPECIAL] == 20)
    came = 40 - seen[:, 1, MAINSTREAM]
    assert came.mean() == pytest.approx(20, abs=4 * np.sqrt(10 / 500))
    placed = seen[:, 2, SPECIAL]  # the others have turned 26
    assert (placed - 20 * came / (came + 20)).mean() == pytest.approx(0, abs=4 * placed.std() / np.sqrt(500))


# ---- The same luck


def test_a_history_is_the_same_in_whatever_company_it_is_made() -> None:
    draws = 2 * AT_ONCE + 22
    together = histories(AUTHORITY, draws, LEVERS).by_setting
    apart = [histories(AUTHORITY, count, LEVERS, first=first) for first, count in ((0, 37), (37, draws - 37))]
    np.testing.assert_array_equal(together, np.concatenate([each.by_setting for each in apart]))
    assert np.any(together[0] != together[1])
    assert np.any(histories(AUTHORITY, 1, LEVERS, seed=2).by_setting != together[:1])


def test_with_levers_that_do_nothing_every_child_fares_as_without_them() -> None:
    idle = tuple(lever.model_copy(update={"intensity": 0.0}) for lever in LEVERS)
    np.testing.assert_array_equal(histories(AUTHORITY, 50, idle).by_setting, histories(AUTHORITY, 50).by_setting)


def test_a_saving_is_not_the_difference_of_two_unlike_pasts() -> None:
    """Shared luck leaves the saving of 2029/30 less than half the spread that two lots of luck of its own would give it."""
    before = histories(AUTHORITY, 128).spend.total[:, -1]
    shared, own = (before - histories(AUTHORITY, 128, LEVERS, seed=seed).spend.total[:, -1] for seed in (1, 2))
    assert 1e5 < shared.std() < own.std() / 2


# ---- In an ensemble


def test_an_ensemble_of_whole_children_is_the_same_with_one_worker_and_with_two_and_wider_where_few_are() -> None:
    """Several times as wide in alternative provision, which has three; within a tenth in mainstream and in all together."""
    ready = open_ensemble("stretched", AUTHORITY, seed=7)
    one, two = (ensemble(replace(ready, individuals=True), 128, workers) for workers in (1, 2))
    for field in fields(one):
        np.testing.assert_array_equal(getattr(one, field.name), getattr(two, field.name))
    expected = ensemble(ready, 128)

    def band(numbers: FloatArray) -> FloatArray:
        low, high = np.quantile(numbers, [0.05, 0.95], axis=0)
        return high - low

    wider = band(one.plans[:, -1]) / band(expected.plans[:, -1])
    assert wider[PROVISION] > 3
    assert wider[MAINSTREAM] == pytest.approx(1, abs=0.1)
    assert band(one.plans[:, -1].sum(axis=-1)) == pytest.approx(band(expected.plans[:, -1].sum(axis=-1)), rel=0.1)
    np.testing.assert_array_equal(one.plans, np.rint(one.plans))


def test_a_council_that_more_leave_than_come_to_is_refused() -> None:
    leaving = council(children({}), transfers={("mainstream", 8): -3.0})
    with pytest.raises(Refusal, match=r"--individuals: net transfers .* below nought"):
        histories(leaving, 1)
