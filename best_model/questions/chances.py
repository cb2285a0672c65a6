"""How likely each target is, and what an amount lies between: what many draws of a scenario say."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from best_model.draws.odds import Odds, Sample
from best_model.model.deficit import CASES
from best_model.model.phasing import FloatArray
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

_LEVELS = {
    "1 in 20 is below": 0.05,
    "1 in 4 is below": 0.25,
    "Middle": 0.5,
    "1 in 4 is above": 0.75,
    "1 in 20 is above": 0.95,
}
_NEVER_MISSED = NOT_APPLICABLE("never missed")
_BANDS = {
    "saving": "Saving found, £m a year",
    "gap_before": "Gap before it, £m a year",
    "gap_after": "Gap after it, £m a year",
    **{f"deficit.{case}": f"Deficit, £m. {words}" for case, words in CASES.items()},
    "plans_before": "Children with a plan, doing nothing",
    "plans": "Children with a plan, with the programme",
}


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


@listed("sample")
def saving_range(sample: Sample) -> Table:
    """The saving found by year, £ nominal, at five levels of its range from the lowest to the highest, and the published targets."""
    authority, title = sample.ready.authority, sample.ready.scenario.title
    table = levels_of(
        f"{title}: the range of the saving found, £m a year", authority.years, sample.outcomes.saving, Unit.GBP
    )
    targets = [
        Row(name.capitalize(), [amount if np.isfinite(amount) else NOT_PUBLISHED for amount in amounts], "published")
        for name, amounts in authority.council.targets.items()
    ]
    return replace(table, name="saving_range", rows=[*table.rows, *targets])


def levels_of(caption: str, points: Sequence[object], amounts: FloatArray, unit: Unit) -> Table:
    """Five levels of an amount, (draw, point): 1 outcome in 20 is below the first, and 1 in 20 above the last."""
    levels = np.quantile(amounts, [*_LEVELS.values()], axis=0)
    rows = [Row(head, values, "modelled", METHOD) for head, values in zip(_LEVELS, levels, strict=True)]
    return Table("levels", caption, "Level", under(map(str, points), unit), rows)


def target_names(sample: Sample) -> list[str]:
    """The rows of `saving_range` that are targets."""
    return [name.capitalize() for name in sample.ready.authority.council.targets]


@listed("sample")
def ranges(sample: Sample) -> Table:
    """What nine outcomes in ten lie between in the last year or January, £ nominal or children, and the middle one."""
    bands = sample.said.bands
    rows = [
        Row(
            words,
            (bands[of].at[-1], bands[of].low[-1], bands[of].median[-1], bands[of].high[-1]),
            "modelled",
            METHOD,
            unit=Unit.CHILDREN if of.startswith("plans") else None,
        )
        for of, words in _BANDS.items()
    ]
    levels = ("Low (1 in 20 is below)", "Middle", "High (1 in 20 is above)")
    caption = f"{sample.ready.scenario.title}: what nine simulated outcomes in ten lie between"
    return Table("ranges", caption, "Amount", (Column("When", Unit.WORDS), *under(levels)), rows)
