"""What the commands say: the templates beside this, filled as plain text."""

from pathlib import Path
from typing import Any

from best_model.faces.say import worded


def printed(template: str, **names: Any) -> str:
    """A template of this folder, by its name without `.j2`. A table in it prints itself."""
    return worded(Path(__file__).with_name(f"{template}.j2").read_text(encoding="utf-8"), names)
