"""The door for notebooks and the command line: open a council or a scenario by name, and run one for the other."""

from pathlib import Path

from best_model.analysis.fit import prepare
from best_model.inputs.authorities import read_council
from best_model.inputs.scenarios import read_scenario
from best_model.model.authority import Authority
from best_model.model.engine import Result, run
from best_model.model.scenario import Scenario

PROJECT = Path(__file__).resolve().parent.parent
PARAMS = PROJECT / "params"


def open_authority(name: str = "leicestershire", params: Path = PARAMS) -> Authority:
    """A council read from its folder of `params` and fitted. Raises `Refusal` where the folder is wrong."""
    return prepare(read_council(params, name))


def open_scenario(name: str, authority: str = "leicestershire", params: Path = PARAMS) -> Scenario:
    """A scenario of `params/scenarios`, complete with the council's priorities."""
    return read_scenario(params, name, authority)


def open_result(scenario: str, authority: Authority, params: Path = PARAMS) -> Result:
    """Run a scenario, by name, for a council that is open."""
    return run(authority, open_scenario(scenario, authority.council.name, params))
