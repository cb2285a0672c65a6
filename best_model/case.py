"""The door for notebooks and the command line: open a council or a scenario by name, and run one for the other."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from best_model.analysis.fit import prepare
from best_model.inputs.authorities import read_council
from best_model.inputs.comparison import read_comparison
from best_model.inputs.delivered import read_delivered
from best_model.inputs.folders import PARAMS
from best_model.inputs.history import read_history
from best_model.inputs.risks import read_risks
from best_model.inputs.scenarios import read_priorities, read_scenario
from best_model.inputs.sign_off import read_sign_off
from best_model.inputs.stress import read_stresses
from best_model.inputs.uncertainty import read_uncertainty
from best_model.model.authority import Authority
from best_model.model.comparison import Comparison
from best_model.model.delivered import Delivered
from best_model.model.engine import Result, run
from best_model.model.history import History
from best_model.model.risks import Risk
from best_model.model.scenario import Scenario
from best_model.model.sign_off import Signed
from best_model.model.stress import Stress
from best_model.model.uncertainty import Uncertainty

if TYPE_CHECKING:
    from best_model.analysis.ensemble import Ensemble
    from best_model.analysis.odds import Sample


def open_authority(name: str = "leicestershire", params: Path = PARAMS) -> Authority:
    """A council read from its folder of `params` and fitted. Raises `Refusal` where the folder is wrong."""
    return prepare(read_council(params, name))


def open_history(name: str = "leicestershire", params: Path = PARAMS) -> History:
    """The published past of a council, for the back-test. Raises `Refusal` where a year of it is missing."""
    return read_history(params, name)


def open_scenario(name: str, authority: str = "leicestershire", params: Path = PARAMS) -> Scenario:
    """A scenario of `params/scenarios`, complete with the council's priorities."""
    return read_scenario(params, name, authority)


def open_result(scenario: str, authority: Authority, params: Path = PARAMS) -> Result:
    """Run a scenario, by name, for a council that is open."""
    return run(authority, open_scenario(scenario, authority.council.name, params))


def open_risks(authority: Authority, params: Path = PARAMS) -> tuple[Risk, ...]:
    """The risks and issues of a council that is open, each held to the workstreams and assumptions that it names."""
    return read_risks(params, authority.council)


def open_comparison(authority: Authority, params: Path = PARAMS) -> Comparison:
    """A council that is open beside its region, the nation and others, as published; empty where its folder holds none."""
    return read_comparison(params, authority.council)


def open_sign_off(authority: Authority, params: Path = PARAMS) -> tuple[Signed, ...]:
    """Whom a council that is open has named to each role of the AQuA Book; nobody where its folder does not say."""
    return read_sign_off(params, authority.council)


def open_delivered(authority: Authority, params: Path = PARAMS) -> tuple[Delivered, ...]:
    """What was planned and what came of it, of a council that is open: none where it has no such file."""
    return read_delivered(params, authority.council)


def open_stresses(authority: Authority, params: Path = PARAMS) -> tuple[Stress, ...]:
    """Every stress of `params/stress`, held to the figures, priorities and sources of a council that is open."""
    council = authority.council
    return read_stresses(params, council, read_priorities(params / council.name, council.sources))


def open_uncertainty(authority: Authority, params: Path = PARAMS) -> Uncertainty:
    """How the assumptions of a council that is open may fall, and how often its papers draw them."""
    return read_uncertainty(params, authority.council.name, authority.council.sources)


def open_ensemble(
    scenario: str, authority: Authority, seed: int, params: Path = PARAMS, individuals: bool = False
) -> "Ensemble":
    """A scenario, by name, ready to be drawn over every assumption of a council that is open; `individuals`, as whole children."""
    from best_model.analysis.ensemble import made_ready  # noqa: PLC0415 - scipy.stats takes a second to import

    said = open_uncertainty(authority, params)
    return made_ready(authority, open_scenario(scenario, authority.council.name, params), said, seed, individuals)


def open_sample(scenario: str, authority: Authority, params: Path = PARAMS, *, individuals: bool = False) -> "Sample":
    """A scenario, by name, drawn as often and from the seed that `uncertainty.yaml` says; of whole children with `individuals`."""
    from best_model.analysis.ensemble import ensemble  # noqa: PLC0415 - see open_ensemble
    from best_model.analysis.odds import Sample  # noqa: PLC0415

    said = open_uncertainty(authority, params)
    ready = open_ensemble(scenario, authority, said.seed, params, individuals)
    if individuals:
        return Sample(ready, ensemble(ready, said.draws_of_whole_children))
    return Sample(ready, ensemble(ready, said.draws, os.cpu_count() or 1))


def at_evidence(level: Literal["low", "central", "high"], authority: Authority, params: Path = PARAMS) -> Result:
    """The programme with every priority, and what is in train, at its sourced low, central or high."""
    scenario = open_scenario("evidence", authority.council.name, params)
    shares = {
        lever.name: {"low": lever.evidence.low, "central": lever.evidence.value, "high": lever.evidence.high}[level]
        for lever in scenario.levers
    }
    return run(authority, scenario.with_intensity(**shares).model_copy(update={"in_train": level}))
