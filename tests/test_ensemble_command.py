"""`best ensemble`: what draws say in words and as JSON, by hand and in full, and the file that keeps them."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import best, refusal
from pyarrow import parquet

from best_model import __version__
from best_model.door import open_authority, open_ensemble, open_scenario
from best_model.draws.ensemble import Outcomes, ensemble
from best_model.draws.odds import columns_of, odds, path, summary, summed_up
from best_model.faces.numbers import chance
from best_model.inputs.outcomes_file import StoredOutcomes, write_outcomes
from best_model.model.deficit import CASES
from best_model.model.phasing import FloatArray
from best_model.model.refusal import Refusal
from best_model.model.settings import SETTINGS
from best_model.questions.bands import children_bands, money_bands, targets_reached

AUTHORITY = open_authority()
YEARS = ["2026/27", "2027/28", "2028/29", "2029/30"]
JANUARIES = ["2025", "2026", "2027", "2028", "2029", "2030"]
SOME = ("ensemble", "stretched", "--draws", "320", "--seed", "5")


# ---- A chance in words


@pytest.mark.parametrize(
    ("share", "draws", "words"),
    [
        (0.34, 2_244, "34% ± 1"),  # √(0.34 × 0.66 / 2244) = 0.0100
        (0.341, 10_000, "34.1% ± 0.5"),  # 0.0047
        (0.3, 10, "30% ± 10"),  # 0.145: not even the tens are sure
        (0.9997, 10_000, "99.97% ± 0.02"),  # 0.00017
        (0.36, 2_500, "36% ± 1"),  # 0.0096 rounds to a whole point
        (0.0, 10_000, "less than 1 in 3,300"),  # 3 / 10000 = 1 / 3333
        (1.0, 10_000, "more than 3,299 in 3,300"),
        (0.0, 6, "less than 1 in 2"),
        (1.0, 5, "5 of 5 draws"),  # three in five is no bound worth a sentence
    ],
)
def test_a_chance_is_written_to_the_first_digit_of_its_error_or_bound_by_the_rule_of_three(
    share: float, draws: int, words: str
) -> None:
    assert chance(share, draws) == words


def test_a_chance_that_is_not_certain_is_never_written_as_if_it_were() -> None:
    for draws in (7, 16, 99, 1_000, 10_000, 100_000):
        for seen in {1, 2, 3, draws // 2, draws - 3, draws - 2, draws - 1}:
            assert 0 < float(chance(seen / draws, draws).split("%")[0]) < 100, (seen, draws)


# ---- Odds by hand

HAND_MADE = replace(
    AUTHORITY,
    council=replace(
        AUTHORITY.council,
        targets={
            "path": np.array([10.0, np.nan, 30.0, 40.0]) * 1e6,
            "end": np.array([np.nan, np.nan, np.nan, 100.0]) * 1e6,
        },
    ),
)
SAVING = np.array(
    [
        [10.0, 0.0, 30.0, 40.0],  # every target of the path, to the pound
        [12.0, 0.0, 29.0, 45.0],  # £1m short in one year
        [9.0, 0.0, 31.0, 36.0],  # £1m and £4m short in two
        [11.0, 0.0, 30.0, 28.0],  # £12m short at the end
    ]
)
"""£m, four draws of four years; the second year has no target on the path."""


def outcomes(saving: FloatArray) -> Outcomes:
    """Draws with this saving, £; a gap of £100m before it; as many plans in each setting as the draw's place."""
    places = np.arange(float(len(saving)))
    plans = np.broadcast_to(places[:, None, None], (len(saving), 6, 11))
    deficit = np.stack([saving * 0 + case for case in range(3)], axis=1)
    return Outcomes(saving, np.full_like(saving, 100e6), deficit, plans, 2 * plans)


def columns(saving: FloatArray = SAVING) -> dict[str, FloatArray]:
    return columns_of(HAND_MADE, outcomes(saving * 1e6))


def test_a_chance_is_how_many_reach_and_the_shortfall_is_of_those_that_miss() -> None:
    """Two of four reach £40m; the others are £4m and £12m short, £8m on average."""
    last = odds(HAND_MADE, "path", 3, columns())
    assert (last.target, last.year, last.amount) == ("path", "2029/30", 40e6)
    assert (last.chance, last.shortfall) == (0.5, 8e6)
    assert last.error == pytest.approx(0.25)  # √(½ × ½ / 4)


def test_a_target_is_reached_to_the_pound_and_with_no_draw_that_misses_there_is_no_shortfall() -> None:
    near = [[0.0, 0.0, 0.0, 40.0 - 4e-7], [0.0, 0.0, 0.0, 40.0 - 6e-7]]  # 40p and 60p short
    assert odds(HAND_MADE, "path", 3, columns(np.array(near))).chance == 0.5
    all_reach = odds(HAND_MADE, "path", 3, columns(SAVING + 20))
    assert (all_reach.chance, all_reach.error, all_reach.shortfall) == (1.0, 0.0, None)


def test_the_path_is_reached_by_draws_that_reach_it_in_every_year_that_has_a_target() -> None:
    """Three of four, three of four, two of four; but only one reaches all three."""
    found = path(HAND_MADE, "path", columns())
    assert [(each.year, each.chance) for each in found.by_year] == [
        ("2026/27", 0.75),
        ("2028/29", 0.75),
        ("2029/30", 0.5),
    ]
    assert (found.target, found.chance) == ("path", 0.25)
    assert found.error == pytest.approx(np.sqrt(0.25 * 0.75 / 4))


def test_a_summary_has_every_target_of_the_council_in_the_last_year() -> None:
    scenario = open_scenario("base").model_copy(update={"target": "end"})
    said = summed_up(HAND_MADE, scenario, columns())
    assert said.draws == 4
    assert [(each.target, each.year, each.chance) for each in said.targets] == [
        ("path", "2029/30", 0.5),
        ("end", "2029/30", 0.0),
    ]
    assert [each.year for each in said.path.by_year] == ["2029/30"]
    assert said.targets[1].shortfall == pytest.approx((60 + 55 + 64 + 72) / 4 * 1e6)


def test_one_draw_in_twenty_is_below_a_band_and_one_above() -> None:
    """Of 21 draws that save £0m to £20m: £1m, £10m and £19m; the gap after is £100m less; plans are in eleven settings."""
    said = summed_up(
        HAND_MADE,
        open_scenario("base").model_copy(update={"target": "end"}),
        columns(np.arange(21.0)[:, None] + [0.0, 1.0, 2.0, 3.0]),
    )
    ends = {
        name: [[float(amounts[0]) for amounts in (band.low, band.median, band.high)], list(band.at)]
        for name, band in said.bands.items()
    }
    assert ends == {
        "saving": [pytest.approx([1e6, 10e6, 19e6]), YEARS],
        "gap_before": [[100e6] * 3, YEARS],
        "gap_after": [pytest.approx([81e6, 90e6, 99e6]), YEARS],
        **{f"deficit.{case}": [[place] * 3, YEARS] for place, case in enumerate(CASES)},
        "plans": [pytest.approx([11.0, 110.0, 209.0]), JANUARIES],
        "plans_before": [pytest.approx([22.0, 220.0, 418.0]), JANUARIES],
    }
    assert said.bands["saving"].median.tolist() == pytest.approx([10e6, 11e6, 12e6, 13e6])


# ---- The file


def blocks(draws: int, each: int = 3) -> Iterator[Mapping[str, FloatArray]]:
    """Draws in blocks of two columns, the second a hundred times the first."""
    for first in range(0, draws, each):
        place = np.arange(first, min(first + each, draws), dtype=float)
        yield {"saving.2029/30": place, "plans.2030.inmss": 100 * place}


def test_a_file_holds_each_draw_once_in_order_and_says_what_it_is_of(tmp_path: Path) -> None:
    """29 draws in ten blocks, more than go to one row group."""
    write_outcomes(tmp_path / "some.parquet", blocks(29), {"seed": "5"})
    found = StoredOutcomes(tmp_path / "some.parquet")
    assert (list(found), len(found), found.about) == (["saving.2029/30", "plans.2030.inmss"], 2, {"seed": "5"})
    assert found["plans.2030.inmss"].tolist() == [100.0 * place for place in range(29)]
    with pytest.raises(KeyError):
        found["saving"]
    assert parquet.ParquetFile(tmp_path / "some.parquet").num_row_groups > 1
    assert parquet.read_table(tmp_path / "some.parquet")["draw"].to_pylist() == list(range(29))


def test_what_breaks_off_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    def breaking() -> Iterator[Mapping[str, FloatArray]]:
        yield from blocks(29)
        raise Refusal("the cluster went away")

    store = tmp_path / "some.parquet"
    store.write_text("the old one")
    with pytest.raises(Refusal, match="the cluster went away"):
        write_outcomes(store, breaking(), {})
    assert (store.read_text(), list(tmp_path.iterdir())) == ("the old one", [store])


def test_no_more_blocks_are_taken_than_are_written_together(tmp_path: Path) -> None:
    """While the tenth block is made, those of earlier row groups are on the disk."""
    on_disk = []

    def watched() -> Iterator[Mapping[str, FloatArray]]:
        for block in blocks(30_000, each=3_000):
            on_disk.append(sum(part.stat().st_size for part in tmp_path.iterdir()))
            yield block

    write_outcomes(tmp_path / "some.parquet", watched(), {})
    assert on_disk[0] == 0
    assert on_disk[-1] > 3_000 * 3 * 8


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        (".", "it is a folder; name a file in it"),
        ("nowhere/some.parquet", "there is no folder"),
        ("file/some.parquet", "there is no folder"),
        ("some" * 70, "it cannot be written"),
    ],
)
def test_a_file_that_cannot_be_written_is_refused(tmp_path: Path, place: str, reason: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Refusal, match=reason):
        write_outcomes(tmp_path / place, blocks(3), {})
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


# ---- The command

READY = open_ensemble("stretched", AUTHORITY, 5)
DRAWN = ensemble(READY, 320)
SAID = summary(READY, DRAWN)


@pytest.fixture(scope="module")
def text() -> str:
    done = best(*SOME)
    assert (done.exit_code, done.stderr) == (0, "")
    return done.stdout


@pytest.fixture(scope="module")
def said() -> dict[str, Any]:
    done = best(*SOME, "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    return dict(json.loads(done.stdout))


def test_the_json_has_what_the_draws_say(said: dict[str, Any]) -> None:
    assert list(said) == ["scenario", "authority", "draws", "seed", "targets", "path", "bands"]
    assert [said[key] for key in ("scenario", "authority", "draws", "seed")] == ["stretched", "leicestershire", 320, 5]
    told = [(each["target"], each["year"], each["amount_gbp"]) for each in said["targets"]]
    assert told == [("base", "2029/30", 48e6), ("stretched", "2029/30", 66.146e6)]
    assert [each["year"] for each in said["path"]["years"]] == YEARS
    deficits = [f"deficit.{case}" for case in CASES]
    assert list(said["bands"]) == ["saving", "gap_before", "gap_after", *deficits, "plans", "plans_before"]
    assert said["bands"]["plans"]["at"] == JANUARIES


def test_the_chances_are_those_of_the_draws(said: dict[str, Any]) -> None:
    last = DRAWN.saving[:, -1]
    assert [each["chance"] for each in said["targets"]] == [(last >= 48e6).mean(), (last >= 66.146e6).mean()]
    assert said["targets"][0]["shortfall_if_missed_gbp"] == pytest.approx((48e6 - last[last < 48e6]).mean(), abs=0.01)
    assert said["bands"]["saving"]["p50"] == pytest.approx(np.median(DRAWN.saving, axis=0), abs=0.01)
    assert said["bands"]["plans"]["p95"][-1] == pytest.approx(
        np.quantile(DRAWN.plans[:, -1].sum(axis=1), 0.95), abs=0.01
    )


def test_the_tables_hold_the_same_and_the_text_says_how_many_draws_from_which_seed(
    text: str, said: dict[str, Any]
) -> None:
    base, stretched = said["targets"]
    reached = targets_reached(SAID)
    assert reached["Base, 2029/30"] == (
        48e6,
        (base["chance"], 320),
        pytest.approx(base["shortfall_if_missed_gbp"], abs=0.01),
    )
    assert reached["Stretched, 2029/30", "Chance"].share == stretched["chance"]
    assert reached["Path of stretched, every year of it", "Chance"].share == said["path"]["chance"]
    for table, of in ((money_bands(SAID), "saving"), (children_bands(SAID), "plans")):
        median, low, _ = (row.values[-1] for row in table.rows[:3])
        assert [low, median] == pytest.approx([said["bands"][of][level][-1] for level in ("p5", "p50")], abs=0.01)
    assert text.startswith("Stretched, Leicestershire County Council: 320 draws of every assumption, seed 5\n\n")
    assert all(str(table) in text for table in (reached, money_bands(SAID), children_bands(SAID)))


def test_draws_that_are_stored_by_two_workers_are_summed_up_as_those_of_one_in_memory(
    text: str, tmp_path: Path
) -> None:
    store = tmp_path / "draws.parquet"
    assert best(*SOME, "--workers", "2", "--store", str(store)).stdout == text
    assert list(tmp_path.iterdir()) == [store]
    found, drawn = StoredOutcomes(store), DRAWN
    assert len(found) == (2 + len(CASES)) * 4 + 2 * 6 * len(SETTINGS)
    inmss = list(SETTINGS).index("inmss")
    np.testing.assert_array_equal(found["saving.2029/30"], drawn.saving[:, -1])
    np.testing.assert_array_equal(found["deficit.stability_grant.2026/27"], drawn.deficit[:, 1, 0])
    np.testing.assert_array_equal(found["plans.2030.inmss"], drawn.plans[:, -1, inmss])
    about = ("stretched", "leicestershire", "320", "5", "False", __version__)
    assert (
        tuple(found.about[key] for key in ("scenario", "authority", "draws", "seed", "individuals", "version")) == about
    )
    assert re.fullmatch("[0-9a-f]{12}", found.about["params_sha256"])


def test_individuals_are_whole_children(tmp_path: Path) -> None:
    store = tmp_path / "draws.parquet"
    done = best("ensemble", "evidence", "--draws", "16", "--individuals", "--store", str(store))
    assert (done.exit_code, done.stderr) == (0, "")
    plans = StoredOutcomes(store)["plans.2030.inmss"]
    np.testing.assert_array_equal(plans, np.round(plans))


# ---- Wrong input


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("base", "--draws", str(2**30 + 1)), "at most 1,073,741,824"),
        (("base", "--draws", "0"), "--draws 0: it must be 1 or more, and at most 1,073,741,824"),
        (("base", "--workers", "0"), "--workers 0: it must be 1 or more"),
        (("base", "--seed", "-1"), "--seed -1: it must be 0 or more"),
        (("bases",), "params/scenarios/bases.yaml: there is no such scenario; there are base, "),
        (("base", "--authority", "rutland"), "params/rutland: there is no such authority; there are leicestershire"),
        (("base", "--workers", "2", "--scheduler", "tcp://10.0.0.5:8786"), "leave one of them out"),
    ],
)
def test_wrong_input_is_one_line_and_leaves_with_2(words: tuple[str, ...], reason: str) -> None:
    assert reason in refusal(best("ensemble", *words))


def low_above_high(authority: Path) -> None:
    file = authority / "assumptions.yaml"
    before = file.read_text(encoding="utf-8")
    file.write_text(before.replace("value: 0.03, low: 0.02, high: 0.05", "value: 0.03, low: 0.06, high: 0.05"))
    assert file.read_text(encoding="utf-8") != before


def correlations_that_cannot_all_hold(authority: Path) -> None:
    """Slips hold with evidence and evidence with running costs, nearly in full, and slips against running costs."""
    groups = [
        ("graduated_offer.slip, ceasing.slip", 0.0),
        ("graduated_offer.slip, eotas.slip", 0.9),
        ("ceasing.slip, eotas.slip", -0.9),
        ("graduated_offer.slip, commissioning.slip", 0.9),
        ("ceasing.slip, commissioning.slip", 0.9),
    ]
    among = (", ".join(f"priorities.{name}" for name in names.split(", ")) for names, _ in groups)
    lines = [
        f"  - {{among: [{names}], correlation: {correlation}, source: judgement}}"
        for names, (_, correlation) in zip(among, groups, strict=True)
    ]
    (authority / "uncertainty.yaml").write_text("\n".join(["correlations:", *lines, ""]), encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (low_above_high, "has low 0.06, value 0.03, high 0.05; they must be in that order"),
        (correlations_that_cannot_all_hold, "uncertainty.yaml: its correlations cannot all hold"),
    ],
)
def test_parameters_that_cannot_be_drawn_are_one_line_and_leave_with_2(
    params: Path, spoil: Callable[[Path], None], reason: str
) -> None:
    spoil(params / "leicestershire")
    assert reason in refusal(best("ensemble", "base", "--draws", "16", "--params", str(params)))
