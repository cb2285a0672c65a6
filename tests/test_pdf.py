"""The pack as one PDF: every paper in its order, tagged, with page numbers; and where it cannot be printed, why."""

from pathlib import Path

import pypdf
import pytest

from best_model.papers.page import Link, Page
from best_model.papers.pdf import PDF, Printed, print_pack, whole

PAGE = Page(
    pack="spring", title="Will <it> do?", meeting="Scrutiny", date="1 March 2027", version="0", commit="abc", inputs="1"
)
FIRST = """<header>not printed twice</header><main id="main"><h1>First?</h1><nav class="contents"><a href="#gap">Gap</a></nav>
<h2 id="gap">Gap</h2><div role="region" aria-labelledby="table"><table><caption id="table">The gap</caption></table></div>
<p><a href="#gap">here</a> <a href="other.html#gap">there</a> <a href="other.html">the other</a> <a href="https://example.org/a#b">out</a>
<a href="explorer.html">beside</a></p></main><footer>nor this</footer>"""
SOURCES = """<!-- cell 8 -->
<div role="region" aria-labelledby="how-the-figures-are-made"><table><caption id="how-the-figures-are-made">How</caption></table></div>
<p>In this way.</p>
<!-- cell 9 -->
<div role="region" aria-labelledby="sources-of-the-figures"><table><tr id="source-a"><th>A source.</th></tr></table></div>"""
OTHER = '<main id="main"><h1>Other?</h1><h2 id="gap">Gap</h2><p>At the end.</p></main>'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, html in (("first.html", FIRST), ("other.html", OTHER)):
        (tmp_path / name).write_text(html, encoding="utf-8")
    return tmp_path


PAPERS = [
    Link(file="first.html", title="First?", scenario="base"),
    Link(file="other.html", title="Other?", scenario=""),
]


def printed(folder: Path) -> Printed:
    return print_pack(folder, PAPERS, PAGE, folder / "last" / PDF, "")


def test_every_paper_is_on_the_page_once_and_in_order(folder: Path) -> None:
    html = whole(folder, PAPERS, PAGE)
    assert html.index("<h1>First?</h1>") < html.index("<h1>Other?</h1>")
    assert html.count("At the end.") == 1
    assert "not printed twice" not in html
    assert "nor this" not in html
    assert "Will &lt;it&gt; do?" in html


def test_names_that_two_papers_use_are_told_apart_and_links_stay_inside(folder: Path) -> None:
    html = whole(folder, PAPERS, PAGE)
    assert 'id="paper-1-gap"' in html
    assert 'id="paper-2-gap"' in html
    assert 'aria-labelledby="paper-1-table"' in html
    assert '<caption id="paper-1-table">' in html
    assert '<a href="#paper-1-gap">here</a> <a href="#paper-2-gap">there</a> <a href="#paper-2">the other</a>' in html
    assert 'href="https://example.org/a#b"' in html
    assert 'href="explorer.html"' in html


def test_a_list_of_sources_that_papers_share_is_printed_in_the_last_of_them_and_links_lead_there(
    tmp_path: Path,
) -> None:
    links = '<p><a href="#source-a">own</a> <a href="one.html#source-a">of one</a> <a href="four.html#source-a">of four</a></p>'
    differs = SOURCES.replace("A source", "Another")
    for name, sources in (
        ("one", SOURCES),
        ("two", SOURCES.replace("cell 9", "cell 11")),
        ("three", ""),
        ("four", differs),
    ):
        (tmp_path / f"{name}.html").write_text(
            f'<main id="main"><h1>{name}</h1>{links}{sources}</main>', encoding="utf-8"
        )
    html = whole(
        tmp_path, [Link(file=f"{name}.html", title=name, scenario="") for name in ("one", "two", "three", "four")], PAGE
    )
    assert html.count("A source.") == html.count("Another.") == html.count("printed once for all papers") == 1
    assert html.index("<h1>two</h1>") < html.index('id="paper-2-source-a"') < html.index("<h1>three</h1>")
    led = {paper: html.count(f'href="#paper-{paper}-source-a">own<') for paper in (1, 2, 3, 4)}
    assert led == {1: 0, 2: 2, 3: 1, 4: 1}
    assert html.count('href="#paper-2-source-a">of one<') == html.count('href="#paper-4-source-a">of four<') == 4
    assert 'href="#paper-2-how-the-figures-are-made"' in html


def test_the_contents_give_each_paper_its_answer(folder: Path) -> None:
    (folder / "other.html").write_text(
        '<main id="main"><h1>Other?</h1><p class="answer">Yes, by <b>£1.0m</b> <a href="#gap">a year</a>.</p></main>',
        encoding="utf-8",
    )
    contents, _, _ = whole(folder, PAPERS, PAGE).partition("<article")
    assert "<p>Yes, by <b>£1.0m</b> a year.</p>" in contents
    assert contents.count("<li>") == 2
    assert "1 March 2027" in contents


def test_each_sheet_says_which_paper_it_is_of_and_no_title_can_end_the_style(folder: Path) -> None:
    odd = PAPERS[0].model_copy(update={"title": '</style><b>"\\ so?'})
    html = whole(folder, [odd, *PAPERS[1:]], PAGE)
    style = html[html.index("<style>") : html.index("</style>")]
    assert '@page paper-2 { @top-left { content: "Other\\3f "; ' in style
    assert "#paper-2 { page: paper-2; }" in style
    assert "<b>" not in style
    assert 'content: "\\3c \\2f style\\3e ' in style


def test_without_a_browser_it_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEST_CHROMIUM", "no-such-browser")
    assert printed(folder).missing == "Chromium is not installed where this pack was made"
    assert not (folder / PDF).exists()


@pytest.mark.parametrize(
    ("program", "why"), [("false", "Chromium could not print it"), ("true", "Chromium printed nothing")]
)
def test_a_browser_that_fails_costs_the_pdf_and_nothing_else(
    folder: Path, monkeypatch: pytest.MonkeyPatch, program: str, why: str
) -> None:
    """`false` ends with an error, `true` well but with nothing printed."""
    monkeypatch.setenv("BEST_CHROMIUM", program)
    assert printed(folder).missing == why
    assert not (folder / PDF).exists()


def test_a_browser_that_prints_no_pdf_costs_the_pdf_and_nothing_else(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = folder / "browser"
    browser.write_text(
        '#!/bin/sh\nfor word; do case "$word" in --print-to-pdf=*) echo odd > "${word#*=}";; esac; done\n'
    )
    browser.chmod(0o755)
    monkeypatch.setenv("BEST_CHROMIUM", str(browser))
    assert printed(folder).missing == "Chromium printed something that is no PDF"
    assert not (folder / PDF).exists()


def test_the_last_one_is_used_again_where_the_page_is_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEST_CHROMIUM", "no-such-browser")
    last = folder / "last.pdf"
    last.write_bytes(b"as it was")
    made_from = printed(folder).made_from
    assert print_pack(folder, PAPERS, PAGE, last, made_from) == Printed(made_from=made_from)
    assert (folder / PDF).read_bytes() == b"as it was"
    (folder / PDF).unlink()
    assert print_pack(folder, PAPERS, PAGE, last, "another").missing
    assert not (folder / PDF).exists()


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.usefixtures("browser")
def test_the_pdf_is_tagged_and_its_pages_are_numbered(folder: Path) -> None:
    assert printed(folder).missing == ""
    file = pypdf.PdfReader(folder / PDF)
    assert file.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert file.trailer["/Root"]["/Lang"].lower() == "en-gb"
    assert file.metadata is not None
    assert file.metadata.title == "Will <it> do?"
    assert len(file.pages) == 3  # the front, and each paper on a page of its own
    for number, page in enumerate(file.pages, start=1):
        assert f"Page {number} of 3" in page.extract_text()
        assert round(float(page.mediabox.width) / 72 * 25.4) == 210
    assert [entry.title for entry in file.outline if not isinstance(entry, list)]


@pytest.mark.slow
@pytest.mark.browser
def test_the_committee_pack_holds_every_paper_in_its_pdf(committee_pack: Path) -> None:
    file = pypdf.PdfReader(committee_pack / PDF)
    text = " ".join(page.extract_text() for page in file.pages)
    said = "".join(text.split())
    for question in ("Will the programme reach its savings targets by March 2030?", "What would it take?"):
        assert said.count(question.replace(" ", "")) >= 2  # in the contents, and above its paper
    assert f"Page{len(file.pages)}of{len(file.pages)}" in said
    assert (committee_pack / PDF).stat().st_size < 3_000_000
    assert file.trailer["/Root"]["/StructTreeRoot"]["/K"]
