"""What commands write back into `params/`: a calibration, each factor with its prior beside it, and the intensities of a scenario."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from best_model.inputs.strict_yaml import read_yaml
from best_model.model.authority import Authority, Calibration

_DIGITS, _DIGITS_OF_INTENSITY = 10, 9
_HEAD = (
    "# Written by `best calibrate`; do not edit. The smallest weighted change that meets the published gaps exactly.\n"
)


def _put(path: Path, text: str) -> Path:
    """Write a file in one rename."""
    draft = path.with_suffix(".yaml.new")
    draft.write_text(text, encoding="utf-8")
    os.replace(draft, path)
    return path


def _yaml(content: Mapping[str, Any], flow: bool | None = False) -> str:
    """A line for each key; where `flow` is None, a line for each group of them."""
    return yaml.safe_dump(dict(content), sort_keys=False, allow_unicode=True, width=200, default_flow_style=flow)


def write_calibration(params: Path, authority: Authority, calibration: Calibration) -> Path:
    """Write `calibration.yaml` of a council, and say where."""
    path = params / authority.council.name / "calibration.yaml"
    return _put(path, _HEAD + _yaml(_content(authority, calibration)))


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


def write_intensities(
    params: Path, name: str, intensities: Mapping[str, float], inherited: Mapping[str, float], why: str
) -> Path:
    """Put intensities into `params/scenarios/<name>.yaml`; those `inherited` already are left unsaid.

    What else the file says is kept, but for its comments; `why` is the comment above the levers.
    """
    path = params / "scenarios" / f"{name}.yaml"
    said: dict[str, Any] = dict(read_yaml(path).content)
    levers: dict[str, dict[str, Any]] = {lever: dict(said) for lever, said in said.pop("levers", {}).items()}
    for lever, intensity in intensities.items():
        levers.setdefault(lever, {}).pop("intensity", None)
        if round(intensity, _DIGITS_OF_INTENSITY) != round(inherited[lever], _DIGITS_OF_INTENSITY):
            levers[lever]["intensity"] = round(intensity, _DIGITS_OF_INTENSITY)
    differing = {lever: levers[lever] for lever in intensities if levers[lever]}
    return _put(path, f"{_yaml(said)}# {why}\n{_yaml({'levers': differing}, flow=None)}")
