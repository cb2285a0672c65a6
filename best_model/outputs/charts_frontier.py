"""What it would take, drawn: saving against effort and children moved, and the map of two priorities."""

from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from best_model.faces.numbers import LEAST_POUNDS_SHOWN, MILLION, children, millions, per_cent, pounds_m
from best_model.model.engine import Result
from best_model.model.phasing import FloatArray
from best_model.outputs.charts import GREY, INK, NAVY, PALE, TEAL, WINE, Chart, chart, plain
from best_model.outputs.frontier import pair, target_name, targets_of
from best_model.questions.frontier import (
    Mix,
    TwoLevers,
    found_at_half_the_effort,
    found_with_no_effort,
    two_levers,
)
from best_model.questions.names import within_a_sentence

_LOOKS = ((TEAL, "o"), (WINE, "s"), (INK, "^"), (GREY, "D"), (NAVY, "v"))
_CLEAR = 1.5
_QUARTERS = 5


# ---- Saving against what it asks


def frontier_chart(mixes: Sequence[Mix], others: Sequence[Result] = ()) -> Chart:
    """Saving found against effort, and against children moved, along a frontier of `mixes`; scenarios stand on the same axes."""
    result, marked = mixes[-1].result, [Mix(other) for other in others]
    evidence, most = found_with_no_effort(mixes), mixes[-1].found
    last = most - found_at_half_the_effort(mixes)
    title = (
        f"{pounds_m(evidence)} asks nothing beyond the evidence; half of all effort goes into the last {pounds_m(last)}"
    )

    def draw(figure: Figure) -> str:
        by_effort, by_children = figure.subplots(1, 2, sharey=True)
        _line(by_effort, mixes, marked, lambda mix: mix.effort)
        by_effort.set_xlabel("Effort beyond the evidence (1: a priority at the most)")
        by_effort.set_ylabel(f"Saving found in {result.years[-1]}, £m")
        _line(by_children, mixes, marked, lambda mix: mix.children)
        by_children.xaxis.set_major_formatter("{x:,.0f}")
        by_children.set_xlabel(f"Children moved by January {result.authority.januaries[-1]}")
        figure.suptitle(title, x=0.01, ha="left", fontweight="bold", fontsize=12)
        said = "; ".join(_in_words(mix.result.scenario.title, mix) for mix in marked)
        return (
            f"{title}. With the least effort, the saving found in {result.years[-1]} rises from "
            f"{pounds_m(mixes[0].found)} in train, with none of the priorities, to {_in_words('the most assumed', mixes[-1])}. {said}."
        )

    return chart(draw)


def _in_words(name: str, mix: Mix) -> str:
    return f"{name}, {pounds_m(mix.found)} at effort {mix.effort:.2f} with {children(mix.children)} children moved"


def _line(axes: Axes, mixes: Sequence[Mix], marked: Sequence[Mix], across: Callable[[Mix], float]) -> None:
    """The frontier with its end named, and a marker with a name for each scenario."""
    axes.plot([across(mix) for mix in mixes], [mix.found / MILLION for mix in mixes], color=NAVY, linewidth=2)
    plain(axes, "", "")
    ends = ((mixes[0], "In train only", (8, -3), "left"), (mixes[-1], "The most", (-4, 6), "right"))
    for mix, name, offset, side in ends:
        _name(axes, across(mix), mix, name, (offset, side, NAVY))
    for mix, (colour, marker) in zip(marked, _looks(len(marked)), strict=True):
        axes.plot(across(mix), mix.found / MILLION, marker=marker, color=colour, markersize=8, linestyle="none")
        _name(axes, across(mix), mix, mix.result.scenario.title, ((9, -9), "left", INK))
    axes.set_ylim(0, max(mix.found for mix in (*mixes, *marked)) / MILLION * 1.12)


def _name(axes: Axes, across: float, mix: Mix, name: str, look: tuple[tuple[float, float], str, str]) -> None:
    offset, side, colour = look
    axes.annotate(
        f"{name} {millions(mix.found)}", (across, mix.found / MILLION), xytext=offset, textcoords="offset points",
        ha=side, va="center", color=colour,
    )  # fmt: skip


def _looks(count: int) -> list[tuple[str, str]]:
    """A colour and a marker each."""
    return [_LOOKS[place % len(_LOOKS)] for place in range(count)]


# ---- Two priorities together


def two_levers_chart(result: Result, others: Sequence[Result] = ()) -> Chart:
    """Saving in the last year over the intensities of two priorities, with the targets as bold contours; the others are held.

    A scenario whose other priorities stand elsewhere has a hollow marker: its own saving is not the map's.
    """
    mapped = two_levers(result)
    first, second = pair(mapped)
    corner, most = mapped.found[0, 0], mapped.found[-1, -1]
    title = f"{first.label}, and {within_a_sentence(second.label)}: {pounds_m(corner)} with neither, {pounds_m(most)} with both"

    def draw(figure: Figure) -> str:
        axes = figure.subplots()
        _contours(axes, mapped)
        marked = others if any(other.scenario == result.scenario for other in others) else [result, *others]
        for other, look in zip(marked, _looks(len(marked)), strict=True):
            _scenario(axes, mapped, other, look)
        plain(axes, title, f"{second.label}, of the most")
        axes.set_xlabel(
            f"{first.label}, of the most. £m found in {result.years[-1]}; other priorities as in {result.scenario.title}."
        )
        axes.grid(visible=False)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(PercentFormatter(1.0))
        axes.set(xlim=(-0.02, 1.02), ylim=(-0.03, 1.03))
        return _map_in_words(mapped, title)

    return chart(draw, (10.6, 5.6))


def _contours(axes: Axes, mapped: TwoLevers) -> None:
    """Thin contours in round £m, and a bold one for each target that lies on the map; where one is met is shaded."""
    steps, found = mapped.steps, mapped.found.T / MILLION
    low, high = float(found.min()), float(found.max())
    within = {
        target / MILLION: target_name(name)
        for name, target in targets_of(mapped.result)
        if low < target / MILLION < high - LEAST_POUNDS_SHOWN / MILLION
    }
    round_levels = [
        level
        for level in MaxNLocator(nbins=9).tick_values(low, high)
        if low < level < high and all(abs(level - target) > _CLEAR for target in within)
    ]
    if round_levels:
        thin = axes.contour(steps, steps, found, levels=round_levels, colors=GREY, linewidths=0.9)
        axes.clabel(thin, fmt="%.0f", fontsize=9)
    for target, name in within.items():
        axes.contourf(steps, steps, found, levels=[target, high + 1.0], colors=[PALE], alpha=0.55)
        bold = axes.contour(steps, steps, found, levels=[target], colors=NAVY, linewidths=3)
        where = _low_on(bold.allsegs[0])
        for text in axes.clabel(bold, fmt=f"{name} target {millions(target * MILLION)}", fontsize=11, manual=[where]):
            text.set_fontweight("bold")


def _low_on(segments: Sequence[FloatArray]) -> tuple[float, float]:
    """A point a sixth of the way up a contour, where its name stands clear of the scenarios."""
    points = np.concatenate(segments)
    across, up = points[points[:, 1].argsort()][len(points) // 6]
    return float(across), float(up)


def _scenario(axes: Axes, mapped: TwoLevers, other: Result, look: tuple[str, str]) -> None:
    """A scenario's two intensities: a full marker where its other priorities are those that are held."""
    colour, marker = look
    chosen = Mix(other).intensities
    apart = np.abs(chosen - Mix(mapped.result).intensities)
    apart[[mapped.first, mapped.second]] = 0.0
    axes.plot(
        chosen[mapped.first], chosen[mapped.second], marker=marker, markersize=9, linestyle="none", color=colour,
        markerfacecolor="white" if apart.max() > 0 else colour, markeredgewidth=2, clip_on=False, zorder=4,
    )  # fmt: skip
    right = chosen[mapped.first] > 0.8
    axes.annotate(
        f"{other.scenario.title} ({millions(float(other.found[-1]))})", (chosen[mapped.first], chosen[mapped.second]),
        xytext=(-9 if right else 9, -11), textcoords="offset points", ha="right" if right else "left", va="center",
        color=INK, fontweight="bold", zorder=5, bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
    )  # fmt: skip


def _map_in_words(mapped: TwoLevers, title: str) -> str:
    first, second = pair(mapped)
    said = [
        f"With the first at {per_cent(mapped.steps[place])} the saving runs from {pounds_m(mapped.found[place, 0])} without the "
        f"second to {pounds_m(mapped.found[place, -1])} with all of it{_needs(mapped, place)}."
        for place in range(0, len(mapped.steps), _QUARTERS)
    ]
    return f"{title}, in {mapped.result.years[-1]}. The first is {first.label}, the second {second.label}. {' '.join(said)}"


def _needs(mapped: TwoLevers, place: int) -> str:
    needed = {target_name(name): mapped.needed(target)[place] for name, target in targets_of(mapped.result)}
    said = [f"{name} needs {per_cent(share)} of it" for name, share in needed.items() if not np.isnan(share)]
    return f"; {', '.join(said)}" if said else ""
