"""What the documents of a pack will import, loaded before the first of them, in the process that they are forked from."""

import ast
import json
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from best_model.papers.workers import warm_up


def warm_for(names: Sequence[str], notebooks: Path) -> None:
    """Begin to load, in the process that documents are forked from, what these notebooks import."""
    warm_up([*_FOR_ANY_PACK, *_imported(names, notebooks)])


_FOR_ANY_PACK = ("best_model.papers.document", "best_model.papers.kernel", "best_model.inputs.authorities")
_NOT_BEFORE = (
    "best_model.door",
    "best_model.inputs.folders",
)  # they find the parameters, which each pack may have elsewhere


def _imported(names: Sequence[str], notebooks: Path) -> list[str]:
    """The modules that the notebooks import: loaded once, before any of them runs. One that is absent says so there."""
    paths = {notebooks / f"{name}.ipynb" for name in names}
    sources = (cell for path in sorted(paths) if path.exists() for cell in _code(path))
    modules = {name for source in sources for name in _modules(source)}
    return sorted(name for name in modules if not name.startswith(_NOT_BEFORE) and _is_there(name))


def _code(path: Path) -> list[str]:
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code" and not _is_left_out(cell)]
    except (ValueError, KeyError, TypeError):  # not a notebook: it is refused where it is read
        return []


def _is_left_out(cell: dict[str, Any]) -> bool:
    return "interactive" in cell.get("metadata", {}).get("tags", ())


def _modules(source: str) -> list[str]:
    """Modules by name, and for each name that is imported from one the module that it may be."""
    try:
        nodes = [*ast.walk(ast.parse(source))]
    except SyntaxError:  # such as a line magic
        return []
    found = [name.name for node in nodes if isinstance(node, ast.Import) for name in node.names]
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module:
            found += [node.module, *(f"{node.module}.{name.name}" for name in node.names)]
    return found


def _is_there(name: str) -> bool:
    return find_spec(name.partition(".")[0]) is not None
