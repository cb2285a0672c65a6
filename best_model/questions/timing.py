"""When it pays and what waiting costs: the month in which a saving has met its cost, and the price of each month of delay."""

from dataclasses import dataclass, replace

import numpy as np

from best_model.model.engine import Result
from best_model.model.phasing import FloatArray, Month
from best_model.model.scenario import Lever
from best_model.questions.attribution import whose_saving
from best_model.questions.frontier import QuickReach
from best_model.questions.places import capital

_POUND = 1.0
_NINE_DIGITS = 9


# ---- When it pays


@dataclass(frozen=True)
class BreakEven:
    """When one priority, or the programme where `lever` is none, has paid for itself; £ nominal over the reported years.

    `saving` is before the cost to run and after what is spent again, a fair share; `running` and `capital` are what it has to meet.
    After the plan its last saving and running cost are held until `horizon` years have gone, and nothing more is built.
    """

    lever: Lever | None
    saving: FloatArray
    running: FloatArray
    capital: FloatArray
    horizon: int

    @property
    def met_running(self) -> int | None:
        """Months from the first April until the saving has met the cost to run for good, as `months_to_break_even`."""
        return months_to_break_even(self._held(self.saving - self.running))

    @property
    def met_all(self) -> int | None:
        """The same for the cost to run and the capital of its places together."""
        built = np.pad(self.capital, (0, self.horizon - len(self.capital)))
        return months_to_break_even(self._held(self.saving - self.running) - built)

    def _held(self, amounts: FloatArray) -> FloatArray:
        return np.pad(amounts, (0, self.horizon - len(amounts)), mode="edge")


def months_to_break_even(net: FloatArray) -> int | None:
    """Whole months, from the first April, after which cumulative `net` (year,) is above nought and stays there; none if never.

    £ of a financial year come evenly over its twelve months, so the sum so far is a straight line within each year. Nought is
    from the start. £60 lost in the first year are met halfway through a second that brings £120:

    >>> months_to_break_even(np.array([-60.0, 120.0, 120.0]))
    18
    """
    so_far = np.append(0.0, np.cumsum(net))
    last = int(np.flatnonzero(so_far < _POUND)[-1])
    if last == len(net):
        return None
    share = max(-so_far[last] / net[last], 0.0)
    return int(np.floor(round(Month.IN_A_YEAR * (last + share), _NINE_DIGITS)))


def break_evens(result: Result) -> tuple[BreakEven, ...]:
    """When the programme pays for itself, and then each priority by its fair share; what is in train is in neither."""
    shares = list(whose_saving(result.authority, result.scenario).values())
    built = [_capital_of(result, place) for place in range(len(shares))]
    horizon = max(int(result.authority.council.assumptions["finance.appraisal_years"].value), len(result.years))
    each = tuple(
        BreakEven(lever, share.gross - share.reinvested, share.running, spent, horizon)
        for lever, share, spent in zip(result.scenario.levers, shares, built, strict=True)
    )
    saving, running, spent = (
        np.sum([getattr(one, what) for one in each], axis=0) for what in ("saving", "running", "capital")
    )
    return (BreakEven(None, saving, running, spent, horizon), *each)


def _capital_of(result: Result, lever: int) -> FloatArray:
    """£ of capital over the years for the places of one lever."""
    forces = tuple(force for force in result.simulation.forces if force.lever == lever)
    own = replace(result, simulation=replace(result.simulation, forces=forces))
    return sum(capital(own).values(), np.zeros(len(result.years)))


# ---- What waiting costs


@dataclass(frozen=True)
class Delay:
    """Net saving lost by delay, £ nominal (month, year): rows for nought to twelve months late; for one lever, or all where it is none."""

    lever: Lever | None
    cost: FloatArray

    @property
    def over_the_years(self) -> FloatArray:
        """£ over all the reported years, (month,)."""
        return self.cost.sum(axis=1)

    @property
    def dearest_month(self) -> int:
        """The month of delay that adds most to the one before it, counted from one."""
        return int(np.argmax(np.diff(self.over_the_years))) + 1


def delays(result: Result) -> tuple[Delay, ...]:
    """What each month of delay costs, up to a year: the programme's together, then each priority's alone; all run in one batch.

    All that a late lever does comes so many months later, its places and its cost to run with it.
    """
    levers, months = result.scenario.levers, np.arange(Month.IN_A_YEAR + 1.0)
    late = np.concatenate([np.ones((1, len(levers))), np.eye(len(levers))])
    slips = {
        name: (figure.value + late[:, place, None] * months).ravel()
        for place, lever in enumerate(levers)
        for name, figure in lever.figures.items()
        if name.endswith(".slip")
    }
    mixes = np.tile([lever.intensity for lever in levers], (late.shape[0] * len(months), 1))
    saved = QuickReach(result.authority, result.scenario).identified(mixes, slips)
    by_month = saved.reshape(len(late), len(months), -1)
    return tuple(Delay(lever, own[:1] - own) for lever, own in zip([None, *levers], by_month, strict=True))
