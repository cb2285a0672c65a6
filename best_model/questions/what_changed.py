"""The tables of what changed since the last pack: headline figures, their causes, chances, assumptions, files, and who made each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from best_model.model.scenario import Assumption
from best_model.questions.changed_files import MOST_SHOWN, Difference, FileChange, Part
from best_model.questions.changes import Cause, Changes, Figure, Printed
from best_model.questions.names import within_a_sentence
from best_model.questions.recorded import Line, Scalar
from best_model.table import (
    NONE,
    NOT_APPLICABLE,
    NOT_SHOWN,
    Chance,
    Column,
    Missing,
    Range,
    Row,
    Table,
    Unit,
    Value,
    under,
)

NOT_PRINTED, NOT_RECORDED = Missing("not printed", "[x]"), Missing("not recorded", "[x]")
_NOT_TOLD_APART, _NOT_COMPARED = Missing("not told apart", "[x]"), Missing("not compared", "[x]")
_LOW = Missing("under 1%", "[low]")
_NOT_THERE = NOT_APPLICABLE("not there")
_PART: dict[Part, str] = {
    "model": "Model or libraries",
    "inputs": "Input tables",
    "assumptions": "Assumptions",
    "scenarios": "Scenario files",
}
_LINE: dict[Line, str] = {
    "found": "Saving found",
    "gap_before": "Gap before savings",
    "gap_after": "Gap left",
    "deficit": "Deficit",
}
_WORDS = (Column("Last pack", Unit.WORDS), Column("This pack", Unit.WORDS))
_HASH = 12
_WHOLE, _LEAST = 1e3, 1e-3  # from so much on, `Unit.NUMBER` is whole; below, it shows so little


@dataclass(frozen=True)
class ScenarioChanged:
    """One scenario: whether its headline figures are the same, changed, new or gone; their table and that of their causes."""

    label: str
    state: Literal["same", "changed", "new", "gone"]
    headline: Table
    causes: Table


def scenarios_changed(changes: Changes) -> list[ScenarioChanged]:
    """Each scenario that has headline figures in either pack, in the order of this one."""
    labels = labels_of(changes)
    by_scenario = {key: [figure for figure in changes.figures if figure.scenario == key] for key in labels}
    return [
        ScenarioChanged(labels[key], _state(own), _headline(labels[key], own), _causes(labels[key], own))
        for key, own in by_scenario.items()
        if own
    ]


def labels_of(changes: Changes) -> dict[str, str]:
    """What each scenario is called; where two read alike but for signs and capitals, with its key."""
    read = {key: "".join(filter(str.isalnum, title.lower())) for key, title in changes.titles.items()}
    alone = {key for key in read if [*read.values()].count(read[key]) == 1}
    return {key: title if key in alone else f"{title} ({key})" for key, title in changes.titles.items()}


def _state(figures: Sequence[Figure]) -> Literal["same", "changed", "new", "gone"]:
    if not any(figure.differs for figure in figures):
        return "same"
    if all(figure.before is None for figure in figures):
        return "new"
    return "gone" if all(figure.after is None for figure in figures) else "changed"


def _headline(label: str, figures: Sequence[Figure]) -> Table:
    """Three rows a line of the headline, £ nominal by year: the last pack, this one, the change. One row where nothing moved."""
    years = list(dict.fromkeys(figure.year for figure in figures))
    lines = {name: {each.year: each for each in figures if each.name == name} for name in _LINE}
    rows = [row for name, own in lines.items() if own for row in _before_and_after(_LINE[name], [*map(own.get, years)])]
    notes = (
        "Each change is worked out to the penny, so rounded figures may not add up.",
        "The deficit is that at 31 March, as published.",
    )
    return Table("headline_changed", f"{label}: headline figures", "Line", under(years, Unit.GBP_SAID), rows, notes)


def _before_and_after(name: str, line: Sequence[Figure | None]) -> list[Row]:
    said = [(each.before, each.after) if each else (None, None) for each in line]
    was, now = ([NOT_PRINTED if amount is None else amount for amount in pack] for pack in zip(*said, strict=True))
    if was == now:
        return [Row(f"{name}, as before", now)]
    change = [
        each.change if each and None not in pair else _NOT_COMPARED for each, pair in zip(line, said, strict=True)
    ]
    return [
        Row(f"{name}, last pack", was),
        Row(f"{name}, this pack", now),
        Row(f"{name}, change", change, total=True, unit=Unit.GBP_MOVED),
    ]


def _causes(label: str, figures: Sequence[Figure]) -> Table:
    """A row a figure that moved, £: how much each cause moved it, and the change. No rows where none did."""
    told = [each for each in figures if each.change or any(cause.pounds for cause in each.causes)]
    kinds = list(dict.fromkeys(cause.parts for figure in told for cause in figure.causes))
    rows = [
        Row(f"{_LINE[each.name]}, {each.year}", [*(_share_of(each.causes, parts) for parts in kinds), each.change])
        for each in told
    ]
    columns = under([*map(_parts, kinds), "Change"], Unit.GBP_MOVED)
    return Table("causes", f"{label}: what moved its headline figures", "Figure", columns, rows)


def _share_of(causes: Iterable[Cause], parts: tuple[Part, ...]) -> Value:
    return next((cause.pounds for cause in causes if cause.parts == parts), _NOT_TOLD_APART)


def _parts(parts: Sequence[Part]) -> str:
    first, *rest = (_PART[part] for part in parts)
    names = [first, *map(within_a_sentence, rest)]
    return f"{', '.join(names[:-1])} and {names[-1]} together" if rest else first


def chances_changed(changes: Changes) -> Table:
    """The chance of each target that is not what it was; without its error where the last pack's draws may be others than today's."""
    redrawn = any(each.path.endswith("/uncertainty.yaml") for each in changes.files)
    draws, labels = 0 if redrawn else changes.draws, labels_of(changes)
    rows = [
        Row(
            f"{labels.get(each.place[1], each.place[1])}: {_words(each.place[2:])}",
            [_chance(each.before, draws), _chance(each.after, draws)],
        )
        for each in changes.printed
        if each.place[0] == "chances" and each.place[1:]
    ]
    columns = under(("Last pack", "This pack"), Unit.SHARE)
    note = "Share of simulated outcomes in which the target is met; after ±, one standard error."
    return Table("chances_changed", "Chance of each target, last pack and this", "Target", columns, rows, (note,))


def _chance(said: Scalar, draws: int) -> Value:
    if not isinstance(said, float) or not 0 <= said <= 1:
        return _value(said)
    if draws:
        return Chance(said, draws)
    return _LOW if said > 0 and not round(said, 2) else said


def printed_changed(changes: Changes) -> Table:
    """What else the manifests do not print alike: counted by kind, with one example of each."""
    groups: dict[tuple[str, ...], list[Printed]] = {}
    for each in changes.printed:
        if each.place[0] != "chances":
            groups.setdefault(each.place[: 2 + (each.place[0] == "headline")], []).append(each)
    rows = [
        Row(
            _group(place, labels_of(changes)),
            [len(found), _words(first.place[len(place) :]) or NONE, _value(first.before), _value(first.after)],
        )
        for place, found in groups.items()
        for first in found[:1]
    ]
    columns = (
        Column("How many", Unit.NUMBER),
        Column("For example", Unit.WORDS),
        *under(("Last pack", "This pack"), Unit.NUMBER),
    )
    note = "The manifest of each pack holds every one of them."
    return Table("printed_changed", "Other printed figures that differ", "What", columns, rows, (note,))


def _group(place: Sequence[str], labels: dict[str, str]) -> str:
    first = labels.get(place[1], place[1]) if place[0] == "headline" else place[0].capitalize()
    return ": ".join(filter(None, [first, _words(place[2 if place[0] == "headline" else 1 :])]))


def _words(place: Iterable[str]) -> str:
    return ", ".join(part.removesuffix("_gbp").replace("_", " ") for part in place)


def _value(said: Scalar) -> Value:
    if said is None:
        return NOT_PRINTED
    return said if not isinstance(said, bool) else "yes" if said else "no"


def assumptions_changed(changes: Changes) -> Table:
    """Every assumption that is new, gone or another: its value, its range and its unit before and after, and what changed in it."""
    rows = [
        _assumption(each.label, either, each.before, each.after)
        for each in changes.assumptions
        if (either := each.after or each.before)
    ]
    columns = (
        *under(("Last pack", "This pack", "Range, last pack", "Range, this pack"), Unit.NUMBER),
        *under(("Unit", "What changed"), Unit.WORDS),
    )
    return Table("assumptions_changed", "Assumptions that changed", "Assumption", columns, rows)


def _assumption(label: str, either: Assumption, was: Assumption | None, now: Assumption | None) -> Row:
    values = [_NOT_THERE if figure is None else figure.value for figure in (was, now)]
    ranges = [_NOT_THERE if figure is None else Range(figure.low, figure.high) for figure in (was, now)]
    unit = Unit.IN_FULL if was and now and _look_alike(was, now) else None
    return Row(label, [*values, *ranges, either.unit, _what_of_it(was, now)], either.pedigree.value, unit=unit)


def _look_alike(was: Assumption, now: Assumption) -> bool:
    """Whether a number of the two differs, and by so little that `Unit.NUMBER` would not show it."""
    pairs = ((was.value, now.value), (was.low, now.low), (was.high, now.high))
    return any(one != other and abs(one - other) < (1 if abs(one) >= _WHOLE else _LEAST) for one, other in pairs)


def _what_of_it(was: Assumption | None, now: Assumption | None) -> str:
    if was is None or now is None:
        return "new" if was is None else "gone"
    before, after = was.model_dump(mode="json"), now.model_dump(mode="json")
    numbers = {"value", "low", "high", "note"}
    return ", ".join(
        key if key in numbers else f"{key} (was {before[key]})" for key in after if before[key] != after[key]
    )


def files_changed(changes: Changes) -> Table:
    """Every file that is new, gone or changed: the cause it counts under, how many rows or values of it differ, and its sums."""
    rows = [
        Row(
            each.path,
            [
                ", ".join(_PART[part].lower() for part in each.parts),
                _how_many(each),
                _hash(each.before),
                _hash(each.after),
            ],
        )
        for each in changes.files
    ]
    columns = (
        Column("Counts under", Unit.WORDS),
        Column("Rows or values that differ", Unit.NUMBER),
        *under(("Hash, last pack", "Hash, this pack"), Unit.WORDS),
    )
    note = f"A hash is the first {_HASH} signs of the file's sha256."
    return Table("files_changed", "Files that changed", "File", columns, rows, (note,))


def _how_many(each: FileChange) -> Value:
    if each.before is None or each.after is None:
        return NOT_APPLICABLE("the file is new" if each.before is None else "the file is gone")
    if each.differing is None:
        return Missing("the last pack keeps no copy to compare", "[x]")
    return each.differing or NOT_APPLICABLE("layout or comments only")


def _hash(total: str | None) -> Value:
    return total[:_HASH] if total else NONE


def rows_changed(changes: Changes) -> Table:
    """The first rows or values that differ of each file, cell by cell; of a count that is not published, only that it differs."""
    rows = [
        Row(each.path, [one.where, *(_held(said, one) for said in (one.before, one.after))])
        for each in changes.files
        for one in each.shown
    ]
    note = f"Of each file, at most {MOST_SHOWN} rows or values are shown. Counts of children that are not published are not shown."
    return Table(
        "rows_changed", "What differs in them", "File", (Column("Row or value", Unit.WORDS), *_WORDS), rows, (note,)
    )


def _held(said: str | None, one: Difference) -> Value:
    if said is None:
        return NOT_SHOWN if one.before is one.after else _NOT_THERE
    return said


def made_changed(changes: Changes) -> Table:
    """Version, commit, sources and libraries of the last pack and this; libraries only where they differ."""
    packs = (changes.previous or changes.now, changes.now)
    rows = [
        Row("Model version", [pack.version or NOT_RECORDED for pack in packs]),
        Row("Commit", [pack.commit or NOT_RECORDED for pack in packs]),
        Row("Checksum of the code", [_hash(pack.code) for pack in packs]),
        *(
            Row(name, [pack.environment.get(name, NOT_RECORDED) for pack in packs])
            for name in changes.libraries_that_differ
        ),
    ]
    return Table("made_changed", "What each pack was made by", "What", _WORDS, rows)
