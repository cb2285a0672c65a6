"""From the name of a pack, or of one notebook, to published papers: read, run, check, then build."""

import os
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from best_model.door import open_authority, open_result, open_uncertainty
from best_model.inputs.packs import Pack, PackDocument, pack_file, read_pack
from best_model.inputs.used import PARAMS_VARIABLE
from best_model.model.engine import Result
from best_model.model.refusal import BrokenIdentity
from best_model.papers.extras import extras_of
from best_model.papers.links import Paper, held_by_papers, link_up
from best_model.papers.pack import build
from best_model.papers.page import as_day
from best_model.papers.plan import MAKE, Job, Orders, job_of, planned
from best_model.papers.provenance import Provenance, copy_of, provenance
from best_model.papers.publish import Unfinished
from best_model.papers.workers import Task, run_all
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
    """Run one notebook by itself, as `publish_pack` would, write its page into the folder `target`, and return where it is.

    Raises `Refusal` for what cannot be run at all and `Unfinished` if a cell fails; a page from before then stays as it was.
    """
    with tempfile.TemporaryDirectory(prefix="best-") as scratch:
        taken = Path(scratch, "params")
        copy_of(params, taken)
        made_from, elsewhere = _checked(authority, [(authority, scenario)], taken, notebooks)
        entry = PackDocument(notebook=notebook, scenario=scenario)
        (document,) = planned((entry,), authority, notebooks, made_from.seed)
        page, today = Path(scratch, document.link.file), as_day(datetime.now(UTC))
        frame = made_from.frame(title=document.link.title, scenario=document.link.scenario, date=today)
        _run(job_of(document, page, frame), {PARAMS_VARIABLE: str(taken)})
        link_up({page.name: page}, elsewhere)
        target.mkdir(parents=True, exist_ok=True)
        half = target / f".{page.name}.{os.getpid()}"
        half.write_bytes(page.read_bytes())
        os.replace(half, target / page.name)
    return target / page.name


def _run(job: Job, environment: Mapping[str, str]) -> None:
    limit = Orders().document
    (done,) = run_all([Task("the paper", MAKE, limit, given=(job,), with_kernel=True, environment=environment)], 1)
    if done.failure:
        raise Unfinished(f"{done.failure}; nothing was written")


def _published(pack: Pack, params: Path, notebooks: Path, reports: Path, orders: Orders) -> Path:
    named = [(pack.authority, scenario) for scenario in pack.scenarios]
    named += [(document.authority or pack.authority, document.scenario) for document in pack.documents]
    made_from, elsewhere = _checked(pack.authority, named, params, notebooks)
    return build(pack, notebooks, reports, made_from, params, extras_of(pack, params), orders, elsewhere)


def _checked(
    usual: str, named: Sequence[tuple[str, str]], params: Path, notebooks: Path
) -> tuple[Provenance, dict[str, Paper]]:
    """Scenarios run for councils: what their papers are made from, and what other papers hold. Raises `BrokenIdentity` where one fails.

    They are named by council and scenario; the key is the scenario, with the council where it is not the `usual`.
    """
    opened = {name: open_authority(name, params) for name in dict.fromkeys(name for name, _ in named)}
    found = {
        scenario if name == usual else f"{name}/{scenario}": open_result(scenario, opened[name], params)
        for name, scenario in dict.fromkeys(named)
    }
    outcomes = {key: checked(result) for key, result in found.items()}
    for key, each in outcomes.items():
        for outcome in each:
            if not outcome.holds:
                raise BrokenIdentity(
                    f"{key}: the check {outcome.claim!r} fails ({outcome.detail}), so nothing was published"
                )
    made_from = provenance(
        params,
        checks={key: {outcome.name: outcome.holds for outcome in each} for key, each in outcomes.items()},
        headline={key: _headline(result, outcomes[key]) for key, result in found.items()},
        seed=open_uncertainty(opened[usual], params).seed,
    )
    return made_from, held_by_papers(found.values(), notebooks)


def _headline(result: Result, outcomes: tuple[Outcome, ...]) -> dict[str, Any]:
    """The headline without the checks, which stand beside it in the manifest."""
    return {key: value for key, value in headline(result, outcomes).items() if key != "checks"}
