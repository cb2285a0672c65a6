"""Whether a plan meets its target, in a sentence: what a run, the sliders and a terminal say first."""

from typing import Any

from best_model.faces.say import worded
from best_model.model.engine import Result
from best_model.questions.headline import target

WORDS = (
    "Identified and in train: {{ found | gbp_m }}. Target of {{ aim.amount_gbp | gbp_m }} a year by {{ aim.year }}: "
    "{% if aim.met %}met{% else %}short by {{ aim.short_by_gbp | gbp_m }}{% endif %}."
)
"""The sentence, over the names of `named`."""


def answer(result: Result) -> str:
    """The sentence as plain text."""
    return worded(WORDS, named(result))


def named(result: Result) -> dict[str, Any]:
    """What it speaks of: `found`, £ of the last year that are identified or in train, and the target (`aim`)."""
    return {"found": float(result.found[-1]), "aim": target(result)}
