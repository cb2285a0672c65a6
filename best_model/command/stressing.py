"""What `best stress` does: every stress laid over one scenario, as a table for a terminal."""

from pathlib import Path

from best_model.door import case
from best_model.faces.plain import text
from best_model.faces.say import worded
from best_model.questions.stressed import stress_all
from best_model.questions.stresses import stresses

_TARGETS = """
Targets in {{ year }}: {% for name, amount in aims.items() %}{{ name }} {{ amount | gbp_m }}{{ ' and ' if not loop.last }}{% endfor %}.
"""


def under_stress(scenario: str, authority: str, params: Path) -> str:
    """What each stress does to a scenario, the worst first."""
    opened = case(authority, params)
    result = opened.run(scenario)
    table = stresses(result, stress_all(opened.authority, result.scenario, opened.stresses))
    targets = worded(_TARGETS, {"year": opened.years[-1], "aims": opened.authority.aims})
    return f"{text(table)}\n{targets}"
