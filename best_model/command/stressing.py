"""What `best stress` does: every stress laid over one scenario, as a table for a terminal."""

from pathlib import Path

from best_model.command.words import printed
from best_model.door import case
from best_model.questions.stressed import stress_all, stresses


def under_stress(scenario: str, authority: str, params: Path) -> str:
    """What each stress does to a scenario, the worst first."""
    opened = case(authority, params)
    result = opened.run(scenario)
    table = stresses(result, stress_all(opened.authority, result.scenario, opened.stresses))
    return printed("stress.txt", table=table, year=opened.years[-1], aims=opened.authority.aims)
