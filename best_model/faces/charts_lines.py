"""Lines over time, each named at its end."""

from collections.abc import Collection
from typing import Any

import numpy as np

from best_model.faces.chart import GREY, INK, NAVY, PALE, TEAL, WINE, Chart
from best_model.faces.numbers import MILLION, pounds_m, written
from best_model.table import Row, Table, Unit

_COLOURS = (NAVY, WINE, TEAL, INK)
_APART, _HEADROOM = 0.06, 1.1  # of the height: between two names, and above the highest point


def lines(table: Table, *, unit: str, dashed: Collection[str] = (), shaded: bool = False) -> Chart:
    """One line a row of the table over its columns, from nought, named at its end with its last value.

    Every column has one unit. Rows named in `dashed` are grey and dashed; `shaded` fills between the first two rows.
    """
    points, kind = [column.heading for column in table.columns], table.columns[0].unit
    scale = MILLION if kind is Unit.GBP else 1.0
    heights = [np.asarray(row.values, dtype=float) / scale for row in table.rows]

    def draw(figure: Any, title: str) -> None:
        axes, highest = figure.subplots(), max(float(height.max()) for height in heights)
        looks = _looks(table.rows, dashed)
        for height, (colour, style) in zip(heights, looks, strict=True):
            axes.plot(points, height, color=colour, marker="o", linestyle=style)
        if shaded:
            axes.fill_between(points, heights[0], heights[1], color=PALE)
        axes.set_ylim(min(0.0, *(float(height.min()) for height in heights)), highest * _HEADROOM)
        _plain(axes, title, unit)
        ends = [
            (float(height[-1]), _name(row, kind), look[0])
            for row, height, look in zip(table.rows, heights, looks, strict=True)
        ]
        _named(axes, points[-1], ends, highest * _APART)

    return Chart(table.caption, _told(table, kind), draw)


def _looks(rows: Collection[Row], dashed: Collection[str]) -> list[tuple[str, str]]:
    colours = iter(_COLOURS)
    return [(GREY, "--") if row.head in dashed else (next(colours), "-") for row in rows]


def _name(row: Row, kind: Unit) -> str:
    return f"{row.head} {written(row.values[-1], kind)}"


def _plain(axes: Any, title: str, unit: str) -> None:
    axes.set_title(title, loc="left", fontweight="bold", fontsize=12)
    axes.set_ylabel(unit)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color=PALE)
    axes.grid(visible=False, axis="x")
    axes.set_axisbelow(True)


def _named(axes: Any, where: str, ends: list[tuple[float, str, str]], least: float) -> None:
    """Words to the right of the last point, at their heights but at least `least` apart."""
    floor = -np.inf
    for height, text, colour in sorted(ends):
        floor = max(height, floor + least)
        axes.annotate(
            text,
            (where, floor),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            color=colour,
            annotation_clip=False,
        )


def _told(table: Table, kind: Unit) -> str:
    """Every line, from its first value to its last."""
    said = pounds_m if kind is Unit.GBP else lambda value: written(value, kind)
    first, last = table.columns[0].heading, table.columns[-1].heading
    each = (f"{row.head}: {said(float(row.values[0]))} to {said(float(row.values[-1]))}" for row in table.rows)  # type: ignore[arg-type]
    return f"From {first} to {last}. {'; '.join(each)}."
