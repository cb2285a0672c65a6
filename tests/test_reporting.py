"""A pack is whole, sound and the same twice, or it is not there."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from best_model.inputs.packs import Pack, PackDocument
from best_model.model.refusal import Refusal
from best_model.papers.document import make, prepare
from best_model.papers.pack import build
from best_model.papers.page import Page, read_page, with_contents
from best_model.papers.plan import Job
from best_model.papers.provenance import Provenance, commit, provenance

SCRIPT = "<script>alert(1)</script>"
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9"/></svg>'
OPENING = "from IPython.display import HTML, Markdown, display\n"
SHOWN = """\
HTML('''<p class="answer">The gap <b>widens</b>.</p>
<div class="pair"><section class="card"><h2>Base <span class="status">● On course</span></h2>
<p class="figure">£48.0m <small>a year</small></p></section></div>
<div class="scroll" tabindex="0" role="region" aria-labelledby="gap"><table><caption id="gap">The gap, £m</caption>
<thead><tr><th scope="col">Line</th><th scope="col">2026/27</th></tr></thead>
<tbody><tr><th scope="row">Gap <span class="kind">published</span></th><td>87.9</td></tr></tbody></table></div>''')"""
FIGURES = f"""\
display({{'image/png': '{PIXEL}'}}, raw=True, metadata={{'image/png': {{'alt': 'It widens to £108.0m'}}}})
display({{'image/svg+xml': '{SVG}'}}, raw=True, metadata={{'image/svg+xml': {{'alt': 'It "still" widens'}}}})"""
NOISE = "import sys\nprint('to the log')\nprint('to the other log', file=sys.stderr)\n'a plain value'"

Cell = nbformat.NotebookNode


def prose(text: str) -> Cell:
    return new_markdown_cell(text)


def code(source: str, *tags: str) -> Cell:
    return new_code_cell(OPENING + source, metadata={"tags": list(tags)})


def parameters(source: str = "scenario = 'base'\nauthority = 'leicestershire'") -> Cell:
    return new_code_cell(source, metadata={"tags": ["parameters"]})


def write(folder: Path, name: str, *cells: Cell) -> Path:
    path = folder / f"{name}.ipynb"
    folder.mkdir(exist_ok=True)
    nbformat.write(new_notebook(cells=list(cells)), path)
    return path


def full(folder: Path) -> None:
    """A notebook with one of everything."""
    parts = [prose(f"## Part {number}\n\nA [source](https://example.org/).") for number in range(4)]
    write(
        folder,
        "answer",
        prose("# Does the gap widen?"),
        parameters("scenario = 'base'\nauthority = 'leicestershire'\nseed = 0"),
        code(SHOWN),
        code(FIGURES),
        code("display(Markdown(f'Run on *{scenario}*, seed {seed}.'))"),
        code(NOISE),
        code("raise SystemError('a slider')", "interactive"),
        *parts,
    )


def small(folder: Path, source: str = "HTML('<p class=answer>Yes.</p>')") -> None:
    write(folder, "small", prose("# Is it small?"), parameters(), code(source))


def a_pack(*documents: tuple[str, str], title: str = "Will it do?") -> Pack:
    return Pack(
        name="spring",
        title=title,
        meeting="Scrutiny",
        date="2027-03-01",
        audience="Members",
        authority="leicestershire",
        scenarios=("stretched",),
        documents=tuple(PackDocument(notebook=notebook, scenario=scenario) for notebook, scenario in documents),
        beside=("pdf",),
    )


MADE_FROM = Provenance(
    version="0.0.1",
    commit="abc1234",
    code="c0de",
    environment={"python": "3"},
    inputs={"a.csv": "00"},
    seed=7,
    checks={"base": {"heads are conserved": True}},
    headline={"base": {"gap": 108.0}},
)


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project") / "notebooks"
    full(folder)
    small(folder)
    return folder


@pytest.fixture(scope="module", autouse=True)
def _no_pdf() -> Iterator[None]:
    """Printing has tests of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BEST_CHROMIUM", "")
        yield


@pytest.fixture(scope="module")
def built(notebooks: Path) -> Path:
    """A published pack of two documents, its title an attack on whoever opens it."""
    pack = a_pack(("answer", "stretched"), ("small", "do_nothing"), title=f"Will it do? {SCRIPT}")
    return build(pack, notebooks, notebooks.parent / "reports", MADE_FROM).parent


@pytest.fixture(scope="module")
def answer(built: Path) -> str:
    return (built / "answer-stretched.html").read_text(encoding="utf-8")


def page(title: str = "Will it do?") -> Page:
    return Page(
        pack="spring", title=title, meeting="Scrutiny", date="1 March 2027", version="0", commit="unknown", inputs="0"
    )


def refused(notebook: Path, cell_limit: int = 120, **given: Any) -> str:
    output = notebook.with_suffix(".html")
    with pytest.raises(Refusal) as caught:
        make(Job(notebook=notebook, parameters=given, output=output, page=page(), cell_limit=cell_limit))
    assert not output.exists()
    return str(caught.value)


# Before a kernel starts


ELSEWHERE = "![It widens](https://example.org/gap.png)"


@pytest.mark.parametrize(
    ("cells", "given", "said"),
    [
        ([prose("# Why?")], {}, "odd.ipynb: no cells are tagged `parameters`"),
        ([prose("# Why?"), parameters(), parameters()], {}, "odd.ipynb: 2 cells are tagged `parameters`"),
        ([prose("# Why?"), parameters()], {"scenaro": "base"}, "declares scenario, authority, not 'scenaro'"),
        ([prose("# Why?"), parameters()], {"scenario = 1\nimport os": "base"}, "add that to the cell"),
        (
            [prose("# Why?"), parameters(), prose("# And how?")],
            {},
            "the question it answers; it has 'Why?', 'And how?'",
        ),
        ([prose("Words"), parameters()], {}, "it has none"),
        (
            [prose("# Why?"), parameters(), prose(ELSEWHERE)],
            {},
            "odd.ipynb, cell 3: src='https://example.org/gap.png' lies outside",
        ),
    ],
)
def test_a_notebook_that_cannot_be_a_page_is_refused_before_a_kernel_starts(
    tmp_path: Path, cells: list[Cell], given: dict[str, str], said: str
) -> None:
    assert said in refused(write(tmp_path, "odd", *cells), **given)


@pytest.mark.parametrize("value", [["a", "list"], {"a": "mapping"}, None])
def test_a_parameter_is_a_plain_value(tmp_path: Path, value: Any) -> None:
    with pytest.raises(ValueError, match=r"parameters\.scenario"):
        Job(notebook=tmp_path / "a.ipynb", parameters={"scenario": value}, output=tmp_path / "a.html", page=page())


@pytest.mark.parametrize(
    ("name", "said"), [("absent", r"absent\.ipynb: there is no such notebook"), ("odd", "no cells are tagged")]
)
def test_a_notebook_that_cannot_be_made_stops_the_pack_before_anything_is(tmp_path: Path, name: str, said: str) -> None:
    small(tmp_path)
    write(tmp_path, "odd", prose("# Why?"))
    with pytest.raises(Refusal, match=said):
        build(a_pack(("small", "base"), (name, "base")), tmp_path, tmp_path / "reports", MADE_FROM)
    assert not (tmp_path / "reports").exists()


def test_cells_keep_the_place_they_have_in_the_file(tmp_path: Path) -> None:
    notebook = write(tmp_path, "odd", prose("# Why?"), code("1", "interactive"), parameters(), code("2"))
    prepared = prepare(notebook, {})
    assert [cell.metadata.place for cell in prepared.cells] == [1, 3, 4]


# What a page may hold


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("<img src='data:image/png;base64,AA'>", "an image has no alt text"),
        ("<img alt=' ' src='data:image/png;base64,AA'>", "an image has no alt text"),
        ("<svg viewBox='0 0 1 1'></svg>", "a drawing has no name"),
        ("<table><tr><td>1</td></tr></table>", "a table has no caption"),
        ("<table><caption>Gap</caption><tr><th>2026</th></tr></table>", "a table heading has no scope"),
        (SCRIPT, "<script> is not for a page"),
        ("<iframe></iframe>", "<iframe> is not for a page"),
        ("<p onclick='go()'>Go</p>", "onclick runs a program"),
        ("<a href='javascript:go()'>Go</a>", "a link runs a program"),
        ("<style>@import 'a.css'</style>", "a style fetches something"),
        ("<p style='background: url(https://example.org/a.png)'>Words</p>", "style fetches something"),
        (
            "<svg aria-hidden='true'><image href='https://example.org/a.png'/></svg>",
            "href='https://example.org/a.png' lies outside",
        ),
    ],
)
def test_what_shuts_a_reader_out_or_lets_a_stranger_in_is_named_by_cell(html: str, said: str) -> None:
    with pytest.raises(Refusal, match=re.escape(f"a.ipynb, cell 4: {said}")):
        read_page(f"<!-- cell 1 --><h1>Why?</h1><!-- cell 4 -->{html}", "a.ipynb")


def test_a_page_says_its_title_and_its_answer_without_markup() -> None:
    facts = read_page(
        "<h1>Does it <i>widen</i>?</h1><p class='lead answer'>It\n <b>widens</b> &amp; grows.</p><p>So.</p>", "a"
    )
    assert facts == ("Does it widen?", "It widens & grows.")


def test_three_parts_need_no_list_and_four_have_one() -> None:
    part = "<h2>The gap</h2>"
    assert "<nav" not in with_contents(part * 3)
    assert re.findall(r'href="#([^"]+)"', with_contents(part * 4)) == ["the-gap", "the-gap-2", "the-gap-3", "the-gap-4"]


def test_the_headings_of_cards_are_not_parts_of_the_page() -> None:
    assert "<nav" not in with_contents('<h2>One</h2><section class="card stretch"><h2>Two</h2></section>' * 3)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("source", "said"),
    [
        (f"display({{'image/png': '{PIXEL}'}}, raw=True)", "cell 3: an image has no alt text"),
        (f"display({{'image/svg+xml': '{SVG}'}}, raw=True)", "cell 3: an image has no alt text"),
        ("HTML('<h1>Another?</h1>')", "it has 'Why?', 'Another?'"),
        ("display(Markdown(f'By {scenario}'))", "cell 3: <script> is not for a page"),
    ],
)
def test_a_page_with_a_fault_is_not_written(tmp_path: Path, source: str, said: str) -> None:
    assert said in refused(write(tmp_path, "odd", prose("# Why?"), parameters(), code(source)), scenario=SCRIPT)


@pytest.mark.slow
def test_a_cell_that_takes_too_long_is_stopped_and_named(tmp_path: Path) -> None:
    notebook = write(tmp_path, "odd", prose("# Why?"), parameters(), code("import time; time.sleep(60)"))
    said = [
        refused(notebook, cell_limit=limit) for limit in (1, 30)
    ]  # on a busy machine the first cell may need more than 1 s
    assert any(
        f"odd.ipynb, cell 3: it took longer than {limit} s" in each for limit, each in zip((1, 30), said, strict=True)
    )


# The pack


@pytest.mark.slow
def test_a_page_has_its_language_title_heading_and_policy(answer: str) -> None:
    assert '<html lang="en-GB">' in answer
    assert "<title>Does the gap widen? – stretched – Will it do?" in answer
    assert answer.count("<h1") == 1
    assert "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\"" in answer


@pytest.mark.slow
def test_a_page_shows_what_cells_display(answer: str) -> None:
    assert '<p class="answer">The gap <b>widens</b>.</p>' in answer
    assert "<p>Run on <em>stretched</em>, seed 7.</p>" in answer
    assert f'<figure><img alt="It widens to £108.0m" src="data:image/png;base64,{PIXEL}"></figure>' in answer
    assert '<img alt="It &#34;still&#34; widens" src="data:image/svg+xml;base64,' in answer


@pytest.mark.slow
@pytest.mark.parametrize(
    "hidden", ["IPython", "scenario =", "In [", "to the log", "other log", "a plain value", "a slider"]
)
def test_a_page_shows_no_code_log_or_plain_value(answer: str, hidden: str) -> None:
    assert hidden not in answer


@pytest.mark.slow
@pytest.mark.parametrize("name", ["answer-stretched", "small-do_nothing", "index"])
def test_a_page_asks_nothing_of_the_outside(built: Path, name: str) -> None:
    html = re.sub(r'<a href="https://example.org/">', "", (built / f"{name}.html").read_text(encoding="utf-8"))
    assert not re.search(r"https?:|@import|url\(|<script|<link|require\.js|MathJax", html)
    assert all(source.startswith("data:") for source in re.findall(r'src="([^"]*)', html))


@pytest.mark.slow
def test_a_page_leads_to_the_others_and_says_what_it_was_built_from(answer: str) -> None:
    assert '<a href="small-do_nothing.html">Is it small?</a>' in answer
    assert f"Built from inputs {MADE_FROM.inputs_hash}, commit abc1234, seed 7." in answer
    assert "Scrutiny, 1 March 2027" in answer


@pytest.mark.slow
def test_the_seed_is_named_only_where_it_was_used(built: Path) -> None:
    assert "seed" not in (built / "small-do_nothing.html").read_text(encoding="utf-8").split("</style>")[1]


@pytest.mark.slow
def test_a_title_cannot_carry_a_script(built: Path) -> None:
    for path in built.glob("*.html"):
        html = path.read_text(encoding="utf-8")
        assert SCRIPT not in html
        assert "Will it do? &lt;script&gt;" in html


@pytest.mark.slow
def test_the_index_gives_each_document_with_its_answer(built: Path) -> None:
    html = (built / "index.html").read_text(encoding="utf-8")
    assert re.findall(r'<h2><a href="([^"]+)">([^<]+)</a>', html) == [
        ("answer-stretched.html", "Does the gap widen?"),
        ("small-do_nothing.html", "Is it small?"),
        ("made_from.html", "What was this pack made from?"),
    ]
    assert "<p>The gap widens.</p>" in html
    assert "<p>For: Members.</p>" in html


@pytest.mark.slow
def test_the_index_says_why_there_is_no_pdf(built: Path) -> None:
    html = (built / "index.html").read_text(encoding="utf-8")
    assert "There is none, since Chromium is not installed where this pack was made." in html
    assert not (built / "pack.pdf").exists()


@pytest.mark.slow
def test_a_page_lists_what_the_pack_was_made_from_with_the_sum_of_each_file(built: Path) -> None:
    html = (built / "made_from.html").read_text(encoding="utf-8")
    read_page(html, "made_from.html")
    assert "commit abc1234, made this pack from one file of figures" in html
    assert "what_changed.html" not in html  # a pack made of no folder of parameters has no such page to lead to
    assert re.search(r'<th scope="row">a\.csv</th><td class="words">00</td>', html)
    assert re.search(r'<th scope="row">base</th><td>1</td><td>1</td>', html)


@pytest.mark.slow
def test_the_manifest_is_complete(built: Path) -> None:
    manifest = json.loads((built / "manifest.json").read_text(encoding="utf-8"))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", manifest.pop("built"))
    assert manifest == {
        "pack": "spring",
        "title": f"Will it do? {SCRIPT}",
        **MADE_FROM.model_dump(),
        "chances": {},
        "changes": None,
        "pdf": manifest["pdf"],
        "documents": [
            {
                "file": "answer-stretched.html",
                "title": "Does the gap widen?",
                "notebook": "answer",
                "scenario": "stretched",
            },
            {"file": "small-do_nothing.html", "title": "Is it small?", "notebook": "small", "scenario": "do_nothing"},
        ],
    }


@pytest.mark.slow
def test_two_builds_of_the_same_inputs_are_the_same_to_the_byte(built: Path, notebooks: Path, tmp_path: Path) -> None:
    pack = a_pack(("answer", "stretched"), ("small", "do_nothing"), title=f"Will it do? {SCRIPT}")
    again = build(pack, notebooks, tmp_path, MADE_FROM).parent
    pages = {path.name: path.read_bytes() for path in built.glob("*.html")}
    assert len(pages) == 4
    assert pages == {path.name: path.read_bytes() for path in again.glob("*.html")}


# Provenance


def test_inputs_are_named_from_the_project_and_summed(tmp_path: Path) -> None:
    (tmp_path / "params").mkdir()
    (tmp_path / "params" / "a.csv").write_bytes(b"abc")
    sums = provenance(tmp_path / "params", {}, {}, root=tmp_path).inputs
    assert sums == {"a.csv": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}


def test_a_commit_says_when_the_tree_holds_more_than_it(tmp_path: Path) -> None:
    assert commit(tmp_path) == "unknown"
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for words in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "a"]):
        subprocess.run([*git, *words], cwd=tmp_path, check=True)
    clean = commit(tmp_path)
    (tmp_path / "more").touch()
    assert re.fullmatch(r"[0-9a-f]{7,}", clean)
    assert commit(tmp_path) == f"{clean}+"
