"""The five steps of a year, in their order: age, cease, move, join, place. Heads are conserved in each.

Every array of children ends in the axes `(age, need, setting)` and may carry a leading `draw` axis; counts are expected
numbers and are never rounded here.
"""

from dataclasses import dataclass

import numpy as np

from best_model.model.authority import Flows
from best_model.model.levers import Force, diverted, ended, fewer, redirections
from best_model.model.phasing import FloatArray


@dataclass(frozen=True)
class YearOfFlows:
    """Who came and went between two censuses, children by `(draw,)`, and the children each force acted on, `(draw, force)`.

    opening - aged_out - ceased + new_plans + transfers = closing, to 1e-9. `overflowed` (draw, setting): those a full
    setting could not take.
    """

    aged_out: FloatArray
    ceased: FloatArray
    new_plans: FloatArray
    transfers: FloatArray
    overflowed: FloatArray
    children: FloatArray


def one_year(
    plans: FloatArray,
    flows: Flows,
    demand: float,
    capacity: FloatArray,
    fallbacks: tuple[tuple[int, int], ...],
    forces: tuple[Force, ...],
    step: int,
) -> tuple[FloatArray, YearOfFlows]:
    """Carry `plans` (draw, age, need, setting) from one January to the next; `capacity` is (draw, setting)."""
    children = np.zeros((len(plans), len(forces)))
    older, aged_out = age(plans)
    staying, ceased = cease(older, flows.cease, forces, step, children)
    stayers, movers = move(staying, flows.moves, forces, step, children)
    joiners = join(flows.joins * demand, forces, step, children)
    closing, overflowed = place(stayers, movers + joiners + flows.transfers, capacity, fallbacks)
    transfers = np.full(len(plans), flows.transfers.sum())
    return closing, YearOfFlows(aged_out, ceased, heads(joiners), transfers, overflowed, children)


def heads(plans: FloatArray) -> FloatArray:
    """Children in all, for each draw."""
    return plans.sum(axis=(-3, -2, -1))


def age(plans: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Everyone is a year older; those who turn 26 leave. Returns the older cohort and the number who left."""
    older = np.zeros_like(plans)
    older[..., 1:, :, :] = plans[..., :-1, :, :]
    return older, plans[..., -1, :, :].sum(axis=(-2, -1))


def cease(
    plans: FloatArray, rate: FloatArray, forces: tuple[Force, ...], step: int, children: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Plans that end, by age and setting: at the usual `rate` (age, setting), and of the rest what levers end."""
    usual = plans * (1.0 - rate[:, None, :])
    left = ended(usual, forces, step, children)
    return left, heads(plans) - heads(left)


def move(
    plans: FloatArray, moves: FloatArray, forces: tuple[Force, ...], step: int, children: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Stayers and movers by the setting they are in after it; levers redirect what they reach of a move or a stay."""
    stay = np.einsum("ass->as", moves)
    stayers = plans * stay[:, None, :]
    movers = plans @ moves - stayers
    for origin, away, group in redirections(forces, first_placements=False):
        flow = plans[..., origin] * moves[:, origin, away, None]
        source = stayers if origin == away else movers
        for to, part in diverted(flow, group, step, children):
            source[..., away] -= part
            target = stayers if to == origin else movers
            target[..., to] += part
    return stayers, movers


def join(joins: FloatArray, forces: tuple[Force, ...], step: int, children: FloatArray) -> FloatArray:
    """New plans by age, need and first setting, less those no longer needed and after first placements are redirected."""
    joiners = fewer(np.broadcast_to(joins, (len(children), *joins.shape)), forces, step, children)
    sought = joiners.copy()
    for _, away, group in redirections(forces, first_placements=True):
        for to, part in diverted(sought[..., away], group, step, children):
            joiners[..., away] -= part
            joiners[..., to] += part
    return joiners


def place(
    stayers: FloatArray, newcomers: FloatArray, capacity: FloatArray, fallbacks: tuple[tuple[int, int], ...]
) -> tuple[FloatArray, FloatArray]:
    """Newcomers take free places; those beyond them go to the fallback, alike by age and need. Nobody is displaced."""
    newcomers = newcomers.copy()
    overflowed = np.zeros_like(capacity)
    for setting, fallback in fallbacks:
        seeking = newcomers[..., setting].sum(axis=(-2, -1))
        free = np.maximum(capacity[:, setting] - stayers[..., setting].sum(axis=(-2, -1)), 0.0)
        overflowed[:, setting] = np.maximum(seeking - free, 0.0)
        share = np.divide(overflowed[:, setting], seeking, out=np.zeros_like(seeking), where=seeking > 0)
        turned_away = newcomers[..., setting] * share[:, None, None]
        newcomers[..., setting] -= turned_away
        newcomers[..., fallback] += turned_away
    return stayers + newcomers, overflowed
