"""The table: what every question is answered by. Real values with their units; how one looks is registered by `faces`.

>>> years = (Column("2026/27"), Column("2027/28"))
>>> lines = (Row("Places", (2e6, 5e6), "modelled"), Row("Prices", (1e6, NOT_PUBLISHED), "assumed", "figure:price"))
>>> saving = Table("saving", "Where the saving comes from", "Line", years, lines)
>>> saving["Places", "2027/28"], saving["Prices"][0], str(saving["Prices", -1])
(5000000.0, 1000000.0, 'not published')
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class Unit(StrEnum):
    """What a number counts. A face decides from it how the number is rounded, written and aligned."""

    GBP = "£"  # shown as £m to one decimal on pages, and in pounds wherever a machine or an accountant reads on
    GBP_WHOLE = "£, whole"  # shown in whole pounds everywhere: the cost of one child, of running a service
    GBP_SAID = (
        "£, as said"  # £m or, where that is less than a tenth, whole pounds, with its unit: for amounts of every size
    )
    GBP_CHANGE = "£, more or less"  # £m with its sign: +22.8, −28.0
    GBP_MOVED = "£, risen or fallen"  # as said, with its sign: +£1.0m, −£5,000, no change
    GBP_K = "£000"  # a published table in thousands; the value itself is in pounds
    CHILDREN = "children"
    CHANGE = "more or fewer children"  # shown with its sign: +182, −306
    SHARE = "share"  # a fraction, shown in whole per cent
    TENTHS = "share, to a tenth"  # a fraction, shown in per cent to one decimal: an error of 4.2% is not one of 4.9%
    CHANCE = "chance"  # a `Chance`
    NUMBER = "number"  # in a unit of its own: a whole number from a thousand on, else to three places
    HUNDREDTHS = "number, to a hundredth"  # a score that means little beyond its second decimal
    IN_FULL = "number, every digit"  # a number in a unit of its own that must be told from one close to it
    YEAR = "year"
    WORDS = "words"


LEAST_GBP_SHOWN = 50_000.0
"""The least £ that shows at one decimal of £m."""


_ROWS_ON_A_SCREEN = 24


class Missing(NamedTuple):
    """Why there is no number: in words, and in the shorthand of the Government Statistical Service."""

    reason: str
    sign: str

    def __str__(self) -> str:
        return self.reason


NOT_PUBLISHED = Missing("not published", "[x]")
NOT_AVAILABLE = Missing("not available", "[x]")
NOT_DUE = Missing("not due yet", "[x]")
NONE = Missing("none", "[z]")
SMALL = Missing("fewer than 6", "[c]")
NOT_SHOWN = Missing("not shown", "[c]")


def NOT_APPLICABLE(reason: str) -> Missing:
    """That there can be no number here, in the words of the case: `not carried`, `not a sum`."""
    return Missing(reason, "[z]")


class Pair(NamedTuple):
    """A number and another in brackets behind it: children and their share, £ and £ a child."""

    first: Any
    second: Any


class Range(NamedTuple):
    """The low and the high of a figure."""

    low: Any
    high: Any


class Chance(NamedTuple):
    """How often something was seen in so many draws: its error follows from the two."""

    share: float
    draws: int


class Estimate(NamedTuple):
    """A number and its standard error: it is shown no finer than that, and a share never as none or all."""

    value: Any
    error: Any


Value = float | int | str | Missing | Pair | Range | Chance | Estimate


@dataclass(frozen=True)
class Column:
    """A heading and the unit of what stands under it; `second`, with its name, is the unit of the other number of a `Pair`."""

    heading: str
    unit: Unit = Unit.GBP
    second: tuple[str, Unit] | None = None


@dataclass(frozen=True)
class Row:
    """One line. `kind` is its pedigree: published, derived, calibrated, assumed, modelled or balance.

    `source` is where the pedigree leads: `figure:<name>` (an assumption), `source:<key>` (a publication) or `method`. `unit` stands
    before that of the columns. `anchor` is what others link to this row by, written as `source` is; several with spaces between.
    """

    head: str
    values: Sequence[Value] | NDArray[np.float64]
    kind: str = ""
    source: str = ""
    total: bool = False
    unit: Unit | None = None
    anchor: str = ""


@dataclass(frozen=True)
class Table:
    """A name to ask for it by, a caption, the heading of its rows, columns, rows and notes. Nothing in it is rounded."""

    name: str
    caption: str
    head: str
    columns: tuple[Column, ...]
    rows: Sequence[Row]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Plain numbers in every row, as many as there are columns. Raises ValueError where one is missing without a reason."""
        object.__setattr__(self, "columns", tuple(self.columns))
        rows = (replace(row, values=tuple(_plain(value, self, row) for value in row.values)) for row in self.rows)
        object.__setattr__(self, "rows", tuple(rows))
        for row in self.rows:
            if len(row.values) != len(self.columns):
                raise ValueError(
                    f"table {self.name}, row {row.head}: {len(row.values)} values for {len(self.columns)} columns"
                )

    def row(self, head: str) -> Row:
        """The row of that heading. Raises KeyError, with the headings there are."""
        for row in self.rows:
            if row.head == head:
                return row
        raise KeyError(f"table {self.name} has no row {head!r}; it has {', '.join(row.head for row in self.rows)}")

    def __getitem__(self, place: str | tuple[str, str | int]) -> Any:
        """The values of a row, or the one under a heading (or at a place) of it."""
        if isinstance(place, str):
            return self.row(place).values
        head, column = place
        return self.row(head).values[column if isinstance(column, int) else self._place(column)]

    def without(self, *heads: str) -> "Table":
        """The table without the rows of these headings."""
        return replace(self, rows=[row for row in self.rows if row.head not in heads])

    def column(self, heading: str) -> tuple[Value, ...]:
        """What stands under a heading, from the top."""
        return tuple(row.values[self._place(heading)] for row in self.rows)

    def _place(self, heading: str) -> int:
        headings = [column.heading for column in self.columns]
        if heading not in headings:
            raise KeyError(f"table {self.name} has no column {heading!r}; it has {', '.join(headings)}")
        return headings.index(heading)

    @property
    def frame(self) -> Any:
        """The table as a pandas DataFrame: a row a line, numbers as numbers, units in `attrs`."""
        return FACES["frame"](self)

    def _repr_html_(self) -> str:
        return str(FACES["html"](self)) if "html" in FACES else repr(self)

    def __str__(self) -> str:
        return str(FACES["text"](self)) if "text" in FACES else f"{self.caption} ({len(self.rows)} rows)"

    def __repr__(self) -> str:
        """What a session shows: the name to ask for it by, and the table as a terminal prints it, no longer than a screen."""
        rest = len(self.rows) - _ROWS_ON_A_SCREEN
        if rest <= 1:
            return f"{self.name}: {self}"
        return f"{self.name}: {replace(self, rows=self.rows[:_ROWS_ON_A_SCREEN])}\n… and {rest} more rows"


def _plain(value: Any, table: Table, row: Row) -> Value:
    """A value as Python's own; a number that is none is refused, for a reader would not know why."""
    if isinstance(value, Pair | Range | Chance | Estimate):
        parts: list[Any] = [_plain(part, table, row) for part in value]
        return type(value)(*parts)
    if isinstance(value, str | Missing):
        return value
    number = value.item() if isinstance(value, np.generic) else value
    if not isinstance(number, int | float) or not math.isfinite(number):
        raise ValueError(
            f"table {table.name}, row {row.head}: {value!r} is no number; give a reason, such as NOT_PUBLISHED"
        )
    return number


def modelled(
    head: str, values: Sequence[Value] | NDArray[np.float64], total: bool = False, unit: Unit | None = None
) -> Row:
    """A row that the model computes: it leads to the method."""
    return Row(head, values, "modelled", METHOD, total, unit)


def known(amounts: Iterable[float | None], otherwise: Missing = NOT_PUBLISHED) -> list[Value]:
    """Each amount, or the reason why there is none: where it is None, or not a finite number."""
    return [otherwise if amount is None or not math.isfinite(amount) else float(amount) for amount in amounts]


def under(headings: Iterable[str], unit: Unit = Unit.GBP) -> tuple[Column, ...]:
    """A column a heading, all of one unit: the years of a plan."""
    return tuple(Column(heading, unit) for heading in headings)


def total_of(rows: Sequence[Row], head: str = "Total", kind: str = "", source: str = "") -> Row:
    """The sum of rows, of their unrounded values."""
    sums = [math.fsum(column) for column in zip(*(row.values for row in rows), strict=True)]
    return Row(head, sums, kind, source, total=True)


def stacked(
    tables: Sequence[tuple[str, Table]], head: str, name: str, caption: str, notes: Sequence[str] = ()
) -> Table:
    """Tables of the same columns one under the other, as a workbook wants them: `head` says which of them a row is from."""
    first, kinds = tables[0][1], any(row.kind for _, table in tables for row in table.rows)
    columns = (Column(first.head, Unit.WORDS), *([Column(ORIGIN, Unit.WORDS)] if kinds else []), *first.columns)
    rows = [
        replace(row, head=label, values=(row.head, *([row.kind or "sum"] if kinds else []), *row.values), kind="")
        for label, table in tables
        for row in table.rows
    ]
    return Table(name, caption, head, columns, tuple(rows), tuple(notes))


ORIGIN = "Where the figures come from"
ROUNDED = "Totals are of unrounded parts, so rounded parts may not add."
METHOD = "method"

FACES: dict[str, Callable[[Table], Any]] = {}
"""How a table is shown, by the name of the face. `best_model.faces` fills it; a question need not know how it will look."""


@dataclass(frozen=True)
class Listed:
    """A table that can be asked for by name: what makes it, and what that needs, in the words of the door (`Case.given`)."""

    name: str
    make: Callable[..., Table]
    needs: tuple[str, ...]
    about: str


LISTED: dict[str, Listed] = {}
"""Every table that `best tables` lists, by name."""


def listed(*needs: str) -> Callable[[Callable[..., Table]], Callable[..., Table]]:
    """List the table that a function makes: `@listed("result")` above `def savings(result)`. The first line of its docstring tells."""

    def under_its_name(make: Callable[..., Table]) -> Callable[..., Table]:
        name = make.__name__
        if name in LISTED and LISTED[name].make.__module__ != make.__module__:
            raise ValueError(
                f"two tables are called {name}: in {LISTED[name].make.__module__} and in {make.__module__}"
            )
        LISTED[name] = Listed(name, make, needs, (make.__doc__ or "").strip().partition("\n")[0])
        return make

    return under_its_name
