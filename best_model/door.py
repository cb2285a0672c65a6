"""The door: a council opened by name, its scenarios run, its tables asked for.

>>> case().scenarios
('base', 'do_nothing', 'evidence', 'stretched')
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import cached_property
from html import escape
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, Literal

from best_model.fitted.fit import prepare
from best_model.inputs.authorities import read_council
from best_model.inputs.comparison_csv import read_comparison
from best_model.inputs.folders import PARAMS
from best_model.inputs.history_csv import read_history
from best_model.inputs.registers_csv import read_delivered, read_risks, read_sign_off
from best_model.inputs.scenarios import read_priorities, read_scenario, scenario_names
from best_model.inputs.shelf import shared
from best_model.inputs.stress_yaml import read_stresses
from best_model.inputs.uncertainty_yaml import read_uncertainty
from best_model.model.authority import Authority
from best_model.model.comparison import Comparison
from best_model.model.delivered import Delivered
from best_model.model.engine import Result, run
from best_model.model.history import History
from best_model.model.refusal import Refusal
from best_model.model.risks import Risk
from best_model.model.scenario import Scenario
from best_model.model.sign_off import Signed
from best_model.model.stress import Stress
from best_model.model.uncertainty import Uncertainty
from best_model.table import LISTED, Listed, Table

if TYPE_CHECKING:
    from best_model.draws.ensemble import Ensemble
    from best_model.draws.odds import Sample


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
    scenario: str | Scenario, authority: Authority, seed: int, params: Path = PARAMS, individuals: bool = False
) -> "Ensemble":
    """A scenario, by name or changed, ready to be drawn over every assumption of a council; `individuals`, as whole children."""
    from best_model.draws.ensemble import made_ready  # noqa: PLC0415 - scipy.stats takes a second to import

    asked = open_scenario(scenario, authority.council.name, params) if isinstance(scenario, str) else scenario
    return made_ready(authority, asked, open_uncertainty(authority, params), seed, individuals)


def open_sample(
    scenario: str | Scenario, authority: Authority, params: Path = PARAMS, *, individuals: bool = False
) -> "Sample":
    """A scenario, by name or changed, drawn as often and from the seed that `uncertainty.yaml` says; `individuals`, as whole children."""
    from best_model.draws.ensemble import Outcomes, ensemble  # noqa: PLC0415 - see open_ensemble
    from best_model.draws.odds import Sample  # noqa: PLC0415

    said = open_uncertainty(authority, params)
    ready = open_ensemble(scenario, authority, said.seed, params, individuals)
    draws, workers = (said.draws_of_whole_children, 1) if individuals else (said.draws, os.cpu_count() or 1)
    outcomes = shared(
        f"{ready.scenario.name}-draws{'-of-whole-children' * individuals}",
        (authority.council, ready.scenario, said, draws, individuals),
        lambda: vars(ensemble(ready, draws, workers)),
    )
    return Sample(ready, Outcomes(**outcomes))


def at_evidence(level: Literal["low", "central", "high"], authority: Authority, params: Path = PARAMS) -> Result:
    """The programme with every priority, and what is in train, at its sourced low, central or high."""
    scenario = open_scenario("evidence", authority.council.name, params)
    shares = {
        lever.name: {"low": lever.evidence.low, "central": lever.evidence.value, "high": lever.evidence.high}[level]
        for lever in scenario.levers
    }
    return run(authority, scenario.with_intensity(**shares).model_copy(update={"in_train": level}))


# The door itself


class Run(Result):
    """One scenario, run. It shows its headline; `tables` lists what can be asked of it, and `table("savings")` asks.

    It is a `Result` of the model, so every function of `best_model.questions` takes it as it is.
    """

    @cached_property
    def case(self) -> "Case":
        """The council it was run for."""
        return Case(self.authority)

    @property
    def tables(self) -> tuple[str, ...]:
        """The names that `table` knows."""
        return tuple(tables())

    def table(self, name: str) -> Table:
        """A table of this run, by its name. Raises `Refusal` with the names there are."""
        return self.case.table(name, self)

    def compare(self, other: Result) -> Table:
        """This run less another: saving, gap, deficit and plans by year."""
        made: Table = import_module("best_model.questions.saved").differences(self, other)
        return made

    def __str__(self) -> str:
        return f"{self.scenario.title}: {import_module('best_model.faces.answer').answer(self)}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f"<p>{escape(str(self))}</p>{self.table('savings')._repr_html_()}"


class Case:
    """A council, opened: its scenarios, what they come to, and everything its folder of `params` holds."""

    def __init__(self, authority: Authority, params: Path = PARAMS) -> None:
        self.authority, self.params = authority, params

    def __repr__(self) -> str:
        return f"{self.authority.council.title}: {', '.join(self.scenarios)}"

    @property
    def name(self) -> str:
        """The name of its folder."""
        return self.authority.council.name

    @property
    def years(self) -> tuple[str, ...]:
        """The financial years reported."""
        return self.authority.years

    @property
    def scenarios(self) -> tuple[str, ...]:
        """The names of its scenarios."""
        return tuple(scenario_names(self.params))

    def scenario(self, name: str) -> Scenario:
        """A scenario by name, to change: `case.scenario("stretched").with_intensity(early_years=0.2)`."""
        return open_scenario(name, self.name, self.params)

    def run(self, scenario: str | Scenario) -> Run:
        """Run a scenario by its name, or one that was changed."""
        asked = self.scenario(scenario) if isinstance(scenario, str) else scenario
        found = run(self.authority, asked)
        own = Run(**{field.name: getattr(found, field.name) for field in fields(Result)})
        own.__dict__["case"] = self
        return own

    def draws(self, scenario: str | Scenario, *, individuals: bool = False) -> "Sample":
        """A scenario drawn over every assumption, as often as `uncertainty.yaml` says; of whole children with `individuals`."""
        return open_sample(scenario, self.authority, self.params, individuals=individuals)

    def evidence(self, level: Literal["low", "central", "high"] = "central") -> Result:
        """The programme with every priority, and what is in train, at its sourced low, central or high."""
        return at_evidence(level, self.authority, self.params)

    @cached_property
    def history(self) -> History:
        """The published past, for the back-test."""
        return open_history(self.name, self.params)

    @cached_property
    def risks(self) -> tuple[Risk, ...]:
        """Risks and issues."""
        return open_risks(self.authority, self.params)

    @cached_property
    def comparison(self) -> Comparison:
        """The council beside its region, the nation and others, as published."""
        return open_comparison(self.authority, self.params)

    @cached_property
    def delivered(self) -> tuple[Delivered, ...]:
        """What was planned before, and what came of it."""
        return open_delivered(self.authority, self.params)

    @cached_property
    def stresses(self) -> tuple[Stress, ...]:
        """Every stress of `params/stress`."""
        return open_stresses(self.authority, self.params)

    @cached_property
    def uncertainty(self) -> Uncertainty:
        """How the assumptions may fall, and how often they are drawn."""
        return open_uncertainty(self.authority, self.params)

    @cached_property
    def sign_off(self) -> tuple[Signed, ...]:
        """Who is named to each role of the AQuA Book."""
        return open_sign_off(self.authority, self.params)

    def table(self, name: str, of: str | Result = "evidence") -> Table:
        """A table by its name, of a scenario or of a run. Raises `Refusal` with the names there are."""
        listed = tables().get(name)
        if listed is None:
            raise Refusal(f"there is no table {name!r}; choose from {', '.join(tables())}")
        result = self.run(of) if isinstance(of, str) else of
        return listed.make(*(GIVEN[need](self, result) for need in listed.needs))


def case(name: str = "leicestershire", params: Path = PARAMS) -> Case:
    """A council by the name of its folder in `params`, read and fitted. Raises `Refusal` where the folder is wrong."""
    return Case(open_authority(name, params), params)


def tables() -> Mapping[str, Listed]:
    """Every table that can be asked for, by name."""
    questions = import_module("best_model.questions")
    for module in iter_modules(questions.__path__):
        import_module(f"best_model.questions.{module.name}")
    import_module("best_model.faces")
    return dict(sorted(LISTED.items()))


GIVEN: Mapping[str, Callable[[Case, Result], Any]] = {
    "result": lambda case, result: result,
    "authority": lambda case, result: case.authority,
    "comparison": lambda case, result: case.comparison,
    "back_test": lambda case, result: import_module("best_model.fitted.backtest").back_test(case.history),
    "sample": lambda case, result: case.draws(result.scenario),
    "samples": lambda case, result: _samples(case, result.scenario),
    "stressed": lambda case, result: _stressed(case.authority, result.scenario, case.stresses),
    "swings": lambda case, result: _swings(result.authority, result.scenario),
}
"""What a listed table may need, by the words of `table.listed`. A table that needs more gets a line here."""


def _samples(case: Case, scenario: Scenario) -> "list[Sample]":
    """The evidence and then a scenario, each drawn; the evidence alone where it is that."""
    evidence = case.scenario("evidence")
    return [case.draws(each) for each in ([evidence] if scenario == evidence else [evidence, scenario])]


def _stressed(*given: Any) -> Any:
    """A scenario under every stress, the worst first."""
    return import_module("best_model.questions.stressed").stress_all(*given)


def _swings(*given: Any) -> Any:
    """What each assumption alone does to the saving of a scenario, the largest first."""
    return import_module("best_model.draws.sensitivity").one_at_a_time(*given)
