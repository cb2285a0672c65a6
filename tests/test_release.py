"""The shipped tables are the published figures regrouped, and nothing else: each is made again from the release.

The release lies outside the project, in the folder that BEST_RELEASE_DATA names or in `../shared/data`. Where it is
absent these tests are skipped.
"""

import csv
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from conftest import RELEASE, needs_release

from best_model.model.settings import NEEDS, SETTINGS

ROOT = Path(__file__).parent.parent
PARAMS = ROOT / "params"
COUNCIL = PARAMS / "leicestershire"
UNAVAILABLE = {"x", "z", ""}

pytestmark = needs_release

Row = dict[str, str]
Counts = dict[tuple[int, str], dict[str, int]]


def rows_of(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def release(table: str, topic: str, *periods: str) -> list[Row]:
    """Rows of one published file for one way of breaking it down; of every period where none is named."""
    rows = rows_of(RELEASE / f"sen2_2025release_{table}_leicestershire.csv")
    return [row for row in rows if row["breakdown_topic"] == topic and (not periods or row["time_period"] in periods)]


def number(cell: str) -> int:
    """A published count; unavailable and not applicable count for nothing."""
    return 0 if cell in UNAVAILABLE else int(cell)


SETTING_OF = {row["sen2_column"]: row["setting"] for row in rows_of(PARAMS / "settings.csv")}
NEED_OF = {row["sen2_column"]: row["need"] for row in rows_of(PARAMS / "needs.csv")}


def regrouped(row: Row, groups: dict[str, str], names: dict[str, str], total: str) -> dict[str, int]:
    """One published row in the model's own columns, with its published total."""
    counts: Counter[str] = Counter()
    for column, name in groups.items():
        counts[name] += number(row[column])
    return {**{name: counts[name] for name in names}, "total": number(row[total])}


def age_of(breakdown: str) -> str:
    """`age 7`, `under 3` and `age 20 and over` as the ages 7, 2 and 20."""
    return {"under 3": "2", "age 2 and under": "2"}.get(breakdown, breakdown.removeprefix("age ").split(" ")[0])


def january(period: str) -> int:
    """The academic year `202425` holds the census of January 2025."""
    return int(period[:4]) + 1


def shipped(table: str, key: str, columns: list[str], period: str = "january") -> Counts:
    """The shipped rows, by year and age or setting; no two have the same."""
    rows = rows_of(COUNCIL / table)
    found = {(int(row[period]), row[key]): {column: int(row[column]) for column in columns} for row in rows}
    assert len(found) == len(rows)
    return found


def test_every_column_of_the_release_that_holds_a_placement_has_one_setting() -> None:
    """Totals, shares and labels apart, no column is left out or counted twice."""
    columns = release("caseload", "All EHC plans")[0]
    counted = [
        name for name in list(columns)[list(columns).index("ehcplans") + 1 :] if not name.lower().endswith("_pc")
    ]
    totals = {"mainstream_total", "special_total", "ap_pru_total", "fe_total", "ed_elsewhere"}
    assert sorted(SETTING_OF) == sorted(set(counted) - totals)
    assert len(rows_of(PARAMS / "settings.csv")) == len(SETTING_OF)
    assert set(SETTING_OF.values()) == set(SETTINGS)


def test_every_primary_need_of_the_release_has_one_group() -> None:
    columns = release("sen_needs_all_plans", "All EHC plans")[0]
    assert sorted(NEED_OF) == sorted(name for name in columns if name.startswith("number_"))
    assert len(rows_of(PARAMS / "needs.csv")) == len(NEED_OF)
    assert set(NEED_OF.values()) == set(NEEDS)


def test_the_census_table_is_the_published_caseload_regrouped() -> None:
    published: Counts = {
        (january(row["time_period"]), "all"): regrouped(row, SETTING_OF, SETTINGS, "ehcplans")
        for row in release("caseload", "All EHC plans")
    }
    published |= {
        (january(row["time_period"]), age_of(row["breakdown"])): regrouped(row, SETTING_OF, SETTINGS, "ehcplans")
        for row in release("caseload", "Child or young persons age", "202324", "202425")
    }
    assert shipped("census.csv", "age", [*SETTINGS, "total"]) == published


def test_the_new_plans_table_is_the_published_one_regrouped() -> None:
    """All years by first setting, 2024 by age too. Of 2019 to 2021 the release leaves 8, 1 and 2 plans without a placement."""
    published = {
        (2024, age_of(row["breakdown"])): regrouped(row, SETTING_OF, SETTINGS, "new_ehc_plans")
        for row in release("newplans", "Age when plan started", "2024")
    }
    not_given = {}
    for row in release("newplans", "New EHC plans"):
        year, counts = int(row["time_period"]), regrouped(row, SETTING_OF, SETTINGS, "new_ehc_plans")
        not_given[year] = counts["total"] - sum(counts[setting] for setting in SETTINGS)
        counts["awaiting_or_unknown"] += not_given[year]
        published[(year, "all")] = counts
    assert not_given == {2019: 8, 2020: 1, 2021: 2, 2022: 0, 2023: 0, 2024: 0}
    assert shipped("new_plans.csv", "age", [*SETTINGS, "total"], "year") == published


@pytest.mark.parametrize(
    ("file", "table", "period", "year"),
    [
        ("need_by_age.csv", "sen_needs_all_plans", "january", 2025),
        ("new_plans_need_by_age.csv", "sen_need_newplans", "year", 2024),
    ],
)
def test_needs_by_age_are_the_published_ones_regrouped(file: str, table: str, period: str, year: int) -> None:
    published = {
        (year, age_of(row["breakdown"])): regrouped(row, NEED_OF, NEEDS, "ehc_plans")
        for row in release(table, "Child or young persons age")
    }
    assert shipped(file, "age", [*NEEDS, "total"], period) == published


LABELS = {
    "ap/pru - free school": "ap_pru_free_school",
    "ap/pru - la maintained": "ap_pru_la_maintained",
    "educated elsewhere - elective home education": "elective_home_education",
    "educated elsewhere - neet": "neet",
    "educated elsewhere - not in education or training (compulsory school age)": "neet_other_csa",
    "educated elsewhere - not in education or training (notice to cease issued)": "neet_ntci",
    "educated elsewhere - not in education or training (other)": "neet_other",
    "educated elsewhere - other arrangements by la": "other_arrangements_la",
    "educated elsewhere - other schools and establishments": "other_schools",
    "educated elsewhere - welsh establishment": "w_settings",
    "fe - general fe and tertiary colleges": "general_fe_tertiary_colleges",
    "fe - specialist post-16 institutions": "specialist_post_16_institutions",
    "fe - ukrlp provider": "ukrlp_provider",
    "mainstream - academy": "mainstream_academy",
    "mainstream - academy (resourced provision)": "mainstream_academy_resourced_provision",
    "mainstream - academy (sen unit)": "mainstream_academy_senunit",
    "mainstream - free school": "mainstream_free_school",
    "mainstream - free school (resourced provision)": "mainstream_free_school_resourced_provision",
    "mainstream - free school (sen unit)": "mainstream_free_school_senunit",
    "mainstream - independent": "mainstream_independent",
    "mainstream - la maintained": "mainstream_la_maintained",
    "mainstream - la maintained (sen unit)": "mainstream_la_maintained_senunit",
    "non-maintained early years": "nm_early_years",
    "placement not recorded": "placement_unknown",
    "special - academy/free school": "special_academy_free",
    "special - academy/free schools": "special_academy_free",
    "special - independent": "special_independent",
    "special - la maintained": "special_la_maintained",
    "special - non-maintained": "special_non_maintained",
}
"""What the files by need and of ceased plans call a placement, in small letters, and the caseload's name for it."""


def by_setting(table: str, period: str) -> dict[str, list[Row]]:
    """Published rows of a year by the model's setting; group totals are left out, and no other label."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in release(table, "Type of placement", period):
        if not row["breakdown"].endswith(" - total"):
            groups[SETTING_OF[LABELS[row["breakdown"].lower()]]].append(row)
    return groups


@pytest.mark.parametrize(
    ("file", "table", "published_period", "period", "year"),
    [
        ("need_by_setting.csv", "sen_needs_all_plans", "202425", "january", 2025),
        ("new_plans_need_by_setting.csv", "sen_need_newplans", "2024", "year", 2024),
    ],
)
def test_needs_by_setting_are_the_published_ones_regrouped(
    file: str, table: str, published_period: str, period: str, year: int
) -> None:
    groups = by_setting(table, published_period)
    published = {}
    for setting in SETTINGS:
        parts = [regrouped(row, NEED_OF, NEEDS, "ehc_plans") for row in groups[setting]]
        published[year, setting] = {name: sum(part[name] for part in parts) for name in [*NEEDS, "total"]}
    assert shipped(file, "setting", [*NEEDS, "total"], period) == published


REASONS = {
    "max_age": "reached_maximum_age",
    "needs_met": "needs_met",
    "he": "higher_education",
    "employ": "employment",
    "transfer": "moved_to_another_authority",
    "no_engage": "no_longer_engaging",
    "moved_outside_eng": "left_england",
    "deceased": "died",
    "not_rec": "reason_not_recorded",
    "other": "other_reason",
    "total_ceased": "total",
}


def test_ceased_plans_by_age_and_reason_are_the_published_ones() -> None:
    rows = release("ceased_plans", "All ceased EHC plans") + release("ceased_plans", "Age plan ceased")
    published = {
        (int(row["time_period"]), "all" if row["breakdown"].startswith("All") else age_of(row["breakdown"])): {
            ours: number(row[theirs]) for theirs, ours in REASONS.items()
        }
        for row in rows
    }
    assert shipped("ceased_plans_by_age.csv", "age", list(REASONS.values()), "year") == published


def test_ceased_plans_by_setting_are_the_published_ones_regrouped() -> None:
    published = {}
    for year in (2023, 2024):
        groups = by_setting("ceased_plans", str(year))
        counts = {setting: sum(number(row["total_ceased"]) for row in groups[setting]) for setting in SETTINGS}
        published[year] = {**counts, "total": sum(counts.values())}
    rows = rows_of(COUNCIL / "ceased_plans_by_setting.csv")
    assert {int(row["year"]): {name: int(row[name]) for name in [*SETTINGS, "total"]} for row in rows} == published


def test_requests_new_and_ceased_plans_by_year_are_the_published_totals() -> None:
    def totals(table: str, topic: str, column: str) -> dict[int, str]:
        return {int(row["time_period"]): row[column] for row in release(table, topic)}

    requests = totals("requests", "All requests for EHC needs assessments", "requests_received_in_year")
    new = totals("newplans", "New EHC plans", "new_ehc_plans")
    ceased = totals("ceased_plans", "All ceased EHC plans", "total_ceased")
    published = {year: (requests[year], new[year], ceased.get(year, "")) for year in requests}
    rows = rows_of(COUNCIL / "flows.csv")
    assert {
        int(row["year"]): (row["assessment_requests"], row["new_plans"], row["ceased_plans"]) for row in rows
    } == published


def test_published_income_is_the_high_needs_block_before_deductions() -> None:
    rows = rows_of(RELEASE / "dsg_allocations_2020-21_to_2023-24_leicestershire_england.csv")
    block = {
        row["financial_year"].replace("-", "/"): int(row["leicestershire"])
        for row in rows
        if row["sheet"] == "Allocations_summary" and row["header"].startswith("High needs block (£s)")
    }
    income = {row["financial_year"]: int(row["value"]) for row in rows_of(COUNCIL / "income.csv")}
    assert len(block) == 4
    assert {year: income[year] for year in block} == block


def test_services_not_driven_by_plans_are_lines_of_the_section_251_outturn() -> None:
    rows = rows_of(RELEASE / "leicestershire_s251_high_needs_2021-22_budget_vs_outturn.csv")
    outturn = {row["line"]: int(row["s251_outturn_2021_22"]) for row in rows}
    services = {row["service"]: int(row["value"]) for row in rows_of(COUNCIL / "services.csv")}
    assert services == {
        "SEN support and inclusion services": outturn["sen_support_inclusion"],
        "Alternative provision services": outturn["alternative_provision_services"],
    }
