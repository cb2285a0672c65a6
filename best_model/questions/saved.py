"""What a plan saves, line by line and beside other scenarios, and how one run differs from another."""

from best_model.model.engine import SCENARIO, Result
from best_model.questions.names import line_names, within_a_sentence
from best_model.questions.whose import lines_of_saving
from best_model.table import LEAST_GBP_SHOWN, METHOD, ROUNDED, Row, Table, Unit, known, listed, modelled, under


@listed("result")
def savings(result: Result) -> Table:
    """Net saving by priority and year, £ nominal; what is in train and still to be identified are lines of their own."""
    kinds = {
        "in_train": ("assumed", f"figure:in_train.{result.years[-1]}"),
        "still_to_be_identified": ("balance", METHOD),
    }
    names = line_names(result)
    again = [within_a_sentence(lever.label) for lever in result.scenario.levers if lever.reinvested]
    rows = [
        Row(names[name], amounts, *kinds.get(name, ("modelled", METHOD)))
        for name, amounts in lines_of_saving(result).items()
    ]
    rows.append(Row("Saving", result.saving, total=True))
    notes = (
        "Net of what each priority costs to run. Where two priorities act on the same child, the saving is shared fairly between them.",
        *([f"The council spends again what the {' and '.join(again)} saves."] if again else []),
        ROUNDED,
    )
    caption = f"Where the saving comes from, {result.scenario.title}, £m a year"
    return Table("savings", caption, "Line", under(result.years), tuple(rows), notes)


@listed("result")
def savings_by_part(result: Result) -> Table:
    """The saving by year, £ nominal, in its three parts, and the target."""
    rows = [
        modelled("All priorities", result.identified),
        Row("In train", result.in_train, "assumed", f"figure:in_train.{result.years[-1]}"),
        Row("Still to be identified", result.to_be_identified, "balance", METHOD),
        Row("Target", known(result.target), total=True),
    ]
    caption = f"What the saving is made of, {result.scenario.title}, £m a year"
    return Table("savings_by_part", caption, "Part", under(result.years), rows)


def years_short(result: Result) -> tuple[str, ...]:
    """Years in which a plan counts on a saving for which no measure has been found."""
    short = result.to_be_identified >= LEAST_GBP_SHOWN
    return tuple(year for year, is_short in zip(result.years, short, strict=True) if is_short)


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
    by_year = zip(plan.years, plan.target, evidence.found, strict=True)
    rows = [Row(year, known((aim, found, aim - found))) for year, aim, found in by_year]
    rows[-1] = modelled(rows[-1].head, rows[-1].values, total=True)
    caption, note = (
        f"{plan.scenario.title} target beside modelled, £m",
        "We read both targets as a saving a year by the last year.",
    )
    return Table("target_beside_found", caption, "Year", under(("Target", "Modelled", "Short by")), rows, (note,))


@listed("result")
def scenarios_in_short(*results: Result) -> Table:
    """The last year of several scenarios, £ nominal: the priorities, what is in train, what is still to be identified, the target."""
    rows = []
    for each in results:
        parts = (each.identified, each.in_train, each.to_be_identified, each.saving, each.target)
        rows.append(modelled(each.scenario.title, [part[-1] for part in parts]))
    columns = under(("All priorities", "In train", "Still to be identified", "Saving", "Target"))
    caption = f"Saving in {results[0].years[-1]} by scenario, £m"
    return Table("scenarios_in_short", caption, "Scenario", columns, rows, (ROUNDED,))


def differences(result: Result, other: Result) -> Table:
    """One run less another by year: saving found, saving, gap left, deficit (£ nominal), and plans at the January within the year."""
    plans, others = (each.simulation.total[SCENARIO, -len(result.years) :] for each in (result, other))
    rows = [
        modelled("Found: priorities and in train", result.found - other.found),
        modelled("Saving", result.saving - other.saving),
        modelled("Gap left", result.gap_after - other.gap_after),
        modelled("Deficit at 31 March", result.deficit["as_published"] - other.deficit["as_published"]),
        modelled("EHC plans in January", plans - others, unit=Unit.CHILDREN),
    ]
    caption = f"{result.scenario.title} less {other.scenario.title}, £m a year, and children"
    return Table("differences", caption, "Line", under(result.years), tuple(rows))
