"""From figures to what the engine works with: money, places, the calibration and what is in train, each built from assumptions.

A figure has one home, `Council.assumptions`, under a dotted name. `inputs` builds a council's arrays with these functions, and
so does whoever changes one figure: everything that follows from it is built again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from best_model.model.authority import Calibration, Council, Facts, Money
from best_model.model.income import years_between
from best_model.model.phasing import FloatArray
from best_model.model.scenario import Assumption
from best_model.model.settings import SETTINGS

Figures = Mapping[str, Assumption]


def rebuilt(council: Council, figures: Figures) -> Council:
    """The council with these assumptions, by their dotted names, and with everything that is built from them."""
    return replace(
        council,
        assumptions=figures,
        calibration=calibration(figures, council.facts),
        capacity=capacity(figures, council.facts),
        money=money(figures, council.facts),
        in_train=in_train(figures, council.facts),
    )


def money(figures: Figures, facts: Facts) -> Money:
    """Prices, services and income over the financial years of `facts`, £ nominal."""
    since_base = np.array([years_between(facts.price_base, year) for year in facts.financial_years], dtype=float)
    general = figures["general_inflation"].value
    return Money(
        unit_cost=_values(figures, "unit_cost", SETTINGS),
        inflation=(1.0 + _values(figures, "inflation", SETTINGS)) ** since_base[:, None],
        general_level=(1.0 + general) ** since_base,
        services=services(facts, general),
        income=_values(figures, "income", facts.financial_years),
        empty_place=figures["empty_place"].value,
        brought_forward=facts.brought_forward,
        stability_grant=figures["stability_grant"].value,
        relief_from=facts.relief_from,
    )


def services(facts: Facts, inflation: float) -> FloatArray:
    """Spend not driven by plans in each financial year, £ nominal: each line carried on from the year of its price."""
    return np.array(
        [
            sum(value * (1.0 + inflation) ** years_between(base, year) for value, base in facts.services)
            for year in facts.financial_years
        ]
    )


def capacity(figures: Figures, facts: Facts) -> FloatArray:
    """Places open at each January, (january, setting): those of the September before, infinite where none is known."""
    septembers = range(facts.calendar_years[0] - 1, facts.calendar_years[-1] + 1)
    places = np.full((len(septembers), len(SETTINGS)), np.inf)
    for column, setting in enumerate(SETTINGS):
        if f"capacity.{setting}.{septembers[0]}" in figures:
            places[:, column] = _values(figures, f"capacity.{setting}", septembers)
    return places


def calibration(figures: Figures, facts: Facts) -> Calibration:
    """The indices that tie the model to the published gaps, each with its prior and its weight."""
    return Calibration(
        demand=_values(figures, "calibration.new_plans_index", facts.calendar_years),
        demand_prior=_values(figures, "new_plans_index", facts.calendar_years),
        price_index=_values(figures, "calibration.price_index", facts.years),
        demand_weight=figures["calibration_spread.demand"].value ** -2,
        price_weight=figures["calibration_spread.price"].value ** -2,
    )


def in_train(figures: Figures, facts: Facts) -> dict[str, FloatArray]:
    """What is in train in each reported year, £, for none, low, central and high."""
    rows = [figures[f"in_train.{year}"] for year in facts.years]
    return {
        "none": np.zeros(len(rows)),
        "low": np.array([row.low for row in rows]),
        "central": np.array([row.value for row in rows]),
        "high": np.array([row.high for row in rows]),
    }


def _values(figures: Figures, series: str, keys: Iterable[object]) -> FloatArray:
    return np.array([figures[f"{series}.{key}"].value for key in keys])
