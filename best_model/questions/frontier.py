"""Saving against what it asks: from none of the priorities to the most assumed of each, with the least effort on the way."""

from collections.abc import Sequence

import numpy as np

from best_model.model.engine import Result
from best_model.questions.asked_of import EFFORT_IS, MOVED_ARE, targets_of
from best_model.questions.least import least_effort_mixes
from best_model.questions.mixes import Mix, Reach, mix_of
from best_model.table import METHOD, Column, Row, Table, Unit, listed, under

_LEVELS, _NEAR = 21, 4
_NO_EFFORT = 1e-8


def steps_of(result: Result) -> tuple[Mix, ...]:
    """Mixes of least effort from doing nothing to the most any source supports, at even steps of the saving found.

    What the evidence finds, and each target of the last year within reach, stand among them in place of a step near by.
    """
    reach = Reach(result.authority, result.scenario)
    ends = np.stack([np.zeros_like(reach.evidence), reach.evidence, np.ones_like(reach.evidence)])
    nothing, evidence, most = reach.found(ends)[:, -1]
    targets = targets_of(result).values()
    named = np.array([nothing, evidence, *(target for target in targets if nothing < target < most), most])
    even = np.linspace(nothing, most, _LEVELS)
    apart = np.abs(even[:, None] - named).min(axis=1) > (most - nothing) / _LEVELS / _NEAR
    mixes = least_effort_mixes(reach, np.unique([*named, *even[apart]]))
    mixes[0] = 0.0
    return tuple(mix_of(result, mix) for mix in mixes)


def found_with_no_effort(mixes: Sequence[Mix]) -> float:
    """The most saving, £, that a mix on the frontier finds while it asks nothing beyond the evidence."""
    return max(mix.found for mix in mixes if mix.effort < _NO_EFFORT)


def found_at_half_the_effort(mixes: Sequence[Mix]) -> float:
    """Saving, £, that half of the effort of the last of the mixes finds, between its neighbours on the frontier."""
    efforts, found = ([getattr(mix, what) for mix in mixes] for what in ("effort", "found"))
    return float(np.interp(efforts[-1] / 2, efforts, found))


@listed("result")
def frontier(result: Result) -> Table:
    """Saving found in the last year, £ nominal, step by step, what it asks with the least effort, and each priority's intensity."""
    rows = [
        Row(
            f"Step {step}" if step else "In train only",
            [mix.found, mix.effort, mix.children, mix.running_cost, *mix.intensities],
            "modelled",
            METHOD,
        )
        for step, mix in enumerate(steps_of(result))
    ]
    columns = (
        Column(f"Found in {result.years[-1]}, £m"),
        Column("Effort", Unit.HUNDREDTHS),
        Column("Children moved", Unit.CHILDREN),
        Column("Cost to run, £m"),
        *under((lever.label for lever in result.scenario.levers), Unit.SHARE),
    )
    notes = (
        "The first row is what is in train, with none of the priorities.",
        EFFORT_IS,
        "Up to what the evidence finds there is none, and every priority is at the same part of its evidence.",
        MOVED_ARE,
    )
    caption = "From none of the priorities to the most assumed, with the least effort"
    return Table("frontier", caption, "Step", columns, rows, notes)


FOUND, EFFORT, MOVED = "Saving found", "Effort beyond the evidence", "Children moved"


def frontier_line(mixes: Sequence[Mix], others: Sequence[Result]) -> Table:
    """The frontier and some scenarios beside it, by name: saving found in the last year, £ nominal, effort and children moved."""
    steps = [(f"Step {step}", mix) for step, mix in enumerate(mixes)]
    steps[0], steps[-1] = ("In train only", mixes[0]), ("The most", mixes[-1])
    steps += [(other.scenario.title, Mix(other)) for other in others]
    rows = [Row(name, [mix.found, mix.effort, mix.children]) for name, mix in steps]
    columns = (Column(FOUND), Column(EFFORT, Unit.HUNDREDTHS), Column(MOVED, Unit.CHILDREN))
    return Table("frontier_line", "Saving against what it asks", "Step", columns, rows)
