"""`uncertainty.yaml`: the shape of each assumption between its low and its high, and which move together."""

from collections.abc import Container
from pathlib import Path

from best_model.inputs.strict_yaml import read_as
from best_model.model.uncertainty import Uncertainty


def read_uncertainty(params: Path, authority: str, sources: Container[str]) -> Uncertainty:
    """What a council says of how its assumptions vary; `sources` are the keys of sources.yaml. Without the file, the default of each."""
    path = params / authority / "uncertainty.yaml"
    if not path.is_file():
        return Uncertainty()
    said, document = read_as(Uncertainty, path)
    together = enumerate(said.correlations)
    document.hold_to(sources, {("correlations", str(place), "source"): each.source for place, each in together})
    return said
