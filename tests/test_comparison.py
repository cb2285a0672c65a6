"""A council beside others as published, whom the programme affects, and what stands on the page where a figure is not held."""

import csv
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import Path

import numpy as np
import pytest
from conftest import RELEASE, edit, needs_release

from best_model.door import open_comparison, open_result
from best_model.faces.html import html
from best_model.model.authority import Authority
from best_model.model.comparison import MEASURES, Compared, Comparison, Part, Scope
from best_model.model.engine import Result
from best_model.model.refusal import Refusal
from best_model.model.scenario import Pedigree
from best_model.model.settings import AGE_BANDS, NEEDS, SETTINGS
from best_model.questions import affected, left_out, others
from best_model.questions.affected import by_age, by_need, everyone
from best_model.questions.others import growth_account, growth_accounts
from best_model.table import Missing, Table

AREAS = {"Leicestershire": "leicestershire", "England": "england"}
TABLES: tuple[Callable[[Comparison], Table], ...] = (
    others.growth_by_area, others.growth_accounted_for, others.growth_ranked, others.placements_by_area,
    others.placements_side_by_side, others.service, affected.assessment_needs,
)  # fmt: skip


@pytest.fixture(scope="module")
def published(authority: Authority) -> Comparison:
    return open_comparison(authority)


def figure(measure: str, scope: Scope, year: int, value: float) -> Compared:
    return Compared(measure, scope.capitalize(), scope, year, value, False, "judgement", "")


def stock_and_flow(scope: Scope, opening: float, new: float, ceased: float, closing: float) -> tuple[Compared, ...]:
    return (
        figure("plans", scope, 2024, opening),
        figure("new_plans", scope, 2024, new),
        figure("ceased_plans", scope, 2024, ceased),
        figure("plans", scope, 2025, closing),
    )


# ---- Growth, by hand


def test_two_hundred_plans_with_sixty_new_and_ten_ceased_that_end_at_260_grew_30_per_cent_of_which_5_is_other() -> None:
    """60/200 = 30% new, 10/200 = 5% ceased, 260/200 - 1 = 30% growth, so 30 - 30 + 5 = 5% came otherwise."""
    account = growth_account(Comparison(stock_and_flow("council", 200, 60, 10, 260)), "council", 2024)
    assert account is not None
    assert (account.new, account.ceased, account.growth, account.other) == pytest.approx((0.30, 0.05, 0.30, 0.05))


@pytest.mark.parametrize("missing", range(4))
def test_an_account_with_a_figure_missing_is_none(missing: int) -> None:
    figures = stock_and_flow("council", 200, 60, 10, 260)
    without = Comparison(figures[:missing] + figures[missing + 1 :])
    assert growth_account(without, "council", 2024) is None
    assert growth_accounts(without, "council") == ()


@pytest.mark.parametrize(
    ("ours", "nation", "reason"),
    [
        ((100, 20, 2, 118), (100, 10, 2, 108), "more new"),
        ((100, 10, 2, 108), (100, 10, 9, 101), "fewer ceased"),
        ((100, 10, 2, 115), (100, 10, 2, 108), "more other"),
        ((100, 5, 2, 103), (100, 20, 2, 118), "fewer new"),
        ((100, 10, 9, 101), (100, 10, 2, 108), "more ceased"),
    ],
)  # fmt: skip
def test_the_reason_is_the_part_that_differs_most_towards_where_growth_stands(
    ours: tuple[float, ...], nation: tuple[float, ...], reason: str
) -> None:
    both = Comparison(stock_and_flow("council", *ours) + stock_and_flow("nation", *nation))
    told = others.accounts(both)
    assert told is not None
    assert (told.reason, told.faster) == (reason, told.ours.growth > told.nation.growth)


# ---- The shipped figures are the published ones


def test_the_comparators_of_january_2025_are_those_of_the_release(published: Comparison) -> None:
    shown = {each.area: each.value for each in published.across("growth_six_years")}
    assert list(shown)[:3] == ["Leicestershire", "East Midlands", "England"]
    assert shown["Leicestershire"] == 0.093
    assert shown["East Midlands"] == 0.114
    assert shown["England"] == 0.103
    assert published.at("plans", "region", 2025) == 47_444
    assert published.at("plans", "nation", 2025) == 638_745


@pytest.mark.parametrize("scope", ["council", "nation"])
def test_growth_is_that_of_the_counts_beside_it(published: Comparison, scope: Scope) -> None:
    plans = {each.year: each.value for each in published.series("plans", scope)}
    assert published.at("growth_one_year", scope, 2025) == pytest.approx(plans[2025] / plans[2024] - 1, abs=5e-4)
    assert published.at("growth_six_years", scope, 2025) == pytest.approx(
        (plans[2025] / plans[2019]) ** (1 / 6) - 1, abs=5e-4
    )


def release(table: str, area: str, *topics: str) -> list[dict[str, str]]:
    path = RELEASE / f"sen2_2025release_{table}_{AREAS[area]}.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row for row in csv.DictReader(file) if not topics or row["breakdown_topic"] in topics]


def whole(table: str, area: str) -> dict[int, dict[str, str]]:
    """Rows for all children together, by January or calendar year."""
    rows = [row for row in release(table, area) if row["breakdown"].startswith(("All ", "New EHC"))]
    return {int(row["time_period"][:4]) + (len(row["time_period"]) > 4): row for row in rows}


COLUMNS: dict[str, tuple[str, str, str]] = {
    "plans": ("caseload", "ehcplans", ""),
    "requests": ("requests", "requests_received_in_year", ""),
    "new_plans": ("newplans", "new_ehc_plans", ""),
    "ceased_plans": ("ceased_plans", "total_ceased", ""),
    "refused_to_assess": ("requests", "request_not_assess_pc", "100"),
    "assessments_to_plan": ("assessments", "assess_issued_pc", "100"),
    "within_20_weeks": ("timeliness_20_week", "PC_plans_issued_20_weeks_ex", "100"),
    "over_a_year": ("timeliness_20_week", "PC_plans_issued_gt_1_year_ex", "100"),
    "reviews_held": ("annual_reviews", "total_review_meeting", "review_expected"),
    "review_decisions_outstanding": ("annual_reviews", "review_decision_outstanding", "review_expected"),
    "need_asd": ("sen_needs_all_plans", "number_asd", "ehc_plans"),
    "need_semh": ("sen_needs_all_plans", "number_semh", "ehc_plans"),
    "need_slcn": ("sen_needs_all_plans", "number_slcn", "ehc_plans"),
    "need_mld": ("sen_needs_all_plans", "number_mld", "ehc_plans"),
    "need_sld": ("sen_needs_all_plans", "number_sld", "ehc_plans"),
    "need_spld": ("sen_needs_all_plans", "number_spld", "ehc_plans"),
}
"""Where the release has a measure: its table, its column, and what it is a share of."""


@needs_release
@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("measure", COLUMNS)
def test_each_shipped_figure_of_council_and_england_is_in_the_release(
    published: Comparison, area: str, measure: str
) -> None:
    table, column, of = COLUMNS[measure]
    rows = whole(table, area)
    held = [each for each in published.figures if each.measure == measure and each.area == area]
    assert held
    for each in held:
        row = rows[each.year]
        divisor = 1.0 if not of else float(row.get(of, of))
        assert each.value == pytest.approx(float(row[column]) / divisor, abs=5e-4), each


PLACED = {
    "share_mainstream": [
        "mainstream_la_maintained", "mainstream_academy", "mainstream_free_school", "mainstream_independent",
    ],
    "share_state_special": ["special_la_maintained", "special_academy_free"],
    "share_inmss": ["special_independent", "special_non_maintained"],
    "share_post_16": ["general_fe_tertiary_colleges", "specialist_post_16_institutions", "ukrlp_provider"],
    "share_not_in_education": ["neet", "neet_ntci", "neet_other_csa"],
    "share_eotas": ["other_arrangements_la", "other_arrangements_parents"],
}  # fmt: skip


@needs_release
@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("measure", PLACED)
def test_a_share_of_placements_is_its_columns_of_the_release_over_all_plans(
    published: Comparison, area: str, measure: str
) -> None:
    row = whole("caseload", area)[2025]
    (held,) = [each for each in published.figures if each.measure == measure and each.area == area]
    assert held.value == pytest.approx(
        sum(int(row[column]) for column in PLACED[measure]) / int(row["ehcplans"]), abs=5e-4
    )


@needs_release
@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize(("characteristic", "topic"), [("sex", "Sex"), ("ethnicity", "Ethnicity")])
def test_plans_by_sex_and_by_ethnicity_are_the_rows_of_the_release(
    published: Comparison, area: str, characteristic: str, topic: str
) -> None:
    rows = {row["breakdown"]: row for row in release("caseload", area, topic) if row["time_period"] == "202425"}
    held = {each.part: each for each in published.parts if each.characteristic == characteristic and each.area == area}
    assert set(held) == set(rows)
    special = list(SETTINGS).index("state_special")
    for name, row in rows.items():
        assert held[name].plans.sum() == int(row["ehcplans"])
        assert held[name].plans[special] == int(row["special_la_maintained"]) + int(row["special_academy_free"])


def test_plans_by_age_and_by_need_are_those_of_the_council_s_own_tables(
    authority: Authority, published: Comparison
) -> None:
    own = authority.council.published
    held = {each.part: each.plans for each in published.parts if each.scope == "council"}
    for band, (low, high) in AGE_BANDS.items():
        assert held[band].tolist() == own.stock[low : high + 1].sum(axis=0).tolist()
    for place, need in enumerate(NEEDS):
        assert held[need].tolist() == own.need_by_setting[:, place].tolist()


def test_the_parts_of_each_characteristic_add_to_all_plans_of_their_area(published: Comparison) -> None:
    added: Counter[tuple[str, str]] = Counter()
    for each in published.parts:
        added[each.characteristic, each.area] += int(each.plans.sum())
    assert added == {
        (name, area): total
        for name in ("age", "need", "sex", "ethnicity")
        for area, total in (("Leicestershire", 7_196), ("England", 638_745))
    }


# ---- What is wrong is refused


FAULTS: tuple[tuple[str, str, str, str], ...] = (
    ("comparison.csv", "plans,Leicestershire,council,2025,7196", "plans,Leicestershire,council,2025,7190",
     "comparison.csv, row 8, column value: the value is 7190; it must be 7196, as in census.csv for January 2025"),
    ("comparison.csv", "growth_one_year,Leicestershire,council,2025,0.128", "growth_one_year,Leicestershire,council,2025,12.8",
     "column value: the value is 12.8; it must be a share such as 0.31, not a per cent"),
    ("comparison.csv", "growth_one_year,Leicestershire,council,2025,0.128", "growth_one_year,Leicestershire,council,2025,0.129",
     "column value: the value is 0.129; it must be 0.128, as the plans of Leicestershire in 2024 and 2025 give"),
    ("comparison.csv", "growth_six_years,England,nation,2025,0.103", "growth_six_years,England,nation,2025,0.113",
     "column value: the value is 0.113; it must be 0.103, as the plans of England in 2019 and 2025 give"),
    ("comparison.csv", "plans,East Midlands,region,2025,47444,count", "plans,East Midlands,region,2025,47444,share",
     "column unit: the value is 'share'; it must be `count` for plans"),
    ("comparison.csv", "plans,England,nation,2025,638745", "plans,England,nation,2025,638745.5",
     "column value: the value is 638745.5; it must be a whole number"),
    ("comparison.csv", "plans,England,nation,2025", "plans,Wales,nation,2025",
     "column area: the value is 'Wales'; it must be England, the nation of a row above"),
    ("comparison.csv", "plans,Leicestershire,council,2019", "pupils,Leicestershire,council,2019",
     "row 2, column measure: the value is 'pupils'"),
    ("comparison.csv", "dfe_send_dashboard", "a_dashboard", "column source: the value is 'a_dashboard'; it must be a key of sources.yaml"),
    ("comparison.csv", "plans,Leicestershire,council,2020,4751", "plans,Leicestershire,council,2019,4751",
     "plans, Leicestershire, 2019 is given twice"),
    ("equality.csv", "sex,Female,Female,Leicestershire,council,2025,691,97,551,126,0,177,74,48,29,241,70,2104",
     "sex,Female,Female,Leicestershire,council,2025,690,97,551,126,0,177,74,48,29,241,70,2103",
     "sex of Leicestershire adds to 7195 plans in January 2025, and comparison.csv has 7196"),
    ("equality.csv", "29,241,70,2104", "29,241,70,2105", "column total: the value is 2105 but the row adds to 2104"),
)  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "says"), FAULTS, ids=[says[:60] for *_, says in FAULTS])
def test_a_wrong_cell_is_refused_by_file_and_row(
    authority: Authority, params: Path, file: str, old: str, new: str, says: str
) -> None:
    edit(params / "leicestershire" / file, old, new)
    with pytest.raises(Refusal) as refused:
        open_comparison(authority, params)
    assert says in str(refused.value)
    assert str(refused.value).startswith(file)


# ---- Another council, and what is not held


def test_a_council_without_the_tables_holds_no_comparison(authority: Authority, params: Path) -> None:
    for name in ("comparison.csv", "equality.csv"):
        (params / "leicestershire" / name).unlink()
    empty = open_comparison(authority, params)
    assert empty == Comparison()
    assert not others.holds_comparison(empty)
    assert [table.name for table in affected.plans_by_each(empty)]
    assert all(
        isinstance(value, Missing | str)
        for table in affected.plans_by_each(empty)
        for row in table.rows
        for value in row.values
    )


@pytest.mark.parametrize("scope", ["region", "nation", "neighbour"])
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_a_council_that_holds_less_still_has_every_table(
    published: Comparison, table: Callable[[Comparison], Table], scope: Scope
) -> None:
    less = Comparison(
        tuple(each for each in published.figures if each.scope != scope),
        tuple(each for each in published.parts if each.scope != scope),
    )
    assert table(less).rows


def test_a_group_of_fewer_than_thirty_has_no_share_in_special_schools() -> None:
    plans = np.zeros(len(SETTINGS))
    plans[list(SETTINGS).index("inmss")] = 29
    few = Part("sex", "Female", "Female", "Here", "council", 2025, plans, "judgement")
    enough = replace(few, plans=plans * 30 / 29)
    shown = [affected.plans_by_characteristic(Comparison((), (part,)), "sex").rows[0].values for part in (few, enough)]
    assert any(isinstance(value, Missing) and "too few" in value.reason for value in shown[0])
    assert 1.0 in shown[1]


# ---- What the paper says


def test_what_the_answers_rest_on_is_published(published: Comparison) -> None:
    grew = [each.value for each in others.wider("growth_six_years", published)]
    last = [each.value for each in others.wider("growth_one_year", published)]
    assert (grew, last) == ([0.093, 0.114, 0.103], [0.128, 0.135, 0.108])
    account = others.accounts(published)
    assert account is not None
    assert [
        round(100 * each, 1)
        for each in (account.ours.new, account.nation.new, account.ours.ceased, account.nation.ceased)
    ] == [14.6, 17.0, 5.0, 7.8]
    apart = {each.setting: (round(each.ours, 3), round(each.nation, 3)) for each in others.furthest_apart(published)}
    assert (0.115, 0.035) in apart.values()
    assert (0.315, 0.397) in apart.values()
    sex = affected.largest_by_sex(published)
    assert sex is not None
    assert (sex.name, round(sex.share, 2)) == ("Male", 0.71)
    told = others.as_told(published)
    assert told is not None
    assert [round(share, 2) for _, share in told.then] == [0.54, 0.32, 0.38]
    assert [round(share, 2) for _, share in told.now] == [0.38, 0.34]


def test_growth_that_was_worked_out_is_called_derived(published: Comparison) -> None:
    table = others.growth_accounted_for(published)
    assert {row.kind for row in table.rows} == {"derived"}
    assert any("Derived is worked out from published counts" in note for note in table.notes)


def test_the_break_of_2023_and_our_choice_of_neighbours_stand_beside_the_tables(published: Comparison) -> None:
    assert [each.year for each in others.breaks(published)] == [2023]
    for table in (others.growth_by_area, others.growth_accounted_for):
        assert any("January 2023 crosses a break" in note for note in table(published).notes)
    assert any("our choice of neighbours" in note for note in others.placements_by_area(published).notes)


def test_every_measure_has_a_name_and_stands_in_a_table(published: Comparison) -> None:
    shown = unescape(" ".join(html(table(published)) for table in TABLES))
    named = {name for name, label in others.LABELS.items() if label in shown}
    assert set(MEASURES) - named == {"growth_as_told"}


def test_the_trends_are_from_100_and_in_shares(published: Comparison) -> None:
    plans, *_, timely = others.trends(published)
    assert plans.rows[0].values[0] == 100
    assert [timely.rows[0].values[0], round(timely.rows[0].values[-1], 3)] == [0.92, 0.043]


# ---- Whom the programme affects


def test_age_and_need_tell_of_the_same_children(stretched: Result) -> None:
    """Both add to all plans in the last January, doing nothing and with the programme."""
    counts = stretched.simulation.by_setting[:, -1]
    for groups in (by_age(stretched), by_need(stretched)):
        assert everyone(groups).idle == pytest.approx(counts[0])
        assert everyone(groups).acting == pytest.approx(counts[1])


def test_the_children_who_leave_inmss_are_those_of_the_answer(stretched: Result) -> None:
    inmss = list(SETTINGS).index("inmss")
    counts = stretched.simulation.by_setting[:, -1, inmss]
    plans = stretched.simulation.plans[:2, -1, 11:16, :, inmss].sum(axis=(1, 2))
    reach = affected.reached(stretched)
    assert reach.out_of_inmss == pytest.approx(counts[0] - counts[1])
    assert reach.mostly_aged == "11 to 15"
    assert reach.share_of_that_age == pytest.approx((plans[0] - plans[1]) / (counts[0] - counts[1]))


def test_doing_nothing_affects_nobody(authority: Authority) -> None:
    idle = open_result("do_nothing", authority)
    assert not affected.reached(idle).changes
    assert all(group.fewer == 0 for group in by_age(idle))
    assert left_out.transport_cost(idle) is None


# ---- What is left out


def test_what_is_left_out_is_said_of_the_council_at_hand(stretched: Result) -> None:
    """Without a cost of transport no estimate stands above; once no unit cost is assumed, the ledger has replaced them."""
    full = left_out.left_out(stretched)
    assert all(value for row in full.rows for value in row.values)
    assert "an estimate stands above" in str(full)
    assert "11 of 11 are assumed" in str(full)
    own = {name: figure.model_copy(update={"pedigree": Pedigree.PUBLISHED}) if name.startswith("unit_cost.") else figure
           for name, figure in stretched.authority.council.assumptions.items()
           if not name.startswith("finance.transport_a_child.")}  # fmt: skip
    council = replace(stretched.authority.council, assumptions=own)
    shown = str(left_out.left_out(replace(stretched, authority=replace(stretched.authority, council=council))))
    assert "no cost of a child's transport is held" in shown
    assert "an estimate stands above" not in shown
    assert "ledger" not in shown


def test_a_characteristic_that_is_not_published_says_who_holds_it(published: Comparison) -> None:
    without = replace(published, parts=tuple(each for each in published.parts if each.characteristic != "ethnicity"))
    shown = affected.plans_by_characteristic(without, "ethnicity")
    assert "ask for plans by ethnicity and placement" in str(shown)


def test_the_change_by_setting_is_the_difference_of_the_counts(stretched: Result) -> None:
    change = everyone(by_age(stretched)).change
    bases, inmss = (change[list(SETTINGS).index(name)] for name in ("resource_base", "inmss"))
    assert bases > 0 > inmss
    everybody = next(row for row in affected.affected_by_age(stretched).rows if row.total)
    for value in (bases, inmss):
        assert any(not isinstance(held, Missing | str) and held == pytest.approx(value) for held in everybody.values)


def test_every_source_that_is_compared_is_listed_once(published: Comparison) -> None:
    cited = {each.source for each in published.figures} | {each.source for each in published.parts}
    assert sorted(others.sources_compared(published)) == sorted(cited)
