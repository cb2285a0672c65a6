"""Links lead somewhere: between the papers of a pack, and from the README and the docs to what is in the project."""

import re
from pathlib import Path

import pytest

from best_model.model.refusal import Refusal
from best_model.papers.links import link_up

ROOT = Path(__file__).parents[1]
WRITTEN = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    ROOT / "reports" / "README.md",
]


def pages(folder: Path, **texts: str) -> dict[str, Path]:
    found = {f"{name}.html": folder / f"{name}.html" for name in texts}
    for (name, path), text in zip(found.items(), texts.values(), strict=True):
        assert name == path.name
        path.write_text(text, encoding="utf-8")
    return found


def test_a_link_to_what_the_page_holds_is_left_alone(tmp_path: Path) -> None:
    papers = pages(tmp_path, one='<a href="#a">x</a><p id="a">y</p>')
    link_up(papers)
    assert papers["one.html"].read_text() == '<a href="#a">x</a><p id="a">y</p>'


def test_a_link_to_what_another_paper_holds_leads_to_the_first_that_does(tmp_path: Path) -> None:
    papers = pages(tmp_path, one='<a href="#b">x</a>', two='<p id="b">y</p>', three='<p id="b">z</p>')
    link_up(papers)
    assert papers["one.html"].read_text() == '<a href="two.html#b">x</a>'


def test_a_link_that_leads_nowhere_is_refused_by_page_and_anchor(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"one\.html: a link leads to #lost, which no page of the pack holds"):
        link_up(pages(tmp_path, one='<a href="#lost">x</a>', two="<p>y</p>"))


@pytest.mark.parametrize("document", WRITTEN, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_file_that_the_documents_point_to_is_there(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (document.parent / target).exists(), target


def test_the_changelog_gives_the_figure_that_the_golden_table_holds() -> None:
    golden = (ROOT / "tests" / "golden" / "evidence_gbp.csv").read_text(encoding="utf-8").splitlines()
    head, rows = golden[0].split(","), {line.split(",")[0]: line.split(",") for line in golden[1:]}
    row = next(cells for name, cells in rows.items() if name in ("saving", "saving.total", "saving_gbp"))
    saving = float(row[head.index("2029/30")])
    told = re.findall(
        r"Evidence-led saves £(\d+\.\d)m a year by 2029/30", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    )
    assert told, "CHANGELOG.md no longer says what evidence-led saves"
    assert float(told[0]) == pytest.approx(saving / 1e6, abs=0.05)
