"""The council beside region, England and others, drawn: growth, trends and placements."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from best_model.faces.numbers import january
from best_model.model.comparison import Compared, Comparison
from best_model.outputs.charts import GREY, INK, NAVY, WINE, Chart, chart, end_labels, plain
from best_model.outputs.comparison import LABELS, PLACEMENTS, furthest_apart, none_held, rate
from best_model.outputs.fragment import Fragment

_TRENDS = ("plans", "requests", "new_plans", "within_20_weeks")
_INDEX = 100.0


def growth_chart(comparison: Comparison) -> Chart | Fragment:
    """Growth a year over six years by area, the fastest at the top, the council in navy and its name bold."""
    found = sorted(comparison.across("growth_six_years"), key=lambda each: each.value)
    if (none := none_held(comparison)) is not None or not found:
        return none or Fragment("")
    own = next(each for each in found if each.scope == "council")
    title = f"{own.area}'s plans grew {rate(own.value)} a year: {_rank(own, found)}"

    def draw(figure: Figure) -> str:
        axes = figure.subplots()
        _ranked(axes, found)
        plain(axes, title, "")
        axes.grid(visible=False)
        axes.set_xlabel(f"Growth in plans a year, {january(own.year - 6)} to {january(own.year)}, %")
        said = "; ".join(f"{each.area}, {rate(each.value)}" for each in found[::-1])
        return f"Bar chart. {title}. The fastest first: {said}."

    return chart(draw, (10.6, 1.2 + 0.36 * len(found)))


def _rank(own: Compared, found: Sequence[Compared]) -> str:
    slower, others = sum(each.value < own.value for each in found), len(found) - 1
    return (
        f"faster than {slower} of {others} other areas" if slower else f"none of {others} other areas grew more slowly"
    )


def _ranked(axes: Axes, found: Sequence[Compared]) -> None:
    """Horizontal bars from nought; the council's is navy and its name bold, region and nation are darker than the rest."""
    names = [each.area for each in found]
    colours = {"council": NAVY, "region": INK, "nation": INK, "neighbour": GREY}
    bars = axes.barh(
        names, [each.value * 100 for each in found], color=[colours[each.scope] for each in found], height=0.66
    )
    axes.bar_label(bars, [rate(each.value) for each in found], padding=4)
    for name, each in zip(axes.get_yticklabels(), found, strict=True):
        name.set_fontweight("bold" if each.scope == "council" else "normal")
    axes.margins(x=0.1)


def trends_chart(comparison: Comparison) -> Chart | Fragment:
    """Four small charts of council and nation: plans, requests and new plans from 100 in their first year, and timeliness."""
    shown = [name for name in _TRENDS if comparison.series(name, "council") and comparison.series(name, "nation")]
    if (none := none_held(comparison)) is not None or not shown:
        return none or Fragment("")
    said = [_trend_in_words(comparison, name) for name in shown]

    def draw(figure: Figure) -> str:
        panels = np.atleast_1d(figure.subplots(1, len(shown)))
        for axes, name in zip(panels, shown, strict=True):
            _trend(axes, comparison, name)
        figure.suptitle(said[-1], x=0.01, ha="left", fontweight="bold", fontsize=12)
        return f"{'. '.join(said[::-1])}. Small line charts of {comparison.area('council')} and {comparison.area('nation')}."

    return chart(draw, (10.6, 3.6))


def _scaled(series: Sequence[Compared], name: str) -> list[float]:
    """Counts from 100 in their first year; shares in per cent."""
    first = series[0].value if name != "within_20_weeks" else 1.0
    return [each.value / first * _INDEX for each in series]


def _trend(axes: Axes, comparison: Comparison, name: str) -> None:
    """Council solid, nation dashed, each named at its end; a dotted line where the series begins anew."""
    both = (comparison.series(name, "council"), comparison.series(name, "nation"))
    scaled = [_scaled(series, name) for series in both]
    top = max(map(max, scaled))
    for series, heights, (colour, dashes) in zip(both, scaled, ((NAVY, "-"), (GREY, "--")), strict=True):
        axes.plot([each.year for each in series], heights, color=colour, linestyle=dashes, marker="o", markersize=3)
    for year in (each.year for each in both[0] if each.breaks):
        axes.axvline(year, color=WINE, linestyle=":", linewidth=1.2)
        axes.annotate(
            "return\nchanged", (year, top * 1.25), xytext=(-3, 0), textcoords="offset points",
            ha="right", va="top", color=WINE, fontsize=8,
        )  # fmt: skip
    plain(axes, _panel_title(name, both[0][0].year), "")
    axes.title.set_fontsize(10)
    axes.set_ylim(0, top * 1.25)
    axes.set_xticks([both[0][0].year, both[0][-1].year])
    ends = [
        (heights[-1], f"{series[0].area}\n{heights[-1]:.0f}", colour)
        for series, heights, colour in zip(both, scaled, (NAVY, GREY), strict=True)
    ]
    end_labels(axes, ends, top * 0.19)


def _panel_title(name: str, first: int) -> str:
    return (
        "New plans within\n20 weeks, %"
        if name == "within_20_weeks"
        else f"{LABELS[name].partition(' for')[0]}\n({first} = 100)"
    )


def _trend_in_words(comparison: Comparison, name: str) -> str:
    own, nation = comparison.series(name, "council"), comparison.series(name, "nation")
    if name == "within_20_weeks":
        return (
            f"Plans issued within 20 weeks: {rate(own[0].value)} in {own[0].year} and {rate(own[-1].value)} in {own[-1].year}; "
            f"{nation[0].area} {rate(nation[0].value)} and {rate(nation[-1].value)}"
        )
    mine, theirs = (_scaled(series, name)[-1] for series in (own, nation))
    return f"{LABELS[name]} from 100 in {own[0].year}: {mine:.0f} in {own[-1].year}; {nation[0].area} {theirs:.0f}"


def placements_chart(comparison: Comparison) -> Chart | Fragment:
    """A small bar chart for each setting: share of plans in the council, its region and the nation, each bar named."""
    wider = {name: [each for each in comparison.across(name) if each.scope != "neighbour"] for name in PLACEMENTS}
    shown = {name: found for name, found in wider.items() if found}
    if (none := none_held(comparison)) is not None or not shown:
        return none or Fragment("")
    most = max(each.value for found in shown.values() for each in found) * 100
    when = f"{january(next(iter(shown.values()))[0].year)}, % of plans"
    apart = furthest_apart(comparison)
    title = f"Placed differently from {comparison.area('nation')}: {apart}" if apart else "Where children are placed"

    def draw(figure: Figure) -> str:
        panels = figure.subplots(2, 4).ravel()
        for axes, (name, found) in zip(panels, shown.items(), strict=False):
            _bars(axes, name, found[::-1], most)
        for axes in panels[len(shown) :]:
            axes.set_axis_off()
        figure.suptitle(f"{title}\n{when}", x=0.01, ha="left", fontweight="bold", fontsize=12)
        said = "; ".join(
            f"{LABELS[name]}: {', '.join(f'{each.area} {rate(each.value)}' for each in found)}"
            for name, found in shown.items()
        )
        return f"Small bar charts, one a setting, {when}. {title}. {said}."

    return chart(draw, (10.6, 4.4))


def _bars(axes: Axes, name: str, found: Sequence[Compared], most: float) -> None:
    colours = [NAVY if each.scope == "council" else GREY for each in found]
    bars = axes.barh([each.area for each in found], [each.value * 100 for each in found], color=colours, height=0.66)
    axes.bar_label(bars, [rate(each.value) for each in found], padding=3, fontsize=9)
    plain(axes, LABELS[name], "")
    axes.title.set_fontsize(10)
    axes.tick_params(axis="y", labelsize=9, length=0)
    axes.set_xlim(0, most * 1.3)
    axes.set_xticks([])
    axes.grid(visible=False)
