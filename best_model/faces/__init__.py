"""How anything is shown. Importing this room gives every table its faces; what a face needs is loaded when it is first used."""

from importlib import import_module
from typing import Any

from best_model.table import FACES, Table

_HOMES = {
    "html": ("html", "html"),
    "frame": ("frame", "frame"),
    "csv": ("plain", "as_csv"),
    "json": ("plain", "as_json"),
    "text": ("plain", "text"),
}


def _face(module: str, function: str) -> Any:
    def shown(table: Table) -> Any:
        return getattr(import_module(f"best_model.faces.{module}"), function)(table)

    return shown


FACES.update({name: _face(*home) for name, home in _HOMES.items()})
