"""The mapping to the two returns, `params/settings.csv`, `needs.csv` and `provisions.csv`, and a council's base census in full."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from best_model.inputs.tables import Tables, wrong
from best_model.model.authority import Council
from best_model.model.refusal import Refusal
from best_model.model.returns import CensusColumn, PrimaryNeed, Provision, Returns
from best_model.model.settings import NEEDS, SETTINGS

MAPPING, PROVISIONS, NEED_NAMES = "settings.csv", "provisions.csv", "needs.csv"
CENSUS = "census_in_full.csv"


def read_returns(params: Path, council: Council) -> Returns:
    """The mapping for every council, and this council's base census in full if its folder holds it."""
    tables, own = Tables(params, ()), Tables(params / council.name, council.sources)
    mapping = Returns(
        tuple(CensusColumn(*row.values()) for row in tables.rows(MAPPING)),
        tuple(Provision(*row.values()) for row in tables.rows(PROVISIONS)),
        tuple(PrimaryNeed(*row.values()) for row in tables.rows(NEED_NAMES)),
        council.base_january,
    )
    _one_home_each(mapping)
    full = replace(mapping, published=_counts(own, mapping))
    if full.published:
        _meets_the_census(full, council)
    return full


def _one_home_each(mapping: Returns) -> None:
    """Every setting has one tab and, once provisions that are counted in another are followed, one provision."""
    known = {each.name: each.counted_in for each in mapping.provisions}
    for row, provision in enumerate(mapping.provisions):
        if provision.counted_in and known.get(provision.counted_in, "none") != "":
            due = "must be a provision of this table that is counted in no other"
            raise wrong(PROVISIONS, row, "counted_in", provision.counted_in, due)
    for row, column in enumerate(mapping.columns):
        if column.provision not in known:
            raise wrong(MAPPING, row, "reform_plan_provision", column.provision, f"must be a provision of {PROVISIONS}")
    for setting in SETTINGS:
        _one(setting, "dsg_plan_tab", (each.tab for each in mapping.columns if each.setting == setting))
        homes = (mapping.stands_for(each.provision) for each in mapping.columns if each.setting == setting)
        _one(setting, "reform_plan_provision", homes)


def _one(setting: str, column: str, found: Iterable[str]) -> None:
    values = sorted(set(found))
    if len(values) != 1:
        said = " and ".join(values) or "none"
        raise Refusal(f"{MAPPING}, column {column}: {setting} has {said}; give all its columns the same one")


def _counts(own: Tables, mapping: Returns) -> dict[str, tuple[int, ...]]:
    """Children of the base census by need, for each column of the census."""
    known, needs = {each.name for each in mapping.columns}, [each.column for each in mapping.needs]
    counts = {}
    for row, entry in enumerate(own.rows(CENSUS)):
        column = entry["sen2_column"]
        if entry["january"] != mapping.january:
            continue
        if column not in known:
            raise wrong(CENSUS, row, "sen2_column", column, f"must be a column of {MAPPING}")
        counts[column] = tuple(entry[need] for need in needs)
        if sum(counts[column]) != entry["total"]:
            raise wrong(CENSUS, row, "total", entry["total"], f"must be the sum of its row, {sum(counts[column])}")
    return counts


def _meets_the_census(full: Returns, council: Council) -> None:
    """The base census in full adds to the council's own tables, setting by setting and need by need."""
    for at, setting in enumerate(SETTINGS):
        counts = [full.published.get(each.name, ()) for each in full.columns if each.setting == setting]
        for number, group in enumerate(NEEDS):
            added = sum(
                count for each in counts for count, need in zip(each, full.needs, strict=False) if need.group == group
            )
            published = round(float(council.published.need_by_setting[at, number]))
            if added != published:
                raise Refusal(
                    f"{CENSUS}: {setting}, {group} adds to {added}, but need_by_setting.csv says {published}; "
                    "correct the one that is wrong"
                )
