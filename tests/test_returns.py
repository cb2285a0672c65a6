"""The mapping to the two returns, and the base census in full: published figures, each placed once, refused where they do not add."""

import csv
import os
from pathlib import Path

import pytest
from conftest import edit

from best_model.door import PARAMS
from best_model.inputs.authorities import read_council
from best_model.inputs.returns_csv import read_returns
from best_model.model.refusal import Refusal
from best_model.model.returns import Returns
from best_model.model.settings import NEEDS, SETTINGS

COUNCIL = "leicestershire"
RELEASE = Path(os.environ.get("BEST_RELEASE_DATA", PARAMS.parent / "../shared/data"))


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


@pytest.mark.skipif(not RELEASE.is_dir(), reason="the DfE release is not here; name its folder in BEST_RELEASE_DATA")
def test_the_census_in_full_is_the_release_column_by_column_and_need_by_need(returns: Returns) -> None:
    """Placements from the caseload, needs from the file of needs: both totals, and every need over all placements."""
    caseload, needs = published_totals("caseload"), published_totals("sen_needs_all_plans")
    for column in returns.columns:
        assert returns.children_in(column) == int(caseload[column.name].replace("x", "0")), column.name
    for place, need in enumerate(returns.needs):
        assert sum(counts[place] for counts in returns.published.values()) == int(needs[need.column]), need.name


def test_a_setting_in_two_tabs_is_refused(params: Path) -> None:
    edit(params / "settings.csv", "mainstream_independent,mainstream,Mainstream schools or academies",
           "mainstream_independent,mainstream,Another tab")  # fmt: skip
    said = "settings.csv, column dsg_plan_tab: mainstream has Another tab and Mainstream schools or academies"
    assert refusal(params).startswith(said)


def test_a_provision_that_is_not_in_the_list_is_refused_by_its_row(params: Path) -> None:
    edit(params / "settings.csv", "Elective home education\n", "Home education\n")
    assert refusal(params) == (
        "settings.csv, row 26, column reform_plan_provision: the value is 'Home education'; it must be a provision of provisions.csv"
    )


def test_a_provision_counted_in_one_that_is_itself_counted_elsewhere_is_refused(params: Path) -> None:
    edit(
        params / "provisions.csv",
        "private and voluntary,Mainstream,",
        "private and voluntary,Support bases in mainstream,",
    )
    assert refusal(params).startswith(
        "provisions.csv, row 2, column counted_in: the value is 'Support bases in mainstream'"
    )


def test_a_census_that_does_not_add_along_its_row_is_refused_by_its_row(params: Path) -> None:
    edit(params / COUNCIL / "census_in_full.csv", "mainstream_la_maintained,73,", "mainstream_la_maintained,74,")
    assert refusal(params) == (
        "census_in_full.csv, row 2, column total: the value is 368; it must be the sum of its row, 369"
    )


def test_a_census_that_adds_to_something_else_than_the_councils_own_table_is_refused(params: Path) -> None:
    """One child more with SEMH in a maintained school: 490 in mainstream, where need_by_setting.csv has 489."""
    edit(params / COUNCIL / "census_in_full.csv", "mainstream_la_maintained,73,", "mainstream_la_maintained,74,")
    edit(params / COUNCIL / "census_in_full.csv", ",368,", ",369,")
    assert "mainstream, semh adds to 490, but need_by_setting.csv says 489" in refusal(params)


def test_a_count_that_is_no_number_is_refused(params: Path) -> None:
    edit(params / COUNCIL / "census_in_full.csv", "mainstream_academy,407,", "mainstream_academy,many,")
    assert refusal(params).startswith("census_in_full.csv, row 3, column number_semh: the value is 'many'")


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
