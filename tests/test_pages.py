"""Tables of the papers: what a cell says is what the engine counted."""

import re

import numpy as np
import pytest
from click.testing import CliRunner

from best_model.command.main import main
from best_model.door import open_authority, open_result
from best_model.faces.html import METHOD_ANCHOR, SOURCES_ANCHOR, html, slug
from best_model.faces.numbers import children
from best_model.model.engine import Result
from best_model.outputs import pages
from best_model.questions.sources import kinds_of_figure, sources


@pytest.fixture(scope="module")
def result() -> Result:
    return open_result("stretched", open_authority())


def rows(html: str) -> dict[str, list[str]]:
    """Cells by row heading, as text."""
    found = {}
    for row in re.findall(r"<tr[^>]*><th scope=\"row\">(.*?)</tr>", html):
        head, *cells = re.split(r"</th>|</td>", row)
        found[re.sub(r" <span.*|<[^>]+>", "", head)] = [re.sub(r"<[^>]+>", "", cell) for cell in cells if cell]
    return found


def test_whom_each_priority_acts_on_is_given_by_january_with_where_they_come_from(result: Result) -> None:
    """The graduated offer's new plans: what the engine counted between each pair of Januaries from 2026."""
    shown = rows(pages.reach_table(result).html)
    offer = shown["Graduated offer with outreach: New plans not needed, support having come earlier"]
    counted = [children(float(flow.children[1, 0])) for flow in result.simulation.flows[1:]]
    assert offer == [*counted, "children without a plan"]
    step_down = shown["Commissioning and demand: Step down after review: INMSS to state special school"]
    assert step_down[-1] == "INMSS"
    places = shown["Specialist places and resource bases: Places opened, resource base"]
    assert places[-2:] == ["300 places", "not a move"]


def test_the_year_before_the_programme_has_nobody_to_show(result: Result) -> None:
    assert not result.simulation.flows[0].children.any()


def test_the_columns_of_the_mix_add_to_all_plans(result: Result) -> None:
    shown = rows(pages.mix_table([result]).html)
    for place in range(3):
        parts = [
            int(cells[place].split("\N{NO-BREAK SPACE}")[0].replace(",", ""))
            for name, cells in shown.items()
            if name != "All plans"
        ]
        assert abs(np.sum(parts) - int(shown["All plans"][place].replace(",", ""))) <= len(parts) / 2


def test_a_term_of_the_glossary_is_explained_once() -> None:
    html = pages.glossary().html
    terms = re.findall(r"<dt>(.*?)</dt>", html)
    assert len(terms) == len(set(terms)) == html.count("<dd>")
    assert terms == sorted(terms, key=lambda term: re.sub(r"\W", "", term).lower())


def test_the_glossary_names_each_scenario_and_each_part_of_what_they_save(result: Result) -> None:
    terms = re.findall(r"<dt>(.*?)</dt>", pages.glossary().html)
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
    found = CliRunner().invoke(main, ["explain", *asked.split()])
    assert found.exit_code == 0
    assert asked in found.output
