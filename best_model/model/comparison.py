"""Published figures of a council beside those of its region, of England and of other councils, and who holds its plans."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from best_model.model.phasing import FloatArray

Scope = Literal["council", "region", "nation", "neighbour"]
SCOPES: Final[tuple[Scope, ...]] = ("council", "region", "nation", "neighbour")

CHARACTERISTICS: Final = ("age", "need", "sex", "ethnicity")

MEASURES: Final[Mapping[str, Literal["count", "share"]]] = {
    "plans": "count",
    "growth_one_year": "share",
    "growth_six_years": "share",
    "growth_as_told": "share",
    "share_mainstream": "share",
    "share_resource_base": "share",
    "share_state_special": "share",
    "share_inmss": "share",
    "share_post_16": "share",
    "share_not_in_education": "share",
    "share_eotas": "share",
    "requests": "count",
    "refused_to_assess": "share",
    "assessments_to_plan": "share",
    "new_plans": "count",
    "ceased_plans": "count",
    "within_20_weeks": "share",
    "over_a_year": "share",
    "reviews_held": "share",
    "review_decisions_outstanding": "share",
    "need_asd": "share",
    "need_semh": "share",
    "need_slcn": "share",
    "need_mld": "share",
    "need_sld": "share",
    "need_spld": "share",
    "appeal_rate": "share",
    "dsg_balance": "share",
}
"""What may be compared, and whether it is a count or a share: of plans in January for stocks, of a calendar year for flows."""


@dataclass(frozen=True)
class Compared:
    """One published figure of one area. `year`: a January for plans and their shares, else a calendar year; `breaks`: the series
    begins anew in it, so that years before cannot be held against it. `source` is a key of sources.yaml."""

    measure: str
    area: str
    scope: Scope
    year: int
    value: float
    breaks: bool
    source: str
    note: str


@dataclass(frozen=True)
class Part:
    """Plans of one part of a characteristic in one area, in a January: `plans` (setting,). `group` takes small parts together."""

    characteristic: str
    part: str
    group: str
    area: str
    scope: Scope
    january: int
    plans: FloatArray
    source: str


@dataclass(frozen=True)
class Comparison:
    """All that a council's folder holds to compare it by; a council without the files has none of either."""

    figures: tuple[Compared, ...] = ()
    parts: tuple[Part, ...] = ()

    def series(self, measure: str, scope: Scope) -> tuple[Compared, ...]:
        """One measure of the council, its region or the nation, by year."""
        found = (each for each in self.figures if each.measure == measure and each.scope == scope)
        return tuple(sorted(found, key=lambda each: each.year))

    def latest(self, measure: str, scope: Scope) -> Compared | None:
        """The last figure of a measure for a scope, None where there is none."""
        series = self.series(measure, scope)
        return series[-1] if series else None

    def at(self, measure: str, scope: Scope, year: int) -> float | None:
        """A measure in one year, None where it is not given."""
        return next((each.value for each in self.series(measure, scope) if each.year == year), None)

    def across(self, measure: str) -> tuple[Compared, ...]:
        """A measure in the council's last year for every area that has it: the council, its region, the nation, then others."""
        own = self.latest(measure, "council")
        same = (each for each in self.figures if own and each.measure == measure and each.year == own.year)
        return tuple(sorted(same, key=lambda each: SCOPES.index(each.scope)))

    def area(self, scope: Scope) -> str:
        """The name of the council, its region or the nation; empty where nothing is held of it."""
        held = [(each.scope, each.area) for each in self.figures] + [(each.scope, each.area) for each in self.parts]
        return next((area for of, area in held if of == scope), "")
