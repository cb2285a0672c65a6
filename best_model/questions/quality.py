"""What the figures rest on and who answers for them: pedigrees counted, every assumption in brief, what was run, who signed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from best_model.draws.sensitivity import PRIORITIES, figures_of
from best_model.model.authority import Authority
from best_model.model.engine import Result
from best_model.model.ratings import quality
from best_model.model.scenario import Assumption, Lever, Scenario
from best_model.model.sign_off import Role, Signed
from best_model.model.uncertainty import Uncertainty
from best_model.questions.assumed import SUBJECTS, subject_of
from best_model.questions.checks import Outcome, checked
from best_model.questions.names import figure_name
from best_model.table import NOT_APPLICABLE, Column, Missing, Range, Row, Table, Unit, listed, under

_JUDGEMENT, _CALIBRATION = "judgement", "calibration."
_KINDS = {
    "published": "Read from a publication of the council or of government",
    "calibrated": "Moved as little as possible so that doing nothing gives the published gap; this is a tie, not evidence",
    "assumed, on a source": "Chosen by the authors on a source that is named",
    "assumed, by judgement": "Chosen by the authors; no better source was found",
}
_POUNDS, _MILLION = "£ a year", 1e6


# ---- How many figures rest on what


class Rests(NamedTuple):
    """How many figures with a range there are, by where they come from, and by how good the suite rates their evidence."""

    figures: int
    published: int
    calibrated: int
    assumed: int
    judged: int
    rated: Counter[str]


def rests_on(authority: Authority, scenario: Scenario) -> Rests:
    """Every figure with a range, counted. Counts of children have none, and are not among them."""
    figures = figures_of(authority, scenario)
    kinds = Counter(map(_kind, figures.values()))
    ratings: Counter[str] = Counter(map(quality, figures.values()))
    judged, on_a_source = kinds["assumed, by judgement"], kinds["assumed, on a source"]
    return Rests(len(figures), kinds["published"], kinds["calibrated"], judged + on_a_source, judged, ratings)


def _kind(figure: Assumption) -> str:
    if figure.pedigree.value != "assumed":
        return figure.pedigree.value
    return "assumed, by judgement" if figure.source == _JUDGEMENT else "assumed, on a source"


@listed("result")
def pedigrees(result: Result) -> Table:
    """How many figures come from a publication, a calibration, a source or judgement, and what each of these means."""
    figures = figures_of(result.authority, result.scenario)
    counts = Counter(map(_kind, figures.values()))
    rows = [
        Row(kind[:1].upper() + kind[1:], (counts[kind], counts[kind] / len(figures), meaning))
        for kind, meaning in _KINDS.items()
    ]
    rows.append(Row("All figures with a range", (len(figures), 1.0, "every one listed below"), total=True))
    columns = (Column("Figures", Unit.NUMBER), Column("Share", Unit.SHARE), Column("What it means", Unit.WORDS))
    return Table("pedigrees", "Figures by where they come from", "Where from", columns, rows)


class UnitCosts(NamedTuple):
    """How many unit costs are assumed, of how many there are."""

    assumed: int
    known: int


def unit_costs(authority: Authority) -> UnitCosts:
    """Whether the council's own ledger stands behind its unit costs."""
    costs = [figure for name, figure in authority.council.assumptions.items() if name.startswith("unit_cost.")]
    return UnitCosts(sum(figure.pedigree.value == "assumed" for figure in costs), len(costs))


# ---- Every assumption, in as few lines as hold it


def assumptions_in_brief(authority: Authority, scenario: Scenario) -> tuple[Table, ...]:
    """Every assumption but the calibrated factors, a table for each subject: value, range, unit, pedigree, source and note.

    Years or settings of a series that say the same share a row, which is found under the name of each.
    """
    by_subject: dict[str, list[tuple[str, Assumption]]] = {subject: [] for subject in SUBJECTS.values()}
    for name, figure in figures_of(authority, scenario).items():
        if not name.startswith(_CALIBRATION):
            by_subject.setdefault(subject_of(name, scenario.levers), []).append((name, figure))
    return tuple(_brief(subject, items, scenario.levers) for subject, items in by_subject.items() if items)


def _brief(subject: str, items: Sequence[tuple[str, Assumption]], levers: Sequence[Lever]) -> Table:
    rows = []
    for names, figure in _alike(items):
        shown, anchor = _in_millions(figure), " ".join(f"figure:{name}" for name in names)
        values, kind, source = (
            (shown.value, _range(shown), _said(shown)),
            figure.pedigree.value,
            f"source:{figure.source}",
        )
        rows.append(Row(_names(names, levers), values, kind, source, anchor=anchor))
    columns = (Column("Value", Unit.NUMBER), Column("Low to high", Unit.NUMBER), Column("Unit and note", Unit.WORDS))
    return Table("assumptions_in_brief", f"Assumptions: {subject}", "Assumption", columns, rows)


def _alike(items: Sequence[tuple[str, Assumption]]) -> list[tuple[list[str], Assumption]]:
    """The figures that say one and the same thing of years or settings of one series, taken together in the order they begin."""
    runs: list[tuple[list[str], Assumption]] = []
    for name, figure in items:
        same = (names for names, said in runs if said == figure and _stem(names[0]) == _stem(name))
        if (names := next(same, None)) is None:
            runs.append((names := [], figure))
        names.append(name)
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
    if figure.unit != _POUNDS or figure.high < _MILLION:
        return figure
    scaled = {name: getattr(figure, name) / _MILLION for name in ("value", "low", "high")}
    return figure.model_copy(update={**scaled, "unit": _POUNDS.replace("£", "£m")})


def _range(figure: Assumption) -> Range | Missing:
    return NOT_APPLICABLE("no range") if figure.low == figure.high else Range(figure.low, figure.high)


def _said(figure: Assumption) -> str:
    graded = f" Evidence: {figure.grade}." if figure.grade and figure.grade != _JUDGEMENT else ""
    reason = figure.note or ("Our judgement" if figure.source == _JUDGEMENT else "See its source")
    return f"{_capital(figure.unit)}. {reason}.{graded}" if figure.unit else f"{reason}.{graded}"


# ---- Checks and the run


class AllChecked(NamedTuple):
    """How many identities were checked over some runs, and those that failed."""

    checks: int
    failed: tuple[Outcome, ...]


def all_checked(results: Sequence[Result]) -> AllChecked:
    """Every identity of every run."""
    outcomes = [outcome for result in results for outcome in checked(result)]
    return AllChecked(len(outcomes), tuple(outcome for outcome in outcomes if not outcome.holds))


def what_was_run(uncertainty: Uncertainty, result: Result) -> Table:
    """Scenario, draws, seed and years: what one needs beside the files to run it again."""
    council, years = result.authority.council, result.years
    rows = [
        Row("Scenario of this paper", (result.scenario.title,)),
        Row("Census it begins from", (f"January {council.base_january}",)),
        Row("Years reported", (f"{years[0]} to {years[-1]}",)),
        Row("Simulated outcomes behind each chance", (uncertainty.draws,), unit=Unit.CHILDREN),
        Row("Simulated outcomes with whole children", (uncertainty.draws_of_whole_children,), unit=Unit.CHILDREN),
        Row("Seed of the random numbers", (uncertainty.seed,), unit=Unit.YEAR),
        Row("Version and commit", ("at the head and foot of this page",)),
        Row("A hash of every input file", ("in manifest.json, beside this page",)),
    ]
    note = "The same files, version and seed give the same figures."
    return Table("what_was_run", "What was run", "What", (Column("This pack", Unit.WORDS),), rows, (note,))


# ---- Signing

_SIGNS_FOR: Mapping[Role, str] = {
    "commissioner": "the question is the right one, the paper answers it, and its limits are understood",
    "analyst": "the figures follow from the inputs, the assumptions are written down with their sources, and the checks hold",
    "assurer": "someone who did not build it has examined inputs, method and results against RIGOUR, and what is open is listed",
    "approver": "the paper is fit for the decision it goes to, with the uncertainty it states",
}
_RIGOUR = (
    ("Repeatable", "One command makes the pack again from its files, and random numbers have a seed", "What was run, above"),
    ("Independent", "Sources, method and code are open, and anyone can run the tests", "The assurer, below: {assurer}"),
    ("Grounded in reality", "Children and flows are published; the model is held against past censuses",
     "How well would the model have forecast"),
    ("Objective", "Every figure has a pedigree; the evidence case stands beside each plan", "The pedigrees, above"),
    ("Uncertainty-managed", "Every assumption has a range; all are varied at once, and stressed one by one", "How sure are we"),
    ("Robust", "A run that breaks an identity stops; wrong input is refused", "The checks, above"),
)  # fmt: skip
_FOR_THE_SIGNER = "whether for these very inputs is for the signer to say"
_NO_BREAK, _ROOM = "\N{NO-BREAK SPACE}", 22
"""Letters that a column to write in is wide, so that there is room for a pen."""


def rigour(signed: Sequence[Signed]) -> Table:
    """What the AQuA Book asks of an analysis, what this one does, and where to look."""
    assurer = next(each for each in signed if each.role == "assurer")
    rows = [Row(asked, (done, where.format(assurer=_stands(assurer)))) for asked, done, where in _RIGOUR]
    columns = under(("What this suite does", "Where to look"), Unit.WORDS)
    note = (
        "RIGOUR is the AQuA Book's list of what an analysis should be. That we claim these qualities here is not assurance: "
        "giving that is the assurer's part."
    )
    return Table("rigour", "What makes an analysis fit to be relied on", "Quality", columns, rows, (note,))


def _stands(each: Signed) -> str:
    if each.date:
        return f"signed on {each.date}"
    return "named, still to sign" if each.name else "still to be named"


def sign_off(signed: Sequence[Signed]) -> Table:
    """A row to sign for each role of the AQuA Book; a name is shown only where the council put one in."""
    rows = [
        Row(f"{each.role.capitalize()}: {_SIGNS_FOR[each.role]}", (
            each.name or _to_write_on("to be named"),
            each.date or _to_write_on("to be dated"),
            f"signed on {each.date}; {_FOR_THE_SIGNER}" if each.date else _to_write_on("to be signed"),
        ))
        for each in signed
    ]  # fmt: skip
    columns = under(("Name", "Date", "Signature"), Unit.WORDS)
    notes = (
        "A name stands here only if the council wrote it in sign_off.csv. One person may not be both analyst and assurer.",
        "The file says who signed and when, not which version, commit and inputs were signed.",
    )
    return Table("sign_off", "Sign-off", "Role, and what is signed for", columns, rows, notes)


def _to_write_on(words: str) -> str:
    return words.replace(" ", _NO_BREAK).ljust(_ROOM, _NO_BREAK)


def still_to_sign(signed: Sequence[Signed]) -> tuple[str, ...]:
    """The roles that have not signed."""
    return tuple(each.role for each in signed if not each.date)
