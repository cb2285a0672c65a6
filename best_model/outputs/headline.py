"""The headline of one scenario, as a plain table and as JSON in pounds."""

from typing import Any

from best_model.faces.numbers import before_the_plan, millions, pounds_m
from best_model.model.engine import Result
from best_model.model.income import income_beyond_forecast
from best_model.model.phasing import FloatArray
from best_model.model.settings import SETTINGS
from best_model.outputs import small_counts
from best_model.questions.attribution import lines_of_saving
from best_model.questions.checks import Outcome

SCENARIO_DRAW = 1
_PENCE = 2
_HALF_A_POUND = 0.5
_COLUMN = 10


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
        "plans_total": dict(zip(januaries, simulation.total[SCENARIO_DRAW].tolist(), strict=True)),
        "plans_by_setting": {
            year: dict(zip(SETTINGS, small_counts.numbers(counts, openly=openly), strict=True))
            for year, counts in zip(januaries, simulation.by_setting[SCENARIO_DRAW].tolist(), strict=True)
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


def headline_text(result: Result, outcomes: tuple[Outcome, ...]) -> str:
    """The headline as a table for a terminal, £m, with the target in words under it."""
    beyond = income_beyond_forecast(result.authority.council, result.scenario)
    rows = [
        *([("Income beyond the central forecast", beyond)] if beyond.any() else []),
        ("Gap before mitigation", result.gap_before),
        *((label(result, name), -amounts) for name, amounts in lines_of_saving(result).items()),
        ("Gap left", result.gap_after),
        ("Deficit at 31 March, as published", result.deficit["as_published"]),
    ]
    width = max(len(name) for name, _ in rows) + 2
    head = f"{result.scenario.title}, {result.authority.council.title} (£m a year, nominal)"
    lines = [head, " " * width + "".join(f"{year:>{_COLUMN}}" for year in result.years)]
    lines += [
        f"{name:<{width}}" + "".join(f"{millions(amount):>{_COLUMN}}" for amount in amounts) for name, amounts in rows
    ]
    return "\n".join([*lines, "", target_in_words(result), checks_in_words(outcomes)])


def label(result: Result, line: str) -> str:
    """Reader's name of a line of the saving."""
    names = {lever.name: lever.label for lever in result.scenario.levers}
    names["in_train"] = f"In train {before_the_plan(result.years)}"
    return {**names, "still_to_be_identified": "Still to be identified"}[line]


def target_in_words(result: Result) -> str:
    """Whether the identified saving meets the target, and by how much it does not."""
    aim = target(result)
    amount = f"{pounds_m(aim['amount_gbp'])} a year by {aim['year']}"
    found = f"Identified and in train: {pounds_m(float(result.found[-1]))}"
    verdict = "met" if aim["met"] else f"short by {pounds_m(aim['short_by_gbp'])}"
    return f"{found}. Target of {amount}: {verdict}."


def checks_in_words(outcomes: tuple[Outcome, ...]) -> str:
    """How many identities hold."""
    holding = sum(outcome.holds for outcome in outcomes)
    return f"{holding} of {len(outcomes)} checks hold."
