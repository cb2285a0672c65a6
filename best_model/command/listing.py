"""`best tables` and `best table`: every table that can be asked for, and one of them in the form that is wanted."""

from pathlib import Path

import click

from best_model.command.options import authority_option, params_option
from best_model.door import case, tables
from best_model.table import FACES


@click.command(name="tables")
def list_tables() -> None:
    """List the tables that `best table` prints."""
    for name, listed in tables().items():
        click.echo(f"{name:<20} {listed.about}")


@click.command()
@click.argument("name")
@click.option("--scenario", default="evidence", show_default=True, help="The scenario it is of.")
@click.option("--format", "face", default="text", show_default=True, type=click.Choice(["text", "csv", "json", "html"]))
@authority_option
@params_option
def table(name: str, scenario: str, face: str, authority: str, params: Path) -> None:
    """Print the table NAME."""
    click.echo(str(FACES[face](case(authority, params).table(name, scenario))).rstrip("\n"))
