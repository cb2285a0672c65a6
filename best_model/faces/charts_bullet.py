"""A bullet: how far a number reaches, beside its target and within its range."""

from typing import Any

import numpy as np

from best_model.faces.chart import GREY, INK, NAVY, PALE, WINE, Chart, beside, folded, heights, in_words, lying
from best_model.faces.numbers import written
from best_model.table import NONE, Range, Table, Unit, Value

_NARROW_LETTERS = 44


def bullet(
    table: Table, *, unit: str, shown: str, target: str = "", also: str = "", band: str = "", narrow: bool = False
) -> Chart:
    """A thin bar a row, of the column `shown` with its value; a tick at the column `target`; behind both the `Range` of the column `band`.

    `also`: a second target, a triangle. What is missing is not drawn; where the bar itself is missing its reason stands there. `narrow`: to
    stand beside a table.
    """
    headings = [column.heading for column in table.columns]
    at = [headings.index(each) if each else -1 for each in (shown, target, band, also)]
    names = (("Bar", shown), ("Pale", band), ("Tick", target), ("Triangle", also))
    key = " ".join(f"{what}: {each.lower()}." for what, each in names if each)

    def draw(figure: Any, title: str) -> None:
        axes = figure.subplots()
        lying(axes, [row.head for row in table.rows], folded(title, _NARROW_LETTERS) if narrow else title, "")
        axes.set_xlabel(
            folded(f"{unit}. {key}", _NARROW_LETTERS + 10) if narrow else f"{unit}. {key}",
            fontsize=9 if narrow else None,
        )
        for place, row in enumerate(table.rows):
            value, aim, reach, second = (row.values[each] if each >= 0 else NONE for each in at)
            _triangle(axes, place, second, table.columns[at[3]].unit)
            _range(axes, place, reach, table.columns[at[2]].unit)
            _tick(axes, place, aim, table.columns[at[1]].unit)
            length = float(np.nan_to_num(heights([value], table.columns[at[0]].unit)[0]))
            axes.barh(place, length, height=0.26, color=NAVY, edgecolor=INK, linewidth=0.8)
            beside(axes, written(value, table.columns[at[0]].unit), (length, place), left=length < 0)
        axes.use_sticky_edges = axes.get_xlim()[0] >= 0
        axes.margins(x=0.12)

    size = (4.0, 1.1 + 0.36 * len(table.rows)) if narrow else (10.6, 1.3 + 0.5 * len(table.rows))
    return Chart(table.caption, in_words(table, [each for each in at if each >= 0]), draw, size)


def _range(axes: Any, place: int, value: Value, unit: Unit) -> None:
    """A pale band behind a bar, where there is a range."""
    if isinstance(value, Range):
        low, high = heights(value, unit)
        axes.barh(place, high - low, left=low, height=0.66, color=PALE, edgecolor=GREY, linewidth=0.6)


def _triangle(axes: Any, place: int, value: Value, unit: Unit) -> None:
    """A second target, above the bar, where there is one."""
    aim = float(heights([value], unit)[0])
    if np.isfinite(aim):
        axes.scatter(aim, place - 0.3, marker="v", color=INK, edgecolor="white", s=70, zorder=4)


def _tick(axes: Any, place: int, value: Value, unit: Unit) -> None:
    """A target across a bar with its amount above it, where there is one."""
    aim = float(heights([value], unit)[0])
    if np.isfinite(aim):
        axes.vlines(aim, place - 0.38, place + 0.38, color=WINE, linewidth=3)
        beside(axes, written(value, unit), (aim, place - 0.36), color=WINE)
