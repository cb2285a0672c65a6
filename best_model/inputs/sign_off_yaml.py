"""`sign_off.csv`: whom a council has named to each role of the AQuA Book, and when each signed."""

from collections.abc import Hashable
from pathlib import Path
from typing import Any

from best_model.inputs.tables import Tables, cell
from best_model.model.authority import Council
from best_model.model.refusal import Refusal
from best_model.model.sign_off import ROLES, Signed

_TABLE = "sign_off.csv"


def read_sign_off(params: Path, council: Council) -> tuple[Signed, ...]:
    """The four roles in their order; a role the file leaves out, or a council without the file, is not yet named."""
    folder = params / council.name
    if not (folder / _TABLE).is_file():
        return tuple(Signed(role=role) for role in ROLES)
    rows = Tables(folder, council.sources)[_TABLE].to_dict("records")
    for place, row in enumerate(rows):
        if _said(row["date"]) and not _said(row["name"]):
            raise Refusal(cell(_TABLE, place, "name", row["name"], "must say who signed, as the row has a date"))
    _two_people(rows)
    named = {row["role"]: Signed(role=row["role"], name=_said(row["name"]), date=_said(row["date"])) for row in rows}
    return tuple(named.get(role, Signed(role=role)) for role in ROLES)


def _two_people(rows: list[dict[Hashable, Any]]) -> None:
    """Who made the analysis does not assure it."""
    people = {row["role"]: " ".join(_said(row["name"]).casefold().split()) for row in rows}
    if people.get("assurer") and people.get("assurer") == people.get("analyst"):
        place = next(place for place, row in enumerate(rows) if row["role"] == "assurer")
        due = "must be someone other than the analyst; name another person, or leave it empty"
        raise Refusal(cell(_TABLE, place, "name", rows[place]["name"], due))


def _said(written: Any) -> str:
    return written.strip() if isinstance(written, str) else ""
