"""What can be supposed: assumptions with a pedigree, levers that act on children, places or prices, and scenarios."""

import math
from collections.abc import Collection, Iterable, Iterator
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from best_model.model.settings import AGES, NEEDS, SETTINGS


def _one_of(names: Collection[str]) -> AfterValidator:
    def known(name: str) -> str:
        if name not in names:
            raise ValueError(f"is {name!r}; it must be one of {', '.join(names)}")
        return name

    return AfterValidator(known)


SettingName = Annotated[str, _one_of(SETTINGS), Field(json_schema_extra={"enum": list(SETTINGS)})]
OriginName = Annotated[str, _one_of(["new", *SETTINGS]), Field(json_schema_extra={"enum": ["new", *SETTINGS]})]
NeedName = Annotated[str, _one_of(NEEDS), Field(json_schema_extra={"enum": list(NEEDS)})]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Pounds = Annotated[float, Field(ge=0.0)]
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
FinancialYear = Annotated[str, Field(pattern=r"^20[0-9]{2}/[0-9]{2}$")]
Level = Literal["low", "central", "high"]
MonthOfYear = Annotated[str, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]


class Frozen(BaseModel):
    """Strict, immutable, and closed to keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Pedigree(StrEnum):
    """Where a figure comes from; a reader is always told which."""

    PUBLISHED = "published"
    CALIBRATED = "calibrated"
    ASSUMED = "assumed"


Grade = Literal["strong", "moderate", "weak", "judgement"]
"""How far the evidence carries an effect: strong, measured here or evaluated against a comparison group and published;
moderate, published figures of other councils, of England or of earlier years here, from which it follows by arithmetic; weak, a
target, a claim, a press report or one neighbour's approximate figure; judgement, no source."""


class Assumption(Frozen):
    """One figure of the world: its central value, its range, and where it comes from.

    `source` is a key of the authority's `sources.yaml`; `judgement` says that there is no better source than ours. The
    `grade` is that of the evidence for an effect of a priority; other figures may go without.
    """

    value: float
    low: float
    high: float
    unit: str
    pedigree: Annotated[Pedigree, Field(strict=False)]
    source: Slug
    note: str = ""
    grade: Grade | None = None

    def at(self, level: Level) -> float:
        """The low, central or high figure."""
        return {"low": self.low, "central": self.value, "high": self.high}[level]

    @model_validator(mode="after")
    def _graded_as_sourced(self) -> Self:
        if self.grade is not None and (self.grade == "judgement") != (self.source == "judgement"):
            raise ValueError(
                f"has the grade {self.grade} and the source {self.source}; judgement goes with judgement, and only with it"
            )
        return self

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not all(map(math.isfinite, (self.low, self.value, self.high))):
            raise ValueError(
                f"has low {self.low:g}, value {self.value:g}, high {self.high:g}; each must be a finite number"
            )
        if not self.low <= self.value <= self.high:
            raise ValueError(
                f"has low {self.low:g}, value {self.value:g}, high {self.high:g}; they must be in that order"
            )
        return self


def _within(least: float, most: float, words: str) -> AfterValidator:
    def inside(figure: Assumption) -> Assumption:
        for name in ("value", "low", "high"):
            if not least <= getattr(figure, name) <= most:
                raise ValueError(f"has {name} {getattr(figure, name):g}; it must be {words}")
        return figure

    return AfterValidator(inside)


ShareOfReach = Annotated[Assumption, _within(0.0, 1.0, "a share between 0 and 1")]
Spread = Annotated[Assumption, _within(1e-6, math.inf, "above nought")]
Amount = Annotated[Assumption, _within(0.0, math.inf, "nought or more")]


class Reach(Frozen):
    """Whom an action reaches: every need and age unless it says otherwise."""

    needs: tuple[NeedName, ...] = Field(tuple(NEEDS), strict=False)
    ages: tuple[int, int] = Field((AGES[0], AGES[-1]), strict=False, description="first and last age, census age")

    @model_validator(mode="after")
    def _ages_in_order(self) -> Self:
        if not AGES[0] <= self.ages[0] <= self.ages[1] <= AGES[-1]:
            raise ValueError(f"has ages {list(self.ages)}; give the first and the last age, between 0 and 25")
        return self


class FewerNewPlans(Reach):
    """A share of the new plans in reach is not needed, because support came earlier."""

    acts_on: Literal["new_plans"]
    share: ShareOfReach


class Redirect(Reach):
    """A share of those who would go from one of `origins` to `away_from` goes `to` another setting instead.

    The origin `new` is a first placement. When the origin is `away_from` itself, this is stepping down after a review;
    when `to` is the origin, the child stays where it was.
    """

    acts_on: Literal["moves"]
    origins: tuple[OriginName, ...] = Field(strict=False)
    away_from: SettingName
    to: SettingName
    share: ShareOfReach


class Cease(Reach):
    """Plans in a setting cease: a share `once`, as the backlog is worked off, or each `year` on top of what would."""

    acts_on: Literal["ceasing"]
    setting: SettingName
    every: Literal["once", "year"]
    share: ShareOfReach


class Places(Frozen):
    """Places open in a setting by the nth September from the lever's start, in all; `cost_each` is capital, £ a place.

    `slip` is how many months late building is.
    """

    acts_on: Literal["places"]
    setting: SettingName
    by_nth_september: dict[Annotated[int, Field(ge=1)], Amount] = Field(strict=False, min_length=1)
    cost_each: Amount
    slip: Amount


class Price(Frozen):
    """A share off the price of a setting, financial-year average, against the price without the programme."""

    acts_on: Literal["price"]
    setting: SettingName
    share: ShareOfReach


Action = Annotated[FewerNewPlans | Redirect | Cease | Places | Price, Field(discriminator="acts_on")]


class Workstream(Frozen):
    """A part of a priority: it delivers its `share` of the lever, late by its slip, or not at all once dropped.

    `months_after` are counted from the lever's own start, so that workstreams move with it.
    """

    name: Slug
    label: str
    share: Annotated[float, Field(gt=0.0, le=1.0)]
    months_after: int = 0
    slip_months: Annotated[int, Field(ge=0, le=120)] = 0
    dropped: bool = False
    ready_to_report: Annotated[str, Field(pattern=r"^(yes|from 20[0-9]{2}/[0-9]{2} Q[1-4])$")] = "yes"
    rag: Literal["red", "amber", "green"]
    owner: str
    status: str = ""
    source: Slug
    illustrative: bool

    @property
    def ready(self) -> bool:
        """Whether it can report now."""
        return self.ready_to_report == "yes"


class Lever(Frozen):
    """One priority of the programme: what it does at full effect, from when, at what cost, and how sure we are.

    `intensity` is the share of full effect, and full effect is the most a source supports; `evidence` is the share that
    the sources support centrally, with its low and high. `running_cost` is £ a year at full effect (2026/27 prices);
    `slip` is how many months late all but its places begins. `reinvested` is the share of what the lever adds to the
    programme's saving that is spent again on the same service.
    Without `workstreams` the lever is one piece and starts at its `start`.
    """

    name: Slug
    label: str
    intensity: Share = 0.0
    evidence: ShareOfReach
    start: MonthOfYear
    ramp_months: Annotated[int, Field(ge=1, le=120)]
    slip: Amount
    actions: tuple[Action, ...] = Field(strict=False, min_length=1)
    running_cost: Amount
    reinvested: Share = 0.0
    kind: Literal["cashable", "avoidance"]
    confidence: Literal["low", "medium", "high"]
    owner: str
    workstreams: tuple[Workstream, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        total = math.fsum(workstream.share for workstream in self.workstreams)
        if self.workstreams and not math.isclose(total, 1.0):
            raise ValueError(f"has workstreams whose shares add to {total:g}; they must add to 1")
        return self

    @property
    def figures(self) -> dict[str, Assumption]:
        """Every assumption the lever carries, by its dotted place in `priorities.yaml`."""
        return {f"{self.name}.{place}": figure for place, figure in _figures(self)}

    def with_workstreams(self, names: Collection[str], **said: int | bool) -> Self:
        """The same lever with other `slip_months`, or `dropped`, for those of its workstreams that are named, validated."""
        workstreams = tuple(
            Workstream.model_validate({**each.__dict__, **said}) if each.name in names else each
            for each in self.workstreams
        )
        return self.model_copy(update={"workstreams": workstreams})

    @property
    def effects(self) -> dict[str, Assumption]:
        """Those of `figures` that say what the lever does: its evidence, shares and places. Each carries a grade of its evidence."""
        said = {"evidence", "share", "by_nth_september"}
        return {name: figure for name, figure in self.figures.items() if said & set(name.split(".")[1:])}

    @property
    def start_year_and_month(self) -> tuple[int, int]:
        """First month of the ramp, as numbers."""
        year, month = self.start.split("-")
        return int(year), int(month)


def _figures(within: object) -> Iterator[tuple[str, Assumption]]:
    """Assumptions inside a model, list or mapping, each with its dotted place."""
    match within:
        case BaseModel():
            parts: Iterable[tuple[object, object]] = within
        case dict():
            parts = within.items()
        case tuple():
            parts = enumerate(within)
        case _:
            return
    for key, value in parts:
        if isinstance(value, Assumption):
            yield str(key), value
        else:
            yield from ((f"{key}.{place}", figure) for place, figure in _figures(value))


class Scenario(Frozen):
    """A named set of intensities for every lever, and the target it is held against.

    `in_train` says how much of the effect of measures begun before the plan to count; `tie_to_target` adds what is
    *still to be identified*, so that the plan meets its target to the pound without any measure claiming the balance.
    `income` takes the low, central or high forecast of the High Needs Block; `schools_block_transfer` adds the share of
    the schools block that schools may be asked for. Neither is a saving.
    """

    name: Slug
    title: str
    question: str
    levers: tuple[Lever, ...]
    in_train: Literal["none", "low", "central", "high"]
    target: Slug
    tie_to_target: bool
    income: Level = "central"
    schools_block_transfer: bool = False

    def __repr__(self) -> str:
        return f"Scenario {self.name}: {self.question}"

    @property
    def acts(self) -> bool:
        """Whether any priority is at work in it."""
        return any(lever.intensity for lever in self.levers)

    def with_intensity(self, **intensity: float) -> Self:
        """The same scenario with other intensities, validated; unknown lever names are refused."""
        unknown = set(intensity) - {lever.name for lever in self.levers}
        if unknown:
            raise KeyError(f"no such lever: {', '.join(sorted(unknown))}")
        levers = tuple(
            Lever.model_validate({**lever.__dict__, "intensity": intensity.get(lever.name, lever.intensity)})
            for lever in self.levers
        )
        return self.model_copy(update={"levers": levers})

    def with_workstreams(self, names: Collection[str], **said: int | bool) -> Self:
        """The same scenario with other `slip_months`, or `dropped`, for the named workstreams; unknown names are refused."""
        unknown = set(names) - {workstream.name for lever in self.levers for workstream in lever.workstreams}
        if unknown:
            raise KeyError(f"no such workstream: {', '.join(sorted(unknown))}")
        return self.model_copy(update={"levers": tuple(lever.with_workstreams(names, **said) for lever in self.levers)})
