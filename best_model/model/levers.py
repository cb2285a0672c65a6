"""What the priorities do: each action of each lever, with its strength in each year, applied to flows, places or prices.

Levers that share a flow act on what is left of it together: what remains is the product of what each would leave, and
what is taken is shared in proportion to their strengths, so their order does not matter.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from best_model.model.phasing import (
    FloatArray,
    IntArray,
    Month,
    month_number,
    share_in_september,
    share_of_twelve_months,
)
from best_model.model.scenario import (
    Action,
    Cease,
    FewerNewPlans,
    Lever,
    Places,
    Price,
    Reach,
    Redirect,
    Workstream,
)
from best_model.model.settings import AGES, NEEDS, setting_index


@dataclass(frozen=True)
class Force:
    """One action of one lever, made ready: its `strength` (draw, step) and whom it reaches, a 0/1 mask (age, need)."""

    lever: int
    action: Action
    strength: FloatArray
    reach: FloatArray

    @property
    def share(self) -> FloatArray:
        """Share of those in reach it acts on in each year, (draw, step).

        A backlog is worked off as shares of what it was at the start: each year takes its part of what the years before left.
        """
        if not (isinstance(self.action, Cease) and self.action.every == "once"):
            return self.strength
        left = 1.0 - (np.cumsum(self.strength, axis=1) - self.strength)
        return np.divide(self.strength, left, out=np.zeros_like(left), where=left > 0)


def forces(levers: tuple[Lever, ...], intensities: FloatArray, years: FloatArray) -> tuple[Force, ...]:
    """Every action of every lever over the calendar `years`; `intensities` is (draw, lever)."""
    return tuple(
        Force(
            place,
            action,
            intensities[:, place, None] * _by_year(action, starts, lever.ramp_months, years),
            _mask(action),
        )
        for place, lever in enumerate(levers)
        for starts in [share_by_start(lever)]
        for action in lever.actions
    )


def _by_year(action: Action, starts: dict[float, float], length: float, years: FloatArray) -> FloatArray:
    """Full effect of an action of a lever in each year: share by share, each from its own start."""
    parts = (share * effect(action, start, length, years) for start, share in starts.items())
    return sum(parts, np.zeros(len(years)))


def share_by_start(lever: Lever) -> dict[float, float]:
    """Share of a lever that starts in each month, slip included: all of it in one month where it has no workstreams.

    What is dropped is in none. Shares that start together are added exactly, so a lever on time is one piece to the last bit.
    """
    first = _start(lever)
    if not lever.workstreams:
        return {first: 1.0}
    shares: dict[float, list[float]] = {}
    for workstream in lever.workstreams:
        if not workstream.dropped:
            shares.setdefault(first + workstream.months_after + workstream.slip_months, []).append(workstream.share)
    return {start: math.fsum(together) for start, together in shares.items()}


def start_of(lever: Lever, workstream: Workstream) -> float:
    """Month in which a workstream starts, slip included."""
    return _start(lever) + workstream.months_after + workstream.slip_months


def _start(lever: Lever) -> float:
    return float(month_number(*lever.start_year_and_month))


def effect(action: Action, start: float, length: float, years: FloatArray) -> FloatArray:
    """Full effect of an action in each calendar year (step), or for a price in the financial year that opens in it."""
    match action:
        case Places():
            return np.array([_opened_by(action, int(nth)) for nth in _septembers_since(start, years)])
        case Price():
            return action.share.value * share_of_twelve_months(month_number(years, Month.APRIL), start, length)
        case Redirect():
            return action.share.value * share_in_september(years, start, length)
        case Cease(every="once"):
            return action.share.value * _worked_off(month_number(years, Month.JANUARY), start, length)
        case _:
            return action.share.value * share_of_twelve_months(month_number(years, Month.JANUARY), start, length)


def _septembers_since(start: float, years: FloatArray) -> FloatArray:
    """How many Septembers have come by that of each year, counting from the first on or after `start`."""
    return np.floor((month_number(years, Month.SEPTEMBER) - start) / Month.IN_A_YEAR) + 1


def _opened_by(action: Places, nth: int) -> float:
    """Places open by the nth September: the last number given by then."""
    given = [september for september in action.by_nth_september if september <= nth]
    return action.by_nth_september[max(given)].value if given else 0.0


def _worked_off(january: FloatArray, start: float, length: float) -> FloatArray:
    """Share of a backlog worked off within each calendar year, evenly over the ramp."""
    worked = np.clip((january + Month.IN_A_YEAR - start) / length, 0.0, 1.0)
    return worked - np.clip((january - start) / length, 0.0, 1.0)


def _mask(action: Action) -> FloatArray:
    if not isinstance(action, Reach):
        return np.ones((len(AGES), len(NEEDS)))
    ages = [action.ages[0] <= age <= action.ages[1] for age in AGES]
    needs = [need in action.needs for need in NEEDS]
    return np.outer(ages, needs).astype(float)


Point = Literal["new_plans", "first_placements", "ceasing", "moves"]
_NOWHERE = -1


class _Row(NamedTuple):
    """One force on one flow of children, from `origin` to `away`: it sends those whom it takes `to` another setting."""

    point: Point
    origin: int
    away: int
    to: int
    column: int

    @property
    def flow(self) -> tuple[Point, int, int]:
        return self.point, self.origin, self.away


@dataclass(frozen=True)
class Claims:
    """What forces take of flows of children at one point of a year: a row for each force on each flow it acts on.

    `origin`, `away`, `to` (row,): settings, as in `Redirect`, or -1. `whose` (row, force): 1 at the force that acts. `shares`
    (row, step, kind, draw): what it takes of each kind of child; `kinds` (need, age): which kind a child is.
    """

    origin: IntArray
    away: IntArray
    to: IntArray
    whose: FloatArray
    shares: FloatArray
    kinds: IntArray

    def taken(self, flows: FloatArray, step: int, children: FloatArray) -> Iterator[tuple[int, int, int, FloatArray]]:
        """Each row's origin, away and to, and the children (draw, age, need) it takes of its flow (row, need, age, draw).

        They are added to `children` (draw, force), those whom each force acted on.
        """
        if len(self.to):
            parts = flows * np.take(self.shares[:, step], self.kinds, axis=1)
            children += np.einsum("rnad->dr", parts) @ self.whose
            yield from zip(self.origin, self.away, self.to, (part.T for part in parts), strict=True)


def claims(forces: tuple[Force, ...]) -> dict[Point, Claims]:
    """What forces take of the flows they share at each point of a year, worked out once for every year."""
    rows = sorted(row for column, force in enumerate(forces) for row in _rows(force.action, column))
    origin, away, to, column = np.array([row[1:] for row in rows], dtype=np.intp).reshape(-1, len(_Row._fields) - 1).T
    whose = np.eye(len(forces))[column]
    alone, kinds = _by_kind(forces)
    new_flow = np.array([place == 0 or row.flow != rows[place - 1].flow for place, row in enumerate(rows)], dtype=bool)
    shares = _together(np.array([alone[row.column] for row in rows]), new_flow)
    places = {point: [place for place, row in enumerate(rows) if row.point == point] for point in get_args(Point)}
    return {
        point: Claims(origin[here], away[here], to[here], whose[here], shares[here], kinds)
        for point, here in places.items()
    }


def _by_kind(forces: tuple[Force, ...]) -> tuple[list[FloatArray], IntArray]:
    """What each force alone takes of each kind of child (step, kind, draw), and which kind a child is (need, age).

    Children are of one kind where the same forces reach them.
    """
    reach = np.array([force.reach.T for force in forces], dtype=bool).reshape(len(forces), len(NEEDS) * len(AGES))
    _, first, kinds = np.unique(np.packbits(reach, axis=0), axis=1, return_index=True, return_inverse=True)
    alone = [force.share.T[:, None] * reached[first, None] for force, reached in zip(forces, reach, strict=True)]
    return alone, kinds.reshape(len(NEEDS), len(AGES))


def _together(alone: FloatArray, new_flow: NDArray[np.bool]) -> FloatArray:
    """Shares (row, ...) that forces take of flows of which each `alone` would take so much; `new_flow` begins a flow's rows.

    What remains of a flow is the product of what each would leave; what is taken is shared in proportion to their strengths.
    """
    first = np.flatnonzero(new_flow)
    taken, total = 1.0 - np.multiply.reduceat(1.0 - alone, first), np.add.reduceat(alone, first)
    each = taken / np.where(total > 0, total, 1.0)
    return alone * each[np.cumsum(new_flow) - 1]


def _rows(action: Action, column: int) -> Iterator[_Row]:
    match action:
        case FewerNewPlans():
            yield _Row("new_plans", _NOWHERE, _NOWHERE, _NOWHERE, column)
        case Cease():
            yield _Row("ceasing", setting_index(action.setting), _NOWHERE, _NOWHERE, column)
        case Redirect():
            away, to = setting_index(action.away_from), setting_index(action.to)
            for origin in action.origins:
                if origin == "new":
                    yield _Row("first_placements", _NOWHERE, away, to, column)
                else:
                    yield _Row("moves", setting_index(origin), away, to, column)


def places_opened(forces: tuple[Force, ...], shape: tuple[int, int, int]) -> FloatArray:
    """Places added in each setting and open at each January after the base, (draw, step, setting)."""
    opened = np.zeros(shape)
    for force in forces:
        if isinstance(force.action, Places):
            opened[:, :, setting_index(force.action.setting)] += force.strength
    return opened


def price_factor(forces: tuple[Force, ...], shape: tuple[int, int, int]) -> FloatArray:
    """Factor on each setting's price in each financial year, (draw, fy, setting)."""
    factor = np.ones(shape)
    for force in forces:
        if isinstance(force.action, Price):
            factor[:, :, setting_index(force.action.setting)] *= 1.0 - force.strength
    return factor


def running_cost(levers: tuple[Lever, ...], intensities: FloatArray, years: FloatArray) -> FloatArray:
    """£ a year that each lever costs to run, (draw, fy, lever), before inflation: in full from its start, ahead of its effect."""
    months_run = np.stack([_months_run(lever, years) for lever in levers], axis=-1)
    full = np.array([lever.running_cost.value for lever in levers])
    return intensities[:, None, :] * full * months_run / Month.IN_A_YEAR


def _months_run(lever: Lever, years: FloatArray) -> FloatArray:
    """Months of each financial year for which a lever is paid, share by share from its start."""
    closing = month_number(years + 1, Month.APRIL)
    parts = (share * np.clip(closing - start, 0.0, Month.IN_A_YEAR) for start, share in share_by_start(lever).items())
    return sum(parts, np.zeros(len(years)))
