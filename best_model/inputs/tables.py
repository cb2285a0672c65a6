"""The tables of a council's folder, read and checked: a broken cell is refused with file, row, column, value and remedy."""

from collections.abc import Container, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from best_model.model.comparison import CHARACTERISTICS, MEASURES, SCOPES
from best_model.model.refusal import Refusal
from best_model.model.settings import NEEDS, SETTINGS
from best_model.model.sign_off import ROLES

HEADER_ROW = 1
OPEN_AGES = "all"
OPEN = "OGL3"
"""The licence under which the Department publishes a census, small counts and all."""


def _in_the_calendar(days: "pd.Series[str]") -> "pd.Series[bool]":
    return pd.to_datetime(days, format="%Y-%m-%d", errors="coerce").notna()


Count = pa.Column(int, pa.Check.ge(0, error="must be a whole number, nought or more"))
Pounds = pa.Column(float, pa.Check.ge(0, error="must be pounds, nought or more"), coerce=True)
Rate = pa.Column(float, pa.Check.in_range(-0.1, 0.5, error="must be a yearly rate such as 0.03"), coerce=True)
Year = pa.Column(int, pa.Check.in_range(2000, 2100, error="must be a year"))
Age = pa.Column(
    str, pa.Check.str_matches(r"^(all|[0-9]|1[0-9]|2[0-5])$", error="must be an age from 0 to 25, or `all`")
)
Text = pa.Column(str, pa.Check.str_length(min_value=1, error="must not be empty"))
Note = pa.Column(str, nullable=True)
Setting = pa.Column(str, pa.Check.isin(list(SETTINGS), error=f"must be one of {', '.join(SETTINGS)}"))
Need = pa.Column(str, pa.Check.isin(list(NEEDS), error=f"must be one of {', '.join(NEEDS)}"))
Pedigree = pa.Column(
    str, pa.Check.isin(["published", "calibrated", "assumed"], error="must be published, calibrated or assumed")
)
FinancialYear = pa.Column(str, pa.Check.str_matches(r"^20[0-9]{2}/[0-9]{2}$", error="must look like 2026/27"))
Thousands = pa.Column(float, nullable=True, coerce=True)
PoundsIfKnown = pa.Column(float, pa.Check.ge(0, error="must be pounds, nought or more"), nullable=True, coerce=True)
YearsOfPlan = pa.Column(
    str,
    pa.Check.str_matches(
        r"^(20[0-9]{2}/[0-9]{2}( to 20[0-9]{2}/[0-9]{2})?|not given)$",
        error="must look like 2023/24, or 2023/24 to 2026/27, or be `not given`",
    ),
)
Slug = pa.Column(str, pa.Check.str_matches(r"^[a-z][a-z0-9_]*$", error="must be small letters, digits and _"))
Reference = pa.Column(str, pa.Check.str_matches(r"^[A-Z][0-9]+$", error="must look like R1"))
MonthOfYear = pa.Column(str, pa.Check.str_matches(r"^20[0-9]{2}-(0[1-9]|1[0-2])$", error="must look like 2026-09"))
Day = pa.Column(
    str,
    [
        pa.Check.str_matches(r"^20[0-9]{2}-[0-9]{2}-[0-9]{2}$", error="must be a day such as 2027-03-31"),
        pa.Check(_in_the_calendar, error="must be a day of the calendar"),
    ],
)
DayIfAny = pa.Column(str, Day.checks, nullable=True)
Number = pa.Column(float, coerce=True)
Share = pa.Column(
    float,
    [
        pa.Check.gt(0, error="must be a share above nought"),
        pa.Check.le(1, error="must be a share of at most 1"),
    ],
    coerce=True,
)
Slip = pa.Column(int, pa.Check.in_range(0, 120, error="must be a number of months, from 0 to 120"))
Readiness = pa.Column(
    str,
    pa.Check.str_matches(
        r"^(yes|from 20[0-9]{2}/[0-9]{2} Q[1-4])$", error="must be `yes`, or the quarter as in `from 2026/27 Q2`"
    ),
)


def _word(*words: str) -> pa.Column:
    """A column that holds one of a few words."""
    return pa.Column(str, pa.Check.isin(words, error=f"must be {', '.join(words[:-1])} or {words[-1]}"))


_settings = dict.fromkeys(SETTINGS, Count)
_needs = dict.fromkeys(NEEDS, Count)

REASONS = (
    "reached_maximum_age", "needs_met", "higher_education", "employment", "moved_to_another_authority", "no_longer_engaging",
    "left_england", "died", "reason_not_recorded", "other_reason",
)  # fmt: skip
"""Why a plan ceased, as the release has it."""

PRIMARY_NEEDS = (
    "number_asd", "number_hi", "number_mld", "number_msi", "number_oth", "number_pd", "number_pmld", "number_semh",
    "number_slcn", "number_sld", "number_spld", "number_vi", "number_need_unknown",
)  # fmt: skip
"""Primary needs, as the release has them."""

SCHEMAS = {
    "census.csv": {"january": Year, "age": Age, **_settings, "total": Count, "source": Text},
    "need_by_age.csv": {"january": Year, "age": Age, **_needs, "total": Count, "source": Text},
    "need_by_setting.csv": {"january": Year, "setting": Setting, **_needs, "total": Count, "source": Text},
    "new_plans.csv": {"year": Year, "age": Age, **_settings, "total": Count, "source": Text},
    "new_plans_need_by_age.csv": {"year": Year, "age": Age, **_needs, "total": Count, "source": Text},
    "new_plans_need_by_setting.csv": {"year": Year, "setting": Setting, **_needs, "total": Count, "source": Text},
    "ceased_plans_by_age.csv": {
        "year": Year,
        "age": Age,
        **dict.fromkeys(REASONS, Count),
        "total": Count,
        "source": Text,
    },
    "ceased_plans_by_setting.csv": {"year": Year, **_settings, "total": Count, "source": Text},
    "flows.csv": {
        "year": Year,
        "new_plans": Count,
        "ceased_plans": pa.Column(float, nullable=True, coerce=True),
        "source": Text,
    },
    "unit_costs.csv": {
        "setting": Setting,
        "value": Pounds,
        "low": Pounds,
        "high": Pounds,
        "inflation": Rate,
        "inflation_low": Rate,
        "inflation_high": Rate,
        "pedigree": Pedigree,
        "source": Text,
        "note": Note,
        "inflation_source": Text,
        "inflation_note": Note,
    },
    "income.csv": {
        "financial_year": FinancialYear,
        "value": Pounds,
        "low": Pounds,
        "high": Pounds,
        "pedigree": Pedigree,
        "source": Text,
        "note": Note,
    },
    "services.csv": {
        "service": Text,
        "financial_year": FinancialYear,
        "value": Pounds,
        "pedigree": Pedigree,
        "source": Text,
        "note": Note,
    },
    "capacity.csv": {
        "setting": Setting,
        "september": Year,
        "places": Count,
        "low": Count,
        "high": Count,
        "pedigree": Pedigree,
        "source": Text,
        "fallback": Setting,
        "note": Note,
    },
    "usual_moves.csv": {"from_setting": Setting, "to_setting": Setting, "why": Text},
    "workstreams.csv": {
        "workstream": Slug,
        "name": Text,
        "priority": Slug,
        "share": Share,
        "start": MonthOfYear,
        "slip_months": Slip,
        "ready_to_report": Readiness,
        "rag": _word("red", "amber", "green"),
        "dropped": _word("yes", "no"),
        "owner": Text,
        "status": Note,
        "illustrative": _word("yes", "no"),
        "source": Text,
    },
    "risks.csv": {
        "id": Reference,
        "kind": _word("risk", "issue"),
        "description": Text,
        "workstreams": Note,
        "assumptions": Note,
        "likelihood": _word("low", "medium", "high", "happened"),
        "impact": _word("low", "medium", "high"),
        "owner": Text,
        "due": Day,
        "mitigation": Text,
        "illustrative": _word("yes", "no"),
        "source": Text,
    },
    "delivered.csv": {
        "programme": Text,
        "measure": _word("saving", "overspend", "deficit"),
        "year": YearsOfPlan,
        "planned": PoundsIfKnown,
        "delivered": PoundsIfKnown,
        "basis": Text,
        "pedigree": _word("published", "calibrated", "assumed", "derived"),
        "source": Text,
    },
    "comparison.csv": {
        "measure": _word(*MEASURES),
        "area": Text,
        "scope": _word(*SCOPES),
        "year": Year,
        "value": Number,
        "unit": _word("count", "share"),
        "breaks": _word("yes", "no"),
        "source": Text,
        "note": Note,
    },
    "equality.csv": {
        "characteristic": _word(*CHARACTERISTICS),
        "part": Text,
        "group": Text,
        "area": Text,
        "scope": _word(*SCOPES),
        "january": Year,
        **_settings,
        "total": Count,
        "source": Text,
    },
    "sign_off.csv": {"role": _word(*ROLES), "name": Note, "date": DayIfAny},
    "settings.csv": {"sen2_column": Slug, "setting": Setting, "dsg_plan_tab": Text, "reform_plan_provision": Text},
    "needs.csv": {"sen2_column": _word(*PRIMARY_NEEDS), "need": Need, "name": Text},
    "provisions.csv": {"provision": Text, "counted_in": Note, "why": Note},
    "census_in_full.csv": {
        "january": Year,
        "sen2_column": Slug,
        **dict.fromkeys(PRIMARY_NEEDS, Count),
        "total": Count,
        "source": Text,
    },
}
"""Columns each table must have, in the table's own words; other columns may stand beside them."""

_BY_YEAR = {"forecast.csv": {"line": Text, "source": Text}, "targets.csv": {"target": Text, "source": Text}}
"""Tables with a column, in £000, for each financial year."""

_KEYS = {
    "need_by_setting.csv": ["january", "setting"],
    "new_plans_need_by_setting.csv": ["year", "setting"],
    "ceased_plans_by_setting.csv": ["year"],
    "flows.csv": ["year"],
    "unit_costs.csv": ["setting"],
    "income.csv": ["financial_year"],
    "services.csv": ["service", "financial_year"],
    "capacity.csv": ["setting", "september"],
    "usual_moves.csv": ["from_setting", "to_setting"],
    "workstreams.csv": ["workstream"],
    "risks.csv": ["id"],
    "delivered.csv": ["programme", "measure", "year", "basis"],
    "comparison.csv": ["measure", "area", "year"],
    "equality.csv": ["characteristic", "part", "area", "january"],
    "sign_off.csv": ["role"],
    "settings.csv": ["sen2_column"],
    "needs.csv": ["sen2_column"],
    "provisions.csv": ["provision"],
    "forecast.csv": ["line"],
    "targets.csv": ["target"],
}
"""What names a row, in tables that are not by year and age: it is given once."""

_RANGES = {
    "unit_costs.csv": [("low", "value", "high"), ("inflation_low", "inflation", "inflation_high")],
    "income.csv": [("low", "value", "high")],
    "capacity.csv": [("low", "places", "high")],
}
"""Columns that must stand in order: low, value, high."""


class Tables:
    """The tables of one council's folder, each read, checked and kept once. `sources` are the keys of its `sources.yaml`."""

    def __init__(self, folder: Path, sources: Container[str]) -> None:
        self._folder, self._sources = folder, sources
        self._read: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._read:
            self._read[name] = self._checked(name)
        return self._read[name]

    def _checked(self, name: str) -> pd.DataFrame:
        """Held to its schema, its sums and its sources; the first fault is refused by file, row, column and value."""
        raw = _parse(self._folder / name)
        columns = SCHEMAS.get(name) or {**_BY_YEAR[name], **dict.fromkeys(financial_years(raw), Thousands)}
        table = _conforming(raw, columns, name)
        _given_once(table, name)
        _in_order(table, name)
        _adds_up(table, name)
        self._sources_are_known(table, name)
        return table

    def _sources_are_known(self, table: pd.DataFrame, name: str) -> None:
        for column in (column for column in table if str(column).endswith("source")):
            for row, source in enumerate(table[column]):
                if source not in self._sources:
                    raise Refusal(cell(name, row, str(column), source, "must be a key of sources.yaml; add it there"))


def published_openly(named: Iterable[str], licences: Mapping[str, object]) -> bool:
    """Whether every source named is under the open licence, so that counts from it may be shown as they are."""
    return all(licences.get(name) == OPEN for name in named)


def financial_years(table: pd.DataFrame) -> tuple[str, ...]:
    """The columns of a table that are financial years, in their order."""
    return tuple(sorted(column for column in table.columns if "/" in column))


def _conforming(raw: pd.DataFrame, columns: dict[str, pa.Column], name: str) -> pd.DataFrame:
    missing = [column for column in columns if column not in raw]
    if missing:
        raise Refusal(
            f"{name}, row {HEADER_ROW}: column {missing[0]} is missing; add it to the heading and to every row"
        )
    try:
        return pa.DataFrameSchema(columns, coerce=False).validate(_typed(raw, columns, name), lazy=True)
    except SchemaErrors as error:
        raise Refusal(_first_fault(error, name)) from error


def _given_once(table: pd.DataFrame, name: str) -> None:
    keys = _KEYS.get(name, list(table.columns[:2]))
    again = table.duplicated(keys).to_numpy()
    if again.any():
        row = int(again.argmax())
        named = ", ".join(str(table[key].iloc[row]) for key in keys)
        raise Refusal(f"{name}, row {row + HEADER_ROW + 1}: {named} is given twice; keep one row")


def _in_order(table: pd.DataFrame, name: str) -> None:
    for columns in _RANGES.get(name, []):
        for row, (low, value, high) in enumerate(table[list(columns)].to_numpy(float)):
            if not low <= value <= high:
                raise Refusal(
                    f"{name}, row {row + HEADER_ROW + 1}: low {low:g}, value {value:g}, high {high:g} must be in that order; "
                    f"correct {', '.join(columns)}"
                )


def _parse(path: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""], encoding="utf-8")
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise Refusal(
            f"{path.name}: it cannot be read as a table ({error}); check that the file is there and is UTF-8 CSV"
        ) from error


def _typed(table: pd.DataFrame, expected: dict[str, pa.Column], name: str) -> pd.DataFrame:
    """Turn the columns that hold numbers into numbers, refusing the first cell that is none."""
    typed = table.copy()
    for column, schema in expected.items():
        kind = str(schema.dtype)
        if kind.startswith(("int", "float")):
            whole = kind.startswith("int")
            numbers = pd.to_numeric(table[column], errors="coerce").replace([np.inf, -np.inf], np.nan)
            wrong = numbers.isna() & (table[column].notna() | (not schema.nullable))
            if whole:
                wrong |= numbers.notna() & (numbers % 1 != 0)
            if wrong.any():
                row = int(wrong.to_numpy().argmax())
                due = "must be a number" if pd.isna(numbers.iloc[row]) else "must be a whole number"
                raise Refusal(cell(name, row, column, table[column].iloc[row], due))
            typed[column] = numbers.astype("int64" if whole else "float64")
    return typed


def _first_fault(error: SchemaErrors, name: str) -> str:
    fault = error.failure_cases.sort_values("index", na_position="last").iloc[0]
    reason = "must not be empty" if fault["check"] == "not_nullable" else str(fault["check"])
    return cell(name, int(fault["index"]), str(fault["column"]), fault["failure_case"], reason)


def cell(name: str, index: int, column: str, value: Any, reason: str) -> str:
    """What is wrong with a cell, in the words of every refusal; `index` counts the rows under the heading from nought."""
    shown = "empty" if pd.isna(value) else repr(value) if isinstance(value, str) else value
    return f"{name}, row {index + HEADER_ROW + 1}, column {column}: the value is {shown}; it {reason}"


def _adds_up(table: pd.DataFrame, name: str) -> None:
    """Rows add to their total, and where ages are given they add to the `all` row of the same year."""
    parts = next((list(names) for names in (SETTINGS, NEEDS, REASONS) if set(names) <= set(table.columns)), None)
    if parts is None:
        return
    added = table[parts].sum(axis=1)
    wrong = (added != table["total"]).to_numpy()
    if wrong.any():
        row = int(wrong.argmax())
        total, sums = table["total"].iloc[row], added.iloc[row]
        raise Refusal(
            f"{name}, row {row + HEADER_ROW + 1}, column total: the value is {total} but the row adds to {sums}; "
            "correct the cell that is wrong"
        )
    if "age" in table:
        _ages_add_up(table, name, [*parts, "total"])


def _ages_add_up(table: pd.DataFrame, name: str, columns: Sequence[str]) -> None:
    period = table.columns[0]
    for year, rows in table.groupby(period):
        whole, ages = rows[rows["age"] == OPEN_AGES], rows[rows["age"] != OPEN_AGES]
        if whole.empty or ages.empty:
            continue
        for column in columns:
            said, added = whole[column].iloc[0], ages[column].sum()
            if added != said:
                raise Refusal(
                    f"{name}, row {whole.index[0] + HEADER_ROW + 1}, column {column}: the value is {said} for {year} "
                    "but the ages "
                    f"add to {added}; correct the row of that year that is wrong"
                )
