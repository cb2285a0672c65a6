"""A fan: how far a number may fall from its middle."""

from collections.abc import Collection
from typing import Any

import numpy as np

from best_model.faces.chart import GREY, NAVY, PALE, WINE, Chart, heights, named, plain, told
from best_model.faces.numbers import written
from best_model.table import Row, Table

_BANDS = (PALE, "#9DB7CF", "#6C94B8")
_APART = 0.06


def fan(table: Table, *, unit: str, marks: Collection[str] = ()) -> Chart:
    """Bands between the levels of a number: the rows of the table from the lowest to the highest, an odd many, the middle one a line.

    Rows named in `marks` are lines beside it, with a gap where a value is missing.
    """

    def draw(figure: Any, title: str) -> None:
        axes = figure.subplots()
        plain(axes, title, unit)
        span = spread(axes, table, marks)
        named(axes, len(table.columns) - 1, ends_of(table, marks, "Middle "), span * _APART)

    return Chart(table.caption, f"Fan chart. {fan_in_words(table, marks)}", draw)


def spread(axes: Any, table: Table, marks: Collection[str] = ()) -> float:
    """Draw bands, middle and marks of a fan; returns the height of what is drawn."""
    kind, places = table.columns[0].unit, np.arange(len(table.columns))
    levels = [heights(row.values, kind) for row in _levels(table, marks)]
    for step in range(len(levels) // 2):
        axes.fill_between(
            places, levels[step], levels[-1 - step], color=_BANDS[step % len(_BANDS)], edgecolor=GREY, linewidth=0.6
        )
    axes.plot(places, levels[len(levels) // 2], color=NAVY, linewidth=2)
    lines = [heights(row.values, kind) for row in table.rows if row.head in marks]
    for line, dashes in zip(lines, ("--", ":", "-.") * len(lines), strict=False):
        known = np.isfinite(line)
        axes.plot(places[known], line[known], color=WINE, linestyle=dashes, marker="D", markersize=5)
    axes.set_xticks(places, [column.heading for column in table.columns])
    every = np.concatenate([*levels, *lines])
    low, high = np.nanmin(every, initial=0.0), np.nanmax(every, initial=0.0)
    span = float(high - low) or 1.0
    axes.set_ylim(low, low + span * 1.12)
    return span


def _levels(table: Table, marks: Collection[str]) -> list[Row]:
    return [row for row in table.rows if row.head not in marks]


def ends_of(table: Table, marks: Collection[str], middle: str = "") -> list[tuple[float, str, str]]:
    """What to write at the end of the lowest and the highest level, of the middle and of each mark."""
    kind, levels = table.columns[0].unit, _levels(table, marks)
    shown = [(levels[0], "", GREY), (levels[len(levels) // 2], middle, NAVY), (levels[-1], "", GREY)]
    shown += [(row, f"{row.head} ", WINE) for row in table.rows if row.head in marks]
    return [
        (float(heights([row.values[-1]], kind)[0]), f"{name}{written(row.values[-1], kind)}", colour)
        for row, name, colour in shown
    ]


def fan_in_words(table: Table, marks: Collection[str]) -> str:
    """The last column of a fan: its middle, its ends and its marks."""
    kind, levels, last = table.columns[0].unit, _levels(table, marks), table.columns[-1].heading
    low, middle, high = (told(row.values[-1], kind) for row in (levels[0], levels[len(levels) // 2], levels[-1]))
    beside = "".join(f"; {row.head} {told(row.values[-1], kind)}" for row in table.rows if row.head in marks)
    return f"In {last} the middle is {middle}, and nine outcomes in ten lie between {low} and {high}{beside}."
