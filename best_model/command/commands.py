"""The commands that run, check, calibrate, seek, stress, draw and explain a scenario, and print its tables."""

import os
import sys
from pathlib import Path

import click

from best_model.command.assumptions import assumptions_document
from best_model.command.explaining import explained
from best_model.command.options import BROKEN, authority_option, json_option, params_option
from best_model.command.seeking import solve_scenarios, sought
from best_model.command.words import printed
from best_model.door import case, open_authority, open_result, open_scenario, tables
from best_model.faces.answer import answer
from best_model.faces.plain import as_json
from best_model.fitted.calibrate import calibrate, weighted_change
from best_model.inputs.folders import PROJECT
from best_model.inputs.scenarios import scenario_names
from best_model.inputs.written_back import write_calibration
from best_model.questions.checks import Outcome, checked
from best_model.questions.headline import from_gap_to_deficit, headline
from best_model.questions.stressed import stress_all, stresses
from best_model.table import FACES


@click.command()
@click.argument("scenario")
@authority_option
@params_option
@json_option
def run(scenario: str, authority: str, params: Path, machine: bool) -> None:
    """Run SCENARIO and print its headline table."""
    result = open_result(scenario, open_authority(authority, params), params)
    outcomes = checked(result)
    if machine:
        click.echo(as_json(headline(result, outcomes)))
    else:
        click.echo(printed("run.txt", table=from_gap_to_deficit(result), answer=answer(result), checks=outcomes))
    _stop_if_broken({scenario: outcomes})


@click.command()
@authority_option
@params_option
def check(authority: str, params: Path) -> None:
    """Run every identity on every shipped scenario; leave with code 1 if one fails."""
    opened = open_authority(authority, params)
    outcomes = {name: checked(open_result(name, opened, params)) for name in scenario_names(params)}
    click.echo(printed("check.txt", outcomes=outcomes))
    _stop_if_broken(outcomes)


def _stop_if_broken(outcomes: dict[str, tuple[Outcome, ...]]) -> None:
    broken = [(name, outcome) for name, found in outcomes.items() for outcome in found if not outcome.holds]
    for name, outcome in broken:
        click.echo(f"best: an identity does not hold: {name}: {outcome.claim} ({outcome.detail})", err=True)
    if broken:
        sys.exit(BROKEN)


@click.command(name="calibrate")
@authority_option
@params_option
def calibrate_command(authority: str, params: Path) -> None:
    """Tie doing nothing to the published gaps and write calibration.yaml."""
    opened = open_authority(authority, params)
    found = calibrate(opened)
    path = write_calibration(params, opened, found)
    click.echo(printed("calibrate.txt", path=path, moves=weighted_change(found)))


@click.command()
@authority_option
@params_option
@click.option(
    "--file",
    default=PROJECT / "docs" / "assumptions.md",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The page to write, if not the project's own.",
)
def assumptions(authority: str, params: Path, file: Path) -> None:
    """Write every assumption with its source, its quality and its impact to docs/assumptions.md."""
    draft = file.with_suffix(".md.new")
    draft.write_text(assumptions_document(authority, params), encoding="utf-8")
    os.replace(draft, file)
    click.echo(file)


@click.command()
@click.option("--lever", "levers", multiple=True, help="A priority that may move; give it again for several.")
@click.option(
    "--mix", is_flag=True, help="Let every named priority move, or all six: the least effort beyond the evidence."
)
@click.option("--target", type=click.FloatRange(min=0), help="£ a year to find, identified and in train.")
@click.option("--year", help="The financial year of the target, such as 2029/30; the last one if left out.")
@click.option("--scenario", default="evidence", show_default=True, help="Where the other priorities stand.")
@authority_option
@params_option
def seek(
    levers: tuple[str, ...],
    mix: bool,
    target: float | None,
    year: str | None,
    scenario: str,
    authority: str,
    params: Path,
) -> None:
    """Find the intensities that meet a target.

    With no target, solve every scenario that is tied to one and write its intensities to its file. With --lever, find the intensity of
    that priority; with --mix, of several.
    """
    opened = open_authority(authority, params)
    if target is None:
        for line in solve_scenarios(opened, params):
            click.echo(line)
        return
    start = open_scenario(scenario, authority, params)
    click.echo(sought(opened, start, levers, mix, target, year or opened.years[-1]))


@click.command()
@click.argument("scenario")
@authority_option
@params_option
def stress(scenario: str, authority: str, params: Path) -> None:
    """Lay every stress of params/stress/ over SCENARIO, by itself, and print what each does, the worst first."""
    opened = case(authority, params)
    result = opened.run(scenario)
    table = stresses(result, stress_all(opened.authority, result.scenario, opened.stresses))
    click.echo(printed("stress.txt", table=table, year=opened.years[-1], aims=opened.authority.aims))


@click.command()
@click.argument("scenario")
@click.option("--draws", type=int, help="How many; as many as uncertainty.yaml says, and the papers draw, if left out.")
@click.option("--seed", type=int, help="Other draws for another seed; that of uncertainty.yaml if left out.")
@click.option("--individuals", is_flag=True, help="Draw whole children, not what is expected of them.")
@click.option("--workers", type=int, help="Threads of this machine to draw with; 1 if left out.")
@click.option("--scheduler", default="", metavar="ADDRESS", help="Draw on a Dask cluster, such as tcp://10.0.0.5:8786.")
@click.option("--store", type=click.Path(path_type=Path), metavar="FILE", help="Keep every draw in this Parquet file.")
@json_option
@authority_option
@params_option
def ensemble(
    scenario: str,
    draws: int | None,
    seed: int | None,
    individuals: bool,
    workers: int | None,
    scheduler: str,
    store: Path | None,
    machine: bool,
    authority: str,
    params: Path,
) -> None:
    """Draw every assumption of SCENARIO many times, and print how likely each target is and how wide each number.

    With --store, memory holds some blocks of draws and one column, however many draws there are.
    """
    from best_model.command.drawing import Asked, drawn  # noqa: PLC0415 - scipy.stats and pyarrow take a second to import

    asked = Asked(scenario, authority, params, draws, seed, individuals, store)
    click.echo(drawn(asked, workers, scheduler, machine))


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--scenario", default="evidence", show_default=True, help="The scenario whose number it is.")
@authority_option
@params_option
def explain(words: tuple[str, ...], scenario: str, authority: str, params: Path) -> None:
    """Trace a number to its inputs, as in: saving 2029/30 commissioning.

    WORDS are a line (saving, gap_before, gap_after, deficit, plans, spend), a year or for plans a January, and of what: a priority,
    in_train, still_to_be_identified or total; a setting; a case of the deficit.
    """
    click.echo(explained(" ".join(words), scenario, authority, params))


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
