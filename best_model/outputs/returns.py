"""The two returns: children by tab of the DSG management plan, and by provision of the local SEND reform plan, each January."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from best_model.model.engine import SCENARIO, Result
from best_model.model.phasing import FloatArray
from best_model.model.returns import Provision, Returns
from best_model.model.settings import AGE_BANDS, NEEDS, SETTINGS
from best_model.outputs.workbook_sheet import (
    JANUARY,
    NOT_AVAILABLE,
    ORIGIN,
    PUBLISHED,
    Cell,
    Column,
    Sheet,
    as_text,
    sheet,
)

FIRST_FORECAST, MODELLED = "modelled, replace by the census", "modelled"
AGE, NEED, NEED_IN_FULL = "Age at 31 August", "Primary need, four groups", "Primary need, as in the census"
ALL, DO_NOTHING = "All plans", "Do nothing"


@dataclass(frozen=True)
class Case:
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


def titled(result: Result, results: Sequence[Result]) -> str:
    """The title of a scenario, with its name where it is not the only heading of that title."""
    title = as_text(result.scenario.title)
    headings = [DO_NOTHING, *(as_text(other.scenario.title) for other in results)]
    alone = [heading.casefold() for heading in headings].count(title.casefold()) == 1
    return title if alone else f"{title} ({result.scenario.name})"


def futures_of(results: Sequence[Result]) -> list[tuple[Result, int]]:
    """Doing nothing and then every scenario, each as a result and its draw."""
    return [(results[0], 0), *((result, SCENARIO) for result in results)]


def headings_of(results: Sequence[Result]) -> list[str]:
    """A heading for each of `futures_of`."""
    return [DO_NOTHING, *(titled(result, results) for result in results)]


def management_plan_sheets(results: Sequence[Result], returns: Returns) -> list[Sheet]:
    """One sheet for each placement tab: every January, by age band and by need, unmitigated beside mitigated."""
    futures, tabs = cases(results), returns.tabs
    januaries = results[0].authority.januaries
    return [
        sheet(
            f"DSG_{number}",
            f"DSG management plan, placement tab {number} of {len(tabs)}: {tab}",
            f"Children with an EHC plan each January. Counts these settings of the model: {_settings(settings)}.",
            [Column(JANUARY, "plain"), Column("Breakdown"), Column("Group"), *in_children(futures), ORIGIN],
            _tab(futures, januaries, tab, settings, returns),
            "layout", "first_forecast", "mitigated", "needs", "rounding", *_of_the_tab(settings),
        )
        for number, (tab, settings) in enumerate(tabs.items(), start=1)
    ]  # fmt: skip


def _settings(names: Sequence[str]) -> str:
    return "; ".join(SETTINGS[name] for name in names)


def _of_the_tab(settings: Sequence[str]) -> list[str]:
    """Notes that one tab alone needs."""
    return [f"tab_{name}" for name in ("alternative_provision", "further_education", "eotas") if name in settings]


def in_children(futures: Sequence[Case]) -> list[Column]:
    """A column of children for each future."""
    return [Column(f"{case.heading}, children", "children") for case in futures]


def _tab(
    futures: Sequence[Case], januaries: Sequence[int], tab: str, settings: Sequence[str], returns: Returns
) -> Iterator[list[Cell]]:
    places = [list(SETTINGS).index(name) for name in settings]
    for step, january in enumerate(januaries):
        yield from by_age(futures, step, january, places)
        yield from by_need(futures, step, january, places)
        if not step:
            yield from _as_published(futures, january, _published_needs(returns, tab), returns)


def by_age(futures: Sequence[Case], step: int, january: int, places: Sequence[int]) -> Iterator[list[Cell]]:
    """Rows by age band, and all ages, of one January in some settings."""
    counts = [case.plans[step][..., places].sum(axis=(-2, -1)) for case in futures]
    for band, (first, last) in AGE_BANDS.items():
        yield [january, AGE, band, *(float(ages[first : last + 1].sum()) for ages in counts), origin_of(step)]
    yield [january, AGE, ALL, *(float(ages.sum()) for ages in counts), origin_of(step)]


def by_need(futures: Sequence[Case], step: int, january: int, places: Sequence[int]) -> Iterator[list[Cell]]:
    """Rows by group of need, and all needs, of one January in some settings."""
    counts = [case.plans[step][..., places].sum(axis=(-3, -1)) for case in futures]
    for place, need in enumerate(NEEDS.values()):
        yield [january, NEED, need, *(float(needs[place]) for needs in counts), origin_of(step)]
    yield [january, NEED, ALL, *(float(needs.sum()) for needs in counts), origin_of(step)]


def origin_of(step: int) -> str:
    """Where the figures of a January come from: the first after the base is past by the time a plan is written."""
    return {0: PUBLISHED, 1: FIRST_FORECAST}.get(step, MODELLED)


def _published_needs(returns: Returns, tab: str) -> np.ndarray | None:
    """Children by need as the census of the base January has it, in the columns of one tab, or in all; None where it is not shipped."""
    if not returns.published:
        return None
    counted = {column.name for column in returns.columns if tab in {column.tab, ALL}}
    return np.sum([counts for name, counts in returns.published.items() if name in counted], axis=0, dtype=int)


def _as_published(
    futures: Sequence[Case], january: int, counts: np.ndarray | None, returns: Returns
) -> Iterator[list[Cell]]:
    """Rows by need as in the census: the same in every future, for it is before any forecast."""
    for place, need in enumerate(returns.needs):
        cell: Cell = NOT_AVAILABLE if counts is None else int(counts[place])
        yield [january, NEED_IN_FULL, need.name, *[cell] * len(futures), _shipped(returns)]


def _shipped(returns: Returns) -> str:
    return PUBLISHED if returns.published else "not shipped for this council"


def reform_plan_sheet(results: Sequence[Result], returns: Returns) -> Sheet:
    """Children by provision each January, with the year by which the reform plan calls that census."""
    futures = cases(results)
    year = Column("Year of the reform plan", "plain")
    rows = [
        [january, january - 1, provision.name, *_provided(futures, step, provision, returns)]
        for step, january in enumerate(results[0].authority.januaries)
        for provision in returns.provisions
    ]
    return sheet(
        "Reform_provisions",
        f"Local SEND reform plan: children in each of its {len(returns.provisions)} provisions",
        "Children with an EHC plan each January. The plan calls a census by the calendar year before it.",
        [Column(JANUARY, "plain"), year, Column("Provision"), *in_children(futures), ORIGIN],
        rows,
        "layout", "plan_year", "first_forecast", "mitigated", "provisions", "rounding",
    )  # fmt: skip


def _provided(futures: Sequence[Case], step: int, provision: Provision, returns: Returns) -> list[Cell]:
    """Children of one provision in each future, and where they come from; the base census parts more of them than the model."""
    in_full = not step and bool(returns.published)
    apart = {column.provision for column in returns.columns} if in_full else returns.homes
    if provision.name not in apart:
        return [*[NOT_AVAILABLE] * len(futures), f"counted in: {returns.stands_for(provision.name)}"]
    held = [each.name for each in returns.provisions if each.name not in apart and each.counted_in == provision.name]
    origin = "; ".join([origin_of(step), *(f"with {name}" for name in held)])
    if in_full:
        return [*[_published_children(provision, returns)] * len(futures), origin]
    places = [place for place, name in enumerate(SETTINGS) if returns.home_of(name) == provision.name]
    return [*(float(case.plans[step][..., places].sum()) for case in futures), origin]


def _published_children(provision: Provision, returns: Returns) -> int:
    return sum(returns.children_in(column) for column in returns.columns if column.provision == provision.name)


def mapping_sheet(returns: Returns) -> Sheet:
    """Every placement of the census: the setting, tab and provision that count it, and its published children."""
    rows = [
        [
            returns.january,
            column.name,
            SETTINGS[column.setting],
            column.tab,
            column.provision,
            returns.children_in(column) if returns.published else NOT_AVAILABLE,
        ]
        for column in returns.columns
    ]
    total = sum(returns.children_in(column) for column in returns.columns) if returns.published else NOT_AVAILABLE
    return sheet(
        "Mapping",
        "How placements of the SEN2 census map to settings, tabs and provisions",
        "One row for each placement of the base census.",
        [
            Column(JANUARY, "plain"),
            Column("SEN2 column"),
            Column("Setting of the model"),
            Column("Tab of the DSG management plan"),
            Column("Provision of the reform plan"),
            Column("Published, children", "children"),
        ],
        [*rows, [returns.january, ALL, "All settings", "All tabs", "All provisions", total]],
        "layout", "provisions",
    )  # fmt: skip


def needs_in_full(results: Sequence[Result], returns: Returns) -> Iterator[list[Cell]]:
    """All plans of the base January by need as in the census."""
    counts = _published_needs(returns, ALL)
    yield from _as_published(cases(results), results[0].authority.januaries[0], counts, returns)
