"""A table as a pandas DataFrame: a row a line, every number in a column of its own, units and notes in `attrs`."""

from typing import Any

import pandas as pd

from best_model.faces.plain import flat
from best_model.table import Missing, Table, Value


def frame(table: Table) -> pd.DataFrame:
    """Numbers unrounded and in their own unit (£, children, fractions); NaN where there is none, its reason in `attrs["missing"]`."""
    each = flat(table)
    headings = each.headings
    told = pd.DataFrame([[_number(value) for value in row] for row in each.rows], columns=headings)
    told.attrs = {
        "name": table.name,
        "caption": table.caption,
        "units": {heading: str(unit) for heading, unit in zip(headings, each.units, strict=True)},
        "missing": {
            (row[0], heading): value.reason
            for row in each.rows
            for heading, value in zip(headings, row, strict=True)
            if isinstance(value, Missing)
        },
        "notes": list(table.notes),
    }
    return told


def _number(value: Value) -> Any:
    return float("nan") if isinstance(value, Missing) else value
