"""Cards side by side, one for each row of a table whose headings read on from its numbers: `16% chance of reaching it`."""

from dataclasses import dataclass
from html import escape

from best_model.faces.chart import Chart
from best_model.faces.html import Shown, anchor_of, html
from best_model.faces.numbers import chance_in_short, pounds_m
from best_model.table import Chance, Column, Row, Table, Value

_SIGNS = {"in reach": "\N{BLACK CIRCLE}", "short": "\N{BLACK UP-POINTING TRIANGLE}", "out of reach": "\N{BLACK SQUARE}"}


def cards(table: Table, leads_to: str) -> Shown:
    """A card a row: its name and target, how it stands by sign and word, the first chance in large type, and what else there is to know.

    The columns are those of `questions.answered.cards`. `leads_to` is the anchor of what a chance is.
    """
    return _pair(*(_card(row, table.columns, place, leads_to) for place, row in enumerate(table.rows)))


def _pair(*parts: str) -> Shown:
    """Pieces of a page side by side, where there is room."""
    return Shown(f'<div class="pair">{"".join(parts)}</div>')


@dataclass(frozen=True)
class Beside:
    """A chart with a table beside it, for `%%draw`."""

    chart: Chart
    table: Table

    def titled(self, finding: str) -> Shown:
        """Both, once the chart has what was found for its title."""
        return _pair(self.chart.titled(finding)._repr_html_(), f"<div>{html(self.table)}</div>")


def _card(row: Row, columns: tuple[Column, ...], place: int, leads_to: str) -> str:
    target, standing, short, likely, *others = row.values
    _, _, _, heading, *headings = (escape(column.heading) for column in columns)
    link = f'<a href="#{anchor_of(row.source)}">{_read(target)}</a>'
    more = "".join(f"<p>{_read(value)} {words}</p>" for value, words in zip(others, headings, strict=True))
    return (
        f'<section class="card{" stretch" if place else ""}"><h2><span>{escape(row.head)}, {link}</span> '
        f'<span class="status">{_status(str(standing), short)}</span></h2>'
        f'<p class="figure">{_read(likely)} <small><a href="#{leads_to}">{heading}</a></small></p>{more}</section>'
    )


def _status(standing: str, short: Value) -> str:
    by = {"in reach": "", "short": f" by {_read(short)}", "out of reach": f", short by {_read(short)}"}[standing]
    return f"{_SIGNS[standing]} {standing.capitalize()}{by}"


def _read(value: Value) -> str:
    """A number as it is read aloud: £m with its unit, a chance in whole per cent."""
    match value:
        case Chance(share, draws):
            return chance_in_short(share, draws)
        case float():
            return pounds_m(value)
    return escape(str(value))
