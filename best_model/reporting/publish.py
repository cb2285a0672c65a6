"""Publishing: a pack is seen whole or not at all.

`reports/<pack>` is a link to a folder in `reports/.packs`. A new pack is written in a folder of its own beside the old
one, and the link is changed in one step: a reader or a power cut finds the old pack or the new one, never half of one.
"""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from best_model.model.refusal import Refusal


@contextmanager
def publication(reports_dir: Path, name: str) -> Iterator[Path]:
    """Give a folder to write the pack into; publish it if the block ends well, else remove it and change nothing."""
    live = reports_dir / name
    if live.exists() and not live.is_symlink():
        raise Refusal(f"{live}: it was not put there by this program; move or remove it, then build the pack again")
    folder = reports_dir / ".packs" / f"{name}-{secrets.token_hex(4)}"
    folder.mkdir(parents=True)
    try:
        yield folder
        _to_disk(folder)
        before = live.resolve()
        _switch(live, folder)
    except BaseException:
        shutil.rmtree(folder)
        raise
    _sync(reports_dir)
    if before.parent == folder.resolve().parent:  # never remove what is not one of ours
        shutil.rmtree(before, ignore_errors=True)


def _switch(live: Path, folder: Path) -> None:
    """The one step. The fresh link is made inside the folder, so that a failure takes it away too."""
    fresh = folder / ".link"
    fresh.symlink_to(folder.relative_to(live.parent))
    os.replace(fresh, live)


def _to_disk(folder: Path) -> None:
    for path in (*folder.rglob("*"), folder):
        _sync(path)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
