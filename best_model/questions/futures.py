"""Doing nothing and each scenario side by side, under headings that tell them apart."""

from collections.abc import Sequence
from dataclasses import dataclass

from best_model.model.engine import SCENARIO, Result
from best_model.model.phasing import FloatArray

DO_NOTHING = "Do nothing"


def titled(result: Result, results: Sequence[Result]) -> str:
    """The title of a scenario, with its name where it is not the only heading of that title."""
    headings = [DO_NOTHING, *(other.scenario.title for other in results)]
    alone = [heading.casefold() for heading in headings].count(result.scenario.title.casefold()) == 1
    return result.scenario.title if alone else f"{result.scenario.title} ({result.scenario.name})"


def futures_of(results: Sequence[Result]) -> dict[str, tuple[Result, int]]:
    """Doing nothing and then every scenario, by heading: a result and its draw."""
    scenarios = {titled(result, results): (result, SCENARIO) for result in results}
    return {DO_NOTHING: (results[0], 0), **scenarios}


@dataclass(frozen=True)
class Case:
    """Children in one future: `plans` (january, age, need, setting)."""

    heading: str
    plans: FloatArray


def cases(results: Sequence[Result]) -> list[Case]:
    """Doing nothing, unmitigated, then each plan, mitigated; without a plan, each scenario."""
    planned = [result for result in results if result.scenario.tie_to_target] or results
    return [
        Case("Unmitigated: do nothing", results[0].simulation.plans[0]),
        *(Case(f"Mitigated: {titled(result, results)}", result.simulation.plans[SCENARIO]) for result in planned),
    ]
