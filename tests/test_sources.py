"""Where figures come from: sources, kinds of figure, and the words that the committee paper explains."""

import json
import re

import pytest
from conftest import best

from best_model.door import open_authority, open_result
from best_model.faces.html import METHOD_ANCHOR, SOURCES_ANCHOR, html, slug
from best_model.faces.say import as_html
from best_model.inputs.folders import PROJECT
from best_model.model.engine import Result
from best_model.questions.sources import kinds_of_figure, sources


@pytest.fixture(scope="module")
def result() -> Result:
    return open_result("stretched", open_authority())


def test_the_glossary_explains_each_term_once_and_names_each_scenario(result: Result) -> None:
    cells = json.loads((PROJECT / "notebooks" / "committee_pack.ipynb").read_text(encoding="utf-8"))["cells"]
    words = "".join(next(each["source"] for each in cells if each["source"][0].startswith("## What the words mean")))
    terms = re.findall(r"<dt>(.*?)</dt>", str(as_html(words)))
    assert len(terms) == len(set(terms)) == words.count("\n: ")
    assert terms == sorted(terms, key=lambda term: re.sub(r"\W", "", term).lower())
    titles = [open_result(name, result.authority).scenario.title for name in ("evidence", "base", "stretched")]
    assert {*titles, "Found", "In train", "Stability grant", "Statutory override"} <= set(terms)


def test_every_source_can_be_linked_to_and_how_figures_are_made_names_a_trace_that_the_command_answers(
    result: Result,
) -> None:
    table, kinds = sources(result.authority), kinds_of_figure(result.authority)
    assert [row.anchor for row in table.rows] == [f"source:{key}" for key in result.authority.council.sources]
    assert (slug(kinds.caption), slug(table.caption)) == (METHOD_ANCHOR, SOURCES_ANCHOR)
    assert '<a href="https://explore-education-statistics.service.gov.uk' in html(table)
    (asked,) = re.findall(r"such as best explain (.*?)\.$", kinds.notes[0])
    found = best("explain", *asked.split())
    assert found.exit_code == 0
    assert asked in found.output
