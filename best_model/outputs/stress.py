"""Stress tests on the page and at a terminal: what each does to the saving, the gap that is left and the deficit, the worst first."""

from collections.abc import Iterable, Sequence
from itertools import chain
from textwrap import fill

from best_model.faces.numbers import LEAST_POUNDS_SHOWN, MINUS, millions, pounds_m
from best_model.model.authority import Authority
from best_model.model.deficit import CASES
from best_model.model.scenario import Scenario
from best_model.outputs.fragment import Fragment, bullets, paragraph
from best_model.outputs.pages import METHOD, ROUNDED
from best_model.outputs.tables import Row, table
from best_model.questions.names import within_a_sentence
from best_model.questions.stressed import DEFICIT_CASE, Position, Stressed

_MET, _MISSED = "met", "missed"


def stress_answer(authority: Authority, outcomes: Sequence[Stressed]) -> Fragment:
    """The worst stress and what it costs, in one sentence for large type."""
    return paragraph(f"{finding(authority, outcomes)}.", "answer")


def finding(authority: Authority, outcomes: Sequence[Stressed]) -> str:
    """The worst stress and what it costs, as a sentence without its full stop."""
    worst, by = outcomes[0], last_march(authority)
    if worst.cost < LEAST_POUNDS_SHOWN:
        return f"None of {len(outcomes)} stresses adds to the deficit by {by}"
    which = (
        f"The worst of {len(outcomes)} stresses, {within_a_sentence(worst.stress.title)},"
        if outcomes[1:]
        else worst.stress.title
    )
    return f"{which} adds {pounds_m(worst.cost)} to the deficit by {by}"


def stress_table(authority: Authority, scenario: Scenario, outcomes: Sequence[Stressed]) -> Fragment:
    """Each stress, the worst first: saving found, gap left and deficit with their changes, and whether each target would be met."""
    rows = [Row(head, cells, "modelled", METHOD) for head, *cells in _lines(authority, outcomes)]
    caption = f"{scenario.title} under {len(outcomes)} stresses, {authority.years[-1]}, £m, the worst first"
    columns = ["Stress", *_columns(authority)]
    return table(caption, columns, rows, f"{_note()} {ROUNDED}", text_columns=len(authority.council.targets))


def stress_text(authority: Authority, scenario: Scenario, outcomes: Sequence[Stressed]) -> str:
    """The same as lines for a terminal."""
    names = [name.capitalize() for name in targets(authority)]
    lines = [["", "Saving", "change", "Gap left", "change", "Deficit", "change", *names], *_lines(authority, outcomes)]
    first, *widths = (max(map(len, column)) + 2 for column in zip(*lines, strict=True))
    drawn = [
        f"{name:<{first}}" + "".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))
        for name, *cells in lines
    ]
    head = f"{scenario.title} under {len(outcomes)} stresses, {authority.council.title} (£m, the worst first)"
    return "\n".join([head, *drawn, "", fill(f"{_when(authority)} {_note()}", first + sum(widths))])


def what_is_supposed(authority: Authority, outcomes: Sequence[Stressed]) -> Fragment:
    """Each stress in words: what a member would ask, what is supposed, and on what source."""
    sources = authority.council.sources
    return bullets(
        [
            f"{each.title}: {each.question} {each.note} Source: {sources[each.source].title}."
            for each in (outcome.stress for outcome in outcomes)
        ]
    )


def last_march(authority: Authority) -> str:
    """The end of the last reported year: `March 2030`."""
    year = authority.years[-1]
    return f"March {year[:2]}{year[-2:]}"


def targets(authority: Authority) -> dict[str, float]:
    """Each target in the last year, £, the nearest first."""
    last = {name: float(amounts[-1]) for name, amounts in authority.council.targets.items()}
    return dict(sorted(last.items(), key=lambda target: target[1]))


def _columns(authority: Authority) -> list[str]:
    aims = (f"{name.capitalize()}, {pounds_m(amount)}" for name, amount in targets(authority).items())
    deficit = f"Deficit, {last_march(authority)}"
    return ["Saving found", "Saving, change", "Gap left", "Gap, change", deficit, "Deficit, change", *aims]


def _when(authority: Authority) -> str:
    """Which year the figures are of, and what each target is."""
    aims = " and ".join(f"{name} {pounds_m(amount)}" for name, amount in targets(authority).items())
    return f"Saving found and gap left in {authority.years[-1]}, deficit in {last_march(authority)}; targets: {aims}."


def _lines(authority: Authority, outcomes: Sequence[Stressed]) -> list[list[str]]:
    """A heading and its cells: the scenario as it stands, then under each stress."""
    return [
        ["No stress", *_cells(authority, outcomes[0].unstressed, ("", "", ""))],
        *([each.stress.title, *_cells(authority, each.position, _changes(each))] for each in outcomes),
    ]


def _cells(authority: Authority, position: Position, changes: Iterable[str]) -> list[str]:
    amounts = (position.saving, position.gap_after, position.deficit[DEFICIT_CASE])
    met = [_MET if position.meets(amount) else _MISSED for amount in targets(authority).values()]
    return [*chain.from_iterable(zip((millions(float(each[-1])) for each in amounts), changes, strict=True)), *met]


def _changes(outcome: Stressed) -> list[str]:
    moved = (outcome.saving_gained, outcome.gap_added, outcome.deficit_added[DEFICIT_CASE])
    return [_with_sign(float(amounts[-1])) for amounts in moved]


def _with_sign(amount: float) -> str:
    """£m with its sign, a plus where it rises: `+22.8`; what shows as nought has none."""
    text = millions(amount)
    return text if text.startswith(MINUS) or not text.strip("0.") else f"+{text}"


def _note() -> str:
    return (
        "Each stress is laid over the scenario by itself, with the calibration as it is and every priority delivering all that the "
        "scenario asks; in most futures they deliver less, so a target that is met here is met on that supposition only. Found is what "
        "is identified and in train. Where a stress widens the gap, more may be found because there is more to save. "
        f"Deficit: {within_a_sentence(CASES[DEFICIT_CASE])}; the worst stress adds most to it."
    )
