"""What a pack holds beside its documents: the explorer, the workbook with its tables, and the chances for its manifest."""

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from best_model.inputs.packs import Pack
from best_model.inputs.returns_csv import read_returns
from best_model.papers.page import Page
from best_model.papers.parts import CHANCES
from best_model.papers.plan import Extra

EXPLORER, WORKBOOK = "explorer.html", "workbook.xlsx"


def extras_of(pack: Pack, params: Path) -> tuple[Extra, ...]:
    """Those that the pack asks for, each with what the index says of it."""
    about = (pack.authority, params.resolve())
    extras = {
        "explorer": Extra(
            EXPLORER,
            "What if a priority did more, or less, or came later?",
            "Move each priority, the start and the growth in demand: one page, in any browser, with no network.",
            partial(_write_explorer, *about),
        ),
        "workbook": Extra(
            WORKBOOK,
            "The figures as a workbook",
            "Savings, gap and deficit, placements, assumptions, checks and workstreams, a sheet each, with the placement tables of the DSG "
            "management plan and the provisions of the local SEND reform plan; as CSV files too, in the folder tables.",
            partial(_write_workbook, *about, pack.scenarios),
        ),
        "chances": Extra(CHANCES, "", "", partial(_write_chances, *about, pack.scenarios)),
    }
    return tuple(extra for name, extra in extras.items() if name in pack.beside)


def _write_explorer(authority: str, params: Path, page: Page, folder: Path) -> None:
    from best_model.door import open_authority  # noqa: PLC0415 - each extra loads what it alone needs, and finds its own parameters
    from best_model.papers.exploring import explorer_page  # noqa: PLC0415 - as above

    html = explorer_page(open_authority(authority, params), params, page)
    (folder / EXPLORER).write_text(html, encoding="utf-8", newline="\n")


def _write_workbook(authority: str, params: Path, scenarios: Sequence[str], page: Page, folder: Path) -> None:
    from best_model.door import open_authority, open_result  # noqa: PLC0415 - as above
    from best_model.papers.workbook import About, write_book  # noqa: PLC0415 - as above

    council = open_authority(authority, params)
    results = [open_result(name, council, params) for name in scenarios]
    about = About(**{name: getattr(page, name) for name in About._fields})
    write_book(results, about, folder, read_returns(params, council.council))


def _write_chances(authority: str, params: Path, scenarios: Sequence[str], page: Page, folder: Path) -> None:
    from best_model.door import open_authority, open_sample  # noqa: PLC0415 - as above

    council = open_authority(authority, params)
    said = {name: open_sample(name, council, params).said.targets for name in scenarios}
    chances = {name: {odds.target: odds.chance for odds in targets} for name, targets in said.items()}
    text = json.dumps(chances, indent=2) + "\n"
    (folder / CHANCES).write_text(text, encoding="utf-8", newline="\n")
