"""A sheet of the workbook as plain values: a title, headings, rows without gaps, and the notes it refers to; and the same as CSV.

Text from outside stands as text wherever it is opened: never a formula, a link or a note reference.
"""

import csv
import io
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from best_model.questions.small_counts import coarse, is_small

Cell = str | int | float
Kind = Literal["text", "plain", "pounds", "children", "share"]

NOT_AVAILABLE, NOT_APPLICABLE, CONFIDENTIAL = "[x]", "[z]", "[c]"
LEGEND = {
    NOT_AVAILABLE: "[x] = not available: not published, or not told apart by the model or the census",
    NOT_APPLICABLE: "[z] = not applicable",
    CONFIDENTIAL: "[c] = confidential: a small number of the council's own, or money that would give it away, hidden; "
    "its other counts are rounded",
}
"""Shorthand of the Government Statistical Service, for a cell that would be empty."""

_BEGINS_A_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_SIGNS = " [signs only]"
PUBLISHED, _OWN = "published", "the council's own census"
JANUARY = "January"
"""Heading of the column that says which census a row is of."""

_DIGITS = {"pounds": 2, "children": 2, "share": 4}


class Column(NamedTuple):
    """A heading, with its unit, and what stands under it."""

    heading: str
    kind: Kind = "text"


ORIGIN = Column("Where the figures come from")


def in_pounds(*headings: str) -> list[Column]:
    """Columns of money."""
    return [Column(f"{heading}, £", "pounds") for heading in headings]


class Note(NamedTuple):
    """A note, given once and referred to by its name from any sheet."""

    name: str
    text: str


@dataclass(frozen=True)
class Sheet:
    """One table. `name` is that of the sheet and of its CSV file; `about` is one sentence under the title; `notes` are names."""

    name: str
    title: str
    about: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()

    @property
    def headings(self) -> tuple[str, ...]:
        """The heading of each column."""
        return tuple(column.heading for column in self.columns)

    @property
    def legend(self) -> tuple[str, ...]:
        """What each shorthand in this table means."""
        found = {cell for row in self.rows for cell in row}
        return tuple(words for sign, words in LEGEND.items() if sign in found)


def sheet(
    name: str, title: str, about: str, columns: Sequence[Column], rows: Iterable[Sequence[object]], *notes: str
) -> Sheet:
    """A sheet from any values: text made safe, numbers rounded below what is shown, no cell empty."""
    shown = tuple(Column(as_text(heading), kind) for heading, kind in columns)
    filled = tuple(tuple(_cell(value, column.kind) for value, column in zip(row, shown, strict=True)) for row in rows)
    return Sheet(name, as_text(title), as_text(about), shown, filled, notes)


def _cell(value: object, kind: Kind) -> Cell:
    """A number to a hundredth of a pound or a child, so that a total ties and no build differs in its last digit; a share in %."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return as_text({True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value))
    if not math.isfinite(value):
        return NOT_AVAILABLE
    own = value * 100 if kind == "share" else value
    rounded = round(float(own), _DIGITS[kind]) if kind in _DIGITS else own
    return int(rounded) if float(rounded).is_integer() else float(rounded)


def with_small_counts_hidden(each: Sheet) -> Sheet:
    """The sheet without small counts, for a council that puts in its own unpublished census, of which every later January tells.

    Other counts are rounded, and shares are whole, so that no total gives a hidden one away; none is called published.
    """
    return replace(each, rows=tuple(_hidden(row, each) for row in each.rows)) if JANUARY in each.headings else each


def _hidden(row: tuple[Cell, ...], each: Sheet) -> tuple[Cell, ...]:
    kinds = [column.kind for column in each.columns]
    small = any(
        kind == "children" and not isinstance(cell, str) and is_small(cell)
        for cell, kind in zip(row, kinds, strict=True)
    )
    return tuple(_coarse(cell, kind, small) for cell, kind in zip(row, kinds, strict=True))


def _coarse(cell: Cell, kind: Kind, small: bool) -> Cell:
    if isinstance(cell, str):
        return _OWN + cell.removeprefix(PUBLISHED) if cell.startswith(PUBLISHED) else cell
    if kind not in {"children", "share"}:
        return CONFIDENTIAL if small and kind == "pounds" else cell
    if small:
        return CONFIDENTIAL
    return round(cell) if kind == "share" else coarse(cell)


def as_text(text: str) -> str:
    """Text of one line that no writer takes for a link, a note or an empty cell; a formula is the writers' to hold.

    >>> as_text("see [this](http://x)"), as_text("$$a$$"), as_text(" a\\n\\tb "), as_text(""), as_text("?!")
    ('see [this] (http://x)', '$ $a$ $', 'a b', '[z]', '?! [signs only]')
    """
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    line = re.sub(r"\$(?=\$)", "$ ", line.replace("](", "] ("))
    if not line:
        return NOT_APPLICABLE
    return line if re.search("[A-Za-z0-9]", line) else line + _SIGNS


def as_csv(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """A header and rows: numbers plain; text that a spreadsheet would take for a formula has an apostrophe before it."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(map(_in_csv, headings))
    writer.writerows(map(_in_csv, row) for row in rows)
    return lines.getvalue()


def _in_csv(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_BEGINS_A_FORMULA) else cell
