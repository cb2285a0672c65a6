"""Anchors and notes that tables share which are not `Table` yet."""

from best_model.model.authority import Authority
from best_model.outputs.tables import slug

METHOD = "how-the-figures-are-made"
ROUNDED = "Totals are of unrounded parts, so rounded parts may not add."


def report_anchor(authority: Authority) -> str:
    """The anchor of the council's own forecast among the sources."""
    return f"source-{slug(authority.council.forecast.source)}"


def figure_anchor(name: str) -> str:
    """Where an assumption stands among the assumptions of a page."""
    return f"figure-{slug(name)}"
