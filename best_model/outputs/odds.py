"""What a set of draws says, as plain lines for a terminal and as JSON in pounds."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from best_model.draws.odds import Band, Odds, Summary
from best_model.faces.numbers import chance, children, millions, pounds_m
from best_model.model.authority import Authority
from best_model.model.phasing import FloatArray
from best_model.model.scenario import Scenario

_MONEY = {
    "saving": "Saving",
    "gap_before": "Gap before mitigation",
    "gap_after": "Gap left",
    "deficit.as_published": "Deficit at 31 March, as published",
    "deficit.stability_grant": "Deficit, grant paid",
    "deficit.grant_and_new_deficits_leave": "Deficit, grant paid and new deficits leave",
}
_CHILDREN = {"plans": "With the programme", "plans_before": "Without it"}
_NINE_IN_TEN = "  9 draws in 10"
_LABEL, _CHANCE, _MONEY_COLUMN, _CHILDREN_COLUMN = 45, 26, 17, 18
_PENCE = 2


def odds_text(authority: Authority, scenario: Scenario, seed: int, said: Summary) -> str:
    """The chances and the bands, as lines."""
    return "\n".join(_lines(authority, scenario, seed, said))


def _lines(authority: Authority, scenario: Scenario, seed: int, said: Summary) -> Iterator[str]:
    path = said.path
    yield f"{scenario.title}, {authority.council.title}: {said.draws:,} draws of every assumption, seed {seed}"
    yield ""
    yield "Chance of reaching a target by what is identified and in train, ± its standard error"
    yield from (_odds_line(f"  {each.target}", each, said.draws) for each in said.targets)
    yield f"Chance of reaching the path of {path.target}"
    yield from (_odds_line(" ", each, said.draws) for each in path.by_year)
    yield f"{'  every one of these years':<{_LABEL}}{chance(path.chance, said.draws)}"
    yield ""
    yield from _table("£m, nominal: median", _MONEY_COLUMN, _named(said, _MONEY), millions)
    yield ""
    yield from _table("Children with a plan in January: median", _CHILDREN_COLUMN, _named(said, _CHILDREN), children)


def _odds_line(label: str, odds: Odds, draws: int) -> str:
    words = f"{label} {pounds_m(odds.amount)} in {odds.year}"
    missed = "" if odds.shortfall is None else f"if missed, short by {pounds_m(odds.shortfall)} on average"
    return f"{words:<{_LABEL}}{chance(odds.chance, draws):<{_CHANCE}}{missed}".rstrip()


def _named(said: Summary, names: dict[str, str]) -> list[tuple[str, Band]]:
    return [(label, said.bands[name]) for name, label in names.items()]


def _table(head: str, width: int, rows: list[tuple[str, Band]], written: Callable[[float], str]) -> Iterator[str]:
    """A row of medians for each band, and one under it of what nine draws in ten lie between."""
    yield _row(head, rows[0][1].at, width)
    for label, band in rows:
        yield _row(label, map(written, band.median), width)
        ends = zip(band.low, band.high, strict=True)
        yield _row(_NINE_IN_TEN, (f"{written(low)} to {written(high)}" for low, high in ends), width)


def _row(label: str, cells: Iterable[str], width: int) -> str:
    return f"{label:<{_LABEL}}" + "".join(f"{cell:>{width}}" for cell in cells)


def odds_json(authority: Authority, scenario: Scenario, seed: int, said: Summary) -> dict[str, Any]:
    """The same for a machine: chances as fractions, pounds, children."""
    path = said.path
    return {
        "scenario": scenario.name,
        "authority": authority.council.name,
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
    return {
        "at": list(band.at),
        "p5": _rounded(band.low),
        "p50": _rounded(band.median),
        "p95": _rounded(band.high),
    }


def _rounded(amounts: FloatArray) -> list[float]:
    return [round(float(amount), _PENCE) + 0.0 for amount in amounts]
