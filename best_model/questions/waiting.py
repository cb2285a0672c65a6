"""When it pays and what waiting costs, as tables."""

from calendar import month_name
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from best_model.model.authority import financial_year
from best_model.model.engine import Result
from best_model.model.phasing import Month
from best_model.questions.names import within_a_sentence
from best_model.questions.timing import BreakEven, Delay, break_evens, delays
from best_model.table import METHOD, NOT_APPLICABLE, Column, Row, Table, Unit, Value, listed, under

PROGRAMME = "The programme"
_SHOWN_ALONE = 3


def _label(one: BreakEven | Delay) -> str:
    return one.lever.label if one.lever else PROGRAMME


# When it pays


@dataclass(frozen=True)
class When:
    """A month of the plan or after it: by name (`April 2027`), its financial year, and whether the last saving is held until then.

    `month` is empty where that is from the start, and None where it never comes.
    """

    month: str | None
    year: str = ""
    held: bool = False

    def __str__(self) -> str:
        return "never" if self.month is None else f"from {self.month or 'the start'}"

    @property
    def in_a_cell(self) -> str:
        """The month and its financial year."""
        return f"{self.month} ({self.year}){', saving held' if self.held else ''}" if self.month else str(self)


def when(result: Result, months: int | None) -> When:
    """So many months after the first April of a result's years."""
    if not months:
        return When(None if months is None else "")
    first = int(result.years[0].partition("/")[0])
    years, month = divmod(Month.APRIL - 1 + months, Month.IN_A_YEAR)
    held = months >= len(result.years) * Month.IN_A_YEAR
    return When(f"{month_name[month + 1]} {first + years}", financial_year(first + months // Month.IN_A_YEAR), held)


@dataclass(frozen=True)
class Pays:
    """When the programme has met its cost to run, and that with its capital (None where it builds nothing).

    `last` is the last priority to meet its cost to run after the start, by name; `built` when places meet all that is spent on them so far;
    `never` the priorities that never do, by name, each with whether what it saves is spent again.
    """

    does_anything: bool
    running: When
    capital: When | None
    last: tuple[str, When] | None
    built: tuple[When, ...]
    never: tuple[tuple[str, bool], ...]


def pays(result: Result) -> Pays:
    """When the programme and its priorities pay for themselves."""
    programme, *each = break_evens(result)
    later = [(one.met_running, one) for one in each if one.met_running]
    months, last = max(later, key=lambda pair: pair[0], default=(0, None))
    return Pays(
        does_anything=bool(programme.running.any() or programme.capital.any()),
        running=when(result, programme.met_running),
        capital=when(result, programme.met_all) if programme.capital.any() else None,
        last=(_label(last), when(result, months)) if last else None,
        built=tuple(when(result, one.met_all) for one in each if one.capital.any() and one.met_all),
        never=tuple((_label(one), bool(one.lever and one.lever.reinvested)) for one in each if one.met_running is None),
    )


@listed("result")
def break_even(result: Result) -> Table:
    """The month in which the programme, and each priority, has met its cost to run, and that with capital; £ nominal."""
    no_capital = NOT_APPLICABLE("no capital")
    rows = [
        Row(
            _label(one),
            [
                when(result, one.met_running).in_a_cell,
                float(one.capital.sum()),
                when(result, one.met_all).in_a_cell if one.capital.any() else no_capital,
            ],
            "modelled",
            METHOD,
            total=one.lever is None,
        )
        for one in break_evens(result)
    ]
    notes = (
        "The month from which the saving so far, before the cost to run and after what is spent again, is more than that cost so far, for "
        "good; then more than that and the capital spent so far, which is less than that of all years.",
        "Places meet theirs in the year that the paper on places and money says.",
        "Amounts of a financial year are spread evenly over its months. A priority has its fair share.",
        f"After {result.years[-1]} its saving is held and nothing is built. What is in train is left out.",
    )
    columns = (
        Column("Meets its cost to run", Unit.WORDS),
        Column("Capital of all years, £m"),
        Column("Meets capital spent so far too", Unit.WORDS),
    )
    return Table("break_even", f"When it pays for itself, {result.scenario.title}", "Line", columns, rows, notes)


# What waiting costs


@dataclass(frozen=True)
class Waiting:
    """What a month of delay loses, £ nominal: over all the years and in the last, and of a whole year of delay over all the years.

    `dearest` is the month of delay that adds most to the one before it, counted from one, and `added` what it adds. `most` is the priority
    that loses most by a month of its own delay, by name, with that amount.
    """

    month: float
    month_in_last_year: float
    year: float
    dearest: int
    added: float
    most: tuple[str, float]


def waiting(all_delays: Sequence[Delay]) -> Waiting:
    """What waiting costs the programme, from `timing.delays`."""
    programme, *each = all_delays
    total, dearest = programme.over_the_years, programme.dearest_month
    most = max(each, key=lambda one: one.over_the_years[1])
    return Waiting(
        month=float(total[1]),
        month_in_last_year=float(programme.cost[1, -1]),
        year=float(total[-1]),
        dearest=dearest,
        added=float(total[dearest] - total[dearest - 1]),
        most=(within_a_sentence(_label(most)), float(most.over_the_years[1])),
    )


def lost_by_month(all_delays: Sequence[Delay]) -> Table:
    """Net saving lost over all the years by months of delay, £ nominal: by the programme, and by the priorities that lose most alone."""
    programme, *each = all_delays
    shown = [programme, *sorted(each, key=lambda one: -one.over_the_years[-1])[:_SHOWN_ALONE]]
    months = under(map(str, range(len(programme.cost))))
    rows = [Row(_label(one), one.over_the_years) for one in shown]
    return Table("lost_by_month", "Saving lost by months of delay", "Line", months, rows)


@listed("result")
def delay(result: Result) -> Table:
    """What the whole programme loses, £ nominal by year, if it all comes one to twelve months later."""
    programme = delays(result)[0]
    rows = [
        Row(_months(late), [*by_year, np.sum(by_year)], "modelled", METHOD)
        for late, by_year in enumerate(programme.cost)
    ]
    notes = (
        "Net saving lost, by running the model again with every start so many months later.",
        "Places open and children change school in September, so a month that misses one costs more.",
        "Where a delay spares more than it loses, the number is below nought.",
    )
    caption = f"What delay costs, {result.scenario.title}, £m"
    return Table("delay", caption, "Every priority later by", under([*result.years, "All"]), rows, notes)


@listed("result")
def delay_by_priority(result: Result) -> Table:
    """What one month, and twelve, of each priority's delay cost by itself, £ nominal, over the years and in the last."""
    rows = [
        Row(_label(one), _month_and_year(one), "modelled", METHOD, total=one.lever is None) for one in delays(result)
    ]
    last = result.years[-1]
    heads = ("A month, all years", f"A month, {last}", "A year, all years", f"A year, {last}")
    notes = (
        "Each priority alone, the others on time.",
        "Priorities that act on the same children make up for each other, so these do not add to the programme's.",
    )
    caption = f"What each priority's delay costs, {result.scenario.title}"
    return Table("delay_by_priority", caption, "Line", under(heads, Unit.GBP_SAID), rows, notes)


def _month_and_year(one: Delay) -> list[Value]:
    return [float(amount) for late in (1, Month.IN_A_YEAR) for amount in (one.over_the_years[late], one.cost[late, -1])]


def _months(late: int) -> str:
    if not late:
        return "Nothing: on time"
    return "1 month" if late == 1 else f"{late} months"
