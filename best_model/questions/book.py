"""Every scenario of a pack beside the others, as a workbook wants it: money, children, and what a reviewer asks for."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from best_model.draws.sensitivity import figures_of
from best_model.model.authority import Source
from best_model.model.cost import in_financial_years
from best_model.model.deficit import CASES, cumulative_deficit
from best_model.model.engine import Result
from best_model.model.phasing import FloatArray
from best_model.model.scenario import Assumption
from best_model.model.settings import SETTINGS
from best_model.questions.checks import checks
from best_model.questions.names import figure_name, line_names
from best_model.questions.register import Worth, worth_of_workstreams
from best_model.questions.saved import savings
from best_model.questions.small_counts import hidden_parts
from best_model.questions.sources import sources
from best_model.questions.tabs import DO_NOTHING, futures_of, origin_of, titled
from best_model.table import NONE, NOT_APPLICABLE, NOT_SHOWN, Column, Row, Table, Unit, Value, known, stacked, under

# Money


def headlines(results: Sequence[Result]) -> Table:
    """Target against what is found, in train and still to be identified, £ nominal, by scenario and year."""
    heads = (
        "Target", "Priorities", line_names(results[0])["in_train"], "Found: priorities and in train", "Found less target",
        "Still to be identified", "Saving", "Gap before", "Gap left",
    )  # fmt: skip
    rows = []
    for result in results:
        parts = (
            result.target, result.identified, result.in_train, result.found, result.found - result.target,
            result.to_be_identified, result.saving, result.gap_before, result.gap_after,
        )  # fmt: skip
        by_year = zip(result.years, *parts, strict=True)
        rows += [Row(titled(result, results), [year, *known(amounts)]) for year, *amounts in by_year]
    note = "A saving is what the programme takes off the gap that doing nothing would leave in that year."
    caption = "Target, what is found, and what is still to be identified, by scenario and year"
    return Table("headlines", caption, "Scenario", (Column("Financial year", Unit.WORDS), *under(heads)), rows, (note,))


def all_savings(results: Sequence[Result]) -> Table:
    """Each line of each scenario's saving by year, £ nominal, with its total."""
    each = [(titled(result, results), savings(result)) for result in results]
    note = "Each year's saving, not what is added in that year. Net of what a priority costs to run."
    caption = "Where the saving comes from, by priority, scenario and year"
    return stacked(each, "Scenario", "all_savings", caption, (note,))


def gaps_and_deficits(results: Sequence[Result]) -> Table:
    """The gap and the deficit in three cases, £ nominal: as the council published them, doing nothing, and in each scenario."""
    first, forecast = results[0], results[0].authority.council.forecast
    published = {
        "Gap before": forecast.gap_before,
        "Saving": -forecast.mitigations,
        "Gap left": forecast.gap_after,
        f"Deficit at 31 March. {CASES['as_published']}": forecast.cumulative,
    }
    years, money = slice(-len(first.years), None), first.authority.council.money
    idle = first.simulation.spend.total[0, years] - money.income[years]
    nothing = {"Gap before": idle, "Saving": np.zeros_like(idle), "Gap left": idle}
    rows = _lines("The council's published forecast", published, "published")
    rows += _lines(DO_NOTHING, nothing | _deficits(cumulative_deficit(idle, money, first.years)), "modelled")
    for result in results:
        lines = {"Gap before": result.gap_before, "Saving": result.saving, "Gap left": result.gap_after}
        rows += _lines(titled(result, results), lines | _deficits(result.deficit), "modelled")
    columns = (Column("Line", Unit.WORDS), *under(first.years))
    note = "The gap is spend of the High Needs Block beyond its income in the year; the deficit is what has gathered."
    return Table("gaps_and_deficits", "The yearly gap, and the deficit in three cases", "Case", columns, rows, (note,))


def _deficits(by_case: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    return {f"Deficit at 31 March. {words}": by_case[case] for case, words in CASES.items()}


def _lines(case: str, lines: Mapping[str, FloatArray], origin: str) -> list[Row]:
    return [Row(case, [line, *amounts], origin) for line, amounts in lines.items()]


def spend(results: Sequence[Result]) -> Table:
    """Spend by setting each financial year, £ nominal, with empty places and services, doing nothing beside every scenario."""
    futures = futures_of(results)
    lines = (*SETTINGS.values(), "Empty funded places", "Services not driven by plans", "All spend of the block")
    rows = [
        Row(year, [line, *amounts], "modelled")
        for step, year in enumerate(results[0].authority.financial_years)
        for line, *amounts in zip(
            lines, *(_spent(result, draw, step) for result, draw in futures.values()), strict=True
        )
    ]
    columns = (Column("Line", Unit.WORDS), *under(futures))
    note = "Spend of the High Needs Block before what the programme costs to run and before what is in train."
    return Table("spend", "Spend by setting each financial year", "Financial year", columns, rows, (note,))


def _spent(result: Result, draw: int, step: int) -> list[Value]:
    spent, by_setting = result.simulation.spend, result.simulation.by_setting
    counts = zip(by_setting[draw, step], in_financial_years(by_setting)[draw, step], strict=True)
    placed = spent.placements[draw, step]
    hidden = hidden_parts([*counts], placed, openly=result.authority.council.openly)
    others = (spent.empty_places[draw, step], spent.services[step], spent.total[draw, step])
    return [*(NOT_SHOWN if hides else part for part, hides in zip(placed, hidden, strict=True)), *others]


# Children


def placements_and_cost(results: Sequence[Result]) -> Table:
    """Now, doing nothing, and each scenario in the last year: children, share, spend and £ a child, nominal, by setting."""
    januaries, years = results[0].authority.januaries, results[0].authority.financial_years
    futures = [("Now", results[0], 0, 0)]
    futures += [(heading, result, draw, -1) for heading, (result, draw) in futures_of(results).items()]
    rows = [
        Row(case, [januaries[step], years[step], *values], "modelled" if step else "published; spend modelled")
        for case, result, draw, step in futures
        for values in _mix(result, draw, step)
    ]
    columns = (
        Column("January", Unit.YEAR),
        *under(("Financial year", "Setting"), Unit.WORDS),
        Column("Children in January", Unit.CHILDREN),
        Column("Share of all plans in January", Unit.SHARE),
        Column("Average children in the financial year", Unit.CHILDREN),
        *under(("Spend in the financial year", "Spend a child in the financial year")),
    )
    note = f"Children in January {januaries[0]} are those of the census; later children, and all spend, are modelled."
    caption = "Where children are placed and what it costs: now, doing nothing, and in each scenario"
    return Table("placements_and_cost", caption, "Case", columns, rows, (note,))


def _mix(result: Result, draw: int, step: int) -> Iterator[list[Value]]:
    simulation = result.simulation
    counts, spent = simulation.by_setting[draw, step], simulation.spend.placements[draw, step]
    averages = in_financial_years(simulation.by_setting)[draw, step]
    total = float(counts.sum())
    hidden = hidden_parts([*zip(counts, averages, strict=True)], spent, openly=result.authority.council.openly)
    for name, hides, count, average, money in zip(SETTINGS.values(), hidden, counts, averages, spent, strict=True):
        *children, cost, each = _measured(count, average, money, total)
        yield [name, *children, *([NOT_SHOWN, NOT_SHOWN] if hides else [cost, each])]
    yield ["All placements", *_measured(total, float(averages.sum()), float(spent.sum()), total)]


def _measured(count: float, average: float, spent: float, total: float) -> list[Value]:
    each = spent / average if average >= 1 else NOT_APPLICABLE("fewer than one child on average")
    return [count, count / total, average, spent, each]


def children_each_january(results: Sequence[Result]) -> Table:
    """Children by setting each January, doing nothing beside every scenario."""
    futures = futures_of(results)
    rows = []
    for step, january in enumerate(results[0].authority.januaries):
        counts = [result.simulation.by_setting[draw, step] for result, draw in futures.values()]
        by_setting = zip(SETTINGS.values(), *counts, strict=True)
        lines = [*by_setting, ("All plans", *(count.sum() for count in counts))]
        rows += [Row(str(january), line, origin_of(step)) for line in lines]
    columns = (Column("Setting", Unit.WORDS), *under((f"{each}, children" for each in futures), Unit.CHILDREN))
    note = "Children with an EHC plan at each census, by where they are placed."
    return Table("children", "Children by setting each January", "January", columns, rows, (note,))


# What a reviewer asks for


def priorities_in_full(results: Sequence[Result]) -> Table:
    """How hard each scenario leans on each priority, beside what the evidence supports, and how each is delivered."""
    levels = ("low", "central", "high")
    rows = []
    for lever, *others in zip(*(result.scenario.levers for result in results), strict=True):
        asked = [each.intensity for each in (lever, *others)]
        supported = (lever.evidence.low, lever.evidence.value, lever.evidence.high)
        when = (lever.start, lever.ramp_months, lever.running_cost.value)
        kind = "spent again" if lever.reinvested else lever.kind
        rows.append(Row(lever.label, [*asked, *supported, *when, kind, lever.confidence, lever.owner]))
    shares = [titled(result, results) for result in results] + [f"Evidence, {level}" for level in levels]
    columns = (
        *under((f"{head}, share of full effect" for head in shares), Unit.SHARE),
        Column("Starts, year and month", Unit.WORDS),
        Column("Months to full effect", Unit.NUMBER),
        Column("Running cost a year at full effect"),
        *under(("Saving is", "Confidence", "Owner"), Unit.WORDS),
    )
    caption, note = "How hard each scenario leans on each priority", "Full effect is the most that is assumed."
    return Table("priorities_in_full", caption, "Priority", columns, rows, (note,))


def register_in_full(results: Sequence[Result]) -> Table:
    """The register of workstreams, and what rests on each in the last scenario of the pack, £ nominal in the last year."""
    last = results[-1]
    columns = (
        Column("Priority", Unit.WORDS),
        Column("Share of the priority", Unit.SHARE),
        Column("Late, months", Unit.NUMBER),
        *under(("Ready to report", "Rating", "Owner", "Status"), Unit.WORDS),
        *under(("Saving that rests on it", "What its slip costs", "What a year late would cost")),
    )
    rows = [_registered(each) for each in worth_of_workstreams(last)]
    none = Row("No register: each priority is one piece", [NONE] * len(columns))
    note = f"What rests on each in {last.years[-1]} in the scenario {titled(last, results)}."
    return Table("register", "The workstreams of the programme", "Workstream", columns, rows or [none], (note,))


def _registered(worth: Worth) -> Row:
    each = worth.workstream
    ready = "dropped" if each.dropped else each.ready_to_report
    amounts = (part[-1] for part in (worth.saving, worth.slip_costs, worth.a_year_late))
    said = (ready, each.rag, each.owner, each.status)
    values = [worth.lever.label, each.share, each.slip_months, *said, *amounts]
    return Row(each.label, values, "illustrative" if each.illustrative else "the council's register")


def assumptions_in_full(results: Sequence[Result]) -> Table:
    """Every assumption, in its own unit, with its range, pedigree and source."""
    last = results[-1]
    known = last.authority.council.sources
    rows = [
        Row(name, [figure_name(name, last.scenario.levers), *_figure(figure, known[figure.source])])
        for name, figure in figures_of(last.authority, last.scenario).items()
    ]
    words = ("Unit", "Pedigree", "Grade of evidence", "Key of source", "Source", "Remark")
    columns = (
        Column("Assumption", Unit.WORDS),
        *under(("Value, in its unit", "Low, in its unit", "High, in its unit"), Unit.NUMBER),
        *under(words, Unit.WORDS),
    )
    note = "Every figure the model rests on, its low and high, and where it comes from."
    return Table("assumptions_in_full", "What is assumed", "Name", columns, rows, (note,))


def _figure(figure: Assumption, source: Source) -> list[Value]:
    graded, where = figure.grade or NONE, f"{source.title}: {source.where}"
    numbers = [figure.value, figure.low, figure.high]
    return [*numbers, figure.unit, figure.pedigree.value, graded, figure.source, where, figure.note or NONE]


def checks_in_full(results: Sequence[Result]) -> Table:
    """What must hold, whether it does, and by how much, in each scenario."""
    each = [(titled(result, results), checks(result)) for result in results]
    note = "Identities that stop a pack where they fail."
    return stacked(each, "Scenario", "checks_in_full", "What was checked", (note,))


def sources_in_full(results: Sequence[Result]) -> Table:
    """Every publication that a figure comes from, by its key."""
    table = sources(results[0].authority)
    rows = [Row(row.anchor.removeprefix("source:"), [row.head, *row.values]) for row in table.rows]
    columns = (Column("Title", Unit.WORDS), *table.columns)
    note = "Every publication, by its key."
    return Table("sources_in_full", "Where figures come from", "Key", columns, rows, (note,))
