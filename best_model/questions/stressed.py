"""What a stress does: the same scenario, with its figures changed and held, beside itself without them; the worst stress first."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from pydantic import BaseModel

from best_model.draws.sensitivity import PRIORITIES, figures_of, varied_together
from best_model.model.authority import Authority
from best_model.model.deficit import CASES, cumulative_deficit
from best_model.model.engine import SCENARIO, Result, reaches, run
from best_model.model.figures import rebuilt
from best_model.model.phasing import FloatArray
from best_model.model.scenario import Assumption, Scenario
from best_model.model.stress import Stress
from best_model.questions.names import within_a_sentence
from best_model.table import LEAST_GBP_SHOWN, NONE, ROUNDED, Column, Table, Unit, Value, listed, modelled

DEFICIT_CASE = "stability_grant"
"""The case of the deficit by which stresses are ordered: the only one of the three that every stress can move by all it costs."""


@dataclass(frozen=True)
class Position:
    """Where a run leaves the council, £ nominal over the reported years: `saving` identified and in train, `gap_before` it, and the
    `deficit` at each 31 March by case. What a plan has still to identify is not counted. `plans` (january,): children with a plan.
    """

    saving: FloatArray
    gap_before: FloatArray
    deficit: Mapping[str, FloatArray]
    plans: FloatArray

    @property
    def gap_after(self) -> FloatArray:
        """In-year gap once what is found is saved."""
        return self.gap_before - self.saving

    def meets(self, target: float) -> bool:
        """Whether what is found in the last year meets a target, £, to the pound."""
        return bool(reaches(float(self.saving[-1]), target))


@dataclass(frozen=True)
class Stressed:
    """A scenario under a `stress`, and `unstressed`."""

    stress: Stress
    position: Position
    unstressed: Position

    @property
    def saving_gained(self) -> FloatArray:
        """What more is found than without the stress, £ (year,); negative where saving is lost."""
        return self.position.saving - self.unstressed.saving

    @property
    def gap_added(self) -> FloatArray:
        """By how much the gap that is left is wider, £ (year,)."""
        return self.position.gap_after - self.unstressed.gap_after

    @property
    def deficit_added(self) -> dict[str, FloatArray]:
        """By how much the deficit is higher at each 31 March, £ (year,), by case."""
        return {case: amounts - self.unstressed.deficit[case] for case, amounts in self.position.deficit.items()}

    @property
    def cost(self) -> float:
        """What it adds to the deficit by the last 31 March in `DEFICIT_CASE`, £ to the pound."""
        return float(round(self.deficit_added[DEFICIT_CASE][-1]))

    @property
    def adds(self) -> bool:
        """Whether what it costs shows at one decimal of £m."""
        return self.cost >= LEAST_GBP_SHOWN


def stress_all(authority: Authority, scenario: Scenario, stresses: Iterable[Stress]) -> tuple[Stressed, ...]:
    """A scenario under each stress by itself, the costliest first; those that cost the same stand by name."""
    unstressed = position(run(authority, scenario))
    outcomes = (
        Stressed(stress, position(run(*stressed(authority, scenario, stress))), unstressed) for stress in stresses
    )
    return tuple(sorted(outcomes, key=lambda each: (-each.cost, each.stress.name)))


def position(result: Result) -> Position:
    """Where a run leaves the council."""
    money, gap = result.authority.council.money, result.gap_before - result.found
    deficit = cumulative_deficit(gap, money, result.years)
    return Position(result.found, result.gap_before, deficit, result.simulation.total[SCENARIO])


def stressed(authority: Authority, scenario: Scenario, stress: Stress) -> tuple[Authority, Scenario]:
    """The council and the scenario under a stress, and all that follows from it.

    Calibration and the intensities that a plan has chosen stay. Every figure that moves is held: its low and its high are its
    value, so that who draws figures between them does not draw it. Raises `Refusal` for a figure that is not there, or
    cannot be what is supposed.
    """
    before = figures_of(authority, scenario)
    supposed = stress.supposed(before)
    authority, scenario = varied_together(authority, scenario, supposed)
    moved = {name for name, each in figures_of(authority, scenario).items() if each.value != before[name].value}
    return _held(authority, moved | set(supposed)), _chosen(_with_held(scenario, moved | set(supposed)), stress)


def _chosen(scenario: Scenario, stress: Stress) -> Scenario:
    """The scenario with the income that a stress takes, and nothing from the priority that it leaves out."""
    if stress.nothing_from is not None:
        scenario = scenario.with_intensity(**{stress.nothing_from: 0.0})
    return scenario if stress.income is None else scenario.model_copy(update={"income": stress.income})


def _held(authority: Authority, names: Collection[str]) -> Authority:
    figures = _without_range(dict(authority.council.assumptions), "", names)
    return replace(authority, council=rebuilt(authority.council, figures))


def _with_held(scenario: Scenario, names: Collection[str]) -> Scenario:
    levers = tuple(_without_range(lever, f"{PRIORITIES}.{lever.name}.", names) for lever in scenario.levers)
    return scenario.model_copy(update={"levers": levers})


def _without_range(within: Any, place: str, names: Collection[str]) -> Any:
    """A model, list or mapping in which the figures of these dotted names have no range; its own name is `place`."""
    match within:
        case Assumption():
            held = {"low": within.value, "high": within.value}
            return within.model_copy(update=held) if place.removesuffix(".") in names else within
        case BaseModel():
            parts = {key: _without_range(part, f"{place}{key}.", names) for key, part in within}
            return within.model_copy(update=parts)
        case dict():
            return {key: _without_range(part, f"{place}{key}.", names) for key, part in within.items()}
        case tuple():
            return tuple(_without_range(part, f"{place}{key}.", names) for key, part in enumerate(within))
        case _:
            return within


# ---- Stresses beside each other


@listed("result", "stressed")
def stresses(result: Result, outcomes: Sequence[Stressed]) -> Table:
    """A scenario under each stress, the worst first: saving found, gap left and deficit, £ nominal, with their changes; targets met."""
    authority = result.authority
    amounts = ("Saving found", "Gap left", f"Deficit, {authority.last_march}")
    columns = [
        column
        for name in amounts
        for column in (Column(name), Column(f"{name.partition(',')[0]}, change", Unit.GBP_CHANGE))
    ]
    columns += [Column(f"{name.capitalize()} target", Unit.WORDS) for name in authority.aims]
    plain = _with_changes(authority, outcomes[0].unstressed, (NONE, NONE, NONE))
    rows = [modelled("No stress", plain)]
    for each in outcomes:
        changes = [amounts[-1] for amounts in (each.saving_gained, each.gap_added, each.deficit_added[DEFICIT_CASE])]
        rows.append(modelled(each.stress.title, _with_changes(authority, each.position, changes)))
    notes = (_ALONE, _WIDER, _ORDER, ROUNDED)
    return Table("stresses", _caption(result, outcomes), "Stress", tuple(columns), rows, notes)


def _with_changes(authority: Authority, at: Position, changes: Sequence[Value]) -> list[Value]:
    amounts = (at.saving[-1], at.gap_after[-1], at.deficit[DEFICIT_CASE][-1])
    met = ["met" if at.meets(amount) else "missed" for amount in authority.aims.values()]
    return [*chain.from_iterable(zip(amounts, changes, strict=True)), *met]


@listed("result", "stressed")
def stresses_in_short(result: Result, outcomes: Sequence[Stressed]) -> Table:
    """A scenario under each stress, the worst first: saving found, gap left, added to the deficit, £ nominal; targets still met."""
    authority = result.authority
    added = Column(f"Added to the deficit by {authority.last_march}")
    columns = (Column("Saving found"), Column("Gap left"), added, Column("Targets met", Unit.WORDS))
    positions = [("No stress", outcomes[0].unstressed, 0.0)]
    positions += [(each.stress.title, each.position, each.cost) for each in outcomes]
    rows = [
        modelled(head, (at.saving[-1], at.gap_after[-1], cost, _targets_met(authority, at)))
        for head, at, cost in positions
    ]
    return Table("stresses_in_short", _caption(result, outcomes), "Stress", columns, rows, (_ALONE, _WIDER, _ORDER))


def _targets_met(authority: Authority, at: Position) -> str:
    met = [name for name, amount in authority.aims.items() if at.meets(amount)]
    return "both" if len(met) == len(authority.aims) == 2 else " and ".join(met) or "neither"


def _caption(result: Result, outcomes: Sequence[Stressed]) -> str:
    return f"{result.scenario.title} under {len(outcomes)} stresses, {result.years[-1]}, £m, the worst first"


_ALONE = (
    "Each stress stands alone. Every priority is taken to deliver all that the scenario asks; most simulated outcomes deliver less, so "
    "a target that is met here is met on that condition only. Only what is identified and in train counts as found."
)
_WIDER = "Where a stress widens the gap, the saving may rise, because there is more to save."
_ORDER = (
    f"The worst stress is the one that adds most to the deficit. Deficit: {within_a_sentence(CASES[DEFICIT_CASE])}."
)


def to_mark(authority: Authority, outcomes: Sequence[Stressed]) -> dict[str, float]:
    """The saving found without a stress, and each target, £ nominal in the last year, by name."""
    aims = {name.capitalize(): amount for name, amount in authority.aims.items()}
    return {"No stress": float(outcomes[0].unstressed.saving[-1]), **aims}
