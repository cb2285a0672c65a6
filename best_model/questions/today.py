"""Who has an EHC plan today: how well the joint state of the base census is known, and what a place of each kind costs."""

from typing import NamedTuple

from best_model.model.authority import Authority
from best_model.model.settings import NEEDS, SETTINGS, setting_index
from best_model.questions.small_counts import counted
from best_model.table import Missing


class Census(NamedTuple):
    """The state of the base census: children, needs and settings in it, its largest error against a published table, in children.

    `largest_need` names the primary need of most children, `of_that_need` counts them.
    """

    children: float
    needs: int
    settings: int
    error: float
    largest_need: str
    of_that_need: float


def census(authority: Authority) -> Census:
    """The joint state that the three published tables were made into."""
    by_need = authority.plans.sum(axis=(0, 2))
    largest, error = int(by_need.argmax()), authority.largest_margin_error
    need = list(NEEDS.values())[largest]
    return Census(float(by_need.sum()), len(NEEDS), len(SETTINGS), error, need, float(by_need[largest]))


class Prices(NamedTuple):
    """Plans of young people not in education and in INMSS at the base census, £ a year for one of the former, and what a move saves.

    `saved_by_moving` is £ a year, before price rises, if every INMSS placement were one in a state special school.
    """

    idle: float | Missing
    each_idle: float
    inmss: float | Missing
    saved_by_moving: float


def prices(authority: Authority) -> Prices:
    """What the cheapest and the dearest placements of the base census cost."""
    cost, plans = authority.council.money.unit_cost, authority.plans.sum(axis=(0, 1))
    idle, inmss, special = (setting_index(name) for name in ("not_in_education", "inmss", "state_special"))
    held = [counted(float(plans[place]), openly=authority.council.openly) for place in (idle, inmss)]
    saved = float(plans[inmss] * (cost[inmss] - cost[special]))
    return Prices(held[0], float(cost[idle]), held[1], saved)
