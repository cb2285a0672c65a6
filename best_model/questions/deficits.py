"""What is left of the yearly gap, and what the deficit comes to: case by case, scenario by scenario, and from its first year."""

from collections.abc import Sequence

from best_model.model.authority import Money
from best_model.model.deficit import CASES, cumulative_deficit
from best_model.model.engine import Result
from best_model.model.phasing import FloatArray
from best_model.questions.published import kind_of_gap, report_of
from best_model.table import LEAST_GBP_SHOWN, METHOD, ROUNDED, Row, Table, listed, under

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
_NOT_SETTLED = "The Department for Education decides what is eligible and whether the reform plan is approved."


def gaps(evidence: Result, plan: Result) -> Table:
    """The yearly gap, £ nominal: before any saving, what is left of it as modelled, and what is left if a plan is met in full."""
    forecast = plan.authority.council.forecast
    rows = (
        Row("Gap before any saving", evidence.gap_before, *kind_of_gap(evidence)),
        Row("Gap left, as modelled", evidence.gap_after, "modelled", METHOD),
        Row(
            f"Gap left, {plan.scenario.title.lower()} in full",
            forecast.gap_after,
            "published",
            report_of(plan.authority),
        ),
    )
    return Table("gaps", "High Needs Block, yearly gap, £m, nominal", "Line", under(evidence.years), rows)


@listed("result")
def deficit(result: Result) -> Table:
    """The cumulative deficit at each 31 March, £ nominal, under the three cases."""
    rows = [Row(words, result.deficit[case], "modelled", METHOD) for case, words in CASES.items()]
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
    columns = under([*(f"Gap left {years[place]}" for place in (0, -1)), *_SHORT.values()])
    caption = f"Yearly gap, and deficit at 31 March {in_march(years[-1])} under three cases, £m"
    return Table("deficits", caption, "Scenario", columns, rows, _cases(results[0].authority.council.money))


def _ends_with(result: Result) -> list[Row]:
    title = result.scenario.title
    if not is_topped_up(result):
        return [_ending(title, result, result.gap_after)]
    found = _ending(f"{title}, what is found", result, result.gap_before - result.found)
    return [found, _ending(f"{title}, {_TOPPED_UP}", result, result.gap_after, "balance")]


def _ending(name: str, result: Result, gap: FloatArray, kind: str = "modelled") -> Row:
    found = cumulative_deficit(gap, result.authority.council.money, result.years)
    return Row(name, [gap[0], gap[-1], *(found[case][-1] for case in _SHORT)], kind, METHOD)


def _cases(money: Money) -> tuple[str, ...]:
    return (
        "No grant: every deficit stays with the council.",
        "Grant: a share of what is brought forward is paid.",
        f"Relief: from {money.relief_from} new deficits leave the council. Neither is settled.",
        _NOT_SETTLED,
    )


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
    rows += [Row(year, _by(place, results), "modelled", METHOD) for place, year in enumerate(first.years)]
    names = [f"{result.scenario.title}{f', {_TOPPED_UP}' if is_topped_up(result) else ''}" for result in results]
    columns = under(f"{name}: {what}" for name in names for what in ("in the year", "in all"))
    notes = ("Past years are the same in every column. Future years differ by scenario.", ROUNDED)
    return Table(
        "accumulated", "The deficit, back to its first year and on to the last, £m", "Year", columns, rows, notes
    )


def _when(origin: str) -> str:
    year, _, status = origin.partition("_")
    return f"{year} ({status})" if status else year


def _by(place: int, results: Sequence[Result]) -> list[float]:
    """The gap left in a year and the deficit at its end, of each scenario."""
    return [
        float(amounts[place]) for result in results for amounts in (result.gap_after, result.deficit["as_published"])
    ]


def in_march(year: str) -> str:
    """The calendar year in which a financial year ends: `2030` of `2029/30`."""
    return f"{year[:2]}{year[-2:]}"
