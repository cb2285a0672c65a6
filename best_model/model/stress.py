"""Stress tests: what is supposed of the world or of the programme, laid over any scenario to see what would follow."""

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from best_model.model.refusal import Refusal
from best_model.model.scenario import Assumption, Frozen, Level, Slug

_WORDS = 7


def _in_few_words(title: str) -> str:
    if not 0 < len(title.split()) <= _WORDS:
        raise ValueError(f"is {title!r}; it heads a row and begins a sentence, so say it in one to {_WORDS} words")
    return title


Title = Annotated[str, AfterValidator(_in_few_words), Field(max_length=60)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Figures = Mapping[str, Assumption]


class Change(Frozen):
    """What becomes of a figure: another `value`, so much more (`plus`), so many `times` as much, or what another one is (`same_as`)."""

    value: Number | None = None
    plus: Number | None = None
    times: Number | None = None
    same_as: str | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        said = [name for name, given in self if given is not None]
        if len(said) != 1:
            raise ValueError(f"says {' and '.join(said) or 'nothing'}; say one of {', '.join(type(self).model_fields)}")
        return self

    def of(self, figure: float, figures: Figures) -> float:
        """The figure once it is changed; `figures` are those that another may be taken from.

        >>> Change(plus=0.5).of(1.5, {}), Change(times=2).of(1.5, {}), Change(value=3).of(1.5, {})
        (2.0, 3.0, 3.0)
        """
        if self.same_as is not None:
            return figures[self.same_as].value
        if self.value is not None:
            return self.value
        return figure * (1.0 if self.times is None else self.times) + (self.plus or 0.0)


class Stress(Frozen):
    """A question a member would ask, and what it supposes: changed figures, a priority that delivers nothing, another income.

    A key of `supposing` is a figure of `sensitivity.figures_of` or, for one that is given by year, its stem: `income` is every
    `income.2026/27` and so on. `source` is a key of the council's `sources.yaml`, or `judgement`.
    """

    name: Slug
    title: Title
    question: Annotated[str, Field(min_length=1, max_length=300)]
    note: Annotated[str, Field(min_length=1)]
    source: Slug
    supposing: dict[str, Change] = Field(default_factory=dict)
    nothing_from: Slug | None = None
    income: Level | None = None

    def supposed(self, figures: Figures) -> dict[str, float]:
        """Every figure that is supposed, by its own name, and what it becomes. Raises `Refusal` for one that is not there."""
        return {
            each: change.of(figures[each].value, figures)
            for name, change in self.supposing.items()
            for each in named(name, figures)
        }


def named(name: str, figures: Figures) -> tuple[str, ...]:
    """The figures that a name stands for: the one that has it, or all of a series by year or by September, by its stem."""
    found = (name,) if name in figures else tuple(each for each in figures if _stem(each) == name)
    if not found:
        raise Refusal(f"{name}: there is no such assumption; docs/assumptions.md lists them all")
    return found


def _stem(name: str) -> str:
    """The series that a figure is part of, or nothing: `income.2026/27` is part of `income`, and `inflation.inmss` of none."""
    stem, _, last = name.rpartition(".")
    return stem if last[:1].isdigit() else ""
