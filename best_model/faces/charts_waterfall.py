"""A waterfall: from one level to another, step by step."""

from typing import Any

import numpy as np

from best_model.faces.chart import GREY, INK, NAVY, TEAL, Chart, beside, heights, lying, told
from best_model.faces.numbers import written
from best_model.table import Row, Table


def waterfall(table: Table, *, unit: str) -> Chart:
    """One bar a row of the table's first column, from the end of the one before. A total stands from nought and is dark.

    A step is signed: what is taken off is negative. A row whose pedigree is `balance` is hatched: nothing stands behind it yet.
    """
    kind, amounts = table.columns[0].unit, heights([row.values[0] for row in table.rows], table.columns[0].unit)
    ends = _ends(table, amounts)

    def draw(figure: Any, title: str) -> None:
        axes = figure.subplots()
        lying(axes, [row.head for row in table.rows], title, unit)
        for place, (row, (start, end)) in enumerate(zip(table.rows, ends, strict=True)):
            colour, hatch = _look(row)
            axes.barh(
                place, end - start, left=start, height=0.62, color=colour, hatch=hatch, edgecolor=INK, linewidth=0.8
            )
            beside(axes, written(row.values[0], kind), (max(start, end), place), fontsize=10)
            if place + 1 < len(ends):
                axes.plot([end, end], [place, place + 1], color=GREY, linewidth=0.8, zorder=0)
        low, high = min(min(pair) for pair in ends), max(max(pair) for pair in ends)
        axes.set_xlim(min(0.0, low * 1.1), (high or 1.0) * 1.14)

    said = "; ".join(f"{row.head}, {told(row.values[0], kind)}" for row in table.rows)
    return Chart(table.caption, f"Waterfall chart: {said}.", draw, (8.0, 1.2 + 0.36 * len(table.rows)))


def _ends(table: Table, amounts: Any) -> list[tuple[float, float]]:
    """Where each bar begins and where it ends."""
    found, level = [], 0.0
    for row, amount in zip(table.rows, np.nan_to_num(amounts), strict=True):
        start = 0.0 if row.total else level
        level = start + float(amount)
        found.append((start, level))
    return found


def _look(row: Row) -> tuple[str, str]:
    if row.total:
        return NAVY, ""
    return ("white", "////") if row.kind == "balance" else (TEAL, "")
