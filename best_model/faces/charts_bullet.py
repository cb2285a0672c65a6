"""A bullet: how far a number reaches, beside its target and within its range."""

from typing import Any

import numpy as np

from best_model.faces.chart import GREY, INK, NAVY, PALE, WINE, Chart, beside, heights, in_words, label, lying
from best_model.table import NONE, Range, Table, Unit, Value


def bullet(table: Table, *, unit: str, shown: str, target: str = "", band: str = "") -> Chart:
    """A thin bar a row, of the column `shown` with its value; a tick at the column `target`; behind both the `Range` of the column `band`.

    What is missing is not drawn; where the bar itself is missing its reason stands there.
    """
    headings = [column.heading for column in table.columns]
    at = [headings.index(each) if each else -1 for each in (shown, target, band)]
    key = " ".join(f"{what}: {each}." for what, each in (("Bar", shown), ("Tick", target), ("Pale", band)) if each)

    def draw(figure: Any, title: str) -> None:
        axes = figure.subplots()
        lying(axes, [row.head for row in table.rows], title, f"{unit}. {key}")
        for place, row in enumerate(table.rows):
            value, aim, reach = (row.values[each] if each >= 0 else NONE for each in at)
            _range(axes, place, reach, table.columns[at[2]].unit)
            _tick(axes, place, aim, table.columns[at[1]].unit)
            length = float(np.nan_to_num(heights([value], table.columns[at[0]].unit)[0]))
            axes.barh(place, length, height=0.26, color=NAVY, edgecolor=INK, linewidth=0.8)
            beside(axes, label(value, table.columns[at[0]].unit), (length, place), left=length < 0)
        axes.use_sticky_edges = axes.get_xlim()[0] >= 0
        axes.margins(x=0.12)

    return Chart(
        table.caption, in_words(table, [each for each in at if each >= 0]), draw, (10.6, 1.3 + 0.5 * len(table.rows))
    )


def _range(axes: Any, place: int, value: Value, unit: Unit) -> None:
    """A pale band behind a bar, where there is a range."""
    if isinstance(value, Range):
        low, high = heights(value, unit)
        axes.barh(place, high - low, left=low, height=0.66, color=PALE, edgecolor=GREY, linewidth=0.6)


def _tick(axes: Any, place: int, value: Value, unit: Unit) -> None:
    """A target across a bar with its amount above it, where there is one."""
    aim = float(heights([value], unit)[0])
    if np.isfinite(aim):
        axes.vlines(aim, place - 0.38, place + 0.38, color=WINE, linewidth=3)
        beside(axes, label(value, unit), (aim, place - 0.36), color=WINE)
