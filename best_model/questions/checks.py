"""The identities that stop a run. Each is a function a reader can call; each says in plain words what holds and by how much."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from best_model.model.authority import Authority
from best_model.model.engine import Result, run, simulate
from best_model.model.income import income_beyond_forecast
from best_model.model.phasing import Month, month_number, ramp, share_of_twelve_months
from best_model.questions.whose import lines_of_saving
from best_model.table import Column, Row, Table, Unit, listed

HEADS = 1e-9
HALF_A_CHILD = 0.5
POUND = 1.0
THOUSAND = 1e3
POUNDS, OF_A_CHILD = "£", "of a child"


@dataclass(frozen=True)
class Outcome:
    """An identity: how far from it the worst place is, and how far it may be, in pounds, in children, or in no unit.

    `hint` says what to do about it.
    """

    name: str
    claim: str
    off: float
    most: float
    unit: str = ""
    hint: str = ""

    @property
    def holds(self) -> bool:
        """Whether it is kept, but for rounding."""
        return self.off <= self.most

    @property
    def detail(self) -> str:
        """The largest error in words."""
        if self.off == 0:
            return "no error"
        amount = f"£{self.off:,.2f}" if self.unit == POUNDS else f"{self.off:.1e}{self.unit and f' {self.unit}'}"
        return f"largest error {amount}{'' if self.holds or not self.hint else f'; {self.hint}'}"


def heads_are_conserved(result: Result) -> Outcome:
    """opening - aged out - ceased + new plans + transfers = closing, for every year and draw."""
    simulation = result.simulation
    errors = [
        np.abs(opening - year.aged_out - year.ceased + year.new_plans + year.transfers - closing).max()
        for opening, closing, year in zip(
            simulation.total.T[:-1], simulation.total.T[1:], simulation.flows, strict=True
        )
    ]
    return Outcome("heads_conserved", "Every child is counted once each year", float(max(errors)), HEADS, OF_A_CHILD)


def nothing_is_negative(result: Result) -> Outcome:
    """No setting, age or need holds fewer than no children."""
    below = max(0.0, -float(result.simulation.plans.min()))
    return Outcome("nothing_negative", "No count of children is below nought", below, HEADS, OF_A_CHILD)


def mixes_sum_to_one(result: Result) -> Outcome:
    """Moves are shares: those of each age and setting add to 1, and none is below nought or above 1."""
    moves = result.authority.flows.moves
    worst = float(max(np.abs(moves.sum(axis=-1) - 1.0).max(), -moves.min(), moves.max() - 1.0))
    return Outcome("mixes_sum_to_one", "Shares of moves add to 1 at every age", worst, HEADS)


def the_state_meets_its_published_tables(result: Result) -> Outcome:
    """The joint state of the base census is within half a child of every published two-way table."""
    error = float(result.authority.largest_margin_error)
    return Outcome("state_meets_tables", "The fitted state meets the published tables", error, HALF_A_CHILD, OF_A_CHILD)


def no_levers_save_nothing(result: Result) -> Outcome:
    """With every intensity at nought the programme saves £0."""
    idle = result.scenario.with_intensity(**{lever.name: 0.0 for lever in result.scenario.levers})
    worst = float(np.abs(run(result.authority, idle).identified).max())
    return Outcome("no_levers_no_saving", "With no priority at work nothing is saved", worst, 0.0, POUNDS)


def priorities_sum_to_saving(result: Result) -> Outcome:
    """The six priorities, in train and still to be identified add to the saving of the plan."""
    worst = float(np.abs(sum(lines_of_saving(result).values()) - result.saving).max())
    return Outcome("priorities_sum_to_saving", "The lines of the saving add to its total", worst, POUND, POUNDS)


def twice_the_children_cost_twice_as_much(result: Result) -> Outcome:
    """Scale children and places by two, and placement spend is twice as much."""
    doubled = simulate(_scaled(result.authority, 2.0), (), np.zeros((1, 0))).spend
    once = result.simulation.spend
    worst = float(np.abs(doubled.placements[0] - 2 * once.placements[0]).max())
    return Outcome("scale_by_two", "Twice the children cost twice as much", worst, POUND, POUNDS)


def _scaled(authority: Authority, by: float) -> Authority:
    flows = replace(authority.flows, joins=authority.flows.joins * by, transfers=authority.flows.transfers * by)
    council = replace(authority.council, capacity=authority.council.capacity * by)
    return replace(authority, plans=authority.plans * by, flows=flows, council=council)


def total_is_the_sum_of_its_parts(result: Result) -> Outcome:
    """The gap, added up anew one child, setting and year at a time, from months at each census and the price of that year."""
    money, index = result.authority.council.money, result.authority.council.calibration.price_index
    at_census, first = result.simulation.by_setting[0], len(result.authority.financial_years) - len(result.years)
    worst = 0.0
    for place, gap in enumerate(result.gap_before):
        year = first + place
        before, within = at_census[year], at_census[year + 1]
        children = (
            _months(Month.APRIL, Month.SEPTEMBER) * before + _months(Month.SEPTEMBER, Month.APRIL) * within
        ) / Month.IN_A_YEAR
        placed = sum(
            n * c * i * index[place] for n, c, i in zip(children, money.unit_cost, money.inflation[year], strict=True)
        )
        total = placed + result.simulation.spend.empty_places[0, year] + money.services[year] - result.income[place]
        worst = max(worst, abs(float(total - gap)))
    return Outcome("total_is_sum_of_parts", "The gap, added up anew, is the same", worst, POUND, POUNDS)


def _months(first: int, last: int) -> int:
    """Months from the start of one to the start of the other, counted one by one."""
    months, month = 0, int(first)
    while month != last:
        months, month = months + 1, month % Month.IN_A_YEAR + 1
    return months


def published_table_ties(result: Result) -> Outcome:
    """Gap less mitigations is the gap left, and deficits accumulate, in every column of the published table."""
    published = result.authority.council.forecast
    after = published.gap_before + published.mitigations - published.gap_after
    cumulative = sum(published.brought_forward.values()) + np.cumsum(published.gap_after) - published.cumulative
    worst = float(max(np.abs(after).max(), np.abs(cumulative).max()))
    return Outcome("published_table_ties", "The published table adds up", worst, 0.0, POUNDS)


def calibrated_gap_is_the_published_one(result: Result) -> Outcome:
    """Doing nothing, on the income of the forecast, gives the published gap before mitigations, to £1k, in every year."""
    council = result.authority.council
    on_that_income = result.gap_before + income_beyond_forecast(council, result.scenario)
    worst = float(np.abs(on_that_income - council.forecast.gap_before).max())
    claim = "Doing nothing gives the published gap, by calibration"
    return Outcome("calibrated_gap_matches", claim, worst, THOUSAND, POUNDS, "run `best calibrate`")


def ramps_sum_to_their_closed_form(result: Result) -> Outcome:
    """The share of a year that each ramp is in force, added month by month, is its closed form."""
    worst = 0.0
    years = np.array(result.authority.januaries[:-1], dtype=float)
    middles = np.arange(Month.IN_A_YEAR) + 1 / 2
    for lever in result.scenario.levers:
        start = float(month_number(*lever.start_year_and_month))
        first = month_number(years, Month.APRIL)
        by_month = ramp(first[:, None] + middles, start, lever.ramp_months).mean(axis=1)
        worst = max(worst, float(np.abs(by_month - share_of_twelve_months(first, start, lever.ramp_months)).max()))
    return Outcome("ramp_sums_by_month", "A ramp added by month equals its formula", worst, HEADS)


def order_of_levers_does_not_matter(result: Result) -> Outcome:
    """The same levers in the opposite order save the same."""
    turned = result.scenario.model_copy(update={"levers": result.scenario.levers[::-1]})
    worst = float(np.abs(run(result.authority, turned).identified - result.identified).max())
    return Outcome("lever_order_irrelevant", "The order of the priorities changes nothing", worst, POUND, POUNDS)


CHECKS: tuple[Callable[[Result], Outcome], ...] = (
    heads_are_conserved,
    nothing_is_negative,
    mixes_sum_to_one,
    the_state_meets_its_published_tables,
    no_levers_save_nothing,
    priorities_sum_to_saving,
    twice_the_children_cost_twice_as_much,
    total_is_the_sum_of_its_parts,
    published_table_ties,
    calibrated_gap_is_the_published_one,
    ramps_sum_to_their_closed_form,
    order_of_levers_does_not_matter,
)


def checked(result: Result) -> tuple[Outcome, ...]:
    """The outcome of every identity for one result."""
    return tuple(check(result) for check in CHECKS)


@listed("result")
def checks(result: Result) -> Table:
    """Every identity that a run is held to, whether it holds, and by how much."""
    rows = [
        Row(each.claim, ("\N{CHECK MARK} holds" if each.holds else "\N{MULTIPLICATION SIGN} fails", each.detail))
        for each in checked(result)
    ]
    columns = (Column("Outcome", Unit.WORDS), Column("By how much", Unit.WORDS))
    return Table("checks", f"Checks, {result.scenario.title}", "What must hold", columns, rows)
