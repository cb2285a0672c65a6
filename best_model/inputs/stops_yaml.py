"""`params/explorer.yaml`: where the explorer's sliders stop, held to the scenarios there are and to a council's sources."""

from collections.abc import Container, Sequence
from pathlib import Path

from best_model.inputs.scenarios import scenario_names
from best_model.inputs.strict_yaml import Address, Document, read_yaml, validate
from best_model.model.refusal import Refusal
from best_model.model.stops import Stop, Stops


def read_stops(params: Path, sources: Container[str]) -> Stops:
    """Where the sliders stop; `sources` are the keys of sources.yaml. Raises `Refusal` where the file is not as it must be."""
    document = read_yaml(params / "explorer.yaml")
    stops = validate(Stops, document.content, document)
    known = scenario_names(params)
    for place, name in enumerate(stops.scenarios):
        if name not in known:
            at = _at(document, ("scenarios", str(place)))
            raise Refusal(f"{at} is {name!r}, which is no scenario; there are {', '.join(known)}")
    sliders: dict[str, Sequence[Stop]] = {"late": stops.late, "new_plans": stops.new_plans}
    for slider, of_slider in sliders.items():
        for place, stop in enumerate(of_slider):
            if stop.source not in sources:
                at = _at(document, (slider, str(place), "source"))
                raise Refusal(f"{at} is {stop.source!r}; it must be a key of sources.yaml")
    return stops


def _at(document: Document, address: Address) -> str:
    return f"{document.path.name}, line {document.line(address)}: {'.'.join(address)}"
