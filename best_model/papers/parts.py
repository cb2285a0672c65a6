"""The parts of a pack, made some at a time: each from what is kept, where nothing that it used has changed."""

import io
import shutil
import tempfile
import time
import zipfile
from collections.abc import Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from best_model.inputs.packs import Pack
from best_model.inputs.shelf import SHELF_VARIABLE
from best_model.inputs.used import PARAMS_VARIABLE
from best_model.papers.cache import Kept, again, keep, key_of, what_is_kept
from best_model.papers.links import Paper
from best_model.papers.page import Link, Page, as_day
from best_model.papers.plan import MAKE, Extra, Orders, Planned, job_of
from best_model.papers.progress import Progress
from best_model.papers.provenance import Provenance, files
from best_model.papers.workers import Done, Task, run_all

CHANCES, CHANGED, MADE_FROM = "chances.json", "what_changed.html", "made_from.html"
LOG = "run.log"
CACHE = ".cache"
_SHELF = "shelf-"
_ON_THE_SHELF = 24  # results that are kept for the next run: those of eight scenarios


class Build(NamedTuple):
    """Everything that one run of one pack goes by."""

    pack: Pack
    plan: list[Planned]
    extras: tuple[Extra, ...]
    reports: Path
    made_from: Provenance
    params: Path | None
    orders: Orders
    elsewhere: Mapping[str, Paper]

    @property
    def live(self) -> Path:
        """Where the last pack is seen, if there is one."""
        return self.reports / self.pack.name

    @property
    def page(self) -> Page:
        """What every page of the pack has round its content."""
        pack = self.pack
        return self.made_from.frame(
            pack=pack.name,
            title=pack.title,
            meeting=pack.meeting,
            date=as_day(date.fromisoformat(pack.date)),
            audience=pack.audience,
        )

    @property
    def links(self) -> tuple[Link, ...]:
        """Every page, in reading order."""
        pages = (extra for extra in self.extras if extra.file.endswith(".html"))
        others = [Link(file=extra.file, title=extra.title, scenario="") for extra in pages]
        if self.params:
            others.append(Link(file=CHANGED, title="What changed since the last pack?", scenario=""))
        sources = Link(file=MADE_FROM, title="What was this pack made from?", scenario="")
        return (*(document.link for document in self.plan), *others, sources)

    def page_of(self, file: str, scenario: str = "", seed: Any = None) -> Page:
        """The frame of one page, which leads to the others."""
        others = tuple(link for link in self.links if link.file != file)
        return self.page.model_copy(update={"scenario": scenario, "seed": seed, "others": others})

    @property
    def environment(self) -> dict[str, str]:
        """What those who make its parts are told: where the parameters are, and the shelf of results that they share."""
        return {PARAMS_VARIABLE: str(self.params.resolve()), SHELF_VARIABLE: str(self.shelf)} if self.params else {}

    @property
    def cache(self) -> Path:
        """Where what was made for this pack is kept."""
        return self.reports / CACHE / self.pack.name

    @property
    def shelf(self) -> Path:
        """Where results shared by its parts are kept: a folder for each state of the code and the libraries."""
        return self.cache / f"{_SHELF}{key_of(self.made_from.code, self.made_from.environment)[:12]}"

    def kept(self, name: str, *parts: object) -> Kept:
        """Where a thing is kept between runs, and the key of what it is made from now."""
        key = key_of(*self.made_from.makes, *parts)
        return Kept(self.cache / name, key, self.orders.force, self.made_from.inputs)


class _Work(NamedTuple):
    """A task, and where what it makes is kept."""

    task: Task
    kept: Kept

    @property
    def expected(self) -> float | None:
        """Seconds it will take, as far as is known: nothing to speak of where nothing has changed."""
        found = what_is_kept(self.kept.path)
        if found and found.is_still(self.kept) and not self.kept.fresh:
            return 0.0
        return found.seconds if found else None


def make_all(run: Build, folder: Path) -> list[Done]:
    """Those that failed, in the order of the pack. What takes longest goes first, so that nothing long is left to the end."""
    work = [
        *(_document(run, document, folder) for document in run.plan),
        *(_extra(run, each, folder) for each in run.extras),
    ]
    failed = {}
    progress = Progress({each.task.name: each.expected for each in work}, run.orders.at_once)
    try:
        longest_first = sorted(work, key=lambda each: -(each.expected or 0.0))
        for done in run_all([each.task for each in longest_first], run.orders.at_once):
            progress.made(done)
            if done.failure:
                failed[done.name] = done
                progress.lines.extend(done.trace.splitlines())
    finally:
        progress.close()
        (folder / LOG).write_text("\n".join(progress.lines) + "\n", encoding="utf-8", newline="\n")
    return [failed[each.task.name] for each in work if each.task.name in failed]


def _document(run: Build, document: Planned, folder: Path) -> _Work:
    name = Path(document.link.file).stem
    page = run.page_of(document.link.file, document.link.scenario, document.parameters.get("seed"))
    job = job_of(document, folder.resolve() / document.link.file, page)
    kept = run.kept(name, job.notebook_sum, job.parameters)
    job = job.model_copy(update={"cell_limit": run.orders.cell, "kept": kept})
    task = Task(name, MAKE, run.orders.document, given=(job,), with_kernel=True, environment=run.environment)
    return _Work(task, kept)


def _extra(run: Build, extra: Extra, folder: Path) -> _Work:
    page = run.page_of(extra.file)
    shown = page.model_dump() if extra.title else None  # what has no title holds figures alone
    kept = run.kept(extra.file, shown, run.pack.scenarios, run.pack.authority)
    write = partial(_write_extra, extra, page, folder.resolve(), kept)
    return _Work(Task(extra.file, write, run.orders.document, environment=run.environment), kept)


def _write_extra(extra: Extra, page: Page, folder: Path, kept: Kept) -> None:
    """Write what the extra makes into the folder, from what is kept where that is the same."""
    body = again(kept)
    if body is None:
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as own:
            extra.write(page, Path(own))
            body = _bundle(Path(own))
        keep(kept, body, time.monotonic() - began)
    with zipfile.ZipFile(io.BytesIO(body)) as bundle:
        bundle.extractall(folder)


def _bundle(folder: Path) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as bundle:
        for path in files(folder):
            bundle.write(path, path.relative_to(folder).as_posix())
    return held.getvalue()


def forget_the_rest(run: Build) -> None:
    """Take from the cache what this pack no longer holds, and what a run that was stopped left half-written."""
    ours = {*(Path(document.link.file).stem for document in run.plan), *(extra.file for extra in run.extras)}
    for path in run.cache.iterdir():
        if path.is_dir() and path != run.shelf:
            shutil.rmtree(path)
        elif path.is_file() and path.name not in ours:
            path.unlink()
    for path in sorted(run.shelf.glob("*.npz"), key=lambda path: path.stat().st_atime, reverse=True)[_ON_THE_SHELF:]:
        path.unlink()
