"""What the sliders do to a scenario, without a browser."""

from best_model.door import open_scenario
from best_model.faces.chart import Chart
from best_model.faces.panel import Panel
from best_model.model.authority import Authority
from best_model.model.engine import Result


def panel(authority: Authority) -> Panel:
    starts = {name: open_scenario(name) for name in ("base", "stretched", "evidence")}
    return Panel(
        authority, starts, (lambda result: Chart(f"alt {result.scenario.title} <script>", "", lambda *_: None),)
    )


def saving(shown: Panel) -> float:
    result: Result = shown.result
    return float(result.found[-1])


def box(shown: Panel, words: str):  # type: ignore[no-untyped-def]  # an ipywidgets box, which is untyped
    return next(each for each in shown._boxes.values() if words in each.description)


def test_a_slider_moved_and_moved_back_leaves_the_plan_as_it_was(authority: Authority) -> None:
    """Base has 52.7%, 61.1%, …: the boxes show whole per cent, and the plan keeps its own figures."""
    shown = panel(authority)
    before = saving(shown)
    places = box(shown, "Specialist places")
    places.value += 1
    assert saving(shown) != before
    places.value -= 1
    assert saving(shown) == before


def test_moving_one_slider_moves_one_priority_only(authority: Authority) -> None:
    shown = panel(authority)
    start = {lever.name: lever.intensity for lever in shown.scenario.levers}
    box(shown, "Commissioning").value = 90
    moved = {lever.name for lever in shown.scenario.levers if lever.intensity != start[lever.name]}
    assert moved == {"commissioning"}


def test_a_start_sets_every_box_and_the_headline(authority: Authority) -> None:
    shown = panel(authority)
    shown._start.value = "stretched"
    assert [each.value for each in shown._boxes.values()] == [
        round(lever.intensity * 100) for lever in open_scenario("stretched").levers
    ]
    assert "£66.1m" in shown._headline.value


def test_what_a_chart_says_is_escaped_on_the_panel(authority: Authority) -> None:
    assert "<script>" not in panel(authority)._charts.value
