"""What makes the gap grow if nothing is done: the settings, the services, and the income against them."""

from best_model.model.engine import Result
from best_model.model.phasing import FloatArray
from best_model.model.settings import SETTINGS
from best_model.table import LEAST_GBP_SHOWN, METHOD, Column, Row, Table, listed

_SHOWN = 0.5e6
"""£ a year: what changes the gap by less stands among the others."""


@listed("result")
def gap_growth(result: Result) -> Table:
    """How the yearly gap changes from the first reported year to the last if nothing is done, £ nominal, the largest part first."""
    parts = _parts(result)
    rows = [
        Row(name, [amount], "modelled", METHOD)
        for name, amount in sorted(parts.items(), key=lambda part: -part[1])
        if abs(amount) >= _SHOWN
    ]
    others = sum(amount for amount in parts.values() if abs(amount) < _SHOWN)
    if abs(others) >= LEAST_GBP_SHOWN:
        rows.append(Row("Every other setting", [others], "modelled", METHOD))
    column = Column(f"Change in the yearly gap, {result.years[0]} to {result.years[-1]}")
    return Table("gap_growth", "What makes the gap grow if nothing is done, £m a year", "Part", (column,), rows)


def _parts(result: Result) -> dict[str, float]:
    """Each part of the spend, by name, and income with its sign turned: they add to the growth of the gap."""
    spend, money = result.simulation.spend, result.authority.council.money
    first = len(result.authority.financial_years) - len(result.years)

    def grown(by_year: FloatArray) -> float:
        return float(by_year[-1] - by_year[first])

    settings = {name: grown(spend.placements[0, :, place]) for place, name in enumerate(SETTINGS.values())}
    services = grown(money.services) + grown(spend.empty_places[0])
    return {**settings, "Services and empty places": services, "More income": -grown(money.income)}
