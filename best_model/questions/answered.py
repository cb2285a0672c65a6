"""Page one: whether the programme reaches its targets on the evidence, how likely that is, and what has to be true for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from best_model.draws.odds import Sample
from best_model.model.engine import SCENARIO, Result, reaches
from best_model.model.settings import setting_index
from best_model.questions.names import within_a_sentence
from best_model.questions.places import fill_up
from best_model.questions.published import report_of
from best_model.table import LEAST_GBP_SHOWN, Chance, Column, Range, Row, Table, Unit, Value, known, modelled, under

IN_REACH, SHORT, OUT_OF_REACH = "in reach", "short", "out of reach"
JUDGEMENT = "judgement"
_BEST_KNOWN, _LEANED_ON = ("base", "stretched"), slice(None, 3)


@dataclass(frozen=True)
class Evidence:
    """The programme at its sourced low, central and high effects, with what is in train at the same level."""

    low: Result
    central: Result
    high: Result

    @property
    def found(self) -> tuple[float, float, float]:
        """Saving in the last year that a measure stands behind, £: low, central, high."""
        low, central, high = (float(result.found[-1]) for result in (self.low, self.central, self.high))
        return low, central, high

    @property
    def year(self) -> str:
        """The last year, in which both targets fall."""
        return self.central.years[-1]

    @property
    def reached(self) -> tuple[str, ...]:
        """The targets that the central estimate reaches, of the base one and the stretched one."""
        return tuple(name for name in _BEST_KNOWN if reaches(self.found[1], self.target(name)))

    def target(self, name: str) -> float:
        """A published target in the last year, £."""
        return float(self.central.authority.council.targets[name][-1])

    def standing(self, target: float) -> str:
        """Whether a target of so many £ is in reach, short on the central estimate, or beyond even the high end."""
        _, central, high = self.found
        return IN_REACH if reaches(central, target) else SHORT if reaches(high, target) else OUT_OF_REACH


# How likely


def cards(evidence: Evidence, plans: Sequence[Result], samples: Mapping[str, Sample]) -> Table:
    """Each plan: its target, how far short the central estimate is of it, and the chance of reaching it on the evidence and as planned.

    £ in the last year. `samples` by the name of their scenario: that of the evidence, and of each plan.
    """
    priorities = len(evidence.central.scenario.levers)
    columns = (
        Column("Target"),
        Column("On the evidence", Unit.WORDS),
        Column("Short by"),
        Column("chance if all goes as the evidence suggests", Unit.CHANCE),
        Column("chance if all goes as the plan assumes", Unit.CHANCE),
        Column(f"of {priorities} priorities must do better than the evidence", Unit.NUMBER),
    )
    rows = []
    for plan in plans:
        target, name = float(plan.target[-1]), plan.scenario.target
        likely = (chance_of(samples[result.scenario.name], name) for result in (evidence.central, plan))
        standing, short = evidence.standing(target), target - evidence.found[1]
        values: list[Value] = [target, standing, short, *likely, beyond_evidence(plan)]
        rows.append(Row(plan.scenario.title, values, "", report_of(plan.authority)))
    return Table("cards", "How likely each target is", "Plan", columns, rows)


def chance_of(sample: Sample, target: str) -> Chance:
    """How often draws find a target of the council in the last year."""
    return Chance(next(odds.chance for odds in sample.said.targets if odds.target == target), sample.said.draws)


def beyond_evidence(plan: Result) -> int:
    """How many priorities a plan asks for more of than the evidence suggests, by a whole per cent or more."""
    asked = ((lever.intensity, lever.evidence.value) for lever in plan.scenario.levers)
    return sum(round(intensity, 2) > round(evidence, 2) for intensity, evidence in asked)


def found_by_year(evidence: Evidence, sample: Sample) -> Table:
    """Saving by year, £ nominal: the central estimate, where nine draws in ten of the evidence fall, and each published target."""
    band, targets = sample.said.bands["saving"], evidence.central.authority.council.targets
    ranges, aims = map(Range, band.low, band.high), (known(targets[name]) for name in _BEST_KNOWN)
    by_year = zip(evidence.central.years, evidence.central.found, ranges, *aims, strict=True)
    rows = [modelled(year, values) for year, *values in by_year]
    columns = under(("Central estimate", "Nine cases in ten", "Base target", "Stretched target"))
    return Table("found_by_year", "Saving by year and each target, £m", "Year", columns, rows)


# What has to be true


class Needed(NamedTuple):
    """What a plan needs in order to be met.

    `fewer_in_inmss`, `places` opened and `filled` are children or places by the last January; `leaned_on` are the three priorities that it
    asks most of beyond the evidence, by name, and `asked` the shares of the most assumed that it asks of them, least first. `in_train` is £
    in the last year; `unfound` £ by year for which no measure has been found, where that shows; `judged` counts those of `figures`, the
    figures for what the priorities do, that rest on the authors' judgement.
    """

    fewer_in_inmss: float
    places: float
    filled: float
    leaned_on: tuple[str, ...]
    asked: tuple[float, ...]
    in_train: float
    unfound: Mapping[str, float]
    judged: int
    figures: int


def needed(plan: Result) -> Needed:
    """What has to be true for a plan to be met."""
    effects = [figure for lever in plan.scenario.levers for figure in lever.effects.values()]
    leaned_on = sorted(plan.scenario.levers, key=lambda lever: lever.evidence.value - lever.intensity)[_LEANED_ON]
    in_inmss, places = plan.simulation.by_setting[:, -1, setting_index("inmss")], fill_up(plan)
    return Needed(
        fewer_in_inmss=float(in_inmss[0] - in_inmss[SCENARIO]),
        places=sum(float(each.opened[-1]) for each in places),
        filled=sum(float(each.filled[-1]) for each in places),
        leaned_on=tuple(sorted(within_a_sentence(lever.label) for lever in leaned_on)),
        asked=tuple(sorted(lever.intensity for lever in leaned_on)),
        in_train=float(plan.in_train[-1]),
        unfound=unfound(plan),
        judged=sum(figure.source == JUDGEMENT for figure in effects),
        figures=len(effects),
    )


def unfound(plan: Result) -> dict[str, float]:
    """£ of a plan by year for which no measure has been found, where a target is published and it shows at one decimal of £m."""
    years = zip(plan.years, plan.to_be_identified, plan.target, strict=True)
    return {year: float(amount) for year, amount, aim in years if np.isfinite(aim) and amount >= LEAST_GBP_SHOWN}
