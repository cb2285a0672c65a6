"""Every assumption: its range, its source, how good its evidence is and what hangs on it."""

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from best_model.draws.sensitivity import PRIORITIES, Swing, figures_of
from best_model.model.authority import Authority
from best_model.model.ratings import Ratings, quality
from best_model.model.scenario import Assumption, Lever, Scenario
from best_model.questions.names import figure_name
from best_model.table import NONE, Column, Row, Table, Unit, Value, under

SUBJECTS = {
    "new_plans_index": "New plans",
    "calibration_spread": "New plans",
    "unit_cost": "Unit costs",
    "empty_place": "Unit costs",
    "inflation": "Price rises",
    "general_inflation": "Price rises",
    "capacity": "Places without the programme",
    "awaiting_are_placed": "Places without the programme",
    "income": "Income, deficit and measures in train",
    "stability_grant": "Income, deficit and measures in train",
    "in_train": "Income, deficit and measures in train",
    "finance": "Finance beside the block",
    "calibration": "What ties the model to the published gap",
}
"""What an assumption is about, by the first part of its name, in the order in which papers list them."""
_COLUMNS = (
    Column("Name", Unit.WORDS),
    *under(("Value", "Low", "High"), Unit.NUMBER),
    *under(("Unit", "Pedigree", "Source", "Quality", "Impact"), Unit.WORDS),
    *under(("Change at its low, £m", "Change at its high, £m")),
    Column("Note", Unit.WORDS),
)


class Rated(NamedTuple):
    """One assumption under its dotted name, with its name for readers, and what its low and its high move."""

    name: str
    words: str
    figure: Assumption
    swing: Swing
    impact: str


def rated(authority: Authority, scenario: Scenario, ratings: Ratings, swings: Sequence[Swing]) -> list[Rated]:
    """Every assumption with its impact, subject by subject; `swings` are those of `scenario`."""
    target = float(authority.council.targets[ratings.target][-1])
    of_figure = {name: swing for swing in swings for name in swing.figures}
    figures = figures_of(authority, scenario)
    order = list(dict.fromkeys(subject_of(name, scenario.levers) for name in figures))
    names = sorted(figures, key=lambda name: order.index(subject_of(name, scenario.levers)))
    return [
        Rated(name, figure_name(name, scenario.levers), figures[name], swing, _impact(swing, ratings, target))
        for name in names
        for swing in [of_figure[name]]
    ]


def _impact(swing: Swing, ratings: Ratings, target: float) -> str:
    return f"none: {swing.no_effect}" if swing.no_effect else ratings.impact(swing.size, target)


def subject_of(name: str, levers: Sequence[Lever]) -> str:
    """What an assumption is about, in words: the heading it stands under."""
    first, *rest = name.split(".")
    if first == PRIORITIES:
        return next(lever.label for lever in levers if lever.name == rest[0])
    return SUBJECTS.get(first, "Other")


def assumptions_by_subject(authority: Authority, scenario: Scenario, assumptions: Sequence[Rated]) -> list[Table]:
    """A table of assumptions for each subject. The saving found moves by £ in the last year at the low and at the high of each."""
    by_subject = groupby(assumptions, key=lambda each: subject_of(each.name, scenario.levers))
    return [
        Table("assumptions", subject, "Assumption", _COLUMNS, [_row(authority, each) for each in group])
        for subject, group in by_subject
    ]


def _row(authority: Authority, each: Rated) -> Row:
    figure, source = each.figure, authority.council.sources[each.figure.source]
    graded = f"{quality(figure)}, {figure.grade}" if figure.grade else quality(figure)
    moved: list[Value] = [NONE, NONE] if each.swing.no_effect else [each.swing.low, each.swing.high]
    values: list[Value] = [each.name, figure.value, figure.low, figure.high, figure.unit, figure.pedigree.value]
    values += [f"{source.title}: {source.where}", graded, each.impact, *moved, figure.note or "see its source"]
    return Row(_within_subject(each), values)


def _within_subject(each: Rated) -> str:
    """The words of an assumption without the priority that its table is named after."""
    if not each.name.startswith(f"{PRIORITIES}."):
        return each.words
    words = each.words.partition(": ")[2]
    return words[:1].upper() + words[1:]


def weak_but_weighty(assumptions: Sequence[Rated]) -> list[Rated]:
    """The assumptions on which much hangs and whose evidence is poor, the largest first; a series by year once."""
    weak = {each.swing.name: each for each in assumptions if each.impact == "high" and quality(each.figure) == "poor"}
    return sorted(weak.values(), key=lambda each: -each.swing.size)


def series(each: Rated) -> str:
    """The words of an assumption, without the year where it is one of a series."""
    return each.words if each.name == each.swing.name else each.words.rpartition(", ")[0]
