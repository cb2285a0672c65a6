"""A pack: which notebooks, run on which scenario, go before which meeting."""

import re
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from best_model.inputs.strict_yaml import read_as
from best_model.model.refusal import Refusal
from best_model.model.scenario import Frozen


def _slug(text: str) -> str:
    """Names become file names, so they hold nothing a file name could trip over."""
    if not re.fullmatch(r"[a-z0-9]+(?:[_-][a-z0-9]+)*", text):
        raise ValueError(f"is {text!r}; write it in small letters and digits, joined by _ or -")
    return text


def _said(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise ValueError(f"is {text!r}; write one line of text")
    return text


def _iso_date(text: str) -> str:
    try:
        datetime.strptime(text, "%Y-%m-%d")
    except ValueError:
        raise ValueError(f"is {text!r}; write a date as year-month-day, for example 2026-12-01") from None
    return text


def _some(documents: tuple["PackDocument", ...]) -> tuple["PackDocument", ...]:
    if not documents:
        raise ValueError("is empty; list at least one notebook and its scenario")
    return documents


def _each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    if not names or len(set(names)) < len(names):
        raise ValueError(f"is {list(names)}; name at least one scenario, each once")
    return names


Slug = Annotated[str, AfterValidator(_slug)]
Line = Annotated[str, AfterValidator(_said)]
IsoDate = Annotated[str, AfterValidator(_iso_date)]


class PackDocument(Frozen):
    """One notebook run on one scenario; `authority` only where it is not the pack's own."""

    notebook: Slug
    scenario: Slug
    authority: Slug | None = None


class Pack(Frozen):
    """The documents of a pack, in reading order, and the meeting and readers they are for.

    `scenarios` are those whose headline, workbook and changes since the last pack it gives; `beside` is what it holds beside its
    documents.
    """

    name: Slug
    title: Line
    meeting: Line
    date: IsoDate
    audience: Line
    authority: Slug
    scenarios: Annotated[tuple[Slug, ...], Field(strict=False), AfterValidator(_each_once)]
    documents: Annotated[tuple[PackDocument, ...], Field(strict=False), AfterValidator(_some)]
    beside: Annotated[tuple[Literal["explorer", "workbook", "chances", "pdf"], ...], Field(strict=False)] = ()


def pack_file(params: Path, name: str) -> Path:
    """Where a pack of that name is described. Raises `Refusal` for a name that would lead elsewhere."""
    try:
        return params / "packs" / f"{_slug(name)}.yaml"
    except ValueError as error:
        raise Refusal(f"the name of the pack {error}") from None


def read_pack(path: Path) -> Pack:
    """Read a pack's YAML, refusing what does not belong in it by file, line and key."""
    pack, document = read_as(Pack, path)
    if pack.name != path.stem:
        raise document.refusal(("name",), f"is {pack.name!r}; make it {path.stem!r}, as the file is called")
    seen: dict[tuple[str, str, str], int] = {}
    for place, entry in enumerate(pack.documents):
        first = seen.setdefault((entry.notebook, entry.scenario, entry.authority or pack.authority), place)
        if first != place:
            earlier = document.line(("documents", str(first)))
            what = f"is {entry.notebook} on {entry.scenario}, as on line {earlier}; keep one"
            raise document.refusal(("documents", str(place)), what)
    return pack
