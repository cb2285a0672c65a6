"""The mapping to the two returns, `params/settings.csv`, `needs.csv` and `provisions.csv`, and a council's base census in full."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pandas as pd

from best_model.inputs.tables import HEADER_ROW, Tables, cell
from best_model.model.authority import Council
from best_model.model.refusal import Refusal
from best_model.model.returns import CensusColumn, PrimaryNeed, Provision, Returns
from best_model.model.settings import NEEDS, SETTINGS

MAPPING, PROVISIONS, NEED_NAMES = "settings.csv", "provisions.csv", "needs.csv"
CENSUS = "census_in_full.csv"


def read_returns(params: Path, council: Council) -> Returns:
    """The mapping for every council, and this council's base census in full if its folder holds it."""
    tables, own = Tables(params, ()), Tables(params / council.name, council.sources)
    mapping = Returns(_columns(tables), _provisions(tables), _needs(tables), council.base_january)
    _one_home_each(mapping)
    if not (params / council.name / CENSUS).exists():
        return mapping
    full = replace(mapping, published=_counts(_base(own[CENSUS], council), mapping))
    if full.published:
        _meets_the_census(full, council)
    return full


def _base(table: pd.DataFrame, council: Council) -> pd.DataFrame:
    """Rows of the base census."""
    return table[table["january"] == council.base_january]


def _columns(tables: Tables) -> tuple[CensusColumn, ...]:
    names = ["sen2_column", "setting", "dsg_plan_tab", "reform_plan_provision"]
    return tuple(CensusColumn(*row) for row in tables[MAPPING][names].itertuples(index=False))


def _provisions(tables: Tables) -> tuple[Provision, ...]:
    table = tables[PROVISIONS].fillna("")
    return tuple(Provision(*row) for row in table[["provision", "counted_in", "why"]].itertuples(index=False))


def _needs(tables: Tables) -> tuple[PrimaryNeed, ...]:
    return tuple(
        PrimaryNeed(*row) for row in tables[NEED_NAMES][["sen2_column", "name", "need"]].itertuples(index=False)
    )


def _one_home_each(mapping: Returns) -> None:
    """Every setting has one tab and, once provisions that are counted in another are followed, one provision."""
    known = {each.name: each.counted_in for each in mapping.provisions}
    for row, provision in enumerate(mapping.provisions):
        if provision.counted_in and known.get(provision.counted_in, "none") != "":
            due = "must be a provision of this table that is counted in no other"
            raise Refusal(cell(PROVISIONS, row, "counted_in", provision.counted_in, due))
    for row, column in enumerate(mapping.columns):
        if column.provision not in known:
            raise Refusal(
                cell(MAPPING, row, "reform_plan_provision", column.provision, f"must be a provision of {PROVISIONS}")
            )
    for setting in SETTINGS:
        _one(setting, "dsg_plan_tab", (each.tab for each in mapping.columns if each.setting == setting))
        homes = (mapping.stands_for(each.provision) for each in mapping.columns if each.setting == setting)
        _one(setting, "reform_plan_provision", homes)


def _one(setting: str, column: str, found: Iterable[str]) -> None:
    values = sorted(set(found))
    if len(values) != 1:
        said = " and ".join(values) or "none"
        raise Refusal(f"{MAPPING}, column {column}: {setting} has {said}; give all its columns the same one")


def _counts(census: pd.DataFrame, mapping: Returns) -> dict[str, tuple[int, ...]]:
    known, needs = {each.name for each in mapping.columns}, [each.column for each in mapping.needs]
    counts = {}
    for row, entry in zip(census.index, census.to_dict("records"), strict=True):
        if entry["sen2_column"] not in known:
            raise Refusal(cell(CENSUS, row, "sen2_column", entry["sen2_column"], f"must be a column of {MAPPING}"))
        counts[str(entry["sen2_column"])] = tuple(int(entry[need]) for need in needs)
        if sum(counts[entry["sen2_column"]]) != entry["total"]:
            due = f"must be the sum of its row, {sum(counts[entry['sen2_column']])}"
            raise Refusal(cell(CENSUS, row, "total", entry["total"], due))
    return counts


def _meets_the_census(full: Returns, council: Council) -> None:
    """The base census in full adds to the council's own tables, setting by setting and need by need."""
    for place, setting in enumerate(SETTINGS):
        counts = [full.published.get(each.name, ()) for each in full.columns if each.setting == setting]
        for number, group in enumerate(NEEDS):
            added = sum(sum(_of_group(each, full, group)) for each in counts)
            published = round(float(council.published.need_by_setting[place, number]))
            if added != published:
                raise Refusal(
                    f"{CENSUS}, after row {HEADER_ROW}: {setting}, {group} adds to {added}, but need_by_setting.csv says "
                    f"{published}; correct the one that is wrong"
                )


def _of_group(counts: tuple[int, ...], full: Returns, group: str) -> list[int]:
    return [count for count, need in zip(counts, full.needs, strict=False) if need.group == group]
