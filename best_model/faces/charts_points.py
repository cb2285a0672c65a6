"""A line of points against one or two others: what more of one thing asks of the others."""

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from best_model.faces.chart import INK, LOOKS, NAVY, Chart, headed, heights, plain, told
from best_model.faces.numbers import written
from best_model.table import Row, Table

_WHOLE = 10  # from here on a scale is in whole numbers


def points(table: Table, *, up: str, across: Sequence[str], marked: Collection[str] = (), unit: str = "") -> Chart:
    """The column `up` against each column of `across`, a panel each: the rows as one line, those in `marked` as markers with a name.

    The first and the last row of the line are named too, and the alternative text tells all that is named.
    """
    headings = [column.heading for column in table.columns]
    high, wide = headings.index(up), [headings.index(each) for each in across]
    line, spots = (
        [row for row in table.rows if row.head not in marked],
        [row for row in table.rows if row.head in marked],
    )
    kind = table.columns[high].unit

    def draw(figure: Any, title: str) -> None:
        for axes, place in zip(figure.subplots(1, len(wide), sharey=True, squeeze=False)[0], wide, strict=True):
            axes.plot(_of(line, place), _of(line, high), color=NAVY, linewidth=2)
            for row, offset, side in ((line[0], (8, -3), "left"), (line[-1], (-4, 6), "right")):
                _name(axes, row, place, (offset, side, NAVY))
            for row, (colour, _, marker) in zip(spots, LOOKS[1:] * len(spots), strict=False):
                axes.plot(
                    _of([row], place), _of([row], high), marker=marker, color=colour, markersize=8, linestyle="none"
                )
                _name(axes, row, place, ((9, -9), "left", INK))
            plain(axes, "", unit or up)
            axes.xaxis.set_major_formatter(
                "{x:,.0f}" if np.nanmax(_of(table.rows, place), initial=0.0) > _WHOLE else "{x:g}"
            )
            axes.set_xlabel(headings[place])
            lowest, highest = (end(_of(table.rows, high), initial=0.0) for end in (np.nanmin, np.nanmax))
            axes.set_ylim(lowest * 1.12, highest * 1.12 or 1.0)
        headed(figure, title)

    def _of(rows: Sequence[Row], place: int) -> Any:
        return heights([row.values[place] for row in rows], table.columns[place].unit)

    def _name(axes: Any, row: Row, place: int, look: tuple[tuple[float, float], str, str]) -> None:
        offset, side, colour = look
        at = (_of([row], place)[0], _of([row], high)[0])
        if not np.isfinite(at).all():
            return
        words = f"{row.head} {written(row.values[high], kind)}"
        axes.annotate(words, at, xytext=offset, textcoords="offset points", ha=side, va="center", color=colour)

    def _said(row: Row) -> str:
        asked = ", ".join(f"{headings[place]} {told(row.values[place], table.columns[place].unit)}" for place in wide)
        return f"{row.head}, {told(row.values[high], kind)} ({asked})"

    said = "; ".join(_said(row) for row in (line[0], *spots, line[-1]))
    return Chart(table.caption, f"{up}: {said}.", draw)
