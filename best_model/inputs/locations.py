"""Where each input is written: an assumption, a published fact or a choice of a scenario, by file and line or row."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from best_model.inputs.authorities import read_sources
from best_model.inputs.scenarios import documents_of
from best_model.inputs.strict_yaml import Document, read_yaml
from best_model.inputs.tables import HEADER_ROW, OPEN_AGES, Tables, financial_years, place
from best_model.model.authority import Written
from best_model.model.settings import SETTINGS

_YAML = {
    "assumptions.yaml": "",
    "calibration.yaml": "calibration.",
    "finance.yaml": "finance.",
    "priorities.yaml": "priorities.",
}
_FIGURES = {
    "unit_costs.csv": (["setting"], {"unit_cost": "value", "inflation": "inflation"}),
    "income.csv": (["financial_year"], {"income": "value"}),
    "capacity.csv": (["setting", "september"], {"capacity": "places"}),
}
_WHOLE = ("services", "new_plans", "ceased_plans_by_setting", "flows", "workstreams")


def where_written(params: Path, authority: str, scenario: str) -> dict[str, Written]:
    """Every input of a council and a scenario by its dotted name; those of a scenario begin with `scenario.`"""
    folder = params / authority
    tables = Tables(folder, read_sources(folder))
    files = ((read_yaml(folder / name), name, prefix) for name, prefix in _YAML.items() if (folder / name).is_file())
    found = {key: written for document, name, prefix in files for key, written in _of_yaml(document, name, prefix)}
    for document in documents_of(params, scenario):
        found |= dict(_of_yaml(document, f"scenarios/{document.path.name}", "scenario."))
    found |= {**dict(_of_figures(tables)), **dict(_of_facts(tables)), **dict(_whole(tables))}
    return {name: _under(authority, written) for name, written in found.items()}


def _under(authority: str, written: Written) -> Written:
    """A place within `params/`."""
    return written if written.where.startswith("scenarios/") else replace(written, where=f"{authority}/{written.where}")


def _of_yaml(document: Document, name: str, prefix: str) -> Iterator[tuple[str, Written]]:
    for address, line in document.lines.items():
        said = _at(document.content, address)
        yield (
            f"{prefix}{'.'.join(address)}",
            Written(f"{name}, line {line}", "" if isinstance(said, dict | list) else str(said)),
        )


def _at(content: Any, address: tuple[str, ...]) -> Any:
    for part in address:
        content = (
            content[int(part)] if isinstance(content, list) else {str(key): each for key, each in content.items()}[part]
        )
    return content


def _of_figures(tables: Tables) -> Iterator[tuple[str, Written]]:
    """Assumptions that are written in tables."""
    for name, (keys, columns) in _FIGURES.items():
        for row, cells in enumerate(tables[name].to_dict("records")):
            key = ".".join(str(cells[part]) for part in keys)
            for kind, column in columns.items():
                yield f"{kind}.{key}", _cell(name, row, column, cells)


def _of_facts(tables: Tables) -> Iterator[tuple[str, Written]]:
    """Published figures: the forecast and the targets by year, and the census by setting."""
    for kind, head in (("forecast", "line"), ("targets", "target")):
        table = tables[f"{kind}.csv"]
        years = financial_years(table)
        for row, cells in enumerate(table.to_dict("records")):
            given = [year for year in years if pd.notna(cells[year])]
            yield from (
                (f"{kind}.{cells[head]}.{year}", _cell(f"{kind}.csv", row, year, cells, " (£000)")) for year in given
            )
            yield f"{kind}.{cells[head]}", _cell(f"{kind}.csv", row, given[0], cells, " (£000)")
    for row, cells in enumerate(tables["census.csv"].to_dict("records")):
        if cells["age"] == OPEN_AGES:
            for column in (*SETTINGS, "total"):
                yield f"census.{cells['january']}.{column}", _cell("census.csv", row, column, cells)


def _cell(name: str, row: int, column: str, cells: Any, unit: str = "") -> Written:
    return Written(place(name, row, column), f"{cells[column]:,.15g}{unit}", str(cells["source"]))


def _whole(tables: Tables) -> Iterator[tuple[str, Written]]:
    """Tables that are used as a whole, of those that there are."""
    for name in (name for name in _WHOLE if f"{name}.csv" in tables):
        table = tables[f"{name}.csv"]
        source = str(table["source"].iloc[-1])
        yield (
            name,
            Written(f"{name}.csv, rows {HEADER_ROW + 1} to {len(table) + HEADER_ROW}", f"{len(table)} rows", source),
        )
