"""What changed since the last pack, for readers: the answer, headline figures, causes, assumptions, inputs and the model."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import groupby

from best_model.faces.numbers import LEAST_POUNDS_SHOWN, MINUS, chance, number, per_cent, pounds, pounds_m, safe
from best_model.model.scenario import Assumption
from best_model.outputs.fragment import Fragment, bullets, paragraph
from best_model.outputs.tables import Row, slug, table
from best_model.questions.changes import AssumptionChange, Cause, Changes, Figure, FileChange, Part, Printed, Scalar
from best_model.questions.names import within_a_sentence

NOT_PRINTED, NOT_RECORDED = "not printed", "not recorded"
_PART: dict[Part, str] = {
    "model": "Model or libraries",
    "inputs": "Input tables",
    "assumptions": "Assumptions",
    "scenarios": "Scenario files",
}
_FIGURE = {"found": "Saving found", "gap_before": "Gap before savings", "gap_after": "Gap left", "deficit": "Deficit"}
_WITHIN = {"found": "saving", "gap_before": "gap before savings", "gap_after": "gap left", "deficit": "deficit"}
_TITLE_WORDS = 3
_HASH = 12
_NEARLY_ALL = 0.95
LEAST_CHANCE_SHOWN = 0.005
"""The least share that shows in whole per cent."""
_SEED = ("seed",)
_FIRST = ("found", "gap_after", "gap_before", "deficit")


def changes_in_full(changes: Changes) -> Fragment:
    """Everything under the question of the page: the answer first, then each part that has something to say."""
    if changes.state != "compared" or changes.nothing:
        return answer(changes) + what_it_is_compared_with(changes)
    parts = [
        ("Which headline figures changed?", headline_tables(changes)),
        ("Why did they change?", cause_tables(changes)),
        ("How likely is each target now?", chances_table(changes)),
        ("What else that is printed changed?", printed_table(changes)),
        ("Which assumptions changed?", assumptions_table(changes)),
        ("Which files changed?", files_table(changes)),
        ("Is it the same model?", made_table(changes)),
    ]
    shown = (Fragment(f"<h2>{safe(question)}</h2>") + said for question, said in parts if said.html)
    return sum(shown, start=answer(changes) + what_it_is_compared_with(changes))


# ---- The answer


def answer(changes: Changes) -> Fragment:
    """What changed, in one sentence: the first figure that moved, by how much, to what, and mostly why."""
    return paragraph(answer_in_words(changes), "answer")


def answer_in_words(changes: Changes) -> str:
    """The same as plain text, for a pack's index."""
    if changes.state == "first":
        return "This is the first pack, so there is nothing to compare it with."
    if changes.state == "unread":
        return "This pack could not be compared with the last one."
    if changes.nothing:
        return "Nothing has changed since the last pack."
    if not changes.alike:
        return "The last pack printed no headline figure that can be compared with one of this pack."
    if _leading_scenario_is_new(changes):
        return f"The {_in_short(changes, next(iter(changes.titles)))} headline is new, so there is nothing to compare it with."
    if not changes.moved and changes.offset:
        return "No headline figure changed, but only because what moved them cancels out."
    if not changes.moved:
        return f"No headline figure changed, though {_and(_what_differs(changes))} did."
    return _moved_in_words(leading(changes), changes)


def _leading_scenario_is_new(changes: Changes) -> bool:
    """Whether the scenario that a reader asks for first is in this pack and was in no way in the last."""
    own = [figure for figure in changes.figures if figure.scenario == next(iter(changes.titles))]
    return any(figure.after is not None for figure in own) and all(figure.before is None for figure in own)


def leading(changes: Changes) -> Figure:
    """Of the figures that moved, the one that a reader asks for first: of the first scenario, the saving found, in the last year."""
    scenarios, years = list(changes.titles), sorted({figure.year for figure in changes.figures})

    def rank(figure: Figure) -> tuple[int, int, int]:
        return scenarios.index(figure.scenario), _FIRST.index(figure.name), -years.index(figure.year)

    return min(changes.moved, key=rank)


def _moved_in_words(figure: Figure, changes: Changes) -> str:
    title = _in_short(changes, figure.scenario)
    way = "rose" if figure.change > 0 else "fell"
    line = _WITHIN[figure.name]
    moved = f"The {title} {line} in {figure.year} {way} by {_plain(abs(figure.change))}"
    return f"{moved} to {pounds_m(figure.after or 0.0)}, {_mostly(figure, changes)}."


def _in_short(changes: Changes, scenario: str) -> str:
    """A scenario within a sentence: by its key where its title is long."""
    title = changes.titles[scenario]
    return within_a_sentence(title if len(title.split()) <= _TITLE_WORDS else scenario.replace("_", " "))


def _mostly(figure: Figure, changes: Changes) -> str:
    """The cause that moved a figure most in the direction in which it went."""
    sign = 1 if figure.change > 0 else -1
    main = max(figure.causes, key=lambda cause: sign * cause.pounds)
    if len(main.parts) > 1:
        return "for causes not told apart"
    others = sum(abs(cause.pounds) for cause in figure.causes if cause is not main)
    how = "because" if others <= (1 - _NEARLY_ALL) * abs(main.pounds) else "mostly because"
    return f"{how} {_happened(main.parts[0], changes)}"


def _happened(part: Part, changes: Changes) -> str:
    several = sum(part in each.parts for each in changes.files) > 1
    match part:
        case "model":
            return _what_happened_to_the_model(changes)
        case "inputs":
            return "input tables changed" if several else "an input table changed"
        case "assumptions":
            return _what_happened_to_assumptions(changes)
        case _:
            return "scenario files changed" if several else "a scenario file changed"


def _what_happened_to_assumptions(changes: Changes) -> str:
    """By their pedigree, so that a published figure that changed is not called an assumption."""
    told = [each.after or each.before for each in changes.assumptions]
    pedigrees = [figure.pedigree.value for figure in told if figure]
    if set(pedigrees) in ({"calibrated"}, {"published"}):
        return "the calibration changed" if "calibrated" in pedigrees else "published figures changed"
    return "an assumption changed" if len(pedigrees) == 1 else "assumptions changed"


def _what_happened_to_the_model(changes: Changes) -> str:
    if changes.code_differs:
        return "the model changed"
    return "a library changed" if changes.libraries_that_differ else "a second run differs"


def _what_differs(changes: Changes) -> list[str]:
    """What does, where no figure does."""
    return [
        *(["the scenarios"] if any(figure.differs for figure in changes.figures) else []),
        *([_count(len(changes.files), "file")] if changes.files else []),
        *(["the model"] if changes.code_differs else []),
        *(["the libraries"] if changes.libraries_that_differ else []),
        *(["other figures"] if changes.printed else []),
    ]


# ---- The tables


def what_it_is_compared_with(changes: Changes) -> Fragment:
    """Which pack this one is compared with, how many figures moved, and what could not be told."""
    if changes.state == "first":
        return paragraph("The next pack will say here what has changed since this one, and why.")
    if changes.previous is None:
        return paragraph(
            f"Why: {_and(list(changes.why))}. The pack before this one stays where it is, to be looked at by hand."
        )
    last = changes.previous
    which = f"The last pack was built {_day(last.built)} by model {last.version or NOT_RECORDED}, commit {last.commit or NOT_RECORDED}."
    count = f"Of {len(changes.alike)} headline figures that both packs print, {len(changes.moved)} changed."
    said = paragraph(f"{which} {count}") + (bullets(list(changes.why)) if changes.why else Fragment(""))
    return said + _warning() if changes.unexplained else said


def _warning() -> Fragment:
    return paragraph(
        "Today's model on the last pack's own inputs does not give what that pack printed, though neither the model nor a library is "
        "recorded as changed. Do not sign this pack until that is understood.",
        "note",
    )


def headline_tables(changes: Changes) -> Fragment:
    """For each scenario, its headline figures in the last pack, in this one, and the change."""
    return _for_each_scenario(changes, changes.figures, _headline_table)


def _headline_table(label: str, figures: list[Figure]) -> Fragment:
    lines = [list(line) for _, line in groupby(figures, key=lambda figure: figure.name)]
    if not any(figure.differs for figure in figures):
        return paragraph(f"{label}: every headline figure is what it was.")
    if all(figure.before is None for figure in figures):
        return paragraph(f"{label}: the last pack does not have this scenario.")
    if all(figure.after is None for figure in figures):
        return paragraph(f"{label}: this pack no longer has this scenario.")
    years = [figure.year for figure in lines[0]]
    return table(
        f"{label}: headline figures",
        ["Line", *years],
        [row for line in lines for row in _before_and_after(line, years)],
        "Changes are of figures to the penny, so rounded ones may not add. The deficit is that at 31 March, as published.",
    )


def _before_and_after(line: list[Figure], years: list[str]) -> list[Row]:
    """Three rows, or one where nothing moved."""
    by_year, name = {figure.year: figure for figure in line}, _FIGURE[line[0].name]
    said = [by_year.get(year) for year in years]
    now = [_or_not_printed(figure.after if figure else None) for figure in said]
    if not any(figure.differs for figure in line):
        return [Row(f"{name}, as before", now)]
    return [
        Row(f"{name}, last pack", [_or_not_printed(figure.before if figure else None) for figure in said]),
        Row(f"{name}, this pack", now),
        Row(f"{name}, change", [_change(figure) for figure in said], total=True),
    ]


def _or_not_printed(amount: float | None) -> str:
    return NOT_PRINTED if amount is None else pounds_m(amount)


def _change(figure: Figure | None) -> str:
    if figure is None or figure.before is None or figure.after is None:
        return "not compared"
    return _signed(figure.change)


def cause_tables(changes: Changes) -> Fragment:
    """For each scenario, how much of each change comes from which cause; and how the causes are told apart."""
    told = [figure for figure in changes.figures if figure in changes.moved or figure in changes.offset]
    if not told:
        return Fragment("")
    first = paragraph(
        "Each cause is today's model run again: on the last pack's inputs; then with today's input tables; then with today's assumptions; "
        "then with today's scenario files. What a step moves is its cause, and the causes add up to the change. In another order, "
        "what two causes do together would fall to the other."
    )
    if any(each.path.endswith("/calibration.yaml") for each in changes.files):
        first += paragraph(
            "Calibration ties doing nothing to the published gap and counts among the assumptions: a published forecast that changed "
            "reaches the figures through it."
        )
    return first + _for_each_scenario(changes, told, _cause_table)


def _cause_table(label: str, figures: list[Figure]) -> Fragment:
    kinds = list(dict.fromkeys(cause.parts for figure in figures for cause in figure.causes))
    rows = [
        Row(
            f"{_FIGURE[figure.name]}, {figure.year}",
            [*(_share_of(figure.causes, parts) for parts in kinds), _signed(figure.change)],
        )
        for figure in figures
    ]
    return table(f"{label}: what moved its headline figures", ["Figure", *map(_parts, kinds), "Change"], rows)


def _share_of(causes: Iterable[Cause], parts: tuple[Part, ...]) -> str:
    return next((_signed(cause.pounds) for cause in causes if cause.parts == parts), "not told apart")


def _parts(parts: tuple[Part, ...]) -> str:
    first, *rest = (_PART[part] for part in parts)
    return _and([first, *(within_a_sentence(name) for name in rest)]) + (" together" if rest else "")


def chances_table(changes: Changes) -> Fragment:
    """The share of futures in which each target is met, where it is not what it was."""
    found, draws = [each for each in changes.printed if each.place[0] == "chances"], _draws_of_both(changes)
    rows = [
        Row(
            f"{labels(changes).get(each.place[1], each.place[1])}: {_words(each.place[2:])}",
            [_chance(each.before, draws), _chance(each.after, draws)],
        )
        for each in found
    ]
    note = (
        "Share of futures in which the target is met; after ±, one standard error. Causes are not told apart here: that would draw every "
        "future again."
    )
    return (
        table("Chance of each target, last pack and this", ["Target", "Last pack", "This pack"], rows, note)
        if rows
        else Fragment("")
    )


def _draws_of_both(changes: Changes) -> int:
    """How many futures each pack drew; nought where the last pack's number is not known to be today's."""
    same = not any(each.path.endswith("/uncertainty.yaml") for each in changes.files)
    return changes.draws if same else 0


def _chance(share: Scalar, draws: int) -> str:
    if not isinstance(share, float):
        return _value(share)
    if draws and 0 <= share <= 1:
        return chance(share, draws)
    return "under 1%" if 0 < share < LEAST_CHANCE_SHOWN else per_cent(share)


def printed_table(changes: Changes) -> Fragment:
    """What else the manifests do not print alike: counted by kind, with one example of each."""
    groups: dict[tuple[str, ...], list[Printed]] = {}
    for each in changes.printed:
        if each.place[0] != "chances":
            groups.setdefault(each.place[: 3 if each.place[0] == "headline" else 2], []).append(each)
    rows = [
        Row(_group(place, changes), [str(len(found)), _example(found[0], len(place))])
        for place, found in groups.items()
    ]
    note = "The manifest of each pack holds every one of them."
    return (
        table("Other printed figures that differ", ["What", "How many", "For example"], rows, note, text_columns=1)
        if rows
        else Fragment("")
    )


def _group(place: tuple[str, ...], changes: Changes) -> str:
    if place[0] == "headline":
        return f"{labels(changes).get(place[1], place[1])}: {_words(place[2:])}"
    return f"{place[0].capitalize()}: {_words(place[1:])}" if place[1:] else place[0].capitalize()


def _example(each: Printed, known: int) -> str:
    where = f"{_words(each.place[known:])}: " if each.place[known:] else ""
    said = str if each.place == _SEED else _value
    return f"{where}{said(each.before)} \N{RIGHTWARDS ARROW} {said(each.after)}"


def assumptions_table(changes: Changes) -> Fragment:
    """Every assumption that is new, gone or another: its value, range, unit and pedigree before and after."""
    rows = [
        Row(
            each.label,
            [_figure_in_words(each.before, each.after), _figure_in_words(each.after, each.before), _what_of_it(each)],
        )
        for each in changes.assumptions
    ]
    columns = ["Assumption", "Last pack", "This pack", "What changed"]
    return table("Assumptions that changed", columns, rows, text_columns=3) if rows else Fragment("")


def _figure_in_words(figure: Assumption | None, other: Assumption | None) -> str:
    if figure is None:
        return "not among them"
    value, low, high = (_apart(getattr(figure, name), getattr(other, name, None)) for name in ("value", "low", "high"))
    return f"{value} ({low} to {high}), {figure.unit}, {figure.pedigree.value}"


def _apart(one: float, other: float | None) -> str:
    """A number with as many digits as tell it from the other."""
    same = other is not None and one != other and number(one) == number(other)
    return repr(one).replace("-", MINUS) if same else number(one)


def _what_of_it(each: AssumptionChange) -> str:
    if each.before is None or each.after is None:
        return "new" if each.before is None else "gone"
    was, now = each.before.model_dump(), each.after.model_dump()
    return _and([key for key in now if was[key] != now[key]])


def files_table(changes: Changes) -> Fragment:
    """Every file that is new, gone or changed, with the cause it counts under and what in it differs."""
    rows = [
        Row(
            each.path,
            [
                _and([_PART[part].lower() for part in each.parts]),
                _how_much(each),
                _hash(each.before),
                _hash(each.after),
            ],
        )
        for each in changes.files
    ]
    if not rows:
        return Fragment("")
    columns = ["File", "Counts under", "What differs", "Hash, last pack", "Hash, this pack"]
    note = f"A hash is the first {_HASH} signs of the file's sha256."
    return table("Files that changed", columns, rows, note, text_columns=4) + sum(
        map(_shown, changes.files), start=Fragment("")
    )


def _how_much(each: FileChange) -> str:
    if each.before is None or each.after is None:
        return "the file is new" if each.before is None else "the file is gone"
    if each.differing is None:
        return "its content, which cannot be set beside the last pack's"
    return (
        _count(each.differing, "row" if each.path.endswith(".csv") else "value")
        if each.differing
        else "its layout or comments only"
    )


def _shown(each: FileChange) -> Fragment:
    if not each.shown:
        return Fragment("")
    more = (each.differing or 0) - len(each.shown)
    rest = [f"and {more} more"] if more > 0 else []
    return Fragment(f"<h3>{safe(each.path)}</h3>") + bullets([*each.shown, *rest])


def made_table(changes: Changes) -> Fragment:
    """Version, commit, sources and libraries of the last pack and this; libraries only where they differ."""
    last, now = changes.previous, changes.now
    if last is None:
        return Fragment("")
    names = changes.libraries_that_differ
    rows = [
        Row("Model version", [last.version, now.version]),
        Row("Commit", [last.commit, now.commit]),
        Row("Sum over its sources", [_hash(last.code or None), _hash(now.code or None)]),
        *(Row(name, [each.environment.get(name, NOT_RECORDED) for each in (last, now)]) for name in names),
    ]
    verdict = "It is not the same model." if changes.code_differs else "It is the same model."
    libraries = f"Libraries that differ: {_and(names)}." if names else "No library that both packs recorded is another."
    if not (last.code and last.environment):
        libraries += " The last pack did not record all that it was made by."
    said = table("What each pack was made by", ["What", "Last pack", "This pack"], rows, text_columns=2)
    return paragraph(f"{verdict} {libraries}") + said


# ---- Words


def labels(changes: Changes) -> dict[str, str]:
    """What each scenario is called on the page; where two would have the same anchor, with its key."""
    anchors = [slug(title) for title in changes.titles.values()]
    return {
        key: title if anchors.count(slug(title)) == 1 else f"{title} ({key})" for key, title in changes.titles.items()
    }


def _for_each_scenario(
    changes: Changes, figures: Sequence[Figure], drawn: Callable[[str, list[Figure]], Fragment]
) -> Fragment:
    """One fragment after another, for those scenarios that have figures."""
    called = labels(changes)
    groups = {key: [figure for figure in figures if figure.scenario == key] for key in changes.titles}
    return sum((drawn(called[key], own) for key, own in groups.items() if own), start=Fragment(""))


def _plain(amount: float) -> str:
    """An amount without its sign, in £m where that shows it, else in pounds."""
    if amount >= LEAST_POUNDS_SHOWN or amount == 0:
        return pounds_m(amount)
    return pounds(amount) if amount >= 1 else "under £1"


def _signed(amount: float) -> str:
    if amount == 0:
        return "no change"
    return f"{MINUS if amount < 0 else '+'}{_plain(abs(amount))}"


def _value(said: Scalar) -> str:
    if said is None:
        return NOT_PRINTED
    if isinstance(said, bool):
        return "yes" if said else "no"
    return number(said) if isinstance(said, int | float) else said


def _words(place: Iterable[str]) -> str:
    return ", ".join(part.removesuffix("_gbp").replace("_", " ") for part in place)


def _count(many: int, what: str) -> str:
    several = f"{what.removesuffix('y')}ies" if what.endswith("y") else f"{what}s"
    return f"{many} {what if many == 1 else several}"


def _and(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)


def _hash(total: str | None) -> str:
    return total[:_HASH] if total else "none"


def _day(built: str) -> str:
    """When a pack was built, as a day; as it stands where it is no time."""
    try:
        day = datetime.fromisoformat(built)
    except ValueError:
        return f"at a time {NOT_RECORDED}" if not built else f"at {built!r}"
    return f"on {day.day} {day:%B %Y}"
