"""The committee paper itself, built as a user builds it and read as a reviewer does: in a browser, with no network."""

import json
import re
import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from click.testing import CliRunner
from playwright.sync_api import Browser

from best_model.case import PARAMS
from best_model.reporting.command import main

pytestmark = [pytest.mark.slow, pytest.mark.browser]
A4_LESS_ITS_MARGINS = 673  # 210 mm less twice 16 mm, in CSS pixels


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The committee paper, published by `best report` from a pack that holds nothing else."""
    folder = tmp_path_factory.mktemp("pack")
    params = shutil.copytree(PARAMS, folder / "params")
    pack = params / "packs" / "committee.yaml"
    head, _ = pack.read_text(encoding="utf-8").split("documents:")
    pack.write_text(f"{head}documents:\n  - notebook: committee_pack\n    scenario: stretched\n", encoding="utf-8")
    done = CliRunner().invoke(main, ["report", "--params", str(params), "--reports", str(folder / "reports")])
    assert done.exit_code == 0, done.output
    assert done.stdout.strip() == str(folder / "reports" / "committee" / "index.html")
    return folder / "reports" / "committee" / "committee_pack-stretched.html"


def test_the_answer_on_page_one_is_what_the_command_prints(paper: Path) -> None:
    run = json.loads(CliRunner().invoke(main, ["run", "evidence", "--json"]).stdout)
    answer = re.search(r'<p class="answer">(.*?)</p>', paper.read_text(encoding="utf-8"))
    assert answer
    assert f"£{run['saving_gbp'][-1] / 1e6:.1f}m a year by 2029/30" in answer[1]
    verdict = "short of both its targets" if not run["target"]["met"] else "enough for its base target"
    assert verdict in answer[1]


def test_the_manifest_says_that_every_check_holds(paper: Path) -> None:
    manifest = json.loads((paper.parent / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["checks"]["stretched"]
    assert all(manifest["checks"]["stretched"].values())
    assert "params/leicestershire/unit_costs.csv" in manifest["inputs"]


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_axe_finds_no_fault_and_nothing_is_wider_than_the_window(paper: Path, browser: Browser, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(paper.as_uri())
    assert [fault["id"] for fault in Axe().run(page).response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    page.close()


def test_on_a4_no_table_is_wider_than_the_paper(paper: Path, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": A4_LESS_ITS_MARGINS, "height": 900})
    page.emulate_media(media="print")
    page.goto(paper.as_uri())
    widths = page.evaluate("[...document.querySelectorAll('table')].map(table => table.scrollWidth)")
    assert widths
    assert max(widths) <= A4_LESS_ITS_MARGINS
    page.close()


def test_every_heading_steps_down_by_one_and_every_figure_says_its_numbers(paper: Path, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(paper.as_uri())
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => Number(h.tagName[1]))")
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    alts = page.evaluate("[...document.querySelectorAll('figure img')].map(img => img.alt)")
    assert len(alts) >= 4
    assert all(re.search(r"\d", alt) and len(alt) > 80 for alt in alts)
    page.close()
