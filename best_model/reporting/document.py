"""One document: a notebook run with its parameters and written as a page fit for a committee."""

import base64
import os
import re
import tempfile
import textwrap
import time
from collections import Counter
from collections.abc import Iterator
from html import escape, unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import mistune
import nbformat
import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbconvert.exporters.templateexporter import TemplateExporter
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError
from pydantic import BaseModel, ConfigDict
from traitlets.config import Config

from best_model.model.refusal import Refusal
from best_model.reporting.cache import Kept, again, keep

if TYPE_CHECKING:
    from best_model.reporting.kernel import Waiting

Scalar = str | int | float | bool

KERNEL = "python3"
TEMPLATES = Path(__file__).parent / "templates"

as_html = mistune.create_markdown(escape=False, plugins=["table", "def_list"])


class Link(BaseModel):
    """A way to another page of the pack."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    file: str
    title: str
    scenario: str


class Page(BaseModel):
    """What a page says round its content: plain text, which the templates escape."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    pack: str
    title: str
    meeting: str
    date: str
    version: str
    commit: str
    inputs: str
    scenario: str = ""
    seed: int | None = None
    audience: str = ""
    others: tuple[Link, ...] = ()


class Job(BaseModel):
    """One document to make. `cell_limit` is the longest that one cell may take, in seconds; `kept`, where a run is kept."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    notebook: Path
    parameters: dict[str, Scalar]
    output: Path
    page: Page
    cell_limit: int = 120
    kept: Kept | None = None


class FailedCell(Refusal):
    """A cell that failed; `trace` is what Python said of it."""

    def __init__(self, said: str, trace: str) -> None:
        super().__init__(said)
        self.trace = trace


class Facts(NamedTuple):
    """What a page says of itself: its one first-level heading, and its answer ("" where it gives none)."""

    title: str
    answer: str


def make(job: Job, waiting: "Waiting | None" = None) -> None:
    """Run the notebook and write the page; nothing is written unless every cell ran and the page is sound.

    A run that is kept and was of the same things is not run again. `waiting` is a kernel that is forked already.
    """
    os.chdir(job.notebook.parent)  # a kernel works in the folder of its notebook, as it does in Jupyter
    executed = _run_before(job) or _run_and_keep(job, waiting)
    html = render(executed, job.page)
    read_page(html, job.notebook.name)
    job.output.write_text(html, encoding="utf-8", newline="\n")


def _run_before(job: Job) -> NotebookNode | None:
    body = again(job.kept) if job.kept else None
    return nbformat.reads(body.decode(), as_version=4) if body else None


def _run_and_keep(job: Job, waiting: "Waiting | None") -> NotebookNode:
    began = time.monotonic()
    executed = run(prepare(job.notebook, job.parameters), job, waiting)
    if job.kept:
        keep(job.kept, nbformat.writes(executed).encode(), time.monotonic() - began)
    return executed


# Before a kernel starts


def prepare(path: Path, parameters: dict[str, Scalar]) -> NotebookNode:
    """The notebook as the batch runs it: interactive cells left out, each cell knowing its place in the file.

    Its metadata gain `title`, its one first-level heading, and `declared`, the names in its parameters cell.
    """
    notebook = _read(path)
    for place, cell in enumerate(notebook.cells, start=1):
        cell.metadata.place = place
    notebook.cells = [cell for cell in notebook.cells if not _tags(cell) & {"interactive", "injected-parameters"}]
    _check_parameters(notebook, path.name, parameters)
    notebook.metadata.title = read_page(_prose(notebook), path.name).title
    return notebook


def _read(path: Path) -> NotebookNode:
    try:
        notebook: NotebookNode = nbformat.read(path, as_version=4)
    except FileNotFoundError:
        raise Refusal(f"{path.name}: there is no such notebook in {path.parent}; check the name in the pack") from None
    except (ValueError, nbformat.ValidationError) as error:
        raise Refusal(f"{path.name}: it is not a notebook; open it in Jupyter and save it again") from error
    notebook.metadata.kernelspec = {"name": KERNEL, "language": "python", "display_name": "Python 3"}
    return notebook


def _check_parameters(notebook: NotebookNode, name: str, given: dict[str, Scalar]) -> None:
    """papermill pastes names into code, and only warns of one that the notebook does not know: so stop here instead."""
    tagged = sum("parameters" in _tags(cell) for cell in notebook.cells)
    if tagged != 1:
        raise Refusal(f"{name}: {tagged or 'no'} cells are tagged `parameters`; tag exactly one")
    notebook.metadata.declared = list(papermill.inspect_notebook(notebook))
    for parameter in given:
        if parameter not in notebook.metadata.declared:
            known = ", ".join(notebook.metadata.declared) or "nothing"
            raise Refusal(f"{name}: its parameters cell declares {known}, not {parameter!r}; add that to the cell")


def _prose(notebook: NotebookNode) -> str:
    prose = (cell for cell in notebook.cells if cell.cell_type == "markdown")
    return "".join(f"<!-- cell {cell.metadata.place} -->{as_html(cell.source)}" for cell in prose)


def _tags(cell: NotebookNode) -> set[str]:
    return set(cell.metadata.get("tags", ()))


# The run


def run(prepared: NotebookNode, job: Job, waiting: "Waiting | None" = None) -> NotebookNode:
    """Every cell, in order, in a kernel of its own; the first that fails stops the document."""
    started: list[str] = []
    with tempfile.TemporaryDirectory(prefix="best-") as sockets:
        try:
            executed: NotebookNode = papermill.execute_notebook(
                prepared,
                None,
                job.parameters,
                kernel_name=KERNEL,
                progress_bar=False,
                execution_timeout=job.cell_limit,
                on_cell_start=lambda cell, cell_index: started.append(_place(cell)),
                **_kernel(waiting, sockets),
            )
            return executed
        except (PapermillExecutionError, CellTimeoutError, DeadKernelError) as error:
            place = started[getattr(error, "cell_index", -1)]  # a cell that never came back was the last to start
            said = f"{job.notebook.name}, {place}: {_why(error, job.cell_limit)}"
            raise FailedCell(said, _trace(error)) from error
        finally:
            if waiting:
                waiting.kill()


def _kernel(waiting: "Waiting | None", sockets: str) -> dict[str, Any]:
    """How papermill gets its kernel: the one that waits, or one that it starts itself."""
    if waiting:
        from best_model.reporting.kernel import manager_of  # noqa: PLC0415 - who only renders has no need of ipykernel

        return {"km": manager_of(waiting, f"{sockets}/kernel.json")}
    return {"config": _transport(sockets), "shutdown_kernel": "immediate"}


def _trace(error: Exception) -> str:
    """What Python said in the kernel, without the colours of a terminal."""
    lines = getattr(error, "traceback", None) or [str(error)]
    return re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(lines))


def _place(cell: NotebookNode) -> str:
    return f"cell {cell.metadata.place}" if "place" in cell.metadata else "the parameters"


def _why(error: Exception, limit: int) -> str:
    """The last line of the traceback; a Refusal already speaks to its reader and needs no name before it."""
    match error:
        case CellTimeoutError():
            return f"it took longer than {limit} s; make it quicker, or raise the limit"
        case DeadKernelError():
            return "its kernel died, perhaps for want of memory; ask less of that cell"
        case PapermillExecutionError(ename="Refusal", evalue=said):
            return " ".join(said.split())
        case PapermillExecutionError(ename=name, evalue=said):
            return textwrap.shorten(f"{name}: {said}", 400)
    return repr(error)


def _transport(folder: str) -> Config:
    """Sockets in a folder of this document's own: two kernels starting together can pick the same network port."""
    if os.name == "nt":
        return Config()
    return Config({"KernelManager": {"transport": "ipc", "connection_file": f"{folder}/kernel.json"}})


# The page


def render(executed: NotebookNode, page: Page) -> str:
    """The notebook as HTML: its prose and what its cells display, without code, prompts, logs or any request."""
    shown = ["text/html", "text/markdown", "image/svg+xml", "image/png", "image/jpeg", "text/plain"]
    exporter = TemplateExporter(
        config=Config({"NbConvertBase": {"display_data_priority": shown}}),
        template_name="committee",
        extra_template_basedirs=[str(TEMPLATES)],
        template_file="index.html.j2",
        filters={"as_html": as_html, "as_data": _as_data, "with_contents": with_contents},
    )
    html: str = exporter.from_notebook_node(executed, {"page": page})[0]
    return html


def _as_data(svg: str) -> str:
    """A drawing as an image of its own, so that its styles, names and programs cannot meet those of the page."""
    return base64.b64encode(svg.encode()).decode()


HEADING = re.compile(r"<h([2-6])((?:\s[^>]*)?)>(.*?)</h\1>", re.DOTALL)
CARD = re.compile(r'<(section|div|article|li)\s[^>]*class="card\b.*?</\1>', re.DOTALL)
ID = re.compile(r'\sid="([^"]*)"')


def with_contents(body: str) -> str:
    """Give each heading an id; where a page has more than three parts, list them above the first."""
    taken = Counter(["main", "on-this-page", "in-this-pack", *ID.findall(body)])
    body = HEADING.sub(lambda heading: _with_id(heading, taken), body)
    cards = [card.span() for card in CARD.finditer(body)]
    headings = (part for part in HEADING.finditer(body) if part[1] == "2")
    parts = [part for part in headings if not any(start < part.start() < end for start, end in cards)]
    if len(parts) <= 3:
        return body
    return body[: parts[0].start()] + _contents(parts) + body[parts[0].start() :]


def _with_id(heading: re.Match[str], taken: Counter[str]) -> str:
    level, attributes, inner = heading.groups()
    if ID.search(attributes):
        return heading[0]
    name = re.sub(r"\W+", "-", _text(inner).lower()).strip("-") or "part"
    taken[name] += 1
    number = f"-{taken[name]}" if taken[name] > 1 else ""
    return f'<h{level}{attributes} id="{name}{number}">{inner}</h{level}>'


def _contents(parts: list[re.Match[str]]) -> str:
    links = ((ID.findall(part[2])[0], escape(_text(part[3]))) for part in parts)
    entries = "".join(f'<li><a href="#{name}">{text}</a></li>' for name, text in links)
    title = '<p id="on-this-page">On this page</p>'
    return f'<nav class="contents" aria-labelledby="on-this-page">{title}<ul>{entries}</ul></nav>\n'


def _text(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html))


# What would keep a reader out, or let something in


def read_page(html: str, name: str) -> Facts:
    """What a page says of itself. One with a fault is refused, by notebook and cell."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    if reader.faults:
        raise Refusal(f"{name}, {reader.faults[0]}")
    if len(reader.titles) != 1:
        found = ", ".join(repr(_joined(title)) for title in reader.titles) or "none"
        raise Refusal(f"{name}: it must have one first-level heading, the question it answers; it has {found}")
    return Facts(_joined(reader.titles[0]), _joined(reader.answers[0]) if reader.answers else "")


def _joined(pieces: list[str]) -> str:
    return " ".join("".join(pieces).split())


VOID = {"area", "br", "col", "hr", "img", "input", "source", "track", "wbr"}
BARRED = {"audio", "base", "embed", "form", "frame", "iframe", "link", "meta", "object", "script", "video"}
FETCHED = {"action", "background", "data", "formaction", "poster", "src", "srcset"}


class _Reader(HTMLParser):
    """Reads a page once. Faults are looked for in the cells only; the template leaves each one's place in a comment."""

    def __init__(self) -> None:
        super().__init__()
        self.titles: list[list[str]] = []
        self.answers: list[list[str]] = []
        self.faults: list[str] = []
        self._place = ""
        self._open: list[tuple[str, list[str]]] = []  # elements not yet closed, and the text read in each so far
        self._captioned: list[bool] = []

    def handle_comment(self, data: str) -> None:
        if re.fullmatch(r" cell \d+ ", data):
            self._place = data.strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._note(*_element_faults(tag, given), *_attribute_faults(tag, given))
        text: list[str] = []
        if tag not in VOID:
            self._open.append((tag, text))
        if tag == "h1":
            self.titles.append(text)
        elif "answer" in given.get("class", "").split():
            self.answers.append(text)
        self._follow_caption(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "table" and self._captioned and not self._captioned.pop():
            self._note("a table has no caption; give it one that says what it holds")
        while any(tag == name for name, _ in self._open):
            if self._open.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        for _, text in self._open:
            text.append(data)
        if self._open and self._open[-1][0] == "style" and re.search(r"@import|url\(", data):
            self._note("a style fetches something from outside the page; embed it or leave it out")

    def _follow_caption(self, tag: str) -> None:
        if tag == "table":
            self._captioned.append(False)
        elif tag == "caption" and self._captioned:
            self._captioned[-1] = True

    def _note(self, *faults: str) -> None:
        if self._place:
            self.faults.extend(f"{self._place}: {fault}" for fault in faults)


def _element_faults(tag: str, given: dict[str, str]) -> Iterator[str]:
    if tag in BARRED:
        yield f"<{tag}> is not for a page that makes no request and runs no program; leave it out"
    elif tag == "img" and not given.get("alt", "").strip():
        yield "an image has no alt text; display it with metadata={'image/png': {'alt': 'the finding, in numbers'}}"
    elif tag == "svg" and not _is_named(given):
        yield 'a drawing has no name; give its <svg> role="img" and an aria-label that says the finding'
    elif tag == "th" and given.get("scope") not in ("col", "row", "colgroup", "rowgroup"):
        yield "a table heading has no scope; draw the table with best_model.outputs"


def _is_named(svg: dict[str, str]) -> bool:
    named = svg.get("aria-label", "").strip() or svg.get("aria-labelledby", "").strip()
    return svg.get("aria-hidden") == "true" or (svg.get("role") == "img" and bool(named))


def _attribute_faults(tag: str, given: dict[str, str]) -> Iterator[str]:
    for name, value in given.items():
        fetched = name in FETCHED or (name in ("href", "xlink:href") and tag not in ("a", "area"))
        if name.startswith("on"):
            yield f"{name} runs a program; leave it out"
        elif fetched and not value.strip().startswith(("data:image/", "#")):
            yield f"{name}={value!r} lies outside the page; embed it as data"
        elif name == "href" and value.strip().lower().startswith(("javascript:", "data:")):
            yield "a link runs a program; leave it out"
        elif "url(" in value.replace("url(#", ""):
            yield f"{name} fetches something from outside the page; embed it or leave it out"
