"""The command `best`: build a pack, and all that `commands` adds. What builds a pack is loaded first, so that it can begin."""

import atexit
import gc
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from best_model import __version__
from best_model.command.options import BAD_INPUT, BROKEN, HELD, authority_option, leave, notebooks_option, params_option
from best_model.inputs.folders import PROJECT
from best_model.inputs.packs import pack_file, read_pack
from best_model.model.refusal import BrokenIdentity, Refusal
from best_model.papers.publish import Held, Unfinished
from best_model.papers.warming import warm_for


def _load() -> None:
    """Make the commands known that `report` can do without."""
    for command in vars(import_module("best_model.command.commands")).values():
        if isinstance(command, click.Command):
            main.add_command(command)


class _Commands(click.Group):
    """A group whose commands say what is wrong with their input in one line and leave with code 2.

    Those of `commands` are loaded when one is wanted: pandas and scipy take most of a second.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All of them."""
        _load()
        return super().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One of them."""
        if cmd_name not in self.commands:
            _load()
        return super().get_command(ctx, cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a `Refusal` is the user's to mend, so it gets no traceback."""
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            leave(str(refusal), BAD_INPUT)
        except (BrokenIdentity, Unfinished) as broken:
            leave(str(broken), BROKEN)
        except Held as held:
            leave(str(held), HELD)


@click.group(cls=_Commands)
@click.version_option(__version__, prog_name="best")
def main() -> None:
    """What children with an EHC plan will cost, and what six priorities change about it."""


@main.command()
@click.argument("pack", default="committee")
@params_option
@click.option(
    "--reports",
    default=PROJECT / "reports",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where packs are published.",
)
@notebooks_option
@click.option("--force", is_flag=True, help="Make everything again, also what has not changed.")
@click.option(
    "--keep",
    default=12,
    show_default=True,
    type=click.IntRange(min=1),
    help="How many packs to keep, with the new one.",
)
def report(pack: str, params: Path, reports: Path, notebooks: Path, force: bool, keep: int) -> None:
    """Build the committee papers of PACK and print where they are.

    Leaves with 1 if a part could not be made, 2 if an input is wrong and 3 if another run is making the same pack; the last pack then
    stays as it was.
    """
    warm_for([document.notebook for document in read_pack(pack_file(params, pack)).documents], notebooks)
    with _published("the last pack stays as it was"):
        from best_model.papers.whole import publish_pack  # noqa: PLC0415 - takes a second, in which the other process loads too

        click.echo(publish_pack(pack, params=params, notebooks=notebooks, reports=reports, force=force, keep=keep))


@main.command()
@click.argument("notebook")
@click.option("--scenario", default="stretched", show_default=True, help="A scenario of params/scenarios.")
@authority_option
@params_option
@notebooks_option
@click.option(
    "--to",
    "target",
    default=PROJECT / "reports",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder that the page is written into.",
)
def paper(notebook: str, scenario: str, authority: str, params: Path, notebooks: Path, target: Path) -> None:
    """Make one page of NOTEBOOK, run on a scenario, without a pack, and print where it is.

    What it would link to in another paper it names. Leaves with 1 if a cell failed and 2 if an input is wrong.
    """
    warm_for([notebook], notebooks)
    with _published("no page was written"):
        from best_model.papers.whole import publish_paper  # noqa: PLC0415 - see report

        click.echo(publish_paper(notebook, scenario, authority, params=params, notebooks=notebooks, target=target))


@contextmanager
def _published(otherwise: str) -> Iterator[None]:
    """Whoever stops it leaves nothing half-made; what the machine refuses is said in one line."""
    atexit.register(gc.freeze)  # so that Python does not look through all that was loaded before it ends
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        yield
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        leave(f"{where}{error.strerror or error}; {otherwise}", BROKEN)
