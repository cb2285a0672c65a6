"""Money beside the saving: income that may be taken, real terms, the deficit carried, transport, and what one more of a thing costs."""

import numpy as np

from best_model.model.authority import Authority
from best_model.model.deficit import CASES
from best_model.model.engine import Result
from best_model.model.income import schools_block_transfer
from best_model.model.scenario import Level
from best_model.model.settings import SETTINGS
from best_model.questions.finance import KnockOn, cost_of_carrying, in_real_terms, reckoners, transport
from best_model.table import METHOD, ROUNDED, Column, Row, Table, Unit, listed, modelled, under

_LEVELS: tuple[Level, ...] = ("low", "central", "high")
_SHORT = {"inmss": "INMSS", "state_special": "state special schools", "resource_base": "resource bases"}
_CARRYING = "figure:finance.carrying_rate"
_RECKONERS = {
    "inmss_place": "One more child in INMSS for want of a place in a state special school",
    "growth": "New plans grow one point more in each year",
    "slip_month": "Every priority starts one month later",
    "slip_year": "Every priority starts a school year later",
    "inmss_inflation": "INMSS prices rise one point more in each year",
    "income_growth": "High Needs Block income grows one point more in each year",
}


@listed("authority")
def income(authority: Authority) -> Table:
    """High Needs Block income that a scenario may take, £ by year, and what a transfer from the schools block would add."""
    years, figures = authority.years, authority.council.assumptions
    by_level = {level: [figures[f"income.{year}"].at(level) for year in years] for level in _LEVELS}
    share, moved = figures["finance.schools_block_transfer"].value, schools_block_transfer(authority.council)
    transfer = f"Transfer of {share:.1%} of the schools block"
    rows = [
        *(Row(f"Income, {level}", own, "assumed", f"figure:income.{years[-1]}") for level, own in by_level.items()),
        Row(transfer, moved, "assumed", "figure:finance.schools_block_growth"),
    ]
    notes = (
        "A scenario takes the central income, and no transfer, unless it says otherwise.",
        "A transfer needs the agreement of the Schools Forum each year, takes from every school, and is income, not a saving.",
    )
    return Table("income", "What the High Needs Block may receive, £m a year", "Line", under(years), rows, notes)


@listed("result")
def real_terms(result: Result) -> Table:
    """The gap, the saving and the gap left in cash, and at the prices of the first year, £."""
    lines = {"Gap before mitigation": result.gap_before, "Saving": result.saving, "Gap left": result.gap_after}
    first, authority = result.years[0], result.authority
    rows = [modelled(f"{name}, cash", amounts) for name, amounts in lines.items()]
    rows += [
        modelled(f"{name}, {first} prices", in_real_terms(authority, amounts), total=name == "Gap left")
        for name, amounts in lines.items()
    ]
    deflator = authority.council.assumptions["finance.gdp_deflator"].value
    notes = (f"Real terms by the GDP deflator, which we take to be {deflator:.1%} a year.", ROUNDED)
    caption = f"In cash and in real terms, {result.scenario.title}, £m a year"
    return Table("real_terms", caption, "Line", under(result.years), rows, notes)


@listed("result")
def carrying(result: Result) -> Table:
    """Interest a year on the cumulative deficit, £, by case: outside the block, and in none of its deficits."""
    rows = [Row(CASES[case], amounts, "assumed", _CARRYING) for case, amounts in cost_of_carrying(result).items()]
    rate = result.authority.council.assumptions["finance.carrying_rate"]
    notes = (
        f"At {rate.value:.1%} a year, between {rate.low:.1%} and {rate.high:.1%}, on the mean of each year's opening and closing deficit; "
        "simple interest.",
        "The council's general fund bears it. It is in no figure of the block.",
    )
    caption = f"What carrying the deficit costs, {result.scenario.title}, £m a year, outside the block"
    return Table("carrying", caption, "Case", under(result.years), rows, notes)


def carrying_range(result: Result) -> Table:
    """Interest in the last year, £, at the low, central and high rate, without and with the stability grant."""
    cases = [cost_of_carrying(result, level) for level in _LEVELS]
    named = {"Without the grant": "as_published", "With the grant": "stability_grant"}
    rows = [Row(head, [case[name][-1] for case in cases], "assumed", _CARRYING) for head, name in named.items()]
    caption = f"What carrying the deficit costs in {result.years[-1]}, {result.scenario.title}, £m"
    return Table("carrying_range", caption, "Case", under(_LEVELS), rows)


@listed("result")
def transport_costs(result: Result) -> Table:
    """SEND transport against doing nothing, £ a year, least, central and most: outside the block."""
    knock_on, source = transport(result), "figure:finance.transport_share.inmss"
    lines = {"Least": knock_on.low, "Central": knock_on.central, "Most": knock_on.high}
    rows = [Row(name, amounts, "assumed", source, total=name == "Central") for name, amounts in lines.items()]
    notes = (
        "Change in children by setting, times the share that is transported and the cost of one. Least and most put every share and cost "
        "at whichever end makes it so.",
        "Transport is paid from the general fund and is in no figure of the block.",
    )
    caption = f"SEND transport against doing nothing, {result.scenario.title}, £m a year, outside the block"
    return Table("transport_costs", caption, "Estimate", under(result.years), rows, notes)


def transport_by_setting(knock_on: KnockOn) -> Table:
    """What each setting adds to transport in the last year, £, the largest change first; a setting that changes nothing is left out."""
    names = [_SHORT.get(key, name) for key, name in SETTINGS.items()]
    order = [place for place in np.argsort(-np.abs(knock_on.by_setting)) if knock_on.by_setting[place]]
    rows = [Row(names[place], [knock_on.by_setting[place]], "assumed", METHOD) for place in order]
    caption = "What each setting adds to SEND transport, £m"
    return Table("transport_by_setting", caption, "Setting", under(["Added"]), rows)


@listed("result")
def ready_reckoners(result: Result) -> Table:
    """What each change adds to the gap of the last year, £, by running the model again."""
    rows = [modelled(_RECKONERS[name], [amount]) for name, amount in reckoners(result).items()]
    first, last = result.years[0], result.years[-1]
    notes = (
        f"Each is one change, by running the model again. Years run from {first} to {last}, so growth compounds.",
        "Places open in September, so a month that crosses none costs less than a twelfth of a year's delay.",
        "The gap is that before what is still to be identified.",
    )
    columns = (Column(f"Adds to the gap of {last}", Unit.GBP_SAID),)
    return Table("ready_reckoners", f"Ready-reckoners, {result.scenario.title}", "Change", columns, rows, notes)
