"""What the figures rest on is counted and shown whole, and nobody's name stands for a signature that the council did not record."""

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from best_model.door import open_result, open_sign_off, open_uncertainty
from best_model.draws.sensitivity import figures_of
from best_model.faces.html import anchor_of, html, together
from best_model.model.authority import Authority
from best_model.model.engine import Result
from best_model.model.refusal import Refusal
from best_model.model.sign_off import ROLES, Signed
from best_model.questions import quality
from best_model.questions.checks import CHECKS

ASSUMPTIONS = Path(__file__).parents[1] / "docs" / "assumptions.md"


# ---- Counts


def test_the_counts_are_those_of_the_list_of_assumptions(authority: Authority, stretched: Result) -> None:
    """`docs/assumptions.md` has a row for each figure, with its pedigree in a cell and its source in the next."""
    rows = [
        line
        for line in ASSUMPTIONS.read_text(encoding="utf-8").splitlines()
        if re.search(r"\| (published|calibrated|assumed) \|", line)
    ]
    kinds = Counter(re.search(r"\| (published|calibrated|assumed) \|", row)[1] for row in rows)  # type: ignore[index]
    rests = quality.rests_on(authority, stretched.scenario)
    counted = {"published": rests.published, "calibrated": rests.calibrated, "assumed": rests.assumed}
    assert (kinds, rests.judged) == (counted, sum("| assumed | Judgement of the authors" in row for row in rows))
    table = quality.pedigrees(stretched)
    assert (table["Calibrated", "Figures"], table["All figures with a range", "Figures"]) == (
        rests.calibrated,
        len(rows),
    )
    assert sum(table.column("Share")[:-1]) == pytest.approx(1.0)


# ---- Every assumption, whole


def test_every_assumption_but_the_calibrated_has_an_anchor_once(authority: Authority, stretched: Result) -> None:
    html = in_brief(authority, stretched)
    held = re.findall(r'id="(figure-[^"]+)"', html)
    names = [name for name in figures_of(authority, stretched.scenario) if not name.startswith("calibration.")]
    assert sorted(held) == sorted(map(figure_anchor, names))


def in_brief(authority: Authority, result: Result) -> str:
    return together(quality.assumptions_in_brief(authority, result.scenario), "dense")


def figure_anchor(name: str) -> str:
    return anchor_of(f"figure:{name}")


def rows_of(html: str) -> dict[str, list[str]]:
    """Cells of each row by its anchor."""
    rows = re.findall(r'<tr id="(figure-[^"]+)"><th[^>]*>(.*?)</th>(.*?)</tr>', html)
    return {
        anchor: [re.sub(r"<[^>]+>", " ", head), *re.findall(r"<td[^>]*>(.*?)</td>", cells)]
        for anchor, head, cells in rows
    }


def test_six_years_of_places_in_bases_that_say_the_same_are_one_row_and_others_are_not(
    authority: Authority, stretched: Result
) -> None:
    rows = rows_of(in_brief(authority, stretched))
    bases = [cells for anchor, cells in rows.items() if anchor.startswith("figure-capacity-resource-base")]
    assert len(bases) == 1
    assert "2024 to 2029" in bases[0][0]
    assert bases[0][1:3] == ["384", "384 to 476"]
    special = [anchor for anchor in rows if anchor.startswith("figure-capacity-state-special")]
    figures = authority.council.assumptions
    apart = {figures[f"capacity.state_special.{year}"].model_dump_json() for year in range(2024, 2030)}
    assert len(special) == len(apart) > 1


def test_a_row_for_several_figures_stands_for_figures_that_are_the_same_in_all(
    authority: Authority, stretched: Result
) -> None:
    figures = {
        name: figure
        for name, figure in figures_of(authority, stretched.scenario).items()
        if not name.startswith("calibration.")
    }
    rows = rows_of(in_brief(authority, stretched))
    told = {figure_anchor(name): figure for name, figure in figures.items()}
    assert set(rows) <= set(told)
    shown = {told[anchor].model_dump_json() for anchor in rows}
    assert {figure.model_dump_json() for figure in figures.values()} == shown


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("unit_cost.inmss", ["70,000", "64,000 to 76,000"]),
        ("inflation.inmss", ["0.043", "0.03 to 0.065"]),
        ("in_train.2026/27", ["6.15", "0 to 12.3"]),
        ("income.2023/24", ["104.526", "no range"]),
        ("priorities.ceasing.running_cost", ["250,000", "150,000 to 400,000"]),
    ],
)
def test_a_figure_has_its_value_its_range_its_unit_its_pedigree_and_its_source(
    authority: Authority, stretched: Result, name: str, cells: list[str]
) -> None:
    figure = figures_of(authority, stretched.scenario)[name]
    html = in_brief(authority, stretched)
    row = rows_of(html)[figure_anchor(name)]
    assert row[1:3] == cells
    assert figure.pedigree.value in row[0]
    assert row[3].startswith("£" if "£" in figure.unit else figure.unit.capitalize())
    assert f'href="#source-{figure.source.replace("_", "-")}"' in html


# ---- Checks and the run


def test_checks_are_counted_over_every_scenario_and_one_that_fails_is_named(
    authority: Authority, stretched: Result
) -> None:
    base = open_result("base", authority)
    assert quality.all_checked([base, stretched]) == quality.AllChecked(2 * len(CHECKS), ())
    broken = replace(stretched, identified=stretched.identified + 1e6)
    assert "priorities_sum_to_saving" in {each.name for each in quality.all_checked([base, broken]).failed}


def test_the_run_is_told_with_its_seed_and_draws(authority: Authority, stretched: Result) -> None:
    uncertainty = open_uncertainty(authority)
    table = quality.what_was_run(uncertainty, stretched)
    assert table["Seed of the random numbers"] == (uncertainty.seed,)
    assert table["Simulated outcomes behind each chance"] == (uncertainty.draws,)


# ---- Signing


def test_the_shipped_file_names_nobody(authority: Authority) -> None:
    signed = open_sign_off(authority)
    assert [each.role for each in signed] == list(ROLES)
    assert all(each == Signed(role=each.role) for each in signed)
    cells = [
        str(value).replace("\N{NO-BREAK SPACE}", " ").strip()
        for row in quality.sign_off(signed).rows
        for value in row.values
    ]
    assert cells == ["to be named", "to be dated", "to be signed"] * len(ROLES)
    assert quality.still_to_sign(signed) == ROLES


def write(params: Path, *rows: str) -> Path:
    path = params / "leicestershire" / "sign_off.csv"
    path.write_text("\n".join(["role,name,date", *rows]) + "\n", encoding="utf-8")
    return path


def test_a_name_the_council_put_in_is_shown_as_text_and_the_rest_stay_open(authority: Authority, params: Path) -> None:
    write(params, "analyst,<b>A. N. Other</b>,2026-11-20")
    signed = open_sign_off(authority, params)
    shown = html(quality.sign_off(signed))
    assert "&lt;b&gt;A. N. Other&lt;/b&gt;" in shown
    assert "<b>" not in shown
    assert "signed on 2026-11-20; whether for these very inputs is for the signer to say" in shown
    assert quality.still_to_sign(signed) == ("commissioner", "assurer", "approver")


@pytest.mark.parametrize(
    ("row", "stands"),
    [("", "still to be named"), ("assurer,Somebody,", "named, still to sign"), ("assurer,Somebody,2026-11-20", "signed on 2026-11-20")],
)  # fmt: skip
def test_the_table_of_rigour_says_of_the_assurer_what_the_file_says(
    authority: Authority, params: Path, row: str, stands: str
) -> None:
    write(params, *filter(None, [row]))
    assert (
        quality.rigour(open_sign_off(authority, params))["Independent", "Where to look"]
        == f"The assurer, below: {stands}"
    )


def test_a_council_without_the_file_has_four_lines_to_sign(authority: Authority, params: Path) -> None:
    (params / "leicestershire" / "sign_off.csv").unlink()
    assert open_sign_off(authority, params) == tuple(Signed(role=role) for role in ROLES)


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (["treasurer,,"], "row 2, column role: the value is 'treasurer'; it must be commissioner, analyst, assurer or approver"),
        (["analyst,,2026-11-20"], "row 2, column name: the value is empty; it must say who signed, as the row has a date"),
        (["analyst,Somebody,20 November"], "row 2, column date: the value is '20 November'"),
        (["analyst,Somebody,2026-02-30"], "it must be a day of the calendar"),
        (["analyst,,", "analyst,,"], "analyst is given twice"),
        (["analyst,A. N. Other,", "assurer,a. n.  other,2026-11-20"],
         "row 3, column name: the value is 'a. n.  other'; it must be someone other than the analyst; name another person"),
    ],
)  # fmt: skip
def test_a_wrong_sign_off_is_refused_by_row(authority: Authority, params: Path, rows: list[str], says: str) -> None:
    write(params, *rows)
    with pytest.raises(Refusal, match=r"^sign_off\.csv") as refused:
        open_sign_off(authority, params)
    assert says in str(refused.value)
