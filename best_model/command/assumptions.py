"""What `best assumptions` does: docs/assumptions.md, made anew from a folder of parameters by the template beside this."""

from pathlib import Path

from best_model.command.words import printed
from best_model.door import open_authority, open_scenario
from best_model.draws.sensitivity import one_at_a_time
from best_model.faces.plain import as_markdown, markdown
from best_model.inputs.strict_yaml import read_as
from best_model.model.ratings import Ratings
from best_model.questions.assumed import assumptions_by_subject, rated, series, weak_but_weighty


def assumptions_document(authority: str, params: Path) -> str:
    """Every assumption of a council as Markdown, rated by the swings of the scenario that `ratings.yaml` names."""
    ratings, document = read_as(Ratings, params / "ratings.yaml")
    opened = open_authority(authority, params)
    if ratings.target not in opened.council.targets:
        known = ", ".join(opened.council.targets)
        raise document.refusal(("target",), f"is {ratings.target!r}; targets.csv has {known}")
    scenario = open_scenario(ratings.scenario, authority, params)
    assumptions = rated(opened, scenario, ratings, one_at_a_time(opened, scenario))
    names = {
        "assumptions": assumptions,
        "markdown": markdown,
        "ratings": ratings,
        "scenario": as_markdown(scenario.title),
        "tables": assumptions_by_subject(opened, scenario, assumptions),
        "target": float(opened.council.targets[ratings.target][-1]),
        "title": as_markdown(opened.council.title),
        "weak": [(as_markdown(series(each)), each.swing) for each in weak_but_weighty(assumptions)],
        "year": opened.years[-1],
    }
    return printed("assumptions.md", **names) + "\n"
