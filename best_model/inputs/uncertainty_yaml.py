"""`uncertainty.yaml`: the shape of each assumption between its low and its high, and which move together."""

from collections.abc import Container
from pathlib import Path

from best_model.inputs.strict_yaml import read_yaml, validate
from best_model.model.refusal import Refusal
from best_model.model.uncertainty import Uncertainty


def read_uncertainty(params: Path, authority: str, sources: Container[str]) -> Uncertainty:
    """What a council says of how its assumptions vary; `sources` are the keys of sources.yaml. Without the file, the default of each."""
    path = params / authority / "uncertainty.yaml"
    if not path.is_file():
        return Uncertainty()
    document = read_yaml(path)
    said = validate(Uncertainty, document.content, document)
    for place, group in enumerate(said.correlations):
        if group.source not in sources:
            line = document.line(("correlations", str(place), "source"))
            raise Refusal(
                f"{path.name}, line {line}: correlations.{place}.source is {group.source!r}; it must be a key of sources.yaml"
            )
    return said
