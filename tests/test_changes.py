"""What changed since the last pack: every change has a cause, causes add up, and an odd old pack is said, never guessed."""

import csv
import hashlib
import json
import re
import shutil
from collections.abc import Callable
from html import unescape
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import edit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser
from pydantic import ValidationError

from best_model.door import PARAMS, open_authority, open_result
from best_model.model.scenario import Assumption
from best_model.papers.changed import changed_since, changes_page
from best_model.papers.page import Page, read_page
from best_model.questions import what_changed
from best_model.questions.changed_files import Difference, FileChange, ladder, part_of, published_first, rows_compared
from best_model.questions.changes import AssumptionChange, Changes, Figure, causes_of
from best_model.questions.headline import headline
from best_model.questions.recorded import Made

SCENARIOS = ("evidence", "stretched")
COUNCIL = "leicestershire"
PAGE = Page(
    pack="committee", title="A pack", meeting="A meeting", date="1 May 2027", version="2", commit="abc", inputs="f00"
)
SCRIPT = "<script>alert(1)</script>"


# ---- A pack and the next


def hashes(params: Path) -> dict[str, str]:
    files = (path for path in params.rglob("*") if path.is_file())
    return {path.relative_to(params).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def manifest(params: Path, **said: Any) -> dict[str, Any]:
    """What `best report` writes, but for documents that no test here needs."""
    authority = open_authority(COUNCIL, params)
    found = {name: headline(open_result(name, authority, params), ()) for name in SCENARIOS}
    return {
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


def answer(changes: Changes) -> str:
    """What the page says in one sentence, as plain text."""
    return read_page(changes_page(changes, PAGE), "what_changed.html").answer


def difference(where: str, before: str | None, after: str | None) -> Difference:
    return Difference(where=where, before=before, after=after)


# ---- First, nothing, and each cause alone


def test_a_first_pack_has_nothing_to_compare(shipped: Path, last: Path) -> None:
    changes = changed_since(None, told(last), shipped)
    assert (changes.state, changes.figures) == ("first", ())
    assert "<table" not in changes_page(changes, PAGE)


def test_the_same_inputs_and_code_change_nothing(shipped: Path, last: Path) -> None:
    changes = changed_since(last, told(last), shipped)
    assert changes.nothing
    assert len(changes.figures) == 2 * 4 * 4  # scenarios, lines, years
    assert {pounds for each in changes.figures for pounds in each.causes.values()} == {0.0}


@pytest.mark.parametrize(
    ("change", "part", "line", "shown"),
    [
        (
            a_million_more_for_services,
            "inputs",
            "gap_before",
            difference("SEN support and inclusion services: value", "6503982", "7503982"),
        ),
        (a_million_less_in_train, "assumptions", "found", difference("in_train.2029/30.value", "11450000", "10450000")),
        (a_dearer_special_school, "assumptions", "found", difference("state_special: value", "26000", "27000")),
        (less_from_eotas, "scenarios", "found", difference("levers.eotas.intensity", "central", "0")),
    ],
)
def test_one_change_is_the_whole_cause_and_what_differs_is_shown(
    last: Path, params: Path, change: Callable[[Path], None], part: str, line: str, shown: Difference
) -> None:
    change(params)
    changes = changed_since(last, manifest(params), params)
    figure = moved(changes, line)
    assert figure.change != 0
    assert figure.causes == {"model": 0.0, part: figure.change}
    assert [(each.differing, each.parts, each.shown) for each in changes.files] == [(1, (part,), (shown,))]
    if change is a_million_more_for_services:  # raised by general inflation of 3% for eight years: £1,266,770
        assert figure.change == pytest.approx(1e6 * 1.03**8, abs=0.02)
        assert moved(changes, "found").change == 0.0
    if change is less_from_eotas:
        assert moved(changes, "found", scenario="stretched").change == 0.0


def test_a_million_less_in_train_is_a_million_less_saved(last: Path, params: Path) -> None:
    """£1m less in 2029/30: the saving falls by £1m, the gap left and the deficit of that year rise by £1m.

    The stretched plan meets its target either way, so that its gap is the same: what is found is not.
    """
    a_million_less_in_train(params)
    changes = changed_since(last, manifest(params), params)
    assert [moved(changes, name).change for name in ("found", "gap_after", "deficit")] == [-1e6, 1e6, 1e6]
    assert moved(changes, "found", "2028/29").change == 0.0
    assert [moved(changes, name, scenario="stretched").change for name in ("found", "gap_after")] == [-1e6, 0.0]
    table = what_changed.assumptions_changed(changes)
    name = "In train before the plan begins, 2029/30"
    assert table[name] == (11450000, 10450000, (0, 22900000), (0, 22900000), "£ a year", "value")


def test_another_model_on_the_same_inputs_is_the_models_doing(shipped: Path, last: Path, tmp_path: Path) -> None:
    """The last pack printed £5,000 more than today's model gives on its inputs."""
    said = told(last)
    said["headline"]["evidence"]["saving_gbp"][-1] += 5000
    now = told(last) | {"code": "0ther", "version": "0.2.0"}
    changes = changed_since(publish(tmp_path / "pack", shipped, said), now, shipped)
    assert moved(changes, "found").causes == {"model": -5000.0}
    assert (changes.leading.cause, changes.unexplained) == ("model", False)
    assert "fell by £5,000 to" in answer(changes)


def test_a_drift_that_nothing_recorded_explains_is_said_loudly(shipped: Path, last: Path, tmp_path: Path) -> None:
    said = told(last)
    said["headline"]["evidence"]["saving_gbp"][-1] += 0.01
    changes = changed_since(publish(tmp_path / "pack", shipped, said), told(last), shipped)
    assert changes.unexplained
    assert "under £1" in answer(changes)
    assert "Do not sign this pack" in changes_page(changes, PAGE)


def test_another_library_is_named(shipped: Path, last: Path) -> None:
    changes = changed_since(last, told(last) | {"environment": {"python": "3.11.2", "numpy": "2.4.0"}}, shipped)
    assert (changes.nothing, changes.moved) == (False, ())
    assert what_changed.made_changed(changes)["numpy"] == ("2.3.0", "2.4.0")


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


def test_causes_stand_in_their_order_and_add_up_to_every_change_to_the_penny(all_at_once: Changes) -> None:
    found = moved(all_at_once, "found").causes
    assert list(found) == ["model", "inputs", "assumptions", "scenarios"]
    assert (found["model"], found["inputs"], found["assumptions"]) == (250.25, 0.0, -1e6)
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
    causes = causes_of(parts, [pence if pence is None else pence / 100 for pence in (first, *middle, final)])
    assert tuple("+".join(causes).split("+")) == parts
    assert sum(round(pounds * 100) for pounds in causes.values()) == final - first


def test_every_other_number_that_differs_is_counted_and_a_chance_has_its_error(all_at_once: Changes) -> None:
    """Of two chances one changed. EOTAS saves less, and children stay where it would have moved them; in no other scenario."""
    kinds = {each.place[:3] for each in all_at_once.printed if each.place[0] == "headline"}
    assert ("headline", "evidence", "plans_by_setting") in kinds
    assert ("headline", "stretched", "plans_by_setting") not in kinds
    chances = what_changed.chances_changed(all_at_once)
    assert [(row.head, row.values) for row in chances.rows] == [
        ("Evidence-led: base", ((0.31, 10_000), (0.25, 10_000)))
    ]


def test_the_page_is_sound_and_answers_in_at_most_twenty_words(all_at_once: Changes) -> None:
    html = changes_page(all_at_once, PAGE)
    facts, anchors = read_page(html, "changes.html"), re.findall(r' id="([^"]*)"', html)
    assert re.match(r"The evidence-led saving in 2029/30 fell by £2\.\dm to £\d+\.\dm, mostly because", facts.answer)
    assert len(facts.answer.split()) <= 20
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


# ---- Published and assumed rows of one table; row by row


INCOME = b"financial_year,value,low,high,pedigree,source\n"
KNOWN = INCOME + b"2025/26,10,10,10,published,a\n"


def test_a_row_published_today_is_an_input_and_an_assumed_one_an_assumption() -> None:
    old = KNOWN + b"2026/27,11,9,12,assumed,b\n2027/28,12,9,14,assumed,b\n"
    new = KNOWN + b"2026/27,13,13,13,published,a\n2027/28,15,9,19,assumed,b\n"
    between = KNOWN + b"2026/27,13,13,13,published,a\n2027/28,12,9,14,assumed,b\n"
    steps = ladder({"x/income.csv": old}, {"x/income.csv": new})
    assert [(part, folder["x/income.csv"]) for part, folder in steps] == [("inputs", between), ("assumptions", new)]


def test_a_published_row_that_goes_and_an_assumed_row_that_comes_are_told_apart() -> None:
    new = INCOME + b"2026/27,11,9,12,assumed,b\n2027/28,15,9,19,assumed,b\n"
    assert published_first(KNOWN + b"2026/27,11,9,12,assumed,b\n", new) == INCOME + b"2026/27,11,9,12,assumed,b\n"


@pytest.mark.parametrize("other", [b"a,b\n1,2\n", b"", b"\xff\xfe", INCOME.replace(b"low", b"least")])
def test_a_table_whose_heading_differs_is_not_mixed(other: bytes) -> None:
    assert published_first(KNOWN, other) is None


def test_what_no_headline_reads_counts_under_scenarios_inputs_or_assumptions() -> None:
    paths = ("packs/committee.yaml", "leicestershire/sources.yaml", "leicestershire/uncertainty.yaml")
    assert [*map(part_of, paths)] == ["scenarios", "inputs", "assumptions"]


def test_rows_are_compared_by_name_counted_in_full_and_shown_in_part() -> None:
    """One put in above changes one row. Of five hundred, twenty are shown; of a long cell, two hundred letters and a mark."""
    old, new = (
        [["setting", "value"], ["a", "1"], ["b", "2"]],
        [["setting", "value"], ["c", "9"], ["a", "1"], ["b", "3"]],
    )
    assert rows_compared(old, new) == (2, (difference("c", None, "c, 9"), difference("b: value", "2", "3")))
    many, other = ([["setting", "value"], *([str(row), value] for row in range(500))] for value in ("1", "y" * 999))
    count, shown = rows_compared(many, other)
    assert (count, len(shown), {len(each.after or "") for each in shown}) == (500, 20, {201})


def test_counts_that_are_not_published_openly_are_not_shown(last: Path, params: Path) -> None:
    """A council's own census: the row is named and its counts are not."""
    census = params / COUNCIL / "census.csv"
    rows = list(csv.reader(census.read_text(encoding="utf-8").splitlines()))
    row = next(row for row in rows if row[:2] == ["2019", "all"])
    for column in ("mainstream", "total"):
        row[rows[0].index(column)] = str(int(row[rows[0].index(column)]) - 3)
    census.write_text("\n".join(",".join(row) for row in rows) + "\n", encoding="utf-8")
    openly = changed_since(last, told(last), params).files[0]
    assert openly.shown[0] == difference("2019, all: mainstream", "1361", "1358")
    sources = (params / COUNCIL / "sources.yaml").read_text(encoding="utf-8")
    (params / COUNCIL / "sources.yaml").write_text(sources.replace("OGL3", "none"), encoding="utf-8")
    changes = changed_since(last, told(last), params)
    closed = next(each for each in changes.files if each.path.endswith("census.csv"))
    assert (closed.differing, closed.shown) == (1, (difference("2019, all", None, None),))
    assert "1358" not in changes_page(changes, PAGE)


# ---- What cannot be read or told apart


def test_files_that_must_change_together_are_told_together(last: Path, params: Path) -> None:
    """A priority with another name: its table, its figures and the scenarios that use it cannot be read one without the others."""
    own = [params / COUNCIL / "workstreams.csv", params / COUNCIL / "priorities.yaml"]
    for path in [*own, *params.glob("scenarios/*.yaml")]:
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"(?m)(,|^ *)eotas(,|:)", r"\1eotas_offer\2", text), encoding="utf-8")
    edit(params / "scenarios" / "evidence.yaml", "eotas_offer: {intensity: central}", "eotas_offer: {intensity: 0}")
    changes = changed_since(last, manifest(params), params)
    found = moved(changes, "found")
    assert found.change < 0
    assert found.causes == {"model": 0.0, "inputs+assumptions+scenarios": found.change}
    assert len(changes.why) == 2
    assert changes.leading.cause == ""
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
    assert moved(changes, "found").causes == {"model+assumptions": -1e6}
    assert "today's version cannot read the last pack's inputs (assumptions.yaml, line" in changes.why[0]
    assert changes.files[0].shown[-1] == difference("a_key_of_the_past", "1", None)
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
    assert (same.files, {each.place[0] for each in same.printed}) == ((), {"chances"})
    a_million_less_in_train(params)
    changes = changed_since(before, manifest(params), params)
    assert moved(changes, "found").causes == {"model+assumptions": -1e6}
    assert "it keeps no copy of its inputs" in changes.why[0]
    assert [each.path for each in changes.files] == [f"{COUNCIL}/assumptions.yaml"]


def test_a_copy_that_was_tampered_with_is_not_used(shipped: Path, last: Path, params: Path, tmp_path: Path) -> None:
    before = publish(tmp_path / "pack", shipped, told(last))
    for folder in (before.parent / "inputs", params):
        a_million_less_in_train(folder)
    changes = changed_since(before, manifest(params), params)
    assert moved(changes, "found").causes == {"model+assumptions": -1e6}
    assert f"its copy of {COUNCIL}/assumptions.yaml is not what its manifest recorded" in changes.why[0]


def test_a_comment_changes_no_figure_and_is_not_passed_over(last: Path, params: Path) -> None:
    edit(params / COUNCIL / "assumptions.yaml", "# Figures", "# All figures")
    changes = changed_since(last, manifest(params), params)
    assert (changes.nothing, changes.moved, changes.files[0].differing) == (False, (), 0)


def test_a_file_and_a_scenario_that_are_new_or_gone_are_said(last: Path, params: Path) -> None:
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
    html = changes_page(changes, PAGE)
    assert "Later: the last pack does not have this scenario." in html
    assert "Stretched: this pack no longer has this scenario." in html


ODD = {
    "no manifest": (None, "missing or cannot be opened"),
    "not JSON": ("{", "not JSON"),
    "a number that is none": ('{"chances": {"evidence": NaN}}', "not JSON"),
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
    html = unescape(changes_page(changes, PAGE))
    assert changes.why[0].split("(")[0] in html
    assert str(tmp_path) not in html


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
KEYS = [
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
]
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
    said |= {"checks": {SCRIPT: {SCRIPT: SCRIPT}}, "chances": {SCRIPT: {SCRIPT: 0.5}}, "documents": [{"file": SCRIPT}]}
    changes = changed_since(publish(tmp_path / "pack", shipped, said), manifest(params), params)
    assert changes.state == "compared"
    html = changes_page(changes, PAGE)
    assert "<script" not in html
    assert html.count("&lt;script&gt;") > 12
    read_page(html, "changes.html")
    split = changed_since(publish(tmp_path / "none", shipped, said | {"inputs": {SCRIPT: SCRIPT}}), told(last), shipped)
    assert "<script" not in changes_page(split, PAGE)


# ---- The answer


LONG = "A scenario with the longest title that anybody could give to one that changes everything at once"
MADE = Made(version="1", commit="a", code="c", environment={"numpy": "1"})
OTHER = Made(version="2", commit="b", code="d", environment={"numpy": "2"})


def compared(*figures: Figure, title: str = "Base", **said: Any) -> Changes:
    common = {"state": "compared", "now": MADE, "previous": MADE, "titles": {"base": title}, "figures": figures}
    return Changes.model_validate(common | said)


def a_fall(causes: dict[str, float], line: str = "found") -> Figure:
    """A figure of £42m that moves by its causes."""
    return Figure.model_validate(
        {"scenario": "base", "name": line, "year": "2029/30", "before": 42e6, "after": 42e6 + sum(causes.values())}
        | {"causes": causes}
    )


def test_a_chance_that_is_small_is_not_printed_as_nought() -> None:
    """9 in 10,000 is 0.09%, give or take 0.03. Where the last pack may have drawn another number of times, its error is not known."""
    small = {"place": ("chances", "base", "stretched"), "before": 0.0012, "after": 0.0009}
    known = compared(printed=[small], draws=10_000)
    assert "<td>0.12% ± 0.03</td><td>0.09% ± 0.03</td>" in changes_page(known, PAGE)
    redrawn = {"path": f"{COUNCIL}/uncertainty.yaml", "before": "0", "after": "1", "parts": ("assumptions",)}
    for unknown in (compared(printed=[small]), compared(printed=[small], draws=10_000, files=[redrawn])):
        assert changes_page(unknown, PAGE).count("<td>under 1%</td>") == 2


def test_a_change_too_small_to_see_is_shown_to_every_digit() -> None:
    common = {"low": 0.0, "high": 9.0, "unit": "index", "pedigree": "calibrated", "source": "a"}
    was, now = (Assumption.model_validate({**common, "value": value}) for value in (1.7808210592, 1.7808210598))
    html = changes_page(compared(assumptions=(AssumptionChange(name="a", label="A", before=was, after=now),)), PAGE)
    assert "<td>1.7808210592</td><td>1.7808210598</td>" in html


def test_every_answer_keeps_to_twenty_words() -> None:
    """Whatever the title, the line, the cause and what else changed."""
    files = tuple(FileChange(path=f"{n}.csv", before="0", after="1", parts=("inputs", "scenarios")) for n in range(12))
    titles, lines = ("Evidence-led", "Three whole words", LONG), ("found", "gap_before", "gap_after", "deficit")
    causes = ("model", "inputs", "assumptions", "inputs+assumptions")
    for title, line, cause, previous in product(titles, lines, causes, (MADE, OTHER)):
        changes = compared(a_fall({cause: -3e6, "scenarios": 1e6}, line), title=title, previous=previous, files=files)
        assert re.match(r"The .* 2029/30 fell by £2\.0m to £40\.0m, (mostly because|for causes) ", answer(changes))
        assert len(answer(changes).split()) <= 20
    same, gone, new = (
        Figure(scenario="base", name="found", year="2029/30", before=before, after=after)
        for before, after in ((1.0, 1.0), (1.0, None), (None, 1.0))
    )
    seed = {"place": ("seed",), "before": "1", "after": "2"}
    everything_else = compared(same, gone, previous=OTHER, files=files, printed=[seed])
    other = same.model_copy(update={"scenario": "other"})
    leading_is_new = compared(new, other, titles={"base": LONG, "other": "Other"})
    assert "headline is new" in answer(leading_is_new)  # not that no figure changed, though another scenario's did not
    assert max(len(answer(each).split()) for each in (everything_else, leading_is_new)) <= 20


def test_the_cause_named_is_the_one_that_pulled_most_the_way_it_went() -> None:
    """A fall of £1m, of which inputs raised £5m and assumptions took £6m."""
    changes = compared(a_fall({"inputs": 5e6, "assumptions": -6e6}))
    assert (changes.leading.cause, changes.leading.alone) == ("assumptions", False)
    assert "fell by £1.0m to £41.0m" in answer(changes)


@pytest.mark.parametrize(
    ("pedigree", "cause"), [("published", "published"), ("calibrated", "calibrated"), ("assumed", "assumptions")]
)
def test_a_published_figure_that_changed_is_not_called_an_assumption(pedigree: str, cause: str) -> None:
    common = {"low": 0.0, "high": 9.0, "unit": "£", "pedigree": pedigree, "source": "a"}
    was, now = (Assumption.model_validate({**common, "value": value}) for value in (1.0, 2.0))
    only = AssumptionChange(name="a", label="A", before=was, after=now)
    assert compared(a_fall({"assumptions": -1e6}), assumptions=(only,)).leading.cause == cause


def test_causes_that_cancel_out_are_not_passed_over() -> None:
    """The model adds £1m and an assumption takes it away: the figure is what it was, and that is not nothing."""
    changes = compared(a_fall({"model": 1e6, "assumptions": -1e6}))
    assert (changes.moved, changes.nothing) == ((), False)
    assert "<td>+£1.0m</td><td>−£1.0m</td><td>no change</td>" in changes_page(changes, PAGE)
