"""Where the explorer's sliders stop, what each stop means, and where a named scenario stands on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from best_model.model.authority import Authority
from best_model.model.phasing import FloatArray
from best_model.model.refusal import Refusal
from best_model.model.scenario import Lever, Scenario
from best_model.model.stops import Stops

_NEW_PLANS = "calibration.new_plans_index"
_LEVELS = ("none", "low", "central", "high")
Position = tuple[int, ...]
"""A setting of the sliders, as the place of each one's stop: new plans, how late, and every priority in its order."""


class InTrain(NamedTuple):
    """A level of what is in train: its names, and £ in each reported year."""

    names: tuple[str, ...]
    pounds: FloatArray


class Delivered(NamedTuple):
    """A stop of a priority: a share of the most assumed, which `points` that is (nothing, low, centre, high, most), and the titles of
    the scenarios that ask it where that is worth saying."""

    share: float
    points: tuple[str, ...]
    asked_by: tuple[str, ...]


@dataclass(frozen=True)
class Sliders:
    """A slider for new plans, one for how late all begins, one a priority and one for what is in train. Raises `Refusal` where the
    scenarios differ in more than a slider can change."""

    authority: Authority
    scenarios: tuple[Scenario, ...]
    stops: Stops

    def __post_init__(self) -> None:
        """Refuse scenarios that cannot share sliders."""
        _differ_in_intensity_only(self.scenarios)

    @property
    def levers(self) -> tuple[Lever, ...]:
        """The priorities, at the first scenario's intensities."""
        return self.scenarios[0].levers

    @cached_property
    def intensities(self) -> tuple[tuple[float, ...], ...]:
        """Those at the stops of each priority."""
        asked = zip(*(each.levers for each in self.scenarios), strict=True)
        return tuple(stops_of(lever, at) for lever, at in zip(self.levers, asked, strict=True))

    @cached_property
    def new_plans(self) -> FloatArray:
        """New plans in each calendar year against the last published one, (stop, step)."""
        return np.stack([new_plans_index(self.authority, stop.of_range) for stop in self.stops.new_plans])

    @property
    def children(self) -> FloatArray:
        """New plans at each of their stops, over all the calendar years of the model."""
        return self.new_plans.sum(axis=-1) * self.authority.flows.joins.sum()

    @cached_property
    def in_train(self) -> tuple[InTrain, ...]:
        """Levels of what is in train, the least first; those that are the same are one, under all their names."""
        levels: dict[tuple[float, ...], list[str]] = {}
        for name in _LEVELS:
            levels.setdefault(tuple(self.authority.council.in_train[name]), []).append(name)
        return tuple(InTrain(tuple(names), np.array(amounts)) for amounts, names in levels.items())

    @property
    def shape(self) -> Position:
        """How many stops each slider has, in the order of a `Position`."""
        return (len(self.stops.new_plans), len(self.stops.late), *map(len, self.intensities))

    @property
    def nothing(self) -> Position:
        """On time, as tied, and no priority at work."""
        return (self.stops.as_tied, self.stops.on_time, *(0 for _ in self.levers))

    def position(self, scenario: Scenario) -> Position:
        """Where a scenario stands."""
        stands = zip(self.intensities, scenario.levers, strict=True)
        return (*self.nothing[:2], *(stops.index(lever.intensity) for stops, lever in stands))

    def level(self, scenario: Scenario) -> int:
        """The place of what a scenario has in train."""
        return next(place for place, each in enumerate(self.in_train) if scenario.in_train in each.names)

    def delivered(self, lever: Lever) -> list[Delivered]:
        """The stops of a priority, with what each is."""
        place, of = self.levers.index(lever), lever.evidence
        points = {"nothing": 0.0, "low": of.low, "centre": of.value, "high": of.high}
        stops = []
        for share in self.intensities[place]:
            names = tuple(name for name, value in points.items() if value == share)
            asking = tuple(each.title for each in self.scenarios if each.levers[place].intensity == share)
            plain = share in {0.0, of.value}
            stops.append(Delivered(share, ("most",) if share == 1 else names, () if plain else asking))
        return stops


def stops_of(lever: Lever, as_asked: Sequence[Lever]) -> tuple[float, ...]:
    """Intensities at which a priority's slider stops: nothing, its evidence, what each scenario asks, and the most a source supports."""
    evidence = lever.evidence
    return tuple(
        sorted({0.0, evidence.low, evidence.value, evidence.high, 1.0, *(each.intensity for each in as_asked)})
    )


def new_plans_index(authority: Authority, of_range: float) -> FloatArray:
    """New plans in each calendar year (step,) so far in their range, against the last published year."""
    figures = [authority.council.assumptions[f"{_NEW_PLANS}.{year}"] for year in authority.januaries[:-1]]
    reach = [each.high - each.value if of_range > 0 else each.value - each.low for each in figures]
    return np.array([each.value for each in figures]) + of_range * np.array(reach)


def _differ_in_intensity_only(scenarios: Sequence[Scenario]) -> None:
    """A slider moves intensities: scenarios that differ in anything else that changes a saving cannot share sliders."""
    first = scenarios[0]
    for scenario in scenarios[1:]:
        for one, other in zip(first.levers, scenario.levers, strict=True):
            if one != other.model_copy(update={"intensity": one.intensity}):
                raise Refusal(
                    f"explorer.yaml: scenario {scenario.name} has another {one.name} than {first.name}, apart from its intensity; "
                    "no slider changes that, so leave one of the two out of scenarios"
                )
        if (scenario.income, scenario.schools_block_transfer) != (first.income, first.schools_block_transfer):
            raise Refusal(
                f"explorer.yaml: scenario {scenario.name} has another income than {first.name}; no slider changes that, "
                "so leave one of the two out of scenarios"
            )
