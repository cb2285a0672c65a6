"""The pack as one PDF: every paper in order, tagged, with page numbers, printed by Chromium where that is installed."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from markupsafe import Markup

from best_model.faces.html import METHOD_ANCHOR, SOURCES_ANCHOR
from best_model.model.scenario import Frozen
from best_model.papers.page import Link, Page, rendered

PDF = "pack.pdf"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
BROWSER_VARIABLE = "BEST_CHROMIUM"
LIMIT = 180  # seconds that printing may take
_END_OF_LOG = 2_000  # characters of what the browser said that are worth showing
_QUIET = (
    "--headless",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
)


class Printed(Frozen):
    """Whether there is a PDF, and if not why; `made_from` is the sum of the page that was printed."""

    made_from: str
    missing: str = ""


def print_pack(folder: Path, papers: Sequence[Link], page: Page, last: Path, last_made_from: str) -> Printed:
    """Write `pack.pdf` into the folder; the `last` one is copied where it was printed from the very same page.

    Without a browser, or where it fails, there is no PDF, and what is returned says so in a sentence.
    """
    html = whole(folder, papers, page)
    made_from = hashlib.sha256(html.encode()).hexdigest()
    if made_from == last_made_from and last.exists():
        shutil.copyfile(last, folder / PDF)
        return Printed(made_from=made_from)
    return Printed(made_from=made_from, missing=_printed(html, folder / PDF))


def _printed(html: str, target: Path) -> str:
    """Print, and return why there is no PDF, or nothing."""
    browser = _browser()
    if not browser:
        return "Chromium is not installed where this pack was made"
    with tempfile.TemporaryDirectory(prefix="best-", ignore_cleanup_errors=True) as scratch:
        source, result = Path(scratch, "pack.html"), Path(scratch, PDF)
        source.write_text(html, encoding="utf-8")
        try:
            subprocess.run(_command(browser, source, result, scratch), check=True, capture_output=True, timeout=LIMIT)
        except subprocess.TimeoutExpired:
            return f"Chromium took longer than {LIMIT} s to print it"
        except subprocess.CalledProcessError as error:
            print(error.stderr.decode(errors="replace")[-_END_OF_LOG:], file=sys.stderr)
            return "Chromium could not print it"
        if not result.exists():
            return "Chromium printed nothing"
        return _kept_small(result, target)


def _kept_small(source: Path, target: Path) -> str:
    """Chromium leaves the tags of a long document open, which is half of its size; packed together, none is lost."""
    import pikepdf  # noqa: PLC0415 - only this needs it

    try:
        with pikepdf.open(source) as file:
            file.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate, compress_streams=True)
    except pikepdf.PdfError:
        return "Chromium printed something that is no PDF"
    return ""


def _browser() -> str:
    named = os.environ.get(BROWSER_VARIABLE)
    names = (named,) if named is not None else BROWSERS
    return next(filter(None, map(shutil.which, names)), "")


def _command(browser: str, source: Path, target: Path, scratch: str) -> list[str]:
    """The browser's sandbox cannot be had by root, whom only a container runs this as."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    own = [f"--user-data-dir={scratch}/profile", f"--print-to-pdf={target}", "--no-pdf-header-footer"]
    return [browser, *_QUIET, *sandbox, *own, "--generate-pdf-document-outline", source.as_uri()]


# One page of them all

_MAIN = re.compile(r'<main id="main">(.*)</main>', re.DOTALL)
_NOT_PRINTED = re.compile(r'<nav class="contents".*?</nav>|<!-- cell \d+ -->', re.DOTALL)
_NAMES = re.compile(r'\b(id|for|headers|aria-labelledby|aria-describedby)="([^"]*)"')
_ANSWER = re.compile(r'<p class="answer">(.*?)</p>', re.DOTALL)
_TABLE = '<div [^>]*aria-labelledby="{}">'
_SOURCES = re.compile(
    rf"{_TABLE.format(METHOD_ANCHOR)}.*?{_TABLE.format(SOURCES_ANCHOR)}.*?</table>\s*</div>", re.DOTALL
)
_ID = re.compile(r'\bid="([^"]*)"')
_LINK = re.compile(r'href="([^"#]*)(?:#([^"]*))?"')


class _Paper(NamedTuple):
    anchor: str
    title: str
    scenario: str
    content: str

    @property
    def answer(self) -> str:
        """Its first answer, without the links that stand in it."""
        found = _ANSWER.search(self.content)
        return re.sub(r"</?a\b[^>]*>", "", found[1]) if found else ""


class _Sources(NamedTuple):
    """How figures are made and the list of sources, with the names in it, as most papers have it: printed in the last of them."""

    html: str
    names: tuple[str, ...]
    home: str
    left_out_of: frozenset[str]

    def holder(self, paper: str, name: str) -> str:
        """The paper where what a link leads to is printed."""
        return self.home if paper in self.left_out_of and name in self.names else paper

    def once(self, paper: str, content: str) -> str:
        """The content as it is, or with a link to the list instead of it."""
        if paper not in self.left_out_of:
            return content
        told = f'<p><a href="#{self.names[0]}">How figures are made, and every source</a>, are printed once for all papers.</p>'
        return content.replace(self.html, told)


def whole(folder: Path, papers: Sequence[Link], page: Page) -> str:
    """Every paper on one page. Names that several papers use are told apart, and links between papers stay inside."""
    anchors = {link.file: f"paper-{place}" for place, link in enumerate(papers, start=1)}
    contents = {anchors[link.file]: _content(folder / link.file) for link in papers}
    sources = _shared(contents)
    parts = [
        _Paper(own, link.title, link.scenario, _joined(own, contents[own], anchors, sources))
        for link, own in zip(papers, contents, strict=True)
    ]
    heads = Markup("".join(_running_head(paper, page) for paper in parts))
    return rendered("print.html.j2", page=page, papers=parts, heads=heads)


def _running_head(paper: _Paper, page: Page) -> str:
    """What stands above each page of a paper, so that one sheet taken out still says where it belongs."""
    shown = f"{paper.title} ({paper.scenario})" if paper.scenario else paper.title
    left, right = _css_text(shown), _css_text(f"{page.meeting}, {page.date}")
    look = 'color: #4a5361; font: 8pt "Segoe UI", system-ui, Arial, sans-serif;'
    boxes = f"@top-left {{ content: {left}; {look} }} @top-right {{ content: {right}; {look} }}"
    return f"@page {paper.anchor} {{ {boxes} }}\n#{paper.anchor} {{ page: {paper.anchor}; }}\n"


def _css_text(text: str) -> str:
    """Text as CSS writes it: whatever is not a letter, a digit or a space goes by its number."""
    return '"' + re.sub(r"[^\w ]", lambda sign: f"\\{ord(sign[0]):x} ", text) + '"'


def _content(path: Path) -> str:
    found = _MAIN.search(path.read_text(encoding="utf-8"))
    return _NOT_PRINTED.sub("", found[1] if found else "")


def _shared(contents: Mapping[str, str]) -> _Sources:
    lists = {paper: found[0] for paper, content in contents.items() if (found := _SOURCES.search(content))}
    [(html, _)] = Counter(lists.values()).most_common(1) or [("", 0)]
    *others, home = [paper for paper, own in lists.items() if own == html] or [""]
    return _Sources(html, tuple(_ID.findall(html)), home, frozenset(others))


def _joined(own: str, content: str, anchors: Mapping[str, str], sources: _Sources) -> str:
    content = sources.once(own, content)
    content = _NAMES.sub(lambda name: f'{name[1]}="{_told_apart(name[2], own)}"', content)
    return _LINK.sub(lambda link: f'href="{_inside(link[1], link[2], own, anchors, sources)}"', content)


def _told_apart(names: str, paper: str) -> str:
    return " ".join(f"{paper}-{name}" for name in names.split())


def _inside(file: str, name: str | None, own: str, anchors: Mapping[str, str], sources: _Sources) -> str:
    paper = anchors.get(file) if file else own
    if paper is None:
        return file + (f"#{name}" if name else "")
    return f"#{sources.holder(paper, name)}-{name}" if name else f"#{paper}"
