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
Values = Mapping[str, float | FloatArray]
"""A number for each figure, or one for each draw, (draw,): what is built of these has a leading `draw` axis."""


def rebuilt(council: Council, figures: Figures) -> Council:
    """The council with these assumptions, by their dotted names, and with everything that is built from them."""
    return replace(_built(council, central(figures)), assumptions=figures, in_train=in_train(figures, council.facts))


def drawn(council: Council, values: Mapping[str, FloatArray]) -> Council:
    """The council as many draws see it: what is built from the figures in `values`, each (draw,), has a leading `draw` axis."""
    return _built(council, {**central(council.assumptions), **values})


def _built(council: Council, values: Values) -> Council:
    return replace(
        council,
        calibration=calibration(values, council.facts),
        capacity=capacity(values, council.facts),
        money=money(values, council.facts),
    )


def central(figures: Figures) -> dict[str, float]:
    """The central value of each figure."""
    return {name: figure.value for name, figure in figures.items()}


def money(values: Values, facts: Facts) -> Money:
    """Prices, services and income over the financial years of `facts`, £ nominal."""
    since_base = np.array([years_between(facts.price_base, year) for year in facts.financial_years], dtype=float)
    general = np.asarray(values["general_inflation"])[..., None]
    return Money(
        unit_cost=_series(values, "unit_cost", SETTINGS),
        inflation=(1.0 + _series(values, "inflation", SETTINGS)[..., None, :]) ** since_base[:, None],
        general_level=(1.0 + general) ** since_base,
        services=services(facts, general),
        income=_series(values, "income", facts.financial_years),
        empty_place=values["empty_place"],
        brought_forward=facts.brought_forward,
        stability_grant=values["stability_grant"],
        relief_from=facts.relief_from,
    )


def services(facts: Facts, inflation: FloatArray) -> FloatArray:
    """Spend not driven by plans in each financial year, £ nominal: each line carried on from the year of its price."""
    lines = (
        value * (1.0 + inflation) ** np.array([float(years_between(base, year)) for year in facts.financial_years])
        for value, base in facts.services
    )
    return sum(lines, np.zeros(len(facts.financial_years)))


def capacity(values: Values, facts: Facts) -> FloatArray:
    """Places open at each January, (january, setting): those of the September before, infinite where none is known."""
    septembers = range(facts.calendar_years[0] - 1, facts.calendar_years[-1] + 1)
    unlimited = np.full(len(septembers), np.inf)
    columns = [
        _series(values, f"capacity.{setting}", septembers)
        if f"capacity.{setting}.{septembers[0]}" in values
        else unlimited
        for setting in SETTINGS
    ]
    return np.stack(np.broadcast_arrays(*columns), axis=-1)


def calibration(values: Values, facts: Facts) -> Calibration:
    """The indices that tie the model to the published gaps, each with its prior and its weight."""
    return Calibration(
        demand=_series(values, "calibration.new_plans_index", facts.calendar_years),
        demand_prior=_series(values, "new_plans_index", facts.calendar_years),
        price_index=_series(values, "calibration.price_index", facts.years),
        demand_weight=float(values["calibration_spread.demand"]) ** -2,
        price_weight=float(values["calibration_spread.price"]) ** -2,
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


def _series(values: Values, name: str, keys: Iterable[object]) -> FloatArray:
    """The figures of a series along the last axis."""
    return np.stack(np.broadcast_arrays(*(np.asarray(values[f"{name}.{key}"], dtype=float) for key in keys)), axis=-1)
