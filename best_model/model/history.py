"""What has been published of one council over the years, by setting: what a back-test is fitted to and held against."""

from dataclasses import dataclass, replace

import numpy as np

from best_model.model.phasing import FloatArray


@dataclass(frozen=True)
class History:
    """Unbroken censuses and the flows of the calendar years between them; `year` is one shorter than `january`.

    `stock` (january, setting) and `new_plans` (year, setting), by first setting: children. `ceased` (year,): plans, NaN where
    none is published. `ceased_by_setting` (year, setting): the same, NaN in the years it is published in total only.
    `move_cost` (from, to): how unusual a move is, 0 to stay. `source` is the key of the last census's source;
    `openly`: whether every census is published, so that its small counts may be shown.
    """

    januaries: tuple[int, ...]
    stock: FloatArray
    new_plans: FloatArray
    ceased: FloatArray
    ceased_by_setting: FloatArray
    move_cost: FloatArray
    source: str
    openly: bool

    @property
    def total(self) -> FloatArray:
        """Children with a plan at each census, (january,)."""
        return self.stock.sum(axis=1)

    def up_to(self, january: int) -> "History":
        """What was there to be known once the census of `january` was: nothing later is in it."""
        censuses = self.januaries.index(january) + 1
        years = censuses - 1
        return replace(
            self,
            januaries=self.januaries[:censuses],
            stock=self.stock[:censuses],
            new_plans=self.new_plans[:years],
            ceased=self.ceased[:years],
            ceased_by_setting=self.ceased_by_setting[:years],
        )

    def net_leaving(self) -> FloatArray:
        """Plans that stock and new plans leave over in each year (year,): ceased and past 26, less arrivals."""
        return self.total[:-1] + self.new_plans.sum(axis=1) - self.total[1:]

    def net_transfers(self) -> FloatArray:
        """Net arrivals in each year whose ceased plans are published (known year,), as `Published.net_transfers` has them."""
        known = np.isfinite(self.ceased)
        return self.ceased[known] - self.net_leaving()[known]
