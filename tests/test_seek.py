"""Targets met by least effort, written reproducibly, and refused in children and pounds where they are out of reach."""

import re
from pathlib import Path

import numpy as np
import pytest
from conftest import best, refusal

from best_model.door import at_evidence, open_scenario
from best_model.model.authority import Authority
from best_model.model.engine import run
from best_model.model.refusal import Refusal
from best_model.model.scenario import Scenario
from best_model.questions.seek import effort, seek_mix, seek_one, seek_plan
from best_model.questions.whose import ceilings, inmss_premium, whose_saving


def intensities(scenario: Scenario) -> np.ndarray:
    return np.array([lever.intensity for lever in scenario.levers])


@pytest.mark.parametrize(("name", "amount"), [("base", 48_000_000), ("stretched", 66_146_000)])
def test_a_shipped_plan_meets_its_target_in_2029_30_to_the_pound_on_measures_alone(
    authority: Authority, name: str, amount: int
) -> None:
    result = run(authority, open_scenario(name))
    assert result.found[-1] == pytest.approx(amount, abs=1)
    assert result.saving[-1] == pytest.approx(amount, abs=1e-6)


@pytest.mark.parametrize("name", ["base", "stretched"])
def test_the_shipped_intensities_are_what_seek_finds_anew(authority: Authority, name: str) -> None:
    shipped = open_scenario(name)
    np.testing.assert_allclose(intensities(seek_plan(authority, shipped)), intensities(shipped), rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", ["base", "stretched"])
def test_no_intensity_leaves_its_bounds_and_a_priority_that_cannot_help_stays_at_its_evidence(name: str) -> None:
    scenario = open_scenario(name)
    assert intensities(scenario).min() >= 0
    assert intensities(scenario).max() <= 1
    early = next(lever for lever in scenario.levers if lever.name == "early_years")
    assert early.intensity == pytest.approx(early.evidence.value, abs=1e-6)


def test_any_other_mix_that_meets_the_target_asks_for_more_effort(authority: Authority) -> None:
    """Trade a hundredth of one priority for as much saving from another: effort can only rise."""
    plan = seek_plan(authority, open_scenario("base"))
    least = effort(plan.levers, intensities(plan))
    for giving, taking in [
        ("commissioning", "specialist_places"),
        ("graduated_offer", "commissioning"),
        ("eotas", "ceasing"),
    ]:
        level = next(lever.intensity for lever in plan.levers if lever.name == giving)
        less = plan.with_intensity(**{giving: level - 0.01})
        other = seek_one(authority, less, taking, 48e6, "2029/30")
        assert run(authority, other).found[-1] == pytest.approx(48e6, abs=1)
        assert effort(other.levers, intensities(other)) > least


def test_one_priority_alone_is_found_to_the_pound(authority: Authority) -> None:
    found = seek_one(authority, open_scenario("evidence"), "commissioning", 48e6, "2029/30")
    assert run(authority, found).found[-1] == pytest.approx(48e6, abs=1)
    others = [lever.intensity == lever.evidence.value for lever in found.levers if lever.name != "commissioning"]
    assert all(others)


def test_a_mix_of_two_leaves_the_other_four_where_they_were(authority: Authority) -> None:
    start = open_scenario("evidence")
    found = seek_mix(authority, start, ["commissioning", "specialist_places"], 48e6, "2029/30")
    moved = [a.name for a, b in zip(found.levers, start.levers, strict=True) if abs(a.intensity - b.intensity) > 1e-9]
    assert moved == ["specialist_places", "commissioning"]
    assert run(authority, found).found[-1] == pytest.approx(48e6, abs=1)


def test_a_target_out_of_reach_is_refused_with_what_is_missing_in_pounds_and_children(authority: Authority) -> None:
    """EOTAS in full gives about £44m with the rest at their evidence: the message says by how much it falls short."""
    evidence = open_scenario("evidence")
    most = run(authority, evidence.with_intensity(eotas=1.0)).found[-1]
    short = 66e6 - most
    with pytest.raises(Refusal) as refused:
        seek_one(authority, evidence, "eotas", 66e6, "2029/30")
    assert f"short by £{short:,.0f}" in str(refused.value)
    assert f"about {short / inmss_premium(authority)[-1]:,.0f} children" in str(refused.value)


def test_one_child_in_inmss_costs_what_the_two_unit_costs_differ_by(authority: Authority) -> None:
    """(£70,000 × 1.043^5 - £26,000 × 1.045^5) × the price index of 2029/30."""
    index = authority.council.calibration.price_index[-1]
    assert inmss_premium(authority)[-1] == pytest.approx((70_000 * 1.043**5 - 26_000 * 1.045**5) * index, rel=1e-12)


def to_a_millionth(text: str) -> str:
    """The last digits of a solved intensity are those of a machine's own arithmetic."""
    return re.sub(r"\d+\.\d+", lambda number: f"{float(number[0]):.6f}", text)


def test_seek_writes_the_same_files_twice_and_only_what_differs(params: Path) -> None:
    shipped = {name: (params / "scenarios" / name).read_text() for name in ("base.yaml", "stretched.yaml")}
    assert best("seek", "--params", str(params)).exit_code == 0
    for name, text in shipped.items():
        assert to_a_millionth((params / "scenarios" / name).read_text()) == to_a_millionth(text)
    assert "early_years" not in shipped["base.yaml"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--lever", "eotas", "--target", "66e6"], "out of reach"),
        (["--lever", "hope", "--target", "48e6"], "there are graduated_offer"),
        (["--lever", "eotas", "--target", "48e6", "--year", "2035/36"], "not a year of the forecast"),
        (["--target", "48e6"], "give --mix"),
    ],
)
def test_wrong_words_are_refused_in_one_line_with_code_2(words: list[str], said: str) -> None:
    assert said in refusal(best("seek", *words))


@pytest.mark.parametrize("name", ["evidence", "base", "stretched"])
def test_fair_shares_sum_to_the_programme_and_alone_and_last_in_are_runs_of_their_own(
    authority: Authority, name: str
) -> None:
    scenario = open_scenario(name)
    shares, result = whose_saving(authority, scenario), run(authority, scenario)
    np.testing.assert_allclose(sum(share.net for share in shares.values()), result.identified, rtol=0, atol=0.01)
    everyone = {lever.name: lever.intensity for lever in scenario.levers}
    for priority in ("commissioning", "specialist_places"):
        alone = scenario.with_intensity(**{lever: 0.0 for lever in everyone if lever != priority})
        without = scenario.with_intensity(**{priority: 0.0})
        np.testing.assert_allclose(shares[priority].alone, run(authority, alone).identified, rtol=0, atol=0.01)
        last = result.identified - run(authority, without).identified
        np.testing.assert_allclose(shares[priority].last_in, last, rtol=0, atol=0.01)


def test_what_every_later_year_keeps_never_falls_and_the_rest_is_one_off(authority: Authority) -> None:
    for share in whose_saving(authority, open_scenario("stretched")).values():
        assert (np.diff(share.recurring) >= 0).all()
        assert (share.one_off >= 0).all()
        assert share.one_off[-1] == 0


def test_no_priority_claims_more_than_its_ceiling_even_with_everything_at_its_high(authority: Authority) -> None:
    high = at_evidence("high", authority)
    bounds, shares = ceilings(authority, high.scenario), whose_saving(authority, high.scenario)
    assert all(share.alone[-1] < bounds[name][-1] for name, share in shares.items())


def test_ceasing_every_plan_out_of_education_would_not_find_a_tenth_of_the_base_target(authority: Authority) -> None:
    """Cost follows the placement: those plans cost about £1,000 each, and few of the young people come back to a placement."""
    ceiling = ceilings(authority, open_scenario("evidence"))["ceasing"][-1]
    assert 0 < ceiling < 4_800_000
