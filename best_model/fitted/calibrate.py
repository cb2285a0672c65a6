"""The smallest weighted change of demand and prices under which doing nothing gives the published gaps exactly."""

from dataclasses import replace

import numpy as np
from scipy.optimize import minimize

from best_model.model.authority import Authority, Calibration
from best_model.model.engine import in_year_gap, simulate
from best_model.model.phasing import FloatArray
from best_model.model.refusal import Refusal

_MILLION = 1e6
_TO_THE_POUND = 1.0


def calibrate(authority: Authority) -> Calibration:
    """Least squares on logarithms of the yearly demand and price indices, subject to every published gap (£ by year).

    A move of one prior standard deviation weighs the same in either series. Raises `Refusal` if no indices meet the gaps.
    """
    prior = authority.council.calibration
    weights = _weights(prior)
    target = authority.council.forecast.gap_before
    answer = minimize(
        lambda change: weights @ change**2,
        np.zeros_like(weights),
        jac=lambda change: 2 * weights * change,
        constraints={"type": "eq", "fun": lambda change: (_gap(authority, change) - target) / _MILLION},
        method="SLSQP",
        options={"maxiter": 200, "ftol": 1e-12},
    )
    missed = np.abs(_gap(authority, answer.x) - target).max()
    if not answer.success or missed > _TO_THE_POUND:
        raise Refusal(
            f"forecast.csv: no demand and price indices meet the published gaps (nearest misses by £{missed:,.0f}); "
            "check unit_costs.csv, income.csv and the years of the forecast"
        )
    return _moved(prior, answer.x)


def weighted_change(calibration: Calibration) -> float:
    """Root mean square of the moves, in prior standard deviations: how hard the prior had to be pushed."""
    return float(np.sqrt(np.mean(_standard_moves(calibration) ** 2)))


def largest_change(calibration: Calibration) -> float:
    """The largest move, up or down, in prior standard deviations."""
    return float(np.abs(_standard_moves(calibration)).max())


def _standard_moves(calibration: Calibration) -> FloatArray:
    moves = np.concatenate([np.log(calibration.demand / calibration.demand_prior), np.log(calibration.price_index)])
    return np.sqrt(_weights(calibration)) * moves


def _weights(calibration: Calibration) -> FloatArray:
    demand = np.full(len(calibration.demand_prior), calibration.demand_weight)
    return np.concatenate([demand, np.full(len(calibration.price_index), calibration.price_weight)])


def _gap(authority: Authority, change: FloatArray) -> FloatArray:
    """In-year gap of doing nothing (year,) after a change of the logarithms from the prior."""
    calibration = _moved(authority.council.calibration, change)
    moved = replace(authority, council=replace(authority.council, calibration=calibration))
    return in_year_gap(moved, simulate(moved, (), np.zeros((1, 0))))[0]


def _moved(prior: Calibration, change: FloatArray) -> Calibration:
    factors = np.exp(change)
    steps = len(prior.demand_prior)
    return replace(prior, demand=prior.demand_prior * factors[:steps], price_index=factors[steps:])
