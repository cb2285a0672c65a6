"""The cumulative High Needs deficit under three named cases, £ at each 31 March."""

import numpy as np

from best_model.model.authority import Money
from best_model.model.phasing import FloatArray

CASES = {
    "as_published": "No grant: every deficit stays with the council",
    "stability_grant": "Stability grant paid on the deficit brought forward",
    "grant_and_new_deficits_leave": "Grant paid, and in time new deficits leave the council",
}


def cumulative_deficit(gap: FloatArray, money: Money, years: tuple[str, ...]) -> dict[str, FloatArray]:
    """Deficit brought forward plus the in-year gaps, (year,) or (draw, year), by case."""
    left = money.brought_forward * (1.0 - np.asarray(money.stability_grant)[..., None])
    kept = np.array([year < money.relief_from for year in years])
    return {
        "as_published": money.brought_forward + np.cumsum(gap, axis=-1),
        "stability_grant": left + np.cumsum(gap, axis=-1),
        "grant_and_new_deficits_leave": left + np.cumsum(np.where(kept, gap, 0.0), axis=-1),
    }
