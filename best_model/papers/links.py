"""Links between the papers of a pack: what a page points to and does not hold is found in another, or refused."""

import re
from collections.abc import Mapping
from pathlib import Path

from best_model.model.refusal import Refusal

_POINTED_TO = re.compile(r'href="#([^"]+)"')
_HELD = re.compile(r'\bid="([^"]+)"')


def link_up(pages: Mapping[str, Path]) -> None:
    """Send each link that leads nowhere on its own page to the first page of the pack that holds its anchor.

    `pages` are the files by name, in the order of the pack. Raises `Refusal` for an anchor that no page holds.
    """
    texts = {name: path.read_text(encoding="utf-8") for name, path in pages.items()}
    held = {name: set(_HELD.findall(text)) for name, text in texts.items()}
    for name, text in texts.items():
        pages[name].write_text(_linked(text, name, held), encoding="utf-8", newline="\n")


def _linked(text: str, page: str, held: Mapping[str, set[str]]) -> str:
    return _POINTED_TO.sub(lambda link: f'href="{_where(link[1], page, held)}"', text)


def _where(anchor: str, page: str, held: Mapping[str, set[str]]) -> str:
    if anchor in held[page]:
        return f"#{anchor}"
    for other, anchors in held.items():
        if anchor in anchors:
            return f"{other}#{anchor}"
    raise Refusal(
        f"{page}: a link leads to #{anchor}, which no page of the pack holds; show the table that holds it in one of them"
    )
