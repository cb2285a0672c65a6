"""Two ratings of an assumption: how good its evidence is, and how much hangs on it."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from best_model.model.scenario import Assumption, Frozen, Pedigree, Share, Slug

Quality = Literal["good", "fair", "poor"]
Impact = Literal["high", "medium", "low", "none"]

_BY_GRADE: dict[str, Quality] = {"strong": "good", "moderate": "fair", "weak": "poor", "judgement": "poor"}


class Threshold(Frozen):
    """A share of the target from which an impact has its name, and why from there."""

    share: Annotated[Share, Field(gt=0.0)]
    why: Annotated[str, Field(min_length=1)]


class Ratings(Frozen):
    """When an impact is high or medium: by what it moves the saving found in a scenario, as a share of a target."""

    scenario: Slug
    target: Slug
    high: Threshold
    medium: Threshold

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.high.share <= self.medium.share:
            raise ValueError(f"has high {self.high.share:g} and medium {self.medium.share:g}; high must be the larger")
        return self

    def impact(self, moved: float, target: float) -> Impact:
        """What moving the saving by `moved`, £, is rated, against a `target`, £."""
        share = abs(moved) / target
        return "high" if share >= self.high.share else "medium" if share >= self.medium.share else "low"


def quality(figure: Assumption) -> Quality:
    """How good the evidence for a figure is: by its grade if it has one, else by its pedigree and its source.

    A calibrated figure is tied to the council's forecast, which is not evidence for it.
    """
    if figure.grade is not None:
        return _BY_GRADE[figure.grade]
    if figure.pedigree is Pedigree.PUBLISHED:
        return "good"
    return "poor" if figure.pedigree is Pedigree.CALIBRATED or figure.source == "judgement" else "fair"
