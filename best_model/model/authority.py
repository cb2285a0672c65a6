"""What we know about one council: its published tables, and what the engine needs of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from best_model.model.phasing import FloatArray
from best_model.model.scenario import Assumption
from best_model.model.settings import NEEDS


@dataclass(frozen=True)
class Source:
    """A publication, or `judgement`: enough to find the figure again, and the licence it is under."""

    title: str
    where: str
    url: str
    licence: str


@dataclass(frozen=True)
class Written:
    """Where an input is written in `params/` (file, and line or row), what it says there, and the key of its source if it has one."""

    where: str
    said: str = ""
    source: str = ""


@dataclass(frozen=True)
class Published:
    """Published counts that the flows are fitted to; ages are at 31 August, counts are children.

    Shapes: `stock_before` and `stock` (age, setting), the two last January censuses; `need_by_age` (age, need) and
    `need_by_setting` (setting, need) of the last; `new_plans` (age, setting), age when the plan started;
    `new_need_by_age` (age, need), age at the census *before*; `new_need_by_setting` (setting, need); `ceased_by_age`
    (age,), age at the census before; `ceased_by_setting` (setting,). `open_age` is the first age of the last, open band
    of the ceased table, which holds that whole band. `net_transfers` (year,) is what each past
    year's stock and flows leave over; `move_cost` (from, to) is how unusual a move is, 0 to stay.
    """

    stock_before: FloatArray
    stock: FloatArray
    need_by_age: FloatArray
    need_by_setting: FloatArray
    new_plans: FloatArray
    new_need_by_age: FloatArray
    new_need_by_setting: FloatArray
    ceased_by_age: FloatArray
    ceased_by_setting: FloatArray
    open_age: int
    net_transfers: FloatArray
    move_cost: FloatArray


@dataclass(frozen=True)
class Flows:
    """How children come, move and go in one year at the rates last seen; the age axis is age *after* the birthday.

    `cease` (age, setting): share ceased in the year. `moves` (age, from, to): rows sum to 1. `joins` and `transfers`
    (age, need, setting): children a year, new plans and net arrivals from other councils.
    """

    cease: FloatArray
    moves: FloatArray
    joins: FloatArray
    transfers: FloatArray


@dataclass(frozen=True)
class Money:
    """Prices and income, £ nominal. `fy` is the financial-year axis, which opens with the year of the base census.

    `unit_cost` (setting,): £ a child a year at the price base. `inflation` (fy, setting): price level against the price
    base. `general_level` (fy,): the same for what is not a placement. `services` (fy,): High Needs Block spend not driven
    by plans. `income` (fy,): High Needs Block before deductions. `empty_place`: £ a year. `brought_forward`: £ at the 31
    March before `years`, of which `stability_grant` is the share that the grant would pay; from the financial year
    `relief_from`, new deficits leave the council in the third deficit case.

    As many draws see it, each has a leading `draw` axis (`figures.drawn`).
    """

    unit_cost: FloatArray
    inflation: FloatArray
    services: FloatArray
    income: FloatArray
    empty_place: float | FloatArray
    general_level: FloatArray
    brought_forward: float
    stability_grant: float | FloatArray
    relief_from: str


def financial_year(opens_in: int) -> str:
    """The financial year that opens in April of a calendar year: `2026/27`."""
    return f"{opens_in}/{(opens_in + 1) % 100:02d}"


@dataclass(frozen=True)
class Facts:
    """What money, places and the calibration rest on beside assumptions: years, and published amounts without a range.

    `calendar_years`: one for each step between censuses; `years`: the financial years reported. `price_base`: the financial
    year of the unit costs. `services`: each line of spend not driven by plans, as (£ a year, financial year of that price).
    `brought_forward` and `relief_from`: as in `Money`.
    """

    calendar_years: tuple[int, ...]
    years: tuple[str, ...]
    price_base: str
    services: tuple[tuple[float, str], ...]
    brought_forward: float
    relief_from: str

    @property
    def financial_years(self) -> tuple[str, ...]:
        """Every financial year that is costed, one for each calendar year."""
        return tuple(map(financial_year, self.calendar_years))


@dataclass(frozen=True)
class Forecast:
    """The council's own published forecast, £, each row over `years`; `brought_forward` by year of origin.

    `source` is the key of its source.
    """

    years: tuple[str, ...]
    gap_before: FloatArray
    mitigations: FloatArray
    gap_after: FloatArray
    cumulative: FloatArray
    brought_forward: Mapping[str, float]
    source: str


@dataclass(frozen=True)
class Calibration:
    """What ties the model to the published gaps: factors on new plans and on prices, each with its prior beside it.

    `demand` (step,): new plans in each calendar year against the last published year. `price_index` (year,): factor on
    every plan price, over `years`.
    """

    demand: FloatArray
    demand_prior: FloatArray
    price_index: FloatArray
    demand_weight: float
    price_weight: float


@dataclass(frozen=True)
class Council:
    """What a council's own folder of tables says, checked and frozen.

    `capacity` (january, setting): places open at each census, infinite where none is known; `fallbacks`: (setting, where those
    it cannot take go), in the order they are filled. `targets`: £ over `years` by name, NaN where none is published.
    `in_train`: £ over `years` for low, central and high. `calibration`, `capacity`, `money` and `in_train` are built from
    `assumptions` and `facts` (`figures.rebuilt`), so that each figure has one home. `openly`: whether the base census is
    published, so that its small counts may be shown.
    """

    name: str
    title: str
    base_january: int
    openly: bool
    published: Published
    calibration: Calibration
    capacity: FloatArray
    fallbacks: tuple[tuple[int, int], ...]
    money: Money
    forecast: Forecast
    targets: Mapping[str, FloatArray]
    in_train: Mapping[str, FloatArray]
    assumptions: Mapping[str, Assumption]
    facts: Facts
    sources: Mapping[str, Source]
    transfers_a_year: float


@dataclass(frozen=True)
class Authority:
    """One council, ready for the engine: its records, and the state and flows fitted to them.

    `plans` (age, need, setting): children at the base January. `largest_margin_error`: children, of the fit to the
    published tables. `needs`: one for each column of the `need` axis; where needs are taken together, the one that stands for them.
    """

    council: Council
    plans: FloatArray
    flows: Flows
    largest_margin_error: float
    needs: tuple[str, ...] = tuple(NEEDS)

    def __repr__(self) -> str:
        return f"{self.council.title}, {self.years[0]} to {self.years[-1]}"

    @property
    def years(self) -> tuple[str, ...]:
        """The financial years reported, such as `2026/27`."""
        return self.council.forecast.years

    @property
    def januaries(self) -> tuple[int, ...]:
        """Census years, from the base to the one within the last financial year."""
        first = self.council.base_january
        return tuple(range(first, first + self.council.calibration.demand.shape[-1] + 1))

    @property
    def aims(self) -> dict[str, float]:
        """Each savings target in the last reported year, £ nominal, by its name; the nearest first."""
        last = {name: float(amounts[-1]) for name, amounts in self.council.targets.items()}
        return dict(sorted(last.items(), key=lambda target: target[1]))

    @property
    def last_march(self) -> str:
        """When the last reported year ends: `March 2030`."""
        return f"March {self.januaries[-1]}"

    @property
    def financial_years(self) -> tuple[str, ...]:
        """Every financial year the engine costs, one for each pair of censuses; `years` are the last of them."""
        return tuple(map(financial_year, self.januaries[:-1]))
