"""Small counts of a census that is not published: what stands for a count of 1 to 5, and for money that would give one away."""

from collections.abc import Sequence

from best_model.outputs.words import children

_SMALL, _ROUNDED_TO = 5, 5
"""A count up to so many is hidden, and others are rounded to so many: the safe default."""
_NOBODY = 0.005
"""Of a child: below it there is nobody, but for rounding."""
NOT_SHOWN = "not shown"
FEWER = f"fewer than {_SMALL + 1}"


def is_small(count: float) -> bool:
    """Whether a count, or an expected number, is one to hide; nobody at all is none."""
    return _NOBODY <= count < _SMALL + 1


def coarse(count: float) -> int:
    """A count as it is shown where others are hidden: to the nearest five, so that no total gives a hidden one away."""
    return _ROUNDED_TO * round(count / _ROUNDED_TO)


def counted(count: float, *, openly: bool) -> str:
    """Whole children; where their census is not published, to the nearest five, and a small count in words.

    >>> counted(384.0, openly=True), counted(384.0, openly=False), counted(3.0, openly=False), counted(0.0, openly=False)
    ('384', '385', 'fewer than 6', '0')
    """
    if openly:
        return children(count)
    return FEWER if is_small(count) else children(coarse(count))


def numbers(counts: Sequence[float], *, openly: bool) -> list[float | None]:
    """The same for a machine: a small count is None."""
    return [*counts] if openly else [None if is_small(count) else float(coarse(count)) for count in counts]


def hidden_parts(counts: Sequence[Sequence[float]], *, openly: bool) -> list[bool]:
    """Which parts of a whole may not show their money: those that are small in any of their counts.

    Where that is one alone, what the others leave of the total would be its money: the next smallest is hidden with it.
    """
    hidden = [not openly and any(map(is_small, part)) for part in counts]
    if sum(hidden) == 1:
        others = [place for place, part in enumerate(counts) if not hidden[place] and max(part) >= _NOBODY]
        if others:
            hidden[min(others, key=lambda place: max(counts[place]))] = True
    return hidden


def of_the_census(*, openly: bool) -> str:
    """What the base census is, within a sentence."""
    return "published" if openly else "the council's own"


def what_is_hidden(*, openly: bool) -> str:
    """A sentence for a table that hides; empty for one that need not."""
    return "" if openly else _HIDES


_HIDES = (
    f" The census is not published, so children are to the nearest {_ROUNDED_TO}, a count under {_SMALL + 1} is not given, "
    "nor money that would give it away."
)
