"""One paper by itself: a notebook run on a scenario and written as one page, without a pack."""

import hashlib
import os
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from best_model.inputs.folders import PARAMS_VARIABLE
from best_model.inputs.packs import PackDocument
from best_model.papers.job import Job
from best_model.papers.links import Paper, link_up
from best_model.papers.page import Page
from best_model.papers.plan import MAKE, Orders, Planned, planned
from best_model.papers.provenance import Provenance
from best_model.papers.publish import Unfinished
from best_model.papers.workers import Task, run_all


def write_paper(
    entry: PackDocument,
    authority: str,
    notebooks: Path,
    params: Path,
    target: Path,
    made_from: Provenance,
    elsewhere: Mapping[str, Paper],
) -> Path:
    """Run the notebook of `entry` and write `<notebook>-<scenario>.html` into the folder `target`; return that page.

    Raises `Refusal` for what cannot be run at all and `Unfinished` if a cell fails; a page from before then stays as it was.
    """
    (document,) = planned((entry,), authority, notebooks, made_from.seed)
    with tempfile.TemporaryDirectory(prefix="best-") as scratch:
        page = Path(scratch, document.link.file)
        _run(_job(document, page, made_from), {PARAMS_VARIABLE: str(params.resolve())})
        link_up({page.name: page}, elsewhere)
        target.mkdir(parents=True, exist_ok=True)
        half = target / f".{page.name}.{os.getpid()}"
        half.write_bytes(page.read_bytes())
        os.replace(half, target / page.name)
    return target / document.link.file


def _run(job: Job, environment: Mapping[str, str]) -> None:
    limit = Orders().document
    (done,) = run_all([Task("the paper", MAKE, limit, given=(job,), with_kernel=True, environment=environment)], 1)
    if done.failure:
        raise Unfinished(f"{done.failure}; nothing was written")


def _job(document: Planned, output: Path, made_from: Provenance) -> Job:
    now = datetime.now(UTC)
    page = Page(
        pack="",
        title=document.link.title,
        meeting="",
        date=f"{now.day} {now:%B %Y}",
        version=made_from.version,
        commit=made_from.commit,
        inputs=made_from.inputs_hash,
        scenario=document.link.scenario,
    )
    notebook_sum = hashlib.sha256(document.notebook.read_bytes()).hexdigest()
    return Job(
        notebook=document.notebook, notebook_sum=notebook_sum, parameters=document.parameters, output=output, page=page
    )
