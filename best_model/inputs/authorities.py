"""A council's folder, `params/<authority>/`, read into one checked and frozen record."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pydantic import Field

from best_model.inputs.strict_yaml import Document, read_yaml, validate
from best_model.inputs.tables import HEADER_ROW, OPEN_AGES, Tables, financial_years
from best_model.model.authority import Calibration, Council, Forecast, Money, Published, Source
from best_model.model.phasing import FloatArray
from best_model.model.refusal import Refusal
from best_model.model.scenario import Assumption, FinancialYear, Frozen, Pedigree
from best_model.model.settings import AGES, NEEDS, SETTINGS, setting_index

THOUSAND = 1000.0
_FORECAST_LINES = {
    "gap_before": "annual_gap_before_mitigations",
    "mitigations": "planned_mitigations",
    "gap_after": "annual_gap_after_mitigations",
    "cumulative": "cumulative_funding_gap",
}
_BROUGHT_FORWARD = "deficit_brought_forward_"


class CalibrationSpread(Frozen):
    """Standard deviations of the logarithms that calibration may move."""

    demand: Assumption
    price: Assumption


class AssumptionsFile(Frozen):
    """`assumptions.yaml`: figures that do not belong in a table."""

    title: str
    base_january: int
    new_plans_index: dict[int, Assumption] = Field(strict=False)
    awaiting_are_placed: Assumption
    price_base: FinancialYear
    general_inflation: Assumption
    empty_place: Assumption
    stability_grant: Assumption
    new_deficits_leave_from: FinancialYear
    calibration_spread: CalibrationSpread
    in_train: dict[str, Assumption]


class SourceEntry(Frozen):
    """One entry of `sources.yaml`."""

    title: str
    where: str
    url: str
    licence: str


class CalibrationFile(Frozen):
    """`calibration.yaml`, written by `best calibrate`: by calendar year and by financial year."""

    new_plans_index: dict[int, Assumption] = Field(strict=False)
    price_index: dict[str, Assumption]


def authority_names(params: Path) -> tuple[str, ...]:
    """Councils that have a folder."""
    return tuple(sorted(path.parent.name for path in params.glob("*/assumptions.yaml")))


def read_council(params: Path, name: str) -> Council:
    """Everything a council's folder says; a broken cell, key or sum is refused by file and row or line."""
    folder = params / name
    if name not in authority_names(params):
        raise Refusal(f"params/{name}: there is no such authority; there are {', '.join(authority_names(params))}")
    document = read_yaml(folder / "assumptions.yaml")
    said = validate(AssumptionsFile, document.content, document)
    sources = read_sources(folder)
    tables = Tables(folder, sources)
    forecast = _forecast(tables)
    calibration = _calibration(folder, said, forecast.years)
    assumptions = _assumptions(tables, said, calibration)
    _sources_are_known(assumptions, sources)
    steps = len(said.new_plans_index)
    return Council(
        name=name,
        title=said.title,
        base_january=said.base_january,
        published=_published(tables, said.base_january),
        calibration=_series(calibration, said),
        capacity=_capacity(tables["capacity.csv"], said.base_january, steps),
        fallbacks=_fallbacks(tables["capacity.csv"]),
        money=_money(tables, said, forecast),
        forecast=forecast,
        targets=_targets(tables, forecast),
        in_train=_in_train(said, forecast.years, document),
        assumptions=assumptions,
        sources=sources,
        transfers_a_year=float(_net_transfers(tables).mean()),
    )


def read_sources(folder: Path) -> Mapping[str, Source]:
    """Every source of a council's figures, by key."""
    document = read_yaml(folder / "sources.yaml")
    return {
        key: Source(**validate(SourceEntry, entry, document, under=(key,)).model_dump())
        for key, entry in document.content.items()
    }


def _forecast(tables: Tables) -> Forecast:
    table = tables["forecast.csv"]
    years, names = financial_years(table), list(table["line"])
    rows = {part: _forecast_line(table, names, line, years) for part, line in _FORECAST_LINES.items()}
    brought = {
        line.removeprefix(_BROUGHT_FORWARD): float(_forecast_line(table, names, line, years[:1])[0])
        for line in sorted(names)
        if line.startswith(_BROUGHT_FORWARD)
    }
    source = str(table["source"].iloc[names.index(_FORECAST_LINES["gap_before"])])
    return Forecast(years=years, brought_forward=brought, source=source, **rows)


def _forecast_line(table: pd.DataFrame, names: list[str], line: str, years: Sequence[str]) -> FloatArray:
    """One line of the forecast, £, with a figure in each year."""
    if line not in names:
        raise Refusal(f"forecast.csv: the line {line} is missing; add it with a figure for every year")
    row = names.index(line)
    for year in years:
        _must_be_given(table, "forecast.csv", row, year)
    return table[list(years)].to_numpy(float)[row] * THOUSAND


def _must_be_given(table: pd.DataFrame, name: str, row: int, year: str) -> None:
    if pd.isna(table[year].iloc[row]):
        raise Refusal(f"{name}, row {row + HEADER_ROW + 1}, column {year}: the value is empty; give it, in £000")


def _targets(tables: Tables, forecast: Forecast) -> dict[str, FloatArray]:
    table = tables["targets.csv"]
    missing = [year for year in forecast.years if year not in table]
    if missing:
        raise Refusal(f"targets.csv, row {HEADER_ROW}: column {missing[0]} is missing; the forecast has that year")
    for row in range(len(table)):
        _must_be_given(table, "targets.csv", row, forecast.years[-1])
    amounts = table[list(forecast.years)].to_numpy(float) * THOUSAND
    return {str(name): amounts[row] for row, name in enumerate(table["target"])}


def _in_train(said: AssumptionsFile, years: tuple[str, ...], document: Document) -> dict[str, FloatArray]:
    missing = [year for year in years if year not in said.in_train]
    if missing:
        raise Refusal(
            f"{document.path.name}, line {document.line(('in_train',))}: in_train has no {missing[0]}; add it"
        )
    rows = [said.in_train[year] for year in years]
    return {
        "none": np.zeros(len(years)),
        "low": np.array([row.low for row in rows]),
        "central": np.array([row.value for row in rows]),
        "high": np.array([row.high for row in rows]),
    }


def _calibration(folder: Path, said: AssumptionsFile, years: tuple[str, ...]) -> CalibrationFile:
    """The committed calibration, or the prior where none has been made yet."""
    path = folder / "calibration.yaml"
    if not path.is_file():
        neutral = Assumption(value=1.0, low=1.0, high=1.0, unit="factor", pedigree=Pedigree.ASSUMED, source="judgement")
        return CalibrationFile(new_plans_index=said.new_plans_index, price_index=dict.fromkeys(years, neutral))
    document = read_yaml(path)
    file = validate(CalibrationFile, document.content, document)
    if tuple(file.price_index) != years or tuple(file.new_plans_index) != tuple(said.new_plans_index):
        raise Refusal(f"{path.name}: its years are not those of the forecast; run `best calibrate` to make it anew")
    return file


def _series(file: CalibrationFile, said: AssumptionsFile) -> Calibration:
    return Calibration(
        demand=np.array([figure.value for figure in file.new_plans_index.values()]),
        demand_prior=np.array([figure.value for figure in said.new_plans_index.values()]),
        price_index=np.array([figure.value for figure in file.price_index.values()]),
        demand_weight=said.calibration_spread.demand.value**-2,
        price_weight=said.calibration_spread.price.value**-2,
    )


def _money(tables: Tables, said: AssumptionsFile, forecast: Forecast) -> Money:
    financial_years = tuple(f"{year}/{(year + 1) % 100:02d}" for year in said.new_plans_index)
    costs = tables["unit_costs.csv"].set_index("setting")
    missing = [setting for setting in SETTINGS if setting not in costs.index]
    if missing:
        raise Refusal(f"unit_costs.csv: the setting {missing[0]} is missing; add a row for it")
    costs = costs.loc[list(SETTINGS)]
    since_base = np.array([_years_between(said.price_base, year) for year in financial_years], dtype=float)
    return Money(
        unit_cost=costs["value"].to_numpy(float),
        inflation=(1.0 + costs["inflation"].to_numpy(float)) ** since_base[:, None],
        general_level=(1.0 + said.general_inflation.value) ** since_base,
        services=_services(tables["services.csv"], said.general_inflation.value, financial_years),
        income=_income(tables["income.csv"], financial_years),
        empty_place=said.empty_place.value,
        brought_forward=sum(forecast.brought_forward.values()),
        stability_grant=said.stability_grant.value,
        relief_from=said.new_deficits_leave_from,
    )


def _years_between(first: str, last: str) -> int:
    return int(last[:4]) - int(first[:4])


def _services(table: pd.DataFrame, inflation: float, financial_years: tuple[str, ...]) -> FloatArray:
    lines = list(zip(table["value"], table["financial_year"], strict=True))
    return np.array(
        [
            sum(value * (1.0 + inflation) ** _years_between(base, year) for value, base in lines)
            for year in financial_years
        ]
    )


def _income(table: pd.DataFrame, financial_years: tuple[str, ...]) -> FloatArray:
    income = table.set_index("financial_year")["value"]
    missing = [year for year in financial_years if year not in income.index]
    if missing:
        raise Refusal(f"income.csv: the year {missing[0]} is missing; add a row for it")
    return income.loc[list(financial_years)].to_numpy(float)


def _capacity(table: pd.DataFrame, base_january: int, steps: int) -> FloatArray:
    """Places open at each January: those of the September before."""
    septembers = range(base_january - 1, base_january + steps)
    capacity = np.full((steps + 1, len(SETTINGS)), np.inf)
    for setting, rows in table.groupby("setting"):
        places = rows.set_index("september")["places"]
        missing = [september for september in septembers if september not in places.index]
        if missing:
            raise Refusal(f"capacity.csv: {setting} has no row for September {missing[0]}; add one")
        capacity[:, setting_index(str(setting))] = places.loc[list(septembers)]
    return capacity


def _fallbacks(table: pd.DataFrame) -> tuple[tuple[int, int], ...]:
    """Each full setting and where its overflow goes, in the order in which they are filled: nobody is sent back up."""
    pairs = table[["setting", "fallback"]].drop_duplicates()
    twice = pairs[pairs.duplicated("setting")]
    if len(twice):
        setting, fallback = twice.iloc[0]
        raise Refusal(
            f"capacity.csv: {setting} has more than one fallback, {fallback} among them; give it the same in every row"
        )
    falls_to: dict[str, str] = dict(pairs.itertuples(index=False))
    try:
        order = TopologicalSorter({setting: [fallback] for setting, fallback in falls_to.items()}).static_order()
        return tuple(
            (setting_index(name), setting_index(falls_to[name])) for name in [*order][::-1] if name in falls_to
        )
    except CycleError as error:
        circle = ", ".join(dict.fromkeys(error.args[1]))
        raise Refusal(
            f"capacity.csv: the fallback of {circle} goes round in a circle; let one of them fall to a setting without places"
        ) from error


def _published(tables: Tables, base: int) -> Published:
    stock = _by_age(tables, "census.csv", base, SETTINGS)
    need_by_age, need_by_setting = (
        _by_age(tables, "need_by_age.csv", base, NEEDS),
        _by_setting(tables, "need_by_setting.csv", base),
    )
    _same_plans("need_by_age.csv", "age", need_by_age.sum(axis=1), stock.sum(axis=1), AGES)
    _same_plans("need_by_setting.csv", "setting", need_by_setting.sum(axis=1), stock.sum(axis=0), list(SETTINGS))
    ceased = _of(tables, "ceased_plans_by_age.csv", base - 1)
    return Published(
        stock_before=_by_age(tables, "census.csv", base - 1, SETTINGS),
        stock=stock,
        need_by_age=need_by_age,
        need_by_setting=need_by_setting,
        new_plans=_by_age(tables, "new_plans.csv", base - 1, SETTINGS),
        new_need_by_age=_by_age(tables, "new_plans_need_by_age.csv", base - 1, NEEDS),
        new_need_by_setting=_by_setting(tables, "new_plans_need_by_setting.csv", base - 1),
        ceased_by_age=_by_age(tables, "ceased_plans_by_age.csv", base - 1, ["total"])[:, 0],
        ceased_by_setting=_of(tables, "ceased_plans_by_setting.csv", base - 1)[list(SETTINGS)].to_numpy(float)[0],
        open_age=int(ceased[ceased["age"] != OPEN_AGES]["age"].astype(int).max()),
        net_transfers=_net_transfers(tables),
        move_cost=_move_cost(tables["usual_moves.csv"]),
    )


def _same_plans(name: str, kind: str, plans: FloatArray, census: FloatArray, rows: Sequence[object]) -> None:
    """A table of needs holds the plans of the census, row by row."""
    for row, here, there in zip(rows, plans, census, strict=True):
        if here != there:
            raise Refusal(
                f"{name}, {kind} {row}: it adds to {here:.0f} plans and the census holds {there:.0f}; correct the one that is wrong"
            )


def _of(tables: Tables, name: str, year: int) -> pd.DataFrame:
    table = tables[name]
    rows = table[table[table.columns[0]] == year]
    if rows.empty:
        raise Refusal(f"{name}: there is no row for {year}; add that year")
    return rows


def _by_age(tables: Tables, name: str, year: int, columns: Collection[str]) -> FloatArray:
    rows = _of(tables, name, year)
    rows = rows[rows["age"] != OPEN_AGES]
    counts = np.zeros((len(AGES), len(columns)))
    counts[rows["age"].astype(int)] = rows[list(columns)].to_numpy(float)
    return counts


def _by_setting(tables: Tables, name: str, year: int) -> FloatArray:
    rows = _of(tables, name, year).set_index("setting")
    return rows.reindex(list(SETTINGS))[list(NEEDS)].fillna(0.0).to_numpy(float)


def _net_transfers(tables: Tables) -> FloatArray:
    """What each past year's censuses leave over once new and ceased plans are counted."""
    flows = tables["flows.csv"].set_index("year").sort_index()
    census = tables["census.csv"]
    totals = census[census["age"] == OPEN_AGES].set_index("january")["total"]
    known = [year for year in flows.index if pd.notna(flows["ceased_plans"][year]) and year + 1 in totals.index]
    change = totals.reindex([year + 1 for year in known]).to_numpy(float) - totals.reindex(known).to_numpy(float)
    return change - flows["new_plans"][known].to_numpy(float) + flows["ceased_plans"][known].to_numpy(float)


def _move_cost(table: pd.DataFrame) -> FloatArray:
    """How far a move is from what usually happens, (from, to): 0 to stay, 1 a usual move, 2 any other."""
    cost = np.full((len(SETTINGS), len(SETTINGS)), 2.0)
    for start, end in table[["from_setting", "to_setting"]].itertuples(index=False):
        cost[setting_index(start), setting_index(end)] = 1.0
    np.fill_diagonal(cost, 0.0)
    return cost


def _assumptions(tables: Tables, said: AssumptionsFile, calibration: CalibrationFile) -> dict[str, Assumption]:
    """Every figure with a pedigree, by a dotted name that says where it lives."""
    figures = {
        "awaiting_are_placed": said.awaiting_are_placed,
        "general_inflation": said.general_inflation,
        "empty_place": said.empty_place,
        "stability_grant": said.stability_grant,
        "calibration_spread.demand": said.calibration_spread.demand,
        "calibration_spread.price": said.calibration_spread.price,
    }
    figures |= {f"new_plans_index.{year}": figure for year, figure in said.new_plans_index.items()}
    figures |= {f"calibration.new_plans_index.{year}": figure for year, figure in calibration.new_plans_index.items()}
    figures |= {f"calibration.price_index.{year}": figure for year, figure in calibration.price_index.items()}
    figures |= {f"in_train.{year}": figure for year, figure in said.in_train.items()}
    costs, income, capacity = (tables[name] for name in ("unit_costs.csv", "income.csv", "capacity.csv"))
    a_year: dict[Hashable, str] = {"value": "inflation", "low": "inflation_low", "high": "inflation_high"}
    for row in costs.to_dict("records"):
        unit = f"£ a child a year, {said.price_base} prices"
        figures[f"unit_cost.{row['setting']}"] = _figure(row, unit)
        rise = row | {part: row[column] for part, column in a_year.items()}
        figures[f"inflation.{row['setting']}"] = _figure(rise, "a year")
    for row in income.to_dict("records"):
        figures[f"income.{row['financial_year']}"] = _figure(row, "£ a year")
    for row in capacity.to_dict("records"):
        figures[f"capacity.{row['setting']}.{row['september']}"] = _figure(row | {"value": row["places"]}, "places")
    return figures


def _figure(row: Mapping[Hashable, Any], unit: str) -> Assumption:
    """A row that has value, low, high, pedigree, source and note, as an assumption."""
    value, low, high = (float(row[part]) for part in ("value", "low", "high"))
    note = row["note"] if isinstance(row["note"], str) else ""
    pedigree = Pedigree(row["pedigree"])
    return Assumption(value=value, low=low, high=high, unit=unit, pedigree=pedigree, source=row["source"], note=note)


def _sources_are_known(assumptions: Mapping[str, Assumption], sources: Mapping[str, Source]) -> None:
    for name, figure in assumptions.items():
        if figure.source not in sources:
            raise Refusal(
                f"sources.yaml: {name} names the source {figure.source}, which is not there; add it or name another"
            )
