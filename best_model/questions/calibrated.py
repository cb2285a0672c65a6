"""How far the model had to be moved to meet the published gap, and what it gives for the year that is not tied."""

from typing import NamedTuple

import numpy as np

from best_model.fitted.calibrate import largest_change, weighted_change
from best_model.model.authority import Authority
from best_model.model.engine import Result
from best_model.table import METHOD, Column, Row, Table, Unit, listed

_FACTOR = "calibration."


@listed("authority")
def calibrated(authority: Authority) -> Table:
    """What tying to the published gaps moved: each factor, with what was assumed of it before."""
    rows = [
        Row(_name(name), (figure.value, figure.note), "calibrated", METHOD, anchor=f"figure:{name}")
        for name, figure in authority.council.assumptions.items()
        if name.startswith(_FACTOR)
    ]
    columns = (Column("Calibrated", Unit.NUMBER), Column("Before calibration", Unit.WORDS))
    return Table("calibrated", "What calibration moved", "Factor", columns, rows)


def _name(name: str) -> str:
    series, year = name.removeprefix(_FACTOR).split(".")
    return f"New plans in {year}, times those of 2024" if series == "new_plans_index" else f"Price index, {year}"


class Moved(NamedTuple):
    """How hard the prior was pushed: the most that new plans and the prices of the first and last year were raised, as fractions.

    `average` and `most` are in standard deviations of the prior; `outside` names the factors beyond their prior range.
    """

    new_plans: float
    first_prices: float
    last_prices: float
    average: float
    most: float
    outside: list[str]


def moved(authority: Authority) -> Moved:
    """How far calibration moved what was assumed."""
    found = authority.council.calibration
    first, last = (float(found.price_index[place]) - 1 for place in (0, -1))
    plans = float((found.demand / found.demand_prior).max()) - 1
    return Moved(plans, first, last, weighted_change(found), largest_change(found), outside_their_range(authority))


def outside_their_range(authority: Authority) -> list[str]:
    """Calibrated factors that lie beyond the low and high of their prior, in words."""
    figures, found = authority.council.assumptions, authority.council.calibration
    demand = [
        f"new plans in {year}"
        for year, value in zip(authority.januaries, found.demand, strict=False)
        if not figures[f"new_plans_index.{year}"].low <= value <= figures[f"new_plans_index.{year}"].high
    ]
    spread = figures["calibration_spread.price"].value
    prices = zip(authority.years, found.price_index, strict=True)
    return demand + [f"prices in {year}" for year, value in prices if abs(np.log(value)) > spread]


class Untied(NamedTuple):
    """The gap of the year before the reported ones, £: the model's, which nothing ties, and the council's own forecast of it."""

    year: str
    modelled: float
    published: float


def untied(result: Result) -> Untied:
    """The one year whose gap the model shares the children of and is not calibrated to."""
    authority = result.authority
    fy = len(authority.financial_years) - len(authority.years) - 1
    modelled = float(result.simulation.spend.total[0, fy] - authority.council.money.income[fy])
    origin, published = list(authority.council.forecast.brought_forward.items())[-1]
    return Untied(origin.partition("_")[0], modelled, published)
