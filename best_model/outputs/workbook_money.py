"""The sheets of the workbook about money: targets and savings, the gap and the deficit, and spend."""

from collections.abc import Sequence

import numpy as np

from best_model.model.cost import in_financial_years
from best_model.model.deficit import CASES, cumulative_deficit
from best_model.model.engine import Result
from best_model.model.phasing import FloatArray
from best_model.model.settings import SETTINGS
from best_model.outputs.returns import DO_NOTHING, futures_of, headings_of, titled
from best_model.outputs.workbook_sheet import CONFIDENTIAL, ORIGIN, PUBLISHED, Cell, Column, Sheet, in_pounds, sheet
from best_model.questions.attribution import lines_of_saving
from best_model.questions.names import line_names
from best_model.questions.small_counts import hidden_parts


def headline_sheet(results: Sequence[Result]) -> Sheet:
    """Target against what is found, in train and still to be identified, by scenario and year."""
    rows = [
        [titled(result, results), year, *(float(part[place]) for part in _parts(result))]
        for result in results
        for place, year in enumerate(result.years)
    ]
    parts = (
        "Target", "Priorities", line_names(results[0])["in_train"], "Found: priorities and in train", "Found less target",
        "Still to be identified", "Saving", "Gap before", "Gap left",
    )  # fmt: skip
    columns = [Column("Scenario"), Column("Financial year"), *in_pounds(*parts)]
    about = "A saving is what the programme takes off the gap that doing nothing would leave in that year."
    title = "Target, what is found, and what is still to be identified, by scenario and year"
    return sheet("Headline", title, about, columns, rows, "prices", "target", "balance", "rounding")


def _parts(result: Result) -> tuple[FloatArray, ...]:
    return (
        result.target, result.identified, result.in_train, result.found, result.found - result.target,
        result.to_be_identified, result.saving, result.gap_before, result.gap_after,
    )  # fmt: skip


def savings_sheet(results: Sequence[Result]) -> Sheet:
    """Each line of each scenario's saving, by year, with its total."""
    rows: list[list[object]] = []
    for result in results:
        for name, amounts in lines_of_saving(result).items():
            kind = {"in_train": "assumed", "still_to_be_identified": "balance"}.get(name, "modelled")
            rows.append([titled(result, results), line_names(result)[name], kind, *amounts.tolist()])
        rows.append([titled(result, results), "Saving", "sum", *result.saving.tolist()])
    columns = [Column("Scenario"), Column("Line"), ORIGIN, *in_pounds(*results[0].years)]
    about = "Each year's saving, not what is added in that year. Net of what a priority costs to run."
    title = "Where the saving comes from, by priority, scenario and year"
    return sheet("Savings", title, about, columns, rows, "prices", "fair_share", "balance", "rounding")


def gap_sheet(results: Sequence[Result]) -> Sheet:
    """The gap and the deficit in three cases: as the council published them, doing nothing, and in each scenario."""
    forecast, first = results[0].authority.council.forecast, results[0]
    published = {
        "Gap before": forecast.gap_before,
        "Saving": -forecast.mitigations,
        "Gap left": forecast.gap_after,
        f"Deficit at 31 March. {CASES['as_published']}": forecast.cumulative,
    }
    idle = (
        first.simulation.spend.total[0, -len(first.years) :] - first.authority.council.money.income[-len(first.years) :]
    )
    nothing = {"Gap before": idle, "Saving": np.zeros_like(idle), "Gap left": idle} | _deficits(
        cumulative_deficit(idle, first.authority.council.money, first.years)
    )
    rows = [*_lines("The council's published forecast", published, PUBLISHED), *_lines(DO_NOTHING, nothing, "modelled")]
    for result in results:
        lines = {"Gap before": result.gap_before, "Saving": result.saving, "Gap left": result.gap_after}
        rows += _lines(titled(result, results), lines | _deficits(result.deficit), "modelled")
    columns = [Column("Case"), Column("Line"), ORIGIN, *in_pounds(*first.years)]
    about = "The gap is spend of the High Needs Block beyond its income in the year; the deficit is what has gathered."
    title = "The yearly gap, and the deficit in three cases"
    return sheet("Gap_and_deficit", title, about, columns, rows, "prices", "grant", "balance", "rounding")


def _deficits(by_case: dict[str, FloatArray]) -> dict[str, FloatArray]:
    return {f"Deficit at 31 March. {words}": by_case[case] for case, words in CASES.items()}


def _lines(case: str, lines: dict[str, FloatArray], origin: str) -> list[list[object]]:
    return [[case, line, origin, *amounts.tolist()] for line, amounts in lines.items()]


def spend_sheet(results: Sequence[Result]) -> Sheet:
    """Spend by setting each financial year, with empty places and services, doing nothing beside every scenario."""
    rows: list[list[object]] = []
    for step, year in enumerate(results[0].authority.financial_years):
        spends = [_spent(result, draw, step) for result, draw in futures_of(results)]
        lines = [*SETTINGS.values(), "Empty funded places", "Services not driven by plans", "All spend of the block"]
        rows += [[year, *row, "modelled"] for row in zip(lines, *spends, strict=True)]
    columns = [
        Column("Financial year"),
        Column("Line"),
        *in_pounds(*headings_of(results)),
        ORIGIN,
    ]
    about = "Spend of the High Needs Block before what the programme costs to run and before what is in train."
    return sheet("Spend", "Spend by setting each financial year", about, columns, rows, "prices", "average", "rounding")


def _spent(result: Result, draw: int, step: int) -> list[Cell]:
    spend, by_setting = result.simulation.spend, result.simulation.by_setting
    counts = zip(by_setting[draw, step], in_financial_years(by_setting)[draw, step], strict=True)
    placed = spend.placements[draw, step]
    hidden = hidden_parts([*counts], placed, openly=result.authority.council.openly)
    return [
        *(CONFIDENTIAL if hides else float(part) for part, hides in zip(placed, hidden, strict=True)),
        float(spend.empty_places[draw, step]),
        float(spend.services[step]),
        float(spend.total[draw, step]),
    ]
