"""One document: a notebook run with its parameters and written as a page fit for a committee."""

import base64
import hashlib
import os
import re
import tempfile
import textwrap
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mistune
import nbformat
import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbconvert.exporters.templateexporter import TemplateExporter
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from best_model.model.refusal import Refusal
from best_model.papers.cache import again, keep
from best_model.papers.page import TEMPLATES, Page, read_page, with_contents
from best_model.papers.plan import Job, Scalar, Seen

if TYPE_CHECKING:
    from best_model.papers.kernel import Waiting

KERNEL = "python3"

as_html = mistune.create_markdown(escape=False, plugins=["table", "def_list"])


class FailedCell(Refusal):
    """A cell that failed; `trace` is what Python said of it."""

    def __init__(self, said: str, trace: str) -> None:
        super().__init__(said)
        self.trace = trace


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
    if job.notebook_sum and hashlib.sha256(job.notebook.read_bytes()).hexdigest() != job.notebook_sum:
        raise Refusal(f"{job.notebook.name}: it was changed while the pack was being made; build it again")
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


def see(notebooks: Sequence[tuple[Path, dict[str, Scalar]]]) -> list[Seen]:
    """Check every notebook with its parameters, and look at each. Raises `Refusal` for the first that cannot be run."""
    found = [prepare(path, parameters).metadata for path, parameters in notebooks]
    return [Seen(each.title, tuple(each.declared)) for each in found]


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
        from best_model.papers.kernel import manager_of  # noqa: PLC0415 - who only renders has no need of ipykernel

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
    return Config({"KernelManager": {"transport": "ipc", "connection_file": f"{folder}/kernel.json"}})


# The page


def render(executed: NotebookNode, page: Page) -> str:
    """The notebook as HTML: its prose and what its cells display, without code, prompts, logs or any request."""
    html: str = _exporter().from_notebook_node(executed, {"page": page})[0]
    return html


@cache
def _exporter() -> TemplateExporter:
    """Made once in a process: its templates take longer to compile than a page to fill."""
    shown = ["text/html", "text/markdown", "image/svg+xml", "image/png", "image/jpeg", "text/plain"]
    return TemplateExporter(
        config=Config({"NbConvertBase": {"display_data_priority": shown}}),
        template_name="committee",
        extra_template_basedirs=[str(TEMPLATES)],
        template_file="index.html.j2",
        filters={"as_html": as_html, "as_data": _as_data, "with_contents": with_contents},
    )


def _as_data(svg: str) -> str:
    """A drawing as an image of its own, so that its styles, names and programs cannot meet those of the page."""
    return base64.b64encode(svg.encode()).decode()
