"""Whose saving is it: each priority's fair share, what kind of saving that is, its ceiling, and what the balance would take.

The fair share is the Shapley value: a priority's average contribution over every order of arrival.
"""

from dataclasses import dataclass
from itertools import product
from math import comb
from typing import NamedTuple

import numpy as np

from best_model.model.authority import Authority
from best_model.model.engine import Result, savings, simulate
from best_model.model.phasing import FloatArray
from best_model.model.scenario import Action, Assumption, Places, Price, Scenario
from best_model.model.settings import setting_index
from best_model.table import LEAST_GBP_SHOWN, NOT_APPLICABLE, ROUNDED, Row, Table, listed, modelled, total_of, under

_MORE_THAN_ENOUGH = 1e6


# ---- Fair shares


@dataclass(frozen=True)
class Share:
    """One priority's part in the saving, £ nominal over the reported years.

    `gross`, `running` and `reinvested` are Shapley shares, which sum over the priorities to the programme's; `alone` is the net saving
    of this priority by itself, and `last_in` what it adds, net, once the others are there. Where they differ, priorities overlap.
    """

    gross: FloatArray
    running: FloatArray
    reinvested: FloatArray
    alone: FloatArray
    last_in: FloatArray

    @property
    def net(self) -> FloatArray:
        """What the priority saves once it is paid for."""
        return self.gross - self.running - self.reinvested

    @property
    def recurring(self) -> FloatArray:
        """The part of each year's net saving that every later year keeps."""
        return np.minimum.accumulate(self.net[::-1])[::-1]

    @property
    def one_off(self) -> FloatArray:
        """The part of each year's net saving that a later year does not keep."""
        return self.net - self.recurring


def whose_saving(authority: Authority, scenario: Scenario) -> dict[str, Share]:
    """Each lever's share of the saving, from all 64 subsets of six levers in one batch."""
    levers, years = scenario.levers, slice(-len(authority.years), None)
    chosen = np.array([lever.intensity for lever in levers])
    subsets = np.array(list(product((0.0, 1.0), repeat=len(levers))))
    worth = savings(authority, levers, subsets * chosen)
    weights = shapley_weights(subsets).T
    gross, running, reinvested = (weights @ part[:, years] for part in (worth.gross, worth.running, worth.reinvested))
    net, sizes = worth.net[:, years], subsets.sum(axis=1)
    everyone = net[sizes == len(levers)][0]
    return {
        lever.name: Share(
            gross=gross[place],
            running=running[place],
            reinvested=reinvested[place],
            alone=net[(sizes == 1) & (subsets[:, place] == 1)][0],
            last_in=everyone - net[(sizes == len(levers) - 1) & (subsets[:, place] == 0)][0],
        )
        for place, lever in enumerate(levers)
    }


def saved_by_priority(authority: Authority, scenario: Scenario) -> dict[str, FloatArray]:
    """Net saving of each lever, £ nominal over the reported years; their sum is the saving of all of them to the pound."""
    return {name: share.net for name, share in whose_saving(authority, scenario).items()}


def shapley_weights(subsets: FloatArray) -> FloatArray:
    """Weight of each subset's worth (subset, player) in each player's Shapley value.

    Over `n` players a subset of size `s` that holds the player counts 1 / (n C(n-1, s-1)); one that does not, -1 / (n C(n-1, s)).
    """
    players = subsets.shape[1]
    sizes = subsets.sum(axis=1).astype(int)
    with_player = np.array([1 / (players * comb(players - 1, max(size - 1, 0))) for size in sizes])
    without = np.array([1 / (players * comb(players - 1, min(size, players - 1))) for size in sizes])
    return np.where(subsets == 1.0, with_player[:, None], -without[:, None])


def lines_of_saving(result: Result) -> dict[str, FloatArray]:
    """Every line of the plan's saving, £ over the years: the priorities, in train, and still to be identified."""
    shares = saved_by_priority(result.authority, result.scenario)
    return {**shares, "in_train": result.in_train, "still_to_be_identified": result.to_be_identified}


@listed("result")
def shares(result: Result) -> Table:
    """Each priority in the last year, £ nominal: fair share gross, cost and net, beside what it saves alone and last in."""
    each = whose_saving(result.authority, result.scenario).values()
    parts = [
        [part[-1] for part in (own.gross, -(own.running + own.reinvested), own.net, own.alone, own.last_in)]
        for own in each
    ]
    rows = [modelled(lever.label, own) for lever, own in zip(result.scenario.levers, parts, strict=True)]
    rows.append(Row("All priorities", [*np.sum(parts, axis=0)[:-2], *[NOT_APPLICABLE("not a sum")] * 2], total=True))
    notes = (
        "Cost is what a priority costs to run and what is spent again.",
        "Alone: what it would save with no other priority. Last in: what it adds once the others are there.",
        "Where the two differ, priorities act on the same children.",
        ROUNDED,
    )
    caption = f"Whose saving is it? {result.scenario.title}, {result.years[-1]}, £m"
    return Table("shares", caption, "Priority", under(("Gross", "Cost", "Net", "Alone", "Last in")), rows, notes)


class Saves(NamedTuple):
    """A priority by its name, and what it saves in the last year, £ nominal, net."""

    name: str
    amount: float


def ranked(result: Result) -> tuple[Saves, ...]:
    """The priorities, the one that saves most in the last year first."""
    each = (Saves(label, float(net[-1])) for label, net in _net_by_label(result).items())
    return tuple(sorted(each, key=lambda saves: saves.amount, reverse=True))


def saves_anything(result: Result) -> bool:
    """Whether the saving of any priority would show in £m."""
    return ranked(result)[0].amount >= LEAST_GBP_SHOWN


def cost_more_than_they_save(result: Result) -> dict[str, list[str]]:
    """Priorities that cost more than they save, by name, in the first year and in the last; a year without any is left out."""
    net, years = _net_by_label(result), {result.years[0]: 0, result.years[-1]: -1}
    costly = {year: [label for label in net if net[label][at] <= -LEAST_GBP_SHOWN] for year, at in years.items()}
    return {year: names for year, names in costly.items() if names}


def _net_by_label(result: Result) -> dict[str, FloatArray]:
    net = saved_by_priority(result.authority, result.scenario)
    return {lever.label: net[lever.name] for lever in result.scenario.levers}


# ---- What kind of saving


@listed("result")
def kinds_of_saving(result: Result) -> Table:
    """The saving of the six priorities by year, £ nominal, by kind: cashable, cost avoided, spent again; recurring and one-off."""
    each, nothing = whose_saving(result.authority, result.scenario), np.zeros(len(result.years))

    def of_kind(kind: str) -> FloatArray:
        return sum((each[lever.name].net for lever in result.scenario.levers if lever.kind == kind), start=nothing)

    kinds = [
        modelled("Cashable: spending falls", of_kind("cashable")),
        modelled("Avoidance: spending does not rise", of_kind("avoidance")),
    ]
    rows = [
        *kinds,
        total_of(kinds, "All priorities, net"),
        modelled("of which every later year keeps", sum((share.recurring for share in each.values()), nothing)),
        modelled("of which one-off", sum((share.one_off for share in each.values()), nothing)),
        modelled("Spent again on the early years offer", sum((share.reinvested for share in each.values()), nothing)),
    ]
    caption = f"What kind of saving it is, {result.scenario.title}, £m a year"
    return Table("kinds_of_saving", caption, "Kind", under(result.years), rows, (ROUNDED,))


class Kinds(NamedTuple):
    """What the priorities save in the last year, £ nominal: spending that falls, and growth that does not come."""

    cash: float
    avoided: float

    @property
    def any(self) -> bool:
        """Whether either would show in £m."""
        return max(abs(self.cash), abs(self.avoided)) >= LEAST_GBP_SHOWN


def cash_and_avoided(result: Result) -> Kinds:
    """How much of the last year's saving is cashable, and how much is cost avoided."""
    cash, avoided, *_ = kinds_of_saving(result).column(result.years[-1])
    return Kinds(cash, avoided)  # type: ignore[arg-type]


# ---- The most each could save, and what the balance would take


@listed("result")
def at_most(result: Result) -> Table:
    """What each priority could save at most on the children there are, £ nominal, beside what this scenario takes of it."""
    bounds, each = ceilings(result.authority, result.scenario), whose_saving(result.authority, result.scenario)
    rows = [
        modelled(lever.label, [each[lever.name].alone[-1], bounds[lever.name][-1]]) for lever in result.scenario.levers
    ]
    notes = (
        "The ceiling lets a priority act on every child in its reach, at the lowest price assumed, with a place for all and no cost.",
        "It is a bound to test a claim against, not a plan.",
    )
    columns = under((f"Alone, {result.scenario.title.lower()}", "Ceiling"))
    caption = f"What each priority could save at most, {result.years[-1]}, £m a year"
    return Table("at_most", caption, "Priority", columns, rows, notes)


def ceilings(authority: Authority, scenario: Scenario) -> dict[str, FloatArray]:
    """Gross saving on placements of each lever alone, £ nominal over the reported years, if it acted on every child in its reach.

    Every share is 1, every price falls to the low end of what a source supports, and there are places for all comers.
    Empty places and running costs are left out, so it is a ceiling and not a plan.
    """
    levers = tuple(
        lever.model_copy(update={"intensity": 1.0, "actions": tuple(map(_at_its_ceiling, lever.actions))})
        for lever in scenario.levers
    )
    each = np.concatenate([np.zeros((1, len(levers))), np.eye(len(levers))])
    spent = simulate(authority, levers, each).spend.placements.sum(axis=-1)[:, -len(authority.years) :]
    return {lever.name: spent[0] - spent[place] for place, lever in enumerate(levers, start=1)}


def _at_its_ceiling(action: Action) -> Action:
    """At full effect on everyone it reaches."""
    if isinstance(action, Places):
        places = {nth: _certain(figure, _MORE_THAN_ENOUGH) for nth, figure in action.by_nth_september.items()}
        return action.model_copy(update={"by_nth_september": places})
    most = action.share.high if isinstance(action, Price) else 1.0
    return action.model_copy(update={"share": _certain(action.share, most)})


def _certain(figure: Assumption, value: float) -> Assumption:
    return figure.model_copy(update={"value": value, "low": value, "high": value})


class Balance(NamedTuple):
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


def inmss_premium(authority: Authority) -> FloatArray:
    """What one child in INMSS costs beyond one in a state special school, £ nominal over the reported years."""
    money, years = authority.council.money, slice(-len(authority.years), None)
    price = money.unit_cost * money.inflation[years] * authority.council.calibration.price_index[:, None]
    return price[:, setting_index("inmss")] - price[:, setting_index("state_special")]
