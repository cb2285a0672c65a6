"""Whose saving is it? The Shapley value of each priority: its average contribution over every order of arrival."""

from dataclasses import dataclass
from itertools import product
from math import comb

import numpy as np

from best_model.model.authority import Authority
from best_model.model.engine import Result, savings
from best_model.model.phasing import FloatArray
from best_model.model.scenario import Scenario


@dataclass(frozen=True)
class Share:
    """One priority's part in the saving, £ nominal over the reported years.

    `gross`, `running` and `reinvested` are Shapley shares, which sum over the priorities to the programme's; `alone` is the net saving
    of this priority by itself, and `last_in` what it adds, net, once the others are there. Where they differ, priorities overlap.
    """

    gross: FloatArray
    running: FloatArray
    reinvested: FloatArray
    alone: FloatArray
    last_in: FloatArray

    @property
    def net(self) -> FloatArray:
        """What the priority saves once it is paid for."""
        return self.gross - self.running - self.reinvested

    @property
    def recurring(self) -> FloatArray:
        """The part of each year's net saving that every later year keeps."""
        return np.minimum.accumulate(self.net[::-1])[::-1]

    @property
    def one_off(self) -> FloatArray:
        """The part of each year's net saving that a later year does not keep."""
        return self.net - self.recurring


def whose_saving(authority: Authority, scenario: Scenario) -> dict[str, Share]:
    """Each lever's share of the saving, from all 64 subsets of six levers in one batch."""
    levers, years = scenario.levers, slice(-len(authority.years), None)
    chosen = np.array([lever.intensity for lever in levers])
    subsets = np.array(list(product((0.0, 1.0), repeat=len(levers))))
    worth = savings(authority, levers, subsets * chosen)
    weights = shapley_weights(subsets).T
    gross, running, reinvested = (weights @ part[:, years] for part in (worth.gross, worth.running, worth.reinvested))
    net, sizes = worth.net[:, years], subsets.sum(axis=1)
    everyone = net[sizes == len(levers)][0]
    return {
        lever.name: Share(
            gross=gross[place],
            running=running[place],
            reinvested=reinvested[place],
            alone=net[(sizes == 1) & (subsets[:, place] == 1)][0],
            last_in=everyone - net[(sizes == len(levers) - 1) & (subsets[:, place] == 0)][0],
        )
        for place, lever in enumerate(levers)
    }


def saved_by_priority(authority: Authority, scenario: Scenario) -> dict[str, FloatArray]:
    """Net saving of each lever, £ nominal over the reported years; their sum is the saving of all of them to the pound."""
    return {name: share.net for name, share in whose_saving(authority, scenario).items()}


def shapley_weights(subsets: FloatArray) -> FloatArray:
    """Weight of each subset's worth (subset, player) in each player's Shapley value.

    Over `n` players a subset of size `s` that holds the player counts 1 / (n C(n-1, s-1)); one that does not, -1 / (n C(n-1, s)).
    """
    players = subsets.shape[1]
    sizes = subsets.sum(axis=1).astype(int)
    with_player = np.array([1 / (players * comb(players - 1, max(size - 1, 0))) for size in sizes])
    without = np.array([1 / (players * comb(players - 1, min(size, players - 1))) for size in sizes])
    return np.where(subsets == 1.0, with_player[:, None], -without[:, None])


def lines_of_saving(result: Result) -> dict[str, FloatArray]:
    """Every line of the plan's saving, £ over the years: the priorities, in train, and still to be identified."""
    shares = saved_by_priority(result.authority, result.scenario)
    return {**shares, "in_train": result.in_train, "still_to_be_identified": result.to_be_identified}
