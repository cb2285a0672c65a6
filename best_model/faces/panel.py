"""A panel of sliders, one a priority: move one, and the words and the charts follow."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ipywidgets as widgets

from best_model.faces.answer import WORDS, named
from best_model.faces.chart import Chart
from best_model.faces.say import said
from best_model.model.authority import Authority
from best_model.model.engine import Result, run
from best_model.model.scenario import Lever, Scenario

_LIVE = '<div role="status" aria-live="polite" class="best-headline" style="font-size:1.25rem;font-weight:600;line-height:1.3">'


class Panel(widgets.VBox):  # type: ignore[misc]
    """One slider and one number box a priority, in per cent of the most assumed, and what they save.

    `starts` are scenarios to start from, by name; `draw` makes the charts to show of a run. `scenario` and `result` are what the
    sliders now say. Each box carries the priority's name, for those who cannot use the slider's handle.
    """

    def __init__(
        self, authority: Authority, starts: Mapping[str, Scenario], draw: Sequence[Callable[[Result], Chart]]
    ) -> None:
        self._authority, self._starts, self._draw, self._setting = authority, dict(starts), draw, False
        self._start = widgets.Dropdown(
            options=[(scenario.title, name) for name, scenario in starts.items()],
            description="Start from",
            layout=widgets.Layout(width="19rem"),
        )
        self._boxes = {lever.name: _box(lever) for lever in self._started.levers}
        self._headline, self._charts = widgets.HTML(), widgets.HTML()
        self._start.observe(self._restart, names="value")
        for box in self._boxes.values():
            box.observe(self._show, names="value")
        rows = [widgets.HBox([box, _slider(box)]) for box in self._boxes.values()]
        super().__init__([self._start, *rows, self._headline, self._charts])
        self._show()

    @property
    def _started(self) -> Scenario:
        """The scenario that the sliders started from."""
        return self._starts[self._start.value]

    def _restart(self, _: Any) -> None:
        """Set every box to the scenario chosen, and draw once."""
        self._setting = True
        for lever in self._started.levers:
            self._boxes[lever.name].value = _per_cent(lever)
        self._setting = False
        self._show()

    def _show(self, _: Any = None) -> None:
        """Run what the boxes say. A box that stands where it started keeps the start's own figure, unrounded."""
        if self._setting:
            return
        moved = [lever.name for lever in self._started.levers if self._boxes[lever.name].value != _per_cent(lever)]
        self.scenario = self._started.with_intensity(**{name: self._boxes[name].value / 100 for name in moved})
        self.result = run(self._authority, self.scenario)
        words = said(WORDS, named(self.result))
        self._headline.value = f"{_LIVE}{words}</div>"
        self._charts.value = "".join(draw(self.result).img for draw in self._draw)


def _per_cent(lever: Lever) -> int:
    return round(lever.intensity * 100)


def _box(lever: Lever) -> widgets.BoundedIntText:
    return widgets.BoundedIntText(
        value=_per_cent(lever),
        min=0,
        max=100,
        description=f"{lever.label}, %",
        style={"description_width": "19rem"},
        layout=widgets.Layout(width="25rem"),
    )


def _slider(box: widgets.BoundedIntText) -> widgets.IntSlider:
    """A slider that is one with its box."""
    slider = widgets.IntSlider(
        value=box.value, min=box.min, max=box.max, readout=False, layout=widgets.Layout(width="18rem")
    )
    widgets.jslink((box, "value"), (slider, "value"))
    return slider
