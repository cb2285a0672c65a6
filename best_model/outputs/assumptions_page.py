"""`docs/assumptions.md`: every assumption with its range, its source, how good its evidence is and what hangs on it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from best_model.draws.sensitivity import PRIORITIES, Swing, figures_of
from best_model.faces.numbers import millions, number, per_cent, pounds_m
from best_model.model.authority import Authority, Source
from best_model.model.ratings import Ratings, quality
from best_model.model.scenario import Assumption, Scenario
from best_model.questions.names import figure_name

_COLUMNS = ("Assumption", "Name", "Value", "Low", "High", "Unit", "Pedigree", "Source", "Quality", "Impact", "Note")
_GROUPS = {
    "new_plans_index": "New plans",
    "calibration": "Calibration: what ties the model to the published gap",
    "calibration_spread": "Calibration: what ties the model to the published gap",
    "awaiting_are_placed": "Places without the programme",
    "capacity": "Places without the programme",
    "unit_cost": "Unit costs",
    "inflation": "Price rises",
    "general_inflation": "Price rises",
    "empty_place": "Unit costs",
    "income": "Income and the deficit",
    "stability_grant": "Income and the deficit",
    "in_train": "In train before the plan begins",
    "finance": "Finance beside the High Needs Block",
}
_PEDIGREES = """\
- **Published**: read from a publication of the council or of government.
- **Calibrated**: moved from an assumption as little as possible, so that doing nothing gives the published gap.
- **Assumed**: chosen by the authors on the source that is named, or by judgement where none was found.
"""
_QUALITY = """\
- **good**: published; or, for an effect of a priority, evidence graded strong: measured here, or evaluated against a
  comparison group, and published.
- **fair**: assumed on a source that is named; or graded moderate: it follows by arithmetic from published figures of England,
  of other councils or of earlier years here.
- **poor**: assumed by judgement; or calibrated, because a tie to the forecast is no evidence; or graded weak: a target, a
  claim, a press report, one neighbour's approximate figure.
"""


@dataclass(frozen=True)
class _Entry:
    """One assumption, ready for its row."""

    name: str
    words: str
    figure: Assumption
    source: Source
    swing: Swing
    impact: str


def assumptions_page(authority: Authority, scenario: Scenario, ratings: Ratings, swings: Sequence[Swing]) -> str:
    """The page as Markdown; `swings` are those of `scenario`, by which impact is rated."""
    target = float(authority.council.targets[ratings.target][-1])
    entries = list(_entries(authority, scenario, ratings, swings, target))
    reasons = list(dict.fromkeys(swing.no_effect for swing in swings if swing.no_effect))
    parts = [
        f"# Assumptions\n\nWritten by `best assumptions` from `params/`; do not edit. {plain(authority.council.title)}: "
        f"{len(entries)} figures, each with its range and its source. Where each is written: `best explain`.\n",
        _how_to_read(authority, scenario, ratings, target, reasons),
        _matters_most(entries),
        *(
            f"## {plain(group)}\n\n{_table(list(rows), reasons)}"
            for group, rows in groupby(entries, key=lambda entry: _group(entry.name, scenario))
        ),
    ]
    return "\n".join(parts)


def _entries(
    authority: Authority, scenario: Scenario, ratings: Ratings, swings: Sequence[Swing], target: float
) -> Iterator[_Entry]:
    by_figure = {name: swing for swing in swings for name in swing.figures}
    figures = figures_of(authority, scenario)
    order = list(dict.fromkeys(_group(name, scenario) for name in figures))
    for name in sorted(figures, key=lambda name: order.index(_group(name, scenario))):
        figure, swing = figures[name], by_figure[name]
        impact = "none" if swing.no_effect else ratings.impact(swing.size, target)
        source = authority.council.sources[figure.source]
        yield _Entry(name, figure_name(name, scenario.levers), figure, source, swing, impact)


def _group(name: str, scenario: Scenario) -> str:
    first, *rest = name.split(".")
    if first == PRIORITIES:
        return f"Priority: {next(lever.label for lever in scenario.levers if lever.name == rest[0])}"
    return _GROUPS.get(first, first)


def _how_to_read(
    authority: Authority, scenario: Scenario, ratings: Ratings, target: float, reasons: Sequence[str]
) -> str:
    year = authority.years[-1]
    aim = f"{ratings.target} target of {pounds_m(target)}"
    levels = [
        f"- **{name}**: {per_cent(level.share)} of the {aim}, {pounds_m(level.share * target)} a year, or more. {level.why}."
        for name, level in (("high", ratings.high), ("medium", ratings.medium))
    ]
    none = [f"- **none ({_letter(place)})**: {plain(reason)}." for place, reason in enumerate(reasons)]
    said = [
        f"## How to read it\n\n{_PEDIGREES}",
        f"**Quality** of the evidence, by its grade where there is one, else by pedigree and source:\n\n{_QUALITY}",
        f"**Impact**: the most that the assumption's low or high alone moves the saving found in {year} ({scenario.title}, "
        "identified and in train), the others and the calibration held. A figure given by year moves in all its years at "
        "once. In brackets, £m at its low and at its high.\n",
        "\n".join([*levels, f"- **low**: less than {pounds_m(ratings.medium.share * target)} a year.", *none, ""]),
    ]
    return "\n".join(said)


def _letter(place: int) -> str:
    return chr(ord("a") + place)


def _matters_most(entries: Sequence[_Entry]) -> str:
    """The assumptions on which much hangs and little stands, the largest first."""
    weak = {entry.swing.name: entry for entry in entries if entry.impact == "high" and quality(entry.figure) == "poor"}
    lines = [
        f"- {plain(_series(entry))} ({_moved(entry.swing)})"
        for entry in sorted(weak.values(), key=lambda entry: -entry.swing.size)
    ]
    head = "## Much hangs on these, and their evidence is poor\n"
    return "\n".join([head, *(lines or ["None."]), ""])


def _series(entry: _Entry) -> str:
    """The words of an entry, without the year where it is one of a series."""
    return entry.words if entry.name == entry.swing.name else entry.words.rpartition(", ")[0]


def _moved(swing: Swing) -> str:
    ends = [(end, millions(end)) for end in (swing.low, swing.high)]
    return " to ".join(f"+{said}" if end > 0 and said.strip("0.") else said for end, said in ends)


def _table(entries: Sequence[_Entry], reasons: Sequence[str]) -> str:
    rows = [_COLUMNS, ["---", "---", *["---:"] * 3, *["---"] * 6], *(_cells(entry, reasons) for entry in entries)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _cells(entry: _Entry, reasons: Sequence[str]) -> list[str]:
    figure, swing = entry.figure, entry.swing
    impact = (
        f"none ({_letter(reasons.index(swing.no_effect))})" if swing.no_effect else f"{entry.impact} ({_moved(swing)})"
    )
    graded = f", {figure.grade}" if figure.grade else ""
    source = f"{entry.source.title}: {entry.source.where}"
    said = [
        figure.unit,
        figure.pedigree.value,
        source,
        quality(figure) + graded,
        impact,
        figure.note or "see its source",
    ]
    return [
        plain(_within_group(entry)),
        f"`{entry.name}`",
        *(number(value) for value in (figure.value, figure.low, figure.high)),
        *map(plain, said),
    ]


def _within_group(entry: _Entry) -> str:
    """The words of an entry without the priority that its group is named after."""
    if not entry.name.startswith(f"{PRIORITIES}."):
        return entry.words
    words = entry.words.partition(": ")[2]
    return words[:1].upper() + words[1:]


def plain(text: str) -> str:
    """Text as text: nothing in it is Markdown, HTML or the edge of a cell."""
    return re.sub(r"([\\`*_\[\]<>|$~&])", r"\\\1", " ".join(text.split()))
