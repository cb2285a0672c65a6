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
from best_model.model.deficit import CASES
from best_model.model.engine import Result
from best_model.outputs.headline import label, target
from best_model.questions.attribution import lines_of_saving

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


def _bars(axes: Axes, lines: Sequence[tuple[str, float]], colour: str) -> None:
    """Horizontal bars from nought, each labelled with its amount in £m."""
    amounts = [amount / MILLION for _, amount in lines]
    axes.barh(
        [name for name, _ in lines], amounts, color=[colour if amount >= 0 else GREY for amount in amounts], height=0.65
    )
    axes.axvline(0, color=INK, linewidth=0.8)
    span = max(map(abs, amounts), default=1.0) or 1.0
    for place, (amount, (_, raw)) in enumerate(zip(amounts, lines, strict=True)):
        axes.annotate(
            millions(raw), (amount, place), xytext=(4 if amount >= 0 else -4, 0), textcoords="offset points", va="center",
            ha="left" if amount >= 0 else "right",
        )  # fmt: skip
    axes.set_xlim(min(0.0, *amounts) - span * 0.12, max(0.0, *amounts) + span * 0.14)


def _listed(lines: Sequence[tuple[str, float]]) -> str:
    return "; ".join(f"{name}, {pounds_m(amount)}" for name, amount in lines) + "."


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


def saving_chart(result: Result) -> Chart:
    """The plan's saving by year, in its three parts, against the target."""
    parts = [
        ("Six priorities", result.identified, NAVY, ""),
        ("In train", result.in_train, TEAL, ""),
        ("Still to be identified", np.maximum(result.to_be_identified, 0.0), "white", "///"),
    ]

    def draw(figure: Figure) -> str:
        axes = figure.subplots()
        base, names = np.zeros(len(result.years)), []
        for name, amounts, colour, hatch in parts:
            height = amounts / MILLION
            axes.bar(
                result.years, height, bottom=base, color=colour, edgecolor=INK, hatch=hatch, width=0.55, linewidth=0.8
            )
            if height[-1] >= LEAST_POUNDS_SHOWN / MILLION:
                names.append((float(base[-1] + height[-1] / 2), f"{name} {millions(float(amounts[-1]))}", INK))
            elif height.max() >= LEAST_POUNDS_SHOWN / MILLION:
                at = int(height.argmax())
                axes.annotate(
                    name, (at, base[at] + height[at]), xytext=(0, 12), textcoords="offset points", ha="center"
                )
            base = base + np.maximum(height, 0.0)
        for place, aim in enumerate(result.target / MILLION):
            axes.hlines(aim, place - 0.36, place + 0.36, color=WINE, linewidth=3)
        top = float(max(base.max(), np.nanmax(result.target) / MILLION))
        names.append((top, f"Target {millions(result.target[-1])}", WINE))
        axes.set_ylim(min(0.0, result.identified.min() / MILLION), top * 1.12)
        axes.axhline(0, color=INK, linewidth=0.8)
        title = _saving_title(result)
        plain(axes, title, "£m a year")
        side_labels(axes, len(result.years) - 0.62, names, top * 0.07)
        return f"{title}. " + " ".join(
            f"{year}: six priorities {pounds_m(a)}, in train {pounds_m(b)}, still to be identified {pounds_m(c)}."
            for year, a, b, c in zip(
                result.years, result.identified, result.in_train, result.to_be_identified, strict=True
            )
        )

    return chart(draw)


def _saving_title(result: Result) -> str:
    aim = f"its target of {pounds_m(result.target[-1])} in {result.years[-1]}"
    held = target(result)
    said = f"measures reach {aim}" if held["met"] else f"measures fall {pounds_m(held['short_by_gbp'])} short of {aim}"
    missed = [
        year
        for year, amount in zip(result.years[:-1], result.to_be_identified, strict=False)
        if amount >= LEAST_POUNDS_SHOWN
    ]
    return f"{result.scenario.title}: {said}" + (", but not the path before it" if missed and held["met"] else "")


def priorities_chart(result: Result) -> Chart:
    """Each line of the saving in the last year, largest first."""
    lines = sorted(
        ((label(result, name), float(amounts[-1])) for name, amounts in lines_of_saving(result).items()),
        key=lambda line: line[1],
    )
    most, amount = lines[-1]
    title = f"{most} saves most: {pounds_m(amount)} in {result.years[-1]}"

    def draw(figure: Figure) -> str:
        axes = figure.subplots()
        _bars(axes, lines, NAVY)
        plain(axes, title, "")
        axes.set_xlabel(f"Net saving in {result.years[-1]}, £m")
        return f"{title}. Net saving in {result.scenario.title}, the largest first: {_listed(lines[::-1])}"

    return chart(draw)


def deficit_chart(result: Result) -> Chart:
    """The cumulative deficit at each 31 March under three cases."""
    ends = [f"March {year[:2]}{year[-2:]}" for year in result.years]
    styles = {"as_published": (WINE, "-"), "stability_grant": (NAVY, "--"), "grant_and_new_deficits_leave": (TEAL, ":")}
    short = {
        "as_published": "No grant",
        "stability_grant": "Grant",
        "grant_and_new_deficits_leave": "Grant, and\nnew deficits leave",
    }
    most = pounds_m(result.deficit["as_published"][-1])
    title = f"{result.scenario.title}: the deficit reaches {most} unless someone else meets it"

    def draw(figure: Figure) -> str:
        axes = figure.subplots()
        for case, (colour, line) in styles.items():
            axes.plot(ends, result.deficit[case] / MILLION, color=colour, linestyle=line, marker="o", linewidth=2)
        top = max(amounts.max() for amounts in result.deficit.values()) / MILLION
        axes.set_ylim(0, top * 1.1)
        plain(axes, title, "£m")
        labels = [
            (amounts[-1] / MILLION, f"{short[case]} {millions(float(amounts[-1]))}", INK)
            for case, amounts in result.deficit.items()
        ]
        end_labels(axes, labels, top * 0.13)
        said = _listed([(CASES[case], float(amounts[-1])) for case, amounts in result.deficit.items()])
        return f"{title}. By 31 {ends[-1]}: {said}"

    return chart(draw)
