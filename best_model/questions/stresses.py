"""Stresses beside each other, the worst first: the saving found, the gap left and the deficit under each."""

from collections.abc import Sequence
from itertools import chain

from best_model.model.authority import Authority
from best_model.model.deficit import CASES
from best_model.model.engine import Result
from best_model.questions.names import within_a_sentence
from best_model.questions.stressed import DEFICIT_CASE, Position, Stressed
from best_model.table import METHOD, NONE, ROUNDED, Column, Row, Table, Unit, Value, listed


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
    rows = [Row("No stress", plain, "modelled", METHOD)]
    rows += [
        Row(each.stress.title, _with_changes(authority, each.position, _changes(each)), "modelled", METHOD)
        for each in outcomes
    ]
    return Table(
        "stresses", _caption(result, outcomes), "Stress", tuple(columns), rows, (_ALONE, _WIDER, _ORDER, ROUNDED)
    )


def _with_changes(authority: Authority, at: Position, changes: Sequence[Value]) -> list[Value]:
    amounts = (at.saving[-1], at.gap_after[-1], at.deficit[DEFICIT_CASE][-1])
    met = ["met" if at.meets(amount) else "missed" for amount in authority.aims.values()]
    return [*chain.from_iterable(zip(amounts, changes, strict=True)), *met]


def _changes(each: Stressed) -> list[Value]:
    return [amounts[-1] for amounts in (each.saving_gained, each.gap_added, each.deficit_added[DEFICIT_CASE])]


@listed("result", "stressed")
def stresses_in_short(result: Result, outcomes: Sequence[Stressed]) -> Table:
    """A scenario under each stress, the worst first: saving found, gap left, added to the deficit, £ nominal; targets still met."""
    authority = result.authority
    added = Column(f"Added to the deficit by {authority.last_march}")
    columns = (Column("Saving found"), Column("Gap left"), added, Column("Targets met", Unit.WORDS))
    positions = [("No stress", outcomes[0].unstressed, 0.0)]
    positions += [(each.stress.title, each.position, each.cost) for each in outcomes]
    rows = [
        Row(head, (at.saving[-1], at.gap_after[-1], cost, _targets_met(authority, at)), "modelled", METHOD)
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
