"""A pack: its documents made two at a time, its index and its manifest, published all together or not at all."""

import hashlib
import io
import json
import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError

from best_model.inputs.folders import PARAMS_VARIABLE
from best_model.inputs.packs import Pack, PackDocument
from best_model.inputs.shelf import SHELF_VARIABLE
from best_model.model.refusal import Refusal
from best_model.outputs.changes import answer_in_words
from best_model.papers.cache import Kept, again, keep, key_of, what_is_kept
from best_model.papers.changed import changed_since, changes_page
from best_model.papers.job import Job, Scalar, Seen, make, see
from best_model.papers.links import link_up
from best_model.papers.lock import one_run
from best_model.papers.made_from import made_from_page
from best_model.papers.page import Facts, Link, Page, read_page, rendered
from best_model.papers.pdf import PDF, Printed, print_pack
from best_model.papers.progress import Progress
from best_model.papers.provenance import Provenance, copy_of, files
from best_model.papers.publish import (
    INPUTS,
    MANIFEST,
    PACKS,
    Unfinished,
    new_folder,
    publish,
    refuse_what_is_not_ours,
    tidy,
    withdraw,
)
from best_model.papers.workers import Done, Task, run_all
from best_model.questions.changes import Changes

CHANGED, MADE_FROM, CHANCES = "what_changed.html", "made_from.html", "chances.json"
LOG = "run.log"
FAILED = ".failed"  # no name of a pack holds a dot
CACHE = ".cache"
_SHELF = "shelf-"
_ON_THE_SHELF = 24  # results that are kept for the next run: those of eight scenarios
_TO_LOOK = 120  # seconds in which every notebook is looked at, and the process that does it has loaded


class Orders(BaseModel):
    """How a pack is made: the seconds that a cell and a document may take, how many are made at once, how many packs are
    kept, and whether what was made before is made again."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

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


class _Planned(NamedTuple):
    """A document that has passed every check short of running it."""

    entry: PackDocument
    notebook: Path
    parameters: dict[str, Scalar]
    link: Link


def build(
    pack: Pack,
    notebooks: Path,
    reports: Path,
    made_from: Provenance,
    params: Path | None = None,
    extras: Sequence[Extra] = (),
    orders: Orders | None = None,
) -> Path:
    """Make every document, publish the pack and return its index. All is checked before the first kernel starts.

    Raises `Refusal` for what cannot be made at all, `Held` if another run is at it, and `Unfinished` if a document
    failed: the others are then in `<pack>.failed`, with a log, and the last pack stays as it was.
    """
    orders, reports = orders or Orders(), reports.resolve()
    plan = _planned(pack, notebooks, made_from.seed)
    refuse_what_is_not_ours(reports, pack.name)
    with one_run(reports / PACKS / f"{pack.name}.lock"):
        tidy(reports, pack.name, orders.keep)
        try:
            _build(_Build(pack, plan, tuple(extras), reports, made_from, params, orders))
        finally:
            tidy(reports, pack.name, orders.keep)
            tidy(reports, pack.name + FAILED, 0)
    return reports / pack.name / "index.html"


def _planned(pack: Pack, notebooks: Path, seed: int | None) -> list[_Planned]:
    """Every document, once its notebook has been looked at. The seed goes to those that declare one, and is named there only."""
    given = [_given(pack, entry, notebooks) for entry in pack.documents]
    (looked,) = run_all([Task("the notebooks", partial(see, given), _TO_LOOK)], 1)
    if looked.failure:
        raise Refusal(looked.failure)
    return [_document_of(pack, *each, seed) for each in zip(pack.documents, given, looked.value, strict=True)]


def _given(pack: Pack, entry: PackDocument, notebooks: Path) -> tuple[Path, dict[str, Scalar]]:
    parameters: dict[str, Scalar] = {"scenario": entry.scenario, "authority": entry.authority or pack.authority}
    return notebooks.resolve() / f"{entry.notebook}.ipynb", parameters


def _document_of(
    pack: Pack, entry: PackDocument, given: tuple[Path, dict[str, Scalar]], seen: Seen, seed: int | None
) -> _Planned:
    notebook, parameters = given
    if seed is not None and "seed" in seen.declared:
        parameters = {**parameters, "seed": seed}
    authority = parameters["authority"]
    names = [entry.notebook, entry.scenario, *([] if authority == pack.authority else [str(authority)])]
    shown = ", ".join(names[1:]).replace("_", " ")
    return _Planned(entry, notebook, parameters, Link(file=f"{'-'.join(names)}.html", title=seen.title, scenario=shown))


class _Build(NamedTuple):
    """Everything that one run of one pack goes by."""

    pack: Pack
    plan: list[_Planned]
    extras: tuple[Extra, ...]
    reports: Path
    made_from: Provenance
    params: Path | None
    orders: Orders

    @property
    def live(self) -> Path:
        """Where the last pack is seen, if there is one."""
        return self.reports / self.pack.name

    @property
    def page(self) -> Page:
        """What every page of the pack has round its content."""
        day = date.fromisoformat(self.pack.date)
        return Page(
            pack=self.pack.name,
            title=self.pack.title,
            meeting=self.pack.meeting,
            date=f"{day.day} {day:%B %Y}",
            audience=self.pack.audience,
            version=self.made_from.version,
            commit=self.made_from.commit,
            inputs=self.made_from.inputs_hash,
        )

    @property
    def links(self) -> tuple[Link, ...]:
        """Every page, in reading order."""
        others = [
            Link(file=extra.file, title=extra.title, scenario="") for extra in self.extras if _is_page(extra.file)
        ]
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


def _is_page(file: str) -> bool:
    return file.endswith(".html")


def _build(run: _Build) -> None:
    if run.orders.force:
        shutil.rmtree(run.shelf, ignore_errors=True)
    with new_folder(run.reports, run.pack.name) as folder:
        failed = _make_all(run, folder)
        if not failed:
            _finish(run, folder)
            publish(folder, run.reports, run.pack.name)
            _forget_the_rest(run)
            withdraw(run.reports, run.pack.name + FAILED)
            return
        _publish_what_was_made(run, folder, failed)
    which = "; ".join(f"{done.name}: {' '.join(done.failure.split())}" for done in failed)
    log = run.reports / (run.pack.name + FAILED) / LOG
    raise Unfinished(
        f"{len(failed)} of {len(run.plan) + len(run.extras)} failed, so nothing was published and the last pack stays as it was; "
        f"see {log}. {which}"
    )


def _forget_the_rest(run: _Build) -> None:
    """Take from the cache what this pack no longer holds, and what a run that was stopped left half-written."""
    ours = {*(Path(document.link.file).stem for document in run.plan), *(extra.file for extra in run.extras)}
    for path in run.cache.iterdir():
        if path.is_dir() and path != run.shelf:
            shutil.rmtree(path)
        elif path.is_file() and path.name not in ours:
            path.unlink()
    for path in sorted(run.shelf.glob("*.npz"), key=lambda path: path.stat().st_atime, reverse=True)[_ON_THE_SHELF:]:
        path.unlink()


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


def _make_all(run: _Build, folder: Path) -> list[Done]:
    """Those that failed, in the order of the pack. What takes longest goes first, so that nothing long is left to the end."""
    work = [
        *(_document(run, document, folder) for document in run.plan),
        *(_extra(run, each, folder) for each in run.extras),
    ]
    failed = {}
    with _log(folder, Progress({each.task.name: each.expected for each in work}, run.orders.at_once)) as progress:
        for done in run_all([each.task for each in sorted(work, key=_longest_first)], run.orders.at_once):
            progress.made(done)
            if done.failure:
                failed[done.name] = done
                progress.lines.extend(done.trace.splitlines())
    return [failed[each.task.name] for each in work if each.task.name in failed]


def _longest_first(work: _Work) -> float:
    return -(work.expected or 0.0)


@contextmanager
def _log(folder: Path, progress: Progress) -> Iterator[Progress]:
    try:
        yield progress
    finally:
        progress.close()
        (folder / LOG).write_text("\n".join(progress.lines) + "\n", encoding="utf-8", newline="\n")


def _document(run: _Build, document: _Planned, folder: Path) -> _Work:
    name = Path(document.link.file).stem
    notebook_sum = hashlib.sha256(document.notebook.read_bytes()).hexdigest()
    kept = run.kept(name, notebook_sum, document.parameters)
    job = Job(
        notebook=document.notebook,
        notebook_sum=notebook_sum,
        parameters=document.parameters,
        output=folder.resolve() / document.link.file,
        page=run.page_of(document.link.file, document.link.scenario, document.parameters.get("seed")),
        cell_limit=run.orders.cell,
        kept=kept,
    )
    return _Work(
        Task(name, partial(make, job), run.orders.document, with_kernel=True, environment=run.environment), kept
    )


def _extra(run: _Build, extra: Extra, folder: Path) -> _Work:
    page = run.page_of(extra.file)
    shown = page.model_dump() if extra.title else None  # what has no title holds figures alone
    kept = run.kept(extra.file, shown, run.pack.scenarios, run.pack.authority)
    return _Work(
        Task(
            extra.file,
            partial(_write_extra, extra, page, folder.resolve(), kept),
            run.orders.document,
            environment=run.environment,
        ),
        kept,
    )


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


# The whole of it


def _finish(run: _Build, folder: Path) -> None:
    """What can only be made once every document is there; the manifest is last, and makes the folder a pack."""
    link_up({document.link.file: folder / document.link.file for document in run.plan})
    if run.params:  # the copy lies beside the pack: a council's own small counts are not for its readers
        copy_of(run.params, folder.parent / INPUTS)
    manifest = _manifest(run, folder)
    manifest["changes"] = _changes(run, manifest, folder.parent / INPUTS)
    changes = Changes.model_validate(manifest["changes"]) if manifest["changes"] else None
    if changes:
        _write(folder / CHANGED, changes_page(changes, run.page_of(CHANGED)))
    _write(folder / MADE_FROM, made_from_page(run.made_from, run.page_of(MADE_FROM)))
    printed = _print(run, folder) if "pdf" in run.pack.beside else None
    manifest["pdf"] = printed and printed.model_dump()
    _write_index(run, folder, changes, printed)
    manifest["built"] = datetime.now(UTC).isoformat(timespec="seconds")
    _write(folder / MANIFEST, json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")


def _print(run: _Build, folder: Path) -> Printed:
    pdf = _read_json(run.live / MANIFEST).get("pdf")
    last = str(pdf.get("made_from", "")) if isinstance(pdf, dict) and not run.orders.force else ""
    return print_pack(folder, [document.link for document in run.plan], run.page, run.live / PDF, last)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _manifest(run: _Build, folder: Path) -> dict[str, Any]:
    return {
        "pack": run.pack.name,
        "title": run.pack.title,
        **run.made_from.model_dump(),
        "chances": _read_json(folder / CHANCES),
        "documents": [_entry(document) for document in run.plan],
    }


def _entry(document: _Planned) -> dict[str, str]:
    return {
        "file": document.link.file,
        "title": document.link.title,
        "notebook": document.entry.notebook,
        "scenario": document.entry.scenario,
    }


def _read_json(path: Path) -> dict[str, Any]:
    """What a file holds; nothing where there is none, or it cannot be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _changes(run: _Build, manifest: dict[str, Any], inputs: Path) -> dict[str, Any] | None:
    """What changed since the last pack. One made again of the same things keeps what it said, and so stays the same."""
    if run.params is None:
        return None
    last = _read_json(run.live / MANIFEST)
    same = ("code", "environment", "inputs", "seed", "documents")
    if last.get("changes") and all(last.get(key) == manifest[key] for key in same):
        with suppress(ValidationError):  # an odd one is worked out again
            return Changes.model_validate(last["changes"]).model_dump(mode="json")
    previous = run.live.resolve() if run.live.exists() else None
    return changed_since(previous, manifest, inputs).model_dump(mode="json")


# The index


def _write_index(run: _Build, folder: Path, changes: Changes | None, printed: Printed | None) -> None:
    _write(
        folder / "index.html",
        _index(
            run,
            documents=_answers(run.plan, folder),
            extras=[extra for extra in run.extras if extra.title],
            changed=answer_in_words(changes) if changes else "",
            printed=printed,
        ),
    )


def _publish_what_was_made(run: _Build, folder: Path, failed: list[Done]) -> None:
    """A folder of its own, beside the last pack: what was made, and what failed, where and why."""
    made = [document for document in run.plan if (folder / document.link.file).exists()]
    _write(folder / "index.html", _index(run, documents=_answers(made, folder), failed=failed))
    own = folder.parent.rename(
        folder.parent.with_name(folder.parent.name.replace(run.pack.name, run.pack.name + FAILED, 1))
    )
    publish(own / folder.name, run.reports, run.pack.name + FAILED)


def _index(run: _Build, **said: Any) -> str:
    return rendered("pack_index.html.j2", page=run.page, **said)


def _answers(plan: list[_Planned], folder: Path) -> list[tuple[Link, Facts]]:
    pages = (folder / document.link.file for document in plan)
    facts = (read_page(page.read_text(encoding="utf-8"), page.name) for page in pages)
    return [(document.link, about) for document, about in zip(plan, facts, strict=True)]
