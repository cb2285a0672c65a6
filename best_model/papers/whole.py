"""From a pack's name to its published papers: read, run, check, then build."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from best_model.door import open_authority, open_result, open_uncertainty
from best_model.inputs.packs import Pack, pack_file, read_pack
from best_model.model.authority import Authority
from best_model.model.engine import Result
from best_model.model.refusal import BrokenIdentity
from best_model.outputs.headline import headline
from best_model.papers.extras import extras_of
from best_model.papers.pack import Orders, build
from best_model.papers.provenance import copy_of, provenance
from best_model.questions.checks import Outcome, checked


def publish_pack(
    name: str, *, params: Path, notebooks: Path, reports: Path, force: bool = False, keep: int = 12
) -> Path:
    """Build the pack `params/packs/<name>.yaml` and return its index; nothing is published if an identity fails.

    All of it is made from a copy of the parameters taken at the start, so that a file saved meanwhile changes nothing.
    """
    with tempfile.TemporaryDirectory(prefix="best-") as scratch:
        taken = Path(scratch, "params")
        copy_of(params, taken)
        return _published(read_pack(pack_file(taken, name)), taken, notebooks, reports, Orders(force=force, keep=keep))


def _published(pack: Pack, params: Path, notebooks: Path, reports: Path, orders: Orders) -> Path:
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
    return build(pack, notebooks, reports, made_from, params, extras_of(pack, params), orders)


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
