"""`params/ratings.yaml`: when the impact of an assumption is called high, medium or low."""

from pathlib import Path

from best_model.inputs.strict_yaml import read_yaml, validate
from best_model.model.ratings import Ratings


def read_ratings(params: Path) -> Ratings:
    """The thresholds of the impact rating, refused by line if they are wrong."""
    document = read_yaml(params / "ratings.yaml")
    return validate(Ratings, document.content, document)
