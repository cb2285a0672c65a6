"""`comparison.csv` and `equality.csv`: a council beside region, nation and neighbours, and its plans by who holds them."""

from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from best_model.inputs.tables import HEADER_ROW, OPEN_AGES, Tables, cell, published_openly
from best_model.model.authority import Council
from best_model.model.comparison import MEASURES, Compared, Comparison, Part
from best_model.model.refusal import Refusal
from best_model.model.settings import SETTINGS

_FIGURES, _PARTS, _CENSUS = "comparison.csv", "equality.csv", "census.csv"
_GROWTH = {"growth_one_year": 1, "growth_six_years": 6}
_LAST_DIGIT = 0.00051
"""Half of the last digit of a rate given to a tenth of a per cent, and no more than that but for rounding."""
_SMALL = 5


def read_comparison(params: Path, council: Council) -> Comparison:
    """What the two tables say, held to each other and to the census; a council without them has an empty Comparison.

    Raises `Refusal`, by file and row, for a cell that is wrong, a second area where there can be one, and a sum that does not hold.
    """
    folder = params / council.name
    tables = Tables(folder, council.sources)
    figures = _rows(tables, folder, _FIGURES)
    parts = _rows(tables, folder, _PARTS)
    for place, row in enumerate(figures):
        _is_what_it_says(place, row)
    for name, rows in ((_FIGURES, figures), (_PARTS, parts)):
        _one_area_each(name, rows)
    if figures:
        _agree_with_the_census(figures, tables[_CENSUS])
    _growth_is_that_of_the_plans(figures)
    _parts_add_up(parts, figures)
    _no_small_group_of_its_own(parts, council)
    return Comparison(tuple(map(_figure, figures)), tuple(map(_part, parts)))


def _rows(tables: Tables, folder: Path, name: str) -> list[dict[Hashable, Any]]:
    return tables[name].to_dict("records") if (folder / name).is_file() else []


def _is_what_it_says(place: int, row: Mapping[Hashable, Any]) -> None:
    unit, value = MEASURES[row["measure"]], row["value"]
    if row["unit"] != unit:
        raise Refusal(cell(_FIGURES, place, "unit", row["unit"], f"must be `{unit}` for {row['measure']}"))
    if unit == "count" and (value < 0 or value % 1):
        raise Refusal(cell(_FIGURES, place, "value", value, "must be a whole number, nought or more"))
    if unit == "share" and not -1 <= value <= 1:
        raise Refusal(cell(_FIGURES, place, "value", value, "must be a share such as 0.31, not a per cent"))


def _one_area_each(name: str, rows: list[dict[Hashable, Any]]) -> None:
    """There are many neighbours, but one council, one region and one nation."""
    named: dict[str, str] = {}
    for place, row in enumerate(rows):
        first = named.setdefault(row["scope"], row["area"])
        if row["scope"] != "neighbour" and row["area"] != first:
            raise Refusal(cell(name, place, "area", row["area"], f"must be {first}, the {row['scope']} of a row above"))


def _agree_with_the_census(figures: list[dict[Hashable, Any]], census: pd.DataFrame) -> None:
    """The council's own plans are those of `census.csv`, in each year that both have."""
    totals = census[census["age"] == OPEN_AGES].set_index("january")["total"]
    for place, row in enumerate(figures):
        if row["measure"] == "plans" and row["scope"] == "council" and row["year"] in totals.index:
            said = int(totals[row["year"]])
            if row["value"] != said:
                reason = f"must be {said}, as in {_CENSUS} for January {row['year']}; correct the one that is wrong"
                raise Refusal(cell(_FIGURES, place, "value", int(row["value"]), reason))


def _growth_is_that_of_the_plans(figures: list[dict[Hashable, Any]]) -> None:
    """A rate of growth is what the plans beside it give, for every area whose plans are held in both years."""
    plans = {(row["area"], row["year"]): row["value"] for row in figures if row["measure"] == "plans"}
    for place, row in enumerate(figures):
        years = _GROWTH.get(row["measure"])
        before, after = plans.get((row["area"], row["year"] - (years or 0))), plans.get((row["area"], row["year"]))
        if not years or not before or not after:
            continue
        grew = (after / before) ** (1 / years) - 1
        if abs(row["value"] - grew) > _LAST_DIGIT:
            reason = (
                f"must be {grew:.3f}, as the plans of {row['area']} in {row['year'] - years} and {row['year']} give"
            )
            raise Refusal(cell(_FIGURES, place, "value", row["value"], f"{reason}; correct the one that is wrong"))


def _no_small_group_of_its_own(parts: list[dict[Hashable, Any]], council: Council) -> None:
    """Groups are shown as they are, so a council's own unpublished count of 1 to 5 may not be among them."""
    licences = {key: source.licence for key, source in council.sources.items()}
    for place, row in enumerate(parts):
        if 0 < row["total"] <= _SMALL and not published_openly([row["source"]], licences):
            reason = "is a small count of a source that is not published openly; take the group together with another"
            raise Refusal(cell(_PARTS, place, "total", int(row["total"]), reason))


def _parts_add_up(parts: list[dict[Hashable, Any]], figures: list[dict[Hashable, Any]]) -> None:
    """The parts of each characteristic add to the plans of their area in that January, where those are given."""
    plans = {(row["area"], row["year"]): row["value"] for row in figures if row["measure"] == "plans"}
    table = pd.DataFrame(parts, columns=["characteristic", "area", "january", "total"])
    for (characteristic, area, january), rows in table.groupby(["characteristic", "area", "january"], sort=False):
        said, added = plans.get((area, january)), int(rows["total"].sum())
        if said is not None and added != said:
            raise Refusal(
                f"{_PARTS}, row {rows.index[0] + HEADER_ROW + 1}: {characteristic} of {area} adds to {added} plans in January "
                f"{january}, and {_FIGURES} has {said:.0f}; correct the row that is wrong, or add the one that is missing"
            )


def _figure(row: Mapping[Hashable, Any]) -> Compared:
    return Compared(
        measure=row["measure"],
        area=row["area"],
        scope=row["scope"],
        year=int(row["year"]),
        value=float(row["value"]),
        breaks=row["breaks"] == "yes",
        source=row["source"],
        note=row["note"] if isinstance(row["note"], str) else "",
    )


def _part(row: Mapping[Hashable, Any]) -> Part:
    return Part(
        characteristic=row["characteristic"],
        part=row["part"],
        group=row["group"],
        area=row["area"],
        scope=row["scope"],
        january=int(row["january"]),
        plans=np.array([row[setting] for setting in SETTINGS], float),
        source=row["source"],
    )
