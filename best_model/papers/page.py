"""A page of a pack: what stands round its content, its list of parts, and what would keep a reader out of it."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from html import escape, unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from best_model.faces.html import html
from best_model.faces.say import FILTERS
from best_model.model.refusal import Refusal
from best_model.model.scenario import Frozen

TEMPLATES = Path(__file__).parent / "templates"


def rendered(template: str, **said: Any) -> str:
    """A template, filled with words, numbers and tables; all text is escaped but what is marked to be safe.

    It has the filters of `faces.say`, `table` (nothing where it has no rows) and `with_contents`. It stops at an undefined name.
    """
    templates = Environment(
        loader=FileSystemLoader([TEMPLATES / "committee", TEMPLATES / "explorer"]),
        autoescape=True,
        undefined=StrictUndefined,
    )
    templates.filters |= FILTERS | {
        "table": lambda table: Markup(html(table) if table.rows else ""),
        "with_contents": lambda body: Markup(with_contents(str(body))),
    }
    return templates.get_template(template).render(**said)


def as_day(day: date) -> str:
    """A day as it is written on a page: `1 December 2026`."""
    return f"{day.day} {day:%B %Y}"


class Link(Frozen):
    """A way to another page of the pack."""

    file: str
    title: str
    scenario: str


class Page(Frozen):
    """What a page says round its content: plain text, which the templates escape."""

    title: str
    date: str
    version: str
    commit: str
    inputs: str
    pack: str = ""
    meeting: str = ""
    scenario: str = ""
    seed: int | None = None
    audience: str = ""
    others: tuple[Link, ...] = ()


class Facts(NamedTuple):
    """What a page says of itself: its one first-level heading, and its answer ("" where it gives none)."""

    title: str
    answer: str


# Its parts

HEADING = re.compile(r"<h([2-6])((?:\s[^>]*)?)>(.*?)</h\1>", re.DOTALL)
CARD = re.compile(r'<(section|div|article|li)\s[^>]*class="card\b.*?</\1>', re.DOTALL)
ID = re.compile(r'\sid="([^"]*)"')


def with_contents(body: str) -> str:
    """Give each heading an id; where a page has more than three parts, list them above the first."""
    taken = Counter(["main", "on-this-page", "in-this-pack", *ID.findall(body)])
    body = HEADING.sub(lambda heading: _with_id(heading, taken), body)
    cards = [card.span() for card in CARD.finditer(body)]
    headings = (part for part in HEADING.finditer(body) if part[1] == "2")
    parts = [part for part in headings if not any(start < part.start() < end for start, end in cards)]
    if len(parts) <= 3:
        return body
    return body[: parts[0].start()] + _contents(parts) + body[parts[0].start() :]


def _with_id(heading: re.Match[str], taken: Counter[str]) -> str:
    level, attributes, inner = heading.groups()
    if ID.search(attributes):
        return heading[0]
    name = re.sub(r"\W+", "-", _text(inner).lower()).strip("-") or "part"
    taken[name] += 1
    number = f"-{taken[name]}" if taken[name] > 1 else ""
    return f'<h{level}{attributes} id="{name}{number}">{inner}</h{level}>'


def _contents(parts: list[re.Match[str]]) -> str:
    links = ((ID.findall(part[2])[0], escape(_text(part[3]))) for part in parts)
    entries = "".join(f'<li><a href="#{name}">{text}</a></li>' for name, text in links)
    title = '<p id="on-this-page">On this page</p>'
    return f'<nav class="contents" aria-labelledby="on-this-page">{title}<ul>{entries}</ul></nav>\n'


def _text(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html))


# What would keep a reader out, or let something in


def read_page(html: str, name: str) -> Facts:
    """What a page says of itself. One with a fault is refused, by notebook and cell."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    if reader.faults:
        raise Refusal(f"{name}, {reader.faults[0]}")
    if len(reader.titles) != 1:
        found = ", ".join(repr(_joined(title)) for title in reader.titles) or "none"
        raise Refusal(f"{name}: it must have one first-level heading, the question it answers; it has {found}")
    return Facts(_joined(reader.titles[0]), _joined(reader.answers[0]) if reader.answers else "")


def _joined(pieces: list[str]) -> str:
    return " ".join("".join(pieces).split())


VOID = {"area", "br", "col", "hr", "img", "input", "source", "track", "wbr"}
BARRED = {"audio", "base", "embed", "form", "frame", "iframe", "link", "meta", "object", "script", "video"}
FETCHED = {"action", "background", "data", "formaction", "poster", "src", "srcset"}


class _Reader(HTMLParser):
    """Reads a page once. Faults are looked for in the cells only; the template leaves each one's place in a comment."""

    def __init__(self) -> None:
        super().__init__()
        self.titles: list[list[str]] = []
        self.answers: list[list[str]] = []
        self.faults: list[str] = []
        self._place = ""
        self._open: list[tuple[str, list[str]]] = []  # elements not yet closed, and the text read in each so far
        self._captioned: list[bool] = []

    def handle_comment(self, data: str) -> None:
        if re.fullmatch(r" cell \d+ ", data):
            self._place = data.strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._note(*_element_faults(tag, given), *_attribute_faults(tag, given))
        text: list[str] = []
        if tag not in VOID:
            self._open.append((tag, text))
        if tag == "h1":
            self.titles.append(text)
        elif "answer" in given.get("class", "").split():
            self.answers.append(text)
        self._follow_caption(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "table" and self._captioned and not self._captioned.pop():
            self._note("a table has no caption; give it one that says what it holds")
        while any(tag == name for name, _ in self._open):
            if self._open.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        for _, text in self._open:
            text.append(data)
        if self._open and self._open[-1][0] == "style" and re.search(r"@import|url\(", data):
            self._note("a style fetches something from outside the page; embed it or leave it out")

    def _follow_caption(self, tag: str) -> None:
        if tag == "table":
            self._captioned.append(False)
        elif tag == "caption" and self._captioned:
            self._captioned[-1] = True

    def _note(self, *faults: str) -> None:
        if self._place:
            self.faults.extend(f"{self._place}: {fault}" for fault in faults)


def _element_faults(tag: str, given: dict[str, str]) -> Iterator[str]:
    if tag in BARRED:
        yield f"<{tag}> is not for a page that makes no request and runs no program; leave it out"
    elif tag == "img" and not given.get("alt", "").strip():
        yield "an image has no alt text; display it with metadata={'image/png': {'alt': 'the finding, in numbers'}}"
    elif tag == "svg" and not _is_named(given):
        yield 'a drawing has no name; give its <svg> role="img" and an aria-label that says the finding'
    elif tag == "th" and given.get("scope") not in ("col", "row", "colgroup", "rowgroup"):
        yield "a table heading has no scope; make it a Table, which draws its own headings"


def _is_named(svg: dict[str, str]) -> bool:
    named = svg.get("aria-label", "").strip() or svg.get("aria-labelledby", "").strip()
    return svg.get("aria-hidden") == "true" or (svg.get("role") == "img" and bool(named))


def _attribute_faults(tag: str, given: dict[str, str]) -> Iterator[str]:
    for name, value in given.items():
        fetched = name in FETCHED or (name in ("href", "xlink:href") and tag not in ("a", "area"))
        if name.startswith("on"):
            yield f"{name} runs a program; leave it out"
        elif fetched and not value.strip().startswith(("data:image/", "#")):
            yield f"{name}={value!r} lies outside the page; embed it as data"
        elif name == "href" and value.strip().lower().startswith(("javascript:", "data:")):
            yield "a link runs a program; leave it out"
        elif "url(" in value.replace("url(#", ""):
            yield f"{name} fetches something from outside the page; embed it or leave it out"
