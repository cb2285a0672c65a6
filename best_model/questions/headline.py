"""The headline of one scenario: for a machine pounds, children, the target and the checks; for a reader one table."""

from dataclasses import replace
from typing import Any

import numpy as np

from best_model.model.engine import SCENARIO, Result, reaches
from best_model.model.income import income_beyond_forecast
from best_model.model.phasing import FloatArray
from best_model.model.settings import SETTINGS
from best_model.questions import small_counts
from best_model.questions.checks import Outcome
from best_model.questions.published import kind_of_gap
from best_model.questions.saved import savings
from best_model.questions.whose import lines_of_saving
from best_model.table import METHOD, Row, Table, listed, under

_PENCE = 2


def headline(result: Result, outcomes: tuple[Outcome, ...]) -> dict[str, Any]:
    """Everything a machine asks of a scenario: pounds, children, target and checks.

    Of a census that is not published a small count is None, and the others are rounded.
    """
    simulation = result.simulation
    openly = result.authority.council.openly
    januaries = [str(year) for year in result.authority.januaries]
    return {
        "scenario": result.scenario.name,
        "authority": result.authority.council.name,
        "years": list(result.years),
        "gap_before_gbp": _pounds(result.gap_before),
        "saving_gbp": _pounds(result.saving),
        "gap_after_gbp": _pounds(result.gap_after),
        "deficit_gbp": {case: _pounds(amounts) for case, amounts in result.deficit.items()},
        "saving_by_priority_gbp": {name: _pounds(amounts) for name, amounts in lines_of_saving(result).items()},
        "plans_total": dict(zip(januaries, simulation.total[SCENARIO].tolist(), strict=True)),
        "plans_by_setting": {
            year: dict(zip(SETTINGS, small_counts.numbers(counts, openly=openly), strict=True))
            for year, counts in zip(januaries, simulation.by_setting[SCENARIO].tolist(), strict=True)
        },
        "target": target(result),
        "checks": {outcome.name: outcome.holds for outcome in outcomes},
    }


def target(result: Result) -> dict[str, Any]:
    """The target in the last year against identified saving, to the pound: what is still to be identified does not count."""
    short = float(result.target[-1] - result.found[-1])
    met = bool(reaches(float(result.found[-1]), float(result.target[-1])))
    return {
        "amount_gbp": float(result.target[-1]),
        "year": result.years[-1],
        "met": met,
        "short_by_gbp": 0.0 if met else round(short, _PENCE),
    }


@listed("result")
def from_gap_to_deficit(result: Result) -> Table:
    """The gap before any saving, what each line takes off it, the gap left and the deficit, by year, £ nominal."""
    council = result.authority.council
    beyond = income_beyond_forecast(council, result.scenario)
    *lines, _ = savings(result).rows
    rows = [
        *([Row("Income beyond the central forecast", beyond, "assumed")] if beyond.any() else []),
        Row("Gap before mitigation", result.gap_before, *kind_of_gap(result)),
        *(replace(line, values=0.0 - np.array(line.values, dtype=float)) for line in lines),
        Row("Gap left", result.gap_after, "modelled", METHOD, total=True),
        Row("Deficit at 31 March, as published", result.deficit["as_published"], "modelled", METHOD),
    ]
    caption = f"{result.scenario.title}, {council.title} (£m a year, nominal)"
    return Table("from_gap_to_deficit", caption, "Line", under(result.years), rows)


def _pounds(amounts: FloatArray) -> list[float]:
    return [round(float(amount), _PENCE) + 0.0 for amount in amounts]
