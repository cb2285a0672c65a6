"""Why the answer is uncertain: the assumptions its spread hangs on, and in which futures a target is missed, in sentences and tables.

No number is shown finer than its standard error: its last digit steps by one or five of the first unit that is not.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import ceil, floor, log10

from best_model.draws.sensitivity import PRIORITIES, figures_of
from best_model.faces.numbers import MILLION, children, number, per_cent, pounds_m
from best_model.model.authority import Authority
from best_model.model.scenario import Assumption, Lever, Scenario
from best_model.outputs.fragment import Fragment, paragraph
from best_model.outputs.pages import figure_anchor
from best_model.outputs.tables import Row, table
from best_model.questions.causes import Bound, Box, Index, Limit
from best_model.questions.names import figure_name, within_a_sentence

SHOWN = 10
_WORDS = 20
_STANDARD_ERRORS = 1.96
"""Standard errors in half of a 95% interval."""
_FINEST = 1e-9
_OF_A_LEVER = {"evidence": "the evidence for", "running_cost": "the cost of", "slip": "the lateness of"}
_SPENT = ("calibration.", "general_inflation", "inflation.", "unit_cost.")
_VERBS = {"missed": ("misses", "miss"), "met": ("meets", "meet")}


# ---- What the spread hangs on


def indices_answer(scenario: Scenario, indices: Sequence[Index], outcome: str = "saving") -> Fragment:
    """Which assumption matters most and how much of the variance hangs on it, in at most twenty words."""
    return paragraph(f"{indices_in_words(scenario, indices, outcome)}.", "answer")


def indices_in_words(scenario: Scenario, indices: Sequence[Index], outcome: str) -> str:
    """The same as text, without its stop."""
    first, *others = indices
    if first.total <= 0:
        return f"No assumption moves the {outcome} of {scenario.title}"
    near = any(other.total + other.total_error > first.total - first.total_error for other in others)
    main = f"The main doubt{', narrowly,' if near else ''} is {in_short(first.name, scenario.levers)}"
    return f"{main}: {part_as_known(first.total, first.total_error)} of the {outcome}'s variance"


def indices_table(
    authority: Authority, scenario: Scenario, indices: Sequence[Index], outcome: str = "saving", shown: int = SHOWN
) -> Fragment:
    """The largest indices: what part of the variance hangs on each assumption, with others and by itself."""
    figures, left = figures_of(authority, scenario), max(len(indices) - shown, 0)
    rows = [_index_row(index, scenario, figures) for index in indices[:shown]]
    note = (
        "With others: what would be left if all else were known. By itself: what would go if it alone were known. Errors are half of a "
        "95% interval. Assumptions are drawn independently here, without their correlations."
    ) + (f" The other {children(left)} assumptions have smaller parts." if left else "")
    columns = ["Assumption", "With others", "Error", "By itself", "Its error"]
    caption = f"Parts of the variance of the {outcome} in {authority.years[-1]}, {scenario.title}"
    return table(caption, columns, rows, note)


def _index_row(index: Index, scenario: Scenario, figures: Mapping[str, Assumption]) -> Row:
    figure = [key for key in figures if f"{key}.".startswith(f"{index.name}.")][-1]
    parts = [(index.total, index.total_error), (index.first, index.first_error)]
    cells = [text for part, error in parts for text in (part_as_known(part, error), give_or_take(error))]
    return Row(figure_name(index.name, scenario.levers), cells, figures[figure].pedigree.value, figure_anchor(figure))


# ---- Where a target is missed


def fails_if(authority: Authority, scenario: Scenario, box: Box, target: float) -> Fragment:
    """In which futures `target`, £, is missed, or where it is met if nearly all miss it; limits too long for the answer follow it."""
    if not box.limits:
        return paragraph(_no_assumption_tells(scenario, box, target), "answer")
    figures = figures_of(authority, scenario)
    limits = [_limit_in_words(limit, scenario.levers, figures[limit.figure].unit) for limit in box.limits]
    said = f"{scenario.title} {_VERBS[box.kind][0]} {pounds_m(target)} in {_density(box)} of futures"
    against = f"against {_overall(box)} of all"
    answer = f"{said} with {_and(limits)}, {against}."
    if len(answer.split()) <= _WORDS:
        return paragraph(answer, "answer")
    within = f"{said} within limits on {_so_many_assumptions(limits)}, {against}."
    return paragraph(within, "answer") + paragraph(f"Those are the futures with {_and(limits)}.", "lead")


def _no_assumption_tells(scenario: Scenario, box: Box, target: float) -> str:
    missed = box.overall if box.kind == "missed" else 1.0 - box.overall
    share = share_as_known(missed, box.overall_error)
    return f"{scenario.title} misses {pounds_m(target)} in {share} of futures; no assumption tells which."


def _so_many_assumptions(limits: Sequence[str]) -> str:
    return "1 assumption" if len(limits) == 1 else f"{len(limits)} assumptions"


def _density(box: Box) -> str:
    return share_as_known(box.density, box.density_error)


def _overall(box: Box) -> str:
    return share_as_known(box.overall, box.overall_error)


def _and(parts: Sequence[str]) -> str:
    return " and ".join(part for part in (", ".join(parts[:-1]), parts[-1]) if part)


def _limit_in_words(limit: Limit, levers: Iterable[Lever], unit: str) -> str:
    name = in_short(limit.name, levers)
    low, high = _ends(limit, unit)
    if low and high:
        return f"{name} from {low} to {high}"
    return f"{name} above {low}" if low else f"{name} below {high}"


def _ends(limit: Limit, unit: str) -> tuple[str, str]:
    """The figures of a limit, empty where it is open."""
    return bound_as_known(limit.low, unit) if limit.low else "", bound_as_known(limit.high, unit) if limit.high else ""


def box_table(authority: Authority, scenario: Scenario, box: Box, target: float) -> Fragment:
    """The limits of a box, as figures and as quantiles, and how many futures it holds."""
    if not box.limits:
        return paragraph(_no_assumption_tells(scenario, box, target), "note")
    figures = figures_of(authority, scenario)
    rows = [_limit_row(limit, scenario, figures[limit.figure]) for limit in box.limits]
    columns = ["Assumption", "Above", "Below", "Above quantile", "Below quantile", "Unit"]
    caption = f"Futures in which {scenario.title} {_VERBS[box.kind][0]} {pounds_m(target)} in {authority.years[-1]}"
    return table(caption, columns, rows, _box_note(box), text_columns=1)


def _limit_row(limit: Limit, scenario: Scenario, figure: Assumption) -> Row:
    quantiles = [per_cent(end.chance) if end else "" for end in (limit.low, limit.high)]
    cells = [*_ends(limit, figure.unit), *quantiles, figure.unit]
    return Row(figure_name(limit.name, scenario.levers), cells, figure.pedigree.value, figure_anchor(limit.figure))


def _box_note(box: Box) -> str:
    _, verb = _VERBS[box.kind]
    return (
        f"{per_cent(box.mass)} of all futures are within these limits. {_density(box)} of them {verb} the target, against {_overall(box)} "
        f"of all; they are {per_cent(box.coverage)} of those that {verb} it. The limits were found among {children(box.draws)} draws and "
        f"measured on as many others. A figure given by year stands at its last.{_more_to_save_from(box)}"
    )


def _more_to_save_from(box: Box) -> str:
    """What to know of a limit that a target is met beyond because more is spent."""
    ends = [limit.name for limit in box.limits if (limit.high if box.kind == "missed" else limit.low)]
    spent = any(name.startswith(_SPENT) for name in ends)
    return (
        " Where prices or new plans are higher there is more to save, and a wider gap to save it from." if spent else ""
    )


# ---- Names and numbers


def in_short(name: str, levers: Iterable[Lever]) -> str:
    """An assumption within a sentence, in nine words or fewer."""
    said = figure_name(name, levers)
    if name.startswith(f"{PRIORITIES}."):
        return f"{_OF_A_LEVER.get(name.rpartition('.')[2], 'an effect of')} {within_a_sentence(said.partition(':')[0])}"
    if name == "in_train":
        return "what is in train"
    stem, _, rest = said.partition(", ")
    return (
        f"{within_a_sentence(stem)} ({rest})"
        if rest and not name.startswith("calibration.")
        else within_a_sentence(stem)
    )


def share_as_known(share: float, error: float) -> str:
    """A share in per cent: whole, or in fives or tens as its standard error allows; never nought or all.

    >>> share_as_known(0.9614, 0.004), share_as_known(0.357, 0.021), share_as_known(0.9998, 0.001)
    ('96%', '35%', 'over 99%')
    """
    step = _step(max(error * 100, 1.0))
    shown = round(share * 100 / step) * step
    if shown <= 0:
        return f"under {number(step)}%"
    return f"over {number(100 - step)}%" if shown >= 100 else f"{number(shown)}%"


def part_as_known(part: float, error: float) -> str:
    """A part of a variance, whose error is half of a 95% interval."""
    return share_as_known(part, error / _STANDARD_ERRORS)


def give_or_take(error: float) -> str:
    """An error in whole per cent, upwards."""
    return f"±{ceil(error * 100)}%"


def bound_as_known(bound: Bound, unit: str) -> str:
    """The figure of a bound as it stands in a sentence, no finer than a peel can place it.

    >>> bound_as_known(Bound(0.74, 14_604_797.0, 793_875.0), "£ a year"), bound_as_known(Bound(0.82, 0.0553, 0.0026), "a year")
    ('£15m', '5.5%')
    """
    if unit.startswith("£"):
        large = bound.figure >= MILLION
        return f"£{_as_known(bound, 1 / MILLION)}m" if large else f"£{_as_known(bound, 1.0)}"
    if unit == "a year" or unit.startswith(("share", "of ", "off ")):
        return f"{_as_known(bound, 100.0)}%"
    tail = {"places": " places", "months late": " months"}.get(unit, f" {unit}" if unit.startswith("times") else "")
    return f"{_as_known(bound, 1.0)}{tail}"


def _as_known(bound: Bound, scale: float) -> str:
    step = _step(bound.error * scale)
    return number(round(bound.figure * scale / step) * step)


def _step(error: float) -> float:
    """The least of one or five times a power of ten that is not below an error."""
    power = 10.0 ** floor(log10(max(error, _FINEST)))
    return next(power * times for times in (1, 5, 10) if power * times >= error * (1 - _FINEST))
