"""Settings of the explorer's sliders side by side, for who has no script, and where the stops come from."""

from collections.abc import Sequence

from best_model.model.settings import setting_index
from best_model.model.stops import Stop
from best_model.questions.explored import Explored, at_scenario, explored
from best_model.questions.grid import Grid
from best_model.questions.names import within_a_sentence
from best_model.table import NOT_APPLICABLE, Column, Row, Table, Unit, Value, under


def named_scenarios(grid: Grid) -> Table:
    """Every named scenario in the last year."""
    shown = [(each.title, at_scenario(grid, each)) for each in grid.scenarios]
    caption = f"The named scenarios, {grid.authority.years[-1]}"
    return _side_by_side("named_scenarios", caption, "Scenario", shown)


def late_or_with_other_plans(grid: Grid) -> Table:
    """The last named scenario in the last year, begun late, and with fewer or more new plans."""
    scenario = grid.scenarios[-1]
    (plans, on_time, *priorities), level = grid.position(scenario), grid.level(scenario)
    late = [
        (stop.label, explored(grid, (plans, place, *priorities), level)) for place, stop in enumerate(grid.stops.late)
    ]
    others = [
        (f"New plans: {within_a_sentence(stop.label)}", explored(grid, (place, on_time, *priorities), level))
        for place, stop in enumerate(grid.stops.new_plans)
        if place != plans
    ]
    caption = f"{scenario.title}, begun late or with other numbers of new plans, {grid.authority.years[-1]}"
    return _side_by_side("late_or_with_other_plans", caption, "What is supposed", [*late, *others])


def _side_by_side(name: str, caption: str, head: str, shown: Sequence[tuple[str, Explored]]) -> Table:
    authority = shown[0][1].authority
    columns = (
        *under(("Priorities, £m", "In train, £m", "Found, £m")),
        *under(f"Short of {target} target, £m" for target in authority.council.targets),
        Column("Gap left, £m"),
        Column("Children in INMSS", Unit.CHILDREN),
        Column("Deficit as published, £m"),
    )
    notes = (
        f"INMSS: independent and non-maintained special schools, January {authority.januaries[-1]}.",
        f"Deficit at 31 March {authority.januaries[-1]}, if every deficit stays with the council.",
    )
    return Table(name, caption, head, columns, [Row(title, _last_year(each)) for title, each in shown], notes)


def _last_year(shown: Explored) -> list[Value]:
    return [
        *(float(each[-1]) for each in (shown.identified, shown.in_train, shown.found)),
        *(NOT_APPLICABLE("met") if aim.standing in {"met", "beyond"} else aim.short for aim in shown.aims),
        float(shown.gap_left[-1]),
        float(shown.plans[setting_index("inmss")]),
        float(shown.deficit["as_published"][-1]),
    ]


def each_alone(grid: Grid) -> Table:
    """What each priority saves by itself in the last year, £, at the low and centre of its evidence and at the most assumed."""
    rows = [
        Row(
            lever.label,
            [_alone(grid, place, each) for each in (lever.evidence.low, lever.evidence.value, 1.0)],
            "modelled",
        )
        for place, lever in enumerate(grid.levers)
    ]
    columns = under(("Low end of its evidence", "Centre of its evidence", "The most assumed"))
    note = "After its own costs, on time, with new plans as tied. Together they save another sum: they act on the same children."
    caption = f"What each priority saves by itself in {grid.authority.years[-1]}, £m"
    return Table("each_alone", caption, "Priority", columns, rows, (note,))


def _alone(grid: Grid, place: int, intensity: float) -> float:
    position = list(grid.nothing)
    position[place + 2] = grid.intensities[place].index(intensity)
    return float(grid.identified[(*position, -1)])


def stops_explained(grid: Grid) -> Table:
    """Where the stops that are not a priority's own come from."""
    sources = grid.authority.council.sources
    sliders: dict[str, Sequence[Stop]] = {"Begun": grid.stops.late, "New plans": grid.stops.new_plans}
    rows = [
        Row(f"{name}: {within_a_sentence(stop.label)}", [stop.note, sources[stop.source].title])
        for name, stops in sliders.items()
        for stop in stops
    ]
    note = (
        "A priority stops at nothing, at the low, centre and high of its evidence, at what a named scenario asks, and at the most a "
        "source supports."
    )
    columns = under(("Why", "Source"), Unit.WORDS)
    caption = "Stops of the sliders beside those of the priorities"
    return Table("stops_explained", caption, "Stop", columns, rows, (note,))
