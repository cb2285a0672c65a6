"""Charts as SVG, each with alternative text that says the finding with its numbers. Never by colour alone."""

import io
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import matplotlib.style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from best_model.faces.numbers import safe

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


def wrapped(name: str) -> str:
    short = name.partition(" (")[0]
    words, lines = short.split(), [""]
    for word in words:
        lines = [*lines[:-1], f"{lines[-1]} {word}".strip()] if len(lines[-1]) + len(word) < 22 else [*lines, word]
    return "\n".join(lines)
