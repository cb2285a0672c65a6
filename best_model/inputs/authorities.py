"""A council's folder, `params/<authority>/`, read into one checked and frozen record."""

from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pydantic import Field

from best_model.inputs.strict_yaml import Document, read_yaml, validate
from best_model.inputs.tables import OPEN_AGES, Text, Thousands, read_table
from best_model.model.authority import Calibration, Council, Forecast, Money, Published, Source
from best_model.model.phasing import FloatArray
from best_model.model.refusal import Refusal
from best_model.model.scenario import Assumption, Frozen, Pedigree
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
    price_base: str
    general_inflation: Assumption
    empty_place: Assumption
    stability_grant: Assumption
    new_deficits_leave_from: str
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
    forecast = _forecast(folder)
    sources = _sources(folder)
    financial_years = tuple(f"{year}/{(year + 1) % 100:02d}" for year in said.new_plans_index)
    calibration = _calibration(folder, said, forecast.years)
    assumptions = _assumptions(folder, said, calibration)
    _sources_are_known(assumptions, sources)
    capacity, fallbacks = _capacity(folder, said.base_january, len(said.new_plans_index))
    return Council(
        name=name, title=said.title, base_january=said.base_january, published=_published(folder, said.base_january),
        calibration=_series(calibration, said), capacity=capacity, fallbacks=fallbacks,
        money=_money(folder, said, financial_years, forecast), forecast=forecast,
        targets=_targets(folder, forecast), in_train=_in_train(said, forecast.years, document), assumptions=assumptions, sources=sources,
        transfers_a_year=float(_net_transfers(folder).mean()),
    )  # fmt: skip


def read_mapping(params: Path, name: str) -> pd.DataFrame:
    """`settings.csv` or `needs.csv`: how the columns of the SEN2 release are regrouped."""
    columns = {"sen2_column": Text, "setting" if name == "settings.csv" else "need": Text}
    return read_table(params, name, columns)


def _sources(folder: Path) -> Mapping[str, Source]:
    document = read_yaml(folder / "sources.yaml")
    return {
        key: Source(**validate(SourceEntry, entry, document, under=(key,)).model_dump())
        for key, entry in document.content.items()
    }


def _forecast(folder: Path) -> Forecast:
    table = read_table(folder, "forecast.csv", {"line": Text, "source": Text}).set_index("line")
    years = tuple(column for column in table.columns if "/" in column)
    table = read_table(
        folder, "forecast.csv", {"line": Text, **dict.fromkeys(years, Thousands), "source": Text}
    ).set_index("line")
    missing = [line for line in _FORECAST_LINES.values() if line not in table.index]
    if missing:
        raise Refusal(f"forecast.csv: the line {missing[0]} is missing; add it with a figure for every year")
    rows = {part: table.loc[line, list(years)].to_numpy(float) * THOUSAND for part, line in _FORECAST_LINES.items()}
    brought = table[table.index.str.startswith(_BROUGHT_FORWARD)][years[0]] * THOUSAND
    origins = {str(line).removeprefix(_BROUGHT_FORWARD): float(value) for line, value in brought.items()}
    return Forecast(years=years, brought_forward=origins, **rows)


def _targets(folder: Path, forecast: Forecast) -> dict[str, FloatArray]:
    table = read_table(
        folder, "targets.csv", {"target": Text, **dict.fromkeys(forecast.years, Thousands), "source": Text}
    )
    return {
        str(name): np.asarray(row, dtype=float) * THOUSAND
        for name, row in zip(table["target"], table[list(forecast.years)].to_numpy(float), strict=True)
    }


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


def _money(folder: Path, said: AssumptionsFile, financial_years: tuple[str, ...], forecast: Forecast) -> Money:
    costs = read_table(folder, "unit_costs.csv").set_index("setting")
    missing = [setting for setting in SETTINGS if setting not in costs.index]
    if missing:
        raise Refusal(f"unit_costs.csv: the setting {missing[0]} is missing; add a row for it")
    costs = costs.loc[list(SETTINGS)]
    since_base = np.array([_years_between(said.price_base, year) for year in financial_years], dtype=float)
    return Money(
        unit_cost=costs["value"].to_numpy(float),
        inflation=(1.0 + costs["inflation"].to_numpy(float)) ** since_base[:, None],
        general_level=(1.0 + said.general_inflation.value) ** since_base,
        services=_services(folder, said.general_inflation.value, financial_years),
        income=_income(folder, financial_years),
        empty_place=said.empty_place.value,
        brought_forward=sum(forecast.brought_forward.values()),
        stability_grant=said.stability_grant.value,
        relief_from=said.new_deficits_leave_from,
    )


def _years_between(first: str, last: str) -> int:
    return int(last[:4]) - int(first[:4])


def _services(folder: Path, inflation: float, financial_years: tuple[str, ...]) -> FloatArray:
    table = read_table(folder, "services.csv")
    return np.array(
        [
            sum(
                value * (1.0 + inflation) ** _years_between(base, year)
                for value, base in zip(table["value"], table["financial_year"], strict=True)
            )
            for year in financial_years
        ]
    )


def _income(folder: Path, financial_years: tuple[str, ...]) -> FloatArray:
    table = read_table(folder, "income.csv").set_index("financial_year")
    missing = [year for year in financial_years if year not in table.index]
    if missing:
        raise Refusal(f"income.csv: the year {missing[0]} is missing; add a row for it")
    return table.loc[list(financial_years), "value"].to_numpy(float)


def _capacity(folder: Path, base_january: int, steps: int) -> tuple[FloatArray, tuple[tuple[int, int], ...]]:
    """Places open at each January (those of the September before), and where overflow goes."""
    table = read_table(folder, "capacity.csv")
    septembers = range(base_january - 1, base_january + steps)
    capacity = np.full((steps + 1, len(SETTINGS)), np.inf)
    for setting, rows in table.groupby("setting", sort=False):
        places = rows.set_index("september")["places"]
        missing = [september for september in septembers if september not in places.index]
        if missing:
            raise Refusal(f"capacity.csv: {setting} has no row for September {missing[0]}; add one")
        capacity[:, setting_index(str(setting))] = places.loc[list(septembers)]
    pairs = table[["setting", "fallback"]].drop_duplicates()
    return capacity, tuple((setting_index(a), setting_index(b)) for a, b in pairs.itertuples(index=False))


def _published(folder: Path, base_january: int) -> Published:
    census = read_table(folder, "census.csv")
    ceased_by_age = read_table(folder, "ceased_plans_by_age.csv")
    ceased = _of(ceased_by_age, base_january - 1, "ceased_plans_by_age.csv")
    ages = ceased[ceased["age"] != OPEN_AGES]["age"].astype(int)
    return Published(
        stock_before=_by_age(census, base_january - 1, SETTINGS, "census.csv"),
        stock=_by_age(census, base_january, SETTINGS, "census.csv"),
        need_by_age=_by_age(read_table(folder, "need_by_age.csv"), base_january, NEEDS, "need_by_age.csv"),
        need_by_setting=_by_setting(folder, "need_by_setting.csv", base_january),
        new_plans=_by_age(read_table(folder, "new_plans.csv"), base_january - 1, SETTINGS, "new_plans.csv"),
        new_need_by_age=_by_age(
            read_table(folder, "new_plans_need_by_age.csv"), base_january - 1, NEEDS, "new_plans_need_by_age.csv"
        ),
        new_need_by_setting=_by_setting(folder, "new_plans_need_by_setting.csv", base_january - 1),
        ceased_by_age=_by_age(ceased_by_age, base_january - 1, ["total"], "ceased_plans_by_age.csv")[:, 0],
        ceased_by_setting=_of(
            read_table(folder, "ceased_plans_by_setting.csv"), base_january - 1, "ceased_plans_by_setting.csv"
        )[list(SETTINGS)].to_numpy(float)[0],
        open_age=int(ages.max()),
        net_transfers=_net_transfers(folder),
        move_cost=_move_cost(folder),
    )


def _of(table: pd.DataFrame, year: int, name: str) -> pd.DataFrame:
    rows = table[table[table.columns[0]] == year]
    if rows.empty:
        raise Refusal(f"{name}: there is no row for {year}; add that year")
    return rows


def _by_age(table: pd.DataFrame, year: int, columns: list[str] | Mapping[str, str], name: str) -> FloatArray:
    rows = _of(table, year, name)
    rows = rows[rows["age"] != OPEN_AGES]
    counts = np.zeros((len(AGES), len(columns)))
    counts[rows["age"].astype(int)] = rows[list(columns)].to_numpy(float)
    return counts


def _by_setting(folder: Path, name: str, year: int) -> FloatArray:
    rows = _of(read_table(folder, name), year, name).set_index("setting")
    return rows.reindex(list(SETTINGS))[list(NEEDS)].fillna(0.0).to_numpy(float)


def _net_transfers(folder: Path) -> FloatArray:
    """What each past year's censuses leave over once new and ceased plans are counted."""
    flows = read_table(folder, "flows.csv").set_index("year")
    census = read_table(folder, "census.csv")
    totals = census[census["age"] == OPEN_AGES].set_index("january")["total"]
    known = [year for year in flows.index if pd.notna(flows.loc[year, "ceased_plans"]) and year + 1 in totals.index]
    change = totals.reindex([year + 1 for year in known]).to_numpy(float) - totals.reindex(known).to_numpy(float)
    return change - flows.loc[known, "new_plans"].to_numpy(float) + flows.loc[known, "ceased_plans"].to_numpy(float)


def _move_cost(folder: Path) -> FloatArray:
    """How far a move is from what usually happens, (from, to): 0 to stay, 1 a usual move, 2 any other."""
    cost = np.full((len(SETTINGS), len(SETTINGS)), 2.0)
    for start, end in read_table(folder, "usual_moves.csv")[["from_setting", "to_setting"]].itertuples(index=False):
        cost[setting_index(start), setting_index(end)] = 1.0
    np.fill_diagonal(cost, 0.0)
    return cost


def _assumptions(folder: Path, said: AssumptionsFile, calibration: CalibrationFile) -> dict[str, Assumption]:
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
    costs, income, capacity = (read_table(folder, name) for name in ("unit_costs.csv", "income.csv", "capacity.csv"))
    a_year: dict[Hashable, str] = {"value": "inflation", "low": "inflation_low", "high": "inflation_high"}
    for row in costs.to_dict("records"):
        unit = f"£ a child a year, {said.price_base} prices"
        figures[f"unit_cost.{row['setting']}"] = _figure("unit_costs.csv", row["setting"], row, unit)
        rise = row | {part: row[column] for part, column in a_year.items()}
        figures[f"inflation.{row['setting']}"] = _figure("unit_costs.csv", row["setting"], rise, "a year")
    for row in income.to_dict("records"):
        figures[f"income.{row['financial_year']}"] = _figure("income.csv", row["financial_year"], row, "£ a year")
    for row in capacity.to_dict("records"):
        name = f"{row['setting']}.{row['september']}"
        figures[f"capacity.{name}"] = _figure("capacity.csv", name, row | {"value": row["places"]}, "places")
    return figures


def _figure(table: str, name: str, row: Mapping[Hashable, Any], unit: str) -> Assumption:
    """A row that has value, low, high, pedigree, source and note, as an assumption."""
    value, low, high = (float(row[part]) for part in ("value", "low", "high"))
    if not low <= value <= high:
        raise Refusal(
            f"{table}, {name}: low {low:g}, value {value:g}, high {high:g} must be in that order; correct the row"
        )
    note = row["note"] if isinstance(row["note"], str) else ""
    pedigree = Pedigree(row["pedigree"])
    return Assumption(value=value, low=low, high=high, unit=unit, pedigree=pedigree, source=row["source"], note=note)


def _sources_are_known(assumptions: Mapping[str, Assumption], sources: Mapping[str, Source]) -> None:
    for name, figure in assumptions.items():
        if figure.source not in sources:
            raise Refusal(
                f"sources.yaml: {name} names the source {figure.source}, which is not there; add it or name another"
            )
