"""What a council writes down of its programme: risks and issues, what was delivered, and who signs. Each file may be absent."""

from collections.abc import Collection, Mapping
from itertools import accumulate
from pathlib import Path
from typing import Any

from best_model.inputs.scenarios import read_priorities
from best_model.inputs.tables import Tables, wrong
from best_model.model.authority import Council, Forecast
from best_model.model.delivered import THIS_PROGRAMME, Delivered
from best_model.model.risks import Risk
from best_model.model.scenario import Pedigree
from best_model.model.sign_off import ROLES, Signed

_RISKS, _DELIVERED, _SIGN_OFF = "risks.csv", "delivered.csv", "sign_off.csv"


def _rows(params: Path, council: Council, name: str) -> list[dict[str, Any]]:
    return Tables(params / council.name, council.sources).rows(name)


# Risks and issues


def read_risks(params: Path, council: Council) -> tuple[Risk, ...]:
    """The register of risks and issues, in its order: every workstream and assumption that it names must be there."""
    levers = read_priorities(params / council.name, council.sources)
    known = {
        "workstreams": [workstream.name for lever in levers for workstream in lever.workstreams],
        "assumptions": [*council.assumptions, *(f"priorities.{name}" for lever in levers for name in lever.figures)],
    }
    return tuple(_risk(at, row, known) for at, row in enumerate(_rows(params, council, _RISKS)))


def _risk(at: int, row: dict[str, Any], known: Mapping[str, Collection[str]]) -> Risk:
    threatened = {column: tuple(name.strip() for name in row[column].split(";") if row[column]) for column in known}
    if not any(threatened.values()):
        raise wrong(_RISKS, at, "workstreams", None, "must name what is threatened, or the next column must")
    for column, names in threatened.items():
        for name in names:
            if name not in known[column]:
                due = f"must name {column} that are there, joined by semicolons; see docs/method.md"
                raise wrong(_RISKS, at, column, name, due)
    if (row["kind"] == "issue") != (row["likelihood"] == "happened"):
        due = "must be `happened` for an issue, which has come, and low, medium or high for a risk"
        raise wrong(_RISKS, at, "likelihood", row["likelihood"], due)
    return Risk(name=row.pop("id"), **row | threatened)


# What was delivered


def read_delivered(params: Path, council: Council) -> tuple[Delivered, ...]:
    """What was planned and what came of it, in the order of the file: earlier programmes, and a council's own actuals for this one."""
    rows = _rows(params, council, _DELIVERED)
    return tuple(_delivered(at, row, council.forecast) for at, row in enumerate(rows))


def _delivered(at: int, row: dict[str, Any], forecast: Forecast) -> Delivered:
    """One row: this programme's plan is its target, and what came of an overspend is in the forecast; neither is written twice."""
    ours, saving = row["programme"] == THIS_PROGRAMME, row["measure"] == "saving"
    held_to = (
        (saving or row["delivered"] is None, "delivered",
         "must be empty: what came of an overspend or a deficit is taken from forecast.csv"),
        (saving or not ours, "measure", f"must be saving for {THIS_PROGRAMME}"),
        (row["year"] in forecast.years or not ours, "year", f"must be one of {', '.join(forecast.years)} for {THIS_PROGRAMME}"),
        (row["planned"] is None or not ours, "planned",
         f"must be empty for {THIS_PROGRAMME}, whose plan is its target in targets.csv"),
        (row["delivered"] is not None or not ours, "delivered",
         f"must be what {THIS_PROGRAMME} delivered, in pounds; leave the row out until it is known"),
    )  # fmt: skip
    for holds, column, due in held_to:
        if not holds:
            raise wrong(_DELIVERED, at, column, row[column], due)
    if not saving:
        row["delivered"] = _brought_forward(forecast, row["measure"], row["year"])
    pedigree = row.pop("pedigree")
    return Delivered(**row, pedigree=pedigree if pedigree == "derived" else Pedigree(pedigree))


def _brought_forward(forecast: Forecast, measure: str, year: str) -> float | None:
    """The deficit of a year, or of all years to its end, as the council's forecast brings it forward; None where it does not."""
    years = [origin.partition("_")[0] for origin in forecast.brought_forward]
    amounts = list(forecast.brought_forward.values())
    of_each = amounts if measure == "overspend" else list(accumulate(amounts))
    return dict(zip(years, of_each, strict=True)).get(year)


# Who signs


def read_sign_off(params: Path, council: Council) -> tuple[Signed, ...]:
    """The four roles of the AQuA Book in their order, each with whom the council named, if it has."""
    rows = [{column: said.strip() for column, said in row.items()} for row in _rows(params, council, _SIGN_OFF)]
    people = {row["role"]: " ".join(row["name"].casefold().split()) for row in rows}
    for at, row in enumerate(rows):
        if row["date"] and not row["name"]:
            raise wrong(_SIGN_OFF, at, "name", None, "must say who signed, as the row has a date")
        if row["role"] == "assurer" and row["name"] and people["assurer"] == people.get("analyst"):
            due = "must be someone other than the analyst; name another person, or leave it empty"
            raise wrong(_SIGN_OFF, at, "name", row["name"], due)
    named = {row["role"]: Signed(**row) for row in rows}
    return tuple(named.get(role, Signed(role=role)) for role in ROLES)
