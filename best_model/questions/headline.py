"""The headline of one scenario, as a machine asks for it: pounds, children, the target and the checks."""

from typing import Any

from best_model.model.engine import SCENARIO, Result
from best_model.model.phasing import FloatArray
from best_model.model.settings import SETTINGS
from best_model.questions import small_counts
from best_model.questions.attribution import lines_of_saving
from best_model.questions.checks import Outcome

_PENCE = 2
_HALF_A_POUND = 0.5


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
    met = short < _HALF_A_POUND
    return {
        "amount_gbp": float(result.target[-1]),
        "year": result.years[-1],
        "met": met,
        "short_by_gbp": 0.0 if met else round(short, _PENCE),
    }


def _pounds(amounts: FloatArray) -> list[float]:
    return [round(float(amount), _PENCE) + 0.0 for amount in amounts]
