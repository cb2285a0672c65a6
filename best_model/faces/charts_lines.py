"""Lines over time, or over any other row of numbers, each named at its end."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from best_model.faces.chart import (
    INK,
    PALE,
    Chart,
    ended_early,
    ends,
    heights,
    in_words,
    looks_of,
    named,
    plain,
    told,
    upright,
)
from best_model.table import Table, Unit

_APART, _HEADROOM = 0.06, 1.1  # of the height: between two names, and above the highest point
_NAMED_AT = (0.7, 0.5, 0.3, 0.15)  # of the height: where lines that all end low are named along their way


def lines(
    table: Table,
    *,
    unit: str,
    dashed: Collection[str] = (),
    shaded: bool = False,
    from_nought: bool = True,
    below: str = "",
    along: Sequence[float] | None = None,
    uprights: Mapping[str, float] | None = None,
    at: Collection[str] = (),
) -> Chart:
    """One line a row of the table over its columns, which have one unit, named at its end with its last value.

    Rows named in `dashed` are grey and dashed; `shaded` fills between the first two. Where a value is missing there is no point. `along`:
    where each column stands, if its heading is not enough; lines are then named on their way, and `uprights` are dashed lines at a place
    of it. `at`: the columns that the alternative text tells, where it does not tell the first and the last.
    """
    points, kind = [column.heading for column in table.columns], table.columns[0].unit
    places = list(range(len(points))) if along is None else list(along)
    drawn = [heights(row.values, kind) for row in table.rows]

    def draw(figure: Any, title: str) -> None:
        axes = figure.subplots()
        for row, height, (colour, style, marker) in zip(table.rows, drawn, looks_of(table.rows, dashed), strict=True):
            look = {"color": colour, "linestyle": style, "marker": marker if along is None else ""}
            axes.plot(places, height, markersize=5, linewidth=2, **look)
            if along is not None and np.isfinite(height).any():
                _name_on_its_way(axes, row.head, places, height, drawn)
        if shaded:
            axes.fill_between(places, drawn[0], drawn[1], color=PALE)
        plain(axes, title, unit)
        _limit(axes, drawn, from_nought=from_nought)
        axes.set_xlabel(below)
        if along is None:
            axes.set_xticks(places, points)
            span = float(np.ptp(axes.get_ylim()))
            ended_early(axes, table, drawn, places)
            named(axes, places[-1], ends(table, drawn, dashed), span * _APART)
        for name, place in (uprights or {}).items():
            upright(axes, name, place, axes.get_ylim()[1] - _APART * float(np.ptp(axes.get_ylim())))

    return Chart(table.caption, _told(table, kind, at), draw)


def _limit(axes: Any, drawn: Sequence[Any], *, from_nought: bool) -> None:
    known = np.concatenate(drawn)[np.isfinite(np.concatenate(drawn))]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    if from_nought:
        low = min(0.0, low)
    axes.set_ylim(low - (0 if low == 0.0 else (high - low) * 0.06), high + ((high - low) or 1.0) * (_HEADROOM - 1))


def _name_on_its_way(axes: Any, name: str, places: Sequence[float], height: Any, drawn: Sequence[Any]) -> None:
    place = next(place for place, each in enumerate(drawn) if each is height)
    most = float(np.nanmax(np.concatenate(drawn)))
    near = int(np.nanargmin(np.abs(height - most * _NAMED_AT[place % len(_NAMED_AT)])))
    box = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
    axes.annotate(name, (places[near], height[near]), xytext=(5, 3), textcoords="offset points", color=INK, bbox=box)


def _told(table: Table, kind: Unit, at: Collection[str]) -> str:
    """Every line, from its first value to its last, or at the columns asked for."""
    headings = [column.heading for column in table.columns]
    if at:
        return in_words(table, [place for place, heading in enumerate(headings) if heading in at])
    each = (f"{row.head}: {told(row.values[0], kind)} to {told(row.values[-1], kind)}" for row in table.rows)
    return f"From {headings[0]} to {headings[-1]}. {'; '.join(each)}."
