"""What was made before, kept beside the packs: used again while its key and the files it used are the same, and not a byte of it
has changed."""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from best_model.inputs.used import what_was_opened


class Kept(NamedTuple):
    """Where one document or file is kept, and the key of what it would be made from now; `fresh` makes it anew all the same.

    `inputs` are the sums of all files of parameters by path. What was made counts as the same while those that it used are.
    """

    path: Path
    key: str
    fresh: bool = False
    inputs: Mapping[str, str] = {}


class Found(NamedTuple):
    """What is kept: the key it was made from, how long that took, and the sums of the files of parameters that it used."""

    key: str
    seconds: float
    used: Mapping[str, str] = {}

    def is_still(self, kept: Kept) -> bool:
        """Whether the same would be made now."""
        return self.key == kept.key and all(kept.inputs.get(path) == total for path, total in self.used.items())


def _used(inputs: Mapping[str, str]) -> dict[str, str]:
    """The inputs that this process and its kernel opened, by the note they took; all of them where there is no note."""
    opened = what_was_opened()
    return {path: total for path, total in inputs.items() if path in opened} or dict(inputs)


def key_of(*parts: object) -> str:
    """One sum over everything that a result depends on."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def keep(kept: Kept, body: bytes, seconds: float) -> None:
    """Keep a result; a program killed meanwhile leaves the last one."""
    kept.path.parent.mkdir(parents=True, exist_ok=True)
    head = {
        "key": kept.key,
        "seconds": round(seconds, 3),
        "used": _used(kept.inputs),
        "sum": hashlib.sha256(body).hexdigest(),
    }
    half = kept.path.with_suffix(f".{os.getpid()}")
    half.write_bytes(json.dumps(head).encode() + b"\n" + body)
    os.replace(half, kept.path)


def what_is_kept(path: Path) -> Found | None:
    """The head of what is kept; None where there is none, or nothing that can be read."""
    try:
        with path.open("rb") as file:
            head = json.loads(file.readline())
        return Found(str(head["key"]), float(head["seconds"]), dict(head["used"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def again(kept: Kept) -> bytes | None:
    """What was kept for this key, or None: another key, no file, or a file that is not what was written."""
    found = what_is_kept(kept.path)
    if kept.fresh or found is None or not found.is_still(kept):
        return None
    head, _, body = kept.path.read_bytes().partition(b"\n")
    return body if hashlib.sha256(body).hexdigest() == json.loads(head).get("sum") else None
