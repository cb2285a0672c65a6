"""From a pack's name to its published papers: read, run, check, then build."""

import os
from pathlib import Path
from typing import Any

from best_model.analysis.checks import Outcome, checked
from best_model.case import PARAMS_VARIABLE, open_authority, open_result
from best_model.inputs.packs import Pack, read_pack
from best_model.model.authority import Authority
from best_model.model.engine import Result
from best_model.model.refusal import BrokenIdentity
from best_model.outputs.headline import headline
from best_model.reporting.pack import build, provenance


def publish_pack(name: str, *, params: Path, notebooks: Path, reports: Path) -> Path:
    """Build the pack `params/packs/<name>.yaml` and return its index; nothing is published if an identity fails."""
    pack = read_pack(params / "packs" / f"{name}.yaml")
    found = _found(pack, params)
    outcomes = {key: checked(result) for key, result in found.items()}
    _stop_if_broken(outcomes)
    made_from = provenance(
        params,
        checks={key: {outcome.name: outcome.holds for outcome in outcomes[key]} for key in found},
        headline={key: _headline(result, outcomes[key]) for key, result in found.items()},
    )
    os.environ[PARAMS_VARIABLE] = str(params.resolve())  # the notebooks' kernels read the same folder
    return build(pack, notebooks, reports, made_from)


def _found(pack: Pack, params: Path) -> dict[str, Result]:
    """Every scenario the pack names, run for its council; the key is the scenario, with the council where it is another."""
    opened: dict[str, Authority] = {}
    found = {}
    for document in pack.documents:
        name = document.authority or pack.authority
        if name not in opened:
            opened[name] = open_authority(name, params)
        key = document.scenario if name == pack.authority else f"{name}/{document.scenario}"
        found[key] = open_result(document.scenario, opened[name], params)
    return found


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
