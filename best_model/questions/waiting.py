"""What waiting costs: the price of each month of delay, of the whole programme and of each priority alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from best_model.model.engine import Result
from best_model.model.phasing import FloatArray, Month
from best_model.model.scenario import Lever
from best_model.questions.mixes import Reach, intensities_of
from best_model.questions.names import within_a_sentence
from best_model.questions.paid_back import PROGRAMME
from best_model.table import Row, Table, Unit, listed, modelled, under

_SHOWN_ALONE = 3


@dataclass(frozen=True)
class Delay:
    """Net saving lost by delay, £ nominal (month, year): rows for nought to twelve months late; for one lever, or all where it is none."""

    lever: Lever | None
    cost: FloatArray

    @property
    def label(self) -> str:
        """Its name for a reader."""
        return self.lever.label if self.lever else PROGRAMME

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
    mixes = np.tile(intensities_of(result.scenario), (late.shape[0] * len(months), 1))
    saved = Reach(result.authority, result.scenario).identified(mixes, slips)
    by_month = saved.reshape(len(late), len(months), -1)
    return tuple(Delay(lever, own[:1] - own) for lever, own in zip([None, *levers], by_month, strict=True))


class Waiting(NamedTuple):
    """What a month of delay loses, £ nominal: over all the years and in the last, and of a whole year of delay over all the years.

    `dearest` is the month of delay that adds most to the one before it, counted from one, and `added` what it adds. `most` is the priority
    that loses most by a month of its own delay, by name, with that amount.
    """

    month: float
    month_in_last_year: float
    year: float
    dearest: int
    added: float
    most: tuple[str, float]


def waiting(all_delays: Sequence[Delay]) -> Waiting:
    """What waiting costs the programme, from `delays`."""
    programme, *each = all_delays
    total, dearest = programme.over_the_years, programme.dearest_month
    most = max(each, key=lambda one: one.over_the_years[1])
    return Waiting(
        month=float(total[1]),
        month_in_last_year=float(programme.cost[1, -1]),
        year=float(total[-1]),
        dearest=dearest,
        added=float(total[dearest] - total[dearest - 1]),
        most=(within_a_sentence(most.label), float(most.over_the_years[1])),
    )


def lost_by_month(all_delays: Sequence[Delay]) -> Table:
    """Net saving lost over all the years by months of delay, £ nominal: by the programme, and by the priorities that lose most alone."""
    programme, *each = all_delays
    shown = [programme, *sorted(each, key=lambda one: -one.over_the_years[-1])[:_SHOWN_ALONE]]
    months = under(map(str, range(len(programme.cost))))
    rows = [Row(one.label, one.over_the_years) for one in shown]
    return Table("lost_by_month", "Saving lost by months of delay", "Line", months, rows)


@listed("result")
def delay(result: Result) -> Table:
    """What the whole programme loses, £ nominal by year, if it all comes one to twelve months later."""
    heads = ("Nothing: on time", "1 month", *(f"{late} months" for late in range(2, Month.IN_A_YEAR + 1)))
    lost = zip(heads, delays(result)[0].cost, strict=True)
    rows = [modelled(head, [*by_year, by_year.sum()]) for head, by_year in lost]
    notes = (
        "Net saving lost, by running the model again with every start so many months later.",
        "Places open and children change school in September, so a month that misses one costs more.",
        "Where a delay spares more than it loses, the number is below nought.",
    )
    caption = f"What delay costs, {result.scenario.title}, £m"
    return Table("delay", caption, "Every priority later by", under([*result.years, "All"]), rows, notes)


@listed("result")
def delay_by_priority(result: Result) -> Table:
    """What one month, and twelve, of each priority's delay cost by itself, £ nominal, over the years and in the last."""
    last, months, rows = result.years[-1], (1, Month.IN_A_YEAR), []
    for one in delays(result):
        amounts = [amount for late in months for amount in (one.over_the_years[late], one.cost[late, -1])]
        rows.append(modelled(one.label, amounts, total=one.lever is None))
    heads = ("A month, all years", f"A month, {last}", "A year, all years", f"A year, {last}")
    notes = (
        "Each priority alone, the others on time.",
        "Priorities that act on the same children make up for each other, so these do not add to the programme's.",
    )
    caption = f"What each priority's delay costs, {result.scenario.title}"
    return Table("delay_by_priority", caption, "Line", under(heads, Unit.GBP_SAID), rows, notes)
