"""Small counts as text, for tables that are not `Table` yet."""

from best_model.faces.numbers import children
from best_model.questions.small_counts import coarse, hidden_parts, is_small, numbers

__all__ = [
    "FEWER",
    "NOT_SHOWN",
    "coarse",
    "counted",
    "hidden_parts",
    "is_small",
    "numbers",
    "of_the_census",
    "what_is_hidden",
]

NOT_SHOWN, FEWER = "not shown", "fewer than 6"


def counted(count: float, *, openly: bool) -> str:
    """Whole children; where their census is not published, to the nearest five, and a small count in words.

    >>> counted(384.0, openly=True), counted(384.0, openly=False), counted(3.0, openly=False), counted(0.0, openly=False)
    ('384', '385', 'fewer than 6', '0')
    """
    if openly:
        return children(count)
    return FEWER if is_small(count) else children(coarse(count))


def of_the_census(*, openly: bool) -> str:
    """What the base census is, within a sentence."""
    return "published" if openly else "the council's own"


def what_is_hidden(*, openly: bool) -> str:
    """A sentence for a table that hides; empty for one that need not."""
    return "" if openly else _HIDES


_HIDES = (
    " The census is not published, so children are to the nearest 5, a count under 6 is not given, "
    "nor money that would give it away."
)
