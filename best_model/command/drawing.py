"""What `best ensemble` does: draws of every assumption, what they say, and a file of them where one is wanted."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from best_model.command.words import printed
from best_model.door import open_authority, open_ensemble, open_uncertainty
from best_model.draws.ensemble import Ensemble, Outcomes, joined, outcomes_by_block
from best_model.draws.fan_out import team
from best_model.draws.odds import Summary, columns_of, summary, summed_up
from best_model.faces.plain import as_json
from best_model.inputs.outcomes_file import StoredOutcomes, write_outcomes
from best_model.model.refusal import Refusal
from best_model.questions.bands import children_bands, for_a_machine, money_bands, targets_reached


class Asked(NamedTuple):
    """A set of draws: of which scenario and council, how many, from which seed, and where they are kept if they are.

    How many and from which seed is as in the council's papers where it is not said.
    """

    scenario: str
    authority: str
    params: Path
    draws: int | None
    seed: int | None
    individuals: bool = False
    store: Path | None = None


def drawn(asked: Asked, workers: int | None, scheduler: str, machine: bool) -> str:
    """What comes of a set of draws, for a terminal or as JSON, worked by threads here or by the workers of a cluster."""
    if scheduler and workers is not None:
        raise Refusal(
            "--workers: it counts threads here, and the workers of --scheduler are its own; leave one of them out"
        )
    if asked.seed is not None and asked.seed < 0:
        raise Refusal(f"--seed {asked.seed}: it must be 0 or more")
    with team(1 if workers is None else workers, scheduler, processes=asked.individuals) as those:
        authority = open_authority(asked.authority, asked.params)
        papers = open_uncertainty(authority, asked.params)
        draws = papers.draws if asked.draws is None else asked.draws
        seed = papers.seed if asked.seed is None else asked.seed
        asked = asked._replace(draws=draws, seed=seed)
        ready = open_ensemble(asked.scenario, authority, seed, asked.params, asked.individuals)
        blocks = outcomes_by_block(ready, draws, those)
        said = _kept(asked, asked.store, ready, blocks) if asked.store else summary(ready, joined(blocks, draws))
    if machine:
        return as_json(for_a_machine(ready, seed, said))
    tables = targets_reached(said), money_bands(said), children_bands(said)
    names = {"scenario": ready.scenario, "council": authority.council, "draws": said.draws, "seed": seed}
    return printed("ensemble.txt", **names, tables=tables)


def _kept(asked: Asked, store: Path, ready: Ensemble, blocks: Iterator[Outcomes]) -> Summary:
    """What the draws say once they are in a file, read back a column at a time."""
    write_outcomes(store, (columns_of(ready.authority, block) for block in blocks), _about(asked))
    return summed_up(ready.authority, ready.scenario, StoredOutcomes(store))


def _about(asked: Asked) -> dict[str, str]:
    """How to make the same draws again."""
    from best_model.papers.provenance import provenance  # noqa: PLC0415 - nbconvert takes a second to import

    made_from = provenance(asked.params, checks={}, headline={}, seed=asked.seed)
    return {
        **{name: str(getattr(asked, name)) for name in ("scenario", "authority", "draws", "seed", "individuals")},
        "version": made_from.version,
        "commit": made_from.commit,
        "params_sha256": made_from.inputs_hash,
    }
