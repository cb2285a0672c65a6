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

from best_model.analysis.attribution import lines_of_saving
from best_model.model.deficit import CASES
from best_model.model.engine import Result
from best_model.model.phasing import FloatArray
from best_model.model.settings import SETTINGS
from best_model.outputs.headline import SCENARIO_DRAW, label
from best_model.outputs.words import MILLION, children, millions, pounds_m, safe

NAVY, TEAL, WINE, INK, GREY, PALE = "#12436D", "#28A197", "#801650", "#14181F", "#6B7280", "#E6E9EE"
SVG = "image/svg+xml"
_WIDE = (10.6, 4.2)
_LEAST_LABELLED = 0.05
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


def _chart(draw: Callable[[Figure], str], size: tuple[float, float] = _WIDE) -> Chart:
    """Draw on a fresh figure in the house style; `draw` returns the alternative text."""
    with matplotlib.style.context("afcharts.afcharts"), matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=size)
        alt = draw(figure)
        page = io.StringIO()
        figure.savefig(page, format="svg", metadata={"Date": None, "Creator": None})
    return Chart(page.getvalue(), alt)


def _plain(axes: Axes, title: str, unit: str) -> None:
    axes.set_title(title, loc="left", fontweight="bold", fontsize=12)
    axes.set_ylabel(unit)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color=PALE)
    axes.grid(visible=False, axis="x")
    axes.set_axisbelow(True)


def _end_labels(axes: Axes, ends: Sequence[tuple[float, str, str]], least: float) -> None:
    """Name lines at their last point: (height, text, colour)."""
    _side_labels(axes, axes.get_lines()[0].get_xdata()[-1], ends, least)  # type: ignore[index]


def _side_labels(axes: Axes, where: Any, ends: Sequence[tuple[float, str, str]], least: float) -> None:
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


def gap_chart(result: Result) -> Chart:
    """In-year gap before and after the published mitigations."""
    forecast = result.authority.council.forecast
    before, after = forecast.gap_before / MILLION, forecast.gap_after / MILLION

    def draw(figure: Figure) -> str:
        axes = figure.subplots()
        axes.plot(result.years, before, color=GREY, marker="o", linestyle="--")
        axes.plot(result.years, after, color=NAVY, marker="o")
        axes.fill_between(result.years, after, before, color=PALE)
        axes.set_ylim(0, before.max() * 1.1)
        _plain(
            axes,
            f"The yearly gap widens to {pounds_m(forecast.gap_after[-1])} even if the stretched plan is met",
            "£m a year",
        )
        _end_labels(
            axes,
            [(before[-1], f"Before mitigation {before[-1]:.1f}", GREY), (after[-1], f"After it {after[-1]:.1f}", NAVY)],
            before.max() * 0.06,
        )
        return (
            f"Line chart, {result.years[0]} to {result.years[-1]}. The gap before mitigation rises from "
            f"{pounds_m(forecast.gap_before[0])} to "
            f"{pounds_m(forecast.gap_before[-1])}; after the planned mitigations it still rises, from "
            f"{pounds_m(forecast.gap_after[0])} to {pounds_m(forecast.gap_after[-1])}."
        )

    return _chart(draw)


def gap_drivers_chart(result: Result) -> Chart:
    """What makes the gap grow from the first reported year to the last: each setting's spend, services, and income."""
    spend, money = result.simulation.spend, result.authority.council.money
    first = len(result.authority.financial_years) - len(result.years)
    growth = {
        name: spend.placements[0, -1, place] - spend.placements[0, first, place]
        for place, name in enumerate(SETTINGS.values())
    }
    growth["Services and empty places"] = (
        money.services[-1] - money.services[first] + spend.empty_places[0, -1] - spend.empty_places[0, first]
    )
    growth["More income"] = -(money.income[-1] - money.income[first])
    shown = [(name, float(amount)) for name, amount in growth.items() if abs(amount) >= MILLION / 2]
    shown.sort(key=lambda line: line[1])
    most = shown[-1]

    def draw(figure: Figure) -> str:
        axes = figure.subplots()
        _bars(axes, shown, NAVY)
        _plain(axes, f"{most[0]} adds most to the gap: {pounds_m(most[1])} a year more by {result.years[-1]}", "")
        axes.set_xlabel(f"Change in the yearly gap, {result.years[0]} to {result.years[-1]}, £m")
        return (
            f"Bar chart of what changes the yearly gap from {result.years[0]} to {result.years[-1]}, doing nothing: "
            + _listed(shown[::-1])
        )

    return _chart(draw, (10.6, 4.4))


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


def setting_panels(result: Result) -> Chart:
    """Children by setting at each census, doing nothing and with the programme: one small chart a setting."""
    counts, januaries = result.simulation.by_setting, result.authority.januaries
    order = np.argsort(-counts[0, -1])[:8]
    names = list(SETTINGS.values())

    def draw(figure: Figure) -> str:
        panels = figure.subplots(2, 4, sharex=True).ravel()
        for axes, place in zip(panels, order, strict=True):
            _panel(axes, names[place], januaries, counts[0, :, place], counts[SCENARIO_DRAW, :, place])
        figure.suptitle(
            f"Children by setting: doing nothing (dashed) and {result.scenario.title} (solid)",
            x=0.01,
            ha="left",
            fontweight="bold",
            fontsize=11,
        )
        said = [
            f"{names[place]}, {children(counts[0, -1, place])} doing nothing and {children(counts[1, -1, place])} "
            "with the programme"
            for place in order
        ]
        return (
            f"Eight small line charts, January {januaries[0]} to {januaries[-1]}. By {januaries[-1]}: "
            + "; ".join(said)
            + "."
        )

    return _chart(draw, (10.6, 5.2))


def _panel(axes: Axes, name: str, januaries: Sequence[int], before: FloatArray, after: FloatArray) -> None:
    axes.plot(januaries, before, color=GREY, linestyle="--")
    axes.plot(januaries, after, color=NAVY)
    axes.set_title(_wrapped(name), loc="left", fontsize=10)
    axes.set_ylim(0, max(before.max(), after.max()) * 1.25)
    axes.set_xticks([januaries[0], januaries[-1]])
    axes.tick_params(labelsize=9)
    axes.spines[["top", "right"]].set_visible(False)
    apart = max(before.max(), after.max()) * 0.13
    _end_labels(axes, [(before[-1], children(before[-1]), GREY), (after[-1], children(after[-1]), NAVY)], apart)


def _wrapped(name: str) -> str:
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
            if height[-1] >= _LEAST_LABELLED:
                names.append((float(base[-1] + height[-1] / 2), f"{name} {height[-1]:.1f}", INK))
            base = base + np.maximum(height, 0.0)
        for place, aim in enumerate(result.target / MILLION):
            axes.hlines(aim, place - 0.36, place + 0.36, color=WINE, linewidth=3)
        top = float(max(base.max(), np.nanmax(result.target) / MILLION))
        names.append((top, f"Target {millions(result.target[-1])}", WINE))
        axes.set_ylim(min(0.0, result.identified.min() / MILLION), top * 1.12)
        axes.axhline(0, color=INK, linewidth=0.8)
        _plain(axes, _saving_title(result), "£m a year")
        _side_labels(axes, len(result.years) - 0.62, names, top * 0.07)
        return f"Stacked bars by year, {result.scenario.title}, against the target. " + " ".join(
            f"{year}: six priorities {pounds_m(a)}, in train {pounds_m(b)}, still to be identified {pounds_m(c)}."
            for year, a, b, c in zip(
                result.years, result.identified, result.in_train, result.to_be_identified, strict=True
            )
        )

    return _chart(draw)


def _saving_title(result: Result) -> str:
    short = result.target[-1] - result.found[-1]
    aim = f"the {result.scenario.target} target of {pounds_m(result.target[-1])}"
    return (
        f"{result.scenario.title}: measures fall {pounds_m(short)} short of {aim}"
        if short > 0
        else f"{result.scenario.title}: measures reach {aim}"
    )


def priorities_chart(result: Result) -> Chart:
    """Each line of the saving in the last year, largest first."""
    lines = sorted(
        ((label(result, name), float(amounts[-1])) for name, amounts in lines_of_saving(result).items()),
        key=lambda line: line[1],
    )
    most = lines[-1]

    def draw(figure: Figure) -> str:
        axes = figure.subplots()
        _bars(axes, lines, NAVY)
        _plain(axes, f"{most[0]} saves most: {pounds_m(most[1])} in {result.years[-1]}", "")
        axes.set_xlabel(f"Net saving in {result.years[-1]}, £m")
        return f"Bar chart of net saving in {result.years[-1]}, {result.scenario.title}: " + _listed(lines[::-1])

    return _chart(draw)


def deficit_chart(result: Result) -> Chart:
    """The cumulative deficit at each 31 March under three cases."""
    ends = [f"March {year[:2]}{year[-2:]}" for year in result.years]
    styles = {"as_published": (WINE, "-"), "stability_grant": (NAVY, "--"), "grant_and_new_deficits_leave": (TEAL, ":")}
    short = {
        "as_published": "No grant",
        "stability_grant": "Grant",
        "grant_and_new_deficits_leave": "Grant, and\nnew deficits leave",
    }

    def draw(figure: Figure) -> str:
        axes = figure.subplots()
        for case, (colour, line) in styles.items():
            axes.plot(ends, result.deficit[case] / MILLION, color=colour, linestyle=line, marker="o", linewidth=2)
        top = max(amounts.max() for amounts in result.deficit.values()) / MILLION
        axes.set_ylim(0, top * 1.1)
        _plain(
            axes,
            f"{result.scenario.title}: the deficit reaches {pounds_m(result.deficit['as_published'][-1])} unless "
            "someone else meets it",
            "£m",
        )
        labels = [
            (amounts[-1] / MILLION, f"{short[case]} {amounts[-1] / MILLION:.0f}", INK)
            for case, amounts in result.deficit.items()
        ]
        _end_labels(axes, labels, top * 0.13)
        return f"Line chart of the cumulative deficit, {result.scenario.title}. By 31 March 2030: " + _listed(
            [(CASES[case], float(amounts[-1])) for case, amounts in result.deficit.items()]
        )

    return _chart(draw)
