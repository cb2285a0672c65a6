"""Each kind of chart draws a table and tells its numbers, whatever they are: usual, all nought, below nought or missing."""

import math
import re
from collections.abc import Callable, Sequence

import pytest

from best_model.faces.chart import Chart
from best_model.faces.charts_bars import bars, bars_of_each, stacked
from best_model.faces.charts_bullet import bullet
from best_model.faces.charts_fan import fan
from best_model.faces.charts_lines import lines
from best_model.faces.charts_map import Point, two_levers
from best_model.faces.charts_panels import panels
from best_model.faces.charts_points import points
from best_model.faces.charts_tornado import tornado
from best_model.faces.charts_waterfall import waterfall
from best_model.table import NONE, Column, Range, Row, Table, Unit, Value, under

YEARS = ("2026/27", "2027/28", "2028/29", "2029/30")
Numbers = Sequence[Sequence[Value]]


def table(numbers: Numbers, unit: Unit = Unit.GBP) -> Table:
    columns = under(YEARS[: len(numbers[0])], unit)
    kinds, totals = ("", "", "balance"), (True, False, False)
    rows = [
        Row(f"Row {'ABCDE'[place]}", values, kinds[place % 3], total=totals[place % 3])
        for place, values in enumerate(numbers)
    ]
    return Table("some", "Some numbers", "Row", columns, rows)


USUAL: Numbers = [
    [8e6, 9e6, 12e6, 15e6],
    [-2e6, -3e6, -4e6, -5.5e6],
    [1e6, 2e6, 2.5e6, 3e6],
    [2e6, 3e6, 3.5e6, 4e6],
    [3e6, 4e6, 5e6, 6e6],
]
NOUGHT: Numbers = [[0.0] * 4] * 5
MISSING: Numbers = [
    [NONE, 1e6, 2e6, NONE],
    [NONE] * 4,
    [1e6, 2e6, NONE, 3e6],
    [2e6, 2e6, 2e6, 4e6],
    [3e6, 3e6, 3e6, 6e6],
]
KINDS: dict[str, Callable[[Table], Chart]] = {
    "lines": lambda each: lines(each, unit="£m a year", dashed=["Row B"]),
    "lines along a scale": lambda each: lines(
        each, unit="£m", along=[1.0, 2.0, 3.0, 9.0], uprights={"Target 4.0": 4.0}, at=YEARS
    ),
    "bars": lambda each: bars(each, unit="£m", dots=YEARS[1], errors={YEARS[0]: YEARS[2], YEARS[1]: YEARS[3]}),
    "bars and dots": lambda each: bars(
        each, unit="£m", beside_it=YEARS[3], marks={"Target": 4e6}, beside_unit="£m a year"
    ),
    "stacked": lambda each: stacked(each, unit="£m a year"),
    "bullet": lambda each: bullet(each, unit="£m", shown=YEARS[0], target=YEARS[3]),
    "bars of our own": lambda each: bars(each, unit="£m", own="Row B"),
    "bars of each": lambda each: bars_of_each(each, unit="£m", own=YEARS[0]),
    "waterfall": lambda each: waterfall(each, unit="£m"),
    "tornado": lambda each: tornado(each, unit="Change in the saving, £m.", marks={"Short of the target": 5e6}),
    "fan": lambda each: fan(each, unit="£m", marks=["Row A", "Row B"]),
    "panels": lambda each: panels(
        [each, each], unit="£m", dashed=["Row B"], uprights={"Some numbers": ["2027/28"]}, why="return changed"
    ),
    "panels of fans": lambda each: panels([each], fans=True, marks=["Row A", "Row B"], across=2),
    "points": lambda each: points(each, up=YEARS[0], across=[YEARS[1], YEARS[3]], marked=["Row C"]),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("numbers", [USUAL, NOUGHT, MISSING], ids=["usual", "nought", "missing"])
def test_a_chart_is_drawn_and_tells_what_it_draws_without_a_nan(kind: str, numbers: Numbers) -> None:
    chart = KINDS[kind](table(numbers)).titled("What was found")
    assert chart.alt.startswith("What was found. ")
    assert "nan" not in re.sub(r"[a-z]nan|nan[a-z]", "", chart.alt)
    assert ">nan<" not in chart.svg
    assert '<svg role="img" aria-label="What was found. ' in chart.svg


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("lines", "From 2026/27 to 2029/30. Row A: £8.0m to £15.0m; Row B: −£2.0m to −£5.5m"),
        ("lines along a scale", "Row A: 2026/27 £8.0m, 2027/28 £9.0m"),
        ("bars", "Row E: 2026/27 £3.0m (±£5.0m), 2027/28 £4.0m (±£6.0m)."),
        ("bars and dots", "Row B: 2026/27 −£2.0m, 2029/30 −£5.5m"),
        ("bars and dots", "Target £4.0m."),
        ("stacked", "Row C: 2026/27 £1.0m, 2027/28 £2.0m, 2028/29 £2.5m, 2029/30 £3.0m"),
        ("bars of each", "Row E: 2026/27 £3.0m"),
        ("waterfall", "Row A, £8.0m; Row B, −£2.0m"),
        ("tornado", "Row B, −£2.0m at its low and −£3.0m at its high"),
        (
            "fan",
            "In 2029/30 the middle is £4.0m, and nine outcomes in ten lie between £3.0m and £6.0m; Row A £15.0m; Row B −£5.5m.",
        ),
        ("panels", "Some numbers: Row A £8.0m in 2026/27 and £15.0m in 2029/30"),
        ("bullet", "Row A: 2026/27 £8.0m, 2029/30 £15.0m;"),
        ("panels", "return changed in 2027/28: Some numbers."),
        ("points", "Row C, £1.0m (2027/28 £2.0m, 2029/30 £3.0m)"),
    ],
)
def test_the_alternative_text_has_the_numbers_of_the_table(kind: str, told: str) -> None:
    assert told in KINDS[kind](table(USUAL)).alt


def test_a_reason_stands_where_there_is_no_number() -> None:
    assert "Row B: none to none" in KINDS["lines"](table(MISSING)).alt
    assert "Row B none in 2026/27" in KINDS["panels"](table(MISSING)).alt


def test_a_map_tells_each_fifth_column_and_marks_its_points() -> None:
    steps = [place / 10 for place in range(11)]
    rows = [Row(f"{up:.0%}", [10e6 * up + 20e6 * across for across in steps]) for up in steps]
    found = Table("map", "Two levers", "Up", tuple(Column(f"{each:.0%}") for each in steps), rows)
    at = [Point("Base", 0.5, 0.2, 12e6), Point("Elsewhere", 0.9, 0.9, 27e6, hollow=True)]
    chart = two_levers(
        found, across=steps, up=steps, below="Places.", beside_it="Prices.", targets={"Base target": 15e6}, points=at
    )
    assert "at 0%, £0.0m to £10.0m; at 50%, £10.0m to £20.0m; at 100%, £20.0m to £30.0m." in chart.alt
    assert "Base target: £15.0m. Base, at 50% and 20%: £12.0m. Elsewhere, at 90% and 90%: £27.0m." in chart.alt
    assert "Base target 15.0" in chart.svg
    assert "Elsewhere (27.0)" in chart.svg


def test_a_bullet_tells_its_range() -> None:
    columns = under(["Saving", "Target", "Nine in ten"])
    rows = [Row("Stretched", [42e6, 66.1e6, Range(27e6, 54e6)]), Row("Base", [NONE, 48e6, NONE])]
    chart = bullet(
        Table("saving", "Saving", "Plan", columns, rows), unit="£m", shown="Saving", target="Target", band="Nine in ten"
    )
    assert "Stretched: Saving £42.0m, Target £66.1m, Nine in ten £27.0m to £54.0m; Base: Saving none" in chart.alt
    assert "Bar: saving. Pale: nine in ten. Tick: target." in chart.svg


def test_a_waterfall_ends_where_its_steps_lead() -> None:
    """A total of 10, less 2 and less 3, leaves a bar from 5 that the last total of 5 stands beside."""
    steps = Table("steps", "Steps", "Step", under(["2029/30"]), [
        Row("Before", [10e6], total=True), Row("One", [-2e6]), Row("Two", [-3e6], "balance"), Row("Left", [5e6], total=True),
    ])  # fmt: skip
    from matplotlib.figure import Figure  # noqa: PLC0415 - as the charts do

    figure = Figure()
    waterfall(steps, unit="£m").draw(figure, "")
    drawn = [(patch.get_x(), patch.get_x() + patch.get_width()) for patch in figure.axes[0].patches]
    assert all(
        math.isclose(x, y)
        for pair, other in zip(drawn, [(0, 10), (10, 8), (8, 5), (0, 5)], strict=True)
        for x, y in zip(pair, other, strict=True)
    )
    assert [patch.get_hatch() or "" for patch in figure.axes[0].patches] == ["", "", "////", ""]


def test_an_image_carries_its_alternative_text_with_it() -> None:
    chart = KINDS["lines"](table(USUAL)).titled('A "finding" <b>')
    assert 'alt="A &quot;finding&quot; &lt;b&gt;. From' in chart.img
