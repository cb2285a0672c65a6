"""Places on the page: how full they are, how new ones fill, what they cost to build, and two ways to add the same number."""

from collections.abc import Mapping

import numpy as np

from best_model.faces.numbers import children, january, millions, per_cent, pounds, pounds_m
from best_model.model.engine import Result
from best_model.model.phasing import FloatArray
from best_model.model.settings import SETTINGS
from best_model.outputs.fragment import Fragment, paragraph
from best_model.outputs.pages import METHOD, ROUNDED, figure_anchor
from best_model.outputs.tables import Row, table
from best_model.questions.names import within_a_sentence
from best_model.questions.places import (
    FillUp,
    Investment,
    Occupancy,
    Way,
    capital,
    fill_up,
    investment,
    occupancy,
    ways_to_add,
)

_LIFE, _RATE = "finance.borrowing_years", "finance.borrowing_rate"
_NONE = "No places are opened."


def capacity_table(result: Result) -> Fragment:
    """Each setting that has a number of places, September by September: places, children, empty, turned away and where to."""
    rows = [
        Row(f"{_name(each.setting)}, {year - 1}", _occupied(each, place), "modelled" if place else "assumed", METHOD)
        for each in occupancy(result)
        for place, year in enumerate(result.authority.januaries)
    ]
    note = (
        "Children at the January after. Turned away are the newcomers of the year for whom there was no place; nobody "
        f"already placed is displaced. {ROUNDED}"
    )
    columns = ["Setting and September", "Places", "Children", "Empty", "Turned away", "Who go to"]
    return table(f"Places and who fills them, {result.scenario.title}", columns, rows, note, text_columns=1)


def _occupied(each: Occupancy, place: int) -> list[str]:
    counts = (each.places[place], each.children[place], each.empty[place])
    turned_away = children(each.turned_away[place]) if place else "not modelled"
    return [*map(children, counts), turned_away, _name(each.fallback)]


def fill_table(result: Result) -> Fragment:
    """New places by January: opened, filled, empty, and what the empty ones cost at the price of an empty place."""
    if not _opens_places(result):
        return paragraph(_NONE)
    rows = [
        Row(f"{_name(each.setting)}, {january(year)}", _filled(each, place), "modelled", METHOD)
        for each in fill_up(result)
        for place, year in enumerate(result.authority.januaries)
        if each.opened[place]
    ]
    price = pounds(float(result.authority.council.money.empty_place))
    note = (
        "A new place counts as filled once there are more children than the places without the programme could hold. "
        "An "
        f"empty one is paid for at {price} a year, in the gap."
    )
    columns = ["Setting and census", "Opened so far", "Filled", "Empty", "Empty ones cost, £m a year"]
    return table(f"How new places fill, {result.scenario.title}", columns, rows, note)


def _filled(each: FillUp, place: int) -> list[str]:
    counts = (each.opened[place], each.filled[place], each.empty[place])
    return [*map(children, counts), millions(each.cost_of_empty[place])]


def capital_table(result: Result) -> Fragment:
    """Capital by setting, its range, borrowing beside the block, and the saving that pays it back."""
    if not _opens_places(result):
        return paragraph(_NONE)
    case = investment(result)
    low, high = (sum(capital(result, level).values(), np.zeros(len(result.years))) for level in ("low", "high"))
    rows = [
        *(
            Row(f"Capital, {_name(name)}", _with_total(amounts), "assumed", METHOD)
            for name, amounts in capital(result).items()
        ),
        Row("Capital", _with_total(case.capital), total=True),
        Row("at the low cost of a place", _with_total(low), "assumed", METHOD),
        Row("at the high cost of a place", _with_total(high), "assumed", METHOD),
        Row("Net saving of these places", _with_total(case.saving), "modelled", METHOD),
        Row("Saving less capital, so far", [*_millions(case.cumulative), "not a sum"], "modelled", METHOD, total=True),
        Row("Borrowing, outside the block", _with_total(case.borrowing), "assumed", figure_anchor(_RATE)),
    ]
    columns = ["Line", *result.years, "All"]
    return table(f"What new places cost to build, {result.scenario.title}, £m", columns, rows, _capital_note(result))


def _capital_note(result: Result) -> str:
    figures = result.authority.council.assumptions
    share = figures["finance.borrowed_share"].value
    return (
        "Capital is spent in the year of the September that places open, at the council's own cost of a place whoever "
        f"pays. Borrowing is {per_cent(share)} of it over {children(figures[_LIFE].value)} years at "
        f"{figures[_RATE].value:.1%}, in equal payments from the year after; it falls on the general fund. The "
        "saving is "
        f"net of running costs and of empty places. {ROUNDED}"
    )


def ways_table(result: Result) -> Fragment:
    """The planned mix of places, and as many in the same Septembers all in one setting."""
    if not _opens_places(result):
        return paragraph(_NONE)
    last, rows = result.authority.januaries[-1], []
    for name, way in ways_to_add(result.authority, result.scenario).items():
        rows.append(Row(_way(name), _of_way(way), "modelled", METHOD, total=name == "planned"))
    columns = [
        "Way to add the places",
        "New places",
        "Capital, £m",
        f"Borrowing, {result.years[-1]}, £m",
        f"Net saving, {result.years[-1]}, £m",
        f"Empty places, {last}",
        f"Children in INMSS, {last}",
        "Pays back",
    ]
    note = (
        "As many places in the same Septembers. Children led to new places go to that setting; only bases also relieve "
        "special schools, by taking some who would start there. Empty places count old and new ones."
    )
    title = f"Bases or special schools? {result.scenario.title}, {january(last)}"
    return table(title, columns, rows, note, text_columns=1)


def _of_way(way: Way) -> list[str]:
    case = way.investment
    return [
        children(way.places),
        millions(float(case.capital.sum())),
        millions(float(case.borrowing[-1])),
        millions(float(case.saving[-1])),
        children(way.empty),
        children(way.inmss),
        _pays_back(case),
    ]


def _way(name: str) -> str:
    return "As planned" if name == "planned" else f"All in {_name(name, plural=True)}"


def _pays_back(case: Investment) -> str:
    return case.pays_back or "not at that saving"


# ---- In sentences


def how_full_the_places_are(result: Result) -> Fragment:
    """Which setting has room in the last year; then how many children each turns away."""
    (first, *others), when = occupancy(result), january(result.authority.januaries[-1])
    empty = [
        f"{children(first.empty[-1])} of {children(first.places[-1])} places in {_name(first.setting, plural=True)}",
        *(f"{children(e.empty[-1])} of {children(e.places[-1])} in {_name(e.setting, plural=True)}" for e in others),
    ]
    turned = "; ".join(
        f"{_name(each.setting, plural=True)} turn {_so_many(each.turned_away[-1])} away" for each in (first, *others)
    )
    return paragraph(f"In {when}, {' and '.join(empty)} are empty.", "answer") + paragraph(
        f"{turned[:1].upper()}{turned[1:]}.", "lead"
    )


def how_new_places_fill(result: Result) -> Fragment:
    """How many of the new places are filled by the last census, and what the others cost a year."""
    if not _opens_places(result):
        return paragraph(_NONE, "answer")
    fills = fill_up(result)
    opened, filled, cost = (
        sum(float(part[-1]) for part in parts)
        for parts in (
            [each.opened for each in fills],
            [each.filled for each in fills],
            [each.cost_of_empty for each in fills],
        )
    )
    when = january(result.authority.januaries[-1])
    return paragraph(
        f"By {when} {children(filled)} of {children(opened)} new places are filled; the empty ones cost "
        f"{pounds_m(cost)} a "
        "year.",
        "answer",
    )


def when_places_pay_back(result: Result) -> Fragment:
    """Capital and the year in which the saving has met it; then its range, and what it costs to borrow."""
    if not _opens_places(result):
        return paragraph(_NONE, "answer")
    case, dear = investment(result), investment(result, "high")
    spent, more, borrowing = (
        pounds_m(float(amount)) for amount in (case.capital.sum(), dear.capital.sum(), case.borrowing[-1])
    )
    plan = within_a_sentence(result.scenario.title)
    answer = f"If {plan} delivers in full, new places cost {spent} to build and pay back {_when(case)}."
    return paragraph(answer, "answer") + paragraph(
        f"At the high cost of a place, {more}, they pay back {_when(dear)}. Borrowing costs {borrowing} in "
        f"{case.years[-1]}, outside the block, at the share and rate assumed."
    )


def _when(case: Investment) -> str:
    year = case.pays_back
    if year is None:
        return "not at the saving of the last year"
    return f"by {year}" if year in case.years else f"by {year}, with {case.years[-1]}'s saving held"


def bases_or_special(result: Result) -> Fragment:
    """What the planned places save, and what as many would save all in one setting, in one sentence."""
    if not _opens_places(result):
        return paragraph(_NONE, "answer")
    ways = ways_to_add(result.authority, result.scenario)
    planned = ways.pop("planned")
    said = [f"all in {_name(name, plural=True)}, {_saves(way)}" for name, way in ways.items()]
    return paragraph(
        f"{children(planned.places)} places as planned save {_saves(planned)} in {result.years[-1]}; {'; '.join(said)}.",
        "answer",
    )


def _saves(way: Way) -> str:
    return pounds_m(float(way.investment.saving[-1]))


def what_the_department_prefers(result: Result) -> Fragment:
    """The tension that a reform plan has to answer for, and what following the preference would cost a year."""
    said = (
        "The Department for Education is reported to rate a reform plan highest if it adds few or no special school "
        "places, "
        "with a reason why bases cannot meet the need. "
    )
    ways = ways_to_add(result.authority, result.scenario) if _opens_places(result) else {}
    if "resource_base" not in ways:
        return paragraph(f"{said}This scenario opens no places in bases.")
    saving = {name: float(way.investment.saving[-1]) for name, way in ways.items()}
    lost, spared = saving["planned"] - saving["resource_base"], _capital_spared(ways)
    best = max(saving, key=lambda name: saving[name])
    verdict = "the planned mix saves" if best == "planned" else f"{_name(best, plural=True)} alone would save"
    return paragraph(
        f"{said}With every new place in a base, the saving in {result.years[-1]} is {pounds_m(abs(lost))} "
        f"{'less' if lost >= 0 else 'more'} than planned and capital {pounds_m(abs(spared))} "
        f"{'less' if spared >= 0 else 'more'}. "
        f"Of the ways shown {verdict} most. Bases take only the children the evidence says they can."
    )


def _capital_spared(ways: Mapping[str, Way]) -> float:
    return float(ways["planned"].investment.capital.sum() - ways["resource_base"].investment.capital.sum())


def _opens_places(result: Result) -> bool:
    return bool(fill_up(result))


def _so_many(count: float) -> str:
    text = children(count)
    return "nobody" if text == "0" else text


def _name(setting: str, plural: bool = False) -> str:
    plurals = {"resource_base": "resource bases", "state_special": "state special schools"}
    if plural and setting in plurals:
        return plurals[setting]
    return "INMSS" if setting == "inmss" else SETTINGS[setting]


def _with_total(amounts: FloatArray) -> list[str]:
    return [*_millions(amounts), millions(float(amounts.sum()))]


def _millions(amounts: FloatArray) -> list[str]:
    return [millions(float(amount)) for amount in amounts]
