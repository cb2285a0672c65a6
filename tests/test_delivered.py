"""Budgeted beside delivered: what is published stands as it is, what is not says so, and a council's own actuals meet its target."""

import csv
from pathlib import Path

import pytest

from best_model.door import PARAMS, open_delivered, open_result
from best_model.faces.html import cell
from best_model.model.authority import Authority
from best_model.model.delivered import Delivered
from best_model.model.engine import Result
from best_model.model.refusal import Refusal
from best_model.model.scenario import Pedigree
from best_model.questions.came_of_it import (
    claimed,
    earlier_savings,
    expected_and_came,
    forecasts_too_low,
    plans_due,
    this_programme,
)
from best_model.table import Table

FIRST, LAST = "2026/27", "2029/30"


def add(params: Path, row: str) -> int:
    """Add a row to `delivered.csv`; returns its number, the heading being 1."""
    table = params / "leicestershire" / "delivered.csv"
    text = table.read_text(encoding="utf-8")
    table.write_text(f"{text}{row}\n", encoding="utf-8")
    return len(text.splitlines()) + 1


def rows(table: Table) -> list[list[str]]:
    """Each row as a reader sees it: its heading, then its cells."""
    return [
        [row.head, *(cell(value, column, row) for value, column in zip(row.values, table.columns, strict=True))]
        for row in table.rows
    ]


def saving(year: str, planned: float | None, came: float | None, programme: str = "The last one") -> Delivered:
    return Delivered(
        programme=programme, measure="saving", year=year, planned=planned, delivered=came, basis="a level",
        pedigree=Pedigree.PUBLISHED, source="judgement",
    )  # fmt: skip


# ---- What is shipped


def test_what_came_of_an_overspend_or_a_deficit_is_what_the_councils_own_table_brings_forward(
    authority: Authority,
) -> None:
    """£45.0m was forecast for 2025/26 and £47.482m is brought forward: 2.482 more. All seven deficits add to £111.880m, not £109.5m."""
    with (PARAMS / "leicestershire" / "forecast.csv").open(encoding="utf-8") as table:
        lines = {row["line"]: row["2026/27"] for row in csv.DictReader(table)}
    brought = {name.split("_")[3]: float(value) * 1e3 for name, value in lines.items() if "brought_forward" in name}
    records = {(each.measure, each.programme): each for each in open_delivered(authority)}
    assert records["overspend", "September 2025"].difference == brought["2025/26"] - 45e6 == 2_482_000
    assert records["overspend", "Plan of 2019"].delivered == brought["2024/25"]
    assert records["deficit", "November 2025"].difference == sum(brought.values()) - 109.5e6 == 2_380_000


def test_nobody_has_published_what_the_last_programme_delivered_by_year(
    authority: Authority, stretched: Result
) -> None:
    """£3.1m for 2023/24 and up to £12.7m beside it are due; 2028/29 is not. The one amount claimed has no year."""
    records = open_delivered(authority)
    due = plans_due(stretched, records)
    assert (due.plans, due.known) == (2, 0)
    assert [(each.year, each.delivered) for each in claimed(records)] == [("not given", 34e6)]


def test_a_figure_that_is_not_published_says_so_and_one_to_come_says_that(
    authority: Authority, stretched: Result
) -> None:
    """£43m of 2021, £63m of 2022 and £99m of July 2022 name no year on file, so nothing is held against them."""
    shown = {(row[1], row[2]): row[3:5] for row in rows(earlier_savings(stretched, open_delivered(authority)))}
    assert shown["2023/24", "3.1"] == ["not published", "not known"]
    assert shown["2028/29", "32.1"] == ["not due yet", "not known"]
    assert shown["not given", "not published"] == ["34.0", "not known"]
    no_year = [row for row in rows(expected_and_came(open_delivered(authority))) if "year not given" in row[1]]
    assert [row[2:5] for row in no_year] == [[amount, "not known", "not known"] for amount in ("43.0", "63.0", "99.0")]


def test_every_row_leads_to_its_source(authority: Authority, stretched: Result) -> None:
    records = open_delivered(authority)
    tables = (earlier_savings(stretched, records), expected_and_came(records))
    assert {row.source for table in tables for row in table.rows} == {f"source:{each.source}" for each in records}
    assert all(each.source in authority.council.sources for each in records)


def test_the_forecasts_that_came_out_too_low_are_counted_with_their_least_and_their_most(authority: Authority) -> None:
    worse = forecasts_too_low(open_delivered(authority))
    assert (worse.many, worse.of, worse.no_year) == (4, 4, 3)
    assert [round(amount / 1e6, 1) for amount in (worse.least, worse.most)] == [2.4, 32.5]


def test_what_is_worked_out_from_published_figures_is_called_derived(authority: Authority) -> None:
    """£45m, £30m worse than expected, so £15m was."""
    records = {each.programme: each for each in open_delivered(authority)}
    earlier, said = records["Earlier in 2025"], records["September 2025"].planned
    assert earlier.planned == 45e6 - 30e6
    assert (said, earlier.pedigree) == (45e6, "derived")
    assert [row.kind for row in expected_and_came([earlier]).rows] == ["derived"]


def test_the_last_programmes_plan_is_read_as_a_level_by_2026_27_as_what_is_in_train_takes_it(
    authority: Authority,
) -> None:
    """A line from 3.112 in 2023/24 to 32.059 in 2028/29 is at 20.5 by 2026/27, near 21.502; four such years add to 47.2.

    From 3.1 to 21.5 a line is at 3.1 + 18.4 / 3 = 9.2 by 2024/25, and (21.5 - 9.2) / 2 = 6.15 is in train.
    """
    plan = {each.year: each.planned for each in open_delivered(authority) if each.programme == "TSIL"}
    first, by_then, last = plan["2023/24"], plan["2026/27"], plan["2028/29"]
    assert first
    assert by_then
    assert last
    line = [first + year * (last - first) / 5 for year in range(4)]
    assert abs(by_then - line[3]) < abs(by_then - sum(line)) / 20
    assert sum(line) == pytest.approx(47.2e6, abs=0.05e6)
    already = 3.1 + (21.5 - 3.1) / 3
    figure = authority.council.assumptions["in_train.2026/27"]
    assert figure.value / 1e6 == pytest.approx((round(by_then / 1e6, 1) - round(already, 1)) / 2)
    assert all(said in figure.note for said in ("£21.5m", "£9.2m", "our reading", "straight line", "£3.1m"))


# ---- A council's own actuals


def test_a_councils_own_actual_stands_beside_the_target_of_its_year(
    params: Path, authority: Authority, stretched: Result
) -> None:
    """14.000 delivered against 15.363 is 1.363 short. Base publishes its last year only: 50.0 against 48.0 is 2.0 more."""
    add(params, "this programme,saving,2026/27,,14000000,outturn,published,cfosc_2026_03_03")
    budget, came, gone = rows(this_programme(stretched, open_delivered(authority, params)))
    assert budget[1:] == ["15.4", "33.4", "49.6", "66.1"]
    assert came[1:] == ["14.0", "not due yet", "not due yet", "not due yet"]
    assert gone[1:] == ["−1.4", "not known", "not known", "not known"]
    own = [saving(year, None, came, "this programme") for year, came in ((FIRST, 9e6), (LAST, 50e6))]
    of_base = rows(this_programme(open_result("base", authority), own))
    assert [row[1] for row in of_base] == ["not published", "9.0", "not known"]
    assert [row[4] for row in of_base] == ["48.0", "50.0", "+2.0"]


def test_an_outcome_that_is_published_is_counted_and_told_apart(stretched: Result) -> None:
    """Two plans due, one of 10 that brought 8."""
    records = [saving("2022/23", 10e6, 8e6), saving("2023/24", 5e6, None), saving(LAST, 9e6, None)]
    due = plans_due(stretched, records)
    assert (due.plans, due.known) == (2, 1)
    first, second, third = rows(earlier_savings(stretched, records))
    assert first[2:5] == ["10.0", "8.0", "−2.0"]
    assert (second[3], third[3]) == ("not published", "not due yet")


def test_a_council_without_the_file_has_a_page_all_the_same(
    params: Path, authority: Authority, stretched: Result
) -> None:
    (params / "leicestershire" / "delivered.csv").unlink()
    records = open_delivered(authority, params)
    assert records == ()
    assert plans_due(stretched, records).plans == forecasts_too_low(records).of == 0
    assert len(this_programme(stretched, records).rows) == 3


# ---- What is refused

COLUMNS = ["programme", "measure", "year", "planned", "delivered", "basis", "pedigree", "source"]
SOUND = dict(zip(COLUMNS, ["Old", "saving", "2023/24", "3", "", "level", "published", "judgement"], strict=True))
OWN = {"programme": "this programme", "year": "2026/27", "planned": "", "delivered": "4"}


@pytest.mark.parametrize(
    ("wrong", "column", "says"),
    [
        ({"source": "hearsay"}, "source", "must be a key of sources.yaml"),
        ({"year": "2023"}, "year", "must look like 2023/24"),
        ({"planned": "-3"}, "planned", "must be pounds, nought or more"),
        ({"planned": "some"}, "planned", "must be a number"),
        ({"measure": "hope"}, "measure", "must be saving, overspend or deficit"),
        ({"basis": ""}, "basis", "must not be empty"),
        ({"pedigree": "guessed"}, "pedigree", "must be published, calibrated, assumed or derived"),
        ({"measure": "overspend", "year": "2024/25", "delivered": "4"}, "delivered", "is taken from forecast.csv"),
        ({**OWN, "measure": "overspend"}, "delivered", "is taken from forecast.csv"),
        ({**OWN, "measure": "deficit", "delivered": ""}, "measure", "must be saving for this programme"),
        ({**OWN, "year": "2025/26"}, "year", "must be one of 2026/27, 2027/28"),
        ({**OWN, "planned": "3"}, "planned", "whose plan is its target"),
        ({**OWN, "delivered": ""}, "delivered", "leave the row out until it is known"),
    ],
)
def test_a_row_is_refused_by_file_row_and_column(
    params: Path, authority: Authority, wrong: dict[str, str], column: str, says: str
) -> None:
    place = add(params, ",".join({**SOUND, **wrong}.values()))
    with pytest.raises(Refusal) as refused:
        open_delivered(authority, params)
    assert f"delivered.csv, row {place}, column {column}: " in str(refused.value)
    assert says in str(refused.value)


def test_a_figure_given_twice_is_refused(params: Path, authority: Authority) -> None:
    add(params, ",".join(SOUND.values()))
    place = add(params, ",".join(SOUND.values()))
    with pytest.raises(Refusal, match=f"delivered.csv, row {place}: Old, saving, 2023/24, level is given twice"):
        open_delivered(authority, params)
