"""One assumption changed, and everything follows; what its range is worth; and which one alone would change the answer."""

import re
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from conftest import edit

from best_model.door import open_authority, open_scenario
from best_model.draws.sensitivity import (
    Swing,
    assumption_of,
    figures_of,
    found,
    gap_moved,
    one_at_a_time,
    that_change_the_answer,
    varied,
    varied_together,
    why_no_effect,
)
from best_model.fitted.fit import prepare
from best_model.model.authority import Council
from best_model.model.engine import price_index, run
from best_model.model.figures import rebuilt
from best_model.model.refusal import Refusal
from best_model.model.settings import setting_index
from best_model.questions.names import figure_name, in_short
from best_model.questions.swings import distances, swing_sizes, swings, what_would_change_the_answer

AUTHORITY, EVIDENCE = open_authority(), open_scenario("evidence")
FIGURES, PLAIN = figures_of(AUTHORITY, EVIDENCE), run(AUTHORITY, EVIDENCE)
ASSUMPTIONS = sorted({assumption_of(name) for name in FIGURES})
INMSS = setting_index("inmss")


@pytest.fixture(scope="module")
def alone() -> tuple[Swing, ...]:
    return one_at_a_time(AUTHORITY, EVIDENCE)


def council(name: str, value: float) -> Council:
    return varied(AUTHORITY, EVIDENCE, name, value)[0].council


def ends_of(names: tuple[str, ...], end: str) -> dict[str, float]:
    """The low or the high of each figure of an assumption; a prior moves with its index."""
    return {name: getattr(FIGURES[name], end) for name in names if not name.startswith("new_plans_index.")}


# ---- One home for each figure


def test_a_council_rebuilt_from_its_own_assumptions_is_the_same_to_the_last_bit() -> None:
    before = AUTHORITY.council
    after = rebuilt(before, before.assumptions)
    np.testing.assert_array_equal(after.capacity, before.capacity)
    for part in ("money", "calibration"):
        for field in fields(getattr(before, part)):
            np.testing.assert_array_equal(*(getattr(getattr(each, part), field.name) for each in (after, before)))
    for level, amounts in before.in_train.items():
        np.testing.assert_array_equal(after.in_train[level], amounts)


def test_a_unit_cost_moves_its_own_setting_and_no_other() -> None:
    cost = council("unit_cost.inmss", 77_000.0).money.unit_cost
    assert cost[INMSS] == 77_000
    np.testing.assert_array_equal(np.delete(cost, INMSS), np.delete(AUTHORITY.council.money.unit_cost, INMSS))


def test_a_price_rise_compounds_from_the_price_base() -> None:
    """Five years from 2024/25 to 2029/30 at 10% are 1.1 to the fifth, 1.61051."""
    assert council("inflation.inmss", 0.10).money.inflation[-1, INMSS] == pytest.approx(1.61051)


def test_general_inflation_moves_services_and_the_cost_of_running_the_programme() -> None:
    money, before = council("general_inflation", 0.04).money, AUTHORITY.council.money
    assert money.general_level[-1] == pytest.approx(1.04**5)
    services = sum(value * 1.04**8 for value, _ in AUTHORITY.council.facts.services)  # from 2021/22 to 2029/30
    assert money.services[-1] == pytest.approx(services)
    np.testing.assert_array_equal(money.inflation, before.inflation)


@pytest.mark.parametrize(
    ("name", "value", "part"),
    [
        ("income.2028/29", 1.0, lambda found: found.money.income[-2]),
        ("empty_place", 5_000.0, lambda found: found.money.empty_place),
        ("stability_grant", 0.5, lambda found: found.money.stability_grant),
        ("capacity.state_special.2027", 2_500.0, lambda found: found.capacity[3, setting_index("state_special")]),
        ("in_train.2029/30", 1.0, lambda found: found.in_train["central"][-1]),
        ("calibration.price_index.2029/30", 1.5, lambda found: found.calibration.price_index[-1]),
        ("calibration.new_plans_index.2026", 2.0, lambda found: found.calibration.demand[1]),
        ("calibration_spread.demand", 0.5, lambda found: found.calibration.demand_weight**-0.5),
        ("awaiting_are_placed", 0.6, lambda found: found.assumptions["awaiting_are_placed"].value),
    ],
)
def test_a_figure_arrives_where_the_engine_reads_it(name: str, value: float, part: Callable[[Council], float]) -> None:
    assert part(council(name, value)) == pytest.approx(value)
    assert part(AUTHORITY.council) != pytest.approx(value)


def test_the_share_placed_refits_the_moves_and_nothing_else_is_fitted_to_an_assumption() -> None:
    """If another assumption came to shape a flow, a council that is not fitted anew would differ from one that is."""
    moved, _ = varied(AUTHORITY, EVIDENCE, "awaiting_are_placed", 0.5)
    assert np.abs(moved.flows.moves - AUTHORITY.flows.moves).max() > 0.01
    highest = {name: figure.high for name, figure in AUTHORITY.council.assumptions.items()}
    everything, _ = varied_together(AUTHORITY, EVIDENCE, {**highest, "awaiting_are_placed": 0.8})
    for field in fields(AUTHORITY.flows):
        anew, held = (getattr(each, field.name) for each in (prepare(everything.council).flows, AUTHORITY.flows))
        np.testing.assert_allclose(anew, held, atol=1e-12)


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_every_figure_can_be_moved_to_its_low_and_to_its_high(name: str) -> None:
    for value in (FIGURES[name].low, FIGURES[name].high):
        authority, scenario = varied(AUTHORITY, EVIDENCE, name, value)
        assert figures_of(authority, scenario)[name].value == value


@pytest.mark.parametrize(
    ("name", "file", "old", "new", "value"),
    [
        ("unit_cost.inmss", "unit_costs.csv", "inmss,70000,", "inmss,75000,", 75_000.0),
        ("inflation.inmss", "unit_costs.csv", "76000,0.043,", "76000,0.05,", 0.05),
        ("awaiting_are_placed", "assumptions.yaml", "placed: {value: 0.80", "placed: {value: 0.60", 0.6),
        ("empty_place", "assumptions.yaml", "empty_place: {value: 10000", "empty_place: {value: 7000", 7_000.0),
        ("priorities.commissioning.evidence", "priorities.yaml", "{value: 0.5, low: 0.2, high: 1.0, unit: \"share of full "
         "effect\", pedigree: assumed, source: judgement, grade: judgement, note: \"A council", "{value: 0.7, low: 0.2, high: "
         "1.0, unit: \"share of full effect\", pedigree: assumed, source: judgement, grade: judgement, note: \"A council", 0.7),
        ("priorities.graduated_offer.actions.0.share", "priorities.yaml", "share: {value: 0.20, low: 0.10, high: 0.20,",
         "share: {value: 0.12, low: 0.10, high: 0.12,", 0.12),
    ],
)  # fmt: skip
def test_a_figure_changed_in_memory_is_that_figure_changed_in_its_file(
    params: Path, name: str, file: str, old: str, new: str, value: float
) -> None:
    edit(params / "leicestershire" / file, old, new)
    on_file = found(open_authority(params=params), open_scenario("evidence", params=params))
    in_memory = found(*varied(AUTHORITY, EVIDENCE, name, value))
    assert in_memory == pytest.approx(on_file, abs=0.01)
    assert in_memory != pytest.approx(found(AUTHORITY, EVIDENCE), abs=1.0)


def test_nothing_given_is_changed() -> None:
    before = found(AUTHORITY, EVIDENCE)
    varied(AUTHORITY, EVIDENCE, "unit_cost.inmss", 1.0)
    varied(AUTHORITY, EVIDENCE, "priorities.eotas.evidence", 0.9)
    assert found(AUTHORITY, EVIDENCE) == before


def test_an_intensity_at_the_evidence_follows_it_and_one_that_a_plan_has_chosen_does_not() -> None:
    stretched = open_scenario("stretched")
    _, follows = varied(AUTHORITY, EVIDENCE, "priorities.commissioning.evidence", 0.7)
    _, chosen = varied(AUTHORITY, stretched, "priorities.commissioning.evidence", 0.7)
    assert (follows.levers[-1].name, follows.levers[-1].intensity) == ("commissioning", 0.7)
    assert chosen.levers[-1].intensity == stretched.levers[-1].intensity != 0.7
    assert why_no_effect(stretched, "priorities.commissioning.evidence") == "the scenario has chosen its own intensity"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("unit_cost.inms", "the nearest are unit_cost.inmss"),
        ("priorities.comissioning.evidence", "priorities.commissioning.evidence"),
        ("priorities.commissioning", "priorities.commissioning."),
        ("magic", "docs/assumptions.md lists them all"),
    ],
)
def test_a_name_that_is_not_known_is_refused_with_the_nearest(name: str, says: str) -> None:
    with pytest.raises(Refusal, match=re.escape(f"{name}: there is no such assumption")) as refused:
        varied(AUTHORITY, EVIDENCE, name, 1.0)
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("unit_cost.inmss", -1.0, "nought or more"),
        ("unit_cost.inmss", float("nan"), "finite"),
        ("awaiting_are_placed", 1.2, "at most 1"),
        ("priorities.commissioning.evidence", 1.2, "at most 1"),
        ("priorities.commissioning.actions.0.share", 1.2, "a share between 0 and 1"),
        ("priorities.commissioning.running_cost", -5.0, "nought or more"),
    ],
)
def test_a_value_that_a_figure_cannot_have_is_refused(name: str, value: float, says: str) -> None:
    with pytest.raises(Refusal, match=says):
        varied(AUTHORITY, EVIDENCE, name, value)


# ---- One at a time


def test_every_figure_is_in_one_swing_and_a_series_by_year_is_one_assumption(alone: tuple[Swing, ...]) -> None:
    assert sorted(name for swing in alone for name in swing.figures) == sorted(FIGURES)
    in_train = next(swing for swing in alone if swing.name == "in_train")
    assert in_train.figures == tuple(f"in_train.{year}" for year in AUTHORITY.years)


def test_each_end_is_what_a_run_with_those_figures_finds(alone: tuple[Swing, ...]) -> None:
    for swing in alone[:12]:
        for end, saving in (("low", swing.at_low), ("high", swing.at_high)):
            ran = run(*varied_together(AUTHORITY, EVIDENCE, ends_of(swing.figures, end)))
            assert ran.found[-1] == pytest.approx(saving, abs=0.01)


def test_a_running_cost_swings_by_its_range_times_the_intensity_and_inflation(alone: tuple[Swing, ...]) -> None:
    """Three years of 3% from 2026/27 to 2029/30: half of £300,000 more is £163,909 less saved."""
    name = "priorities.commissioning.running_cost"
    swing, figure = next(each for each in alone if each.name == name), FIGURES[name]
    share = next(lever.intensity for lever in EVIDENCE.levers if lever.name == "commissioning")
    assert swing.high == pytest.approx(-(figure.high - figure.value) * share * 1.03**3, abs=1.0)


def test_nothing_is_silently_nought(alone: tuple[Swing, ...]) -> None:
    """An assumption either moves the saving by £1 or says why it does not."""
    for swing in alone:
        assert (swing.size < 1.0) is bool(swing.no_effect), swing.name


def test_what_is_said_to_have_no_effect_has_none(alone: tuple[Swing, ...]) -> None:
    for swing in alone:
        if swing.no_effect:
            for end in ("low", "high"):
                moved = found(*varied_together(AUTHORITY, EVIDENCE, ends_of(swing.figures, end)))
                assert moved == pytest.approx(swing.central, abs=1.0), swing.name


def test_calibration_is_held(alone: tuple[Swing, ...]) -> None:
    """A dearer placement is not made good by fewer new plans: the gap widens."""
    moved, _ = varied(AUTHORITY, EVIDENCE, "unit_cost.inmss", 80_000.0)
    np.testing.assert_array_equal(price_index(moved), price_index(AUTHORITY))
    dearer = next(swing for swing in alone if swing.name == "unit_cost.inmss")
    assert gap_moved(AUTHORITY, EVIDENCE, dearer, high=True) > 1e6
    assert gap_moved(AUTHORITY, EVIDENCE, dearer, high=False) < -1e6


# ---- What would change the answer


def swing(at_low: float, at_high: float, central: float = 43e6, name: str = "in_train") -> Swing:
    return Swing(name, (f"{name}.2029/30",), central, at_low, at_high)


@pytest.mark.parametrize(
    ("given", "target", "flips"),
    [
        (swing(30e6, 50e6), 48e6, True),
        (swing(50e6, 30e6), 48e6, True),
        (swing(30e6, 47e6), 48e6, False),
        (swing(30e6, 48e6 - 0.4), 48e6, True),  # to the pound
        (swing(40e6, 60e6, central=50e6), 48e6, True),
        (swing(49e6, 60e6, central=50e6), 48e6, False),
    ],
)
def test_an_assumption_flips_the_answer_if_either_end_stands_on_the_other_side(
    given: Swing, target: float, flips: bool
) -> None:
    assert given.flips(target) is flips
    assert that_change_the_answer([given], target) == ((given,) if flips else ())


def test_those_that_flip_the_evidence_are_those_whose_run_does(alone: tuple[Swing, ...]) -> None:
    for target in (float(amounts[-1]) for amounts in AUTHORITY.council.targets.values()):
        met = round(run(AUTHORITY, EVIDENCE).found[-1] - target) >= 0
        flipping = {each.name for each in that_change_the_answer(alone, target)}
        for each in alone[:12]:
            runs = [run(*varied_together(AUTHORITY, EVIDENCE, ends_of(each.figures, end))) for end in ("low", "high")]
            changes = any((round(ran.found[-1] - target) >= 0) is not met for ran in runs)
            assert (each.name in flipping) is changes, each.name


# ---- As tables


def test_the_table_holds_the_ten_largest_in_order_each_linked_to_its_assumption(alone: tuple[Swing, ...]) -> None:
    table = swings(PLAIN, alone)
    assert len(table.rows) == 10
    for row, each in zip(table.rows, alone, strict=False):
        figure = FIGURES[each.figures[-1]]
        assert row.head == figure_name(each.name, EVIDENCE.levers)
        assert row.source == f"figure:{each.figures[-1]}"
        assert row.values[:5] == (figure.low, figure.value, figure.high, each.at_low, each.at_high)
        flipped = [name for name, amount in AUTHORITY.aims.items() if each.flips(amount)]
        assert row.values[6] == (" and ".join(flipped) or "neither")
    assert [row.values for row in swing_sizes(PLAIN, alone).rows] == [(each.low, each.high) for each in alone[:10]]
    away = {"Base target": 48e6 - alone[0].central, "Stretched target": 66_146_000 - alone[0].central}
    assert distances(PLAIN, alone) == pytest.approx(away)


def test_each_target_has_what_changes_it_or_how_near_anything_comes(alone: tuple[Swing, ...]) -> None:
    for aim in what_would_change_the_answer(PLAIN, alone):
        flipping = that_change_the_answer(alone, aim.amount)
        assert [each.assumption for each in aim.flips] == [figure_name(each.name, EVIDENCE.levers) for each in flipping]
        assert aim.met == (alone[0].central >= aim.amount)
        if not flipping:
            reached = [saving for each in alone for saving in (each.at_low, each.at_high)]
            assert aim.nearest[1] == (min(reached) if aim.met else max(reached))


def test_a_flip_is_the_end_that_stands_on_the_other_side(alone: tuple[Swing, ...]) -> None:
    base, stretched = what_would_change_the_answer(
        PLAIN, [swing(30e6, 50e6), swing(40e6, 44e6, name="unit_cost.inmss")]
    )
    figure = FIGURES["in_train.2029/30"]
    (flip,) = base.flips
    assert (flip.end, flip.value, flip.central, flip.saving) == ("high", figure.high, figure.value, 50e6)
    assert base.nearest == ("what is in train", 50e6)
    assert (stretched.flips, stretched.nearest) == ((), ("what is in train", 50e6))


def test_a_figure_that_saves_more_only_because_more_is_spent_says_so(alone: tuple[Swing, ...]) -> None:
    """With more new plans there is more to save, and a wider gap to save it from."""
    more = next(each for each in alone if each.name == "calibration.new_plans_index")
    given = replace(more, central=47.9e6, at_low=47e6, at_high=48.5e6)
    (flip,) = what_would_change_the_answer(PLAIN, [given])[0].flips
    assert flip.gap_wider > 1e6


@pytest.mark.parametrize("name", ASSUMPTIONS)
def test_an_assumption_in_short_has_nine_words_or_fewer(name: str) -> None:
    """A sentence in large type names one, and has twenty words in all."""
    assert len(in_short(name, EVIDENCE.levers).split()) <= 9


def test_every_assumption_has_a_name_of_its_own() -> None:
    names = [figure_name(name, EVIDENCE.levers) for name in FIGURES]
    assert len(set(names)) == len(names)
    assert [name for name in names if "_" in name] == []
