"""High Needs Block income beside its central forecast: another growth, and what schools may be asked to give up to it."""

from collections.abc import Mapping, Sequence

import numpy as np

from best_model.model.authority import Council
from best_model.model.phasing import FloatArray
from best_model.model.scenario import Assumption, Level, Scenario


def income_beyond_forecast(council: Council, scenario: Scenario) -> FloatArray:
    """£ nominal by which a scenario's income exceeds the central forecast, over the reported years; negative if below."""
    years, figures = council.forecast.years, council.assumptions
    beyond = np.zeros(len(years))
    if scenario.income != "central":
        beyond += [figures[f"income.{year}"].at(scenario.income) - figures[f"income.{year}"].value for year in years]
    if scenario.schools_block_transfer:
        beyond += schools_block_transfer(council)
    return beyond


def schools_block_transfer(council: Council) -> FloatArray:
    """£ nominal a year that may move from the schools block to the High Needs Block, over the reported years."""
    figures = council.assumptions
    growth = figures["finance.schools_block_growth"].value
    block = uprated(figures, "finance.schools_block", growth, council.forecast.years)
    return figures["finance.schools_block_transfer"].value * block


def uprated(
    figures: Mapping[str, Assumption], name: str, growth: float, years: Sequence[str], level: Level = "central"
) -> FloatArray:
    """A figure given for some financial years, £ in each of `years`: the last one given by then, grown since.

    Its key is `name` and the year, such as `finance.schools_block.2023/24`; `growth` is a yearly rate.
    """
    given = {key.removeprefix(f"{name}."): figure for key, figure in figures.items() if key.startswith(f"{name}.")}
    latest = [max(year for year in given if year <= wanted) for wanted in years]
    grown = [(1.0 + growth) ** years_between(base, year) for base, year in zip(latest, years, strict=True)]
    return np.array([given[base].at(level) for base in latest]) * np.array(grown)


def years_between(first: str, last: str) -> int:
    """Whole years from one financial year to another.

    >>> years_between("2023/24", "2026/27")
    3
    """
    return int(last.partition("/")[0]) - int(first.partition("/")[0])
