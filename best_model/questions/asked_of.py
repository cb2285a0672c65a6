"""What it would take, as tables: what each target asks of the priorities, saving against effort, and what two priorities do together."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from best_model.model.engine import Result
from best_model.model.scenario import Lever
from best_model.questions.frontier import Ask, Mix, TwoLevers, two_levers
from best_model.questions.names import within_a_sentence
from best_model.table import METHOD, Column, Missing, Row, Table, Unit, Value, listed, under

OUT_OF_REACH = Missing("out of reach", "[z]")
_QUARTERS, _LEAST_ASKED = 5, 0.005
_MOVED = (
    "Children moved are those an action took hold of: their plan was not needed or ended, or they went to another setting than they "
    "would have. One acted on twice counts twice. One who only finds a place that was built is not counted."
)
_EFFORT = "Effort is what is asked beyond the evidence: 1 for each priority pushed to the most assumed of it, and by its square on the way."


# What each target asks


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


def asks_table(asked: Sequence[Ask]) -> Table:
    """The mix of least effort and the one cheapest to run, for each target: intensities, and what they take; £ nominal."""
    mixes, result = _columns(asked), asked[0].least_effort.result
    year, last = result.years[-1], result.authority.januaries[-1]
    rows = [
        Row(
            lever.label,
            [mix.intensities[place] for mix in mixes.values()],
            "modelled",
            f"figure:priorities.{lever.name}.evidence",
        )
        for place, lever in enumerate(result.scenario.levers)
    ]
    lines = (
        (f"Saving found, {year}, £m", "found", Unit.GBP),
        ("Effort", "effort", Unit.HUNDREDTHS),
        (f"Cost to run, {year}, £m", "running_cost", Unit.GBP),
        ("Capital, all years, £m", "capital", Unit.GBP),
        ("Children moved, all years", "children", Unit.CHILDREN),
        (f"Placed otherwise in January {last}", "placed_otherwise", Unit.CHILDREN),
    )
    rows += [
        Row(head, [getattr(mix, what) for mix in mixes.values()], "modelled", METHOD, unit=unit, total=what == "found")
        for head, what, unit in lines
    ]
    notes = (
        _EFFORT,
        f"Cheapest to run counts what priorities cost to run in {year}, not capital, and may ask all that is assumed.",
        _MOVED,
        "Placed otherwise counts children once, at the last census, against doing nothing.",
        *(_out_of_reach(each) for each in asked if each.short),
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


def _out_of_reach(each: Ask) -> str:
    return f"{target_name(each.name)} is out of reach, even with every priority at the most assumed."


# Saving against effort


def frontier_table(mixes: Sequence[Mix]) -> Table:
    """The frontier step by step: the saving found in the last year, £ nominal, what it asks, and each priority's intensity."""
    levers = mixes[-1].result.scenario.levers
    rows = [
        Row(
            f"Step {step}" if step else "In train only",
            [mix.found, mix.effort, mix.children, mix.running_cost, *mix.intensities],
            "modelled",
            METHOD,
        )
        for step, mix in enumerate(mixes)
    ]
    columns = (
        Column(f"Found in {mixes[-1].result.years[-1]}, £m"),
        Column("Effort", Unit.HUNDREDTHS),
        Column("Children moved", Unit.CHILDREN),
        Column("Cost to run, £m"),
        *under((lever.label for lever in levers), Unit.SHARE),
    )
    notes = (
        "The first row is what is in train, with none of the priorities.",
        _EFFORT,
        "Up to what the evidence finds there is none, and every priority is at the same part of its evidence.",
        _MOVED,
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


# Two priorities together


def pair(mapped: TwoLevers) -> tuple[Lever, Lever]:
    """The two priorities of a map."""
    levers = mapped.result.scenario.levers
    return levers[mapped.first], levers[mapped.second]


def targets_of(result: Result) -> list[tuple[str, float]]:
    """The targets of the last year, £ nominal, least first."""
    ends = ((name, float(amounts[-1])) for name, amounts in result.authority.council.targets.items())
    return sorted(ends, key=lambda each: each[1])


def needed_at_the_evidence(mapped: TwoLevers) -> tuple[float, dict[str, float | None]]:
    """With the first of two priorities at its evidence (the share), how hard the second has to be pushed for each target; None where
    no share of it is enough."""
    at = int(np.abs(mapped.steps - pair(mapped)[0].evidence.value).argmin())
    needed = {target_name(name): mapped.needed(target)[at] for name, target in targets_of(mapped.result)}
    return float(mapped.steps[at]), {name: None if np.isnan(share) else float(share) for name, share in needed.items()}


@listed("result")
def two_priorities(result: Result) -> Table:
    """For each quarter of one priority: the saving without a second and with all of it, £ nominal, and how much each target needs."""
    mapped = two_levers(result)
    first, second = pair(mapped)
    needed = [mapped.needed(target) for _, target in targets_of(result)]
    rows = [
        Row(f"At {mapped.steps[place]:.0%}", _with_and_without(mapped, place, needed), "modelled", METHOD)
        for place in range(0, len(mapped.steps), _QUARTERS)
    ]
    columns = (
        Column(f"£m without {within_a_sentence(second.label)}"),
        Column("£m with all of it"),
        *under((f"{target_name(name)} needs of it" for name, _ in targets_of(result)), Unit.SHARE),
    )
    note = f"The other priorities are held as in {result.scenario.title}. Saving found in {result.years[-1]}, identified and in train."
    caption = f"{first.label}, and {within_a_sentence(second.label)}"
    return Table("two_priorities", caption, first.label, columns, rows, (note,))


def _with_and_without(mapped: TwoLevers, place: int, needed: Sequence[np.ndarray]) -> list[Value]:
    ends: list[Value] = [float(mapped.found[place, end]) for end in (0, -1)]
    return [*ends, *(OUT_OF_REACH if np.isnan(each[place]) else float(each[place]) for each in needed)]


@dataclass(frozen=True)
class Map:
    """A map of two priorities and what a chart of it needs: `two_levers(**vars(map))`. A point is a scenario: its name, its two shares, its
    own saving, and whether its other priorities stand elsewhere than on the map."""

    table: Table
    across: tuple[float, ...]
    up: tuple[float, ...]
    below: str
    beside_it: str
    targets: dict[str, float]
    points: tuple[tuple[str, float, float, float, bool], ...]


def map_of_two(result: Result, others: Sequence[Result] = ()) -> Map:
    """Saving in the last year, £ nominal, over the intensities of the two priorities that save most; the others are held."""
    mapped = two_levers(result)
    first, second = pair(mapped)
    steps = tuple(map(float, mapped.steps))
    rows = [Row(f"{up:.0%}", mapped.found[:, place]) for place, up in enumerate(steps)]
    caption = f"{first.label}, and {within_a_sentence(second.label)}: saving found in {result.years[-1]}"
    table = Table("map", caption, second.label, under(f"{across:.0%}" for across in steps), rows)
    marked = others if any(other.scenario == result.scenario for other in others) else [result, *others]
    below = (
        f"{first.label}, of the most. £m found in {result.years[-1]}; other priorities as in {result.scenario.title}."
    )
    targets = {f"{target_name(name)} target": amount for name, amount in targets_of(result)}
    points = tuple(_point(mapped, other) for other in marked)
    return Map(table, steps, steps, below, f"{second.label}, of the most", targets, points)


def _point(mapped: TwoLevers, other: Result) -> tuple[str, float, float, float, bool]:
    chosen = Mix(other).intensities
    apart = np.abs(chosen - Mix(mapped.result).intensities)
    apart[[mapped.first, mapped.second]] = 0.0
    across, up = (float(chosen[place]) for place in (mapped.first, mapped.second))
    return other.scenario.title, across, up, float(other.found[-1]), bool(apart.max() > 0)
