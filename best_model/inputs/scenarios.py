"""Scenarios as differences: a file says only what differs from the one it extends, on top of the council's priorities."""

from collections.abc import Collection, Container
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import Field

from best_model.inputs.authorities import read_sources
from best_model.inputs.strict_yaml import Document, read_as, read_yaml, validate
from best_model.inputs.tables import Tables, financial_years
from best_model.inputs.workstreams_csv import with_workstreams
from best_model.model.refusal import Refusal
from best_model.model.scenario import Frozen, Grade, Level, Lever, MonthOfYear, Scenario, Slug

Intensity = float | Literal["low", "central", "high"]


class LeverDifference(Frozen):
    """What a scenario may say of a lever: a number from 0 to 1, or the sourced low, central or high."""

    intensity: Intensity | None = None
    start: MonthOfYear | None = None
    ramp_months: int | None = Field(None, ge=1, le=120)


class WorkstreamDifference(Frozen):
    """What a scenario may say of a workstream: that it is late, or that it is dropped (`false` takes it up again)."""

    slip_months: int | None = Field(None, ge=0, le=120)
    dropped: bool | None = None


class ScenarioFile(Frozen):
    """One scenario file: every key is optional but the title and question of one that extends nothing."""

    extends: Slug | None = None
    title: str | None = Field(None, min_length=1, max_length=120)
    question: str | None = Field(None, min_length=1, max_length=300)
    in_train: Literal["none", "low", "central", "high"] | None = None
    target: Slug | None = None
    tie_to_target: bool | None = None
    income: Level | None = None
    schools_block_transfer: bool | None = None
    levers: dict[Slug, LeverDifference] = Field(default_factory=dict)
    workstreams: dict[Slug, WorkstreamDifference] = Field(default_factory=dict)


def read_priorities(folder: Path, sources: Container[str]) -> tuple[Lever, ...]:
    """The priorities of a council, in their order, from `priorities.yaml`, each with its workstreams.

    The source of each figure is one of `sources`.
    """
    document = read_yaml(folder / "priorities.yaml")
    levers = [_lever(document, name, said, sources) for name, said in document.content.items()]
    return with_workstreams(Tables(folder, sources), levers)


def _lever(document: Document, name: str, said: Any, sources: Container[str]) -> Lever:
    if not isinstance(said, dict):
        raise document.refusal((name,), "must be a list of `key: value` lines")
    lever = validate(Lever, {"name": name, **said}, document, under=(name,))
    for place, figure in lever.figures.items():
        address, full_effect = tuple(place.split(".")), place.endswith(".share") or ".by_nth_september." in place
        document.hold_to(sources, {(*address, "source"): figure.source})
        if place in lever.effects and figure.grade is None:
            raise document.refusal(address, f"has no grade; grade its evidence {', '.join(get_args(Grade))}")
        if full_effect and figure.high != figure.value:
            raise document.refusal(
                address,
                f"has value {figure.value:g} and high {figure.high:g}; full effect is the most a source supports, so make them the same",
            )
    return lever


def read_scenario(params: Path, name: str, authority: str) -> Scenario:
    """A scenario of `params/scenarios/`, complete: its chain of files applied to the council's priorities."""
    sources = read_sources(params / authority)
    levers = {lever.name: lever for lever in read_priorities(params / authority, sources)}
    owners = {each.name: lever.name for lever in levers.values() for each in lever.workstreams}
    table = Tables(params / authority, sources)["targets.csv"]
    targets, last_year = list(table["target"]), financial_years(table)[-1]
    said: dict[str, Any] = {}
    chain = _chain(params / "scenarios", name)
    for file, document in chain:
        said |= file.model_dump(exclude={"extends", "levers", "workstreams"}, exclude_none=True)
        if file.target is not None and file.target not in targets:
            raise document.refusal(("target",), f"is {file.target!r}; targets.csv has {', '.join(targets)}")
        for lever, difference in file.levers.items():
            _is_there(document, ("levers", lever), "priority", levers)
            levers[lever] = _changed(levers[lever], difference, document)
            _starts_in_time(levers[lever], last_year, document)
        for workstream, late in file.workstreams.items():
            _is_there(document, ("workstreams", workstream), "workstream", owners)
            lever = owners[workstream]
            levers[lever] = levers[lever].with_workstreams([workstream], **late.model_dump(exclude_none=True))
    return validate(Scenario, {"name": name, **said, "levers": tuple(levers.values())}, chain[-1][1])


def _is_there(document: Document, address: tuple[str, str], kind: str, known: Collection[str]) -> None:
    if address[1] not in known:
        raise document.refusal(address, f"is not a {kind}; there are {', '.join(known) or 'none'}")


def _starts_in_time(lever: Lever, last_year: str, document: Document) -> None:
    """A priority starts before the forecast ends."""
    if lever.start >= f"{int(last_year[:4]) + 1}-04":
        raise document.refusal(
            ("levers", lever.name, "start"),
            f"is {lever.start}, after {last_year} ends; its {len(lever.actions)} actions would reach 0 children and save £0: "
            "start it sooner, or give it intensity 0",
        )


def _changed(lever: Lever, difference: LeverDifference, document: Document) -> Lever:
    said = {key: value for key, value in difference if value is not None}
    if isinstance(said.get("intensity"), str):
        said["intensity"] = lever.evidence.at(said["intensity"])
    return validate(Lever, {**lever.__dict__, **said}, document, under=("levers", lever.name))


def scenario_names(params: Path) -> tuple[str, ...]:
    """Names of the scenarios that are shipped or saved."""
    return tuple(sorted(path.stem for path in (params / "scenarios").glob("*.yaml")))


def parent_of(params: Path, name: str) -> str | None:
    """The scenario that a scenario extends, if any."""
    return _chain(params / "scenarios", name)[-1][0].extends


def documents_of(params: Path, name: str) -> list[Document]:
    """The files that make a scenario, from the one that extends nothing to the one named."""
    return [document for _, document in _chain(params / "scenarios", name)]


def _chain(folder: Path, name: str) -> list[tuple[ScenarioFile, Document]]:
    """The files of a scenario from the one that extends nothing to the one named."""
    chain: list[tuple[ScenarioFile, Document]] = []
    following: str | None = name
    while following is not None:
        path = folder / f"{following}.yaml"
        if not path.is_file() or path.parent != folder:
            raise _no_scenario(folder, following, chain)
        file, document = read_as(ScenarioFile, path)
        chain.append((file, document))
        following = file.extends
        if following in {each.path.stem for _, each in chain}:
            fault = f"goes round in a circle at {following}; name another scenario"
            raise document.refusal(("extends",), fault)
    return chain[::-1]


def _no_scenario(folder: Path, name: str, chain: list[tuple[ScenarioFile, Document]]) -> Refusal:
    known = ", ".join(sorted(found.stem for found in folder.glob("*.yaml")))
    if chain:
        return chain[-1][1].refusal(("extends",), f"names no scenario {name!r}; there are {known}")
    return Refusal(f"params/scenarios/{name}.yaml: there is no such scenario; there are {known}")
