"""What the priorities do: each action of each lever, with its strength in each year, applied to flows, places or prices.

Levers that share a flow act on what is left of it together: what remains is the product of what each would leave, and
what is taken is shared in proportion to their strengths, so their order does not matter.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType
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
    Assumption,
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

Drawn = Mapping[str, FloatArray]
"""Figures of levers that differ from draw to draw, each (draw,), by their dotted place such as `eotas.actions.0.share`."""
NOTHING_DRAWN: Drawn = MappingProxyType({})


@dataclass(frozen=True)
class Force:
    """One action of one lever, made ready: its `strength` (draw, step) and whom it reaches, a 0/1 mask (age, need).

    `lever` is its place among the levers and `number` its own among the actions of that lever.
    """

    lever: int
    number: int
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


def forces(
    levers: tuple[Lever, ...],
    intensities: FloatArray,
    years: FloatArray,
    needs: tuple[str, ...] = tuple(NEEDS),
    drawn: Drawn = NOTHING_DRAWN,
) -> tuple[Force, ...]:
    """Every action of every lever over the calendar `years`; `intensities` is (draw, lever), `needs` those of the `need` axis."""
    return tuple(
        Force(
            place,
            number,
            action,
            intensities[:, place, None] * _by_year(lever, number, years, drawn),
            _mask(action, needs),
        )
        for place, lever in enumerate(levers)
        for number, action in enumerate(lever.actions)
    )


def _by_year(lever: Lever, number: int, years: FloatArray, drawn: Drawn) -> FloatArray:
    """Full effect of an action in each year, (year,) or (draw, year): share by share, each from its own start."""
    parts = (share * effect(lever, number, start, years, drawn) for start, share in share_by_start(lever).items())
    return sum(parts, np.zeros(len(years)))


def share_by_start(lever: Lever) -> dict[float, float]:
    """Share of a lever that is to start in each month, its workstreams' slip included: all in one month where it has none.

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
    """Month in which a workstream is to start, with what its own register says of delay."""
    return _start(lever) + workstream.months_after + workstream.slip_months


def _start(lever: Lever) -> float:
    return float(month_number(*lever.start_year_and_month))


def effect(lever: Lever, number: int, start: float, years: FloatArray, drawn: Drawn = NOTHING_DRAWN) -> FloatArray:
    """Full effect of one action of a lever in each calendar year, or for a price in the financial year that opens in it.

    What is to begin in the month `start` begins late by the lever's slip, and places by their own.
    """

    def figure(place: str, said: Assumption) -> FloatArray:
        return np.asarray(drawn.get(f"{lever.name}.{place}", said.value), dtype=float)[..., None]

    action, place = lever.actions[number], f"actions.{number}"
    if isinstance(action, Places):
        opened = {nth: figure(f"{place}.by_nth_september.{nth}", each) for nth, each in action.by_nth_september.items()}
        return _opened(opened, _septembers_since(start + figure(f"{place}.slip", action.slip), years))
    in_force = _in_force(action, start + figure("slip", lever.slip), lever.ramp_months, years)
    return figure(f"{place}.share", action.share) * in_force


def _in_force(action: Action, start: float | FloatArray, length: float, years: FloatArray) -> FloatArray:
    """Share of an action's full effect that is in force in each year."""
    match action:
        case Price():
            return share_of_twelve_months(month_number(years, Month.APRIL), start, length)
        case Redirect():
            return share_in_september(years, start, length)
        case Cease(every="once"):
            return _worked_off(month_number(years, Month.JANUARY), start, length)
        case _:
            return share_of_twelve_months(month_number(years, Month.JANUARY), start, length)


def _septembers_since(start: FloatArray, years: FloatArray) -> FloatArray:
    """How many Septembers have come by that of each year, counting from the first on or after `start`."""
    return np.floor((month_number(years, Month.SEPTEMBER) - start) / Month.IN_A_YEAR) + 1


def _opened(by_nth: Mapping[int, FloatArray], septembers: FloatArray) -> FloatArray:
    """Places open once so many Septembers have come: the last number given by then."""
    opened = np.zeros_like(septembers)
    for nth in sorted(by_nth):
        opened = np.where(septembers >= nth, by_nth[nth], opened)
    return opened


def _worked_off(january: FloatArray, start: float | FloatArray, length: float) -> FloatArray:
    """Share of a backlog worked off within each calendar year, evenly over the ramp."""
    worked = np.clip((january + Month.IN_A_YEAR - start) / length, 0.0, 1.0)
    return worked - np.clip((january - start) / length, 0.0, 1.0)


def _mask(action: Action, needs: tuple[str, ...]) -> FloatArray:
    if not isinstance(action, Reach):
        return np.ones((len(AGES), len(needs)))
    ages = [action.ages[0] <= age <= action.ages[1] for age in AGES]
    return np.outer(ages, [need in action.needs for need in needs]).astype(float)


Point = Literal["new_plans", "first_placements", "ceasing", "moves"]
NOWHERE = -1


class Row(NamedTuple):
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
    rows = rows_of(forces)
    origin, away, to, column = np.array([row[1:] for row in rows], dtype=np.intp).reshape(-1, len(Row._fields) - 1).T
    whose = np.eye(len(forces))[column]
    kinds, reached = kinds_of(forces, forces[0].reach.shape[1] if forces else len(NEEDS))
    shares = _shares(rows, forces, reached)
    places = {point: [place for place, row in enumerate(rows) if row.point == point] for point in get_args(Point)}
    return {
        point: Claims(origin[here], away[here], to[here], whose[here], shares[here], kinds)
        for point, here in places.items()
    }


def rows_of(forces: tuple[Force, ...]) -> list[Row]:
    """Every force on every flow it acts on; those on one flow follow each other."""
    return sorted(row for column, force in enumerate(forces) for row in _rows(force.action, column))


def _shares(rows: list[Row], forces: tuple[Force, ...], reached: NDArray[np.bool]) -> FloatArray:
    """What each row takes of each kind of child in each year, (row, step, kind, draw)."""
    alone = [force.share.T[:, None] * kinds[:, None] for force, kinds in zip(forces, reached, strict=True)]
    by_flow = (_together([alone[row.column] for row in on_it]) for _, on_it in groupby(rows, key=lambda row: row.flow))
    return np.array([share for shares in by_flow for share in shares])


def kinds_of(forces: tuple[Force, ...], needs: int) -> tuple[IntArray, NDArray[np.bool]]:
    """Which kind a child is (need, age), and which kinds each force reaches (force, kind).

    Children are of one kind where the same forces reach them.
    """
    reach = np.array([force.reach.T for force in forces], dtype=bool).reshape(len(forces), needs * len(AGES))
    _, first, kinds = np.unique(np.packbits(reach, axis=0), axis=1, return_index=True, return_inverse=True)
    return kinds.reshape(needs, len(AGES)), reach[:, first]


def _together(alone: list[FloatArray]) -> list[FloatArray]:
    """Shares that forces take of one flow of which each `alone` would take so much.

    What remains of the flow is the product of what each would leave; what is taken is shared in proportion to their strengths.
    """
    if len(alone) == 1:
        return alone
    left, total = 1.0 - alone[0], alone[0].copy()
    for share in alone[1:]:
        left *= 1.0 - share
        total += share
    per_share = (1.0 - left) / np.where(total > 0, total, 1.0)
    return [share * per_share for share in alone]


def _rows(action: Action, column: int) -> Iterator[Row]:
    match action:
        case FewerNewPlans():
            yield Row("new_plans", NOWHERE, NOWHERE, NOWHERE, column)
        case Cease():
            yield Row("ceasing", setting_index(action.setting), NOWHERE, NOWHERE, column)
        case Redirect():
            away, to = setting_index(action.away_from), setting_index(action.to)
            for origin in action.origins:
                if origin == "new":
                    yield Row("first_placements", NOWHERE, away, to, column)
                else:
                    yield Row("moves", setting_index(origin), away, to, column)


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


def running_cost(
    levers: tuple[Lever, ...], intensities: FloatArray, years: FloatArray, drawn: Drawn = NOTHING_DRAWN
) -> FloatArray:
    """£ a year that each lever costs to run, (draw, fy, lever), before inflation: in full from its start, ahead of its effect."""
    costs = [_full_cost(lever, years, drawn) for lever in levers]
    return intensities[:, None, :] * np.stack(np.broadcast_arrays(*costs), axis=-1)


def _full_cost(lever: Lever, years: FloatArray, drawn: Drawn) -> FloatArray:
    """£ in each financial year at full intensity: for the months it runs, share by share from each one's start."""
    late, cost = (
        np.asarray(drawn.get(f"{lever.name}.{name}", figure.value), dtype=float)[..., None]
        for name, figure in (("slip", lever.slip), ("running_cost", lever.running_cost))
    )
    closing = month_number(years + 1, Month.APRIL) - late
    parts = (share * np.clip(closing - start, 0.0, Month.IN_A_YEAR) for start, share in share_by_start(lever).items())
    return cost * sum(parts, np.zeros(len(years))) / Month.IN_A_YEAR
