"""Whose saving it is: each priority's fair share, what kind of saving it is, its ceiling, and what the balance would take."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from best_model.model.engine import Result
from best_model.questions.attribution import Share, saved_by_priority, whose_saving
from best_model.questions.ceiling import ceilings
from best_model.questions.mixes import inmss_premium
from best_model.table import (
    LEAST_GBP_SHOWN,
    METHOD,
    NOT_APPLICABLE,
    ROUNDED,
    Row,
    Table,
    Value,
    listed,
    total_of,
    under,
)


def _shares(result: Result) -> dict[str, Share]:
    return whose_saving(result.authority, result.scenario)


@listed("result")
def shares(result: Result) -> Table:
    """Each priority in the last year, £ nominal: fair share gross, cost and net, beside what it saves alone and last in."""
    each = _shares(result)
    parts = [_parts(each[lever.name]) for lever in result.scenario.levers]
    rows = [Row(lever.label, own, "modelled", METHOD) for lever, own in zip(result.scenario.levers, parts, strict=True)]
    sums: list[Value] = [*np.sum(parts, axis=0)[:-2], *[NOT_APPLICABLE("not a sum")] * 2]
    rows.append(Row("Six priorities", sums, total=True))
    notes = (
        "Cost is what a priority costs to run and what is spent again.",
        "Alone: what it would save with no other priority. Last in: what it adds once the others are there.",
        "Where the two differ, priorities act on the same children.",
        ROUNDED,
    )
    columns = under(("Gross", "Cost", "Net", "Alone", "Last in"))
    caption = f"Whose saving is it? {result.scenario.title}, {result.years[-1]}, £m"
    return Table("shares", caption, "Priority", columns, rows, notes)


def _parts(share: Share) -> list[float]:
    cost = share.running + share.reinvested
    return [float(part[-1]) for part in (share.gross, -cost, share.net, share.alone, share.last_in)]


@listed("result")
def kinds_of_saving(result: Result) -> Table:
    """The saving of the six priorities by year, £ nominal, by kind: cashable, cost avoided, spent again; recurring and one-off."""
    each = _shares(result)
    kinds = [
        Row("Cashable: spending falls", _of_kind(result, each, "cashable"), "modelled", METHOD),
        Row("Avoidance: spending does not rise", _of_kind(result, each, "avoidance"), "modelled", METHOD),
    ]
    parts = {
        "of which every later year keeps": sum(share.recurring for share in each.values()),
        "of which one-off": sum(share.one_off for share in each.values()),
        "Spent again on the early years offer": sum(share.reinvested for share in each.values()),
    }
    rows = [*kinds, total_of(kinds, "Six priorities, net")]
    rows += [Row(name, np.atleast_1d(amounts), "modelled", METHOD) for name, amounts in parts.items()]
    caption = f"What kind of saving it is, {result.scenario.title}, £m a year"
    return Table("kinds_of_saving", caption, "Kind", under(result.years), rows, (ROUNDED,))


def _of_kind(result: Result, each: Mapping[str, Share], kind: str) -> np.ndarray:
    nothing = np.zeros(len(result.years))
    return sum((each[lever.name].net for lever in result.scenario.levers if lever.kind == kind), start=nothing)


@dataclass(frozen=True)
class Kinds:
    """What the priorities save in the last year, £ nominal: spending that falls, and growth that does not come."""

    cash: float
    avoided: float

    @property
    def any(self) -> bool:
        """Whether either would show in £m."""
        return max(abs(self.cash), abs(self.avoided)) >= LEAST_GBP_SHOWN


def cash_and_avoided(result: Result) -> Kinds:
    """How much of the last year's saving is cashable, and how much is cost avoided."""
    table = kinds_of_saving(result)
    return Kinds(*(float(table.rows[place].values[-1]) for place in range(2)))  # type: ignore[arg-type]


@listed("result")
def at_most(result: Result) -> Table:
    """What each priority could save at most on the children there are, £ nominal, beside what this scenario takes of it."""
    bounds, each = ceilings(result.authority, result.scenario), _shares(result)
    rows = [
        Row(lever.label, [each[lever.name].alone[-1], bounds[lever.name][-1]], "modelled", METHOD)
        for lever in result.scenario.levers
    ]
    notes = (
        "The ceiling lets a priority act on every child in its reach, at the lowest price assumed, with a place for all and no cost.",
        "It is a bound to test a claim against, not a plan.",
    )
    columns = under((f"Alone, {result.scenario.title.lower()}", "Ceiling"))
    caption = f"What each priority could save at most, {result.years[-1]}, £m a year"
    return Table("at_most", caption, "Priority", columns, rows, notes)


@dataclass(frozen=True)
class Balance:
    """The largest amount still to be identified in a year, £ nominal, and the children who would have to be in a state special
    place and not in INMSS for the whole of that year to find it."""

    year: str
    amount: float
    children: float


def balance(result: Result) -> Balance | None:
    """What the balance of the worst year would take; None where measures stand behind the whole of the plan."""
    left, premium = result.to_be_identified, inmss_premium(result.authority)
    worst = int(np.argmax(left))
    if round(left[worst]) <= 0:
        return None
    return Balance(result.years[worst], float(left[worst]), float(left[worst] / premium[worst]))


@dataclass(frozen=True)
class Saves:
    """A priority by its name, and what it saves in the last year, £ nominal, net."""

    name: str
    amount: float


def ranked(result: Result) -> tuple[Saves, ...]:
    """The priorities, the one that saves most in the last year first."""
    net, labels = saved_by_priority(result.authority, result.scenario), _labels(result)
    return tuple(
        Saves(labels[name], float(net[name][-1])) for name in sorted(net, key=lambda each: net[each][-1], reverse=True)
    )


def saves_anything(result: Result) -> bool:
    """Whether the saving of any priority would show in £m."""
    return ranked(result)[0].amount >= LEAST_GBP_SHOWN


def cost_more_than_they_save(result: Result) -> dict[str, list[str]]:
    """Priorities that cost more than they save, by name, in the first year and in the last; a year without any is left out."""
    net, labels = saved_by_priority(result.authority, result.scenario), _labels(result)
    years = {result.years[0]: 0, result.years[-1]: -1}
    costly = {year: [labels[name] for name in net if net[name][at] <= -LEAST_GBP_SHOWN] for year, at in years.items()}
    return {year: names for year, names in costly.items() if names}


def _labels(result: Result) -> dict[str, str]:
    return {lever.name: lever.label for lever in result.scenario.levers}
