"""Words with computed numbers: what is put in stands as text, and what has no unit, no name or no number stops the page."""

import pytest

from best_model.faces.say import said, worded
from best_model.model.refusal import Refusal


def test_a_number_is_read_by_its_filter_and_a_role_becomes_a_class() -> None:
    assert (
        said("No: **{{ found | gbp_m }}**.", {"found": 42e6}, "answer")
        == '<p class="answer">No: <strong>£42.0m</strong>.</p>'
    )


def test_what_comes_from_outside_is_neither_html_nor_markdown() -> None:
    html = said("Named {{ name }}.", {"name": "<script>*a* [b](http://c)\n# d"})
    assert "<script" not in html
    assert "<em>" not in html
    assert "<a" not in html
    assert "<h1" not in html
    assert "*a* [b](http://c) # d" in html


@pytest.mark.parametrize(
    ("template", "wrong"),
    [
        ("{{ nobody }}", "'nobody' is undefined"),
        ("{{ amount }}", "has no unit"),
        ("{{ missing | gbp_m }}", "nan cannot be read aloud"),
        ("{{ amount.__class__ }}", "is unsafe"),
        ("{% if amount %}", "in the words"),
    ],
)
def test_a_sentence_that_cannot_be_said_stops_and_says_why(template: str, wrong: str) -> None:
    with pytest.raises(Refusal, match=wrong):
        said(template, {"amount": 1.5, "missing": float("nan")})


def test_a_title_is_plain_words() -> None:
    assert worded(
        "{{ many | counted('priority', 'priorities') | capital }} & {{ names | listed }}",
        {"many": 6, "names": ["a", "b"]},
    ) == ("Six priorities & a and b")
