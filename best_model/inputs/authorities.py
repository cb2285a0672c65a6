"""A council's folder, `params/<authority>/`, read into one checked and frozen record."""

from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pydantic import Field

from best_model.inputs.finance_yaml import read_finance
from best_model.inputs.strict_yaml import Document, figures_in, read_as, read_yaml, validate
from best_model.inputs.tables import HEADER_ROW, OPEN_AGES, Tables, financial_years, place, published_openly, wrong
from best_model.model import figures
from best_model.model.authority import Council, Facts, Forecast, Published, Source
from best_model.model.phasing import FloatArray
from best_model.model.refusal import Refusal
from best_model.model.scenario import Amount, Assumption, FinancialYear, Frozen, Pedigree, ShareOfReach, Spread
from best_model.model.settings import AGES, NEEDS, SETTINGS, setting_index

THOUSAND = 1000.0
_FORECAST_LINES = {
    "gap_before": "annual_gap_before_mitigations",
    "mitigations": "planned_mitigations",
    "gap_after": "annual_gap_after_mitigations",
    "cumulative": "cumulative_funding_gap",
}
_BROUGHT_FORWARD = "deficit_brought_forward_"
_CENSUS_TABLES = ("census.csv", "need_by_setting.csv", "need_by_age.csv", "census_in_full.csv")
"""Tables whose counts are shown."""


class CalibrationSpread(Frozen):
    """Standard deviations of the logarithms that calibration may move."""

    demand: Spread
    price: Spread


class AssumptionsFile(Frozen):
    """`assumptions.yaml`: figures that do not belong in a table."""

    title: str
    base_january: int
    price_base: FinancialYear
    new_deficits_leave_from: FinancialYear
    awaiting_are_placed: ShareOfReach
    general_inflation: Assumption
    empty_place: Amount
    stability_grant: ShareOfReach
    calibration_spread: CalibrationSpread
    new_plans_index: dict[int, Assumption] = Field(strict=False)
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
    said, document = read_as(AssumptionsFile, folder / "assumptions.yaml")
    sources = read_sources(folder)
    tables = Tables(folder, sources)
    forecast = _forecast(tables)
    facts = _facts(tables, said, forecast)
    own = figures_in(said, document, sources)
    in_train = {name: own.pop(name) for name in [*own] if name.startswith("in_train.")}
    assumptions = {  # draws are dealt in this order
        **own,
        **_calibration(folder, said, forecast.years, sources),
        **in_train,
        **_of_tables(tables, said.price_base),
        **read_finance(folder, forecast.years, sources),
    }
    _nothing_is_missing(tables, said, facts, document)
    _those_placed_have_a_place(tables, said.base_january)
    central = figures.central(assumptions)
    return Council(
        name=name,
        title=said.title,
        base_january=said.base_january,
        openly=_openly(tables, said.base_january, sources),
        published=_published(tables, said.base_january),
        calibration=figures.calibration(central, facts),
        capacity=figures.capacity(central, facts),
        fallbacks=_fallbacks(tables["capacity.csv"]),
        money=figures.money(central, facts),
        forecast=forecast,
        targets=_targets(tables, forecast),
        in_train=figures.in_train(assumptions, facts),
        assumptions=assumptions,
        facts=facts,
        sources=sources,
        transfers_a_year=float(_net_transfers(tables).mean()),
    )


def _openly(tables: Tables, january: int, sources: Mapping[str, Source]) -> bool:
    """Whether every count of the base census, by age, by need and in full, is from an open source."""
    held = [tables[name] for name in _CENSUS_TABLES if name in tables]
    named = {str(source) for table in held for source in table.loc[table["january"] == january, "source"]}
    return published_openly(named, {key: source.licence for key, source in sources.items()})


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
    return _amounts(table.iloc[[names.index(line)]], "forecast.csv", years, given=years)[0]


def _amounts(table: pd.DataFrame, name: str, years: Sequence[str], given: Sequence[str]) -> FloatArray:
    """£ (row, year), with a figure in each year that must be given."""
    for year in years:
        if year not in table:
            raise Refusal(f"{name}, row {HEADER_ROW}: column {year} is missing; the forecast has that year")
    for row in table.index:
        for year in given:
            if pd.isna(table[year][row]):
                raise wrong(name, row, year, None, "must be given, in £000")
    return table[list(years)].to_numpy(float) * THOUSAND


def _targets(tables: Tables, forecast: Forecast) -> dict[str, FloatArray]:
    table = tables["targets.csv"]
    amounts = _amounts(table, "targets.csv", forecast.years, given=forecast.years[-1:])
    return dict(zip(map(str, table["target"]), amounts, strict=True))


def _facts(tables: Tables, said: AssumptionsFile, forecast: Forecast) -> Facts:
    lines = tables["services.csv"]
    return Facts(
        calendar_years=tuple(said.new_plans_index),
        years=forecast.years,
        price_base=said.price_base,
        services=tuple(sorted(zip(lines["value"].map(float), lines["financial_year"], strict=True))),
        brought_forward=sum(forecast.brought_forward.values()),
        relief_from=said.new_deficits_leave_from,
    )


def _nothing_is_missing(tables: Tables, said: AssumptionsFile, facts: Facts, document: Document) -> None:
    """The index of new plans runs on from the base census; every setting has a cost, year its income and September its places."""
    years = list(said.new_plans_index)
    if years != list(range(said.base_january, said.base_january + len(years))):
        raise document.refusal(("new_plans_index",), f"has {years}; it must run on from {said.base_january}")
    for year in _missing(facts.years, said.in_train):
        raise document.refusal(("in_train",), f"has no {year}; add it")
    for setting in _missing(SETTINGS, tables["unit_costs.csv"]["setting"]):
        placed = _of(tables, "census.csv", said.base_january).set_index("age")[setting][OPEN_AGES]
        raise Refusal(
            f"unit_costs.csv: the setting {setting} is missing, so the {placed} children in it in January {said.base_january} "
            "would cost £0; add a row for it"
        )
    for year in _missing(facts.financial_years, tables["income.csv"]["financial_year"]):
        raise Refusal(f"income.csv: the year {year} is missing; add a row for it")
    septembers = range(facts.calendar_years[0] - 1, facts.calendar_years[-1] + 1)
    for name, rows in tables["capacity.csv"].groupby("setting"):
        for september in _missing(septembers, rows["september"]):
            raise Refusal(f"capacity.csv: {name} has no row for September {september}; add one")


def _those_placed_have_a_place(tables: Tables, base: int) -> None:
    """From the base census on, a setting has at least as many places as it then had children."""
    placed = dict(zip(SETTINGS, _by_age(tables, "census.csv", base, SETTINGS).sum(axis=0), strict=True))
    cost: dict[str, float] = dict(tables["unit_costs.csv"][["setting", "value"]].itertuples(index=False))
    rows = tables["capacity.csv"][["setting", "september", "places", "fallback"]].itertuples(index=False)
    for row, (setting, september, places, fallback) in enumerate(rows):
        short = placed[setting] - places
        if september >= base - 1 and short > 0:
            dearer = short * abs(cost[fallback] - cost[setting])
            raise Refusal(
                f"{place('capacity.csv', row, 'places')}: the value is {places} for September {september} and "
                f"{placed[setting]:,.0f} children were in {setting} in January {base}, so {short:,.0f} would have no place, a "
                f"difference of £{dearer:,.0f} a year if they went to {fallback}; give at least {placed[setting]:,.0f}, or "
                "correct census.csv"
            )


def _missing(wanted: Iterable[object], there: Iterable[object]) -> list[object]:
    known = set(there)
    return [one for one in wanted if one not in known]


def _calibration(
    folder: Path, said: AssumptionsFile, years: tuple[str, ...], sources: Container[str]
) -> dict[str, Assumption]:
    """The committed calibration by dotted name, or the prior where none has been made yet."""
    path = folder / "calibration.yaml"
    if path.is_file():
        file, document = read_as(CalibrationFile, path)
        if tuple(file.price_index) != years or tuple(file.new_plans_index) != tuple(said.new_plans_index):
            raise Refusal(f"{path.name}: its years are not those of the forecast; run `best calibrate` to make it anew")
        return {f"calibration.{name}": figure for name, figure in figures_in(file, document, sources).items()}
    neutral = Assumption(value=1.0, low=1.0, high=1.0, unit="factor", pedigree=Pedigree.ASSUMED, source="judgement")
    priors = {f"calibration.new_plans_index.{year}": prior for year, prior in said.new_plans_index.items()}
    return priors | {f"calibration.price_index.{year}": neutral for year in years}


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
    ceased = _of(tables, "ceased_plans_by_age.csv", base - 1)
    published = Published(
        stock_before=_by_age(tables, "census.csv", base - 1, SETTINGS),
        stock=_by_age(tables, "census.csv", base, SETTINGS),
        need_by_age=_by_age(tables, "need_by_age.csv", base, NEEDS),
        need_by_setting=_by_setting(tables, "need_by_setting.csv", base),
        new_plans=_by_age(tables, "new_plans.csv", base - 1, SETTINGS),
        new_need_by_age=_by_age(tables, "new_plans_need_by_age.csv", base - 1, NEEDS),
        new_need_by_setting=_by_setting(tables, "new_plans_need_by_setting.csv", base - 1),
        ceased_by_age=_by_age(tables, "ceased_plans_by_age.csv", base - 1, ["total"])[:, 0],
        ceased_by_setting=_of(tables, "ceased_plans_by_setting.csv", base - 1)[list(SETTINGS)].to_numpy(float)[0],
        open_age=int(ceased[ceased["age"] != OPEN_AGES]["age"].astype(int).max()),
        net_transfers=_net_transfers(tables),
        move_cost=move_cost(tables["usual_moves.csv"]),
    )
    _tables_agree(published)
    return published


def _tables_agree(published: Published) -> None:
    """Two tables of the same plans hold the same plans."""
    stock, settings, needs = published.stock, list(SETTINGS), list(NEEDS)
    of_needs, of_new = published.new_need_by_setting, published.new_need_by_age
    for name, kind, rows, here, other, there in (
        ("need_by_age.csv", "age", AGES, published.need_by_age.sum(axis=1), "census.csv", stock.sum(axis=1)),
        ("need_by_setting.csv", "setting", settings, published.need_by_setting.sum(axis=1), "census.csv", stock.sum(axis=0)),
        ("need_by_setting.csv", "need", needs, published.need_by_setting.sum(axis=0), "need_by_age.csv", published.need_by_age.sum(axis=0)),
        ("new_plans_need_by_setting.csv", "setting", settings, of_needs.sum(axis=1), "new_plans.csv", published.new_plans.sum(axis=0)),
        ("new_plans_need_by_setting.csv", "need", needs, of_needs.sum(axis=0), "new_plans_need_by_age.csv", of_new.sum(axis=0)),
        ("ceased_plans_by_setting.csv", "year", ["of the last census"], published.ceased_by_setting.sum(keepdims=True),
         "ceased_plans_by_age.csv", published.ceased_by_age.sum(keepdims=True)),
    ):  # fmt: skip
        _same_plans(f"{name}, {kind}", rows, here, other, there)


def _same_plans(where: str, rows: Sequence[object], here: FloatArray, other: str, there: FloatArray) -> None:
    for row, one, two in zip(rows, here, there, strict=True):
        if one != two:
            raise Refusal(
                f"{where} {row}: it adds to {one:.0f} plans and {other} to {two:.0f}; correct the one that is wrong"
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


def move_cost(table: pd.DataFrame) -> FloatArray:
    """How far a move is from what usually happens, (from, to): 0 to stay, 1 a usual move, 2 any other."""
    cost = np.full((len(SETTINGS), len(SETTINGS)), 2.0)
    for start, end in table[["from_setting", "to_setting"]].itertuples(index=False):
        cost[setting_index(start), setting_index(end)] = 1.0
    np.fill_diagonal(cost, 0.0)
    return cost


def _of_tables(tables: Tables, price_base: str) -> dict[str, Assumption]:
    """Figures with a pedigree that are written in tables, by dotted name."""
    found = {}
    for row in tables.rows("unit_costs.csv"):
        rise = {"value": row["inflation"]} | {
            part: row[f"inflation_{part}"] for part in ("low", "high", "source", "note")
        }
        found[f"unit_cost.{row['setting']}"] = _figure(row, f"£ a child a year, {price_base} prices")
        found[f"inflation.{row['setting']}"] = _figure(row | rise, "a year")
    for row in tables.rows("income.csv"):
        found[f"income.{row['financial_year']}"] = _figure(row, "£ a year")
    for row in tables.rows("capacity.csv"):
        found[f"capacity.{row['setting']}.{row['september']}"] = _figure(row | {"value": row["places"]}, "places")
    return found


def _figure(row: Mapping[str, Any], unit: str) -> Assumption:
    """A row that has value, low, high, pedigree, source and note, as an assumption."""
    said = {part: row[part] for part in ("value", "low", "high", "pedigree", "source", "note")}
    return Assumption(**said, unit=unit)
