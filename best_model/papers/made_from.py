"""The page that says what a pack was made from: version, commit, code, libraries, seed, and every input with its sum."""

from best_model.papers.page import Page, rendered
from best_model.papers.provenance import Provenance
from best_model.table import NONE, Column, Row, Table, Unit


def made_from_page(made_from: Provenance, page: Page) -> str:
    """The whole page. A reader with the same files gets the same sums from `sha256sum`."""
    tables = (program(made_from), checks(made_from), inputs(made_from))
    return rendered("made_from.html.j2", page=page, made_from=made_from, tables=tables)


def program(made_from: Provenance) -> Table:
    """The version, the commit, the code, the seed and the libraries."""
    said = {
        "Version of the model": made_from.version,
        "Commit": made_from.commit,
        "Checksum of the code": made_from.code,
        "Seed of the random numbers": NONE if made_from.seed is None else str(made_from.seed),
        **made_from.environment,
    }
    rows = [Row(name, [which]) for name, which in said.items()]
    note = "A commit with + after it holds changes that are not committed; the checksum of the code covers them."
    return Table("program", "The program and its libraries", "What", (Column("Which", Unit.WORDS),), rows, (note,))


def checks(made_from: Provenance) -> Table:
    """How many checks there were for each scenario, and how many held."""
    outcomes = {
        name: [*found.values()] if isinstance(found, dict) else [found] for name, found in made_from.checks.items()
    }
    rows = [Row(name, [len(held), sum(held)]) for name, held in outcomes.items()]
    columns = (Column("Checks", Unit.NUMBER), Column("Checks that held", Unit.NUMBER))
    return Table("checks", "Checks made before anything else", "Scenario", columns, rows)


def inputs(made_from: Provenance) -> Table:
    """Every file of parameters with its sum."""
    rows = [Row(path, [total]) for path, total in made_from.inputs.items()]
    return Table("inputs", "Every file of figures", "File, under params", (Column("SHA-256", Unit.WORDS),), rows)
