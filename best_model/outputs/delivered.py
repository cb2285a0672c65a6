"""Budgeted beside delivered: what earlier plans said and what came of them, and this programme's targets beside its actuals."""

from collections.abc import Sequence

import numpy as np

from best_model.faces.numbers import MINUS, millions, pounds_m
from best_model.model.delivered import THIS_PROGRAMME, YEAR_NOT_GIVEN, Delivered
from best_model.model.engine import Result
from best_model.outputs.fragment import Fragment, paragraph
from best_model.outputs.pages import report_anchor
from best_model.outputs.tables import Row, slug, table

NOT_PUBLISHED, NOT_DUE, NOT_KNOWN = "not published", "not due yet", "not known"
_MEASURES = {"overspend": "Overspend in", "deficit": "Deficit at the end of"}


def answer(result: Result, records: Sequence[Delivered]) -> Fragment:
    """How many earlier plans to save, of those that are due, have a published outcome, in one sentence."""
    due = [each for each in _earlier(records) if each.planned is not None and each.is_due(result.years[0])]
    if not due:
        return paragraph("No plan to save from before this programme is on file.", "answer")
    known = sum(each.delivered is not None for each in due)
    plans = "plan to save that is due" if len(due) == 1 else f"{len(due)} plans to save that are due"
    said = f"Of the {plans} from before this programme, {known or 'none'} {'have' if known > 1 else 'has'} a published outcome."
    return paragraph(said, "answer")


def lead(records: Sequence[Delivered]) -> Fragment:
    """What is claimed with no plan beside it, and how far the overspends and the deficit came out above what was expected."""
    claims = [
        f"{pounds_m(each.delivered)} is claimed for {each.programme}: {each.basis}."
        for each in _earlier(records)
        if each.planned is None and each.delivered is not None
    ]
    return paragraph(" ".join([*claims, *_worse(records)]) or "Nothing is on file of what came of earlier plans.")


def _worse(records: Sequence[Delivered]) -> list[str]:
    expected = [each for each in records if each.measure in _MEASURES]
    gone = [each.difference for each in expected if each.difference is not None]
    worse = [each for each in gone if each > 0]
    if not worse:
        return []
    how_many = "Each" if len(worse) == len(gone) else f"{len(worse)}"
    between = pounds_m(min(worse)) + (f" to {pounds_m(max(worse))}" if len(worse) > 1 else "")
    no_year = sum(each.year == YEAR_NOT_GIVEN for each in expected)
    others = [f"For {no_year} more no year is on file, so nothing can be set beside them."] if no_year else []
    return [
        f"{how_many} of {len(gone)} earlier forecasts that can be set beside what came was too low, by {between}.",
        *others,
    ]


def delivered_table(result: Result, records: Sequence[Delivered]) -> Fragment:
    """Savings that earlier programmes planned, what they delivered, and the difference."""
    rows = [_row(each, each.year, result.years[0]) for each in _earlier(records)]
    columns = ["Programme", "Year", "Planned", "Delivered", "Difference", "What it is"]
    note = "Not published: no source was found that gives the figure."
    return table("Savings of earlier programmes, budgeted beside delivered, £m", columns, rows, note, text_columns=1)


def this_programme_table(result: Result, records: Sequence[Delivered]) -> Fragment:
    """Each year of this programme: its target, what the council has put in as delivered, and the difference."""
    own = {each.year: each.delivered for each in records if each.programme == THIS_PROGRAMME}
    budget = [float(aim) if np.isfinite(aim) else None for aim in result.target]
    came = [own.get(year) for year in result.years]
    gone = [None if aim is None or is_now is None else is_now - aim for aim, is_now in zip(budget, came, strict=True)]
    rows = [
        Row(
            "Budgeted: the target",
            [_amount(aim, NOT_PUBLISHED) for aim in budget],
            "published",
            report_anchor(result.authority),
        ),
        Row("Delivered", [_amount(amount, NOT_DUE) for amount in came]),
        Row("Difference", [_with_sign(amount) for amount in gone], total=True),
    ]
    return table(
        f"This programme, {result.scenario.title}, budgeted beside delivered, £m", ["Line", *result.years], rows
    )


def expected_table(records: Sequence[Delivered]) -> Fragment:
    """Overspends and deficits as they were expected, beside what they came to."""
    rows = [_row(each, _of_what(each), "") for each in records if each.measure in _MEASURES]
    columns = ["Expected when", "Of what", "Expected", "Came to", "Difference", "What it is"]
    note = (
        "Came to: as the council's own forecast now brings it forward. Derived: worked out from published figures, as the last column "
        "says."
    )
    return table("Overspend and deficit expected beside what came, £m", columns, rows, note, text_columns=1)


def _earlier(records: Sequence[Delivered]) -> list[Delivered]:
    return [each for each in records if each.measure == "saving" and each.programme != THIS_PROGRAMME]


def _of_what(record: Delivered) -> str:
    if record.year == YEAR_NOT_GIVEN:
        return f"{record.measure.capitalize()}, year {YEAR_NOT_GIVEN}"
    return f"{_MEASURES[record.measure]} {record.year}"


def _row(record: Delivered, of_what: str, first_reported: str) -> Row:
    missing = NOT_PUBLISHED if record.is_due(first_reported) or not first_reported else NOT_DUE
    if record.measure in _MEASURES and record.year == YEAR_NOT_GIVEN:
        missing = NOT_KNOWN
    cells = [
        of_what,
        _amount(record.planned, NOT_PUBLISHED),
        _amount(record.delivered, missing),
        _with_sign(record.difference),
        record.basis,
    ]
    return Row(record.programme, cells, str(record.pedigree), f"source-{slug(record.source)}")


def _amount(amount: float | None, missing: str) -> str:
    return missing if amount is None else millions(amount)


def _with_sign(amount: float | None) -> str:
    if amount is None:
        return NOT_KNOWN
    text = millions(amount)
    return text if text.startswith(MINUS) or not text.strip("0.") else f"+{text}"
