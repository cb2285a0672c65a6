"""What makes the gap grow, what is left of it, and what the deficit comes to: by case, by scenario, and from its first year."""

import numpy as np

from best_model.model.deficit import CASES, cumulative_deficit
from best_model.model.engine import Result
from best_model.model.phasing import FloatArray
from best_model.model.settings import SETTINGS
from best_model.questions.published import kind_of_gap, report_of
from best_model.table import LEAST_GBP_SHOWN, METHOD, ROUNDED, Column, Row, Table, listed, modelled, under

_SHORT = {
    "as_published": "Deficit, no grant",
    "stability_grant": "Deficit, grant",
    "grant_and_new_deficits_leave": "Deficit, grant and relief",
}
_IN_A_CHART = {
    "as_published": "No grant",
    "stability_grant": "Grant",
    "grant_and_new_deficits_leave": "Grant, and new deficits leave",
}
_TOPPED_UP = "with what is still to be identified"
_SHOWN = 0.5e6
"""£ a year: what changes the gap by less stands among the others."""
_NOT_SETTLED = "The Department for Education decides what is eligible and whether the reform plan is approved."


@listed("result")
def gap_growth(result: Result) -> Table:
    """How the yearly gap changes from the first reported year to the last if nothing is done, £ nominal, the largest part first."""
    parts = _parts(result)
    largest_first = sorted(parts.items(), key=lambda part: -part[1])
    rows = [modelled(name, [amount]) for name, amount in largest_first if abs(amount) >= _SHOWN]
    others = sum(amount for amount in parts.values() if abs(amount) < _SHOWN)
    if abs(others) >= LEAST_GBP_SHOWN:
        rows.append(modelled("Every other setting", [others]))
    column = Column(f"Change in the yearly gap, {result.years[0]} to {result.years[-1]}")
    return Table("gap_growth", "What makes the gap grow if nothing is done, £m a year", "Part", (column,), rows)


def _parts(result: Result) -> dict[str, float]:
    """Each part of the spend, by name, and income with its sign turned: they add to the growth of the gap."""
    spend, money = result.simulation.spend, result.authority.council.money
    first = len(result.authority.financial_years) - len(result.years)

    def grown(by_year: FloatArray) -> float:
        return float(by_year[-1] - by_year[first])

    settings = {name: grown(spend.placements[0, :, place]) for place, name in enumerate(SETTINGS.values())}
    services = grown(money.services) + grown(spend.empty_places[0])
    return {**settings, "Services and empty places": services, "More income": -grown(money.income)}


def gaps(evidence: Result, plan: Result) -> Table:
    """The yearly gap, £ nominal: before any saving, what is left of it as modelled, and what is left if a plan is met in full."""
    forecast, in_full = plan.authority.council.forecast, plan.scenario.title.lower()
    rows = (
        Row("Gap before any saving", evidence.gap_before, *kind_of_gap(evidence)),
        modelled("Gap left, as modelled", evidence.gap_after),
        Row(f"Gap left, {in_full} in full", forecast.gap_after, "published", report_of(plan.authority)),
    )
    return Table("gaps", "High Needs Block, yearly gap, £m, nominal", "Line", under(evidence.years), rows)


@listed("result")
def deficit(result: Result) -> Table:
    """The cumulative deficit at each 31 March, £ nominal, under the three cases."""
    rows = [modelled(words, result.deficit[case]) for case, words in CASES.items()]
    caption, ends = f"Deficit at 31 March, {result.scenario.title}, £m", under(map(in_march, result.years))
    return Table("deficit", caption, "Case", ends, rows, ("The grant is illustrative.", _NOT_SETTLED))


def deficit_by_case(result: Result) -> Table:
    """The same, under the short names of a chart."""
    rows = [Row(name, result.deficit[case]) for case, name in _IN_A_CHART.items()]
    ends = under(f"March {in_march(year)}" for year in result.years)
    return Table("deficit_by_case", f"Deficit at 31 March, {result.scenario.title}", "Case", ends, rows)


@listed("result")
def deficits(*results: Result) -> Table:
    """Each scenario: its yearly gap in the first and the last year, and the deficit it ends with under the three cases, £ nominal.

    A plan that is topped up to its target stands twice: with what is found, and with the balance too.
    """
    years, rows = results[0].years, [row for result in results for row in _ends_with(result)]
    columns = under([f"Gap left {years[0]}", f"Gap left {years[-1]}", *_SHORT.values()])
    notes = (
        "No grant: every deficit stays with the council.",
        "Grant: a share of what is brought forward is paid.",
        f"Relief: from {results[0].authority.council.money.relief_from} new deficits leave the council. Neither is settled.",
        _NOT_SETTLED,
    )
    caption = f"Yearly gap, and deficit at 31 March {in_march(years[-1])} under three cases, £m"
    return Table("deficits", caption, "Scenario", columns, rows, notes)


def _ends_with(result: Result) -> list[Row]:
    title = result.scenario.title
    if not is_topped_up(result):
        return [_ending(title, result, result.gap_after)]
    found = _ending(f"{title}, what is found", result, result.gap_before - result.found)
    return [found, _ending(f"{title}, {_TOPPED_UP}", result, result.gap_after, "balance")]


def _ending(name: str, result: Result, gap: FloatArray, kind: str = "modelled") -> Row:
    found = cumulative_deficit(gap, result.authority.council.money, result.years)
    return Row(name, [gap[0], gap[-1], *(found[case][-1] for case in _SHORT)], kind, METHOD)


def is_topped_up(result: Result) -> bool:
    """Whether a plan counts on a saving, in any year, for which no measure has been found."""
    return bool((result.to_be_identified >= LEAST_GBP_SHOWN).any())


@listed("result")
def accumulated(*results: Result) -> Table:
    """The deficit from its first year to the last under each scenario, £ nominal, if every deficit stays with the council."""
    first = results[0]
    rows, so_far = [], 0.0
    for origin, amount in first.authority.council.forecast.brought_forward.items():
        so_far += amount
        rows.append(Row(_when(origin), [amount, so_far] * len(results), "published", report_of(first.authority)))
    amounts = [each for result in results for each in (result.gap_after, result.deficit["as_published"])]
    rows += [modelled(year, by_year) for year, by_year in zip(first.years, np.transpose(amounts), strict=True)]
    names = [f"{result.scenario.title}{f', {_TOPPED_UP}' if is_topped_up(result) else ''}" for result in results]
    columns = under(f"{name}: {what}" for name in names for what in ("in the year", "in all"))
    notes = ("Past years are the same in every column. Future years differ by scenario.", ROUNDED)
    caption = "The deficit, back to its first year and on to the last, £m"
    return Table("accumulated", caption, "Year", columns, rows, notes)


def _when(origin: str) -> str:
    year, _, status = origin.partition("_")
    return f"{year} ({status})" if status else year


def in_march(year: str) -> str:
    """The calendar year in which a financial year ends: `2030` of `2029/30`."""
    return f"{year[:2]}{year[-2:]}"
