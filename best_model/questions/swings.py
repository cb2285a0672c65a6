"""What one assumption alone does to the saving, and which one would change the answer: each moved to its low and to its high."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from best_model.draws.sensitivity import Swing, figures_of, gap_moved, that_change_the_answer
from best_model.model.engine import Result, reaches
from best_model.model.scenario import Assumption
from best_model.questions.names import figure_name, in_short
from best_model.table import Row, Table, Unit, listed, modelled, under

_SHOWN = 10


@listed("result", "swings")
def swings(result: Result, moved: Sequence[Swing], shown: int = _SHOWN) -> Table:
    """The assumptions that move the saving most: the low and the high of each, and the saving found with it there, £ nominal."""
    figures = figures_of(result.authority, result.scenario)
    rows = [_row(swing, result, figures[swing.figures[-1]]) for swing in moved[:shown]]
    columns = (
        *under(("Low", "Value", "High"), Unit.NUMBER),
        *under(("£m found at its low", "£m found at its high")),
        *under(("Unit", "Changes the answer on"), Unit.WORDS),
    )
    notes = (
        "One assumption is moved at a time. The others and the calibration stay as they are. A figure given by year moves in all "
        "its years; the table shows the last.",
    )
    caption = f"The assumptions that move the saving most, {result.scenario.title}, {result.years[-1]}"
    return Table("swings", caption, "Assumption", columns, rows, notes)


def _row(swing: Swing, result: Result, figure: Assumption) -> Row:
    changes = [name for name, target in result.authority.aims.items() if swing.flips(target)]
    amounts = (figure.low, figure.value, figure.high, swing.at_low, swing.at_high)
    values = (*amounts, figure.unit, " and ".join(changes) or "neither")
    name = figure_name(swing.name, result.scenario.levers)
    return Row(name, values, figure.pedigree.value, f"figure:{swing.figures[-1]}")


def swing_sizes(result: Result, moved: Sequence[Swing], shown: int = _SHOWN) -> Table:
    """The same assumptions, by how far the saving moves from the central one, £ nominal: at the low of each and at its high."""
    names = (figure_name(swing.name, result.scenario.levers) for swing in moved[:shown])
    rows = [modelled(name, (swing.low, swing.high)) for name, swing in zip(names, moved, strict=False)]
    caption = f"Change in the saving found in {result.years[-1]}"
    return Table("swing_sizes", caption, "Assumption", under(("At its low", "At its high")), rows)


def distances(result: Result, moved: Sequence[Swing]) -> dict[str, float]:
    """How far each target is from the saving found with no assumption moved, £: `Base target`."""
    return {f"{name.capitalize()} target": target - moved[0].central for name, target in result.authority.aims.items()}


# ---- Which one alone would change the answer


class Flip(NamedTuple):
    """An assumption that alone changes whether a target is met: at its `end` it is `value` and not `central`, `saving` £ is found.

    `gap_wider` is £ by which the gap before any saving is wider there, where that is more than the saving moves; else nothing.
    """

    assumption: str
    end: str
    value: float
    central: float
    unit: str
    saving: float
    gap_wider: float


class Aim(NamedTuple):
    """A target of £ `amount`: whether it is `met` with nothing moved, what would change that, and which assumption comes nearest.

    `nearest` is its name within a sentence and the saving, £, at that end; where something flips, `flips` has the largest first.
    """

    target: str
    amount: float
    met: bool
    flips: tuple[Flip, ...]
    nearest: tuple[str, float]


def what_would_change_the_answer(result: Result, moved: Sequence[Swing]) -> tuple[Aim, ...]:
    """For each target, the nearest first: what alone would change whether it is met, or how near anything comes."""
    figures = figures_of(result.authority, result.scenario)
    return tuple(_aim(name, amount, result, moved, figures) for name, amount in result.authority.aims.items())


def _aim(target: str, amount: float, result: Result, moved: Sequence[Swing], figures: Mapping[str, Assumption]) -> Aim:
    met = reaches(moved[0].central, amount)
    flipping = that_change_the_answer(moved, amount)
    flips = tuple(_flip(swing, amount, result, figures[swing.figures[-1]]) for swing in flipping)
    reach = {swing: (min if met else max)(swing.at_low, swing.at_high) for swing in moved}
    nearest = flipping[0] if flipping else (min if met else max)(moved, key=lambda swing: reach[swing])
    return Aim(target, amount, met, flips, (in_short(nearest.name, result.scenario.levers), reach[nearest]))


def _flip(swing: Swing, amount: float, result: Result, figure: Assumption) -> Flip:
    met = reaches(swing.central, amount)
    ends = {"low": (figure.low, swing.at_low), "high": (figure.high, swing.at_high)}
    end, (value, saving) = next(each for each in ends.items() if reaches(each[1][1], amount) != met)
    wider = gap_moved(result.authority, result.scenario, swing, end == "high")
    name = figure_name(swing.name, result.scenario.levers)
    return Flip(name, end, value, figure.value, figure.unit, saving, wider if wider > swing.size else 0.0)
