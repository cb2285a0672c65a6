"""When it pays and what waiting costs, on the page."""

from calendar import month_name

from best_model.faces.numbers import LEAST_POUNDS_SHOWN, millions, pounds, pounds_m
from best_model.model.authority import financial_year
from best_model.model.engine import Result
from best_model.model.phasing import Month
from best_model.outputs.fragment import Fragment, paragraph
from best_model.outputs.pages import METHOD
from best_model.outputs.tables import Row, table
from best_model.questions.names import within_a_sentence
from best_model.questions.timing import BreakEven, Delay, break_evens, delays

PROGRAMME, FROM_THE_START, NEVER = "The programme", "from the start", "never"


# ---- When it pays


def when_it_pays(result: Result) -> Fragment:
    """When the programme has met its cost to run and then its capital too; after it the last priority to, and those that never do."""
    programme, *each = break_evens(result)
    if not programme.running.any() and not programme.capital.any():
        return paragraph("Nothing is done, so nothing has to pay for itself.", "answer")
    if programme.met_running is None:
        answer = "The programme never meets its cost to run"
    else:
        answer = f"The programme meets its cost to run {_met(result, programme.met_running)}"
        answer += f", and capital spent so far too {_met(result, programme.met_all)}" if programme.capital.any() else ""
    return paragraph(f"{answer}.", "answer") + paragraph(_last_and_never(result, each))


def _last_and_never(result: Result, each: list[BreakEven]) -> str:
    met = [(one.met_running, one) for one in each if one.met_running is not None]
    months, last = max(met, key=lambda pair: pair[0], default=(0, None))
    said = (
        [f"{_label(last)} is the last priority to meet its cost to run, {_met(result, months)}."]
        if last and months
        else []
    )
    said += [
        f"Places that are built meet all that is spent on them so far {_met(result, one.met_all)}."
        for one in each
        if one.capital.any() and one.met_all
    ]
    said += [
        f"{_label(one)} never does{': what it saves is spent again' if one.lever and one.lever.reinvested else ''}."
        for one in each
        if one.met_running is None
    ]
    return " ".join(said) or "Every priority meets its cost to run from the start."


def break_even_table(result: Result) -> Fragment:
    """The month in which the programme, and each priority, has met its cost to run, and that with capital."""
    rows = [
        Row(
            _label(one),
            [
                _when(result, one.met_running),
                millions(float(one.capital.sum())),
                _when(result, one.met_all) if one.capital.any() else "no capital",
            ],
            "modelled",
            METHOD,
            total=one.lever is None,
        )
        for one in break_evens(result)
    ]
    last = result.years[-1]
    note = (
        "The month from which the saving so far, before the cost to run and after what is spent again, is more than that cost so "
        "far, for good; then more than that and the capital spent so far, which is less than that of all years. Places meet theirs in "
        "the year that the paper on places and money says. Amounts of a financial year are spread evenly over its months. A priority "
        f"has its fair share. After {last} its saving is held and nothing is built; what is in train is left out."
    )
    columns = ["Line", "Meets its cost to run", "Capital of all years, £m", "Meets capital spent so far too"]
    return table(f"When it pays for itself, {result.scenario.title}", columns, rows, note)


def _label(one: BreakEven | Delay | None) -> str:
    return one.lever.label if one and one.lever else PROGRAMME


def _met(result: Result, months: int | None) -> str:
    """When, as the end of a sentence."""
    if months is None:
        return NEVER
    if months == 0:
        return FROM_THE_START
    held = f", if the saving of {result.years[-1]} is held" if months >= len(result.years) * Month.IN_A_YEAR else ""
    return f"from {_month(result, months)}{held}"


def _when(result: Result, months: int | None) -> str:
    """When, as a cell: the month and its financial year."""
    if months is None:
        return NEVER
    if months == 0:
        return FROM_THE_START
    held = ", saving held" if months >= len(result.years) * Month.IN_A_YEAR else ""
    return f"{_month(result, months)} ({financial_year(_first(result) + months // Month.IN_A_YEAR)}){held}"


def _month(result: Result, months: int) -> str:
    years, month = divmod(Month.APRIL - 1 + months, Month.IN_A_YEAR)
    return f"{month_name[month + 1]} {_first(result) + years}"


def _first(result: Result) -> int:
    """The calendar year in which the first reported year opens."""
    return int(result.years[0].partition("/")[0])


# ---- What waiting costs


def what_a_month_costs(result: Result) -> Fragment:
    """What one more month of delay costs the programme; after it the month that costs most, and the priority that minds it most."""
    programme, *each = delays(result)
    month = float(programme.over_the_years[1])
    if abs(month) < 1:
        return paragraph("A month of delay costs nothing: nothing is done.", "answer")
    verb, over = ("costs", month) if month > 0 else ("saves", -month)
    answer = (
        f"One more month of delay {verb} {pounds_m(over)} over {result.years[0]} to {result.years[-1]}, "
        f"{pounds_m(float(programme.cost[1, -1]) * (1 if month > 0 else -1))} of it in {result.years[-1]}."
    )
    dearest, most = programme.dearest_month, max(each, key=lambda one: one.over_the_years[1])
    added = float(programme.over_the_years[dearest] - programme.over_the_years[dearest - 1])
    return paragraph(answer, "answer") + paragraph(
        f"The months are not alike: month {dearest} adds most, {pounds_m(added)}, and a whole year costs "
        f"{pounds_m(float(programme.over_the_years[-1]))}. Of the priorities, a month of {within_a_sentence(_label(most))} alone costs "
        f"most, {pounds_m(float(most.over_the_years[1]))}."
    )


def delay_table(result: Result) -> Fragment:
    """What the whole programme loses, by year, if it all comes one to twelve months later."""
    programme = delays(result)[0]
    rows = [
        Row(_months(late), [millions(float(amount)) for amount in (*by_year, by_year.sum())], "modelled", METHOD)
        for late, by_year in enumerate(programme.cost)
    ]
    note = (
        "Net saving lost, by running the model again with every slip so many months longer. Places open and children change school in "
        "September, so a month that misses one costs more; where a delay spares more than it loses, it is below nought."
    )
    columns = ["Every priority later by", *result.years, "All"]
    return table(f"What delay costs, {result.scenario.title}, £m", columns, rows, note)


def delay_by_priority_table(result: Result) -> Fragment:
    """What one month, and twelve, of each priority's delay cost by itself, over the years and in the last."""
    rows = [
        Row(
            _label(one),
            [
                _exact(float(amount))
                for late in (1, Month.IN_A_YEAR)
                for amount in (one.over_the_years[late], one.cost[late, -1])
            ],
            "modelled",
            METHOD,
            total=one.lever is None,
        )
        for one in delays(result)
    ]
    last = result.years[-1]
    columns = ["Line", "A month, all years", f"A month, {last}", "A year, all years", f"A year, {last}"]
    note = (
        "Each priority alone, the others on time. Priorities that act on the same children make up for each other, so these do not add "
        "to the programme's."
    )
    return table(f"What each priority's delay costs, {result.scenario.title}", columns, rows, note)


def _months(late: int) -> str:
    if not late:
        return "Nothing: on time"
    return "1 month" if late == 1 else f"{late} months"


def _exact(amount: float) -> str:
    return pounds_m(amount) if abs(amount) >= 2 * LEAST_POUNDS_SHOWN else pounds(amount)
