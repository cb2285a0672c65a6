"""A pack's YAML is refused by file, line and key, in words its author can act on."""

from pathlib import Path

import pytest

from best_model.inputs.packs import PackDocument, read_pack
from best_model.model.refusal import Refusal

SOUND = """\
name: spring
title: Will it do?
meeting: Scrutiny
audience: Members
date: 2027-03-01
authority: leicestershire
scenarios: [stretched]
documents:
  - notebook: answer
    scenario: base
  - notebook: answer
    scenario: stretched
"""
COMMITTEE = Path(__file__).parents[1] / "params" / "packs" / "committee.yaml"


def refused(folder: Path, old: str, new: str) -> str:
    assert old in SOUND
    path = folder / "spring.yaml"
    path.write_text(SOUND.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(Refusal) as caught:
        read_pack(path)
    return str(caught.value)


def test_a_sound_pack_keeps_its_documents_in_order(tmp_path: Path) -> None:
    path = tmp_path / "spring.yaml"
    path.write_text(SOUND, encoding="utf-8")
    pack = read_pack(path)
    assert pack.documents == (
        PackDocument(notebook="answer", scenario="base"),
        PackDocument(notebook="answer", scenario="stretched"),
    )


def test_the_committee_pack_opens_with_the_committee_paper() -> None:
    pack = read_pack(COMMITTEE)
    assert (pack.documents[0].notebook, pack.documents[0].scenario) == ("committee_pack", "stretched")
    assert len(pack.documents) == 11


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("authority:", "chair: A Person\nauthority:", 6, "chair is not a key"),
        ("title: Will it do?\n", "title: One\ntitle: Two\n", 3, "title is already said on line 2"),
        ("scenario: base", "scenario: base\n    seed: 1", 11, "documents.0.seed is not a key"),
        ("scenario: stretched", "scenario: base", 11, "documents.1 is answer on base, as on line 9; keep one"),
        ("name: spring", "name: autumn", 1, "make it 'spring', as the file is called"),
        ("2027-03-01", "1 March 2027", 5, "write a date as year-month-day"),
        ("2027-03-01", "2027-02-30", 5, "write a date as year-month-day"),
        ("notebook: answer", "notebook: ../answer", 9, "documents.0.notebook is '../answer'"),
        ("title: Will it do?", "title: 3", 2, "title is 3"),
        ("[stretched]", "[]", 7, "name at least one scenario, each once"),
        ("[stretched]", "[base, base]", 7, "name at least one scenario, each once"),
    ],
)
def test_a_fault_is_named_by_file_line_and_key(tmp_path: Path, old: str, new: str, line: int, said: str) -> None:
    message = refused(tmp_path, old, new)
    assert message.startswith(f"spring.yaml, line {line}: ")
    assert said in message


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    assert "meeting is missing; add it" in refused(tmp_path, "meeting: Scrutiny\n", "")


def test_a_pack_of_no_documents_is_refused(tmp_path: Path) -> None:
    listed = SOUND[SOUND.index("documents:") :]
    assert "line 8: documents is empty" in refused(tmp_path, listed, "documents: []\n")
