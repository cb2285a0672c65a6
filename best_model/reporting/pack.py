"""A pack: its documents made two at a time, its index and its manifest, published all together or not at all."""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader
from pydantic import BaseModel, ConfigDict

from best_model import __version__
from best_model.inputs.packs import Pack, PackDocument
from best_model.model.refusal import Refusal
from best_model.reporting.document import TEMPLATES, Facts, Job, Link, Page, Scalar, prepare, read_page
from best_model.reporting.links import link_up
from best_model.reporting.publish import publication

ROOT = Path(__file__).parents[2]


class Provenance(BaseModel):
    """What a pack was built from, and what its caller found when checking it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    version: str
    commit: str
    inputs: dict[str, str]
    seed: int | None = None
    checks: dict[str, Any] = {}
    headline: dict[str, Any] = {}

    @property
    def inputs_hash(self) -> str:
        """One short sum over every input, for the foot of each page."""
        return hashlib.sha256(json.dumps(self.inputs, sort_keys=True).encode()).hexdigest()[:12]


class Limits(BaseModel):
    """Seconds that one cell and one whole document may take, and how many documents are made at a time."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    cell: int = 120
    document: int = 600
    at_once: int = 2


def provenance(
    params_dir: Path,
    checks: Mapping[str, Any],
    headline: Mapping[str, Any],
    seed: int | None = None,
    root: Path = ROOT,
) -> Provenance:
    """Look up the version, the commit of `root`, and a sha256 of each file of parameters."""
    return Provenance(
        version=__version__,
        commit=commit(root),
        inputs={path.relative_to(params_dir.parent).as_posix(): _sha256(path) for path in _files(params_dir)},
        seed=seed,
        checks=dict(checks),
        headline=dict(headline),
    )


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def commit(root: Path) -> str:
    """The short commit of a git checkout, with `+` if it holds changes not committed; else "unknown"."""
    try:
        head = _git(root, "rev-parse", "--short", "HEAD")
        return head + ("+" if _git(root, "status", "--porcelain") else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _git(root: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=root, check=True, capture_output=True, text=True).stdout.strip()


class _Planned(NamedTuple):
    """A document that has passed every check short of running it."""

    entry: PackDocument
    notebook: Path
    parameters: dict[str, Scalar]
    link: Link


def build(
    pack: Pack, notebooks_dir: Path, reports_dir: Path, made_from: Provenance, limits: Limits | None = None
) -> Path:
    """Make every document, publish the pack and return its index. All is checked before the first kernel starts.

    Raises Refusal, and leaves the last pack as it was, if any document cannot be made.
    """
    limits = limits or Limits()
    page = _page(pack, made_from)
    plan = [_planned(pack, entry, notebooks_dir, made_from.seed) for entry in pack.documents]
    with publication(reports_dir, pack.name) as folder:
        _make_all([_job(document, plan, page, folder, limits.cell) for document in plan], limits)
        link_up({document.link.file: folder / document.link.file for document in plan})
        _write_index(plan, page, folder)
        _write_manifest(plan, pack, made_from, folder)
    return reports_dir / pack.name / "index.html"


def _page(pack: Pack, made_from: Provenance) -> Page:
    day = date.fromisoformat(pack.date)
    return Page(
        pack=pack.name,
        title=pack.title,
        meeting=pack.meeting,
        date=f"{day.day} {day:%B %Y}",
        version=made_from.version,
        commit=made_from.commit,
        inputs=made_from.inputs_hash,
    )


def _planned(pack: Pack, entry: PackDocument, notebooks_dir: Path, seed: int | None) -> _Planned:
    """The seed goes to the notebooks that declare one, and is named on those pages only."""
    notebook = notebooks_dir.resolve() / f"{entry.notebook}.ipynb"
    authority = entry.authority or pack.authority
    parameters: dict[str, Scalar] = {"scenario": entry.scenario, "authority": authority}
    prepared = prepare(notebook, parameters)
    if seed is not None and "seed" in prepared.metadata.declared:
        parameters = {**parameters, "seed": seed}
    names = [entry.notebook, entry.scenario, *([] if authority == pack.authority else [authority])]
    shown = ", ".join(names[1:]).replace("_", " ")
    return _Planned(
        entry, notebook, parameters, Link(file=f"{'-'.join(names)}.html", title=prepared.metadata.title, scenario=shown)
    )


def _job(document: _Planned, plan: list[_Planned], page: Page, folder: Path, cell_limit: int) -> Job:
    others = tuple(other.link for other in plan if other is not document)
    own = {"scenario": document.link.scenario, "seed": document.parameters.get("seed"), "others": others}
    return Job(
        notebook=document.notebook,
        parameters=document.parameters,
        output=folder.resolve() / document.link.file,
        page=page.model_copy(update=own),
        cell_limit=cell_limit,
    )


def _make_all(jobs: list[Job], limits: Limits) -> None:
    """Processes do the work; a thread only waits for each. The first failure calls off those not begun."""
    with ThreadPoolExecutor(max_workers=limits.at_once) as pool:
        runs = {pool.submit(_make, job, limits.document): job.output.stem for job in jobs}
        try:
            for done, run in enumerate(as_completed(runs), start=1):
                print(f"{runs[run]}: {run.result():.1f} s ({done} of {len(jobs)})", file=sys.stderr, flush=True)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _make(job: Job, limit: int) -> float:
    """Seconds taken. The kernel inherits the notebook's folder as its own, as it has in Jupyter."""
    began = time.perf_counter()
    try:
        with tempfile.TemporaryDirectory(prefix="best-", ignore_cleanup_errors=True) as scratch:
            done = _in_a_process(job, limit, scratch)
    except subprocess.TimeoutExpired:
        raise _failure(job, f"it took longer than {limit} s; make it quicker, or raise the limit") from None
    if done.returncode:
        raise _failure(job, (done.stderr.strip().splitlines() or [f"it ended with code {done.returncode}"])[-1])
    return time.perf_counter() - began


def _in_a_process(job: Job, limit: int, scratch: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "best_model.reporting.document"],
        check=False,
        input=job.model_dump_json(),
        cwd=job.notebook.parent,
        env=_environment() | {"TMPDIR": scratch},  # what a document that is stopped leaves behind goes with it
        timeout=limit,
        capture_output=True,
        encoding="utf-8",
    )


def _failure(job: Job, why: str) -> Refusal:
    return Refusal(f"{job.output.stem} failed, so nothing was published and the last pack stays as it was. {why}")


def _environment() -> dict[str, str]:
    """The child's: this very package, this environment's kernel, sets in one order, and modules compiled only once."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    return {**kept, "PYTHONPATH": path, "PYTHONHASHSEED": "0", "JUPYTER_PREFER_ENV_PATH": "1"}


def _write_index(plan: list[_Planned], page: Page, folder: Path) -> None:
    templates = Environment(loader=FileSystemLoader(TEMPLATES / "committee"), autoescape=True)
    html = templates.get_template("pack_index.html.j2").render(page=page, documents=_answers(plan, folder))
    (folder / "index.html").write_text(html, encoding="utf-8", newline="\n")


def _answers(plan: list[_Planned], folder: Path) -> list[tuple[Link, Facts]]:
    pages = (folder / document.link.file for document in plan)
    facts = (read_page(page.read_text(encoding="utf-8"), page.name) for page in pages)
    return [(document.link, about) for document, about in zip(plan, facts, strict=True)]


def _write_manifest(plan: list[_Planned], pack: Pack, made_from: Provenance, folder: Path) -> None:
    """The only place where the time of the build is written, so that the pages of two builds can be compared."""
    manifest = {
        "pack": pack.name,
        "title": pack.title,
        **made_from.model_dump(),
        "documents": [_entry(document) for document in plan],
        "built": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (folder / "manifest.json").write_text(text, encoding="utf-8", newline="\n")


def _entry(document: _Planned) -> dict[str, str]:
    return {
        "file": document.link.file,
        "title": document.link.title,
        "notebook": document.entry.notebook,
        "scenario": document.entry.scenario,
    }
