"""Whose saving it is: fair share beside alone and last in, cost beside gross, and the ceiling of each priority."""

from collections.abc import Mapping

import numpy as np

from best_model.faces.numbers import LEAST_POUNDS_SHOWN, children, millions, pounds_m
from best_model.model.engine import Result
from best_model.model.scenario import Lever
from best_model.outputs.fragment import Fragment, paragraph
from best_model.outputs.pages import METHOD, ROUNDED
from best_model.outputs.tables import Row, table
from best_model.questions.attribution import Share, whose_saving
from best_model.questions.ceiling import ceilings
from best_model.questions.names import within_a_sentence
from best_model.questions.seek import inmss_premium


def shares_table(result: Result) -> Fragment:
    """Each priority in the last year: fair share gross, cost and net, beside what it saves alone and last in."""
    shares = whose_saving(result.authority, result.scenario)
    rows = [Row(lever.label, _cells(shares[lever.name]), "modelled", METHOD) for lever in result.scenario.levers]
    rows.append(Row("Six priorities", [*_totals(shares), "not a sum", "not a sum"], total=True))
    note = (
        "Cost is what a priority costs to run and what is spent again. Alone: what it would save with no other "
        "priority. Last in: what it adds "
        f"once the others are there. Where the two differ, priorities act on the same children. {ROUNDED}"
    )
    columns = ["Priority", "Gross", "Cost", "Net", "Alone", "Last in"]
    return table(f"Whose saving is it? {result.scenario.title}, {result.years[-1]}, £m", columns, rows, note)


def _cells(share: Share) -> list[str]:
    cost = share.running + share.reinvested
    return [millions(float(part[-1])) for part in (share.gross, -cost, share.net, share.alone, share.last_in)]


def _totals(shares: Mapping[str, Share]) -> list[str]:
    parts = (
        [share.gross for share in shares.values()],
        [share.net - share.gross for share in shares.values()],
        [share.net for share in shares.values()],
    )
    return [millions(float(np.sum(part, axis=0)[-1])) for part in parts]


def kinds_table(result: Result) -> Fragment:
    """The saving of the six priorities by year, by kind: cashable, cost avoided, spent again; recurring and one-off."""
    shares, levers = whose_saving(result.authority, result.scenario), result.scenario.levers
    rows = [
        Row("Cashable: spending falls", _sum(shares, levers, "cashable"), "modelled", METHOD),
        Row("Avoidance: spending does not rise", _sum(shares, levers, "avoidance"), "modelled", METHOD),
        Row("Six priorities, net", _years(sum(share.net for share in shares.values())), total=True),
        Row(
            "of which every later year keeps",
            _years(sum(share.recurring for share in shares.values())),
            "modelled",
            METHOD,
        ),
        Row("of which one-off", _years(sum(share.one_off for share in shares.values())), "modelled", METHOD),
        Row(
            "Spent again on the early years offer",
            _years(sum(share.reinvested for share in shares.values())),
            "modelled",
            METHOD,
        ),
    ]
    return table(
        f"What kind of saving it is, {result.scenario.title}, £m a year", ["Kind", *result.years], rows, ROUNDED
    )


def cash_and_avoided(result: Result) -> Fragment:
    """How much of what the six priorities save in the last year is cashable and how much is cost avoided, in one sentence."""
    shares, levers = whose_saving(result.authority, result.scenario), result.scenario.levers
    cash, avoided = (
        float(sum(shares[lever.name].net[-1] for lever in levers if lever.kind == kind))
        for kind in ("cashable", "avoidance")
    )
    if max(abs(cash), abs(avoided)) < LEAST_POUNDS_SHOWN:
        return paragraph(f"The priorities of {within_a_sentence(result.scenario.title)} save nothing.")
    return paragraph(
        f"Of what the priorities of {within_a_sentence(result.scenario.title)} save in {result.years[-1]}, {pounds_m(cash)} is cashable, "
        f"spending that falls, and {pounds_m(avoided)} is cost avoided: growth taken off the gap."
    )


def _sum(shares: Mapping[str, Share], levers: tuple[Lever, ...], kind: str) -> list[str]:
    return _years(sum(shares[lever.name].net for lever in levers if lever.kind == kind))


def _years(amounts: float | np.ndarray) -> list[str]:
    return [millions(float(amount)) for amount in np.atleast_1d(amounts)]


def ceiling_table(result: Result) -> Fragment:
    """What each priority could save at most on the children there are, beside what this scenario takes of it."""
    bounds, shares = ceilings(result.authority, result.scenario), whose_saving(result.authority, result.scenario)
    rows = [
        Row(
            lever.label,
            [millions(float(shares[lever.name].alone[-1])), millions(float(bounds[lever.name][-1]))],
            "modelled",
            METHOD,
        )
        for lever in result.scenario.levers
    ]
    note = (
        "The ceiling lets a priority act on every child in its reach, at the lowest price assumed, with a "
        "place for all comers and no cost: "
        "a bound to test a claim against, not a plan."
    )
    columns = ["Priority", f"Alone, {result.scenario.title.lower()}", "Ceiling"]
    return table(f"What each priority could save at most, {result.years[-1]}, £m a year", columns, rows, note)


def what_the_balance_would_need(result: Result) -> Fragment:
    """The balance of the first year and the largest, in children moved from INMSS to a state special place for a whole year."""
    balance, premium = result.to_be_identified, inmss_premium(result.authority)
    worst = int(np.argmax(balance))
    if round(balance[worst]) <= 0:
        return paragraph(f"Measures stand behind the whole of the {result.scenario.title.lower()} plan in every year.")
    return paragraph(
        f"Still to be identified is {pounds_m(float(balance[worst]))} in {result.years[worst]}. To find that by "
        "placement alone would take "
        f"{children(float(balance[worst] / premium[worst]))} more children in state special places, not independent "
        "ones, for the whole of that year, "
        "and as many new places."
    )
