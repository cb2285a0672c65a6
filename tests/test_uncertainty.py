"""What is said of many draws: every chance, band and shortfall again from the draws themselves."""

from pathlib import Path

import numpy as np
import pytest

from best_model.door import case, open_authority, open_ensemble, open_history, open_sample, open_uncertainty
from best_model.draws.ensemble import Outcomes
from best_model.draws.odds import Sample
from best_model.faces.numbers import written
from best_model.fitted.backtest import back_test
from best_model.inputs.uncertainty_yaml import read_uncertainty
from best_model.model.refusal import Refusal
from best_model.model.settings import SETTINGS
from best_model.questions.chances import amounts, at_least, chances, chances_by_year, likely, own_target
from best_model.questions.spread import by_setting, by_year, least_sure, own_error, ranges, saving_range, target_names
from best_model.table import NOT_PUBLISHED, Unit

AUTHORITY = open_authority()
READY = {name: open_ensemble(name, AUTHORITY, seed=7) for name in ("evidence", "base", "stretched")}


def sample(name: str, last_year: list[float]) -> Sample:
    """A scenario with one draw for each saving of the last year, £m; before it the saving is a quarter, a half, three quarters."""
    saving = np.outer(np.array(last_year) * 1e6, [0.25, 0.5, 0.75, 1.0])
    draws = len(saving)
    gap = np.broadcast_to([90e6, 120e6, 150e6, 180e6], (draws, 4)).copy()
    plans = np.full((draws, 6, len(SETTINGS)), 1_000.0) + np.arange(draws)[:, None, None]
    deficit = np.cumsum(gap - saving, axis=1)[:, None].repeat(3, axis=1)
    return Sample(READY[name], Outcomes(saving, gap, deficit, plans, plans + 50))


SAMPLES = [
    sample("evidence", [30.0] * 8 + [50.0] * 2),
    sample("base", [47.0] * 5 + [49.0] * 5),
    sample("stretched", [60.0] * 6 + [66.0] * 3 + [70.0]),
]


# ---- Chances


def test_a_chance_is_how_often_the_draws_reach_a_target_with_what_they_are_short_of_it() -> None:
    """Base: five of ten are £1.0m short. Stretched: nine of ten, six by £6.1m and three by £0.1m: £4.1m on average."""
    base, stretched = own_target(SAMPLES[1]), own_target(SAMPLES[2])
    assert (base.amount, base.chance, base.shortfall) == (48e6, (0.5, 10), 1e6)
    assert (stretched.amount, stretched.chance) == (66_146_000, (0.1, 10))
    assert stretched.shortfall == pytest.approx((6 * 6_146_000 + 3 * 146_000) / 9)
    assert [(each.target, each.chance.share) for each in likely(SAMPLES[0])] == [("base", 0.2), ("stretched", 0.0)]


def test_a_chance_is_shown_with_its_error_and_its_shortfall() -> None:
    shown = {row.head: [written(value, Unit.GBP) for value in row.values] for row in chances(SAMPLES).rows}
    assert shown["Evidence-led"][:2] == ["20% ± 10", "18.0"]
    assert shown["Base"][:2] == ["50% ± 20", "1.0"]
    assert shown["Stretched"] == ["more than 2 in 3", "never missed", "10% ± 9", "4.1"]


def test_the_chances_of_the_shipped_council_are_those_of_its_draws() -> None:
    drawn = open_sample("evidence", AUTHORITY)
    share = (np.round(drawn.outcomes.saving[:, -1] - 48e6) >= 0).mean()
    assert likely(drawn)[0].chance == (share, len(drawn.outcomes.saving))


def test_a_scenario_that_was_changed_is_drawn_as_it_was_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not as its file has it: a table of chances asked of a run is of that run."""
    few = open_uncertainty(AUTHORITY).model_copy(update={"draws": 64})
    monkeypatch.setattr("best_model.door.open_uncertainty", lambda *_: few)
    opened = case()
    changed = opened.scenario("stretched").with_intensity(specialist_places=0.0)
    said = opened.run(changed).table("ranges")["Saving found, £m a year", "Middle"]
    assert said < opened.run("stretched").table("ranges")["Saving found, £m a year", "Middle"] - 5e6


def test_the_path_is_every_year_that_is_published_and_all_of_them_together() -> None:
    """A quarter of 70 is £17.5m, above £15.4m; a half is £35.0m, above £33.4m; three quarters £52.5m, above £49.6m."""
    table = chances_by_year(SAMPLES)
    saving, target = SAMPLES[2].outcomes.saving, AUTHORITY.council.targets["stretched"]
    reached = np.round(saving - target) >= 0
    assert table["Stretched, against stretched"] == (*((share, 10) for share in reached.mean(axis=0)), (0.1, 10))
    assert reached.all(axis=1).mean() == 0.1
    assert table["Base, against base"][:3] == (NOT_PUBLISHED,) * 3


def test_a_larger_amount_is_found_less_often_and_a_target_as_often_as_its_chance() -> None:
    table, along = at_least(SAMPLES), amounts(SAMPLES)
    assert list(along.values()) == sorted(along.values())
    assert (along["Base target"], along["Stretched target"]) == (48e6, 66_146_000)
    for row, each in zip(table.rows, SAMPLES, strict=True):
        shares = [share for share, _ in row.values]
        assert shares == sorted(shares, reverse=True)
        assert [table[row.head, f"{odds.target.capitalize()} target"] for odds in likely(each)] == [
            odds.chance for odds in likely(each)
        ]


# ---- What draws lie between


def test_a_range_is_read_from_the_draws() -> None:
    table, saving = ranges(SAMPLES[1]), SAMPLES[1].outcomes.saving
    found = np.quantile(saving[:, -1], [0.05, 0.5, 0.95])
    assert table["Saving found, £m a year"] == ("2029/30", *found)
    assert table["Gap before it, £m a year"] == ("2029/30", 180e6, 180e6, 180e6)
    assert table["Children with a plan, doing nothing", "When"] == "2030"
    levels = saving_range(SAMPLES[1])
    assert levels["Middle"] == tuple(np.median(saving, axis=0))
    assert (target_names(SAMPLES[1]), levels["Base"]) == (["Base", "Stretched"], (NOT_PUBLISHED,) * 3 + (48e6,))


def test_every_part_has_its_range_and_the_least_sure_of_the_large_settings_is_named() -> None:
    outcomes = SAMPLES[2].outcomes
    outcomes.plans[:, -1, 0] *= np.linspace(0.5, 1.5, 10)
    before, after, deficit, children = by_year(SAMPLES[2])
    assert before["Middle", -1] == 180e6
    assert after["Middle", -1] == np.median(outcomes.gap_after[:, -1])
    assert deficit["1 in 20 is above", -1] == np.quantile(outcomes.deficit[:, 0, -1], 0.95)
    assert children["Middle", -1] == np.median(outcomes.plans.sum(axis=-1)[:, -1])
    assert {table.caption for table in by_setting(SAMPLES[2])} == set(SETTINGS.values())
    least = least_sure(SAMPLES[2])
    assert (least.setting, least.low) == (next(iter(SETTINGS.values())), np.quantile(outcomes.plans[:, -1, 0], 0.05))


def test_the_models_own_error_stands_beside_the_spread_of_its_assumptions() -> None:
    table = own_error(SAMPLES[0], back_test(open_history()))
    total = SAMPLES[0].outcomes.plans_before.sum(axis=-1)[:, 1:]
    spread = total.std(axis=0) / total.mean(axis=0)
    error, assumed, both, trials = table["1 year"]
    assert (round(error, 3), assumed, trials) == (0.042, spread[0], 5)
    assert both == pytest.approx(np.hypot(error, spread[0]))
    assert round(table["5 years"][0], 3) == 0.013
    assert table["5 years"][2] >= error


# ---- The file


def sources() -> set[str]:
    return set(AUTHORITY.council.sources)


def test_a_council_without_the_file_draws_every_assumption_in_the_default_shape(tmp_path: Path) -> None:
    assert read_uncertainty(tmp_path, "nowhere", sources()).shapes == ()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("draws: 0\n", r"uncertainty\.yaml, line 1: draws"),
        ("shapes:\n  - {of: income, shape: uniform}\n", r"uncertainty\.yaml, line 2: shapes\.0\.shape"),
        (
            "correlations:\n  - {among: [income], correlation: 1.5, source: judgement}\n",
            r"line 2: correlations\.0\.correlation",
        ),
        (
            "correlations:\n  - {among: [income], correlation: 0.5, source: hearsay}\n",
            r"line 2: correlations\.0\.source is 'hearsay'",
        ),
        ("shape: []\n", r"uncertainty\.yaml, line 1: shape"),
    ],
)
def test_a_mistake_in_the_file_is_refused_by_line_and_key(tmp_path: Path, written: str, said: str) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "uncertainty.yaml").write_text(written, encoding="utf-8")
    with pytest.raises(Refusal, match=said):
        read_uncertainty(tmp_path, "here", sources())
