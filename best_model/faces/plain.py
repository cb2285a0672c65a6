"""A table for machines and terminals: its values one by one, as CSV, as JSON, as text. Nothing is rounded but in the text."""

import csv
import io
import json
import math
import re
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from textwrap import fill, wrap
from typing import Any, NamedTuple

from best_model.faces.html import cell
from best_model.table import NONE, ORIGIN, Chance, Column, Estimate, Missing, Pair, Range, Row, Table, Unit, Value

_HEADING, _WIDE = 14, 120
"""Letters of a line of a heading, and of a line of a terminal."""
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")
_MONEY = (Unit.GBP, Unit.GBP_WHOLE, Unit.GBP_SAID, Unit.GBP_CHANGE, Unit.GBP_MOVED, Unit.GBP_K)
_IN_PER_CENT = (Unit.SHARE, Unit.TENTHS, Unit.CHANCE)
_DIGITS = {**dict.fromkeys((*_MONEY, Unit.CHILDREN, Unit.CHANGE), 2), Unit.SHARE: 4, Unit.TENTHS: 4, Unit.CHANCE: 6}
_SIGNS = {**dict.fromkeys(_MONEY, ", £"), **dict.fromkeys(_IN_PER_CENT, ", %")}


class Field(NamedTuple):
    """A heading with no more than one number under it, and its unit."""

    heading: str
    unit: Unit


class Flat(NamedTuple):
    """A table without brackets: every number in a field of its own. `rows` begin with their heading; `fields` are of the rest."""

    head: str
    fields: tuple[Field, ...]
    rows: tuple[tuple[Value, ...], ...]

    @property
    def headings(self) -> list[str]:
        """That of the rows, and that of each field."""
        return [self.head, *(field.heading for field in self.fields)]

    @property
    def units(self) -> list[Unit]:
        """The unit of what stands under each heading."""
        return [Unit.WORDS, *(field.unit for field in self.fields)]


def flat(table: Table) -> Flat:
    """Every number of a table in a field of its own, and at the end where each row comes from, where that is known."""
    parts = [_parts(table, place) for place in range(len(table.columns))]
    fields = [field for place in parts for field in place]
    rows = [
        (row.head, *(value for whole, into in zip(row.values, parts, strict=True) for value in _split(whole, into)))
        for row in table.rows
    ]
    if any(row.unit for row in table.rows):
        fields.append(Field("Unit", Unit.WORDS))
        rows = [(*values, row.unit or Unit.WORDS) for values, row in zip(rows, table.rows, strict=True)]
    if any(row.kind for row in table.rows):
        fields.append(Field(ORIGIN, Unit.WORDS))
        rows = [(*values, _origin(row)) for values, row in zip(rows, table.rows, strict=True)]
    return Flat(table.head, tuple(fields), tuple(rows))


def _origin(row: Row) -> str:
    return row.kind or ("sum" if row.total else "")


def _parts(table: Table, place: int) -> list[Field]:
    column, values = table.columns[place], [row.values[place] for row in table.rows]
    if column.second:
        return [Field(column.heading, column.unit), Field(f"{column.heading}, {column.second[0]}", column.second[1])]
    if any(isinstance(value, Range) for value in values):
        return [Field(f"{column.heading}, {end}", column.unit) for end in ("low", "high")]
    if any(isinstance(value, Chance) for value in values):
        return [Field(column.heading, Unit.CHANCE), Field(f"{column.heading}, draws", Unit.NUMBER)]
    if any(isinstance(value, Estimate) for value in values):
        return [Field(column.heading, column.unit), Field(f"{column.heading}, standard error", column.unit)]
    return [Field(column.heading, column.unit)]


def _split(value: Value, fields: list[Field]) -> Iterator[Value]:
    """A value, spread over its fields; what is missing is missing in each."""
    whole: Value = value.first if isinstance(value, Pair) and isinstance(value.first, Missing) else value
    parts: tuple[Value, ...] = tuple(whole) if isinstance(whole, Pair | Range | Chance | Estimate) else (whole,)
    for part, _ in zip_longest(parts, fields, fillvalue=parts[-1]):
        yield part


def headings_of(each: Flat) -> list[str]:
    """Headings with their units, as a spreadsheet wants them."""
    return [each.head, *(field.heading + _sign_of(field) for field in each.fields)]


def _sign_of(field: Field) -> str:
    sign = _SIGNS.get(field.unit, "")
    return "" if field.heading.endswith(sign) else sign


def number_in(value: Value, unit: Unit) -> Value:
    """A number as a spreadsheet holds it: to a hundredth of a pound or a child, so that a total ties; a share in per cent."""
    if isinstance(value, Missing):
        return value.sign
    if isinstance(value, str):
        return value or NONE.sign
    own = float(value) * 100 if unit in _IN_PER_CENT else float(value)  # type: ignore[arg-type]
    rounded = round(own, _DIGITS[unit]) if unit in _DIGITS else own
    return int(rounded) if math.isfinite(rounded) and float(rounded).is_integer() else rounded


def cells_of(each: Flat) -> list[list[Value]]:
    """The rows as a spreadsheet holds them."""
    return [[number_in(value, unit) for value, unit in zip(row, each.units, strict=True)] for row in each.rows]


def as_csv(table: Table) -> str:
    """A header and rows. Text that a spreadsheet would take for a formula has an apostrophe before it."""
    each, lines = flat(table), io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow([_no_formula(heading) for heading in headings_of(each)])
    writer.writerows([_no_formula(value) for value in row] for row in cells_of(each))
    return lines.getvalue()


def _no_formula(value: Value) -> Value:
    return f"'{value}" if isinstance(value, str) and value.startswith(_BEGINS_A_FORMULA) else value


def as_json(told: Table | Mapping[str, Any]) -> str:
    """One object: what a machine is told, with every table in it as `in_full` has it."""
    return json.dumps(told, indent=2, ensure_ascii=False, default=in_full, allow_nan=False)


def in_full(table: Table) -> dict[str, Any]:
    """Name, caption, units by heading, rows with unrounded values and, where there is no number, why; and notes."""
    each = flat(table)
    return {
        "name": table.name,
        "caption": table.caption,
        "units": dict(zip(each.headings, each.units, strict=True)),
        "rows": [dict(zip(each.headings, map(_json, row), strict=True)) for row in each.rows],
        "notes": list(table.notes),
    }


def _json(value: Value) -> Any:
    return {"missing": value.reason} if isinstance(value, Missing) else value


def text(table: Table) -> str:
    """The table for a terminal: numbers as on a page, to the right; words to the left; long headings and notes over several lines."""
    heads = [wrap(heading, _HEADING) for heading in (table.head, *(column.heading for column in table.columns))]
    grid = [*map(list, zip_longest(*heads, fillvalue="")), *_as_read(table)]
    widths = [max(map(len, column)) for column in zip(*grid, strict=True)]
    lines = [
        "  ".join(_aligned(table.columns, place, words, widths[place]) for place, words in enumerate(row)).rstrip()
        for row in grid
    ]
    return "\n".join([table.caption, *lines, *(fill(note, _WIDE) for note in table.notes)])


def _as_read(table: Table) -> list[list[str]]:
    """The rows with their headings, numbers as on a page."""
    each = ((row, zip(row.values, table.columns, strict=True)) for row in table.rows)
    return [[row.head, *(cell(value, column, row) for value, column in cells)] for row, cells in each]


def _aligned(columns: tuple[Column, ...], place: int, words: str, width: int) -> str:
    left = place == 0 or columns[place - 1].unit is Unit.WORDS
    return words.ljust(width) if left else words.rjust(width)


def markdown(table: Table) -> str:
    """The table under a heading of the second level, as Markdown has one: numbers as on a page."""
    sides = ["---" if column.unit is Unit.WORDS else "---:" for column in table.columns]
    grid = [[table.head, *(column.heading for column in table.columns)], ["---", *sides]]
    grid += [[as_markdown(words) for words in row] for row in _as_read(table)]
    lines = [f"| {' | '.join(row)} |" for row in grid]
    return "\n".join(
        [f"## {as_markdown(table.caption)}", "", *lines, *(f"\n{as_markdown(note)}" for note in table.notes)]
    )


def as_markdown(words: str) -> str:
    """Text as text: nothing in it is Markdown, HTML or the edge of a cell. An underscore within a name is none.

    >>> as_markdown("a|b"), as_markdown("2*3 unit_cost.inmss _x_")
    ('a\\\\|b', '2\\\\*3 unit_cost.inmss \\\\_x\\\\_')
    """
    return re.sub(r"([\\`*\[\]<>|$~&]|(?<!\w)_|_(?!\w))", r"\\\1", " ".join(words.split()))
