"""The workbook and its CSV files: figures tie to the result, text stays text, nothing is empty, and no clock is in it."""

import csv
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import numpy as np
import pytest

from best_model.door import PARAMS
from best_model.inputs.returns_csv import read_returns
from best_model.model.authority import Authority
from best_model.model.engine import Result
from best_model.model.returns import Returns
from best_model.papers.workbook import About, write_book

ABOUT = About("A title", "A meeting", "2026-12-01", "Members", "0.1.0", "abc1234", "0123456789ab")
SCENARIOS = ("evidence", "base", "stretched")
PENNY_EACH, HUNDREDTH = 0.01, 0.01
NAMES = {
    "main": "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "rel": "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
}
Cell = str | float


class Page(NamedTuple):
    """A worksheet read back: every row of it, its table's headings and rows, and its XML."""

    rows: list[list[Cell]]
    headings: list[Cell]
    table: list[list[Cell]]
    xml: str

    def column(self, heading: str) -> list[Cell]:
        return [row[self.headings.index(heading)] for row in self.table]


def texts_in(book: zipfile.ZipFile) -> list[str]:
    shared = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
    return ["".join(part.text or "" for part in entry.iter(f"{{{NAMES['main']}}}t")) for entry in shared]


def read_book(path: Path) -> dict[str, Page]:
    """Every sheet of a workbook, read from its XML by the plain rules of the format."""
    with zipfile.ZipFile(path) as book:
        texts = texts_in(book)
        sheets = ElementTree.fromstring(book.read("xl/workbook.xml")).find("main:sheets", NAMES)
        links = {e.get("Id"): e.get("Target") for e in ElementTree.fromstring(book.read("xl/_rels/workbook.xml.rels"))}
        return {s.get("name"): read_page(book, f"xl/{links[s.get(NAMES['rel'])]}", texts) for s in sheets}


def read_page(book: zipfile.ZipFile, part: str, texts: list[str]) -> Page:
    xml = book.read(part).decode()
    rows: list[list[Cell]] = []
    for row in ElementTree.fromstring(xml).iter(f"{{{NAMES['main']}}}row"):
        values = [(cell.get("t"), cell.find("main:v", NAMES)) for cell in row]
        assert all(value is not None for _, value in values), f"an empty cell in {part}, row {row.get('r')}"
        rows.append([texts[int(value.text)] if kind == "s" else float(value.text) for kind, value in values])
    width = max(map(len, rows))
    first = next(place for place, row in enumerate(rows) if len(row) == width)
    return Page(rows, rows[first], rows[first + 1 :], xml)


@pytest.fixture(scope="module")
def results(evidence: Result, plans: list[Result]) -> list[Result]:
    return [evidence, *plans]


@pytest.fixture(scope="module")
def returns(authority: Authority) -> Returns:
    return read_returns(PARAMS, authority.council)


@pytest.fixture(scope="module")
def folder(results: list[Result], returns: Returns, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pack")
    write_book(results, ABOUT, folder, returns)
    return folder


@pytest.fixture(scope="module")
def book(folder: Path) -> dict[str, Page]:
    return read_book(folder / "workbook.xlsx")


def csv_rows(folder: Path, name: str) -> list[list[str]]:
    with (folder / "tables" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def table(folder: Path, name: str) -> list[dict[str, str]]:
    heads, *rows = csv_rows(folder, name)
    return [dict(zip(heads, row, strict=True)) for row in rows]


# ---- What is in it


def test_the_book_opens_with_cover_contents_and_notes_and_has_one_csv_for_every_table(
    book: dict[str, Page], folder: Path
) -> None:
    cover, contents, notes, *tables = book
    assert (cover, contents, notes) == ("Cover", "Contents", "Notes")
    assert [name for name in tables if name.startswith("DSG_")] == [f"DSG_{number}" for number in range(1, 8)]
    assert sorted(path.stem for path in (folder / "tables").iterdir()) == sorted(["Notes", *tables])
    assert book["Contents"].column("Sheet name") == tables


def test_each_note_is_given_once_and_every_reference_leads_to_one(book: dict[str, Page]) -> None:
    numbers, texts = book["Notes"].column("Note number"), book["Notes"].column("Note")
    titles = [str(page.rows[0][0]) for name, page in book.items() if name not in {"Cover", "Contents", "Notes"}]
    referred = {int(number) for title in titles for number in re.findall(r"\[note (\d+)\]", title)}
    assert referred == {int(number) for number in numbers} == set(range(1, len(numbers) + 1))
    assert len(set(texts)) == len(texts)


def test_shorthand_has_its_meaning_on_the_same_sheet_and_is_not_explained_where_it_is_not_used(
    book: dict[str, Page],
) -> None:
    for name, page in book.items():
        used = {cell for row in page.table for cell in row if re.fullmatch(r"\[[a-z]\]", str(cell))}
        above = [str(row[0])[:3] for row in page.rows if len(row) == 1 and re.match(r"\[[a-z]\] = ", str(row[0]))]
        assert name == "Cover" or set(above) == used, name


def test_no_cell_is_empty_or_merged_and_every_row_of_a_table_is_as_wide_as_its_heading(book: dict[str, Page]) -> None:
    for name, page in book.items():
        assert "mergeCell" not in page.xml, name
        assert all(len(row) == len(page.headings) for row in page.table), name
        assert all(str(cell).strip() for row in page.rows for cell in row), name
        assert len({str(heading).casefold() for heading in page.headings}) == len(page.headings), name


def test_every_sheet_has_set_widths_and_prints_one_page_wide_with_its_headings_on_each(
    book: dict[str, Page], folder: Path
) -> None:
    for name, page in book.items():
        assert 'customWidth="1"' in page.xml, name
    with zipfile.ZipFile(folder / "workbook.xlsx") as file:
        workbook, styles = (file.read(f"xl/{part}.xml").decode() for part in ("workbook", "styles"))
    assert workbook.count("_xlnm.Print_Titles") == len(book) - 3
    assert 'wrapText="1"' in styles


def test_the_numbers_of_a_table_are_numbers_and_carry_their_unit_in_the_heading(book: dict[str, Page]) -> None:
    units = re.compile(r"(, £|children.*|, %|, months|in its unit|January|Year of the reform plan|Months to .*)$", re.I)
    for name, page in book.items():
        for place, heading in enumerate(page.headings):
            if name != "Notes" and any(isinstance(row[place], float) for row in page.table):
                assert units.search(str(heading)), (name, heading)


def test_the_csv_of_a_sheet_holds_what_the_sheet_holds(book: dict[str, Page], folder: Path) -> None:
    for name in [name for name in book if name not in {"Cover", "Contents"}]:
        heads, *rows = csv_rows(folder, name)
        assert heads == book[name].headings
        for ours, theirs in zip(rows, book[name].table, strict=True):
            assert [float(a) if isinstance(b, float) else a for a, b in zip(ours, theirs, strict=True)] == theirs


def test_every_row_that_can_wrap_has_a_height_for_all_its_lines(book: dict[str, Page]) -> None:
    """No program works the height out for itself when it opens the file."""
    for name, page in book.items():
        heights = {
            int(row): float(height) for row, height in re.findall(r'<row r="(\d+)"[^>]* ht="([\d.]+)"', page.xml)
        }
        columns = re.findall(r'<col min="(\d+)" max="(\d+)" width="([\d.]+)"', page.xml)
        widths = [float(width) for first, last, width in columns for _ in range(int(first), int(last) + 1)]
        wrapping = page.rows if name == "Cover" else page.table
        first = len(page.rows) - len(wrapping) + 1
        for number, row in enumerate(wrapping, start=first):
            lines = max(len(str(cell)) / width for cell, width in zip(row, widths, strict=False))
            assert heights[number] >= 14 * max(lines - 0.5, 1), (name, row)


# ---- Figures tie to the result


def test_found_in_train_and_still_to_be_identified_are_the_results_to_the_pound(
    folder: Path, results: list[Result]
) -> None:
    rows = {(row["Scenario"], row["Financial year"]): row for row in table(folder, "Headline")}
    for result in results:
        for place, year in enumerate(result.years):
            row = rows[result.scenario.title, year]
            assert float(row["Priorities, £"]) == pytest.approx(result.identified[place], abs=PENNY_EACH)
            assert float(row["In train before April 2026, £"]) == pytest.approx(result.in_train[place], abs=PENNY_EACH)
            assert float(row["Gap left, £"]) == pytest.approx(result.gap_after[place], abs=PENNY_EACH)
    stretched = [row for (name, _), row in rows.items() if name == "Stretched"]
    assert [float(row["Saving, £"]) for row in stretched] == [15_363_000, 33_403_000, 49_634_000, 66_146_000]
    assert rows["Base", "2026/27"]["Target, £"] == "[x]"
    assert rows["Base", "2029/30"]["Target, £"] == "48000000"


def test_the_lines_of_each_scenario_add_to_its_saving_to_the_pound(folder: Path, results: list[Result]) -> None:
    rows = table(folder, "Savings")
    for result in results:
        own = [row for row in rows if row["Scenario"] == result.scenario.title]
        for place, year in enumerate(result.years):
            added = sum(float(row[f"{year}, £"]) for row in own if row["Line"] != "Saving")
            assert added == pytest.approx(float(result.saving[place]), abs=PENNY_EACH * len(own))


def test_the_published_lines_of_the_gap_are_the_councils_and_the_deficit_has_three_cases(folder: Path) -> None:
    rows = table(folder, "Gap_and_deficit")
    published = [row for row in rows if row["Where the figures come from"] == "published"]
    assert [[row[f"{year}, £"] for year in ("2026/27", "2029/30")] for row in published] == [
        ["87880000", "174182000"],
        ["15363000", "66146000"],
        ["72517000", "108036000"],
        ["184397000", "462446000"],
    ]
    for case in ("Do nothing", "Evidence-led", "Base", "Stretched"):
        assert sum(row["Case"] == case and row["Line"].startswith("Deficit") for row in rows) == 3


def test_spend_by_setting_adds_to_all_spend_of_the_block(folder: Path, results: list[Result]) -> None:
    rows = table(folder, "Spend")
    for step, year in enumerate(results[0].authority.financial_years):
        own = [row for row in rows if row["Financial year"] == year]
        added = sum(float(row["Stretched, £"]) for row in own if row["Line"] != "All spend of the block")
        assert added == pytest.approx(results[-1].simulation.spend.total[1, step], abs=PENNY_EACH * len(own))


def test_the_mix_of_each_case_adds_to_all_plans_and_to_a_hundred_per_cent(folder: Path, results: list[Result]) -> None:
    rows = table(folder, "Placement_mix")
    totals = {"Now": (0, 0, 0), "Do nothing": (0, 0, -1), "Base": (1, 1, -1), "Stretched": (2, 1, -1)}
    for case, (place, draw, january) in totals.items():
        own = [row for row in rows if row["Case"] == case and row["Setting"] != "All placements"]
        total = float(results[place].simulation.total[draw, january])
        assert len(own) == 11
        assert sum(float(row["Children in January"]) for row in own) == pytest.approx(total, abs=0.1)
        assert sum(float(row["Share of all plans in January, %"]) for row in own) == pytest.approx(100, abs=0.01)


# ---- The returns

CASES = {"Unmitigated: do nothing, children": 0, "Mitigated: Base, children": 1, "Mitigated: Stretched, children": 2}


def plans_in(results: list[Result], heading: str) -> np.ndarray:
    """Children by january, age, need and setting in the future that a heading names."""
    place = CASES[heading]
    return results[place].simulation.plans[min(place, 1)]


@pytest.mark.parametrize("heading", CASES)
@pytest.mark.parametrize("breakdown", ["Age at 31 August", "Primary need, four groups"])
def test_the_seven_tabs_add_to_all_plans_each_january_by_age_and_by_need(
    folder: Path, results: list[Result], heading: str, breakdown: str
) -> None:
    added: dict[str, float] = {}
    rows = [row for number in range(1, 8) for row in table(folder, f"DSG_{number}") if row["Breakdown"] == breakdown]
    for row in rows:
        if row["Group"] != "All plans":
            added[row["January"]] = added.get(row["January"], 0.0) + float(row[heading])
    totals = plans_in(results, heading).sum(axis=(1, 2, 3))
    assert list(added) == [str(year) for year in results[0].authority.januaries]
    assert list(added.values()) == pytest.approx(totals.tolist(), abs=HUNDREDTH * 35)


def test_a_tab_by_age_is_the_settings_that_it_names(folder: Path, results: list[Result]) -> None:
    """Post-16 and further education: further education and specialist post-16, ages 16 to 19, in January 2030."""
    rows = [row for row in table(folder, "DSG_6") if row["January"] == "2030" and row["Group"] == "16 to 19"]
    expected = results[2].simulation.plans[1, -1, 16:20][..., [5, 6]].sum()
    assert float(rows[0]["Mitigated: Stretched, children"]) == pytest.approx(expected, abs=HUNDREDTH)


@pytest.mark.parametrize("heading", CASES)
def test_the_fourteen_provisions_add_to_all_plans_each_january(
    folder: Path, results: list[Result], heading: str
) -> None:
    rows = table(folder, "Reform_provisions")
    assert len({row["Provision"] for row in rows}) == 14
    for january, total in zip(
        results[0].authority.januaries, plans_in(results, heading).sum(axis=(1, 2, 3)), strict=True
    ):
        own = [row[heading] for row in rows if row["January"] == str(january)]
        assert len(own) == 14
        assert sum(float(cell) for cell in own if cell != "[x]") == pytest.approx(total, abs=HUNDREDTH * 14)


def test_the_census_parts_early_years_from_mainstream_and_no_forecast_does(folder: Path) -> None:
    rows = {(row["January"], row["Provision"]): row for row in table(folder, "Reform_provisions")}
    early, heading = "Early years including private and voluntary", "Unmitigated: do nothing, children"
    assert [rows["2025", name][heading] for name in (early, "Mainstream")] == ["18", "2264"]
    assert rows["2030", early][heading] == "[x]"
    assert rows["2030", early]["Where the figures come from"] == "counted in: Mainstream"
    assert early in rows["2030", "Mainstream"]["Where the figures come from"]


def test_january_2026_is_modelled_and_called_2025_by_the_reform_plan_and_never_actual(
    folder: Path, book: dict[str, Page]
) -> None:
    rows = [row for row in table(folder, "Reform_provisions") if row["January"] == "2026"]
    rows += [row for number in range(1, 8) for row in table(folder, f"DSG_{number}") if row["January"] == "2026"]
    for row in rows:
        assert row.get("Year of the reform plan", "2025") == "2025"
        origin = row["Where the figures come from"]
        assert origin.startswith(("modelled, replace by the census", "counted in: "))
    assert not any("actual" in str(cell).casefold() for page in book.values() for row in page.table for cell in row if
                   page is not book["Notes"])  # fmt: skip


def test_the_thirteen_needs_of_the_census_add_to_the_groups_and_are_given_for_the_base_alone(folder: Path) -> None:
    rows = [row for number in range(1, 8) for row in table(folder, f"DSG_{number}")]
    full = [row for row in rows if row["Breakdown"] == "Primary need, as in the census"]
    assert {row["January"] for row in full} == {"2025"}
    assert len(full) == 7 * 13
    assert sum(int(row["Unmitigated: do nothing, children"]) for row in full) == 7_196
    semh = [row for row in full if "SEMH" in row["Group"]]
    assert sum(int(row["Unmitigated: do nothing, children"]) for row in semh) == 1_396


def test_a_council_without_its_census_in_full_is_told_so_and_its_provisions_still_add(
    results: list[Result], returns: Returns, tmp_path: Path
) -> None:
    write_book(results, ABOUT, tmp_path, replace(returns, published={}))
    rows = [row for row in table(tmp_path, "Reform_provisions") if row["January"] == "2025"]
    cells = [row["Unmitigated: do nothing, children"] for row in rows]
    assert cells.count("[x]") == 4
    assert sum(float(cell) for cell in cells if cell != "[x]") == pytest.approx(7_196)
    needs = [row for row in table(tmp_path, "Needs") if row["Breakdown"] == "Primary need, as in the census"]
    assert {row["Where the figures come from"] for row in needs} == {"not shipped for this council"}


# ---- Text from outside

FORMULA = '=HYPERLINK("http://example.invalid","press")'
NASTY = [FORMULA, "+1+1", "-2", "@SUM(A1)", "{=1}", "<script>alert(1)</script>", "[press](http://example.invalid)",
         "$$prices$$", "http://example.invalid", "internal:'Cover'!A1", "???", "  =1\n"]  # fmt: skip


def renamed(result: Result, title: str) -> Result:
    return replace(result, scenario=result.scenario.model_copy(update={"title": title}))


@pytest.fixture(scope="module")
def hostile(results: list[Result], returns: Returns, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack whose scenarios, owners, notes and cover try everything; each text is a cell and a heading of it."""
    folder, council = tmp_path_factory.mktemp("hostile"), results[0].authority.council
    noted = {name: figure.model_copy(update={"note": NASTY[place % len(NASTY)]}) for place, (name, figure)
             in enumerate(council.assumptions.items())}  # fmt: skip
    authority = replace(results[0].authority, council=replace(council, assumptions=noted, title=NASTY[0]))
    named = [renamed(replace(result, authority=authority), title) for result in results for title in NASTY[:4]]
    write_book(named, About(*NASTY[:7]), folder, returns)
    return folder


def test_no_text_becomes_a_formula_or_a_link(hostile: Path) -> None:
    for name, page in read_book(hostile / "workbook.xlsx").items():
        assert "<f>" not in page.xml, name
        assert "<f " not in page.xml, name
    with zipfile.ZipFile(hostile / "workbook.xlsx") as book:
        links = [part for part in book.namelist() if part.startswith("xl/worksheets/_rels")]
        assert not any(b'TargetMode="External"' in book.read(part) for part in links)
        assert "xl/externalLinks/externalLink1.xml" not in book.namelist()


def test_text_that_tries_something_is_shown_as_it_was_written(hostile: Path) -> None:
    book = read_book(hostile / "workbook.xlsx")
    assert FORMULA in " ".join(map(str, book["Headline"].column("Scenario")))
    remarks = set(book["Assumptions"].column("Remark"))
    assert {"=1", "<script>alert(1)</script>", "[press] (http://example.invalid)", "$ $prices$ $", "??? [signs only]",
            "{=1}", "@SUM(A1)"} <= remarks  # fmt: skip
    assert book["Cover"].rows[0] == [FORMULA]


def test_no_cell_of_a_csv_begins_as_a_formula_unless_it_is_a_number(hostile: Path) -> None:
    begun = 0
    for path in (hostile / "tables").iterdir():
        for row in csv_rows(hostile, path.stem):
            for cell in row:
                begun += cell.startswith(("'=", "'+", "'-", "'@"))
                assert not cell.startswith(("=", "+", "@", "\t", "\r")), (path.stem, cell)
                assert not cell.startswith("-") or float(cell) < 0, (path.stem, cell)
    assert begun > 20


def test_scenarios_of_one_title_are_told_apart_by_their_names(
    results: list[Result], returns: Returns, tmp_path: Path
) -> None:
    same = [results[1], renamed(results[2], "BASE")]
    write_book(same, ABOUT, tmp_path, returns)
    assert {row["Scenario"] for row in table(tmp_path, "Headline")} == {"Base (base)", "BASE (stretched)"}


# ---- Built twice

AGAIN = """
import sys
from pathlib import Path
from best_model.door import PARAMS, open_authority, open_result
from best_model.inputs.returns_csv import read_returns
from best_model.papers.workbook import About, write_book
authority = open_authority()
results = [open_result(name, authority) for name in sys.argv[2].split()]
write_book(results, About(*sys.argv[3:]), Path(sys.argv[1]), read_returns(PARAMS, authority.council))
"""


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_build_later_elsewhere_and_in_another_order_of_hashing_is_the_same_to_the_byte(
    folder: Path, tmp_path: Path
) -> None:
    """Half the world away by its clock, and seconds later: a zip file keeps even seconds."""
    cover = [ABOUT.title, ABOUT.meeting, ABOUT.date, ABOUT.audience, ABOUT.version, ABOUT.commit, ABOUT.inputs]
    subprocess.run(
        [sys.executable, "-c", AGAIN, str(tmp_path), " ".join(SCENARIOS), *cover],
        check=True,
        env={**os.environ, "TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7"},
        cwd=PARAMS.parent,
    )
    assert files_in(tmp_path) == files_in(folder)


def test_no_part_of_the_file_knows_when_it_was_built(folder: Path) -> None:
    with zipfile.ZipFile(folder / "workbook.xlsx") as book:
        assert {part.date_time[:3] for part in book.infolist()} == {(1980, 1, 1)}
        dates = set(re.findall(r"\d{4}-\d\d-\d\dT[^<]*", book.read("docProps/core.xml").decode()))
    assert dates == {"1980-01-01T00:00:00Z"}
