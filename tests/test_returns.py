"""The mapping to the two returns, and the base census in full: published figures, each placed once, refused where they do not add."""

import csv
from pathlib import Path

import pytest
from conftest import RELEASE, edit, needs_release

from best_model.door import PARAMS
from best_model.inputs.authorities import read_council
from best_model.inputs.returns_csv import read_returns
from best_model.model.refusal import Refusal
from best_model.model.returns import Returns
from best_model.model.settings import NEEDS, SETTINGS

COUNCIL = "leicestershire"


@pytest.fixture(scope="module")
def returns() -> Returns:
    return read_returns(PARAMS, read_council(PARAMS, COUNCIL))


def refusal(params: Path) -> str:
    with pytest.raises(Refusal) as refused:
        read_returns(params, read_council(params, COUNCIL))
    return str(refused.value)


def test_every_setting_is_in_one_of_seven_tabs_and_no_tab_is_without_one(returns: Returns) -> None:
    counted = [setting for settings in returns.tabs.values() for setting in settings]
    assert sorted(counted) == sorted(SETTINGS)
    assert len(returns.tabs) == 7
    assert all(returns.tabs.values())


def test_ten_of_fourteen_provisions_have_a_forecast_and_four_are_counted_in_another(returns: Returns) -> None:
    """Eleven settings, of which two are both under other; early years, support bases and two more cannot be told apart."""
    assert len(returns.provisions) == 14
    assert len(returns.homes) == 10
    assert {each.name for each in returns.provisions} - returns.homes == {
        each.name for each in returns.provisions if each.counted_in
    }


def test_thirteen_needs_fall_into_the_models_four_groups(returns: Returns) -> None:
    assert len(returns.needs) == 13
    assert {each.group for each in returns.needs} == set(NEEDS)


def test_the_shipped_census_in_full_is_7196_children_and_is_openly_published(returns: Returns) -> None:
    assert sum(map(sum, returns.published.values())) == 7_196
    assert read_council(PARAMS, COUNCIL).openly


def published_totals(file: str) -> dict[str, str]:
    """The row of a published file for all plans of January 2025."""
    text = (RELEASE / f"sen2_2025release_{file}_leicestershire.csv").read_text(encoding="utf-8")
    return next(
        row
        for row in csv.DictReader(text.splitlines())
        if (row["time_period"], row["breakdown_topic"]) == ("202425", "All EHC plans")
    )


@needs_release
def test_the_census_in_full_is_the_release_column_by_column_and_need_by_need(returns: Returns) -> None:
    """Placements from the caseload, needs from the file of needs: both totals, and every need over all placements."""
    caseload, needs = published_totals("caseload"), published_totals("sen_needs_all_plans")
    for column in returns.columns:
        assert returns.children_in(column) == int(caseload[column.name].replace("x", "0")), column.name
    for place, need in enumerate(returns.needs):
        assert sum(counts[place] for counts in returns.published.values()) == int(needs[need.column]), need.name


CENSUS, ONE_MORE = f"{COUNCIL}/census_in_full.csv", ("mainstream_la_maintained,73,", "mainstream_la_maintained,74,")


@pytest.mark.parametrize(
    ("file", "edits", "says"),
    [
        ("settings.csv", [("mainstream_independent,mainstream,Mainstream schools or academies",
          "mainstream_independent,mainstream,Another tab")],
         "settings.csv, column dsg_plan_tab: mainstream has Another tab and Mainstream schools or academies"),
        ("settings.csv", [("Elective home education\n", "Home education\n")],
         "settings.csv, row 26, column reform_plan_provision: the value is 'Home education'; it must be a provision of provisions.csv"),
        ("provisions.csv", [("private and voluntary,Mainstream,", "private and voluntary,Support bases in mainstream,")],
         "provisions.csv, row 2, column counted_in: the value is 'Support bases in mainstream'"),
        (CENSUS, [ONE_MORE], "census_in_full.csv, row 2, column total: the value is 368; it must be the sum of its row, 369"),
        (CENSUS, [ONE_MORE, (",368,", ",369,")], "mainstream, semh adds to 490, but need_by_setting.csv says 489"),
        (CENSUS, [("mainstream_academy,407,", "mainstream_academy,many,")],
         "census_in_full.csv, row 3, column number_semh: the value is 'many'"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_by_file_row_and_column(
    params: Path, file: str, edits: list[tuple[str, str]], says: str
) -> None:
    """The last but one has one child more with SEMH in a maintained school: 490 in mainstream."""
    for old, new in edits:
        edit(params / file, old, new)
    assert says in refusal(params)


def test_a_council_without_the_file_or_with_another_years_has_the_mapping_alone(params: Path) -> None:
    file = params / COUNCIL / "census_in_full.csv"
    edit(file, "2025,mainstream_la_maintained", "2024,mainstream_la_maintained")
    file.write_text(file.read_text(encoding="utf-8").replace("\n2025,", "\n2024,"), encoding="utf-8")
    assert not read_returns(params, read_council(params, COUNCIL)).published
    file.unlink()
    assert not read_returns(params, read_council(params, COUNCIL)).published


@pytest.mark.parametrize("source", ["dfe_sen2_2025_caseload", "dfe_sen2_2025_needs"])
def test_a_base_census_of_which_one_table_is_the_councils_own_is_not_openly_published(
    params: Path, source: str
) -> None:
    """The first licence after the key of the caseload is that of its census; needs are in three other tables that are shown."""
    sources = params / COUNCIL / "sources.yaml"
    before, after = sources.read_text(encoding="utf-8").split(f"{source}:", 1)
    own = after.replace('licence: "OGL3"', 'licence: "Not published"', 1)
    sources.write_text(f"{before}{source}:{own}", encoding="utf-8")
    assert not read_council(params, COUNCIL).openly
