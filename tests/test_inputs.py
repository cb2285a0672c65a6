"""Bad input is refused at the door, in one line that says where it is, what it is and what to do.

Each fault is one edit of a copy of `params/`. Those of a council's folder are met through the command, as a person
would meet them; those of a scenario file through its reader, with a few through the command.
"""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result
from conftest import best, edit, refusal

from best_model.door import PARAMS, open_scenario
from best_model.inputs.authorities import read_council
from best_model.model.refusal import Refusal
from best_model.model.scenario import Scenario

BEST = Path(sys.executable).with_name("best")


def best_run(params: Path, *words: str) -> Result:
    return best("run", *(words or ["stretched"]), "--params", params)


@dataclass(frozen=True)
class Fault:
    """In one file the first `old` becomes `new` (which goes at the end where `old` is nothing); the refusal `says` so."""

    name: str
    file: str
    old: str
    new: str
    says: tuple[str, ...]

    def __str__(self) -> str:
        return f"{Path(self.file).name}: {self.name}"

    def spoil(self, params: Path) -> None:
        if self.old:
            edit(params / self.file, self.old, self.new)
        else:
            with (params / self.file).open("a", encoding="utf-8") as file:
                file.write(self.new)

    def unsaid(self, line: str) -> list[str]:
        """What the refusal should have said and did not."""
        return [part for part in self.says if part not in line]


# ---- Scenario files


def scenario(name: str, old: str, new: str, *says: str, file: str = "stretched.yaml") -> Fault:
    return Fault(name, f"scenarios/{file}", old, new, says)


OFFER = next(  # line 7 of stretched.yaml, which has eleven lines
    line.strip() for line in (PARAMS / "scenarios/stretched.yaml").read_text().splitlines() if "graduated_offer" in line
)
INTENSITY = "stretched.yaml, line 7: levers.graduated_offer.intensity is"

SCENARIO_FAULTS = [
    scenario("a key nobody knows", "target: stretched", "targets: stretched",
        "stretched.yaml, line 4: targets is not a key that is known here", "check its spelling"),
    scenario("a key nobody knows within a priority", OFFER, "graduated_offer: {strength: 0.90}",
        "stretched.yaml, line 7: levers.graduated_offer.strength is not a key", "remove it"),
    scenario("a key said twice", "", "target: base\n",
        "stretched.yaml, line 12: target is already said on line 4", "keep one"),
    scenario("a priority said twice", "", "  ceasing: {intensity: 0.1}\n",
        "stretched.yaml, line 12: levers.ceasing is already said on line 8", "keep one"),
    scenario("an intensity above 1", OFFER, "graduated_offer: {intensity: 1.4}",
        f"{INTENSITY} 1.4; write a number of 1 or less"),
    scenario("an intensity below 0", OFFER, "graduated_offer: {intensity: -0.1}",
        f"{INTENSITY} -0.1; write a number of 0 or more"),
    scenario("a word that is no number and not low, central or high", OFFER, "graduated_offer: {intensity: lots}",
        f"{INTENSITY} 'lots'"),
    scenario("a truth where a number is due", OFFER, "graduated_offer: {intensity: true}", f"{INTENSITY} True"),
    scenario("010, which is text", OFFER, "graduated_offer: {intensity: 010}", f"{INTENSITY} '010'"),
    scenario("12:30, which is text", OFFER, "graduated_offer: {intensity: 12:30}", f"{INTENSITY} '12:30'"),
    scenario("no, which is text", "target: stretched", "tie_to_target: no",
        "stretched.yaml, line 4: tie_to_target is 'no'", "write true or false"),
    scenario("a list where a name is due", "extends: base", "extends: [base]",
        "stretched.yaml, line 1: extends", "write words"),
    scenario("a month that is none", OFFER, "graduated_offer: {start: 2026-13}",
        "stretched.yaml, line 7: levers.graduated_offer.start is '2026-13'"),
    scenario("an amount in train that has no name", "target: stretched", "in_train: some",
        "stretched.yaml, line 4: in_train is 'some'", "'none', 'low', 'central' or 'high'"),
    scenario("a priority nobody has", OFFER, "graduate_offer: {intensity: 0.90}",
        "stretched.yaml, line 7: levers.graduate_offer is not a priority", "there are graduated_offer, ceasing,"),
    scenario("an extends that goes round in a circle", "extends: do_nothing", "extends: stretched",
        "evidence.yaml, line 1: extends goes round in a circle at stretched", "name another", file="evidence.yaml"),
    scenario("a scenario that extends itself", "extends: base", "extends: stretched",
        "stretched.yaml, line 1: extends goes round in a circle at stretched", "name another"),
    scenario("an extends that names no scenario", "extends: base", "extends: bass",
        "stretched.yaml, line 1: extends names no scenario 'bass'", "there are base, do_nothing, evidence, stretched"),
    scenario("nothing to extend, and not all said", "extends: base\n", "",
        "stretched.yaml, line 1: in_train is missing", "add it"),
    scenario("broken YAML", OFFER, "graduated_offer: {intensity: 0.90",
        "stretched.yaml, line 8: it is not valid YAML", "mend that line"),
    scenario("a list as a key", "", "? [a, b]\n: c\n", "stretched.yaml, line 12: it is not valid YAML"),
    scenario("a tag that would run code", "title: Stretched", "title: !!python/name:os.system x",
        "stretched.yaml, line 2: it is not valid YAML"),
    scenario("a word said to be a number", "title: Stretched", "title: !!int abc", "stretched.yaml", "not valid YAML"),
    scenario("a list that holds itself", "", "again: &it {again: *it}\n", "stretched.yaml", "not valid YAML"),
    scenario("a target nobody published", "target: stretched", "target: heroic", "stretched.yaml, line 4: target", "heroic", "base"),
    scenario("a control character", "title: Stretched", 'title: "Stretch\a"', "stretched.yaml", "it is not valid YAML"),
]  # fmt: skip


@pytest.mark.parametrize("fault", SCENARIO_FAULTS, ids=str)
def test_a_scenario_is_refused_in_a_line_that_says_where_and_what(params: Path, fault: Fault) -> None:
    fault.spoil(params)
    with pytest.raises(Refusal) as refused:
        open_scenario("stretched", params=params)
    assert fault.unsaid(str(refused.value)) == []


def test_a_scenario_that_does_not_exist_is_refused_with_those_that_do(params: Path) -> None:
    said = refusal(best_run(params, "heroic"))
    assert "params/scenarios/heroic.yaml: there is no such scenario" in said
    assert "there are base, do_nothing, evidence, stretched" in said


def test_a_scenario_is_a_name_and_never_a_way_out_of_its_folder(params: Path) -> None:
    assert "there is no such scenario" in refusal(best_run(params, "../packs/committee"))


def test_an_authority_that_does_not_exist_is_refused_with_those_that_do(params: Path) -> None:
    said = refusal(best_run(params, "base", "--authority", "rutland"))
    assert "params/rutland: there is no such authority; there are leicestershire" in said


@pytest.mark.parametrize(("written", "meant"), [("1e-3", 0.001), ("5E-1", 0.5), ("0.25", 0.25), ("1", 1.0), ("0", 0.0)])
def test_a_number_as_json_writes_it_is_a_number(params: Path, written: str, meant: float) -> None:
    """YAML 1.1 takes `1e-3` for text; here it is a thousandth."""
    scenario("", OFFER, f"graduated_offer: {{intensity: {written}}}").spoil(params)
    assert intensity_of(open_scenario("stretched", params=params), "graduated_offer") == meant


def intensity_of(given: Scenario, priority: str) -> float:
    return next(lever.intensity for lever in given.levers if lever.name == priority)


def test_low_central_and_high_are_those_of_the_evidence(params: Path) -> None:
    """The graduated offer has 0.15, 0.5 and 1.0 of its full effect as evidence."""
    for word, share in {"low": 0.15, "central": 0.5, "high": 1.0}.items():
        scenario("", OFFER, f"graduated_offer: {{intensity: {word}}}").spoil(params)
        assert intensity_of(open_scenario("stretched", params=params), "graduated_offer") == share
        shutil.copy(PARAMS / "scenarios/stretched.yaml", params / "scenarios")


def test_a_scenario_says_only_what_differs_from_the_one_it_extends(params: Path) -> None:
    """Stretched says nothing of what is in train: base does not either, so it is evidence's; its target is its own."""
    given = open_scenario("stretched", params=params)
    assert intensity_of(given, "specialist_places") == 1.0
    assert (given.in_train, given.target, given.tie_to_target) == ("central", "stretched", True)


# ---- A council's folder


def council(name: str, file: str, old: str, new: str, *says: str) -> Fault:
    return Fault(name, f"leicestershire/{file}", old, new, says)


AUTHORITY_FAULTS = [
    council("a figure without its high", "priorities.yaml", "low: 0.10, high: 0.20", "low: 0.10",
        "priorities.yaml, line 13: graduated_offer.actions.0.share.high is missing", "add it"),
    council("a low above its high", "priorities.yaml", "low: 0.10, high: 0.20", "low: 0.40, high: 0.20",
        "priorities.yaml, line 13: graduated_offer.actions.0.share has low 0.4, value 0.2, high 0.2", "in that order"),
    council("a high above the most a source supports", "priorities.yaml", "low: 0.10, high: 0.20", "low: 0.10, high: 0.32",
        "priorities.yaml, line 13: graduated_offer.actions.0.share has value 0.2 and high 0.32", "make them the same"),
    council("a share above 1", "priorities.yaml", "{value: 0.40, low: 0.20, high: 0.40", "{value: 1.40, low: 0, high: 2",
        "priorities.yaml, line 84: specialist_places.actions.2.share", "1.4"),
    council("places below nought", "priorities.yaml", "2: {value: 60, low: 0,", "2: {value: -60, low: -90,",
        "priorities.yaml, line 65: specialist_places.actions.0.by_nth_september.2", "-60"),
    council("a source that is not listed", "priorities.yaml", "source: dbv_contract", "source: hearsay",
        "priorities.yaml, line 5: graduated_offer.evidence", "hearsay", "sources.yaml"),
    council("a setting nobody knows", "priorities.yaml", "setting: eotas", "setting: eotass",
        "priorities.yaml, line 126: eotas.actions.0.setting is 'eotass'", "must be one of mainstream"),
    council("an action nobody knows", "priorities.yaml", "acts_on: new_plans", "acts_on: hopes",
        "priorities.yaml, line 10: graduated_offer.actions.0", "'new_plans', 'moves', 'ceasing', 'places', 'price'"),
    council("ages the wrong way round", "priorities.yaml", "ages: [6, 15]", "ages: [15, 6]",
        "priorities.yaml, line 10: graduated_offer.actions.0", "ages [15, 6]", "the first and the last age"),
    council("a priority with nothing under it", "priorities.yaml", "graduated_offer:\n", "outreach:\ngraduated_offer:\n",
        "priorities.yaml, line 3: outreach must be a list of `key: value` lines"),
    council("a number that is text", "assumptions.yaml", "base_january: 2025", "base_january: 02025",
        "assumptions.yaml, line 3: base_january is '02025'", "write a whole number"),
    council("a key that is gone", "assumptions.yaml", "new_deficits_leave_from: 2028/29\n", "",
        "assumptions.yaml, line 1: new_deficits_leave_from is missing", "add it"),
    council("a price base that is no financial year", "assumptions.yaml", "price_base: 2024/25", "price_base: lately",
        "assumptions.yaml, line 16: price_base is 'lately'"),
    council("relief from a year that is none", "assumptions.yaml", "from: 2028/29", "from: later",
        "assumptions.yaml, line 20: new_deficits_leave_from is 'later'"),
    council("a grant of more than the deficit", "assumptions.yaml", "{value: 0.90, low: 0.0, high: 0.90",
        "{value: 1.90, low: 0.0, high: 1.90", "assumptions.yaml, line 19: stability_grant", "1.9"),
    council("more placed than await a place", "assumptions.yaml", "{value: 0.80, low: 0.50, high: 1.00",
        "{value: 1.50, low: 0.50, high: 1.70", "assumptions.yaml, line 14: awaiting_are_placed", "1.5"),
    council("an empty place that earns", "assumptions.yaml", "{value: 10000, low: 6000,", "{value: -10000, low: -16000,",
        "assumptions.yaml, line 18: empty_place", "-10000"),
    council("a spread of nothing", "assumptions.yaml", "demand: {value: 0.10, low: 0.05", "demand: {value: 0, low: 0",
        "assumptions.yaml, line 24: calibration_spread.demand"),
    council("a year without what is in train", "assumptions.yaml", "2027/28: {value: 8800000", "2037/38: {value: 8800000",
        "assumptions.yaml, line 30: in_train has no 2027/28", "add it"),
    council("a source without its licence", "sources.yaml", '  licence: "OGL3"\n', "",
        "sources.yaml, line 7: dfe_sen2_2025_caseload.licence is missing", "add it"),
    council("a calibration of other years", "calibration.yaml", "  2029:\n", "  2030:\n",
        "calibration.yaml", "its years are not those of the forecast", "run `best calibrate`"),
]  # fmt: skip

JANUARY_2025 = "2025,all,2282,384,1962,441,3,605,242,129,81,824,243,7196"  # row 32 of census.csv
AGE_24 = "2025,24,0,0,0,0,0,10,1,2,0,40,0,53"  # row 54, the last
INMSS = "inmss,70000,64000,76000"  # row 5 of unit_costs.csv, which has 12
AT_HOME = next(
    line
    for line in (PARAMS / "leicestershire/unit_costs.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    if line.startswith("elective_home_education,")
)

TABLE_FAULTS = [
    council("a missing column", "census.csv", "resource_base,state_special", "resource_bases,state_special",
        "census.csv, row 1: column resource_base is missing", "add it"),
    council("a negative cell", "census.csv", "2025,24,0,", "2025,24,-1,",
        "census.csv, row 54, column mainstream: the value is -1", "nought or more"),
    council("text in a number cell", "census.csv", "2025,24,0,", "2025,24,none,",
        "census.csv, row 54, column mainstream: the value is 'none'", "must be a number"),
    council("half a child", "census.csv", "2025,24,0,", "2025,24,0.5,",
        "census.csv, row 54, column mainstream: the value is '0.5'", "must be a whole number"),
    council("an empty cell", "census.csv", "2025,24,0,", "2025,24,,",
        "census.csv, row 54, column mainstream: the value is empty"),
    council("an age past 25", "census.csv", "2025,24,0,", "2025,26,0,",
        "census.csv, row 54, column age: the value is '26'", "an age from 0 to 25"),
    council("a row that does not add to its total", "census.csv", JANUARY_2025, JANUARY_2025.replace("441", "442"),
        "census.csv, row 32, column total: the value is 7196 but the row adds to 7197", "correct the cell"),
    council("ages that do not add to the row for all", "census.csv", AGE_24, "2025,24,0,0,0,0,0,10,1,2,0,41,0,54",
        "census.csv, row 32, column not_in_education: the value is 824 for 2025", "add to 825", "correct the row"),
    council("a census given twice", "census.csv", "", f"{JANUARY_2025},dfe_sen2_2025_caseload\n", "census.csv", "2025"),
    council("a source that is not listed", "census.csv", f"{JANUARY_2025},dfe_sen2_2025_caseload",
        f"{JANUARY_2025},hearsay", "census.csv, row 32", "hearsay", "sources.yaml"),
    council("an age given twice", "need_by_age.csv", "", "2025,24,5,28,15,5,53,dfe_sen2_2025_needs\n",
        "need_by_age.csv", "24"),
    council("needs of an age that are not its plans", "need_by_age.csv", "2025,24,5,28,15,5,53", "2025,24,6,28,15,5,54",
        "need_by_age.csv", "54", "53"),
    council("needs of a first setting that are not its new plans", "new_plans_need_by_setting.csv",
        "state_special,8,62,14,2,86", "state_special,9,62,14,2,87", "new_plans_need_by_setting.csv", "87", "86"),
    council("ceased plans by setting that are not those by age", "ceased_plans_by_setting.csv",
        "2024,44,5,36,27,0,27,8,6,7,150,8,318", "2024,45,5,36,27,0,27,8,6,7,150,8,319",
        "ceased_plans_by_setting.csv", "319", "318"),
    council("a year of flows given twice", "flows.csv", "", "2024,1582,929,318,dfe_sen2_2025_flows\n",
        "flows.csv", "2024"),
    council("a setting nobody knows", "unit_costs.csv", "eotas,", "eotass,",
        "unit_costs.csv, row 9, column setting: the value is 'eotass'", "must be one of mainstream,"),
    council("a setting without a unit cost", "unit_costs.csv", AT_HOME, "",
        "unit_costs.csv: the setting elective_home_education is missing", "81 children", "£0", "add a row"),
    council("a setting costed twice", "unit_costs.csv", "", f"{INMSS},0.043,0.03,0.065,assumed,judgement,,judgement,\n",
        "unit_costs.csv", "inmss"),
    council("a low above its high", "unit_costs.csv", INMSS, "inmss,70000,77000,76000",
        "unit_costs.csv, row 5", "low 77000, value 70000, high 76000", "in that order"),
    council("a source of a cost that is not listed", "unit_costs.csv", "s251_2021_22", "hearsay",
        "unit_costs.csv, row 5", "hearsay", "sources.yaml"),
    council("a price without end", "unit_costs.csv", INMSS, "inmss,inf,64000,inf", "unit_costs.csv, row 5", "inf"),
    council("a pedigree nobody knows", "unit_costs.csv", "assumed,s251_2021_22", "guessed,s251_2021_22",
        "unit_costs.csv, row 5, column pedigree: the value is 'guessed'", "published, calibrated or assumed"),
    council("a rate in per cent", "unit_costs.csv", "76000,0.043,", "76000,4.3,",
        "unit_costs.csv, row 5, column inflation: the value is 4.3", "a yearly rate such as 0.03"),
    council("a financial year written another way", "income.csv", "2026/27,", "2026-27,",
        "income.csv, row 8, column financial_year: the value is '2026-27'", "must look like 2026/27"),
    council("a year without income", "income.csv", "2029/30,", "2039/40,",
        "income.csv: the year 2029/30 is missing", "add a row"),
    council("a year of income given twice", "income.csv", "", "2029/30,1,1,1,assumed,judgement,\n",
        "income.csv", "2029/30"),
    council("a September without places", "capacity.csv", "state_special,2028,", "state_special,2038,",
        "capacity.csv: state_special has no row for September 2028", "add one"),
    council("a September given twice", "capacity.csv", "", "state_special,2029,1,1,1,assumed,judgement,inmss,\n",
        "capacity.csv", "2029"),
    council("a setting with two fallbacks", "capacity.csv", "2250,assumed,judgement,inmss",
        "2250,assumed,judgement,eotas", "capacity.csv", "state_special", "eotas"),
    council("a line of the forecast that is missing", "forecast.csv", "planned_mitigations", "planned_savings",
        "forecast.csv: the line planned_mitigations is missing", "add it"),
    council("a published gap left blank", "forecast.csv", "before_mitigations,87880", "before_mitigations,",
        "forecast.csv, row 2, column 2026/27", "empty"),
    council("a target without its last year", "targets.csv", "49634,66146", "49634,",
        "targets.csv, row 3, column 2029/30", "empty"),
    council("a target given twice", "targets.csv", "", "base,,,,50000,cfosc_2026_03_03,\n", "targets.csv", "base"),
    council("a row with too many cells", "usual_moves.csv", "end of school", "end of school,,",
        "usual_moves.csv: it cannot be read as a table", "line 5"),
]  # fmt: skip


@pytest.mark.parametrize("fault", AUTHORITY_FAULTS + TABLE_FAULTS, ids=str)
def test_the_command_refuses_a_council_in_one_line_that_says_where_and_what(params: Path, fault: Fault) -> None:
    fault.spoil(params)
    said = refusal(best_run(params))
    assert fault.unsaid(said) == [], said


def test_fallbacks_that_go_round_in_a_circle_are_refused(params: Path) -> None:
    """What a base cannot take goes to special, and what special cannot take would go to a base: nobody gets a place."""
    path = params / "leicestershire" / "capacity.csv"
    path.write_text(path.read_text().replace(",inmss,", ",resource_base,"))
    said = refusal(best_run(params))
    assert "capacity.csv" in said
    assert "fallback" in said


def test_the_rows_of_every_table_may_come_in_any_order(params: Path) -> None:
    """With the last row of each first it is the same council to the last figure."""
    for path in (params / "leicestershire").glob("*.csv"):
        head, *rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join([head, *rows[::-1]]), encoding="utf-8")
    assert_same(read_council(params, "leicestershire"), read_council(PARAMS, "leicestershire"))


def assert_same(one: object, other: object) -> None:
    """Equal field by field, arrays and mappings included; sums may differ in the last digit."""
    if is_dataclass(one):
        for field in fields(one):
            assert_same(getattr(one, field.name), getattr(other, field.name))
    elif isinstance(one, np.ndarray):
        np.testing.assert_allclose(one, other, rtol=1e-12)
    elif isinstance(one, dict):
        assert one.keys() == other.keys()
        for key, value in one.items():
            assert_same(value, other[key])
    else:
        assert one == other


@pytest.mark.parametrize("file", ["census.csv", "priorities.yaml", "sources.yaml"])
def test_a_file_that_is_not_there_or_is_empty_is_refused_by_name(params: Path, file: str) -> None:
    path = params / "leicestershire" / file
    path.write_text("")
    assert file in refusal(best_run(params))
    path.unlink()
    assert f"{file}: it cannot be read" in refusal(best_run(params))


def test_a_table_that_is_not_utf_8_is_refused_by_name(params: Path) -> None:
    path = params / "leicestershire" / "income.csv"
    path.write_bytes(path.read_bytes() + "£".encode("latin-1"))
    assert "income.csv: it cannot be read as a table" in refusal(best_run(params))


# ---- As a process


def test_the_installed_command_refuses_with_code_2_and_one_line_on_stderr(params: Path) -> None:
    SCENARIO_FAULTS[0].spoil(params)
    done = subprocess.run(
        [BEST, "run", "stretched", "--params", params], check=False, capture_output=True, text=True, encoding="utf-8"
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("best: stretched.yaml, line 4: targets is not a key")
    assert done.stderr.count("\n") == 1


def test_the_installed_command_runs_an_unspoilt_copy_from_any_folder(params: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [BEST, "run", "stretched", "--json", "--params", params],
        check=False, capture_output=True, text=True, encoding="utf-8", cwd=tmp_path,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["scenario"] == "stretched"
