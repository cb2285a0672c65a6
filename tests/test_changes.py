"""What changed since the last pack: every change has a cause, causes add up, and an odd old pack is said, never guessed."""

import csv
import hashlib
import json
import math
import re
import shutil
from html import unescape
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser
from pydantic import ValidationError

from best_model.door import PARAMS, open_authority, open_result
from best_model.model.scenario import Assumption
from best_model.papers.changed import changed_since, changes_page
from best_model.papers.page import Page, read_page
from best_model.questions.changed_files import (
    Difference,
    FileChange,
    Part,
    ladder,
    part_of,
    published_first,
    rows_compared,
)
from best_model.questions.changes import AssumptionChange, Changes, Figure, causes_of
from best_model.questions.headline import headline
from best_model.questions.recorded import Made

SCENARIOS = ("evidence", "stretched")
COUNCIL = "leicestershire"
PAGE = Page(
    pack="committee",
    title="A pack",
    meeting="A meeting",
    date="1 December 2026",
    version="2",
    commit="abc",
    inputs="f00",
)
SCRIPT = "<script>alert(1)</script>"


def hashes(params: Path) -> dict[str, str]:
    files = (path for path in params.rglob("*") if path.is_file())
    return {path.relative_to(params).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def manifest(params: Path, **said: Any) -> dict[str, Any]:
    """What `best report` writes, but for documents that no test here needs."""
    authority = open_authority(COUNCIL, params)
    found = {name: headline(open_result(name, authority, params), ()) for name in SCENARIOS}
    return {
        "pack": "committee",
        "title": "A pack",
        "version": "0.1.0",
        "commit": "0b45c55",
        "code": "c0de",
        "environment": {"python": "3.11.2", "numpy": "2.3.0"},
        "inputs": hashes(params),
        "seed": 7,
        "headline": {
            name: {key: value for key, value in each.items() if key != "checks"} for name, each in found.items()
        },
        "chances": {"evidence": {"base": 0.31, "stretched": 0.02}},
        "checks": {"evidence": {"ties": True}},
        "documents": [{"file": "committee_pack-stretched.html", "title": "Will it?"}],
        "built": "2026-11-02T09:30:00+00:00",
        **said,
    }


def publish(folder: Path, params: Path, said: dict[str, Any]) -> Path:
    """A pack as it is published, in a folder of its own, with its inputs beside it."""
    shutil.copytree(params, folder / "inputs")
    (folder / "pack").mkdir()
    (folder / "pack" / "manifest.json").write_text(json.dumps(said), encoding="utf-8")
    return folder / "pack"


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The parameters as they are shipped: one copy for all, so that an edit of the tree in mid-test is no change."""
    return shutil.copytree(PARAMS, tmp_path_factory.mktemp("shipped") / "params")


@pytest.fixture(scope="module")
def last(shipped: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published pack of those parameters."""
    return publish(tmp_path_factory.mktemp("last") / "pack", shipped, manifest(shipped))


@pytest.fixture
def params(shipped: Path, tmp_path: Path) -> Path:
    """Today's parameters, to be edited."""
    return shutil.copytree(shipped, tmp_path / "params")


def told(last: Path) -> dict[str, Any]:
    said: dict[str, Any] = json.loads((last / "manifest.json").read_text(encoding="utf-8"))
    return said


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1, f"{old!r} is not in {path.name}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def a_million_more_for_services(params: Path) -> None:
    """One cell of a published table."""
    edit(params / COUNCIL / "services.csv", "2021/22,6503982", "2021/22,7503982")


def a_million_less_in_train(params: Path) -> None:
    """One assumption."""
    edit(params / COUNCIL / "assumptions.yaml", "2029/30: {value: 11450000", "2029/30: {value: 10450000")


def less_from_eotas(params: Path) -> None:
    """One intensity of one scenario."""
    edit(params / "scenarios" / "evidence.yaml", "eotas: {intensity: central}", "eotas: {intensity: 0}")


def a_dearer_special_school(params: Path) -> None:
    """One assumed row of a table."""
    edit(params / COUNCIL / "unit_costs.csv", "state_special,26000", "state_special,27000")


def moved(changes: Changes, name: str, year: str = "2029/30", scenario: str = "evidence") -> Figure:
    return next(each for each in changes.figures if (each.scenario, each.name, each.year) == (scenario, name, year))


def shares(figure: Figure) -> dict[str, float]:
    return figure.causes


def difference(where: str, before: str | None, after: str | None) -> Difference:
    return Difference(where=where, before=before, after=after)


def answer_in_words(changes: Changes) -> str:
    """What the page says in one sentence, as plain text."""
    return read_page(changes_page(changes, PAGE), "what_changed.html").answer


def words(sentence: str) -> int:
    return len(sentence.split())


# ---- First, nothing, and each cause alone


def test_a_first_pack_says_that_there_is_nothing_to_compare(shipped: Path, last: Path) -> None:
    changes = changed_since(None, told(last), shipped)
    assert answer_in_words(changes) == "This is the first pack, so there is nothing to compare it with."
    assert changes.figures == ()
    assert "<table" not in changes_page(changes, PAGE)


def test_the_same_inputs_and_code_change_nothing(shipped: Path, last: Path) -> None:
    changes = changed_since(last, told(last), shipped)
    assert changes.nothing
    assert answer_in_words(changes) == "Nothing has changed since the last pack."
    assert len(changes.figures) == 2 * 4 * 4  # scenarios, lines, years
    assert {pounds for each in changes.figures for pounds in each.causes.values()} == {0.0}


def test_a_cell_of_a_published_table_is_an_input_and_moves_the_gap_by_its_own_sum(last: Path, params: Path) -> None:
    """£1m of services in 2021/22, raised by general inflation of 3% for eight years: 1.03^8 = £1,266,770 in 2029/30."""
    a_million_more_for_services(params)
    changes = changed_since(last, manifest(params), params)
    gap = moved(changes, "gap_before")
    assert gap.change == pytest.approx(1e6 * 1.03**8, abs=0.02)
    assert shares(gap) == {"model": 0.0, "inputs": gap.change}
    assert moved(changes, "found").change == 0.0
    assert [(each.path, each.differing, each.parts) for each in changes.files] == [
        (f"{COUNCIL}/services.csv", 1, ("inputs",))
    ]
    assert changes.files[0].shown == (difference("SEN support and inclusion services: value", "6503982", "7503982"),)
    assert answer_in_words(changes) == (
        "The evidence-led gap left in 2029/30 rose by £1.3m to "
        f"£{told_gap(changes):.1f}m, because an input table changed."
    )


def told_gap(changes: Changes) -> float:
    return (moved(changes, "gap_after").after or 0.0) / 1e6


@pytest.fixture(scope="module")
def less_in_train(shipped: Path, last: Path, tmp_path_factory: pytest.TempPathFactory) -> Changes:
    """A pack in which one assumption has changed."""
    params = shutil.copytree(shipped, tmp_path_factory.mktemp("less") / "params")
    a_million_less_in_train(params)
    return changed_since(last, manifest(params), params)


def test_a_million_less_in_train_is_a_million_less_saved_because_an_assumption_changed(less_in_train: Changes) -> None:
    """£1m less in 2029/30: the saving falls by £1m, the gap left and the deficit of that year rise by £1m."""
    changes = less_in_train
    found, left, deficit = (moved(changes, name) for name in ("found", "gap_after", "deficit"))
    assert (found.change, left.change, deficit.change) == (-1e6, 1e6, 1e6)
    assert shares(found) == {"model": 0.0, "assumptions": -1e6}
    assert moved(changes, "found", "2028/29").change == 0.0
    only = changes.assumptions[0]
    assert (len(changes.assumptions), only.name, only.label) == (
        1,
        "in_train.2029/30",
        "In train before the plan begins, 2029/30",
    )
    assert only.before
    assert only.after
    assert (only.before.value, only.after.value, only.after.low, only.after.high) == (11450000, 10450000, 0, 22900000)
    assert re.fullmatch(
        r"The evidence-led saving in 2029/30 fell by £1\.0m to £\d+\.\dm, because an assumption changed\.",
        answer_in_words(changes),
    )


def test_a_plan_that_is_topped_up_to_its_target_still_shows_what_is_found(less_in_train: Changes) -> None:
    """The stretched plan meets its target either way, so that its saving is the same: what is found is not."""
    changes = less_in_train
    assert moved(changes, "found", scenario="stretched").change == -1e6
    assert moved(changes, "gap_after", scenario="stretched").change == 0.0


def test_an_intensity_is_the_scenario_files_doing_and_touches_no_other_scenario(last: Path, params: Path) -> None:
    less_from_eotas(params)
    changes = changed_since(last, manifest(params), params)
    found = moved(changes, "found")
    assert found.change < 0
    assert shares(found) == {"model": 0.0, "scenarios": found.change}
    assert moved(changes, "found", scenario="stretched").change == 0.0
    assert changes.files[0].shown == (difference("levers.eotas.intensity", "central", "0"),)
    assert answer_in_words(changes).endswith("because a scenario file changed.")


def test_another_model_on_the_same_inputs_is_the_models_doing(shipped: Path, last: Path, tmp_path: Path) -> None:
    """The last pack printed £5,000 more than today's model gives on its inputs."""
    said = told(last)
    now = told(last) | {"code": "0ther", "version": "0.2.0"}
    said["headline"]["evidence"]["saving_gbp"][-1] += 5000
    changes = changed_since(publish(tmp_path / "pack", shipped, said), now, shipped)
    assert shares(moved(changes, "found")) == {"model": -5000.0}
    assert answer_in_words(changes).endswith("because the model changed.")
    assert "fell by £5,000 to" in answer_in_words(changes)
    assert not changes.unexplained


def test_a_drift_that_nothing_recorded_explains_is_said_loudly(shipped: Path, last: Path, tmp_path: Path) -> None:
    said = told(last)
    said["headline"]["evidence"]["saving_gbp"][-1] += 0.01
    changes = changed_since(publish(tmp_path / "pack", shipped, said), told(last), shipped)
    assert changes.unexplained
    assert answer_in_words(changes).endswith("because a second run differs.")
    assert "under £1" in answer_in_words(changes)
    assert "Do not sign this pack" in changes_page(changes, PAGE)


def test_another_library_is_named(shipped: Path, last: Path) -> None:
    changes = changed_since(last, told(last) | {"environment": {"python": "3.11.2", "numpy": "2.4.0"}}, shipped)
    assert answer_in_words(changes) == "No headline figure changed, though the libraries did."
    assert "Libraries that differ: numpy." in changes_page(changes, PAGE)


# ---- All at once


@pytest.fixture(scope="module")
def all_at_once(shipped: Path, last: Path, tmp_path_factory: pytest.TempPathFactory) -> Changes:
    """A pack in which the model, a table, an assumption and a scenario have all changed."""
    folder = tmp_path_factory.mktemp("all")
    params = shutil.copytree(shipped, folder / "params")
    for change in (a_million_more_for_services, a_million_less_in_train, less_from_eotas):
        change(params)
    said = told(last)
    said["headline"]["evidence"]["saving_gbp"][-1] -= 250.25
    now = manifest(params, code="0ther", chances={"evidence": {"base": 0.25, "stretched": 0.02}})
    return changed_since(publish(folder / "pack", shipped, said), now, params)


def test_causes_stand_in_their_order_and_each_carries_its_own(all_at_once: Changes) -> None:
    found = shares(moved(all_at_once, "found"))
    assert list(found) == ["model", "inputs", "assumptions", "scenarios"]
    assert (found["model"], found["inputs"], found["assumptions"]) == (250.25, 0.0, -1e6)
    assert found["scenarios"] < 0
    assert shares(moved(all_at_once, "gap_before"))["inputs"] == pytest.approx(1e6 * 1.03**8, abs=0.02)


def test_causes_add_up_to_every_change_to_the_penny(all_at_once: Changes) -> None:
    assert len(all_at_once.moved) > 8
    for figure in all_at_once.figures:
        pence = [round(pounds * 100) for pounds in figure.causes.values()]
        assert sum(pence) == round((figure.after or 0) * 100) - round((figure.before or 0) * 100)


def test_causes_that_do_not_add_up_cannot_be_said() -> None:
    causes = {"model": 1.0, "inputs": 2.0}
    assert Figure(scenario="base", name="found", year="2029/30", before=1.0, after=4.0, causes=causes).change == 3.0
    with pytest.raises(ValidationError, match="they must be the same"):
        Figure(scenario="base", name="found", year="2029/30", before=1.0, after=4.01, causes=causes)


@given(st.lists(st.integers(-(10**12), 10**12) | st.none(), min_size=0, max_size=3), st.data())
def test_any_steps_add_up_and_no_part_is_lost(middle: list[int | None], data: st.DataObject) -> None:
    first, final = (data.draw(st.integers(-(10**12), 10**12)) for _ in range(2))
    parts = ("model", "inputs", "assumptions", "scenarios")[: len(middle) + 1]
    levels = [pence if pence is None else pence / 100 for pence in (first, *middle, final)]
    causes = causes_of(parts, levels)
    assert tuple("+".join(causes).split("+")) == parts
    assert sum(round(pounds * 100) for pounds in causes.values()) == final - first


def test_a_chance_that_changed_is_shown_and_one_that_did_not_is_not(all_at_once: Changes) -> None:
    chances = [each for each in all_at_once.printed if each.place[0] == "chances"]
    assert [(each.place, each.before, each.after) for each in chances] == [
        (("chances", "evidence", "base"), 0.31, 0.25)
    ]
    assert "<td>31.0% ± 0.5</td><td>25.0% ± 0.4</td>" in changes_page(all_at_once, PAGE)


def test_every_headline_number_that_differs_is_counted(all_at_once: Changes, last: Path) -> None:
    """Of eight savings by priority, EOTAS and what is in train differ, and others through children whom EOTAS no longer moves."""
    kinds = {each.place[:3] for each in all_at_once.printed if each.place[0] == "headline"}
    assert ("headline", "evidence", "saving_by_priority_gbp") in kinds
    assert ("headline", "evidence", "plans_by_setting") in kinds
    assert ("headline", "stretched", "plans_by_setting") not in kinds


def test_changes_come_back_from_the_manifest_as_they_went_in(all_at_once: Changes) -> None:
    stored = json.dumps({"changes": all_at_once.model_dump(mode="json")})
    assert Changes.model_validate(json.loads(stored)["changes"]) == all_at_once
    assert Changes.model_validate_json(all_at_once.model_dump_json()) == all_at_once


def test_the_page_is_sound_and_answers_in_at_most_twenty_words(all_at_once: Changes) -> None:
    facts = read_page(changes_page(all_at_once, PAGE), "changes.html")
    assert facts.title == "What changed since the last pack?"
    assert facts.answer == answer_in_words(all_at_once)
    assert re.match(r"The evidence-led saving in 2029/30 fell by £2\.\dm to £\d+\.\dm, mostly because", facts.answer)
    assert words(facts.answer) <= 20


def test_no_cell_is_empty_and_no_anchor_stands_twice(all_at_once: Changes) -> None:
    html = changes_page(all_at_once, PAGE)
    anchors = re.findall(r' id="([^"]*)"', html)
    assert len(anchors) == len(set(anchors))
    assert not re.search(r"<t[dh][^>]*></t[dh]>", html)


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1440])
def test_axe_finds_no_fault_and_nothing_is_wider_than_the_window(
    all_at_once: Changes, browser: Browser, width: int, tmp_path: Path
) -> None:
    path = tmp_path / "changes.html"
    path.write_text(changes_page(all_at_once, PAGE), encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(path.as_uri())
    assert [fault["id"] for fault in Axe().run(page).response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


# ---- Published and assumed rows of one table


INCOME = b"financial_year,value,low,high,pedigree,source\n"


def test_a_row_published_today_is_an_input_and_an_assumed_one_an_assumption() -> None:
    old = INCOME + b"2025/26,10,10,10,published,a\n2026/27,11,9,12,assumed,b\n2027/28,12,9,14,assumed,b\n"
    new = INCOME + b"2025/26,10,10,10,published,a\n2026/27,13,13,13,published,a\n2027/28,15,9,19,assumed,b\n"
    between = published_first(old, new)
    assert (
        between == INCOME + b"2025/26,10,10,10,published,a\n2026/27,13,13,13,published,a\n2027/28,12,9,14,assumed,b\n"
    )
    steps = ladder({"x/income.csv": old}, {"x/income.csv": new})
    assert [(part, folder["x/income.csv"]) for part, folder in steps] == [("inputs", between), ("assumptions", new)]


def test_a_table_of_assumed_rows_counts_as_assumptions_alone(last: Path, params: Path) -> None:
    a_dearer_special_school(params)
    changes = changed_since(last, manifest(params), params)
    assert [each.parts for each in changes.files] == [("assumptions",)]
    assert list(shares(moved(changes, "found"))) == ["model", "assumptions"]
    assert [each.name for each in changes.assumptions] == ["unit_cost.state_special"]


def test_a_published_row_that_goes_and_an_assumed_row_that_comes_are_told_apart() -> None:
    old = INCOME + b"2025/26,10,10,10,published,a\n2026/27,11,9,12,assumed,b\n"
    new = INCOME + b"2026/27,11,9,12,assumed,b\n2027/28,15,9,19,assumed,b\n"
    assert published_first(old, new) == INCOME + b"2026/27,11,9,12,assumed,b\n"


@pytest.mark.parametrize("other", [b"a,b\n1,2\n", b"", b"\xff\xfe", INCOME.replace(b"low", b"least")])
def test_a_table_whose_heading_differs_is_not_mixed(other: bytes) -> None:
    assert published_first(INCOME + b"2025/26,10,10,10,published,a\n", other) is None


def test_rows_are_compared_by_name_so_that_one_put_in_above_changes_one_row() -> None:
    old = [["setting", "value"], ["a", "1"], ["b", "2"]]
    new = [["setting", "value"], ["c", "9"], ["a", "1"], ["b", "3"]]
    assert rows_compared(old, new) == (2, (difference("c", None, "c, 9"), difference("b: value", "2", "3")))


def test_a_long_list_of_differences_is_counted_in_full_and_shown_in_part() -> None:
    old = [["setting", "value"], *([str(row), "1"] for row in range(500))]
    new = [["setting", "value"], *([str(row), "2"] for row in range(500))]
    count, shown = rows_compared(old, new)
    assert (count, len(shown)) == (500, 20)
    long = rows_compared([["a", "b"], ["1", "x"]], [["a", "b"], ["1", "y" * 9999]])[1][0]
    assert len(long.after or "") == 201


def test_counts_that_are_not_published_openly_are_not_shown(last: Path, params: Path, tmp_path: Path) -> None:
    """A council's own census: the row is named and its counts are not."""
    census = params / COUNCIL / "census.csv"
    rows = list(csv.reader(census.read_text(encoding="utf-8").splitlines()))
    place = next(place for place, row in enumerate(rows) if row[:2] == ["2019", "all"])
    mainstream, total = rows[0].index("mainstream"), rows[0].index("total")
    rows[place][mainstream], rows[place][total] = (
        str(int(rows[place][mainstream]) - 3),
        str(int(rows[place][total]) - 3),
    )
    census.write_text("\n".join(",".join(row) for row in rows) + "\n", encoding="utf-8")
    openly = changed_since(last, told(last), params).files[0]
    assert openly.differing == 1
    assert openly.shown[0] == difference("2019, all: mainstream", "1361", "1358")
    sources = (params / COUNCIL / "sources.yaml").read_text(encoding="utf-8")
    (params / COUNCIL / "sources.yaml").write_text(sources.replace("OGL3", "none"), encoding="utf-8")
    closed = next(each for each in changed_since(last, told(last), params).files if each.path.endswith("census.csv"))
    assert (closed.differing, closed.shown) == (1, (difference("2019, all", None, None),))


# ---- What cannot be read or told apart


def test_files_that_must_change_together_are_told_together(last: Path, params: Path) -> None:
    """A priority with another name: its table, its figures and the scenarios that use it cannot be read one without the others."""
    for path in [
        params / COUNCIL / "workstreams.csv",
        params / COUNCIL / "priorities.yaml",
        *params.glob("scenarios/*.yaml"),
    ]:
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"(?m)(,|^ *)eotas(,|:)", r"\1eotas_offer\2", text), encoding="utf-8")
    less_from_eotas_offer = params / "scenarios" / "evidence.yaml"
    edit(less_from_eotas_offer, "eotas_offer: {intensity: central}", "eotas_offer: {intensity: 0}")
    changes = changed_since(last, manifest(params), params)
    found = moved(changes, "found")
    assert shares(found) == {"model": 0.0, "inputs+assumptions+scenarios": found.change}
    assert found.change < 0
    assert [why.split(":")[0] for why in changes.why] == [
        "Inputs and assumptions together",
        "Assumptions and scenarios together",
    ]
    assert answer_in_words(changes).endswith("for causes not told apart.")
    assert "Input tables, assumptions and scenario files together" in changes_page(changes, PAGE)


def test_old_inputs_that_todays_version_cannot_read_are_not_split(
    shipped: Path, last: Path, params: Path, tmp_path: Path
) -> None:
    old = shutil.copytree(shipped, tmp_path / "old")
    with (old / COUNCIL / "assumptions.yaml").open("a", encoding="utf-8") as file:
        file.write("a_key_of_the_past: 1\n")
    before = publish(tmp_path / "pack", old, told(last) | {"inputs": hashes(old)})
    a_million_less_in_train(params)
    changes = changed_since(before, manifest(params), params)
    assert shares(moved(changes, "found")) == {"model+assumptions": -1e6}
    assert changes.why[0].startswith(
        "Not split: today's version cannot read the last pack's inputs (assumptions.yaml, line"
    )
    assert changes.files[0].shown == (
        difference("in_train.2029/30.value", "11450000", "10450000"),
        difference("a_key_of_the_past", "1", None),
    )
    assert str(tmp_path) not in changes.model_dump_json()


def test_an_older_pack_without_a_copy_is_compared_and_not_split(
    shipped: Path, last: Path, params: Path, tmp_path: Path
) -> None:
    """The first packs wrote `params/` before each path, and neither code nor libraries."""
    said = {key: value for key, value in told(last).items() if key not in {"code", "environment", "chances"}}
    said["inputs"] = {f"params/{path}": total for path, total in said["inputs"].items()}
    before = publish(tmp_path / "pack", shipped, said)
    shutil.rmtree(before.parent / "inputs")
    same = changed_since(before, told(last), shipped)
    assert same.files == ()
    assert {each.place[0] for each in same.printed} == {"chances"}
    a_million_less_in_train(params)
    changes = changed_since(before, manifest(params), params)
    assert shares(moved(changes, "found")) == {"model+assumptions": -1e6}
    assert "it keeps no copy of its inputs" in changes.why[0]
    assert [each.path for each in changes.files] == [f"{COUNCIL}/assumptions.yaml"]


def test_a_copy_that_was_tampered_with_is_not_used(shipped: Path, last: Path, params: Path, tmp_path: Path) -> None:
    before = publish(tmp_path / "pack", shipped, told(last))
    a_million_less_in_train(before.parent / "inputs")
    a_million_less_in_train(params)
    changes = changed_since(before, manifest(params), params)
    assert shares(moved(changes, "found")) == {"model+assumptions": -1e6}
    assert f"its copy of {COUNCIL}/assumptions.yaml is not what its manifest recorded" in changes.why[0]


def test_a_comment_changes_no_figure_and_is_not_passed_over(last: Path, params: Path) -> None:
    edit(params / COUNCIL / "assumptions.yaml", "# Figures", "# All figures")
    changes = changed_since(last, manifest(params), params)
    assert not changes.nothing
    assert answer_in_words(changes) == "No headline figure changed, though one file did."
    assert changes.files[0].differing == 0
    assert "layout or comments only" in changes_page(changes, PAGE)


def test_a_file_that_is_new_or_gone_and_a_scenario_that_is_new_or_gone_are_said(last: Path, params: Path) -> None:
    (params / "stress" / "flat_income.yaml").unlink()
    (params / "scenarios" / "later.yaml").write_text("extends: stretched\ntitle: Later\n", encoding="utf-8")
    now = manifest(params)
    now["headline"]["later"] = now["headline"].pop("stretched") | {"scenario": "later"}
    changes = changed_since(last, now, params)
    assert {each.path: (each.before is None, each.after is None) for each in changes.files} == {
        "scenarios/later.yaml": (True, False),
        "stress/flat_income.yaml": (False, True),
    }
    assert list(changes.titles) == ["evidence", "later", "stretched"]
    assert moved(changes, "found", scenario="later").before is None
    assert moved(changes, "found", scenario="stretched").after is None
    assert answer_in_words(changes) == "No headline figure changed, though the scenarios and two files did."
    assert "Later: the last pack does not have this scenario." in changes_page(changes, PAGE)
    assert "Stretched: this pack no longer has this scenario." in changes_page(changes, PAGE)


ODD = {
    "no manifest": (None, "missing or cannot be opened"),
    "not JSON": ("{", "not JSON"),
    "not UTF-8": (b"\xff\xfe{}", "not JSON"),
    "a number that is none": ('{"chances": {"evidence": NaN}}', "not JSON"),
    "a number beyond all": ('{"seed": 1e999}', "not JSON"),
    "a whole number beyond all": ('{"seed": 1' + "0" * 400 + "}", "not JSON"),
    "nested beyond all": ("[" * 100_000, "not JSON"),
    "a list": ("[]", "not as this version writes it"),
    "a headline of words": ('{"headline": {"evidence": {"years": ["2029/30"], "saving_gbp": ["much"]}}}', "saving_gbp"),
    "half a letter": ('{"headline": {"evidence": {"note": "\\ud800"}}}', "surrogates not allowed"),
}


@pytest.mark.parametrize(("text", "why"), ODD.values(), ids=ODD.keys())
def test_an_odd_old_pack_is_said_and_stops_nothing(
    shipped: Path, last: Path, tmp_path: Path, text: str | bytes | None, why: str
) -> None:
    if text is not None:
        (tmp_path / "manifest.json").write_bytes(text if isinstance(text, bytes) else text.encode())
    changes = changed_since(tmp_path, told(last), shipped)
    assert changes.state == "unread"
    assert why in changes.why[0]
    assert answer_in_words(changes) == "This pack could not be compared with the last one."
    assert changes.why[0].split("(")[0] in unescape(changes_page(changes, PAGE))
    assert str(tmp_path) not in changes_page(changes, PAGE)


def test_a_last_pack_that_is_not_there_stops_nothing(shipped: Path, last: Path, tmp_path: Path) -> None:
    assert changed_since(tmp_path / "nowhere", told(last), shipped).state == "unread"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
KEYS = (
    "version",
    "commit",
    "code",
    "environment",
    "inputs",
    "seed",
    "headline",
    "chances",
    "checks",
    "documents",
    "built",
)
FIGURES = st.dictionaries(
    st.sampled_from(["years", "saving_gbp", "gap_before_gbp", "deficit_gbp", "target", "é"]), JSON
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.dictionaries(st.sampled_from(KEYS), JSON) | FIGURES.map(lambda said: {"headline": {"evidence": said}}))
def test_no_manifest_whatever_stops_a_build(tmp_path: Path, said: dict[str, Any]) -> None:
    (tmp_path / "few").mkdir(exist_ok=True)
    (tmp_path / "manifest.json").write_text(json.dumps(said), encoding="utf-8")
    new = {"headline": {"evidence": {"years": ["2029/30"], "saving_gbp": [1.0], "authority": "a", "scenario": "b"}}}
    changes = changed_since(tmp_path, new, tmp_path / "few")
    assert Changes.model_validate_json(changes.model_dump_json()) == changes
    changes_page(changes, PAGE).encode("utf-8")


# ---- Text from outside


def test_text_from_a_file_is_shown_as_text(shipped: Path, last: Path, params: Path, tmp_path: Path) -> None:
    """Tags in a note, a unit, a title, a scenario's name, a library's version, a commit and a path of an input."""
    edit(params / "scenarios" / "evidence.yaml", "title: Evidence-led", f"title: '{SCRIPT}'")
    edit(
        params / COUNCIL / "assumptions.yaml",
        '2029/30: {value: 11450000, low: 0, high: 22900000, unit: "£ a year"',
        f'2029/30: {{value: 10450000, low: 0, high: 22900000, unit: "{SCRIPT}"',
    )
    edit(params / COUNCIL / "services.csv", "Outturn", SCRIPT)
    said = told(last) | {"commit": SCRIPT, "version": SCRIPT, "built": SCRIPT, "environment": {SCRIPT: SCRIPT}}
    said["headline"][SCRIPT] = said["headline"]["stretched"]
    said["checks"] = {SCRIPT: {SCRIPT: SCRIPT}}
    said["chances"] = {SCRIPT: {SCRIPT: 0.5}}
    said["documents"] = [{"file": SCRIPT}]
    changes = changed_since(publish(tmp_path / "pack", shipped, said), manifest(params), params)
    assert changes.state == "compared"
    html = changes_page(changes, PAGE)
    assert "<script" not in html
    assert html.count("&lt;script&gt;") > 12
    read_page(html, "changes.html")
    split = changed_since(publish(tmp_path / "none", shipped, said | {"inputs": {SCRIPT: SCRIPT}}), told(last), shipped)
    assert "<script" not in changes_page(split, PAGE)


LONG = "A scenario with the longest title that anybody could give to one that changes everything at once"
MADE = Made(version="1", commit="a", code="c", environment={"numpy": "1"})
OTHER = Made(version="2", commit="b", code="d", environment={"numpy": "2"})


def test_a_chance_that_is_small_is_not_printed_as_nought_and_a_seed_is_not_a_number_to_read() -> None:
    """9 in 10,000 is 0.09%, give or take 0.03."""
    printed = [
        {"place": ("chances", "evidence", "stretched"), "before": 0.0012, "after": 0.0009},
        {"place": ("seed",), "before": "20260303", "after": "20260304"},
    ]
    said = {
        "state": "compared",
        "now": MADE,
        "previous": MADE,
        "titles": {"evidence": "Evidence-led"},
        "printed": printed,
    }
    known = changes_page(Changes.model_validate(said | {"draws": 10_000}), PAGE)
    assert "<td>0.12% ± 0.03</td><td>0.09% ± 0.03</td>" in known
    assert "<td>20260303</td><td>20260304</td>" in known
    assert changes_page(Changes.model_validate(said), PAGE).count("<td>under 1%</td>") == 2
    redrawn = {"path": "leicestershire/uncertainty.yaml", "before": "0", "after": "1", "parts": ("assumptions",)}
    other = Changes.model_validate(said | {"draws": 10_000, "files": [redrawn]})
    assert changes_page(other, PAGE).count("<td>under 1%</td>") == 2


@pytest.mark.parametrize("title", ["Evidence-led", "Three whole words", LONG])
def test_a_leading_scenario_that_the_last_pack_did_not_have_is_said_to_be_new(title: str) -> None:
    """Not that no figure changed, though another scenario's did not."""
    figures = (
        Figure(scenario="evidence", name="found", year="2029/30", before=None, after=42e6),
        Figure(scenario="base", name="found", year="2029/30", before=48e6, after=48e6),
    )
    titles = {"evidence": title, "base": "Base"}
    changes = Changes(state="compared", now=MADE, previous=MADE, titles=titles, figures=figures)
    answer = answer_in_words(changes)
    assert answer.endswith(" headline is new, so there is nothing to compare it with.")
    assert words(answer) <= 20
    reordered = changes.model_copy(update={"titles": dict(reversed(titles.items()))})
    assert answer_in_words(reordered).startswith("No headline figure changed")


@pytest.mark.parametrize("title", ["Evidence-led", "Three whole words", LONG])
@pytest.mark.parametrize("line", ["found", "gap_before", "gap_after", "deficit"])
@pytest.mark.parametrize(
    "parts", [("model",), ("inputs",), ("assumptions",), ("scenarios",), ("inputs", "assumptions")]
)
def test_every_answer_about_a_figure_keeps_to_twenty_words(
    title: str, line: Literal["found", "gap_before", "gap_after", "deficit"], parts: tuple[Part, ...]
) -> None:
    causes = {"+".join(parts): -3e6, "scenarios" if parts == ("model",) else "model": 1e6}
    figure = Figure(scenario="evidence", name=line, year="2029/30", before=42e6, after=40e6, causes=causes)
    files = tuple(FileChange(path=f"{n}.csv", before="0", after="1", parts=("inputs", "scenarios")) for n in range(2))
    for previous in (MADE, OTHER):
        changes = Changes(
            state="compared", now=MADE, previous=previous, titles={"evidence": title}, figures=(figure,), files=files
        )
        answer = answer_in_words(changes)
        assert re.match(
            r"The (evidence|three).* 2029/30 fell by £2\.0m to £40\.0m, (mostly because|for causes) ", answer
        )
        assert words(answer) <= 20


def test_the_cause_named_is_the_one_that_pulled_most_the_way_it_went() -> None:
    """A fall of £1m, of which inputs raised £5m and assumptions took £6m."""
    causes = {"inputs": 5e6, "assumptions": -6e6}
    figure = Figure(scenario="base", name="found", year="2029/30", before=42e6, after=41e6, causes=causes)
    changes = Changes(state="compared", now=MADE, previous=MADE, titles={"base": "Base"}, figures=(figure,))
    assert answer_in_words(changes) == (
        "The base saving in 2029/30 fell by £1.0m to £41.0m, mostly because assumptions changed."
    )


@pytest.mark.parametrize(
    ("pedigree", "said"),
    [
        ("published", "published figures changed"),
        ("calibrated", "the calibration changed"),
        ("assumed", "an assumption changed"),
    ],
)
def test_a_published_figure_that_changed_is_not_called_an_assumption(pedigree: str, said: str) -> None:
    common = {"low": 0.0, "high": 9.0, "unit": "£", "pedigree": pedigree, "source": "a"}
    was, now = (Assumption.model_validate({**common, "value": value}) for value in (1.0, 2.0))
    figure = Figure(
        scenario="base",
        name="found",
        year="2029/30",
        before=42e6,
        after=41e6,
        causes={"assumptions": -1e6},
    )
    changes = Changes(
        state="compared",
        now=MADE,
        previous=MADE,
        titles={"base": "Base"},
        figures=(figure,),
        assumptions=(AssumptionChange(name="a", label="A", before=was, after=now),),
    )
    assert answer_in_words(changes).endswith(f"because {said}.")


def test_the_longest_answer_without_a_figure_keeps_to_twenty_words() -> None:
    gone = Figure(scenario="base", name="found", year="2029/30", before=1.0, after=None)
    same = Figure(scenario="base", name="found", year="2028/29", before=1.0, after=1.0)
    files = tuple(FileChange(path=f"{n}.csv", before=None, after="0", parts=("inputs",)) for n in range(12))
    changes = Changes.model_validate(
        {
            "state": "compared",
            "now": MADE,
            "previous": OTHER,
            "titles": {"base": "Base"},
            "figures": (gone, same),
            "files": files,
        }
        | {"printed": ({"place": ("seed",), "before": 1, "after": 2},)}
    )
    answer = answer_in_words(changes)
    assert (
        answer
        == "No headline figure changed, though the scenarios, 12 files, the model, the libraries and other figures did."
    )
    assert words(answer) <= 20


def test_causes_that_cancel_out_are_not_passed_over(last: Path, shipped: Path, params: Path, tmp_path: Path) -> None:
    """The last pack printed £1m less than today's model gives on its inputs, and £1m has since been taken out of what is in train."""
    said = told(last)
    said["headline"]["evidence"]["saving_gbp"][-1] -= 1e6
    a_million_less_in_train(params)
    changes = changed_since(publish(tmp_path / "pack", shipped, said), manifest(params, code="0ther"), params)
    found = moved(changes, "found")
    assert (found.change, shares(found)) == (0.0, {"model": 1e6, "assumptions": -1e6})
    assert not changes.nothing
    assert "<td>+£1.0m</td><td>−£1.0m</td><td>no change</td>" in changes_page(changes, PAGE)
    only = changes.model_copy(update={"figures": (found,)})
    assert answer_in_words(only) == "No headline figure changed, but only because the changes cancel out."


def test_a_last_pack_without_a_headline_figure_is_not_said_to_be_unchanged(
    last: Path, shipped: Path, tmp_path: Path
) -> None:
    changes = changed_since(publish(tmp_path / "pack", shipped, told(last) | {"headline": {}}), told(last), shipped)
    assert (
        answer_in_words(changes)
        == "The last pack printed no headline figure that can be compared with one of this pack."
    )


def test_what_no_headline_reads_counts_under_scenarios_and_packs_or_assumptions() -> None:
    assert part_of("packs/committee.yaml") == "scenarios"
    assert part_of("leicestershire/sources.yaml") == "inputs"
    assert part_of("leicestershire/uncertainty.yaml") == "assumptions"
    assert math.isclose(1.03**8, 1.26677, rel_tol=1e-5)
