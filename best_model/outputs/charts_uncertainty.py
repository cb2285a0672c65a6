"""Fans and curves of many draws: how far a number may fall from its middle, and how likely a saving is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from best_model.faces.numbers import MILLION, in_futures, millions
from best_model.model.phasing import FloatArray
from best_model.outputs.charts import GREY, INK, NAVY, PALE, TEAL, WINE, Chart, chart, end_labels, plain, wrapped

CHILDREN = "children"
_BAND = "#9DB7CF"
_ENDS, _HALF = (0.05, 0.95), (0.25, 0.75)
_LINES = (("-", NAVY, 70), ("--", TEAL, 50), ("-.", GREY, 30), (":", INK, 15))
"""A style, a colour, and the height at which a line is named."""


@dataclass(frozen=True)
class Fan:
    """One quantity in many draws, (draw, point), in the unit that is shown; `marks` are lines by name, NaN where there is none."""

    name: str
    unit: str
    draws: FloatArray
    marks: Mapping[str, FloatArray]

    @property
    def middle(self) -> FloatArray:
        """Half the draws are below it."""
        return np.quantile(self.draws, 0.5, axis=0)

    @property
    def ends(self) -> tuple[float, float]:
        """Nine draws in ten fall between them at the last point."""
        low, high = np.quantile(self.draws[:, -1], _ENDS)
        return float(low), float(high)

    def short(self, value: float) -> str:
        """As it is shown: whole children, £m to one decimal."""
        return f"{value:,.0f}" if self.unit == CHILDREN else millions(value * MILLION)


def fan_chart(fan: Fan, points: Sequence[str], title: str) -> Chart:
    """One fan, large: the middle, the half of futures nearest to it, and nine in ten."""

    def draw(figure: Figure) -> str:
        axes = figure.subplots()
        plain(axes, title, fan.unit)
        ends = _draw_fan(axes, fan, points)
        end_labels(axes, ends, _span(fan) * 0.06)
        return f"Fan chart, {points[0]} to {points[-1]}. {title}. {_in_words(fan, points)}"

    return chart(draw)


def fans_chart(fans: Sequence[Fan], points: Sequence[Sequence[str]], title: str, across: int = 2) -> Chart:
    """Several fans side by side, each on its own scale from nought."""
    down = -(-len(fans) // across)

    def draw(figure: Figure) -> str:
        panels = figure.subplots(down, across, squeeze=False).ravel()
        for axes in panels[len(fans) :]:
            axes.set_visible(False)
        for axes, fan, places in zip(panels, fans, points, strict=False):
            plain(axes, "", fan.unit)
            axes.set_title(wrapped(fan.name), loc="left", fontsize=10)
            end_labels(axes, _draw_fan(axes, fan, places, ""), _span(fan) * 0.13)
            axes.set_xticks([0, len(places) - 1], [places[0], places[-1]])
            axes.tick_params(labelsize=9)
        figure.suptitle(title, x=0.01, ha="left", fontweight="bold", fontsize=12)
        said = " ".join(f"{fan.name}: {_in_words(fan, places)}" for fan, places in zip(fans, points, strict=True))
        return f"Fan charts. {title}. {said}"

    return chart(draw, (10.6, 0.6 + 2.3 * down))


def _draw_fan(axes: Axes, fan: Fan, points: Sequence[str], middle_is: str = "Middle ") -> list[tuple[float, str, str]]:
    """The bands, the middle and the marks; returns what to write at their ends."""
    low, quarter, middle, most, high = np.quantile(fan.draws, [_ENDS[0], _HALF[0], 0.5, _HALF[1], _ENDS[1]], axis=0)
    places = np.arange(len(points))
    axes.plot(places, middle, color=NAVY, linewidth=2)
    axes.fill_between(places, low, high, color=PALE, edgecolor=GREY, linewidth=0.6)
    axes.fill_between(places, quarter, most, color=_BAND, edgecolor=GREY, linewidth=0.6)
    ends = [(float(middle[-1]), f"{middle_is}{fan.short(middle[-1])}", NAVY)]
    ends += [(float(end[-1]), fan.short(end[-1]), GREY) for end in (low, high)]
    for (name, mark), style in zip(fan.marks.items(), ("--", ":"), strict=False):
        known = np.isfinite(mark)
        axes.plot(places[known], mark[known], color=WINE, linestyle=style, marker="D", markersize=5)
        ends.append((float(mark[-1]), f"{name} {fan.short(mark[-1])}", WINE))
    axes.set_xticks(places, list(points))
    bottom = min(0.0, float(low.min()))
    tops = [float(high.max()), *(float(np.nanmax(mark)) for mark in fan.marks.values())]
    axes.set_ylim(bottom, max(tops) * 1.12)
    return ends


def _span(fan: Fan) -> float:
    return float(max(np.quantile(fan.draws, _ENDS[1], axis=0).max(), *(np.nanmax(m) for m in fan.marks.values()), 1e-9))


def _in_words(fan: Fan, points: Sequence[str]) -> str:
    low, high = (fan.short(end) for end in fan.ends)
    marks = "".join(f"; {name} {fan.short(mark[-1])}" for name, mark in fan.marks.items())
    return (
        f"In {points[-1]} the middle is {fan.short(fan.middle[-1])} and nine futures in ten lie between {low} and {high} "
        f"({fan.unit}){marks}."
    )


def exceedance_chart(savings: Mapping[str, FloatArray], targets: Mapping[str, float], title: str, year: str) -> Chart:
    """The chance of finding at least so much, £m, in the last year: a falling line a scenario, targets as uprights."""
    every = np.concatenate([*savings.values()])
    amounts = np.linspace(
        max(0.0, np.quantile(every, 0.001)), max(np.quantile(every, 0.999), *targets.values()) * 1.03, 200
    )
    chances = {name: (draws[:, None] >= amounts).mean(axis=0) * 100 for name, draws in savings.items()}

    def draw(figure: Figure) -> str:
        axes = figure.subplots()
        plain(axes, title, "futures in 100")
        for (name, line), (style, colour, height) in zip(chances.items(), _LINES, strict=False):
            axes.plot(amounts, line, color=colour, linestyle=style, linewidth=2)
            at = int(np.argmin(np.abs(line - height)))
            axes.annotate(
                name, (amounts[at], line[at]), xytext=(5, 3), textcoords="offset points", color=INK,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
            )  # fmt: skip
        for name, target in targets.items():
            axes.axvline(target, color=WINE, linestyle="--")
            axes.annotate(
                f"{name} {millions(target * MILLION)}",
                (target, 101),
                xytext=(4, 0),
                textcoords="offset points",
                color=WINE,
            )
        axes.set_ylim(0, 108)
        axes.set_xlabel(f"Saving found in {year}, £m or more")
        said = [
            f"{name}, {millions(target * MILLION)} or more in {in_futures(float((draws >= target).mean()), len(draws))}"
            for name, draws in savings.items()
            for target in targets.values()
        ]
        return f"Line chart. {title}. {'; '.join(said)}."

    return chart(draw)
