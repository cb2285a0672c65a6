"""Draws of assumptions: their shapes, which move together, and what is said when they cannot be as asked."""

import numpy as np
import pytest
from scipy import stats

from best_model.door import PARAMS, open_authority, open_scenario
from best_model.draws.distributions import curve_of, draws_of, quantile, why_not_drawn
from best_model.draws.sensitivity import figures_of
from best_model.inputs.uncertainty_yaml import read_uncertainty
from best_model.model.refusal import Refusal
from best_model.model.uncertainty import Together, Uncertainty, Varies

AUTHORITY, SCENARIO = open_authority(), open_scenario("evidence")
SAID = read_uncertainty(PARAMS, "leicestershire", AUTHORITY.council.sources)
DRAWS = draws_of(AUTHORITY, SCENARIO, SAID, seed=7)
CHANCES = np.linspace(0.001, 0.999, 999)


def together(*among: str, correlation: float = 0.5) -> Uncertainty:
    """Nothing but one correlation."""
    return Uncertainty(correlations=(Together(among=among, correlation=correlation, source="judgement"),))


# ---- What is drawn


def test_every_figure_with_a_range_is_drawn_or_it_is_said_why_not() -> None:
    drawn = {figure for each in DRAWS.uncertain for figure in each.figures}
    for name, figure in figures_of(AUTHORITY, SCENARIO).items():
        if figure.low < figure.high:
            assert (name in drawn) != bool(why_not_drawn(name)), name
        else:
            assert name not in drawn


def test_a_series_by_year_is_one_assumption_whose_years_move_together() -> None:
    income = next(each for each in DRAWS.uncertain if each.name == "income")
    assert income.figures == tuple(f"income.{year}" for year in ("2025/26", "2026/27", "2027/28", "2028/29", "2029/30"))
    low, high = (income.drawn(np.array([chance])) for chance in (0.1, 0.9))
    assert all(low[figure] < high[figure] for figure in income.figures)


def test_no_draw_of_a_bounded_shape_is_below_its_low_or_above_its_high() -> None:
    figures = DRAWS.figures(DRAWS.points(0, 1024))
    for each in DRAWS.uncertain:
        if each.shape in ("pert", "triangular"):
            for figure, low, high in zip(each.figures, each.low, each.high, strict=True):
                assert low <= figures[figure].min() <= figures[figure].max() <= high


def test_no_price_is_drawn_below_nought_and_no_share_above_one() -> None:
    figures = DRAWS.figures(DRAWS.points(0, 4096))
    known = figures_of(AUTHORITY, SCENARIO)
    for name, values in figures.items():
        if name.startswith("unit_cost"):
            assert values.min() >= 0
        if known[name].unit.startswith("share"):
            assert 0 <= values.min() <= values.max() <= 1


# ---- Shapes


def test_a_triangle_is_that_of_the_textbook() -> None:
    expected = stats.triang(c=0.25, loc=10, scale=4).ppf(CHANCES)  # 10, most likely 11, 14
    np.testing.assert_allclose(quantile("triangular", CHANCES, 10, 11, 14), expected, rtol=1e-12)


def test_a_pert_figure_has_its_mean_at_a_sixth_of_low_four_times_likely_and_high() -> None:
    """(10 + 4 × 11 + 14) / 6 = 11.33."""
    evenly = (np.arange(100_000) + 0.5) / 100_000
    assert quantile("pert", evenly, 10, 11, 14).mean() == pytest.approx(68 / 6, abs=1e-4)


@pytest.mark.parametrize(("shape", "low", "value", "high"), [("normal", 0.03, 0.043, 0.065), ("lognormal", 64, 70, 76)])
def test_one_in_twenty_falls_below_low_and_one_in_twenty_above_high(
    shape: str, low: float, value: float, high: float
) -> None:
    found = quantile(shape, np.array([0.05, 0.5, 0.95]), low, value, high)
    np.testing.assert_allclose(found, [low, value, high], rtol=1e-12)


@pytest.mark.parametrize("value", [0.0, 0.3, 0.5, 1.0])
def test_the_tabled_pert_is_the_exact_one_to_a_ten_thousandth_of_its_range(value: float) -> None:
    exact, tabled = quantile("pert", CHANCES, 0.0, value, 1.0), curve_of("pert", 0.0, value, 1.0)(CHANCES)
    assert np.abs(tabled - exact).max() < 1e-4


def test_the_first_pattern_that_fits_names_the_shape_and_pert_is_that_of_the_rest() -> None:
    said = Uncertainty(
        shapes=(Varies(of="unit_cost.inmss", shape="triangular"), Varies(of="unit_cost.*", shape="normal"))
    )
    shapes = {each.name: each.shape for each in draws_of(AUTHORITY, SCENARIO, said, 1).uncertain}
    assert (shapes["unit_cost.inmss"], shapes["unit_cost.eotas"], shapes["income"]) == ("triangular", "normal", "pert")


# ---- Which move together


def test_what_moves_together_has_the_correlation_said_and_what_does_not_has_none() -> None:
    names, chances = DRAWS.names, DRAWS.correlated(DRAWS.points(0, 8192))
    scores = np.corrcoef(stats.norm.ppf(chances).T)
    place = names.index
    assert scores[place("inflation.inmss"), place("inflation.eotas")] == pytest.approx(0.6, abs=0.03)
    assert scores[place("inflation.inmss"), place("general_inflation")] == pytest.approx(0.6, abs=0.03)
    assert scores[place("priorities.eotas.evidence"), place("priorities.ceasing.evidence")] == pytest.approx(
        0.3, abs=0.03
    )
    assert scores[place("inflation.inmss"), place("income")] == pytest.approx(0, abs=0.03)


def test_the_root_is_the_same_whichever_eigenvectors_are_chosen() -> None:
    """It is symmetric, and its square is the matrix that was said; what moves with nothing keeps its own points."""
    names, root = DRAWS.names, DRAWS.factor
    np.testing.assert_allclose(root, root.T, atol=1e-12)
    place = names.index
    assert (root @ root)[place("inflation.inmss"), place("inflation.eotas")] == pytest.approx(0.6, abs=1e-12)
    alone = place("income")
    np.testing.assert_allclose(root[alone], np.eye(len(names))[alone], atol=1e-12)


def test_chances_that_move_together_are_each_still_even_between_nought_and_one() -> None:
    chances = DRAWS.correlated(DRAWS.points(0, 4096))
    for column in chances.T:
        assert stats.kstest(column, "uniform").statistic < 0.02


def test_correlations_that_cannot_all_hold_are_refused_by_name() -> None:
    """A moves with B and with C at 0.9, and B against C at −0.9."""
    a, b, c = "unit_cost.inmss", "unit_cost.eotas", "unit_cost.state_special"
    groups = [
        Together(among=pair, correlation=r, source="judgement")
        for pair, r in (((a, b), 0.9), ((a, c), 0.9), ((b, c), -0.9))
    ]
    with pytest.raises(Refusal, match=r"uncertainty\.yaml: its correlations cannot all hold .*unit_cost"):
        draws_of(AUTHORITY, SCENARIO, Uncertainty(correlations=tuple(groups)), 1)


def test_a_correlation_that_names_fewer_than_two_is_refused() -> None:
    with pytest.raises(Refusal, match="names 1 of what is drawn"):
        draws_of(AUTHORITY, SCENARIO, together("income"), 1)


def test_a_lognormal_that_reaches_nought_is_refused() -> None:
    said = Uncertainty(shapes=(Varies(of="unit_cost.not_in_education", shape="lognormal"),))
    with pytest.raises(Refusal, match=r"unit_cost\.not_in_education is lognormal and its low is 0"):
        draws_of(AUTHORITY, SCENARIO, said, 1)


# ---- Points


def test_points_are_the_same_wherever_they_are_drawn_from_and_even() -> None:
    whole = DRAWS.points(0, 4096)
    np.testing.assert_array_equal(DRAWS.points(1024, 512), whole[1024:1536])
    assert np.abs(whole.mean(axis=0) - 0.5).max() < 0.002  # chance alone would give 0.0045, one standard deviation


def test_no_point_is_nought_or_one_so_that_every_score_is_finite() -> None:
    points = DRAWS.points(0, 1 << 14)
    assert 0 < points.min() <= points.max() < 1
    assert np.isfinite(DRAWS.correlated(np.full((1, len(DRAWS.names)), 2.0**-31))).all()
