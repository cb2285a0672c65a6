"""What `best assumptions` does: docs/assumptions.md, made anew from a folder of parameters."""

import os
from pathlib import Path

from best_model.door import open_authority, open_scenario
from best_model.draws.sensitivity import one_at_a_time
from best_model.inputs.ratings_yaml import read_ratings
from best_model.model.refusal import Refusal
from best_model.outputs.assumptions_page import assumptions_page


def assumptions_document(authority: str, params: Path) -> str:
    """Every assumption of a council as Markdown, rated by the swings of the scenario that `ratings.yaml` names."""
    ratings, opened = read_ratings(params), open_authority(authority, params)
    if ratings.target not in opened.council.targets:
        known = ", ".join(opened.council.targets)
        raise Refusal(f"ratings.yaml: target is {ratings.target!r}; targets.csv has {known}")
    scenario = open_scenario(ratings.scenario, authority, params)
    return assumptions_page(opened, scenario, ratings, one_at_a_time(opened, scenario))


def write_assumptions(authority: str, params: Path, file: Path) -> Path:
    """Write the page in one rename, and say where."""
    draft = file.with_suffix(".md.new")
    draft.write_text(assumptions_document(authority, params), encoding="utf-8")
    os.replace(draft, file)
    return file
