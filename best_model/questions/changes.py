"""What changed between two packs: headline figures and their causes, assumptions, files, and what each pack was made by."""

import math
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, NamedTuple, Self, get_args

from pydantic import Field, model_validator

from best_model.model.scenario import Assumption, Frozen
from best_model.questions.changed_files import FileChange, Part
from best_model.questions.names import within_a_sentence
from best_model.questions.recorded import PENCE, Address, Amount, Headline, Line, Made, Manifest, Scalar

_ANY = "|".join(get_args(Part))
Parts = Annotated[str, Field(pattern=rf"^({_ANY})(\+({_ANY}))*$")]
State = Literal["first", "unread", "compared"]
_DIGITS = 6
_TITLE_WORDS = 3
_NEARLY_ALL = 0.95


class Figure(Frozen):
    """One headline figure of a scenario in a year, £ nominal, in the last pack and in this one: none where it was not printed.

    `causes` are how much of its change, £, comes from each part, or from several that could not be told apart, with + between them.
    They add up to the change of a figure that both packs print.
    """

    scenario: str
    name: Line
    year: str
    before: Amount | None
    after: Amount | None
    causes: dict[Parts, Amount] = Field(default_factory=dict)

    @property
    def change(self) -> float:
        """What it rose by, to the penny; nought where one of the packs does not print it."""
        return 0.0 if self.before is None or self.after is None else round(self.after - self.before, PENCE)

    @property
    def differs(self) -> bool:
        """Whether the two packs do not print the same."""
        return self.before != self.after

    @model_validator(mode="after")
    def _causes_add_up(self) -> Self:
        told = round(math.fsum(self.causes.values()), PENCE)
        if told != self.change:
            raise ValueError(
                f"has causes that add to {told:.2f} and a change of {self.change:.2f}; they must be the same"
            )
        return self


class Printed(Frozen):
    """Another number or word of the manifest, by its address, that the two packs do not print alike."""

    place: Address = Field(strict=False)
    before: Scalar
    after: Scalar


class AssumptionChange(Frozen):
    """An assumption by its dotted name and in a reader's words; none before where it is new, none after where it is gone."""

    name: str
    label: str
    before: Assumption | None
    after: Assumption | None


class Leading(NamedTuple):
    """The change that a reader asks for first: which figure, of which scenario, and what moved it most the way it went.

    `cause` is empty where causes could not be told apart. It is `alone` if it is nearly all of the change; `several` of its kind changed.
    """

    figure: Figure
    scenario: str
    cause: str
    alone: bool
    several: bool


class Changes(Frozen):
    """Everything that differs from the last published pack. `why` says why that could not be read, or why causes are not split.

    `draws` is how many draws stand behind a chance of this pack; nought where that is not told.
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
        return tuple(each for each in self.figures if not each.change and any(each.causes.values()))

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
        by_model = any(each.causes.get("model") for each in self.figures)
        return by_model and not (self.code_differs or self.libraries_that_differ)

    @property
    def nothing(self) -> bool:
        """Whether the packs were made of the same, and print the same."""
        made = self.code_differs or self.libraries_that_differ or self.files or self.assumptions
        said = self.printed or self.offset or any(figure.differs for figure in self.figures)
        return self.state == "compared" and not (made or said or self.why)

    @property
    def new_scenario(self) -> str:
        """The scenario that a reader asks for first, where it is in this pack and was in no way in the last; else empty."""
        first = next(iter(self.titles), "")
        own = [figure for figure in self.figures if figure.scenario == first]
        is_new = any(figure.after is not None for figure in own) and all(figure.before is None for figure in own)
        return self._in_short(first) if is_new else ""

    @property
    def leading(self) -> Leading:
        """Of the figures that moved: of the first scenario, the saving found, in the last year. Raises ValueError where none moved."""
        scenarios, lines = list(self.titles), get_args(Line)
        latest = sorted(self.moved, key=lambda each: each.year, reverse=True)
        figure = min(latest, key=lambda each: (scenarios.index(each.scenario), lines.index(each.name)))
        main = max(figure.causes, key=lambda cause: math.copysign(1, figure.change) * figure.causes[cause])
        others = sum(abs(pounds) for cause, pounds in figure.causes.items() if cause != main)
        alone = others <= (1 - _NEARLY_ALL) * abs(figure.causes[main])
        cause, several = self._cause(main)
        return Leading(figure, self._in_short(figure.scenario), cause, alone, several)

    def _cause(self, part: str) -> tuple[str, bool]:
        """A part as a cause, and whether several of it changed. Assumptions by pedigree: a published figure is none."""
        if "+" in part:
            return "", False
        if part == "model":
            return "model" if self.code_differs else "library" if self.libraries_that_differ else "rerun", False
        if part == "assumptions":
            told = [each.after or each.before for each in self.assumptions]
            pedigrees = [figure.pedigree.value for figure in told if figure]
            alike = len({*pedigrees}) == 1 and pedigrees[0] in {"calibrated", "published"}
            return pedigrees[0] if alike else part, len(pedigrees) != 1
        return part, sum(part in each.parts for each in self.files) > 1

    def _in_short(self, scenario: str) -> str:
        """A scenario within a sentence: by its key where its title is long."""
        title = self.titles[scenario]
        return within_a_sentence(title if len(title.split()) <= _TITLE_WORDS else scenario.replace("_", " "))


# ---- Comparing


def figures_compared(
    before: Mapping[str, Headline], after: Mapping[str, Headline], parts: Sequence[Part], between: Sequence[Mapping[str, Headline]]
) -> tuple[Figure, ...]:  # fmt: skip
    """Every headline figure that either pack prints. `between` holds what each part but the last of `parts` leads to, by scenario."""
    packs = (before, *between, after)
    said = [
        {(key, *place): each.figures[place] for key, each in pack.items() for place in each.figures} for pack in packs
    ]
    figures = []
    for key, line, year in dict.fromkeys([*said[-1], *said[0]]):
        was, *_, now = levels = [each.get((key, line, year)) for each in said]
        causes = causes_of(parts, levels)
        figures.append(Figure(scenario=key, name=line, year=year, before=was, after=now, causes=causes))
    return tuple(figures)


def causes_of(parts: Sequence[Part], levels: Sequence[float | None]) -> dict[str, float]:
    """What each part moves, from the levels before the first of them, after it, and so on; none where the first or last is not known.

    Parts with no known level between them stand together. Where the model gives none on the last pack's inputs, all do.

    >>> causes_of(["model", "inputs", "assumptions"], [9.0, 9.5, None, 7.0])
    {'model': 0.5, 'inputs+assumptions': -2.5}
    """
    last, together, causes = levels[0], list[Part](), dict[str, float]()
    if last is None or levels[-1] is None:
        return {}
    for place, (part, level) in enumerate(zip(parts, levels[1:], strict=True), start=1):
        together.append(part)
        if level is not None and (levels[1] is not None or place == len(parts)):
            causes["+".join(together)] = round(level - last, PENCE)
            last, together = level, []
    return causes


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
    before: Mapping[str, tuple[str, Assumption]], after: Mapping[str, tuple[str, Assumption]]
) -> tuple[AssumptionChange, ...]:
    """Every assumption, given with its label, that is new, gone or in any way another."""
    changed = []
    for name in dict.fromkeys([*after, *before]):
        (_, was), (_, now) = (pack.get(name, ("", None)) for pack in (before, after))
        if was != now:
            label = (after if now else before)[name][0]
            changed.append(AssumptionChange(name=name, label=label, before=was, after=now))
    return tuple(changed)
