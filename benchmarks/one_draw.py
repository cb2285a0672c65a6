"""What a way to write the model is given of a draw: a council of its own and its own levers; and what it makes of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from best_model.door import open_authority, open_ensemble
from best_model.draws.ensemble import Ensemble, delivered
from best_model.draws.sensitivity import PRIORITIES, varied
from best_model.model.authority import Authority
from best_model.model.deficit import cumulative_deficit
from best_model.model.engine import running
from best_model.model.figures import drawn
from best_model.model.levers import NOTHING_DRAWN, Drawn
from best_model.model.phasing import FloatArray
from best_model.model.scenario import Lever

SCENARIO, SEED = "stretched", 2026
THEIRS = f"{PRIORITIES}."

Spend = Callable[[Authority, tuple[Lever, ...], FloatArray, Drawn], FloatArray]
"""A way to write the model: £ by (draw, financial year) of levers at intensities (draw, lever), with figures that are drawn."""

Figures = Mapping[str, float] | Mapping[str, FloatArray]
"""Every figure that is drawn, by its dotted name: a number each for one draw, (draw,) for many."""


@dataclass(frozen=True)
class Given:
    """What a model is given: of one draw a council like any other, of many one whose money, places and demand have a draw axis.

    `delivered` (draw, lever), `figures` of levers (draw,), `in_train` £ (draw, year).
    """

    authority: Authority
    levers: tuple[Lever, ...]
    delivered: FloatArray
    figures: Drawn
    in_train: FloatArray


@dataclass(frozen=True)
class Setting:
    """What is drawn, and the council with every need apart, fitted at each level of the figure that its fit rests on."""

    ready: Ensemble
    councils: tuple[Authority, ...]

    def figures(self, first: int, count: int, level: int) -> Mapping[str, FloatArray]:
        """The figures of `count` draws from the `first`, as `ensemble` draws them in a block at that level of the fit."""
        chances = self.ready.draws.correlated(self.ready.draws.points(first, count))
        chances[:, self.ready.fitted] = (level + 0.5) / len(self.councils)
        return self.ready.draws.figures(chances)

    def given(self, figures: Figures, level: int) -> Given:
        """The council and its levers at the figures of one draw, or of many that share a level of the fit."""
        of_council = {name: each for name, each in figures.items() if not name.startswith(THEIRS)}
        of_levers = {
            name.removeprefix(THEIRS): np.atleast_1d(each) for name, each in figures.items() if name.startswith(THEIRS)
        }
        council, levers = self.ready.authority.council, self.ready.scenario.levers
        return Given(
            replace(self.councils[level], council=drawn(council, of_council)),
            levers,
            delivered(levers, of_levers, len(next(iter(of_levers.values())))),
            of_levers,
            np.stack([np.atleast_1d(figures[f"in_train.{year}"]) for year in council.forecast.years], axis=-1),
        )


def made_ready() -> Setting:
    """The scenario that is drawn, and the whole state of its council at each level of the fit."""
    ready = open_ensemble(SCENARIO, open_authority(), SEED)
    rests_on = ready.draws.uncertain[ready.fitted]
    middles = (np.arange(len(ready.fits)) + 0.5) / len(ready.fits)
    shares = rests_on.drawn(middles)[rests_on.name]
    return Setting(
        ready, tuple(varied(ready.authority, ready.scenario, rests_on.name, float(share))[0] for share in shares)
    )


def one_by_one(figures: Mapping[str, FloatArray]) -> list[Mapping[str, float]]:
    """The figures of many draws, draw by draw."""
    rows = zip(*(each.tolist() for each in figures.values()), strict=True)
    return [dict(zip(figures, row, strict=True)) for row in rows]


# ---- What it comes to


def spent(spend: Spend, of: Given) -> dict[str, FloatArray]:
    """£ of the programme by (draw, financial year): one simulation a draw."""
    return {"spend": spend(of.authority, of.levers, of.delivered, of.figures)}


def outcomes(spend: Spend, of: Given) -> dict[str, FloatArray]:
    """The same, the saving and the gap before it (draw, year), and the deficit (draw, case, year), £: some simulations a draw."""
    council, years = of.authority.council, of.authority.years
    nothing = spend(of.authority, (), np.zeros((len(of.delivered), 0)), NOTHING_DRAWN)
    programme = spent(spend, of)["spend"]
    gross = nothing - programme
    net = gross - running(of.authority, of.levers, of.delivered, of.figures).sum(axis=-1)
    for place in reinvesting(of.levers):
        left_out = replace(of, delivered=np.where(np.arange(len(of.levers)) == place, 0.0, of.delivered))
        net -= of.levers[place].reinvested * (gross - (nothing - spent(spend, left_out)["spend"]))
    reported = slice(-len(years), None)
    saving, gap = net[:, reported] + of.in_train, (nothing - council.money.income)[:, reported]
    deficit = np.stack([*cumulative_deficit(gap - saving, council.money, years).values()], axis=1)
    return {"spend": programme, "saving": saving, "gap_before": gap, "deficit": deficit}


def reinvesting(levers: tuple[Lever, ...]) -> list[int]:
    """Places of the levers whose saving is spent again: for each, a draw is simulated without it."""
    return [place for place, lever in enumerate(levers) if lever.reinvested and lever.intensity]


def simulations_of_outcomes(levers: tuple[Lever, ...]) -> int:
    """How often `outcomes` simulates a draw: doing nothing, the programme, and it without each lever that reinvests."""
    return 2 + len(reinvesting(levers))
