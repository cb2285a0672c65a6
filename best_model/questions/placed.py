"""Where children are placed and what that costs: now, doing nothing, and under each plan, by setting, age band and need."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from best_model.model.cost import in_financial_years
from best_model.model.engine import SCENARIO, Result, Simulation
from best_model.model.phasing import FloatArray
from best_model.model.settings import AGE_BANDS, NEEDS, SETTINGS
from best_model.questions.small_counts import coarse, counted, hidden_parts, what_is_hidden
from best_model.table import (
    NOT_APPLICABLE,
    NOT_SHOWN,
    ROUNDED,
    Column,
    Missing,
    Pair,
    Row,
    Table,
    Unit,
    Value,
    listed,
    modelled,
    under,
)

_NOW, _LAST = 0, -1
_EVERY = slice(None)
_Part = tuple[slice, slice, slice]
"""A row's part of (age, need, setting)."""
_SETTINGS = {name: (_EVERY, _EVERY, slice(place, place + 1)) for place, name in enumerate(SETTINGS.values())}
_AGES = {band: (slice(low, high + 1), _EVERY, _EVERY) for band, (low, high) in AGE_BANDS.items()}
_NEEDS = {name: (_EVERY, slice(place, place + 1), _EVERY) for place, name in enumerate(NEEDS.values())}
_ALL: _Part = (_EVERY, _EVERY, _EVERY)
_AGE, _ALL_PLANS, _ALL_PLACEMENTS = "Age at 31 August", "All plans", "All placements"
_TOO_FEW = NOT_APPLICABLE("too few")


class Placed(NamedTuple):
    """One case, by (age, need, setting): children at a January, average children and £ over the financial year of that census."""

    case: str
    counted: FloatArray
    average: FloatArray
    spent: FloatArray


def spent_by_child(simulation: Simulation) -> FloatArray:
    """£ by (draw, fy, age, need, setting): each setting's cost shared evenly over its children; all add to `spend.placements`."""
    average = in_financial_years(simulation.plans)
    in_setting = average.sum(axis=(-3, -2), keepdims=True)
    share = np.divide(average, in_setting, out=np.zeros_like(average), where=in_setting > 0)
    return share * simulation.spend.placements[..., None, None, :]


def _placed(result: Result, case: str, draw: int, when: int) -> Placed:
    plans = result.simulation.plans
    spent = spent_by_child(result.simulation)[draw, when]
    return Placed(case, plans[draw, when], in_financial_years(plans)[draw, when], spent)


def _cases(results: Sequence[Result]) -> list[Placed]:
    """Now and doing nothing, as any result holds them, and then each result's own."""
    own = [_placed(result, result.scenario.title, SCENARIO, _LAST) for result in results]
    return [_placed(results[0], "", 0, _NOW), _placed(results[0], "Do nothing", 0, _LAST), *own]


# ---- Children


@listed("result")
def setting_mix(*results: Result) -> Table:
    """Children in each setting at the base census, doing nothing, and under each plan in the last January, with their share."""
    return _counts("setting_mix", "Children by setting, and share of all plans", "Setting", results, _SETTINGS)


@listed("result")
def age_mix(*results: Result) -> Table:
    """The same by age band of the DSG management plan."""
    return _counts("age_mix", "Children by age band, and share of all plans", _AGE, results, _AGES)


@listed("result")
def need_mix(*results: Result) -> Table:
    """The same by primary need."""
    return _counts("need_mix", "Children by primary need, and share of all plans", "Primary need", results, _NEEDS)


def _counts(name: str, caption: str, head: str, results: Sequence[Result], parts: Mapping[str, _Part]) -> Table:
    cases, authority = _cases(results), results[0].authority
    first, last, openly = *(authority.januaries[place] for place in (_NOW, _LAST)), authority.council.openly
    rows = []
    for part, where in parts.items():
        own = [(each.counted[where].sum(), each.counted.sum()) for each in cases]
        rows.append(Row(part, [Pair(counted(count, openly=openly), count / total) for count, total in own]))
    totals = [counted(each.counted.sum(), openly=openly) for each in cases]
    headings = [f"{each.case}, {last}" if each.case else f"January {first}" for each in cases]
    columns = tuple(Column(heading, Unit.CHILDREN, ("share", Unit.SHARE)) for heading in headings)
    census = "published" if openly else "the council's own"
    about = f"Children with an EHC plan. January {first} is {census}; the other columns are modelled."
    total = modelled(_ALL_PLANS, totals, total=True)
    return Table(name, caption, head, columns, [*rows, total], (about, ROUNDED, *what_is_hidden(openly=openly)))


def by_january(result: Result, shown: int = 8) -> list[Table]:
    """Children at each census, doing nothing and with the programme: a table for each of the `shown` settings that hold most."""
    counts, authority = result.simulation.by_setting, result.authority
    names, largest = list(SETTINGS.values()), np.argsort(-counts[0, _LAST])[:shown]
    columns = under([str(year) for year in authority.januaries], Unit.CHILDREN)
    shown_as = float if authority.council.openly else coarse
    tables = []
    for place in largest:
        cases = {"Do nothing": counts[0, :, place], result.scenario.title: counts[SCENARIO, :, place]}
        rows = [modelled(case, [shown_as(count) for count in each]) for case, each in cases.items()]
        tables.append(Table("by_january", names[place].partition(" (")[0], "Case", columns, rows))
    return tables


# ---- Money


@listed("result")
def setting_cost(*results: Result) -> Table:
    """£ for each setting and £ for each child in it: in the first financial year, doing nothing, and under each plan in the last."""
    caption = "Cost by setting, £m a year, and in brackets £ a child"
    return _costs("setting_cost", caption, "Setting", results, _SETTINGS)


@listed("result")
def age_cost(*results: Result) -> Table:
    """The same by age band: a setting has one price for every age."""
    return _costs("age_cost", "Cost by age band, £m a year, and in brackets £ a child", _AGE, results, _AGES)


def _costs(name: str, caption: str, head: str, results: Sequence[Result], parts: Mapping[str, _Part]) -> Table:
    cases, authority = _cases(results), results[0].authority
    first, last, openly = authority.financial_years[_NOW], authority.years[_LAST], authority.council.openly
    shown = [_shown(each, parts, openly=openly) for each in cases]
    rows = [Row(_short(part), costs) for part, *costs in zip(parts, *shown, strict=True)]
    total = modelled(_ALL_PLACEMENTS, [_cost(each, _ALL) for each in cases], total=True)
    headings = [f"{each.case}, {last}" if each.case else first for each in cases]
    columns = tuple(Column(heading, Unit.GBP, ("a child", Unit.GBP_WHOLE)) for heading in headings)
    about = (
        "Placements only, at each year's prices and average number of children; a setting has one price for every age."
    )
    return Table(name, caption, head, columns, [*rows, total], (about, ROUNDED, *what_is_hidden(openly=openly)))


def _shown(placed: Placed, parts: Mapping[str, _Part], *, openly: bool) -> list[Value]:
    """The cost of each part, but for those whose money would give a small count away."""
    counts = [(placed.counted[part].sum(), placed.average[part].sum()) for part in parts.values()]
    spent = [placed.spent[part].sum() for part in parts.values()]
    hidden = hidden_parts(counts, spent, openly=openly)
    return [NOT_SHOWN if hides else _cost(placed, part) for part, hides in zip(parts.values(), hidden, strict=True)]


def _cost(placed: Placed, part: _Part) -> Pair:
    spent = placed.spent[part].sum()
    return Pair(spent, a_child(spent, placed.average[part].sum()))


def a_child(spent: float, average: float) -> float | Missing:
    """£ for each child, where there is one."""
    return spent / average if average >= 1 else _TOO_FEW


def _short(name: str) -> str:
    """The initials that the table before has spelled out, where there are some."""
    return name.partition("(")[2].rstrip(")") or name


@listed("result")
def placement_cost(result: Result) -> Table:
    """What each setting costs in the last year, doing nothing and with the programme: average children, £ and £ a child."""
    cases, openly = _cases([result])[1:], result.authority.council.openly
    shown = [_shown(each, _SETTINGS, openly=openly) for each in cases]
    rows = [
        Row(name, _beside(cases, part, costs, openly=openly))
        for (name, part), *costs in zip(_SETTINGS.items(), *shown, strict=True)
    ]
    all_costs = [_cost(each, _ALL) for each in cases]
    rows.append(Row(_ALL_PLACEMENTS, _beside(cases, _ALL, all_costs, openly=openly), total=True))
    units = {"children": Unit.CHILDREN, "£m": Unit.GBP, "£ a child": Unit.GBP_WHOLE}
    columns = [Column(f"{each.case}: {what}", unit) for each in cases for what, unit in units.items()]
    notes = ("Average children over the financial year.", ROUNDED, *what_is_hidden(openly=openly))
    caption = f"What placements cost in {result.years[-1]}"
    return Table("placement_cost", caption, "Setting", tuple(columns), rows, notes)


def _beside(cases: Sequence[Placed], part: _Part, costs: Sequence[Value], *, openly: bool) -> list[Value]:
    """Average children, £ and £ a child of each case."""
    children = [counted(each.average[part].sum(), openly=openly) for each in cases]
    apart = [cost if isinstance(cost, Pair) else (cost, cost) for cost in costs]
    return [value for average, cost in zip(children, apart, strict=True) for value in (average, *cost)]


class MixCost(NamedTuple):
    """What placements cost in the last year, £ and £ a child, doing nothing and with the programme.

    `inmss_less` and `others_more` are £: what INMSS costs less with the programme, and what every other setting together costs more.
    """

    idle: Pair
    acting: Pair
    inmss_less: float | Missing
    others_more: float | Missing


def mix_cost(result: Result) -> MixCost:
    """The totals of `setting_cost`, and where the difference is; nothing of INMSS where its money may not be shown."""
    table = setting_cost(result)
    _, idle, acting = table[_ALL_PLACEMENTS]
    _, idle_inmss, acting_inmss = table[_short(SETTINGS["inmss"])]
    if isinstance(idle_inmss, Missing) or isinstance(acting_inmss, Missing):
        return MixCost(idle, acting, NOT_SHOWN, NOT_SHOWN)
    less = idle_inmss.first - acting_inmss.first
    return MixCost(idle, acting, less, acting.first - idle.first + less)
