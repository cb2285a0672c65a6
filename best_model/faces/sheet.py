"""Tables as a workbook, a sheet each, written through gptables as the guidance on accessible spreadsheets has it.

Text from outside stands as text: never a formula, a link or a note reference. Nothing knows a clock: two builds of the same are the same.
"""

import math
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from best_model.faces.plain import Flat, cells_of, flat, headings_of
from best_model.table import NONE, Table, Unit, Value

if TYPE_CHECKING:
    from gptables import Cover, GPTable
    from gptables.core.wrappers import GPWorksheet

LEGEND = {
    "[x]": "[x] = not available: not published, or not told apart by the model or the census",
    "[z]": "[z] = not applicable",
    "[c]": "[c] = confidential: a small number of the council's own, or money that would give it away, hidden; other counts are rounded",
}
"""Shorthand of the Government Statistical Service, for a cell that would be empty."""
_AS_TEXT = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""Options of the writer: a string stays a string, and the parts of the file carry a set date."""
_WHOLE = {"num_format": "#,##0"}
_FORMATS = {
    **dict.fromkeys((Unit.GBP, Unit.GBP_WHOLE, Unit.GBP_SAID, Unit.GBP_CHANGE, Unit.CHILDREN, Unit.CHANGE), _WHOLE),
    Unit.SHARE: {"num_format": "0"},
    Unit.WORDS: {"indent": 1},
    Unit.TENTHS: {"num_format": "0.0"},
}
_SIGNS_ONLY = " [signs only]"
_NARROWEST, _NAMES, _WIDEST, _TEXT = 12, 24, 56, 100
_LINE, _LARGE, _FITS, _A4 = 16.0, 22.0, 1.0, 9
_CREATED = datetime(1980, 1, 1)


class Sheet(NamedTuple):
    """A table under the name of its sheet, with the names of the notes it refers to."""

    name: str
    table: Table
    notes: tuple[str, ...] = ()


class Front(NamedTuple):
    """What stands on the cover: its title, what the workbook is, and how to read it, a line each."""

    title: str
    intro: Sequence[str]
    about: Sequence[str]


def write_workbook(path: Path, sheets: Sequence[Sheet], notes: Mapping[str, str], front: Front) -> None:
    """Write a workbook: a cover, contents, notes (each once, in the order in which sheets refer to them), and a sheet a table."""
    with _what_gptables_warns_of():
        from gptables import Cover, produce_workbook  # noqa: PLC0415 - pandas and its writer take a second to import
        from pandas import DataFrame  # noqa: PLC0415 - as above

        intro, about = ([as_text(line) for line in lines] for lines in (front.intro, front.about))
        cover = Cover(title=as_text(front.title), intro=intro, about=about, width=_TEXT)
        referred = [(name, as_text(notes[name])) for name in in_order_of_reference(sheets)]
        tables = {each.name: _gptable(each) for each in sheets}
        book = produce_workbook(
            str(path),
            tables,
            cover=cover,
            contentsheet_options={
                "instructions": "This worksheet contains one table: a link to each sheet, and what it holds."
            },
            notes_table=DataFrame(referred, columns=["Name", "Note"]),
            auto_width=False,
            workbook_options=_AS_TEXT,
        )
        book.set_properties({"title": cover.title, "created": _CREATED})
        _lay_out_front(book.get_worksheet_by_name("Cover"), cover)
        _lay_out_list(book.get_worksheet_by_name("Contents"), [each.table.caption for each in sheets], _NAMES)
        _lay_out_list(book.get_worksheet_by_name("Notes"), [text for _, text in referred], _NARROWEST)
        for each in sheets:
            _lay_out(book.get_worksheet_by_name(each.name), flat(each.table), tables[each.name].data_range[0])
        for page in book.worksheets():
            page.set_paper(_A4)
            page.set_landscape()
            page.fit_to_pages(1, 0)
        book.close()


def in_order_of_reference(sheets: Sequence[Sheet]) -> list[str]:
    """The names of notes in the order in which the sheets refer to them, each once: the first is note 1."""
    return list(dict.fromkeys(name for each in sheets for name in each.notes))


@contextmanager
def _what_gptables_warns_of() -> Iterator[None]:
    """Quiet for two faults of gptables 2.0 that only its authors can mend, and for nothing else.

    Imported, it leaves a file for Python to close; and it sorts and replaces in place, which pandas 4 will refuse.
    """
    from pandas.errors import Pandas4Warning  # noqa: PLC0415 - as above

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=Pandas4Warning, module=r"gptables\.")
        warnings.filterwarnings("ignore", message="unclosed file.*gptheme", category=ResourceWarning)
        yield


def _gptable(each: Sheet) -> "GPTable":
    from gptables import GPTable  # noqa: PLC0415 - as above
    from pandas import DataFrame  # noqa: PLC0415 - as above

    held = flat(each.table)
    cells, headings = rows_of(held), [as_text(heading) for heading in headings_of(held)]
    signs = {cell for row in cells for cell in row}
    units = [field.unit for field in held.fields]
    formats = [_format(place, unit) for place, unit in enumerate(units, start=1) if unit in _FORMATS]
    return GPTable(
        table=DataFrame(cells, columns=headings, dtype=object),
        table_name=each.name,
        title=as_text(each.table.caption) + "".join(f"$${name}$$" for name in each.notes),
        subtitles=[as_text(" ".join(each.table.notes))],
        instructions="This worksheet contains one table. Notes, by number, are on the worksheet Notes.",
        legend=[words for sign, words in LEGEND.items() if sign in signs],
        index_columns={2: 0},
        additional_formatting=formats,
    )


def rows_of(held: Flat) -> list[list[Value]]:
    """The cells of a sheet: numbers as numbers, a row heading that is a year too; text made safe."""
    return [[_cell(cell, first=place == 0) for place, cell in enumerate(row)] for row in cells_of(held)]


def _cell(cell: Value, *, first: bool) -> Value:
    if not isinstance(cell, str):
        return cell
    return int(cell) if first and cell.isdecimal() else as_text(cell)


def _format(place: int, unit: Unit) -> dict[str, Any]:
    return {"column": {"columns": [place], "format": _FORMATS[unit], "include_names": False}}


# Widths and heights: no program that opens the file need work them out


def _lay_out(page: "GPWorksheet", held: Flat, heading_row: int) -> None:
    """Columns as wide as their words, within bounds beyond which text wraps; rows as high as what wraps."""
    cells: list[list[Value]] = rows_of(held)
    headings: list[Value] = [*headings_of(held)]
    widths = [_width(str(heading), [row[place] for row in cells]) for place, heading in enumerate(headings)]
    for place, width in enumerate(widths):
        page.set_column(place, place, width)
    for number, row in enumerate((headings, *cells), start=heading_row):
        lines = (_lines(str(cell), width) for cell, width in zip(row, widths, strict=True))
        page.set_row(number, _LINE * max(lines))
    page.repeat_rows(heading_row)


def _width(heading: str, cells: Sequence[Value]) -> int:
    longest = max(len(str(cell)) + 2 for cell in cells)
    return min(max(longest, max(map(len, heading.split())) + 2, _NARROWEST), _WIDEST)


def _lines(words: str, width: int) -> int:
    """Lines that words take in a column so wide: a character is about one unit of width, and words are not parted."""
    lines, left = 1, 0.0
    for word in words.split():
        length = len(word) + 1
        lines, left = (lines + 1, length) if left and left + length > width * _FITS else (lines, left + length)
        lines += math.floor(max(length - 1, 0) / (width + 1))
    return lines


def _lay_out_front(page: "GPWorksheet", cover: "Cover") -> None:
    """Every line of the cover as high as what wraps on it: the title and two subtitles are in large type."""
    lines = [(cover.title, True), ("Introductory information", True), *((line, False) for line in cover.intro)]
    lines += [("About these data", True), *((line, False) for line in cover.about)]
    page.set_column(0, 0, _TEXT)
    for number, (words, large) in enumerate(lines):
        page.set_row(number, (_LARGE if large else _LINE) * _lines(words, int(_TEXT / 1.4) if large else _TEXT))


def _lay_out_list(page: "GPWorksheet", words: Sequence[str], first: int) -> None:
    """A sheet of two columns, the second of text: contents, and notes."""
    page.set_column(0, 0, first)
    page.set_column(1, 1, _TEXT)
    heading = page.dim_rowmax - len(words)
    for number, text in enumerate(words, start=heading + 1):
        page.set_row(number, _LINE * _lines(text, _TEXT))


def as_text(text: str) -> str:
    """Text of one line that no writer takes for a link, a note or an empty cell; a formula is the writers' to hold.

    >>> as_text("see [this](http://x)"), as_text("$$a$$"), as_text(" a\\n\\tb "), as_text(""), as_text("?!")
    ('see [this] (http://x)', '$ $a$ $', 'a b', '[z]', '?! [signs only]')
    """
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    line = re.sub(r"\$(?=\$)", "$ ", line.replace("](", "] ("))
    if not line:
        return NONE.sign
    return line if re.search("[A-Za-z0-9]", line) else line + _SIGNS_ONLY
