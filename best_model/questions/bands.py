"""What many draws of one scenario say, in full: how likely each target is, and what every amount lies between, year by year."""

from collections.abc import Iterator, Mapping
from typing import Any

from best_model.draws.ensemble import Ensemble
from best_model.draws.odds import Band, Odds, Sample, Summary
from best_model.model.phasing import FloatArray
from best_model.table import METHOD, NOT_APPLICABLE, Chance, Column, Row, Table, Unit, Value, listed, under

_MONEY = {
    "saving": "Saving",
    "gap_before": "Gap before mitigation",
    "gap_after": "Gap left",
    "deficit.as_published": "Deficit at 31 March, as published",
    "deficit.stability_grant": "Deficit, grant paid",
    "deficit.grant_and_new_deficits_leave": "Deficit, grant paid and new deficits leave",
}
_CHILDREN = {"plans": "With the programme", "plans_before": "Without it"}
_PENCE = 2


def targets_reached(said: Summary) -> Table:
    """How likely each target is in the last year, and the scenario's own in each year and in all of them; £ short where missed."""
    path = said.path
    every = (NOT_APPLICABLE("of each year"), Chance(path.chance, said.draws), NOT_APPLICABLE("not a sum"))
    rows = [
        *(
            Row(f"{each.target.capitalize()}, {each.year}", _cells(each, said.draws), "modelled", METHOD)
            for each in said.targets
        ),
        *(
            Row(f"Path of {path.target}, {each.year}", _cells(each, said.draws), "modelled", METHOD)
            for each in path.by_year
        ),
        Row(f"Path of {path.target}, every year of it", every, "modelled", METHOD),
    ]
    columns = (Column("Target, £m"), Column("Chance", Unit.CHANCE), Column("If missed, short by on average, £m"))
    caption = "Chance of reaching a target by what is identified and in train, ± its standard error"
    return Table("targets_reached", caption, "Target", columns, rows)


def _cells(odds: Odds, draws: int) -> tuple[Value, ...]:
    short = NOT_APPLICABLE("never missed") if odds.shortfall is None else odds.shortfall
    return odds.amount, Chance(odds.chance, draws), short


@listed("sample")
def bands_by_year(sample: Sample) -> Table:
    """Saving, gaps and deficits by year, £ nominal: the middle draw, and the low and high that nine draws in ten lie between."""
    return money_bands(sample.said)


def money_bands(said: Summary) -> Table:
    """The same of draws that are summed up."""
    return _bands(
        "bands_by_year",
        "£m, nominal: median, and the low and high that nine draws in ten lie between",
        said,
        _MONEY,
        Unit.GBP,
    )


def children_bands(said: Summary) -> Table:
    """Children with a plan at each January, with the programme and without it, likewise."""
    caption = "Children with a plan in January: median, and the low and high that nine draws in ten lie between"
    return _bands("children_bands", caption, said, _CHILDREN, Unit.CHILDREN)


def _bands(name: str, caption: str, said: Summary, named: Mapping[str, str], unit: Unit) -> Table:
    bands = {words: said.bands[of] for of, words in named.items()}
    rows = [row for words, band in bands.items() for row in _rows(words, band)]
    return Table(name, caption, "Amount", under(next(iter(bands.values())).at, unit), rows)


def _rows(words: str, band: Band) -> Iterator[Row]:
    """The middle draw, and under it the ends of what nine draws in ten lie between."""
    levels = {words: band.median, f"{words}: low": band.low, f"{words}: high": band.high}
    return (Row(head, amounts, "modelled", METHOD) for head, amounts in levels.items())


def for_a_machine(ready: Ensemble, seed: int, said: Summary) -> dict[str, Any]:
    """All that the draws say: chances as fractions, pounds, children."""
    path = said.path
    return {
        "scenario": ready.scenario.name,
        "authority": ready.authority.council.name,
        "draws": said.draws,
        "seed": seed,
        "targets": [_odds_in_full(each) for each in said.targets],
        "path": {
            "target": path.target,
            "years": [_odds_in_full(each) for each in path.by_year],
            "chance": path.chance,
            "standard_error": path.error,
        },
        "bands": {name: _band_in_full(band) for name, band in said.bands.items()},
    }


def _odds_in_full(odds: Odds) -> dict[str, Any]:
    return {
        "target": odds.target,
        "year": odds.year,
        "amount_gbp": odds.amount,
        "chance": odds.chance,
        "standard_error": odds.error,
        "shortfall_if_missed_gbp": None if odds.shortfall is None else round(odds.shortfall, _PENCE),
    }


def _band_in_full(band: Band) -> dict[str, Any]:
    levels = {"p5": band.low, "p50": band.median, "p95": band.high}
    return {"at": list(band.at), **{name: _rounded(amounts) for name, amounts in levels.items()}}


def _rounded(amounts: FloatArray) -> list[float]:
    return [round(float(amount), _PENCE) + 0.0 for amount in amounts]
