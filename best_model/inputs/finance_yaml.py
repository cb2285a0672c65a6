"""`finance.yaml`: the figures of finance that stand beside the High Needs Block, checked, each under `finance.…`."""

from collections.abc import Container, Sequence
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from best_model.inputs.strict_yaml import figures_in, read_as
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
    file, document = read_as(FinanceFile, folder / "finance.yaml")
    for name, figures in (("schools_block", file.schools_block), ("transport_a_child", file.transport_a_child)):
        if min(figures) > years[0]:
            fault = f"is given from {min(figures)} only; give it for {years[0]} or a year before"
            raise document.refusal((name,), fault)
    for setting in SETTINGS:
        if setting not in file.transport_share:
            raise document.refusal(("transport_share",), f"has no {setting}; add it")
    return {f"finance.{place}": figure for place, figure in figures_in(file, document, sources).items()}
