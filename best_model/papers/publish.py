"""Publishing: a pack is seen whole or not at all.

`reports/<pack>` is a link into a folder of `reports/.packs`, which holds the pack and, beside it and not for its readers, a
copy of its inputs. A new pack is written in a folder of its own, and the link is changed in one step: a reader or a power
cut finds the old pack or the new one, never half of one. A pack is whole once it holds its manifest, which is written last.
"""

import fcntl
import json
import os
import re
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from best_model.model.refusal import Refusal

PACKS, PACK, INPUTS = ".packs", "pack", "inputs"
MANIFEST = "manifest.json"


class Unfinished(Exception):
    """Some parts of a pack could not be made, so it was not published."""


class Held(Exception):
    """Another run makes the same pack at this moment."""


@contextmanager
def one_run(path: Path) -> Iterator[None]:
    """Hold the lock of `path` for the block; raises `Held`, naming the holder, if another run has it.

    The lock is the system's own, so it ends with the run that holds it, however that ends.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Held(f"{_holder(file)} is making this pack; wait until it has ended, then build again") from None
        _sign(file)
        yield


def _sign(file: TextIO) -> None:
    since = datetime.now(UTC).isoformat(timespec="seconds")
    file.truncate(0)
    file.write(json.dumps({"process": os.getpid(), "machine": socket.gethostname(), "since": since}))
    file.flush()


def _holder(file: TextIO) -> str:
    file.seek(0)
    try:
        about = json.loads(file.read())
        return f"process {about['process']} on {about['machine']}, since {about['since']},"
    except (ValueError, KeyError, TypeError):  # it has only just begun
        return "another run"


def refuse_what_is_not_ours(reports: Path, name: str) -> None:
    """Raises `Refusal` where `reports/<name>` was put there by someone else."""
    live = reports / name
    if live.exists() and not live.is_symlink():
        raise Refusal(f"{live}: it was not put there by this program; move or remove it, then build the pack again")


@contextmanager
def new_folder(reports: Path, name: str) -> Iterator[Path]:
    """A folder to write a pack into, removed again, with all that lies beside it, if the block fails."""
    own = reports / PACKS / f"{name}-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}"
    (own / PACK).mkdir(parents=True)
    try:
        yield own / PACK
    except BaseException:
        if not _is_shown(own, reports):  # a run may be stopped just after it has published
            shutil.rmtree(own, ignore_errors=True)
        raise


def _is_shown(own: Path, reports: Path) -> bool:
    links = (path for path in reports.iterdir() if path.is_symlink())
    return any(link.resolve() == (own / PACK).resolve() for link in links)


def publish(folder: Path, reports: Path, name: str) -> None:
    """Make `reports/<name>` lead to the folder, once all that lies in it and beside it is on the disk."""
    own = folder.parent
    for path in (*own.rglob("*"), own, own.parent):
        _sync(path)
    fresh = own / ".link"
    fresh.symlink_to(folder.relative_to(reports))
    os.replace(fresh, reports / name)
    _sync(reports)


def withdraw(reports: Path, name: str) -> None:
    """Take away the link, so that what it leads to can be tidied away."""
    if (reports / name).is_symlink():
        (reports / name).unlink()


def tidy(reports: Path, name: str, keep: int) -> None:
    """Remove what runs that were killed left half-made, and whole packs beyond the newest `keep`; never the live one."""
    live = (reports / name).resolve()
    ours = [path for path in sorted((reports / PACKS).iterdir(), reverse=True) if _is_of(path.name, name)]
    whole = [path for path in ours if (path / PACK / MANIFEST).exists()]
    for path in ours:
        if (path / PACK).resolve() != live and path not in whole[:keep]:
            shutil.rmtree(path, ignore_errors=True)


def _is_of(folder: str, name: str) -> bool:
    return re.fullmatch(rf"{re.escape(name)}-\d{{8}}T\d{{6}}\.\d{{6}}Z", folder) is not None


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
