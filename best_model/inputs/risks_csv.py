"""The register of risks and issues: every workstream and assumption that it names must be there."""

from collections.abc import Collection, Hashable, Mapping
from pathlib import Path
from typing import Any

from best_model.inputs.scenarios import read_priorities
from best_model.inputs.tables import Tables, cell
from best_model.model.authority import Council
from best_model.model.refusal import Refusal
from best_model.model.risks import Risk

_TABLE = "risks.csv"


def read_risks(params: Path, council: Council) -> tuple[Risk, ...]:
    """The risks and issues of `risks.csv`, in its order; none for a council without that file."""
    folder = params / council.name
    if not (folder / _TABLE).is_file():
        return ()
    levers = read_priorities(folder, council.sources)
    known = {
        "workstreams": [workstream.name for lever in levers for workstream in lever.workstreams],
        "assumptions": [*council.assumptions, *(f"priorities.{name}" for lever in levers for name in lever.figures)],
    }
    rows = Tables(folder, council.sources)[_TABLE].to_dict("records")
    return tuple(_risk(place, row, known) for place, row in enumerate(rows))


def _risk(place: int, row: Mapping[Hashable, Any], known: Mapping[str, Collection[str]]) -> Risk:
    threatened = {column: _listed(row[column]) for column in known}
    _are_there(place, threatened, known)
    if (row["kind"] == "issue") != (row["likelihood"] == "happened"):
        reason = "must be `happened` for an issue, which has come, and low, medium or high for a risk"
        raise Refusal(cell(_TABLE, place, "likelihood", row["likelihood"], reason))
    return Risk(
        name=row["id"],
        kind=row["kind"],
        description=row["description"],
        workstreams=threatened["workstreams"],
        assumptions=threatened["assumptions"],
        likelihood=row["likelihood"],
        impact=row["impact"],
        owner=row["owner"],
        due=row["due"],
        mitigation=row["mitigation"],
        source=row["source"],
        illustrative=row["illustrative"] == "yes",
    )


def _listed(written: Any) -> tuple[str, ...]:
    """Names joined by semicolons; an empty cell has none."""
    return tuple(name.strip() for name in written.split(";")) if isinstance(written, str) else ()


def _are_there(place: int, threatened: Mapping[str, tuple[str, ...]], known: Mapping[str, Collection[str]]) -> None:
    if not any(threatened.values()):
        raise Refusal(cell(_TABLE, place, "workstreams", None, "must name what is threatened, or the next column must"))
    for column, names in threatened.items():
        for name in names:
            if name not in known[column]:
                reason = f"must name {column} that are there, joined by semicolons; see docs/method.md"
                raise Refusal(cell(_TABLE, place, column, name, reason))
