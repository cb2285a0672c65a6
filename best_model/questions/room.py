"""Is there room, and what does it cost: how full places are, how new ones fill, what they cost to build, which kind to build."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from best_model.model.engine import Result
from best_model.model.phasing import FloatArray
from best_model.model.settings import SETTINGS
from best_model.questions.places import Investment, Way, capital, fill_up, investment, occupancy, ways_to_add
from best_model.table import METHOD, NOT_APPLICABLE, ROUNDED, Column, Row, Table, Unit, Value, listed, modelled, under

_LIFE, _RATE, _SHARE = "finance.borrowing_years", "finance.borrowing_rate", "finance.borrowed_share"
_PLURALS = {"resource_base": "resource bases", "state_special": "state special schools", "inmss": "INMSS"}


def setting_name(setting: str) -> str:
    """A setting in a row: INMSS in short, others in full."""
    return "INMSS" if setting == "inmss" else SETTINGS[setting]


def several(setting: str) -> str:
    """A setting in a sentence that is about all its schools: `resource bases`.

    >>> several("state_special"), several("eotas")
    ('state special schools', 'Education otherwise than at school (EOTAS)')
    """
    return _PLURALS.get(setting, SETTINGS[setting])


def opens_places(result: Result) -> bool:
    """Whether the scenario opens any new places."""
    return bool(fill_up(result))


# ---- How full


@listed("result")
def places_taken(result: Result) -> Table:
    """Each setting that has a number of places, September by September: places, children, empty, turned away and where to."""
    rows = []
    for each in occupancy(result):
        name, goes_to = setting_name(each.setting), setting_name(each.fallback)
        by_year = zip(result.authority.januaries, each.places, each.children, each.empty, each.turned_away, strict=True)
        for place, (year, *counts, turned_away) in enumerate(by_year):
            values = [*counts, turned_away if place else NOT_APPLICABLE("not modelled"), goes_to]
            rows.append(Row(f"{name}, {year - 1}", values, "modelled" if place else "assumed", METHOD))
    notes = (
        "Children at the January after. Turned away are the newcomers of the year for whom there was no place; nobody already placed is "
        "displaced.",
        ROUNDED,
    )
    columns = (*under(("Places", "Children", "Empty", "Turned away"), Unit.CHILDREN), Column("Who go to", Unit.WORDS))
    caption = f"Places and who fills them, {result.scenario.title}"
    return Table("places_taken", caption, "Setting and September", columns, rows, notes)


@listed("result")
def new_places(result: Result) -> Table:
    """New places by January: opened, filled, empty, and what the empty ones cost, £ a year, at the price of an empty place."""
    rows = [
        modelled(f"{setting_name(each.setting)}, January {year}", counts)
        for each in fill_up(result)
        for year, *counts in zip(
            result.authority.januaries, each.opened, each.filled, each.empty, each.cost_of_empty, strict=True
        )
        if counts[0]
    ]
    notes = (
        "A new place counts as filled once there are more children than the places without the programme could hold.",
        f"An empty one is paid for at £{float(result.authority.council.money.empty_place):,.0f} a year, in the gap.",
    )
    columns = (*under(("Opened so far", "Filled", "Empty"), Unit.CHILDREN), Column("Empty ones cost, £m a year"))
    caption = f"How new places fill, {result.scenario.title}"
    return Table("new_places", caption, "Setting and census", columns, rows, notes)


class NewPlaces(NamedTuple):
    """New places at the last January, children, and what the empty ones cost, £ a year."""

    opened: float
    filled: float
    cost_of_empty: float


def new_places_in_all(result: Result) -> NewPlaces:
    """All settings together."""
    ends = [(each.opened[-1], each.filled[-1], each.cost_of_empty[-1]) for each in fill_up(result)]
    return NewPlaces(*(float(sum(part)) for part in zip(*ends, strict=True))) if ends else NewPlaces(0.0, 0.0, 0.0)


# ---- What they cost to build


@listed("result")
def capital_and_saving(result: Result) -> Table:
    """Capital by setting, its range, borrowing beside the block, and the saving that pays it back, £ nominal by year and in all."""
    case = investment(result)
    low, high = (sum(capital(result, level).values(), np.zeros(len(result.years))) for level in ("low", "high"))
    built = [
        Row(f"Capital, {setting_name(name)}", _and_all(amounts), "assumed", METHOD)
        for name, amounts in capital(result).items()
    ]
    rows = [
        *built,
        Row("Capital", _and_all(case.capital), total=True),
        Row("at the low cost of a place", _and_all(low), "assumed", METHOD),
        Row("at the high cost of a place", _and_all(high), "assumed", METHOD),
        modelled("Net saving of these places", _and_all(case.saving)),
        modelled("Saving less capital, so far", [*case.cumulative, NOT_APPLICABLE("not a sum")], total=True),
        Row("Borrowing, outside the block", _and_all(case.borrowing), "assumed", f"figure:{_RATE}"),
    ]
    caption = f"What new places cost to build, {result.scenario.title}, £m"
    return Table("capital_and_saving", caption, "Line", under((*result.years, "All")), rows, _on_capital(result))


def _and_all(amounts: FloatArray) -> list[Value]:
    return [*amounts, amounts.sum()]


def _on_capital(result: Result) -> tuple[str, ...]:
    figures = result.authority.council.assumptions
    return (
        "Capital is spent in the year of the September that places open, at the council's own cost of a place, whoever pays.",
        f"We assume that {figures[_SHARE].value:.0%} of it is borrowed over {figures[_LIFE].value:.0f} years at "
        f"{figures[_RATE].value:.1%}, in equal payments from the year after. This falls on the general fund.",
        "The saving is net of running costs and of empty places.",
        ROUNDED,
    )


# ---- Which kind to build


@listed("result")
def ways_to_build(result: Result) -> Table:
    """The planned mix of places, and as many in the same Septembers all in one setting: capital, borrowing and saving in £."""
    last, year = result.authority.januaries[-1], result.years[-1]
    rows = []
    for name, way in ways_to_add(result.authority, result.scenario).items():
        case, planned = way.investment, name == "planned"
        amounts, pays_back = (case.capital.sum(), case.borrowing[-1], case.saving[-1]), case.pays_back
        values = [way.places, *amounts, way.empty, way.inmss, pays_back or "not at that saving"]
        rows.append(modelled("As planned" if planned else f"All in {several(name)}", values, total=planned))
    columns = (
        Column("New places", Unit.CHILDREN),
        *under(("Capital, £m", f"Borrowing, {year}, £m", f"Net saving, {year}, £m")),
        *under((f"Empty places, {last}", f"Children in INMSS, {last}"), Unit.CHILDREN),
        Column("Pays back", Unit.WORDS),
    )
    notes = (
        "As many places in the same Septembers. Children led to new places go to that setting. Only bases also relieve special schools, "
        "by taking some children who would start there.",
        "Empty places count old and new ones.",
    )
    caption = f"Bases or special schools? {result.scenario.title}, January {last}"
    return Table("ways_to_build", caption, "Way to add the places", columns, rows, notes)


class AllInBases(NamedTuple):
    """What it changes to build every place in a base, £: saving of the last year lost, capital spared; and the way that saves most."""

    saving_lost: float
    capital_spared: float
    best: str


def all_in_bases(result: Result) -> AllInBases | None:
    """The Department's preference held against the plan; None where the scenario opens no places in bases."""
    ways: Mapping[str, Way] = ways_to_add(result.authority, result.scenario) if opens_places(result) else {}
    if "resource_base" not in ways:
        return None
    saving = {name: float(way.investment.saving[-1]) for name, way in ways.items()}
    spent = {name: float(way.investment.capital.sum()) for name, way in ways.items()}
    best = max(saving, key=saving.__getitem__)
    return AllInBases(saving["planned"] - saving["resource_base"], spent["planned"] - spent["resource_base"], best)


def pays_back_within(case: Investment) -> bool:
    """Whether the saving meets the capital within the years of the plan."""
    return case.pays_back in case.years
