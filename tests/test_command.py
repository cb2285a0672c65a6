"""What the command `best` prints, for a person and for a machine, and the code it leaves with."""

import json
import subprocess
import sys
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import best

from best_model import __version__
from best_model.door import PARAMS
from best_model.inputs.scenarios import scenario_names
from best_model.model.settings import SETTINGS
from best_model.questions.checks import CHECKS

BEST = Path(sys.executable).with_name("best")
SCENARIOS = scenario_names(PARAMS)
YEARS = ["2026/27", "2027/28", "2028/29", "2029/30"]
JANUARIES = ["2025", "2026", "2027", "2028", "2029", "2030"]
PRIORITIES = ["graduated_offer", "ceasing", "specialist_places", "early_years", "eotas", "commissioning"]
CASES = ["as_published", "stability_grant", "grant_and_new_deficits_leave"]
KEYS = ["scenario", "authority", "years", "gap_before_gbp", "saving_gbp", "gap_after_gbp", "deficit_gbp"]
KEYS += ["saving_by_priority_gbp", "plans_total", "plans_by_setting", "target", "checks"]
PENCE = 0.02  # sums of amounts that were rounded to the penny


def strictly_json(text: str) -> dict[str, Any]:
    """One JSON object and nothing beside it; NaN and Infinity, which Python would let pass, are no JSON."""

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is not JSON")

    read: dict[str, Any] = json.loads(text, parse_constant=refuse)
    return read


@pytest.fixture(scope="module", params=SCENARIOS)
def said(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What `best run SCENARIO --json` prints, for each shipped scenario."""
    done = best("run", request.param, "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    return {**strictly_json(done.stdout), "asked for": request.param}


def test_the_json_has_these_keys_and_no_others(said: dict[str, Any]) -> None:
    assert [key for key in said if key != "asked for"] == KEYS
    assert (said["scenario"], said["authority"]) == (said["asked for"], "leicestershire")
    assert said["years"] == YEARS
    assert list(said["deficit_gbp"]) == CASES
    assert list(said["saving_by_priority_gbp"]) == [*PRIORITIES, "in_train", "still_to_be_identified"]
    assert list(said["plans_total"]) == JANUARIES
    assert list(said["plans_by_setting"]) == JANUARIES
    assert {tuple(counts) for counts in said["plans_by_setting"].values()} == {tuple(SETTINGS)}
    assert list(said["target"]) == ["amount_gbp", "year", "met", "short_by_gbp"]


def test_every_amount_is_a_number_of_pounds_for_each_year(said: dict[str, Any]) -> None:
    rows = [said["gap_before_gbp"], said["saving_gbp"], said["gap_after_gbp"]]
    rows += [*said["deficit_gbp"].values(), *said["saving_by_priority_gbp"].values()]
    assert {len(row) for row in rows} == {4}
    assert {type(amount) for row in rows for amount in row} == {float}
    assert said["gap_before_gbp"] == pytest.approx([87_880_000, 111_799_000, 141_251_000, 174_182_000], abs=1_000)


def test_the_saving_is_the_sum_of_its_lines_and_what_lies_between_the_gaps(said: dict[str, Any]) -> None:
    sums = [sum(amounts) for amounts in zip(*said["saving_by_priority_gbp"].values(), strict=True)]
    assert said["saving_gbp"] == pytest.approx(sums, abs=0.05)
    saved = [before - saving for before, saving in zip(said["gap_before_gbp"], said["saving_gbp"], strict=True)]
    assert said["gap_after_gbp"] == pytest.approx(saved, abs=PENCE)


def test_the_deficits_accumulate_from_111_880_000_or_from_the_tenth_of_it_that_a_grant_leaves(
    said: dict[str, Any],
) -> None:
    """£111.880m, or £11.188m after a grant of 90%; in the third case nothing is added from 2028/29."""
    gaps = said["gap_after_gbp"]
    accumulated = {
        "as_published": accumulate(gaps, initial=111_880_000),
        "stability_grant": accumulate(gaps, initial=11_188_000),
        "grant_and_new_deficits_leave": accumulate([*gaps[:2], 0, 0], initial=11_188_000),
    }
    for case, (_, *deficits) in accumulated.items():
        assert said["deficit_gbp"][case] == pytest.approx(deficits, abs=0.05)


def test_the_plans_by_setting_sum_to_the_plans_and_open_with_the_census_of_2025(said: dict[str, Any]) -> None:
    for year, counts in said["plans_by_setting"].items():
        assert sum(counts.values()) == pytest.approx(said["plans_total"][year])
    opening = said["plans_by_setting"]["2025"]
    assert said["plans_total"]["2025"] == pytest.approx(7_196)
    assert (opening["inmss"], opening["not_in_education"]) == pytest.approx((441, 824))


def test_the_target_is_held_against_what_is_found_and_a_plan_that_is_tied_to_it_reaches_it_with_the_balance(
    said: dict[str, Any],
) -> None:
    """£66.146m for stretched, £48m for all others, in 2029/30. Base and stretched tie; doing nothing saves nothing at all."""
    aim, balance = said["target"], said["saving_by_priority_gbp"]["still_to_be_identified"]
    found = said["saving_gbp"][-1] - balance[-1]
    assert aim["amount_gbp"] == (66_146_000 if said["scenario"] == "stretched" else 48_000_000)
    assert (aim["year"], aim["met"]) == ("2029/30", found >= aim["amount_gbp"])
    assert aim["short_by_gbp"] == pytest.approx(max(aim["amount_gbp"] - found, 0), abs=0.05)
    if said["scenario"] in {"base", "stretched"}:
        assert said["saving_gbp"][-1] == pytest.approx(aim["amount_gbp"], abs=PENCE)
    else:
        assert balance == [0, 0, 0, 0]
    assert (said["saving_gbp"] == [0, 0, 0, 0]) is (said["scenario"] == "do_nothing")


def test_every_check_is_named_and_holds(said: dict[str, Any]) -> None:
    assert len(said["checks"]) == len(CHECKS) >= 12
    assert set(said["checks"].values()) == {True}


def test_the_table_for_a_person_has_each_line_in_millions_and_says_whether_the_target_is_met() -> None:
    done = best("run", "stretched")
    lines = done.stdout.splitlines()
    assert done.exit_code == 0
    assert lines[1].split() == ["Line", *YEARS]
    assert lines[2].split()[-4:] == ["87.9", "111.8", "141.3", "174.2"]
    assert lines[-5].split() == ["Gap", "left", "72.5", "78.4", "91.6", "108.0"]
    assert "Target of £66.1m a year by 2029/30:" in lines[-2]
    assert lines[-1] == f"{len(CHECKS)} of {len(CHECKS)} checks hold."


@pytest.mark.parametrize("verb", ["run", "check", "calibrate", "report", "assumptions", "explain"])
def test_each_verb_has_help_that_says_what_it_does(verb: str) -> None:
    overview, details = best("--help"), best(verb, "--help")
    assert (overview.exit_code, details.exit_code) == (0, 0)
    assert verb in overview.stdout.split("Commands:")[1]
    assert details.stdout.startswith(f"Usage: main {verb}")
    assert "--params" in details.stdout


def test_the_version_is_the_packages() -> None:
    assert best("--version").stdout.split()[-1] == __version__


# ---- Checks


def test_check_says_of_every_identity_of_every_scenario_that_it_holds_and_leaves_with_0() -> None:
    done = best("check")
    assert (done.exit_code, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert {line.split()[0] for line in lines} == {"holds"}
    assert {line.split()[1] for line in lines} == set(SCENARIOS)
    assert len(lines) == len(CHECKS) * len(SCENARIOS)


def one_per_cent_more_demand_in_2027(params: Path) -> None:
    path = params / "leicestershire" / "calibration.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    for part in ("value", "low", "high"):
        content["new_plans_index"][2027][part] *= 1.01
    path.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")


def a_thousand_pounds_more_in_the_last_gap(params: Path) -> None:
    path = params / "leicestershire" / "forecast.csv"
    path.write_text(path.read_text().replace("91617,108036", "91617,108037"))


@pytest.mark.parametrize(
    ("spoil", "claim"),
    [
        (one_per_cent_more_demand_in_2027, "Doing nothing gives the published gap, by calibration"),
        (a_thousand_pounds_more_in_the_last_gap, "The published table adds up (largest error £1,000.00)"),
    ],
)
def test_an_identity_that_fails_is_named_and_leaves_with_1(
    params: Path, spoil: Callable[[Path], None], claim: str
) -> None:
    spoil(params)
    done = best("check", "--params", str(params))
    assert done.exit_code == 1
    failing = [line for line in done.stdout.splitlines() if line.startswith("FAILS")]
    assert len(failing) == len(SCENARIOS)
    assert all(claim in line for line in failing)
    complaints = done.stderr.splitlines()
    assert len(complaints) == len(SCENARIOS)
    assert all(line.startswith("best: an identity does not hold: ") and claim in line for line in complaints)


def test_a_run_whose_identity_fails_still_prints_only_json_and_leaves_with_1(params: Path) -> None:
    one_per_cent_more_demand_in_2027(params)
    done = best("run", "base", "--json", "--params", str(params))
    assert done.exit_code == 1
    checks = strictly_json(done.stdout)["checks"]
    assert [name for name, holds in checks.items() if not holds] == ["calibrated_gap_matches"]
    assert "run `best calibrate`" in done.stderr


def test_calibrating_anew_mends_a_calibration_that_no_longer_ties(params: Path) -> None:
    one_per_cent_more_demand_in_2027(params)
    assert best("calibrate", "--params", str(params)).exit_code == 0
    assert best("run", "do_nothing", "--params", str(params)).exit_code == 0


# ---- As a process


def test_the_installed_command_prints_only_json_on_stdout_and_nothing_on_stderr() -> None:
    done = subprocess.run(
        [BEST, "run", "base", "--json"], check=False, capture_output=True, text=True, encoding="utf-8"
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert strictly_json(done.stdout) == strictly_json(best("run", "base", "--json").stdout)
