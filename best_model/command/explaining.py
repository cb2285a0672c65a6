"""What `best explain` does: one number of one scenario, traced to the lines and rows of params/ that it comes from."""

from pathlib import Path

from best_model.door import open_authority, open_result
from best_model.inputs.locations import where_written
from best_model.outputs.explanation import explanation_text
from best_model.questions.explain import explain


def explained(text: str, scenario: str, authority: str, params: Path) -> str:
    """The explanation of the number that `text` asks for. Raises `Refusal` where it is not understood."""
    result = open_result(scenario, open_authority(authority, params), params)
    return explanation_text(explain(result, text), result, where_written(params, authority, scenario))
