"""Whose saving is it? The Shapley value of each priority: its average contribution over every order of arrival."""

from itertools import product
from math import comb

import numpy as np

from best_model.model.authority import Authority
from best_model.model.engine import Result, savings
from best_model.model.phasing import FloatArray
from best_model.model.scenario import Scenario


def saved_by_priority(authority: Authority, scenario: Scenario) -> dict[str, FloatArray]:
    """Net saving of each lever, £ nominal over the reported years; their sum is the saving of all of them to the pound."""
    levers = scenario.levers
    chosen = np.array([lever.intensity for lever in levers])
    subsets = np.array(list(product((0.0, 1.0), repeat=len(levers))))
    worth = savings(authority, levers, subsets * chosen).net[:, -len(authority.years) :]
    shares = shapley_weights(subsets).T @ worth
    return {lever.name: share for lever, share in zip(levers, shares, strict=True)}


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
