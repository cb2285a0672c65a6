"""Finance on the page: income and its switch, real terms, worth today, the cost of the deficit, transport, ready-reckoners."""

from collections.abc import Sequence

import numpy as np

from best_model.faces.numbers import millions, pounds, pounds_m
from best_model.model.authority import Authority
from best_model.model.deficit import CASES
from best_model.model.engine import Result
from best_model.model.income import income_beyond_forecast, schools_block_transfer
from best_model.model.phasing import FloatArray
from best_model.model.scenario import Level
from best_model.model.settings import SETTINGS
from best_model.outputs.fragment import Fragment, paragraph
from best_model.outputs.pages import METHOD, ROUNDED, figure_anchor
from best_model.outputs.tables import Row, table
from best_model.questions.finance import appraisal, cost_of_carrying, in_real_terms, reckoners, transport

_LEVELS: tuple[Level, ...] = ("low", "central", "high")
_SHORT = {"inmss": "INMSS", "state_special": "state special schools", "resource_base": "resource bases"}
_A_TENTH_OF_A_MILLION = 1e5
_RECKONERS = {
    "inmss_place": "One more child in INMSS for want of a place in a state special school",
    "growth": "New plans grow one point more in each year",
    "slip_month": "Every priority starts one month later",
    "slip_year": "Every priority starts a school year later",
    "inmss_inflation": "INMSS prices rise one point more in each year",
    "income_growth": "High Needs Block income grows one point more in each year",
}


def income_table(authority: Authority) -> Fragment:
    """High Needs Block income a scenario may take, and what the schools-block switch would add, by year."""
    years, figures = authority.years, authority.council.assumptions
    rows = [
        Row(
            f"Income, {level}",
            _m([figures[f"income.{year}"].at(level) for year in years]),
            "assumed",
            figure_anchor(f"income.{years[-1]}"),
        )
        for level in _LEVELS
    ]
    share = figures["finance.schools_block_transfer"].value
    moved = schools_block_transfer(authority.council)
    rows.append(
        Row(
            f"Transfer of {share:.1%} of the schools block",
            _m(moved),
            "assumed",
            figure_anchor("finance.schools_block_growth"),
        )
    )
    note = (
        "A scenario takes the central income, and no transfer, unless it says otherwise. A transfer needs the "
        "Schools Forum "
        "each year, takes from every school, and is income, not a saving."
    )
    return table("What the High Needs Block may receive, £m a year", ["Line", *years], rows, note)


def real_terms_table(result: Result) -> Fragment:
    """The gap, the saving and the gap left as they are published, and at the prices of the first year."""
    lines = {"Gap before mitigation": result.gap_before, "Saving": result.saving, "Gap left": result.gap_after}
    first, authority = result.years[0], result.authority
    rows = [Row(f"{name}, cash", _m(amounts), "modelled", METHOD) for name, amounts in lines.items()]
    rows += [
        Row(
            f"{name}, {first} prices",
            _m(in_real_terms(authority, amounts)),
            "modelled",
            METHOD,
            total=name == "Gap left",
        )
        for name, amounts in lines.items()
    ]
    deflator = authority.council.assumptions["finance.gdp_deflator"].value
    note = f"Real terms by the GDP deflator, taken as {deflator:.1%} a year. {ROUNDED}"
    return table(f"In cash and in real terms, {result.scenario.title}, £m a year", ["Line", *result.years], rows, note)


def carrying_table(result: Result) -> Fragment:
    """Interest a year on the cumulative deficit, by case: outside the block, and in none of its deficits."""
    link = figure_anchor("finance.carrying_rate")
    rows = [Row(CASES[case], _m(amounts), "assumed", link) for case, amounts in cost_of_carrying(result).items()]
    rate = result.authority.council.assumptions["finance.carrying_rate"]
    note = (
        f"At {rate.value:.1%} a year, between {rate.low:.1%} and {rate.high:.1%}, on the mean of each year's opening "
        "and "
        "closing deficit; simple interest. The council's general fund bears it: it is in no figure of the block."
    )
    return table(
        f"What carrying the deficit costs, {result.scenario.title}, £m a year, outside the block",
        ["Case", *result.years], rows, note,
    )  # fmt: skip


def transport_table(result: Result) -> Fragment:
    """SEND transport against doing nothing, least, central and most: outside the block."""
    knock_on, link = transport(result), figure_anchor("finance.transport_share.inmss")
    lines = {"Least": knock_on.low, "Central": knock_on.central, "Most": knock_on.high}
    rows = [Row(name, _m(amounts), "assumed", link, total=name == "Central") for name, amounts in lines.items()]
    note = (
        "Change in children by setting, times the share that is transported and the cost of one. Least and most put "
        "every "
        "share and cost at whichever end makes it so. Transport is paid from the general fund and is in no figure of "
        "the block."
    )
    return table(
        f"SEND transport against doing nothing, {result.scenario.title}, £m a year, outside the block",
        ["Estimate", *result.years], rows, note,
    )  # fmt: skip


def reckoner_table(result: Result) -> Fragment:
    """What each change adds to the gap of the last year, by running the model again."""
    rows = [
        Row(_RECKONERS[name], [_reckoned(amount)], "modelled", METHOD) for name, amount in reckoners(result).items()
    ]
    first, last = result.years[0], result.years[-1]
    note = (
        f"Each is one change, by running the model again; years run from {first} to {last}, so growth compounds. "
        "Places open "
        "in September, so a month that crosses none costs less than a twelfth of a year's delay. The gap is that "
        "before what "
        "is still to be identified."
    )
    return table(f"Ready-reckoners, {result.scenario.title}", ["Change", f"Adds to the gap of {last}"], rows, note)


def _reckoned(amount: float) -> str:
    return pounds(amount) if abs(amount) < _A_TENTH_OF_A_MILLION else pounds_m(amount)


# ---- In sentences


def what_income_is_taken(result: Result) -> Fragment:
    """Whether the scenario takes another income than the published gap rests on, and what that moves."""
    beyond = income_beyond_forecast(result.authority.council, result.scenario)
    if not beyond.any():
        return paragraph(
            "Income is the central forecast, on which the published gap rests, with no transfer from schools."
        )
    parts = [f"the {result.scenario.income} forecast"] if result.scenario.income != "central" else []
    parts += ["a transfer from the schools block"] if result.scenario.schools_block_transfer else []
    side = "smaller" if beyond[-1] >= 0 else "larger"
    return paragraph(
        f"This scenario takes {' and '.join(parts)}: the gap before mitigation is {pounds_m(abs(float(beyond[-1])))} "
        f"{side} in "
        f"{result.years[-1]} than the published one. That is income, not a saving."
    )


def what_it_is_worth(result: Result) -> Fragment:
    """Present value of the six priorities over the plan; then with its last saving held."""
    worth = appraisal(result)
    answer = f"Over the plan the six priorities are worth {pounds_m(worth.in_plan)} today, capital counted."
    return paragraph(answer, "answer") + paragraph(
        f"That is at {worth.rate:.1%} a year and {result.years[0]} prices, net of running costs and of "
        f"{pounds_m(float(worth.capital.sum()))} of capital, without what is in train or still to be identified. Over "
        f"{worth.years} years, with the saving of {result.years[-1]} held, it is {pounds_m(worth.in_all)}."
    )


def what_carrying_costs(result: Result) -> Fragment:
    """Interest in the last year with and without the grant; then its range."""
    cases = [cost_of_carrying(result, level) for level in _LEVELS]
    low, central, high = (pounds_m(float(case["as_published"][-1])) for case in cases)
    paid = pounds_m(float(cases[1]["stability_grant"][-1]))
    return paragraph(
        f"Carrying the deficit costs about {central} in {result.years[-1]}, or {paid} with the stability grant.",
        "answer",
    ) + paragraph(
        f"Without the grant it is between {low} and {high}, at the low and high rates assumed. It falls outside the block.",
        "lead",
    )


def what_transport_does(result: Result) -> Fragment:
    """Whether transport rises or falls; then its range, and the settings that move it most."""
    knock_on, names = transport(result), [_SHORT.get(key, name) for key, name in SETTINGS.items()]
    central, low, high = (float(part[-1]) for part in (knock_on.central, knock_on.low, knock_on.high))
    if not knock_on.by_setting.any():
        return paragraph("Nobody is placed elsewhere, so transport does not change.", "answer")
    side = "more" if central > 0 else "less"
    moved = np.argsort(-np.abs(knock_on.by_setting))[:2]
    most = " and ".join(f"{names[place]} ({pounds_m(float(knock_on.by_setting[place]))})" for place in moved)
    return paragraph(
        f"Beside the block, SEND transport costs {pounds_m(abs(central))} {side} in {result.years[-1]} than doing nothing.",
        "answer",
    ) + paragraph(f"The change is between {pounds_m(low)} and {pounds_m(high)}, most of it in {most}.", "lead")


def what_a_change_costs(result: Result) -> Fragment:
    """The ready-reckoners a member asks for first."""
    found = reckoners(result)
    answer = f"One more child in INMSS, not a state special school, adds {pounds(found['inmss_place'])} to {result.years[-1]}."
    return paragraph(answer, "answer") + paragraph(
        f"One point more of growth in new plans each year adds {pounds_m(found['growth'])}; a month's delay of every "
        f"priority {pounds_m(found['slip_month'])}, and a school year's {pounds_m(found['slip_year'])}."
    )


def _m(amounts: Sequence[float] | FloatArray) -> list[str]:
    return [millions(float(amount)) for amount in amounts]
