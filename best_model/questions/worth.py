"""What rests on each workstream: the saving that would be lost without it, what its slip costs, and the children it reaches."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from best_model.model.engine import SCENARIO, Result, savings
from best_model.model.levers import Force, effect, start_of
from best_model.model.phasing import FloatArray, Month
from best_model.model.risks import Risk
from best_model.model.scenario import Lever, Places, Scenario, Workstream


@dataclass(frozen=True)
class Worth:
    """What rests on one workstream of a priority, everything else being as the scenario has it.

    £ nominal, net, over the reported years: `saving` is lost if it alone is dropped (or is lost, where it is); `slip_costs` is
    what its slip takes from the saving; `a_year_late` is what twelve more months would take. `children` are its part of those that its
    priority acts on up to the last January, and `places` its part of the places open by then.
    """

    lever: Lever
    workstream: Workstream
    saving: FloatArray
    slip_costs: FloatArray
    a_year_late: FloatArray
    children: float
    places: float


def worth_of_workstreams(result: Result) -> tuple[Worth, ...]:
    """Every workstream of a scenario, in the order of its priorities, one batched run a priority."""
    return tuple(
        worth
        for place, lever in enumerate(result.scenario.levers)
        if lever.workstreams
        for worth in _worth(result, place)
    )


def _worth(result: Result, place: int) -> list[Worth]:
    """The worth of each workstream of one lever."""
    lever = result.scenario.levers[place]
    variants = [variant for each in lever.workstreams for variant in _variants(result.scenario, each)]
    saved = identified(result, variants).reshape(len(lever.workstreams), -1, len(result.years))
    now = result.identified
    return [
        Worth(lever, each, kept - gone, on_time - now, now - late, *_reach(result, place, each))
        for each, (kept, gone, on_time, late) in zip(lever.workstreams, saved, strict=True)
    ]


def _variants(scenario: Scenario, workstream: Workstream) -> list[Scenario]:
    """The scenario with a workstream kept, dropped, on time, and a year later than it is."""
    later = workstream.slip_months + Month.IN_A_YEAR
    changes: list[dict[str, int | bool]] = [
        {"dropped": False},
        {"dropped": True},
        {"slip_months": 0},
        {"slip_months": later},
    ]
    return [scenario.with_workstreams([workstream.name], **change) for change in changes]


def saving_that_rests_on(result: Result, groups: Sequence[Collection[str]]) -> FloatArray:
    """Net saving lost if all the workstreams of a group were dropped together, £ (group, year), each group by itself."""
    without = [result.scenario.with_workstreams(names, dropped=True) for names in groups]
    return result.identified - identified(result, without)


def cost_of_slip(result: Result) -> FloatArray:
    """What every slip in the register takes from the net saving together, £ (year,)."""
    everyone = [each.name for lever in result.scenario.levers for each in lever.workstreams]
    return identified(result, [result.scenario.with_workstreams(everyone, slip_months=0)])[0] - result.identified


def threatened(result: Result, risks: Sequence[Risk]) -> FloatArray:
    """Net saving that rests on the workstreams each risk or issue threatens, £ (risk, year)."""
    return saving_that_rests_on(result, [risk.workstreams for risk in risks])


def identified(result: Result, scenarios: Sequence[Scenario]) -> FloatArray:
    """Net saving of the priorities in scenarios that differ in their workstreams only, £ (scenario, year), in one batch.

    A lever as each scenario has it stands in a column of its own, and is at work in the draws of those scenarios alone.
    """
    if not scenarios:
        return np.zeros((0, len(result.years)))
    columns = {(lever.name, lever.workstreams): lever for scenario in scenarios for lever in scenario.levers}
    at_work = np.zeros((len(scenarios), len(columns)))
    for draw, scenario in enumerate(scenarios):
        for lever in scenario.levers:
            at_work[draw, list(columns).index((lever.name, lever.workstreams))] = lever.intensity
    return savings(result.authority, tuple(columns.values()), at_work).net[:, -len(result.years) :]


def _reach(result: Result, place: int, workstream: Workstream) -> tuple[float, float]:
    """A workstream's part of the children its lever acts on, and of the places it opens."""
    children = places = 0.0
    for column, force in enumerate(result.simulation.forces):
        if force.lever == place:
            own, whole = _strength(result, force, workstream), force.strength[SCENARIO]
            if isinstance(force.action, Places):
                places += float(own[-1])
            else:
                acted_on = np.array([year.children[SCENARIO, column] for year in result.simulation.flows])
                children += float((acted_on * np.divide(own, whole, out=np.zeros_like(own), where=whole > 0)).sum())
    return children, places


def _strength(result: Result, force: Force, workstream: Workstream) -> FloatArray:
    """What a workstream adds to the strength of one of its lever's forces in each year: they add up to it."""
    lever, years = result.scenario.levers[force.lever], np.array(result.authority.januaries[:-1], dtype=float)
    share = 0.0 if workstream.dropped else lever.intensity * workstream.share
    return share * effect(lever, force.number, start_of(lever, workstream), years)
