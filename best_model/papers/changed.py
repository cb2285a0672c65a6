"""What changed since the last published pack: its folder read, and today's model run on the steps from its inputs to today's."""

import hashlib
import json
import math
import tempfile
import textwrap
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from markupsafe import Markup
from pydantic import ValidationError

from best_model.door import open_authority, open_result, open_scenario, open_uncertainty
from best_model.inputs.scenarios import read_priorities
from best_model.inputs.strict_yaml import read_yaml
from best_model.inputs.tables import published_openly
from best_model.model.authority import Authority
from best_model.model.refusal import Refusal
from best_model.model.scenario import Assumption
from best_model.outputs.changes import changes_in_full
from best_model.outputs.headline import headline
from best_model.papers.page import Page, rendered
from best_model.papers.provenance import files
from best_model.papers.publish import INPUTS, MANIFEST
from best_model.questions.changes import (
    AssumptionChange,
    Changes,
    FileChange,
    Headline,
    Made,
    Manifest,
    Part,
    Table,
    Tree,
    assumptions_compared,
    counts_children,
    figures_compared,
    keys_compared,
    ladder,
    may_count_under,
    printed_compared,
    rows_compared,
    rows_of,
    sources_named,
)
from best_model.questions.names import figure_name

_ORDER: tuple[Part, ...] = ("model", "inputs", "assumptions", "scenarios")
_LONGEST = 240

Found = TypeVar("Found")


class Unread(Exception):
    """Why something cannot be read, in one line that names no folder of this machine."""


# ---- The door


def changed_since(previous: Path | None, manifest: Mapping[str, Any], params: Path) -> Changes:
    """Compare a new pack, by its manifest and the folder of parameters it is made from, with the folder of the last published one.

    The last pack's own inputs lie in a folder beside it. An old pack that is odd never stops a build: the changes then say that it
    could not be compared, and why.
    """
    new = Manifest.model_validate(dict(manifest))
    if previous is None:
        return Changes(state="first", now=_made(new))
    try:
        old = _attempt(lambda: _read_manifest(previous / MANIFEST), previous)
        return _attempt(lambda: _writable(_compared(old, previous.parent / INPUTS, new, params)), previous)
    except Unread as why:
        return Changes(state="unread", now=_made(new), why=(str(why),))


def _writable(changes: Changes) -> Changes:
    """The same, once it is known that a file can hold it: JSON and YAML can name half a letter, and UTF-8 has none."""
    changes.model_dump_json()
    return changes


def changes_page(changes: Changes, page: Page) -> str:
    """The changes as a whole page in the pack's frame."""
    content = Markup(changes_in_full(changes).html)
    return rendered("changes.html.j2", page=page, changes=content)


def _attempt(work: Callable[[], Found], folder: Path) -> Found:
    """What `work` gives. Whatever an old folder makes it raise is said in one line, for today's code may fail on it in any way."""
    try:
        return work()
    except Unread:
        raise
    except Exception as error:
        said = str(error) if isinstance(error, Refusal) else f"{type(error).__name__}: {error}"
        plain = " ".join(said.replace(f"{folder}/", "").replace(str(folder), folder.name).split())
        raise Unread(textwrap.shorten(plain, _LONGEST, placeholder=" …")) from error


# ---- The last pack


def _read_manifest(path: Path) -> Manifest:
    try:
        said = json.loads(
            path.read_text(encoding="utf-8"), parse_constant=_number, parse_float=_number, parse_int=_whole
        )
        manifest = Manifest.model_validate(said)
        _headlines(manifest)
    except OSError:
        raise Unread(f"its {MANIFEST} is missing or cannot be opened") from None
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        place = ".".join(map(str, fault["loc"])) or "the whole"
        raise Unread(f"its {MANIFEST} is not as this version writes it ({place}: {fault['msg']})") from None
    except (ValueError, RecursionError):
        raise Unread(f"its {MANIFEST} is not JSON that can be read") from None
    return manifest.model_copy(update={"inputs": _under_params(manifest.inputs)})


def _number(digits: str) -> float:
    if math.isfinite(value := float(digits)):
        return value
    raise ValueError(digits)


def _whole(digits: str) -> int:
    return int(_number(digits))


def _headlines(manifest: Manifest) -> dict[str, Headline]:
    return {scenario: Headline.model_validate(said) for scenario, said in manifest.headline.items()}


def _under_params(inputs: Mapping[str, str]) -> dict[str, str]:
    """Hashes by path under the parameters; the first packs wrote the folder's own name before it."""
    return {path.removeprefix("params/"): total for path, total in inputs.items()}


def _made(manifest: Manifest) -> Made:
    said = {"version", "commit", "code", "environment", "built"}
    return Made.model_validate(manifest.model_dump(include=said))


def _tree(folder: Path) -> dict[str, bytes]:
    """Every file of a folder but hidden ones, by its path."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files(folder)} if folder.is_dir() else {}


def _hashes(tree: Tree) -> dict[str, str]:
    return {path: hashlib.sha256(content).hexdigest() for path, content in tree.items()}


# ---- The steps from its inputs to today's


class _Steps(NamedTuple):
    """The parts that differ, and the folders that each but the last leads to, none where they are not known.

    With the hashes of the last pack's files, and the files themselves where it keeps them.
    """

    parts: tuple[Part, ...]
    folders: tuple[Tree, ...]
    recorded: Mapping[str, str]
    old: Tree
    why: tuple[str, ...] = ()


def _steps(old: Manifest, inputs: Path, today: Tree) -> _Steps:
    try:
        kept = _attempt(lambda: _kept(old, inputs), inputs)
    except Unread as why:
        return _unsplit(old.inputs, today, str(why))
    rungs = ladder(kept, today)
    parts: tuple[Part, ...] = ("model", *(part for part, _ in rungs))
    return _Steps(parts, tuple(tree for _, tree in [("model", kept), *rungs][:-1]), _hashes(kept), kept)


def _kept(old: Manifest, inputs: Path) -> Tree:
    """The last pack's copy of its inputs, if it is what its manifest says."""
    tree = _tree(inputs)
    if not tree:
        raise Unread("it keeps no copy of its inputs")
    there = _hashes(tree)
    odd = sorted(path for path in {*there, *old.inputs} if old.inputs and there.get(path) != old.inputs.get(path))
    if odd:
        raise Unread(f"its copy of {odd[0]} is not what its manifest recorded")
    return tree


def _unsplit(recorded: Mapping[str, str], today: Tree, why: str) -> _Steps:
    """Without the last pack's files: the parts that differ by their hashes, or any, where it recorded none."""
    now = _hashes(today)
    paths = [path for path in {**now, **recorded} if now.get(path) != recorded.get(path)]
    differing = {part for path in paths for part in may_count_under(path, today.get(path, b""))}
    parts = tuple(part for part in _ORDER if part == "model" or part in differing)
    said = (f"Not split: the last pack cannot be run again, because {why}.",) if paths else ()
    return _Steps(parts, (), recorded, {}, said)


# ---- Today's model on those folders


class _Opened:
    """A folder of parameters, and the councils of it that have been read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._councils: dict[str, Authority] = {}

    def authority(self, name: str) -> Authority:
        """A council, read once."""
        if name not in self._councils:
            self._councils[name] = open_authority(name, self.folder)
        return self._councils[name]

    def headline(self, authority: str, scenario: str) -> Headline:
        """What today's model prints for a scenario of this folder."""
        result = open_result(scenario, self.authority(authority), self.folder)
        return Headline.model_validate(headline(result, ()))

    def draws(self, authority: str) -> int:
        """How many futures the papers of a council draw."""
        return open_uncertainty(self.authority(authority), self.folder).draws

    def figures(self, names: Sequence[str]) -> tuple[dict[str, Assumption], dict[str, str]]:
        """Every assumption of these councils, and what readers call it; with the council's name where there are several."""
        figures: dict[str, Assumption] = {}
        labels: dict[str, str] = {}
        for name in names:
            council = self.authority(name).council
            levers = read_priorities(self.folder / name, council.sources)
            own = dict(council.assumptions)
            own |= {f"priorities.{place}": figure for lever in levers for place, figure in lever.figures.items()}
            before = f"{name}/" if len(names) > 1 else ""
            figures |= {f"{before}{key}": figure for key, figure in own.items()}
            labels |= {f"{before}{key}": f"{before}{figure_name(key, levers)}" for key in own}
        return figures, labels


def _compared(old: Manifest, inputs: Path, new: Manifest, params: Path) -> Changes:
    today, before, after, now = _tree(params), _headlines(old), _headlines(new), _Opened(params)
    steps = _steps(old, inputs, today)
    asked = {key: (str(said.get("authority")), str(said.get("scenario"))) for key, said in new.headline.items()}
    with tempfile.TemporaryDirectory(prefix="best-") as scratch:
        opened = [_Opened(_laid_out(tree, Path(scratch) / str(place))) for place, tree in enumerate(steps.folders)]
        rungs, broken = _rungs(opened, {key: asked[key] for key in asked if key in before}, steps.parts)
        councils = list(dict.fromkeys(name for name, _ in asked.values()))
        assumptions, unread = _assumptions(opened, now, councils)
    return Changes(
        state="compared",
        now=_made(new),
        previous=_made(old),
        why=tuple(dict.fromkeys([*steps.why, *broken, *unread])),
        titles={key: _title(*asked.get(key, ("", key)), params) for key in {**asked, **before}},
        figures=figures_compared(before, after, steps.parts, rungs),
        printed=printed_compared(old, new),
        assumptions=assumptions,
        files=_files(steps, today),
        draws=now.draws(councils[0]) if new.chances and len(councils) == 1 else 0,
    )


def _laid_out(tree: Tree, folder: Path) -> Path:
    for path, content in tree.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def _rungs(
    opened: Sequence[_Opened], asked: Mapping[str, tuple[str, str]], parts: Sequence[Part]
) -> tuple[list[dict[str, Headline]], list[str]]:
    """What each folder leads to by scenario, with why some lead to nothing; where there are no folders, nothing is known between."""
    rungs: list[dict[str, Headline]] = [{} for _ in parts[1:]]
    why = []
    for place, each in enumerate(opened[: len(rungs)]):
        for key, (authority, scenario) in asked.items():
            try:
                rungs[place][key] = _attempt(lambda: each.headline(authority, scenario), each.folder)  # noqa: B023 - done at once
            except Unread as reason:
                why.append(_untold(place, parts, str(reason)))
    return rungs, why


def _untold(place: int, parts: Sequence[Part], reason: str) -> str:
    if place == 0:
        return f"Not split: today's version cannot read the last pack's inputs ({reason})."
    both = f"{parts[place].capitalize()} and {parts[place + 1]} together"
    return f"{both}: today's {parts[place]} cannot be read with the rest of the last pack ({reason})."


def _assumptions(
    opened: Sequence[_Opened], today: _Opened, names: Sequence[str]
) -> tuple[tuple[AssumptionChange, ...], tuple[str, ...]]:
    """Every assumption that differs; where the last pack's cannot be read, why."""
    if not opened:
        return (), ()
    new, called = today.figures(names)
    try:
        old, once_called = _attempt(lambda: opened[0].figures(names), opened[0].folder)
    except Unread as reason:
        return (), (f"Assumptions are not set side by side: today's version cannot read the last pack's ({reason}).",)
    return assumptions_compared(old, new, once_called | called), ()


def _title(authority: str, scenario: str, params: Path) -> str:
    try:
        return _attempt(lambda: open_scenario(scenario, authority, params).title, params)
    except Unread:
        return scenario.replace("_", " ").capitalize()


# ---- File by file


def _files(steps: _Steps, today: Tree) -> tuple[FileChange, ...]:
    before, after = steps.recorded, _hashes(today)
    return tuple(
        FileChange(
            path=path,
            before=before.get(path),
            after=after.get(path),
            parts=_counts_under(path, steps, today),
            **_what_differs(path, steps.old, today),
        )
        for path in sorted({*before, *after})
        if before.get(path) != after.get(path)
    )


def _counts_under(path: str, steps: _Steps, today: Tree) -> tuple[Part, ...]:
    """The steps at which a file changes; without them, those at which it may."""
    if not steps.folders:
        return may_count_under(path, today.get(path, b""))
    folders = [tree.get(path) for tree in (*steps.folders, today)]
    return tuple(part for part, (was, now) in zip(steps.parts[1:], pairwise(folders), strict=True) if was != now)


def _what_differs(path: str, old: Tree, new: Tree) -> dict[str, Any]:
    """The rows of a table, or the values of a YAML file, that differ; nothing of what is new, gone or cannot be read as either."""
    if path not in old or path not in new:
        return {}
    try:
        count, shown = _attempt(lambda: _differences(path, old, new), Path(path))
    except Unread:
        return {}
    return {"differing": count, "shown": shown}


def _differences(path: str, old: Tree, new: Tree) -> tuple[int, tuple[str, ...]]:
    if path.endswith(".csv"):
        was, now = rows_of(old[path]), rows_of(new[path])
        return rows_compared(was, now, cells=_openly(path, was, old) and _openly(path, now, new))
    return keys_compared(_said(old[path]), _said(new[path]))


def _said(content: bytes) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="best-") as scratch:
        return read_yaml(_laid_out({"said.yaml": content}, Path(scratch)) / "said.yaml").content


def _openly(path: str, table: Table, tree: Tree) -> bool:
    """Whether what is in a table may be shown: it counts no children, or all its counts are published openly."""
    if not counts_children(table):
        return True
    sources = _said(tree.get(f"{path.rpartition('/')[0]}/sources.yaml", b"{}"))
    licences = {name: said.get("licence") for name, said in sources.items() if isinstance(said, dict)}
    return published_openly(sources_named(table), licences)
