"""Many draws at once: a year of the model as one sparse product, for totals by setting and what they cost.

The five steps of `cohort` are linear in the children but for two things, which are done beside the product: what levers take
differs from draw to draw, and a full setting turns newcomers away. `engine.simulate` is the same model with every child in
it, for a few draws; a test holds the two together.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array, hstack

from best_model.model.authority import Authority
from best_model.model.cost import Spend
from best_model.model.engine import at_work, costed
from best_model.model.levers import NOTHING_DRAWN, Drawn, Force, Row, rows_of, shares_by_kind
from best_model.model.phasing import FloatArray, IntArray
from best_model.model.scenario import Lever, Reach
from best_model.model.settings import AGES


@dataclass(frozen=True)
class Futures:
    """Draws in totals: `by_setting` and `capacity` (draw, january, setting), and what they cost."""

    by_setting: FloatArray
    capacity: FloatArray
    spend: Spend


@dataclass(frozen=True)
class Year:
    """A year as a sparse `matrix`: from what is there before it to the children after it, by cell (setting, need, age).

    Before it: children by cell, of whom levers end some plans at the cells of `ending`; those of `movers` once more, a row for
    each claim on a move, times the claim's share of that kind of child; new plans by kind of child, and what each claim on first
    placements takes of them; and a row of ones. After it: children by cell as if every setting had room, and those who stayed
    in each setting that has not. `ended` and `claimed` say where a cell finds its share, among settings of `ends_in` or claims and
    kinds of child.
    """

    matrix: csr_array
    ending: IntArray
    ended: IntArray
    movers: IntArray
    claimed: IntArray
    rows: tuple[Row, ...]
    ends_in: tuple[int, ...]
    every_kind: int

    def at(self, point: str) -> list[int]:
        """Places of the rows that act at one point of the year."""
        return [place for place, row in enumerate(self.rows) if row.point == point]


def simulate_many(
    authority: Authority, year: Year, levers: tuple[Lever, ...], intensities: FloatArray, drawn: Drawn = NOTHING_DRAWN
) -> Futures:
    """What `engine.simulate` gives in totals, for the `year` of the same council and levers."""
    acting, capacity = at_work(authority, levers, intensities, drawn)
    by_setting = _by_setting(authority, year, acting, capacity)
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


# ---- The year as a matrix


def year_of(authority: Authority, levers: tuple[Lever, ...]) -> Year:
    """The matrix of a year for a council and its levers, whatever their strengths."""
    acting, _ = at_work(authority, levers, np.ones((1, len(levers))))
    rows = rows_of(acting)
    _, kinds = shares_by_kind(rows, acting)
    limited = tuple(setting for setting, _ in authority.council.fallbacks)
    frame = _Frame(authority, acting, kinds, limited)
    claims = [_claim_on_a_move(frame, row) for row in rows if row.point == "moves"]
    first = [_claim_on_new_plans(frame, row) for row in rows if row.point == "first_placements"]
    transfers = csr_array(np.pad(authority.flows.transfers.T.ravel(), (0, frame.height - frame.cell.size))[:, None])
    matrix = hstack(
        [_survivors(frame), *(claim.matrix for claim in claims), _new_plans(frame), *first, transfers], format="csr"
    )
    claimed = [place * frame.every_kind + claim.kinds for place, claim in enumerate(claims)]
    ends_in = tuple(sorted({row.origin for row in rows if row.point == "ceasing"}))
    ending = [_ending(frame, setting, [row for row in rows if row.origin == setting]) for setting in ends_in]
    ended = [place * frame.every_kind + kinds for place, (_, kinds) in enumerate(ending)]
    cells = [cells for cells, _ in ending]
    return Year(
        matrix,
        _joined(cells),
        _joined(ended),
        _joined([claim.movers for claim in claims]),
        _joined(claimed),
        tuple(rows),
        ends_in,
        frame.every_kind,
    )


def _ending(frame: "_Frame", setting: int, rows: list[Row]) -> tuple[IntArray, IntArray]:
    """Cells of a setting where levers end plans, a year before, and of which kind the children are."""
    reached = sum(frame.acting[row.column].reach.T for row in rows if row.point == "ceasing")
    need, age = np.nonzero(reached * np.array(AGES))  # nobody turns 0
    return frame.cell[setting, need, age - 1], frame.kinds[need, age]


@dataclass(frozen=True)
class _Frame:
    """Where a child stands before a year and after it: `cell` (setting, need, age); and whom each force reaches."""

    authority: Authority
    acting: tuple[Force, ...]
    kinds: IntArray
    limited: tuple[int, ...]

    @cached_property
    def cell(self) -> IntArray:
        """Row of each cell (setting, need, age)."""
        return np.arange(self.authority.plans.size).reshape(self.authority.plans.T.shape)

    @cached_property
    def chance(self) -> FloatArray:
        """Chance of being kept and moved, (age after the birthday, from, to): nought at 0, which nobody turns."""
        flows = self.authority.flows
        chance = (1.0 - flows.cease)[..., None] * flows.moves
        chance[0] = 0.0
        return chance

    @property
    def height(self) -> int:
        """Rows of the matrix."""
        return self.cell.size + len(self.limited) * self.cell[0].size

    @property
    def every_kind(self) -> int:
        """How many kinds of child there are."""
        return int(self.kinds.max()) + 1

    def stayed(self, setting: int, need: IntArray, age: IntArray) -> IntArray:
        """Rows of those who stayed in a limited setting."""
        return self.cell.size + self.limited.index(setting) * self.cell[0].size + self.cell[0, need, age]

    def reached(self, row: Row, possible: FloatArray) -> tuple[IntArray, IntArray]:
        """Needs and ages of the children whom a row's force reaches where there can be any, `possible` (need, age)."""
        return np.nonzero((self.acting[row.column].reach.T > 0) & (possible > 0))

    def block(self, entries: list[tuple[IntArray, IntArray, FloatArray]], width: int) -> coo_array:
        """Columns of the matrix from (row, column, value), which broadcast together."""
        row, column, value = (_joined([np.broadcast_arrays(*each)[part].ravel() for each in entries]) for part in range(3))
        return coo_array((value, (row, column)), shape=(self.height, width))


class _ClaimOnAMove(NamedTuple):
    """Columns of a claim on a move: a column for each cell whose children it may take, and of which kind they are."""

    matrix: coo_array
    movers: IntArray
    kinds: IntArray


def _survivors(frame: _Frame) -> coo_array:
    """A year older, those whose plan goes on, by where they are after it."""
    age, origin, to = np.nonzero(frame.chance)
    entries = [(frame.cell[to, :, age], frame.cell[origin, :, age - 1], frame.chance[age, origin, to][:, None])]
    for setting in frame.limited:
        need, of_age = np.nonzero(np.broadcast_to(frame.chance[:, setting, setting], frame.cell[0].shape))
        stay = frame.chance[of_age, setting, setting]
        entries.append((frame.stayed(setting, need, of_age), frame.cell[setting, need, of_age - 1], stay))
    return frame.block(entries, frame.cell.size)


def _claim_on_a_move(frame: _Frame, row: Row) -> _ClaimOnAMove:
    need, age = frame.reached(row, np.broadcast_to(frame.chance[:, row.origin, row.away], frame.cell[0].shape))
    column, part = np.arange(len(need)), frame.chance[age, row.origin, row.away]
    entries = [(frame.cell[row.away, need, age], column, -part), (frame.cell[row.to, need, age], column, part)]
    if row.origin == row.away and row.origin in frame.limited:
        entries.append((frame.stayed(row.origin, need, age), column, -part))
    if row.origin == row.to and row.origin in frame.limited:
        entries.append((frame.stayed(row.origin, need, age), column, part))
    return _ClaimOnAMove(
        frame.block(entries, len(need)), frame.cell[row.origin, need, age - 1], frame.kinds[need, age]
    )


def _new_plans(frame: _Frame) -> coo_array:
    """A column for each kind of child: the new plans of that kind at the demand of the last published year."""
    joins = frame.authority.flows.joins.T
    setting, need, age = np.nonzero(joins)
    return frame.block(
        [(frame.cell[setting, need, age], frame.kinds[need, age], joins[setting, need, age])], frame.every_kind
    )


def _claim_on_new_plans(frame: _Frame, row: Row) -> coo_array:
    """A column for each kind of child: the new plans that a claim on first placements sends elsewhere if it takes them all."""
    joins = frame.authority.flows.joins.T[row.away]
    need, age = frame.reached(row, joins)
    kind, part = frame.kinds[need, age], joins[need, age]
    return frame.block(
        [(frame.cell[row.away, need, age], kind, -part), (frame.cell[row.to, need, age], kind, part)], frame.every_kind
    )


def _joined(parts: list[FloatArray] | list[IntArray]) -> NDArray[Any]:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.intp)


# ---- From census to census


def _by_setting(authority: Authority, year: Year, acting: tuple[Force, ...], capacity: FloatArray) -> FloatArray:
    """Children by setting at each census, (draw, january, setting)."""
    from best_model.analysis.compiled import follow  # noqa: PLC0415 - numba takes a second to import

    steps, draws = len(authority.januaries) - 1, len(capacity)
    shares, _ = shares_by_kind(list(year.rows), acting)
    shares = shares.reshape(len(year.rows), steps, year.every_kind, draws).swapaxes(0, 1)
    demand = np.broadcast_to(authority.council.calibration.demand, (draws, steps)).T
    return follow(
        year.matrix.indptr,
        year.matrix.indices,
        year.matrix.data,
        authority.plans.T.ravel(),
        year.ending,
        year.ended,
        _kept(year, shares),
        year.movers,
        year.claimed,
        _rows_of_each_step(shares[:, year.at("moves")]),
        _arriving(year, shares, demand[:, None]),
        np.ascontiguousarray(capacity.transpose(1, 2, 0)),
        np.array(authority.council.fallbacks, dtype=np.intp).reshape(-1, 2),
    ).transpose(2, 0, 1)


def _kept(year: Year, shares: FloatArray) -> FloatArray:
    """What levers leave of the plans of each kind in each setting where they end any, from shares (step, row, kind, draw)."""
    ending = year.at("ceasing")
    taken = [shares[:, [place for place in ending if year.rows[place].origin == setting]] for setting in year.ends_in]
    return _rows_of_each_step(1.0 - np.stack([each.sum(axis=1) for each in taken], axis=1) if taken else shares[:, :0])


def _arriving(year: Year, shares: FloatArray, demand: FloatArray) -> FloatArray:
    """New plans of each kind against those of the last published year, and what claims on first placements take of them."""
    new = demand * (1.0 - shares[:, year.at("new_plans")].sum(axis=1))
    return _rows_of_each_step(np.concatenate([new[:, None], shares[:, year.at("first_placements")] * new[:, None]], axis=1))


def _rows_of_each_step(by_kind: FloatArray) -> FloatArray:
    """(step, row, kind, draw) as (step, row and kind, draw)."""
    return np.ascontiguousarray(by_kind).reshape(len(by_kind), -1, by_kind.shape[-1])
