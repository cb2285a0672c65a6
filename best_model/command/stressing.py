"""What `best stress` does: every stress laid over one scenario, as a table for a terminal."""

from pathlib import Path

from best_model.door import open_authority, open_scenario, open_stresses
from best_model.outputs.stress import stress_text
from best_model.questions.stressed import stress_all


def under_stress(scenario: str, authority: str, params: Path) -> str:
    """What each stress does to a scenario, the worst first."""
    opened, chosen = open_authority(authority, params), open_scenario(scenario, authority, params)
    return stress_text(opened, chosen, stress_all(opened, chosen, open_stresses(opened, params)))
