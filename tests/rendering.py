"""Run a notebook's cells in this process, again and again for other scenarios and councils, and say what each cell shows.

`python rendering.py NOTEBOOK CASES`: CASES is JSON, pairs of scenario and council; prints JSON, a list of cells for each case, each with
its source, its HTML and what went wrong. One process, so that libraries are loaded once. BEST_PARAMS names the parameters.
"""

import json
import sys
from pathlib import Path
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from best_model.faces.magics import register


def cells_of(notebook: Path, scenario: str, authority: str) -> list[str]:
    """Its code cells in order, without interactive ones, with the parameters put in."""
    cells = [cell for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
    sources = []
    for cell in cells:
        tags = cell["metadata"].get("tags", [])
        if "parameters" in tags:
            sources.append(f"scenario, authority = {scenario!r}, {authority!r}")
        elif "interactive" not in tags:
            sources.append("".join(cell["source"]))
    return sources


def shown(shell: InteractiveShell, source: str) -> dict[str, str]:
    """What one cell shows, as HTML or as text, and the error that stopped it, if one did."""
    with capture_output() as captured:
        result = shell.run_cell(source, store_history=False)
    error = result.error_before_exec or result.error_in_exec
    data: list[dict[str, Any]] = [output.data for output in captured.outputs]
    html = "\n".join(str(each.get("text/html", each.get("text/plain", ""))) for each in data)
    return {"source": source, "html": html, "error": f"{type(error).__name__}: {error}" if error else ""}


def main(notebook: Path, cases: list[list[str]]) -> None:
    """Every case in turn, each with names of its own; a case stops at its first error, as the batch does."""
    shell = InteractiveShell.instance()
    register(shell)
    found = []
    for scenario, authority in cases:
        shell.reset(new_session=False)
        of_case: list[dict[str, str]] = []
        for source in cells_of(notebook, scenario, authority):
            of_case.append(shown(shell, source))
            if of_case[-1]["error"]:
                break
        found.append(of_case)
    print(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), json.loads(sys.argv[2]))
