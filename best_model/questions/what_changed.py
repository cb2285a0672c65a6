"""The tables of what changed since the last pack: headline figures, their causes, chances, assumptions, files, and what made each pack."""

from collections.abc import Iterable, Sequence

from best_model.model.scenario import Assumption
from best_model.questions.changed_files import MOST_SHOWN, FileChange, Part
from best_model.questions.changes import Changes, Figure, Printed
from best_model.questions.names import within_a_sentence
from best_model.questions.recorded import Address, Line, Scalar
from best_model.table import NONE, NOT_SHOWN, Chance, Column, Missing, Range, Row, Table, Unit, Value, under

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
_PACKS = ("Last pack", "This pack")
_HASH = 12
_WHOLE, _LEAST = 1e3, 1e-3  # from so much on, `Unit.NUMBER` is whole; below, it shows so little


def _no(reason: str, sign: str = "[x]") -> Missing:
    return Missing(reason, sign)


# ---- Headline figures


def labels_of(changes: Changes) -> dict[str, str]:
    """What each scenario is called; where two read alike but for signs and capitals, with its key."""
    read = {key: "".join(filter(str.isalnum, title.lower())) for key, title in changes.titles.items()}
    once = {key for key in read if [*read.values()].count(read[key]) == 1}
    return {key: title if key in once else f"{title} ({key})" for key, title in changes.titles.items()}


def by_scenario(changes: Changes) -> dict[str, list[Figure]]:
    """The headline figures of each scenario that has any, by what it is called."""
    found: dict[str, list[Figure]] = {}
    for key, label in labels_of(changes).items():
        if own := [each for each in changes.figures if each.scenario == key]:
            found[label] = own
    return found


def headline_changed(label: str, figures: Sequence[Figure]) -> Table:
    """Three rows a line of the headline, £ nominal by year: the last pack, this one, the change. One row where nothing moved."""
    years = list(dict.fromkeys(figure.year for figure in figures))
    lines = {name: {each.year: each for each in figures if each.name == name} for name in _LINE}
    rows = [row for name, line in lines.items() if line for row in _line(_LINE[name], [*map(line.get, years)])]
    notes = (
        "Each change is worked out to the penny, so rounded figures may not add up.",
        "The deficit is that at 31 March, as published.",
    )
    return Table("headline_changed", f"{label}: headline figures", "Line", under(years, Unit.GBP_SAID), rows, notes)


def _line(name: str, line: Sequence[Figure | None]) -> list[Row]:
    said = [(each.before, each.after) if each else (None, None) for each in line]
    was, now = ([_no("not printed") if each is None else each for each in pack] for pack in zip(*said, strict=True))
    if was == now:
        return [Row(f"{name}, as before", now)]
    change = [
        each.change if each and None not in pair else _no("not compared") for each, pair in zip(line, said, strict=True)
    ]
    return [
        Row(f"{name}, last pack", was),
        Row(f"{name}, this pack", now),
        Row(f"{name}, change", change, total=True, unit=Unit.GBP_MOVED),
    ]


def causes_changed(label: str, figures: Sequence[Figure]) -> Table:
    """A row a figure that moved, £: how much each cause moved it, and the change. No rows where none did."""
    told = [each for each in figures if any(each.causes.values())]
    kinds = list(dict.fromkeys(kind for figure in told for kind in figure.causes))
    rows = []
    for each in told:
        causes = (each.causes.get(kind, _no("not told apart")) for kind in kinds)
        rows.append(Row(f"{_LINE[each.name]}, {each.year}", [*causes, each.change]))
    columns = under([*map(_together, kinds), "Change"], Unit.GBP_MOVED)
    return Table("causes_changed", f"{label}: what moved its headline figures", "Figure", columns, rows)


def _together(kind: str) -> str:
    first, *rest = (name for part, name in _PART.items() if part in kind.split("+"))
    names = [first, *map(within_a_sentence, rest)]
    return f"{', '.join(names[:-1])} and {names[-1]} together" if rest else first


# ---- What else is printed


def chances_changed(changes: Changes) -> Table:
    """The chance of each target that is not what it was; without its error where the last pack's draws may be others than today's."""
    redrawn = any(each.path.endswith("/uncertainty.yaml") for each in changes.files)
    draws = 0 if redrawn else changes.draws
    rows = [
        Row(_called(each.place, changes), [_chance(said, draws) for said in (each.before, each.after)])
        for each in changes.printed
        if each.place[0] == "chances"
    ]
    notes = (
        "Share of simulated outcomes in which the target is met; after ±, one standard error.",
        "We do not say what caused each change: for that, every outcome would have to be simulated again.",
    )
    caption = "Chance of each target, last pack and this"
    return Table("chances_changed", caption, "Target", under(_PACKS, Unit.SHARE), rows, notes)


def _chance(said: Scalar, draws: int) -> Value:
    if not isinstance(said, float) or not 0 <= said <= 1:
        return _value(said)
    if draws:
        return Chance(said, draws)
    return _no("under 1%", "[low]") if said > 0 and not round(said, 2) else said


def printed_changed(changes: Changes) -> Table:
    """What else the manifests do not print alike: counted by kind, with one example of each."""
    groups: dict[Address, list[Printed]] = {}
    for each in changes.printed:
        if each.place[0] != "chances":
            groups.setdefault(each.place[: 2 + (each.place[0] == "headline")], []).append(each)
    rows = []
    for kind, (first, *rest) in groups.items():
        example = [_words(first.place[len(kind) :]) or NONE, _value(first.before), _value(first.after)]
        rows.append(Row(_called(kind, changes), [1 + len(rest), *example]))
    columns = (Column("How many", Unit.NUMBER), Column("For example", Unit.WORDS), *under(_PACKS, Unit.NUMBER))
    note = "The manifest of each pack holds every one of them."
    return Table("printed_changed", "Other printed figures that differ", "What", columns, rows, (note,))


def _called(place: Address, changes: Changes) -> str:
    """An address in a reader's words; that of a scenario's figures by what the scenario is called."""
    if place[0] in {"headline", "chances"} and place[1:]:
        label, rest = labels_of(changes).get(place[1], place[1]), place[2:]
    else:
        label, rest = place[0].capitalize(), place[1:]
    return f"{label}: {_words(rest)}" if rest else label


def _words(place: Iterable[str]) -> str:
    return ", ".join(part.removesuffix("_gbp").replace("_", " ") for part in place)


def _value(said: Scalar) -> Value:
    if said is None:
        return _no("not printed")
    return said if not isinstance(said, bool) else "yes" if said else "no"


# ---- What the packs were made from


def assumptions_changed(changes: Changes) -> Table:
    """Every assumption that is new, gone or another: its value and range before and after, its unit, and what changed in it."""
    rows = [_assumption(each.label, each.before, each.after) for each in changes.assumptions]
    headings = (*_PACKS, *(f"Range, {pack.lower()}" for pack in _PACKS))
    columns = (*under(headings, Unit.NUMBER), *under(("Unit", "What changed"), Unit.WORDS))
    return Table("assumptions_changed", "Assumptions that changed", "Assumption", columns, rows)


def _assumption(label: str, was: Assumption | None, now: Assumption | None) -> Row:
    values = [_no("not there", "[z]") if each is None else each.value for each in (was, now)]
    ranges = [_no("not there", "[z]") if each is None else Range(each.low, each.high) for each in (was, now)]
    unit, kind = next((each.unit, each.pedigree.value) for each in (now, was) if each)
    if was is None or now is None:
        return Row(label, [*values, *ranges, unit, "new" if was is None else "gone"], kind)
    before, after = was.model_dump(mode="json"), now.model_dump(mode="json")
    named = {"unit", "pedigree", "source", "grade"}
    what = [f"{key} (was {before[key]})" if key in named else key for key in after if before[key] != after[key]]
    pairs = ((was.value, now.value), (was.low, now.low), (was.high, now.high))
    close = any(one != other and abs(one - other) < (1 if abs(one) >= _WHOLE else _LEAST) for one, other in pairs)
    return Row(label, [*values, *ranges, unit, ", ".join(what)], kind, unit=Unit.IN_FULL if close else None)


def files_changed(changes: Changes) -> Table:
    """Every file that is new, gone or changed: the causes it counts under, how many rows or values of it differ, and its sums."""
    rows = []
    for each in changes.files:
        parts = ", ".join(_PART[part].lower() for part in each.parts)
        rows.append(Row(each.path, [parts, _how_many(each), _sum(each.before), _sum(each.after)]))
    columns = (
        Column("Counts under", Unit.WORDS),
        Column("Rows or values that differ", Unit.NUMBER),
        *under(("Hash, last pack", "Hash, this pack"), Unit.WORDS),
    )
    note = f"A hash is the first {_HASH} characters of the file's sha256."
    return Table("files_changed", "Files that changed", "File", columns, rows, (note,))


def _how_many(each: FileChange) -> Value:
    if each.before is None or each.after is None:
        return _no("the file is new" if each.before is None else "the file is gone", "[z]")
    if each.differing is None:
        return _no("the last pack keeps no copy to compare")
    return each.differing or _no("layout or comments only", "[z]")


def _sum(total: str | None) -> Value:
    return total[:_HASH] if total else NONE


def rows_changed(changes: Changes) -> Table:
    """The first rows or values that differ of each file, cell by cell; of a count that is not published, only that it differs."""
    rows = []
    for each in changes.files:
        for one in each.shown:
            none = NOT_SHOWN if one.before is one.after else _no("not there", "[z]")
            both = (none if said is None else said for said in (one.before, one.after))
            rows.append(Row(each.path, [one.where, *both]))
    columns = under(("Row or value", *_PACKS), Unit.WORDS)
    note = f"Of each file, at most {MOST_SHOWN} rows or values are shown. Counts of children that are not published are not shown."
    return Table("rows_changed", "What differs in them", "File", columns, rows, (note,))


def made_changed(changes: Changes) -> Table:
    """Version, commit, sources and libraries of the last pack and this; libraries only where they differ."""
    packs, unknown = (changes.previous or changes.now, changes.now), _no("not recorded")
    rows = [
        Row("Model version", [pack.version or unknown for pack in packs]),
        Row("Commit", [pack.commit or unknown for pack in packs]),
        Row("Checksum of the code", [_sum(pack.code) for pack in packs]),
        *(Row(name, [pack.environment.get(name, unknown) for pack in packs]) for name in changes.libraries_that_differ),
    ]
    return Table("made_changed", "What each pack was made by", "What", under(_PACKS, Unit.WORDS), rows)
