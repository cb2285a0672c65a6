"""The workbook of a pack: which tables stand on which sheet, the notes they refer to, and each table as a CSV file beside it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from best_model.faces.plain import as_csv
from best_model.faces.say import worded
from best_model.faces.sheet import LEGEND, Front, Sheet, in_order_of_reference, write_workbook
from best_model.model.engine import Result
from best_model.model.returns import Returns
from best_model.model.settings import NEEDS
from best_model.questions import book, tabs
from best_model.questions.small_counts import with_small_counts_hidden
from best_model.table import Column, Row, Table, Unit

WORKBOOK, TABLES = "workbook.xlsx", "tables"
_WORDS = Path(__file__).parent / "templates" / "workbook"
_OF_A_TAB = ("alternative_provision", "further_education", "eotas")


class About(NamedTuple):
    """What stands on the cover: which meeting, for whom, and what the pack was made from."""

    title: str
    meeting: str
    date: str
    audience: str
    version: str
    commit: str
    inputs: str


def write_book(results: Sequence[Result], about: About, folder: Path, returns: Returns) -> tuple[Path, ...]:
    """Write `workbook.xlsx` and `tables/<sheet>.csv` into a folder that exists; returns their paths.

    `results` are the pack's scenarios in its order, all of one council.
    """
    sheets = sheets_of(results, returns)
    notes = _paragraphs(
        "notes.txt.j2", results=results, council=results[0].authority.council, returns=returns, needs=NEEDS
    )
    said = _paragraphs("cover.txt.j2", page=about, council=results[0].authority.council, results=results, legend=LEGEND)
    front = Front(about.title, said["intro"].splitlines(), said["about"].splitlines())
    write_workbook(folder / WORKBOOK, sheets, notes, front)
    return folder / WORKBOOK, *_write_csv(sheets, notes, folder / TABLES)


def sheets_of(results: Sequence[Result], returns: Returns) -> list[Sheet]:
    """Every sheet with a table, in reading order; small counts of a census that is not published are hidden."""
    of_children = (
        Sheet("Placement_mix", book.placements_and_cost(results), ("prices", "average", "mitigated", "rounding")),
        Sheet("Children", book.children_each_january(results), ("first_forecast", "mitigated", "rounding")),
    )
    of_returns = (
        Sheet("Age_bands", tabs.age_bands(results), ("first_forecast", "mitigated", "rounding")),
        Sheet("Needs", tabs.needs_each_january(results, returns), ("first_forecast", "mitigated", "needs", "rounding")),
        *_of_the_management_plan(results, returns),
        Sheet(
            "Reform_provisions",
            tabs.reform_plan(results, returns),
            ("layout", "plan_year", "first_forecast", "mitigated", "provisions", "rounding"),
        ),
        Sheet("Mapping", tabs.mapping(returns), ("layout", "provisions")),
    )
    return [
        Sheet("Headline", book.headlines(results), ("prices", "target", "balance", "rounding")),
        Sheet("Savings", book.all_savings(results), ("prices", "fair_share", "balance", "rounding")),
        Sheet("Gap_and_deficit", book.gaps_and_deficits(results), ("prices", "grant", "balance", "rounding")),
        *_hidden(of_children, results),
        Sheet("Spend", book.spend(results), ("prices", "average", "rounding")),
        *_hidden(of_returns, results),
        Sheet("Priorities", book.priorities_in_full(results), ("illustrative",)),
        Sheet("Workstreams", book.register_in_full(results), ("illustrative", "overlap", "prices")),
        Sheet("Assumptions", book.assumptions_in_full(results), ("pedigree",)),
        Sheet("Checks", book.checks_in_full(results)),
        Sheet("Sources", book.sources_in_full(results), ("licence",)),
    ]


def _of_the_management_plan(results: Sequence[Result], returns: Returns) -> list[Sheet]:
    each = zip(tabs.management_plan(results, returns), returns.tabs.values(), strict=True)
    usual = ("layout", "first_forecast", "mitigated", "needs", "rounding")
    return [
        Sheet(f"DSG_{number}", table, (*usual, *(f"tab_{name}" for name in _OF_A_TAB if name in settings)))
        for number, (table, settings) in enumerate(each, start=1)
    ]


def _hidden(sheets: Sequence[Sheet], results: Sequence[Result]) -> list[Sheet]:
    if results[0].authority.council.openly:
        return [*sheets]
    return [each._replace(table=with_small_counts_hidden(each.table)) for each in sheets]


def _paragraphs(name: str, **names: object) -> dict[str, str]:
    """A template of named parts, filled: each begins with a line `# its name`."""
    text = worded((_WORDS / name).read_text(encoding="utf-8"), names)
    parts = (part.partition("\n") for part in f"\n{text}".split("\n# ")[1:])
    return {key: said.strip() for key, _, said in parts}


def _write_csv(sheets: Sequence[Sheet], notes: Mapping[str, str], folder: Path) -> list[Path]:
    """Each table, and the notes, as UTF-8 with a mark by which Excel knows it."""
    folder.mkdir(exist_ok=True)
    rows = [Row(str(number), [notes[name]]) for number, name in enumerate(in_order_of_reference(sheets), start=1)]
    texts = {each.name: each.table for each in sheets}
    texts["Notes"] = Table("notes", "Notes", "Note number", (Column("Note", Unit.WORDS),), rows)
    for name, table in texts.items():
        (folder / f"{name}.csv").write_text(as_csv(table), encoding="utf-8-sig", newline="\n")
    return [folder / f"{name}.csv" for name in texts]
