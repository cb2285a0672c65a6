"""Where the project is, and the folder of parameters: the project's own, or the one that the environment names."""

import os
from pathlib import Path

from best_model.inputs.used import PARAMS_VARIABLE, note_what_is_opened

PROJECT = Path(__file__).resolve().parents[2]
PARAMS = Path(os.environ.get(PARAMS_VARIABLE, PROJECT / "params"))

note_what_is_opened(PARAMS)
