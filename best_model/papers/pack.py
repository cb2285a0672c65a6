"""A pack: its documents made two at a time, its index and its manifest, published all together or not at all."""

import json
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from best_model.inputs.packs import Pack
from best_model.papers.changed import changed_since, changes_page
from best_model.papers.links import Paper, link_up
from best_model.papers.page import Facts, Link, read_page, rendered
from best_model.papers.parts import CHANCES, CHANGED, LOG, MADE_FROM, Build, forget_the_rest, make_all
from best_model.papers.pdf import PDF, Printed, print_pack
from best_model.papers.plan import Extra, Orders, Planned, planned
from best_model.papers.provenance import Provenance, copy_of, made_from_page
from best_model.papers.publish import (
    INPUTS,
    MANIFEST,
    PACKS,
    Unfinished,
    new_folder,
    one_run,
    publish,
    refuse_what_is_not_ours,
    tidy,
    withdraw,
)
from best_model.papers.workers import Done
from best_model.questions.changes import Changes

FAILED = ".failed"  # no name of a pack holds a dot


def build(
    pack: Pack,
    notebooks: Path,
    reports: Path,
    made_from: Provenance,
    params: Path | None = None,
    extras: Sequence[Extra] = (),
    orders: Orders | None = None,
    elsewhere: Mapping[str, Paper] | None = None,
) -> Path:
    """Make every document, publish the pack and return its index. All is checked before the first kernel starts.

    `elsewhere` are anchors that papers outside this pack hold (`links.held_by_papers`).

    Raises `Refusal` for what cannot be made at all, `Held` if another run is at it, and `Unfinished` if a document
    failed: the others are then in `<pack>.failed`, with a log, and the last pack stays as it was.
    """
    orders, reports = orders or Orders(), reports.resolve()
    plan = planned(pack.documents, pack.authority, notebooks, made_from.seed)
    refuse_what_is_not_ours(reports, pack.name)
    with one_run(reports / PACKS / f"{pack.name}.lock"):
        tidy(reports, pack.name, orders.keep)
        try:
            _build(Build(pack, plan, tuple(extras), reports, made_from, params, orders, elsewhere or {}))
        finally:
            tidy(reports, pack.name, orders.keep)
            tidy(reports, pack.name + FAILED, 0)
    return reports / pack.name / "index.html"


def _build(run: Build) -> None:
    if run.orders.force:
        shutil.rmtree(run.shelf, ignore_errors=True)
    with new_folder(run.reports, run.pack.name) as folder:
        failed = make_all(run, folder)
        if not failed:
            _finish(run, folder)
            publish(folder, run.reports, run.pack.name)
            forget_the_rest(run)
            withdraw(run.reports, run.pack.name + FAILED)
            return
        _publish_what_was_made(run, folder, failed)
    which = "; ".join(f"{done.name}: {' '.join(done.failure.split())}" for done in failed)
    log = run.reports / (run.pack.name + FAILED) / LOG
    raise Unfinished(
        f"{len(failed)} of {len(run.plan) + len(run.extras)} failed, so nothing was published and the last pack stays as it was; "
        f"see {log}. {which}"
    )


# The whole of it


def _finish(run: Build, folder: Path) -> None:
    """What can only be made once every document is there; the manifest is last, and makes the folder a pack."""
    link_up({document.link.file: folder / document.link.file for document in run.plan}, run.elsewhere)
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
    documents, extras = _answers(run.plan, folder), [extra for extra in run.extras if extra.title]
    _write_index(run, folder, documents=documents, extras=extras, changes=changes, printed=printed)
    manifest["built"] = datetime.now(UTC).isoformat(timespec="seconds")
    _write(folder / MANIFEST, json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")


def _print(run: Build, folder: Path) -> Printed:
    pdf = _read_json(run.live / MANIFEST).get("pdf")
    last = str(pdf.get("made_from", "")) if isinstance(pdf, dict) and not run.orders.force else ""
    return print_pack(folder, [document.link for document in run.plan], run.page, run.live / PDF, last)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _manifest(run: Build, folder: Path) -> dict[str, Any]:
    return {
        "pack": run.pack.name,
        "title": run.pack.title,
        **run.made_from.model_dump(),
        "chances": _read_json(folder / CHANCES),
        "documents": [
            {
                "file": document.link.file,
                "title": document.link.title,
                "notebook": document.entry.notebook,
                "scenario": document.entry.scenario,
            }
            for document in run.plan
        ],
    }


def _read_json(path: Path) -> dict[str, Any]:
    """What a file holds; nothing where there is none, or it cannot be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _changes(run: Build, manifest: dict[str, Any], inputs: Path) -> dict[str, Any] | None:
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


def _write_index(run: Build, folder: Path, **said: Any) -> None:
    none: dict[str, Any] = {"failed": [], "extras": [], "changes": None, "printed": None}
    _write(folder / "index.html", rendered("pack_index.html.j2", page=run.page, **none | said))


def _publish_what_was_made(run: Build, folder: Path, failed: list[Done]) -> None:
    """A folder of its own, beside the last pack: what was made, and what failed, where and why."""
    made = [document for document in run.plan if (folder / document.link.file).exists()]
    _write_index(run, folder, documents=_answers(made, folder), failed=failed)
    name = folder.parent.name.replace(run.pack.name, run.pack.name + FAILED, 1)
    own = folder.parent.rename(folder.parent.with_name(name))
    publish(own / folder.name, run.reports, run.pack.name + FAILED)


def _answers(plan: list[Planned], folder: Path) -> list[tuple[Link, Facts]]:
    pages = (folder / document.link.file for document in plan)
    facts = (read_page(page.read_text(encoding="utf-8"), page.name) for page in pages)
    return [(document.link, about) for document, about in zip(plan, facts, strict=True)]
