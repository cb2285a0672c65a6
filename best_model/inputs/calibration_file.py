"""The calibration as a committed file, each factor with its prior beside it."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from best_model.model.authority import Authority, Calibration

_DIGITS = 10
_HEAD = (
    "# Written by `best calibrate`; do not edit. The smallest weighted change that meets the published gaps exactly.\n"
)


def write_calibration(params: Path, authority: Authority, calibration: Calibration) -> Path:
    """Write `calibration.yaml` of a council in one rename, and say where."""
    path = params / authority.council.name / "calibration.yaml"
    draft = path.with_suffix(".yaml.new")
    draft.write_text(
        _HEAD + yaml.safe_dump(_content(authority, calibration), sort_keys=False, allow_unicode=True), encoding="utf-8"
    )
    os.replace(draft, path)
    return path


def _content(authority: Authority, calibration: Calibration) -> dict[str, Any]:
    council, source = authority.council, authority.council.forecast.source
    priors = [council.assumptions[f"new_plans_index.{year}"] for year in authority.januaries[:-1]]
    demand = {
        year: _entry(value, prior.value, prior.low, prior.high, prior.unit, source)
        for year, value, prior in zip(authority.januaries, calibration.demand, priors, strict=False)
    }
    spread = float(np.exp(council.assumptions["calibration_spread.price"].value))
    price = {
        year: _entry(value, 1.0, 1.0 / spread, spread, "factor on plan prices", source)
        for year, value in zip(authority.years, calibration.price_index, strict=True)
    }
    return {"new_plans_index": demand, "price_index": price}


def _entry(value: float, prior: float, low: float, high: float, unit: str, source: str) -> dict[str, object]:
    """A calibrated figure: the prior's range moves with it."""
    factor = value / prior
    return {
        "value": round(float(value), _DIGITS),
        "low": round(float(low * factor), _DIGITS),
        "high": round(float(high * factor), _DIGITS),
        "unit": unit,
        "pedigree": "calibrated",
        "source": source,
        "note": f"Prior {prior:.2f}, range {low:.2f} to {high:.2f}",
    }
