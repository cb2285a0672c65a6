"""What changed in the files that a pack is made from: file by file, and in steps from the last pack's files to today's.

Each step takes one part of today's files: input tables, then assumptions, then scenarios. What the figures do at a step is caused by it.
"""

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from io import StringIO
from itertools import zip_longest
from typing import Any, Literal

from pydantic import Field

from best_model.model.scenario import Frozen
from best_model.model.settings import NEEDS, SETTINGS
from best_model.questions.recorded import leaves

Part = Literal["model", "inputs", "assumptions", "scenarios"]
"""What can cause a change, in the order in which causes are taken: `model` is its version and the libraries under it."""
STEPS: tuple[Part, ...] = ("inputs", "assumptions", "scenarios")
Tree = Mapping[str, bytes]
"""A folder of parameters: what each file holds, by its path."""
Rows = Sequence[Sequence[str]]
"""A CSV file: its heading, then its rows."""
Named = Mapping[tuple[str, ...], Mapping[str, str]]
"""A file by what names each row or value: what stands under each column."""

MOST_SHOWN, _LONGEST = 20, 200


class Difference(Frozen):
    """A row or value of a file that differs, and what stands there before and after; nothing where it is not there, or not for showing."""

    where: str
    before: str | None
    after: str | None


class FileChange(Frozen):
    """A file that is new, gone or changed: its sha256 before and after, and the causes it counts under.

    `differing` is how many rows or values differ, none where the last pack keeps no copy; `shown` are the first of them.
    """

    path: str
    before: str | None
    after: str | None
    parts: tuple[Part, ...] = Field(strict=False)
    differing: int | None = None
    shown: tuple[Difference, ...] = Field((), strict=False)


# ---- The steps


def part_of(path: str) -> Part:
    """What a change of this file counts under, from its path alone."""
    if path.startswith(("scenarios/", "packs/", "stress/")):
        return "scenarios"
    return "inputs" if path.endswith((".csv", "/sources.yaml")) else "assumptions"


def may_count_under(path: str, content: bytes) -> set[Part]:
    """What a change of this file may count under: a table with a pedigree in its rows may hold inputs and assumptions."""
    both = part_of(path) == "inputs" and any("pedigree" in row for row in rows_of(content)[:1])
    return {"inputs", "assumptions"} if both else {part_of(path)}


def ladder(old: Tree, new: Tree) -> list[tuple[Part, Tree]]:
    """From the old folder to the new in steps that change something: each part, and the folder once that is today's.

    Where the rows of a table have a pedigree, those published today count as inputs and the others as assumptions. Sources go with
    the inputs that name them.
    """
    last, steps = old, list[tuple[Part, Tree]]()
    for part in STEPS:
        found = {path: _at(part, path, old, new) for path in {**old, **new}}
        folder = {path: content for path, content in found.items() if content is not None}
        if folder != last:
            steps.append((part, folder))
        last = folder
    return steps


def _at(part: Part, path: str, old: Tree, new: Tree) -> bytes | None:
    """What a file holds once this part is today's; none where it is not there."""
    if part == "inputs" and path in old and path in new:
        mixed = published_first(old[path], new[path])
        if mixed is not None:
            return mixed
    is_todays = STEPS.index(part_of(path)) <= STEPS.index(part)
    return (new if is_todays else old).get(path)


def published_first(old: bytes, new: bytes) -> bytes | None:
    """A table between the old and the new: its published rows are today's, the rest still the old. None where rows have no pedigree."""
    before, after = rows_of(old), rows_of(new)
    if not before or not after or before[0] != after[0] or "pedigree" not in after[0]:
        return None
    place, width = after[0].index("pedigree"), key_width(before, after)
    was, now = _keyed(before, width), _keyed(after, width)
    published = {key: row for key, row in now.items() if row[place : place + 1] == ["published"]}
    still = {key: row for key, row in was.items() if key in now or row[place : place + 1] != ["published"]}
    rows = [before[0], *(published.get(key, was.get(key, [])) for key in {**still, **published})]
    return old if rows == before else new if rows == after else _written(rows)


def _written(rows: Rows) -> bytes:
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


# ---- Row by row


def rows_of(content: bytes) -> list[list[str]]:
    """The heading and the rows of a CSV file; nothing where it is none."""
    try:
        return [row for row in csv.reader(StringIO(content.decode("utf-8"), newline="")) if row]
    except (UnicodeDecodeError, csv.Error):
        return []


def key_width(*tables: Rows) -> int:
    """How many of the first columns name every row: the least with which no two rows of a table are called the same."""
    most = max(len(table[0]) for table in tables)
    for width in range(1, most):
        if all(len({tuple(row[:width]) for row in table[1:]}) == len(table) - 1 for table in tables):
            return width
    return most


def _keyed(table: Rows, width: int) -> dict[tuple[str, ...], Sequence[str]]:
    """Rows by the cells that name them; where these repeat, by how often they have been seen as well."""
    seen: Counter[tuple[str, ...]] = Counter()
    rows = {}
    for row in table[1:]:
        name = tuple(row[:width])
        seen[name] += 1
        rows[(*name, f"({seen[name]})") if seen[name] > 1 else name] = row
    return rows


def rows_compared(old: Rows, new: Rows, cells: bool = True) -> tuple[int, tuple[Difference, ...]]:
    """How many rows of a table differ, and the first of them: by the columns that name a row, not by its number.

    Without `cells` a row is named only, by its first two: small counts that are not published are nobody's to read.
    """
    width = key_width(old, new)
    was, now = ({key: _cells(table[0], row) for key, row in _keyed(table, width).items()} for table in (old, new))
    return _compared(was, now, ", ", cells)


def keys_compared(old: Any, new: Any) -> tuple[int, tuple[Difference, ...]]:
    """How many values of two mappings differ, by their dotted keys, and the first of them."""
    was, now = ({key: {"": str(value)} for key, value in leaves(said)} for said in (old, new))
    return _compared(was, now, ".")


def _cells(heading: Sequence[str], row: Sequence[str]) -> dict[str, str]:
    named = zip_longest(heading, row, fillvalue="")
    return {column or f"column {place}": cell for place, (column, cell) in enumerate(named)}


def _compared(was: Named, now: Named, between: str, cells: bool = True) -> tuple[int, tuple[Difference, ...]]:
    """How many rows differ; of the first, each cell that does, or the whole of a row that is new or gone."""
    differing = [key for key in {**now, **was} if was.get(key) != now.get(key)]
    shown = []
    for key in differing[:MOST_SHOWN]:
        one, other = was.get(key), now.get(key)
        if not cells:
            shown.append(_difference(between.join(key[:2]), None, None))
        elif one is None or other is None:
            held = (None if row is None else ", ".join(row.values()) for row in (one, other))
            shown.append(_difference(between.join(key), *held))
        else:
            columns = [column for column in {**other, **one} if one.get(column) != other.get(column)]
            name = between.join(key)
            shown += [
                _difference(f"{name}: {column}" if column else name, one.get(column), other.get(column))
                for column in columns
            ]
    return len(differing), tuple(shown)


def _difference(where: str, *held: str | None) -> Difference:
    """A difference, cut where it is long."""
    place, *cut = (each if each is None or len(each) <= _LONGEST else f"{each[:_LONGEST]}…" for each in (where, *held))
    return Difference(where=place or "", before=cut[0], after=cut[1])


def counts_children(table: Rows) -> bool:
    """Whether a table has a column for a setting, for a need, or for their total."""
    return bool(table) and not {*SETTINGS, *NEEDS, "total"}.isdisjoint(table[0])


def sources_named(table: Rows) -> set[str]:
    """The sources of a table's rows; an empty one where a row names none."""
    place = list(table[0]).index("source") if "source" in table[0] else len(table[0])
    return {"".join(row[place : place + 1]) for row in table[1:]}
