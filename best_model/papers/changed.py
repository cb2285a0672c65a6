"""What changed since the last published pack: its folder read, and today's model run on the steps from its inputs to today's."""

import hashlib
import json
import math
import tempfile
import textwrap
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import cache, partial
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pydantic import ValidationError

from best_model.door import open_authority, open_result, open_scenario, open_uncertainty
from best_model.inputs.scenarios import read_priorities
from best_model.inputs.strict_yaml import read_yaml
from best_model.inputs.tables import published_openly
from best_model.model.refusal import Refusal
from best_model.model.scenario import Assumption
from best_model.papers.page import Page, rendered
from best_model.papers.provenance import files
from best_model.papers.publish import INPUTS, MANIFEST
from best_model.questions import what_changed
from best_model.questions.changed_files import (
    STEPS,
    Difference,
    FileChange,
    Part,
    Rows,
    Tree,
    counts_children,
    keys_compared,
    ladder,
    may_count_under,
    rows_compared,
    rows_of,
    sources_named,
)
from best_model.questions.changes import (
    AssumptionChange,
    Changes,
    assumptions_compared,
    figures_compared,
    printed_compared,
)
from best_model.questions.headline import headline
from best_model.questions.names import figure_name
from best_model.questions.recorded import Headline, Manifest

_LONGEST = 240

Found = TypeVar("Found")


class Unread(Exception):
    """Why something cannot be read, in one line that names no folder of this machine."""


# ---- The page


def changes_page(changes: Changes, page: Page) -> str:
    """The changes as a whole page in the pack's frame."""
    parts = {
        "How likely is each target now?": what_changed.chances_changed(changes),
        "What else that is printed changed?": what_changed.printed_changed(changes),
        "Which assumptions changed?": what_changed.assumptions_changed(changes),
        "Which files changed?": what_changed.files_changed(changes),
    }
    return rendered(
        "changes.html.j2",
        page=page,
        changes=changes,
        scenarios=what_changed.scenarios_changed(changes),
        parts=parts,
        rows=what_changed.rows_changed(changes),
        made=what_changed.made_changed(changes),
        built=_day(changes.previous.built) if changes.previous else "",
    )


def _day(built: str) -> str:
    """When a pack was built, as a day; as it stands where it is no time."""
    try:
        day = datetime.fromisoformat(built)
    except ValueError:
        return f"at {built!r}" if built else "at a time not recorded"
    return f"on {day.day} {day:%B %Y}"


# ---- The door


def changed_since(previous: Path | None, manifest: Mapping[str, Any], params: Path) -> Changes:
    """Compare a new pack, by its manifest and the folder of parameters it is made from, with the folder of the last published one.

    The last pack's own inputs lie in a folder beside it. An old pack that is odd never stops a build: the changes then say that it
    could not be compared, and why.
    """
    new = Manifest.model_validate(dict(manifest))
    if previous is None:
        return Changes(state="first", now=new.made)
    try:
        return _attempt(
            lambda: _written(_compared(_read(previous / MANIFEST), previous.parent / INPUTS, new, params)), previous
        )
    except Unread as why:
        return Changes(state="unread", now=new.made, why=(str(why),))


def _written(changes: Changes) -> Changes:
    """The same, once it is known that a file can hold it: JSON and YAML can name half a letter, and UTF-8 has none."""
    changes.model_dump_json()
    return changes


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


def _read(path: Path) -> Manifest:
    try:
        text = path.read_text(encoding="utf-8")
        said = json.loads(
            text, parse_constant=_number, parse_float=_number, parse_int=lambda digits: int(_number(digits))
        )
        manifest = Manifest.model_validate(said)
    except OSError:
        raise Unread(f"its {MANIFEST} is missing or cannot be opened") from None
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        place = ".".join(map(str, fault["loc"])) or "the whole"
        raise Unread(f"its {MANIFEST} is not as this version writes it ({place}: {fault['msg']})") from None
    except (ValueError, RecursionError):
        raise Unread(f"its {MANIFEST} is not JSON that can be read") from None
    # the first packs wrote the folder's own name before each path
    return manifest.model_copy(
        update={"inputs": {path.removeprefix("params/"): total for path, total in manifest.inputs.items()}}
    )


def _number(digits: str) -> float:
    if math.isfinite(value := float(digits)):
        return value
    raise ValueError(digits)


def _tree(folder: Path) -> dict[str, bytes]:
    """Every file of a folder but hidden ones, by its path."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files(folder)} if folder.is_dir() else {}


def _hashes(tree: Tree) -> dict[str, str]:
    return {path: hashlib.sha256(content).hexdigest() for path, content in tree.items()}


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


# ---- The steps from its inputs to today's


class Steps(NamedTuple):
    """From the last pack's files, `old`, to `today`'s; with the sums that it recorded of its own.

    `parts` are what differs, in order. `folders` are what each part but the last leads to; none where the last pack's files are not known.
    """

    parts: tuple[Part, ...]
    folders: tuple[Tree, ...]
    old: Tree
    recorded: Mapping[str, str]
    today: Tree
    why: tuple[str, ...] = ()

    @property
    def changed(self) -> dict[str, tuple[str | None, str | None]]:
        """Each file that differs, with its sum before and after."""
        now = _hashes(self.today)
        sums = {path: (self.recorded.get(path), now.get(path)) for path in sorted({*self.recorded, *now})}
        return {path: (was, is_now) for path, (was, is_now) in sums.items() if was != is_now}


def _steps(old: Manifest, inputs: Path, today: Tree) -> Steps:
    """Without the last pack's files: the parts that differ by their sums, or any, where it recorded none."""
    try:
        kept = _attempt(lambda: _kept(old, inputs), inputs)
    except Unread as why:
        unsplit = Steps(("model",), (), {}, old.inputs, today)
        differing = {part for path in unsplit.changed for part in may_count_under(path, today.get(path, b""))}
        said = (f"Not split: the last pack cannot be run again, because {why}.",) if differing else ()
        return unsplit._replace(parts=("model", *(part for part in STEPS if part in differing)), why=said)
    rungs = ladder(kept, today)
    folders = (kept, *(tree for _, tree in rungs))[:-1]
    return Steps(("model", *(part for part, _ in rungs)), folders, kept, _hashes(kept), today)


# ---- Today's model on those folders


class _Opened:
    """A folder of parameters, and the councils of it, each read once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.authority = cache(lambda name: open_authority(name, folder))

    def headline(self, said: Headline) -> Headline:
        """What today's model prints for a scenario of this folder."""
        result = open_result(said.scenario, self.authority(said.authority), self.folder)
        return Headline.model_validate(headline(result, ()))

    def figures(self, names: Sequence[str]) -> tuple[dict[str, Assumption], dict[str, str]]:
        """Every assumption of these councils, and what readers call it; with the council's name where there are several."""
        figures: dict[str, Assumption] = {}
        labels: dict[str, str] = {}
        for name in names:
            council = self.authority(name).council
            levers = read_priorities(self.folder / name, council.sources)
            of_levers = {f"priorities.{place}": each for lever in levers for place, each in lever.figures.items()}
            before = f"{name}/" if len(names) > 1 else ""
            for key, figure in {**council.assumptions, **of_levers}.items():
                figures[f"{before}{key}"], labels[f"{before}{key}"] = figure, f"{before}{figure_name(key, levers)}"
        return figures, labels


def _compared(old: Manifest, inputs: Path, new: Manifest, params: Path) -> Changes:
    steps, now = _steps(old, inputs, _tree(params)), _Opened(params)
    councils = list(dict.fromkeys(said.authority for said in new.headline.values()))
    both = {key: said for key, said in new.headline.items() if key in old.headline}
    with tempfile.TemporaryDirectory(prefix="best-") as scratch:
        opened = [_Opened(_laid_out(tree, Path(scratch) / str(place))) for place, tree in enumerate(steps.folders)]
        between, broken = _between(opened, both, steps.parts)
        assumptions, unread = _assumptions(opened, now, councils)
    return Changes(
        state="compared",
        now=new.made,
        previous=old.made,
        why=tuple(dict.fromkeys([*steps.why, *broken, *unread])),
        titles={key: _title(key, new.headline.get(key), params) for key in {**new.headline, **old.headline}},
        figures=figures_compared(old.headline, new.headline, steps.parts, between),
        printed=printed_compared(old, new),
        assumptions=assumptions,
        files=tuple(_file(path, sums, steps) for path, sums in steps.changed.items()),
        draws=open_uncertainty(now.authority(councils[0]), params).draws if new.chances and len(councils) == 1 else 0,
    )


def _laid_out(tree: Tree, folder: Path) -> Path:
    for path, content in tree.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def _between(
    opened: Sequence[_Opened], asked: Mapping[str, Headline], parts: Sequence[Part]
) -> tuple[list[dict[str, Headline]], list[str]]:
    """What each folder leads to by scenario, with why some lead to nothing; where there are no folders, nothing is known between."""
    between: list[dict[str, Headline]] = [{} for _ in parts[1:]]
    why = []
    for place, folder in enumerate(opened):
        for key, said in asked.items():
            try:
                between[place][key] = _attempt(partial(folder.headline, said), folder.folder)
            except Unread as reason:
                why.append(_untold(place, parts, str(reason)))
    return between, why


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


def _title(key: str, said: Headline | None, params: Path) -> str:
    try:
        name, authority = (said.scenario, said.authority) if said else (key, "")
        return _attempt(lambda: open_scenario(name, authority, params).title, params)
    except Unread:
        return key.replace("_", " ").capitalize()


# ---- File by file


def _file(path: str, sums: tuple[str | None, str | None], steps: Steps) -> FileChange:
    """The steps at which a file changes, without them those at which it may; and what differs in it."""
    was, now = steps.old.get(path), steps.today.get(path)
    held = [tree.get(path) for tree in (*steps.folders, steps.today)]
    at = {part for part, (one, other) in zip(steps.parts[1:], pairwise(held), strict=False) if one != other}
    counts_under = at if steps.folders else may_count_under(path, now or b"")
    differing: tuple[int | None, tuple[Difference, ...]] = (None, ())
    if was is not None and now is not None:
        with suppress(Unread):  # of what is neither a table nor YAML, nothing is said
            differing = _attempt(lambda: _differences(path, steps.old, steps.today), Path(path))
    return FileChange(
        path=path,
        before=sums[0],
        after=sums[1],
        parts=tuple(part for part in STEPS if part in counts_under),
        differing=differing[0],
        shown=differing[1],
    )


def _differences(path: str, old: Tree, new: Tree) -> tuple[int, tuple[Difference, ...]]:
    if path.endswith(".csv"):
        was, now = rows_of(old[path]), rows_of(new[path])
        return rows_compared(was, now, cells=_openly(path, was, old) and _openly(path, now, new))
    return keys_compared(_said(old[path]), _said(new[path]))


def _said(content: bytes) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="best-") as scratch:
        return read_yaml(_laid_out({"said.yaml": content}, Path(scratch)) / "said.yaml").content


def _openly(path: str, table: Rows, tree: Tree) -> bool:
    """Whether what is in a table may be shown: it counts no children, or all its counts are published openly."""
    if not counts_children(table):
        return True
    sources = _said(tree.get(f"{path.rpartition('/')[0]}/sources.yaml", b"{}"))
    licences = {name: said.get("licence") for name, said in sources.items() if isinstance(said, dict)}
    return published_openly(sources_named(table), licences)
