"""Bars: lying, one a row; stacked, one a column; or a small chart of them for each row."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from best_model.faces.chart import (
    GREY,
    INK,
    LETTERS,
    NAVY,
    TEAL,
    WINE,
    Chart,
    beside,
    folded,
    headed,
    heights,
    in_words,
    lying,
    named,
    plain,
    told,
    upright,
)
from best_model.faces.numbers import MILLION, written
from best_model.table import LEAST_GBP_SHOWN, Row, Table

_PARTS = ((NAVY, ""), (TEAL, ".."), (GREY, "xx"), (WINE, "\\\\"), (INK, ""))
_BALANCE = ("white", "////")
_LEAST_NAMED = LEAST_GBP_SHOWN / MILLION


def bars(
    table: Table,
    *,
    unit: str,
    shown: str = "",
    dots: str = "",
    errors: Mapping[str, str] | None = None,
    beside_it: str = "",
    marks: Mapping[str, float] | None = None,
    beside_unit: str = "",
    own: str = "",
) -> Chart:
    """A bar a row, from nought, of the column `shown` (the first, if left out), each with its value; what is below nought is grey.

    With `own`, the row of that name is dark and its name bold, and all others are grey.

    `dots`: a column drawn as diamonds on the same scale. `errors`: the column of the error of each of the two, as whiskers. `beside_it`: a
    column drawn as dots in a panel to the right, with `marks`, dashed lines by name at an amount of it.
    """
    main, aside = _place(table, shown) if shown else 0, _place(table, beside_it) if beside_it else None
    spots, whiskers = [main, *([_place(table, dots)] if dots else [])], errors or {}

    def draw(figure: Any, title: str) -> None:
        panels = figure.subplots(1, 1 if aside is None else 2, sharey=True, squeeze=False)[0]
        names = [row.head for row in table.rows]
        lying(panels[0], names, title, unit)
        for spot in spots:
            error = _place(table, whiskers[table.columns[spot].heading]) if whiskers else None
            _diamonds(panels[0], table, spot, error) if spot != main else _bars(panels[0], table, spot, error, own)
        for words in panels[0].get_yticklabels():
            words.set_fontweight("bold" if own and words.get_text() == folded(own, LETTERS) else "normal")
        panels[0].margins(x=0.14)
        if aside is not None:
            _dots(panels[1], table, aside, marks or {})
            plain(panels[1], "", "")
            panels[1].grid(visible=False, axis="y")
            panels[1].set_xlabel(beside_unit)

    columns = [*spots, *([aside] if aside is not None else [])]
    targets = "".join(f" {name} {told(at, table.columns[aside or 0].unit)}." for name, at in (marks or {}).items())
    said = in_words(table, columns, whiskers)
    return Chart(table.caption, f"{said}{targets}", draw, (10.6, 1.2 + 0.42 * len(table.rows)))


def _place(table: Table, heading: str) -> int:
    return [column.heading for column in table.columns].index(heading)


def _values(table: Table, place: int) -> Any:
    return heights([row.values[place] for row in table.rows], table.columns[place].unit)


def _bars(axes: Any, table: Table, place: int, error: int | None, own: str) -> None:
    amounts, unit = _values(table, place), table.columns[place].unit
    grey = [row.head != own if own else amount < 0 for amount, row in zip(amounts, table.rows, strict=True)]
    axes.barh(
        range(len(amounts)),
        np.nan_to_num(amounts),
        color=[GREY if each else NAVY for each in grey],
        edgecolor=INK,
        height=0.62,
    )
    reach = np.abs(np.nan_to_num(_values(table, error))) if error is not None else np.zeros(len(amounts))
    if error is not None:
        axes.errorbar(
            amounts, np.arange(len(amounts)) - 0.14, xerr=reach, color=INK, capsize=3, linewidth=1.2, linestyle="none"
        )
    for at, (amount, row) in enumerate(zip(amounts, table.rows, strict=True)):
        end = 0.0 if np.isnan(amount) else float(amount)
        end += 0.0 if np.isnan(amount) else float(reach[at] if end >= 0 else -reach[at])
        height = at if error is None else at - 0.14
        beside(axes, written(row.values[place], unit), (end, height), left=end < 0)


def _diamonds(axes: Any, table: Table, place: int, error: int | None) -> None:
    amounts = _values(table, place)
    reach = np.abs(np.nan_to_num(_values(table, error))) if error is not None else None
    axes.errorbar(
        amounts, np.arange(len(amounts)) + 0.14, xerr=reach, color=INK, capsize=3, linewidth=1.2, linestyle="none", marker="D",
        markersize=6, markerfacecolor="white", zorder=3,
    )  # fmt: skip


def _dots(axes: Any, table: Table, place: int, marks: Mapping[str, float]) -> None:
    amounts, unit = _values(table, place), table.columns[place].unit
    axes.scatter(amounts, range(len(amounts)), color=NAVY, zorder=3)
    for at, (amount, row) in enumerate(zip(amounts, table.rows, strict=True)):
        beside(axes, written(row.values[place], unit), (float(np.nan_to_num(amount)), at))
    for number, (name, amount) in enumerate(marks.items()):
        height = len(amounts) - 0.35 if number else -0.65  # the first often stands where another does
        upright(axes, f"{name} {written(amount, unit)}", float(heights([amount], unit)[0]), height)
    axes.set_ylim(len(amounts), -1.2)
    axes.tick_params(axis="y", length=0)
    axes.margins(x=0.2)


def stacked(table: Table, *, unit: str) -> Chart:
    """A column of bars a column of the table, its rows on top of each other, named at the last. What is below nought hangs from it.

    A row whose pedigree is `balance` is hatched: nothing stands behind it yet. A row marked `total` is a target, drawn as a tick.
    """
    parts, targets = [row for row in table.rows if not row.total], [row for row in table.rows if row.total]
    kind, years = table.columns[0].unit, [column.heading for column in table.columns]

    def draw(figure: Any, title: str) -> None:
        axes = figure.subplots()
        tops, bottoms, names = np.zeros(len(years)), np.zeros(len(years)), []
        for row, look in zip(parts, _looks(parts), strict=True):
            height = np.nan_to_num(heights(row.values, kind))
            base = np.where(height >= 0, tops, bottoms)
            axes.bar(years, height, bottom=base, color=look[0], hatch=look[1], edgecolor=INK, width=0.55, linewidth=0.8)
            tops, bottoms = tops + np.maximum(height, 0.0), bottoms + np.minimum(height, 0.0)
            if abs(height[-1]) >= _LEAST_NAMED:
                names.append((float(base[-1] + height[-1] / 2), f"{row.head} {written(row.values[-1], kind)}", INK))
            elif np.abs(height).max() >= _LEAST_NAMED:
                at = int(np.abs(height).argmax())
                _above(axes, row.head, (at, float(base[at] + height[at])))
        aims = [heights(row.values, kind) for row in targets]
        for row, aim in zip(targets, aims, strict=True):
            for place in np.flatnonzero(np.isfinite(aim)):
                axes.hlines(aim[place], place - 0.36, place + 0.36, color=WINE, linewidth=3)
            names.append((float(aim[-1]), f"{row.head} {written(row.values[-1], kind)}", WINE))
        top = max([float(tops.max()), *(float(np.nanmax(aim)) for aim in aims if np.isfinite(aim).any())]) or 1.0
        axes.set_ylim(min(0.0, float(bottoms.min()) * 1.1), top * 1.12)
        axes.axhline(0, color=INK, linewidth=0.8)
        plain(axes, title, unit)
        named(axes, len(years) - 0.62, names, top * 0.07)

    return Chart(table.caption, in_words(table), draw)


def _above(axes: Any, name: str, at: tuple[float, float]) -> None:
    """The name of a part that has nothing in the last column, where there is most of it."""
    axes.annotate(name, at, xytext=(0, 12), textcoords="offset points", ha="center")


def _looks(parts: Sequence[Row]) -> list[tuple[str, str]]:
    looks = iter(_PARTS * len(parts))
    return [_BALANCE if row.kind == "balance" else next(looks) for row in parts]


def bars_of_each(table: Table, *, unit: str, own: str, across: int = 4) -> Chart:
    """A small chart for each row, with a bar for each column; the column `own` is dark, the others grey, and each has its name."""
    names, down = [column.heading for column in table.columns], -(-len(table.rows) // across)
    colours = [NAVY if name == own else GREY for name in names]

    def draw(figure: Any, title: str) -> None:
        panels = figure.subplots(down, across, squeeze=False).ravel()
        drawn = [heights(row.values, table.columns[0].unit) for row in table.rows]
        most = max(float(np.nanmax(each, initial=0.0)) for each in drawn) or 1.0
        least = min(float(np.nanmin(each, initial=0.0)) for each in drawn)
        for axes, row, amounts in zip(panels, table.rows, drawn, strict=False):
            axes.barh(names, np.nan_to_num(amounts), color=colours, edgecolor=INK, height=0.66)
            for place, (amount, value) in enumerate(zip(np.nan_to_num(amounts), row.values, strict=True)):
                beside(axes, written(value, table.columns[place].unit), (max(float(amount), 0.0), place))
            plain(axes, folded(row.head, 26), "")
            axes.title.set_fontsize(10)
            axes.invert_yaxis()
            axes.tick_params(axis="y", labelsize=9, length=0)
            axes.set(xlim=(least * 1.35, most * 1.35), xticks=[])
        for axes in panels[len(table.rows) :]:
            axes.set_axis_off()
        headed(figure, f"{title}\n{unit}")

    return Chart(table.caption, in_words(table), draw, (10.6, 0.8 + 1.8 * down))
