"""A table as HTML that a screen reader can follow: a caption, one header row, a scope on every heading, no merged or empty cells."""

import re
from collections.abc import Iterable
from html import escape

from markupsafe import Markup

from best_model.faces.numbers import both, written
from best_model.table import Column, Pair, Row, Table, Unit, Value

METHOD_ANCHOR, SOURCES_ANCHOR = "how-the-figures-are-made", "sources-of-the-figures"
"""The captions of `questions.sources`, as anchors."""


def html(table: Table) -> str:
    """The table, in a region that scrolls where the screen is narrow, with its notes below."""
    name = slug(table.caption)
    heads = "".join(f'<th scope="col"{_side(column)}>{escape(column.heading)}</th>' for column in table.columns)
    body = "".join(_row(row, table.columns) for row in table.rows)
    notes = f'<p class="table-note">{escape(" ".join(table.notes))}</p>' if table.notes else ""
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-labelledby="{name}"><table><caption id="{name}">'
        f'{escape(table.caption)}</caption><thead><tr><th scope="col">{escape(table.head)}</th>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>{notes}"
    )


class Shown(str):
    """HTML that a notebook shows and the pack prints; under plain text it reads as its words."""

    def _repr_html_(self) -> str:
        return str(self)

    def __repr__(self) -> str:
        return str(Markup(self).striptags())


def together(tables: Iterable[Table], role: str) -> Shown:
    """Tables one under the other in a block of a class of its own, such as `dense`."""
    return Shown(f'<div class="{role}">{"".join(map(html, tables))}</div>')


def _side(column: Column) -> str:
    return ' class="words"' if column.unit is Unit.WORDS else ""


def _row(row: Row, columns: tuple[Column, ...]) -> str:
    cells = "".join(
        f"<td{_side(column)}>{_linked(cell(value, column, row), column)}</td>"
        for value, column in zip(row.values, columns, strict=True)
    )
    first, *others = map(anchor_of, row.anchor.split()) if row.anchor else [""]
    anchor, more = f' id="{first}"' if first else "", "".join(f'<span id="{each}"></span>' for each in others)
    total = ' class="total"' if row.total else ""
    return f'<tr{anchor}{total}><th scope="row">{more}{escape(row.head)}{chip(row.kind, row.source)}</th>{cells}</tr>'


def _linked(words: str, column: Column) -> str:
    """Text as HTML; an address is a link under the name of its column."""
    text = escape(words)
    is_address = column.unit is Unit.WORDS and words.startswith("https://") and " " not in words
    return f'<a href="{text}">{escape(column.heading)}</a>' if is_address else text


def cell(value: Value, column: Column, row: Row) -> str:
    """A value as it stands in its cell."""
    if isinstance(value, Pair):
        return both(value, column)
    return written(value, row.unit or column.unit)


def chip(kind: str, source: str = "") -> str:
    """The pedigree of a row, as a word; a link where there is more to read."""
    if not kind:
        return ""
    word = f'<a href="#{anchor_of(source)}">{escape(kind)}</a>' if source else escape(kind)
    return f' <span class="kind">{word}</span>'


def anchor_of(source: str) -> str:
    """The anchor that a source is found under.

    >>> anchor_of("figure:unit_cost.inmss"), anchor_of("source:cfosc_2026"), anchor_of("method")
    ('figure-unit-cost-inmss', 'source-cfosc-2026', 'how-the-figures-are-made')
    """
    return METHOD_ANCHOR if source == "method" else slug(source)


def slug(text: str) -> str:
    """A name for an anchor, made of a caption or a dotted key."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "table"
