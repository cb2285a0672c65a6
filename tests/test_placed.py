"""Where children are placed, what that costs and whom the priorities act on: the tables say what the engine counted."""

import csv
import math

import numpy as np
import pytest

from best_model.door import PARAMS
from best_model.model.engine import Result
from best_model.model.settings import SETTINGS
from best_model.questions.placed import (
    age_cost,
    age_mix,
    mix_cost,
    need_mix,
    placement_cost,
    setting_cost,
    setting_mix,
    spent_by_child,
)
from best_model.questions.priorities import flows, reached
from best_model.table import Table

INMSS = SETTINGS["inmss"]


def added(table: Table, total: str) -> list[float]:
    """What the parts of each column add to."""
    parts = [row.values for row in table.rows if row.head != total]
    return [math.fsum(value.first for value in column) for column in zip(*parts, strict=True)]  # type: ignore[union-attr]


def test_what_each_child_costs_adds_to_what_each_setting_costs_to_the_penny(stretched: Result) -> None:
    by_child = spent_by_child(stretched.simulation)
    by_setting = by_child.sum(axis=(-3, -2))
    np.testing.assert_allclose(by_setting, stretched.simulation.spend.placements, rtol=0, atol=0.01)
    assert (by_child >= 0).all()


def test_settings_ages_and_needs_add_to_one_total(plans: list[Result]) -> None:
    for table in (setting_mix(*plans), age_mix(*plans), need_mix(*plans)):
        assert added(table, "All plans") == pytest.approx(setting_mix(*plans)["All plans"])
    for table in (setting_cost(*plans), age_cost(*plans)):
        whole = [value.first for value in setting_cost(*plans)["All placements"]]
        assert added(table, "All placements") == pytest.approx(whole)


def test_what_stands_for_now_is_the_published_census_by_setting_and_by_age(plans: list[Result]) -> None:
    """From `census.csv`: 7,196 plans in January 2025, 441 of them in INMSS and 2,069 of children from 5 to 10."""
    with (PARAMS / "leicestershire" / "census.csv").open(encoding="utf-8") as table:
        census = [row for row in csv.DictReader(table) if row["january"] == "2025"]
    whole = next(row for row in census if row["age"] == "all")
    primary = sum(int(row["total"]) for row in census if row["age"] != "all" and 5 <= int(row["age"]) <= 10)
    assert setting_mix(*plans)[INMSS, 0].first == pytest.approx(float(whole["inmss"])) == 441
    assert age_mix(*plans)["5 to 10", 0].first == pytest.approx(primary) == 2_069
    assert setting_mix(*plans)["All plans", 0] == pytest.approx(7_196)


def test_the_last_two_columns_are_the_plans_in_their_order(plans: list[Result]) -> None:
    shown = setting_mix(*plans)["All plans"]
    assert shown[2:] == pytest.approx([plan.simulation.total[1, -1] for plan in plans])


def test_a_childs_cost_is_the_price_of_the_setting(stretched: Result) -> None:
    """No measure changes what a mainstream place costs, so doing nothing and the plan have one price."""
    first, idle, acting = (cost.second for cost in setting_cost(stretched)["Mainstream school"])
    assert first < idle == pytest.approx(acting)


def test_what_inmss_costs_less_and_others_more_is_the_difference_of_the_totals(stretched: Result) -> None:
    cost = mix_cost(stretched)
    assert cost.idle.first - cost.acting.first == pytest.approx(cost.inmss_less - cost.others_more)  # type: ignore[operator]
    assert cost.acting.first == pytest.approx(stretched.simulation.spend.placements[1, -1].sum())


def test_average_children_times_the_cost_of_one_is_what_a_setting_costs(stretched: Result) -> None:
    table = placement_cost(stretched)
    for row in table.rows:
        for children, spent, each in (row.values[:3], row.values[3:]):
            assert children * each == pytest.approx(spent)  # type: ignore[operator]


def test_every_line_of_the_reconciliation_closes_and_opens_the_next(stretched: Result) -> None:
    rows = [row.values for row in flows(stretched).rows]
    for row in rows:
        assert math.fsum(row[:-1]) == pytest.approx(row[-1])
    assert [row[-1] for row in rows[:-1]] == [row[0] for row in rows[1:]]


def test_whom_each_priority_acts_on_is_given_by_january_with_where_they_come_from(stretched: Result) -> None:
    """The graduated offer's new plans: what the engine counted between each pair of Januaries from 2026."""
    shown = reached(stretched)
    offer = shown["Graduated offer with outreach: New plans not needed, support having come earlier"]
    counted = [float(flow.children[1, 0]) for flow in stretched.simulation.flows[1:]]
    assert offer == (*counted, "children without a plan")
    assert not stretched.simulation.flows[0].children.any()
    assert shown["Commissioning and demand: Step down after review: INMSS to state special school"][-1] == "INMSS"
    places = shown["Specialist places and resource bases: Places opened, resource base"]
    assert places[-2:] == (300, "not a move")
