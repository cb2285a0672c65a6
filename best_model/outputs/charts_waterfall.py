"""From the gap before any saving to the gap that is left: one bar a priority, from nought, in the last year."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from best_model.faces.numbers import MILLION, millions, pounds_m
from best_model.model.engine import Result
from best_model.outputs.charts import GREY, INK, NAVY, TEAL, Chart, chart, plain
from best_model.outputs.headline import label
from best_model.questions.attribution import lines_of_saving

_LETTERS = 32
_SIZE = (8.0, 4.4)
_TO_BE_IDENTIFIED = "still_to_be_identified"


@dataclass(frozen=True)
class Step:
    """A bar of the waterfall, £: it goes from `start` to `end`. A level begins at nought; a balance has nothing behind it yet."""

    name: str
    start: float
    end: float
    is_level: bool = False
    is_balance: bool = False

    @property
    def amount(self) -> float:
        """What the bar says: a level, or a change with its sign."""
        return self.end - self.start


def steps(result: Result) -> list[Step]:
    """The gap before, each line of the saving as it takes it down, and the gap left, in the last year."""
    level = float(result.gap_before[-1])
    found = [Step("Gap before any saving", 0.0, level, is_level=True)]
    for name, amounts in lines_of_saving(result).items():
        after = level - float(amounts[-1])
        found.append(Step(label(result, name), level, after, is_balance=name == _TO_BE_IDENTIFIED))
        level = after
    return [*found, Step("Gap left", 0.0, level, is_level=True)]


def waterfall_chart(result: Result) -> Chart:
    """How the last year's gap comes down, line by line, and what is left of it."""
    shown, year = steps(result), result.years[-1]
    before, left = shown[0].amount, shown[-1].amount

    def draw(figure: Figure) -> str:
        axes = figure.subplots()
        _bars(axes, shown)
        axes.set_yticks(range(len(shown)), ["\n".join(wrap(step.name, _LETTERS)) for step in shown], fontsize=10)
        axes.invert_yaxis()
        axes.set_xlim(min(0.0, left / MILLION * 1.1), before / MILLION * 1.14)
        plain(axes, "", "")
        axes.grid(visible=False, axis="y")
        axes.set_xlabel(
            f"£m in {year}. Dark: the gap. Light: what is taken off it. Hatched: no measure yet.", fontsize=9
        )
        figure.suptitle(
            f"{result.scenario.title}: of a gap of {pounds_m(before)}, {pounds_m(left)} is left in {year}",
            x=0.01, ha="left", fontweight="bold", fontsize=12,
        )  # fmt: skip
        return _in_words(result, shown)

    return chart(draw, _SIZE)


def _bars(axes: Axes, shown: Sequence[Step]) -> None:
    """The bars, a thin line from the end of each to the next, and each amount beside its bar."""
    for place, step in enumerate(shown):
        low, high = sorted((step.start / MILLION, step.end / MILLION))
        colour, hatch = (NAVY, "") if step.is_level else ("white", "////") if step.is_balance else (TEAL, "")
        axes.barh(place, high - low, left=low, height=0.62, color=colour, hatch=hatch, edgecolor=INK, linewidth=0.8)
        axes.annotate(
            millions(step.amount), (high, place), xytext=(4, 0), textcoords="offset points", va="center", ha="left"
        )
        if place + 1 < len(shown):
            axes.plot([step.end / MILLION] * 2, [place, place + 1], color=GREY, linewidth=0.8, zorder=0)
    axes.axvline(0, color=INK, linewidth=0.8)


def _in_words(result: Result, shown: Sequence[Step]) -> str:
    taken = "; ".join(f"{step.name}, {pounds_m(step.amount)}" for step in shown[1:-1])
    return (
        f"Waterfall chart, {result.scenario.title}, {result.years[-1]}. From a gap of {pounds_m(shown[0].amount)} before any saving: "
        f"{taken}. Gap left: {pounds_m(shown[-1].amount)}."
    )
