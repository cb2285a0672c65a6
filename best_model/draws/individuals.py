"""Whole children: each draw is a history that could be told child by child, so that small settings have their own chance.

Expected numbers say how many children there will be on average; how many there are also hangs on who comes, goes and moves. New
plans and net transfers are Poisson about what is expected; every child ceases, stays or goes by the chances that the model's own
steps give it; a setting that is full turns away whole newcomers, by lot. Whether demand as a whole is high or low is not chance
but an assumption, and is drawn as one.

Luck belongs to a draw and to a child in a year, and is the same whatever the levers do: the same children come to the council's
door with the programme and without, and one whom no lever reaches fares alike in both. So a saving is not the difference of two
unlike pasts. What is left of chance in it: which children the levers reach, all that follows for them, and who draws the last
free place.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numba import njit

from best_model.draws.batch import Futures
from best_model.model.authority import Authority
from best_model.model.cohort import age, cease, join, move
from best_model.model.engine import at_work, costed
from best_model.model.levers import NOTHING_DRAWN, Drawn, Force, claims
from best_model.model.phasing import FloatArray, IntArray
from best_model.model.refusal import Refusal
from best_model.model.scenario import Lever
from best_model.model.settings import AGES

AT_ONCE = 64
"""Draws whose chances are held in memory at once; what comes of a draw does not hang on it."""
_ROUNDING = 1e-9


class Children(NamedTuple):
    """Everyone a draw may ever see, in the order in which they come: `setting` (child,) at first, and `kind` (child,).

    A kind is need × ages + age at the base January, below nought in those yet to come. Of `known` (group,) the first is how many
    there are at the base; for each year follow how many with its new plans, and with its transfers.
    """

    setting: IntArray
    kind: IntArray
    known: IntArray


def individual_futures(
    authority: Authority,
    levers: tuple[Lever, ...],
    intensities: FloatArray,
    drawn: Drawn = NOTHING_DRAWN,
    *,
    seed: int,
    first: int = 0,
) -> Futures:
    """What `simulate_many` gives, in whole children, for draws that begin at the place `first` of those of a `seed`.

    Futures of the same authority and draws under other levers share their luck. Raises `Refusal` where transfers are fewer than none.
    """
    if authority.flows.transfers.min() < 0:
        raise Refusal(
            "--individuals: net transfers (flows.csv and the censuses) are below nought in some settings, and nobody can be "
            "fewer than none; leave it out for this council"
        )
    acting, capacity = at_work(authority, levers, intensities, drawn)
    demand = np.broadcast_to(authority.council.calibration.demand, (len(capacity), len(authority.januaries) - 1))
    parts = [slice(start, start + AT_ONCE) for start in range(0, len(capacity), AT_ONCE)]
    histories = [
        _histories(authority, _of(acting, part), demand[part], capacity[part], seed, first + part.start)
        for part in parts
    ]
    by_setting = np.concatenate(histories)
    return Futures(by_setting, capacity, costed(authority, acting, by_setting, capacity))


def _of(acting: tuple[Force, ...], part: slice) -> tuple[Force, ...]:
    return tuple(replace(force, strength=force.strength[part]) for force in acting)


def _histories(
    authority: Authority, acting: tuple[Force, ...], demand: FloatArray, capacity: FloatArray, seed: int, first: int
) -> FloatArray:
    """Children by setting at each census, (draw, january, setting)."""
    usual = _chances(authority, (), 1, 1)
    chances = _chances(authority, acting, *demand.shape) if acting else usual
    chances = np.broadcast_to(chances, (*demand.shape, *chances.shape[2:]))
    fallbacks = np.array(authority.council.fallbacks, dtype=np.intp).reshape(-1, 2)
    histories = []
    for draw, index in enumerate(demand):
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(first + draw,)))
        children = who_comes(authority, index, rng)
        luck = rng.random((len(index), len(children.setting)))
        theirs = np.ascontiguousarray(chances[draw])
        histories.append(_history(*children, luck, usual[0, 0], theirs, capacity[draw], fallbacks))
    return np.stack(histories)


# ---- Who comes


def who_comes(authority: Authority, demand: FloatArray, rng: np.random.Generator) -> Children:
    """The children of one draw: those at the base January, and who comes in each year at its `demand` (step,), levers apart."""
    flows, steps, shape = authority.flows, len(demand), authority.plans.shape
    new_plans = rng.poisson(flows.joins * demand[:, None, None, None])
    transfers = rng.poisson(flows.transfers, size=new_plans.shape)
    coming = np.stack([new_plans, transfers], axis=1).reshape(-1, *shape)
    groups = np.concatenate([whole(authority.plans, rng)[None], coming])
    years_until = np.repeat(np.arange(steps + 1), [1, *[2] * steps])[:, None, None, None]
    years_old, need, setting = np.indices(shape)
    kind, settings = need * len(AGES) + years_old - years_until, np.broadcast_to(setting, groups.shape)
    how_many, known = groups.ravel(), groups.reshape(len(groups), -1).sum(axis=1).cumsum()
    return Children(np.repeat(settings.ravel(), how_many), np.repeat(kind.ravel(), how_many), known)


def whole(plans: FloatArray, rng: np.random.Generator) -> IntArray:
    """Expected children (age, need, setting) as whole ones: those of an age and setting shared out over needs by one offset.

    Each cell is right on average and at most one off, and a whole number of an age and setting stays as it is.
    """
    offset = rng.random((len(plans), 1, plans.shape[-1]))
    return np.diff(np.floor(plans.cumsum(axis=1) + offset), axis=1, prepend=0.0).astype(np.intp)


# ---- Chances


def _chances(authority: Authority, acting: tuple[Force, ...], draws: int, steps: int) -> FloatArray:
    """Chance of each end of a year, (draw, step, group, from, kind, end): the settings, and last to be without a plan.

    Groups are those who are there, by age before the year, and new plans, by age after it and the setting they would go to first.
    The model's own steps are taken with one child in each cell of a setting at a time.
    """
    claimed, nobody = claims(acting), np.zeros((draws, len(acting)))
    ages, needs, settings = authority.plans.shape
    chances = np.zeros((draws, steps, 2, settings, needs, ages, settings + 1))
    for setting in range(settings):
        one = np.zeros((draws, ages, needs, settings), order="F")
        one[..., setting] = 1.0
        older, _ = age(one)
        for step in range(steps):
            left, _ = cease(older, authority.flows.cease, claimed["ceasing"], step, nobody)
            stayers, movers = move(left, authority.flows.moves, claimed["moves"], step, nobody)
            chances[:, step, 0, setting, :, :-1, :-1] = (stayers + movers)[:, 1:].swapaxes(1, 2)
            chances[:, step, 1, setting, :, :, :-1] = join(one, claimed, step, nobody).swapaxes(1, 2)
    chances[..., -1] = 1.0 - chances.sum(axis=-1)
    return chances.reshape(draws, steps, 2, settings, needs * ages, settings + 1)


# ---- A history, child by child


@njit(cache=True, nogil=True)
def _history(
    setting: IntArray,
    kind: IntArray,
    known: IntArray,
    luck: FloatArray,
    usual: FloatArray,
    chances: FloatArray,
    capacity: FloatArray,
    fallbacks: IntArray,
) -> FloatArray:
    """Children of one draw by setting at each census, (january, setting), by the `luck` of each child in each year, (step, child)."""
    where, newcomers, totals = setting.copy(), np.zeros_like(setting), np.zeros(capacity.shape)
    for child in range(known[0]):
        totals[0, where[child]] += 1.0
    for step in range(len(luck)):
        there, with_new, every = known[2 * step], known[2 * step + 1], known[2 * step + 2]
        before, new = where[:there].copy(), slice(there, with_new)
        _live(where[:there], kind[:there], step, luck[step, :there], usual[0], chances[step, 0])
        _live(where[new], kind[new], step + 1, luck[step, new], usual[1], chances[step, 1])
        came = newcomers[: _sort_out(before, where[:every], newcomers, totals[step + 1])]
        for full, fallback in fallbacks:
            _turn_away(where, came, luck[step], full, fallback, capacity[step + 1, full] - totals[step + 1, full])
        for child in came:
            totals[step + 1, where[child]] += 1.0
    return totals


@njit(cache=True, nogil=True)
def _live(
    where: IntArray, kind: IntArray, years: int, luck: FloatArray, usual: FloatArray, chances: FloatArray
) -> None:
    """Take each child who has a plan to where its year ends, and leave it what is still unused of its luck."""
    nowhere = len(usual)
    for child in range(len(where)):
        here = where[child]
        if here != nowhere:
            where[child], luck[child] = _end(luck[child], here, kind[child] + years, usual, chances)


@njit(cache=True, nogil=True)
def _end(luck: float, here: int, kind: int, usual: FloatArray, chances: FloatArray) -> tuple[int, float]:
    """Where a child's luck takes it: where it usually would, for as much of that chance as levers leave; or else where they send more.

    So each end has its chance, and as few children as can be fare otherwise than without the levers. With it comes how far within
    that chance the luck fell, which is luck as good as new.
    """
    ends, taken = usual.shape[-1], 0.0
    for turn in range(ends):
        end = (here + turn) % ends
        before = usual[here, kind, end]
        kept = min(before, chances[here, kind, end])
        if luck < kept:
            return end, luck / kept
        if luck < before:
            return _sent(taken + luck - kept, usual[here, kind], chances[here, kind])
        luck, taken = luck - before, taken + before - kept
    return here, 0.0


@njit(cache=True, nogil=True)
def _sent(luck: float, usual: FloatArray, chances: FloatArray) -> tuple[int, float]:
    """Where a child goes whom levers take, and the luck that is left: `luck` is even over all that they take."""
    last = 0
    for end in range(len(usual)):
        more = chances[end] - usual[end]
        if more > 0.0:
            if luck < more:
                return end, luck / more
            luck, last = luck - more, end
    return last, 0.0


@njit(cache=True, nogil=True)
def _sort_out(before: IntArray, where: IntArray, newcomers: IntArray, stayers: FloatArray) -> int:
    """List the newcomers to any setting, count the stayers in each, and say how many newcomers there are."""
    many = 0
    for child in range(len(where)):
        if child < len(before) and where[child] == before[child]:
            if where[child] < len(stayers):
                stayers[where[child]] += 1.0
        elif where[child] < len(stayers):
            newcomers[many] = child
            many += 1
    return many


@njit(cache=True, nogil=True)
def _turn_away(where: IntArray, newcomers: IntArray, luck: FloatArray, full: int, fallback: int, places: float) -> None:
    """As `cohort.place`, for one setting: as many newcomers as find no place go to its fallback, each as likely as another."""
    seeking = (where[newcomers] == full).sum()
    over = max(seeking - max(np.floor(places + _ROUNDING), 0.0), 0.0)
    for child in newcomers:
        if where[child] == full:
            if luck[child] * seeking < over:
                where[child], luck[child] = fallback, luck[child] * seeking / over
                over -= 1.0
            seeking -= 1
