"""When it pays: the month in which a saving has met its cost for good, for the programme and for each priority."""

from calendar import month_name
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from best_model.model.authority import financial_year
from best_model.model.engine import Result
from best_model.model.phasing import FloatArray, Month
from best_model.model.scenario import Lever
from best_model.questions.places import capital
from best_model.questions.whose import whose_saving
from best_model.table import NOT_APPLICABLE, Column, Table, Unit, listed, modelled

PROGRAMME = "The programme"
_POUND = 1.0
_NINE_DIGITS = 9


@dataclass(frozen=True)
class BreakEven:
    """When one priority, or the programme where `lever` is none, has paid for itself; £ nominal over the reported years.

    `saving` is before the cost to run and after what is spent again, a fair share; `running` and `capital` are what it has to meet.
    After the plan its last saving and running cost are held until `horizon` years have gone, and nothing more is built.
    """

    lever: Lever | None
    saving: FloatArray
    running: FloatArray
    capital: FloatArray
    horizon: int

    @property
    def label(self) -> str:
        """Its name for a reader."""
        return self.lever.label if self.lever else PROGRAMME

    @property
    def met_running(self) -> int | None:
        """Months from the first April until the saving has met the cost to run for good, as `months_to_break_even`."""
        return months_to_break_even(self._held(self.saving - self.running))

    @property
    def met_all(self) -> int | None:
        """The same for the cost to run and the capital of its places together."""
        built = np.pad(self.capital, (0, self.horizon - len(self.capital)))
        return months_to_break_even(self._held(self.saving - self.running) - built)

    def _held(self, amounts: FloatArray) -> FloatArray:
        return np.pad(amounts, (0, self.horizon - len(amounts)), mode="edge")


def months_to_break_even(net: FloatArray) -> int | None:
    """Whole months, from the first April, after which cumulative `net` (year,) is above nought and stays there; none if never.

    £ of a financial year come evenly over its twelve months, so the sum so far is a straight line within each year. Nought is
    from the start. £60 lost in the first year are met halfway through a second that brings £120:

    >>> months_to_break_even(np.array([-60.0, 120.0, 120.0]))
    18
    """
    so_far = np.append(0.0, np.cumsum(net))
    last = int(np.flatnonzero(so_far < _POUND)[-1])
    if last == len(net):
        return None
    share = max(-so_far[last] / net[last], 0.0)
    return int(np.floor(round(Month.IN_A_YEAR * (last + share), _NINE_DIGITS)))


def break_evens(result: Result) -> tuple[BreakEven, ...]:
    """When the programme pays for itself, and then each priority by its fair share; what is in train is in neither."""
    shares = list(whose_saving(result.authority, result.scenario).values())
    built = [_capital_of(result, place) for place in range(len(shares))]
    horizon = max(int(result.authority.council.assumptions["finance.appraisal_years"].value), len(result.years))
    each = tuple(
        BreakEven(lever, share.gross - share.reinvested, share.running, spent, horizon)
        for lever, share, spent in zip(result.scenario.levers, shares, built, strict=True)
    )
    saving, running, spent = (
        np.sum([getattr(one, what) for one in each], axis=0) for what in ("saving", "running", "capital")
    )
    return (BreakEven(None, saving, running, spent, horizon), *each)


def _capital_of(result: Result, lever: int) -> FloatArray:
    """£ of capital over the years for the places of one lever."""
    forces = tuple(force for force in result.simulation.forces if force.lever == lever)
    own = replace(result, simulation=replace(result.simulation, forces=forces))
    return sum(capital(own).values(), np.zeros(len(result.years)))


# By name, and as a table


class When(NamedTuple):
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


class Pays(NamedTuple):
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
        last=(last.label, when(result, months)) if last else None,
        built=tuple(when(result, one.met_all) for one in each if one.capital.any() and one.met_all),
        never=tuple((one.label, bool(one.lever and one.lever.reinvested)) for one in each if one.met_running is None),
    )


@listed("result")
def break_even(result: Result) -> Table:
    """The month in which the programme, and each priority, has met its cost to run, and that with capital; £ nominal."""
    rows = []
    for one in break_evens(result):
        running, both = (when(result, months).in_a_cell for months in (one.met_running, one.met_all))
        met_all = both if one.capital.any() else NOT_APPLICABLE("no capital")
        rows.append(modelled(one.label, [running, one.capital.sum(), met_all], total=one.lever is None))
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
