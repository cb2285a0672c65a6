"""The headline of every shipped scenario is the committed one: a changed figure is a decision, never an accident.

`make golden` writes the tables anew; then CHANGELOG says under *Results change* what was, what is and why.
"""

import csv
from pathlib import Path
from typing import Any

import pytest

from best_model.door import PARAMS, open_result
from best_model.inputs.scenarios import scenario_names
from best_model.model.authority import Authority
from best_model.questions.headline import headline

GOLDEN = Path(__file__).parent / "golden"
SCENARIOS = scenario_names(PARAMS)
POUND = 1.0
THOUSANDTH_OF_A_CHILD = 0.001

Table = dict[str, dict[str, float]]


def pounds(said: dict[str, Any]) -> Table:
    """£ by line of the headline and financial year."""
    lines = {
        "gap_before": said["gap_before_gbp"],
        **{f"saving.{name}": amounts for name, amounts in said["saving_by_priority_gbp"].items()},
        "saving": said["saving_gbp"],
        "gap_after": said["gap_after_gbp"],
        **{f"deficit.{case}": amounts for case, amounts in said["deficit_gbp"].items()},
    }
    return {line: dict(zip(said["years"], amounts, strict=True)) for line, amounts in lines.items()}


def children(said: dict[str, Any]) -> Table:
    """Children by census and setting."""
    table: Table = said["plans_by_setting"]
    return table


def read(path: Path) -> Table:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    return {row[0]: dict(zip(rows[0][1:], map(float, row[1:]), strict=True)) for row in rows[1:]}


def write(path: Path, corner: str, table: Table, digits: int) -> None:
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow([corner, *next(iter(table.values()))])
        rows.writerows([name, *(f"{value:.{digits}f}" for value in row.values())] for name, row in table.items())


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize(
    ("name", "corner", "part_of", "digits", "tolerance"),
    [("gbp", "line", pounds, 2, POUND), ("plans", "january", children, 4, THOUSANDTH_OF_A_CHILD)],
    ids=["pounds", "children"],
)
def test_the_headline_is_the_committed_one_to_a_pound_and_a_thousandth_of_a_child(
    request: pytest.FixtureRequest, authority: Authority, scenario: str, name: str, corner: str,
    part_of: Any, digits: int, tolerance: float,
) -> None:  # fmt: skip
    path = GOLDEN / f"{scenario}_{name}.csv"
    found: Table = part_of(headline(open_result(scenario, authority), ()))
    if request.config.getoption("--rewrite-golden", default=False):
        write(path, corner, found, digits)
    assert path.is_file(), f"{path.name} is not there; write it with `make golden`"
    committed = read(path)
    assert list(found) == list(committed)
    for line, row in found.items():
        assert row == pytest.approx(committed[line], abs=tolerance), f"{line}: if this is meant, `make golden`"


def test_every_golden_table_is_that_of_a_shipped_scenario() -> None:
    expected = sorted(f"{scenario}_{name}.csv" for scenario in SCENARIOS for name in ("gbp", "plans"))
    assert sorted(path.name for path in GOLDEN.iterdir()) == expected
