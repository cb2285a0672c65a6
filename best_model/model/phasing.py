"""When a change bites: ramps, and the share of a September, a calendar year or a financial year it is in force.

Months are counted from January of year 0, so that September 2026 is `month_number(2026, SEPTEMBER)`. A start may differ from
draw to draw, (draw, 1); what is asked for years then has a leading `draw` axis.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]


class Month:
    """The months that open a census year, a financial year and a school year, and how many make a year."""

    JANUARY: Final = 1
    APRIL: Final = 4
    SEPTEMBER: Final = 9
    IN_A_YEAR: Final = 12


def month_number(year: int | FloatArray, month: int) -> FloatArray:
    """Months from January of year 0 to the first day of `month` in `year`."""
    return np.asarray(year, dtype=float) * Month.IN_A_YEAR + (month - Month.JANUARY)


def ramp(months: FloatArray, start: float | FloatArray, length: float) -> FloatArray:
    """Share of a change's full effect in force at each month: 0 before `start`, then evenly up to 1.

    >>> ramp(np.array([0.0, 6.0, 12.0, 18.0]), start=6, length=12).tolist()
    [0.0, 0.0, 0.5, 1.0]
    """
    return np.clip((months - start) / length, 0.0, 1.0)


def ramped_months(month: FloatArray, start: float | FloatArray, length: float) -> FloatArray:
    """Full-effect months that a ramp has delivered by `month`: the area under `ramp`, in closed form.

    >>> ramped_months(np.array([6.0, 12.0, 18.0]), start=6, length=12).tolist()
    [0.0, 1.5, 6.0]
    """
    rising = np.clip(month - start, 0.0, length)
    return rising**2 / (2 * length) + np.maximum(month - start - length, 0.0)


def share_of_twelve_months(first: FloatArray, start: float | FloatArray, length: float) -> FloatArray:
    """Mean share in force over the twelve months that begin at each `first`."""
    delivered = ramped_months(first + Month.IN_A_YEAR, start, length) - ramped_months(first, start, length)
    return delivered / Month.IN_A_YEAR


def share_in_september(years: FloatArray, start: float | FloatArray, length: float) -> FloatArray:
    """Share in force by the end of September of each year: for what changes with the school year, as phase transfer does."""
    return ramp(month_number(years, Month.SEPTEMBER) + 1, start, length)


def census_weights() -> tuple[float, float]:
    """Share of a financial year that falls before September, and from it: 5/12 and 7/12.

    April to August are charged at the January census before the financial year opens, September to March at the one
    within it; so a change made in September is worth seven twelfths in its first financial year.
    """
    before = (Month.SEPTEMBER - Month.APRIL) / Month.IN_A_YEAR
    return before, 1.0 - before
