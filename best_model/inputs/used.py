"""Which files of parameters a paper opens, noted as it opens them: the batch makes it again only where one of these has changed."""

import os
import sys
from pathlib import Path
from typing import Any

PARAMS_VARIABLE = "BEST_PARAMS"
USED_VARIABLE = "BEST_USED"
"""Names the file that the note is written to, a path a line. Where the environment does not name one, nothing is noted."""


def note_what_is_opened(folder: Path) -> None:
    """From now on, note whatever is opened under the folder. Python tells of each (`sys.addaudithook`), so no reader can forget to."""
    if USED_VARIABLE not in os.environ:
        return
    note = Path(os.environ[USED_VARIABLE])

    def heard(event: str, given: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(given[0], str | os.PathLike):
            path = os.fspath(given[0])
            if isinstance(path, str) and path.startswith(f"{folder}{os.sep}"):
                with note.open("ab") as lines:
                    lines.write(f"{Path(path).relative_to(folder).as_posix()}\n".encode())

    sys.addaudithook(heard)


def what_was_opened() -> frozenset[str]:
    """What was noted so far, by this process and its kernel: paths in the folder of parameters."""
    note = Path(os.environ.get(USED_VARIABLE, os.devnull))
    return frozenset(note.read_text(encoding="utf-8").splitlines()) if note.is_file() else frozenset()
