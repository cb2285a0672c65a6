"""Which assumption matters most, and which one alone would change the answer: a sentence, a list, a table and a chart."""

from collections.abc import Mapping, Sequence

from best_model.draws.sensitivity import PRIORITIES, Swing, figures_of, gap_moved, that_change_the_answer
from best_model.faces.numbers import millions, number, pounds_m
from best_model.model.authority import Authority
from best_model.model.scenario import Assumption, Scenario
from best_model.outputs.charts import Chart, tornado_chart
from best_model.outputs.fragment import Fragment, bullets, paragraph
from best_model.outputs.pages import figure_anchor
from best_model.outputs.tables import Row, table
from best_model.questions.names import figure_name, within_a_sentence

_SHOWN = 10
_COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def sensitivity_answer(authority: Authority, scenario: Scenario, swings: Sequence[Swing]) -> Fragment:
    """Which single assumption would change the answer on each target, in one sentence for large type."""
    flips = {name: that_change_the_answer(swings, amount) for name, amount in _targets(authority).items()}
    some = [(name, found) for name, found in flips.items() if found]
    if not some:
        return paragraph(f"No single assumption could change the answer, {' or '.join(flips)}.", "answer")
    (name, found), *others = some
    also = "".join(f", {_count(len(more))} the {other}" for other, more in others)
    none = "".join(f"; none the {name}" for name, found in flips.items() if not found)
    said = f"{_count(len(found))} {'assumption' if len(found) == 1 else 'assumptions'} could change the {name} answer{also}"
    return paragraph(f"{said.capitalize()}, first {_in_short(found[0].name, scenario)}{none}.", "answer")


def _targets(authority: Authority) -> dict[str, float]:
    """Each target in the last year, £, the nearest first."""
    last = {name: float(amounts[-1]) for name, amounts in authority.council.targets.items()}
    return dict(sorted(last.items(), key=lambda target: target[1]))


def _count(number_of: int) -> str:
    return _COUNTS[number_of] if number_of < len(_COUNTS) else str(number_of)


def _in_short(name: str, scenario: Scenario) -> str:
    """An assumption in nine words or fewer."""
    said = figure_name(name, scenario.levers)
    if not name.startswith(f"{PRIORITIES}."):
        return within_a_sentence(said.partition(",")[0] if name.startswith("calibration.") else said)
    part = name.split(".")[2]
    what = {"evidence": "the evidence for", "running_cost": "the cost of"}.get(part, "one effect of")
    return f"{what} {within_a_sentence(said.partition(':')[0])}"


def what_would_change_the_answer(authority: Authority, scenario: Scenario, swings: Sequence[Swing]) -> Fragment:
    """For each target: every assumption that alone changes whether it is met, with its figure; or how far the largest falls short."""
    figures = figures_of(authority, scenario)
    said = [
        line
        for name, target in _targets(authority).items()
        for line in (
            [
                _flip(swing, (name, target), authority, scenario, figures)
                for swing in that_change_the_answer(swings, target)
            ]
            or [_no_flip(swings, name, target, scenario)]
        )
    ]
    return bullets(said)


def _flip(
    swing: Swing, aim: tuple[str, float], authority: Authority, scenario: Scenario, figures: Mapping[str, Assumption]
) -> str:
    (name, target), figure = aim, figures[swing.figures[-1]]
    ends = {"low": (figure.low, swing.at_low), "high": (figure.high, swing.at_high)}
    met = round(swing.central - target) >= 0
    end, (value, saving) = next(each for each in ends.items() if (round(each[1][1] - target) >= 0) != met)
    return (
        f"{figure_name(swing.name, scenario.levers)}: at its {end}, {number(value)} and not {number(figure.value)} "
        f"({figure.unit}), {pounds_m(saving)} is found, {'short of' if met else 'enough for'} the {name} target of "
        f"{pounds_m(target)}{_wider(authority, scenario, swing, end)}."
    )


def _wider(authority: Authority, scenario: Scenario, swing: Swing, end: str) -> str:
    """What else such a change would do: a figure that saves more because there is more to spend widens the gap first."""
    wider = gap_moved(authority, scenario, swing, end == "high")
    return f", but the gap before it is {pounds_m(wider)} wider" if wider > swing.size else ""


def _no_flip(swings: Sequence[Swing], name: str, target: float, scenario: Scenario) -> str:
    met = round(swings[0].central - target) >= 0
    nearest = min(
        swings, key=lambda swing: min(swing.at_low, swing.at_high) if met else -max(swing.at_low, swing.at_high)
    )
    saving = min(nearest.at_low, nearest.at_high) if met else max(nearest.at_low, nearest.at_high)
    return (
        f"No single assumption changes the answer on the {name} target of {pounds_m(target)}. The nearest, "
        f"{_in_short(nearest.name, scenario)}, gives {pounds_m(saving)}."
    )


def swings_table(authority: Authority, scenario: Scenario, swings: Sequence[Swing], shown: int = _SHOWN) -> Fragment:
    """The largest swings: each assumption's figure with its low and high, and the saving found at either."""
    figures, year = figures_of(authority, scenario), authority.years[-1]
    rows = [_swing_row(swing, authority, scenario, figures[swing.figures[-1]]) for swing in swings[:shown]]
    columns = ["Assumption", "Low", "Value", "High", "£m at its low", "£m at its high", "Unit", "Changes the answer on"]
    note = (
        "One assumption moved at a time, the others and the calibration held; with none moved "
        f"{pounds_m(swings[0].central)} is found in {year}. A figure given by year moves in all its years; the last "
        "is shown."
    )
    return table(
        f"The {_count(len(rows))} assumptions that move the saving most, {scenario.title}, {year}",
        columns,
        rows,
        note,
        text_columns=2,
    )


def _swing_row(swing: Swing, authority: Authority, scenario: Scenario, figure: Assumption) -> Row:
    changes = [name for name, target in _targets(authority).items() if swing.flips(target)]
    cells = [number(value) for value in (figure.low, figure.value, figure.high)]
    cells += [millions(swing.at_low), millions(swing.at_high), figure.unit, " and ".join(changes) or "neither"]
    name = figure_name(swing.name, scenario.levers)
    return Row(name, cells, figure.pedigree.value, figure_anchor(swing.figures[-1]))


def swings_chart(authority: Authority, scenario: Scenario, swings: Sequence[Swing], shown: int = _SHOWN) -> Chart:
    """A bar for each of the largest swings, from low to high, beside the distance to each target."""
    first = swings[0]
    lines = [(figure_name(swing.name, scenario.levers), swing.low, swing.high) for swing in swings[:shown]]
    marks = [(f"{name.capitalize()} target", target - first.central) for name, target in _targets(authority).items()]
    least, most = sorted((first.low, first.high))
    title = (
        f"{_in_short(first.name, scenario).capitalize()} moves the saving most: {pounds_m(least)} to +{pounds_m(most)}"
    )
    return tornado_chart(lines, marks, title, f"Change in the saving found in {authority.years[-1]}")
