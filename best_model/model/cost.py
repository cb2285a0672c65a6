"""What the children cost the High Needs Block, £ nominal. A count is costed as it stands and never rounded first."""

from dataclasses import dataclass

import numpy as np

from best_model.model.authority import Money
from best_model.model.phasing import FloatArray, census_weights


@dataclass(frozen=True)
class Spend:
    """£ a financial year: `placements` (draw, fy, setting), `empty_places` (draw, fy), `services` (fy,) or (draw, fy)."""

    placements: FloatArray
    empty_places: FloatArray
    services: FloatArray

    @property
    def total(self) -> FloatArray:
        """Spend of the block before what the programme costs to run, (draw, fy)."""
        return self.placements.sum(axis=-1) + self.empty_places + self.services


def spend(plans: FloatArray, capacity: FloatArray, prices: FloatArray, money: Money) -> Spend:
    """Cost `plans` (draw, january, setting) at `prices` (draw, fy, setting); `capacity` is (draw, january, setting)."""
    empty = np.where(np.isfinite(capacity), np.maximum(capacity - plans, 0.0), 0.0).sum(axis=-1)
    paid_empty = in_financial_years(empty) * np.asarray(money.empty_place)[..., None]
    return Spend(in_financial_years(plans) * prices, paid_empty, money.services)


def in_financial_years(at_censuses: FloatArray) -> FloatArray:
    """Average number in each financial year of what is counted at each January: (draw, january, …) to (draw, fy, …)."""
    before, after = census_weights()
    return before * at_censuses[:, :-1] + after * at_censuses[:, 1:]


def prices(money: Money, index: FloatArray, factor: FloatArray) -> FloatArray:
    """£ a child a year, (draw, fy, setting): unit cost × inflation × calibrated index (fy,) × the levers' factor."""
    return money.unit_cost[..., None, :] * money.inflation * index[..., None] * factor
