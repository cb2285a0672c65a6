"""`params/stress/`: one file a stress, held to the figures, the priorities and the sources of a council."""

from collections.abc import Container, Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from best_model.inputs.strict_yaml import Document, read_yaml, validate
from best_model.model.authority import Council
from best_model.model.refusal import Refusal
from best_model.model.scenario import Assumption, Lever
from best_model.model.stress import Change, Stress, named

_RATE = "a year"
_SHARES = ("share", "evidence")


class _Known(NamedTuple):
    """What a stress may name."""

    figures: Mapping[str, Assumption]
    priorities: tuple[str, ...]
    sources: Container[str]


def stress_names(params: Path) -> tuple[str, ...]:
    """Names of the stresses that are shipped or saved."""
    return tuple(sorted(path.stem for path in (params / "stress").glob("*.yaml")))


def read_stresses(params: Path, council: Council, levers: Iterable[Lever]) -> tuple[Stress, ...]:
    """Every stress of `params/stress/`, by name, held to a council and its priorities. Raises `Refusal` where there is none, or one
    is not as it must be."""
    names, known = stress_names(params), _known(council, levers)
    if not names:
        raise Refusal("params/stress: it holds no stress; add a file such as grant_refused.yaml")
    return tuple(_read(params / "stress" / f"{name}.yaml", known) for name in names)


def _known(council: Council, levers: Iterable[Lever]) -> _Known:
    by_name = {lever.name: lever for lever in levers}
    theirs = {f"priorities.{name}": figure for lever in by_name.values() for name, figure in lever.figures.items()}
    return _Known({**council.assumptions, **theirs}, tuple(by_name), council.sources)


def _read(path: Path, known: _Known) -> Stress:
    document = read_yaml(path)
    if "name" in document.content:
        raise document.refusal(("name",), "is not a key that is known here; a stress has the name of its file")
    stress = validate(Stress, {**document.content, "name": path.stem}, document)
    document.hold_to(known.sources, {("source",): stress.source})
    if stress.nothing_from is not None and stress.nothing_from not in known.priorities:
        there = ", ".join(known.priorities)
        fault = f"is {stress.nothing_from!r}, which is not a priority; there are {there}"
        raise document.refusal(("nothing_from",), fault)
    if not (stress.supposing or stress.nothing_from or stress.income):
        raise document.refusal((), "supposes nothing; say supposing, nothing_from or income")
    _can_be_supposed(stress, document, known.figures)
    return stress


def _can_be_supposed(stress: Stress, document: Document, figures: Mapping[str, Assumption]) -> None:
    """Every figure that is supposed is there, is supposed once, and can be what it becomes."""
    by: dict[str, str] = {}
    for name, change in stress.supposing.items():
        address = ("supposing", name)
        for each in _named(name, change, document, figures):
            if each in by:
                raise document.refusal(address, f"supposes {each} again, as {by[each]} does; keep one")
            by[each] = name
            if fault := _fault(each, figures[each], change.of(figures[each].value, figures)):
                raise document.refusal(address, fault)


def _named(name: str, change: Change, document: Document, figures: Mapping[str, Assumption]) -> tuple[str, ...]:
    """The figures that a name stands for, all of which are there, and so is the one that they become the same as."""
    try:
        found = named(name, figures)
    except Refusal as error:
        raise document.refusal(("supposing", name), f"is not a figure; {_nearest(name, figures)}") from error
    if change.same_as is not None and change.same_as not in figures:
        fault = f"is {change.same_as!r}, which is not a figure; {_nearest(change.same_as, figures)}"
        raise document.refusal(("supposing", name, "same_as"), fault)
    return found


def _fault(name: str, figure: Assumption, value: float) -> str:
    """Why a figure cannot become `value`, or nothing."""
    part = name.rpartition(".")[-1]
    if figure.unit == _RATE:
        return f"makes {name} {value:g} a year; it must be above -1" if value <= -1 else ""
    if value < 0 <= figure.low:
        return f"makes {name} {value:g}; it must be nought or more"
    if value > 1 and (figure.unit.startswith("share") or part in _SHARES):
        return f"makes {name} {value:g}; it is a share and must be at most 1"
    return ""


def _nearest(name: str, figures: Iterable[str]) -> str:
    near = get_close_matches(name, figures)
    return f"the nearest are {', '.join(near)}" if near else "docs/assumptions.md lists them all"
