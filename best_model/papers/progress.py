"""What a batch says while it works: a line a document, and how long the rest will take, as far as that is known."""

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TextIO

from best_model.papers.workers import Done


class Progress:
    """Says each thing made, on a terminal above a bar, elsewhere as plain lines; and keeps what it said for the log."""

    def __init__(self, expected: Mapping[str, float | None], at_once: int, to: TextIO | None = None) -> None:
        """`expected` holds the seconds that each took last time, None where it was never made."""
        self._left = dict(expected)
        self._at_once = at_once
        self._to = to or sys.stderr
        self._took: list[float] = []
        self._bar = _bar(len(self._left), self._to)
        self.lines: list[str] = []

    def say(self, line: str) -> None:
        """One line, on the screen and in the log."""
        self.lines.append(f"{datetime.now(UTC).isoformat(timespec='seconds')} {line}")
        if self._bar:
            self._bar.write(line, file=self._to)
        else:
            print(line, file=self._to, flush=True)

    def made(self, done: Done) -> None:
        """Say what came of one of them."""
        self._left.pop(done.name, None)
        self._took.append(done.seconds)
        number = len(self._took)
        what = f"FAILED after {done.seconds:.1f} s: {done.failure}" if done.failure else f"{done.seconds:.1f} s"
        self.say(f"{done.name}: {what} ({number} of {number + len(self._left)}{self._and_left()})")
        if self._bar:
            self._bar.update()

    def close(self) -> None:
        """Take the bar away."""
        if self._bar:
            self._bar.close()

    def _and_left(self) -> str:
        """The rest, by what each took last time, or else by what the others took now; nothing is said of nothing left."""
        if not self._left:
            return ""
        usual = sum(self._took) / len(self._took)
        left = [usual if seconds is None else seconds for seconds in self._left.values()]
        return f", about {max(*left, sum(left) / self._at_once):.0f} s left"


def _bar(total: int, to: TextIO) -> Any:
    if not to.isatty():
        return None
    from tqdm import tqdm  # noqa: PLC0415 - only a person at a terminal sees it

    return tqdm(total=total, file=to, unit="document", leave=False, mininterval=0)
