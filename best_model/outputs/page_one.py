"""Page one of a pack: the answer, how it stands against each target, and what would have to be true. All of it computed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from best_model.draws.odds import Sample
from best_model.faces.html import html
from best_model.faces.numbers import LEAST_POUNDS_SHOWN, children, in_futures, millions, per_cent, pounds_m, safe
from best_model.model.engine import Result
from best_model.model.phasing import FloatArray
from best_model.model.scenario import Assumption, Lever
from best_model.model.settings import setting_index
from best_model.outputs.fragment import Fragment, bullets, paragraph
from best_model.outputs.headline import SCENARIO_DRAW
from best_model.outputs.pages import report_anchor
from best_model.questions.names import before_the_plan, within_a_sentence
from best_model.questions.places import fill_up
from best_model.questions.saved import target_beside_found

JUDGEMENT = "judgement"
CHANCES = "how-sure-are-we"
_WIDTH, _BAR, _LEGEND, _HEADROOM = 360, 50, 56, 1.05


@dataclass(frozen=True)
class Evidence:
    """The programme at its sourced low, central and high effects, with what is in train at the same level."""

    low: Result
    central: Result
    high: Result

    @property
    def found(self) -> tuple[float, float, float]:
        """Saving in the last year that something is behind: low, central, high."""
        low, central, high = (float(result.found[-1]) for result in (self.low, self.central, self.high))
        return low, central, high

    @property
    def year(self) -> str:
        """The last year, in which both targets fall."""
        return self.central.years[-1]

    def target(self, name: str) -> float:
        """A published target in the last year, £."""
        return float(self.central.authority.council.targets[name][-1])


def answer(evidence: Evidence) -> Fragment:
    """The answer, no or yes first: with every priority at its central effect, does the programme reach its targets?"""
    saving = evidence.found[1]
    reached = [name for name in ("base", "stretched") if saving >= evidence.target(name)]
    opening, verdict = {
        (): ("No", "short of both its targets"),
        ("base",): ("Only the base one", "enough for its base target, not for the stretched one"),
        ("base", "stretched"): ("Yes", "enough for both its targets"),
    }[tuple(reached)]
    return Fragment(
        f'<p class="answer">{opening}: on central assumptions, the programme saves '
        f"<b>{pounds_m(saving)} a year by {evidence.year}</b>, {verdict}.</p>"
    )


def lead(evidence: Evidence) -> Fragment:
    """Under the answer: how much of it the six priorities save, and what happens to the gap, which no reader may miss."""
    central = evidence.central
    identified, in_train = (pounds_m(float(part[-1])) for part in (central.identified, central.in_train))
    modelled, published = (
        _from_and_to(gap) for gap in (central.gap_after, central.authority.council.forecast.gap_after)
    )
    return paragraph(
        f"The six priorities save {identified} of it; {in_train} is assumed of measures begun {before_the_plan(central.years)}, whose "
        f"results are not published. The yearly gap then {modelled}; even with the stretched plan met in full, it {published}. "
        "Most effects are illustrative, until the council puts in its own.",
        "lead",
    )


def _from_and_to(gap: FloatArray) -> str:
    moves = "widens" if gap[-1] > gap[0] else "narrows"
    return f"{moves} from {pounds_m(float(gap[0]))} to {pounds_m(float(gap[-1]))}"


def cards(evidence: Evidence, plans: Sequence[Result], samples: Mapping[str, Sample]) -> Fragment:
    """One card a plan: its target, how far off it is, how likely it is on the evidence, and if as much is asked as the plan does.

    `samples` by the name of their scenario: that of the evidence, and of each plan.
    """
    return Fragment(f'<div class="pair">{"".join(_card(evidence, plan, samples) for plan in plans)}</div>')


def _card(evidence: Evidence, plan: Result, samples: Mapping[str, Sample]) -> str:
    target, name = float(plan.target[-1]), plan.scenario.title
    role = "card stretch" if plan.scenario.target == "stretched" else "card"
    on_evidence, as_asked = (
        _found_in(samples[result.scenario.name], plan.scenario.target) for result in (evidence.central, plan)
    )
    likely = on_evidence.removesuffix(" of futures").removesuffix(" futures")
    asked = (
        f"reach it with each priority at the centre of its range; {as_asked} if all that the {name.lower()} plan asks is done, which is "
        f"beyond the centre for {_leaning(plan)}."
    )
    source = f'<a href="#{report_anchor(plan.authority)}">{pounds_m(target)}</a>'
    return (
        f'<section class="{role}"><h2><span>{safe(name)}, {source}</span> <span class="status">{status(evidence, target)}</span></h2>'
        f'<p class="figure">{safe(likely)} <small><a href="#{CHANCES}">of futures</a></small></p>'
        f"{paragraph(asked).html}</section>"
    )


def _found_in(sample: Sample, target: str) -> str:
    return in_futures(next(odds.chance for odds in sample.said.targets if odds.target == target), sample.said.draws)


def status(evidence: Evidence, target: float) -> str:
    """How the evidence stands against a target, by symbol and word."""
    _, central, high = evidence.found
    if central >= target:
        return "\N{BLACK CIRCLE} In reach"
    if high >= target:
        return f"\N{BLACK UP-POINTING TRIANGLE} Short by {pounds_m(target - central)}"
    return f"\N{BLACK SQUARE} Out of reach, short by {pounds_m(target - central)}"


def _due(plan: Result) -> str:
    """The balance of each year for which a target is published, where it shows at one decimal of £m."""
    years = zip(plan.years, plan.to_be_identified, plan.target, strict=True)
    shown = [
        f"{pounds_m(float(amount))} in {year}"
        for year, amount, aim in years
        if np.isfinite(aim) and amount >= LEAST_POUNDS_SHOWN
    ]
    return ", ".join(shown)


def _leaning(plan: Result) -> str:
    beyond = sum(round(lever.intensity * 100) > round(lever.evidence.value * 100) for lever in plan.scenario.levers)
    return f"{beyond} of {len(plan.scenario.levers)} priorities" if beyond else "none of the priorities"


def by_year(evidence: Evidence, plan: Result, sample: Sample) -> Fragment:
    """Target and modelled saving by year: the one figure of the page, and its numbers beside it. `sample` is of the evidence."""
    return Fragment(
        f'<div class="pair">{_bullets(evidence, plan, sample)}<div>{html(target_beside_found(evidence.central, plan))}</div></div>'
    )


def _bullets(evidence: Evidence, plan: Result, sample: Sample) -> str:
    """One bullet bar a year: where nine futures in ten fall, the central saving, and a mark at each target."""
    band = sample.said.bands["saving"]
    found = np.array([band.low, evidence.central.found, band.high]).T
    targets = evidence.central.authority.council.targets
    full = max(float(found.max()), *(float(np.nanmax(aims)) for aims in targets.values())) * _HEADROOM
    bars = "".join(_bullet(place, found[place], targets, full, year) for place, year in enumerate(plan.years))
    height = _BAR * len(plan.years)
    return (
        f'<figure><svg viewBox="0 0 {_WIDTH} {height + _LEGEND}" role="img" aria-label="{safe(_told(found, plan))}">{bars}'
        f'<text x="0" y="{height + 14}">Dark bar: modelled, central. Wide bar: nine futures in</text>'
        f'<text x="0" y="{height + 31}">ten, {safe(_ends(found))} in {plan.years[-1]}. Line: stretched target.</text>'
        f'<text x="0" y="{height + 48}">Triangle: base target.</text></svg></figure>'
    )


def _ends(found: FloatArray) -> str:
    """The range of the last year, £m."""
    low, _, high = (millions(float(amount)) for amount in found[-1])
    return f"{low} to {high}"


def _bullet(place: int, found: FloatArray, targets: Mapping[str, FloatArray], full: float, year: str) -> str:
    top, scale = _BAR * place + 20, _WIDTH / full
    low, central, high = (float(amount) * scale for amount in found)
    aims = {name: float(amounts[place]) for name, amounts in targets.items() if np.isfinite(amounts[place])}
    said = f"{year}: {millions(float(found[1]))} modelled" + "".join(
        f", {name} {millions(aim)}" for name, aim in aims.items()
    )
    marks = "".join(_mark(name, aim * scale, top) for name, aim in aims.items())
    return (
        f'<text x="0" y="{top - 6}">{safe(said)}</text>'
        f'<rect x="0" y="{top}" width="{_WIDTH}" height="18" fill="#e6e9ee"/>'
        f'<rect x="{low:.1f}" y="{top}" width="{high - low:.1f}" height="18" fill="#b8c7d6" stroke="#4a5361"/>'
        f'<rect x="0" y="{top + 5}" width="{central:.1f}" height="8" fill="#12436d"/>{marks}'
    )


def _mark(name: str, at: float, top: int) -> str:
    if name == "base":
        return f'<path d="M{at - 6:.1f} {top - 4}h12l-6 11z" fill="#14181f" stroke="#fff"/>'
    return f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{top - 4}" y2="{top + 22}" stroke="#801650" stroke-width="4"/>'


def _told(found: FloatArray, plan: Result) -> str:
    """What the figure says, to someone who cannot see it."""
    said = [
        f"{year}: {pounds_m(float(central))}, nine futures in ten {pounds_m(float(low))} to {pounds_m(float(high))}, target "
        f"{pounds_m(float(aim)) if np.isfinite(aim) else 'not published'}"
        for year, (low, central, high), aim in zip(plan.years, found, plan.target, strict=True)
    ]
    return (
        f"Saving modelled on central assumptions against the {plan.scenario.title.lower()} target. {'; '.join(said)}."
    )


def truths(evidence: Evidence, base: Result, plan: Result) -> Fragment:
    """What would have to be true for each plan to be met: children, places, intensities, and for the further one the balance."""
    last = plan.authority.januaries[-1]
    asked, of_base, central = (children(_fewer_in_inmss(result)) for result in (plan, base, evidence.central))
    items = [
        f"{asked} fewer children in independent or non-maintained special schools (INMSS) in January {last} than doing nothing, "
        f"{of_base} for the base plan; central effects give {central}",
        *_places(plan),
        _leaned_on(plan, base),
        f"{pounds_m(float(plan.in_train[-1]))} a year from measures begun {before_the_plan(plan.years)}",
        *_balance(plan),
        _judged(plan),
    ]
    return bullets(items, "true")


def _fewer_in_inmss(result: Result) -> float:
    counts, inmss = result.simulation.by_setting, setting_index("inmss")
    return float(counts[0, -1, inmss] - counts[SCENARIO_DRAW, -1, inmss])


def _leaned_on(plan: Result, base: Result) -> str:
    """The priorities that the plan leans on most beyond the centre of their range, and how far; the base plan likewise."""
    leaning, of_base = _most_leaned_on(plan), _most_leaned_on(base)
    same = {lever.name for lever in leaning} == {lever.name for lever in of_base}
    others = "" if same else f"{within_a_sentence(_names(of_base))} at "
    return (
        f"{_names(leaning)} at {_from_to(leaning)} of the most assumed; for the base plan, {others}{_from_to(of_base)}"
    )


def _most_leaned_on(plan: Result) -> list[Lever]:
    return sorted(plan.scenario.levers, key=lambda lever: lever.evidence.value - lever.intensity)[:3]


def _names(levers: Sequence[Lever]) -> str:
    return _listed(sorted(within_a_sentence(lever.label) for lever in levers))


def _listed(labels: Iterable[str]) -> str:
    said = "; ".join(labels)
    return f"{said[:1].upper()}{said[1:]}"


def _from_to(levers: Sequence[Lever]) -> str:
    shares = sorted({per_cent(lever.intensity) for lever in levers}, key=lambda share: float(share.rstrip("%")))
    return " to ".join(dict.fromkeys((shares[0], shares[-1])))


def _places(plan: Result) -> list[str]:
    """Places opened by the last September, and how many of them are filled by the January after."""
    filled = fill_up(plan)
    if not filled:
        return []
    opened, taken = (sum(float(getattr(each, part)[-1]) for each in filled) for part in ("opened", "filled"))
    september = plan.authority.januaries[-1] - 1
    return [
        f"{children(opened)} new places in special schools and bases by September {september}, and {children(taken)} of them filled"
    ]


def _balance(plan: Result) -> list[str]:
    due = _due(plan)
    return [f"Savings that no measure stands behind yet: {due}"] if due else []


def _judged(plan: Result) -> str:
    effects = _effects(plan)
    judged = sum(figure.source == JUDGEMENT for figure in effects)
    return f"What is assumed of the priorities holds: {judged} of {len(effects)} figures for it rest on the authors' judgement"


def _effects(plan: Result) -> list[Assumption]:
    return [figure for lever in plan.scenario.levers for figure in lever.effects.values()]


def caution(plan: Result) -> Fragment:
    """What every reader of the pack must know about its figures."""
    return paragraph(
        f"The {len(_effects(plan))} figures for what the priorities do rest on targets and claims made elsewhere and on the authors' "
        "judgement, as many costs and places do. They are illustrative, until the council puts in its own.",
        "note",
    )
