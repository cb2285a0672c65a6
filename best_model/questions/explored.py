"""What the explorer shows at one setting of its sliders."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from best_model.model.authority import Authority
from best_model.model.deficit import CASES, cumulative_deficit
from best_model.model.engine import reaches
from best_model.model.phasing import FloatArray
from best_model.model.scenario import Scenario
from best_model.model.settings import SETTINGS
from best_model.questions.grid import Grid
from best_model.questions.names import before_the_plan
from best_model.questions.sliders import Position
from best_model.table import LEAST_GBP_SHOWN, ROUNDED, Row, Table, Unit, under


class Aim(NamedTuple):
    """A target of the last year, £; by how much it is missed, negative where more is found; and how that is said: met, beyond, just
    short (by less than shows) or short."""

    name: str
    amount: float
    short: float
    standing: str


@dataclass(frozen=True)
class Explored:
    """The grid at one setting. Over the reported years, £: `identified` (after its own costs), `in_train`, and `gap_before` if nothing
    is done. In the last January, children by setting: `plans`, and `plans_before` if nothing is done with as many new plans."""

    authority: Authority
    identified: FloatArray
    in_train: FloatArray
    gap_before: FloatArray
    plans: FloatArray
    plans_before: FloatArray

    @property
    def found(self) -> FloatArray:
        """What the priorities save and what is in train."""
        return self.identified + self.in_train

    @property
    def gap_left(self) -> FloatArray:
        """In-year gap once what is found is saved."""
        return self.gap_before - self.found

    @property
    def deficit(self) -> dict[str, FloatArray]:
        """Cumulative deficit at each 31 March, by case."""
        return cumulative_deficit(self.gap_left, self.authority.council.money, self.authority.years)

    @property
    def aims(self) -> tuple[Aim, ...]:
        """Every target of the last year."""
        targets = self.authority.council.targets
        return tuple(_aim(name, float(amounts[-1]), float(self.found[-1])) for name, amounts in targets.items())


def _aim(name: str, amount: float, found: float) -> Aim:
    short, shows = amount - found, round(abs(amount - found), 2) >= LEAST_GBP_SHOWN
    if reaches(found, amount):
        return Aim(name, amount, short, "beyond" if shows else "met")
    return Aim(name, amount, short, "short" if shows else "just short")


def explored(grid: Grid, position: Position, level: int) -> Explored:
    """The grid at a setting of its sliders; `level` is the place of what is in train."""
    new_plans = position[0]
    return Explored(
        grid.authority,
        grid.identified[position],
        grid.in_train[level].pounds,
        grid.gap_before[new_plans],
        grid.plans[position],
        grid.plans[(new_plans, *grid.nothing[1:])],
    )


def at_scenario(grid: Grid, scenario: Scenario) -> Explored:
    """The grid where a scenario stands."""
    return explored(grid, grid.position(scenario), grid.level(scenario))


def most(grid: Grid) -> float:
    """The most that any setting finds in the last year, or the highest target, £."""
    found = grid.identified[..., -1].max() + max(each.pounds[-1] for each in grid.in_train)
    return float(max(found, *(amounts[-1] for amounts in grid.authority.council.targets.values())))


# The tables: cells in the order in which the page's script fills them


def saving_and_gap(shown: Explored) -> Table:
    """Saving by year, how far it is from each target published for every year, and the gap that is left, £ nominal."""
    rows = [
        Row("The priorities, after their own costs", shown.identified, "modelled"),
        Row(f"In train {before_the_plan(shown.authority.years)}", shown.in_train, "assumed"),
        Row("Found together", shown.found, total=True),
    ]
    for name, target in shown.authority.council.targets.items():
        if np.isfinite(target).all():
            rows += [
                Row(f"{name.capitalize()} target", target, "published"),
                Row("Still to be identified for it", target - shown.found),
            ]
    rows += [Row("Gap if nothing is done", shown.gap_before, "modelled"), Row("Gap left", shown.gap_left, total=True)]
    notes = (
        "£m a year, nominal. Still to be identified has a minus where more is found than the target asks.",
        ROUNDED,
    )
    return Table("saving_and_gap", "Saving and gap by year, £m", "Line", under(shown.authority.years), rows, notes)


def where_placed(shown: Explored) -> Table:
    """Children by setting in the last January, if nothing is done and at this setting; the change is of whole numbers."""
    pairs = zip(SETTINGS.values(), shown.plans_before, shown.plans, strict=True)
    rows = [Row(name, _changed(before, after)) for name, before, after in pairs]
    rows.append(Row("All plans", _changed(shown.plans_before.sum(), shown.plans.sum()), total=True))
    columns = under(("If nothing is done", "At these settings", "Change"), Unit.CHILDREN)
    notes = (
        "Children with an EHC plan, modelled. The change is between the whole numbers shown.",
        "Rounded parts may not add.",
    )
    caption = f"Where children are placed, January {shown.authority.januaries[-1]}"
    return Table("where_placed", caption, "Setting", columns, rows, notes)


def _changed(before: float, after: float) -> list[float]:
    return [before, after, float(np.rint(after) - np.rint(before))]


def deficit_built_up(shown: Explored) -> Table:
    """The cumulative deficit at each 31 March by case, £."""
    januaries = shown.authority.januaries[-len(shown.found) :]
    rows = [Row(words, shown.deficit[case], "modelled") for case, words in CASES.items()]
    note = "Once what is found is saved. Minus would be a surplus."
    columns = under(f"31 March {year}" for year in januaries)
    return Table("deficit_built_up", "Deficit that has built up, £m", "Case", columns, rows, (note,))
