"""Budgeted beside delivered: what earlier plans said and what came of them, and this programme's targets beside its actuals."""

from collections.abc import Sequence
from typing import NamedTuple

from best_model.model.delivered import THIS_PROGRAMME, YEAR_NOT_GIVEN, Delivered
from best_model.model.engine import Result
from best_model.questions.published import report_of
from best_model.table import NOT_DUE, NOT_PUBLISHED, Column, Missing, Row, Table, Unit, known, under

NOT_KNOWN = Missing("not known", "[x]")
_MEASURES = {"overspend": "Overspend in", "deficit": "Deficit at the end of"}


class Due(NamedTuple):
    """How many earlier plans to save should have an outcome by now, and of how many one is published."""

    plans: int
    known: int


def plans_due(result: Result, records: Sequence[Delivered]) -> Due:
    """Plans to save from before this programme whose last year is over before the years of a result begin."""
    due = [each for each in _earlier(records) if each.planned is not None and each.is_due(result.years[0])]
    return Due(len(due), sum(each.delivered is not None for each in due))


def claimed(records: Sequence[Delivered]) -> tuple[Delivered, ...]:
    """Savings of earlier programmes that are claimed with no plan beside them."""
    return tuple(each for each in _earlier(records) if each.planned is None and each.delivered is not None)


class TooLow(NamedTuple):
    """Of `of` earlier forecasts of an overspend or a deficit that can be set beside what came, `many` were too low, by so many £ nominal.

    `no_year` more name no year, so nothing can be set beside them. `least` and `most` are 0 where none was too low.
    """

    many: int
    of: int
    least: float
    most: float
    no_year: int


def forecasts_too_low(records: Sequence[Delivered]) -> TooLow:
    """How far overspends and deficits came out above what was expected."""
    expected = [each for each in records if each.measure in _MEASURES]
    gone = [each.difference for each in expected if each.difference is not None]
    worse = [each for each in gone if each > 0]
    no_year = sum(each.year == YEAR_NOT_GIVEN for each in expected)
    return TooLow(len(worse), len(gone), min(worse, default=0.0), max(worse, default=0.0), no_year)


def earlier_savings(result: Result, records: Sequence[Delivered]) -> Table:
    """Savings that earlier programmes planned, what they delivered, and the difference, £ nominal."""
    rows = [_row(each, each.year, result.years[0]) for each in _earlier(records)]
    caption, columns = (
        "Savings of earlier programmes, budgeted beside delivered, £m",
        _columns("Year", "Planned", "Delivered"),
    )
    notes = ("Not published: no source was found that gives the figure.",) if rows else ()
    return Table("earlier_savings", caption, "Programme", columns, rows, notes)


def expected_and_came(records: Sequence[Delivered]) -> Table:
    """Overspends and deficits as they were expected, beside what they came to, £ nominal."""
    rows = [_row(each, _of_what(each), "") for each in records if each.measure in _MEASURES]
    notes = (
        "Came to: as the council's own forecast now brings it forward.",
        "Derived: worked out from published figures, as the last column says.",
    )
    caption = "Overspend and deficit expected beside what came, £m"
    return Table("expected_and_came", caption, "Expected when", _columns("Of what", "Expected", "Came to"), rows, notes)


def this_programme(result: Result, records: Sequence[Delivered]) -> Table:
    """Each year of this programme: its target, what the council has put in as delivered, and the difference, £ nominal."""
    own = {each.year: each.delivered for each in records if each.programme == THIS_PROGRAMME}
    came = [own.get(year) for year in result.years]
    gone = [None if now is None else now - aim for aim, now in zip(result.target, came, strict=True)]
    rows = (
        Row("Budgeted: the target", known(result.target), "published", report_of(result.authority)),
        Row("Delivered", known(came, NOT_DUE)),
        Row("Difference", known(gone, NOT_KNOWN), total=True, unit=Unit.GBP_CHANGE),
    )
    caption = f"This programme, {result.scenario.title}, budgeted beside delivered, £m"
    return Table("this_programme", caption, "Line", under(result.years), rows)


def _columns(what: str, planned: str, came: str) -> tuple[Column, ...]:
    words, difference = Unit.WORDS, Column("Difference", Unit.GBP_CHANGE)
    return Column(what, words), Column(planned), Column(came), difference, Column("What it is", words)


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
    planned, came, gone = (
        known([record.planned]),
        known([record.delivered], missing),
        known([record.difference], NOT_KNOWN),
    )
    values = [of_what, *planned, *came, *gone, record.basis]
    return Row(record.programme, values, str(record.pedigree), f"source:{record.source}")
