"""Spend and children as steps: prices from their unit costs, placements from children and prices, children from one census to the next."""

from collections.abc import Iterator

import numpy as np

from best_model.model.engine import DO_NOTHING, SCENARIO, Result, Simulation, price_index
from best_model.model.levers import price_factor
from best_model.model.phasing import FloatArray, census_weights
from best_model.model.settings import SETTINGS, setting_index
from best_model.questions.asked import TOTAL
from best_model.questions.steps import InYear, Step, inputs_of_children
from best_model.table import Unit


def prices(result: Result, simulation: Simulation) -> FloatArray:
    """£ a child a year, (draw, fy, setting), as the engine costs them."""
    money, shape = result.authority.council.money, simulation.spend.placements.shape
    index = price_index(result.authority)[:, None]
    return money.unit_cost * money.inflation * index * price_factor(simulation.forces, shape)


def price(at: InYear, setting: int, draw: int) -> Step:
    """A price: unit cost, times inflation since its price base, times the calibrated index, times what priorities leave of it."""
    name, simulation = list(SETTINGS)[setting], at.result.simulation
    left = float(price_factor(simulation.forces, simulation.spend.placements.shape)[draw, at.fy, setting])
    risen, index = float(at.money.inflation[at.fy, setting]), float(price_index(at.result.authority)[at.fy])
    parts = [
        Step("unit cost", float(at.money.unit_cost[setting]), inputs=(f"unit_cost.{name}",)),
        Step("inflation since the price base", risen, Unit.NUMBER, inputs=(f"inflation.{name}",)),
        Step("price index, by calibration", index, Unit.NUMBER, inputs=(f"calibration.price_index.{at.year}",)),
    ]
    if left != 1.0:
        parts.append(Step("what the priorities leave of the price", left, Unit.NUMBER))
    return Step("£ a child a year", float(np.prod([part.value for part in parts])), parts=tuple(parts), multiplied=True)


def _average(at: InYear, setting: int, draw: int) -> Step:
    """Average children over a financial year: 5/12 of the census before it and 7/12 of the one within it."""
    counts, januaries = at.result.simulation.by_setting[draw, at.fy :, setting], at.result.authority.januaries[at.fy :]
    parts: tuple[Step, ...] = ()
    for weight, count, january in zip(census_weights(), map(float, counts), januaries, strict=False):
        made_of = (Step("of the year", weight, Unit.NUMBER), Step("children", count, Unit.CHILDREN))
        parts += (Step(f"January {january}", weight * count, Unit.CHILDREN, made_of, multiplied=True),)
    head = "children, on average over the year: 5/12 of the January before it, 7/12 of the one within it"
    return Step(head, sum(part.value for part in parts), Unit.CHILDREN, parts)


def _placements(at: InYear, setting: int, draw: int) -> Step:
    value = float(at.result.simulation.spend.placements[draw, at.fy, setting])
    parts = (_average(at, setting, draw), price(at, setting, draw))
    return Step([*SETTINGS.values()][setting], value, parts=parts, multiplied=True)


def all_spend(at: InYear, draw: int) -> tuple[Step, ...]:
    """Placements in each setting, empty places, and services that do not follow plans."""
    spend, each = at.result.simulation.spend, float(at.money.empty_place)
    empty = float(spend.empty_places[draw, at.fy])
    made_of = (
        Step("empty places", empty / each if each else 0.0, Unit.CHILDREN),
        Step("£ a year for an empty place", each, inputs=("empty_place",)),
    )
    return (
        *(_placements(at, setting, draw) for setting in range(len(SETTINGS))),
        Step("empty places", empty, parts=made_of, multiplied=True),
        Step("services not driven by plans", float(spend.services[at.fy]), inputs=("services", "general_inflation")),
    )


def spend(at: InYear, subject: str) -> Step:
    """What a setting, or everything, costs with the programme."""
    if subject == TOTAL:
        value = float(at.result.simulation.spend.total[SCENARIO, at.fy])
        return Step("spend", value, parts=all_spend(at, SCENARIO), inputs=at.of_children)
    placed = _placements(at, setting_index(subject), SCENARIO)
    return Step("spend", placed.value, parts=placed.parts, multiplied=True, inputs=at.of_children)


def plans(result: Result, january: str, subject: str) -> Step:
    """Children at a census: those at the base one, and what each year since has added or taken."""
    here, base = result.authority.januaries.index(int(january)), result.authority.council.base_january
    simulation, total = result.simulation, subject == TOTAL
    counts = simulation.total if total else simulation.by_setting[..., setting_index(subject)]
    idle, value = float(counts[DO_NOTHING, here]), float(counts[SCENARIO, here])
    census = (f"census.{base}.{subject}",)
    first = Step(f"January {base}", float(counts[SCENARIO, 0]), Unit.CHILDREN, inputs=census)
    changes = Step("what the programme changes", value - idle, Unit.CHILDREN)
    beside = (Step("doing nothing", idle, Unit.CHILDREN), changes)
    inputs = inputs_of_children(result.authority.council, here)[1:]
    parts = (first, *_years(result, counts[SCENARIO], here, total))
    return Step("children with a plan", value, Unit.CHILDREN, parts, beside=beside, inputs=inputs)


def _years(result: Result, counts: FloatArray, steps: int, total: bool) -> Iterator[Step]:
    """The change from each census to the next; for all children, by who came and who went."""
    for step, opens in enumerate(result.authority.januaries[:steps]):
        flow, index = result.simulation.flows[step], f"calibration.new_plans_index.{opens}"
        parts = (
            Step("new plans", float(flow.new_plans[SCENARIO]), Unit.CHILDREN, inputs=("new_plans", index)),
            Step("net transfers in", float(flow.transfers[SCENARIO]), Unit.CHILDREN, inputs=("flows",)),
            Step("plans ceased", -float(flow.ceased[SCENARIO]), Unit.CHILDREN, inputs=("ceased_plans_by_setting",)),
            Step("reached 26", -float(flow.aged_out[SCENARIO]), Unit.CHILDREN),
        )
        change = float(counts[step + 1] - counts[step])
        yield Step(f"change from January {opens} to the next", change, Unit.CHILDREN, parts if total else ())
