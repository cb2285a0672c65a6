"""How do we compare: growth, placements and service of the council beside its region, the nation and other councils, as published."""

from collections.abc import Sequence
from typing import NamedTuple

from best_model.model.comparison import MEASURES, Compared, Comparison, Scope
from best_model.table import Column, Missing, Row, Table, Unit, Value, listed, under

NOT_HELD = Missing("not held", "[x]")
LABELS = {
    "plans": "Plans",
    "growth_one_year": "Growth in the last year",
    "growth_six_years": "Growth a year over six years",
    "share_mainstream": "Mainstream",
    "share_resource_base": "Base or unit",
    "share_state_special": "State special",
    "share_inmss": "INMSS",
    "share_post_16": "Colleges",
    "share_not_in_education": "Not in education",
    "share_eotas": "EOTAS",
    "requests": "Requests for an assessment",
    "refused_to_assess": "Requests refused an assessment",
    "assessments_to_plan": "Assessments that end in a plan",
    "new_plans": "New plans",
    "ceased_plans": "Plans ceased",
    "within_20_weeks": "New plans issued within 20 weeks",
    "over_a_year": "New plans that took more than a year",
    "reviews_held": "Annual reviews held, of those expected",
    "review_decisions_outstanding": "Decisions after review outstanding, of reviews expected",
    "need_asd": "Plans for autism",
    "need_semh": "Plans for social, emotional and mental health",
    "need_slcn": "Plans for speech, language and communication",
    "need_mld": "Plans for moderate learning difficulty",
    "need_sld": "Plans for severe learning difficulty",
    "need_spld": "Plans for specific learning difficulty",
    "appeal_rate": "Appeals to the tribunal, of decisions that can be appealed",
    "dsg_balance": "Balance of the Dedicated Schools Grant, of a year's income",
}
"""What a measure is called in a table."""

PLACEMENTS = tuple(name for name in MEASURES if name.startswith("share_"))
SERVICE = (
    "requests", "refused_to_assess", "assessments_to_plan", "new_plans", "ceased_plans", "within_20_weeks", "over_a_year",
    "reviews_held", "review_decisions_outstanding", "appeal_rate", "dsg_balance",
)  # fmt: skip
NEEDS_SHOWN = tuple(name for name in MEASURES if name.startswith("need_"))
_STOCKS = ("plans", "growth_one_year", "growth_six_years", *PLACEMENTS, *NEEDS_SHOWN)
_GROWTH = ("growth_one_year", "growth_six_years")
_TRENDS = ("plans", "requests", "new_plans", "within_20_weeks")
_INDEX = 100.0
_DERIVED = "Derived is worked out from published counts: shares of the plans open when the year began."
_OTHER = (
    "Other is what stock and flows leave over: moves between councils, those who turn 26, and what is recorded late."
)
_CHOSEN = "The other councils are our choice of neighbours, not the Department for Education's list of statistical neighbours."


def holds_comparison(comparison: Comparison) -> bool:
    """Whether the council's folder holds figures of its own to compare."""
    return bool(comparison.figures and comparison.area("council"))


def the_area(area: str) -> str:
    """An area within a sentence: a region takes its article.

    >>> the_area("East Midlands"), the_area("England")
    ('the East Midlands', 'England')
    """
    return f"the {area}" if area.startswith(("East ", "West ", "South ", "North ")) else area


def _unit(measure: str) -> Unit:
    return Unit.CHILDREN if MEASURES[measure] == "count" else Unit.TENTHS


def _when(figure: Compared) -> str:
    """The January of a stock, the calendar year of a flow, the 31 March of a balance."""
    if figure.measure == "dsg_balance":
        return f"31 March {figure.year}"
    return f"January {figure.year}" if figure.measure in _STOCKS else str(figure.year)


def _source(figure: Compared | None) -> str:
    return f"source:{figure.source}" if figure else ""


# ---- Growth


def wider(measure: str, comparison: Comparison) -> tuple[Compared, ...]:
    """The council's figure, then the region's and the nation's; empty where the council has none."""
    found = tuple(each for each in comparison.across(measure) if each.scope != "neighbour")
    return found if found and found[0].scope == "council" else ()


class GrowthAccount(NamedTuple):
    """What plans grew by in a calendar year and why, as shares of those open at its beginning: growth = new - ceased + other.

    `other` is what stock and flows leave over: moves between councils, those who reach 26, and what is recorded late.
    """

    year: int
    new: float
    ceased: float
    growth: float

    @property
    def other(self) -> float:
        """Growth that new and ceased plans do not account for."""
        return self.growth - self.new + self.ceased


def growth_account(comparison: Comparison, scope: Scope, year: int) -> GrowthAccount | None:
    """The account of one area in one calendar year; None where one of its four figures is not published."""
    opening, closing = comparison.at("plans", scope, year), comparison.at("plans", scope, year + 1)
    new, ceased = comparison.at("new_plans", scope, year), comparison.at("ceased_plans", scope, year)
    if not opening or closing is None or new is None or ceased is None:
        return None
    return GrowthAccount(year, new / opening, ceased / opening, closing / opening - 1)


def growth_accounts(comparison: Comparison, scope: Scope) -> tuple[GrowthAccount, ...]:
    """The account of every calendar year that has one."""
    years = (each.year for each in comparison.series("ceased_plans", scope))
    return tuple(each for each in (growth_account(comparison, scope, year) for year in years) if each)


class Accounts(NamedTuple):
    """Where growth came from in the last year that both have: the council's account, the nation's, and the part that differs most.

    `reason` is of the council against the nation: `more new`, `fewer new`, `fewer ceased`, `more ceased`, `more other` or `fewer other`.
    """

    ours: GrowthAccount
    nation: GrowthAccount
    reason: str

    @property
    def faster(self) -> bool:
        """Whether the council's plans grew at least as fast as the nation's."""
        return self.ours.growth >= self.nation.growth


def accounts(comparison: Comparison) -> Accounts | None:
    """Why growth differs from the nation's; None where a part of either is not published."""
    ours = growth_accounts(comparison, "council")
    nation = growth_account(comparison, "nation", ours[-1].year) if ours else None
    if not ours or nation is None:
        return None
    last = ours[-1]
    towards = {"new": last.new - nation.new, "ceased": nation.ceased - last.ceased, "other": last.other - nation.other}
    faster = last.growth >= nation.growth
    part = (max if faster else min)(towards, key=towards.__getitem__)
    more = faster != (part == "ceased")
    return Accounts(last, nation, f"{'more' if more else 'fewer'} {part}")


@listed("comparison")
def growth_by_area(comparison: Comparison) -> Table:
    """Plans and their growth for every area, in the last January that the council has."""
    own = comparison.latest("plans", "council")
    caption = f"Plans and their growth, January {own.year if own else ''}"
    notes = (*_crossing(comparison), *_of_neighbours(comparison))
    return _areas(comparison, "growth_by_area", caption, ("plans", *_GROWTH), notes)


@listed("comparison")
def growth_accounted_for(comparison: Comparison) -> Table:
    """New, ceased and other plans by year, for the council and the nation, as shares of the plans open when the year began."""
    scopes: tuple[Scope, ...] = ("council", "nation")
    rows = []
    for scope in scopes:
        for each in growth_accounts(comparison, scope):
            parts, source = (
                (each.new, -each.ceased, each.other, each.growth),
                _source(comparison.latest("plans", scope)),
            )
            rows.append(Row(f"{comparison.area(scope)}, {each.year}", parts, "derived", source))
    notes = (_DERIVED, _OTHER, "The region's flows are not held.", *_crossing(comparison))
    columns = under(("New plans", "Ceased", "Other", "Growth"), Unit.TENTHS)
    return Table("growth_accounted_for", "Why the number of plans grew", "Area and year", columns, rows, notes)


def growth_ranked(comparison: Comparison) -> Table:
    """Growth a year over six years by area, the fastest first."""
    found = sorted(comparison.across("growth_six_years"), key=lambda each: -each.value)
    rows = [Row(each.area, (each.value,), "published", _source(each)) for each in found]
    caption, columns = "Growth in plans a year over six years", under(["Growth a year"], Unit.TENTHS)
    return Table("growth_ranked", caption, "Area", columns, rows)


class Told(NamedTuple):
    """Growth as members were told it in a `year`, by area, and as the latest release gives it from the `first` January to that year."""

    year: int
    since: str
    first: int
    then: tuple[tuple[str, float], ...]
    now: tuple[tuple[str, float], ...]


def as_told(comparison: Comparison) -> Told | None:
    """An earlier statement of growth beside the latest release; None where none is held."""
    told, plans = comparison.latest("growth_as_told", "council"), comparison.series("plans", "council")
    if told is None or not plans:
        return None
    first, scopes = plans[0].year, ("council", "region", "nation")
    then = tuple((each.area, each.value) for each in comparison.across("growth_as_told"))
    now = tuple(
        (comparison.area(scope), after / before - 1)  # type: ignore[arg-type]
        for scope in scopes
        if (before := comparison.at("plans", scope, first)) and (after := comparison.at("plans", scope, told.year))  # type: ignore[arg-type]
    )
    return Told(told.year, told.note, first, then, now)


def breaks(comparison: Comparison) -> tuple[Compared, ...]:
    """The Januaries in which the count of plans begins anew, with why."""
    return tuple(each for each in comparison.series("plans", "council") if each.breaks)


def _crossing(comparison: Comparison) -> tuple[str, ...]:
    """That growth over a year in which the series begins anew crosses a break."""
    years = " and ".join(f"January {year}" for year in sorted({each.year for each in breaks(comparison)}))
    return (f"Growth over {years} crosses a break in the series, for every area alike.",) if years else ()


def _of_neighbours(comparison: Comparison) -> tuple[str, ...]:
    return (_CHOSEN,) if any(each.scope == "neighbour" for each in comparison.figures) else ()


# ---- Placements


class Apart(NamedTuple):
    """A setting whose share of plans differs between the council and the nation."""

    setting: str
    ours: float
    nation: float


def furthest_apart(comparison: Comparison) -> tuple[Apart, ...]:
    """The two settings whose share stands furthest from the nation's; none where the nation's are not held."""
    pairs = (
        (LABELS[name], comparison.latest(name, "council"), comparison.latest(name, "nation")) for name in PLACEMENTS
    )
    found = [Apart(name, own.value, other.value) for name, own, other in pairs if own and other]
    return tuple(sorted(found, key=lambda each: -abs(each.ours - each.nation))[:2])


@listed("comparison")
def placements_by_area(comparison: Comparison) -> Table:
    """Share of plans by setting for every area, in the last January that the council has."""
    own = comparison.latest(PLACEMENTS[0], "council")
    caption = f"Where children with a plan are placed, January {own.year if own else ''}, share of plans"
    notes = ("Settings that few are in are left out, so rows do not add to 100%.", *_of_neighbours(comparison))
    return _areas(comparison, "placements_by_area", caption, PLACEMENTS, notes)


def placements_side_by_side(comparison: Comparison) -> Table:
    """Share of plans by setting: a row a setting, a column for the council, its region and the nation."""
    found = {name: {each.area: each.value for each in wider(name, comparison)} for name in PLACEMENTS}
    areas = list(dict.fromkeys(area for values in found.values() for area in values))
    held = {LABELS[name]: values for name, values in found.items() if values}
    rows = [Row(label, [values.get(area, NOT_HELD) for area in areas], "published") for label, values in held.items()]
    return Table("placements_side_by_side", "Share of plans by setting", "Setting", under(areas, Unit.TENTHS), rows)


def _areas(comparison: Comparison, name: str, caption: str, measures: Sequence[str], notes: tuple[str, ...]) -> Table:
    by_area = {measure: {each.area: each for each in comparison.across(measure)} for measure in measures}
    rows = []
    for area in dict.fromkeys(area for found in by_area.values() for area in found):
        held = [found.get(area) for found in by_area.values()]
        values: list[Value] = [each.value if each else NOT_HELD for each in held]
        source, own = _source(next(filter(None, held))), area == comparison.area("council")
        rows.append(Row(area, values, "published", source, total=own))
    columns = tuple(Column(LABELS[measure], _unit(measure)) for measure in measures)
    return Table(name, caption, "Area", columns, rows, notes)


# ---- Service


@listed("comparison")
def service(comparison: Comparison) -> Table:
    """Each measure of the service and of need in the last year it has, with the year before where there is one."""
    rows = [_of_service(comparison, name) for name in (*SERVICE, *NEEDS_SHOWN) if comparison.latest(name, "council")]
    areas = (comparison.area("council") or "Council", "The year before", comparison.area("nation") or "Nation")
    notes = (
        "Neither the region nor other councils are held for these.",
        "Whole numbers are counts, and cannot be held against the nation's without their change: requests and new plans are drawn above "
        "as growth.",
    )
    columns = (Column("When", Unit.WORDS), *under(areas, Unit.TENTHS))
    return Table("service", "Assessment, review, appeal, need and money, as published", "Measure", columns, rows, notes)


def _of_service(comparison: Comparison, name: str) -> Row:
    own = comparison.series(name, "council")
    nation, before = comparison.at(name, "nation", own[-1].year), comparison.at(name, "council", own[-1].year - 1)
    held = (NOT_HELD if value is None else value for value in (before, nation))
    return Row(LABELS[name], (_when(own[-1]), own[-1].value, *held), "published", _source(own[-1]), unit=_unit(name))


def trends(comparison: Comparison) -> tuple[Table, ...]:
    """Plans, requests and new plans of council and nation, from 100 in their first year, and plans issued in time, as a share."""
    return tuple(_trend(comparison, name) for name in _drawn(comparison))


def _drawn(comparison: Comparison) -> list[str]:
    return [name for name in _TRENDS if all(comparison.series(name, scope) for scope in ("council", "nation"))]


def _trend(comparison: Comparison, name: str) -> Table:
    both = (comparison.series(name, "council"), comparison.series(name, "nation"))
    years, timely = sorted({each.year for series in both for each in series}), name == "within_20_weeks"
    rows = []
    for series in both:
        scale = 1.0 if timely else _INDEX / series[0].value
        held = {each.year: each.value * scale for each in series}
        rows.append(Row(series[0].area, [held.get(year, NOT_HELD) for year in years], "published", _source(series[-1])))
    index = f"{LABELS[name].partition(' for')[0]} ({both[0][0].year} = 100)"
    caption, unit = ("New plans within 20 weeks, %", Unit.TENTHS) if timely else (index, Unit.CHILDREN)
    return Table(f"trend_{name}", caption, "Area", under(map(str, years), unit), rows)


def where_series_break(comparison: Comparison) -> dict[str, list[str]]:
    """By the caption of each trend, the years in which the council's series begins anew."""
    return {
        _trend(comparison, name).caption: [str(each.year) for each in comparison.series(name, "council") if each.breaks]
        for name in _drawn(comparison)
    }


def sources_compared(comparison: Comparison) -> tuple[str, ...]:
    """The keys of the sources behind everything that is compared."""
    return tuple(
        dict.fromkeys([*(each.source for each in comparison.figures), *(each.source for each in comparison.parts)])
    )
