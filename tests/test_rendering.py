"""Every cell of every notebook, for every shipped scenario and for the ends of the range: it says what it has to, and nothing odd.

The ends: nothing done; all that any source supports, so that both targets are met; and a council that has no registers, no comparison, no
earlier programme and nobody named, and publishes the end of its targets alone.
"""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LEFT_OUT = ("comparison.csv", "equality.csv", "sign_off.csv", "risks.csv", "workstreams.csv", "delivered.csv")
EVERYTHING = """\
extends: stretched
title: Everything
question: What if every priority delivers the most that a source supports?
target: stretched
levers:
  graduated_offer: {intensity: 1.0}
  ceasing: {intensity: 1.0}
  specialist_places: {intensity: 1.0}
  early_years: {intensity: 1.0}
  eotas: {intensity: 1.0}
  commissioning: {intensity: 1.0}
"""
CASES = [
    *((scenario, "leicestershire") for scenario in ("base", "do_nothing", "evidence", "everything", "stretched")),
    ("stretched", "bare"),
    ("do_nothing", "bare"),
]
MOST_WORDS = 24
SCENARIO_FREE = {"04_back_test": [("do_nothing", "leicestershire"), ("do_nothing", "bare")]}


@pytest.fixture(scope="module")
def params(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped parameters with few draws, with a scenario and a council at the ends of the range."""
    folder = shutil.copytree(ROOT / "params", tmp_path_factory.mktemp("ends") / "params")
    uncertainty = folder / "leicestershire" / "uncertainty.yaml"
    few = re.sub(r"(?m)^draws: .*$", "draws: 320", uncertainty.read_text(encoding="utf-8"))
    uncertainty.write_text(
        re.sub(r"(?m)^draws_of_whole_children: .*$", "draws_of_whole_children: 10", few), encoding="utf-8"
    )
    (folder / "scenarios" / "everything.yaml").write_text(EVERYTHING, encoding="utf-8")
    bare = shutil.copytree(folder / "leicestershire", folder / "bare")
    for name in LEFT_OUT:
        (bare / name).unlink()
    _only_the_end(bare / "targets.csv")
    return folder


def _only_the_end(targets: Path) -> None:
    """Empty the years of a target before its last."""
    rows = list(csv.reader(targets.read_text(encoding="utf-8").splitlines()))
    years = [place for place, head in enumerate(rows[0]) if "/" in head][:-1]
    for row in rows[1:]:
        for place in years:
            row[place] = ""
    with targets.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


@pytest.mark.slow
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_cell_says_what_it_has_to_at_the_ends_of_the_range(notebook: Path, params: Path) -> None:
    cases = SCENARIO_FREE.get(notebook.stem, CASES)
    words = [sys.executable, str(ROOT / "tests" / "rendering.py"), str(notebook), json.dumps(cases)]
    environment = {**os.environ, "BEST_PARAMS": str(params), "MPLBACKEND": "agg"}
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=environment, cwd=notebook.parent)
    assert done.returncode == 0, done.stderr[-2_000:]
    found = zip(cases, json.loads(done.stdout.splitlines()[-1]), strict=True)
    faults = [
        f"{case}: {fault} in {cell['source'][:300]}"
        for case, cells in found
        for cell in cells
        for fault in faults_of(cell)
    ]
    assert faults == []


def faults_of(cell: dict[str, str]) -> list[str]:
    """What must not stand in what a cell shows."""
    if cell["error"]:
        return [cell["error"]]
    text = unescape(re.sub(r"<[^>]+>", " ", re.sub(r'src="data:[^"]*"', "", cell["html"])))
    alternatives = " ".join(unescape(each) for each in re.findall(r'alt="([^"]*)"', cell["html"]))
    odd = re.findall(r"\{\{|\}\}|\{%|%\}|\bnan\b|\bNone\b|\bUndefined\b|\binf\b", f"{text} {alternatives}")
    words = cell["source"].startswith("%%say")
    odd += re.findall(r"[a-z%)]\.[A-Z0-9£]|\d\.[A-Z£]", text) if words else []
    says = words and not text.strip() and not re.search(r"\{% (if|for) ", cell["source"])
    return [f"{each!r}" for each in odd] + ["nothing is said"] * says + too_long(cell["html"])


def too_long(html: str) -> list[str]:
    """Large type that is not one sentence of twenty words; a long name or title of a scenario may add four."""
    answers = re.findall(r'<p[^>]*class="answer"[^>]*>(.*?)</p>', html, re.DOTALL)
    said = [unescape(re.sub(r"<[^>]+>", "", answer)).strip() for answer in answers]
    return [
        each for each in said if len(each.split()) > MOST_WORDS or not re.fullmatch(r"(?:[^.?!]|\.(?=\d))+\.", each)
    ]


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ("<p>{{ saving }}</p>", "'{{'"),
        ("<p>£nan</p>", "'nan'"),
        ('<img alt="nan plans">', "'nan'"),
        ("", "nothing is said"),
        ("<p>It is late.3 more are</p>", "'e.3'"),
        ('<p class="answer">One. Two.</p>', "One. Two."),
    ],
)
def test_a_fault_would_be_seen(html: str, fault: str) -> None:
    assert fault in faults_of({"source": "%%say\nWords.", "html": html, "error": ""})
