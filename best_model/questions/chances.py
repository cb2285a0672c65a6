"""How likely each target is: how often many draws of a scenario reach it, in the last year, by year, and for any amount."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from best_model.draws.odds import Odds, Sample
from best_model.table import (
    METHOD,
    NOT_APPLICABLE,
    NOT_PUBLISHED,
    Chance,
    Column,
    Row,
    Table,
    Unit,
    Value,
    listed,
    under,
)

_NEVER_MISSED = NOT_APPLICABLE("never missed")


@dataclass(frozen=True)
class Likely:
    """How likely a scenario is to find £ `amount` in the last year, and £ that it is short of it on average where it misses."""

    scenario: str
    target: str
    amount: float
    chance: Chance
    shortfall: float | None


def likely(sample: Sample) -> tuple[Likely, ...]:
    """Each target of the council in the last year, the nearest first."""
    nearest_first = sorted(sample.said.targets, key=lambda odds: odds.amount)
    return tuple(_likely(sample, odds) for odds in nearest_first)


def _likely(sample: Sample, odds: Odds) -> Likely:
    chance = Chance(odds.chance, sample.said.draws)
    return Likely(sample.ready.scenario.title, odds.target, odds.amount, chance, odds.shortfall)


def own_target(sample: Sample) -> Likely:
    """The target that the scenario itself is made to meet."""
    return next(each for each in likely(sample) if each.target == sample.ready.scenario.target)


@listed("samples")
def chances(samples: Sequence[Sample]) -> Table:
    """How likely each scenario is to find each target in the last year, and by how much it is short on average where it misses."""
    found = [likely(sample) for sample in samples]
    headings = [each.target.capitalize() for each in found[0]]
    columns = [
        column for target in headings for column in (Column(target, Unit.CHANCE), Column(f"{target}: short by, £m"))
    ]
    rows = [
        Row(each[0].scenario, [value for aim in each for value in _cells(aim)], "modelled", METHOD) for each in found
    ]
    notes = (
        "Only what is identified and in train counts as found. The figure after ± is one standard error of the chance. "
        "“Less than 1 in” is a limit for what happened in no simulated outcome.",
        "“Short by” is the average over the simulated outcomes that miss the target.",
    )
    caption = f"Chance of finding each target in {samples[0].ready.authority.years[-1]}"
    return Table("chances", caption, "Scenario", tuple(columns), rows, notes)


def _cells(each: Likely) -> tuple[Value, Value]:
    return each.chance, _NEVER_MISSED if each.shortfall is None else each.shortfall


@listed("samples")
def chances_by_year(samples: Sequence[Sample]) -> Table:
    """How likely each scenario is to keep to the published path of its own target: in each year, and in every year together."""
    years = sorted({odds.year for sample in samples for odds in sample.said.path.by_year})
    rows = [
        Row(
            f"{sample.ready.scenario.title}, against {sample.said.path.target}",
            _path(sample, years),
            "modelled",
            METHOD,
        )
        for sample in samples
    ]
    caption = "Chance of keeping to the published path of a target"
    return Table("chances_by_year", caption, "Scenario", under([*years, "Every year"], Unit.CHANCE), rows)


def _path(sample: Sample, years: Sequence[str]) -> list[Value]:
    path, draws = sample.said.path, sample.said.draws
    by_year = {odds.year: Chance(odds.chance, draws) for odds in path.by_year}
    return [*(by_year.get(year, NOT_PUBLISHED) for year in years), Chance(path.chance, draws)]


_STEPS = 200
_NEARLY_NONE, _NEARLY_ALL, _ROOM = 0.001, 0.999, 1.03


def amounts(samples: Sequence[Sample]) -> dict[str, float]:
    """Amounts that the last year may save, £ from the least to the most, by name: the targets and many between them."""
    every = np.concatenate([sample.outcomes.saving[:, -1] for sample in samples])
    aims = samples[0].ready.authority.aims
    ends = max(0.0, np.quantile(every, _NEARLY_NONE)), max(np.quantile(every, _NEARLY_ALL), *aims.values()) * _ROOM
    named = {str(round(amount)): amount for amount in np.linspace(*ends, _STEPS)}
    named |= {f"{name.capitalize()} target": amount for name, amount in aims.items()}
    return {name: float(amount) for name, amount in sorted(named.items(), key=lambda each: each[1])}


def at_least(samples: Sequence[Sample]) -> Table:
    """How likely each scenario is to find at least each of these amounts, to the pound."""
    along = amounts(samples)
    rows = [
        Row(sample.ready.scenario.title, [_of(sample, amount) for amount in along.values()], "modelled", METHOD)
        for sample in samples
    ]
    caption = f"Chance of finding at least so much in {samples[0].ready.authority.years[-1]}"
    return Table("at_least", caption, "Scenario", under(along, Unit.CHANCE), rows)


def _of(sample: Sample, amount: float) -> Chance:
    saving = sample.outcomes.saving[:, -1]
    return Chance(float(np.mean(np.round(saving - amount) >= 0)), len(saving))
