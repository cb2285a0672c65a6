"""The door for notebooks and the command line: open a council or a scenario by name, and run one for the other."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from best_model.analysis.fit import prepare
from best_model.inputs.authorities import read_council
from best_model.inputs.history import read_history
from best_model.inputs.risks import read_risks
from best_model.inputs.scenarios import read_scenario
from best_model.inputs.uncertainty import read_uncertainty
from best_model.model.authority import Authority
from best_model.model.engine import Result, run
from best_model.model.history import History
from best_model.model.risks import Risk
from best_model.model.scenario import Scenario

if TYPE_CHECKING:
    from best_model.analysis.ensemble import Ensemble

PROJECT = Path(__file__).resolve().parent.parent
PARAMS_VARIABLE = "BEST_PARAMS"
PARAMS = Path(os.environ.get(PARAMS_VARIABLE, PROJECT / "params"))


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


def open_ensemble(scenario: str, authority: Authority, seed: int, params: Path = PARAMS) -> "Ensemble":
    """A scenario, by name, ready to be drawn over every assumption of a council that is open."""
    from best_model.analysis.ensemble import made_ready  # noqa: PLC0415 - scipy.stats and joblib take a second to import

    said = read_uncertainty(params, authority.council.name, authority.council.sources)
    return made_ready(authority, open_scenario(scenario, authority.council.name, params), said, seed)


def at_evidence(level: Literal["low", "central", "high"], authority: Authority, params: Path = PARAMS) -> Result:
    """The programme with every priority, and what is in train, at its sourced low, central or high."""
    scenario = open_scenario("evidence", authority.council.name, params)
    shares = {
        lever.name: {"low": lever.evidence.low, "central": lever.evidence.value, "high": lever.evidence.high}[level]
        for lever in scenario.levers
    }
    return run(authority, scenario.with_intensity(**shares).model_copy(update={"in_train": level}))
