"""What one document is made of, and the way to the process that makes it: papermill and nbconvert are loaded there only."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict

from best_model.papers.cache import Kept
from best_model.papers.page import Page

Scalar = str | int | float | bool


class Job(BaseModel):
    """One document to make. `cell_limit` is the longest that one cell may take, in seconds; `kept`, where a run is kept;
    `notebook_sum`, the sum of the notebook as it was when the pack was begun, if it must still be that.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    notebook: Path
    parameters: dict[str, Scalar]
    output: Path
    page: Page
    cell_limit: int = 120
    notebook_sum: str = ""
    kept: Kept | None = None


class Seen(NamedTuple):
    """What a pack must know of a notebook before it runs: its question, and the names in its parameters cell."""

    title: str
    declared: tuple[str, ...]


def see(notebooks: Sequence[tuple[Path, dict[str, Scalar]]]) -> list[Seen]:
    """`document.see`."""
    from best_model.papers import document  # noqa: PLC0415 - see the head of this module

    return document.see(notebooks)


def make(job: Job, waiting: Any = None) -> None:
    """`document.make`."""
    from best_model.papers import document  # noqa: PLC0415 - see the head of this module

    document.make(job, waiting)
