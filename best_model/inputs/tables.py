"""The tables of a council's folder, read and checked: a broken cell is refused with file, row, column, value and remedy."""

from collections.abc import Container, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

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


def _whole(check: pa.Check) -> pa.Column:
    return pa.Column(int, check)


def _number(*checks: pa.Check, if_any: bool = False) -> pa.Column:
    return pa.Column(float, list(checks), nullable=if_any, coerce=True)


def _form(pattern: str, due: str) -> pa.Column:
    return pa.Column(str, pa.Check.str_matches(pattern, error=due))


def _word(*words: str) -> pa.Column:
    """A column that holds one of a few words."""
    return pa.Column(str, pa.Check.isin(words, error=f"must be {', '.join(words[:-1])} or {words[-1]}"))


def _name(names: Iterable[str]) -> pa.Column:
    """A column that holds one of the model's own names."""
    return pa.Column(str, pa.Check.isin([*names], error=f"must be one of {', '.join(names)}"))


def _in_the_calendar(days: "pd.Series[str]") -> "pd.Series[bool]":
    return pd.to_datetime(days, format="%Y-%m-%d", errors="coerce").notna()


_NOT_NEGATIVE = pa.Check.ge(0, error="must be pounds, nought or more")
Count = _whole(pa.Check.ge(0, error="must be a whole number, nought or more"))
Year = _whole(pa.Check.in_range(2000, 2100, error="must be a year"))
Slip = _whole(pa.Check.in_range(0, 120, error="must be a number of months, from 0 to 120"))
Number, NumberIfAny = _number(), _number(if_any=True)
Pounds, PoundsIfKnown = _number(_NOT_NEGATIVE), _number(_NOT_NEGATIVE, if_any=True)
Rate = _number(pa.Check.in_range(-0.1, 0.5, error="must be a yearly rate such as 0.03"))
Share = _number(
    pa.Check.gt(0, error="must be a share above nought"), pa.Check.le(1, error="must be a share of at most 1")
)
Text = pa.Column(str, pa.Check.str_length(min_value=1, error="must not be empty"))
Note = pa.Column(str, nullable=True)
Age = _form(r"^(all|[0-9]|1[0-9]|2[0-5])$", "must be an age from 0 to 25, or `all`")
FinancialYear = _form(r"^20[0-9]{2}/[0-9]{2}$", "must look like 2026/27")
YearsOfPlan = _form(
    r"^(20[0-9]{2}/[0-9]{2}( to 20[0-9]{2}/[0-9]{2})?|not given)$",
    "must look like 2023/24, or 2023/24 to 2026/27, or be `not given`",
)
Slug = _form(r"^[a-z][a-z0-9_]*$", "must be small letters, digits and _")
Reference = _form(r"^[A-Z][0-9]+$", "must look like R1")
MonthOfYear = _form(r"^20[0-9]{2}-(0[1-9]|1[0-2])$", "must look like 2026-09")
Readiness = _form(r"^(yes|from 20[0-9]{2}/[0-9]{2} Q[1-4])$", "must be `yes`, or the quarter as in `from 2026/27 Q2`")
_DAY = [
    pa.Check.str_matches(r"^20[0-9]{2}-[0-9]{2}-[0-9]{2}$", error="must be a day such as 2027-03-31"),
    pa.Check(_in_the_calendar, error="must be a day of the calendar"),
]
Day, DayIfAny = pa.Column(str, _DAY), pa.Column(str, _DAY, nullable=True)
Setting, Need, Scope = _name(SETTINGS), _name(NEEDS), _word(*SCOPES)
YesOrNo, Pedigree = _word("yes", "no"), _word("published", "calibrated", "assumed")

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


class Layout(NamedTuple):
    """What a table must hold: columns, in the table's own words, the first `keys` of which name a row.

    Other columns may stand beside them. `low`, what it is of, and `high` stand in that order.
    """

    columns: dict[str, pa.Column]
    keys: int = 1


def _counted(of: Iterable[str], **keys: pa.Column) -> Layout:
    """A table of children: what names a row, counts of each, their total, and a source."""
    return Layout({**keys, **dict.fromkeys(of, Count), "total": Count, "source": Text}, len(keys))


_ORIGIN = {"pedigree": Pedigree, "source": Text, "note": Note}
LAYOUTS = {
    "census.csv": _counted(SETTINGS, january=Year, age=Age),
    "need_by_age.csv": _counted(NEEDS, january=Year, age=Age),
    "need_by_setting.csv": _counted(NEEDS, january=Year, setting=Setting),
    "new_plans.csv": _counted(SETTINGS, year=Year, age=Age),
    "new_plans_need_by_age.csv": _counted(NEEDS, year=Year, age=Age),
    "new_plans_need_by_setting.csv": _counted(NEEDS, year=Year, setting=Setting),
    "ceased_plans_by_age.csv": _counted(REASONS, year=Year, age=Age),
    "ceased_plans_by_setting.csv": _counted(SETTINGS, year=Year),
    "census_in_full.csv": _counted(PRIMARY_NEEDS, january=Year, sen2_column=Slug),
    "flows.csv": Layout({"year": Year, "new_plans": Count, "ceased_plans": NumberIfAny, "source": Text}),
    "unit_costs.csv": Layout({
        "setting": Setting, "value": Pounds, "low": Pounds, "high": Pounds, **_ORIGIN, "inflation": Rate, "inflation_low": Rate,
        "inflation_high": Rate, "inflation_source": Text, "inflation_note": Note,
    }),
    "income.csv": Layout({"financial_year": FinancialYear, "value": Pounds, "low": Pounds, "high": Pounds, **_ORIGIN}),
    "services.csv": Layout({"service": Text, "financial_year": FinancialYear, "value": Pounds, **_ORIGIN}, keys=2),
    "capacity.csv": Layout({
        "setting": Setting, "september": Year, "places": Count, "low": Count, "high": Count, "fallback": Setting, **_ORIGIN,
    }, keys=2),
    "usual_moves.csv": Layout({"from_setting": Setting, "to_setting": Setting, "why": Text}, keys=2),
    "workstreams.csv": Layout({
        "workstream": Slug, "name": Text, "priority": Slug, "share": Share, "start": MonthOfYear, "slip_months": Slip,
        "ready_to_report": Readiness, "rag": _word("red", "amber", "green"), "dropped": YesOrNo, "owner": Text, "status": Note,
        "illustrative": YesOrNo, "source": Text,
    }),
    "risks.csv": Layout({
        "id": Reference, "kind": _word("risk", "issue"), "description": Text, "workstreams": Note, "assumptions": Note,
        "likelihood": _word("low", "medium", "high", "happened"), "impact": _word("low", "medium", "high"), "owner": Text, "due": Day,
        "mitigation": Text, "illustrative": YesOrNo, "source": Text,
    }),
    "delivered.csv": Layout({
        "programme": Text, "measure": _word("saving", "overspend", "deficit"), "year": YearsOfPlan, "basis": Text,
        "planned": PoundsIfKnown, "delivered": PoundsIfKnown, "pedigree": _word("published", "calibrated", "assumed", "derived"),
        "source": Text,
    }, keys=4),
    "comparison.csv": Layout({
        "measure": _word(*MEASURES), "area": Text, "year": Year, "scope": Scope, "value": Number, "unit": _word("count", "share"),
        "breaks": YesOrNo, "source": Text, "note": Note,
    }, keys=3),
    "equality.csv": Layout({
        "characteristic": _word(*CHARACTERISTICS), "part": Text, "area": Text, "january": Year, "group": Text, "scope": Scope,
        **dict.fromkeys(SETTINGS, Count), "total": Count, "source": Text,
    }, keys=4),
    "sign_off.csv": Layout({"role": _word(*ROLES), "name": Note, "date": DayIfAny}),
    "settings.csv": Layout({"sen2_column": Slug, "setting": Setting, "dsg_plan_tab": Text, "reform_plan_provision": Text}),
    "needs.csv": Layout({"sen2_column": _word(*PRIMARY_NEEDS), "name": Text, "need": Need}),
    "provisions.csv": Layout({"provision": Text, "counted_in": Note, "why": Note}),
}  # fmt: skip
_BY_YEAR = {"forecast.csv": "line", "targets.csv": "target"}
"""Tables with a column, in £000, for each financial year, and what names a row of them."""


class Tables:
    """The tables of one council's folder, each read, checked and kept once. `sources` are the keys of its `sources.yaml`."""

    def __init__(self, folder: Path, sources: Container[str]) -> None:
        self.folder, self._sources = folder, sources
        self._read: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._read:
            self._read[name] = self._checked(name)
        return self._read[name]

    def __contains__(self, name: str) -> bool:
        return (self.folder / name).is_file()

    def rows(self, name: str) -> list[dict[str, Any]]:
        """The rows of a table in its own columns, `yes` as True, an empty text as "" and an empty number as None; none without the file."""
        columns = LAYOUTS[name].columns if name in self else {}
        return [
            {column: _meant(each[column], kind) for column, kind in columns.items()}
            for each in (self[name].to_dict("records") if columns else [])
        ]

    def _checked(self, name: str) -> pd.DataFrame:
        """Held to its layout, its sums and its sources; the first fault is refused by file, row, column and value."""
        raw = _parse(self.folder / name)
        by_year = {_BY_YEAR.get(name, ""): Text, "source": Text, **dict.fromkeys(financial_years(raw), NumberIfAny)}
        layout = LAYOUTS.get(name) or Layout(by_year)
        table = _conforming(raw, layout.columns, name)
        _given_once(table, list(layout.columns)[: layout.keys], name)
        _in_order(table, name)
        _adds_up(table, name)
        for column in (column for column in table if str(column).endswith("source")):
            for row, source in enumerate(table[column]):
                if source not in self._sources:
                    raise wrong(name, row, str(column), source, "must be a key of sources.yaml; add it there")
        return table


def _meant(cell: Any, kind: pa.Column) -> Any:
    if kind is YesOrNo:
        return cell == "yes"
    empty = None if _is_number(kind) else ""
    return empty if pd.isna(cell) else cell


def _is_number(kind: pa.Column) -> bool:
    return str(kind.dtype).startswith(("int", "float"))


def published_openly(named: Iterable[str], licences: Mapping[str, object]) -> bool:
    """Whether every source named is under the open licence, so that counts from it may be shown as they are."""
    return all(licences.get(name) == OPEN for name in named)


def financial_years(table: pd.DataFrame) -> tuple[str, ...]:
    """The columns of a table that are financial years, in their order."""
    return tuple(sorted(column for column in table.columns if "/" in column))


def place(name: str, row: int, column: str = "") -> str:
    """Where a row is, or a cell of it, in the words of every refusal; `row` counts those under the heading from nought."""
    return f"{name}, row {row + HEADER_ROW + 1}{column and f', column {column}'}"


def wrong(name: str, row: int, column: str, value: Any, reason: str) -> Refusal:
    """What is wrong with a cell: where it is, what it holds, and what it must be."""
    shown = "empty" if pd.isna(value) else repr(value) if isinstance(value, str) else value
    return Refusal(f"{place(name, row, column)}: the value is {shown}; it {reason}")


def _parse(path: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""], encoding="utf-8")
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise Refusal(
            f"{path.name}: it cannot be read as a table ({error}); check that the file is there and is UTF-8 CSV"
        ) from error


def _conforming(raw: pd.DataFrame, columns: dict[str, pa.Column], name: str) -> pd.DataFrame:
    for column in columns:
        if column not in raw:
            raise Refusal(
                f"{name}, row {HEADER_ROW}: column {column} is missing; add it to the heading and to every row"
            )
    try:
        return pa.DataFrameSchema(columns, coerce=False).validate(_typed(raw, columns, name), lazy=True)
    except SchemaErrors as error:
        fault = error.failure_cases.sort_values("index", na_position="last").iloc[0]
        reason = "must not be empty" if fault["check"] == "not_nullable" else str(fault["check"])
        raise wrong(name, int(fault["index"]), str(fault["column"]), fault["failure_case"], reason) from error


def _typed(table: pd.DataFrame, columns: dict[str, pa.Column], name: str) -> pd.DataFrame:
    """Turn the columns that hold numbers into numbers, refusing the first cell that is none."""
    typed = table.copy()
    for column, kind in columns.items():
        if _is_number(kind):
            whole = str(kind.dtype).startswith("int")
            numbers = pd.to_numeric(table[column], errors="coerce").replace([np.inf, -np.inf], np.nan)
            bad = numbers.isna() & (table[column].notna() | (not kind.nullable))
            if whole:
                bad |= numbers.notna() & (numbers % 1 != 0)
            for row in _places(bad):
                due = "must be a number" if pd.isna(numbers.iloc[row]) else "must be a whole number"
                raise wrong(name, row, column, table[column].iloc[row], due)
            typed[column] = numbers.astype("int64" if whole else "float64")
    return typed


def _places(true: "pd.Series[bool]") -> list[int]:
    return [int(place) for place in np.flatnonzero(true)]


def _given_once(table: pd.DataFrame, keys: list[str], name: str) -> None:
    for row in _places(table.duplicated(keys)):
        named = ", ".join(str(table[key].iloc[row]) for key in keys)
        raise Refusal(f"{place(name, row)}: {named} is given twice; keep one row")


def _in_order(table: pd.DataFrame, name: str) -> None:
    """Every low is at most, and every high at least, what they are of."""
    value = "places" if "places" in table else "value"
    for columns in (["low", value, "high"], ["inflation_low", "inflation", "inflation_high"]):
        if not {*columns} <= {*table.columns}:
            continue
        for row, (low, central, high) in enumerate(table[columns].to_numpy(float)):
            if not low <= central <= high:
                raise Refusal(
                    f"{place(name, row)}: low {low:g}, value {central:g}, high {high:g} must be in that order; "
                    f"correct {', '.join(columns)}"
                )


def _adds_up(table: pd.DataFrame, name: str) -> None:
    """Rows add to their total, and where ages are given they add to the `all` row of the same year."""
    parts = next((list(names) for names in (SETTINGS, NEEDS, REASONS) if set(names) <= set(table.columns)), None)
    if parts is None:
        return
    added = table[parts].sum(axis=1)
    for row in _places(added != table["total"]):
        raise Refusal(
            f"{place(name, row, 'total')}: the value is {table['total'].iloc[row]} but the row adds to {added.iloc[row]}; "
            "correct the cell that is wrong"
        )
    if "age" in table:
        _ages_add_up(table, name, [*parts, "total"])


def _ages_add_up(table: pd.DataFrame, name: str, columns: Sequence[str]) -> None:
    for year, rows in table.groupby(table.columns[0]):
        whole, ages = rows[rows["age"] == OPEN_AGES], rows[rows["age"] != OPEN_AGES]
        if whole.empty or ages.empty:
            continue
        for column in columns:
            said, added = whole[column].iloc[0], ages[column].sum()
            if added != said:
                raise Refusal(
                    f"{place(name, int(whole.index[0]), column)}: the value is {said} for {year} but the ages add to {added}; "
                    "correct the row of that year that is wrong"
                )
