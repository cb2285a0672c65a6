"""A number and what it is made of, as lines for a terminal: every part under its whole, rounded so that what is printed adds up."""

import math
from collections.abc import Callable, Iterator, Sequence

from best_model.faces.numbers import MINUS, pounds, tenth, tenths
from best_model.questions.steps import Step
from best_model.table import Unit

_WRITTEN: dict[Unit, Callable[[float], str]] = {
    Unit.GBP_WHOLE: pounds,
    Unit.CHILDREN: tenth,
    Unit.TENTHS: tenths,
    Unit.NUMBER: lambda factor: f"{factor:.4f}",
}
_SCALES = {Unit.GBP_WHOLE: 1, Unit.CHILDREN: 10}


def tree(step: Step, depth: int = 0) -> str:
    """A step on its line, and its parts under it with their own parts."""
    return "\n".join(_lines(step, step.value, depth, ""))


def _lines(step: Step, shown: float, depth: int, sign: str) -> Iterator[str]:
    """`sign` is that of a product, or + where the minus of the amount itself is to stand in its place."""
    said = _WRITTEN[step.unit](shown)
    if sign == "+ " and said.startswith(MINUS):
        sign, said = f"{MINUS} ", said.removeprefix(MINUS)
    yield f"{'  ' * depth}{sign}{said}  {step.head}"
    if step.multiplied:
        values, sign = [part.value for part in step.parts], "\N{MULTIPLICATION SIGN} "
    else:
        values, sign = that_add(shown, step.parts), "+ "
    for part, value in zip(step.parts, values, strict=True):
        yield from _lines(part, value, depth + 1, sign)


def that_add(total: float, steps: Sequence[Step]) -> list[float]:
    """The values of steps as they are shown, so that they add to the total that is shown: whole pounds, tenths of a child.

    >>> that_add(2.0, [Step("a", 0.6), Step("b", 0.7), Step("c", 0.4)])
    [1.0, 1.0, 0.0]
    """
    if not steps:
        return []
    scale = _SCALES[steps[0].unit]
    floors = [math.floor(step.value * scale) for step in steps]
    left = round(total * scale) - sum(floors)
    by_rest = sorted(range(len(steps)), key=lambda place: floors[place] - steps[place].value * scale)
    return [(floor + (place in by_rest[:left])) / scale for place, floor in enumerate(floors)]
