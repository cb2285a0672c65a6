"""What is loaded before the documents begin is what their notebooks import, and nothing that a fault in one could break."""

import json
from pathlib import Path

import pytest

from best_model.papers import warming


def loaded(folder: Path, monkeypatch: pytest.MonkeyPatch, *sources: str) -> list[str]:
    cells = [{"cell_type": "code", "source": source.splitlines(keepends=True)} for source in sources]
    (folder / "small.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
    asked: list[str] = []
    monkeypatch.setattr(warming, "warm_up", asked.extend)
    warming.warm_for(["small"], folder)
    return asked[3:]


def test_every_import_of_a_notebook_is_loaded_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = ("import json.decoder\nfrom html import parser", "from collections.abc import Sequence")
    assert loaded(tmp_path, monkeypatch, *sources) == [
        "collections.abc", "collections.abc.Sequence", "html", "html.parser", "json.decoder",
    ]  # fmt: skip


@pytest.mark.parametrize("source", ["%matplotlib inline", "import absent_library", "from . import here", "1 +"])
def test_what_cannot_be_loaded_is_left_to_its_cell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    assert loaded(tmp_path, monkeypatch, source) == []


def test_where_the_parameters_are_is_looked_up_by_each_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert loaded(tmp_path, monkeypatch, "from best_model.door import PARAMS") == []


@pytest.mark.parametrize("content", ["", "[]", '{"cells": 3}', '{"cells": [{"cell_type": "code"}]}'])
def test_a_file_that_is_no_notebook_loads_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    (tmp_path / "small.ipynb").write_text(content, encoding="utf-8")
    asked: list[str] = []
    monkeypatch.setattr(warming, "warm_up", asked.extend)
    warming.warm_for(["small"], tmp_path)
    assert len(asked) == 3
