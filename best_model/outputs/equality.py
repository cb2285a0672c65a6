"""Who holds a plan, by age, need, sex and ethnicity as published; whom the programme reaches; and what an assessment still needs."""

from collections.abc import Mapping, Sequence

import numpy as np

from best_model.faces.numbers import children, january, per_cent
from best_model.model.comparison import CHARACTERISTICS, Comparison, Scope
from best_model.model.engine import Result
from best_model.model.phasing import FloatArray
from best_model.model.settings import SETTINGS
from best_model.outputs.fragment import Fragment, paragraph
from best_model.outputs.pages import METHOD, ROUNDED
from best_model.outputs.tables import Row, slug, table
from best_model.questions.names import within_a_sentence
from best_model.questions.peers import Affected, by_age, by_need, everyone

_TOO_FEW = "too few"
_FEW = 30
"""Below as many plans a share of them says more of single children than of a group."""
_SPECIAL = ("state_special", "inmss")
_CHANGES = ("mainstream", "resource_base", "state_special", "inmss", "not_in_education")
_HEADS = {"age": "Age at 31 August", "need": "Primary need", "sex": "Sex", "ethnicity": "Ethnicity"}
_NOT_PUBLISHED = (
    "not in the publications this suite holds; the council holds it: ask for plans by {name} and placement at the last "
    "January census"
)


# ---- Who has a plan


def who_has_a_plan(comparison: Comparison) -> Fragment:
    """Share of plans held by each sex, beside the nation's: the answer, or that it is not held."""
    held = _by_group(comparison, "sex", "council")
    if not held:
        return paragraph("Plans by sex are not in the publications that this suite holds for this council.", "answer")
    most = max(held, key=lambda group: held[group].sum())
    nation = _by_group(comparison, "sex", "nation")
    beside = f", and {per_cent(_share(nation, most))} in {comparison.area('nation')}" if nation else ""
    return paragraph(
        f"{per_cent(_share(held, most))} of plans are for those recorded as {most.lower()}{beside}.", "answer"
    )


def what_the_shares_cannot_say(comparison: Comparison) -> Fragment:
    """That a share of plans needs a share of children beside it before it says who is over- or under-represented."""
    held = _by_group(comparison, "ethnicity", "council")
    unknown = next((each.group for each in comparison.parts if each.part == "Unclassified"), "")
    known = (
        f" The ethnicity of {per_cent(_share(held, unknown))} of children with a plan is not recorded."
        if unknown in held
        else ""
    )
    return paragraph(
        f"{_furthest(held)}These are shares of plans. Whether a group has more or fewer plans than its children would lead "
        f"one to expect needs its share of all children, from the school census, which this suite does not hold.{known} In special schools "
        f"means state, independent and non-maintained together, as a share of the group's plans, and is left out of groups under {_FEW}."
    )


def _furthest(groups: Mapping[str, FloatArray]) -> str:
    """The group whose share in special schools stands furthest from that of all, in standard errors of its own size."""
    special = [list(SETTINGS).index(name) for name in _SPECIAL]
    counted = {name: plans for name, plans in groups.items() if plans.sum() >= _FEW}
    everybody = sum(groups.values(), np.zeros(len(SETTINGS)))
    if not counted or not 0 < everybody[special].sum() < everybody.sum():
        return ""
    whole = float(everybody[special].sum() / everybody.sum())
    off = {
        name: (float(plans[special].sum() / plans.sum()) - whole) * np.sqrt(plans.sum())
        for name, plans in counted.items()
    }
    most = max(off, key=lambda name: abs(off[name]))
    return (
        f"Of ethnic groups, {most} stands furthest from the average for its size: {_in_special(groups[most])} of those "
        f"plans are in special schools, against {per_cent(whole)} of all. The figures do not say why. "
    )


def characteristic_tables(comparison: Comparison) -> Fragment:
    """One table for each of age, need, sex and ethnicity; one that is not published says so in a row of its own."""
    return sum((_characteristic_table(comparison, name) for name in CHARACTERISTICS), start=Fragment(""))


def _characteristic_table(comparison: Comparison, name: str) -> Fragment:
    own, nation = _by_group(comparison, name, "council"), _by_group(comparison, name, "nation")
    other = comparison.area("nation") or "Nation"
    columns = [
        _HEADS[name],
        "Plans",
        "Share of plans",
        f"Share of plans, {other}",
        "In special schools",
        f"In special schools, {other}",
    ]
    if not own:
        missing = Row(f"By {name}", [_NOT_PUBLISHED.format(name=name)])
        return table(f"Plans by {name}", [_HEADS[name], "What is published"], [missing], text_columns=1)
    first = next(each for each in comparison.parts if each.characteristic == name and each.scope == "council")
    rows = [
        Row(
            group,
            [children(own[group].sum()), *_shares(own, nation, group)],
            "published",
            f"source-{slug(first.source)}",
        )
        for group in own
    ]
    return table(f"Plans by {name} in {first.area}, {january(first.january)}", columns, rows)


def _shares(own: Mapping[str, FloatArray], nation: Mapping[str, FloatArray], group: str) -> list[str]:
    beside = per_cent(_share(nation, group)) if group in nation else "not held"
    special = _in_special(nation[group]) if group in nation else "not held"
    return [per_cent(_share(own, group)), beside, _in_special(own[group]), special]


def _by_group(comparison: Comparison, characteristic: str, scope: Scope) -> dict[str, FloatArray]:
    """Plans (setting,) by group in the last January held, in the order of the file."""
    found = [each for each in comparison.parts if each.characteristic == characteristic and each.scope == scope]
    last = max((each.january for each in found), default=0)
    groups: dict[str, FloatArray] = {}
    for each in (each for each in found if each.january == last):
        groups[each.group] = groups.get(each.group, 0.0) + each.plans
    return groups


def _share(groups: Mapping[str, FloatArray], group: str) -> float:
    total = sum(float(plans.sum()) for plans in groups.values())
    return float(groups.get(group, np.zeros(1)).sum()) / total if total else 0.0


def _in_special(plans: FloatArray) -> str:
    if plans.sum() < _FEW:
        return _TOO_FEW
    return per_cent(float(sum(plans[list(SETTINGS).index(name)] for name in _SPECIAL) / plans.sum()))


# ---- Whom the programme reaches


def whom_it_reaches(result: Result) -> Fragment:
    """The age band that most of the move out of INMSS falls on: the answer."""
    bands = by_age(result)
    moved = everyone(bands).moved_from("inmss")
    if abs(moved) < 1:
        return paragraph("The scenario moves nobody, so nobody is affected by it.", "answer")
    most = max(bands, key=lambda band: band.moved_from("inmss"))
    return paragraph(
        f"Of {children(moved)} fewer children in INMSS by {january(result.authority.januaries[-1])}, "
        f"{per_cent(most.moved_from('inmss') / moved)} are aged {within_a_sentence(most.group)}.",
        "answer",
    )


def how_it_falls(result: Result) -> Fragment:
    """How many plans fewer by age, and which need moves most, in one sentence each."""
    bands, needs = by_age(result), by_need(result)
    both = everyone(bands)
    if abs(both.change).sum() < 1:
        return paragraph("Every group is as it would be with nothing done.")
    hit = max(bands, key=lambda band: band.fewer)
    need = max(needs, key=lambda group: group.moved_from("inmss"))
    return paragraph(
        f"There are {children(-both.change.sum())} plans fewer than with nothing done, {per_cent(both.fewer)} of them all. The largest "
        f"share falls on those aged {within_a_sentence(hit.group)}, whose plans are {per_cent(hit.fewer)} fewer. By need, "
        f"{within_a_sentence(need.group)} accounts for {children(need.moved_from('inmss'))} of the children not in INMSS. A plan that is "
        "not needed because help came earlier and a plan that has ceased count alike here, and are not alike to a family."
    )


def reach_by_age(result: Result) -> Fragment:
    """Change against doing nothing in the last January, by age band."""
    return _reach(result, by_age(result), "age", "Age at 31 August")


def reach_by_need(result: Result) -> Fragment:
    """Change against doing nothing in the last January, by primary need."""
    return _reach(result, by_need(result), "need", "Primary need")


def _reach(result: Result, groups: Sequence[Affected], name: str, head: str) -> Fragment:
    rows = [Row(each.group, _reached(each), "modelled", METHOD) for each in groups]
    rows.append(Row("All plans", _reached(everyone(groups)), total=True))
    columns = [head, "Nothing done", "Change", *(_SHORT[setting] for setting in _CHANGES)]
    caption = f"Whom {result.scenario.title} affects by {name}, {january(result.authority.januaries[-1])}"
    note = f"Children with a plan, then what the programme changes in all and in five settings; other settings are in all. {ROUNDED}"
    return table(caption, columns, rows, note)


_SHORT = {
    "mainstream": "Mainstream",
    "resource_base": "Base or unit",
    "state_special": "State special",
    "inmss": "INMSS",
    "not_in_education": "Not in education",
}


def _reached(group: Affected) -> list[str]:
    changed = (group.change[list(SETTINGS).index(setting)] for setting in _CHANGES)
    return [children(group.idle.sum()), *(_change(each) for each in (group.change.sum(), *changed))]


def _change(count: float) -> str:
    text = children(count)
    return f"+{text}" if count >= 0.5 else text


# ---- What an assessment still needs


def assessment_table(comparison: Comparison) -> Fragment:
    """Each protected characteristic: what this paper holds of it, and what to ask for before the programme is decided."""
    published = {name: bool(_by_group(comparison, name, "council")) for name in CHARACTERISTICS}
    rows = [Row(head, [_held(published, name, modelled), ask]) for head, name, modelled, ask in _NEEDED]
    note = "An equality impact assessment is the council's to make, with those affected. This table is a list of what to bring to it."
    columns = ["Characteristic or group", "What this paper has", "What the council holds, to ask for"]
    return table("What an equality impact assessment needs", columns, rows, note, text_columns=2)


def _held(published: Mapping[str, bool], name: str, modelled: bool) -> str:
    if not name:
        return "Nothing: not in the publications this suite holds"
    plans = "Plans by placement, published" if published[name] else "Nothing: not in the publications this suite holds"
    return (
        f"{plans}; what the programme changes, modelled"
        if modelled
        else f"{plans}; the programme's effect is not modelled"
    )


_NEEDED = (
    ("Age", "age", True, "Moves and refusals by year group; young people's own views, above all from 16 on"),
    (
        "Disability, by primary need",
        "need",
        True,
        "Secondary needs, and how each workstream treats those with more than one",
    ),
    ("Sex", "sex", False, "Girls' and boys' requests, refusals and moves; whether girls are found later"),
    (
        "Race",
        "ethnicity",
        False,
        "School census by ethnicity to hold plans against; requests, refusals and exclusions by ethnicity",
    ),
    ("Religion or belief", "", False, "Families' wish for a school of their faith, and its distance"),
    (
        "Sexual orientation, gender reassignment, pregnancy and maternity",
        "",
        False,
        "Whether each new setting is safe for them; numbers are too small to publish",
    ),
    (
        "Low income and free school meals",
        "",
        False,
        "Plans and moves by free school meals and by deprivation of where the family lives",
    ),
    (
        "Children looked after, and those with a social worker",
        "",
        False,
        "Placements decided together with social care; who speaks for the child",
    ),
    ("Language spoken at home", "", False, "Whether assessments and reviews are open to families with little English"),
    ("Where they live", "", False, "Journey to the nearest base or special school with a place, by district or area"),
)
