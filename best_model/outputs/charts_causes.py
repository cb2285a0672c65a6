"""A bar for each assumption that the spread of an answer hangs on."""

from collections.abc import Sequence
from textwrap import wrap

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from best_model.model.scenario import Scenario
from best_model.outputs.causes import SHOWN, give_or_take, indices_in_words, part_as_known
from best_model.outputs.charts import INK, TEAL, Chart, chart, plain
from best_model.questions.causes import Index
from best_model.questions.names import figure_name

_PER_CENT = 100.0


def indices_chart(
    scenario: Scenario, indices: Sequence[Index], year: str, outcome: str = "saving", shown: int = SHOWN
) -> Chart:
    """The largest indices: bars with all that an assumption does, diamonds by itself, and how far either may be out."""
    title = indices_in_words(scenario, indices, outcome)
    largest = [index for index in indices[:shown] if index.total > 0]
    names = [figure_name(index.name, scenario.levers) for index in largest]

    def draw(figure: Figure) -> str:
        axes = figure.subplots()
        for place, index in enumerate(reversed(largest)):
            _bar(axes, place, index)
        axes.set_yticks(range(len(names)), ["\n".join(wrap(name, 46)) for name in reversed(names)], fontsize=9)
        axes.axvline(0, color=INK, linewidth=0.8)
        plain(axes, "", "")
        axes.grid(visible=False, axis="y")
        axes.set_xlabel(
            f"Part of the variance of the {outcome} in {year}, %. Bar: with others. Diamond: by itself. Whiskers: 95%."
        )
        figure.suptitle(title, x=0.01, ha="left", fontweight="bold", fontsize=12)
        said = "; ".join(f"{name}, {_in_words(index)}" for name, index in zip(names, largest, strict=True))
        return (
            f"Bar chart. {title}. Part of the variance of the {outcome} in {year}, the largest first: {said or 'none'}."
        )

    return chart(draw, (10.6, 1.0 + 0.48 * len(largest)))


def _bar(axes: Axes, place: int, index: Index) -> None:
    """The total as a bar and the first-order index as a diamond, each with its whisker; the total in words beyond them."""
    total, total_error, first, first_error = (
        part * _PER_CENT for part in (index.total, index.total_error, index.first, index.first_error)
    )
    axes.barh(place, total, color=TEAL, edgecolor=INK, height=0.6, linewidth=0.8)
    axes.errorbar(total, place + 0.14, xerr=total_error, color=INK, capsize=3, linewidth=1.2)
    axes.errorbar(
        first, place - 0.14, xerr=first_error, color=INK, capsize=3, linewidth=1.2, marker="D", markersize=6,
        markerfacecolor="white", zorder=3,
    )  # fmt: skip
    axes.annotate(
        part_as_known(index.total, index.total_error), (max(total + total_error, first + first_error), place),
        xytext=(6, 0), textcoords="offset points", va="center", fontsize=9,
    )  # fmt: skip


def _in_words(index: Index) -> str:
    return (
        f"{part_as_known(index.total, index.total_error)} with others ({give_or_take(index.total_error)}) and "
        f"{part_as_known(index.first, index.first_error)} by itself ({give_or_take(index.first_error)})"
    )
