"""The two returns: children by tab of the DSG management plan, and by provision of the local SEND reform plan, each January."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from best_model.model.engine import SCENARIO, Result
from best_model.model.phasing import FloatArray
from best_model.model.returns import Provision, Returns
from best_model.model.settings import AGE_BANDS, NEEDS, SETTINGS
from best_model.table import NOT_AVAILABLE, Column, Row, Table, Unit, Value, under

DO_NOTHING = "Do nothing"
_FIRST_FORECAST, _MODELLED, _PUBLISHED = "modelled, replace by the census", "modelled", "published"
_AGE, _NEED, _NEED_IN_FULL = "Age at 31 August", "Primary need, four groups", "Primary need, as in the census"
_ALL = "All plans"
_EVERY = tuple(range(len(SETTINGS)))


# Headings


def titled(result: Result, results: Sequence[Result]) -> str:
    """The title of a scenario, with its name where it is not the only heading of that title."""
    headings = [DO_NOTHING, *(other.scenario.title for other in results)]
    alone = [heading.casefold() for heading in headings].count(result.scenario.title.casefold()) == 1
    return result.scenario.title if alone else f"{result.scenario.title} ({result.scenario.name})"


def futures_of(results: Sequence[Result]) -> dict[str, tuple[Result, int]]:
    """Doing nothing and then every scenario, by heading: a result and its draw."""
    scenarios = {titled(result, results): (result, SCENARIO) for result in results}
    return {DO_NOTHING: (results[0], 0), **scenarios}


class Case(NamedTuple):
    """Children in one future: `plans` (january, age, need, setting)."""

    heading: str
    plans: FloatArray


def cases(results: Sequence[Result]) -> list[Case]:
    """Doing nothing, unmitigated, then each plan, mitigated; without a plan, each scenario."""
    planned = [result for result in results if result.scenario.tie_to_target] or results
    return [
        Case("Unmitigated: do nothing", results[0].simulation.plans[0]),
        *(Case(f"Mitigated: {titled(result, results)}", result.simulation.plans[SCENARIO]) for result in planned),
    ]


def origin_of(step: int) -> str:
    """Where the figures of a January come from: the first after the base is past by the time a plan is written."""
    return {0: _PUBLISHED, 1: _FIRST_FORECAST}.get(step, _MODELLED)


def _columns(results: Sequence[Result], *words: str) -> tuple[Column, ...]:
    children = under((f"{case.heading}, children" for case in cases(results)), Unit.CHILDREN)
    return (*under(words, Unit.WORDS), *children)


# The DSG management plan


def management_plan(results: Sequence[Result], returns: Returns) -> list[Table]:
    """A table for each placement tab: children every January, by age band and by need, unmitigated beside mitigated."""
    columns = _columns(results, "Breakdown", "Group")
    return [
        Table(f"dsg_{number}", caption, "January", columns, list(_tab(results, tab, settings, returns)), (note,))
        for number, (tab, settings) in enumerate(returns.tabs.items(), start=1)
        for caption in [f"DSG management plan, placement tab {number} of {len(returns.tabs)}: {tab}"]
        for note in [_COUNTS.format("; ".join(SETTINGS[name] for name in settings))]
    ]


_COUNTS = "Children with an EHC plan each January. Counts these settings of the model: {}."


def _tab(results: Sequence[Result], tab: str, settings: Sequence[str], returns: Returns) -> Iterator[Row]:
    places, futures = [list(SETTINGS).index(name) for name in settings], cases(results)
    for step, january in enumerate(results[0].authority.januaries):
        yield from _by_age(futures, step, january, places)
        yield from _by_need(futures, step, january, places)
        if not step:
            yield from _as_published(futures, january, _published_needs(returns, tab), returns)


def age_bands(results: Sequence[Result]) -> Table:
    """All plans by age band each January."""
    futures = cases(results)
    rows = [
        Row(row.head, row.values[1:], row.kind)
        for step, january in enumerate(results[0].authority.januaries)
        for row in _by_age(futures, step, january, _EVERY)
    ]
    note = f"Children with an EHC plan at each census in {len(AGE_BANDS)} age bands, those of the DSG management plan."
    caption = "All plans by age band each January"
    return Table("age_bands", caption, "January", _columns(results, _AGE), rows, (note,))


def needs_each_january(results: Sequence[Result], returns: Returns) -> Table:
    """All plans by group of need each January, and as in the census for the base."""
    futures, januaries = cases(results), results[0].authority.januaries
    rows = [row for step, january in enumerate(januaries) for row in _by_need(futures, step, january, _EVERY)]
    rows += _as_published(futures, januaries[0], _published_needs(returns, _ALL), returns)
    note = f"Children with an EHC plan at each census in {len(NEEDS)} groups of need; the base census in full."
    columns = _columns(results, "Breakdown", "Primary need")
    return Table("needs", "All plans by primary need each January", "January", columns, rows, (note,))


def _by_age(futures: Sequence[Case], step: int, january: int, places: Sequence[int]) -> Iterator[Row]:
    """Rows by age band, and all ages, of one January in some settings."""
    counts = [case.plans[step][..., places].sum(axis=(-2, -1)) for case in futures]
    for band, (first, last) in AGE_BANDS.items():
        yield _row(january, _AGE, band, [ages[first : last + 1].sum() for ages in counts], step)
    yield _row(january, _AGE, _ALL, [ages.sum() for ages in counts], step)


def _by_need(futures: Sequence[Case], step: int, january: int, places: Sequence[int]) -> Iterator[Row]:
    """Rows by group of need, and all needs, of one January in some settings."""
    counts = [case.plans[step][..., places].sum(axis=(-3, -1)) for case in futures]
    for place, need in enumerate(NEEDS.values()):
        yield _row(january, _NEED, need, [needs[place] for needs in counts], step)
    yield _row(january, _NEED, _ALL, [needs.sum() for needs in counts], step)


def _row(january: int, breakdown: str, group: str, counts: Sequence[float], step: int) -> Row:
    return Row(str(january), [breakdown, group, *counts], origin_of(step))


def _published_needs(returns: Returns, tab: str) -> np.ndarray | None:
    """Children by need as the census of the base January has it, in the columns of one tab, or in all; None where it is not shipped."""
    if not returns.published:
        return None
    counted = {column.name for column in returns.columns if tab in {column.tab, _ALL}}
    return np.sum([counts for name, counts in returns.published.items() if name in counted], axis=0, dtype=int)


def _as_published(futures: Sequence[Case], january: int, counts: np.ndarray | None, returns: Returns) -> Iterator[Row]:
    """Rows by need as in the census: the same in every future, for it is before any forecast."""
    shipped = _PUBLISHED if returns.published else "not shipped for this council"
    for place, need in enumerate(returns.needs):
        cell: Value = NOT_AVAILABLE if counts is None else int(counts[place])
        yield Row(str(january), [_NEED_IN_FULL, need.name, *[cell] * len(futures)], shipped)


# The local SEND reform plan


def reform_plan(results: Sequence[Result], returns: Returns) -> Table:
    """Children by provision each January, with the year by which the reform plan calls that census."""
    futures = cases(results)
    rows = [
        Row(str(january), [january - 1, provision.name, *counts], origin)
        for step, january in enumerate(results[0].authority.januaries)
        for provision in returns.provisions
        for counts, origin in [_provided(futures, step, provision, returns)]
    ]
    year, *others = _columns(results, "Year of the reform plan", "Provision")
    caption = f"Local SEND reform plan: children in each of its {len(returns.provisions)} provisions"
    note = "Children with an EHC plan each January. The plan calls a census by the calendar year before it."
    columns = (Column(year.heading, Unit.YEAR), *others)
    return Table("reform_provisions", caption, "January", columns, rows, (note,))


def _provided(futures: Sequence[Case], step: int, provision: Provision, returns: Returns) -> tuple[list[Value], str]:
    """Children of one provision in each future, and where they come from; the base census parts more of them than the model."""
    in_full = not step and bool(returns.published)
    apart = {column.provision for column in returns.columns} if in_full else returns.homes
    if provision.name not in apart:
        return [NOT_AVAILABLE] * len(futures), f"counted in: {returns.stands_for(provision.name)}"
    held = [each.name for each in returns.provisions if each.name not in apart and each.counted_in == provision.name]
    origin = "; ".join([origin_of(step), *(f"with {name}" for name in held)])
    if in_full:
        counted = sum(returns.children_in(column) for column in returns.columns if column.provision == provision.name)
        return [counted] * len(futures), origin
    places = [place for place, name in enumerate(SETTINGS) if returns.home_of(name) == provision.name]
    return [float(case.plans[step][..., places].sum()) for case in futures], origin


def mapping(returns: Returns) -> Table:
    """Every placement of the census: the setting, tab and provision that count it, and its published children."""
    rows = [
        Row(each.name, [SETTINGS[each.setting], each.tab, each.provision, counted])
        for each in returns.columns
        for counted in [returns.children_in(each) if returns.published else NOT_AVAILABLE]
    ]
    every: Value = sum(map(returns.children_in, returns.columns)) if returns.published else NOT_AVAILABLE
    rows.append(Row(_ALL, ["All settings", "All tabs", "All provisions", every], total=True))
    words = ("Setting of the model", "Tab of the DSG management plan", "Provision of the reform plan")
    columns = (*under(words, Unit.WORDS), Column(f"Published, January {returns.january}, children", Unit.CHILDREN))
    caption = "How placements of the SEN2 census map to settings, tabs and provisions"
    note = "One row for each placement of the base census."
    return Table("mapping", caption, "SEN2 column", columns, rows, (note,))
