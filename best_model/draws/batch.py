"""Many draws at once: a year of the model as one sparse product, for totals by setting and what they cost.

The five steps of `cohort` are linear in the children but for two things, which are done beside the product: what levers take
differs from draw to draw, and a full setting turns newcomers away. `engine.simulate` is the same model with every child in
it, for a few draws; a test holds the two together.
"""

from dataclasses import dataclass, replace

import numpy as np

from best_model.draws.year_matrix import Year
from best_model.model.authority import Authority
from best_model.model.cost import Spend
from best_model.model.engine import at_work, costed
from best_model.model.levers import NOTHING_DRAWN, Drawn
from best_model.model.phasing import FloatArray
from best_model.model.scenario import Lever, Reach


@dataclass(frozen=True)
class Futures:
    """Draws in totals: `by_setting` and `capacity` (draw, january, setting), and what they cost."""

    by_setting: FloatArray
    capacity: FloatArray
    spend: Spend


def simulate_many(
    authority: Authority, year: Year, levers: tuple[Lever, ...], intensities: FloatArray, drawn: Drawn = NOTHING_DRAWN
) -> Futures:
    """What `engine.simulate` gives in totals, for the `year` of the same council and levers."""
    from best_model.draws.followed import follow  # noqa: PLC0415 - numba takes a second to import

    acting, capacity = at_work(authority, levers, intensities, drawn)
    steps = len(authority.januaries) - 1
    by_setting = follow(
        year.matrix,
        year.claims,
        authority.plans.T.ravel(),
        np.array([force.share.T for force in acting]).reshape(len(acting), steps, len(capacity)),
        np.ascontiguousarray(np.broadcast_to(authority.council.calibration.demand, (len(capacity), steps)).T),
        np.ascontiguousarray(capacity.transpose(1, 2, 0)),
        np.array(authority.council.fallbacks, dtype=np.intp).reshape(-1, 2),
    ).transpose(2, 0, 1)
    return Futures(by_setting, capacity, costed(authority, acting, by_setting, capacity))


# ---- Needs that no lever tells apart


def merged(authority: Authority, levers: tuple[Lever, ...]) -> Authority:
    """The authority with needs taken together that no lever tells apart: children of any need age, move and leave alike."""
    reaches = [action.needs for lever in levers for action in lever.actions if isinstance(action, Reach)]
    groups: dict[tuple[bool, ...], list[int]] = {}
    for place, need in enumerate(authority.needs):
        groups.setdefault(tuple(need in reached for reached in reaches), []).append(place)

    def together(children: FloatArray) -> FloatArray:
        return np.stack([children[:, places].sum(axis=1) for places in groups.values()], axis=1)

    flows = replace(
        authority.flows, joins=together(authority.flows.joins), transfers=together(authority.flows.transfers)
    )
    needs = tuple(authority.needs[places[0]] for places in groups.values())
    return replace(authority, plans=together(authority.plans), flows=flows, needs=needs)
