"""The headline of one scenario as text, for a terminal."""

from best_model.faces.numbers import millions, pounds_m
from best_model.model.engine import SCENARIO as SCENARIO_DRAW
from best_model.model.engine import Result
from best_model.model.income import income_beyond_forecast
from best_model.questions.attribution import lines_of_saving
from best_model.questions.checks import Outcome
from best_model.questions.headline import headline, target
from best_model.questions.names import line_names

__all__ = ["SCENARIO_DRAW", "checks_in_words", "headline", "headline_text", "label", "target", "target_in_words"]

_COLUMN = 10


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
    return line_names(result)[line]


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
