"""What one priority saves, as steps: its Shapley share by setting, what it costs to run, and what each of its actions does."""

from collections.abc import Iterator
from itertools import product

import numpy as np

from best_model.draws.sensitivity import PRIORITIES
from best_model.model.cost import in_financial_years
from best_model.model.engine import DO_NOTHING, SCENARIO, running, simulate
from best_model.model.scenario import Action, Lever, Places
from best_model.model.settings import SETTINGS
from best_model.questions.names import action_words
from best_model.questions.steps import InYear, Step, inputs_of
from best_model.questions.traced_spend import price, prices
from best_model.questions.whose import shapley_weights, whose_saving
from best_model.table import Unit

_LEAST = 1000.0


def share_of(at: InYear, lever: Lever) -> Step:
    """Gross less running cost and what is spent again, with whom the priority acts on, and at what strength, beside it."""
    share = whose_saving(at.result.authority, at.result.scenario)[lever.name]
    parts = (
        _gross(at, lever, at.of(share.gross)),
        _running(at, lever, -at.of(share.running)),
        Step("spent again: its share of what reinvesting priorities add", -at.of(share.reinvested)),
    )
    return Step(
        "its Shapley share: what it adds, on average over every order in which the priorities could have come",
        at.of(share.net),
        parts=parts,
        beside=(
            Step("what it would save alone, with no other priority", at.of(share.alone)),
            Step("what it adds once all others are there", at.of(share.last_in)),
        ),
        actions=tuple(_actions(at, lever)),
        inputs=(*inputs_of(lever), *at.of_children),
    )


def _gross(at: InYear, lever: Lever, value: float) -> Step:
    """Spending that is not made, by setting: fewer children at the price without the programme, and a lower price for the rest."""
    chosen = np.array([each.intensity for each in at.levers])
    subsets = np.array(list(product((0.0, 1.0), repeat=len(at.levers))))
    weights = shapley_weights(subsets)[:, at.levers.index(lever)]
    simulation = simulate(at.result.authority, at.levers, subsets * chosen)
    average = in_financial_years(simulation.by_setting)[:, at.fy]
    paid, empty = prices(at.result, simulation)[:, at.fy], simulation.spend.empty_places[:, at.fy]
    fewer, cheaper = weights @ (average[0] - average), weights @ (average * (paid[0] - paid))
    settings = (_less_in(at, place, float(fewer[place]), float(cheaper[place])) for place in range(len(SETTINGS)))
    steps = (*settings, Step("empty places", float(weights @ (empty[0] - empty)), inputs=("empty_place",)))
    small = [step for step in steps if 0.0 < abs(step.value) < _LEAST]
    inputs = tuple(name for step in small for part in step.walk() for name in part.inputs)
    rest = Step("settings of less than £1,000 each", sum(step.value for step in small), inputs=inputs)
    parts = [*(step for step in steps if abs(step.value) >= _LEAST), *([rest] if small else [])]
    return Step("gross: spending that is not made, as its Shapley share", value, parts=tuple(parts))


def _less_in(at: InYear, setting: int, fewer: float, cheaper: float) -> Step:
    """What is not spent in one setting; children are averages over the financial year."""
    each = price(at, setting, DO_NOTHING)
    made_of = (Step("children", fewer, Unit.CHILDREN), each)
    head = "fewer children, at the price without the programme"
    volume = Step(head, fewer * each.value, parts=made_of, multiplied=True)
    parts = (volume, Step("a lower price for the children who are there", cheaper)) if cheaper else (volume,)
    return Step([*SETTINGS.values()][setting], volume.value + cheaper, parts=parts)


def _running(at: InYear, lever: Lever, value: float) -> Step:
    """Cost to run: the yearly cost at full effect, times the intensity, the part of the year it runs and the price level."""
    chosen, level = np.array([[each.intensity for each in at.levers]]), at.money.general_level
    risen = float(level[at.fy] / level[InYear(at.result, at.result.years[0]).fy])
    cost = float(running(at.result.authority, at.levers, chosen)[0, at.fy, at.levers.index(lever)])
    full = lever.running_cost.value * lever.intensity * risen
    name = f"{PRIORITIES}.{lever.name}.running_cost"
    part = cost / full if full else 0.0
    parts = (
        Step("£ a year to run at full effect", -lever.running_cost.value, inputs=(name,)),
        _intensity(lever),
        Step("share of the year, and of the workstreams, that it runs", part, Unit.TENTHS),
        Step("general inflation since the first reported year", risen, Unit.NUMBER, inputs=("general_inflation",)),
    )
    return Step("cost to run", value, parts=parts, multiplied=True)


def _intensity(lever: Lever) -> Step:
    return Step("intensity: the share of full effect that the scenario takes", lever.intensity, Unit.TENTHS)


def _actions(at: InYear, lever: Lever) -> Iterator[Step]:
    """Each action: its strength in the calendar year that the financial year opens in, and the children reached."""
    forces = enumerate(at.result.simulation.forces)
    its_own = [column for column, force in forces if force.lever == at.levers.index(lever)]
    return (_action(at, lever, number, column) for number, column in enumerate(its_own))


def _action(at: InYear, lever: Lever, number: int, column: int) -> Step:
    simulation = at.result.simulation
    action, strength = simulation.forces[column].action, float(simulation.forces[column].strength[SCENARIO, at.fy])
    unit = Unit.CHILDREN if isinstance(action, Places) else Unit.TENTHS
    full, names = _full_effect(action, f"{PRIORITIES}.{lever.name}.actions.{number}")
    phase = strength / (lever.intensity * full) if lever.intensity * full else 0.0
    parts = (
        _intensity(lever),
        Step("full effect, the most assumed", full, unit),
        Step("phase: how much of it is in force by then", phase, Unit.TENTHS),
    )
    reached = [float(flow.children[SCENARIO, column]) for flow in simulation.flows[: at.fy + 1]]
    so_far = "children acted on since the start, once for each year in which it acts on them"
    children = (Step(so_far, sum(reached), Unit.CHILDREN), Step("of them in the last year", reached[-1], Unit.CHILDREN))
    return Step(
        action_words(action),
        strength,
        unit,
        parts=parts if lever.intensity * full else (),
        multiplied=True,
        beside=children if any(reached) else (),
        inputs=names,
    )


def _full_effect(action: Action, at: str) -> tuple[float, tuple[str, ...]]:
    """What an action does at full intensity once it is in full force, and where that is said."""
    if isinstance(action, Places):
        names = tuple(f"{at}.by_nth_september.{nth}" for nth in action.by_nth_september)
        return action.by_nth_september[max(action.by_nth_september)].value, names
    return action.share.value, (f"{at}.share",)
