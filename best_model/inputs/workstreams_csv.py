"""The register of workstreams: which part of which priority each delivers, from when, and how it stands."""

from collections.abc import Mapping, Sequence
from math import fsum, isclose
from typing import Any

from best_model.inputs.tables import Tables, financial_years, place, wrong
from best_model.model.phasing import Month, month_number
from best_model.model.refusal import Refusal
from best_model.model.scenario import Lever, Workstream

_TABLE = "workstreams.csv"


def with_workstreams(tables: Tables, levers: Sequence[Lever]) -> tuple[Lever, ...]:
    """The priorities, each with its workstreams of `workstreams.csv`; in a council without that file each is one piece."""
    if _TABLE not in tables:
        return tuple(levers)
    rows, priorities = list(enumerate(tables.rows(_TABLE))), [lever.name for lever in levers]
    last_year = financial_years(tables["targets.csv"])[-1]
    after_it = month_number(int(last_year.partition("/")[0]) + 1, Month.APRIL)
    for at, row in rows:
        if row["priority"] not in priorities:
            raise wrong(_TABLE, at, "priority", row["priority"], f"must be one of {', '.join(priorities)}")
        if _month(row["start"]) >= after_it:
            raise wrong(_TABLE, at, "start", row["start"], f"must be before {last_year} ends, or it does nothing")
    return tuple(_divided(lever, {at: row for at, row in rows if row["priority"] == lever.name}) for lever in levers)


def _divided(lever: Lever, rows: Mapping[int, dict[str, Any]]) -> Lever:
    """A priority in the parts that its rows, by their place in the table, make of it."""
    if not rows:
        raise Refusal(f"{_TABLE}: {lever.name} has no workstream; give it at least one, with a share of 1")
    total = fsum(row["share"] for row in rows.values())
    if not isclose(total, 1.0):
        where = place(_TABLE, min(rows))
        raise Refusal(f"{where}: the shares of {lever.name} add to {total:g}; they must add to 1")
    workstreams = tuple(_workstream(row, lever) for row in rows.values())
    return Lever.model_validate({**lever.__dict__, "workstreams": workstreams})


def _workstream(row: dict[str, Any], lever: Lever) -> Workstream:
    own = {name: said for name, said in row.items() if name not in {"workstream", "priority", "start"}}
    after = _month(row["start"]) - _month(lever.start)
    return Workstream(**own | {"name": row["workstream"], "label": row["name"]}, months_after=after)


def _month(written: str) -> int:
    year, month = written.split("-")
    return int(month_number(int(year), int(month)))
