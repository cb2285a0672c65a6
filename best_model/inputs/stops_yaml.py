"""`params/explorer.yaml`: where the explorer's sliders stop, held to the scenarios there are and to a council's sources."""

from collections.abc import Container, Sequence
from pathlib import Path

from best_model.inputs.scenarios import scenario_names
from best_model.inputs.strict_yaml import read_as
from best_model.model.stops import Stop, Stops


def read_stops(params: Path, sources: Container[str]) -> Stops:
    """Where the sliders stop; `sources` are the keys of sources.yaml. Raises `Refusal` where the file is not as it must be."""
    stops, document = read_as(Stops, params / "explorer.yaml")
    known = scenario_names(params)
    for place, name in enumerate(stops.scenarios):
        if name not in known:
            fault = f"is {name!r}, which is no scenario; there are {', '.join(known)}"
            raise document.refusal(("scenarios", str(place)), fault)
    sliders: dict[str, Sequence[Stop]] = {"late": stops.late, "new_plans": stops.new_plans}
    for slider, each in sliders.items():
        document.hold_to(sources, {(slider, str(place), "source"): stop.source for place, stop in enumerate(each)})
    return stops
