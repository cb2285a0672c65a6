"""Where the explorer's sliders stop: scenarios to start from, how late the priorities begin, and how many new plans come."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Self

from pydantic import Field, model_validator

from best_model.model.scenario import Frozen, Slug

Label = Annotated[str, Field(min_length=1, max_length=60)]


class Stop(Frozen):
    """A stop of a slider: what a reader is told of it, and why it is there. `source` is a key of the council's `sources.yaml`."""

    label: Label
    source: Slug
    note: Annotated[str, Field(min_length=1)]


class Late(Stop):
    """Every priority, with its places, begins so many whole `months` late."""

    months: Annotated[int, Field(ge=0, le=120)]


class NewPlans(Stop):
    """New plans in every year lie so far in their range: -1 at the low of each, 0 at its value, 1 at the high."""

    of_range: Annotated[float, Field(ge=-1.0, le=1.0)]


class Stops(Frozen):
    """What the explorer's sliders and buttons offer. `opens_at` is the scenario it shows first."""

    scenarios: Annotated[tuple[Slug, ...], Field(strict=False, min_length=1)]
    opens_at: Slug
    late: Annotated[tuple[Late, ...], Field(strict=False)]
    new_plans: Annotated[tuple[NewPlans, ...], Field(strict=False)]

    @property
    def on_time(self) -> int:
        """Place of the stop at which nothing is late."""
        return [stop.months for stop in self.late].index(0)

    @property
    def as_tied(self) -> int:
        """Place of the stop at which new plans are as the council's calibration has them."""
        return [stop.of_range for stop in self.new_plans].index(0.0)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        _rising("late", "months", [stop.months for stop in self.late])
        _rising("new_plans", "of_range", [stop.of_range for stop in self.new_plans])
        if len(set(self.scenarios)) < len(self.scenarios):
            raise ValueError(f"has scenarios {', '.join(self.scenarios)}; name each once")
        if self.opens_at not in self.scenarios:
            raise ValueError(
                f"has opens_at {self.opens_at}; it must be one of its scenarios, {', '.join(self.scenarios)}"
            )
        return self


def _rising(name: str, figure: str, values: Sequence[float]) -> None:
    """Stops of a slider go up, none twice, and one is nought: where the named scenarios stand."""
    if any(after <= before for before, after in pairwise(values)):
        raise ValueError(
            f"has {name} with {figure} {', '.join(f'{value:g}' for value in values)}; put them in rising order"
        )
    if 0 not in values:
        raise ValueError(f"has {name} without {figure} 0; add it, because the named scenarios stand there")
