"""A year of the model as one sparse matrix: what is there before it, and what that makes of the children after it."""

from itertools import accumulate, groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array, hstack

from best_model.model.authority import Authority
from best_model.model.levers import Force, Point, Row, forces, kinds_of, rows_of
from best_model.model.phasing import FloatArray, IntArray
from best_model.model.scenario import Lever
from best_model.model.settings import AGES


class Matrix(NamedTuple):
    """A sparse matrix by rows, as scipy holds it."""

    indptr: IntArray
    indices: IntArray
    data: FloatArray


class Claimed(NamedTuple):
    """What forces claim. Rows of one flow follow each other: `flow` (flow + 1,) says where each begins; `force` (row,) acts.

    `reaches` (force, kind): the kinds of child that a force reaches. `ending` (·,): cells where plans end, and `ended` where among
    (flow, kind) what is left of them stands. `movers` (·,): cells from which some move, and `claimed` where among (row, kind)
    the share stands. `new_plans`: the flow of new plans, -1 if no force acts on it. `arriving` (·,): rows on first placements.
    """

    flow: IntArray
    force: IntArray
    reaches: NDArray[np.bool]
    ending: IntArray
    ended: IntArray
    movers: IntArray
    claimed: IntArray
    new_plans: int
    arriving: IntArray


class Year(NamedTuple):
    """A year as a sparse `matrix`: from what is there before it to the children after it, by cell (setting, need, age).

    Before it: children by cell, of whom levers end some plans; those whom a claim on a move may take once more, a row for each claim
    and cell, times the claim's share of that kind of child; new plans by kind of child, and what each claim on first placements
    takes of them; and a row of ones. After it: children by cell as if every setting had room, and those who stayed in each
    setting that has not. `claims` says where each finds its share.
    """

    matrix: Matrix
    claims: Claimed


def year_of(authority: Authority, levers: tuple[Lever, ...]) -> Year:
    """The matrix of a year for a council and its levers, whatever their strengths."""
    years = np.array(authority.januaries[:-1], dtype=float)
    acting = forces(levers, np.ones((1, len(levers))), years, authority.needs)
    frame = _Frame(authority, acting)
    moves = [_claim_on_a_move(frame, place) for place in frame.at("moves")]
    first = [_claim_on_new_plans(frame, frame.rows[place]) for place in frame.at("first_placements")]
    transfers = csr_array(np.pad(authority.flows.transfers.T.ravel(), (0, frame.height - frame.cell.size))[:, None])
    blocks = [_survivors(frame), *(claim.block for claim in moves), _new_plans(frame), *first, transfers]
    whole = hstack(blocks, format="csr")
    return Year(Matrix(whole.indptr.astype(np.intp), whole.indices.astype(np.intp), whole.data), _claimed(frame, moves))


class _Frame:
    """Where a child stands before a year and after it, and what acts on it there."""

    def __init__(self, authority: Authority, acting: tuple[Force, ...]) -> None:
        self.joins = authority.flows.joins.T
        self.cell: IntArray = np.arange(authority.plans.size).reshape(authority.plans.T.shape)
        self.chance = _chance(authority)
        self.limited = tuple(setting for setting, _ in authority.council.fallbacks)
        self.acting, self.rows = acting, tuple(rows_of(acting))
        self.kinds, self.reaches = kinds_of(acting, len(authority.needs))

    @property
    def height(self) -> int:
        """Rows of the matrix."""
        return self.cell.size + len(self.limited) * self.cell[0].size

    @property
    def every_kind(self) -> int:
        """How many kinds of child there are."""
        return self.reaches.shape[1]

    def at(self, point: Point) -> list[int]:
        """Places of the rows that act at one point of the year."""
        return [place for place, row in enumerate(self.rows) if row.point == point]

    def stayed(self, setting: int, need: IntArray, age: IntArray) -> IntArray:
        """Rows of those who stayed in a limited setting."""
        return self.cell.size + self.limited.index(setting) * self.cell[0].size + self.cell[0, need, age]

    def reached(self, row: Row, possible: FloatArray) -> tuple[IntArray, IntArray]:
        """Needs and ages of the children whom a row's force reaches where there can be any, `possible` (need, age) or (age,)."""
        need, age = np.nonzero((self.acting[row.column].reach.T > 0) & (possible > 0))
        return need, age

    def block(self, entries: list[tuple[IntArray, IntArray, FloatArray]], width: int) -> coo_array:
        """Columns of the matrix from (row, column, value), which broadcast together."""
        broad = [[part.ravel() for part in np.broadcast_arrays(*each)] for each in entries]
        row, column, value = (np.concatenate(parts) for parts in zip(*broad, strict=True))
        return coo_array((value, (row, column)), shape=(self.height, width))


def _chance(authority: Authority) -> FloatArray:
    """Chance that a plan goes on and its child moves, (age after the birthday, from, to): nought at 0, which nobody turns."""
    chance = (1.0 - authority.flows.cease)[..., None] * authority.flows.moves
    chance[0] = 0.0
    return chance


class _Claim(NamedTuple):
    """Columns of a claim on a move: one for each cell whose children it may take, and where its share of them stands."""

    block: coo_array
    movers: IntArray
    claimed: IntArray


def _survivors(frame: _Frame) -> coo_array:
    """A year older, those whose plan goes on, by where they are after it."""
    age, origin, to = np.nonzero(frame.chance)
    entries = [(frame.cell[to, :, age], frame.cell[origin, :, age - 1], frame.chance[age, origin, to][:, None])]
    for setting in frame.limited:
        need, of_age = np.nonzero(np.broadcast_to(frame.chance[:, setting, setting], frame.cell[0].shape))
        stay = frame.chance[of_age, setting, setting]
        entries.append((frame.stayed(setting, need, of_age), frame.cell[setting, need, of_age - 1], stay))
    return frame.block(entries, frame.cell.size)


def _claim_on_a_move(frame: _Frame, place: int) -> _Claim:
    """Those whom a force takes leave where they would have been and arrive elsewhere, as movers or as stayers."""
    row = frame.rows[place]
    need, age = frame.reached(row, frame.chance[:, row.origin, row.away])
    column, part = np.arange(len(need)), frame.chance[age, row.origin, row.away]
    entries = [(frame.cell[row.away, need, age], column, -part), (frame.cell[row.to, need, age], column, part)]
    for setting, change in ((row.away, -part), (row.to, part)):
        if setting == row.origin and setting in frame.limited:
            entries.append((frame.stayed(setting, need, age), column, change))
    claimed = place * frame.every_kind + frame.kinds[need, age]
    return _Claim(frame.block(entries, len(need)), frame.cell[row.origin, need, age - 1], claimed)


def _new_plans(frame: _Frame) -> coo_array:
    """A column for each kind of child: the new plans of that kind at the demand of the last published year."""
    setting, need, age = np.nonzero(frame.joins)
    entries = [(frame.cell[setting, need, age], frame.kinds[need, age], frame.joins[setting, need, age])]
    return frame.block(entries, frame.every_kind)


def _claim_on_new_plans(frame: _Frame, row: Row) -> coo_array:
    """A column for each kind of child: the new plans that a claim on first placements sends elsewhere if it takes them all."""
    need, age = frame.reached(row, frame.joins[row.away])
    kind, part = frame.kinds[need, age], frame.joins[row.away, need, age]
    entries = [(frame.cell[row.away, need, age], kind, -part), (frame.cell[row.to, need, age], kind, part)]
    return frame.block(entries, frame.every_kind)


def _claimed(frame: _Frame, moves: list[_Claim]) -> Claimed:
    flows = [(flow, len([*on_it])) for flow, on_it in groupby(row.flow for row in frame.rows)]
    points = [point for (point, _, _), _ in flows]
    ends = [_ending(frame, place, flow[1]) for place, (flow, _) in enumerate(flows) if flow[0] == "ceasing"]
    return Claimed(
        flow=np.array([0, *accumulate(size for _, size in flows)]),
        force=np.array([row.column for row in frame.rows], dtype=np.intp),
        reaches=frame.reaches,
        ending=_joined([cells for cells, _ in ends]),
        ended=_joined([ended for _, ended in ends]),
        movers=_joined([claim.movers for claim in moves]),
        claimed=_joined([claim.claimed for claim in moves]),
        new_plans=points.index("new_plans") if "new_plans" in points else -1,
        arriving=np.array(frame.at("first_placements"), dtype=np.intp),
    )


def _ending(frame: _Frame, flow: int, setting: int) -> tuple[IntArray, IntArray]:
    """Cells of a setting where levers may end plans, a year before they would, and where what is left of them stands."""
    need, age = np.nonzero(np.broadcast_to(np.array(AGES) > 0, frame.kinds.shape))  # nobody turns 0
    return frame.cell[setting, need, age - 1], flow * frame.every_kind + frame.kinds[need, age]


def _joined(parts: list[IntArray]) -> IntArray:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.intp)
