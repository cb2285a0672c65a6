"""Finance around the block: real terms, present value, the deficit carried, transport beside it, and ready-reckoners."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from best_model.model.authority import Authority
from best_model.model.cost import in_financial_years
from best_model.model.deficit import CASES, cumulative_deficit
from best_model.model.engine import DO_NOTHING, SCENARIO, Result, run
from best_model.model.income import uprated
from best_model.model.phasing import FloatArray, Month, month_number
from best_model.model.scenario import Level, Scenario
from best_model.model.settings import SETTINGS, setting_index
from best_model.questions.places import capital

A_POINT = 0.01


# ---- Real terms and present value


def in_real_terms(authority: Authority, amounts: FloatArray) -> FloatArray:
    """£ nominal over the reported years (…, year), at the prices of the first of them."""
    deflator = authority.council.assumptions["finance.gdp_deflator"].value
    return amounts / (1.0 + deflator) ** np.arange(amounts.shape[-1])


def present_value(amounts: FloatArray, rate: float) -> float:
    """£ at the first year's worth of yearly amounts in real terms (year,): the first year counts in full.

    >>> round(present_value(np.array([100.0, 100.0, 100.0]), rate=0.035), 2)
    289.97
    """
    return float(amounts @ (1.0 + rate) ** -np.arange(len(amounts)))


@dataclass(frozen=True)
class Appraisal:
    """What the six priorities are worth, £ present value at the prices of the first reported year.

    `saving` (year,) is net of running costs, `capital` (year,) what places cost to build, both in real terms; neither counts what is in
    train or still to be identified. `years` are those appraised: after the plan its last saving is held.
    """

    saving: FloatArray
    capital: FloatArray
    rate: float
    years: int

    @property
    def in_plan(self) -> float:
        """Present value over the plan alone."""
        return present_value(self.saving - self.capital, self.rate)

    @property
    def in_all(self) -> float:
        """Present value over all the years appraised."""
        held = np.full(self.years - len(self.saving), self.saving[-1])
        return present_value(np.concatenate([self.saving - self.capital, held]), self.rate)


def appraisal(result: Result) -> Appraisal:
    """The net saving of the six priorities, less the capital of their places."""
    figures = result.authority.council.assumptions
    spent = sum(capital(result).values(), np.zeros(len(result.years)))
    years = int(figures["finance.appraisal_years"].value)
    return Appraisal(
        saving=in_real_terms(result.authority, result.identified),
        capital=in_real_terms(result.authority, spent),
        rate=figures["finance.discount_rate"].value,
        years=max(years, len(result.years)),
    )


# ---- Beside the block


def cost_of_carrying(result: Result, level: Level = "central") -> dict[str, FloatArray]:
    """£ of interest a year on the cumulative deficit, by case: simple interest on the mean of each year's opening and closing.

    It falls outside the block and is added to no deficit.
    """
    council = result.authority.council
    rate = council.assumptions["finance.carrying_rate"].at(level)
    none = cumulative_deficit(np.zeros(len(result.years)), council.money, result.years)
    closing = result.deficit
    opening = {case: np.concatenate([none[case][:1], closing[case][:-1]]) for case in CASES}
    return {case: rate * (opening[case] + closing[case]) / 2 for case in CASES}


@dataclass(frozen=True)
class KnockOn:
    """£ nominal that the scenario adds to SEND transport, outside the block: negative where it saves.

    `low`, `central` and `high` over the reported years, each share and cost at whichever end makes it least or most; `by_setting`
    (setting,) is the central figure of the last year.
    """

    low: FloatArray
    central: FloatArray
    high: FloatArray
    by_setting: FloatArray


def transport(result: Result) -> KnockOn:
    """Transport of the children whom the scenario places elsewhere, or makes a plan unnecessary for, against doing nothing."""
    average = in_financial_years(result.simulation.by_setting)[:, -len(result.years) :]
    change = average[SCENARIO] - average[DO_NOTHING]
    low, central, high = (_transport_of_a_placement(result.authority, level) for level in ("low", "central", "high"))
    ends = np.stack([change * low, change * high])
    return KnockOn(
        low=ends.min(axis=0).sum(axis=-1),
        central=(change * central).sum(axis=-1),
        high=ends.max(axis=0).sum(axis=-1),
        by_setting=(change * central)[-1],
    )


def _transport_of_a_placement(authority: Authority, level: Level) -> FloatArray:
    """£ a placement a year, (year, setting): the share that is transported times the cost of one."""
    figures = authority.council.assumptions
    growth = figures["general_inflation"].value
    cost = uprated(figures, "finance.transport_a_child", growth, authority.years, level)
    share = np.array([figures[f"finance.transport_share.{setting}"].at(level) for setting in SETTINGS])
    return cost[:, None] * share


# ---- Ready-reckoners


def reckoners(result: Result) -> dict[str, float]:
    """£ nominal in the last year that each change adds to the gap left, found by running the engine again.

    The gap left is that before what is still to be identified, which would otherwise take up the change.
    """
    authority, scenario = result.authority, result.scenario
    settled, as_it_is = _with_no_place_to_spare(result), _left(authority, scenario)
    return {
        "inmss_place": _left(_one_place_fewer(settled), scenario) - _left(settled, scenario),
        "growth": _left(_more_new_plans(authority), scenario) - as_it_is,
        "slip_month": _left(authority, later(scenario, 1)) - as_it_is,
        "slip_year": _left(authority, later(scenario, Month.IN_A_YEAR)) - as_it_is,
        "inmss_inflation": _left(_dearer_inmss(authority), scenario) - as_it_is,
        "income_growth": _left(_more_income(authority), scenario) - as_it_is,
    }


def _left(authority: Authority, scenario: Scenario) -> float:
    """Gap of the last year, £, once what is identified and in train is saved."""
    result = run(authority, scenario)
    return float(result.gap_before[-1] - result.found[-1])


def faster(series: FloatArray, first: int, by: float = A_POINT) -> FloatArray:
    """A yearly series (year,) that grows by so much more in each year from place `first` on.

    >>> faster(np.array([100.0, 100.0, 110.0]), first=1, by=0.01).round(2).tolist()
    [100.0, 101.0, 112.11]
    """
    growth = series[1:] / series[:-1]
    growth[first - 1 :] += by
    return series[0] * np.concatenate([[1.0], np.cumprod(growth)])


def _first(authority: Authority) -> int:
    """Place of the first reported year among those the engine costs; growth needs a year before it."""
    return max(len(authority.financial_years) - len(authority.years), 1)


def _with(authority: Authority, **changed: Any) -> Authority:
    """The council with other records."""
    return replace(authority, council=replace(authority.council, **changed))


def _more_new_plans(authority: Authority) -> Authority:
    calibration = authority.council.calibration
    return _with(authority, calibration=replace(calibration, demand=faster(calibration.demand, _first(authority))))


def _dearer_inmss(authority: Authority) -> Authority:
    money, inmss = authority.council.money, setting_index("inmss")
    inflation = money.inflation.copy()
    inflation[:, inmss] = faster(inflation[:, inmss], _first(authority))
    return _with(authority, money=replace(money, inflation=inflation))


def _more_income(authority: Authority) -> Authority:
    money = authority.council.money
    return _with(authority, money=replace(money, income=faster(money.income, _first(authority))))


def _with_no_place_to_spare(result: Result) -> Authority:
    """The council without the state special places that the scenario leaves empty in the last year."""
    special, last = setting_index("state_special"), slice(-2, None)
    capacity = result.authority.council.capacity.copy()
    free = result.simulation.capacity[SCENARIO, last, special] - result.simulation.by_setting[SCENARIO, last, special]
    capacity[last, special] -= np.where(np.isfinite(free), np.maximum(free, 0.0), 0.0)
    return _with(result.authority, capacity=capacity)


def _one_place_fewer(authority: Authority) -> Authority:
    """One state special place fewer at both censuses of the last year, so one child more goes to INMSS."""
    capacity = authority.council.capacity.copy()
    capacity[-2:, setting_index("state_special")] -= 1.0
    return _with(authority, capacity=capacity)


def later(scenario: Scenario, months: int) -> Scenario:
    """The scenario with every priority starting so many months later, its workstreams with it."""
    levers = []
    for lever in scenario.levers:
        year, month = divmod(int(month_number(*lever.start_year_and_month)) + months, Month.IN_A_YEAR)
        levers.append(lever.model_copy(update={"start": f"{year}-{month + Month.JANUARY:02d}"}))
    return scenario.model_copy(update={"levers": tuple(levers)})
