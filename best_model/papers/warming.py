"""What the documents of a pack will import, loaded before the first of them, in the process that they are forked from."""

import ast
import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from best_model.papers.workers import warm_up


def warm_for(names: Sequence[str], notebooks: Path) -> None:
    """Begin to load, in the process that documents are forked from, what these notebooks import."""
    warm_up([*_FOR_ANY_PACK, *_imported(names, notebooks)])


_FOR_ANY_PACK = ("best_model.papers.document", "best_model.papers.kernel", "best_model.inputs.authorities")
_NOT_BEFORE = ("best_model.door", "best_model.inputs.folders")
"""They find the parameters, which each pack may have elsewhere."""


def _imported(names: Sequence[str], notebooks: Path) -> list[str]:
    """The modules that the notebooks import: loaded once, before any of them runs. One that is absent says so there."""
    paths = sorted({notebooks / f"{name}.ipynb" for name in names})
    modules = {name for path in paths if path.exists() for source in _code(path) for name in _modules(source)}
    there = {name for name in modules if find_spec(name.partition(".")[0]) is not None}
    return sorted(name for name in there if not name.startswith(_NOT_BEFORE))


def _code(path: Path) -> list[str]:
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        kept = (cell for cell in cells if "interactive" not in cell.get("metadata", {}).get("tags", ()))
        return ["".join(cell["source"]) for cell in kept if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError):  # not a notebook: it is refused where it is read
        return []


def _modules(source: str) -> Iterator[str]:
    """Modules by name, and for each name that is imported from one the module that it may be."""
    with suppress(SyntaxError):  # such as a line magic
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Import):
                yield from (name.name for name in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield from (node.module, *(f"{node.module}.{name.name}" for name in node.names))
