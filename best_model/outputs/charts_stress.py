"""Stress tests drawn: what each adds to the deficit, and beside it the saving that is found against the targets."""

from collections.abc import Sequence
from textwrap import wrap
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from best_model.faces.numbers import MILLION, millions, pounds_m
from best_model.model.authority import Authority
from best_model.model.scenario import Scenario
from best_model.outputs.charts import INK, NAVY, WINE, Chart, chart
from best_model.outputs.stress import finding, last_march, targets
from best_model.questions.stressed import DEFICIT_CASE, Position, Stressed

_LETTERS = 44


def stress_chart(authority: Authority, scenario: Scenario, outcomes: Sequence[Stressed]) -> Chart:
    """A bar for each stress, the worst at the top, and on its line what is found in the last year beside each target."""
    upwards, title = list(reversed(outcomes)), finding(authority, outcomes)

    def draw(figure: Figure) -> str:
        added, saved = figure.subplots(1, 2, sharey=True)
        _cost(added, upwards)
        added.set_xlabel(f"Added to the deficit by {last_march(authority)}, £m")
        _found(saved, authority, upwards)
        saved.set_xlabel(f"Saving found in {authority.years[-1]}, £m a year")
        for axes in (added, saved):
            axes.spines[["top", "right"]].set_visible(False)
            axes.grid(visible=False, axis="y")
        figure.suptitle(title, x=0.01, ha="left", fontweight="bold", fontsize=12)
        return f"Bar chart. {title}. {_in_words(authority, scenario, outcomes)}"

    return chart(draw, (10.6, 1.4 + 0.4 * len(outcomes)))


def _cost(axes: Axes, upwards: Sequence[Stressed]) -> None:
    """A bar for what each stress adds to the deficit, with its amount."""
    amounts = [_added(each) / MILLION for each in upwards]
    bars = axes.barh(range(len(upwards)), amounts, color=NAVY, height=0.6)
    axes.set_yticks(range(len(upwards)), ["\n".join(wrap(each.stress.title, _LETTERS)) for each in upwards])
    axes.bar_label(bars, [millions(_added(each)) for each in upwards], padding=4)
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.margins(x=0.12)


def _found(axes: Axes, authority: Authority, upwards: Sequence[Stressed]) -> None:
    """A dot for what is found under each stress, a line for what is found without one, and a dashed line for each target."""
    amounts, without = [_saving(each.position) for each in upwards], _saving(upwards[0].unstressed)
    _mark(axes, f"No stress {millions(without)}", without, -1.0, (INK, "-"))
    for name, amount in targets(authority).items():
        _mark(axes, f"{name.capitalize()} {millions(amount)}", amount, len(upwards) - 0.45, (WINE, "--"))
    axes.scatter([amount / MILLION for amount in amounts], range(len(upwards)), color=NAVY, zorder=3)
    for place, amount in enumerate(amounts):
        axes.annotate(
            millions(amount), (amount / MILLION, place), xytext=(7, 0), textcoords="offset points", va="center",
            fontsize=9, zorder=3, bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
        )  # fmt: skip
    axes.tick_params(axis="y", length=0)
    axes.margins(x=0.2)
    axes.set_ylim(-1.2, len(upwards))


def _mark(axes: Axes, name: str, amount: float, height: float, look: tuple[str, Any]) -> None:
    """A line across at an amount, £, with its name at a height; `look` is colour and dashes."""
    colour, dashes = look
    axes.axvline(amount / MILLION, color=colour, linestyle=dashes, linewidth=1.2)
    axes.annotate(name, (amount / MILLION, height), xytext=(3, 0), textcoords="offset points", color=colour, fontsize=9)


def _saving(position: Position) -> float:
    return float(position.saving[-1])


def _added(outcome: Stressed) -> float:
    return float(outcome.deficit_added[DEFICIT_CASE][-1])


def _in_words(authority: Authority, scenario: Scenario, outcomes: Sequence[Stressed]) -> str:
    said = [
        f"{each.stress.title}, {pounds_m(_added(each))} and {pounds_m(_saving(each.position))}" for each in outcomes
    ]
    aims = " and ".join(f"{name} {pounds_m(amount)}" for name, amount in targets(authority).items())
    return (
        f"{scenario.title} under each stress, the worst first: what it adds to the deficit by {last_march(authority)}, and the "
        f"saving found in {authority.years[-1]}, {pounds_m(_saving(outcomes[0].unstressed))} without a stress, "
        f"against targets of {aims}: {'; '.join(said)}."
    )
