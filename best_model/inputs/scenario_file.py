"""Writing a scenario back as a short file that says only what differs from the one it extends."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from best_model.inputs.strict_yaml import read_yaml

_DIGITS = 9


def write_intensities(
    params: Path, name: str, intensities: Mapping[str, float], inherited: Mapping[str, float], why: str
) -> Path:
    """Put intensities into `params/scenarios/<name>.yaml` in one rename; those `inherited` already are left unsaid.

    What else the file says is kept, but for its comments; `why` is the comment above the levers.
    """
    path = params / "scenarios" / f"{name}.yaml"
    said: dict[str, Any] = dict(read_yaml(path).content)
    levers: dict[str, dict[str, Any]] = {lever: dict(said) for lever, said in said.pop("levers", {}).items()}
    for lever, intensity in intensities.items():
        levers.setdefault(lever, {}).pop("intensity", None)
        if round(intensity, _DIGITS) != round(inherited[lever], _DIGITS):
            levers[lever]["intensity"] = round(intensity, _DIGITS)
    differing = {lever: levers[lever] for lever in intensities if levers[lever]}
    draft = path.with_suffix(".yaml.new")
    draft.write_text(f"{_yaml(said, flow=False)}# {why}\n{_yaml({'levers': differing}, flow=None)}", encoding="utf-8")
    os.replace(draft, path)
    return path


def _yaml(content: Mapping[str, Any], flow: bool | None) -> str:
    """A line for each key; where `flow` is None, a line for each lever."""
    return yaml.safe_dump(dict(content), sort_keys=False, allow_unicode=True, width=200, default_flow_style=flow)
