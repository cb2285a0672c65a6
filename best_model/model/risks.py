"""What threatens the programme: risks that may come and issues that have, each with what it threatens."""

from typing import Annotated, Literal

from pydantic import Field

from best_model.model.scenario import Frozen, Slug


class Risk(Frozen):
    """A line of the register. `workstreams` are their names; `assumptions` are dotted places in a council's folder.

    An issue has happened, so that is its likelihood. `due` is the day by which its mitigation is to be in place.
    """

    name: Annotated[str, Field(pattern=r"^[A-Z][0-9]+$")]
    kind: Literal["risk", "issue"]
    description: str
    workstreams: tuple[Slug, ...]
    assumptions: tuple[str, ...]
    likelihood: Literal["low", "medium", "high", "happened"]
    impact: Literal["low", "medium", "high"]
    owner: str
    due: Annotated[str, Field(pattern=r"^20[0-9]{2}-[0-9]{2}-[0-9]{2}$")]
    mitigation: str
    source: Slug
    illustrative: bool
