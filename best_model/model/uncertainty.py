"""How assumptions may fall: the shape of each between its low and its high, and which move together."""

from typing import Annotated, Literal

from pydantic import Field

from best_model.model.scenario import Frozen, Slug

Shape = Literal["triangular", "pert", "normal", "lognormal"]
"""How a figure varies. Triangular and PERT: between low and high, most likely at its value. Normal and lognormal: its value in the
middle, with one chance in twenty below low and one in twenty above high; each half has its own width."""


class Varies(Frozen):
    """The shape of the figures that a pattern names, such as `unit_cost.*`."""

    of: str
    shape: Shape
    note: str = ""


class Together(Frozen):
    """Assumptions that move together: every two of those that the patterns name have this correlation of their normal scores."""

    among: Annotated[tuple[str, ...], Field(strict=False, min_length=1)]
    correlation: Annotated[float, Field(ge=-1.0, le=1.0)]
    source: Slug
    note: str = ""


class Uncertainty(Frozen):
    """What a council says of how its assumptions vary; the first pattern of `shapes` that fits an assumption is its shape.

    `draws` and `seed` are those of its papers, and of the command where it says no others; of whole children, which take longer,
    papers draw `draws_of_whole_children`.
    """

    draws: Annotated[int, Field(ge=1)] = 10_000
    draws_of_whole_children: Annotated[int, Field(ge=1)] = 400
    seed: Annotated[int, Field(ge=0)] = 0
    shapes: Annotated[tuple[Varies, ...], Field(strict=False)] = ()
    correlations: Annotated[tuple[Together, ...], Field(strict=False)] = ()
