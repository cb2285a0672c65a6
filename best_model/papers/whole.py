"""From a pack's name to its published papers: read, run, check, then build."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from best_model.door import open_authority, open_result, open_uncertainty
from best_model.inputs.packs import Pack, PackDocument, pack_file, read_pack
from best_model.model.engine import Result
from best_model.model.refusal import BrokenIdentity
from best_model.papers.extras import extras_of
from best_model.papers.links import held_by_papers
from best_model.papers.pack import build
from best_model.papers.plan import Orders
from best_model.papers.provenance import Provenance, copy_of, provenance
from best_model.papers.single import write_paper
from best_model.questions.checks import Outcome, checked
from best_model.questions.headline import headline


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


def publish_paper(notebook: str, scenario: str, authority: str, *, params: Path, notebooks: Path, target: Path) -> Path:
    """Make one paper by itself, as `publish_pack` would, and return its page; nothing is written if an identity fails."""
    with tempfile.TemporaryDirectory(prefix="best-") as scratch:
        taken = Path(scratch, "params")
        copy_of(params, taken)
        found = _found(authority, [(authority, scenario)], taken)
        made_from, elsewhere = _checked(found, taken), held_by_papers(found.values(), notebooks)
        entry = PackDocument(notebook=notebook, scenario=scenario)
        return write_paper(entry, authority, notebooks, taken, target, made_from, elsewhere)


def _published(pack: Pack, params: Path, notebooks: Path, reports: Path, orders: Orders) -> Path:
    named = [(pack.authority, scenario) for scenario in pack.scenarios]
    named += [(document.authority or pack.authority, document.scenario) for document in pack.documents]
    found = _found(pack.authority, named, params)
    made_from, elsewhere = _checked(found, params), held_by_papers(found.values(), notebooks)
    return build(pack, notebooks, reports, made_from, params, extras_of(pack, params), orders, elsewhere)


def _found(usual: str, named: Sequence[tuple[str, str]], params: Path) -> dict[str, Result]:
    """Scenarios run for councils, named by council and scenario; the key is the scenario, with the council where it is not the `usual`."""
    opened = {name: open_authority(name, params) for name in dict.fromkeys(name for name, _ in named)}
    return {
        scenario if name == usual else f"{name}/{scenario}": open_result(scenario, opened[name], params)
        for name, scenario in dict.fromkeys(named)
    }


def _checked(found: Mapping[str, Result], params: Path) -> Provenance:
    """What papers of these runs are made from; the first run is of the usual council. Raises `BrokenIdentity` where an identity fails."""
    outcomes = {key: checked(result) for key, result in found.items()}
    _stop_if_broken(outcomes)
    return provenance(
        params,
        checks={key: {outcome.name: outcome.holds for outcome in outcomes[key]} for key in found},
        headline={key: _headline(result, outcomes[key]) for key, result in found.items()},
        seed=open_uncertainty(next(iter(found.values())).authority, params).seed,
    )


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
