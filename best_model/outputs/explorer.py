"""What the explorer shows: its sliders, its tables at one setting, and the tables for who has no script. All of it computed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from best_model.faces.numbers import children, millions, per_cent, pounds_m, safe
from best_model.model.deficit import CASES, cumulative_deficit
from best_model.model.phasing import FloatArray, Month
from best_model.model.scenario import Lever, Scenario
from best_model.model.settings import SETTINGS, setting_index
from best_model.model.stops import Stop
from best_model.outputs.fragment import Fragment
from best_model.outputs.packed_grid import Packed, levels_in_train
from best_model.outputs.tables import Row, table
from best_model.questions.grid import Grid, Position
from best_model.questions.names import before_the_plan, within_a_sentence

NEW_PLANS, LATE, IN_TRAIN = "new_plans", "late", "in_train"
LEAST_SHOWN = "0.0"
_HALF_A_POUND = 0.5
_BAR, _HEADROOM, _LABEL_TURNS = 360, 1.05, 0.7


@dataclass(frozen=True)
class Slider:
    """One slider: what it is called, what each of its stops is, and where it stands at first."""

    name: str
    label: str
    stops: tuple[str, ...]
    at: int


@dataclass(frozen=True)
class Shown:
    """The grid at one setting: £ over the reported years, children in the last January. `level` is the place of what is in train."""

    grid: Grid
    position: Position
    level: int

    @property
    def identified(self) -> FloatArray:
        """Saving of the priorities, after their own costs."""
        return self.grid.identified[self.position]

    @property
    def in_train(self) -> FloatArray:
        """Saving of measures begun before the plan."""
        return levels_in_train(self.grid)[self.level][1]

    @property
    def found(self) -> FloatArray:
        """Both together."""
        return self.identified + self.in_train

    @property
    def gap_before(self) -> FloatArray:
        """In-year gap if nothing is done."""
        return self.grid.gap_before[self.position[0]]

    @property
    def gap_left(self) -> FloatArray:
        """In-year gap once what is found is saved."""
        return self.gap_before - self.found

    @property
    def deficit(self) -> dict[str, FloatArray]:
        """Cumulative deficit at each 31 March, by case."""
        return cumulative_deficit(self.gap_left, self.grid.authority.council.money, self.grid.authority.years)

    @property
    def plans(self) -> FloatArray:
        """Children by setting."""
        return self.grid.plans[self.position]

    @property
    def plans_before(self) -> FloatArray:
        """Children by setting if nothing is done, with as many new plans."""
        return self.grid.plans[(self.position[0], *self.grid.nothing[1:])]

    @cached_property
    def short(self) -> dict[str, float]:
        """£ by which each target is missed in the last year; negative where more is found."""
        targets = self.grid.authority.council.targets
        return {name: float(amounts[-1] - self.found[-1]) for name, amounts in targets.items()}


def at_scenario(grid: Grid, scenario: Scenario) -> Shown:
    """The grid where a scenario stands."""
    return Shown(grid, grid.position(scenario), _level(grid, scenario.in_train))


def _level(grid: Grid, name: str) -> int:
    return next(place for place, (names, _) in enumerate(levels_in_train(grid)) if name in names)


def opening(grid: Grid) -> Shown:
    """The grid as the page opens."""
    return at_scenario(grid, next(each for each in grid.scenarios if each.name == grid.stops.opens_at))


# ---- The sliders


def priority_sliders(grid: Grid) -> list[Slider]:
    """One for each priority, where the page opens."""
    at = opening(grid).position[2:]
    return [
        Slider(
            lever.name, lever.label, tuple(_intensity(grid, place, each) for each in grid.intensities[place]), at[place]
        )
        for place, lever in enumerate(grid.levers)
    ]


def _intensity(grid: Grid, place: int, intensity: float) -> str:
    """What a stop of a priority is: `53%: as in Base`."""
    evidence = grid.levers[place].evidence
    said = {
        "nothing": 0.0,
        "low end of its evidence": evidence.low,
        "centre of its evidence": evidence.value,
        "high end of its evidence": evidence.high,
        "the most assumed": 1.0,
    }
    names = [name for name, value in said.items() if value == intensity]
    if "the most assumed" in names:
        names = ["the most assumed"]
    asking = [each.title for each in grid.scenarios if each.levers[place].intensity == intensity]
    if asking and intensity not in (0.0, evidence.value):
        names.append(f"as in {' and '.join(asking)}")
    return f"{per_cent(intensity)}: {', '.join(names)}"


def other_sliders(grid: Grid) -> list[Slider]:
    """When it all begins, how many new plans come, and what of the measures begun before it is counted."""
    shown, years = opening(grid), grid.authority.januaries[:-1]
    coming = grid.new_plans.sum(axis=-1) * grid.authority.flows.joins.sum()
    late = tuple(stop.label if not stop.months else f"{stop.label} ({stop.months} months)" for stop in grid.stops.late)
    plans = tuple(
        f"{stop.label}: {children(number)} new plans, {years[0]} to {years[-1]}"
        for stop, number in zip(grid.stops.new_plans, coming, strict=True)
    )
    return [
        Slider(LATE, "When every priority begins, with its places", late, shown.position[1]),
        Slider(NEW_PLANS, "New plans, if nothing were done", plans, shown.position[0]),
        Slider(IN_TRAIN, f"Measures begun {before_the_plan(grid.authority.years)}", tuple(_counted(grid)), shown.level),
    ]


def _counted(grid: Grid) -> Iterator[str]:
    year = grid.authority.years[-1]
    for names, amounts in levels_in_train(grid):
        if not amounts.any():
            yield "None counted"
        else:
            yield f"{' and '.join(names).capitalize()}: {pounds_m(amounts[-1])} in {year}"


# ---- What follows, in words


def answer(shown: Shown) -> str:
    """The answer, in one sentence."""
    where = ", ".join(_against(name, short) for name, short in shown.short.items())
    return f"The programme saves {pounds_m(shown.found[-1])} a year by {shown.grid.authority.years[-1]}: {where}."


def _against(name: str, short: float) -> str:
    amount = pounds_m(abs(short))
    if short < _HALF_A_POUND:
        return f"{amount} beyond the {name} target" if _shows(short) else f"the {name} target met"
    return f"{amount} short of the {name} target" if _shows(short) else f"just short of the {name} target"


def status(short: float) -> str:
    """How a target stands, by symbol and word."""
    amount = pounds_m(abs(short))
    if short < _HALF_A_POUND:
        return f"\N{BLACK CIRCLE} Met, {amount} beyond" if _shows(short) else "\N{BLACK CIRCLE} Met"
    return (
        f"\N{BLACK UP-POINTING TRIANGLE} Short by {amount}"
        if _shows(short)
        else "\N{BLACK UP-POINTING TRIANGLE} Just short"
    )


def _shows(amount: float) -> bool:
    return millions(abs(amount)) != LEAST_SHOWN


def parts(shown: Shown) -> str:
    """What the answer is made of."""
    return (
        f"Of it, {pounds_m(shown.identified[-1])} comes from the priorities after their own costs, and {pounds_m(shown.in_train[-1])} "
        f"from measures begun {before_the_plan(shown.grid.authority.years)}. What is still to be identified is not counted."
    )


def bar(shown: Shown) -> Fragment:
    """A bullet bar: what is in train, then what the priorities save, against every target."""
    grid = shown.grid
    targets = {name: float(amounts[-1]) for name, amounts in grid.authority.council.targets.items()}
    full = bar_full(grid)
    lines = "".join(_line(name, amount, full, place) for place, (name, amount) in enumerate(targets.items()))
    first, second = (_BAR * max(float(amount), 0.0) / full for amount in (shown.in_train[-1], shown.found[-1]))
    return Fragment(
        f'<svg id="bar" viewBox="0 0 {_BAR} 74" role="img" aria-label="{safe(answer(shown))}">'
        f'<rect x="0" y="20" width="{_BAR}" height="26" fill="#e6e9ee"/>'
        f'<rect id="bar-found" x="0" y="26" width="{second:.1f}" height="14" fill="#12436d"/>'
        f'<rect id="bar-in-train" x="0" y="26" width="{first:.1f}" height="14" fill="#8fa9c4" stroke="#12436d"/>'
        f"{lines}</svg>"
    )


def bar_full(grid: Grid) -> float:
    """£ at the end of the bar: the most that any setting finds, or the highest target."""
    most = float(grid.identified[..., -1].max() + max(amounts[-1] for _, amounts in levels_in_train(grid)))
    return _HEADROOM * max(most, *(float(amounts[-1]) for amounts in grid.authority.council.targets.values()))


def _line(name: str, amount: float, full: float, place: int) -> str:
    at, above = _BAR * amount / full, place % 2
    side = "end" if at > _BAR * _LABEL_TURNS else "middle"
    return (
        f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{14 if above else 20}" y2="{46 if above else 54}" stroke="#14181f" stroke-width="3"/>'
        f'<text x="{at:.1f}" y="{11 if above else 68}" text-anchor="{side}">{safe(name)} {pounds_m(amount)}</text>'
    )


def cards(shown: Shown) -> Fragment:
    """Each target, and how what is found stands against it."""
    targets = shown.grid.authority.council.targets
    drawn = "".join(
        f'<div class="card{" stretch" if place else ""}"><h3>{safe(name.capitalize())} target, {pounds_m(targets[name][-1])} a year</h3>'
        f'<p class="verdict">{safe(status(short))}</p></div>'
        for place, (name, short) in enumerate(shown.short.items())
    )
    return Fragment(f'<div class="pair">{drawn}</div>')


# ---- Tables at one setting: cells in the order in which the page's script fills them


def saving_table(shown: Shown) -> Fragment:
    """Saving, and the gap that is left, by year."""
    rows = [
        Row("The priorities, after their own costs", _m(shown.identified), "modelled"),
        Row(f"In train {before_the_plan(shown.grid.authority.years)}", _m(shown.in_train), "assumed"),
        Row("Found together", _m(shown.found), total=True),
        *(row for name, amounts in in_every_year(shown.grid).items() for row in _to_find(name, amounts, shown.found)),
        Row("Gap if nothing is done", _m(shown.gap_before), "modelled"),
        Row("Gap left", _m(shown.gap_left), total=True),
    ]
    note = "£m a year, nominal. Still to be identified: minus where more is found than the target asks. Rounded parts may not add."
    return table("Saving and gap by year, £m", ["Line", *shown.grid.authority.years], rows, note)


def in_every_year(grid: Grid) -> dict[str, FloatArray]:
    """Targets that are published for every year."""
    return {name: each for name, each in grid.authority.council.targets.items() if np.isfinite(each).all()}


def _to_find(name: str, target: FloatArray, found: FloatArray) -> list[Row]:
    return [
        Row(f"{name.capitalize()} target", _m(target), "published"),
        Row("Still to be identified for it", _m(target - found)),
    ]


def mix_table(shown: Shown) -> Fragment:
    """Children by setting in the last January."""
    last = shown.grid.authority.januaries[-1]
    pairs = [*zip(shown.plans_before, shown.plans, strict=True), (shown.plans_before.sum(), shown.plans.sum())]
    rows = [
        Row(name, _counts(*pair), total=place == len(SETTINGS))
        for place, (name, pair) in enumerate(zip([*SETTINGS.values(), "All plans"], pairs, strict=True))
    ]
    note = (
        "Children with an EHC plan, modelled. The change is between the whole numbers shown. Rounded parts may not add."
    )
    columns = ["Setting", "If nothing is done", "At these settings", "Change"]
    return table(f"Where children are placed, January {last}", columns, rows, note)


def _counts(before: float, after: float) -> list[str]:
    return [children(before), children(after), children(np.rint(after) - np.rint(before))]


def deficit_table(shown: Shown) -> Fragment:
    """The cumulative deficit under each case."""
    columns = ["Case", *(f"31 March {year}" for year in shown.grid.authority.januaries[-len(shown.found) :])]
    rows = [Row(text, _m(shown.deficit[case]), "modelled") for case, text in CASES.items()]
    return table(
        "Deficit that has built up, £m", columns, rows, "Once what is found is saved. Minus would be a surplus."
    )


def _m(amounts: FloatArray) -> list[str]:
    return [millions(float(amount)) for amount in amounts]


# ---- Tables that need no script


def scenario_table(grid: Grid) -> Fragment:
    """Every named scenario."""
    shown = [(each.title, at_scenario(grid, each)) for each in grid.scenarios]
    return _side_by_side(f"The named scenarios, {grid.authority.years[-1]}", "Scenario", shown)


def otherwise_table(grid: Grid) -> Fragment:
    """The last named scenario, late, and with fewer or more new plans."""
    scenario = grid.scenarios[-1]
    base = at_scenario(grid, scenario)
    late = [
        (stop.label, Shown(grid, (base.position[0], place, *base.position[2:]), base.level))
        for place, stop in enumerate(grid.stops.late)
    ]
    plans = [
        (f"New plans: {within_a_sentence(stop.label)}", Shown(grid, (place, *base.position[1:]), base.level))
        for place, stop in enumerate(grid.stops.new_plans)
        if place != grid.stops.as_tied
    ]
    caption = f"{scenario.title}, begun late or with other numbers of new plans, {grid.authority.years[-1]}"
    return _side_by_side(caption, "What is supposed", [*late, *plans])


def _side_by_side(caption: str, head: str, shown: Sequence[tuple[str, Shown]]) -> Fragment:
    grid, inmss = shown[0][1].grid, setting_index("inmss")
    columns: dict[str, Callable[[Shown], str]] = {
        "Priorities, £m": lambda each: millions(each.identified[-1]),
        "In train, £m": lambda each: millions(each.in_train[-1]),
        "Found, £m": lambda each: millions(each.found[-1]),
        **{f"{name.capitalize()} target": _standing(name) for name in grid.authority.council.targets},
        "Gap left, £m": lambda each: millions(each.gap_left[-1]),
        "Children in INMSS": lambda each: children(each.plans[inmss]),
        "Deficit as published, £m": lambda each: millions(each.deficit["as_published"][-1]),
    }
    rows = [Row(name, [said(each) for said in columns.values()]) for name, each in shown]
    note = (
        f"INMSS: independent and non-maintained special schools, January {grid.authority.januaries[-1]}. "
        f"Deficit at 31 March {grid.authority.januaries[-1]}, if every deficit stays with the council."
    )
    return table(caption, [head, *columns], rows, note)


def _standing(name: str) -> Callable[[Shown], str]:
    return lambda each: "met" if each.short[name] < _HALF_A_POUND else f"{pounds_m(each.short[name])} short"


def alone_table(grid: Grid) -> Fragment:
    """Each priority by itself."""
    rows = [
        Row(
            lever.label,
            [_alone(grid, place, each) for each in (lever.evidence.low, lever.evidence.value, 1.0)],
            "modelled",
        )
        for place, lever in enumerate(grid.levers)
    ]
    columns = ["Priority", "Low end of its evidence", "Centre of its evidence", "The most assumed"]
    note = "After its own costs, on time, with new plans as tied. Together they save another sum: they act on the same children."
    return table(f"What each priority saves by itself in {grid.authority.years[-1]}, £m", columns, rows, note)


def _alone(grid: Grid, place: int, intensity: float) -> str:
    position = list(grid.nothing)
    position[place + 2] = grid.intensities[place].index(intensity)
    return millions(float(grid.identified[(*position, -1)]))


def stops_table(grid: Grid) -> Fragment:
    """Where the stops that are not a priority's own come from."""
    sources = grid.authority.council.sources
    sliders: dict[str, Sequence[Stop]] = {"Begun": grid.stops.late, "New plans": grid.stops.new_plans}
    rows = [
        Row(f"{name}: {within_a_sentence(stop.label)}", [stop.note, sources[stop.source].title])
        for name, stops in sliders.items()
        for stop in stops
    ]
    note = (
        "Those of a priority are nought, the low, centre and high of its evidence, what a named scenario asks, and the most a source "
        "supports."
    )
    return table(
        "Stops of the sliders beside those of the priorities", ["Stop", "Why", "Source"], rows, note, text_columns=2
    )


# ---- What the page's script knows


def about(grid: Grid, packed: Packed) -> dict[str, Any]:
    """Everything but the packed numbers themselves, for JSON: whole pounds, words, and where the named scenarios stand."""
    sliders, pounds = [*priority_sliders(grid), *other_sliders(grid)], packed.pounds
    council = grid.authority.council
    return {
        "shape": grid.shape,
        "channels": packed.channels,
        "order": [NEW_PLANS, LATE, *(lever.name for lever in grid.levers)],
        "nothing": grid.nothing,
        "stops": {slider.name: slider.stops for slider in sliders},
        "starts": [_start(grid, each) for each in grid.scenarios],
        "years": grid.authority.years,
        "begun": before_the_plan(grid.authority.years),
        "gapBefore": _whole(pounds.gap_before),
        "inTrain": _whole(pounds.in_train),
        "targets": [
            {"name": name, "pounds": [int(each) if np.isfinite(each) else None for each in pounds.targets[name]]}
            for name in council.targets
        ],
        "broughtForward": _whole(pounds.brought_forward),
        "kept": _whole(pounds.kept),
        "settings": len(SETTINGS),
        "bar": {"width": _BAR, "full": round(bar_full(grid))},
        "file": _file(grid),
    }


def _whole(amounts: FloatArray) -> Any:
    return amounts.astype(int).tolist()


def _start(grid: Grid, scenario: Scenario) -> dict[str, int]:
    shown = at_scenario(grid, scenario)
    priorities = zip((lever.name for lever in grid.levers), shown.position[2:], strict=True)
    return {NEW_PLANS: shown.position[0], LATE: shown.position[1], IN_TRAIN: shown.level, **dict(priorities)}


def _file(grid: Grid) -> dict[str, Any]:
    """What a scenario file says at each stop, so that a reviewer can run the setting again."""
    return {
        "extends": grid.scenarios[0].name,
        "inTrain": [names[0] for names, _ in levels_in_train(grid)],
        "levers": [
            {
                "name": lever.name,
                "intensity": [repr(float(each)) for each in grid.intensities[place]],
                "start": [_later(lever, stop.months) for stop in grid.stops.late],
            }
            for place, lever in enumerate(grid.levers)
        ],
        "newPlans": [
            {
                f"calibration.new_plans_index.{year}": repr(float(each))
                for year, each in zip(grid.authority.januaries, index, strict=False)
            }
            for index in grid.new_plans
        ],
    }


def _later(lever: Lever, months: int) -> str:
    """The month so many after a priority's start."""
    year, month = lever.start_year_and_month
    years, left = divmod(month - 1 + months, Month.IN_A_YEAR)
    return f"{year + years}-{left + 1:02d}"
