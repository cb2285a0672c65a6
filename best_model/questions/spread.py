"""How far a number may fall from its middle: what many draws of a scenario lie between, and how wrong the model itself has been."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from best_model.draws.odds import Sample
from best_model.fitted.backtest import BackTest, error_width, trials_by_years_ahead
from best_model.model.deficit import CASES
from best_model.model.phasing import FloatArray
from best_model.model.settings import SETTINGS
from best_model.table import Column, Row, Table, Unit, known, listed, modelled, under

_LEVELS = {
    "1 in 20 is below": 0.05,
    "1 in 4 is below": 0.25,
    "Middle": 0.5,
    "1 in 4 is above": 0.75,
    "1 in 20 is above": 0.95,
}
_NINE_IN_TEN = ("1 in 20 is below", "Middle", "1 in 20 is above")
_BANDS = {
    "saving": "Saving found, £m a year",
    "gap_before": "Gap before it, £m a year",
    "gap_after": "Gap after it, £m a year",
    **{f"deficit.{case}": f"Deficit, £m. {words}" for case, words in CASES.items()},
    "plans_before": "Children with a plan, doing nothing",
    "plans": "Children with a plan, with the programme",
}
_LARGE = 100


def _levels(caption: str, points: Sequence[object], amounts: FloatArray, unit: Unit = Unit.GBP) -> Table:
    """Five levels of an amount, (draw, point): 1 outcome in 20 is below the first, and 1 in 20 above the last."""
    levels = np.quantile(amounts, [*_LEVELS.values()], axis=0)
    rows = list(map(modelled, _LEVELS, levels))
    return Table("levels", caption, "Level", under(map(str, points), unit), rows)


@listed("sample")
def saving_range(sample: Sample) -> Table:
    """The saving found by year, £ nominal, at five levels of its range from the lowest to the highest, and the published targets."""
    authority, title = sample.ready.authority, sample.ready.scenario.title
    table = _levels(f"{title}: the range of the saving found, £m a year", authority.years, sample.outcomes.saving)
    targets = [Row(name.capitalize(), known(each), "published") for name, each in authority.council.targets.items()]
    return replace(table, name="saving_range", rows=[*table.rows, *targets])


def target_names(sample: Sample) -> list[str]:
    """The rows of `saving_range` that are targets."""
    return [name.capitalize() for name in sample.ready.authority.council.targets]


@listed("sample")
def ranges(sample: Sample) -> Table:
    """What nine outcomes in ten lie between in the last year or January, £ nominal or children, and the middle one."""
    rows = []
    for of, words in _BANDS.items():
        band, unit = sample.said.bands[of], Unit.CHILDREN if of.startswith("plans") else None
        values = (band.at[-1], band.low[-1], band.median[-1], band.high[-1])
        rows.append(modelled(words, values, unit=unit))
    levels = ("Low (1 in 20 is below)", "Middle", "High (1 in 20 is above)")
    caption = f"{sample.ready.scenario.title}: what nine simulated outcomes in ten lie between"
    return Table("ranges", caption, "Amount", (Column("When", Unit.WORDS), *under(levels)), rows)


# ---- What charts draw


def by_year(sample: Sample) -> list[Table]:
    """The gap before and after, the deficit as published, £ nominal by year, and children with a plan, at five levels of their range."""
    outcomes, authority = sample.outcomes, sample.ready.authority
    return [
        _levels("Gap before any saving, £m a year", authority.years, outcomes.gap_before),
        _levels("Gap after what is found, £m a year", authority.years, outcomes.gap_after),
        _levels("Cumulative deficit, as published, £m", authority.years, outcomes.deficit[:, 0]),
        _levels("Children with a plan", authority.januaries, outcomes.plans.sum(axis=-1), Unit.CHILDREN),
    ]


def by_setting(sample: Sample) -> list[Table]:
    """Children by setting with the programme, at five levels of their range, the largest setting first."""
    plans, names = sample.outcomes.plans, list(SETTINGS.values())
    order = np.argsort(-np.median(plans[:, -1], axis=0))
    januaries = sample.ready.authority.januaries
    return [_levels(names[place], januaries, plans[:, :, place], Unit.CHILDREN) for place in order]


class LeastSure(NamedTuple):
    """A setting, and what nine outcomes in ten lie between in the last January, children."""

    setting: str
    low: float
    high: float


def least_sure(sample: Sample) -> LeastSure:
    """Of the settings with a hundred children or more, the one whose range is widest for its size."""
    low, middle, high = np.quantile(sample.outcomes.plans[:, -1], [_LEVELS[level] for level in _NINE_IN_TEN], axis=0)
    width = np.where(middle >= min(_LARGE, middle.max()), (high - low) / np.maximum(middle, 1), 0.0)
    place = int(width.argmax())
    return LeastSure([*SETTINGS.values()][place].partition(" (")[0], float(low[place]), float(high[place]))


# ---- The model's own error


def own_error(sample: Sample, test: BackTest) -> Table:
    """By years ahead: root mean square error in the back-test, and standard deviation over draws, as shares of all plans.

    Both together takes them as independent, and the model's own error at any distance as no smaller than at one year.
    """
    seen, spread = np.array(error_width(test.trials)), _relative_spread(sample.outcomes.plans_before)
    both = np.hypot(np.maximum(seen, seen[0])[: len(spread)], spread[: len(seen)])
    by_distance = zip(seen, spread, both, trials_by_years_ahead(test.trials), strict=False)
    rows = [modelled(f"{ahead} year{'s' * (ahead > 1)}", each) for ahead, each in enumerate(by_distance, start=1)]
    headings = ("Model, in the back-test", "Assumptions, one standard deviation", "Both together")
    notes = (
        "“Both together” takes the two as independent. It takes the model's own error at any distance as no smaller than at one year: "
        "where there are few trials, an error that shrinks is chance.",
    )
    caption = "The model's own error beside the spread of its assumptions, all plans, doing nothing"
    columns = (*under(headings, Unit.TENTHS), Column("Trials", Unit.NUMBER))
    return Table("own_error", caption, "Years ahead", columns, rows, notes)


def _relative_spread(plans: FloatArray) -> FloatArray:
    """Standard deviation of all plans over draws, as a share of their mean, at each January after the base."""
    total = plans.sum(axis=-1)[:, 1:]
    return total.std(axis=0) / total.mean(axis=0)
