"""A chart: a table drawn, with the finding for its title and the same values in words for whoever cannot see it.

The kinds of chart are in `charts_*.py` beside this. Each is a function of a table that returns a `Chart`; `%%draw` gives it its title.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from html import escape
from typing import Any

NAVY, TEAL, WINE, INK, GREY, PALE = "#12436D", "#28A197", "#801650", "#14181F", "#6B7280", "#E6E9EE"
SVG = "image/svg+xml"
WIDE = (10.6, 4.2)
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

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
        return {SVG: self.svg}, {SVG: {"alt": self.alt}}
