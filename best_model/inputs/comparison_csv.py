"""`comparison.csv` and `equality.csv`: a council beside region, nation and neighbours, and its plans by who holds them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from best_model.inputs.tables import OPEN_AGES, Tables, place, published_openly, wrong
from best_model.model.authority import Council
from best_model.model.comparison import MEASURES, Compared, Comparison, Part
from best_model.model.refusal import Refusal
from best_model.model.settings import SETTINGS

_FIGURES, _PARTS, _CENSUS = "comparison.csv", "equality.csv", "census.csv"
_GROWTH = {"growth_one_year": 1, "growth_six_years": 6}
_LAST_DIGIT = 0.00051
"""Half of the last digit of a rate given to a tenth of a per cent, and no more than that but for rounding."""
_SMALL = 5
Rows = Sequence[dict[str, Any]]


def read_comparison(params: Path, council: Council) -> Comparison:
    """What the two tables say, held to each other and to the census; a council without them has an empty Comparison.

    Raises `Refusal`, by file and row, for a cell that is wrong, a second area where there can be one, and a sum that does not hold.
    """
    tables = Tables(params / council.name, council.sources)
    figures, parts = tables.rows(_FIGURES), tables.rows(_PARTS)
    for at, row in enumerate(figures):
        _is_what_it_says(at, row)
    for name, rows in ((_FIGURES, figures), (_PARTS, parts)):
        _one_area_each(name, rows)
    if figures:
        _agree_with_the_census(figures, tables[_CENSUS])
    plans = {(row["area"], row["year"]): row["value"] for row in figures if row["measure"] == "plans"}
    _growth_is_that_of_the_plans(figures, plans)
    _parts_add_up(parts, plans)
    _no_small_group_of_its_own(parts, council)
    return Comparison(tuple(map(_figure, figures)), tuple(map(_part, parts)))


def _is_what_it_says(at: int, row: Mapping[str, Any]) -> None:
    unit, value = MEASURES[row["measure"]], row["value"]
    if row["unit"] != unit:
        raise wrong(_FIGURES, at, "unit", row["unit"], f"must be `{unit}` for {row['measure']}")
    if unit == "count" and (value < 0 or value % 1):
        raise wrong(_FIGURES, at, "value", value, "must be a whole number, nought or more")
    if unit == "share" and not -1 <= value <= 1:
        raise wrong(_FIGURES, at, "value", value, "must be a share such as 0.31, not a per cent")


def _one_area_each(name: str, rows: Rows) -> None:
    """There are many neighbours, but one council, one region and one nation."""
    named: dict[str, str] = {}
    for at, row in enumerate(rows):
        first = named.setdefault(row["scope"], row["area"])
        if row["scope"] != "neighbour" and row["area"] != first:
            raise wrong(name, at, "area", row["area"], f"must be {first}, the {row['scope']} of a row above")


def _agree_with_the_census(figures: Rows, census: pd.DataFrame) -> None:
    """The council's own plans are those of `census.csv`, in each year that both have."""
    totals = census[census["age"] == OPEN_AGES].set_index("january")["total"]
    for at, row in enumerate(figures):
        if row["measure"] == "plans" and row["scope"] == "council" and row["year"] in totals.index:
            said = int(totals[row["year"]])
            if row["value"] != said:
                due = f"must be {said}, as in {_CENSUS} for January {row['year']}; correct the one that is wrong"
                raise wrong(_FIGURES, at, "value", int(row["value"]), due)


def _growth_is_that_of_the_plans(figures: Rows, plans: Mapping[tuple[str, int], float]) -> None:
    """A rate of growth is what the plans beside it give, for every area whose plans are held in both years."""
    for at, row in enumerate(figures):
        years, area, year = _GROWTH.get(row["measure"], 0), row["area"], row["year"]
        before, after = plans.get((area, year - years)), plans.get((area, year))
        if (
            years
            and before
            and after
            and abs(row["value"] - (grew := (after / before) ** (1 / years) - 1)) > _LAST_DIGIT
        ):
            due = f"must be {grew:.3f}, as the plans of {area} in {year - years} and {year} give; correct the one that is wrong"
            raise wrong(_FIGURES, at, "value", row["value"], due)


def _no_small_group_of_its_own(parts: Rows, council: Council) -> None:
    """Groups are shown as they are, so a council's own unpublished count of 1 to 5 may not be among them."""
    licences = {key: source.licence for key, source in council.sources.items()}
    for at, row in enumerate(parts):
        if 0 < row["total"] <= _SMALL and not published_openly([row["source"]], licences):
            due = "is a small count of a source that is not published openly; take the group together with another"
            raise wrong(_PARTS, at, "total", int(row["total"]), due)


def _parts_add_up(parts: Rows, plans: Mapping[Any, float]) -> None:
    """The parts of each characteristic add to the plans of their area in that January, where those are given."""
    table = pd.DataFrame(parts, columns=["characteristic", "area", "january", "total"])
    for (characteristic, area, january), rows in table.groupby(["characteristic", "area", "january"], sort=False):
        said, added = plans.get((area, january)), int(rows["total"].sum())
        if said is not None and added != said:
            raise Refusal(
                f"{place(_PARTS, rows.index[0])}: {characteristic} of {area} adds to {added} plans in January "
                f"{january}, and {_FIGURES} has {said:.0f}; correct the row that is wrong, or add the one that is missing"
            )


def _figure(row: dict[str, Any]) -> Compared:
    return Compared(**{name: said for name, said in row.items() if name != "unit"})


def _part(row: dict[str, Any]) -> Part:
    plans = np.array([row.pop(setting) for setting in SETTINGS], float)
    return Part(**{name: said for name, said in row.items() if name != "total"}, plans=plans)
