"""A table is defined once and has every face: each is tested here, on one small table, for all the others."""

import json

import pytest

import best_model as best
from best_model.faces.charts_lines import lines
from best_model.faces.html import html
from best_model.table import (
    FACES,
    NOT_PUBLISHED,
    SMALL,
    Chance,
    Column,
    Estimate,
    Pair,
    Range,
    Row,
    Table,
    Unit,
    stacked,
    total_of,
)

PLACES = Row("=Places & <b>", (2_460_000.0, Pair(22.0, 0.3), Range(0.1, 0.25)), "modelled", "figure:places.low")
PRICES = Row("Prices", (NOT_PUBLISHED, Pair(SMALL, 0.05), Range(0.5, 1.0)), "published", "source:report")
COLUMNS = (Column("2026/27"), Column("Now", Unit.CHILDREN, ("share", Unit.SHARE)), Column("Reach", Unit.SHARE))
TABLE = Table("small", "A small table", "Line", COLUMNS, (PLACES, PRICES), ("A note.",))


def test_a_page_shows_a_caption_a_scope_for_every_heading_and_millions_to_one_decimal() -> None:
    page = html(TABLE)
    assert '<caption id="a-small-table">A small table</caption>' in page
    assert page.count('<th scope="col"') == 1 + len(COLUMNS)
    assert page.count('<th scope="row"') == 2
    assert "<td>2.5</td><td>22\N{NO-BREAK SPACE}(30%)</td><td>10% to 25%</td>" in page
    assert '<a href="#figure-places-low">modelled</a>' in page


def test_text_from_outside_is_text_on_a_page_and_no_formula_in_a_spreadsheet() -> None:
    assert "=Places &amp; &lt;b&gt;" in html(TABLE)
    assert "'=Places & <b>" in FACES["csv"](TABLE)


def test_a_hidden_count_hides_its_share_in_every_face() -> None:
    for face in ("html", "csv", "json", "text"):
        assert "fewer than 6" in FACES[face](TABLE) or "[c]" in FACES[face](TABLE)
        assert "0.05" not in FACES[face](TABLE)
        assert "5%" not in FACES[face](TABLE).replace("25%", "")


def test_a_frame_holds_numbers_unrounded_with_their_units_and_says_why_one_is_missing() -> None:
    frame = TABLE.frame
    assert frame["2026/27"].iloc[0] == 2_460_000.0
    assert frame["Now, share"].iloc[0] == 0.3
    assert frame.attrs["units"]["2026/27"] == "£"
    assert frame.attrs["missing"][("Prices", "2026/27")] == "not published"
    assert frame["2026/27"].isna().tolist() == [False, True]


def test_csv_is_in_pounds_and_per_cent_and_says_so_in_its_headings() -> None:
    head, first, *_ = FACES["csv"](TABLE).splitlines()
    assert head == (
        'Line,"2026/27, £",Now,"Now, share, %","Reach, low, %","Reach, high, %",Where the figures come from'
    )
    assert first == "'=Places & <b>,2460000,22,30,10,25,modelled"


def test_json_keeps_the_reason_of_what_is_missing() -> None:
    rows = json.loads(FACES["json"](TABLE))["rows"]
    assert rows[1]["2026/27"] == {"missing": "not published"}
    assert rows[0]["2026/27"] == 2_460_000.0


def test_text_sets_numbers_to_the_right() -> None:
    lines = FACES["text"](TABLE).splitlines()
    assert lines[0] == "A small table"
    assert lines[2].split()[-3:] == ["10%", "to", "25%"]


def test_a_number_that_is_none_is_refused_with_table_and_row() -> None:
    with pytest.raises(ValueError, match="table t, row r: nan is no number"):
        Table("t", "c", "h", (Column("a"),), (Row("r", (float("nan"),)),))


def test_a_row_with_too_few_values_is_refused() -> None:
    with pytest.raises(ValueError, match="row r: 1 values for 2 columns"):
        Table("t", "c", "h", (Column("a"), Column("b")), (Row("r", (1.0,)),))


def test_a_value_is_found_by_its_row_and_heading_and_a_wrong_name_lists_what_there_is() -> None:
    assert TABLE["Prices", "2026/27"] == NOT_PUBLISHED
    assert TABLE["=Places & <b>", 0] == 2_460_000.0
    with pytest.raises(KeyError, match="it has =Places & <b>, Prices"):
        TABLE["Price"]


def test_a_total_is_the_sum_of_unrounded_parts() -> None:
    """0.04 and 0.04 £m each show as 0.0 and together as 0.1."""
    rows = [Row("a", (40_000.0,)), Row("b", (40_000.0,))]
    assert total_of(rows).values == [80_000.0]


def test_a_chance_stands_beside_its_error() -> None:
    table = Table("t", "c", "h", (Column("Chance", Unit.CHANCE),), (Row("r", (Chance(0.341, 10_000),)),))
    assert "<td>34.1% ± 0.5</td>" in html(table)


def test_an_estimate_is_shown_no_finer_than_its_error_and_kept_with_it() -> None:
    values = (Estimate(0.357, 0.021), Estimate(0.9998, 0.001), Estimate(14_604_797.0, 793_875.0))
    units = (Unit.SHARE, Unit.SHARE, Unit.NUMBER)
    table = Table("t", "c", "h", tuple(map(Column, "abc", units)), (Row("r", values),))
    assert "<td>35%</td><td>over 99%</td><td>15,000,000</td>" in html(table)
    assert FACES["csv"](table).splitlines()[1] == "r,35.7,2.1,99.98,0.1,14604797,793875"


def test_tables_of_several_scenarios_stack_into_one() -> None:
    one = Table("t", "c", "Line", (Column("a"),), (Row("r", (1.0,), "modelled"), Row("s", (1.0,), total=True)))
    both = stacked([("Base", one), ("Stretched", one)], "Scenario", "all", "All of them")
    assert [(row.head, *row.values) for row in both.rows][1:3] == [
        ("Base", "s", "sum", 1.0),
        ("Stretched", "r", "modelled", 1.0),
    ]


# ---- The door


def test_a_run_gives_its_tables_by_name_and_their_lines_add_up() -> None:
    plan = best.case().run("stretched")
    savings = plan.table("savings")
    assert sum(row.values[-1] for row in savings.rows[:-1]) == pytest.approx(plan.saving[-1], abs=0.01)
    assert savings["Saving", "2029/30"] == pytest.approx(66_146_000, abs=1)
    assert set(plan.tables) >= {"savings", "published_forecast"}


def test_a_run_shows_its_headline_and_a_table_that_is_not_there_names_those_that_are() -> None:
    plan = best.case().run("evidence")
    assert str(plan).startswith("Evidence-led: Identified and in train: £42.0m")
    assert "<caption" in plan._repr_html_()
    assert repr(plan.case.evidence()) == "Evidence-led for Leicestershire County Council, 2026/27 to 2029/30"
    with pytest.raises(best.Refusal, match=r"there is no table 'saving'; choose from .*savings"):
        plan.table("saving")


def test_a_session_shows_a_table_under_its_name_and_no_more_of_it_than_a_screen_holds() -> None:
    def of(rows: int) -> Table:
        return Table(
            "few", "Children", "Setting", (Column("2026", Unit.CHILDREN),), [Row(str(n), [n]) for n in range(rows)]
        )

    assert repr(of(2)) == "few: Children\nSetting  2026\n0           0\n1           1"
    assert repr(of(100)).splitlines()[-2:] == ["23         23", "… and 76 more rows"]
    assert "99" in str(of(100))


def test_a_run_compared_with_itself_differs_in_nothing_and_with_another_by_what_it_saves() -> None:
    case = best.case()
    plan, other = case.run("stretched"), case.run("base")
    assert all(value == 0 for row in plan.compare(plan).rows for value in row.values)
    assert plan.compare(other)["Saving", -1] == pytest.approx(plan.saving[-1] - other.saving[-1])
    assert plan.compare(other)["Gap left", -1] == pytest.approx(other.saving[-1] - plan.saving[-1])


def test_the_door_offers_only_what_it_says() -> None:
    assert dir(best) == best.__all__
    with pytest.raises(AttributeError, match=r"best_model offers .*, not 'open'"):
        best.open  # noqa: B018


# ---- A chart draws a table

GAP = Table(
    "gap",
    "The gap",
    "Line",
    (Column("2026/27"), Column("2029/30")),
    (Row("Before", (88e6, 174e6)), Row("After", (72e6, 108e6))),
)


def test_a_chart_says_its_finding_and_its_values_from_the_table_it_draws() -> None:
    chart = lines(GAP, unit="£m a year", dashed=("Before",), shaded=True).titled("It widens <still>")
    assert (
        chart.alt == "It widens <still>. From 2026/27 to 2029/30. Before: £88.0m to £174.0m; After: £72.0m to £108.0m."
    )
    for words in ("It widens &lt;still&gt;", "Before 174.0", "After 108.0", "£m a year"):
        assert words in chart.svg


def test_a_drawing_carries_its_own_name_so_that_any_converter_keeps_it() -> None:
    chart = lines(GAP, unit="£m a year")
    assert '<svg role="img" aria-label="The gap. From 2026/27' in chart.svg
    assert chart._repr_html_().startswith('<figure><img alt="The gap. From 2026/27')
