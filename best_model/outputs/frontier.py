"""What it would take, on the page: what each target asks, saving against effort, and what two priorities do together."""

from collections.abc import Sequence

import numpy as np

from best_model.faces.numbers import children, january, millions, per_cent, pounds_m
from best_model.model.engine import Result
from best_model.model.scenario import Lever
from best_model.outputs.fragment import Fragment, paragraph
from best_model.outputs.pages import METHOD, figure_anchor
from best_model.outputs.tables import Row, table
from best_model.questions.frontier import (
    Ask,
    Mix,
    TwoLevers,
    found_at_half_the_effort,
    found_with_no_effort,
    two_levers,
)
from best_model.questions.names import within_a_sentence

OUT_OF_REACH, NOTHING_MORE = "out of reach", "none"
_QUARTERS = 5
_LEAST_ASKED = 0.005
MOVED = (
    "Children moved are those an action took hold of: their plan was not needed or ended, or they went to another setting than "
    "they would have. One acted on twice counts twice; one who only finds a place that was built is not among them."
)
EFFORT = (
    "Effort is what is asked beyond the evidence: 1 for each priority pushed to the most assumed of it, and by its square on "
    "the way there."
)


# ---- What each target asks


def what_each_target_asks(asked: Sequence[Ask]) -> Fragment:
    """How far each target leans beyond the evidence, or by how much it is out of reach; then on which priorities, a sentence each."""
    centres = [_centre(each) for each in asked]
    answer = "; ".join(
        _asked_in_short(each, said=centre in centres[:place])
        for place, (each, centre) in enumerate(zip(asked, centres, strict=True))
    )
    return paragraph(f"{answer[:1].upper()}{answer[1:]}.", "answer") + paragraph(" ".join(map(_asked, asked)), "lead")


def _centre(each: Ask) -> str:
    """The centre of the range of the priority that is pushed hardest; nothing where the target asks no more."""
    (lever, *_), asked = _hardest(each.least_effort)
    beyond = not each.short and asked - lever.evidence.value >= _LEAST_ASKED
    return per_cent(lever.evidence.value) if beyond else ""


def _asked_in_short(each: Ask, said: bool) -> str:
    """`said`: whether the centre it leaves behind has been named already."""
    name = target_name(each.name).lower()
    if each.short:
        return f"{name} is {pounds_m(each.short)} out of reach"
    centre, (_, asked) = _centre(each), _hardest(each.least_effort)
    if not centre:
        return f"{name} asks nothing beyond the evidence"
    if said:
        return f"{name} asks {per_cent(asked)}"
    return f"{name} asks {per_cent(asked)} of a priority, against {centre} at the centre of its range"


def _asked(each: Ask) -> str:
    aim = f"{target_name(each.name)}, {pounds_m(each.target)} in {each.least_effort.result.years[-1]},"
    if each.short:
        return f"{aim} is out of reach by {pounds_m(each.short)}, or about {children(each.children_short)} children in INMSS."
    hardest, asked = _hardest(each.least_effort)
    evidence = hardest[0].evidence.value
    if asked - evidence < _LEAST_ASKED:
        return f"{aim} asks nothing beyond the evidence."
    names = [within_a_sentence(lever.label) for lever in hardest]
    if len(names) == 1:
        return f"{aim} asks most of {names[0]}: {per_cent(asked)}, against {per_cent(evidence)} at the centre of its range."
    return f"{aim} asks {per_cent(asked)} of {', and of '.join(names)}, against {per_cent(evidence)} at the centre of their ranges."


def _hardest(mix: Mix) -> tuple[list[Lever], float]:
    """The priorities that are furthest beyond their evidence, alike to what is shown, and their intensity."""
    each = [*zip(mix.result.scenario.levers, mix.intensities, strict=True)]
    first, asked = max(each, key=lambda one: one[1] - one[0].evidence.value)
    alike = [
        lever for lever, own in each
        if abs(own - asked) < _LEAST_ASKED and abs(lever.evidence.value - first.evidence.value) < _LEAST_ASKED
    ]  # fmt: skip
    return alike, asked


def what_is_cheapest_to_run(asked: Sequence[Ask]) -> Fragment:
    """The least that each target costs to run a year; then what the mix of least effort costs."""
    within = [each for each in asked if not each.short]
    if not within:
        return paragraph("No target is within reach at any cost.", "answer")
    least, easiest = (
        " and ".join(f"{pounds_m(mix.running_cost)} for {target_name(name).lower()}" for name, mix in mixes)
        for mixes in (
            [(each.name, each.least_cost) for each in within],
            [(each.name, each.least_effort) for each in within],
        )
    )
    return paragraph(f"In the cheapest mix found, running costs a year are {least}.", "answer") + paragraph(
        f"With the least effort they are {easiest}.", "lead"
    )


def asks_table(asked: Sequence[Ask]) -> Fragment:
    """The mix of least effort and the one cheapest to run, for each target: intensities, and what they take."""
    mixes, result = _columns(asked), asked[0].least_effort.result
    levers, last = result.scenario.levers, january(result.authority.januaries[-1])
    rows = [
        Row(
            lever.label, [per_cent(mix.intensities[place]) for mix in mixes.values()], "modelled",
            figure_anchor(f"priorities.{lever.name}.evidence"),
        )
        for place, lever in enumerate(levers)
    ]  # fmt: skip
    rows += [
        _across(f"Saving found, {result.years[-1]}, £m", [millions(mix.found) for mix in mixes.values()], True),
        _across("Effort", [_effort(mix) for mix in mixes.values()]),
        _across(f"Cost to run, {result.years[-1]}, £m", [millions(mix.running_cost) for mix in mixes.values()]),
        _across("Capital, all years, £m", [millions(mix.capital) for mix in mixes.values()]),
        _across("Children moved, all years", [children(mix.children) for mix in mixes.values()]),
        _across(f"Placed otherwise in {last}", [children(mix.placed_otherwise) for mix in mixes.values()]),
    ]
    return table(f"What each target of {result.years[-1]} asks", ["Line", *mixes], rows, _asks_note(asked))


def _effort(mix: Mix) -> str:
    return f"{mix.effort:.2f}"


def _across(head: str, cells: Sequence[str], total: bool = False) -> Row:
    return Row(head, cells, "modelled", METHOD, total=total)


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


def _asks_note(asked: Sequence[Ask]) -> str:
    short = " ".join(
        f"{target_name(each.name)} is out of reach: every priority at the most assumed is short of it by "
        f"{pounds_m(each.short)}."
        for each in asked
        if each.short
    )
    year = asked[0].least_effort.result.years[-1]
    return (
        f"{EFFORT} Cheapest to run counts what priorities cost to run in {year}, not capital, and may ask all "
        f"that is assumed. {MOVED} Placed otherwise counts children once, at the last census, against doing nothing. {short}"
    ).strip()


def target_name(name: str) -> str:
    """A target's name for a reader."""
    return name.replace("_", " ").capitalize()


# ---- Saving against effort


def what_the_last_pounds_ask(mixes: Sequence[Mix]) -> Fragment:
    """What the evidence finds, and how little the second half of the effort adds, in one sentence; `mixes` are a frontier."""
    evidence, most = found_with_no_effort(mixes), mixes[-1].found
    return paragraph(
        f"The evidence finds {pounds_m(evidence)}; half of all further effort goes into the last "
        f"{pounds_m(most - found_at_half_the_effort(mixes))}, up to {pounds_m(most)}.",
        "answer",
    )


def frontier_table(mixes: Sequence[Mix]) -> Fragment:
    """The frontier step by step: the saving, what it asks, and each priority's intensity."""
    result = mixes[-1].result
    rows = [
        Row(
            f"£{millions(mix.found)}m",
            [
                _effort(mix),
                children(mix.children),
                millions(mix.running_cost),
                *(per_cent(x) for x in mix.intensities),
            ],
            "modelled",
            METHOD,
        )
        for mix in mixes
    ]
    labels = [lever.label for lever in result.scenario.levers]
    columns = [f"Found in {result.years[-1]}", "Effort", "Children moved", "Cost to run, £m", *labels]
    note = (
        f"The first row is what is in train, with none of the priorities. {EFFORT} Up to what the evidence finds there is none, and every "
        f"priority is at the same part of its evidence. {MOVED}"
    )
    return table("From none of the priorities to the most assumed, with the least effort", columns, rows, note)


# ---- Two priorities together


def what_two_priorities_need(result: Result) -> Fragment:
    """With the first of two priorities at its evidence, how hard the second has to be pushed for each target, in one sentence."""
    mapped = two_levers(result)
    first, second = pair(mapped)
    at = int(np.abs(mapped.steps - first.evidence.value).argmin())
    needed = {target_name(name).lower(): mapped.needed(target)[at] for name, target in targets_of(result)}
    other = f"{within_a_sentence(second.label)} at "
    said = [
        f"{name} is out of reach" if np.isnan(share) else f"{name} needs {'' if place else other}{per_cent(share)}"
        for place, (name, share) in enumerate(needed.items())
    ]
    given = f"With {within_a_sentence(first.label)} at {per_cent(mapped.steps[at])}"
    return paragraph(f"{given}, {'; '.join(said)}.", "answer")


def pair(mapped: TwoLevers) -> tuple[Lever, Lever]:
    """The two priorities of a map."""
    levers = mapped.result.scenario.levers
    return levers[mapped.first], levers[mapped.second]


def targets_of(result: Result) -> list[tuple[str, float]]:
    """The targets of the last year, £, least first."""
    ends = ((name, float(amounts[-1])) for name, amounts in result.authority.council.targets.items())
    return sorted(ends, key=lambda each: each[1])


def two_levers_table(result: Result) -> Fragment:
    """For each quarter of the first priority: the saving without the second and with all of it, and how much each target needs."""
    mapped = two_levers(result)
    first, second = pair(mapped)
    needed = [mapped.needed(target) for _, target in targets_of(result)]
    rows = [
        Row(
            f"At {per_cent(mapped.steps[place])}",
            [
                *(millions(mapped.found[place, end]) for end in (0, -1)),
                *(OUT_OF_REACH if np.isnan(each[place]) else per_cent(each[place]) for each in needed),
            ],
            "modelled",
            METHOD,
        )
        for place in range(0, len(mapped.steps), _QUARTERS)
    ]
    columns = [
        first.label,
        f"£m without {within_a_sentence(second.label)}",
        "£m with all of it",
        *(f"{target_name(name)} needs of it" for name, _ in targets_of(result)),
    ]
    note = f"The other priorities are held as in {result.scenario.title}. Saving found in {result.years[-1]}, identified and in train."
    return table(f"{first.label}, and {within_a_sentence(second.label)}", columns, rows, note)
