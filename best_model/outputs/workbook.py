"""The workbook of a pack, written through gptables as the guidance on accessible spreadsheets has it, and each sheet as CSV.

Nothing in it knows a clock: two builds of the same inputs are the same to the byte.
"""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from pandas.errors import Pandas4Warning

from best_model.model.engine import Result
from best_model.model.returns import Returns
from best_model.outputs.returns import management_plan_sheets, mapping_sheet, reform_plan_sheet
from best_model.outputs.workbook_children import ages_sheet, children_sheet, mix_sheet, needs_sheet
from best_model.outputs.workbook_money import gap_sheet, headline_sheet, savings_sheet, spend_sheet
from best_model.outputs.workbook_notes import notes_of
from best_model.outputs.workbook_register import (
    assumptions_sheet,
    checks_sheet,
    priorities_sheet,
    sources_sheet,
    workstreams_sheet,
)
from best_model.outputs.workbook_sheet import (
    LEGEND,
    Column,
    Kind,
    Note,
    Sheet,
    as_csv,
    as_text,
    with_small_counts_hidden,
)

if TYPE_CHECKING:
    from gptables import Cover, GPTable
    from gptables.core.wrappers import GPWorkbook, GPWorksheet

WORKBOOK, TABLES = "workbook.xlsx", "tables"
_AS_TEXT = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""Options of the writer: a string stays a string, and the parts of the file carry a set date."""

_FORMATS: dict[Kind, dict[str, str]] = {
    "pounds": {"num_format": "#,##0"},
    "children": {"num_format": "#,##0"},
    "share": {"num_format": "0"},
}
_NARROWEST, _NAMES_WIDTH, _WIDEST, _NOTES_WIDTH = 12, 24, 44, 100
_A4 = 9
_CREATED = datetime(1980, 1, 1)


@dataclass(frozen=True)
class About:
    """What stands on the cover: which meeting, for whom, and what the pack was made from."""

    title: str
    meeting: str
    date: str
    audience: str
    version: str
    commit: str
    inputs: str


def write_workbook(results: Sequence[Result], about: About, folder: Path, returns: Returns) -> tuple[Path, ...]:
    """Write `workbook.xlsx` and `tables/<sheet>.csv` into a folder that exists; returns their paths.

    `results` are the pack's scenarios in its order, all of one council.
    """
    sheets = sheets_of(results, returns)
    notes = _referred_to(notes_of(results, returns), sheets)
    with _what_gptables_warns_of():
        book = _write_xlsx(sheets, notes, _cover(about, results), folder)
    return book, *_write_csv(sheets, notes, folder)


def sheets_of(results: Sequence[Result], returns: Returns) -> list[Sheet]:
    """Every sheet with a table, in reading order; small counts of a census that is not published are hidden."""
    sheets = _sheets(results, returns)
    return sheets if results[0].authority.council.openly else [with_small_counts_hidden(each) for each in sheets]


def _sheets(results: Sequence[Result], returns: Returns) -> list[Sheet]:
    return [
        headline_sheet(results),
        savings_sheet(results),
        gap_sheet(results),
        mix_sheet(results),
        children_sheet(results),
        spend_sheet(results),
        ages_sheet(results),
        needs_sheet(results, returns),
        *management_plan_sheets(results, returns),
        reform_plan_sheet(results, returns),
        mapping_sheet(returns),
        priorities_sheet(results),
        workstreams_sheet(results),
        assumptions_sheet(results),
        checks_sheet(results),
        sources_sheet(results),
    ]


@contextmanager
def _what_gptables_warns_of() -> Iterator[None]:
    """Quiet for two faults of gptables 2.0 that only its authors can mend, and for nothing else.

    Imported, it leaves a file for Python to close; and it sorts and replaces in place, which pandas 4 will refuse.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=Pandas4Warning, module=r"gptables\.")
        warnings.filterwarnings("ignore", message="unclosed file.*gptheme", category=ResourceWarning)
        yield


def _referred_to(notes: Sequence[Note], sheets: Sequence[Sheet]) -> list[Note]:
    """Notes in the order in which the sheets refer to them, each once: the first is note 1."""
    by_name = {note.name: note for note in notes}
    return [by_name[name] for name in dict.fromkeys(name for each in sheets for name in each.notes)]


def _write_csv(sheets: Sequence[Sheet], notes: Sequence[Note], folder: Path) -> list[Path]:
    """Each table, and the notes, as UTF-8 with a mark by which Excel knows it."""
    tables = folder / TABLES
    tables.mkdir(exist_ok=True)
    texts = {each.name: as_csv(each.headings, each.rows) for each in sheets}
    texts["Notes"] = as_csv(["Note number", "Note"], [(place, note.text) for place, note in enumerate(notes, start=1)])
    for name, text in texts.items():
        (tables / f"{name}.csv").write_text(text, encoding="utf-8-sig", newline="\n")
    return [tables / f"{name}.csv" for name in texts]


def _write_xlsx(sheets: Sequence[Sheet], notes: Sequence[Note], cover: "Cover", folder: Path) -> Path:
    from gptables import produce_workbook  # noqa: PLC0415 - the command need not wait for it

    path, tables = folder / WORKBOOK, {each.name: _table(each) for each in sheets}
    book: GPWorkbook = produce_workbook(
        str(path),
        tables,
        cover=cover,
        contentsheet_options={
            "instructions": "This worksheet contains one table: a link to each sheet, and what it holds."
        },
        notes_table=pd.DataFrame(list(notes), columns=["Name", "Note"]),
        auto_width=False,
        workbook_options=_AS_TEXT,
    )
    book.set_properties({"title": cover.title, "created": _CREATED})
    for each in sheets:
        page = book.get_worksheet_by_name(each.name)
        _set_widths(page, each)
        _set_print(page, heading_row=tables[each.name].data_range[0])
    book.get_worksheet_by_name("Contents").set_column(0, 0, _NAMES_WIDTH)
    for name in ("Contents", "Notes"):
        book.get_worksheet_by_name(name).set_column(1, 1, _NOTES_WIDTH)
    book.close()
    return path


def _table(each: Sheet) -> "GPTable":
    from gptables import GPTable  # noqa: PLC0415 - as above

    references = "".join(f"$${name}$$" for name in each.notes)
    return GPTable(
        table=pd.DataFrame(each.rows, columns=list(each.headings), dtype=object),
        table_name=each.name,
        title=each.title + references,
        subtitles=[each.about],
        instructions="This worksheet contains one table. Notes, by number, are on the worksheet Notes.",
        legend=list(each.legend),
        index_columns={2: 0},
        additional_formatting=[
            _format(place, column) for place, column in enumerate(each.columns) if column.kind in _FORMATS
        ],
    )


def _format(place: int, column: Column) -> dict[str, Any]:
    return {"column": {"columns": [place], "format": _FORMATS[column.kind], "include_names": False}}


def _set_widths(page: "GPWorksheet", each: Sheet) -> None:
    """Columns as wide as their words, within bounds beyond which text wraps."""
    for place, heading in enumerate(each.headings):
        longest = max(len(str(row[place])) for row in each.rows)
        page.set_column(place, place, min(max(longest, _longest_word(heading), _NARROWEST), _WIDEST))


def _set_print(page: "GPWorksheet", heading_row: int) -> None:
    """A4 across, one page wide, with the headings on each page."""
    page.set_paper(_A4)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(heading_row)


def _longest_word(heading: str) -> int:
    return max(map(len, heading.split())) + 2


def _cover(about: About, results: Sequence[Result]) -> "Cover":
    """What the workbook is, for which meeting, and how to read it. It names no person."""
    from gptables import Cover  # noqa: PLC0415 - as above

    council = results[0].authority.council
    scenarios = "; ".join(result.scenario.title for result in results)
    intro = [
        f"Meeting: {about.meeting}",
        f"Date: {about.date}",
        f"For: {about.audience}",
        f"What it is: the figures behind the committee pack on the High Needs Block of {council.title}, and the children by tab of the DSG "
        "management plan and by provision of the local SEND reform plan.",
        f"Scenarios: doing nothing; {scenarios}.",
    ]
    read = [
        "Figures are modelled unless they are called published. They rest on assumptions, each with its range and source on the sheet "
        "Assumptions.",
        *LEGEND.values(),
        "The same tables are beside this workbook as CSV, one file a sheet. There, text that begins with =, +, - or @ has an "
        "apostrophe before it, so that no program takes it for a formula.",
        "Published figures of the Department for Education are under the Open Government Licence v3.0.",
        f"Made from version {about.version}, commit {about.commit}, inputs {about.inputs}.",
    ]
    return Cover(title=as_text(about.title), intro=[*map(as_text, intro)], about=[*map(as_text, read)])
