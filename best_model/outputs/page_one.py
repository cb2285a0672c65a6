"""Page one of a pack: the answer, how it stands against each target, and what would have to be true. All of it computed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from best_model.analysis.odds import Sample
from best_model.analysis.places import fill_up
from best_model.model.engine import Result
from best_model.model.settings import setting_index
from best_model.outputs.fragment import Fragment, bullets, paragraph
from best_model.outputs.headline import SCENARIO_DRAW
from best_model.outputs.words import LEAST_POUNDS_SHOWN, children, in_futures, per_cent, pounds_m, safe

JUDGEMENT = "judgement"
_WIDTH, _HEADROOM = 360, 1.1


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
    """The answer, in one sentence: with every priority at its central effect, does the programme reach its targets?"""
    saving = evidence.found[1]
    reached = [name for name in ("base", "stretched") if saving >= evidence.target(name)]
    verdict = {
        (): "short of both its targets",
        ("base",): "enough for its base target, not for the stretched one",
        ("base", "stretched"): "enough for both its targets",
    }[tuple(reached)]
    return Fragment(
        f'<p class="answer">On central assumptions, the programme saves <b>{pounds_m(saving)} a year by {evidence.year}</b>: {verdict}.</p>'
    )


def lead(evidence: Evidence) -> Fragment:
    """Two or three sentences under the answer: how far from each target, and what happens to the gap even so."""
    saving = evidence.found[1]
    forecast = evidence.central.authority.council.forecast
    in_train = float(evidence.central.in_train[-1])
    distances = " and ".join(_distance(saving, evidence.target(name), name) for name in ("base", "stretched"))
    return paragraph(
        f"That is {distances}. Of it, {pounds_m(in_train)} comes from measures begun before April 2026. Even if the "
        "stretched plan is met "
        f"in full, the yearly gap still widens, from {pounds_m(forecast.gap_after[0])} to "
        f"{pounds_m(forecast.gap_after[-1])}.",
        "lead",
    )


def _distance(saving: float, target: float, name: str) -> str:
    side = "above" if saving >= target else "below"
    return f"{pounds_m(abs(saving - target))} {side} the {name} target of {pounds_m(target)}"


def cards(evidence: Evidence, plans: Sequence[Result], samples: Mapping[str, Sample]) -> Fragment:
    """One card a plan: its target, whether the evidence reaches it, the range, how likely it is, and what the plan asks beyond it.

    `samples` by the name of their scenario: that of the evidence, and of each plan.
    """
    drawn = "".join(_card(evidence, plan, _likely(evidence, plan, samples)) for plan in plans)
    return Fragment(f'<div class="pair">{drawn}</div>')


def _likely(evidence: Evidence, plan: Result, samples: Mapping[str, Sample]) -> str:
    """How often a target is found, as the evidence has it and as the plan asks."""
    on_evidence, as_asked = (
        _found_in(samples[result.scenario.name], plan.scenario.target) for result in (evidence.central, plan)
    )
    return paragraph(
        f"With every assumption drawn at once, it is found in {on_evidence} on the evidence, and in {as_asked} if as much is asked as the "
        "plan does. The model's own error is in neither."
    ).html


def _found_in(sample: Sample, target: str) -> str:
    return in_futures(next(odds.chance for odds in sample.said.targets if odds.target == target), sample.said.draws)


def _card(evidence: Evidence, plan: Result, likely: str) -> str:
    low, central, high = evidence.found
    target = float(plan.target[-1])
    name = plan.scenario.title
    role = "card stretch" if plan.scenario.target == "stretched" else "card"
    said = paragraph(
        f"Between {pounds_m(low)} with every priority, and what is in train, at the low end of its range, and "
        f"{pounds_m(high)} at the most "
        "any source supports."
    ).html
    return (
        f'<section class="{role}"><h2>{safe(name)}, {pounds_m(target)} a year <span class="status">{status(evidence, target)}</span></h2>'
        f'<p class="figure">{pounds_m(central)} <small>on central assumptions, {evidence.year}</small></p>'
        f"{_bullet(name, evidence.found, target, role)}{said}{likely}{_asked(plan).html}</section>"
    )


def status(evidence: Evidence, target: float) -> str:
    """How the evidence stands against a target, by symbol and word."""
    _, central, high = evidence.found
    if central >= target:
        return "\N{BLACK CIRCLE} In reach"
    if high >= target:
        return f"\N{BLACK UP-POINTING TRIANGLE} Short by {pounds_m(target - central)}"
    return f"\N{BLACK SQUARE} Out of reach, short by {pounds_m(target - central)}"


def _asked(plan: Result) -> Fragment:
    """What a plan asks beyond the evidence, and what no measure stands behind."""
    due = _due(plan)
    balance = f"still to be identified: {due}" if due else "measures stand behind all of it"
    return paragraph(
        f"The {plan.scenario.title.lower()} plan leans harder than central on {_leaning(plan)}; {balance}."
    )


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


def _bullet(name: str, found: tuple[float, float, float], target: float, role: str) -> str:
    """A bullet bar: a pale track, the range of the evidence, the central saving, the target."""
    full = max(*found, target) * _HEADROOM
    low, central, high, aim = (_WIDTH * value / full for value in (*found, target))
    dark, wash = ("#801650", "#d9c3d0") if "stretch" in role else ("#12436d", "#b8c7d6")
    least, saving, most = map(pounds_m, found)
    told = f"{name}: {saving} on central assumptions, range {least} to {most}, against a target of {pounds_m(target)}"
    return (
        f'<svg viewBox="0 0 {_WIDTH} 62" role="img" aria-label="{safe(told)}">'
        f'<rect x="0" y="14" width="{_WIDTH}" height="22" fill="#e6e9ee"/>'
        f'<rect x="{low:.1f}" y="14" width="{high - low:.1f}" height="22" fill="{wash}"/>'
        f'<rect x="0" y="20" width="{central:.1f}" height="10" fill="{dark}"/>'
        f'<line x1="{aim:.1f}" x2="{aim:.1f}" y1="8" y2="42" stroke="#14181f" stroke-width="3"/>'
        f'<text x="{aim:.1f}" y="57" text-anchor="{"end" if aim > _WIDTH * 0.85 else "middle"}">target {pounds_m(target)}</text></svg>'
    )


def truths(evidence: Evidence, plan: Result) -> Fragment:
    """What would have to be true for a plan to be met: children, places, intensities, and the balance."""
    inmss, settings = setting_index("inmss"), plan.simulation.by_setting
    central, last = evidence.central.simulation.by_setting, plan.authority.januaries[-1]
    avoided, supported = (counts[0, -1, inmss] - counts[SCENARIO_DRAW, -1, inmss] for counts in (settings, central))
    leaning = sorted(plan.scenario.levers, key=lambda lever: lever.evidence.value - lever.intensity)[:3]
    items = [
        f"{children(avoided)} fewer children in independent special schools (INMSS) in January {last} than if "
        "nothing is done; "
        f"central effects give {children(supported)}",
        *_places(plan),
        *(
            f"{lever.label} works at {per_cent(lever.intensity)} of the most any source supports, against "
            f"{per_cent(lever.evidence.value)} in the centre of its range"
            for lever in leaning
        ),
        f"Measures begun before April 2026 save {pounds_m(float(plan.in_train[-1]))} a year by {plan.years[-1]}",
        *_balance(plan),
    ]
    return bullets(items, "true")


def _places(plan: Result) -> list[str]:
    """Places opened by the last September, and how many of them are filled by the January after."""
    filled = fill_up(plan)
    if not filled:
        return []
    opened, taken = (sum(float(getattr(each, part)[-1]) for each in filled) for part in ("opened", "filled"))
    september = plan.authority.januaries[-1] - 1
    return [
        f"{children(opened)} new places in special schools and resource bases open by September {september}, and "
        f"{children(taken)} of them are filled by the January after"
    ]


def _balance(plan: Result) -> list[str]:
    due = _due(plan)
    return [f"Savings that no measure stands behind yet are found: {due}"] if due else []


def caution(evidence: Evidence) -> Fragment:
    """What every reader of the pack must know about its figures, and how many of the effects rest on judgement."""
    effects = [figure for lever in evidence.central.scenario.levers for figure in lever.effects.values()]
    judged = sum(figure.source == JUDGEMENT for figure in effects)
    return paragraph(
        "The council's report gives the targets and the gap, not the effect of each priority. Effects, costs and "
        "places here are assumptions "
        f"shipped with the model: of {len(effects)} figures for what the priorities do, {judged} rest on the "
        "authors' judgement and the rest "
        "on targets and claims made elsewhere. Illustrative, until the council puts in its own.",
        "note",
    )
