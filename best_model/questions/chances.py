"""How likely each target is: how often many draws of a scenario reach it, in the last year, by year, and for any amount."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from best_model.draws.odds import Sample
from best_model.table import NOT_APPLICABLE, NOT_PUBLISHED, Chance, Column, Table, Unit, known, listed, modelled, under

_NEVER_MISSED = NOT_APPLICABLE("never missed")


class Likely(NamedTuple):
    """How likely a scenario is to find £ `amount` in the last year, and £ that it is short of it on average where it misses."""

    scenario: str
    target: str
    amount: float
    chance: Chance
    shortfall: float | None


def likely(sample: Sample) -> tuple[Likely, ...]:
    """Each target of the council in the last year, the nearest first."""
    title, draws = sample.ready.scenario.title, sample.said.draws
    nearest_first = sorted(sample.said.targets, key=lambda odds: odds.amount)
    return tuple(
        Likely(title, each.target, each.amount, Chance(each.chance, draws), each.shortfall) for each in nearest_first
    )


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
        modelled(
            each[0].scenario, [value for aim in each for value in (aim.chance, *known([aim.shortfall], _NEVER_MISSED))]
        )
        for each in found
    ]
    notes = (
        "Only what is identified and in train counts as found. The figure after ± is one standard error of the chance. "
        "“Less than 1 in” is a limit for what happened in no simulated outcome.",
        "“Short by” is the average over the simulated outcomes that miss the target.",
    )
    caption = f"Chance of finding each target in {samples[0].ready.authority.years[-1]}"
    return Table("chances", caption, "Scenario", tuple(columns), rows, notes)


@listed("samples")
def chances_by_year(samples: Sequence[Sample]) -> Table:
    """How likely each scenario is to keep to the published path of its own target: in each year, and in every year together."""
    years = sorted({odds.year for sample in samples for odds in sample.said.path.by_year})
    rows = []
    for sample in samples:
        path, draws = sample.said.path, sample.said.draws
        by_year = {odds.year: Chance(odds.chance, draws) for odds in path.by_year}
        values = [*(by_year.get(year, NOT_PUBLISHED) for year in years), Chance(path.chance, draws)]
        rows.append(modelled(f"{sample.ready.scenario.title}, against {path.target}", values))
    caption = "Chance of keeping to the published path of a target"
    return Table("chances_by_year", caption, "Scenario", under([*years, "Every year"], Unit.CHANCE), rows)


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
    rows = []
    for sample in samples:
        saving = sample.outcomes.saving[:, -1]
        found = (float(np.mean(np.round(saving - amount) >= 0)) for amount in along.values())
        rows.append(modelled(sample.ready.scenario.title, [Chance(share, len(saving)) for share in found]))
    caption = f"Chance of finding at least so much in {samples[0].ready.authority.years[-1]}"
    return Table("at_least", caption, "Scenario", under(along, Unit.CHANCE), rows)
