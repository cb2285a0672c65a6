"""What the figures rest on: assumptions by pedigree, what was checked, what is known to be weak, and who signs for it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby

from best_model.draws.sensitivity import PRIORITIES, figures_of
from best_model.faces.numbers import MILLION, children, number, per_cent, pounds_m
from best_model.model.authority import Authority
from best_model.model.engine import Result
from best_model.model.ratings import quality
from best_model.model.scenario import Assumption, Lever, Scenario
from best_model.model.sign_off import Role, Signed
from best_model.model.uncertainty import Uncertainty
from best_model.outputs.fragment import Fragment, bullets, paragraph
from best_model.outputs.pages import figure_anchor
from best_model.outputs.tables import Row, slug, table
from best_model.questions.calibrated import outside_their_range
from best_model.questions.checks import checked
from best_model.questions.names import figure_name

JUDGEMENT, CALIBRATION = "judgement", "calibration."
_KINDS = {
    "published": "Read from a publication of the council or of government",
    "calibrated": "Moved as little as possible so that doing nothing gives the published gap: a tie, not evidence",
    "assumed, on a source": "Chosen by the authors on a source that is named",
    "assumed, by judgement": "Chosen by the authors; no better source was found",
}
_GROUPS = {
    "New plans": ("new_plans_index", "calibration_spread"),
    "Unit costs": ("unit_cost", "empty_place"),
    "Price rises": ("inflation", "general_inflation"),
    "Places without the programme": ("capacity", "awaiting_are_placed"),
    "Income, deficit and measures in train": ("income", "stability_grant", "in_train"),
    "Finance beside the block": ("finance",),
}
_POUNDS = "£ a year"
_NO_BREAK = "\N{NO-BREAK SPACE}"
_ROOM = 22
"""Letters that a column to write in is wide, so that there is room for a pen."""


# ---- How many figures rest on what


def what_the_figures_rest_on(authority: Authority, scenario: Scenario) -> Fragment:
    """How many assumptions there are, and how many are judgement alone: the answer."""
    counts = _by_kind(figures_of(authority, scenario))
    judged = counts["assumed, by judgement"]
    assumed = judged + counts["assumed, on a source"]
    return paragraph(
        f"{assumed} of {sum(counts.values())} figures are assumed, {judged} of them on judgement alone; "
        f"{counts['published']} are published.",
        "answer",
    )


def how_that_should_be_read(authority: Authority, scenario: Scenario) -> Fragment:
    """What the counts do not hold, how good the evidence is, and where to see what each figure moves."""
    rated = Counter(quality(figure) for figure in figures_of(authority, scenario).values())
    return paragraph(
        "Counts of children by age, need and setting stand beside these: they are published, and have no range. By the suite's own "
        f"rating the evidence is good for {rated['good']} figures, fair for {rated['fair']} and poor for {rated['poor']}. A count says "
        "nothing of weight: what each figure moves is under How sure are we, and docs/assumptions.md lists those on which much hangs "
        "and little stands."
    )


def pedigree_table(authority: Authority, scenario: Scenario) -> Fragment:
    """How many figures of each pedigree, and what the word means."""
    figures = figures_of(authority, scenario)
    counts = _by_kind(figures)
    rows = [
        Row(kind.capitalize(), [str(counts[kind]), per_cent(counts[kind] / len(figures)), meaning])
        for kind, meaning in _KINDS.items()
    ]
    rows.append(
        Row("All figures with a range", [str(len(figures)), per_cent(1.0), "every one listed below"], total=True)
    )
    return table(
        "Figures by where they come from", ["Where from", "Figures", "Share", "What it means"], rows, text_columns=1
    )


def _by_kind(figures: Mapping[str, Assumption]) -> Counter[str]:
    return Counter(_kind(figure) for figure in figures.values())


def _kind(figure: Assumption) -> str:
    if figure.pedigree.value != "assumed":
        return figure.pedigree.value
    return "assumed, by judgement" if figure.source == JUDGEMENT else "assumed, on a source"


# ---- Every assumption, in as few lines as hold it


def assumptions_in_brief(authority: Authority, scenario: Scenario) -> Fragment:
    """Every assumption but the calibrated factors: value, range, unit, pedigree, source and note, a table for each subject.

    Years or settings of a series that say the same share a row; the anchor of each still leads to its table.
    """
    figures = {
        name: figure for name, figure in figures_of(authority, scenario).items() if not name.startswith(CALIBRATION)
    }
    subjects = {name: _subject(name, scenario.levers) for name in figures}
    order = list(dict.fromkeys([*_GROUPS, *subjects.values()]))
    names = sorted(figures, key=lambda name: order.index(subjects[name]))
    tables = [
        _brief(subject, [(name, figures[name]) for name in group], scenario.levers)
        for subject, group in groupby(names, key=subjects.__getitem__)
    ]
    return Fragment(f'<div class="dense">{sum(tables, start=Fragment("")).html}</div>')


def _subject(name: str, levers: Sequence[Lever]) -> str:
    first, *rest = name.split(".")
    if first == PRIORITIES:
        return next(lever.label for lever in levers if lever.name == rest[0])
    return next((subject for subject, stems in _GROUPS.items() if first in stems), "Other")


def _brief(subject: str, items: Sequence[tuple[str, Assumption]], levers: Sequence[Lever]) -> Fragment:
    rows, anchors = [], ""
    for names, figure in _alike(items):
        shown = _in_millions(figure)
        rows.append(
            Row(
                _names(names, levers),
                [number(shown.value), _range(shown), _said(shown)],
                figure.pedigree.value,
                f"source-{slug(figure.source)}",
                anchor=figure_anchor(names[0]),
            )
        )
        anchors += "".join(f'<span id="{figure_anchor(name)}"></span>' for name in names[1:])
    columns = ["Assumption", "Value", "Low to high", "Unit and note"]
    return Fragment(anchors) + table(f"Assumptions: {subject}", columns, rows, text_columns=1)


def _alike(items: Sequence[tuple[str, Assumption]]) -> list[tuple[list[str], Assumption]]:
    """The figures that say one and the same thing of years or settings of one series, taken together in the order they begin."""
    runs: list[tuple[list[str], Assumption]] = []
    for name, figure in items:
        same = next((names for names, said in runs if said == figure and _stem(names[0]) == _stem(name)), None)
        if same is None:
            runs.append(([name], figure))
        else:
            same.append(name)
    return runs


def _stem(name: str) -> str:
    """What figures of one series have in common; those of a priority, and those without a series, stand alone."""
    return name if name.startswith(f"{PRIORITIES}.") or "." not in name else name.rpartition(".")[0]


def _names(names: Sequence[str], levers: Sequence[Lever]) -> str:
    """The words of a figure; those of several with what differs listed, or as first and last year. A priority's go without its name."""
    words = [figure_name(name, levers).removeprefix("Finance, ") for name in names]
    if names[0].startswith(f"{PRIORITIES}."):
        words = [words[0].partition(": ")[2]]
    ends = [name.rpartition(".")[2] for name in names]
    if len(ends) > 1 and all(end[:4].isdigit() for end in ends):
        return f"{_capital(words[0])} to {ends[-1]}"
    stem = words[0].partition(", ")[0]
    return _capital("; ".join([words[0], *(each.removeprefix(f"{stem}, ") for each in words[1:])]))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _in_millions(figure: Assumption) -> Assumption:
    """A figure in pounds a year whose high is a million or more, in £m a year; any other as it is."""
    if figure.unit != _POUNDS or figure.high < MILLION:
        return figure
    scaled = {name: getattr(figure, name) / MILLION for name in ("value", "low", "high")}
    return figure.model_copy(update={**scaled, "unit": _POUNDS.replace("£", "£m")})


def _range(figure: Assumption) -> str:
    if figure.low == figure.high:
        return "no range"
    return f"{number(figure.low)} to {number(figure.high)}"


def _said(figure: Assumption) -> str:
    graded = f" Evidence: {figure.grade}." if figure.grade and figure.grade != JUDGEMENT else ""
    reason = figure.note or ("Our judgement" if figure.source == JUDGEMENT else "See its source")
    return f"{_capital(figure.unit)}. {reason}.{graded}" if figure.unit else f"{reason}.{graded}"


# ---- Checks and the run


def what_was_checked(results: Sequence[Result]) -> Fragment:
    """How many identities hold, over the scenarios shown: the answer."""
    outcomes = [outcome for result in results for outcome in checked(result)]
    failed = [outcome.claim for outcome in outcomes if not outcome.holds]
    scenarios = f"{len(results)} scenarios" if len(results) > 1 else results[0].scenario.title
    if failed:
        return paragraph(f"{len(failed)} of {len(outcomes)} checks fail in {scenarios}: {'; '.join(failed)}.", "answer")
    return paragraph(f"All {len(outcomes)} checks hold in {scenarios}.", "answer")


def what_was_run(uncertainty: Uncertainty, result: Result) -> Fragment:
    """Scenario, draws, seed and years: what one needs beside the files to run it again."""
    rows = [
        Row("Scenario of this paper", [result.scenario.title]),
        Row("Census it begins from", [f"January {result.authority.council.base_january}"]),
        Row("Years reported", [f"{result.years[0]} to {result.years[-1]}"]),
        Row("Draws behind each chance", [children(uncertainty.draws)]),
        Row("Draws of whole children", [children(uncertainty.draws_of_whole_children)]),
        Row("Seed", [str(uncertainty.seed)]),
        Row("Version and commit", ["at the head and foot of this page"]),
        Row("A hash of every input file", ["in manifest.json, beside this page"]),
    ]
    note = "The same files, version and seed give the same figures."
    return table("What was run", ["What", "This pack"], rows, note, text_columns=1)


# ---- Limits


def known_limits(result: Result) -> Fragment:
    """What a reader should hold against these figures, with its size where it has one."""
    authority = result.authority
    beyond = outside_their_range(authority)
    judged = _by_kind(figures_of(authority, result.scenario))["assumed, by judgement"]
    gap = float(authority.council.forecast.gap_before[-1])
    ties = (
        f"{len(beyond)} calibrated factors end outside the range they began with"
        if beyond
        else "Every factor stays in its range"
    )
    return bullets(
        [
            f"The gap of {pounds_m(gap)} in {result.years[-1]} is the council's forecast. The model is tied to it, so it cannot "
            f"test it. {ties}.",
            f"{judged} figures rest on judgement alone, and no published saving by priority is among the inputs.",
            *_until_the_ledger(authority),
            f"The census of January {authority.council.base_january} is the start; a later one, once loaded, moves every figure.",
            "A chance is a chance on these assumptions: what nobody thought of is in none of the draws.",
            "The back-test holds children against past censuses. No pound and no effect of a priority has been tested on the past.",
            "Behaviour is not modelled: families, schools and the tribunal may answer the programme in ways no rate here has.",
        ]
    )


def assumed_unit_costs(authority: Authority) -> tuple[int, int]:
    """How many unit costs are assumed, of how many there are."""
    costs = [figure for name, figure in authority.council.assumptions.items() if name.startswith("unit_cost.")]
    return sum(figure.pedigree.value == "assumed" for figure in costs), len(costs)


def _until_the_ledger(authority: Authority) -> list[str]:
    assumed, known = assumed_unit_costs(authority)
    said = f"{assumed} of {known} unit costs are assumed, until the council's own ledger replaces them."
    return [said] if assumed else []


# ---- Signing


_SIGNS_FOR: Mapping[Role, str] = {
    "commissioner": "the question is the right one, the paper answers it, and its limits are understood",
    "analyst": "the figures follow from the inputs, the assumptions are written down with their sources, and the checks hold",
    "assurer": "someone who did not build it has examined inputs, method and results against RIGOUR, and what is open is listed",
    "approver": "the paper is fit for the decision it goes to, with the uncertainty it states",
}
_RIGOUR = (
    ("Repeatable", "One command makes the pack again from its files; draws have a seed", "What was run, above"),
    (
        "Independent",
        "Sources, method and code are open, and tests can be run by anyone",
        "The assurer, below: {assurer}",
    ),
    (
        "Grounded in reality",
        "Children and flows are published; the model is held against past censuses",
        "How well would the model have forecast",
    ),
    ("Objective", "Every figure has a pedigree; the evidence case stands beside each plan", "The pedigrees, above"),
    (
        "Uncertainty-managed",
        "Every assumption has a range; all are drawn at once, and stressed one by one",
        "How sure are we",
    ),
    ("Robust", "Identities stop a run that breaks them; wrong input is refused", "The checks, above"),
)


def rigour_table(signed: Sequence[Signed]) -> Fragment:
    """What the AQuA Book asks of an analysis, what this one does, and where to look."""
    assurer = next(each for each in signed if each.role == "assurer")
    rows = [Row(asked, [done, where.format(assurer=_stands(assurer))]) for asked, done, where in _RIGOUR]
    note = "RIGOUR is the AQuA Book's list of what an analysis should be. That it is claimed here is not assurance: that is the assurer's."
    return table(
        "What makes an analysis fit to be relied on",
        ["Quality", "What this suite does", "Where to look"],
        rows,
        note,
        text_columns=2,
    )


def _stands(each: Signed) -> str:
    if each.date:
        return f"signed on {each.date}"
    return "named, still to sign" if each.name else "still to be named"


def sign_off_table(signed: Sequence[Signed]) -> Fragment:
    """A row to sign for each role of the AQuA Book; a name is shown only where the council put one in."""
    rows = [
        Row(
            f"{each.role.capitalize()}: {_SIGNS_FOR[each.role]}",
            [
                each.name or _to_write_on("to be named"),
                each.date or _to_write_on("to be dated"),
                f"signed on {each.date}; {_FOR_THE_SIGNER}" if each.date else _to_write_on("to be signed"),
            ],
        )
        for each in signed
    ]
    note = (
        "A name stands here only if the council wrote it in sign_off.csv. One person may not be both analyst and assurer. "
        "The file says who signed and when, not which version, commit and inputs were signed."
    )
    return table("Sign-off", ["Role, and what is signed for", "Name", "Date", "Signature"], rows, note, text_columns=3)


_FOR_THE_SIGNER = "whether for these very inputs is for the signer to say"


def _to_write_on(words: str) -> str:
    return words.replace(" ", _NO_BREAK).ljust(_ROOM, _NO_BREAK)


def is_it_signed(signed: Sequence[Signed]) -> Fragment:
    """How many of the four roles have signed: the answer."""
    dated = [each.role for each in signed if each.date]
    open_roles = [each.role for each in signed if not each.date]
    if not open_roles:
        return paragraph(f"All {len(signed)} roles have signed; {_FOR_THE_SIGNER}.", "answer")
    still = f"{', '.join(open_roles[:-1])} and {open_roles[-1]}" if len(open_roles) > 1 else open_roles[0]
    if not dated:
        return paragraph(f"Nobody has signed yet: {still} are still to do so.", "answer")
    return paragraph(f"{len(dated)} of {len(signed)} roles have signed; still to sign: {still}.", "answer")
