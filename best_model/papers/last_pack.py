"""The last published pack, read with care: an old pack that is odd never stops a build, and what is wrong with it is said."""

import json
import math
import textwrap
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from best_model.model.refusal import Refusal
from best_model.papers.provenance import files
from best_model.papers.publish import MANIFEST
from best_model.questions.changed_files import Tree
from best_model.questions.recorded import Manifest

_LONGEST = 240
Found = TypeVar("Found")


class Unread(Exception):
    """Why something cannot be read, in one line that names no folder of this machine."""


def attempt(work: Callable[[], Found], folder: Path) -> Found:
    """What `work` gives. Whatever an old folder makes it raise is said in one line, for today's code may fail on it in any way."""
    try:
        return work()
    except Unread:
        raise
    except Exception as error:
        said = str(error) if isinstance(error, Refusal) else f"{type(error).__name__}: {error}"
        plain = " ".join(said.replace(f"{folder}/", "").replace(str(folder), folder.name).split())
        raise Unread(textwrap.shorten(plain, _LONGEST, placeholder=" …")) from error


def manifest_of(path: Path) -> Manifest:
    """What a manifest says. The first packs wrote the name of the folder of parameters before each path of an input."""
    try:
        text = path.read_text(encoding="utf-8")
        said = json.loads(text, parse_constant=_number, parse_float=_number, parse_int=lambda each: int(_number(each)))
        manifest = Manifest.model_validate(said)
    except OSError:
        raise Unread(f"its {MANIFEST} is missing or cannot be opened") from None
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        place = ".".join(map(str, fault["loc"])) or "the whole"
        raise Unread(f"its {MANIFEST} is not as this version writes it ({place}: {fault['msg']})") from None
    except (ValueError, RecursionError):
        raise Unread(f"its {MANIFEST} is not JSON that can be read") from None
    inputs = {path.removeprefix("params/"): total for path, total in manifest.inputs.items()}
    return manifest.model_copy(update={"inputs": inputs})


def _number(digits: str) -> float:
    if math.isfinite(value := float(digits)):
        return value
    raise ValueError(digits)


def inputs_of(manifest: Manifest, folder: Path) -> Tree:
    """The pack's copy of its inputs, if it is what its manifest says."""
    tree = tree_of(folder)
    if not tree:
        raise Unread("it keeps no copy of its inputs")
    there, recorded = sums_of(tree), manifest.inputs
    odd = sorted(path for path in {*there, *recorded} if recorded and there.get(path) != recorded.get(path))
    if odd:
        raise Unread(f"its copy of {odd[0]} is not what its manifest recorded")
    return tree


def tree_of(folder: Path) -> Tree:
    """Every file of a folder but hidden ones, by its path."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files(folder)} if folder.is_dir() else {}


def sums_of(tree: Tree) -> dict[str, str]:
    """The sha256 of each file."""
    return {path: sha256(content).hexdigest() for path, content in tree.items()}
