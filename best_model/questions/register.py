"""How the programme is delivered: the register of workstreams, what rests on each, and the risks and issues that threaten them."""

import re
from calendar import month_name
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from best_model.model.authority import Authority
from best_model.model.engine import SCENARIO, Result, savings
from best_model.model.levers import Force, effect, start_of
from best_model.model.phasing import FloatArray, Month
from best_model.model.risks import Risk
from best_model.model.scenario import Lever, Places, Scenario, Workstream
from best_model.questions.names import figure_name
from best_model.table import NOT_APPLICABLE, Column, Row, Table, Unit, listed, under

RATINGS = {
    "green": "\N{BLACK CIRCLE} Green",
    "amber": "\N{BLACK UP-POINTING TRIANGLE} Amber",
    "red": "\N{BLACK SQUARE} Red",
}
"""A rating by its symbol and its word: never by colour alone."""
_NAMED = 3
_AS_REPORTED = "Can report: as things stood at the council's report, not today."
_MADE_UP = "Rows marked illustrative are made up, for the council to replace with its own."


# ---- What rests on a workstream


@dataclass(frozen=True)
class Worth:
    """What rests on one workstream of a priority, everything else being as the scenario has it.

    £ nominal, net, over the reported years: `saving` is lost if it alone is dropped (or is lost, where it is); `slip_costs` is
    what its slip takes from the saving; `a_year_late` is what twelve more months would take. `children` are its part of those that its
    priority acts on up to the last January, and `places` its part of the places open by then.
    """

    lever: Lever
    workstream: Workstream
    saving: FloatArray
    slip_costs: FloatArray
    a_year_late: FloatArray
    children: float
    places: float


def worth_of_workstreams(result: Result) -> tuple[Worth, ...]:
    """Every workstream of a scenario, in the order of its priorities, one batched run a priority."""
    with_any = (place for place, lever in enumerate(result.scenario.levers) if lever.workstreams)
    return tuple(worth for place in with_any for worth in _worth(result, place))


def _worth(result: Result, place: int) -> list[Worth]:
    """The worth of each workstream of one lever."""
    lever = result.scenario.levers[place]
    variants = [variant for each in lever.workstreams for variant in _variants(result.scenario, each)]
    saved = identified(result, variants).reshape(len(lever.workstreams), -1, len(result.years))
    now = result.identified
    return [
        Worth(lever, each, kept - gone, on_time - now, now - late, *_reach(result, place, each))
        for each, (kept, gone, on_time, late) in zip(lever.workstreams, saved, strict=True)
    ]


def _variants(scenario: Scenario, workstream: Workstream) -> list[Scenario]:
    """The scenario with a workstream kept, dropped, on time, and a year later than it is."""
    later = workstream.slip_months + Month.IN_A_YEAR
    changes: list[dict[str, int | bool]]
    changes = [{"dropped": False}, {"dropped": True}, {"slip_months": 0}, {"slip_months": later}]
    return [scenario.with_workstreams([workstream.name], **change) for change in changes]


def saving_that_rests_on(result: Result, groups: Sequence[Collection[str]]) -> FloatArray:
    """Net saving lost if all the workstreams of a group were dropped together, £ (group, year), each group by itself."""
    without = [result.scenario.with_workstreams(names, dropped=True) for names in groups]
    return result.identified - identified(result, without)


def cost_of_slip(result: Result) -> FloatArray:
    """What every slip in the register takes from the net saving together, £ (year,)."""
    everyone = [each.name for lever in result.scenario.levers for each in lever.workstreams]
    return identified(result, [result.scenario.with_workstreams(everyone, slip_months=0)])[0] - result.identified


def identified(result: Result, scenarios: Sequence[Scenario]) -> FloatArray:
    """Net saving of the priorities in scenarios that differ in their workstreams only, £ (scenario, year), in one batch.

    A lever as each scenario has it stands in a column of its own, and is at work in the draws of those scenarios alone.
    """
    if not scenarios:
        return np.zeros((0, len(result.years)))
    columns = {(lever.name, lever.workstreams): lever for scenario in scenarios for lever in scenario.levers}
    at_work = np.zeros((len(scenarios), len(columns)))
    for draw, scenario in enumerate(scenarios):
        for lever in scenario.levers:
            at_work[draw, list(columns).index((lever.name, lever.workstreams))] = lever.intensity
    return savings(result.authority, tuple(columns.values()), at_work).net[:, -len(result.years) :]


def _reach(result: Result, place: int, workstream: Workstream) -> tuple[float, float]:
    """A workstream's part of the children its lever acts on, and of the places it opens."""
    children = places = 0.0
    for column, force in enumerate(result.simulation.forces):
        if force.lever == place:
            own, whole = _strength(result, force, workstream), force.strength[SCENARIO]
            if isinstance(force.action, Places):
                places += float(own[-1])
            else:
                acted_on = np.array([year.children[SCENARIO, column] for year in result.simulation.flows])
                children += float((acted_on * np.divide(own, whole, out=np.zeros_like(own), where=whole > 0)).sum())
    return children, places


def _strength(result: Result, force: Force, workstream: Workstream) -> FloatArray:
    """What a workstream adds to the strength of one of its lever's forces in each year: they add up to it."""
    lever, years = result.scenario.levers[force.lever], np.array(result.authority.januaries[:-1], dtype=float)
    share = 0.0 if workstream.dropped else lever.intensity * workstream.share
    return share * effect(lever, force.number, start_of(lever, workstream), years)


# ---- How they stand


class Standing(NamedTuple):
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
    waiting, red = [each.name for each in going if not each.ready], [each.name for each in going if each.rag == "red"]
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
    tables = []
    for lever in with_any:
        rows = [
            Row(each.label, [_starts(lever, each), each.ready_to_report, RATINGS[each.rag], each.owner, each.status], *_marked(each))
            for each in lever.workstreams
        ]  # fmt: skip
        notes = (_AS_REPORTED, _MADE_UP) if lever is with_any[-1] else ()
        tables.append(
            Table(f"workstreams_{lever.name}", f"Workstreams: {lever.label}", "Workstream", columns, rows, notes)
        )
    return tuple(tables)


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
    rows = []
    for each in worth_of_workstreams(result):
        amounts = (amount[-1] for amount in (each.saving, each.slip_costs, each.a_year_late))
        values = [*amounts, each.children, each.places, each.workstream.share, each.lever.label]
        rows.append(Row(each.workstream.label, values, *_marked(each.workstream)))
    again = [
        f"{lever.label}: what it saves is spent again, so little or no net saving rests there."
        for lever in result.scenario.levers
        if lever.reinvested
    ]
    notes = (
        "Net saving lost if that workstream alone is dropped.",
        "Priorities that act on the same children make up for each other, so these do not add to the saving.",
        "Children are counted once for each year in which an action changes what happens to them.",
        *again,
        _MADE_UP,
    )
    columns = (
        *under(("Rests on it", "Its slip costs", "A year late")),
        *under(("Children", "Places"), Unit.CHILDREN),
        Column("Part of its priority", Unit.SHARE),
        Column("Priority", Unit.WORDS),
    )
    caption = f"What rests on each workstream in {result.years[-1]}, {result.scenario.title}, £m"
    return Table("worth_of_each", caption, "Workstream", columns, rows, notes)


def risk_register(result: Result, risks: Sequence[Risk]) -> Table:
    """Each risk and issue: the saving of the workstreams it touches, £ nominal, how likely and how bad, who owns it and by when."""
    touched = saving_that_rests_on(result, [risk.workstreams for risk in risks])[:, -1]
    none = NOT_APPLICABLE("not a workstream's")
    rows = [
        Row(
            f"{risk.name}. {risk.description}",
            [amount if risk.workstreams else none, _likely(risk), f"{risk.owner}, {_day(risk.due)}"],
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
