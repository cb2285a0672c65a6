"""A piece of page: HTML that a notebook shows and the pack prints. Text from outside is escaped before it gets here."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from best_model.faces.numbers import safe


@dataclass(frozen=True)
class Fragment:
    """HTML, ready to show."""

    html: str = field(repr=False)

    def _repr_html_(self) -> str:
        return self.html

    def __add__(self, other: "Fragment") -> "Fragment":
        return Fragment(f"{self.html}\n{other.html}")


def paragraph(text: str, role: str = "") -> Fragment:
    """A paragraph of plain text; `role` is its class on the page (`answer`, `lead`, `note`)."""
    return Fragment(f'<p class="{role}">{safe(text)}</p>' if role else f"<p>{safe(text)}</p>")


def bullets(items: list[str], role: str = "") -> Fragment:
    """A list of plain sentences."""
    points = "".join(f"<li>{safe(item)}</li>" for item in items)
    return Fragment(f'<ul class="{role}">{points}</ul>' if role else f"<ul>{points}</ul>")


def points(paragraphs: Sequence[Fragment]) -> Fragment:
    """Paragraphs that stand elsewhere, large or small, as the points of a plain list."""
    joined = (re.sub(r"</p>\s*<p\b[^>]*>", " ", each.html) for each in paragraphs)
    items = "".join(f"<li>{_PARAGRAPH.sub('', each)}</li>" for each in joined)
    return Fragment(f"<ul>{items}</ul>")


_PARAGRAPH = re.compile(r"</?p\b[^>]*>")
