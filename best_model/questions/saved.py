"""What a plan saves, line by line, and how one run differs from another."""

import numpy as np

from best_model.model.engine import SCENARIO, Result
from best_model.questions.attribution import lines_of_saving
from best_model.questions.names import line_names, within_a_sentence
from best_model.table import LEAST_GBP_SHOWN, METHOD, NOT_PUBLISHED, ROUNDED, Missing, Row, Table, Unit, listed, under


@listed("result")
def savings(result: Result) -> Table:
    """Net saving by priority and year, £ nominal; what is in train and still to be identified are lines of their own."""
    kinds = {
        "in_train": ("assumed", f"figure:in_train.{result.years[-1]}"),
        "still_to_be_identified": ("balance", METHOD),
    }
    names = line_names(result)
    rows = [
        Row(names[name], amounts, *kinds.get(name, ("modelled", METHOD)))
        for name, amounts in lines_of_saving(result).items()
    ]
    rows.append(Row("Saving", result.saving, total=True))
    notes = (
        "Net of what each priority costs to run. Where two priorities act on the same child, the saving is shared fairly between them.",
        *_spent_again(result),
        ROUNDED,
    )
    caption = f"Where the saving comes from, {result.scenario.title}, £m a year"
    return Table("savings", caption, "Line", under(result.years), tuple(rows), notes)


@listed("result")
def savings_by_part(result: Result) -> Table:
    """The saving by year, £ nominal, in its three parts, and the target."""
    rows = [
        Row("Six priorities", result.identified, "modelled", METHOD),
        Row("In train", result.in_train, "assumed", f"figure:in_train.{result.years[-1]}"),
        Row("Still to be identified", result.to_be_identified, "balance", METHOD),
        Row("Target", [float(aim) if np.isfinite(aim) else NOT_PUBLISHED for aim in result.target], total=True),
    ]
    caption = f"What the saving is made of, {result.scenario.title}, £m a year"
    return Table("savings_by_part", caption, "Part", under(result.years), rows)


def years_short(result: Result) -> tuple[str, ...]:
    """Years in which a plan counts on a saving for which no measure has been found."""
    return tuple(
        year for year, amount in zip(result.years, result.to_be_identified, strict=True) if amount >= LEAST_GBP_SHOWN
    )


def lines_of_last_year(result: Result) -> Table:
    """Each line of the saving in the last year, £ nominal, the largest first."""
    names, last = line_names(result), {name: float(each[-1]) for name, each in lines_of_saving(result).items()}
    rows = [Row(names[name], [last[name]]) for name in sorted(last, key=lambda name: last[name], reverse=True)]
    caption = f"Net saving in {result.years[-1]}, {result.scenario.title}, the largest first, £m"
    return Table("lines_of_last_year", caption, "Line", under([result.years[-1]]), rows)


def from_gap_to_gap(result: Result) -> Table:
    """The last year's gap before any saving, what each line takes off it, and the gap left, £ nominal."""
    names = line_names(result)
    steps = [
        Row(names[name], [-float(amounts[-1])], "balance" if name == "still_to_be_identified" else "modelled")
        for name, amounts in lines_of_saving(result).items()
    ]
    first = Row("Gap before any saving", [result.gap_before[-1]], total=True)
    last = Row("Gap left", [result.gap_after[-1]], total=True)
    caption = f"From the gap before any saving to the gap left, {result.scenario.title}, £m"
    return Table("from_gap_to_gap", caption, "Step", under([result.years[-1]]), [first, *steps, last])


def target_beside_found(evidence: Result, plan: Result) -> Table:
    """Each year's published target of a plan beside what is found on the evidence, and how far short that is, £ nominal."""
    beside = [_beside(float(aim), float(found)) for aim, found in zip(plan.target, evidence.found, strict=True)]
    rows = [Row(year, values) for year, values in zip(plan.years, beside, strict=True)]
    rows[-1] = Row(plan.years[-1], beside[-1], "modelled", METHOD, total=True)
    caption = f"{plan.scenario.title} target beside modelled, £m"
    return Table("target_beside_found", caption, "Year", under(("Target", "Modelled", "Short by")), rows, _HOW_READ)


_HOW_READ = ("We read both targets as a saving a year by the last year.",)


def _beside(aim: float, found: float) -> list[float | Missing]:
    return [aim, found, aim - found] if np.isfinite(aim) else [NOT_PUBLISHED, found, NOT_PUBLISHED]


def _spent_again(result: Result) -> list[str]:
    names = [within_a_sentence(lever.label) for lever in result.scenario.levers if lever.reinvested]
    return [f"The council spends again what the {' and '.join(names)} saves."] if names else []


def differences(result: Result, other: Result) -> Table:
    """One run less another by year: saving found, saving, gap left, deficit (£ nominal), and plans at the January within the year."""
    rows = [
        Row("Found: priorities and in train", result.found - other.found, "modelled", METHOD),
        Row("Saving", result.saving - other.saving, "modelled", METHOD),
        Row("Gap left", result.gap_after - other.gap_after, "modelled", METHOD),
        Row("Deficit at 31 March", result.deficit["as_published"] - other.deficit["as_published"], "modelled", METHOD),
        Row("EHC plans in January", _plans(result) - _plans(other), "modelled", METHOD, unit=Unit.CHILDREN),
    ]
    caption = f"{result.scenario.title} less {other.scenario.title}, £m a year, and children"
    return Table("differences", caption, "Line", under(result.years), tuple(rows))


def _plans(result: Result) -> np.ndarray:
    return result.simulation.total[SCENARIO, -len(result.years) :]
