"""What the pages say of many draws: every chance, band and shortfall again from the draws themselves."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from best_model.door import open_authority, open_ensemble, open_history, open_sample
from best_model.draws.ensemble import Outcomes
from best_model.draws.odds import Sample
from best_model.fitted.backtest import back_test
from best_model.inputs.uncertainty_yaml import read_uncertainty
from best_model.model.refusal import Refusal
from best_model.model.settings import SETTINGS
from best_model.outputs import uncertainty

AUTHORITY = open_authority()
READY = {name: open_ensemble(name, AUTHORITY, seed=7) for name in ("evidence", "base", "stretched")}
MOST_WORDS = 20


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


def text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


def rows(html: str) -> list[list[str]]:
    """Cells of each row of a table's body."""
    return [
        [text(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
        for row in re.findall(r"<tr[^>]*>(.*?)</tr>", html.partition("<tbody>")[2])
    ]


def test_the_answer_is_how_often_the_evidence_reaches_each_target() -> None:
    said = text(uncertainty.answer(SAMPLES).html)
    reaches = "the base target in 20% of futures and the stretched target in less than 1 in 3 futures"
    assert said == f"Evidence-led, the programme reaches {reaches}."


def test_the_answer_of_the_shipped_council_keeps_to_twenty_words() -> None:
    drawn = open_sample("evidence", AUTHORITY)
    said = text(uncertainty.answer([drawn]).html)
    assert len(said.split()) <= MOST_WORDS, said
    share = (np.round(drawn.outcomes.saving[:, -1] - 48e6) >= 0).mean()
    assert f"{share * 100:.0f}% of futures" in said


def test_the_lead_says_each_plans_own_chance_and_how_short_it_falls() -> None:
    """Base: five of ten are £1.0m short. Stretched: nine of ten, six by £6.1m and three by £0.1m: £4.1m on average."""
    said = text(uncertainty.lead(SAMPLES).html)
    assert "The base plan finds its £48.0m in 50% of futures; where it misses, it is £1.0m short on average." in said
    assert (
        "The stretched plan finds its £66.1m in 10% of futures; where it misses, it is £4.1m short on average." in said
    )


def test_a_chance_is_shown_with_its_error_and_its_shortfall() -> None:
    evidence, base, stretched = rows(uncertainty.chances_table(SAMPLES).html)
    assert evidence[1:3] == ["20% ± 10", "18.0"]
    assert base[1:3] == ["50% ± 20", "1.0"]
    assert stretched[1:3] == ["more than 2 in 3", "never missed"]
    assert stretched[3:] == ["10% ± 9", "4.1"]


def test_the_path_is_every_year_that_is_published_and_all_of_them_together() -> None:
    """A quarter of 70 is £17.5m, above £15.4m; a half is £35.0m, above £33.4m; three quarters £52.5m, above £49.6m."""
    *_, stretched = rows(uncertainty.path_table(SAMPLES).html)
    saving = SAMPLES[2].outcomes.saving
    target = AUTHORITY.council.targets["stretched"]
    every = (np.round(saving - target) >= 0).all(axis=1).mean()
    assert every == 0.1
    assert stretched[-1] == "10% ± 9"
    assert stretched[1] == f"{(saving[:, 0] >= target[0]).mean() * 100:.0f}% ± 20"


def test_a_band_is_read_from_the_draws() -> None:
    cells = {row[0].removesuffix(" modelled"): row[1:] for row in rows(uncertainty.bands_table(SAMPLES[1]).html)}
    low, middle, high = np.quantile(SAMPLES[1].outcomes.saving[:, -1] / 1e6, [0.05, 0.5, 0.95])
    assert cells["Saving found, £m a year"] == ["2029/30", f"{low:.1f}", f"{middle:.1f}", f"{high:.1f}"]
    assert cells["Gap before it, £m a year"] == ["2029/30", "180.0", "180.0", "180.0"]
    assert cells["Children with a plan, doing nothing"][0] == "2030"


def test_the_note_of_the_bands_says_how_many_futures_and_from_which_seed() -> None:
    assert "10 futures, seed 7; the command best ensemble base makes them again." in text(
        uncertainty.bands_table(SAMPLES[1]).html
    )


@pytest.mark.parametrize(
    ("draw", "says"),
    [
        (lambda: uncertainty.saving_fan(SAMPLES[2]), "Stretched: £66.1m is found in 10% of futures"),
        (lambda: uncertainty.exceedance(SAMPLES), "Stretched, 66.1 or more in 10% of futures"),
        (lambda: uncertainty.fans(SAMPLES[2]), "Gap before any saving: In 2029/30 the middle is 180.0"),
        (lambda: uncertainty.setting_fans(SAMPLES[2]), "nine futures in ten lie between 1,000 and 1,009 (children)"),
    ],
)
def test_a_chart_says_its_finding_with_its_numbers(draw, says: str) -> None:
    chart = draw()
    assert says in chart.alt
    assert chart.svg == draw().svg


def test_the_models_own_error_stands_beside_the_spread_of_its_assumptions() -> None:
    test = back_test(open_history())
    said = text(uncertainty.own_error(SAMPLES[0], test).html)
    total = (SAMPLES[0].outcomes.plans_before.sum(axis=-1))[:, 1:]
    spread = total.std(axis=0) / total.mean(axis=0)
    assert f"4.2%, wider than the {spread[0] * 100:.1f}% of its assumptions" in said
    assert "look surer than they are" in said
    first, *_, last = rows(uncertainty.own_error_table(SAMPLES[0], test).html)
    assert first[1:] == ["4.2%", f"{spread[0] * 100:.1f}%", f"{np.hypot(0.042, spread[0]) * 100:.1f}%", "5"]
    assert last[1] == "1.3%"
    assert float(last[3].rstrip("%")) >= 4.2


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


def test_a_title_from_outside_is_shown_as_text() -> None:
    ready = replace(READY["base"], scenario=READY["base"].scenario.model_copy(update={"title": "<b>Base</b>"}))
    for html in (uncertainty.chances_table, uncertainty.path_table, uncertainty.answer, uncertainty.lead):
        shown = html([replace(SAMPLES[1], ready=ready)] * 2).html
        assert "<b>" not in shown
        assert "&lt;b&gt;" in shown.lower()
