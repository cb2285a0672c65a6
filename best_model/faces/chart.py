"""A chart: a table drawn, with the finding for its title and the same values in words for whoever cannot see it.

The kinds of chart are in `charts_*.py` beside this. Each is a function of a table that returns a `Chart`; `%%draw` gives it its title.
"""

import io
from base64 import b64encode
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from textwrap import wrap
from typing import Any

import numpy as np
from numpy.typing import NDArray

from best_model.faces.numbers import MILLION, pounds_m, written
from best_model.table import Missing, Range, Row, Table, Unit, Value

NAVY, TEAL, WINE, INK, GREY, PALE = "#12436D", "#28A197", "#801650", "#14181F", "#6B7280", "#E6E9EE"
LOOKS = (
    (NAVY, "-", "o"),
    (WINE, "--", "s"),
    (TEAL, "-.", "^"),
    (INK, ":", "D"),
    (GREY, (0, (5, 1)), "v"),
    (WINE, (0, (1, 3)), "P"),
)
"""A colour, dashes and a marker for each line, so that no line is told from another by its colour alone."""
SVG = "image/svg+xml"
WIDE = (10.6, 4.2)
LETTERS = 46
"""In a line of a name beside a bar."""
_STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "best",
    "font.family": ["sans-serif"],
    "font.sans-serif": ["Arial", "Helvetica", "Liberation Sans", "DejaVu Sans"],
    "font.size": 11,
    "text.color": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "figure.constrained_layout.use": True,
}


@dataclass(frozen=True)
class Chart:
    """A chart not drawn yet: `draw` is given a matplotlib figure and the title; `told` says the values in one or more sentences."""

    title: str
    told: str
    draw: Callable[[Any, str], None] = field(repr=False)
    size: tuple[float, float] = WIDE

    def titled(self, finding: str) -> "Chart":
        """The same chart with what was found for its title."""
        return replace(self, title=finding)

    @property
    def alt(self) -> str:
        """What the chart says to someone who cannot see it: the finding, then its values."""
        return f"{self.title.rstrip('.')}. {self.told}"

    @property
    def svg(self) -> str:
        """Drawn in the house style, and named, so that any page that holds it can be read aloud."""
        import matplotlib.style  # noqa: PLC0415 - half a second, which whoever draws nothing need not wait
        from matplotlib.figure import Figure  # noqa: PLC0415

        with matplotlib.style.context("afcharts.afcharts"), matplotlib.rc_context(_STYLE):
            figure, page = Figure(figsize=self.size), io.StringIO()
            self.draw(figure, self.title)
            figure.savefig(page, format="svg", metadata={"Date": None, "Creator": None})
        return page.getvalue().replace("<svg ", f'<svg role="img" aria-label="{escape(self.alt)}" ', 1)

    @property
    def img(self) -> str:
        """The chart as an `img` element that carries itself and its alternative text."""
        return f'<img alt="{escape(self.alt)}" src="data:{SVG};base64,{b64encode(self.svg.encode()).decode()}">'

    def _repr_html_(self) -> str:
        """An image with its alternative text, in JupyterLab, in the pack and under any nbconvert."""
        return f"<figure>{self.img}</figure>"


# What the kinds of chart share


_SCALES = {
    **dict.fromkeys((Unit.GBP, Unit.GBP_CHANGE), 1 / MILLION),
    **dict.fromkeys((Unit.SHARE, Unit.TENTHS, Unit.CHANCE), 100.0),
}


def heights(values: Iterable[Value], unit: Unit) -> NDArray[np.float64]:
    """Numbers as they are drawn: £ in millions, shares and chances in per cent; nan, which draws nothing, where there is no number."""
    scale = _SCALES.get(unit, 1.0)
    return np.array([number_of(value) * scale for value in values])


def number_of(value: Value) -> float:
    """The number in a value: the first of a pair, the share of a chance, nan where there is none."""
    if isinstance(value, str | Missing):
        return np.nan
    return float(value) if isinstance(value, int | float) else number_of(value[0])


def told(value: Value, unit: Unit) -> str:
    """A value in a sentence: £m with its unit, a reason where there is no number."""
    if isinstance(value, Range):
        return f"{told(value.low, unit)} to {told(value.high, unit)}"
    return pounds_m(float(value)) if unit is Unit.GBP and isinstance(value, int | float) else written(value, unit)


def plain(axes: Any, title: str, unit: str) -> None:
    """A bare frame: the finding, the unit of the heights, lines across."""
    axes.set_title(title, loc="left", fontweight="bold", fontsize=12)
    axes.set_ylabel(unit)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color=PALE)
    axes.grid(visible=False, axis="x")
    axes.set_axisbelow(True)


def lying(axes: Any, names: Sequence[str], title: str, unit: str) -> None:
    """A frame for bars that lie: a name beside each, the first at the top, the unit below."""
    axes.set_yticks(range(len(names)), [folded(name, LETTERS) for name in names], fontsize=9)
    axes.invert_yaxis()
    plain(axes, "", "")
    axes.grid(visible=False, axis="y")
    axes.set_xlabel(unit)
    axes.axvline(0, color=INK, linewidth=0.8)
    headed(axes.figure, title)


def headed(figure: Any, title: str) -> None:
    """The finding, over all that is drawn."""
    figure.suptitle(title, x=0.01, ha="left", fontweight="bold", fontsize=12)


def looks_of(rows: Sequence[Row], dashed: Collection[str]) -> list[tuple[str, Any, str]]:
    """A colour, dashes and a marker for each row; those named in `dashed` are grey and dashed."""
    looks = iter(LOOKS * len(rows))
    return [(GREY, "--", "o") if row.head in dashed else next(looks) for row in rows]


def ends(table: Table, drawn: Sequence[NDArray[np.float64]], dashed: Collection[str]) -> list[tuple[float, str, str]]:
    """The height, the name with the last value, and the colour of each line, for `named`."""
    each, unit = zip(table.rows, drawn, looks_of(table.rows, dashed), strict=True), table.columns[0].unit
    return [(float(height[-1]), f"{row.head} {written(row.values[-1], unit)}", look[0]) for row, height, look in each]


def folded(name: str, letters: int) -> str:
    """A name over as many lines as it needs."""
    return "\n".join(wrap(name, letters)) or name


def named(axes: Any, where: Any, ends: Iterable[tuple[float, str, str]], least: float) -> None:
    """Words to the right of a place, at their heights but at least `least` apart: (height, words, colour)."""
    floor = -np.inf
    for height, words, colour in sorted(end for end in ends if np.isfinite(end[0])):
        floor = max(height, floor + least)
        axes.annotate(
            words,
            (where, floor),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            color=colour,
            annotation_clip=False,
        )


def last_of(values: NDArray[np.float64]) -> int | None:
    """The place of the last number that there is."""
    known = np.flatnonzero(np.isfinite(values))
    return int(known[-1]) if known.size else None


def ended_early(axes: Any, table: Table, drawn: Sequence[NDArray[np.float64]], places: Sequence[float]) -> None:
    """Name at its end each line that stops before the last column; the others have their names to the right."""
    for row, height in zip(table.rows, drawn, strict=True):
        end = last_of(height)
        if end is not None and end < len(places) - 1:
            words = f"{row.head} {written(row.values[end], row.unit or table.columns[end].unit)}"
            beside(axes, words, (places[end], float(height[end])))


def beside(axes: Any, words: str, at: tuple[float, float], *, left: bool = False, **more: Any) -> None:
    """Words next to a point, on white, so that no line runs through them."""
    box = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
    offset = (-5 if left else 5, 0)
    look = {"va": "center", "ha": "right" if left else "left", "fontsize": 9, "bbox": box, "zorder": 5, **more}
    axes.annotate(words, at, xytext=offset, textcoords="offset points", **look)


def upright(axes: Any, name: str, at: float, height: float) -> None:
    """A dashed line up at a place, with its name at a height."""
    axes.axvline(at, color=WINE, linestyle="--", linewidth=1.2)
    axes.annotate(name, (at, height), xytext=(4, 0), textcoords="offset points", color=WINE, fontsize=9)


def alone(values: NDArray[np.float64]) -> list[int]:
    """Places of numbers with none before and none after: a line does not show them, a marker does."""
    known = np.pad(np.isfinite(values), 1)
    return [int(place) for place in np.flatnonzero(known[1:-1] & ~known[:-2] & ~known[2:])]


def in_words(table: Table, columns: Sequence[int] | None = None, errors: Mapping[str, str] | None = None) -> str:
    """Every row of a table, or some of its columns, as a list in a sentence; `errors`: the column of the error of another."""
    places = range(len(table.columns)) if columns is None else columns
    several, headings, errors = len(places) > 1, [column.heading for column in table.columns], errors or {}

    def one(row: Any, place: int) -> str:
        column = table.columns[place]
        said = told(row.values[place], row.unit or column.unit)
        if column.heading in errors:
            said += f" (±{told(row.values[headings.index(errors[column.heading])], row.unit or column.unit)})"
        return f"{column.heading} {said}" if several else said

    return "; ".join(f"{row.head}: {', '.join(one(row, place) for place in places)}" for row in table.rows) + "."
