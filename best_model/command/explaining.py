"""What `best explain` does: one number of one scenario, traced to the lines and rows of params/ that it comes from."""

from collections.abc import Mapping
from pathlib import Path

from best_model.command.words import printed
from best_model.door import open_authority, open_result
from best_model.faces.tree import tree
from best_model.inputs.locations import where_written
from best_model.model.authority import Written
from best_model.model.engine import Result
from best_model.questions.explain import explain
from best_model.questions.rests_on import inputs


def explained(text: str, scenario: str, authority: str, params: Path) -> str:
    """The explanation of the number that `text` asks for. Raises `Refusal` where it is not understood."""
    result = open_result(scenario, open_authority(authority, params), params)
    return told(result, text, where_written(params, authority, scenario))


def told(result: Result, text: str, written: Mapping[str, Written]) -> str:
    """The same of a run; `written` says where each input stands."""
    found = explain(result, text)
    why = (
        "because the priorities act on the same children"
        if found.question.line == "saving"
        else "through the priorities"
    )
    own = inputs(result, found.inputs, written, f"It rests on {len(found.inputs)} inputs, written in params/:")
    others = inputs(result, found.through_others, written, f"And, {why}, on:")
    names = {"question": found.question, "number": found.number, "own": own, "others": others}
    return printed("explain.txt", result=result, tree=tree, **names)
