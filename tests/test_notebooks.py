"""Notebooks read as papers: prose and calls, one parameters cell, no outputs kept. Running them is nbval's part."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
MOST_LINES, MOST_LINES_OF_WORDS = 5, 8


def _cells(notebook: Path, kind: str) -> list[dict[str, Any]]:
    return [cell for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == kind]


def _source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def test_the_notebooks_are_there() -> None:
    assert [notebook.stem for notebook in NOTEBOOKS] == [
        "01_published_forecast",
        "02_placement_mix",
        "03_base_and_stretched",
        "04_back_test",
        "05_how_sure",
        "06_what_it_would_take",
        "07_places_and_money",
        "08_comparison_and_equality",
        "09_assurance",
        "committee_pack",
    ]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_opens_with_its_question_and_then_its_parameters(notebook: Path) -> None:
    first, second, *_ = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    assert re.fullmatch(r"# [^#\n]+\?", _source(first))
    assert second["metadata"]["tags"] == ["parameters"]
    assert re.fullmatch(r'scenario = "[a-z_]+"\nauthority = "[a-z_]+"', _source(second))


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_cell_is_a_call_or_a_few_and_holds_no_logic(notebook: Path) -> None:
    for cell in _cells(notebook, "code"):
        source = _source(cell)
        assert len(source.splitlines()) <= (MOST_LINES_OF_WORDS if source.startswith("%%say") else MOST_LINES), source
        assert not re.search(r"^(def|class|for|while|if|try)\b", source, re.MULTILINE), source
        assert not re.search(r"\b(pandas|numpy|matplotlib)\b", source), source


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_output_and_no_count_is_kept_in_git(notebook: Path) -> None:
    for cell in _cells(notebook, "code"):
        assert not cell["outputs"]
        assert cell["execution_count"] is None


@pytest.mark.parametrize("name", ["02_placement_mix", "03_base_and_stretched", "06_what_it_would_take"])
def test_slider_cells_are_tagged_to_be_left_out_of_the_batch(name: str) -> None:
    notebook = next(notebook for notebook in NOTEBOOKS if notebook.stem == name)
    sliders = [cell for cell in _cells(notebook, "code") if "Panel(" in _source(cell)]
    assert sliders
    assert all(cell["metadata"]["tags"] == ["interactive"] for cell in sliders)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_prose_holds_no_figure_that_the_model_computes(notebook: Path) -> None:
    for cell in _cells(notebook, "markdown"):
        assert not re.search(r"£\d|\d+\.\d|\b\d{1,3},\d{3}\b|\d+%", _source(cell)), _source(cell)
