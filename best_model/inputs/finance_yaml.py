"""`finance.yaml`: the figures of finance that stand beside the High Needs Block, checked, each under `finance.…`."""

from collections.abc import Container, Mapping, Sequence
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from best_model.inputs.strict_yaml import Document, read_yaml, validate
from best_model.model.refusal import Refusal
from best_model.model.scenario import Amount, Assumption, FinancialYear, Frozen, SettingName, ShareOfReach
from best_model.model.settings import SETTINGS


def _a_rate(figure: Assumption) -> Assumption:
    if not -1 < figure.low <= figure.high < 1:
        raise ValueError(f"has low {figure.low:g} and high {figure.high:g}; write a yearly rate such as 0.03")
    return figure


def _some_years(figure: Assumption) -> Assumption:
    if figure.low < 1 or any(years % 1 for years in (figure.low, figure.value, figure.high)):
        raise ValueError(
            f"has low {figure.low:g}, value {figure.value:g}, high {figure.high:g}; write whole years, one or more"
        )
    return figure


Rate = Annotated[Assumption, AfterValidator(_a_rate)]
Years = Annotated[Assumption, AfterValidator(_some_years)]
ByYear = Annotated[dict[FinancialYear, Amount], Field(min_length=1)]


class FinanceFile(Frozen):
    """Rates are yearly. What is given by financial year is carried on from the last one given."""

    gdp_deflator: Rate
    discount_rate: Rate
    appraisal_years: Years
    borrowing_rate: Rate
    borrowing_years: Years
    borrowed_share: ShareOfReach
    schools_block: ByYear
    schools_block_growth: Rate
    schools_block_transfer: ShareOfReach
    carrying_rate: Rate
    transport_a_child: ByYear
    transport_share: dict[SettingName, ShareOfReach]


def read_finance(folder: Path, years: Sequence[str], sources: Container[str]) -> dict[str, Assumption]:
    """Every figure of `finance.yaml` by its dotted name; `years` are the reported ones, `sources` the keys of sources.yaml."""
    document = read_yaml(folder / "finance.yaml")
    file = validate(FinanceFile, document.content, document)
    for name in ("schools_block", "transport_a_child"):
        _given_by(years[0], name, getattr(file, name), document)
    missing = [setting for setting in SETTINGS if setting not in file.transport_share]
    if missing:
        line = document.line(("transport_share",))
        raise Refusal(f"{document.path.name}, line {line}: transport_share has no {missing[0]}; add it")
    figures = _by_name(file)
    for place, figure in figures.items():
        if figure.source not in sources:
            line = document.line(tuple(place.split(".")))
            raise Refusal(
                f"{document.path.name}, line {line}: {place} has the source {figure.source!r}; it must be a key of sources.yaml"
            )
    return {f"finance.{place}": figure for place, figure in figures.items()}


def _given_by(first: str, name: str, figures: Mapping[str, Assumption], document: Document) -> None:
    if min(figures) > first:
        raise Refusal(
            f"{document.path.name}, line {document.line((name,))}: {name} is given from {min(figures)} only; "
            f"give it for {first} or a year before"
        )


def _by_name(file: FinanceFile) -> dict[str, Assumption]:
    figures: dict[str, Assumption] = {}
    for name, said in file:
        figures |= {name: said} if isinstance(said, Assumption) else {f"{name}.{key}": one for key, one in said.items()}
    return figures
