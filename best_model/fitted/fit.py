"""From published tables to the state and the flows: proportional fitting, least movement, yearly rates."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array, kron

from best_model.model.authority import Authority, Council, Flows, Published
from best_model.model.phasing import FloatArray
from best_model.model.settings import setting_index

Margin = tuple[tuple[int, ...], FloatArray]
_ROUNDS = 2000
_CLOSE_ENOUGH = 1e-10


def prepare(council: Council) -> Authority:
    """Fit a council's state and flows to its published tables."""
    published = council.published
    plans, error = joint_state(published)
    joins = new_plans(published)
    ceased = ceased_plans(published, joins)
    flows = Flows(
        cease=ceasing_rates(published, ceased),
        moves=least_movement(published, ceased, joins, council.assumptions["awaiting_are_placed"].value),
        joins=joins,
        transfers=transfers(published, ceased, joins, plans, council.transfers_a_year),
    )
    return Authority(council, _read_only(plans), flows, error)


def fitted(seed: FloatArray, margins: list[Margin], most: FloatArray | None = None) -> FloatArray:
    """Iterative proportional fitting: `seed` scaled until its sums over the other axes meet every margin.

    A margin is (the axes it keeps, its table). Cells that are nought in the seed stay nought,
    and no cell rises above `most`, so that what one cannot take the others of its margin do.
    """
    table = seed.astype(float)
    for _ in range(_ROUNDS):
        before = table
        for kept, target in margins:
            others = tuple(axis for axis in range(table.ndim) if axis not in kept)
            sums = table.sum(axis=others)
            factor = np.divide(target, sums, out=np.zeros_like(sums), where=sums > 0)
            table = table * np.expand_dims(factor, others)
        table = table if most is None else np.minimum(table, most)
        if np.abs(table - before).max() < _CLOSE_ENOUGH:
            break
    return table


def largest_error(table: FloatArray, margins: list[Margin]) -> float:
    """Largest distance, in children, between the fitted table's sums and a margin."""
    axes = range(table.ndim)
    gaps = [table.sum(axis=tuple(axis for axis in axes if axis not in kept)) - target for kept, target in margins]
    return float(max(np.abs(gap).max() for gap in gaps))


def joint_state(published: Published) -> tuple[FloatArray, float]:
    """Children by (age, need, setting) at the base census, from the three published two-way tables; and the largest margin error."""
    by_age_setting, by_age_need, by_need_setting = published.stock, published.need_by_age, published.need_by_setting.T
    seed = np.einsum("as,an,ns->ans", by_age_setting, by_age_need, by_need_setting)
    margins: list[Margin] = [((0, 1), by_age_need), ((1, 2), by_need_setting), ((0, 2), by_age_setting)]
    state = fitted(seed, margins)
    return state, largest_error(state, margins)


def new_plans(published: Published) -> FloatArray:
    """New plans of the last year by (age at the census that follows, need, first setting).

    The need table gives age at the census *before*, so it moves up a year. The setting table gives age when the plan
    started, which straddles two census ages: it shapes the fit, and its total by setting is met.
    """
    by_age_need = np.zeros_like(published.new_need_by_age)
    by_age_need[1:] = published.new_need_by_age[:-1]
    by_need_setting = published.new_need_by_setting.T
    straddled = published.new_plans + np.roll(published.new_plans, 1, axis=0) + np.roll(published.new_plans, -1, axis=0)
    seed = np.einsum("as,an,ns->ans", straddled + published.new_plans, by_age_need, by_need_setting)
    margins: list[Margin] = [((0, 1), by_age_need), ((1, 2), by_need_setting)]
    return fitted(seed + _everywhere(seed, by_age_need), margins)


def _everywhere(seed: FloatArray, by_age_need: FloatArray) -> FloatArray:
    """A trace of the overall mix where the shape has none, so that every published margin can be met."""
    empty = (seed.sum(axis=2) == 0) & (by_age_need > 0)
    return empty[..., None] * seed.sum(axis=(0, 1)) / max(seed.sum(), 1.0)


def ceased_plans(published: Published, joins: FloatArray) -> FloatArray:
    """Plans ceased in the last year by (age at the census before, setting): both published totals met.

    The open age band is spread first over the losses seen between the two censuses, then by the plans that are left.
    """
    by_age = published.ceased_by_age.copy()
    by_age[published.open_age :] = _open_band(published, joins)
    margins: list[Margin] = [((0,), by_age), ((1,), published.ceased_by_setting)]
    return fitted(published.stock_before, margins, most=published.stock_before)


def _open_band(published: Published, joins: FloatArray) -> FloatArray:
    first, in_band = published.open_age, published.ceased_by_age[published.open_age :].sum()
    before = published.stock_before.sum(axis=1)
    after = np.append(published.stock.sum(axis=1)[1:] - joins.sum(axis=(1, 2))[1:], 0.0)
    lost = np.clip(before - after, 0.0, before)[first:]
    lost *= min(1.0, in_band / max(lost.sum(), 1.0))
    left = before[first:] - lost
    return lost + (in_band - lost.sum()) * left / max(left.sum(), 1.0)


def ceasing_rates(published: Published, ceased: FloatArray) -> FloatArray:
    """Share of plans that cease in a year by (age after the birthday, setting)."""
    rate = np.divide(ceased, published.stock_before, out=np.zeros_like(ceased), where=published.stock_before > 0)
    return _a_year_older(rate)


def _a_year_older(by_age: FloatArray) -> FloatArray:
    older = np.zeros_like(by_age)
    older[1:] = by_age[:-1]
    return older


def least_movement(published: Published, ceased: FloatArray, joins: FloatArray, placed: float) -> FloatArray:
    """Yearly moves by (age after the birthday, from, to), rows summing to 1: the fewest, and most usual, moves that
    carry one census into the next once ceased and new plans are taken out.

    Of those awaiting a place the share `placed` is taken to be placed first, as others of their age are.
    """
    remaining = _a_year_older(published.stock_before - ceased)
    arrived = np.maximum(published.stock - joins.sum(axis=1), 0.0)
    cohorts = zip(remaining, arrived, strict=True)
    return np.stack([cohort_moves(before, after, published.move_cost, placed) for before, after in cohorts])


def cohort_moves(before: FloatArray, after: FloatArray, cost: FloatArray, placed: float) -> FloatArray:
    """Row-stochastic moves of one cohort; nobody moves where there was, or is, nobody to see."""
    if before.sum() == 0 or after.sum() == 0:
        return np.eye(len(before))
    after = after * before.sum() / after.sum()
    first = _placements(before, after, placed)
    flow = first + transport(before - first.sum(axis=1), np.maximum(after - first.sum(axis=0), 0.0), cost)
    sums = flow.sum(axis=1, keepdims=True)
    unseen = _placements(np.where(before > 0, 0.0, 1.0), after, placed)
    np.fill_diagonal(unseen, np.where(before > 0, 0.0, 1.0 - unseen.sum(axis=1)))
    return np.where(sums > 0, flow / np.where(sums > 0, sums, 1.0), unseen)


def _placements(before: FloatArray, after: FloatArray, placed: float) -> FloatArray:
    """Flow (from, to) of those who were awaiting a place into the settings of their cohort."""
    awaiting = setting_index("awaiting_or_unknown")
    mix = np.where(np.arange(len(after)) == awaiting, 0.0, after)
    flow = np.zeros((len(after), len(after)))
    if mix.sum() > 0:
        flow[awaiting] = min(placed * before[awaiting], mix.sum()) * mix / mix.sum()
    return flow


def transport(supply: FloatArray, demand: FloatArray, cost: FloatArray) -> FloatArray:
    """The cheapest flow (from, to) whose rows sum to `supply` and columns to `demand`: a transportation linear program."""
    size = len(supply)
    rows, columns = csr_array(np.ones((1, size))), csr_array(np.eye(size))
    constraints = csr_array(np.vstack([kron(columns, rows).toarray(), kron(rows, columns).toarray()]))
    answer = linprog(cost.ravel(), A_eq=constraints, b_eq=np.concatenate([supply, demand]), method="highs")
    flow: NDArray[np.float64] = np.maximum(answer.x.reshape(size, size), 0.0)
    return flow


def transfers(
    published: Published, ceased: FloatArray, joins: FloatArray, plans: FloatArray, a_year: float
) -> FloatArray:
    """Net arrivals a year from other councils (and late recording) by (age, need, setting).

    Their ages are what the last year's censuses leave over; their number, `a_year`, is the mean of the years known. Within an
    age they are spread as the plans of that age are.
    """
    expected = _a_year_older((published.stock_before - ceased).sum(axis=1)) + joins.sum(axis=(1, 2))
    left_over = published.stock.sum(axis=1) - expected
    left_over[plans.sum(axis=(1, 2)) == 0] = 0.0
    by_age = np.maximum(left_over, 0.0)
    mix = plans / np.maximum(plans.sum(axis=(1, 2), keepdims=True), 1e-12)
    return mix * (by_age / by_age.sum() * a_year)[:, None, None]


def _read_only(array: FloatArray) -> FloatArray:
    array.setflags(write=False)
    return array
