"""How the programme is delivered: the register of workstreams, what rests on each, and the risks and issues that threaten them."""

import re
from calendar import month_name
from collections.abc import Sequence

from best_model.faces.numbers import children, millions, per_cent, pounds_m
from best_model.model.authority import Authority
from best_model.model.engine import Result
from best_model.model.levers import start_of
from best_model.model.phasing import Month
from best_model.model.risks import Risk
from best_model.model.scenario import Lever, Scenario, Workstream
from best_model.outputs.fragment import Fragment, paragraph
from best_model.outputs.tables import Row, slug, table
from best_model.questions.names import figure_name, within_a_sentence
from best_model.questions.worth import (
    Worth,
    cost_of_slip,
    saving_that_rests_on,
    threatened,
    worth_of_workstreams,
)

RATINGS = {
    "green": "\N{BLACK CIRCLE} Green",
    "amber": "\N{BLACK UP-POINTING TRIANGLE} Amber",
    "red": "\N{BLACK SQUARE} Red",
}
_NAMED = 3
MADE_UP = "Rows marked illustrative are made up, for the council to replace with its own."


def answer(result: Result) -> Fragment:
    """How many workstreams are ready to report, and the saving that rests on those that are not, in one sentence."""
    going = _going(result.scenario)
    waiting = [each.name for each in going if not each.ready]
    if not going:
        return paragraph("No workstream is under way.", "answer")
    if not waiting:
        return paragraph(f"All {len(going)} workstreams are ready to report.", "answer")
    saving = float(saving_that_rests_on(result, [waiting])[0, -1])
    month = _month_of_report(result.authority)
    ready = f"{len(going) - len(waiting)} of {len(going)} workstreams {'were' if month else 'are'} ready to report"
    return paragraph(
        f"{f'In {month}, ' if month else ''}{ready}; {pounds_m(saving)} of {result.years[-1]}'s saving rests on the other "
        f"{len(waiting)}.",
        "answer",
    )


def _month_of_report(authority: Authority) -> str:
    """The month of the council's report of its forecast, which counts what can report: `March 2026`; empty where its title has none."""
    title = authority.council.sources[authority.council.forecast.source].title
    found = re.search(rf"\b({'|'.join(month_name[1:])}) (20\d\d)\b", title)
    return found.group() if found else ""


def how_they_stand(result: Result) -> Fragment:
    """Ratings, where most of the saving rests, and what is late or dropped, in two or three sentences."""
    worth = worth_of_workstreams(result)
    if not worth:
        return paragraph("This council has no register of workstreams: each priority is one piece.")
    if not any(lever.intensity for lever in result.scenario.levers):
        return paragraph(f"{_ratings(result.scenario)}. With nothing done no saving rests on any of them.")
    most, slowest = (max(worth, key=key) for key in (_saving, _year_late))
    return paragraph(
        f"{_ratings(result.scenario)}. More of the {result.years[-1]} saving rests on {_named(most)} than on any "
        f"other: {pounds_m(_saving(most))}. "
        f"A year's slip costs most in {_named(slowest)}: {pounds_m(_year_late(slowest))}. {_resting_on_red(result)} "
        f"{_late_and_dropped(result)}"
    )


def _resting_on_red(result: Result) -> str:
    red = [each.name for each in _going(result.scenario) if each.rag == "red"]
    if not red:
        return "None is rated red."
    return f"{pounds_m(float(saving_that_rests_on(result, [red])[0, -1]))} rests on those rated red."


def _saving(worth: Worth) -> float:
    return float(worth.saving[-1])


def _year_late(worth: Worth) -> float:
    return float(worth.a_year_late[-1])


def _named(worth: Worth) -> str:
    return f"\N{LEFT SINGLE QUOTATION MARK}{worth.workstream.label}\N{RIGHT SINGLE QUOTATION MARK}"


def _ratings(scenario: Scenario) -> str:
    going = _going(scenario)
    counts = {words: sum(each.rag == rag for each in going) for rag, words in RATINGS.items()}
    return "Rated " + ", ".join(f"{words} {count}" for words, count in counts.items())


def _late_and_dropped(result: Result) -> str:
    every = [each for lever in result.scenario.levers for each in lever.workstreams]
    late = sum(each.slip_months > 0 and not each.dropped for each in every)
    dropped = [each.name for each in every if each.dropped]
    said = [f"{late} late, which costs {pounds_m(float(cost_of_slip(result)[-1]))}"] if late else []
    said += [f"{len(dropped)} dropped"] if dropped else []
    return f"In this scenario: {'; '.join(said)}." if said else "In this scenario none is late or dropped."


def _going(scenario: Scenario) -> list[Workstream]:
    return [each for lever in scenario.levers for each in lever.workstreams if not each.dropped]


def register_table(scenario: Scenario) -> Fragment:
    """Every workstream, a table for each priority: when it starts, whether it can report, its rating by symbol and word, owner, status."""
    columns = ["Workstream", "Starts", "Can report", "Rating", "Owner", "Status"]
    tables = [
        table(
            f"Workstreams: {lever.label}", columns, [_entry(lever, each) for each in lever.workstreams], text_columns=5
        )
        for lever in scenario.levers
        if lever.workstreams
    ]
    return sum(tables, start=Fragment("")) + paragraph(
        f"Can report: as things stood at the council's report, not today. {MADE_UP}"
        if tables
        else "This council has no register of workstreams.",
        "table-note",
    )


def _entry(lever: Lever, each: Workstream) -> Row:
    return Row(
        each.label,
        [_starts(lever, each), each.ready_to_report, RATINGS[each.rag], each.owner, each.status],
        *_marked(each),
    )


def _starts(lever: Lever, workstream: Workstream) -> str:
    if workstream.dropped:
        return "dropped"
    year, month = divmod(int(start_of(lever, workstream)), Month.IN_A_YEAR)
    late = f", {workstream.slip_months} months late" if workstream.slip_months else ""
    return f"{month_name[month + 1]} {year}{late}"


def _marked(entry: Workstream | Risk) -> tuple[str, str]:
    """The word beside a row that is made up, and where that is said."""
    return ("illustrative", f"source-{slug(entry.source)}") if entry.illustrative else ("", "")


def worth_table(result: Result) -> Fragment:
    """What rests on each workstream in the last year: £m if it alone is dropped, for its slip and for a year's; its children and places."""
    rows = [
        Row(
            worth.workstream.label,
            [
                *(millions(float(amount[-1])) for amount in (worth.saving, worth.slip_costs, worth.a_year_late)),
                children(worth.children),
                children(worth.places),
                f"{per_cent(worth.workstream.share)} of {within_a_sentence(worth.lever.label)}",
            ],
            *_marked(worth.workstream),
        )
        for worth in worth_of_workstreams(result)
    ]
    columns = ["Workstream", "Rests on it", "Its slip costs", "A year late", "Children", "Places", "Part"]
    caption = f"What rests on each workstream in {result.years[-1]}, {result.scenario.title}, £m"
    return table(caption, columns, rows, _worth_note(result.scenario), text_columns=1)


def _worth_note(scenario: Scenario) -> str:
    again = " and ".join(lever.label for lever in scenario.levers if lever.reinvested)
    spent = f" {again}: what it saves is spent again, so little or no net saving rests there." if again else ""
    return (
        "Net saving lost if that workstream alone is dropped; priorities that act on the same children make up for "
        "each other, so "
        "these do not add to the saving. Children are counted once for each year in which an action changes what "
        "happens to "
        f"them.{spent} {MADE_UP}"
    )


def risk_table(result: Result, risks: Sequence[Risk]) -> Fragment:
    """Each risk and issue: how likely and how bad, the saving of the workstreams it touches, who owns it and by when."""
    touched = threatened(result, risks)[:, -1]
    rows = [
        Row(
            f"{risk.name}. {risk.description}",
            [
                millions(float(amount)) if risk.workstreams else "not a workstream's",
                _standing(risk),
                f"{risk.owner}, {_day(risk.due)}",
            ],
            *_marked(risk),
        )
        for risk, amount in zip(risks, touched, strict=True)
    ]
    note = (
        f"Saving of the workstreams it touches: the net saving of {result.years[-1]} that rests on them together, not what the event would "
        f"take. What events do is in the table of stresses above. {MADE_UP}"
    )
    columns = ["Risk or issue", "Saving of the workstreams it touches, £m", "Standing", "Owner and date"]
    return table(f"Risks and issues, {result.scenario.title}", columns, rows, note, text_columns=2)


def mitigation_table(scenario: Scenario, risks: Sequence[Risk]) -> Fragment:
    """Each risk and issue: the workstreams and assumptions that it threatens, and what is done about it."""
    labels = {each.name: each.label for lever in scenario.levers for each in lever.workstreams}
    rows = [Row(risk.name, [_threatens(risk, labels, scenario), risk.mitigation], *_marked(risk)) for risk in risks]
    columns = ["Risk or issue", "Threatens", "What is done"]
    return table("What the risks and issues threaten, and what is done", columns, rows, MADE_UP, text_columns=2)


def _standing(risk: Risk) -> str:
    if risk.kind == "issue":
        return f"issue: has happened, impact {risk.impact}"
    return f"risk: likelihood {risk.likelihood}, impact {risk.impact}"


def _threatens(risk: Risk, labels: dict[str, str], scenario: Scenario) -> str:
    named, others = risk.workstreams[:_NAMED], len(risk.workstreams[_NAMED:])
    words = [labels[name] for name in named]
    words += [f"{others} other workstreams"] if others else []
    words += [f"assumption: {figure_name(name, scenario.levers)}" for name in risk.assumptions]
    return "; ".join(words)


def _day(written: str) -> str:
    year, month, day = map(int, written.split("-"))
    return f"{day} {month_name[month]} {year}"
