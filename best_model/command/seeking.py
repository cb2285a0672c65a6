"""What `best seek` does: solve the plans that are tied to a target, or find one priority's intensity, or a mix."""

from collections.abc import Iterator
from pathlib import Path

from best_model.command.words import printed
from best_model.door import open_scenario
from best_model.faces.answer import answer
from best_model.inputs.scenarios import parent_of, scenario_names
from best_model.inputs.written_back import write_intensities
from best_model.model.authority import Authority
from best_model.model.engine import run
from best_model.model.refusal import Refusal
from best_model.model.scenario import Scenario
from best_model.questions.seek import beside_evidence, seek_mix, seek_one, seek_plan


def solve_scenarios(authority: Authority, params: Path) -> Iterator[str]:
    """Solve each scenario that is tied to a target, parents first, and write it; yields a line for each."""
    for name in _parents_first(params):
        scenario = open_scenario(name, authority.council.name, params)
        if scenario.tie_to_target:
            solved = seek_plan(authority, scenario)
            parent = open_scenario(parent_of(params, name) or name, authority.council.name, params)
            why = "Intensities written by `best seek`: the least effort beyond the evidence."
            path = write_intensities(params, name, _intensities(solved), _intensities(parent), why)
            yield f"{path.name}: {answer(run(authority, solved))}"


def _parents_first(params: Path) -> list[str]:
    def depth(name: str) -> int:
        parent = parent_of(params, name)
        return 0 if parent is None else depth(parent) + 1

    return sorted(scenario_names(params), key=lambda name: (depth(name), name))


def sought(
    authority: Authority, scenario: Scenario, levers: tuple[str, ...], mix: bool, target: float, year: str
) -> str:
    """The intensities that meet `target`, £, in a year, as lines for a terminal."""
    names = levers or tuple(lever.name for lever in scenario.levers)
    _are_known(names, year, authority, scenario)
    if len(names) > 1 and not mix:
        raise Refusal(
            f"{len(names)} priorities could move: name one with --lever, or give --mix for the least effort of several"
        )
    found = (
        seek_mix(authority, scenario, names, target, year)
        if mix
        else seek_one(authority, scenario, names[0], target, year)
    )
    saving = float(run(authority, found).found[authority.years.index(year)])
    return printed("seek.txt", saving=saving, year=year, table=beside_evidence(found, names))


def _are_known(names: tuple[str, ...], year: str, authority: Authority, scenario: Scenario) -> None:
    known = [lever.name for lever in scenario.levers]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise Refusal(f"--lever {unknown[0]}: it is not a priority; there are {', '.join(known)}")
    if year not in authority.years:
        raise Refusal(f"--year {year}: it is not a year of the forecast; there are {', '.join(authority.years)}")


def _intensities(scenario: Scenario) -> dict[str, float]:
    return {lever.name: lever.intensity for lever in scenario.levers}
