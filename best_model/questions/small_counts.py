"""Small counts of a census that is not published: what stands for a count of 1 to 5, and for money that would give one away."""

from collections.abc import Sequence
from dataclasses import replace

from best_model.table import NOT_SHOWN, SMALL, Missing, Row, Table, Unit, Value

_SMALL, _ROUNDED_TO = 5, 5
"""A count up to so many is hidden, and others are rounded to so many: the safe default."""
_NOBODY = 0.005
"""Of a child: below it there is nobody, but for rounding."""
_PUBLISHED, _OWN = "published", "the council's own census"


def is_small(count: float) -> bool:
    """Whether a count, or an expected number, is one to hide; nobody at all is none."""
    return _NOBODY <= count < _SMALL + 1


def coarse(count: float) -> int:
    """A count as it is shown where others are hidden: to the nearest five, so that no total gives a hidden one away."""
    return _ROUNDED_TO * round(count / _ROUNDED_TO)


def counted(count: float, *, openly: bool) -> float | Missing:
    """A count of children as a table may hold it: where its census is not published, to the nearest five, a small count missing.

    >>> counted(384.0, openly=True), counted(384.0, openly=False), counted(0.0, openly=False), str(counted(3.0, openly=False))
    (384.0, 385, 0, 'fewer than 6')
    """
    if openly:
        return count
    return SMALL if is_small(count) else coarse(count)


def numbers(counts: Sequence[float], *, openly: bool) -> list[float | None]:
    """The same for a machine: a small count is None."""
    return [*counts] if openly else [None if is_small(count) else float(coarse(count)) for count in counts]


def with_small_counts_hidden(table: Table) -> Table:
    """A table of children by January without small counts, for a council that puts in its own unpublished census.

    In a row with a small count neither children, shares nor money are shown; other counts are rounded and shares whole, so that no total
    gives a hidden one away; no row is called published.
    """
    return replace(table, rows=[_hidden(row, table) for row in table.rows])


def _hidden(row: Row, table: Table) -> Row:
    units = [column.unit for column in table.columns]
    each = list(zip(row.values, units, strict=True))
    small = any(unit is Unit.CHILDREN and isinstance(value, int | float) and is_small(value) for value, unit in each)
    kind = _OWN + row.kind.removeprefix(_PUBLISHED) if row.kind.startswith(_PUBLISHED) else row.kind
    return replace(row, values=[_coarse(value, unit, small) for value, unit in each], kind=kind)


def _coarse(value: Value, unit: Unit, small: bool) -> Value:
    if not isinstance(value, int | float) or unit not in {Unit.CHILDREN, Unit.SHARE, Unit.GBP}:
        return value
    if small:
        return NOT_SHOWN
    return value if unit is Unit.GBP else round(value, 2) if unit is Unit.SHARE else coarse(value)


def hidden_parts(counts: Sequence[Sequence[float]], money: Sequence[float], *, openly: bool) -> list[bool]:
    """Which parts of a whole may not show their money: those that are small in any of their counts, and what would give one away.

    `counts` of a part end with the average that its money, £, is paid for. What the others leave of the total is the money of
    all that are hidden; where most of that is one part's, another that costs as much, a child and in all, is hidden with it.
    """
    small = [place for place, part in enumerate(counts) if not openly and any(map(is_small, part))]
    largest = max(small, key=lambda place: money[place], default=None)
    if largest is None or sum(money[place] for place in small) >= 2 * money[largest]:
        return [place in small for place in range(len(counts))]
    others = [place for place in range(len(counts)) if place not in small and money[place] > 0]
    blind = [place for place in others if _costs_as_much(place, largest, counts, money)]
    with_it = [min(blind, key=lambda place: money[place])] if blind else others
    return [place in {*small, *with_it} for place in range(len(counts))]


def _costs_as_much(place: int, other: int, counts: Sequence[Sequence[float]], money: Sequence[float]) -> bool:
    """So that not knowing its count to the child is not knowing the other's."""
    return money[place] >= money[other] and money[place] * counts[other][-1] >= money[other] * counts[place][-1]


def what_is_hidden(*, openly: bool) -> tuple[str, ...]:
    """The note of a table that hides; none for one that need not."""
    return () if openly else (_HIDES,)


_HIDES = (
    f"The census is not published. Children are therefore given to the nearest {_ROUNDED_TO}; a count under {_SMALL + 1} is not given, "
    "and neither is money that would give it away."
)
