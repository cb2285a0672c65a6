"""What changed since the last published pack: today's model run on the steps from its inputs to today's, and the page that says so."""

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import cache, partial
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from best_model.door import open_authority, open_result, open_scenario, open_uncertainty
from best_model.inputs.scenarios import read_priorities
from best_model.inputs.strict_yaml import read_yaml
from best_model.inputs.tables import published_openly
from best_model.model.scenario import Assumption
from best_model.papers.last_pack import Unread, attempt, inputs_of, manifest_of, sums_of, tree_of
from best_model.papers.page import Page, as_day, rendered
from best_model.papers.publish import INPUTS, MANIFEST
from best_model.questions import changed_files as by_file
from best_model.questions import what_changed as tables
from best_model.questions.changed_files import Difference, FileChange, Part, Tree
from best_model.questions.changes import Changes, assumptions_compared, figures_compared, printed_compared
from best_model.questions.headline import headline
from best_model.questions.names import figure_name
from best_model.questions.recorded import Headline, Manifest


def changes_page(changes: Changes, page: Page) -> str:
    """The changes as a whole page in the pack's frame."""
    built = _day(changes.previous.built) if changes.previous else ""
    return rendered("changes.html.j2", page=page, changes=changes, tables=tables, built=built)


def _day(built: str) -> str:
    """When a pack was built, as a day; as it stands where it is no time."""
    try:
        day = datetime.fromisoformat(built)
    except ValueError:
        return f"at {built!r}" if built else "at a time not recorded"
    return f"on {as_day(day)}"


def changed_since(previous: Path | None, manifest: Mapping[str, Any], params: Path) -> Changes:
    """Compare a new pack, by its manifest and the folder of parameters it is made from, with the folder of the last published one.

    The last pack's own inputs lie in a folder beside it. An old pack that is odd never stops a build: the changes then say that it
    could not be compared, and why.
    """
    new = Manifest.model_validate(dict(manifest))
    if previous is None:
        return Changes(state="first", now=new.made)
    try:
        return attempt(partial(_compared, previous, new, params), previous)
    except Unread as why:
        return Changes(state="unread", now=new.made, why=(str(why),))


def _compared(previous: Path, new: Manifest, params: Path) -> Changes:
    old, today = manifest_of(previous / MANIFEST), _Opened(params, tree_of(params))
    steps = _steps(old, previous.parent / INPUTS, today.tree)
    with tempfile.TemporaryDirectory(prefix="best-") as scratch:
        opened = [_laid_out(tree, Path(scratch) / str(place)) for place, tree in enumerate(steps.folders)]
        both = {key: said for key, said in new.headline.items() if key in old.headline}
        between, broken = _between(opened, both, steps.parts)
        councils = list(dict.fromkeys(said.authority for said in new.headline.values()))
        changes = Changes(
            state="compared",
            now=new.made,
            previous=old.made,
            why=tuple(dict.fromkeys([*steps.why, *broken])),
            titles={key: _title(key, new.headline.get(key), params) for key in {**new.headline, **old.headline}},
            figures=figures_compared(old.headline, new.headline, steps.parts, between),
            printed=printed_compared(old, new),
            files=tuple(_file(path, sums, steps, [*opened, today]) for path, sums in steps.changed.items()),
            draws=today.draws(councils) if new.chances else 0,
        )
        changes = _with_assumptions(changes, opened[:1], today, councils)
    changes.model_dump_json()  # JSON and YAML can name half a letter, and UTF-8 has none: then no file can hold it
    return changes


# ---- The steps from its inputs to today's


class _Steps(NamedTuple):
    """What differs, in order: `parts`, and by path the sums before and after of what `changed`.

    `folders` are what each part but the last leads to; there are none where the last pack's files are not known.
    """

    parts: tuple[Part, ...]
    changed: Mapping[str, tuple[str | None, str | None]]
    folders: tuple[Tree, ...] = ()
    why: tuple[str, ...] = ()


def _steps(old: Manifest, inputs: Path, today: Tree) -> _Steps:
    """Without the last pack's files: the parts that differ by their sums, or any, where it recorded none."""
    try:
        kept = attempt(partial(inputs_of, old, inputs), inputs)
    except Unread as why:
        changed = _changed(old.inputs, sums_of(today))
        parts = {part for path in changed for part in by_file.may_count_under(path, today.get(path, b""))}
        said = (f"Not split: the last pack cannot be run again, because {why}.",) if changed else ()
        return _Steps(("model", *filter(parts.__contains__, by_file.STEPS)), changed, (), said)
    rungs = by_file.ladder(kept, today)
    folders = (kept, *(tree for _, tree in rungs))[: len(rungs)]
    return _Steps(("model", *(part for part, _ in rungs)), _changed(sums_of(kept), sums_of(today)), folders)


def _changed(was: Mapping[str, str], now: Mapping[str, str]) -> dict[str, tuple[str | None, str | None]]:
    return {path: (was.get(path), now.get(path)) for path in sorted({*was, *now}) if was.get(path) != now.get(path)}


# ---- Today's model on those folders


class _Opened:
    """A folder of parameters, and the councils of it, each read once."""

    def __init__(self, folder: Path, tree: Tree) -> None:
        self.folder, self.tree = folder, tree
        self.authority = cache(lambda name: open_authority(name, folder))

    def headline(self, said: Headline) -> Headline:
        """What today's model prints for a scenario of this folder."""
        result = open_result(said.scenario, self.authority(said.authority), self.folder)
        return Headline.model_validate(headline(result, ()))

    def draws(self, councils: Sequence[str]) -> int:
        """How many draws stand behind a chance; nought where there are several councils."""
        return open_uncertainty(self.authority(councils[0]), self.folder).draws if len(councils) == 1 else 0

    def assumptions(self, councils: Sequence[str]) -> dict[str, tuple[str, Assumption]]:
        """Every assumption of these councils, with what readers call it; with the council's name where there are several."""
        found: dict[str, tuple[str, Assumption]] = {}
        for name in councils:
            council, before = self.authority(name).council, f"{name}/" if len(councils) > 1 else ""
            levers = read_priorities(self.folder / name, council.sources)
            own = {f"priorities.{place}": each for lever in levers for place, each in lever.figures.items()}
            for key, figure in {**council.assumptions, **own}.items():
                found[f"{before}{key}"] = f"{before}{figure_name(key, levers)}", figure
        return found


def _laid_out(tree: Tree, folder: Path) -> _Opened:
    for path, content in tree.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return _Opened(folder, tree)


def _between(
    opened: Sequence[_Opened], asked: Mapping[str, Headline], parts: Sequence[Part]
) -> tuple[list[dict[str, Headline]], list[str]]:
    """What each folder leads to by scenario, with why some lead to nothing; where there are no folders, nothing is known between."""
    between: list[dict[str, Headline]] = [{} for _ in parts[1:]]
    why = []
    for place, each in enumerate(opened):
        for key, said in asked.items():
            try:
                between[place][key] = attempt(partial(each.headline, said), each.folder)
            except Unread as reason:
                why.append(_untold(place, parts, str(reason)))
    return between, why


def _untold(place: int, parts: Sequence[Part], reason: str) -> str:
    if place == 0:
        return f"Not split: today's version cannot read the last pack's inputs ({reason})."
    both = f"{parts[place].capitalize()} and {parts[place + 1]} together"
    return f"{both}: today's {parts[place]} cannot be read with the rest of the last pack ({reason})."


def _with_assumptions(changes: Changes, last: Sequence[_Opened], today: _Opened, councils: Sequence[str]) -> Changes:
    """The same with every assumption that differs; where the last pack's cannot be read, with why."""
    for each in last:
        try:
            old = attempt(partial(each.assumptions, councils), each.folder)
        except Unread as reason:
            why = f"Assumptions are not set side by side: today's version cannot read the last pack's ({reason})."
            return changes.model_copy(update={"why": (*changes.why, why)})
        return changes.model_copy(update={"assumptions": assumptions_compared(old, today.assumptions(councils))})
    return changes


def _title(key: str, said: Headline | None, params: Path) -> str:
    with suppress(Unread):
        if said:
            return attempt(lambda: open_scenario(said.scenario, said.authority, params).title, params)
    return key.replace("_", " ").capitalize()


# ---- File by file


def _file(path: str, sums: tuple[str | None, str | None], steps: _Steps, opened: Sequence[_Opened]) -> FileChange:
    """The steps at which a file changes, without them those at which it may; and what differs in it, where both can be read."""
    held, today = [each.tree.get(path) for each in opened], opened[-1].tree.get(path, b"")
    at = {part for part, (was, now) in zip(steps.parts[1:], pairwise(held), strict=False) if was != now}
    parts = at if steps.folders else by_file.may_count_under(path, today)
    differing: tuple[int | None, tuple[Difference, ...]] = (None, ())
    if len(held) > 1 and held[0] is not None and held[-1] is not None:
        with suppress(Unread):  # of what is neither a table nor YAML, nothing is said
            differing = attempt(lambda: _differences(path, opened[0], opened[-1]), Path(path))
    return FileChange(
        path=path,
        before=sums[0],
        after=sums[1],
        parts=tuple(part for part in by_file.STEPS if part in parts),
        differing=differing[0],
        shown=differing[1],
    )


def _differences(path: str, last: _Opened, today: _Opened) -> tuple[int, tuple[Difference, ...]]:
    if path.endswith(".csv"):
        openly = _openly(path, last) and _openly(path, today)
        return by_file.rows_compared(by_file.rows_of(last.tree[path]), by_file.rows_of(today.tree[path]), openly)
    return by_file.keys_compared(*(read_yaml(each.folder / path).content for each in (last, today)))


def _openly(path: str, opened: _Opened) -> bool:
    """Whether what is in a table may be shown: it counts no children, or all its counts are published openly."""
    table, beside = by_file.rows_of(opened.tree[path]), (opened.folder / path).with_name("sources.yaml")
    if not by_file.counts_children(table):
        return True
    sources = read_yaml(beside).content if beside.exists() else {}
    licences = {name: said.get("licence") for name, said in sources.items() if isinstance(said, dict)}
    return published_openly(by_file.sources_named(table), licences)
