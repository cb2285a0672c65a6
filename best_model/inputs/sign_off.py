"""`sign_off.csv`: whom a council has named to each role of the AQuA Book, and when each signed."""

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
    named = {row["role"]: Signed(role=row["role"], name=_said(row["name"]), date=_said(row["date"])) for row in rows}
    return tuple(named.get(role, Signed(role=role)) for role in ROLES)


def _said(written: Any) -> str:
    return written.strip() if isinstance(written, str) else ""
