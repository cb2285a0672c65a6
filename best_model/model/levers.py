"""What the priorities do: each action of each lever, with its strength in each year, applied to flows, places or prices.

Levers that share a flow act on what is left of it together: what remains is the product of what each would leave, and
what is taken is shared in proportion to their strengths, so their order does not matter.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from best_model.model.phasing import (
    FloatArray,
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

    def share(self, step: int) -> FloatArray:
        """Share of those in reach it acts on in a year, (draw, age, need).

        A backlog is worked off as shares of what it was at the start: each year takes its part of what the years before left.
        """
        strength = self.strength[:, step]
        if isinstance(self.action, Cease) and self.action.every == "once":
            left = 1.0 - self.strength[:, :step].sum(axis=1)
            strength = np.divide(strength, left, out=np.zeros_like(strength), where=left > 0)
        return strength[:, None, None] * self.reach


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


def _together(flow: FloatArray, group: list[tuple[int, Force]], step: int, children: FloatArray) -> list[FloatArray]:
    """What each force of a group takes of a flow (draw, age, need) they share; counts it as children acted on."""
    shares = [force.share(step) for _, force in group]
    parts = [flow * share for share in shares]
    if len(group) > 1:
        asked = sum(shares)
        taken = 1.0 - math.prod(1.0 - share for share in shares)
        scale = taken / np.where(asked > 0, asked, 1.0)
        parts = [part * scale for part in parts]
    for (column, _), part in zip(group, parts, strict=True):
        children[:, column] += part.sum(axis=(-2, -1))
    return parts


def fewer(joins: FloatArray, forces: tuple[Force, ...], step: int, children: FloatArray) -> FloatArray:
    """New plans (draw, age, need, setting) less those that earlier support makes unnecessary, alike in every setting."""
    group = [(column, force) for column, force in enumerate(forces) if isinstance(force.action, FewerNewPlans)]
    if not group:
        return joins.copy()
    by_age_and_need = joins.sum(axis=-1)
    avoided = sum(_together(by_age_and_need, group, step, children))
    kept = 1.0 - np.divide(avoided, by_age_and_need, out=np.zeros_like(by_age_and_need), where=by_age_and_need > 0)
    return joins * kept[..., None]


def ended(plans: FloatArray, forces: tuple[Force, ...], step: int, children: FloatArray) -> FloatArray:
    """Plans left after the levers that cease plans in a setting."""
    left = plans.copy()
    for setting in {setting_index(f.action.setting) for f in forces if isinstance(f.action, Cease)}:
        group = [
            (column, force)
            for column, force in enumerate(forces)
            if isinstance(force.action, Cease) and setting_index(force.action.setting) == setting
        ]
        left[..., setting] -= sum(_together(plans[..., setting], group, step, children))
    return left


Group = list[tuple[int, Force]]


def redirections(forces: tuple[Force, ...], *, first_placements: bool) -> Iterator[tuple[int, int, Group]]:
    """Flows that levers redirect, as (origin, away from, forces on it); the origin of a first placement is -1."""
    groups: dict[tuple[int, int], Group] = {}
    for column, force in enumerate(forces):
        if isinstance(force.action, Redirect):
            for origin in force.action.origins:
                if (origin == "new") == first_placements:
                    key = (-1 if origin == "new" else setting_index(origin), setting_index(force.action.away_from))
                    groups.setdefault(key, []).append((column, force))
    yield from ((origin, away, group) for (origin, away), group in groups.items())


def diverted(flow: FloatArray, group: Group, step: int, children: FloatArray) -> Iterator[tuple[int, FloatArray]]:
    """Where a group of forces sends its parts of a flow (draw, age, need): pairs of setting and children."""
    for (_, force), part in zip(group, _together(flow, group, step, children), strict=True):
        yield setting_index(force.action.to), part  # type: ignore[union-attr]


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
