"""The tables and lists of the papers: what is published, what is saved, where children are, and where figures come from."""

from calendar import month_name
from collections.abc import Iterable, Sequence

import numpy as np

from best_model.faces.numbers import millions, per_cent, pounds, safe
from best_model.model.authority import Authority
from best_model.model.engine import Result
from best_model.model.scenario import Lever, Scenario
from best_model.outputs.fragment import Fragment
from best_model.outputs.tables import Row, slug, table

METHOD = "how-the-figures-are-made"
ROUNDED = "Totals are of unrounded parts, so rounded parts may not add."


def target_table(evidence: Result, plan: Result) -> Fragment:
    """Each year's published target beside what is modelled, and how far short that is."""
    amounts = [
        [_amount(aim), millions(float(found)), _amount(aim - found)]
        for aim, found in zip(plan.target, evidence.found, strict=True)
    ]
    rows = [Row(year, cells) for year, cells in zip(plan.years[:-1], amounts, strict=False)]
    rows.append(Row(plan.years[-1], amounts[-1], "modelled", METHOD, total=True))
    columns = ["Year", "Target", "Modelled", "Short by"]
    note = (
        "The report speaks of the next four years. Its table shows the stretched figure as a yearly level in the last of them; the base "
        "figure is read likewise."
    )
    return table(f"{plan.scenario.title} target beside modelled, £m", columns, rows, note)


def _amount(pounds_or_none: float) -> str:
    return millions(float(pounds_or_none)) if np.isfinite(pounds_or_none) else "not published"


def intensity_table(results: Sequence[Result]) -> Fragment:
    """How hard each scenario leans on each priority, as a share of the most that is assumed of it."""
    rows = [
        Row(
            lever.label,
            [per_cent(result.scenario.levers[place].intensity) for result in results]
            + [f"{per_cent(lever.evidence.low)} to {per_cent(lever.evidence.high)}"],
            "assumed",
            figure_anchor(f"priorities.{lever.name}.evidence"),
        )
        for place, lever in enumerate(results[0].scenario.levers)
    ]
    columns = ["Priority", *(result.scenario.title for result in results), "Range"]
    return table("How hard each scenario leans on each priority, 100% being the most assumed", columns, rows)


def delivery_table(scenario: Scenario, years: Sequence[str]) -> Fragment:
    """Each priority: when it starts, how long it takes, what it costs to run, whether its saving is cash, how sure we are, who owns it."""
    rows = [
        Row(
            lever.label,
            [
                _month(lever),
                f"{lever.ramp_months} months",
                pounds(lever.running_cost.value),
                _cash(lever),
                lever.confidence,
                lever.owner,
            ],
            "assumed",
            figure_anchor(f"priorities.{lever.name}.running_cost"),
        )
        for lever in scenario.levers
    ]
    columns = ["Priority", "Starts", "In full after", "£ a year to run", "Saving is", "Confidence", "Owner"]
    return table(
        "How the priorities are delivered",
        columns,
        rows,
        f"Running cost at full effect, {years[0]} prices. Owners are illustrative.",
        text_columns=3,
    )


def _month(lever: Lever) -> str:
    year, month = lever.start_year_and_month
    return f"{month_name[month]} {year}"


def _cash(lever: Lever) -> str:
    return "reinvested" if lever.reinvested else "cost avoided" if lever.kind == "avoidance" else "cashable"


def listed_sources(authority: Authority, keys: Iterable[str]) -> Fragment:
    """Some of the council's sources, in its order: title, where in it, licence and address."""
    wanted = set(keys)
    items = "".join(
        f'<li id="source-{slug(key)}"><strong>{safe(source.title)}</strong>: {safe(source.where)}. Licence: {safe(source.licence)}.'
        + (f' <a href="{safe(source.url)}">Publication</a>' if source.url else "")
        + "</li>"
        for key, source in authority.council.sources.items()
        if key in wanted
    )
    return Fragment(f'<ul class="sources">{items}</ul>')


def _m(amounts: Sequence[float] | np.ndarray) -> list[str]:
    return [millions(float(amount)) for amount in amounts]


def report_anchor(authority: Authority) -> str:
    """The anchor of the council's own forecast among the sources."""
    return f"source-{slug(authority.council.forecast.source)}"


def figure_anchor(name: str) -> str:
    """Where an assumption stands among the assumptions of a page."""
    return f"figure-{slug(name)}"
