"""Placements now, doing nothing, and under each plan: children and their share, £m and £ a child, by setting and by age band."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from best_model.faces.numbers import children, january, millions
from best_model.model.cost import in_financial_years
from best_model.model.engine import Result, Simulation
from best_model.model.phasing import FloatArray
from best_model.model.settings import AGE_BANDS, SETTINGS
from best_model.outputs.fragment import Fragment
from best_model.outputs.headline import SCENARIO_DRAW
from best_model.outputs.pages import METHOD, ROUNDED, TIED, count_and_share
from best_model.outputs.small_counts import NOT_SHOWN, counted, hidden_parts, of_the_census, what_is_hidden
from best_model.outputs.tables import Row, table

_NOW, _LAST = 0, -1
_Part = tuple[slice, slice]
_ALL: _Part = (slice(None), slice(None))
_SETTING_PARTS: Mapping[str, _Part] = {
    name: (slice(None), slice(place, place + 1)) for place, name in enumerate(SETTINGS.values())
}
_AGE_PARTS: Mapping[str, _Part] = {band: (slice(low, high + 1), slice(None)) for band, (low, high) in AGE_BANDS.items()}
"""Each row's part of (age, setting)."""


@dataclass(frozen=True)
class Placed:
    """One column of the tables, by (age, setting): children at a January, average children and £ over a financial year."""

    counted: FloatArray
    average: FloatArray
    spent: FloatArray


def spent_by_age(simulation: Simulation) -> FloatArray:
    """£ by (draw, fy, age, setting): what each setting costs, over the children that it holds; all ages add to `spend.placements`."""
    average = in_financial_years(simulation.plans.sum(axis=-2))
    in_setting = average.sum(axis=-2, keepdims=True)
    share = np.divide(average, in_setting, out=np.zeros_like(average), where=in_setting > 0)
    return share * simulation.spend.placements[..., None, :]


def _placed(result: Result, draw: int, when: int) -> Placed:
    simulation = result.simulation
    by_age = simulation.plans.sum(axis=-2)
    return Placed(by_age[draw, when], in_financial_years(by_age)[draw, when], spent_by_age(simulation)[draw, when])


def _columns(results: Sequence[Result]) -> list[Placed]:
    """Now and doing nothing, as any result holds them, and then each result's own."""
    first = results[0]
    return [
        _placed(first, 0, _NOW),
        _placed(first, 0, _LAST),
        *(_placed(result, SCENARIO_DRAW, _LAST) for result in results),
    ]


def setting_mix_table(results: Sequence[Result]) -> Fragment:
    """Children in each setting and their share of all plans."""
    return _counts("Children by setting, and share of all plans", "Setting", results, _SETTING_PARTS)


def age_mix_table(results: Sequence[Result]) -> Fragment:
    """Children in each age band and their share of all plans."""
    return _counts("Children by age band, and share of all plans", "Age at 31 August", results, _AGE_PARTS)


def setting_cost_table(results: Sequence[Result]) -> Fragment:
    """£m for each setting and £ for each child in it."""
    return _costs("Cost by setting, £m a year, and in brackets £ a child", "Setting", results, _SETTING_PARTS)


def age_cost_table(results: Sequence[Result]) -> Fragment:
    """£m for each age band and £ for each child in it."""
    return _costs("Cost by age band, £m a year, and in brackets £ a child", "Age at 31 August", results, _AGE_PARTS)


def _counts(caption: str, head: str, results: Sequence[Result], parts: Mapping[str, _Part]) -> Fragment:
    columns, (first, last) = _columns(results), (results[0].authority.januaries[place] for place in (_NOW, _LAST))
    openly = results[0].authority.council.openly
    rows = [
        Row(name, [count_and_share(each.counted[part].sum(), each.counted.sum(), openly=openly) for each in columns])
        for name, part in parts.items()
    ]
    totals = [counted(each.counted.sum(), openly=openly) for each in columns]
    rows.append(Row("All plans", totals, "modelled", METHOD, total=True))
    heads = [head, january(first), f"Do nothing, {last}", *(f"{result.scenario.title}, {last}" for result in results)]
    note = f"Children with an EHC plan. {january(first)} is {of_the_census(openly=openly)} and the rest is "
    note += f"modelled. {ROUNDED}{what_is_hidden(openly=openly)}"
    return table(caption, heads, rows, note)


def _costs(caption: str, head: str, results: Sequence[Result], parts: Mapping[str, _Part]) -> Fragment:
    columns, authority = _columns(results), results[0].authority
    hidden = [_hidden(each, parts, openly=authority.council.openly) for each in columns]
    rows = [
        Row(
            _short(name),
            [NOT_SHOWN if name in hides else _cost(each, part) for each, hides in zip(columns, hidden, strict=True)],
        )
        for name, part in parts.items()
    ]
    rows.append(Row("All placements", [_cost(each, _ALL) for each in columns], "modelled", METHOD, total=True))
    first, last = authority.financial_years[_NOW], authority.years[_LAST]
    heads = [head, first, f"Do nothing, {last}", *(f"{result.scenario.title}, {last}" for result in results)]
    note = f"Placements only, at each year's prices and average number of children; a setting has one price for every age. {ROUNDED}"
    note += what_is_hidden(openly=authority.council.openly)
    return table(caption, heads, rows, note)


def _hidden(placed: Placed, parts: Mapping[str, _Part], *, openly: bool) -> set[str]:
    """The parts whose money would give a small count away."""
    counts = [(placed.counted[part].sum(), placed.average[part].sum()) for part in parts.values()]
    spent = [placed.spent[part].sum() for part in parts.values()]
    return {name for name, hides in zip(parts, hidden_parts(counts, spent, openly=openly), strict=True) if hides}


def _short(name: str) -> str:
    """The initials that the table before has spelled out, where there are some."""
    return name.partition("(")[2].rstrip(")") or name


def _cost(placed: Placed, part: _Part) -> str:
    average, spent = placed.average[part].sum(), placed.spent[part].sum()
    return f"{millions(spent)}{TIED}({children(spent / average) if average >= 1 else 'too few'})"
