"""Scenarios as differences: a file says only what differs from the one it extends, on top of the council's priorities."""

from collections.abc import Container
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import Field

from best_model.inputs.authorities import read_sources
from best_model.inputs.strict_yaml import Document, read_yaml, validate
from best_model.inputs.tables import Tables, financial_years
from best_model.inputs.workstreams_csv import with_workstreams
from best_model.model.refusal import Refusal
from best_model.model.scenario import Assumption, Frozen, Grade, Level, Lever, MonthOfYear, Scenario, Slug

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
    levers = tuple(
        validate(Lever, {"name": name, **_mapping(document, name)}, document, under=(name,))
        for name in document.content
    )
    for lever in levers:
        for place, figure in lever.figures.items():
            if fault := _fault(place, figure, place in lever.effects, sources):
                raise Refusal(f"{document.path.name}, line {document.line(tuple(place.split('.')))}: {place} {fault}")
    return with_workstreams(folder, Tables(folder, sources), levers)


def _fault(place: str, figure: Assumption, is_effect: bool, sources: Container[str]) -> str:
    """What is wrong with a figure of a priority, or nothing."""
    if figure.source not in sources:
        return f"has the source {figure.source!r}; it must be a key of sources.yaml"
    if is_effect and figure.grade is None:
        return f"has no grade; grade its evidence {', '.join(get_args(Grade))}"
    full_effect = place.endswith(".share") or ".by_nth_september." in place
    if full_effect and figure.high != figure.value:
        return f"has value {figure.value:g} and high {figure.high:g}; full effect is the most a source supports, so make them the same"
    return ""


def read_scenario(params: Path, name: str, authority: str) -> Scenario:
    """A scenario of `params/scenarios/`, complete: its chain of files applied to the council's priorities."""
    sources = read_sources(params / authority)
    levers = {lever.name: lever for lever in read_priorities(params / authority, sources)}
    table = Tables(params / authority, sources)["targets.csv"]
    targets, last_year = list(table["target"]), financial_years(table)[-1]
    said: dict[str, Any] = {}
    for document, file in _chain(params / "scenarios", name):
        said |= file.model_dump(exclude={"extends", "levers", "workstreams"}, exclude_none=True)
        _target_is_known(file, document, targets)
        for lever, difference in file.levers.items():
            levers[lever] = _changed(levers, lever, difference, document)
            _starts_in_time(levers[lever], last_year, document)
        for workstream, late in file.workstreams.items():
            lever = _owner_of(levers, workstream, document)
            levers[lever] = levers[lever].with_workstreams([workstream], **late.model_dump(exclude_none=True))
    return validate(Scenario, {"name": name, **said, "levers": tuple(levers.values())}, _last(params, name))


def _starts_in_time(lever: Lever, last_year: str, document: Document) -> None:
    """A priority starts before the forecast ends."""
    if lever.start >= f"{int(last_year[:4]) + 1}-04":
        line = document.line(("levers", lever.name, "start"))
        raise Refusal(
            f"{document.path.name}, line {line}: levers.{lever.name}.start is {lever.start}, after {last_year} ends; "
            f"its {len(lever.actions)} actions would reach 0 children and save £0: start it sooner, or give it intensity 0"
        )


def _target_is_known(file: ScenarioFile, document: Document, targets: list[str]) -> None:
    if file.target is not None and file.target not in targets:
        line = document.line(("target",))
        raise Refusal(
            f"{document.path.name}, line {line}: target is {file.target!r}; targets.csv has {', '.join(targets)}"
        )


def scenario_names(params: Path) -> tuple[str, ...]:
    """Names of the scenarios that are shipped or saved."""
    return tuple(sorted(path.stem for path in (params / "scenarios").glob("*.yaml")))


def parent_of(params: Path, name: str) -> str | None:
    """The scenario that a scenario extends, if any."""
    return _chain(params / "scenarios", name)[-1][1].extends


def documents_of(params: Path, name: str) -> list[Document]:
    """The files that make a scenario, from the one that extends nothing to the one named."""
    return [document for document, _ in _chain(params / "scenarios", name)]


def _last(params: Path, name: str) -> Document:
    return read_yaml(params / "scenarios" / f"{name}.yaml")


def _chain(folder: Path, name: str) -> list[tuple[Document, ScenarioFile]]:
    """The files of a scenario from the one that extends nothing to the one named."""
    chain: list[tuple[Document, ScenarioFile]] = []
    following: str | None = name
    while following is not None:
        document = _read(folder, following, chain)
        file = validate(ScenarioFile, document.content, document)
        if file.extends and file.extends in {name, *(earlier.path.stem for earlier, _ in chain), document.path.stem}:
            line = document.line(("extends",))
            raise Refusal(
                f"{document.path.name}, line {line}: extends goes round in a circle at {file.extends}; name another "
                "scenario"
            )
        chain.append((document, file))
        following = file.extends
    return chain[::-1]


def _read(folder: Path, name: str, chain: list[tuple[Document, ScenarioFile]]) -> Document:
    path = folder / f"{name}.yaml"
    if path.is_file() and path.parent == folder:
        return read_yaml(path)
    known = ", ".join(sorted(found.stem for found in folder.glob("*.yaml")))
    if chain:
        by = chain[-1][0]
        raise Refusal(
            f"{by.path.name}, line {by.line(('extends',))}: extends names no scenario {name!r}; there are {known}"
        )
    raise Refusal(f"params/scenarios/{name}.yaml: there is no such scenario; there are {known}")


def _mapping(document: Document, name: str) -> dict[str, Any]:
    said = document.content[name]
    if not isinstance(said, dict):
        raise Refusal(
            f"{document.path.name}, line {document.line((name,))}: {name} must be a list of `key: value` lines"
        )
    return said


def _changed(levers: dict[str, Lever], name: str, difference: LeverDifference, document: Document) -> Lever:
    if name not in levers:
        line = document.line(("levers", name))
        raise Refusal(
            f"{document.path.name}, line {line}: levers.{name} is not a priority; there are {', '.join(levers)}"
        )
    said = {key: value for key, value in difference if value is not None}
    if isinstance(word := said.get("intensity"), str):
        evidence = levers[name].evidence
        said["intensity"] = {"low": evidence.low, "central": evidence.value, "high": evidence.high}[word]
    return validate(Lever, {**levers[name].__dict__, **said}, document, under=("levers", name))


def _owner_of(levers: dict[str, Lever], workstream: str, document: Document) -> str:
    """The priority that a workstream belongs to."""
    owners = {each.name: lever.name for lever in levers.values() for each in lever.workstreams}
    if workstream not in owners:
        line = document.line(("workstreams", workstream))
        raise Refusal(
            f"{document.path.name}, line {line}: workstreams.{workstream} is not a workstream; "
            f"there are {', '.join(owners) or 'none'}"
        )
    return owners[workstream]
