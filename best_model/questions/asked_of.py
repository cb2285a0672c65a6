"""What each target asks of the priorities: the mix of least effort and the cheapest to run that find it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from best_model.model.engine import Result
from best_model.model.phasing import FloatArray
from best_model.model.scenario import Lever
from best_model.questions.least import least_cost_mix, least_effort_mixes
from best_model.questions.mixes import Mix, Reach, mix_of
from best_model.questions.names import within_a_sentence
from best_model.questions.whose import inmss_premium
from best_model.table import Missing, Row, Table, Unit, listed, modelled, under

OUT_OF_REACH = Missing("out of reach", "[z]")
_LEAST_ASKED = 0.005
_POUND = 1.0
MOVED_ARE = (
    "Children moved are those an action took hold of: their plan was not needed or ended, or they went to another setting than they "
    "would have. One acted on twice counts twice. One who only finds a place that was built is not counted."
)
EFFORT_IS = "Effort counts what is asked beyond the evidence: 1 for each priority at the most we assume, by its square on the way."


@dataclass(frozen=True)
class Ask:
    """What one target, £ in the last year, asks: the mix of least effort, and the one that costs least to run.

    Both are the nearest mix where the target is out of reach; `children_short` is what it is short by in children in INMSS, not
    state special.
    """

    name: str
    target: float
    least_effort: Mix
    least_cost: Mix

    @property
    def short(self) -> float:
        """£ that the most any source supports leaves the target short by: nought where it is within reach."""
        short = self.target - self.least_effort.found
        return short if short >= _POUND else 0.0

    @property
    def children_short(self) -> float:
        """The same in children a year who would have to be in a state special school and not in INMSS."""
        return self.short / float(inmss_premium(self.least_effort.result.authority)[-1])


def targets_of(result: Result) -> dict[str, float]:
    """The council's targets of the last year, £ nominal by name, least first."""
    ends = {name: float(amounts[-1]) for name, amounts in result.authority.council.targets.items()}
    return dict(sorted(ends.items(), key=lambda each: each[1]))


def what_targets_ask(result: Result, targets: Mapping[str, float] | None = None) -> tuple[Ask, ...]:
    """What each target, £ in the last year by name, asks: the council's where none are given. Every priority is free."""
    targets = targets_of(result) if targets is None else targets
    reach = Reach(result.authority, result.scenario)
    mixes = least_effort_mixes(reach, np.array([*targets.values()]))
    return tuple(_ask(result, reach, *target, mix) for target, mix in zip(targets.items(), mixes, strict=True))


def _ask(result: Result, reach: Reach, name: str, target: float, mix: FloatArray) -> Ask:
    least_effort = mix_of(result, mix)
    if least_effort.found < target - _POUND:
        return Ask(name, target, least_effort, least_effort)
    return Ask(name, target, least_effort, mix_of(result, least_cost_mix(reach, target, mix)))


# The same, in short and as a table


@dataclass(frozen=True)
class Asked:
    """What a target, £ nominal in the last year, asks of the priorities it leans on most, by name.

    `share` is asked of the most that is assumed of each of them, and `evidence` is the centre of their range. `short` is £ out of reach, or
    nought; `children_short` the same in children in INMSS. `beyond`: whether more is asked than the evidence.
    """

    name: str
    target: float
    short: float
    children_short: float
    priorities: tuple[str, ...]
    share: float
    evidence: float

    @property
    def beyond(self) -> bool:
        """Whether it asks for more than the evidence, where it is in reach."""
        return not self.short and self.share - self.evidence >= _LEAST_ASKED


def in_short(asked: Sequence[Ask]) -> tuple[Asked, ...]:
    """What each target asks with the least effort, in the order given."""
    return tuple(_asked(each) for each in asked)


def _asked(each: Ask) -> Asked:
    hardest, share = _hardest(each.least_effort)
    names = tuple(within_a_sentence(lever.label) for lever in hardest)
    short = each.children_short if each.short else 0.0
    return Asked(target_name(each.name), each.target, each.short, short, names, share, float(hardest[0].evidence.value))


def _hardest(mix: Mix) -> tuple[list[Lever], float]:
    """The priorities that are furthest beyond their evidence, alike to what is shown, and their intensity."""
    each = [*zip(mix.result.scenario.levers, mix.intensities, strict=True)]
    first, asked = max(each, key=lambda one: one[1] - one[0].evidence.value)
    alike = [
        lever for lever, own in each
        if abs(own - asked) < _LEAST_ASKED and abs(lever.evidence.value - first.evidence.value) < _LEAST_ASKED
    ]  # fmt: skip
    return alike, float(asked)


def target_name(name: str) -> str:
    """A target's name for a reader."""
    return name.replace("_", " ").capitalize()


@listed("result")
def asks(result: Result) -> Table:
    """The mix of least effort and the one cheapest to run, for each target: intensities, and what they take; £ nominal."""
    asked = what_targets_ask(result)
    mixes = _columns(asked)
    year, last = result.years[-1], result.authority.januaries[-1]
    rows = []
    for lever, *shares in zip(result.scenario.levers, *(mix.intensities for mix in mixes.values()), strict=True):
        rows.append(Row(lever.label, shares, "modelled", f"figure:priorities.{lever.name}.evidence"))
    lines = (
        (f"Saving found, {year}, £m", "found", Unit.GBP),
        ("Effort", "effort", Unit.HUNDREDTHS),
        (f"Cost to run, {year}, £m", "running_cost", Unit.GBP),
        ("Capital, all years, £m", "capital", Unit.GBP),
        ("Children moved, all years", "children", Unit.CHILDREN),
        (f"Placed otherwise in January {last}", "placed_otherwise", Unit.CHILDREN),
    )
    for head, what, unit in lines:
        rows.append(modelled(head, [getattr(mix, what) for mix in mixes.values()], what == "found", unit))
    notes = (
        EFFORT_IS,
        f"Cheapest to run counts what priorities cost to run in {year}, not capital, and may ask all that is assumed.",
        MOVED_ARE,
        "Placed otherwise counts children once, at the last census, against doing nothing.",
        *(
            f"{target_name(each.name)} is out of reach, even with every priority at the most assumed."
            for each in asked
            if each.short
        ),
    )
    return Table("asks", f"What each target of {year} asks", "Line", under(mixes, Unit.SHARE), rows, notes)


def _columns(asked: Sequence[Ask]) -> dict[str, Mix]:
    """Every mix of the table by its heading; a target out of reach has one, the nearest."""
    columns: dict[str, Mix] = {}
    for each in asked:
        name = target_name(each.name)
        if each.short:
            columns[f"{name}: {OUT_OF_REACH}, the nearest"] = each.least_effort
        else:
            columns |= {f"{name}, least effort": each.least_effort, f"{name}, cheapest to run": each.least_cost}
    return columns
