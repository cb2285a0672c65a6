"""`docs/assumptions.md`: generated, complete, readable; and how an assumption is graded and rated."""

import re
from pathlib import Path

import pytest
from conftest import best, edit, refusal

from best_model.command.assumptions import assumptions_document
from best_model.door import open_authority, open_scenario
from best_model.draws.sensitivity import figures_of, one_at_a_time
from best_model.faces.plain import as_markdown
from best_model.inputs.folders import PARAMS, PROJECT
from best_model.inputs.strict_yaml import read_as
from best_model.model.ratings import Ratings, quality
from best_model.model.scenario import Assumption

AUTHORITY, EVIDENCE = open_authority(), open_scenario("evidence")
FIGURES = figures_of(AUTHORITY, EVIDENCE)
COMMITTED = PROJECT / "docs" / "assumptions.md"
PAGE = COMMITTED.read_text(encoding="utf-8")


def cells(row: str) -> list[str]:
    """The cells of a Markdown row: what stands between bars that are not escaped."""
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]]


def rows() -> dict[str, dict[str, str]]:
    """Every row of every table of assumptions, by the dotted name in it."""
    found: dict[str, dict[str, str]] = {}
    for table in PAGE.split("\n\n"):
        head, *body = table.splitlines()
        if head.startswith("| Assumption |"):
            for row in body[1:]:
                assert len(cells(row)) == len(cells(head)), row
                found[cells(row)[1]] = dict(zip(cells(head), cells(row), strict=True))
    return found


# ---- The page


def test_the_committed_page_is_what_params_say_today() -> None:
    assert assumptions_document("leicestershire", PARAMS) == PAGE, "run `best assumptions`"


def test_every_assumption_has_one_row_with_its_figures_its_source_and_its_ratings() -> None:
    found = rows()
    assert set(found) == set(FIGURES)
    heads = PAGE.count("| Assumption |")
    assert PAGE.count("\n| ") - 2 * heads == len(FIGURES)  # a heading and a rule for each table
    for name, figure in FIGURES.items():
        row, source = found[name], AUTHORITY.council.sources[figure.source]
        assert row["Source"] == as_markdown(f"{source.title}: {source.where}")
        assert row["Pedigree"] == figure.pedigree
        assert row["Quality"].split(",")[0] == quality(figure)
        assert re.match(r"(high|medium|low|none: .+)$", row["Impact"])
        for column, value in (("Value", figure.value), ("Low", figure.low), ("High", figure.high)):
            assert float(row[column].replace(",", "").replace("−", "-")) == pytest.approx(value, rel=0.01, abs=0.0005)


def test_no_cell_is_empty_and_nothing_in_one_is_markdown_or_html() -> None:
    for name, row in rows().items():
        assert all(row.values()), name
        for column, cell in row.items():
            assert not re.search(r"(?<!\\)([*<>`$\[\]]|\b_|_\b)", cell), (column, cell)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a|b", r"a\|b"),
        ("2*3_4", r"2\*3_4"),
        ("_x_", r"\_x\_"),
        ("<b>", r"\<b\>"),
        ("a\nb", "a b"),
        ("[x](y)", r"\[x\](y)"),
        ("£5 & 6", r"£5 \& 6"),
    ],
)
def test_text_is_written_as_text(text: str, written: str) -> None:
    assert as_markdown(text) == written


def test_the_impact_of_each_is_its_swing_against_the_thresholds_of_params() -> None:
    ratings, found = read_as(Ratings, PARAMS / "ratings.yaml")[0], rows()
    target = float(AUTHORITY.council.targets[ratings.target][-1])
    for swing in one_at_a_time(AUTHORITY, EVIDENCE):
        rated = f"none: {swing.no_effect}" if swing.no_effect else ratings.impact(swing.size, target)
        assert {found[name]["Impact"] for name in swing.figures} == {as_markdown(rated)}


def test_what_much_hangs_on_with_poor_evidence_is_listed_first() -> None:
    listed = PAGE.split("## Much hangs on these")[1].split("\n## ")[0]
    worst = {
        (row["Change at its low, £m"], row["Change at its high, £m"])
        for row in rows().values()
        if row["Quality"].startswith("poor") and row["Impact"].startswith("high")
    }
    assert listed.count("\n- ") == len(worst) > 0


def test_the_command_writes_the_page_and_leaves_no_draft(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    done = best("assumptions", "--file", str(page))
    assert (done.exit_code, done.stdout.strip(), done.stderr) == (0, str(page), "")
    assert page.read_text(encoding="utf-8") == PAGE
    assert list(tmp_path.iterdir()) == [page]


# ---- Ratings


def figure(pedigree: str, source: str, grade: str | None = None) -> Assumption:
    return Assumption(value=1, low=1, high=1, unit="", pedigree=pedigree, source=source, grade=grade)


@pytest.mark.parametrize(
    ("pedigree", "source", "grade", "rated"),
    [
        ("published", "report", None, "good"),
        ("assumed", "report", None, "fair"),
        ("assumed", "judgement", None, "poor"),
        ("calibrated", "report", None, "poor"),
        ("assumed", "report", "strong", "good"),
        ("assumed", "report", "moderate", "fair"),
        ("assumed", "report", "weak", "poor"),
        ("assumed", "judgement", "judgement", "poor"),
        ("published", "report", "weak", "poor"),
    ],
)
def test_quality_goes_by_the_grade_if_there_is_one_and_else_by_pedigree_and_source(
    pedigree: str, source: str, grade: str | None, rated: str
) -> None:
    assert quality(figure(pedigree, source, grade)) == rated


def test_impact_is_by_share_of_the_target() -> None:
    """Of £48m, 5% is £2.4m and 1% is £480,000."""
    said = {"share": 0.05, "why": "a twentieth"}, {"share": 0.01, "why": "a hundredth"}
    ratings = Ratings.model_validate({"scenario": "evidence", "target": "base", "high": said[0], "medium": said[1]})
    moved = (2_400_000, -2_400_000, 2_399_999, 480_000, 479_999, 0)
    assert [ratings.impact(each, 48e6) for each in moved] == ["high", "high", "medium", "medium", "low", "low"]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("share: 0.05", "share: 0.005", "ratings.yaml, line 1: the file has high 0.005 and medium 0.01"),
        ("share: 0.05", "share: 5", "ratings.yaml, line 5: high.share is 5"),
        ("target: base", "target: heroic", "target is 'heroic'; targets.csv has base, stretched"),
        ("scenario: evidence", "scenario: heroic", "there is no such scenario"),
        ("high:", "hihg:", "ratings.yaml, line 5: hihg is not a key that is known here"),
    ],
)
def test_thresholds_that_make_no_sense_are_refused(params: Path, tmp_path: Path, old: str, new: str, says: str) -> None:
    edit(params / "ratings.yaml", old, new)
    assert says in refusal(best("assumptions", "--params", str(params), "--file", str(tmp_path / "page.md")))


# ---- Grades


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("source: dbv_contract, grade: weak", "source: dbv_contract", "line 5: graduated_offer.evidence has no grade"),
        ("of new plans in reach\", pedigree: assumed, source: dbv_contract, grade: weak",
         "of new plans in reach\", pedigree: assumed, source: dbv_contract",
         "line 13: graduated_offer.actions.0.share has no grade"),
        ("unit: places, pedigree: assumed, source: wms_2025_12_17, grade: weak",
         "unit: places, pedigree: assumed, source: wms_2025_12_17",
         "line 65: specialist_places.actions.0.by_nth_september.2 has no grade"),
        ("source: dbv_contract, grade: weak", "source: dbv_contract, grade: judgement",
         "line 5: graduated_offer.evidence has the grade judgement and the source dbv_contract"),
        ("source: judgement, grade: judgement", "source: judgement, grade: weak", "has the grade weak and the source judgement"),
        ("grade: weak", "grade: splendid", "line 5: graduated_offer.evidence.grade is 'splendid'"),
    ],
)  # fmt: skip
def test_an_effect_without_an_honest_grade_is_refused_by_line(params: Path, old: str, new: str, says: str) -> None:
    edit(params / "leicestershire/priorities.yaml", old, new)
    said = refusal(best("run", "evidence", "--params", str(params)))
    assert says in said
    assert said.startswith("best: priorities.yaml, line ")
