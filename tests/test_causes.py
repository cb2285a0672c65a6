"""Why the answer is uncertain: indices of models whose indices are known, boxes whose corners are known, and both for a scenario."""

from dataclasses import replace

import numpy as np
import pytest

from best_model.door import open_authority, open_ensemble, open_scenario
from best_model.draws.corner import Bound, Box, Limit, box_of, where_missed
from best_model.draws.distributions import Uncertain
from best_model.draws.ensemble import Ensemble, outcomes_at
from best_model.draws.sensitivity import figures_of
from best_model.draws.variance import Index, at_chances, gap_left, indices, saving_found, sobol_indices
from best_model.faces.numbers import figure, share_as_known, written
from best_model.model.phasing import FloatArray
from best_model.model.refusal import Refusal
from best_model.questions.causes import Doubt, limits, limits_in_short, main_doubt, more_to_save, parts_of_variance
from best_model.questions.names import figure_name
from best_model.table import NONE, Estimate, Unit

AUTHORITY, STRETCHED = open_authority(), open_scenario("stretched")
FIGURES = figures_of(AUTHORITY, STRETCHED)
TARGET = float(AUTHORITY.council.targets["stretched"][-1])
LETTERS = "abcdefghij"


@pytest.fixture(scope="module")
def ready() -> Ensemble:
    return open_ensemble("stretched", AUTHORITY, 7)


@pytest.fixture(scope="module")
def found(ready: Ensemble) -> tuple[Index, ...]:
    return indices(ready, base=256)


# ---- Indices of models that are known


def near(index: Index, first: float, total: float) -> bool:
    """Whether both are within one and a half of the errors that are stated: three standard errors."""
    return abs(index.first - first) <= 1.5 * index.first_error and abs(index.total - total) <= 1.5 * index.total_error


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_of_a_sum_each_index_is_its_share_of_the_squares(seed: int) -> None:
    """4² of 4² + 2² + 1² is 16/21; nothing acts through anything else, so first and total are one."""
    found = sobol_indices("abcd", lambda points: points @ [1.0, 4.0, 0.0, 2.0], 512, seed)
    assert [index.name for index in found] == ["b", "d", "a", "c"]
    for index, square in zip(found, (16, 4, 1, 0), strict=True):
        assert near(index, square / 21, square / 21)
        assert index.total_error < 0.1


def ishigami(points: FloatArray) -> FloatArray:
    x, y, z = (points * 2 - 1).T * np.pi
    return np.sin(x) + 7 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x)


def test_what_acts_only_through_another_has_a_total_and_no_first_index() -> None:
    """The function of Ishigami and Homma (1990), whose indices are known."""
    found = {index.name: index for index in sobol_indices("xyz", ishigami, 1024, 5)}
    assert near(found["x"], 0.3139, 0.5576)
    assert near(found["y"], 0.4424, 0.4424)
    assert near(found["z"], 0.0, 0.2437)
    assert found["z"].total - found["z"].total_error > 0.15 > found["z"].first + found["z"].first_error


def test_where_nothing_varies_every_index_is_nought() -> None:
    found = sobol_indices("ab", lambda points: np.full(len(points), 3.0), 16, 0)
    assert found == (Index("a", 0, 0, 0, 0), Index("b", 0, 0, 0, 0))


def test_a_seed_of_nought_is_a_seed_and_another_gives_others() -> None:
    def found(seed: int) -> tuple[Index, ...]:
        return sobol_indices("xyz", ishigami, 64, seed)

    assert found(0) == found(0)
    assert found(0) != found(1)


@pytest.mark.parametrize("base", [0, 1, 500])
def test_a_base_that_is_no_power_of_two_is_refused(base: int) -> None:
    with pytest.raises(Refusal, match=f"--base {base}: it must be a power of two"):
        sobol_indices("xyz", ishigami, base, 0)


# ---- Indices of a scenario


def test_outcomes_at_chances_are_those_of_each_draw_under_its_own_fit(ready: Ensemble) -> None:
    chances = np.random.default_rng(3).random((24, len(ready.draws.names)))
    levels = ready.level_of(chances)
    assert len(set(levels)) == len(ready.fits) == 5
    for outcome in (saving_found, gap_left):
        one_by_one = [
            outcome(outcomes_at(ready, ready.fits[level], chances[[draw]]))[0] for draw, level in enumerate(levels)
        ]
        np.testing.assert_allclose(at_chances(ready, chances, outcome), one_by_one, rtol=0, atol=0.011)
    before = at_chances(ready, chances, lambda outcomes: outcomes.gap_before[:, -1])
    after = before - at_chances(ready, chances, saving_found)
    np.testing.assert_allclose(at_chances(ready, chances, gap_left), after, rtol=0, atol=0.021)
    np.testing.assert_array_equal(
        at_chances(replace(ready, individuals=True), chances, saving_found), at_chances(ready, chances, saving_found)
    )


def test_indices_are_the_same_for_any_number_of_workers_and_whatever_the_correlations(ready: Ensemble) -> None:
    alone = indices(ready, base=16)
    assert indices(ready, base=16, workers=3) == alone
    independent = replace(ready.draws, factor=np.eye(len(ready.draws.names)))
    assert indices(replace(ready, draws=independent), base=16) == alone


def test_every_assumption_has_an_index_the_largest_first_and_together_they_make_the_whole(
    ready: Ensemble, found: tuple[Index, ...]
) -> None:
    assert {index.name for index in found} == set(ready.draws.names)
    totals = [index.total for index in found]
    assert totals == sorted(totals, reverse=True)
    assert sum(index.first for index in found) == pytest.approx(1.0, abs=0.2)


def test_the_index_of_what_is_added_is_its_own_variance(ready: Ensemble, found: tuple[Index, ...]) -> None:
    """What is in train is added to the saving: triangular between £0m, £11.45m and £22.9m its variance is £m² 11.45² / 6."""
    points = ready.draws.points(0, 4096)
    whole = at_chances(ready, points, saving_found).var()
    own, in_train = next(index for index in found if index.name == "in_train"), FIGURES["in_train.2029/30"]
    assert in_train.high - in_train.value == in_train.value - in_train.low
    expected = (in_train.value - in_train.low) ** 2 / 6 / whole
    assert abs(own.total - expected) <= 1.5 * own.total_error


def test_income_moves_the_gap_and_not_the_saving_and_what_follows_nothing_moves_neither(
    ready: Ensemble, found: tuple[Index, ...]
) -> None:
    saving = {index.name: index.total for index in found}
    gap = {index.name: index.total for index in indices(ready, gap_left, base=16)}
    assert (saving["income"], saving["stability_grant"], gap["stability_grant"]) == (0, 0, 0)
    assert gap["income"] > 0.01
    assert saving["in_train"] > 0.2


# ---- Boxes whose corners are known


def uncertain(name: str, highs: tuple[float, ...] = (1.0,)) -> Uncertain:
    """Most likely at nought: its quantile at c is high × (1 - √(1 - c))."""
    ends = np.array(highs)
    return Uncertain(
        name, tuple(f"{name}.{place}" for place in range(len(highs))), ends * 0, ends * 0, ends, "triangular"
    )


TEN = [uncertain(letter) for letter in LETTERS]


def points(seed: int = 0, draws: int = 4096) -> FloatArray:
    return np.random.default_rng(seed).random((draws, len(TEN)))


def in_the_corner(chances: FloatArray) -> np.ndarray:
    return (chances[:, 0] > 0.7) & (chances[:, 3] < 0.4)


def named(box: Box) -> dict[str, Limit]:
    return {limit.name: limit for limit in box.limits}


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_corner_is_found_its_bounds_and_nothing_else(seed: int) -> None:
    chances = points(seed)
    box = box_of(TEN, chances, in_the_corner(chances))
    a, d = named(box)["a"], named(box)["d"]
    assert len(box.limits) == 2
    assert (a.high, d.low) == (None, None)
    assert a.low is not None
    assert d.high is not None
    assert a.low.chance == pytest.approx(0.7, abs=0.05)
    assert d.high.chance == pytest.approx(0.4, abs=0.05)
    assert box.density >= 0.9
    assert box.coverage >= 0.9
    assert box.overall == pytest.approx(0.12, abs=0.02)


def test_a_band_has_two_bounds() -> None:
    chances = points()
    (limit,) = box_of(TEN, chances, abs(chances[:, 4] - 0.5) < 0.15).limits
    assert limit.low is not None
    assert limit.high is not None
    assert (limit.low.chance, limit.high.chance) == pytest.approx((0.35, 0.65), abs=0.05)


def test_a_bound_lies_between_the_steps_of_what_comes_in_steps() -> None:
    """Five levels at 0.1, 0.3 …: the misses are at the upper two, so the bound is 0.6."""
    chances = points()
    chances[:, 2] = (np.floor(chances[:, 2] * 5) + 0.5) / 5
    (limit,) = box_of(TEN, chances, chances[:, 2] > 0.6).limits
    assert limit.low is not None
    assert limit.low.chance == pytest.approx(0.6)


def test_a_bound_is_the_last_figure_of_its_assumption_at_that_quantile() -> None:
    """At c the second figure, twice the first, is 2 × (1 - √(1 - c)); its error is half of what two peels move it."""
    chances = points()
    (limit,) = box_of([uncertain("a", (1.0, 2.0)), *TEN[1:]], chances, chances[:, 0] < 0.5).limits
    assert limit.figure == "a.1"
    assert limit.high is not None
    at, below, above = (2 * (1 - np.sqrt(0.5 - step)) for step in (0.0, -0.05, 0.05))
    assert limit.high.figure.value == pytest.approx(at, abs=0.02)
    assert limit.high.figure.error == pytest.approx((above - below) / 2, abs=0.002)


def test_the_most_telling_limit_comes_first_and_fewer_may_be_asked_for() -> None:
    chances = points()
    missed = (chances[:, 1] < 0.5) & (chances[:, 5] < 0.6) & (chances[:, 7] < 0.7) & (chances[:, 9] < 0.8)
    assert [limit.name for limit in box_of(TEN, chances, missed).limits] == ["b", "f", "h"]
    assert [limit.name for limit in box_of(TEN, chances, missed, most=1).limits] == ["b"]


def test_a_box_is_measured_on_draws_that_it_was_not_found_among() -> None:
    chances = points()
    missed = in_the_corner(chances) | (chances[:, 6] < 0.1)
    box, rest = box_of(TEN, chances, missed), slice(2048, None)
    inside = np.ones(2048, dtype=bool)
    for limit in box.limits:
        column = chances[rest, LETTERS.index(limit.name)]
        inside &= column > (limit.low.chance if limit.low else 0)
        inside &= column < (limit.high.chance if limit.high else 1)
    assert box.draws == 2048
    assert box.mass == pytest.approx(inside.mean())
    assert box.overall == pytest.approx(missed[rest].mean())
    assert box.density == pytest.approx(missed[rest][inside].mean())
    assert box.coverage == pytest.approx(inside[missed[rest]].mean())
    assert box.inside.error == pytest.approx(np.sqrt(box.density * (1 - box.density) / inside.sum()), rel=0.2)


@pytest.mark.parametrize("share", [0.1, 0.2, 0.5])
def test_where_nothing_tells_there_are_no_limits(share: float) -> None:
    """Among seventy assumptions some box always looks telling where it was sought; the other half of the draws does not bear it out."""
    seventy = [uncertain(str(place)) for place in range(70)]
    for seed in range(8):
        chance = np.random.default_rng(seed)
        box = box_of(seventy, chance.random((1024, 70)), chance.random(1024) < share)
        assert box.limits == ()
        assert (box.coverage, box.mass, box.density) == (1.0, 1.0, box.overall)


@pytest.mark.parametrize(("missed", "kind"), [(0, "missed"), (20, "missed"), (4076, "met"), (4096, "met")])
def test_where_none_or_all_or_all_but_a_few_miss_there_are_no_limits(missed: int, kind: str) -> None:
    box = box_of(TEN, points(), np.arange(4096) % 4096 < missed)
    assert (box.kind, box.limits, box.coverage, box.mass) == (kind, (), 1.0, 1.0)
    assert box.density == box.overall
    assert 0 < box.inside.error < 0.01


def test_where_nearly_all_miss_the_box_is_where_the_target_is_met_unless_the_other_is_asked_for() -> None:
    chances = points()
    met = (chances[:, 0] > 0.8) & (chances[:, 3] < 0.4)
    box = box_of(TEN, chances, ~met)
    assert (box.kind, set(named(box))) == ("met", {"a", "d"})
    assert box.density >= 0.9
    other = box_of(TEN, chances, ~met, kind="missed")
    assert other.kind == "missed"
    assert other.density > other.overall == pytest.approx(1 - box.overall)


def test_a_box_is_the_same_twice_and_in_whatever_order_the_assumptions_stand() -> None:
    chances, turned = points(), list(range(9, -1, -1))
    missed = in_the_corner(chances)
    box = box_of(TEN, chances, missed)
    assert box_of(TEN, chances, missed) == box
    assert box_of([TEN[place] for place in turned], chances[:, turned], missed) == box


# ---- The box of a scenario


def test_the_box_of_a_scenario_holds_more_misses_than_there_are_outside(ready: Ensemble) -> None:
    box = where_missed(ready, TARGET, draws=4000, workers=2)
    assert box == where_missed(ready, TARGET, draws=4000)
    assert (box.kind, box.draws) == ("missed", 2000)
    assert 1 <= len(box.limits) <= 3
    assert "in_train" in named(box)
    assert box.density > box.overall + 3 * box.everywhere.error
    for limit in box.limits:
        known = FIGURES[limit.figure]
        for end in (limit.low, limit.high):
            assert end is None or known.low < end.figure.value < known.high


def test_futures_are_drawn_with_the_correlations_and_missed_to_the_pound(ready: Ensemble) -> None:
    chances = ready.draws.correlated(ready.draws.points(0, 2048))
    saving = at_chances(ready, chances, saving_found)
    assert where_missed(ready, TARGET, draws=2048) == box_of(ready.draws.uncertain, chances, saving < TARGET - 0.5)


def test_too_few_draws_are_refused(ready: Ensemble) -> None:
    with pytest.raises(Refusal, match="--draws 1: a box is found among half of them"):
        where_missed(ready, TARGET, draws=1)


# ---- As tables and words


def limit(name: str, low: float | None = None, high: float | None = None, error: float = 0.01) -> Limit:
    key = [key for key in FIGURES if f"{key}.".startswith(f"{name}.")][-1]
    ends = (None if value is None else Bound(0.6, Estimate(value, error)) for value in (low, high))
    return Limit(name, key, *ends)


def boxed(*limits: Limit, kind: str = "missed", density: float = 0.97) -> Box:
    return Box(kind, limits, 0.7, density, 0.6, 0.88, 4096)


def test_the_main_doubt_is_the_largest_index_and_narrowly_so_where_another_may_be_as_large(ready: Ensemble) -> None:
    first = Index("in_train", 0.37, 0.07, 0.357, 0.09)
    for other, narrowly in ((0.11, False), (0.33, True)):
        doubt = main_doubt(ready, [first, Index("inflation.inmss", 0.1, 0.04, other, 0.02)])
        assert doubt == Doubt("what is in train", Estimate(0.357, 0.09 / 1.96), narrowly)
        assert share_as_known(*doubt.part) == "35%"
    assert main_doubt(ready, [Index("in_train", 0.0, 0.0, 0.0, 0.0)]) is None


def test_the_table_of_indices_holds_the_largest_each_linked_and_with_its_errors(
    ready: Ensemble, found: tuple[Index, ...]
) -> None:
    table = parts_of_variance(ready, found, shown=8)
    assert len(table.rows) == 8
    for row, index in zip(table.rows, found, strict=False):
        assert row.head == figure_name(index.name, STRETCHED.levers)
        assert row.source.startswith(f"figure:{index.name}")
        total, error, first, its_error = row.values
        assert (total.value, first.value) == (index.total, index.first)
        assert total.error * 1.96 == pytest.approx(index.total_error)
        assert index.total_error <= error < index.total_error + 0.01
        assert index.first_error <= its_error < index.first_error + 0.01


def test_the_table_of_a_box_has_a_row_for_each_limit_linked_to_its_assumption(ready: Ensemble) -> None:
    box = boxed(limit("in_train", high=14.6e6, error=0.8e6), limit("inflation.inmss", low=0.055, error=0.002))
    first, second = limits(ready, box).rows
    assert (first.head, first.source) == ("In train before the plan begins", "figure:in_train.2029/30")
    assert first.values == (NONE, Estimate(14.6e6, 0.8e6), NONE, 0.6, "£ a year")
    assert second.values == (Estimate(0.055, 0.002), NONE, 0.6, NONE, "a year")
    assert written(first.values[1], Unit.NUMBER) == "15,000,000"
    assert [(each.assumption, each.low, each.unit) for each in limits_in_short(ready, box)] == [
        ("what is in train", None, "£ a year"),
        ("price rise a year (INMSS)", Estimate(0.055, 0.002), "a year"),
    ]


def test_a_box_says_how_many_miss_whichever_it_tells() -> None:
    assert boxed().missed.value == boxed().everywhere.value == 0.88
    assert boxed(kind="met").missed.value == pytest.approx(0.12)
    assert share_as_known(*replace(boxed(kind="met"), overall=0.0).missed) == "over 99%"


def test_a_box_whose_limits_add_nothing_to_spend_does_not_speak_of_it() -> None:
    dearer = limit("inflation.inmss", low=0.05)
    assert not more_to_save(boxed(limit("in_train", high=1e7)))
    assert not more_to_save(boxed(dearer))
    assert more_to_save(boxed(dearer, kind="met"))
    assert more_to_save(boxed(limit("unit_cost.inmss", high=70_000)))


@pytest.mark.parametrize(
    ("share", "error", "says"),
    [
        (0.9614, 0.004, "96%"),
        (0.9614, 0.01, "96%"),
        (0.9614, 0.011, "95%"),
        (0.357, 0.05, "35%"),
        (0.357, 0.051, "40%"),
        (0.004, 0.0001, "under 1%"),
        (-0.01, 0.02, "under 5%"),
        (0.996, 0.001, "over 99%"),
        (0.98, 0.02, "over 95%"),
    ],
)
def test_a_share_is_shown_no_finer_than_its_standard_error(share: float, error: float, says: str) -> None:
    assert share_as_known(share, error) == says


@pytest.mark.parametrize(
    ("value", "error", "unit", "says"),
    [
        (14_604_797.0, 793_875.0, "£ a year", "£15m"),
        (14_604_797.0, 43_875.0, "£ a year", "£14.6m"),
        (69_452.0, 480.0, "£ a child a year, 2024/25 prices", "£69,500"),
        (0.0553, 0.0026, "a year", "5.5%"),
        (0.583, 0.0227, "share of full effect", "60%"),
        (0.583, 0.002, "of new plans in reach", "58.5%"),
        (2_137.0, 12.0, "places", "2,150 places"),
        (3.2, 0.6, "months late", "3 months"),
        (1.634, 0.03, "times 2024", "1.65 times 2024"),
        (1.634, 0.03, "factor on plan prices", "1.65"),
    ],
)
def test_a_bound_is_shown_in_its_unit_no_finer_than_its_error(value: float, error: float, unit: str, says: str) -> None:
    assert figure(Estimate(value, error), unit) == says
