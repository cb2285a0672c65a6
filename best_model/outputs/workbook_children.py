"""The sheets of the workbook about children: where they are placed and at what cost, how old they are, what they need."""

from collections.abc import Iterator, Sequence

from best_model.model.cost import in_financial_years
from best_model.model.engine import SCENARIO, Result
from best_model.model.returns import Returns
from best_model.model.settings import AGE_BANDS, NEEDS, SETTINGS
from best_model.outputs.returns import (
    DO_NOTHING,
    by_age,
    by_need,
    cases,
    futures_of,
    headings_of,
    in_children,
    needs_in_full,
    origin_of,
    titled,
)
from best_model.outputs.workbook_sheet import (
    CONFIDENTIAL,
    JANUARY,
    NOT_APPLICABLE,
    ORIGIN,
    PUBLISHED,
    Cell,
    Column,
    Sheet,
    in_pounds,
    sheet,
)
from best_model.questions.small_counts import hidden_parts

_EVERY = list(range(len(SETTINGS)))


def mix_sheet(results: Sequence[Result]) -> Sheet:
    """Now, doing nothing, and each scenario in the last year: children, share, spend and £ a child by setting."""
    first, januaries = results[0], results[0].authority.januaries
    futures = [("Now", first, 0, 0), (DO_NOTHING, first, 0, -1)]
    futures += [(titled(result, results), result, SCENARIO, -1) for result in results]
    rows = [
        [case, januaries[step], result.authority.financial_years[step], *row]
        for case, result, draw, step in futures
        for row in _mix(result, draw, step)
    ]
    columns = [
        Column("Case"),
        Column(JANUARY, "plain"),
        Column("Financial year"),
        Column("Setting"),
        Column("Children in January", "children"),
        Column("Share of all plans in January, %", "share"),
        Column("Average children in the financial year", "children"),
        *in_pounds("Spend in the financial year", "Spend a child in the financial year"),
        ORIGIN,
    ]
    about = f"Children in January {januaries[0]} are those of the census; later children, and all spend, are modelled."
    title = "Where children are placed and what it costs: now, doing nothing, and in each scenario"
    return sheet("Placement_mix", title, about, columns, rows, "prices", "average", "mitigated", "rounding")


def _mix(result: Result, draw: int, step: int) -> Iterator[list[Cell]]:
    simulation = result.simulation
    counts = simulation.by_setting[draw, step]
    averages = in_financial_years(simulation.by_setting)[draw, step]
    spent = simulation.spend.placements[draw, step]
    origin = "modelled" if step else f"{PUBLISHED}; spend modelled"
    total = float(counts.sum())
    hidden = hidden_parts([*zip(counts, averages, strict=True)], spent, openly=result.authority.council.openly)
    parts = zip(counts.tolist(), averages.tolist(), spent.tolist(), strict=True)
    for name, hides, part in zip(SETTINGS.values(), hidden, parts, strict=True):
        measured = _measured(*part, total)
        yield [name, *(_without_money(measured) if hides else measured), origin]
    yield ["All placements", *_measured(total, float(averages.sum()), float(spent.sum()), total), origin]


def _measured(count: float, average: float, spent: float, total: float) -> list[Cell]:
    each: Cell = spent / average if average >= 1 else NOT_APPLICABLE
    return [count, count / total, average, spent, each]


def _without_money(measured: list[Cell]) -> list[Cell]:
    *counts, _, _ = measured
    return [*counts, CONFIDENTIAL, CONFIDENTIAL]


def children_sheet(results: Sequence[Result]) -> Sheet:
    """Children by setting each January, doing nothing beside every scenario."""
    rows: list[list[object]] = []
    for step, january in enumerate(results[0].authority.januaries):
        counts = [result.simulation.by_setting[draw, step] for result, draw in futures_of(results)]
        origin = origin_of(step)
        rows += [
            [january, name, *row, origin]
            for name, *row in zip(SETTINGS.values(), *(count.tolist() for count in counts), strict=True)
        ]
        rows.append([january, "All plans", *(float(count.sum()) for count in counts), origin])
    heads = [Column(f"{heading}, children", "children") for heading in headings_of(results)]
    columns = [Column(JANUARY, "plain"), Column("Setting"), *heads, ORIGIN]
    about = "Children with an EHC plan at each census, by where they are placed."
    return sheet(
        "Children", "Children by setting each January", about, columns, rows, "first_forecast", "mitigated", "rounding"
    )


def ages_sheet(results: Sequence[Result]) -> Sheet:
    """All plans by age band each January."""
    futures = cases(results)
    rows = [
        [row[0], *row[2:]]
        for step, january in enumerate(results[0].authority.januaries)
        for row in by_age(futures, step, january, _EVERY)
    ]
    columns = [Column(JANUARY, "plain"), Column("Age at 31 August"), *in_children(futures), ORIGIN]
    about = f"Children with an EHC plan at each census in {len(AGE_BANDS)} age bands, those of the DSG management plan."
    title = "All plans by age band each January"
    return sheet("Age_bands", title, about, columns, rows, "first_forecast", "mitigated", "rounding")


def needs_sheet(results: Sequence[Result], returns: Returns) -> Sheet:
    """All plans by group of need each January, and as in the census for the base."""
    futures = cases(results)
    rows = [
        row
        for step, january in enumerate(results[0].authority.januaries)
        for row in by_need(futures, step, january, _EVERY)
    ]
    columns = [Column(JANUARY, "plain"), Column("Breakdown"), Column("Primary need"), *in_children(futures), ORIGIN]
    about = f"Children with an EHC plan at each census in {len(NEEDS)} groups of need; the base census in full."
    return sheet(
        "Needs",
        "All plans by primary need each January",
        about,
        columns,
        [*rows, *needs_in_full(results, returns)],
        "first_forecast", "mitigated", "needs", "rounding",
    )  # fmt: skip
