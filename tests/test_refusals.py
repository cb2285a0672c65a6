"""What a wrong value in a file is answered with: the key, the value, and what to write instead; never a pattern or a type."""

from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import Field

from best_model.inputs.strict_yaml import read_yaml, validate
from best_model.model.refusal import Refusal
from best_model.model.scenario import Action, FinancialYear, Frozen, MonthOfYear, Pedigree, Slug, Workstream


class Sheet(Frozen):
    """One key of each kind."""

    start: MonthOfYear = "2027-04"
    year: FinancialYear = "2027/28"
    name: Slug = "one"
    share: float = 0.5
    months: int = 1
    title: str = "words"
    tie: bool = True
    parts: tuple[str, ...] = Field((), strict=False)
    level: Literal["low", "central", "high"] = "central"
    at_most: Annotated[float, Field(le=1.0)] = 1.0
    above: Annotated[float, Field(gt=0.0)] = 1.0
    from_one: Annotated[int, Field(ge=1)] = 1
    short: Annotated[str, Field(min_length=1, max_length=9)] = "words"
    some: Annotated[tuple[str, ...], Field(strict=False, min_length=1)] = ("one",)
    pair: tuple[int, int] = Field((1, 2), strict=False)
    how_much: float | Literal["low", "high"] = 1.0
    pedigree: Annotated[Pedigree, Field(strict=False)] = Pedigree.ASSUMED
    action: Action | None = None


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("start: 2027-04-01", "start is '2027-04-01'; write the month, as 2027-04"),
        ("start: April 2027", "start is 'April 2027'; write the month, as 2027-04"),
        ("year: 2027-28", "year is '2027-28'; write the financial year, as 2027/28"),
        ("name: Two words", "write small letters, digits and underscores"),
        ("share: a lot", "share is 'a lot'; write a number, as 0.25"),
        ("months: 1.5", "months is 1.5; write a whole number, as 12"),
        ("title: 12", "title is 12; write words, in quotation marks"),
        ("tie: maybe", "tie is 'maybe'; write true or false"),
        ("parts: one", "parts is 'one'; write a list, as [one, two]"),
        ("level: middle", "level is 'middle'; write 'low', 'central' or 'high'"),
        ("at_most: 2", "at_most is 2; write a number of 1 or less"),
        ("above: 0", "above is 0; write a number above 0"),
        ("from_one: 0", "from_one is 0; write a number of 1 or more"),
        ('short: ""', "short is ''; write a word or more"),
        ("short: much too long", "short is 'much too long'; write at most 9 letters"),
        ("short:", "short is empty; write words"),
        ("some: []", "some is a list; write 1 or more in it"),
        ("pair: [1]", "pair.1 is missing; add it"),
        ("pair: [1, 2, 3]", "pair is a list; write 2 in it"),
        ("how_much: lots", "how_much is 'lots'; write a number, as 0.25, or 'low' or 'high'"),
        ("pedigree: guessed", "pedigree is 'guessed'; write 'published', 'calibrated' or 'assumed'"),
        ("action: {acts_on: hopes}", "action has acts_on 'hopes'; write one of 'new_plans', 'moves',"),
        ("action: {share: 1}", "action has no acts_on; add it"),
    ],
)
def test_a_wrong_value_is_answered_with_what_to_write(tmp_path: Path, line: str, answer: str) -> None:
    path = tmp_path / "sheet.yaml"
    path.write_text(line + "\n", encoding="utf-8")
    document = read_yaml(path)
    with pytest.raises(Refusal) as refused:
        validate(Sheet, document.content, document)
    assert str(refused.value).startswith("sheet.yaml, line 1: ")
    assert answer in str(refused.value)


def test_every_pattern_of_a_scenario_has_its_words() -> None:
    """A pattern that is changed in the model and not in the messages would be answered with nothing of use."""
    from best_model.inputs.strict_yaml import _HOW  # noqa: PLC0415

    ready = Workstream.model_fields["ready_to_report"].metadata
    patterns = {each.pattern for kind in (MonthOfYear, FinancialYear, Slug) for each in kind.__metadata__[0].metadata}
    assert patterns | {getattr(each, "pattern", None) for each in ready} - {None} == set(_HOW)
