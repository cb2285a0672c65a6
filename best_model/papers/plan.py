"""What a pack is to hold: its documents, each looked at before any runs, and what lies beside them."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from best_model.inputs.packs import PackDocument
from best_model.model.refusal import Refusal
from best_model.model.scenario import Frozen
from best_model.papers.cache import Kept
from best_model.papers.page import Link, Page
from best_model.papers.workers import Task, run_all

SEE, MAKE = "best_model.papers.document.see", "best_model.papers.document.make"
"""By name, so that papermill is loaded where they are called."""
_TO_LOOK = 120  # seconds in which every notebook is looked at, and the process that does it has loaded


Scalar = str | int | float | bool


class Job(Frozen):
    """One document, as it is told to the process that makes it. `cell_limit` is the longest that one cell may take, in seconds; `kept`,
    where a run is kept; `notebook_sum`, the sum of the notebook as it was when the pack was begun, if it must still be that.
    """

    notebook: Path
    parameters: dict[str, Scalar]
    output: Path
    page: Page
    cell_limit: int = 120
    notebook_sum: str = ""
    kept: Kept | None = None


class Seen(NamedTuple):
    """What a pack must know of a notebook before it runs: its question, and the names in its parameters cell."""

    title: str
    declared: tuple[str, ...]


class Orders(Frozen):
    """How a pack is made: the seconds that a cell and a document may take, how many are made at once, how many packs are
    kept, and whether what was made before is made again."""

    cell: int = 120
    document: int = 600
    at_once: int = 2
    keep: int = 12
    force: bool = False


class Extra(NamedTuple):
    """A file of the pack that no notebook makes: `write` is given the page's frame and the folder, and can be pickled."""

    file: str
    title: str
    says: str
    write: Callable[[Page, Path], None]


class Planned(NamedTuple):
    """A document that has passed every check short of running it."""

    entry: PackDocument
    notebook: Path
    parameters: dict[str, Scalar]
    link: Link


def planned(documents: Sequence[PackDocument], authority: str, notebooks: Path, seed: int | None) -> list[Planned]:
    """Every document, once its notebook has been looked at; of the council `authority` where it names no other.

    The seed goes to those that declare one, and is named there only.
    """
    given: list[tuple[Path, dict[str, Scalar]]] = [
        (
            notebooks.resolve() / f"{entry.notebook}.ipynb",
            {"scenario": entry.scenario, "authority": entry.authority or authority},
        )
        for entry in documents
    ]
    (looked,) = run_all([Task("the notebooks", SEE, _TO_LOOK, given=(given,))], 1)
    if looked.failure:
        raise Refusal(looked.failure)
    return [_document_of(authority, *each, seed) for each in zip(documents, given, looked.value, strict=True)]


def job_of(document: Planned, output: Path, page: Page) -> Job:
    """A document to be made of its notebook as it is now."""
    total = hashlib.sha256(document.notebook.read_bytes()).hexdigest()
    return Job(notebook=document.notebook, notebook_sum=total, parameters=document.parameters, output=output, page=page)


def _document_of(
    usual: str, entry: PackDocument, given: tuple[Path, dict[str, Scalar]], seen: Seen, seed: int | None
) -> Planned:
    notebook, parameters = given
    if seed is not None and "seed" in seen.declared:
        parameters = {**parameters, "seed": seed}
    authority = parameters["authority"]
    names = [entry.notebook, entry.scenario, *([] if authority == usual else [str(authority)])]
    shown = ", ".join(names[1:]).replace("_", " ")
    return Planned(entry, notebook, parameters, Link(file=f"{'-'.join(names)}.html", title=seen.title, scenario=shown))
