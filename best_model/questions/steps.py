"""A number as steps: what adds up or multiplies to it, what stands beside it, and the inputs that each step is read from."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from best_model.draws.sensitivity import PRIORITIES, follows_its_evidence
from best_model.model.authority import Council, Money
from best_model.model.engine import Result
from best_model.model.phasing import FloatArray
from best_model.model.scenario import Lever
from best_model.model.settings import SETTINGS
from best_model.table import Unit


@dataclass(frozen=True)
class Step:
    """A number, and what it is made of: `parts` add up to it, or multiply to it where `multiplied`.

    £, children or places, a share (`TENTHS`) or a factor (`NUMBER`). `beside` and `actions`, those of a priority at their strength, are
    no part of it; `inputs` are the dotted names of assumptions and published facts that it is read from.
    """

    head: str
    value: float
    unit: Unit = Unit.GBP_WHOLE
    parts: tuple["Step", ...] = ()
    multiplied: bool = False
    beside: tuple["Step", ...] = ()
    actions: tuple["Step", ...] = ()
    inputs: tuple[str, ...] = ()

    def walk(self) -> Iterator["Step"]:
        """This step and every one under it, in reading order."""
        yield self
        for step in (*self.parts, *self.beside, *self.actions):
            yield from step.walk()


@dataclass(frozen=True)
class InYear:
    """A result in one of its financial years, and what is read of it there."""

    result: Result
    year: str

    @cached_property
    def place(self) -> int:
        """Of the year among those reported."""
        return self.result.years.index(self.year)

    @cached_property
    def fy(self) -> int:
        """Of the year on the `fy` axis, and of the census before it on the `january` axis."""
        return self.result.authority.financial_years.index(self.year)

    @property
    def council(self) -> Council:
        """The council's records."""
        return self.result.authority.council

    @property
    def money(self) -> Money:
        """Its prices and its income."""
        return self.council.money

    @property
    def levers(self) -> tuple[Lever, ...]:
        """The priorities of the scenario."""
        return self.result.scenario.levers

    def of(self, amounts: FloatArray) -> float:
        """An amount over the reported years, in this one."""
        return float(amounts[self.place])

    @property
    def of_children(self) -> tuple[str, ...]:
        """Inputs of the children of every year up to the census within this one."""
        return inputs_of_children(self.council, self.fy + 1)

    @property
    def of_money(self) -> tuple[str, ...]:
        """Inputs of every price, and of the children."""
        prices = (f"{kind}.{setting}" for setting in SETTINGS for kind in ("unit_cost", "inflation"))
        index = f"calibration.price_index.{self.year}"
        return (*prices, index, "general_inflation", "empty_place", *self.of_children)


def inputs_of_children(council: Council, steps: int) -> tuple[str, ...]:
    """What the children of the first `steps` years after the base census rest on."""
    first = council.base_january
    indices = (f"calibration.new_plans_index.{year}" for year in council.facts.calendar_years[:steps])
    places = (
        name
        for name in council.assumptions
        if name.startswith("capacity.") and first <= int(name.rpartition(".")[2]) < first + steps
    )
    tables = ("new_plans", "ceased_plans_by_setting", "flows")
    return (f"census.{first}.total", *tables, *indices, "awaiting_are_placed", *places)


def inputs_of(lever: Lever) -> tuple[str, ...]:
    """What a priority rests on: its intensity and, where it follows it, its evidence; its figures, its start, its workstreams."""
    its_own = f"{PRIORITIES}.{lever.name}"
    figures = (f"{PRIORITIES}.{name}" for name in lever.figures if not name.endswith((".evidence", ".cost_each")))
    evidence = (f"{its_own}.evidence",) if follows_its_evidence(lever) else ()
    workstreams = ("workstreams",) if lever.workstreams else ()
    chosen = f"scenario.levers.{lever.name}.intensity"
    return (chosen, *evidence, *figures, f"{its_own}.start", f"{its_own}.ramp_months", *workstreams)
