"""One pack after another: the same inputs give the same bytes, and whatever changed is said."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from best_model.door import PARAMS

pytestmark = pytest.mark.slow
BEST = Path(sys.executable).with_name("best")
NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
SMALL = """\
name: small
title: A small pack
meeting: Scrutiny
date: 2027-03-01
audience: Members
authority: leicestershire
scenarios: [evidence]
beside: [workbook, chances]
documents:
  - notebook: 01_published_forecast
    scenario: do_nothing
"""
MOVES = {"built"}
"""What the manifest of two builds of the same inputs may differ in."""


@pytest.fixture
def params(tmp_path: Path) -> Path:
    folder = shutil.copytree(PARAMS, tmp_path / "params")
    (folder / "packs" / "small.yaml").write_text(SMALL, encoding="utf-8")
    return folder


def report(params: Path, *more: str) -> Path:
    words = [BEST, "report", "small", "--params", params, "--reports", params.parent / "reports", *more]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip()).parent


def content(pack: Path) -> dict[str, bytes]:
    """Every file by its path, but for the log of the run and the PDF, which say when they were made; the manifest without its time."""
    files = {path.relative_to(pack).as_posix(): path.read_bytes() for path in pack.rglob("*") if path.is_file()}
    manifest = {key: value for key, value in json.loads(files["manifest.json"]).items() if key not in MOVES}
    return {**files, "manifest.json": json.dumps(manifest).encode(), "run.log": b"", "pack.pdf": b""}


def answer(pack: Path) -> str:
    found = re.search(r'<p class="answer">(.*?)</p>', (pack / "what_changed.html").read_text(encoding="utf-8"))
    assert found
    return re.sub(r"<[^>]+>", "", found[1])


def test_a_pack_made_again_is_the_same_to_the_byte_and_says_the_same_of_the_last(params: Path) -> None:
    """Once with what was kept, once with everything made again; then in a folder where none was before."""
    first = content(report(params))
    assert first["manifest.json"].count(b'"state": "first"') == 1
    assert content(report(params)) == first
    assert content(report(params, "--force")) == first
    shutil.rmtree(params.parent / "reports")
    assert content(report(params)) == first
    assert {"workbook.xlsx", "tables/Headline.csv", "chances.json", "what_changed.html", "made_from.html"} <= set(first)


def test_a_changed_assumption_is_named_with_what_it_did(params: Path) -> None:
    report(params)
    costs = params / "leicestershire" / "priorities.yaml"
    text = costs.read_text(encoding="utf-8")
    found = re.search(r"running_cost: *\n? *\{?value: *([\d_]+)", text) or re.search(
        r"running_cost:.*?value: *([\d_]+)", text, re.DOTALL
    )
    assert found
    costs.write_text(
        text[: found.start(1)] + str(int(found[1].replace("_", "")) + 1_000_000) + text[found.end(1) :],
        encoding="utf-8",
    )
    changed = report(params)
    manifest = json.loads((changed / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["changes"]["state"] == "compared"
    assert "assumption" in answer(changed)
    again = content(report(params))
    assert again == content(changed)  # made again of the same things, it still says what changed since the one before


def test_what_a_council_counts_is_beside_the_pack_and_not_in_it(params: Path) -> None:
    pack = report(params)
    beside = pack.resolve().parent / "inputs"
    assert (beside / "leicestershire" / "census.csv").read_bytes() == (
        params / "leicestershire" / "census.csv"
    ).read_bytes()
    assert not list(pack.rglob("census.csv"))


@pytest.mark.browser
@pytest.mark.usefixtures("browser")
def test_the_committee_pack_made_again_elsewhere_is_the_same_to_the_byte(committee_pack: Path, tmp_path: Path) -> None:
    done = subprocess.run([BEST, "report", "--reports", tmp_path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    again, first = content(tmp_path / "committee"), content(committee_pack)
    assert set(again) == set(first)
    assert [name for name in first if first[name] != again[name]] == []
    assert all(len(body) < 3_000_000 for name, body in first.items() if name.endswith(".html"))


def test_only_what_opened_a_changed_file_is_made_again(params: Path) -> None:
    """The paper of doing nothing never opens the base plan; the paper of the base plan does."""
    pack = params / "packs" / "small.yaml"
    plan = params / "scenarios" / "base.yaml"
    pack.write_text(SMALL + "  - notebook: 02_placement_mix\n    scenario: base\n", encoding="utf-8")
    cache = report(params).parent / ".cache" / "small"
    kept = [cache / "01_published_forecast-do_nothing", cache / "chances.json", cache / "02_placement_mix-base"]
    opened = [set(json.loads(path.read_bytes().partition(b"\n")[0])["used"]) for path in kept]
    assert ["scenarios/base.yaml" in used for used in opened] == [False, False, True]
    before = [path.stat().st_mtime_ns for path in kept]
    plan.write_text(
        re.sub(r"(graduated_offer: \{intensity: 0\.)\d+", r"\g<1>41", plan.read_text(encoding="utf-8")),
        encoding="utf-8",
    )
    report(params)
    assert [path.stat().st_mtime_ns == then for path, then in zip(kept, before, strict=True)] == [True, True, False]
