"""The table under paragraph 18 of the report adds up, and the model ties to it. Figures are £000, as printed."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import best

from best_model.door import open_authority, open_result
from best_model.model.authority import Authority
from best_model.model.engine import in_year_gap, simulate
from best_model.model.phasing import FloatArray
from best_model.model.settings import setting_index
from best_model.questions.checks import published_table_ties

YEARS = ("2026/27", "2027/28", "2028/29", "2029/30")
GAP_BEFORE = [87_880, 111_799, 141_251, 174_182]
MITIGATIONS = [15_363, 33_403, 49_634, 66_146]
GAP_AFTER = [72_517, 78_396, 91_617, 108_036]
BROUGHT_FORWARD = [7_062, 10_423, 11_365, 6_683, 5_650, 23_215, 47_482]
CUMULATIVE = [184_397, 262_793, 354_410, 462_446]
THOUSAND = 1_000


def test_the_shipped_forecast_is_the_table_as_printed(authority: Authority) -> None:
    forecast = authority.council.forecast
    assert forecast.years == YEARS
    assert (forecast.gap_before / THOUSAND).tolist() == GAP_BEFORE
    assert (-forecast.mitigations / THOUSAND).tolist() == MITIGATIONS
    assert (forecast.gap_after / THOUSAND).tolist() == GAP_AFTER
    assert (forecast.cumulative / THOUSAND).tolist() == CUMULATIVE
    assert [amount / THOUSAND for amount in forecast.brought_forward.values()] == BROUGHT_FORWARD


def test_the_seven_deficits_brought_forward_sum_to_111_880(authority: Authority) -> None:
    brought = authority.council.forecast.brought_forward
    assert len(brought) == 7
    assert sum(brought.values()) == 111_880 * THOUSAND
    assert authority.council.money.brought_forward == 111_880 * THOUSAND


@pytest.mark.parametrize("row", ["gap_before", "mitigations", "gap_after", "cumulative"])
def test_a_thousand_pounds_out_in_any_row_is_seen_by_the_identity_that_stops_a_run(
    authority: Authority, row: str
) -> None:
    result = open_result("do_nothing", authority)
    forecast = authority.council.forecast
    wrong = replace(forecast, **{row: getattr(forecast, row) + np.array([0, 0, THOUSAND, 0])})
    council = replace(authority.council, forecast=wrong)
    outcome = published_table_ties(replace(result, authority=replace(authority, council=council)))
    assert published_table_ties(result).holds
    assert not outcome.holds
    assert "£1,000" in outcome.detail


def test_of_the_base_target_only_48m_in_2029_30_is_published(authority: Authority) -> None:
    base = authority.council.targets["base"]
    assert np.isnan(base[:3]).all()
    assert base[3] == 48_000 * THOUSAND


def test_the_stretched_target_is_the_published_path(authority: Authority) -> None:
    assert (authority.council.targets["stretched"] / THOUSAND).tolist() == MITIGATIONS


def test_doing_nothing_gives_each_published_gap_to_a_thousand_pounds(authority: Authority) -> None:
    result = open_result("do_nothing", authority)
    np.testing.assert_allclose(result.gap_before, np.multiply(GAP_BEFORE, THOUSAND), rtol=0, atol=THOUSAND)
    assert not result.saving.any()


def test_the_stretched_plan_leaves_the_published_gaps_and_deficits_to_a_thousand_pounds(authority: Authority) -> None:
    result = open_result("stretched", authority)
    np.testing.assert_allclose(result.gap_after, np.multiply(GAP_AFTER, THOUSAND), rtol=0, atol=THOUSAND)
    np.testing.assert_allclose(
        result.deficit["as_published"], np.multiply(CUMULATIVE, THOUSAND), rtol=0, atol=4 * THOUSAND
    )


def test_a_stability_grant_pays_ninety_per_cent_of_111_880_and_new_deficits_leave_from_2028_29(
    authority: Authority,
) -> None:
    """11,188 + 72,517 + 78,396 = 162,101, where it stays once new deficits leave; with them 361,754 by 2029/30."""
    deficit = open_result("stretched", authority).deficit
    within = {"rtol": 0, "atol": 4 * THOUSAND}
    np.testing.assert_allclose(deficit["stability_grant"][-1], 361_754 * THOUSAND, **within)
    np.testing.assert_allclose(deficit["grant_and_new_deficits_leave"][1:], [162_101 * THOUSAND] * 3, **within)


def test_one_command_rebuilds_the_calibration_from_the_prior_alone(params: Path) -> None:
    (params / "leicestershire" / "calibration.yaml").unlink()
    done = best("calibrate", "--params", params)
    assert done.exit_code == 0, done.output
    assert (params / "leicestershire" / "calibration.yaml").is_file()
    rebuilt = open_authority(params=params).council.calibration
    shipped = open_authority().council.calibration
    np.testing.assert_allclose(rebuilt.demand, shipped.demand, rtol=0, atol=1e-6)
    np.testing.assert_allclose(rebuilt.price_index, shipped.price_index, rtol=0, atol=1e-6)


def test_calibration_moves_no_further_than_it_must(authority: Authority) -> None:
    """Any other indices that meet all four gaps lie further from the prior, counted in prior standard deviations.

    Where the weighted change of the logarithms is least, it is a sum of the four gaps' own slopes, and nothing is left.
    """
    calibration = authority.council.calibration
    weights = np.repeat([calibration.demand_weight, calibration.price_weight], [5, 4])
    change = np.log(np.concatenate([calibration.demand / calibration.demand_prior, calibration.price_index]))
    slopes = np.stack([slope_of_gaps(authority, change, index) for index in range(len(change))])
    multipliers = np.linalg.lstsq(slopes, weights * change)[0]
    left = weights * change - slopes @ multipliers
    assert np.abs(left).max() < 1e-3 * np.abs(weights * change).max()


def slope_of_gaps(authority: Authority, change: FloatArray, index: int) -> FloatArray:
    """Slope of each year's gap, £m, in the logarithm of one index."""
    step = np.where(np.arange(len(change)) == index, 1e-5, 0.0)
    return (gaps(authority, change + step) - gaps(authority, change - step)) / 2e-5 / 1e6


def gaps(authority: Authority, change: FloatArray) -> FloatArray:
    """Gap of each year, £, when the logarithms of the indices have moved by `change` from the prior."""
    prior = authority.council.calibration
    moved = replace(prior, demand=prior.demand_prior * np.exp(change[:5]), price_index=np.exp(change[5:]))
    altered = replace(authority, council=replace(authority.council, calibration=moved))
    return in_year_gap(altered, simulate(altered, (), np.zeros((1, 0))))[0]


def test_moving_every_independent_placement_to_a_state_special_school_saves_19_4m_at_shipped_unit_costs(
    authority: Authority,
) -> None:
    """441 × (£70,000 − £26,000) = £19.404m a year: under a third of £66.146m, so most of that is growth avoided."""
    cost = authority.council.money.unit_cost
    placements = authority.plans[..., setting_index("inmss")].sum()
    saving = placements * (cost[setting_index("inmss")] - cost[setting_index("state_special")])
    assert placements == pytest.approx(441, abs=1e-6)
    assert saving == pytest.approx(19_404_000, abs=1)
    assert 17e6 < saving < 20e6
    assert saving < MITIGATIONS[-1] * THOUSAND / 3


def test_725_of_the_824_not_in_education_are_16_to_25(authority: Authority) -> None:
    """Aged 16 to 24: 68 + 80 + 132 + 134 + 74 + 71 + 67 + 59 + 40 = 725."""
    by_age = authority.council.published.stock[:, setting_index("not_in_education")]
    assert by_age.sum() == 824
    assert by_age[16:].sum() == 725
