"""A council's own census that is not published: no count of 1 to 5 can be read or divided out, in the workbook or on a page."""

import csv
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from best_model.door import PARAMS, open_authority, open_history, open_result
from best_model.faces.html import html
from best_model.fitted.backtest import back_test
from best_model.inputs.comparison_csv import read_comparison
from best_model.inputs.returns_csv import read_returns
from best_model.model.authority import Authority
from best_model.model.engine import Result
from best_model.model.refusal import Refusal
from best_model.model.settings import SETTINGS
from best_model.papers.workbook import About, write_book
from best_model.questions.explain import explain
from best_model.questions.headline import headline
from best_model.questions.placed import age_cost, age_mix, need_mix, placement_cost, setting_cost, setting_mix
from best_model.questions.small_counts import hidden_parts
from best_model.questions.trials import trial_by_setting
from best_model.table import NOT_SHOWN, Table
from best_model.table import SMALL as FEWER

COUNCIL = "leicestershire"
ABOUT = About("A title", "A meeting", "2026-12-01", "Members", "0.1.0", "abc1234", "0123456789ab")
SMALL = "Alternative provision"
"""Leicestershire has three children there in January 2025."""


@pytest.fixture(scope="module")
def closed_params(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped council, were its caseload not published: the first licence after that source's key is another."""
    params = shutil.copytree(PARAMS, tmp_path_factory.mktemp("closed") / "params")
    sources = params / COUNCIL / "sources.yaml"
    before, after = sources.read_text(encoding="utf-8").split("dfe_sen2_2025_caseload:", 1)
    own = after.replace('licence: "OGL3"', 'licence: "Not published"', 1)
    sources.write_text(f"{before}dfe_sen2_2025_caseload:{own}", encoding="utf-8")
    return params


@pytest.fixture(scope="module")
def closed(closed_params: Path) -> list[Result]:
    authority = open_authority(COUNCIL, closed_params)
    return [open_result(name, authority, closed_params) for name in ("base", "stretched")]


@pytest.fixture(scope="module")
def folder(closed: list[Result], closed_params: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    to = tmp_path_factory.mktemp("workbook")
    write_book(closed, ABOUT, to, read_returns(closed_params, closed[0].authority.council))
    return to


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "tables" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def is_number(cell: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?", cell) is not None


# ---- The workbook


def test_no_count_of_children_in_any_table_is_between_nought_and_six(folder: Path) -> None:
    """384 is 385, and three are [c]."""
    seen = 0
    for path in sorted((folder / "tables").iterdir()):
        for row in table(folder, path.stem):
            for head, cell in row.items():
                if "hildren" in head and is_number(cell) and "January" in row:
                    seen += 1
                    assert float(cell) % 5 == 0, (path.stem, head, row)
    assert seen > 1_000
    rows = {
        row["Setting"]: row["Do nothing, children"] for row in table(folder, "Children") if row["January"] == "2025"
    }
    assert (rows[SMALL], rows["Resource base or SEN unit"]) == ("[c]", "385")


def test_nothing_of_a_census_that_is_not_published_is_called_published(folder: Path) -> None:
    for name in ("Children", "Placement_mix", "DSG_5", "Reform_provisions", "Needs", "Age_bands"):
        origins = {row["Where the figures come from"] for row in table(folder, name)}
        assert not any(origin.startswith("published") for origin in origins), name


def test_a_hidden_row_has_no_money_either_and_is_never_hidden_alone(folder: Path) -> None:
    """£57,573 at £22,660 a child would be 2.5 children on average, and so would the total less every other row."""
    rows = table(folder, "Placement_mix")
    cases = {(row["Case"], row["Financial year"]) for row in rows}
    for case, year in cases:
        own = {row["Setting"]: row for row in rows if (row["Case"], row["Financial year"]) == (case, year)}
        for head in ("Spend in the financial year, £", "Spend a child in the financial year, £"):
            hidden = [name for name, row in own.items() if row[head] == "[c]"]
            assert len(hidden) != 1, (case, head)
            assert not case.startswith("Now") or SMALL in hidden
        for row in own.values():
            assert row["Children in January"] != "[c]" or row["Spend in the financial year, £"] == "[c]"


def test_spend_gives_no_small_number_of_children_away_by_itself_or_as_what_is_left_of_the_total(
    folder: Path, closed: list[Result]
) -> None:
    """£ over the price of a place is children; each is six or more, and what the rows leave over is two settings together."""
    rows, council, years = table(folder, "Spend"), closed[0].authority.council, closed[0].authority.financial_years
    names = list(SETTINGS.values())
    prices = council.money.unit_cost * council.money.inflation
    spent = closed[0].simulation.spend.placements[0]
    hidden_of = {}
    for step, year in enumerate(years):
        cells = {row["Line"]: row["Do nothing, £"] for row in rows if row["Financial year"] == year}
        hidden = [place for place, name in enumerate(names) if cells[name] == "[c]"]
        for place in set(np.flatnonzero(prices[step]).tolist()) - set(hidden):
            average = float(cells[names[place]]) / prices[step, place]
            assert average >= 6 or average < 0.01, (year, names[place])
        left = float(cells["All spend of the block"]) - sum(float(cell) for cell in cells.values() if cell != "[c]")
        left += float(cells["All spend of the block"])
        assert left == pytest.approx(spent[step, hidden].sum(), abs=0.1)
        assert not hidden or left >= 2 * spent[step, names.index(SMALL)]
        hidden_of[year] = {names[place] for place in hidden}
    assert SMALL in hidden_of[years[0]]
    assert len(hidden_of[years[0]]) == 2


def test_what_a_machine_is_told_has_no_small_count(closed: list[Result], plans: list[Result]) -> None:
    told = headline(closed[0], ())["plans_by_setting"]
    assert told["2025"]["alternative_provision"] is None
    assert all(count is None or count % 5 == 0 for counts in told.values() for count in counts.values())
    assert headline(plans[0], ())["plans_by_setting"]["2025"]["alternative_provision"] == pytest.approx(3)


# ---- The pages

TABLES: tuple[Callable[..., Table], ...] = (
    setting_mix, age_mix, need_mix, setting_cost, age_cost, lambda *results: placement_cost(results[-1]),
)  # fmt: skip


def cells_of(page: str) -> list[str]:
    return [re.sub("<.*?>", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", page)]


@pytest.mark.parametrize("make", TABLES)
def test_no_cell_of_a_page_is_a_count_of_one_to_five(make: Callable[..., Table], closed: list[Result]) -> None:
    page = html(make(*closed))
    counts = [cell.partition("\N{NO-BREAK SPACE}")[0] for cell in cells_of(page)]
    assert counts
    assert {"1", "2", "3", "4"}.isdisjoint(counts)
    assert all(int(count.replace(",", "")) % 5 == 0 for count in counts if re.fullmatch(r"[\d,]+", count))
    assert "not published" in page


def test_three_children_are_fewer_than_six_and_their_cost_is_not_shown(closed: list[Result]) -> None:
    assert "fewer than 6" in html(setting_mix(*closed))
    assert setting_mix(*closed)[SMALL, 0].first == FEWER
    costs = setting_cost(*closed)
    assert costs[SMALL, 0] == NOT_SHOWN
    assert costs.column(closed[0].authority.financial_years[0]).count(NOT_SHOWN) == 2


def test_a_setting_that_is_small_in_the_last_year_has_no_cost_there(closed: list[Result]) -> None:
    assert placement_cost(closed[-1])[SMALL] == (FEWER, NOT_SHOWN, NOT_SHOWN) * 2


@pytest.mark.parametrize("make", TABLES)
def test_the_shipped_council_hides_nothing(make: Callable[..., Table], plans: list[Result]) -> None:
    page = html(make(*plans))
    assert not [words for words in ("fewer than", "not shown", "not published") if words in page]


def test_the_back_test_hides_a_past_small_count_too(closed_params: Path) -> None:
    test = back_test(open_history(COUNCIL, closed_params))
    row = next(row for row in html(trial_by_setting(test)).split("<tr") if f'scope="row">{SMALL}' in row)
    assert set(cells_of(row)[: 2 * len(test.main.targets)]) <= {str(FEWER), "0"}
    assert "not published" in html(trial_by_setting(test))


@pytest.mark.parametrize(
    "asked", ["plans 2030", "plans 2030 alternative_provision", "spend 2029/30", "gap before 2029/30"]
)
def test_an_explanation_that_would_count_children_is_refused(closed: list[Result], asked: str) -> None:
    with pytest.raises(Refusal, match="would give away a small count of children; ask for a saving"):
        explain(closed[1], asked)
    assert explain(open_result("stretched", open_authority()), asked).number.value


def test_a_saving_is_explained_without_its_children(closed: list[Result]) -> None:
    assert explain(closed[1], "saving 2029/30").number.value == pytest.approx(closed[1].saving[-1])


# ---- What is hidden with what


PARTS = st.lists(
    st.tuples(st.one_of(st.just(0.0), st.floats(0.5, 500)), st.sampled_from([0.0, 900.0, 22_000.0, 64_000.0])),
    min_size=2, max_size=11,
)  # fmt: skip


@given(PARTS)
def test_no_one_part_is_most_of_what_is_hidden_while_another_could_be_hidden_with_it(
    parts: list[tuple[float, float]],
) -> None:
    counts, money = [(count,) for count, _ in parts], [count * price for count, price in parts]
    hidden = hidden_parts(counts, money, openly=False)
    small = [place for place, (count, _) in enumerate(parts) if 0 < count < 6]
    assert all(hidden[place] for place in small)
    shown = [place for place, hides in enumerate(hidden) if not hides and money[place] > 0]
    total = sum(amount for amount, hides in zip(money, hidden, strict=True) if hides)
    assert all(total >= (2 - 1e-9) * money[place] for place in small) or not shown
    assert not any(hidden_parts(counts, money, openly=True))


@pytest.mark.parametrize(
    ("counts", "money", "hidden"),
    [
        ([300, 3, 40, 0], [300, 6, 80, 0], [False, True, True, False]),
        ([300, 3, 4, 40], [300, 6, 8, 80], [False, True, True, True]),
        ([300, 3, 3, 40], [300, 6, 6, 80], [False, True, True, False]),
        ([300, 3, 40, 50], [300, 6, 0, 100], [False, True, False, True]),
        ([300, 3, 40, 50], [300, 6, 10, 100], [False, True, False, True]),
        ([300, 40], [300, 80], [False, False]),
    ],
    ids=["alone", "two_of_which_one_is_most", "two_alike", "one_that_costs_nothing_hides_nothing",
         "one_whose_children_cost_less_tells_too_much", "none"],
)  # fmt: skip
def test_what_is_hidden_with_a_small_count_could_be_it(
    counts: list[float], money: list[float], hidden: list[bool]
) -> None:
    assert hidden_parts([(count,) for count in counts], money, openly=False) == hidden


# ---- A group of the council's own


def test_a_small_group_of_a_source_that_is_not_published_is_refused(closed_params: Path, tmp_path: Path) -> None:
    """Girls who are three, moved to a source of the council's own."""
    params = shutil.copytree(closed_params, tmp_path / "params")
    path = params / COUNCIL / "equality.csv"
    head, *rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    place = next(place for place, row in enumerate(rows) if row[0] == "sex")
    total, source = head.index("total"), head.index("source")
    few = ["0"] * len(SETTINGS)
    few[0] = "3"
    first = head.index(next(iter(SETTINGS)))
    new = [*rows[place]]
    new[head.index("part")] = new[head.index("group")] = "Not said"
    new[first : first + len(SETTINGS)] = few
    new[total], new[source] = "3", "dfe_sen2_2025_caseload"
    rows[place][first], rows[place][total] = str(int(rows[place][first]) - 3), str(int(rows[place][total]) - 3)
    text = "\n".join(",".join(f'"{cell}"' for cell in row) for row in [head, *rows, new])
    path.write_text(text + "\n", encoding="utf-8")
    authority: Authority = open_authority(COUNCIL, params)
    with pytest.raises(Refusal, match=r"equality\.csv, row \d+, column total: the value is 3; it is a small count"):
        read_comparison(params, authority.council)
