"""One run of a pack at a time. The lock is the system's own, so it ends with the run that holds it, however that ends."""

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO


class Held(Exception):
    """Another run makes the same pack at this moment."""


@contextmanager
def one_run(path: Path) -> Iterator[None]:
    """Hold the lock of `path` for the block; raises `Held`, naming the holder, if another run has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Held(f"{_holder(file)} is making this pack; wait until it has ended, then build again") from None
        _sign(file)
        yield


def _sign(file: TextIO) -> None:
    about = {"process": os.getpid(), "machine": socket.gethostname(), "since": _now()}
    file.truncate(0)
    file.write(json.dumps(about))
    file.flush()


def _holder(file: TextIO) -> str:
    file.seek(0)
    try:
        about = json.loads(file.read())
        return f"process {about['process']} on {about['machine']}, since {about['since']},"
    except (ValueError, KeyError, TypeError):  # it has only just begun
        return "another run"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
