"""The gap and the deficit: as the council publishes them, scenario by scenario, and who pays in each case."""

import math

import numpy as np
import pytest

from best_model.door import at_evidence, open_result, open_stresses
from best_model.model.authority import Authority
from best_model.model.engine import Result, reaches, run
from best_model.questions.deficits import accumulated, deficits, gap_growth
from best_model.questions.published import kind_of_gap
from best_model.questions.stressed import stressed

K = 1e3


@pytest.fixture(scope="module")
def evidence(authority: Authority) -> Result:
    return at_evidence("central", authority)


def test_the_gap_is_published_only_while_its_income_is_the_councils_own(authority: Authority, evidence: Result) -> None:
    """With income flat in cash the gap before any saving is the published one no longer."""
    flat = next(each for each in open_stresses(authority) if each.name == "flat_income")
    moved = run(*stressed(authority, evidence.scenario, flat))
    assert kind_of_gap(evidence)[0] == "published"
    assert kind_of_gap(moved) == ("modelled", "method")
    assert moved.gap_before[-1] > evidence.gap_before[-1] + 1e6


def test_the_parts_of_its_growth_add_to_the_growth_of_the_gap(stretched: Result) -> None:
    """From 87.9 to 174.2; the dearest setting adds most."""
    growth = gap_growth(stretched)
    amounts = [row.values[0] for row in growth.rows]
    assert math.fsum(amounts) == pytest.approx(stretched.gap_before[-1] - stretched.gap_before[0], abs=50 * K)  # type: ignore[arg-type]
    assert growth.rows[0].head.startswith("Independent or non-maintained")


def test_the_deficit_goes_back_to_its_first_year_and_on_to_the_published_last(stretched: Result) -> None:
    """7.062 in 2019/20; 111.880 when the programme begins; 462.446 at the end, as in the council's table."""
    shown = accumulated(stretched)
    assert shown["2019/20"] == (7_062 * K, 7_062 * K)
    assert shown["2025/26 (forecast)"][1] == pytest.approx(111_880 * K)
    assert shown[stretched.years[-1]][1] == pytest.approx(462_446 * K, abs=K)


def test_each_scenario_ends_with_the_deficit_of_each_case(authority: Authority, stretched: Result) -> None:
    """The grant pays nine tenths of 111.880: 100.692 less in the second case than in the first."""
    shown = deficits(open_result("do_nothing", authority), stretched)
    full, found = shown["Stretched, with what is still to be identified"], shown["Stretched, what is found"]
    assert full[2] == pytest.approx(462_446 * K, abs=K)
    assert found[0] - full[0] == pytest.approx(stretched.to_be_identified[0])
    assert found[2] - full[2] == pytest.approx(stretched.to_be_identified.sum())
    for case in (full, found, shown["Do nothing"]):
        assert case[2] - case[3] == pytest.approx(0.9 * 111_880 * K)


@pytest.mark.parametrize(
    ("found", "met"), [(48e6, True), (48e6 - 0.4, True), (48e6 - 1, False), (47e6, False), (49e6, True)]
)
def test_a_target_is_met_to_the_pound(found: float, met: bool) -> None:
    assert bool(reaches(found, 48e6)) is met
    assert reaches(np.array([found, 0.0]), 48e6).tolist() == [met, False]
