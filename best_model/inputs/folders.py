"""Where the project is, and the folder of parameters: the project's own, or the one that the environment names."""

import os
import sys
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
PARAMS_VARIABLE = "BEST_PARAMS"
PARAMS = Path(os.environ.get(PARAMS_VARIABLE, PROJECT / "params"))

USED_VARIABLE = "BEST_USED"
"""Names the file in which a paper of a pack notes every file of parameters that it opens, a path a line."""


def _note_what_is_opened(note: Path, folder: Path) -> None:
    """From now on, whatever opens a file under the folder. Python tells of each (`sys.addaudithook`), so no reader can forget to."""
    file = os.open(note, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def heard(event: str, given: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(given[0], str | os.PathLike):
            path = os.fspath(given[0])
            if isinstance(path, str) and path.startswith(f"{folder}{os.sep}"):
                os.write(file, f"{Path(path).relative_to(folder).as_posix()}\n".encode())

    sys.addaudithook(heard)


if USED_VARIABLE in os.environ:
    _note_what_is_opened(Path(os.environ[USED_VARIABLE]), PARAMS)
