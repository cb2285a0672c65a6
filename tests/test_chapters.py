"""The chapters of the committee paper: their tables add up to each other, their charts say their numbers, their words are short."""

import re
from html import unescape
from pathlib import Path

import numpy as np
import pytest

from best_model.door import at_evidence, open_authority, open_ensemble, open_result
from best_model.draws.ensemble import ensemble
from best_model.draws.odds import Sample
from best_model.faces.numbers import millions, pounds_m
from best_model.model.authority import Authority
from best_model.model.engine import Result
from best_model.outputs import page_one
from best_model.questions.saved import from_gap_to_gap, savings
from best_model.questions.whose import cash_and_avoided, kinds_of_saving


@pytest.fixture(scope="module")
def authority() -> Authority:
    return open_authority()


@pytest.fixture(scope="module")
def evidence(authority: Authority) -> page_one.Evidence:
    return page_one.Evidence(
        at_evidence("low", authority), at_evidence("central", authority), at_evidence("high", authority)
    )


@pytest.fixture(scope="module")
def sample(authority: Authority) -> Sample:
    """Fewer draws than the papers make: what is said of them must be what they hold."""
    ready = open_ensemble("evidence", authority, 7)
    return Sample(ready, ensemble(ready, 512))


@pytest.fixture(scope="module")
def plans(authority: Authority) -> list[Result]:
    return [open_result(name, authority) for name in ("base", "stretched")]


@pytest.fixture(scope="module")
def stretched(plans: list[Result]) -> Result:
    return plans[1]


def words(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)


def rows(html: str) -> dict[str, list[str]]:
    """Cells by row heading, as text."""
    found = re.findall(r"<tr[^>]*><th scope=\"row\">(.*?)</th>(.*?)</tr>", html)
    return {
        re.sub(r" ?<.*", "", head): [words(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", cells)]
        for head, cells in found
    }


def number(cell: str) -> float:
    """The first number of a cell: of `134.9 (88,957)`, 134.9."""
    return float(cell.split("\N{NO-BREAK SPACE}", maxsplit=1)[0].replace(",", "").replace("−", "-"))


# ---- Savings


def test_what_is_cashable_and_what_is_avoided_are_the_last_cells_of_their_table(stretched: Result) -> None:
    """17.5 and 37.2 of 54.7."""
    table, kinds = kinds_of_saving(stretched), cash_and_avoided(stretched)
    assert [millions(kinds.cash), millions(kinds.avoided)] == ["17.5", "37.2"]
    assert kinds.cash + kinds.avoided == pytest.approx(table["Six priorities, net", -1])
    assert table["Six priorities, net", -1] == pytest.approx(stretched.identified[-1])


def test_with_nothing_done_nothing_is_cashable(authority: Authority) -> None:
    assert not cash_and_avoided(open_result("do_nothing", authority)).any


# ---- Page one


def test_a_no_stands_first(evidence: page_one.Evidence) -> None:
    """£42.0m is short of £48.0m."""
    assert evidence.found[1] < 48e6
    assert words(page_one.answer(evidence).html).startswith(
        "No: on central assumptions, the programme saves £42.0m a year by 2029/30"
    )


def test_a_yes_stands_first_where_both_targets_are_found(evidence: page_one.Evidence) -> None:
    best = page_one.Evidence(evidence.low, evidence.high, evidence.high)
    assert evidence.found[2] > 66_146_000
    assert words(page_one.answer(best).html).startswith("Yes: ")


def test_the_figure_and_its_table_say_the_same_of_every_year(
    evidence: page_one.Evidence, stretched: Result, sample: Sample
) -> None:
    html = page_one.by_year(evidence, stretched, sample).html
    assert html.count("<svg") == html.count("<table") == 1
    told = re.findall(r'aria-label="(Saving.*?)"', html)[0]
    for year, (target, modelled, short) in rows(html).items():
        assert f"{year}: £{modelled}m, " in told
        assert f"target £{target}m" in told
        draws = np.sort(sample.outcomes.saving[:, stretched.years.index(year)])
        low, high = (float(each) for each in re.findall(rf"{year}: .*?ten £([\d.]+)m to £([\d.]+)m", told)[0])
        assert 0.03 <= np.mean(draws < low * 1e6) <= 0.07
        assert 0.93 <= np.mean(draws < high * 1e6) <= 0.97
        assert abs(number(target) - number(modelled) - number(short)) <= 0.11


def test_the_figure_marks_a_target_in_the_years_it_is_published_for(
    evidence: page_one.Evidence, plans: list[Result], sample: Sample
) -> None:
    """Four for stretched, one for base, whichever plan the table beside is of."""
    for plan in plans:
        html = page_one.by_year(evidence, plan, sample).html
        assert (html.count("<line "), html.count("<path ")) == (4, 1)
    assert "target not published" in page_one.by_year(evidence, plans[0], sample).html


# ---- Where the savings come from


@pytest.mark.parametrize("name", ["do_nothing", "evidence", "base", "stretched"])
def test_the_steps_go_from_the_gap_before_to_the_gap_left(authority: Authority, name: str) -> None:
    """For stretched 174.182 less 66.146 is 108.036: the published line of 2029/30."""
    result = open_result(name, authority)
    first, *lines, last = (row.values[0] for row in from_gap_to_gap(result).rows)
    assert first == pytest.approx(174_182_000, abs=1)
    assert sum(lines) == pytest.approx(last - first)  # type: ignore[arg-type]
    assert [-line for line in lines] == pytest.approx([row.values[-1] for row in savings(result).rows[:-1]])  # type: ignore[operator]
    if name == "stretched":
        assert last == pytest.approx(108_036_000, abs=1)


# ---- The gap and the deficit


def test_even_met_in_full_the_gap_widens_and_both_ends_are_said_and_shown(
    stretched: Result, evidence: page_one.Evidence
) -> None:
    assert [millions(stretched.gap_after[place]) for place in (0, -1)] == ["72.5", "108.0"]
    opening = words(page_one.lead(evidence).html)
    assert "even with the stretched plan met in full, it widens from £72.5m to £108.0m" in opening
    first, last = (pounds_m(evidence.central.gap_after[place]) for place in (0, -1))
    assert f"The yearly gap then widens from {first} to {last};" in opening


def test_page_one_says_what_the_priorities_save_by_themselves(evidence: page_one.Evidence) -> None:
    """£42.0m is £30.5m of the six priorities and £11.5m of what is in train."""
    opening = words(page_one.lead(evidence).html)
    found = re.match(r"The six priorities save £([\d.]+)m of it; £([\d.]+)m is assumed of measures begun", opening)
    assert found
    assert float(found[1]) + float(found[2]) == pytest.approx(42.0, abs=0.1)
    assert float(found[2]) == 11.5


# ---- Large type


@pytest.mark.slow
@pytest.mark.browser
def test_no_document_of_the_pack_has_large_type_of_more_than_twenty_four_words_or_one_sentence(
    committee_pack: Path,
) -> None:
    """Numbers, names and titles of scenarios vary in length, hence a few words more than the twenty aimed at."""
    found = [
        (path.name, unescape(words(answer)).strip())
        for path in sorted(committee_pack.glob("*.html"))
        for answer in re.findall(r'<p[^>]*class="answer"[^>]*>(.*?)</p>', path.read_text(encoding="utf-8"), re.DOTALL)
    ]
    assert len(found) > 40
    assert [(name, said) for name, said in found if len(said.split()) > 24] == []
    assert [(name, said) for name, said in found if not re.fullmatch(r"(?:[^.?!]|\.(?=\d))+\.", said)] == []
