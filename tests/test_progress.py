"""What a batch says while it works: a line a document, and an honest estimate of the time left."""

import io

from best_model.papers.progress import Progress
from best_model.papers.workers import Done


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_time_left_goes_by_what_each_took_last_time() -> None:
    """After the first, 10 s and 20 s are left for two at a time: 20 s, as the longer one cannot be shared."""
    to = io.StringIO()
    progress = Progress({"a": 6.0, "b": 10.0, "c": 20.0}, 2, to)
    progress.made(Done("a", 5.0))
    assert to.getvalue() == "a: 5.0 s (1 of 3, about 20 s left)\n"
    progress.made(Done("c", 20.0))
    progress.made(Done("b", 9.94))
    assert to.getvalue().splitlines()[1:] == ["c: 20.0 s (2 of 3, about 10 s left)", "b: 9.9 s (3 of 3)"]


def test_what_was_never_made_is_taken_to_be_as_long_as_the_others_were() -> None:
    """8 s for one: four more like it, two at a time, are 16 s."""
    to = io.StringIO()
    Progress(dict.fromkeys("abcde"), 2, to).made(Done("a", 8.0))
    assert to.getvalue() == "a: 8.0 s (1 of 5, about 16 s left)\n"


def test_a_failure_is_said_and_kept_for_the_log() -> None:
    to = io.StringIO()
    progress = Progress({"a": None}, 2, to)
    progress.made(Done("a", 1.0, failure="cell 3: it is wrong"))
    assert to.getvalue() == "a: FAILED after 1.0 s: cell 3: it is wrong (1 of 1)\n"
    assert progress.lines[0].endswith("+00:00 a: FAILED after 1.0 s: cell 3: it is wrong (1 of 1)")


def test_a_terminal_has_a_bar_below_the_lines() -> None:
    to = Terminal()
    progress = Progress({"a": None, "b": None}, 2, to)
    progress.made(Done("a", 1.0))
    progress.close()
    assert "a: 1.0 s (1 of 2, about 1 s left)\n" in to.getvalue()
    assert "1/2" in to.getvalue()
