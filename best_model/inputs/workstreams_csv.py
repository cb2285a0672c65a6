"""The register of workstreams: which part of which priority each delivers, from when, and how it stands."""

from collections.abc import Hashable, Mapping, Sequence
from math import fsum, isclose
from pathlib import Path
from typing import Any

import pandas as pd

from best_model.inputs.tables import HEADER_ROW, Tables, cell, financial_years
from best_model.model.phasing import Month, month_number
from best_model.model.refusal import Refusal
from best_model.model.scenario import Lever, Workstream

_TABLE = "workstreams.csv"


def with_workstreams(folder: Path, tables: Tables, levers: Sequence[Lever]) -> tuple[Lever, ...]:
    """The priorities, each with its workstreams of `workstreams.csv`; in a council without that file each is one piece."""
    if not (folder / _TABLE).is_file():
        return tuple(levers)
    table, priorities = tables[_TABLE], [lever.name for lever in levers]
    last_year = financial_years(tables["targets.csv"])[-1]
    after_it = month_number(int(last_year.partition("/")[0]) + 1, Month.APRIL)
    for place, (priority, start) in enumerate(zip(table["priority"], table["start"], strict=True)):
        if priority not in priorities:
            raise Refusal(cell(_TABLE, place, "priority", priority, f"must be one of {', '.join(priorities)}"))
        if _month(start) >= after_it:
            raise Refusal(cell(_TABLE, place, "start", start, f"must be before {last_year} ends, or it does nothing"))
    return tuple(_divided(lever, table[table["priority"] == lever.name]) for lever in levers)


def _divided(lever: Lever, rows: pd.DataFrame) -> Lever:
    if rows.empty:
        raise Refusal(f"{_TABLE}: {lever.name} has no workstream; give it at least one, with a share of 1")
    total = fsum(rows["share"])
    if not isclose(total, 1.0):
        first = int(rows.index[0]) + HEADER_ROW + 1
        raise Refusal(f"{_TABLE}, row {first}: the shares of {lever.name} add to {total:g}; they must add to 1")
    workstreams = tuple(_workstream(row, lever) for row in rows.to_dict("records"))
    return Lever.model_validate({**lever.__dict__, "workstreams": workstreams})


def _workstream(row: Mapping[Hashable, Any], lever: Lever) -> Workstream:
    return Workstream(
        name=row["workstream"],
        label=row["name"],
        share=row["share"],
        months_after=_month(row["start"]) - _month(lever.start),
        slip_months=row["slip_months"],
        dropped=row["dropped"] == "yes",
        ready_to_report=row["ready_to_report"],
        rag=row["rag"],
        owner=row["owner"],
        status=row["status"] if isinstance(row["status"], str) else "",
        source=row["source"],
        illustrative=row["illustrative"] == "yes",
    )


def _month(written: str) -> int:
    year, month = written.split("-")
    return int(month_number(int(year), int(month)))
