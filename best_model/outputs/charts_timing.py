"""What waiting costs, drawn: the programme's and each priority's, month by month."""

import numpy as np
from matplotlib.figure import Figure

from best_model.faces.numbers import MILLION, millions, pounds_m
from best_model.model.engine import Result
from best_model.outputs.charts import GREY, INK, NAVY, TEAL, WINE, Chart, chart, end_labels, plain
from best_model.outputs.timing import PROGRAMME
from best_model.questions.timing import delays

_LOOKS = ((WINE, "--", "s"), (TEAL, "-.", "^"), (INK, ":", "D"))


def delay_chart(result: Result) -> Chart:
    """Net saving lost over the years by months of delay: the programme, and the three priorities that lose most alone."""
    programme, *each = delays(result)
    shown = [programme, *sorted(each, key=lambda one: -one.over_the_years[-1])[: len(_LOOKS)]]
    names = [one.lever.label if one.lever else PROGRAMME for one in shown]
    dearest, months = programme.dearest_month, np.arange(len(programme.cost))
    added = float(np.diff(programme.over_the_years)[dearest - 1])
    title = f"A month's delay costs {pounds_m(float(programme.over_the_years[1]))}; month {dearest} alone adds {pounds_m(added)}"

    def draw(figure: Figure) -> str:
        axes = figure.subplots()
        for one, (colour, dashes, marker) in zip(shown, ((NAVY, "-", "o"), *_LOOKS), strict=False):
            axes.plot(months, one.over_the_years / MILLION, color=colour, linestyle=dashes, marker=marker, markersize=5)
        plain(axes, title, f"£m lost, {result.years[0]} to {result.years[-1]}")
        axes.axhline(0, color=GREY, linewidth=0.8)
        axes.set_xticks(months)
        axes.set_xlabel("Months late")
        ends = [
            (float(one.over_the_years[-1]) / MILLION, f"{name} {millions(float(one.over_the_years[-1]))}", INK)
            for one, name in zip(shown, names, strict=True)
        ]
        end_labels(axes, ends, float(programme.over_the_years[-1]) / MILLION * 0.07)
        said = "; ".join(
            f"{name}, {pounds_m(float(one.over_the_years[1]))} for one month and {pounds_m(float(one.over_the_years[-1]))} for a year"
            for one, name in zip(shown, names, strict=True)
        )
        return f"{title}. Saving lost by months of delay: {said}."

    return chart(draw)
