"""The method on one page: children by census, what they cost, what the programme changes, and the gap that is left."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from best_model.model.authority import Authority
from best_model.model.cohort import YearOfFlows, one_year
from best_model.model.cost import Spend, prices, spend
from best_model.model.deficit import cumulative_deficit
from best_model.model.income import income_beyond_forecast
from best_model.model.levers import (
    NOTHING_DRAWN,
    Drawn,
    Force,
    claims,
    forces,
    places_opened,
    price_factor,
    running_cost,
)
from best_model.model.phasing import FloatArray
from best_model.model.scenario import Lever, Scenario

DO_NOTHING, SCENARIO = 0, 1
"""Which draw of the simulation of a `Result` is which: doing nothing, and the scenario."""


@dataclass(frozen=True)
class Simulation:
    """A batch of futures: `plans` (draw, january, age, need, setting), `capacity` (draw, january, setting), what they cost,
    and the flows of each year between censuses."""

    plans: FloatArray
    capacity: FloatArray
    flows: tuple[YearOfFlows, ...]
    forces: tuple[Force, ...]
    spend: Spend

    @property
    def by_setting(self) -> FloatArray:
        """Children by setting at each census, (draw, january, setting)."""
        return self.plans.sum(axis=(-3, -2))

    @property
    def total(self) -> FloatArray:
        """Children with a plan at each census, (draw, january)."""
        return self.plans.sum(axis=(-3, -2, -1))


@dataclass(frozen=True)
class Savings:
    """What a batch of programmes saves against doing nothing, £ nominal by (draw, fy): net = gross - running - reinvested."""

    gross: FloatArray
    running: FloatArray
    reinvested: FloatArray

    @property
    def net(self) -> FloatArray:
        """Saving to the High Needs Block once the programme's own costs are met."""
        return self.gross - self.running - self.reinvested


@dataclass(frozen=True)
class Result:
    """One scenario for one council. Arrays over `years`, £ nominal; `simulation` holds doing nothing in draw `DO_NOTHING`, the
    scenario in draw `SCENARIO`, and after them the scenario without each lever that reinvests.

    saving = identified + in_train + to_be_identified, and gap_after = gap_before - saving.
    """

    authority: Authority
    scenario: Scenario
    simulation: Simulation
    gap_before: FloatArray
    identified: FloatArray
    in_train: FloatArray
    to_be_identified: FloatArray

    def __repr__(self) -> str:
        return f"{self.scenario.title} for {self.authority.council.title}, {self.years[0]} to {self.years[-1]}"

    @property
    def years(self) -> tuple[str, ...]:
        """The financial years reported."""
        return self.authority.years

    @cached_property
    def saving(self) -> FloatArray:
        """Saving of the plan, with what is in train and what is still to be identified."""
        return self.identified + self.in_train + self.to_be_identified

    @cached_property
    def gap_after(self) -> FloatArray:
        """In-year gap once the plan's saving is made."""
        return self.gap_before - self.saving

    @cached_property
    def deficit(self) -> dict[str, FloatArray]:
        """Cumulative deficit at each 31 March, by case."""
        return cumulative_deficit(self.gap_after, self.authority.council.money, self.years)

    @cached_property
    def income(self) -> FloatArray:
        """High Needs Block income as the scenario takes it; `gap_before` is spend beyond it."""
        council = self.authority.council
        return council.money.income[_reported(self.authority)] + income_beyond_forecast(council, self.scenario)

    @cached_property
    def target(self) -> FloatArray:
        """The target the scenario is held against, NaN in years for which none is published."""
        return self.authority.council.targets[self.scenario.target]

    @property
    def found(self) -> FloatArray:
        """Saving that something is behind: identified and in train, without what is still to be identified."""
        return self.identified + self.in_train


def run(authority: Authority, scenario: Scenario) -> Result:
    """Run a scenario beside doing nothing."""
    chosen = np.array([[lever.intensity for lever in scenario.levers]])
    simulation = simulate(authority, scenario.levers, _beside_nothing(scenario.levers, chosen))
    identified = _saved(authority, scenario.levers, chosen, simulation.spend.total).net[0, _reported(authority)]
    in_train = authority.council.in_train[scenario.in_train]
    target = authority.council.targets[scenario.target]
    balance = still_to_be_identified(identified + in_train, target) if scenario.tie_to_target else np.zeros_like(target)
    gap_before = in_year_gap(authority, simulation)[0] - income_beyond_forecast(authority.council, scenario)
    return Result(authority, scenario, simulation, gap_before, identified, in_train, balance)


def simulate(
    authority: Authority, levers: tuple[Lever, ...], intensities: FloatArray, drawn: Drawn = NOTHING_DRAWN
) -> Simulation:
    """Futures from the base January under each row of `intensities` (draw, lever).

    Where the council is as many draws see it, and where figures of levers are `drawn`, there is one of each for every row.
    """
    acting, capacity = at_work(authority, levers, intensities, drawn)
    plans, flows = _censuses(authority, acting, capacity)
    return Simulation(
        plans, capacity, flows, acting, costed(authority, acting, np.einsum("djans->djs", plans), capacity)
    )


def at_work(
    authority: Authority, levers: tuple[Lever, ...], intensities: FloatArray, drawn: Drawn = NOTHING_DRAWN
) -> tuple[tuple[Force, ...], FloatArray]:
    """What the levers do in each year, and the places open at each census with theirs, (draw, january, setting)."""
    council, years = authority.council, np.array(authority.januaries[:-1], dtype=float)
    acting = forces(levers, intensities, years, authority.needs, drawn)
    capacity = np.broadcast_to(council.capacity, (len(intensities), *council.capacity.shape[-2:])).copy()
    capacity[:, 1:] += places_opened(acting, (len(intensities), len(years), capacity.shape[-1]))
    return acting, capacity


def costed(authority: Authority, acting: tuple[Force, ...], by_setting: FloatArray, capacity: FloatArray) -> Spend:
    """What children by setting at each census, (draw, january, setting), cost at prices that the levers have changed."""
    money, (draws, januaries, settings) = authority.council.money, capacity.shape
    factor = price_factor(acting, (draws, januaries - 1, settings))
    return spend(by_setting, capacity, prices(money, price_index(authority), factor), money)


def _censuses(
    authority: Authority, acting: tuple[Force, ...], capacity: FloatArray
) -> tuple[FloatArray, tuple[YearOfFlows, ...]]:
    council, claimed = authority.council, claims(acting)
    plans = [np.broadcast_to(authority.plans, (len(capacity), *authority.plans.shape)).copy(order="F")]
    flows = []
    for step in range(len(authority.januaries) - 1):
        demand = council.calibration.demand[..., step]
        closing, year = one_year(
            plans[-1], authority.flows, demand, capacity[:, step + 1], council.fallbacks, claimed, step
        )
        plans.append(closing)
        flows.append(year)
    return np.moveaxis(np.stack([census.T for census in plans]).T, -1, 1), tuple(flows)


def price_index(authority: Authority) -> FloatArray:
    """Calibrated price index by financial year (fy,) or (draw, fy): 1 before the reported years."""
    reported = authority.council.calibration.price_index
    before = len(authority.financial_years) - len(authority.years)
    return np.concatenate([np.ones((*reported.shape[:-1], before)), reported], axis=-1)


def savings(authority: Authority, levers: tuple[Lever, ...], intensities: FloatArray) -> Savings:
    """What each row of `intensities` (draw, lever) saves against doing nothing, over every financial year."""
    rows, which = np.unique(_beside_nothing(levers, intensities), axis=0, return_inverse=True)
    return _saved(authority, levers, intensities, simulate(authority, levers, rows).spend.total[which])


def _beside_nothing(levers: tuple[Lever, ...], intensities: FloatArray) -> FloatArray:
    """The rows that a saving is read from: doing nothing, `intensities`, and these without each lever that reinvests."""
    return np.concatenate([np.zeros_like(intensities[:1]), intensities, *without_each(levers, intensities)])


def _saved(authority: Authority, levers: tuple[Lever, ...], intensities: FloatArray, total: FloatArray) -> Savings:
    """Savings of `intensities` from the `total` spend (draw, fy) of the rows beside nothing."""
    gross, *gross_without = np.split(total[:1] - total[1:], 1 + len(_reinvesting(levers)))
    running_costs = running(authority, levers, intensities).sum(axis=-1)
    return Savings(gross, running_costs, spent_again(levers, gross, gross_without))


def without_each(levers: tuple[Lever, ...], intensities: FloatArray) -> list[FloatArray]:
    """`intensities` (draw, lever) without each lever that reinvests, in their order."""
    return [np.where(np.arange(len(levers)) == place, 0.0, intensities) for place in _reinvesting(levers)]


def spent_again(levers: tuple[Lever, ...], gross: FloatArray, gross_without: Sequence[FloatArray]) -> FloatArray:
    """£ of a `gross` saving (draw, fy) that is spent on the same service again.

    What a lever adds to the programme's saving is found by leaving it out, `without_each`; its `reinvested` share is spent again.
    """
    again = np.zeros_like(gross)
    for place, left_out in zip(_reinvesting(levers), gross_without, strict=True):
        again += levers[place].reinvested * (gross - left_out)
    return again


def _reinvesting(levers: tuple[Lever, ...]) -> list[int]:
    return [place for place, lever in enumerate(levers) if lever.reinvested]


def running(
    authority: Authority, levers: tuple[Lever, ...], intensities: FloatArray, drawn: Drawn = NOTHING_DRAWN
) -> FloatArray:
    """£ nominal that each lever costs to run, (draw, fy, lever), from prices of the first reported year."""
    years = np.array(authority.januaries[:-1], dtype=float)
    level = authority.council.money.general_level
    first_reported = level[..., _reported(authority)][..., :1]
    return running_cost(levers, intensities, years, drawn) * (level / first_reported)[..., None]


def in_year_gap(authority: Authority, simulation: Simulation) -> FloatArray:
    """Spend less High Needs Block income, before programme costs, (draw, year)."""
    gap = simulation.spend.total - authority.council.money.income
    return gap[:, _reported(authority)]


def reaches(found: float | FloatArray, target: float) -> Any:
    """Whether so many £ meet a target, to the pound; of each, where `found` is an array."""
    return np.round(found - target) >= 0


def still_to_be_identified(found: FloatArray, target: FloatArray) -> FloatArray:
    """What the plan's target needs beyond what is `found` (year,); negative where more is found than asked.

    In years for which no target is published the balance follows the profile of what is found.
    """
    profile = found / found[-1] if found[-1] else np.zeros_like(found)
    return np.where(np.isfinite(target), target - found, (target[-1] - found[-1]) * profile)


def _reported(authority: Authority) -> slice:
    """The reported years on the `fy` axis."""
    return slice(len(authority.financial_years) - len(authority.years), None)
