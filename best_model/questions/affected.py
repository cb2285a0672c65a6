"""Who holds a plan, by age, need, sex and ethnicity as published; whom the programme reaches; and what an assessment still needs."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from best_model.model.comparison import CHARACTERISTICS, Comparison, Scope
from best_model.model.engine import DO_NOTHING, SCENARIO, Result
from best_model.model.phasing import FloatArray
from best_model.model.settings import AGE_BANDS, NEEDS, SETTINGS
from best_model.questions.others import NOT_HELD
from best_model.table import NOT_APPLICABLE, ROUNDED, Column, Row, Table, Unit, Value, listed, modelled, under

_TOO_FEW = NOT_APPLICABLE("too few")
_FEW = 30
_SPECIAL = [list(SETTINGS).index(name) for name in ("state_special", "inmss")]
_CHANGES = {
    "mainstream": "Mainstream",
    "resource_base": "Base or unit",
    "state_special": "State special",
    "inmss": "INMSS",
    "not_in_education": "Not in education",
}
_HEADS = {"age": "Age at 31 August", "need": "Primary need", "sex": "Sex", "ethnicity": "Ethnicity"}

# ---- Who has a plan


class Group(NamedTuple):
    """A group's share of the council's plans and, where they are held, of the nation's."""

    name: str
    share: float
    nation: float | None


def largest_by_sex(comparison: Comparison) -> Group | None:
    """The sex with most plans; None where plans by sex are not held."""
    held, nation = _by_group(comparison, "sex", "council"), _by_group(comparison, "sex", "nation")
    if not held:
        return None
    most = max(held, key=lambda group: held[group].sum())
    return Group(most, _share(held, most), _share(nation, most) if nation else None)


class Furthest(NamedTuple):
    """The group that stands furthest from the average for its size: its share in special schools, and that of all."""

    name: str
    share: float
    of_all: float


def furthest_ethnic_group(comparison: Comparison) -> Furthest | None:
    """The ethnic group whose share in special schools differs most from that of all, in standard errors of its own size."""
    groups = _by_group(comparison, "ethnicity", "council")
    counted = {name: plans for name, plans in groups.items() if plans.sum() >= _FEW}
    everybody = sum(groups.values(), np.zeros(len(SETTINGS)))
    if not counted or not 0 < everybody[_SPECIAL].sum() < everybody.sum():
        return None
    whole = float(everybody[_SPECIAL].sum() / everybody.sum())
    share = {name: float(plans[_SPECIAL].sum() / plans.sum()) for name, plans in counted.items()}
    most = max(share, key=lambda name: abs(share[name] - whole) * np.sqrt(counted[name].sum()))
    return Furthest(most, share[most], whole)


def ethnicity_not_recorded(comparison: Comparison) -> float | None:
    """Share of plans whose holder's ethnicity is not recorded; None where that is not held."""
    groups = _by_group(comparison, "ethnicity", "council")
    unknown = next((each.group for each in comparison.parts if each.part == "Unclassified"), "")
    return _share(groups, unknown) if unknown in groups else None


def plans_by_characteristic(comparison: Comparison, name: str) -> Table:
    """Plans by `age`, `need`, `sex` or `ethnicity`, beside the nation's shares; where they are not published, who holds them."""
    own, nation = _by_group(comparison, name, "council"), _by_group(comparison, name, "nation")
    if not own:
        return _not_published(name)
    first = next(each for each in comparison.parts if each.characteristic == name and each.scope == "council")
    rows = [
        Row(group, (plans.sum(), *_shares(own, nation, group)), "published", f"source:{first.source}")
        for group, plans in own.items()
    ]
    other = comparison.area("nation") or "Nation"
    shares = ("Share of plans", f"Share of plans, {other}", "In special schools", f"In special schools, {other}")
    columns = (Column("Plans", Unit.CHILDREN), *under(shares, Unit.SHARE))
    caption = f"Plans by {name} in {first.area}, January {first.january}"
    return Table(f"plans_by_{name}", caption, _HEADS[name], columns, rows)


def _not_published(name: str) -> Table:
    said = f"not in the publications that we hold; the council holds it: ask for plans by {name} and placement at the last January census"
    columns, rows = under(["What is published"], Unit.WORDS), [Row(f"By {name}", (said,))]
    return Table(f"plans_by_{name}", f"Plans by {name}", _HEADS[name], columns, rows)


def plans_by_each(comparison: Comparison) -> tuple[Table, ...]:
    """One table for each of age, need, sex and ethnicity."""
    return tuple(plans_by_characteristic(comparison, name) for name in CHARACTERISTICS)


def _shares(own: Mapping[str, FloatArray], nation: Mapping[str, FloatArray], group: str) -> list[Value]:
    beside = (_share(nation, group), _in_special(nation[group])) if group in nation else (NOT_HELD, NOT_HELD)
    return [_share(own, group), beside[0], _in_special(own[group]), beside[1]]


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


def _in_special(plans: FloatArray) -> Value:
    return _TOO_FEW if plans.sum() < _FEW else float(plans[_SPECIAL].sum() / plans.sum())


# ---- Whom the programme reaches


class Affected(NamedTuple):
    """Children of one group in the last January, (setting,): with nothing done, and with the programme."""

    group: str
    idle: FloatArray
    acting: FloatArray

    @property
    def change(self) -> FloatArray:
        """Children in each setting that the programme adds, negative where it takes away."""
        return self.acting - self.idle

    @property
    def fewer(self) -> float:
        """Share of the group's plans that are fewer with the programme."""
        return float(-self.change.sum() / self.idle.sum()) if self.idle.sum() else 0.0

    def moved_from(self, setting: str) -> float:
        """Children fewer in a setting."""
        return float(-self.change[list(SETTINGS).index(setting)])


def by_age(result: Result) -> tuple[Affected, ...]:
    """Whom the programme reaches by age band of the DSG management plan."""
    plans = result.simulation.plans[[DO_NOTHING, SCENARIO], -1].sum(axis=2)
    bands = AGE_BANDS.items()
    return tuple(Affected(name, *plans[:, low : high + 1].sum(axis=1)) for name, (low, high) in bands)


def by_need(result: Result) -> tuple[Affected, ...]:
    """Whom the programme reaches by primary need."""
    plans = result.simulation.plans[[DO_NOTHING, SCENARIO], -1].sum(axis=1)
    return tuple(Affected(name, *plans[:, place]) for place, name in enumerate(NEEDS.values()))


def everyone(groups: Sequence[Affected]) -> Affected:
    """All groups together."""
    return Affected("All plans", *np.sum([(each.idle, each.acting) for each in groups], axis=0))


class Reached(NamedTuple):
    """Whom a plan reaches by the last January, children: fewer in INMSS, and the age band and need that most of them are of.

    `fewer_plans` against doing nothing, and their share of all; `hit` is the age band whose plans fall by the largest share.
    """

    out_of_inmss: float
    mostly_aged: str
    share_of_that_age: float
    fewer_plans: float
    fewer_share: float
    hit: str
    hit_share: float
    need: str
    of_that_need: float
    changes: bool


def reached(result: Result) -> Reached:
    """The programme's reach by age and by need."""
    bands, needs = by_age(result), by_need(result)
    both = everyone(bands)
    moved = both.moved_from("inmss")
    most, need = (max(groups, key=lambda group: group.moved_from("inmss")) for groups in (bands, needs))
    hit = max(bands, key=lambda band: band.fewer)
    share = most.moved_from("inmss") / moved if moved else 0.0
    return Reached(
        moved, most.group, share, float(-both.change.sum()), both.fewer, hit.group, hit.fewer, need.group,
        need.moved_from("inmss"), bool(abs(both.change).sum() >= 1),
    )  # fmt: skip


@listed("result")
def affected_by_age(result: Result) -> Table:
    """Children by age band in the last January, and what the programme changes in all and in five settings."""
    return _affected(result, by_age(result), "age")


@listed("result")
def affected_by_need(result: Result) -> Table:
    """Children by primary need in the last January, and what the programme changes in all and in five settings."""
    return _affected(result, by_need(result), "need")


def _affected(result: Result, groups: Sequence[Affected], name: str) -> Table:
    rows = [modelled(each.group, _changed(each)) for each in groups]
    rows.append(Row("All plans", _changed(everyone(groups)), total=True))
    columns = (Column("Nothing done", Unit.CHILDREN), *under(("Change", *_CHANGES.values()), Unit.CHANGE))
    caption = f"Whom {result.scenario.title} affects by {name}, January {result.authority.januaries[-1]}"
    note = (
        "Children with a plan, then what the programme changes in all and in five settings; other settings are in all."
    )
    return Table(f"affected_by_{name}", caption, _HEADS[name], columns, rows, (note, ROUNDED))


def _changed(group: Affected) -> list[Value]:
    places = [list(SETTINGS).index(setting) for setting in _CHANGES]
    return [group.idle.sum(), group.change.sum(), *group.change[places]]


# ---- What an assessment still needs


def assessment_needs(comparison: Comparison) -> Table:
    """Each protected characteristic: what this paper holds of it, and what to ask for before the programme is decided."""
    published = {name: bool(_by_group(comparison, name, "council")) for name in CHARACTERISTICS}
    rows = [Row(head, (_held(published, name, modelled), ask)) for head, name, modelled, ask in _NEEDED]
    note = "An equality impact assessment is the council's to make, with those affected. This table is a list of what to bring to it."
    columns = under(("What this paper has", "What the council holds, to ask for"), Unit.WORDS)
    caption = "What an equality impact assessment needs"
    return Table("assessment_needs", caption, "Characteristic or group", columns, rows, (note,))


def _held(published: Mapping[str, bool], name: str, modelled: bool) -> str:
    nothing = "Nothing: not in the publications that we hold"
    if not name:
        return nothing
    plans = "Plans by placement, published" if published[name] else nothing
    effect = "what the programme changes, modelled" if modelled else "the programme's effect is not modelled"
    return f"{plans}; {effect}"


_NEEDED = (
    ("Age", "age", True, "Moves and refusals by year group; young people's own views, above all from 16 on"),
    ("Disability, by primary need", "need", True, "Secondary needs, and how each workstream treats those with more than one"),
    ("Sex", "sex", False, "Girls' and boys' requests, refusals and moves; whether girls are found later"),
    ("Race", "ethnicity", False,
     "School census by ethnicity to hold plans against; requests, refusals and exclusions by ethnicity"),
    ("Religion or belief", "", False, "Families' wish for a school of their faith, and its distance"),
    ("Sexual orientation, gender reassignment, pregnancy and maternity", "", False,
     "Whether each new setting is safe for them; numbers are too small to publish"),
    ("Low income and free school meals", "", False,
     "Plans and moves by free school meals and by deprivation of where the family lives"),
    ("Children looked after, and those with a social worker", "", False,
     "Placements decided together with social care; who speaks for the child"),
    ("Language spoken at home", "", False, "Whether assessments and reviews are open to families with little English"),
    ("Where they live", "", False, "Journey to the nearest base or special school with a place, by district or area"),
)  # fmt: skip
