"""Sliders for the six priorities: move one and the headline sentence and the charts follow."""

from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets as widgets

from best_model.faces.numbers import safe
from best_model.model.authority import Authority
from best_model.model.engine import Result, run
from best_model.model.scenario import Lever, Scenario
from best_model.outputs.charts import Chart
from best_model.outputs.headline import target_in_words

STEP = 1
_SLIDER = widgets.Layout(width="18rem")

Draw = Callable[[Result], Chart]


class Panel(widgets.VBox):  # type: ignore[misc]
    """One slider and one number box a priority, in per cent of the most assumed, and what they save.

    `starts` are scenarios to start from, by name; `draw` are the charts to show. `scenario` and `result` are what the
    sliders now say. Each box carries the priority's name, for those who cannot use the slider's handle.
    """

    def __init__(self, authority: Authority, starts: Mapping[str, Scenario], draw: tuple[Draw, ...]) -> None:
        self._authority, self._starts, self._draw = authority, dict(starts), draw
        self.scenario = next(iter(self._starts.values()))
        self._start = widgets.Dropdown(
            options=[(scenario.title, name) for name, scenario in self._starts.items()],
            description="Start from",
            layout=widgets.Layout(width="19rem"),
        )
        self._boxes = {lever.name: _box(lever) for lever in self.scenario.levers}
        sliders = {name: _slider(box) for name, box in self._boxes.items()}
        self._headline, self._charts = widgets.HTML(), widgets.HTML()
        self._start.observe(self._restart, names="value")
        for box in self._boxes.values():
            box.observe(self._moved, names="value")
        rows = [widgets.HBox([self._boxes[name], sliders[name]]) for name in self._boxes]
        super().__init__([self._start, *rows, self._headline, self._charts])
        self._show()

    def _restart(self, change: Mapping[str, Any]) -> None:
        """Take every intensity from the scenario chosen, and draw once."""
        self.scenario = self._starts[change["new"]]
        for lever in self.scenario.levers:
            self._boxes[lever.name].unobserve(self._moved, names="value")
            self._boxes[lever.name].value = round(lever.intensity * 100)
            self._boxes[lever.name].observe(self._moved, names="value")
        self._show()

    def _moved(self, change: Mapping[str, Any]) -> None:
        """A new scenario with what the one slider says; back where it started, it is the start's own figure, unrounded."""
        name = next(name for name, box in self._boxes.items() if box is change["owner"])
        start = next(lever.intensity for lever in self._starts[self._start.value].levers if lever.name == name)
        said = change["new"] / 100
        self.scenario = self.scenario.with_intensity(**{name: start if round(start * 100) == change["new"] else said})
        self._show()

    def _show(self) -> None:
        self.result = run(self._authority, self.scenario)
        self._headline.value = (
            f'<p role="status" aria-live="polite" class="best-headline" style="font-size:1.25rem;font-weight:600;line-height:1.3">'
            f"{safe(target_in_words(self.result))}</p>"
        )
        self._charts.value = "".join(draw(self.result).img for draw in self._draw)


def _box(lever: Lever) -> widgets.BoundedIntText:
    return widgets.BoundedIntText(
        value=round(lever.intensity * 100),
        min=0,
        max=100,
        step=STEP,
        description=f"{lever.label}, %",
        style={"description_width": "19rem"},
        layout=widgets.Layout(width="25rem"),
    )


def _slider(box: widgets.BoundedIntText) -> widgets.IntSlider:
    """A slider that is one with its box."""
    slider = widgets.IntSlider(value=box.value, min=box.min, max=box.max, step=STEP, readout=False, layout=_SLIDER)
    widgets.jslink((box, "value"), (slider, "value"))
    return slider
