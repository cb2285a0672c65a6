"""What the commands share: the options that most of them take, the codes they leave with, and how they leave."""

import sys
from pathlib import Path
from typing import NoReturn

import click

from best_model.inputs.folders import PARAMS, PROJECT

BROKEN, BAD_INPUT, HELD = 1, 2, 3

authority_option = click.option("--authority", default="leicestershire", show_default=True, help="A folder of params/.")
params_option = click.option(
    "--params",
    default=PARAMS,
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="The folder of parameters, if not the project's own.",
)
json_option = click.option(
    "--json", "machine", is_flag=True, help="Print one JSON object, in pounds, and nothing else."
)
notebooks_option = click.option(
    "--notebooks",
    default=PROJECT / "notebooks",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Where notebooks are.",
)


def leave(message: str, code: int) -> NoReturn:
    """Say what is wrong in one line, and end with that code."""
    click.echo(f"best: {' '.join(message.split())}", err=True)
    sys.exit(code)
