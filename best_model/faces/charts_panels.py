"""Small multiples: a small chart of lines, or a small fan, for each of several tables."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from best_model.faces.chart import (
    WINE,
    Chart,
    alone,
    ended_early,
    ends,
    folded,
    headed,
    heights,
    looks_of,
    named,
    plain,
    told,
)
from best_model.faces.charts_fan import ends_of, fan_in_words, spread
from best_model.faces.numbers import written
from best_model.table import Table

_APART, _LETTERS = 0.14, 26


def panels(
    parts: Sequence[Table],
    *,
    unit: str = "",
    dashed: Collection[str] = (),
    fans: bool = False,
    marks: Collection[str] = (),
    across: int = 4,
    uprights: Mapping[str, Sequence[str]] | None = None,
    why: str = "",
    caption: str = "",
) -> Chart:
    """A small chart a table, each on its own scale from nought, with the table's caption for its name.

    Rows named in `dashed` are grey and dashed. With `fans` each is a fan, `marks` as there. `uprights`: by the caption of a table, the
    columns at which a dotted line stands, and `why` one does: there what is counted changed.
    """
    down = -(-len(parts) // across)

    def draw(figure: Any, title: str) -> None:
        all_axes = figure.subplots(down, across, squeeze=False).ravel()
        for axes in all_axes[len(parts) :]:
            axes.set_visible(False)
        for axes, table in zip(all_axes, parts, strict=False):
            plain(axes, "", "")
            axes.set_title(folded(table.caption, _LETTERS if across > 2 else 2 * _LETTERS), loc="left", fontsize=10)
            span = spread(axes, table, marks) if fans else _lines(axes, table, dashed)
            last = len(table.columns) - 1
            named(axes, last, ends_of(table, marks) if fans else _ends(table, dashed), span * _APART)
            axes.set_xticks([0, last], [table.columns[0].heading, table.columns[last].heading])
            axes.tick_params(labelsize=9)
            for heading in (uprights or {}).get(table.caption, ()):
                at = [column.heading for column in table.columns].index(heading)
                axes.axvline(at, color=WINE, linestyle=":", linewidth=1.2)
                axes.annotate(
                    folded(why, 8), (at, axes.get_ylim()[1]), xytext=(-3, 0), textcoords="offset points", ha="right", va="top",
                    color=WINE, fontsize=8,
                )  # fmt: skip
        headed(figure, f"{title}\n{unit}" if unit else title)

    said = " ".join(f"{table.caption}: {fan_in_words(table, marks) if fans else _told(table)}" for table in parts)
    said += "".join(f" {why} in {', '.join(at)}: {name}." for name, at in (uprights or {}).items() if why and at)
    return Chart(caption or parts[0].caption, said, draw, (10.6, 1.2 + 2.2 * down))


def _lines(axes: Any, table: Table, dashed: Collection[str]) -> float:
    drawn = [heights(row.values, table.columns[0].unit) for row in table.rows]
    for height, (colour, style, _) in zip(drawn, looks_of(table.rows, dashed), strict=True):
        axes.plot(
            range(len(height)), height, color=colour, linestyle=style, marker="o", markersize=4, markevery=alone(height)
        )
    ended_early(axes, table, drawn, range(len(table.columns)))
    every = np.concatenate(drawn)
    most = float(np.nanmax(every)) if np.isfinite(every).any() else 1.0
    low = float(np.nanmin(every, initial=0.0))
    axes.set_ylim(min(0.0, low * 1.1), (most or 1.0) * 1.25)
    return most or 1.0


def _ends(table: Table, dashed: Collection[str]) -> list[tuple[float, str, str]]:
    """The last value of each line; with its name where the dashes do not tell it."""
    kind = table.columns[0].unit
    found = ends(table, [heights(row.values, kind) for row in table.rows], dashed)
    if len(table.rows) > 2 or not any(row.head in dashed for row in table.rows):
        return found
    unnamed = (written(row.values[-1], kind) for row in table.rows)
    return [(height, words, colour) for (height, _, colour), words in zip(found, unnamed, strict=True)]


def _told(table: Table) -> str:
    kind, first, last = table.columns[0].unit, table.columns[0].heading, table.columns[-1].heading
    each = (
        f"{row.head} {told(row.values[0], kind)} in {first} and {told(row.values[-1], kind)} in {last}"
        for row in table.rows
    )
    return f"{', '.join(each)}."
