"""Bad input is refused at the door, in one line that says where it is, what it is and what to do.

Each fault is one edit of a copy of `params/`, met through the command as a person would meet it.
"""

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from best_model.case import PARAMS, open_scenario
from best_model.reporting.command import main

BEST = Path(sys.executable).with_name("best")
COUNCIL = "leicestershire"


@pytest.fixture
def params(tmp_path: Path) -> Path:
    """A copy of the shipped parameters, to be spoilt."""
    return shutil.copytree(PARAMS, tmp_path / "params")


def best_run(params: Path, scenario: str = "stretched", *words: str) -> Result:
    return CliRunner().invoke(main, ["run", scenario, "--params", str(params), *words])


@dataclass(frozen=True)
class Fault:
    """In one file the first `old` becomes `new` (at its end, where `old` is nothing); the refusal says every one of `says`."""

    name: str
    file: str
    old: str
    new: str
    says: tuple[str, ...]

    def spoil(self, params: Path) -> None:
        path = params / self.file
        text = path.read_text(encoding="utf-8")
        assert self.old in text, f"{self.file} no longer holds {self.old!r}: choose another edit for this fault"
        path.write_text(text.replace(self.old, self.new, 1) if self.old else text + self.new, encoding="utf-8")


def scenario(name: str, old: str, new: str, *says: str, file: str = "stretched") -> Fault:
    return Fault(name, f"scenarios/{file}.yaml", old, new, says)


def council(name: str, file: str, old: str, new: str, *says: str) -> Fault:
    return Fault(name, f"{COUNCIL}/{file}", old, new, says)


OFFER = "graduated_offer: {intensity: 0.90}"  # line 7 of stretched.yaml

SCENARIO_FAULTS = [
    scenario(
        "a key nobody knows", "target: stretched", "targets: stretched",
        "stretched.yaml, line 4: targets is not a key that is known here", "check its spelling",
    ),
    scenario(
        "a key nobody knows within a priority", OFFER, "graduated_offer: {strength: 0.90}",
        "stretched.yaml, line 7: levers.graduated_offer.strength is not a key", "remove it",
    ),
    scenario(
        "a key said twice", "", "target: base\n",
        "stretched.yaml, line 12: target is already said on line 4", "keep one",
    ),
    scenario(
        "a priority said twice", "", "  ceasing: {intensity: 0.1}\n",
        "stretched.yaml, line 12: levers.ceasing is already said on line 8", "keep one",
    ),
    scenario(
        "an intensity above 1", OFFER, "graduated_offer: {intensity: 1.4}",
        "stretched.yaml, line 7: levers.graduated_offer.intensity is 1.4", "less than or equal to 1",
    ),
    scenario(
        "an intensity below 0", OFFER, "graduated_offer: {intensity: -0.1}",
        "stretched.yaml, line 7: levers.graduated_offer.intensity is -0.1", "greater than or equal to 0",
    ),
    scenario(
        "a word where a number or low, central, high is due", OFFER, "graduated_offer: {intensity: lots}",
        "stretched.yaml, line 7: levers.graduated_offer.intensity is 'lots'",
    ),
    scenario(
        "a yes where a number is due", OFFER, "graduated_offer: {intensity: true}",
        "stretched.yaml, line 7: levers.graduated_offer.intensity is True",
    ),
    scenario(
        "010, which is text", OFFER, "graduated_offer: {intensity: 010}",
        "stretched.yaml, line 7: levers.graduated_offer.intensity", "'010'",
    ),
    scenario(
        "12:30, which is text", OFFER, "graduated_offer: {intensity: 12:30}",
        "stretched.yaml, line 7: levers.graduated_offer.intensity", "'12:30'",
    ),
    scenario(
        "no, which is text", "target: stretched", "tie_to_target: no",
        "stretched.yaml, line 4: tie_to_target is 'no'", "valid boolean",
    ),
    scenario(
        "a list where a name is due", "extends: base", "extends: [base]",
        "stretched.yaml, line 1: extends", "valid string",
    ),
    scenario(
        "a month that is none", OFFER, "graduated_offer: {start: 2026-13}",
        "stretched.yaml, line 7: levers.graduated_offer.start is '2026-13'",
    ),
    scenario(
        "a share of measures in train that has no name", "target: stretched", "in_train: some",
        "stretched.yaml, line 4: in_train is 'some'", "'none', 'low', 'central' or 'high'",
    ),
    scenario(
        "a target nobody published", "target: stretched", "target: heroic",
        "stretched.yaml, line 4: target", "heroic", "base, stretched",
    ),
    scenario(
        "a priority nobody has", OFFER, "graduate_offer: {intensity: 0.90}",
        "stretched.yaml, line 7: levers.graduate_offer is not a priority", "there are graduated_offer, ceasing,",
    ),
    scenario(
        "an extends that goes round in a circle", "extends: do_nothing", "extends: stretched",
        "evidence.yaml, line 1: extends goes round in a circle at stretched", "name another", file="evidence",
    ),
    scenario(
        "a scenario that extends itself", "extends: base", "extends: stretched",
        "stretched.yaml, line 1: extends goes round in a circle at stretched", "name another",
    ),
    scenario(
        "an extends that names no scenario", "extends: base", "extends: bass",
        "stretched.yaml, line 1: extends names no scenario 'bass'", "there are base, do_nothing, evidence, stretched",
    ),
    scenario(
        "nothing to extend and no answer", "extends: base\n", "",
        "stretched.yaml, line 1: in_train is missing", "add it",
    ),
    scenario(
        "broken YAML", OFFER, "graduated_offer: {intensity: 0.90",
        "stretched.yaml, line 8: it is not valid YAML", "mend that line",
    ),
    scenario(
        "a tag that would run code", "title: Stretched", "title: !!python/name:os.system x",
        "stretched.yaml, line 2", "not valid YAML",
    ),
    scenario(
        "a control character", "title: Stretched", 'title: "Stretch\a"', "stretched.yaml", "not valid YAML",
    ),
    scenario(
        "a list as a key", "", "? [a, b]\n: c\n", "stretched.yaml, line 12", "not valid YAML",
    ),
]  # fmt: skip

AUTHORITY_FAULTS = [
    council(
        "a figure without its high", "priorities.yaml", "low: 0.10, high: 0.32", "low: 0.10",
        "priorities.yaml, line 13: graduated_offer.actions.0", "high is missing", "add it",
    ),
    council(
        "a figure with its low above its high", "priorities.yaml", "low: 0.10, high: 0.32", "low: 0.40, high: 0.32",
        "priorities.yaml, line 13: graduated_offer.actions.0", "low 0.4, value 0.2, high 0.32", "in that order",
    ),
    council(
        "a share above 1", "priorities.yaml", "value: 0.40, low: 0.15, high: 0.5", "value: 1.40, low: 0.15, high: 1.5",
        "priorities.yaml, line 65: specialist_places.actions.2", "1.4",
    ),
    council(
        "places below nought", "priorities.yaml", "2027: {value: 60, low: 0,", "2027: {value: -60, low: -90,",
        "priorities.yaml, line 48: specialist_places.actions.0", "-60",
    ),
    council(
        "a source of a measure that is not listed", "priorities.yaml", "source: dbv_contract", "source: hearsay",
        "priorities.yaml, line 5: graduated_offer.evidence", "hearsay", "sources.yaml",
    ),
    council(
        "a setting nobody knows", "priorities.yaml", "setting: eotas", "setting: eotass",
        "priorities.yaml, line 107: eotas.actions.0", "'eotass'",
    ),
    council(
        "an action nobody knows", "priorities.yaml", "acts_on: new_plans", "acts_on: hopes",
        "priorities.yaml, line 9: graduated_offer.actions.0", "'new_plans', 'moves', 'ceasing', 'places', 'price'",
    ),
    council(
        "ages the wrong way round", "priorities.yaml", "ages: [6, 15]", "ages: [15, 6]",
        "priorities.yaml, line 9: graduated_offer.actions.0", "ages [15, 6]", "the first and the last age",
    ),
    council(
        "a priority with nothing under it", "priorities.yaml", "graduated_offer:\n", "outreach:\n\ngraduated_offer:\n",
        "priorities.yaml, line 3: outreach must be a list of `key: value` lines",
    ),
    council(
        "a number that is text", "assumptions.yaml", "base_january: 2025", "base_january: 02025",
        "assumptions.yaml, line 3: base_january is '02025'", "valid integer",
    ),
    council(
        "a key that is gone", "assumptions.yaml", "new_deficits_leave_from: 2028/29\n", "",
        "assumptions.yaml, line 1: new_deficits_leave_from is missing", "add it",
    ),
    council(
        "a price base that is no financial year", "assumptions.yaml", "price_base: 2024/25", "price_base: lately",
        "assumptions.yaml, line 16: price_base is 'lately'",
    ),
    council(
        "a year of relief that is no financial year", "assumptions.yaml", "from: 2028/29", "from: later",
        "assumptions.yaml, line 20: new_deficits_leave_from is 'later'",
    ),
    council(
        "a year without what is in train", "assumptions.yaml", "  2027/28: {value: 8800000", "  2037/38: {value: 8800000",
        "assumptions.yaml, line 30: in_train has no 2027/28", "add it",
    ),
    council(
        "a source without its licence", "sources.yaml", '  licence: "OGL3"\n', "",
        "sources.yaml, line 7: dfe_sen2_2025_caseload.licence is missing", "add it",
    ),
    council(
        "a calibration of other years", "calibration.yaml", "  2029:\n", "  2030:\n",
        "calibration.yaml", "its years are not those of the forecast", "run `best calibrate`",
    ),
]  # fmt: skip

JANUARY_2025 = "2025,all,2282,384,1962,441,3,605,242,129,81,824,243,7196"  # row 31 of census.csv
INMSS = "inmss,70000,64000,76000"  # row 5 of unit_costs.csv

TABLE_FAULTS = [
    council(
        "a missing column", "census.csv", "resource_base,state_special", "resource_bases,state_special",
        "census.csv, row 1: column resource_base is missing", "add it",
    ),
    council(
        "a negative cell", "census.csv", "2025,24,0,", "2025,24,-1,",
        "census.csv, row 53, column mainstream: the value is -1", "nought or more",
    ),
    council(
        "text in a number cell", "census.csv", "2025,24,0,", "2025,24,none,",
        "census.csv, row 53, column mainstream: the value is 'none'", "must be a number",
    ),
    council(
        "half a child", "census.csv", "2025,24,0,", "2025,24,0.5,",
        "census.csv, row 53, column mainstream: the value is '0.5'", "must be a whole number",
    ),
    council(
        "an empty cell", "census.csv", "2025,24,0,", "2025,24,,",
        "census.csv, row 53, column mainstream: the value is empty",
    ),
    council(
        "an age past 25", "census.csv", "2025,24,0,", "2025,26,0,",
        "census.csv, row 53, column age: the value is '26'", "an age from 0 to 25",
    ),
    council(
        "a census row that does not add to its total", "census.csv", JANUARY_2025, JANUARY_2025.replace("441", "442"),
        "census.csv, row 31, column total: the value is 7196 but the row adds to 7197", "correct the cell",
    ),
    council(
        "ages that do not add to the row for all", "census.csv", "2025,24,0,0,0,0,0,10,1,2,0,40,0,53", "2025,24,0,0,0,0,0,10,1,2,0,41,0,54",
        "census.csv, row 31, column not_in_education: the value is 824 for 2025 but the ages add to 825", "correct the row",
    ),
    council(
        "a year for all given twice", "census.csv", "", JANUARY_2025 + ",dfe_sen2_2025_caseload\n",
        "census.csv, row 54", "2025",
    ),
    council(
        "an age given twice", "need_by_age.csv", "", "2025,24,5,28,15,5,53,dfe_sen2_2025_needs\n",
        "need_by_age.csv, row 24", "24",
    ),
    council(
        "a year of flows given twice", "flows.csv", "", "2024,1582,929,318,dfe_sen2_2025_flows\n",
        "flows.csv, row 8", "2024",
    ),
    council(
        "no row for the last census", "need_by_age.csv", "2025,", "2024,",
        "need_by_age.csv, row 2",
    ),
    council(
        "a setting nobody knows", "unit_costs.csv", "eotas,", "eotass,",
        "unit_costs.csv, row 9, column setting: the value is 'eotass'", "must be one of mainstream,",
    ),
    council(
        "a setting without a unit cost", "unit_costs.csv", 'elective_home_education,0,0,1000,0.03,0.02,0.05,assumed,judgement,"Parents who choose to educate at home bear its cost"\n', "",
        "unit_costs.csv: the setting elective_home_education is missing", "add a row",
    ),
    council(
        "a setting costed twice", "unit_costs.csv", "", INMSS + ",0.043,0.03,0.065,assumed,judgement,\n",
        "unit_costs.csv, row 13", "inmss",
    ),
    council(
        "a low above its high", "unit_costs.csv", INMSS, "inmss,70000,77000,76000",
        "unit_costs.csv, row 5", "low 77000, value 70000, high 76000", "in that order",
    ),
    council(
        "a source that is not listed", "unit_costs.csv", "s251_2021_22", "hearsay",
        "unit_costs.csv, row 5", "hearsay", "sources.yaml",
    ),
    council(
        "a source of a census row that is not listed", "census.csv", JANUARY_2025 + ",dfe_sen2_2025_caseload", JANUARY_2025 + ",hearsay",
        "census.csv, row 31", "hearsay", "sources.yaml",
    ),
    council(
        "a price without end", "unit_costs.csv", INMSS, "inmss,inf,64000,inf",
        "unit_costs.csv, row 5, column value", "inf",
    ),
    council(
        "a pedigree nobody knows", "unit_costs.csv", "0.065,assumed,s251_2021_22", "0.065,guessed,s251_2021_22",
        "unit_costs.csv, row 5, column pedigree: the value is 'guessed'", "must be published, calibrated or assumed",
    ),
    council(
        "a rate in per cent", "unit_costs.csv", "76000,0.043,", "76000,4.3,",
        "unit_costs.csv, row 5, column inflation: the value is 4.3", "a yearly rate such as 0.03",
    ),
    council(
        "a financial year written another way", "income.csv", "2026/27,", "2026-27,",
        "income.csv, row 8, column financial_year: the value is '2026-27'", "must look like 2026/27",
    ),
    council(
        "a year without income", "income.csv", "2029/30,", "2039/40,",
        "income.csv: the year 2029/30 is missing", "add a row",
    ),
    council(
        "a year of income given twice", "income.csv", "", "2029/30,1,1,1,assumed,judgement,\n",
        "income.csv, row 12", "2029/30",
    ),
    council(
        "a September without places", "capacity.csv", "state_special,2028,", "state_special,2038,",
        "capacity.csv: state_special has no row for September 2028", "add one",
    ),
    council(
        "a September given twice", "capacity.csv", "", "state_special,2029,2100,2052,2300,assumed,judgement,inmss,\n",
        "capacity.csv, row 14", "2029",
    ),
    council(
        "a setting with two fallbacks", "capacity.csv", "2250,assumed,judgement,inmss", "2250,assumed,judgement,eotas",
        "capacity.csv, row", "state_special", "fallback",
    ),
    council(
        "a setting that is its own fallback", "capacity.csv", "440,500,assumed,dfe_sen2_2025_caseload,state_special", "440,500,assumed,dfe_sen2_2025_caseload,resource_base",
        "capacity.csv, row 2", "fallback",
    ),
    council(
        "a line of the forecast that is missing", "forecast.csv", "planned_mitigations", "planned_savings",
        "forecast.csv: the line planned_mitigations is missing", "add it",
    ),
    council(
        "a published gap left blank", "forecast.csv", "mitigations,87880", "mitigations,",
        "forecast.csv, row 2, column 2026/27: the value is empty",
    ),
    council(
        "a target without its last year", "targets.csv", "49634,66146", "49634,",
        "targets.csv, row 3, column 2029/30: the value is empty",
    ),
    council(
        "a target given twice", "targets.csv", "", "base,,,,50000,cfosc_2026_03_03,\n",
        "targets.csv, row 4", "base",
    ),
    council(
        "a row with too many cells", "usual_moves.csv", "end of school", "end of school,,",
        "usual_moves.csv: it cannot be read as a table", "line 5",
    ),
]  # fmt: skip


def refusal(done: Result) -> str:
    """The one line a person sees, when there is nothing but that line and the code says that the input is theirs to mend."""
    assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("best: ")
    assert done.stderr.count("\n") == 1
    return done.stderr


@pytest.mark.parametrize(
    "fault",
    SCENARIO_FAULTS + AUTHORITY_FAULTS + TABLE_FAULTS,
    ids=lambda fault: f"{Path(fault.file).name}: {fault.name}",
)
def test_the_command_refuses_bad_input_in_one_line_that_says_where_and_what(params: Path, fault: Fault) -> None:
    fault.spoil(params)
    said = refusal(best_run(params))
    assert [part for part in fault.says if part not in said] == [], said
