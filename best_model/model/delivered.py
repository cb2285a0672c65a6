"""What was planned, and what came of it: savings, yearly overspends and the deficit, earlier programmes' and this one's."""

from typing import Literal

from best_model.model.scenario import Frozen, Pedigree, Slug

THIS_PROGRAMME = "this programme"
YEAR_NOT_GIVEN = "not given"


class Delivered(Frozen):
    """One figure planned beside what was delivered, £ nominal; None where it is not published.

    `year` is a financial year, a span such as `2023/24 to 2026/27`, or `not given`. Of an `overspend` or a `deficit`,
    `delivered` is what the council's own forecast brings forward. This programme's savings have no `planned`: that is the target.
    A `derived` figure is worked out from published ones, as its `basis` says.
    """

    programme: str
    measure: Literal["saving", "overspend", "deficit"]
    year: str
    planned: float | None
    delivered: float | None
    basis: str
    pedigree: Pedigree | Literal["derived"]
    source: Slug

    @property
    def difference(self) -> float | None:
        """Delivered less planned, £, where both are known."""
        return None if self.planned is None or self.delivered is None else self.delivered - self.planned

    def is_due(self, first_reported: str) -> bool:
        """Whether its last year is over before the years that are reported begin; one without a year is taken to be due."""
        return self.year == YEAR_NOT_GIVEN or self.year.rpartition(" ")[2] < first_reported
