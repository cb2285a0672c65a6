"""A tornado: what each assumption moves, the largest first."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from best_model.faces.chart import INK, NAVY, Chart, beside, heights, lying, told, upright
from best_model.faces.numbers import MILLION, written
from best_model.table import LEAST_GBP_SHOWN, Table, Unit


def tornado(table: Table, *, unit: str, marks: Mapping[str, float] | None = None) -> Chart:
    """Two bars a row from nought: open for the first column, at its low, and solid for the second, at its high.

    `marks` are dashed lines at an amount, drawn where they are within reach of the bars.
    """
    kind = table.columns[0].unit
    ends = [heights(row.values[:2], kind) for row in table.rows]
    span = max((float(np.nanmax(np.abs(each))) for each in ends if np.isfinite(each).any()), default=1.0)

    def draw(figure: Any, title: str) -> None:
        axes = figure.subplots()
        key = "Solid: the figure at its high. Open: at its low."
        lying(axes, [row.head for row in table.rows], title, f"{unit} {key}")
        for place, (low, high) in enumerate(ends):
            for end, colour in sorted([(low, "white"), (high, NAVY)], key=lambda bar: -abs(np.nan_to_num(bar[0]))):
                axes.barh(place, np.nan_to_num(end), color=colour, edgecolor=INK, height=0.6, linewidth=1.2)
            if not np.isfinite([low, high]).any():
                beside(axes, written(table.rows[place].values[0], kind), (0.0, place))
            for end in {float(np.nanmin([low, high, 0.0])), float(np.nanmax([low, high, 0.0]))}:
                if abs(end) >= (LEAST_GBP_SHOWN / MILLION if kind is Unit.GBP else 0.0) and end:
                    beside(
                        axes, written(end * (MILLION if kind is Unit.GBP else 1.0), kind), (end, place), left=end < 0
                    )
        for name, amount in (marks or {}).items():
            at = float(heights([amount], kind)[0])
            if abs(at) <= span * 1.2:
                upright(axes, name, at, -0.75)
        axes.margins(x=0.16)
        axes.set_ylim(len(ends) - 0.4, -1.2)

    said = [
        f"{row.head}, {told(row.values[0], kind)} at its low and {told(row.values[1], kind)} at its high"
        for row in table.rows
    ]
    return Chart(
        table.caption, f"{unit} The largest first: {'; '.join(said) or 'none'}.", draw, (10.6, 1.2 + 0.48 * len(ends))
    )
