"""How the programme is delivered: the register of workstreams, what rests on each, and the risks and issues that threaten them."""

import re
from calendar import month_name
from collections.abc import Sequence
from dataclasses import dataclass

from best_model.model.authority import Authority
from best_model.model.engine import Result
from best_model.model.levers import start_of
from best_model.model.phasing import Month
from best_model.model.risks import Risk
from best_model.model.scenario import Lever, Scenario, Workstream
from best_model.questions.names import figure_name
from best_model.questions.worth import Worth, cost_of_slip, saving_that_rests_on, threatened, worth_of_workstreams
from best_model.table import NOT_APPLICABLE, Column, Row, Table, Unit, Value, listed, under

RATINGS = {
    "green": "\N{BLACK CIRCLE} Green",
    "amber": "\N{BLACK UP-POINTING TRIANGLE} Amber",
    "red": "\N{BLACK SQUARE} Red",
}
"""A rating by its symbol and its word: never by colour alone."""
_NAMED = 3
_MADE_UP = "Rows marked illustrative are made up, for the council to replace with its own."


@dataclass(frozen=True)
class Standing:
    """How the workstreams stand that are not dropped, and the net saving of the last year that rests on them, £ nominal.

    `month` is that of the council's report, which counts what can report; empty where its title has none. `waiting` rests on those that
    cannot report, `on_red` on those rated red (None where none is). `most` and `slowest` are those on which most rests and
    whose delay by a year costs most, with that amount; None where there is no register or nothing is done.
    """

    going: int
    ready: int
    month: str
    waiting: float
    ratings: tuple[tuple[str, int], ...]
    on_red: float | None
    most: tuple[str, float] | None
    slowest: tuple[str, float] | None
    late: int
    cost_of_late: float
    dropped: int

    @property
    def registered(self) -> bool:
        """Whether the council has a register of workstreams."""
        return bool(self.going or self.dropped)


def standing(result: Result) -> Standing:
    """Who can report, how they are rated, where most of the saving rests, and what is late or dropped."""
    every = [each for lever in result.scenario.levers for each in lever.workstreams]
    going = [each for each in every if not each.dropped]
    waiting, red = ([each.name for each in going if test(each)] for test in (_cannot_report, _is_red))
    at_stake = saving_that_rests_on(result, [waiting, red])[:, -1]
    worth = worth_of_workstreams(result) if result.scenario.acts else ()
    return Standing(
        going=len(going),
        ready=len(going) - len(waiting),
        month=_month_of_report(result.authority),
        waiting=float(at_stake[0]),
        ratings=tuple((words, sum(each.rag == rag for each in going)) for rag, words in RATINGS.items()),
        on_red=float(at_stake[1]) if red else None,
        most=_largest(worth, "saving"),
        slowest=_largest(worth, "a_year_late"),
        late=sum(each.slip_months > 0 for each in going),
        cost_of_late=float(cost_of_slip(result)[-1]) if every else 0.0,
        dropped=len(every) - len(going),
    )


def _cannot_report(workstream: Workstream) -> bool:
    return not workstream.ready


def _is_red(workstream: Workstream) -> bool:
    return workstream.rag == "red"


def _largest(worth: Sequence[Worth], amount: str) -> tuple[str, float] | None:
    each = [(one.workstream.label, float(getattr(one, amount)[-1])) for one in worth]
    return max(each, key=lambda pair: pair[1], default=None)


def _month_of_report(authority: Authority) -> str:
    """The month in the title of the council's report of its forecast: `March 2026`; empty where it has none."""
    title = authority.council.sources[authority.council.forecast.source].title
    found = re.search(rf"\b({'|'.join(month_name[1:])}) (20\d\d)\b", title)
    return found.group() if found else ""


def workstreams(scenario: Scenario) -> tuple[Table, ...]:
    """Every workstream, a table for each priority: when it starts, whether it can report, its rating, owner and status."""
    columns = under(("Starts", "Can report", "Rating", "Owner", "Status"), Unit.WORDS)
    with_any = [lever for lever in scenario.levers if lever.workstreams]
    notes = ("Can report: as things stood at the council's report, not today.", _MADE_UP)
    return tuple(
        Table(
            f"workstreams_{lever.name}", f"Workstreams: {lever.label}", "Workstream", columns,
            [_entry(lever, each) for each in lever.workstreams], notes if lever is with_any[-1] else (),
        )
        for lever in with_any
    )  # fmt: skip


def _entry(lever: Lever, each: Workstream) -> Row:
    said = [_starts(lever, each), each.ready_to_report, RATINGS[each.rag], each.owner, each.status]
    return Row(each.label, said, *_marked(each))


def _starts(lever: Lever, workstream: Workstream) -> str:
    if workstream.dropped:
        return "dropped"
    year, month = divmod(int(start_of(lever, workstream)), Month.IN_A_YEAR)
    late = f", {workstream.slip_months} months late" if workstream.slip_months else ""
    return f"{month_name[month + 1]} {year}{late}"


def _marked(entry: Workstream | Risk) -> tuple[str, str]:
    """The pedigree of a row that is made up, and where that is said."""
    return ("illustrative", f"source:{entry.source}") if entry.illustrative else ("", "")


@listed("result")
def worth_of_each(result: Result) -> Table:
    """What rests on each workstream in the last year, £ nominal, with the children and places it accounts for."""
    rows = [
        Row(each.workstream.label, _worth(each), *_marked(each.workstream)) for each in worth_of_workstreams(result)
    ]
    columns = (
        *under(("Rests on it", "Its slip costs", "A year late")),
        *under(("Children", "Places"), Unit.CHILDREN),
        Column("Part of its priority", Unit.SHARE),
        Column("Priority", Unit.WORDS),
    )
    caption = f"What rests on each workstream in {result.years[-1]}, {result.scenario.title}, £m"
    return Table("worth_of_each", caption, "Workstream", columns, rows, _how_worth(result.scenario))


def _worth(each: Worth) -> list[Value]:
    amounts = [float(amount[-1]) for amount in (each.saving, each.slip_costs, each.a_year_late)]
    return [*amounts, each.children, each.places, each.workstream.share, each.lever.label]


def _how_worth(scenario: Scenario) -> tuple[str, ...]:
    again = [
        f"{lever.label}: what it saves is spent again, so little or no net saving rests there."
        for lever in scenario.levers
        if lever.reinvested
    ]
    return (
        "Net saving lost if that workstream alone is dropped.",
        "Priorities that act on the same children make up for each other, so these do not add to the saving.",
        "Children are counted once for each year in which an action changes what happens to them.",
        *again,
        _MADE_UP,
    )


def risk_register(result: Result, risks: Sequence[Risk]) -> Table:
    """Each risk and issue: the saving of the workstreams it touches, £ nominal, how likely and how bad, who owns it and by when."""
    touched = threatened(result, risks)[:, -1]
    none = NOT_APPLICABLE("not a workstream's")
    rows = [
        Row(
            f"{risk.name}. {risk.description}",
            [float(amount) if risk.workstreams else none, _likely(risk), f"{risk.owner}, {_day(risk.due)}"],
            *_marked(risk),
        )
        for risk, amount in zip(risks, touched, strict=True)
    ]
    notes = (
        f"Saving of the workstreams it touches: the net saving of {result.years[-1]} that rests on them together.",
        "It is not what the event would take.",
        "What events do is in the table of stresses.",
        _MADE_UP,
    )
    columns = (Column("Saving of the workstreams it touches, £m"), *under(("Standing", "Owner and date"), Unit.WORDS))
    caption = f"Risks and issues, {result.scenario.title}"
    return Table("risk_register", caption, "Risk or issue", columns, rows, notes)


def mitigations(scenario: Scenario, risks: Sequence[Risk]) -> Table:
    """Each risk and issue: the workstreams and assumptions that it threatens, and what is done about it."""
    labels = {each.name: each.label for lever in scenario.levers for each in lever.workstreams}
    rows = [Row(risk.name, [_threatens(risk, labels, scenario), risk.mitigation], *_marked(risk)) for risk in risks]
    columns = under(("Threatens", "What is done"), Unit.WORDS)
    caption = "What the risks and issues threaten, and what is done"
    return Table("mitigations", caption, "Risk or issue", columns, rows, (_MADE_UP,))


def _likely(risk: Risk) -> str:
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
