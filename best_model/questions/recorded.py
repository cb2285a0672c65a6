"""What a pack recorded of itself in its manifest: what it was made by, its headline figures, and every other number it printed."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Line = Literal["found", "gap_after", "gap_before", "deficit"]
"""A headline figure, in the order in which a reader asks for them. The deficit is that of 31 March, as published."""
Amount = Annotated[float, Field(allow_inf_nan=False)]
Amounts = Annotated[tuple[Amount, ...], Field(strict=False)]
Scalar = str | bool | int | float | None
Address = tuple[str, ...]

PENCE = 2
_NOT_IDENTIFIED, _CASE = "still_to_be_identified", "as_published"


class Made(BaseModel):
    """What made a pack: version, commit, sum over its sources, libraries; empty where not recorded."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    version: str = ""
    commit: str = ""
    code: str = ""
    environment: dict[str, str] = {}
    built: str = ""


class Headline(BaseModel):
    """What is printed for one scenario, £ nominal by year, to the penny; other keys are kept as they are, and a missing one is empty."""

    model_config = ConfigDict(frozen=True, extra="allow", strict=True)

    scenario: str = ""
    authority: str = ""
    years: tuple[str, ...] = Field((), strict=False)
    gap_before_gbp: Amounts = ()
    saving_gbp: Amounts = ()
    gap_after_gbp: Amounts = ()
    deficit_gbp: dict[str, Amounts] = {}
    saving_by_priority_gbp: dict[str, Amounts] = {}

    @property
    def figures(self) -> dict[tuple[Line, str], float]:
        """The figures that a pack is held to, by line and year. What is still to be identified is not found."""
        missing = self.saving_by_priority_gbp.get(_NOT_IDENTIFIED) or (0.0,) * len(self.saving_gbp)
        lines: dict[Line, Sequence[float]] = {
            "found": [
                round(all_of_it - rest, PENCE) for all_of_it, rest in zip(self.saving_gbp, missing, strict=False)
            ],
            "gap_before": self.gap_before_gbp,
            "gap_after": self.gap_after_gbp,
            "deficit": self.deficit_gbp.get(_CASE, ()),
        }
        return {
            (line, year): amount
            for line, amounts in lines.items()
            for year, amount in zip(self.years, amounts, strict=False)
        }

    @property
    def others(self) -> Iterator[tuple[Address, Scalar]]:
        """Everything else that is printed, by its address; what stands by year is named by its year."""
        compared = {"scenario", "authority", "years", "gap_before_gbp", "gap_after_gbp"}
        for place, value in leaves(self.model_dump(exclude=compared), self.years):
            if place[:2] != ("deficit_gbp", _CASE):
                yield place, value


class Manifest(Made):
    """What the manifest of a pack, new or old, says; other keys are left alone, and a missing one is empty."""

    inputs: dict[str, str] = {}
    seed: int | None = None
    headline: dict[str, Headline] = {}
    chances: dict[str, Any] = {}
    checks: dict[str, Any] = {}
    documents: list[Any] = []

    @property
    def made(self) -> Made:
        """What made the pack, alone."""
        return Made.model_validate(self.model_dump(include=set(Made.model_fields)))

    @property
    def printed(self) -> dict[Address, Scalar]:
        """Every number and word that it prints beside the headline figures, by its address."""
        files = [str(each.get("file", "")) for each in self.documents if isinstance(each, dict)]
        return {
            **{("documents", file): "in the pack" for file in files},
            **{("headline", key, *place): value for key, said in self.headline.items() for place, value in said.others},
            **{(name, *place): value for name in ("chances", "checks") for place, value in leaves(getattr(self, name))},
            **({("seed",): str(self.seed)} if self.seed is not None else {}),
        }


def leaves(said: Any, years: Sequence[str] = ()) -> Iterator[tuple[Address, Scalar]]:
    """Every number and word inside mappings and lists, with its address; a list as long as `years` is named by them."""
    match said:
        case Mapping():
            parts = [(str(key), value) for key, value in said.items()]
        case list() | tuple():
            names = years if len(said) == len(years) else range(len(said))
            parts = [(str(name), value) for name, value in zip(names, said, strict=True)]
        case _:
            yield (), said if isinstance(said, str | bool | int | float | None) else str(said)
            return
    for key, value in parts:
        yield from (((key, *place), leaf) for place, leaf in leaves(value, years))
