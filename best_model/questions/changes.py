"""What changed between two packs: headline figures and their causes, assumptions, and the files that each was made from.

Causes are read from a ladder of folders: the last pack's inputs, those with today's tables, then with today's assumptions, then
with today's scenarios. What one step moves is its cause, so that causes add up to the change.
"""

import csv
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from itertools import zip_longest
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from best_model.model.scenario import Assumption, Frozen
from best_model.model.settings import NEEDS, SETTINGS

Part = Literal["model", "inputs", "assumptions", "scenarios"]
"""What can cause a change, in the order in which causes are taken: `model` is its version and the libraries under it."""
Line = Literal["found", "gap_before", "gap_after", "deficit"]
State = Literal["first", "unread", "compared"]
Amount = Annotated[float, Field(allow_inf_nan=False)]
Amounts = Annotated[tuple[Amount, ...], Field(strict=False)]
Scalar = str | bool | int | float | None
Tree = Mapping[str, bytes]
"""A folder of parameters: what each file holds, by its path."""
Table = Sequence[Sequence[str]]
"""A CSV file: its heading, then its rows."""

_PENCE, _DIGITS = 2, 6
_MOST_SHOWN, _LONGEST = 20, 200
_NOT_IDENTIFIED, _CASE = "still_to_be_identified", "as_published"


# ---- What a pack says of itself


class Headline(BaseModel):
    """What a manifest prints for one scenario, £ nominal by year; other keys are left alone, and a missing one is empty."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    years: tuple[str, ...] = Field((), strict=False)
    gap_before_gbp: Amounts = ()
    saving_gbp: Amounts = ()
    gap_after_gbp: Amounts = ()
    deficit_gbp: dict[str, Amounts] = {}
    saving_by_priority_gbp: dict[str, Amounts] = {}

    @property
    def figures(self) -> dict[tuple[Line, str], float]:
        """The figures that a pack is held to, by figure and year. What is still to be identified is not found."""
        lines: dict[Line, tuple[float, ...]] = {
            "found": self._found,
            "gap_before": self.gap_before_gbp,
            "gap_after": self.gap_after_gbp,
            "deficit": self.deficit_gbp.get(_CASE, ()),
        }
        return {
            (name, year): amount
            for name, amounts in lines.items()
            for year, amount in zip(self.years, amounts, strict=False)
        }

    @property
    def _found(self) -> tuple[float, ...]:
        missing = self.saving_by_priority_gbp.get(_NOT_IDENTIFIED) or (0.0,) * len(self.saving_gbp)
        return tuple(round(saving - balance, _PENCE) for saving, balance in zip(self.saving_gbp, missing, strict=False))


class Manifest(BaseModel):
    """What the manifest of a pack, new or old, says; other keys are left alone, and a missing one is empty."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    version: str = ""
    commit: str = ""
    code: str = ""
    environment: dict[str, str] = {}
    inputs: dict[str, str] = {}
    seed: int | None = None
    headline: dict[str, dict[str, Any]] = {}
    chances: dict[str, Any] = {}
    checks: dict[str, Any] = {}
    documents: list[Any] = []
    built: str = ""

    @property
    def printed(self) -> dict[tuple[str, ...], Scalar]:
        """Every other number and word that it prints, by its address; what stands by year is named by its year."""
        files = (str(each.get("file", "")) for each in self.documents if isinstance(each, dict))
        said: dict[tuple[str, ...], Scalar] = {("documents", file): "in the pack" for file in files}
        said |= {("headline", *place): value for place, value in self._beside_the_figures()}
        said |= {
            (name, *place): value for name in ("chances", "checks") for place, value in leaves(getattr(self, name))
        }
        return said | ({("seed",): self.seed} if self.seed is not None else {})

    def _beside_the_figures(self) -> Iterator[tuple[tuple[str, ...], Scalar]]:
        compared = {"years", "gap_before_gbp", "gap_after_gbp", "scenario", "authority"}
        for scenario, said in self.headline.items():
            years = Headline.model_validate(said).years
            for place, value in leaves({key: each for key, each in said.items() if key not in compared}, years):
                if place[:2] != ("deficit_gbp", _CASE):
                    yield (scenario, *place), value


def leaves(said: Any, years: Sequence[str] = ()) -> Iterator[tuple[tuple[str, ...], Scalar]]:
    """Every number and word inside mappings and lists, with its address; a list as long as `years` is named by them."""
    match said:
        case Mapping():
            parts = [(str(key), value) for key, value in said.items()]
        case list() | tuple():
            names = years if len(said) == len(years) else range(len(said))
            parts = [(str(name), value) for name, value in zip(names, said, strict=True)]
        case _:
            yield (), said if isinstance(said, str | bool | int | float | None) else str(said)
            return
    for key, value in parts:
        yield from (((key, *place), leaf) for place, leaf in leaves(value, years))


# ---- What changed


class Cause(Frozen):
    """How much of a change, £, comes from one part, or from several that could not be told apart."""

    parts: tuple[Part, ...] = Field(strict=False)
    pounds: Amount


class Figure(Frozen):
    """One headline figure of a scenario in a year, £ nominal, in the last pack and in this one: none where it was not printed.

    `name` is found, gap_before, gap_after or deficit, which is that of 31 March as published. The causes of a figure that both print
    add up to its change.
    """

    scenario: str
    name: Line
    year: str
    before: Amount | None
    after: Amount | None
    causes: tuple[Cause, ...] = Field((), strict=False)

    @property
    def change(self) -> float:
        """What it rose by, to the penny; nought where one of the packs does not print it."""
        return 0.0 if self.before is None or self.after is None else round(self.after - self.before, _PENCE)

    @property
    def differs(self) -> bool:
        """Whether the two packs do not print the same."""
        return self.before != self.after

    @model_validator(mode="after")
    def _causes_add_up(self) -> Self:
        told = round(math.fsum(cause.pounds for cause in self.causes), _PENCE)
        if told != self.change:
            raise ValueError(
                f"has causes that add to {told:.2f} and a change of {self.change:.2f}; they must be the same"
            )
        return self


class Printed(Frozen):
    """Another number or word of the manifest, by its address, that the two packs do not print alike."""

    place: tuple[str, ...] = Field(strict=False)
    before: Scalar
    after: Scalar


class AssumptionChange(Frozen):
    """An assumption by its dotted name and in a reader's words; none before where it is new, none after where it is gone."""

    name: str
    label: str
    before: Assumption | None
    after: Assumption | None


class FileChange(Frozen):
    """A file that is new, gone or changed: its sha256 before and after, the causes it counts under, and what in it differs.

    `differing` rows or lines, none where the last pack keeps no copy; `shown` says the first of them.
    """

    path: str
    before: str | None
    after: str | None
    parts: tuple[Part, ...] = Field(strict=False)
    differing: int | None = None
    shown: tuple[str, ...] = Field((), strict=False)


class Made(Frozen):
    """What made a pack: its version, commit, the sum over its sources, and the libraries it ran on; empty where not recorded."""

    version: str
    commit: str
    code: str
    environment: dict[str, str]
    built: str = ""


class Changes(Frozen):
    """Everything that differs from the last published pack. `why` says why that could not be read, or why causes are not split.

    `draws` is how many futures stand behind a chance of this pack; nought where that is not told.
    """

    state: State
    now: Made
    previous: Made | None = None
    why: tuple[str, ...] = Field((), strict=False)
    titles: dict[str, str] = Field(default_factory=dict)
    figures: tuple[Figure, ...] = Field((), strict=False)
    printed: tuple[Printed, ...] = Field((), strict=False)
    assumptions: tuple[AssumptionChange, ...] = Field((), strict=False)
    files: tuple[FileChange, ...] = Field((), strict=False)
    draws: int = 0

    @property
    def moved(self) -> tuple[Figure, ...]:
        """Headline figures that both packs print, and not the same."""
        return tuple(figure for figure in self.figures if figure.change)

    @property
    def offset(self) -> tuple[Figure, ...]:
        """Headline figures that are what they were only because what moved them cancels out."""
        return tuple(each for each in self.figures if not each.change and any(cause.pounds for cause in each.causes))

    @property
    def alike(self) -> tuple[Figure, ...]:
        """Headline figures that both packs print, moved or not."""
        return tuple(each for each in self.figures if each.before is not None and each.after is not None)

    @property
    def code_differs(self) -> bool:
        """Whether the model is another. Where its sources were not recorded, its version and commit stand for them."""
        if self.previous is None:
            return False
        if self.previous.code and self.now.code:
            return self.previous.code != self.now.code
        return (self.previous.version, self.previous.commit) != (self.now.version, self.now.commit)

    @property
    def libraries_that_differ(self) -> tuple[str, ...]:
        """Libraries of another version; nothing where one of the packs recorded none."""
        then, now = self.previous.environment if self.previous else {}, self.now.environment
        return tuple(name for name in {**now, **then} if now.get(name) != then.get(name)) if then and now else ()

    @property
    def unexplained(self) -> bool:
        """Whether figures differ by the model's doing though neither it nor a library is recorded as changed."""
        by_model = any(cause.pounds for each in self.figures for cause in each.causes if cause.parts == ("model",))
        return by_model and not (self.code_differs or bool(self.libraries_that_differ))

    @property
    def nothing(self) -> bool:
        """Whether the packs were made of the same, and print the same."""
        made = self.code_differs or bool(self.libraries_that_differ) or self.files or self.assumptions
        said = self.printed or self.offset or any(figure.differs for figure in self.figures)
        return self.state == "compared" and not (made or said or self.why)


# ---- Figures and their causes


def figures_compared(
    before: Mapping[str, Headline],
    after: Mapping[str, Headline],
    parts: Sequence[Part],
    ladder: Sequence[Mapping[str, Headline]],
) -> tuple[Figure, ...]:
    """Every headline figure that either pack prints. `ladder` holds what each part but the last of `parts` leads to, by scenario."""
    return tuple(
        _figure(
            scenario,
            place,
            [said.get(scenario, Headline()).figures.get(place) for said in (before, *ladder, after)],
            parts,
        )
        for scenario in dict.fromkeys([*after, *before])
        for place in _places(after.get(scenario), before.get(scenario))
    )


def _places(*said: Headline | None) -> list[tuple[Line, str]]:
    return list(dict.fromkeys(place for each in said if each for place in each.figures))


def _figure(scenario: str, place: tuple[Line, str], levels: Sequence[float | None], parts: Sequence[Part]) -> Figure:
    name, year = place
    causes = () if levels[0] is None or levels[-1] is None else causes_of(parts, levels)
    return Figure(scenario=scenario, name=name, year=year, before=levels[0], after=levels[-1], causes=causes)


def causes_of(parts: Sequence[Part], levels: Sequence[float | None]) -> tuple[Cause, ...]:
    """What each part moves, from the levels before the first of them, after it, and so on; the first and the last level are known.

    Parts with no known level between them stand together. Where the model gives none on the last pack's inputs, all do.

    >>> [(cause.parts, cause.pounds) for cause in causes_of(["model", "inputs", "assumptions"], [9.0, 9.5, None, 7.0])]
    [(('model',), 0.5), (('inputs', 'assumptions'), -2.5)]
    """
    known = list(levels) if levels[1] is not None else [levels[0], *[None] * (len(levels) - 2), levels[-1]]
    causes: list[Cause] = []
    together: list[Part] = []
    last = levels[0] or 0.0
    for part, level in zip(parts, known[1:], strict=True):
        together.append(part)
        if level is not None:
            causes.append(Cause(parts=tuple(together), pounds=round(level - last, _PENCE)))
            last, together = level, []
    return tuple(causes)


def printed_compared(before: Manifest, after: Manifest) -> tuple[Printed, ...]:
    """What else the manifests do not print alike; of a scenario that only one of them has, its headline figures say so."""
    both = before.headline.keys() & after.headline.keys()
    old, new = (
        {place: value for place, value in each.printed.items() if place[0] != "headline" or place[1] in both}
        for each in (before, after)
    )
    return tuple(
        Printed(place=place, before=old.get(place), after=new.get(place))
        for place in dict.fromkeys([*new, *old])
        if not _same(old.get(place), new.get(place))
    )


def _same(one: Scalar, other: Scalar) -> bool:
    """Whether they are alike; numbers, to a millionth: a sum taken in another order is no change."""
    if type(one) is float and type(other) is float:
        return round(one - other, _DIGITS) == 0
    return one == other


def assumptions_compared(
    before: Mapping[str, Assumption], after: Mapping[str, Assumption], labels: Mapping[str, str]
) -> tuple[AssumptionChange, ...]:
    """Every assumption that is new, gone or in any way another."""
    return tuple(
        AssumptionChange(name=name, label=labels.get(name, name), before=before.get(name), after=after.get(name))
        for name in dict.fromkeys([*after, *before])
        if before.get(name) != after.get(name)
    )


# ---- Files, and the ladder between them


def parts_of(path: str) -> tuple[Part, ...]:
    """What a change of this file counts under, from its path alone."""
    if path.startswith(("scenarios/", "packs/", "stress/")):
        return ("scenarios",)
    return ("inputs",) if path.endswith((".csv", "/sources.yaml")) else ("assumptions",)


def may_count_under(path: str, content: bytes) -> tuple[Part, ...]:
    """What a change of this file may count under: a table with a pedigree in its rows may hold inputs and assumptions."""
    parts = parts_of(path)
    both = parts == ("inputs",) and any("pedigree" in row for row in rows_of(content)[:1])
    return (*parts, "assumptions") if both else parts


def ladder(old: Tree, new: Tree) -> list[tuple[Part, Tree]]:
    """From the old folder to the new in steps that change something: each part, and the folder once that is today's.

    Where the rows of a table have a pedigree, those published today count as inputs and the others as assumptions. Sources go with
    the inputs that name them.
    """
    mixed = {
        path: table for path in old.keys() & new.keys() if (table := published_first(old[path], new[path])) is not None
    }
    inputs = _taken(old, {**new, **mixed}, "inputs")
    assumptions = {**_taken(inputs, new, "assumptions"), **{path: new[path] for path in mixed}}
    folders: list[tuple[Part, Tree]] = [("inputs", inputs), ("assumptions", assumptions), ("scenarios", new)]
    before = [old, inputs, assumptions]
    return [(part, folder) for (part, folder), last in zip(folders, before, strict=True) if folder != last]


def _taken(last: Tree, new: Tree, part: Part) -> dict[str, bytes]:
    """The folder with one part of it as it is in the new one."""
    kept = {path: content for path, content in last.items() if part not in parts_of(path)}
    return kept | {path: content for path, content in new.items() if part in parts_of(path)}


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


def _written(rows: Table) -> bytes:
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def rows_of(content: bytes) -> list[list[str]]:
    """The heading and the rows of a CSV file; nothing where it is none."""
    try:
        return [row for row in csv.reader(StringIO(content.decode("utf-8"), newline="")) if row]
    except (UnicodeDecodeError, csv.Error):
        return []


def key_width(*tables: Table) -> int:
    """How many of the first columns name every row: the least with which no two rows of a table are called the same."""
    most = max(len(table[0]) for table in tables)
    for width in range(1, most):
        if all(len({tuple(row[:width]) for row in table[1:]}) == len(table) - 1 for table in tables):
            return width
    return most


def _keyed(table: Table, width: int) -> dict[tuple[str, ...], Sequence[str]]:
    """Rows by the cells that name them; where these repeat, by how often they have been seen as well."""
    seen: Counter[tuple[str, ...]] = Counter()
    rows = {}
    for row in table[1:]:
        name = tuple(row[:width])
        seen[name] += 1
        rows[(*name, f"({seen[name]})") if seen[name] > 1 else name] = row
    return rows


def rows_compared(old: Table, new: Table, cells: bool = True) -> tuple[int, tuple[str, ...]]:
    """How many rows of a table differ, and what in the first of them: by the columns that name a row, not by its number.

    Without `cells` a row is named only: small counts that are not published are nobody's to read.
    """
    width = key_width(old, new)
    was, now = ({key: _cells(table[0], row) for key, row in _keyed(table, width).items()} for table in (old, new))
    differing = [key for key in {**now, **was} if was.get(key) != now.get(key)]
    first = differing[:_MOST_SHOWN]
    if not cells:
        return len(differing), tuple(f"{', '.join(key[:2])}: not shown, to protect small counts" for key in first)
    return len(differing), tuple(_shown(", ".join(key), was.get(key), now.get(key)) for key in first)


def counts_children(table: Table) -> bool:
    """Whether a table has a column for a setting, for a need, or for their total."""
    return bool(table) and not {*SETTINGS, *NEEDS, "total"}.isdisjoint(table[0])


def sources_named(table: Table) -> set[str]:
    """The sources of a table's rows; an empty one where a row names none."""
    place = list(table[0]).index("source") if "source" in table[0] else len(table[0])
    return {"".join(row[place : place + 1]) for row in table[1:]}


def _cells(heading: Sequence[str], row: Sequence[str]) -> dict[str, str]:
    return {
        column or f"column {place}": cell
        for place, (column, cell) in enumerate(zip_longest(heading, row, fillvalue=""))
    }


def keys_compared(old: Any, new: Any) -> tuple[int, tuple[str, ...]]:
    """How many values of two mappings differ, by their dotted keys, and the first of them."""
    was, now = ({key: {"": str(value)} for key, value in leaves(said)} for said in (old, new))
    differing = [key for key in {**now, **was} if was.get(key) != now.get(key)]
    return len(differing), tuple(_shown(".".join(key), was.get(key), now.get(key)) for key in differing[:_MOST_SHOWN])


def _shown(name: str, before: Mapping[str, str] | None, after: Mapping[str, str] | None) -> str:
    """One difference in words, cut where it is long."""
    if before is None or after is None:
        held = ", ".join((after or before or {}).values())
        text = f"{name}: {'new' if before is None else 'gone'} ({held})"
    else:
        columns = [column for column in {**after, **before} if before.get(column) != after.get(column)]
        moved = (
            f"{column} {before.get(column, 'none')} \N{RIGHTWARDS ARROW} {after.get(column, 'none')}"
            for column in columns
        )
        text = f"{name}: {'; '.join(each.strip() for each in moved)}"
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}\N{HORIZONTAL ELLIPSIS}"
