"""The committee paper itself, built as a user builds it: what it says is what the command says."""

import json
import re
from html import unescape
from pathlib import Path
from unicodedata import normalize

import pypdf
import pytest
from conftest import best
from playwright.sync_api import Browser

pytestmark = [pytest.mark.slow, pytest.mark.browser]
MOST_PAGES, MOST_WORDS = 20, 20


@pytest.fixture(scope="module")
def paper(committee_pack: Path) -> Path:
    """The committee paper, as `best report` publishes it with its pack."""
    return committee_pack / "committee_pack-stretched.html"


def test_the_answer_on_page_one_is_what_the_command_prints(paper: Path) -> None:
    run = json.loads(best("run", "evidence", "--json").stdout)
    answer = re.search(r'<p class="answer">(.*?)</p>', paper.read_text(encoding="utf-8"))
    assert answer
    assert f"£{run['saving_gbp'][-1] / 1e6:.1f}m a year by 2029/30" in answer[1]
    met = run["target"]["met"]
    assert ("enough for the base target" if met else "short of both targets") in answer[1]
    assert met or answer[1].startswith("No: ")


def test_the_manifest_says_that_every_check_holds(paper: Path) -> None:
    manifest = json.loads((paper.parent / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["checks"]["stretched"]
    assert all(manifest["checks"]["stretched"].values())
    assert "leicestershire/unit_costs.csv" in manifest["inputs"]


@pytest.fixture(scope="module")
def printed(paper: Path, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The text of each page of the paper, printed on A4."""
    file = tmp_path_factory.mktemp("printed") / "paper.pdf"
    page = browser.new_page()
    page.goto(paper.as_uri())
    page.pdf(path=file, prefer_css_page_size=True)
    page.close()
    return [normalize("NFKC", " ".join(sheet.extract_text().split())) for sheet in pypdf.PdfReader(file).pages]


def test_page_one_holds_the_answer_the_one_figure_and_what_has_to_be_true(printed: list[str], paper: Path) -> None:
    """All of it on the first sheet of A4, and the next chapter on the second."""
    opening, *_ = paper.read_text(encoding="utf-8").split("Where do the savings come from?</h2>")
    assert opening.count("<svg") + opening.count("<figure><img") == 1
    last = re.findall(r'<ul class="true">.*<li>(.*?)</li>\s*</ul>', opening, re.DOTALL)[0]
    said = re.sub(r"[^a-z0-9]", "", unescape(last).lower())
    assert said in re.sub(r"[^a-z0-9]", "", printed[0].lower())
    assert "Where do the savings come from?" in printed[1]


def test_the_paper_is_printed_on_twenty_pages_at_the_most(printed: list[str]) -> None:
    assert 10 <= len(printed) <= MOST_PAGES


def test_every_abbreviation_of_the_paper_is_in_its_glossary(paper: Path) -> None:
    """Words with two capitals, such as SEND or SEN2; the glossary names each in a term or where it spells one out."""
    body = paper.read_text(encoding="utf-8").partition("<main")[2].partition("</main>")[0]
    text, glossary = (re.sub(r"<[^>]*>", " ", part) for part in re.split(r"<dl>", body))
    short = set(re.findall(r"\b[A-Z][A-Za-z]*[A-Z][A-Za-z0-9]*\b", unescape(text)))
    assert {"EOTAS", "INMSS", "SEND", "EHC"} <= short
    assert short - set(re.findall(r"\w+", glossary)) == set()


def test_inmss_is_spelled_out_where_it_is_first_used(paper: Path) -> None:
    body = paper.read_text(encoding="utf-8").partition("<main")[2]
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body))
    assert text[: text.index("INMSS")].endswith("independent or non-maintained special schools (")


def test_large_type_is_one_short_sentence_in_every_document_of_the_pack(paper: Path) -> None:
    """Twenty words in the committee paper; elsewhere a long name or title may add four."""
    found = [(page, answer) for page in sorted(paper.parent.glob("*.html")) for answer in _answers(page)]
    assert len(found) > 40
    for page, said in found:
        assert len(said.split()) <= (MOST_WORDS if page == paper else 24), (page.name, said)
        assert re.fullmatch(r"(?:[^.?!]|\.(?=\d))+\.", said), (page.name, said)


def _answers(page: Path) -> list[str]:
    answers = re.findall(r'<p[^>]*class="answer"[^>]*>(.*?)</p>', page.read_text(encoding="utf-8"), re.DOTALL)
    return [unescape(re.sub(r"<[^>]+>", "", answer)).strip() for answer in answers]
