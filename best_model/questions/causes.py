"""Why the answer is uncertain: the assumptions that its spread hangs on, and the limits within which a target is mostly missed."""

from collections.abc import Mapping, Sequence
from math import ceil
from typing import NamedTuple

from best_model.draws.corner import Bound, Box, Limit
from best_model.draws.ensemble import Ensemble
from best_model.draws.sensitivity import figures_of
from best_model.draws.variance import Index
from best_model.model.scenario import Assumption
from best_model.questions.names import figure_name, in_short
from best_model.table import NONE, Column, Estimate, Row, Table, Unit, Value, under

_SHOWN = 10
_STANDARD_ERRORS = 1.96
"""Standard errors in half of a 95% interval."""
_WHOLE = 100
_SPENT = ("calibration.", "general_inflation", "inflation.", "unit_cost.")


class Doubt(NamedTuple):
    """The assumption that most of the variance hangs on, within a sentence, and its part; `narrowly` where another may be as large."""

    assumption: str
    part: Estimate
    narrowly: bool


def main_doubt(ready: Ensemble, indices: Sequence[Index]) -> Doubt | None:
    """The largest index; nothing where nothing varies."""
    first, *others = indices
    if first.total <= 0:
        return None
    near = any(other.total + other.total_error > first.total - first.total_error for other in others)
    return Doubt(in_short(first.name, ready.scenario.levers), _part(first.total, first.total_error), near)


def _part(part: float, error: float) -> Estimate:
    """A part of a variance, whose error is half of a 95% interval, with its standard error."""
    return Estimate(part, error / _STANDARD_ERRORS)


def parts_of_variance(ready: Ensemble, indices: Sequence[Index], shown: int = _SHOWN) -> Table:
    """The largest indices: what part of the variance of the saving hangs on each assumption, with others and by itself.

    Errors are half of a 95% interval, rounded up to a whole per cent.
    """
    authority, scenario = ready.authority, ready.scenario
    rows = [_of_index(index, ready, figures_of(authority, scenario)) for index in indices[:shown]]
    notes = (
        "With others: what would be left if all else were known. By itself: what would go if it alone were known. The errors are half of "
        "a 95% interval. Assumptions are drawn independently here, without their correlations.",
    )
    caption = f"Parts of the variance of the saving in {authority.years[-1]}, {scenario.title}"
    headings = ("With others", "Error (±)", "By itself", "Its error (±)")
    return Table("parts_of_variance", caption, "Assumption", under(headings, Unit.SHARE), rows, notes)


def _of_index(index: Index, ready: Ensemble, figures: Mapping[str, Assumption]) -> Row:
    figure = [key for key in figures if f"{key}.".startswith(f"{index.name}.")][-1]
    parts = [(index.total, index.total_error), (index.first, index.first_error)]
    values: list[Value] = [
        each for part, error in parts for each in (_part(part, error), ceil(error * _WHOLE) / _WHOLE)
    ]
    name = figure_name(index.name, ready.scenario.levers)
    return Row(name, values, figures[figure].pedigree.value, f"figure:{figure}")


# ---- Within which limits a target is missed


class Held(NamedTuple):
    """An assumption, within a sentence, that is held above `low`, below `high` or between them, in a unit in words."""

    assumption: str
    low: Estimate | None
    high: Estimate | None
    unit: str


def limits_in_short(ready: Ensemble, box: Box) -> tuple[Held, ...]:
    """The limits of a box as a sentence needs them."""
    figures = figures_of(ready.authority, ready.scenario)
    held = []
    for limit in box.limits:
        low, high = (end.figure if end else None for end in (limit.low, limit.high))
        held.append(Held(in_short(limit.name, ready.scenario.levers), low, high, figures[limit.figure].unit))
    return tuple(held)


def limits(ready: Ensemble, box: Box) -> Table:
    """The limits of a box, the most telling first, as figures in their own units and as quantiles."""
    authority, scenario = ready.authority, ready.scenario
    figures = figures_of(authority, scenario)
    rows = [_of_limit(limit, ready, figures[limit.figure]) for limit in box.limits]
    columns = (
        *under(("Above", "Below"), Unit.NUMBER),
        *under(("Above quantile", "Below quantile"), Unit.SHARE),
        Column("Unit", Unit.WORDS),
    )
    missed = "misses" if box.kind == "missed" else "meets"
    last = authority.years[-1]
    caption = f"Limits within which {scenario.title} mostly {missed} the {scenario.target} target in {last}"
    notes = ("A figure given by year stands at its last.",)
    return Table("limits", caption, "Assumption", columns, rows, notes)


def _of_limit(limit: Limit, ready: Ensemble, figure: Assumption) -> Row:
    ends: list[Bound | None] = [limit.low, limit.high]
    values: list[Value] = [end.figure if end else NONE for end in ends]
    values += [end.chance if end else NONE for end in ends]
    name = figure_name(limit.name, ready.scenario.levers)
    return Row(name, [*values, figure.unit], figure.pedigree.value, f"figure:{limit.figure}")


def more_to_save(box: Box) -> bool:
    """Whether beyond one of the limits more is spent, so that there is more to save."""
    ends = [limit.name for limit in box.limits if (limit.high if box.kind == "missed" else limit.low)]
    return any(name.startswith(_SPENT) for name in ends)
