"""What the council published: its forecast line by line, and whether it adds up."""

from typing import NamedTuple

import numpy as np

from best_model.model.authority import Authority
from best_model.model.engine import Result
from best_model.table import METHOD, NOT_APPLICABLE, Row, Table, Unit, listed, under


def report_of(authority: Authority) -> str:
    """Where a published figure of the forecast leads: the council's own report, among the sources."""
    return f"source:{authority.council.forecast.source}"


def kind_of_gap(result: Result) -> tuple[str, str]:
    """Pedigree and source of the gap before mitigation: published where it is the council's own, modelled beside other income."""
    tied = np.allclose(result.gap_before, result.authority.council.forecast.gap_before, rtol=0, atol=1.0)
    return ("published", report_of(result.authority)) if tied else ("modelled", METHOD)


@listed("authority")
def published_forecast(authority: Authority) -> Table:
    """The council's published forecast, line by line, as in its report."""
    forecast, source = authority.council.forecast, report_of(authority)
    after = [NOT_APPLICABLE("not carried")] * (len(forecast.years) - 1)
    rows = [
        Row("Annual funding gap before mitigations", forecast.gap_before, "published", source),
        Row("Total planned mitigations", forecast.mitigations, "published", source),
        Row("Annual funding gap after mitigations", forecast.gap_after, "published", source, total=True),
        *(
            Row(f"Deficit brought forward from {origin.replace('_', ' ')}", [amount, *after], "published", source)
            for origin, amount in forecast.brought_forward.items()
        ),
        Row("Cumulative High Needs funding gap", forecast.cumulative, "published", source, total=True),
    ]
    note = "A deficit brought forward is counted once, in the first year. After that it is part of the cumulative line."
    caption = "High Needs forecast of January 2026, £000"
    return Table("published_forecast", caption, "Line", under(forecast.years, Unit.GBP_K), rows, (note,))


class AddedUp(NamedTuple):
    """Whether the published table ties, to the pound, and what its deficits brought forward come to, £."""

    ties: bool
    brought_forward: float


def added_up(authority: Authority) -> AddedUp:
    """The published table against its own arithmetic: gap less mitigations, and deficits with the gaps left."""
    forecast = authority.council.forecast
    left = forecast.gap_before + forecast.mitigations - forecast.gap_after
    brought = sum(forecast.brought_forward.values())
    carried = brought + np.cumsum(forecast.gap_after) - forecast.cumulative
    return AddedUp(not left.any() and not carried.any(), brought)


@listed("authority")
def published_gap(authority: Authority) -> Table:
    """The yearly gap before and after the mitigations that the council publishes, £."""
    forecast, source = authority.council.forecast, report_of(authority)
    rows = (
        Row("Before mitigation", forecast.gap_before, "published", source),
        Row("After it", forecast.gap_after, "published", source),
    )
    return Table("published_gap", "The yearly gap as published, £m", "Line", under(forecast.years), rows)
