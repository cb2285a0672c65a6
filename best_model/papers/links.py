"""Links between the papers of a pack: what a page points to and does not hold is found in another, named, or refused."""

import json
import re
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from typing import NamedTuple

from best_model.draws.sensitivity import figures_of
from best_model.faces.html import METHOD_ANCHOR, anchor_of
from best_model.model.engine import Result
from best_model.model.refusal import Refusal

_LINK = re.compile(r'<a href="#([^"]+)">(.*?)</a>', re.DOTALL)
_POINTED_TO = re.compile(r'href="#([^"]+)"')
_HELD = re.compile(r'\bid="([^"]+)"')

FIGURES, SOURCES = "09_assurance", "01_published_forecast"
"""The papers that set out every assumption, and every source with how figures are made. A test holds them to it."""


class Paper(NamedTuple):
    """A paper that a pack may leave out: its notebook and its question."""

    notebook: str
    title: str

    @property
    def short(self) -> str:
        """Its number, as its notebook has it: `paper 09`."""
        return f"paper {self.notebook.partition('_')[0]}"


def held_by_papers(results: Iterable[Result], notebooks: Path) -> dict[str, Paper]:
    """Every anchor that papers of these runs may point to and one of our papers holds, with that paper."""
    figures, sources = _paper(notebooks, FIGURES), _paper(notebooks, SOURCES)
    held = {METHOD_ANCHOR: sources}
    for result in results:
        held |= {anchor_of(f"source:{key}"): sources for key in result.authority.council.sources}
        held |= {anchor_of(f"figure:{name}"): figures for name in figures_of(result.authority, result.scenario)}
    return held


def _paper(notebooks: Path, name: str) -> Paper:
    path = notebooks / f"{name}.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"] if path.is_file() else []
    lines = (line.strip() for cell in cells if cell["cell_type"] == "markdown" for line in cell["source"])
    return Paper(name, next((line.removeprefix("# ") for line in lines if line.startswith("# ")), name))


def link_up(pages: Mapping[str, Path], elsewhere: Mapping[str, Paper] | None = None) -> None:
    """Send each link that leads nowhere on its own page to the first page of the pack that holds its anchor.

    `pages` are the files by name, in the order of the pack. Where only a paper outside it holds the anchor (`elsewhere`), the link becomes
    plain text with that paper's number, and the page ends with its name. Raises `Refusal` for an anchor that no paper holds.
    """
    texts = {name: path.read_text(encoding="utf-8") for name, path in pages.items()}
    held = {name: set(_HELD.findall(text)) for name, text in texts.items()}
    here = set().union(*held.values())
    absent = {anchor: paper for anchor, paper in (elsewhere or {}).items() if anchor not in here}
    for name, text in texts.items():
        pages[name].write_text(_linked(_named(text, absent), name, held), encoding="utf-8", newline="\n")


def _linked(text: str, page: str, held: Mapping[str, set[str]]) -> str:
    return _POINTED_TO.sub(lambda link: f'href="{_where(link[1], page, held)}"', text)


def _named(text: str, absent: Mapping[str, Paper]) -> str:
    """A page whose links to papers outside the pack are words, with the names of those papers at its end."""
    missed = {absent[anchor] for anchor, _ in _LINK.findall(text) if anchor in absent}
    if not missed:
        return text
    words = _LINK.sub(lambda link: f"{link[2]} ({absent[link[1]].short})" if link[1] in absent else link[0], text)
    names = "".join(
        f"<li>{escape(paper.short.capitalize())} is “{escape(paper.title)}”, made from the notebook {escape(paper.notebook)}.</li>"
        for paper in sorted(missed)
    )
    note = f"<p>Some figures are explained in papers that are not here.</p><ul>{names}</ul>"
    return words.replace(
        "</main>", f'<aside class="elsewhere" aria-label="Papers that are not here">{note}</aside></main>', 1
    )


def _where(anchor: str, page: str, held: Mapping[str, set[str]]) -> str:
    if anchor in held[page]:
        return f"#{anchor}"
    for other, anchors in held.items():
        if anchor in anchors:
            return f"{other}#{anchor}"
    raise Refusal(
        f"{page}: a link leads to #{anchor}, which no paper holds; show the table that holds it, or correct the source of the row"
    )
