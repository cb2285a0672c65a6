"""What was planned and what came of it, from `delivered.csv`: earlier programmes, and a council's own actuals for this one."""

from collections.abc import Hashable, Mapping
from itertools import accumulate
from math import isnan
from pathlib import Path
from typing import Any

from best_model.inputs.tables import Tables, cell
from best_model.model.authority import Council, Forecast
from best_model.model.delivered import THIS_PROGRAMME, Delivered
from best_model.model.refusal import Refusal
from best_model.model.scenario import Pedigree

_TABLE = "delivered.csv"
_SAVING = "saving"


def read_delivered(params: Path, council: Council) -> tuple[Delivered, ...]:
    """The rows of `delivered.csv`, in its order; none for a council without that file."""
    folder = params / council.name
    if not (folder / _TABLE).is_file():
        return ()
    rows = Tables(folder, council.sources)[_TABLE].to_dict("records")
    return tuple(_delivered(place, row, council.forecast) for place, row in enumerate(rows))


def _delivered(place: int, row: Mapping[Hashable, Any], forecast: Forecast) -> Delivered:
    _stands_to_reason(place, row, forecast.years)
    saving = row["measure"] == _SAVING
    return Delivered(
        programme=row["programme"],
        measure=row["measure"],
        year=row["year"],
        planned=_known(row["planned"]),
        delivered=_known(row["delivered"]) if saving else _brought_forward(forecast, row["measure"], row["year"]),
        basis=row["basis"],
        pedigree="derived" if row["pedigree"] == "derived" else Pedigree(row["pedigree"]),
        source=row["source"],
    )


def _stands_to_reason(place: int, row: Mapping[Hashable, Any], years: tuple[str, ...]) -> None:
    """This programme's plan is its target, and what came of an overspend is in the forecast: neither is written twice."""
    if row["measure"] != _SAVING and _known(row["delivered"]) is not None:
        reason = "must be empty: what came of an overspend or a deficit is taken from forecast.csv"
        raise Refusal(cell(_TABLE, place, "delivered", row["delivered"], reason))
    if row["programme"] != THIS_PROGRAMME:
        return
    if row["measure"] != _SAVING:
        raise Refusal(cell(_TABLE, place, "measure", row["measure"], f"must be saving for {THIS_PROGRAMME}"))
    if row["year"] not in years:
        reason = f"must be one of {', '.join(years)} for {THIS_PROGRAMME}"
        raise Refusal(cell(_TABLE, place, "year", row["year"], reason))
    if _known(row["planned"]) is not None:
        reason = f"must be empty for {THIS_PROGRAMME}, whose plan is its target in targets.csv"
        raise Refusal(cell(_TABLE, place, "planned", row["planned"], reason))
    if _known(row["delivered"]) is None:
        reason = f"must be what {THIS_PROGRAMME} delivered, in pounds; leave the row out until it is known"
        raise Refusal(cell(_TABLE, place, "delivered", None, reason))


def _known(amount: float) -> float | None:
    return None if isnan(amount) else float(amount)


def _brought_forward(forecast: Forecast, measure: str, year: str) -> float | None:
    """The deficit of a year, or of all years to its end, as the council's forecast brings it forward; None where it does not."""
    years = [origin.partition("_")[0] for origin in forecast.brought_forward]
    amounts = list(forecast.brought_forward.values())
    of_each = amounts if measure == "overspend" else list(accumulate(amounts))
    return dict(zip(years, of_each, strict=True)).get(year)
