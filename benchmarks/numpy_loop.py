"""The same model as a loop over draws, years and measures in NumPy, as one would first write it: a baseline."""

from itertools import pairwise

import numpy as np

from best_model.model.authority import Authority
from best_model.model.engine import price_index
from best_model.model.levers import NOTHING_DRAWN, Drawn, Force, forces
from best_model.model.phasing import FloatArray
from best_model.model.scenario import Cease, FewerNewPlans, Lever, Places, Price, Redirect
from best_model.model.settings import setting_index


def spend(
    authority: Authority, levers: tuple[Lever, ...], intensities: FloatArray, drawn: Drawn = NOTHING_DRAWN
) -> FloatArray:
    """£ by (draw, financial year) for rows of intensities (draw, lever) and figures of levers that are `drawn`, for one council."""
    acting = forces(levers, intensities, np.array(authority.januaries[:-1], dtype=float), authority.needs, drawn)
    return np.array([_one_draw(authority, acting, draw) for draw in range(len(intensities))])


def _one_draw(authority: Authority, acting: tuple[Force, ...], draw: int) -> FloatArray:
    council, plans, januaries = authority.council, authority.plans, []
    capacity, price = _places_and_prices(authority, acting, draw)
    for step, demand in enumerate(council.calibration.demand):
        januaries.append(plans.sum(axis=(0, 1)))
        plans = _one_year(authority, acting, draw, step, plans, demand, capacity[step + 1])
    januaries.append(plans.sum(axis=(0, 1)))
    total = []
    for year, (before, after) in enumerate(pairwise(januaries)):
        empty = 5 / 12 * _empty(capacity[year], before) + 7 / 12 * _empty(capacity[year + 1], after)
        placements = ((5 / 12 * before + 7 / 12 * after) * price[year]).sum()
        total.append(placements + empty * council.money.empty_place + council.money.services[year])
    return np.array(total)


def _empty(capacity: FloatArray, plans: FloatArray) -> float:
    known = np.isfinite(capacity)
    return float(np.maximum(capacity[known] - plans[known], 0.0).sum())


def _places_and_prices(authority: Authority, acting: tuple[Force, ...], draw: int) -> tuple[FloatArray, FloatArray]:
    """Places (january, setting) and £ a child (year, setting)."""
    money, capacity = authority.council.money, authority.council.capacity.copy()
    price = money.unit_cost * money.inflation * price_index(authority)[:, None]
    for force in acting:
        if isinstance(force.action, Places):
            capacity[1:, setting_index(force.action.setting)] += force.strength[draw]
        elif isinstance(force.action, Price):
            price[:, setting_index(force.action.setting)] *= 1 - force.strength[draw]
    return capacity, price


def _one_year(
    authority: Authority, acting: tuple[Force, ...], draw: int, step: int, plans: FloatArray, demand: float, capacity: FloatArray
) -> FloatArray:  # fmt: skip
    flows = authority.flows
    shares = [force.share[draw, step] * force.reach for force in acting]
    older = np.zeros_like(plans)
    older[1:] = plans[:-1]
    left = older * (1 - flows.cease[:, None, :])
    for setting in {setting_index(force.action.setting) for force in acting if isinstance(force.action, Cease)}:
        on = [
            place
            for place, force in enumerate(acting)
            if isinstance(force.action, Cease) and setting_index(force.action.setting) == setting
        ]
        left[..., setting] -= sum(_parts(left[..., setting], [shares[place] for place in on]))
    stayers = left * np.einsum("ass->as", flows.moves)[:, None, :]
    movers = left @ flows.moves - stayers
    for (origin, away), on in _flows_acted_on(acting, new=False).items():
        parts = _parts(left[..., origin] * flows.moves[:, origin, away, None], [shares[place] for place in on])
        for place, part in zip(on, parts, strict=True):
            to = setting_index(acting[place].action.to)
            (stayers if origin == away else movers)[..., away] -= part
            (stayers if origin == to else movers)[..., to] += part
    joiners = flows.joins * demand
    fewer = [share for share, force in zip(shares, acting, strict=True) if isinstance(force.action, FewerNewPlans)]
    joiners = joiners * np.prod([1 - share for share in fewer], axis=0)[..., None] if fewer else joiners
    sought = joiners.copy()
    for (_, away), on in _flows_acted_on(acting, new=True).items():
        for place, part in zip(on, _parts(sought[..., away], [shares[place] for place in on]), strict=True):
            joiners[..., away] -= part
            joiners[..., setting_index(acting[place].action.to)] += part
    newcomers = movers + joiners + flows.transfers
    for setting, fallback in authority.council.fallbacks:
        seeking, there = newcomers[..., setting].sum(), stayers[..., setting].sum()
        too_many = max(seeking - max(capacity[setting] - there, 0.0), 0.0)
        turned_away = newcomers[..., setting] * (too_many / seeking if seeking > 0 else 0.0)
        newcomers[..., setting] -= turned_away
        newcomers[..., fallback] += turned_away
    return stayers + newcomers


def _parts(flow: FloatArray, shares: list[FloatArray]) -> list[FloatArray]:
    """What measures that share a flow (age, need) take of it."""
    asked = sum(shares)
    taken = flow * (1 - np.prod([1 - share for share in shares], axis=0))
    per_share = np.divide(taken, asked, out=np.zeros_like(taken), where=asked > 0)
    return [share * per_share for share in shares]


def _flows_acted_on(acting: tuple[Force, ...], *, new: bool) -> dict[tuple[int, int], list[int]]:
    """Measures by the flow (origin, away) they act on; a first placement has the origin -1."""
    flows: dict[tuple[int, int], list[int]] = {}
    for place, force in enumerate(acting):
        if isinstance(force.action, Redirect):
            for origin in force.action.origins:
                if (origin == "new") == new:
                    key = -1 if new else setting_index(origin), setting_index(force.action.away_from)
                    flows.setdefault(key, []).append(place)
    return flows
