"""Charts as SVG, each with alternative text that says the finding with its numbers. Never by colour alone."""

import io
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from textwrap import wrap
from typing import Any

import matplotlib.style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from best_model.faces.numbers import LEAST_POUNDS_SHOWN, MILLION, millions, pounds_m, safe

NAVY, TEAL, WINE, INK, GREY, PALE = "#12436D", "#28A197", "#801650", "#14181F", "#6B7280", "#E6E9EE"
SVG = "image/svg+xml"
_WIDE = (10.6, 4.2)
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
    """A drawn chart and what it says to someone who cannot see it."""

    svg: str = field(repr=False)
    alt: str

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
        return {SVG: self.svg}, {SVG: {"alt": self.alt}}

    @property
    def img(self) -> str:
        """The chart as an `img` element that carries itself."""
        return f'<img alt="{safe(self.alt)}" src="data:{SVG};base64,{b64encode(self.svg.encode()).decode()}">'


def chart(draw: Callable[[Figure], str], size: tuple[float, float] = _WIDE) -> Chart:
    """Draw on a fresh figure in the house style; `draw` returns the alternative text."""
    with matplotlib.style.context("afcharts.afcharts"), matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=size)
        alt = draw(figure)
        page = io.StringIO()
        figure.savefig(page, format="svg", metadata={"Date": None, "Creator": None})
    return Chart(page.getvalue(), alt)


def plain(axes: Axes, title: str, unit: str) -> None:
    axes.set_title(title, loc="left", fontweight="bold", fontsize=12)
    axes.set_ylabel(unit)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color=PALE)
    axes.grid(visible=False, axis="x")
    axes.set_axisbelow(True)


def end_labels(axes: Axes, ends: Sequence[tuple[float, str, str]], least: float) -> None:
    """Name lines at their last point: (height, text, colour)."""
    side_labels(axes, axes.get_lines()[0].get_xdata()[-1], ends, least)  # type: ignore[index]


def side_labels(axes: Axes, where: Any, ends: Sequence[tuple[float, str, str]], least: float) -> None:
    """Words to the right of `where`, at their heights but at least `least` apart."""
    floor = -np.inf
    for height, text, colour in sorted(ends):
        at = max(height, floor + least)
        axes.annotate(
            text,
            (where, at),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            color=colour,
            annotation_clip=False,
        )
        floor = at


def tornado_chart(
    lines: Sequence[tuple[str, float, float]], marks: Sequence[tuple[str, float]], title: str, unit: str
) -> Chart:
    """What each assumption moves, £: (name, at its low, at its high), the largest first; `marks` are dashed lines at an amount."""
    span = max(max(map(abs, ends)) for _, *ends in lines)

    def draw(figure: Figure) -> str:
        axes = figure.subplots()
        places = range(len(lines) - 1, -1, -1)
        for name, at in marks:
            if abs(at) <= span * 1.2:
                axes.axvline(at / MILLION, color=WINE, linestyle="--")
                axes.annotate(
                    name, (at / MILLION, len(lines) - 0.4), xytext=(4, 0), textcoords="offset points", color=WINE
                )
        for place, (_, low, high) in zip(places, lines, strict=True):
            _range_bar(axes, place, low, high)
        axes.set_yticks(list(places), ["\n".join(wrap(name, 46)) for name, *_ in lines], fontsize=9)
        axes.axvline(0, color=INK, linewidth=0.8)
        plain(axes, "", "")
        axes.grid(visible=False, axis="y")
        axes.margins(x=0.16)
        axes.set_ylim(-0.6, len(lines) + 0.2)
        axes.set_xlabel(f"{unit}, £m. Solid: the figure at its high. Hatched: at its low.")
        figure.suptitle(title, x=0.01, ha="left", fontweight="bold", fontsize=12)
        said = [f"{name}, {pounds_m(low)} at its low and {pounds_m(high)} at its high" for name, low, high in lines]
        return f"{title}. {unit}, the largest first: {'; '.join(said)}."

    return chart(draw, (10.6, 1.0 + 0.48 * len(lines)))


def _range_bar(axes: Axes, place: int, low: float, high: float) -> None:
    """Two bars from nought, hatched to the low and solid to the high, the longer behind; amounts at the outer ends."""
    for end, hatch, colour in sorted([(low, "////", "white"), (high, "", NAVY)], key=lambda bar: -abs(bar[0])):
        axes.barh(place, end / MILLION, color=colour, hatch=hatch, edgecolor=INK, height=0.6, linewidth=0.8)
    for end in {min(low, high, 0.0), max(low, high, 0.0)}:
        if abs(end) >= LEAST_POUNDS_SHOWN:
            axes.annotate(
                millions(end), (end / MILLION, place), xytext=(4 if end > 0 else -4, 0), textcoords="offset points",
                va="center", ha="left" if end > 0 else "right", fontsize=9, zorder=3,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
            )  # fmt: skip


def wrapped(name: str) -> str:
    short = name.partition(" (")[0]
    words, lines = short.split(), [""]
    for word in words:
        lines = [*lines[:-1], f"{lines[-1]} {word}".strip()] if len(lines[-1]) + len(word) < 22 else [*lines, word]
    return "\n".join(lines)
