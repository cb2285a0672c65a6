"""The published past of a council, from its census and its flows, for the back-test."""

from pathlib import Path

import numpy as np
import pandas as pd

from best_model.inputs.authorities import move_cost, read_sources
from best_model.inputs.tables import OPEN_AGES, Tables, published_openly
from best_model.model.history import History
from best_model.model.phasing import FloatArray
from best_model.model.refusal import Refusal
from best_model.model.settings import SETTINGS


def read_history(params: Path, name: str) -> History:
    """Every census of a council in all, and the new and ceased plans between them; a gap is refused by file and year."""
    folder = params / name
    sources = read_sources(folder)
    tables = Tables(folder, sources)
    census = _of_all_ages(tables["census.csv"])
    januaries = tuple(range(int(census.index.min()), int(census.index.max()) + 1))
    flows = tables["flows.csv"].set_index("year")
    by_setting = tables["ceased_plans_by_setting.csv"].set_index("year")
    stock = _every(census, "census.csv", januaries)
    new_plans = _every(_of_all_ages(tables["new_plans.csv"]), "new_plans.csv", januaries[:-1])
    ceased = flows["ceased_plans"].reindex(januaries[:-1]).to_numpy(float)
    ceased_by_setting = by_setting[list(SETTINGS)].reindex(januaries[:-1]).to_numpy(float)
    _agrees("new_plans.csv", new_plans, flows["new_plans"], januaries)
    _agrees("ceased_plans_by_setting.csv", ceased_by_setting, flows["ceased_plans"], januaries)
    return History(
        januaries=januaries,
        stock=stock,
        new_plans=new_plans,
        ceased=ceased,
        ceased_by_setting=ceased_by_setting,
        move_cost=move_cost(tables["usual_moves.csv"]),
        source=str(census["source"].loc[januaries[-1]]),
        openly=published_openly(set(census["source"]), {key: source.licence for key, source in sources.items()}),
    )


def _of_all_ages(table: pd.DataFrame) -> pd.DataFrame:
    """The rows for all ages together, by year."""
    rows = table[table["age"] == OPEN_AGES]
    return rows.set_index(table.columns[0])


def _every(table: pd.DataFrame, name: str, years: tuple[int, ...]) -> FloatArray:
    """Counts (year, setting) of every year asked for."""
    missing = [year for year in years if year not in table.index]
    if missing:
        raise Refusal(
            f"{name}: there is no row for all ages in {missing[0]}; the back-test needs every year, so add it"
        )
    return table[list(SETTINGS)].loc[list(years)].to_numpy(float)


def _agrees(name: str, counts: FloatArray, flows: pd.Series, januaries: tuple[int, ...]) -> None:
    """A table by setting adds, in each year it is given, to the total of `flows.csv`."""
    for year, count, said in zip(januaries, counts.sum(axis=1), flows.reindex(januaries[:-1]), strict=False):
        if np.isfinite(count) and count != said:
            raise Refusal(
                f"{name}: {year} adds to {count:.0f} plans and flows.csv has {said:.0f}; correct the one that is wrong"
            )
