"""A map of two levers: what comes of every pair of their settings."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from best_model.faces.chart import GREY, INK, LOOKS, NAVY, PALE, Chart, beside, heights, plain, told
from best_model.faces.numbers import written
from best_model.table import Table

_CLEAR, _TOLD = 1.5, 5


class Point(NamedTuple):
    """A place on the map by name, both shares of the most, and its own number; hollow where what the map holds fixed is otherwise there."""

    name: str
    across: float
    up: float
    value: float
    hollow: bool = False


def two_levers(
    table: Table,
    *,
    across: Sequence[float],
    up: Sequence[float],
    below: str,
    beside_it: str,
    targets: Mapping[str, float],
    points: Sequence[tuple[str, float, float, float, bool]] = (),
) -> Chart:
    """Contours of the table's numbers: a row for each step `up`, a column for each step `across`, both as shares of the most.

    A target that lies on the map is a bold contour, and where it is met is shaded. `below` and `beside_it` name the axes; `points` are
    as `Point`.
    """
    marked = [Point(*point) for point in points]
    kind = table.columns[0].unit
    found = np.stack([heights(row.values, kind) for row in table.rows])

    def draw(figure: Any, title: str) -> None:
        from matplotlib.ticker import PercentFormatter  # noqa: PLC0415 - whoever only reads the alternative text need not wait

        axes = figure.subplots()
        aims = {name: float(heights([amount], kind)[0]) for name, amount in targets.items()}
        _contours(axes, across, up, found, aims)
        for point, look in zip(marked, LOOKS * len(marked), strict=False):
            _mark(axes, point, written(point.value, kind), look[0], look[2])
        plain(axes, title, beside_it)
        axes.set_xlabel(below)
        axes.grid(visible=False)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(PercentFormatter(1.0))
        axes.set(xlim=(-0.02, 1.02), ylim=(-0.03, 1.03))

    return Chart(table.caption, _told(table, below, beside_it, targets, marked), draw, (10.6, 5.6))


def _contours(axes: Any, across: Sequence[float], up: Sequence[float], found: Any, aims: Mapping[str, float]) -> None:
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415 - as above

    low, high = float(found.min()), float(found.max())
    within = {name: aim for name, aim in aims.items() if low < aim < high - 0.05}
    levels = MaxNLocator(nbins=9).tick_values(low, high)
    thin = [
        level for level in levels if low < level < high and all(abs(level - aim) > _CLEAR for aim in within.values())
    ]
    if thin:
        axes.clabel(axes.contour(across, up, found, levels=thin, colors=GREY, linewidths=0.9), fmt="%.0f", fontsize=9)
    for name, aim in within.items():
        axes.contourf(across, up, found, levels=[aim, high + 1.0], colors=[PALE], alpha=0.55)
        bold = axes.contour(across, up, found, levels=[aim], colors=NAVY, linewidths=3)
        for text in axes.clabel(bold, fmt=f"{name} {aim:.1f}", fontsize=11, manual=[_low_on(bold.allsegs[0])]):
            text.set_fontweight("bold")


def _low_on(segments: Sequence[Any]) -> tuple[float, float]:
    """A point a sixth of the way up a contour, where its name stands clear of the points."""
    along = np.concatenate(segments)
    x, y = along[along[:, 1].argsort()][len(along) // 6]
    return float(x), float(y)


def _mark(axes: Any, point: Point, amount: str, colour: str, marker: str) -> None:
    axes.plot(
        point.across, point.up, marker=marker, markersize=9, linestyle="none", color=colour,
        markerfacecolor="white" if point.hollow else colour, markeredgewidth=2, clip_on=False, zorder=4,
    )  # fmt: skip
    beside(
        axes,
        f"{point.name} ({amount})",
        (point.across, point.up - 0.035),
        left=point.across > 0.8,
        color=INK,
        fontweight="bold",
    )


def _told(table: Table, below: str, beside_it: str, targets: Mapping[str, float], points: Sequence[Point]) -> str:
    """The map column by column, at every fifth step, the targets, and the points with where they stand across and up."""
    kind = table.columns[0].unit
    columns = range(0, len(table.columns), _TOLD)
    each = (
        f"at {table.columns[place].heading}, {told(table.rows[0].values[place], kind)} to {told(table.rows[-1].values[place], kind)}"
        for place in columns
    )
    marked = "".join(f" {name}: {told(aim, kind)}." for name, aim in targets.items())
    marked += "".join(
        f" {point.name}, at {point.across:.0%} and {point.up:.0%}: {told(point.value, kind)}." for point in points
    )
    return f"Across: {below} Up: {beside_it}. From the foot of the map to its head, {'; '.join(each)}.{marked}"
