"""Tables a screen reader can follow: a caption, one header row, a scope on every heading, no merged or empty cells."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from best_model.faces.numbers import safe
from best_model.outputs.fragment import Fragment

EMPTY = "none"


@dataclass(frozen=True)
class Row:
    """One row: its heading, its cells as text, and where its figures come from.

    `kind` is published, derived, calibrated, assumed or modelled; `link` is the anchor that says more; `anchor` names the row itself.
    """

    head: str
    cells: Sequence[str]
    kind: str = ""
    link: str = ""
    anchor: str = ""
    total: bool = False


def table(caption: str, columns: Sequence[str], rows: Iterable[Row], note: str = "", text_columns: int = 0) -> Fragment:
    """Draw a table; the last `text_columns` columns hold words and stand to the left."""
    name = slug(caption)
    heads = "".join(
        f'<th scope="col"{_side(place - 1, len(columns) - 1, text_columns)}>{safe(column)}</th>'
        for place, column in enumerate(columns)
    )
    body = "".join(_row(row, text_columns) for row in rows)
    footnote = f'<p class="table-note">{safe(note)}</p>' if note else ""
    return Fragment(
        f'<div class="scroll" tabindex="0" role="region" aria-labelledby="{name}"><table><caption id="{name}">{safe(caption)}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>{footnote}"
    )


def _side(place: int, cells: int, text_columns: int) -> str:
    return ' class="words"' if place >= cells - text_columns else ""


def _row(row: Row, text_columns: int) -> str:
    cells = "".join(
        f"<td{_side(place, len(row.cells), text_columns)}>{safe(cell) or EMPTY}</td>"
        for place, cell in enumerate(row.cells)
    )
    anchor = f' id="{safe(row.anchor)}"' if row.anchor else ""
    total = ' class="total"' if row.total else ""
    return f'<tr{anchor}{total}><th scope="row">{safe(row.head)}{chip(row.kind, row.link)}</th>{cells}</tr>'


def chip(kind: str, link: str = "") -> str:
    """The pedigree of a row, as a word; a link where there is more to read."""
    if not kind:
        return ""
    word = f'<a href="#{safe(link)}">{safe(kind)}</a>' if link else safe(kind)
    return f' <span class="kind">{word}</span>'


def slug(text: str) -> str:
    """A name for an anchor, made of a caption or a dotted key."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "table"
