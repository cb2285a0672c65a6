"""The back-test sees nothing later than its origin, does its arithmetic as a reader would, and says what it found."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import edit
from hypothesis import given, settings
from hypothesis import strategies as st

from best_model.door import open_history
from best_model.faces.numbers import children
from best_model.fitted.backtest import (
    NAIVE,
    RULES,
    SHORTEST_WINDOW,
    BackTest,
    Trial,
    back_test,
    beats_both,
    carried,
    constant_share,
    error_width,
    fitted_rates,
    last_growth_rate,
    mean_absolute_error,
    mean_absolute_error_by_setting,
    model,
    one_year_ahead,
    trials_by_years_ahead,
)
from best_model.model.history import History
from best_model.model.phasing import FloatArray
from best_model.model.refusal import Refusal
from best_model.model.settings import SETTINGS, setting_index
from best_model.questions import trials

MAINSTREAM, SPECIAL = setting_index("mainstream"), setting_index("state_special")
BOTH = [MAINSTREAM, SPECIAL]
NOT_PUBLISHED = float("nan")
METHOD = Path(__file__).parents[1] / "docs" / "method.md"


@pytest.fixture(scope="module")
def history() -> History:
    return open_history()


@pytest.fixture(scope="module")
def test(history: History) -> BackTest:
    return back_test(history)


def by_setting(*rows: tuple[float, float]) -> FloatArray:
    """Rows (mainstream, state special) as counts in every setting, the others empty."""
    counts = np.zeros((len(rows), len(SETTINGS)))
    counts[:, BOTH] = rows
    return counts


def past(stock: FloatArray, new_plans: FloatArray, ceased: float = NOT_PUBLISHED) -> History:
    """A history whose ceased plans are published in total in every year, or in none."""
    years, cost = len(new_plans), 1.0 - np.eye(len(SETTINGS))
    of_no_setting = np.full((years, len(SETTINGS)), NOT_PUBLISHED)
    januaries = tuple(range(2030, 2030 + len(stock)))
    return History(januaries, stock, new_plans, np.full(years, ceased), of_no_setting, cost, "census", openly=True)


@pytest.fixture
def two_januaries() -> History:
    """100 and 20 became 110 and 30, while 25 and 5 plans were new and 12 ceased: so 12 − (120 + 30 − 140) = 2 moved in."""
    return past(by_setting((100, 20), (110, 30)), by_setting((25, 5)), ceased=12)


# ---- The model's year, by hand


def test_rates_are_those_of_the_last_year_by_hand(two_januaries: History) -> None:
    """A tenth ceased, 10 and 2. Of 90 and 18 who stayed, 110 − 25 = 85 and 30 − 5 = 25 were seen, which is 83.45 and 24.55 of
    108: so 6.55 of 90 moved to special. The 2 who came are spread as all are, 110 to 30."""
    rates = fitted_rates(two_januaries)
    assert rates.cease[BOTH].tolist() == pytest.approx([0.1, 0.1])
    assert rates.moves[MAINSTREAM, SPECIAL] == pytest.approx((90 - 85 * 108 / 110) / 90)
    assert rates.moves[SPECIAL, SPECIAL] == pytest.approx(1)
    assert rates.joins[BOTH].tolist() == [25, 5]
    assert rates.transfers[BOTH].tolist() == pytest.approx([2 * 110 / 140, 2 * 30 / 140])


def test_a_forecast_of_two_settings_by_hand(two_januaries: History) -> None:
    """Mainstream: 110 × 0.9 = 99, less 7.2 who move, 91.8, and 25 new and 1.57 in: 118.37. Special: 27 + 7.2 + 5 + 0.43 = 39.63."""
    forecast = model(two_januaries, 1)
    assert forecast[0, BOTH].tolist() == pytest.approx([118.371, 39.629], abs=1e-3)
    assert forecast.sum() == pytest.approx(140 * 0.9 + 30 + 2)


def test_where_no_ceased_plans_are_published_stock_and_new_plans_stand_for_them(two_januaries: History) -> None:
    """120 + 30 − 140 = 10 left, net of arrivals: a twelfth, alike everywhere, and nobody is added for transfers."""
    rates = fitted_rates(replace(two_januaries, ceased=np.array([NOT_PUBLISHED])))
    assert rates.cease[BOTH].tolist() == pytest.approx([1 / 12, 1 / 12])
    assert rates.transfers.sum() == 0


def test_more_arrivals_than_leavers_are_arrivals(two_januaries: History) -> None:
    """With 15 new plans and 20 more children, at least five moved in."""
    rates = fitted_rates(replace(two_januaries, new_plans=by_setting((10, 5)), ceased=np.array([NOT_PUBLISHED])))
    assert (rates.cease.sum(), rates.transfers.sum()) == (0, pytest.approx(5))


def test_ceased_plans_published_by_setting_are_taken_from_their_setting(two_januaries: History) -> None:
    known = fitted_rates(replace(two_januaries, ceased_by_setting=by_setting((12, 0))))
    assert known.cease[BOTH].tolist() == pytest.approx([0.12, 0])


def test_transfers_are_the_mean_of_the_years_that_show_them(history: History) -> None:
    """2022 left over 194 and 2023 149; before 2022 no ceased plans are published."""
    assert fitted_rates(history.up_to(2023)).transfers.sum() == pytest.approx(194)
    assert fitted_rates(history.up_to(2024)).transfers.sum() == pytest.approx((194 + 149) / 2)
    assert fitted_rates(history.up_to(2022)).transfers.sum() == 0


@pytest.mark.parametrize("origin", [2020, 2021, 2022, 2023])
def test_rates_carry_the_census_before_into_the_one_they_are_fitted_to(history: History, origin: int) -> None:
    """In all exactly; a fit that could not give back its own year would test nothing."""
    known = history.up_to(origin)
    rates = replace(fitted_rates(known), stock=known.stock[-2])
    assert carried(rates, known.new_plans[-1:]).sum() == pytest.approx(known.total[-1])


def test_2024_and_2025_from_january_2023_by_hand(test: BackTest) -> None:
    """446 of 5,813 ceased in 2022, 640 plans were new and 194 moved in: 6,201 becomes 6,559.2, and that 6,890.0."""
    stays = 1 - 446 / 5_813
    first = 6_201 * stays + 640 + 194
    assert test.main.total("model").tolist() == pytest.approx([first, first * stays + 640 + 194])
    assert test.main.total_error("model").tolist() == pytest.approx([182.2, -306.0], abs=0.1)


# ---- The naive rules are their formulas


def test_constant_share_grows_the_total_and_keeps_the_mix(two_januaries: History) -> None:
    """120 became 140, so 140 × 7/6 and again: 163.3 and 190.6, of which 110/140 in mainstream."""
    forecast = constant_share(two_januaries, 2)
    assert forecast.sum(axis=1).tolist() == pytest.approx([140 * 7 / 6, 140 * 49 / 36])
    assert (forecast[:, MAINSTREAM] / forecast.sum(axis=1)).tolist() == pytest.approx([110 / 140, 110 / 140])


def test_last_growth_rate_grows_each_setting_and_is_scaled_to_the_total(two_januaries: History) -> None:
    """110 × 1.1 = 121 and 30 × 1.5 = 45 are 166, scaled to 163.3; two years on 133.1 and 67.5, scaled to 190.6."""
    forecast = last_growth_rate(two_januaries, 2)
    one, two = 140 * 7 / 6, 140 * 49 / 36
    assert forecast[0, BOTH].tolist() == pytest.approx([121 / 166 * one, 45 / 166 * one])
    assert forecast[1, BOTH].tolist() == pytest.approx([133.1 / 200.6 * two, 67.5 / 200.6 * two])


def test_a_setting_that_was_empty_the_year_before_has_no_growth_to_carry_on() -> None:
    """Special opened with 20, and stays 20 beside 110 × 1.1 = 121 before both are scaled to 130 × 1.3."""
    forecast = last_growth_rate(past(by_setting((100, 0), (110, 20)), by_setting((25, 20))), 1)
    assert forecast[0, BOTH].tolist() == pytest.approx([121 / 141 * 169, 20 / 141 * 169])


# ---- Nothing later than the origin


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10_000), origin=st.sampled_from([2020, 2021, 2022, 2023, 2024]))
def test_altering_what_came_later_changes_no_forecast(history: History, seed: int, origin: int) -> None:
    """Later censuses and flows are drawn anew; every rule says to the last digit what it said before."""
    later, chance = history.januaries.index(origin) + 1, np.random.default_rng(seed)
    altered = replace(
        history,
        stock=redrawn(history.stock, later, chance),
        new_plans=redrawn(history.new_plans, later - 1, chance),
        ceased=redrawn(history.ceased, later - 1, chance),
        ceased_by_setting=redrawn(history.ceased_by_setting, later - 1, chance),
    )
    said, now = (
        next(each for each in back_test(given).trials if each.origin == origin) for given in (history, altered)
    )
    for rule in RULES:
        np.testing.assert_array_equal(said.forecasts[rule], now.forecasts[rule])
    assert (said.actual != now.actual).any()


def redrawn(counts: FloatArray, first: int, chance: np.random.Generator) -> FloatArray:
    counts = counts.copy()
    counts[first:] = chance.integers(1, 3_000, size=counts[first:].shape)
    return counts


def test_what_was_known_at_a_january_ends_with_it(history: History) -> None:
    """The flows of a calendar year are known with the census that closes it: those of 2022 in January 2023, those of 2023 not."""
    known = history.up_to(2023)
    assert (known.januaries[-1], len(known.stock), len(known.new_plans)) == (2023, 5, 4)
    assert known.ceased[-1] == 446
    assert known.new_plans[-1].sum() == 640


# ---- Origins and windows


def test_every_january_from_the_second_to_the_last_but_one_is_an_origin(test: BackTest) -> None:
    assert SHORTEST_WINDOW == 2
    assert [each.origin for each in test.trials] == [2020, 2021, 2022, 2023, 2024]
    assert [len(each.targets) for each in test.trials] == [5, 4, 3, 2, 1]
    assert test.main.origin == 2023
    assert test.main.actual.sum(axis=1).tolist() == [6_377, 7_196]


def test_two_januaries_are_too_few_to_test(two_januaries: History) -> None:
    with pytest.raises(Refusal, match="a back-test needs 3 Januaries and there are 2"):
        back_test(two_januaries)


def test_three_januaries_make_one_trial_which_is_the_one_reported() -> None:
    test = back_test(past(by_setting((100, 20), (110, 30), (120, 40)), by_setting((25, 5), (25, 5)), 12))
    assert [each.origin for each in test.trials] == [test.main.origin] == [2031]


# ---- The arithmetic of errors


def trial_of(origin: int, actual: list[float], forecast: list[float], naive: list[float]) -> Trial:
    """One trial with everyone in mainstream."""
    counts = {name: by_setting(*((total, 0) for total in totals)) for name, totals in
              {"actual": actual, "model": forecast, **dict.fromkeys(NAIVE, naive)}.items()}  # fmt: skip
    targets = tuple(range(origin + 1, origin + 1 + len(actual)))
    return Trial(origin, targets, counts.pop("actual"), counts, counts["model"])


TRIALS = (trial_of(2031, [100, 200], [110, 180], [100, 260]), trial_of(2032, [200], [230], [200]))


def test_mean_absolute_error_is_the_mean_distance_over_every_forecast() -> None:
    """10, 20 and 30 are 20 on average; 0, 60 and 0 are also 20, which is not a win."""
    assert mean_absolute_error(TRIALS, "model") == pytest.approx(20)
    assert mean_absolute_error(TRIALS, "constant_share") == pytest.approx(20)
    assert mean_absolute_error_by_setting(TRIALS, "model")[BOTH].tolist() == pytest.approx([20, 0])
    assert not beats_both(TRIALS)
    assert beats_both(TRIALS[:1])


def test_errors_of_two_settings_that_cancel_in_all_do_not_cancel_by_setting() -> None:
    trial = replace(TRIALS[1], forecasts={"model": by_setting((150, 50))})
    assert mean_absolute_error((trial,), "model") == 0
    assert mean_absolute_error_by_setting((trial,), "model")[BOTH].tolist() == [50, 50]


def test_width_is_the_root_mean_square_share_by_years_ahead() -> None:
    """A year ahead 10 of 100 and 30 of 200: √((0.1² + 0.15²) / 2). Two years ahead 20 of 200."""
    assert error_width(TRIALS).tolist() == pytest.approx([np.sqrt((0.1**2 + 0.15**2) / 2), 0.1])
    assert trials_by_years_ahead(TRIALS) == [2, 1]
    assert [len(each.targets) for each in one_year_ahead(TRIALS)] == [1, 1]


def test_an_error_is_new_plans_and_who_left(test: BackTest) -> None:
    """A year ahead the first part is what was assumed less what came: 640 − 679 = −39."""
    trial = test.main
    left = trial.new_plans_known.sum(axis=1) - trial.actual.sum(axis=1)
    assert trial.error_from_new_plans()[0] == pytest.approx(640 - 679)
    assert (trial.error_from_new_plans() + left).tolist() == pytest.approx(trial.total_error("model").tolist())


# ---- What the page says


def test_a_model_that_wins_is_said_to() -> None:
    """Thirty more a year and nobody leaves: the model is right, and growth of a quarter and then less is not."""
    steady = back_test(past(by_setting((120, 0), (150, 0), (180, 0), (210, 0)), by_setting(*[(30, 0)] * 3), 0))
    found = trials.errors((steady.main,))
    assert found.better
    assert found.model == pytest.approx(0)


def test_as_shipped_the_model_loses_the_main_test_wins_over_all_and_places_children_no_better(test: BackTest) -> None:
    """The result as it fell: who changes it, changes what docs/method.md and the pack tell their readers."""
    assert not beats_both((test.main,))
    assert beats_both(test.trials)
    assert beats_both(one_year_ahead(test.trials))
    for those in ((test.main,), test.trials):
        own, mix = (mean_absolute_error_by_setting(those, rule).mean() for rule in ("model", "constant_share"))
        assert own > mix
    assert trials.knows_the_mix(test) == "no"


def test_the_method_page_gives_the_errors_that_the_test_finds(test: BackTest) -> None:
    said = " ".join(METHOD.read_text(encoding="utf-8").split("## 9. ")[1].split())
    for those, sentence in (
        (
            (test.main,),
            "{} plans out on average for January 2024 and 2025, and letting the total grow as it last did is {} out",
        ),
        (test.trials, "the model is {} out against {}"),
        (one_year_ahead(test.trials), "one year ahead {} against {}"),
    ):
        assert sentence.format(*(children(mean_absolute_error(those, rule)) for rule in ("model", NAIVE[0]))) in said
    for share in error_width(test.trials):
        assert f"{share:.1%}" in said


def test_tables_hold_the_errors_that_the_test_finds(test: BackTest) -> None:
    total = trials.trial_totals(test)["The model"]
    assert [(round(each.first), round(each.second)) for each in total[:2]] == [(6_559, 182), (6_890, -306)]
    assert [round(each) for each in trials.trial_error(test)["From new plans"]] == [-39, -325]
    rolling = trials.every_trial(test)
    assert [str(each) for each in rolling["January 2022"][:2]] == ["known", "known"]
    assert round(rolling["January 2024", "Model 2025"]) == -619
    ahead = trials.error_by_years_ahead(test)
    assert (ahead["1 year", "Trials"], round(ahead["1 year", "The model"], 3)) == (5, 0.042)
    assert (ahead["5 years", "Trials"], round(ahead["5 years", "The model"], 3)) == (1, 0.013)
    assert len(trials.every_trial_by_setting(test).rows) == len(trials.trial_by_setting(test).rows) == len(SETTINGS) + 1


def test_why_it_missed_adds_up(test: BackTest) -> None:
    """929 plans were new and not 640; told so, the model is 221 and 19 plans too high, 120 on average."""
    why = trials.why_it_missed(test)
    assert [(each.january, each.new_plans) for each in why.years] == [(2024, 679), (2025, 929)]
    assert all(each.total == pytest.approx(each.from_new_plans + each.from_leavers) for each in why.years)
    assert (why.assumed, round(why.with_hindsight)) == (640, 120)
    worst = trials.furthest_out(test)
    assert [row.head for row in worst.rows][:2] == ["Not in education", "Awaiting a place or unknown"]
    assert [round(each) for each in worst.rows[2].values] == [360, 441]


def test_what_is_drawn_begins_where_each_forecast_was_made(test: BackTest) -> None:
    drawn = trials.counted_and_forecast(test, [test.main], ["model", "last_growth_rate"])
    assert [str(value) for value in drawn["The model"][:4]] == ["not forecast"] * 4
    assert drawn["The model", "2023"] == drawn["Counted", "2023"] == 6_201
    assert [row.head for row in trials.counted_and_forecast(test, test.trials).rows][1] == "From 2020:"


# ---- The door


def test_the_history_is_the_published_totals(history: History) -> None:
    assert history.total.tolist() == [4_222, 4_751, 5_288, 5_813, 6_201, 6_377, 7_196]
    assert history.new_plans.sum(axis=1).tolist() == [760, 765, 620, 640, 679, 929]
    assert history.ceased[3:].tolist() == [446, 652, 318]
    assert np.isnan(history.ceased[:3]).all()
    assert history.net_transfers().tolist() == [194, 149, 208]


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("census.csv", "2022,all,1716,465,1554,382,3,713,165,137,56,288,334,5813,dfe_sen2_2025_caseload\n", "",
         "census.csv: there is no row for all ages in 2022"),
        ("new_plans.csv", "2021,all,388,34,52,18,3,25,3,9,7,0,81,620,dfe_sen2_2025_new_plans\n", "",
         "new_plans.csv: there is no row for all ages in 2021"),
        ("flows.csv", "2021,1109,620,", "2021,1109,621,", "new_plans.csv: 2021 adds to 620 plans and flows.csv has 621"),
        ("flows.csv", "2023,1412,679,652", "2023,1412,679,653",
         "ceased_plans_by_setting.csv: 2023 adds to 652 plans and flows.csv has 653"),
    ],
)  # fmt: skip
def test_a_year_that_is_missing_or_on_which_tables_disagree_is_refused_by_file(
    params: Path, file: str, old: str, new: str, says: str
) -> None:
    edit(params / "leicestershire" / file, old, new)
    with pytest.raises(Refusal, match=says):
        open_history(params=params)
