"""A set of draws: each is the model run with those figures, and the set is the same however it is worked."""

import itertools
from dataclasses import fields, replace

import numpy as np
import pytest

from best_model.door import open_authority, open_ensemble, open_scenario
from best_model.draws.ensemble import Ensemble, block, delivered, edges_of, ensemble, made_ready, outcomes_at
from best_model.draws.sensitivity import varied_together
from best_model.model.engine import run
from best_model.model.refusal import Refusal
from best_model.model.uncertainty import Together, Uncertainty

AUTHORITY = open_authority()
EVIDENCE = open_ensemble("evidence", AUTHORITY, seed=7)
STRETCHED = open_ensemble("stretched", AUTHORITY, seed=7)
EVIDENCE_FIGURES = ".evidence"


def by_hand(ready: Ensemble, chances: np.ndarray, level: int) -> list[tuple[np.ndarray, ...]]:
    """Saving, gap, deficits, plans with and without the programme, of each draw: its figures put into the model one by one."""
    figures = ready.draws.figures(chances)
    figures["awaiting_are_placed"] = np.full(len(chances), _share_placed(ready, level))
    found = []
    for draw in range(len(chances)):
        values = {name: float(each[draw]) for name, each in figures.items()}
        evidence = {name: value for name, value in values.items() if name.endswith(EVIDENCE_FIGURES)}
        intensities = {
            lever.name: min(1.0, lever.intensity * evidence[f"priorities.{lever.name}.evidence"] / lever.evidence.value)
            for lever in ready.scenario.levers
        }
        authority, scenario = varied_together(
            ready.authority, ready.scenario, {name: value for name, value in values.items() if name not in evidence}
        )
        result = run(authority, scenario.with_intensity(**intensities).model_copy(update={"tie_to_target": False}))
        in_train = np.array([values[f"in_train.{year}"] for year in ready.authority.years])
        assert np.allclose(in_train, result.in_train)
        plans = result.simulation.by_setting
        found.append((result.found, result.gap_before, np.stack([*result.deficit.values()]), plans[1], plans[0]))
    return found


def _share_placed(ready: Ensemble, level: int) -> float:
    """The share of those awaiting a place that the fit of a level rests on."""
    uncertain = next(each for each in ready.draws.uncertain if each.name == "awaiting_are_placed")
    return float(uncertain.drawn(np.array([(level + 0.5) / 5]))["awaiting_are_placed"][0])


@pytest.mark.parametrize("ready", [EVIDENCE, STRETCHED], ids=["evidence", "stretched"])
def test_a_draw_is_the_model_run_with_its_figures(ready: Ensemble) -> None:
    """To a penny and a millionth of a child; the calibrated index of new plans is drawn and moves with its prior."""
    chances, level = ready.draws.correlated(ready.draws.points(0, 4)), 3
    outcomes = outcomes_at(ready, ready.fits[level], chances)
    for draw, (saving, gap, deficit, plans, before) in enumerate(by_hand(ready, chances, level)):
        np.testing.assert_allclose(outcomes.saving[draw], saving, rtol=0, atol=0.01)
        np.testing.assert_allclose(outcomes.gap_before[draw], gap, rtol=0, atol=0.01)
        np.testing.assert_allclose(outcomes.deficit[draw], deficit, rtol=0, atol=0.01)
        np.testing.assert_allclose(outcomes.plans[draw], plans, rtol=0, atol=1e-6)
        np.testing.assert_allclose(outcomes.plans_before[draw], before, rtol=0, atol=1e-6)
    assert np.ptp(outcomes.saving[:, -1]) > 1e6


def test_an_ensemble_is_the_same_to_the_last_bit_with_one_worker_and_with_two() -> None:
    one, two = ensemble(EVIDENCE, 700), ensemble(EVIDENCE, 700, workers=2)
    for field in fields(one):
        np.testing.assert_array_equal(getattr(one, field.name), getattr(two, field.name))
    assert len(one.saving) == 700


def test_a_block_is_the_same_made_alone() -> None:
    whole, edges = ensemble(EVIDENCE, 320), edges_of(320, 5)
    alone = block(EVIDENCE, edges[2], edges[3], 2)
    np.testing.assert_array_equal(alone.saving, whole.saving[edges[2] : edges[3]])


@pytest.mark.parametrize("draws", [5, 16, 64, 1_000, 8_000, 10_000, 100_000])
def test_levels_of_the_fit_are_equally_likely_whatever_the_number_of_draws(draws: int) -> None:
    edges = edges_of(draws, 5)
    by_level = np.diff(edges).reshape(-1, 5).sum(axis=0)
    assert by_level.sum() == draws
    assert np.ptp(by_level) <= len(edges) / 5
    assert np.diff(edges).max() <= 1024


def test_every_level_of_the_fit_takes_its_turn() -> None:
    """The share of those awaiting who are placed moves children as the fit does: the more are placed, the fewer still await a place."""
    before = [
        block(EVIDENCE, first, last, place).plans_before[:, 1, -1].mean()
        for place, (first, last) in enumerate(itertools.pairwise(edges_of(160, 5)))
    ]
    assert before == sorted(before, reverse=True)


def test_what_the_fit_rests_on_is_refused_in_a_correlation() -> None:
    said = Uncertainty(
        correlations=(Together(among=("awaiting_are_placed", "income"), correlation=0.5, source="judgement"),)
    )
    with pytest.raises(Refusal, match="awaiting_are_placed is in a correlation"):
        made_ready(AUTHORITY, open_scenario("evidence"), said, 1)


def test_what_is_delivered_is_in_proportion_to_the_evidence_and_never_more_than_the_most() -> None:
    """Evidence drawn at half its central halves any plan; drawn at double it, a plan of 0.3 is 0.6 and one of 0.9 is 1."""
    lever = open_scenario("evidence").levers[0]
    central = lever.evidence.value
    figures = {f"{lever.name}.evidence": np.array([0.5, 1.0, 2.0]) * central}
    for plan, expected in ((0.3, [0.15, 0.3, 0.6]), (0.9, [0.45, 0.9, 1.0])):
        planned = lever.model_copy(update={"intensity": plan})
        assert delivered((planned,), figures, 3)[:, 0].tolist() == pytest.approx(expected)


def test_a_scenario_that_takes_low_income_has_it_in_every_draw() -> None:
    flat = open_scenario("evidence").model_copy(update={"income": "low"})
    chances = EVIDENCE.draws.points(0, 8)
    drawn, held = (
        outcomes_at(each, EVIDENCE.fits[0], chances) for each in (EVIDENCE, replace(EVIDENCE, scenario=flat))
    )
    figures, low = EVIDENCE.draws.figures(chances), AUTHORITY.council.assumptions
    for place, year in enumerate(AUTHORITY.years):
        difference = figures[f"income.{year}"] - low[f"income.{year}"].low
        np.testing.assert_allclose(
            held.gap_before[:, place] - drawn.gap_before[:, place], difference, rtol=0, atol=0.01
        )
    np.testing.assert_allclose(held.saving, drawn.saving, rtol=0, atol=0.01)
