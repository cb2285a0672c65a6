"""What one document is made of, as it is told to the process that makes it."""

from pathlib import Path
from typing import NamedTuple

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
