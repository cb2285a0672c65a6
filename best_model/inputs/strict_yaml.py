"""YAML as its author meant it: no duplicate keys, no octal, no sexagesimal, and every key knows its line."""

import re
from collections.abc import Container, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from best_model.model.refusal import Refusal
from best_model.model.scenario import Assumption

Address = tuple[str, ...]
Model = TypeVar("Model", bound=BaseModel)


class Document(NamedTuple):
    """What a YAML file says, and the line on which each key (by its address from the top) says it."""

    path: Path
    content: dict[str, Any]
    lines: dict[Address, int]

    def line(self, address: Address) -> int:
        """The line of a key, or of the nearest key above it that is written in the file."""
        while address and address not in self.lines:
            address = address[:-1]
        return self.lines.get(address, 1)

    def refusal(self, address: Address, fault: str) -> Refusal:
        """What is wrong with a key, in the words of every refusal: where it stands, its name, and the fault with its remedy."""
        return Refusal(f"{self.path.name}, line {self.line(address)}: {'.'.join(address) or 'the file'} {fault}")

    def hold_to(self, sources: Container[str], named: Mapping[Address, str]) -> None:
        """Refuse the first source, by the key that names it, that is none of those in sources.yaml."""
        for address, source in named.items():
            if source not in sources:
                raise self.refusal(address, f"is {source!r}; it must be a key of sources.yaml")


_SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C, where it was built, reads ten times faster


class _PlainLoader(_SafeLoader):  # type: ignore[misc, valid-type]  # which of the two is known only when it runs
    """Safe loader with JSON's idea of numbers: `1e-3` is a number, `010`, `12:30` and `no` are text."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, Any]]] = {}  # noqa: RUF012 - PyYAML declares it so


for _tag, _pattern, _first in (
    ("bool", r"^(?:true|false)$", "tf"),
    ("null", r"^(?:null|~|)$", ["n", "~", ""]),
    ("int", r"^-?(?:0|[1-9][0-9_]*)$", "-0123456789"),
    ("float", r"^-?(?:0|[1-9][0-9_]*)(?:\.[0-9]+(?:[eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)$", "-0123456789"),
):
    _PlainLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


def read_as(kind: type[Model], path: Path) -> tuple[Model, Document]:
    """What a YAML file says, as a `kind`, and the file itself."""
    document = read_yaml(path)
    return validate(kind, document.content, document), document


def figures_in(file: BaseModel, document: Document, sources: Container[str]) -> dict[str, Assumption]:
    """The figures of a file by their dotted names, in its order, each from one of `sources`."""
    found: dict[str, Assumption] = {}
    for name, said in file:
        if isinstance(said, Assumption):
            found[name] = said
        elif isinstance(said, dict | BaseModel):
            found |= {f"{name}.{key}": figure for key, figure in dict(said).items()}
    document.hold_to(sources, {(*name.split("."), "source"): figure.source for name, figure in found.items()})
    return found


def read_yaml(path: Path) -> Document:
    """Read a YAML file whose top level is a mapping, refusing broken syntax and duplicate keys by file and line."""
    lines: dict[Address, int] = {}
    invalid = f"{path.name}: it is not valid YAML"
    try:
        loader = _PlainLoader(path.read_text(encoding="utf-8"))
        node = loader.get_single_node()
        if not isinstance(node, yaml.MappingNode):
            raise Refusal(f"{path.name}, line 1: it must be a list of `key: value` lines")
        _note_lines(node, (), lines, path)
        return Document(path, loader.construct_document(node), lines)
    except Refusal:
        raise
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal(f"{path.name}: it cannot be read ({error}); check that the file is there and is UTF-8") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise Refusal(f"{path.name}, line {line}: it is not valid YAML ({error.problem}); mend that line") from error
    except RecursionError as error:
        raise Refusal(f"{invalid} (a list or mapping holds itself); write it out without `&` and `*`") from error
    except yaml.YAMLError as error:
        raise Refusal(f"{invalid} ({error}); take out the character it names") from error
    except ValueError as error:
        raise Refusal(f"{invalid} (a value is not what its tag says: {error}); take the tag away") from error


def _note_lines(node: yaml.Node, address: Address, lines: dict[Address, int], path: Path) -> None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*address, str(key.value))
            line = key.start_mark.line + 1
            if here in lines:
                raise Refusal(
                    f"{path.name}, line {line}: {'.'.join(here)} is already said on line {lines[here]}; keep one"
                )
            lines[here] = line
            _note_lines(value, here, lines, path)
    elif isinstance(node, yaml.SequenceNode):
        for place, value in enumerate(node.value):
            lines[(*address, str(place))] = value.start_mark.line + 1
            _note_lines(value, (*address, str(place)), lines, path)


def validate(kind: type[Model], content: Any, document: Document, under: Address = ()) -> Model:
    """Build a `kind` from what the document says, or refuse with the line and key of the first fault."""
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        faults = sorted(error.errors(include_url=False), key=lambda fault: fault["type"] != "extra_forbidden")
        address = _in_the_file(faults[0], document, under)
        same = [fault for fault in faults if _in_the_file(fault, document, under) == address]
        raise document.refusal(address, _plain(same)) from error


def _in_the_file(fault: Any, document: Document, under: Address) -> Address:
    """Where the fault is in the author's words: without the names pydantic gives to the members of a union."""
    address, missing = under, fault["type"] == "missing"
    for place, part in enumerate(map(str, fault["loc"]), start=1):
        if (*address, part) in document.lines or (missing and place == len(fault["loc"])):
            address = (*address, part)
    return address


def _plain(faults: Sequence[Any]) -> str:
    """What is wrong with one value; what may be written is all that any of the faults asks for, since one of several kinds may do."""
    fault = faults[0]
    match fault["type"]:
        case "extra_forbidden":
            return "is not a key that is known here; check its spelling or remove it"
        case "missing":
            return "is missing; add it"
        case "value_error":
            return str(fault["ctx"]["error"])
        case "union_tag_not_found" | "union_tag_invalid":
            key, more = fault["ctx"]["discriminator"].strip("'"), fault["ctx"]
            return (
                f"has {key} {more['tag']!r}; write one of {more['expected_tags']}"
                if "tag" in more
                else f"has no {key}; add it"
            )
    given = _SHOWN.get(type(fault["input"])) or repr(fault["input"])
    return f"is {given}; write {', or '.join(dict.fromkeys(map(_due, faults)))}"


def _due(fault: Any) -> str:
    """What to write in place of a value."""
    more = fault.get("ctx", {})
    said = _HOW.get(more.get("pattern", ""), _WHAT.get(fault["type"], "it as the other files do"))
    return said.format(**more)


_SHOWN: dict[type, str] = {
    type(None): "empty",
    **dict.fromkeys((list, tuple), "a list"),
    dict: "a group of keys",
}
"""How a value is shown that is no word and no number."""
_HOW = {
    "^[a-z][a-z0-9_]*$": "small letters, digits and underscores, beginning with a letter, as early_years",
    "^20[0-9]{2}/[0-9]{2}$": "the financial year, as 2027/28",
    "^20[0-9]{2}-(0[1-9]|1[0-2])$": "the month, as 2027-04",
    "^(yes|from 20[0-9]{2}/[0-9]{2} Q[1-4])$": "yes, or the quarter it is ready, as from 2026/27 Q2",
}
"""What to write where a text has the wrong form, by the pattern it has to have."""
_WHAT = {
    **dict.fromkeys(("float_type", "float_parsing"), "a number, as 0.25"),
    "finite_number": "a finite number, as 0.25",
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), "a whole number, as 12"),
    **dict.fromkeys(
        ("string_type", "string_sub_type"), 'words, in quotation marks if they look like a number, as "2027"'
    ),
    **dict.fromkeys(("bool_type", "bool_parsing"), "true or false"),
    **dict.fromkeys(
        ("dict_type", "model_type", "mapping_type"), "keys with values below it, each on a line of its own"
    ),
    **dict.fromkeys(("list_type", "tuple_type"), "a list, as [one, two]"),
    **dict.fromkeys(("enum", "literal_error"), "{expected}"),
    "greater_than": "a number above {gt:g}",
    "greater_than_equal": "a number of {ge:g} or more",
    "less_than_equal": "a number of {le:g} or less",
    "string_too_short": "a word or more",
    "string_too_long": "at most {max_length} letters",
    "too_short": "{min_length} or more in it",
    "too_long": "{max_length} in it",
}
"""What to write where a value is of the wrong kind, too small or too large, by pydantic's name of the fault."""
