"""The sheets of the workbook that a reviewer asks for: priorities, workstreams, assumptions, checks and sources."""

from collections.abc import Sequence

from best_model.draws.sensitivity import figures_of
from best_model.model.engine import Result
from best_model.outputs.returns import titled
from best_model.outputs.workbook_sheet import NOT_APPLICABLE, NOT_AVAILABLE, ORIGIN, Column, Sheet, in_pounds, sheet
from best_model.questions.checks import checked
from best_model.questions.names import figure_name
from best_model.questions.worth import worth_of_workstreams


def priorities_sheet(results: Sequence[Result]) -> Sheet:
    """How hard each scenario leans on each priority, beside what the evidence supports, and how each is delivered."""
    rows = [
        [
            lever.label,
            *(result.scenario.levers[place].intensity for result in results),
            *(lever.evidence.at(level) for level in ("low", "central", "high")),
            lever.start,
            lever.ramp_months,
            lever.running_cost.value,
            "spent again" if lever.reinvested else lever.kind,
            lever.confidence,
            lever.owner,
        ]
        for place, lever in enumerate(results[0].scenario.levers)
    ]
    columns = [
        Column("Priority"),
        *(Column(f"{titled(result, results)}, share of full effect, %", "share") for result in results),
        *(Column(f"Evidence, {level}, share of full effect, %", "share") for level in ("low", "central", "high")),
        Column("Starts, year and month"),
        Column("Months to full effect", "plain"),
        *in_pounds("Running cost a year at full effect"),
        Column("Saving is"),
        Column("Confidence"),
        Column("Owner"),
    ]
    about = "Full effect is the most that is assumed."
    title = "How hard each scenario leans on each priority"
    return sheet("Priorities", title, about, columns, rows, "illustrative")


def workstreams_sheet(results: Sequence[Result]) -> Sheet:
    """The register of workstreams, and what rests on each in the last scenario of the pack."""
    last = results[-1]
    rows: list[list[object]] = [
        [
            worth.workstream.label,
            worth.lever.label,
            worth.workstream.share,
            worth.workstream.slip_months,
            "dropped" if worth.workstream.dropped else worth.workstream.ready_to_report,
            worth.workstream.rag,
            worth.workstream.owner,
            worth.workstream.status,
            *(float(amounts[-1]) for amounts in (worth.saving, worth.slip_costs, worth.a_year_late)),
            "illustrative" if worth.workstream.illustrative else "the council's register",
        ]
        for worth in worth_of_workstreams(last)
    ] or [["No register: each priority is one piece", *[NOT_APPLICABLE] * 11]]
    columns = [
        Column("Workstream"),
        Column("Priority"),
        Column("Share of the priority, %", "share"),
        Column("Late, months", "plain"),
        Column("Ready to report"),
        Column("Rating"),
        Column("Owner"),
        Column("Status"),
        *in_pounds("Saving that rests on it", "What its slip costs", "What a year late would cost"),
        ORIGIN,
    ]
    about = f"What rests on each in {last.years[-1]} in the scenario {titled(last, results)}."
    return sheet(
        "Workstreams", "The workstreams of the programme", about, columns, rows, "illustrative", "overlap", "prices"
    )


def assumptions_sheet(results: Sequence[Result]) -> Sheet:
    """Every assumption with its range, pedigree and source."""
    last = results[-1]
    sources = last.authority.council.sources
    rows = [
        [
            name,
            figure_name(name, last.scenario.levers),
            *(figure.value, figure.low, figure.high),
            figure.unit,
            figure.pedigree.value,
            figure.grade or NOT_APPLICABLE,
            figure.source,
            f"{sources[figure.source].title}: {sources[figure.source].where}",
            figure.note,
        ]
        for name, figure in figures_of(last.authority, last.scenario).items()
    ]
    columns = [
        Column("Name"),
        Column("Assumption"),
        *(Column(heading, "plain") for heading in ("Value, in its unit", "Low, in its unit", "High, in its unit")),
        *map(Column, ("Unit", "Pedigree", "Grade of evidence", "Key of source", "Source", "Remark")),
    ]
    about = "Every figure the model rests on, its low and high, and where it comes from."
    return sheet("Assumptions", "What is assumed", about, columns, rows, "pedigree")


def checks_sheet(results: Sequence[Result]) -> Sheet:
    """What must hold, whether it does, and by how much, in each scenario."""
    rows = [
        [titled(result, results), outcome.claim, "holds" if outcome.holds else "does not hold", outcome.detail]
        for result in results
        for outcome in checked(result)
    ]
    columns = [Column(heading) for heading in ("Scenario", "What must hold", "Does it", "By how much")]
    return sheet("Checks", "What was checked", "Identities that stop a pack where they fail.", columns, rows)


def sources_sheet(results: Sequence[Result]) -> Sheet:
    """Every publication that a figure comes from."""
    rows = [
        [key, source.title, source.where, source.url or NOT_AVAILABLE, source.licence]
        for key, source in results[0].authority.council.sources.items()
    ]
    columns = [Column(heading) for heading in ("Key", "Title", "Where in it", "Web address", "Licence")]
    return sheet("Sources", "Where figures come from", "Every publication, by its key.", columns, rows, "licence")
