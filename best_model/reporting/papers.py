"""From a pack's name to its published papers: read, run, check, then build."""

import ast
import json
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from best_model.analysis.checks import Outcome, checked
from best_model.case import open_authority, open_result, open_uncertainty
from best_model.inputs.packs import Pack, read_pack
from best_model.model.authority import Authority
from best_model.model.engine import Result
from best_model.model.refusal import BrokenIdentity
from best_model.outputs.headline import headline
from best_model.reporting.workers import warm_up


def publish_pack(
    name: str, *, params: Path, notebooks: Path, reports: Path, force: bool = False, keep: int = 12
) -> Path:
    """Build the pack `params/packs/<name>.yaml` and return its index; nothing is published if an identity fails."""
    pack = read_pack(params / "packs" / f"{name}.yaml")
    warm_for(pack, notebooks)
    from best_model.reporting.extras import extras_of  # noqa: PLC0415
    from best_model.reporting.pack import Orders, build  # noqa: PLC0415 - loaded while the other process loads its own
    from best_model.reporting.provenance import provenance  # noqa: PLC0415

    opened = _councils(pack, params)
    found = _found(pack, opened, params)
    outcomes = {key: checked(result) for key, result in found.items()}
    _stop_if_broken(outcomes)
    made_from = provenance(
        params,
        checks={key: {outcome.name: outcome.holds for outcome in outcomes[key]} for key in found},
        headline={key: _headline(result, outcomes[key]) for key, result in found.items()},
        seed=open_uncertainty(opened[pack.authority], params).seed,
    )
    return build(pack, notebooks, reports, made_from, params, extras_of(pack, params), Orders(force=force, keep=keep))


def warm_for(pack: Pack, notebooks: Path) -> None:
    """Begin to load, in the process that documents are forked from, what this pack's notebooks import."""
    warm_up([*_FOR_ANY_PACK, *_imported(pack, notebooks)])


_FOR_ANY_PACK = ("best_model.reporting.document", "best_model.reporting.kernel", "best_model.inputs.authorities")
_NOT_BEFORE = "best_model.case"  # it looks where the parameters are when it is imported, and each pack says that anew


def _imported(pack: Pack, notebooks: Path) -> list[str]:
    """The modules that the pack's notebooks import: loaded once, before any of them runs. One that is absent says so there."""
    paths = {notebooks / f"{document.notebook}.ipynb" for document in pack.documents}
    sources = (cell for path in sorted(paths) if path.exists() for cell in _code(path))
    names = {name for source in sources for name in _modules(source)}
    return sorted(name for name in names if not name.startswith(_NOT_BEFORE) and _is_there(name))


def _code(path: Path) -> list[str]:
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError):  # not a notebook: it is refused where it is read
        return []


def _modules(source: str) -> list[str]:
    try:
        tree = ast.parse(source)
    except SyntaxError:  # such as a line magic
        return []
    plain = [name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names]
    parts = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    return (
        plain
        + [f"{node.module}.{name.name}" for node in parts for name in node.names]
        + [str(node.module) for node in parts]
    )


def _is_there(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except (ImportError, AttributeError, ValueError):
        return False


def _councils(pack: Pack, params: Path) -> dict[str, Authority]:
    names = dict.fromkeys([pack.authority, *(document.authority or pack.authority for document in pack.documents)])
    return {name: open_authority(name, params) for name in names}


def _found(pack: Pack, opened: Mapping[str, Authority], params: Path) -> dict[str, Result]:
    """Every scenario the pack names, run for its council; the key is the scenario, with the council where it is another."""
    named = [(pack.authority, scenario) for scenario in pack.scenarios]
    named += [(document.authority or pack.authority, document.scenario) for document in pack.documents]
    return {
        scenario if name == pack.authority else f"{name}/{scenario}": open_result(scenario, opened[name], params)
        for name, scenario in dict.fromkeys(named)
    }


def _stop_if_broken(outcomes: dict[str, tuple[Outcome, ...]]) -> None:
    for scenario, found in outcomes.items():
        for outcome in found:
            if not outcome.holds:
                raise BrokenIdentity(
                    f"{scenario}: the check {outcome.claim!r} fails ({outcome.detail}), so nothing was published"
                )


def _headline(result: Result, outcomes: tuple[Outcome, ...]) -> dict[str, Any]:
    """The headline without the checks, which stand beside it in the manifest."""
    return {key: value for key, value in headline(result, outcomes).items() if key != "checks"}
