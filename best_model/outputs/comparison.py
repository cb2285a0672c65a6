"""The council beside its region, England and other councils: growth, placements and service, as published."""

from collections.abc import Sequence

from best_model.faces.html import html
from best_model.faces.numbers import MINUS, children, january
from best_model.model.authority import Authority
from best_model.model.comparison import MEASURES, Compared, Comparison, Scope
from best_model.outputs.fragment import Fragment, bullets, paragraph
from best_model.outputs.tables import Row, slug, table
from best_model.questions.names import within_a_sentence
from best_model.questions.peers import GrowthAccount, growth_account, growth_accounts
from best_model.questions.sources import sources

NOT_GIVEN = "not held"
LABELS = {
    "plans": "Plans",
    "growth_one_year": "Growth in the last year",
    "growth_six_years": "Growth a year over six years",
    "share_mainstream": "Mainstream",
    "share_resource_base": "Base or unit",
    "share_state_special": "State special",
    "share_inmss": "INMSS",
    "share_post_16": "Colleges",
    "share_not_in_education": "Not in education",
    "share_eotas": "EOTAS",
    "requests": "Requests for an assessment",
    "refused_to_assess": "Requests refused an assessment",
    "assessments_to_plan": "Assessments that end in a plan",
    "new_plans": "New plans",
    "ceased_plans": "Plans ceased",
    "within_20_weeks": "New plans issued within 20 weeks",
    "over_a_year": "New plans that took more than a year",
    "reviews_held": "Annual reviews held, of those expected",
    "review_decisions_outstanding": "Decisions after review outstanding, of reviews expected",
    "need_asd": "Plans for autism",
    "need_semh": "Plans for social, emotional and mental health",
    "need_slcn": "Plans for speech, language and communication",
    "need_mld": "Plans for moderate learning difficulty",
    "need_sld": "Plans for severe learning difficulty",
    "need_spld": "Plans for specific learning difficulty",
    "appeal_rate": "Appeals to the tribunal, of decisions that can be appealed",
    "dsg_balance": "Balance of the Dedicated Schools Grant, of a year's income",
}
"""What a measure is called in a table."""

PLACEMENTS = tuple(name for name in MEASURES if name.startswith("share_"))
SERVICE = (
    "requests", "refused_to_assess", "assessments_to_plan", "new_plans", "ceased_plans", "within_20_weeks", "over_a_year",
    "reviews_held", "review_decisions_outstanding", "appeal_rate", "dsg_balance",
)  # fmt: skip
NEEDS_SHOWN = tuple(name for name in MEASURES if name.startswith("need_"))
_STOCKS = ("plans", "growth_one_year", "growth_six_years", *PLACEMENTS, *NEEDS_SHOWN)
_GROWTH = ("growth_one_year", "growth_six_years")


def none_held(comparison: Comparison) -> Fragment | None:
    """What stands for a table or a sentence of a council that holds no comparison; None where it holds one."""
    if comparison.figures and comparison.area("council"):
        return None
    return paragraph(
        "This council's folder holds no comparison with others: its comparison.csv is empty or absent.", "note"
    )


def rate(share: float) -> str:
    """A published rate, to one decimal as it is published: `9.3%`."""
    text = f"{abs(share) * 100:.1f}%"
    return f"{MINUS}{text}" if share < 0 and text != "0.0%" else text


def shown(figure: Compared) -> str:
    """A figure in its own unit."""
    return children(figure.value) if MEASURES[figure.measure] == "count" else rate(figure.value)


def when(figure: Compared) -> str:
    """The January of a stock, the calendar year of a flow, the 31 March of a balance."""
    if figure.measure == "dsg_balance":
        return f"31 March {figure.year}"
    return january(figure.year) if figure.measure in _STOCKS else str(figure.year)


# ---- Growth


def how_we_grew(comparison: Comparison) -> Fragment:
    """Growth over six years beside region and nation: the answer."""
    if (none := none_held(comparison)) is not None:
        return none
    found = _wider("growth_six_years", comparison)
    if len(found) < 2:
        return paragraph("The growth of region and nation is not held, so ours cannot be compared.", "answer")
    own, *others = found
    beside = " and ".join(f"{rate(each.value)} in {_the(each.area)}" for each in others)
    return paragraph(f"Over six years plans in {own.area} grew {rate(own.value)} a year, against {beside}.", "answer")


def why_growth_differs(comparison: Comparison) -> Fragment:
    """The last year's growth beside the others', and whether new plans or fewer ceased ones account for it."""
    if (none := none_held(comparison)) is not None:
        return none
    said = [_last_year(comparison)] if _wider("growth_one_year", comparison) else []
    ours = growth_accounts(comparison, "council")
    nation = growth_account(comparison, "nation", ours[-1].year) if ours else None
    if ours and nation:
        said.append(_account_in_words(comparison, ours[-1], nation))
    return paragraph(" ".join(said) or "The parts of growth are not held.")


def _last_year(comparison: Comparison) -> str:
    own, *others = _wider("growth_one_year", comparison)
    beside = " and ".join(f"{_side(own.value, each.value)} {_the(each.area)} ({rate(each.value)})" for each in others)
    return f"In the year to {january(own.year)} plans grew {rate(own.value)}: {beside or 'no other area is held'}."


def _side(own: float, other: float) -> str:
    return "as much as in" if rate(own) == rate(other) else "more than in" if own > other else "less than in"


def _account_in_words(comparison: Comparison, ours: GrowthAccount, nation: GrowthAccount) -> str:
    area = _the(comparison.area("nation"))
    return (
        f"For each hundred plans open when {ours.year} began, {_hundredths(ours.new)} were new "
        f"({area}: {_hundredths(nation.new)}) and {_hundredths(ours.ceased)} ceased ({_hundredths(nation.ceased)}); "
        f"moves between councils and late recording account for {_hundredths(ours.other)} ({_hundredths(nation.other)}). "
        f"So {_reason(ours, nation, area)}."
    )


def _hundredths(share: float) -> str:
    return rate(share).removesuffix("%")


def _reason(ours: GrowthAccount, nation: GrowthAccount, area: str) -> str:
    """Which of the three parts moves our growth most towards where it stands beside the nation's."""
    parts = {
        "more plans were new": ours.new - nation.new,
        "fewer plans ceased": nation.ceased - ours.ceased,
        "more came by moves or late recording": ours.other - nation.other,
    }
    opposite = {"more": "fewer", "fewer": "more"}
    if ours.growth >= nation.growth:
        return f"growth was faster than in {area} most of all because {max(parts, key=parts.__getitem__)}"
    first, _, rest = min(parts, key=parts.__getitem__).partition(" ")
    return f"growth was slower than in {area} most of all because {opposite[first]} {rest}"


def what_members_were_told(comparison: Comparison) -> Fragment:
    """Growth as an earlier paper gave it, beside what the latest release gives for the same years."""
    told = comparison.latest("growth_as_told", "council")
    plans = comparison.series("plans", "council")
    if told is None or not plans:
        return paragraph("No earlier statement of growth is held to compare with.")
    first = plans[0].year
    earlier = ", ".join(f"{each.value:.0%} in {_the(each.area)}" for each in comparison.across("growth_as_told"))
    now = ", ".join(
        f"{after / before - 1:.0%} in {_the(comparison.area(scope))}"
        for scope in ("council", "region", "nation")
        if (before := comparison.at("plans", scope, first)) and (after := comparison.at("plans", scope, told.year))
    )
    return paragraph(
        f"In {told.year} members were told of growth {told.note}: {earlier}. The latest release gives, for {january(first)} to "
        f"{january(told.year)}: {now}. What lies behind the earlier figures is not published, so the two cannot be reconciled."
    )


def growth_table(comparison: Comparison) -> Fragment:
    """Plans and growth of every area in the last January."""
    columns = ("plans", *_GROWTH)
    own = comparison.latest("plans", "council")
    title = f"Plans and their growth, {january(own.year)}" if own else ""
    note = f"{_crossing(comparison)} {_of_neighbours(comparison)}".strip()
    return none_held(comparison) or _area_table(comparison, title, columns, note)


def account_table(comparison: Comparison) -> Fragment:
    """New, ceased and other, by year, for the council and the nation, as shares of the plans open when the year began."""
    if (none := none_held(comparison)) is not None:
        return none
    scopes: tuple[Scope, ...] = ("council", "nation")
    rows = [
        Row(
            f"{comparison.area(scope)}, {account.year}",
            [rate(account.new), rate(-account.ceased), rate(account.other), rate(account.growth)],
            "derived",
            _source(comparison.latest("plans", scope)),
        )
        for scope in scopes
        for account in growth_accounts(comparison, scope)
    ]
    note = (
        "Derived is worked out from published counts: shares of the plans open when the year began. Other is what stock and flows "
        "leave over: moves between councils, those who turn 26, and what is recorded late. The region's flows are not held. "
        f"{_crossing(comparison)}"
    )
    columns = ["Area and year", "New plans", "Ceased", "Other", "Growth"]
    return table("Why the number of plans grew", columns, rows, note)


def _breaks(comparison: Comparison) -> list[int]:
    return sorted({each.year for each in comparison.series("plans", "council") if each.breaks})


def _crossing(comparison: Comparison) -> str:
    """Growth over a year in which the series begins anew."""
    years = " and ".join(january(year) for year in _breaks(comparison))
    return f"Growth over {years} crosses a break in the series, for every area alike." if years else ""


# ---- Placements and needs


def how_placements_differ(comparison: Comparison) -> Fragment:
    """The two settings whose share stands furthest from the nation's: the answer."""
    if (none := none_held(comparison)) is not None:
        return none
    apart = furthest_apart(comparison)
    if not apart:
        return paragraph("Placements of the nation are not held, so ours cannot be compared.", "answer")
    return paragraph(f"Placements differ most from {_the(comparison.area('nation'))} in two: {apart}.", "answer")


def furthest_apart(comparison: Comparison) -> str:
    """The two settings whose share stands furthest from the nation's, with both shares; empty where the nation's are not held."""
    pairs = {name: pair for name in PLACEMENTS if (pair := _pair(comparison, name))}
    most = sorted(pairs, key=lambda name: -abs(pairs[name][0] - pairs[name][1]))[:2]
    said = [f"{within_a_sentence(LABELS[name])} {rate(pairs[name][0])} against {rate(pairs[name][1])}" for name in most]
    return " and ".join(said)


def _pair(comparison: Comparison, name: str) -> tuple[float, float] | None:
    own, other = comparison.latest(name, "council"), comparison.latest(name, "nation")
    return (own.value, other.value) if own and other else None


def placement_table(comparison: Comparison) -> Fragment:
    """Share of plans by setting for every area in the last January."""
    own = comparison.latest(PLACEMENTS[0], "council")
    title = f"Where children with a plan are placed, {january(own.year)}, share of plans" if own else ""
    note = f"Settings that few are in are left out, so rows do not add to 100%. {_of_neighbours(comparison)}"
    return none_held(comparison) or _area_table(comparison, title, PLACEMENTS, note)


def _area_table(comparison: Comparison, title: str, columns: Sequence[str], note: str) -> Fragment:
    by_area = {name: {each.area: each for each in comparison.across(name)} for name in columns}
    rows = [
        Row(
            area,
            [shown(found[area]) if area in found else NOT_GIVEN for found in by_area.values()],
            "published",
            _source(next(found[area] for found in by_area.values() if area in found)),
            total=area == comparison.area("council"),
        )
        for area in dict.fromkeys(area for found in by_area.values() for area in found)
    ]
    return table(title, ["Area", *(LABELS[name] for name in columns)], rows, note)


def _of_neighbours(comparison: Comparison) -> str:
    if not any(each.scope == "neighbour" for each in comparison.figures):
        return ""
    return "The other councils are our choice of neighbours, not the Department for Education's list of statistical neighbours."


# ---- Service


def how_service_differs(comparison: Comparison) -> Fragment:
    """Plans issued in time beside the nation's, first year and last: the answer."""
    if (none := none_held(comparison)) is not None:
        return none
    own, nation = comparison.series("within_20_weeks", "council"), comparison.series("within_20_weeks", "nation")
    if not own or not nation:
        return paragraph("How soon plans are issued is not held for council and nation.", "answer")
    return paragraph(
        f"In {own[-1].year}, {rate(own[-1].value)} of new plans came within 20 weeks, {rate(nation[-1].value)} in "
        f"{_the(nation[-1].area)}; in {own[0].year} it was {rate(own[0].value)}.",
        "answer",
    )


def service_table(comparison: Comparison) -> Fragment:
    """Each measure of the service and of need in the last year it has, with the year before where there is one."""
    rows = [_service_row(comparison, name) for name in (*SERVICE, *NEEDS_SHOWN) if comparison.latest(name, "council")]
    columns = ["Measure", "When", comparison.area("council"), "The year before", comparison.area("nation") or "Nation"]
    note = (
        "Neither the region nor other councils are held for these. Whole numbers are counts, and cannot be held against the nation's "
        "without their change: requests and new plans are drawn above as growth."
    )
    return none_held(comparison) or table(
        "Assessment, review, appeal, need and money, as published", columns, rows, note
    )


def _service_row(comparison: Comparison, name: str) -> Row:
    own = comparison.series(name, "council")
    nation = comparison.at(name, "nation", own[-1].year)
    other = next((each for each in comparison.series(name, "nation") if each.year == own[-1].year), None)
    before = next((shown(each) for each in own if each.year == own[-1].year - 1), NOT_GIVEN)
    cells = [when(own[-1]), shown(own[-1]), before, NOT_GIVEN if nation is None or other is None else shown(other)]
    return Row(LABELS[name], cells, "published", _source(own[-1]))


# ---- How far they can be compared


def how_far_to_trust(comparison: Comparison) -> Fragment:
    """What makes these figures hard to compare over years and between councils."""
    if (none := none_held(comparison)) is not None:
        return none
    broken = [
        f"The count of plans begins anew in {january(each.year)}. {each.note.rstrip('.') or 'Why is not recorded here'}."
        for each in comparison.series("plans", "council")
        if each.breaks
    ]
    return bullets([*broken, *(trap for measure, trap in _TRAPS if comparison.latest(measure, "council"))])


_TRAPS = (
    (
        "share_resource_base",
        "Bases and units are coded differently from year to year and between councils, so a nought may be a matter of recording.",
    ),
    (
        "share_eotas",
        "EOTAS is the release's other arrangements by the council or by parents: near to section 61 packages, but not the same.",
    ),
    (
        "plans",
        "A rate on plans says nothing of how many children there are. Plans for each child in the population are not held here.",
    ),
    ("plans", "Growth in plans is need, law, practice and recording together; no published figure parts them."),
)
"""What makes a measure hard to compare, said where the council holds that measure."""


def sources_cited(authority: Authority, comparison: Comparison) -> Fragment:
    """The sources of what is compared on this page; the pack's paper on what figures rest on has every source."""
    cited = {each.source for each in comparison.figures} | {each.source for each in comparison.parts}
    return Fragment(html(sources(authority, cited))) if cited else paragraph("Nothing is compared on this page.")


def _wider(measure: str, comparison: Comparison) -> list[Compared]:
    """The council's figure, then the region's and the nation's; empty where the council has none."""
    found = [each for each in comparison.across(measure) if each.scope != "neighbour"]
    return found if found and found[0].scope == "council" else []


def _the(area: str) -> str:
    """An area within a sentence: a region takes its article."""
    return f"the {area}" if area.startswith(("East ", "West ", "South ", "North ")) else area


def _source(figure: Compared | None) -> str:
    return f"source-{slug(figure.source)}" if figure else ""
