"""The five steps of a year, in their order: age, cease, move, join, place. Heads are conserved in each.

Every array of children ends in the axes `(age, need, setting)` after a leading `draw` axis; counts are expected
numbers and are never rounded here. In memory the draws of one cell lie side by side (Fortran order), since a batch is
then many times faster; so `plans.T` is (setting, need, age, draw).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from best_model.model.authority import Flows
from best_model.model.levers import Claims, Point
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
    demand: float | FloatArray,
    capacity: FloatArray,
    fallbacks: tuple[tuple[int, int], ...],
    claims: Mapping[Point, Claims],
    step: int,
) -> tuple[FloatArray, YearOfFlows]:
    """Carry `plans` (draw, age, need, setting) from one January to the next; `capacity` is (draw, setting), `demand` one or (draw,)."""
    children = np.zeros((len(plans), claims["moves"].whose.shape[-1]))
    older, aged_out = age(plans)
    staying, ceased = cease(older, flows.cease, claims["ceasing"], step, children)
    stayers, movers = move(staying, flows.moves, claims["moves"], step, children)
    joiners = join(flows.joins * np.asarray(demand)[..., None, None, None], claims, step, children)
    closing, overflowed = place(stayers, movers + joiners + np.asfortranarray(flows.transfers), capacity, fallbacks)
    transfers = np.full(len(plans), flows.transfers.sum())
    return closing, YearOfFlows(aged_out, ceased, heads(joiners), transfers, overflowed, children)


def heads(plans: FloatArray) -> FloatArray:
    """Children in all, for each draw."""
    return np.einsum("...ans->...", plans)


def age(plans: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Everyone is a year older; those who turn 26 leave. Returns the older cohort and the number who left."""
    older = np.zeros_like(plans)
    older[..., 1:, :, :] = plans[..., :-1, :, :]
    return older, plans[..., -1, :, :].sum(axis=(-2, -1))


def cease(
    plans: FloatArray, rate: FloatArray, claims: Claims, step: int, children: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Plans that end, by age and setting: at the usual `rate` (age, setting), and of the rest what levers end."""
    left = plans * np.asfortranarray(1.0 - rate)[:, None]
    for setting, _, _, part in claims.taken(left.T[claims.origin], step, children):
        left[..., setting] -= part
    return left, heads(plans - left)


def move(
    plans: FloatArray, moves: FloatArray, claims: Claims, step: int, children: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Stayers and movers by the setting they are in after it; levers redirect what they reach of a move or a stay."""
    stayers = plans * np.asfortranarray(np.einsum("ass->as", moves))[:, None]
    movers = _after(plans, moves * (1.0 - np.eye(moves.shape[-1])))
    flows = plans.T[claims.origin] * moves.T[claims.away, claims.origin][:, None, :, None]
    for origin, away, to, part in claims.taken(flows, step, children):
        (stayers if origin == away else movers)[..., away] -= part
        (stayers if origin == to else movers)[..., to] += part
    return stayers, movers


def _after(plans: FloatArray, moves: FloatArray) -> FloatArray:
    """`plans` by the setting that `moves` (age, from, to) take them to: the product of matrices, age by age."""
    after, need_age_setting_draw = np.empty_like(plans), (2, 1, 3, 0)
    np.matmul(moves.swapaxes(1, 2), plans.transpose(need_age_setting_draw), out=after.transpose(need_age_setting_draw))
    return after


def join(joins: FloatArray, claims: Mapping[Point, Claims], step: int, children: FloatArray) -> FloatArray:
    """New plans by age, need and first setting, less those no longer needed and after first placements are redirected."""
    joiners = np.broadcast_to(joins, (len(children), *joins.shape[-3:])).copy(order="F")
    coming = joiners.sum(axis=-1)
    avoided = sum(part for *_, part in claims["new_plans"].taken(coming.T, step, children))
    joiners *= 1.0 - (avoided / np.where(coming > 0, coming, 1.0))[..., None]
    first = claims["first_placements"]
    for _, away, to, part in first.taken(joiners.T[first.away], step, children):
        joiners[..., away] -= part
        joiners[..., to] += part
    return joiners


def place(
    stayers: FloatArray, newcomers: FloatArray, capacity: FloatArray, fallbacks: tuple[tuple[int, int], ...]
) -> tuple[FloatArray, FloatArray]:
    """Newcomers take free places; those beyond them go to the fallback, alike by age and need. Nobody is displaced."""
    newcomers = np.copy(newcomers)
    overflowed = np.zeros_like(capacity)
    for setting, fallback in fallbacks:
        seeking = newcomers[..., setting].sum(axis=(-2, -1))
        free = np.maximum(capacity[:, setting] - stayers[..., setting].sum(axis=(-2, -1)), 0.0)
        overflowed[:, setting] = np.maximum(seeking - free, 0.0)
        share = overflowed[:, setting] / np.where(seeking > 0, seeking, 1.0)
        turned_away = newcomers[..., setting] * share[:, None, None]
        newcomers[..., setting] -= turned_away
        newcomers[..., fallback] += turned_away
    return stayers + newcomers, overflowed
