"""How sure are we: a scenario beside doing nothing in many draws of every assumption.

Every draw changes all of a council's assumptions at once, and everything follows: demand, places, prices, income, what each
priority delivers and how late. Draws are made in blocks that depend on the number of draws alone, so the answer is the same
to the last bit however many blocks are worked at once, and wherever.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property, partial
from itertools import chain, pairwise

import numpy as np

from best_model.draws.batch import Futures, merged, simulate_many
from best_model.draws.distributions import Draws, draws_of
from best_model.draws.fan_out import Call, Team, in_order, team
from best_model.draws.sensitivity import PRIORITIES, varied
from best_model.draws.year_matrix import Year, year_of
from best_model.model.authority import Authority, Council
from best_model.model.deficit import cumulative_deficit
from best_model.model.engine import running, spent_again, without_each
from best_model.model.figures import drawn
from best_model.model.income import income_beyond_forecast
from best_model.model.levers import NOTHING_DRAWN, Drawn
from best_model.model.phasing import FloatArray
from best_model.model.refusal import Refusal
from best_model.model.scenario import Lever, Scenario
from best_model.model.uncertainty import Uncertainty

_FITTED = "awaiting_are_placed"
_LEVELS = 5
LARGEST_BLOCK = 1024
_EVERY_POINT = 2**30
_ROUNDING = 1e-9
_THEIRS = f"{PRIORITIES}."
Follow = Callable[[tuple[Lever, ...], FloatArray, Drawn], Futures]
"""Futures under levers at these intensities, (draw, lever), with figures of theirs that are drawn."""


@dataclass(frozen=True)
class Outcomes:
    """What came of each draw. £ nominal over the reported years: `saving` (draw, year) identified and in train, `gap_before` it and
    `deficit` (draw, case, year) after it. Children: `plans` (draw, january, setting) and with the programme left out, `plans_before`.
    """

    saving: FloatArray
    gap_before: FloatArray
    deficit: FloatArray
    plans: FloatArray
    plans_before: FloatArray

    @property
    def gap_after(self) -> FloatArray:
        """In-year gap once what is found is saved, (draw, year)."""
        return self.gap_before - self.saving


@dataclass(frozen=True)
class Fit:
    """A council fitted with one share of those awaiting a place, ready for many draws: with the levers, and doing nothing."""

    with_levers: Authority
    year: Year
    nothing: Authority
    year_of_nothing: Year


@dataclass(frozen=True)
class Ensemble:
    """A scenario ready to be drawn: its `draws`, and its council fitted at each level of the figure that the fit rests on.

    With `individuals` each draw is a history of whole children; without, what is expected of them.
    """

    authority: Authority
    scenario: Scenario
    draws: Draws
    fits: tuple[Fit, ...]
    individuals: bool = False

    @cached_property
    def fitted(self) -> int | None:
        """Which of the uncertain assumptions the fit rests on; its levels are equally likely."""
        return self.draws.names.index(_FITTED) if _FITTED in self.draws.names else None

    @property
    def target(self) -> float:
        """What the scenario is to find in the last year, £."""
        return float(self.authority.council.targets[self.scenario.target][-1])

    def level_of(self, chances: FloatArray) -> FloatArray:
        """Which fit each draw takes, by the chances of every assumption."""
        if self.fitted is None:
            return np.zeros(len(chances), dtype=np.intp)
        return np.minimum((chances[:, self.fitted] * _LEVELS).astype(np.intp), _LEVELS - 1)


def made_ready(
    authority: Authority, scenario: Scenario, said: Uncertainty, seed: int, individuals: bool = False
) -> Ensemble:
    """A scenario ready to be drawn. Raises `Refusal` where the uncertainty cannot be as said."""
    draws = draws_of(authority, scenario, said, seed)
    levels = [authority]
    if _FITTED in draws.names:
        _stands_alone(draws)
        middles = (np.arange(_LEVELS) + 0.5) / _LEVELS
        shares = draws.uncertain[draws.names.index(_FITTED)].drawn(middles)[_FITTED]
        levels = [varied(authority, scenario, _FITTED, float(share))[0] for share in shares]
    return Ensemble(authority, scenario, draws, tuple(_fit(level, scenario.levers) for level in levels), individuals)


def _stands_alone(draws: Draws) -> None:
    """Levels of the fit take turns by block, so what it rests on moves with nothing else."""
    correlations = (draws.factor @ draws.factor.T)[draws.names.index(_FITTED)]
    if np.count_nonzero(np.abs(correlations) > _ROUNDING) > 1:
        raise Refusal(
            f"uncertainty.yaml: {_FITTED} is in a correlation; it is drawn in levels, so leave it out of every one"
        )


def _fit(authority: Authority, levers: tuple[Lever, ...]) -> Fit:
    with_levers, nothing = merged(authority, levers), merged(authority, ())
    return Fit(with_levers, year_of(with_levers, levers), nothing, year_of(nothing, ()))


# ---- A set of draws


def ensemble(ready: Ensemble, draws: int, workers: int = 1, scheduler: str = "") -> Outcomes:
    """What comes of so many draws, in their order, worked by `fan_out.team`."""
    with team(workers, scheduler, processes=ready.individuals) as those:
        return joined(outcomes_by_block(ready, draws, those), draws)


def outcomes_by_block(ready: Ensemble, draws: int, those: Team) -> Iterator[Outcomes]:
    """The same, block by block: in memory are those blocks at most that a team has under way. Raises `Refusal` for no draws."""
    if not 1 <= draws <= _EVERY_POINT:
        raise Refusal(f"--draws {draws}: it must be 1 or more, and at most {_EVERY_POINT:,}")
    sent = those.send(ready)
    edges = edges_of(draws, len(ready.fits))
    blocks = ((first, last, place) for place, (first, last) in enumerate(pairwise(edges)) if last > first)
    yield from in_order(those, (Call(block, (sent, *each)) for each in blocks))


def edges_of(draws: int, levels: int) -> list[int]:
    """Where blocks begin and the last ends, by the number of draws and of levels alone: as many blocks for each level as for any other."""
    blocks = levels * -(-draws // (levels * LARGEST_BLOCK))
    return [draws * place // blocks for place in range(blocks + 1)]


def block(ready: Ensemble, first: int, last: int, place: int) -> Outcomes:
    """The draws of one block, from the `first` to before the `last`, all with one level of the fit: levels take turns by `place`."""
    chances = ready.draws.correlated(ready.draws.points(first, last - first))
    level = place % len(ready.fits)
    if ready.fitted is not None:
        chances[:, ready.fitted] = (level + 0.5) / len(ready.fits)
    return outcomes_at(ready, ready.fits[level], chances, first)


def joined(parts: Iterator[Outcomes], draws: int) -> Outcomes:
    """Outcomes one after another, each laid in its place as it comes, so that so many draws are held once and not twice."""
    first = next(parts)
    names = [field.name for field in fields(Outcomes)]
    whole = {name: np.empty((draws, *getattr(first, name).shape[1:])) for name in names}
    place = 0
    for part in chain([first], parts):
        for name in names:
            whole[name][place : place + len(part.saving)] = getattr(part, name)
        place += len(part.saving)
    return Outcomes(**whole)


# ---- Some draws


def outcomes_at(ready: Ensemble, fit: Fit, chances: FloatArray, first: int = 0) -> Outcomes:
    """What comes of draws at these chances of every assumption, (draw, uncertain), under one fit.

    Whole children have the luck of the places of the draws, from the `first` on.
    """
    figures = _as_chosen(ready.scenario, ready.draws.figures(chances))
    of_levers = {name.removeprefix(_THEIRS): each for name, each in figures.items() if name.startswith(_THEIRS)}
    of_council = {name: each for name, each in figures.items() if not name.startswith(_THEIRS)}
    council = drawn(ready.authority.council, of_council)
    with_levers, nothing = (replace(each, council=council) for each in (fit.with_levers, fit.nothing))
    fit = replace(fit, with_levers=with_levers, nothing=nothing)
    follow = _follow(ready, fit, first)
    before = follow((), np.zeros((len(chances), 0)), NOTHING_DRAWN)
    saved, after = _saved(fit, ready.scenario.levers, of_levers, before.spend.total, follow)
    return _outcomes(ready, council, of_council, before, after, saved)


def _as_chosen(scenario: Scenario, figures: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    """What is drawn, but for what the scenario has chosen: another income than the central, another share of what is in train."""
    held = {name for name in ("income", "in_train") if getattr(scenario, name) != "central"}
    return {name: each for name, each in figures.items() if name.split(".")[0] not in held}


def delivered(levers: tuple[Lever, ...], figures: Drawn, draws: int) -> FloatArray:
    """What is delivered of each lever, (draw, lever): its intensity in proportion to the evidence that is drawn against the central.

    Never more than the most a source supports; a scenario that stands at its evidence delivers what is drawn.
    """
    shares = np.zeros((draws, len(levers)))
    for place, lever in enumerate(levers):
        central = lever.evidence.value
        drawn_evidence = figures.get(f"{lever.name}.evidence", np.full(draws, central))
        shares[:, place] = lever.intensity * drawn_evidence / central if central > 0 else lever.intensity
    return np.minimum(shares, 1.0)


def _follow(ready: Ensemble, fit: Fit, first: int) -> Follow:
    """How futures under a fit are made, as the ensemble has it."""
    if ready.individuals:
        from best_model.draws.individuals import individual_futures  # noqa: PLC0415 - numba takes a second to import

        return partial(individual_futures, fit.with_levers, seed=ready.draws.seed, first=first)
    return partial(_expected, fit)


def _expected(fit: Fit, levers: tuple[Lever, ...], intensities: FloatArray, figures: Drawn) -> Futures:
    if levers:
        return simulate_many(fit.with_levers, fit.year, levers, intensities, figures)
    return simulate_many(fit.nothing, fit.year_of_nothing, levers, intensities, figures)


def _saved(
    fit: Fit, levers: tuple[Lever, ...], figures: Drawn, total_before: FloatArray, follow: Follow
) -> tuple[FloatArray, Futures]:
    """Net saving, £ (draw, fy), and the futures with the levers; as `engine.savings`, draw by draw."""
    chosen = delivered(levers, figures, len(total_before))
    after = follow(levers, chosen, figures)
    gross = total_before - after.spend.total
    gross_without = [total_before - follow(levers, rest, figures).spend.total for rest in without_each(levers, chosen)]
    running_costs = running(fit.with_levers, levers, chosen, figures).sum(axis=-1)
    return gross - running_costs - spent_again(levers, gross, gross_without), after


def _outcomes(
    ready: Ensemble, council: Council, figures: Mapping[str, FloatArray], before: Futures, after: Futures, net: FloatArray
) -> Outcomes:  # fmt: skip
    scenario, years = ready.scenario, council.forecast.years
    reported = slice(-len(years), None)
    in_train = zip(years, council.in_train[scenario.in_train], strict=True)
    saving = net[:, reported] + np.stack(
        [figures.get(f"in_train.{year}", np.full(len(net), held)) for year, held in in_train], axis=-1
    )
    gap = (before.spend.total - council.money.income)[:, reported] - income_beyond_forecast(council, scenario)
    deficit = np.stack([*cumulative_deficit(gap - saving, council.money, years).values()], axis=1)
    return Outcomes(saving, gap, deficit, after.by_setting, before.by_setting)
