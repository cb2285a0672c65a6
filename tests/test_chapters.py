"""The chapters of the committee paper: their tables add up to each other, their charts say their numbers, their words are short."""

import numpy as np
import pytest

from best_model.door import at_evidence, open_ensemble, open_result
from best_model.draws.ensemble import ensemble
from best_model.draws.odds import Sample
from best_model.faces.cards import cards as drawn
from best_model.faces.numbers import millions
from best_model.model.authority import Authority
from best_model.model.engine import Result
from best_model.model.settings import SETTINGS
from best_model.questions.answered import Evidence, beyond_evidence, cards, found_by_year, needed
from best_model.questions.saved import from_gap_to_gap, savings
from best_model.questions.whose import cash_and_avoided, kinds_of_saving


@pytest.fixture(scope="module")
def evidence(authority: Authority) -> Evidence:
    return Evidence(at_evidence("low", authority), at_evidence("central", authority), at_evidence("high", authority))


@pytest.fixture(scope="module")
def sample(authority: Authority) -> Sample:
    """Fewer draws than the papers make: what is said of them must be what they hold."""
    ready = open_ensemble("evidence", authority, 7)
    return Sample(ready, ensemble(ready, 512))


# ---- Savings


def test_what_is_cashable_and_what_is_avoided_are_the_last_cells_of_their_table(stretched: Result) -> None:
    """17.5 and 37.2 of 54.7."""
    table, kinds = kinds_of_saving(stretched), cash_and_avoided(stretched)
    assert [millions(kinds.cash), millions(kinds.avoided)] == ["17.5", "37.2"]
    assert kinds.cash + kinds.avoided == pytest.approx(table["All priorities, net", -1])
    assert table["All priorities, net", -1] == pytest.approx(stretched.identified[-1])


# ---- Page one


def test_no_target_is_reached_on_the_evidence(evidence: Evidence) -> None:
    """£42.0m is short of £48.0m."""
    assert (evidence.found[1] < 48e6, evidence.reached) == (True, ())
    assert millions(evidence.found[1]) == "42.0"


def test_both_targets_are_reached_where_as_much_is_found(evidence: Evidence) -> None:
    best = Evidence(evidence.low, evidence.high, evidence.high)
    assert evidence.found[2] > 66_146_000
    assert best.reached == ("base", "stretched")


def test_the_figure_of_page_one_holds_what_is_found_and_where_nine_draws_in_ten_fall(
    evidence: Evidence, sample: Sample
) -> None:
    table = found_by_year(evidence, sample)
    for place, year in enumerate(evidence.central.years):
        assert table[year, "Central estimate"] == evidence.central.found[place]
        draws, band = sample.outcomes.saving[:, place], table[year, "Nine cases in ten"]
        assert 0.03 <= np.mean(draws < band.low) <= 0.07
        assert 0.93 <= np.mean(draws < band.high) <= 0.97
    published = {
        name: [value for value in table.column(name) if isinstance(value, float)]
        for name in ("Base target", "Stretched target")
    }
    assert [len(values) for values in published.values()] == [1, 4]


def test_a_card_says_how_far_off_a_target_is_and_how_likely(
    evidence: Evidence, plans: list[Result], sample: Sample
) -> None:
    table = cards(evidence, plans, {"evidence": sample, "base": sample, "stretched": sample})
    for plan, row in zip(plans, table.rows, strict=True):
        target, standing, short, likely, _, beyond = row.values
        assert short == pytest.approx(target - evidence.found[1])  # type: ignore[operator]
        assert standing == "short"
        assert likely.share == next(odds.chance for odds in sample.said.targets if odds.target == plan.scenario.target)  # type: ignore[union-attr]
        assert beyond == beyond_evidence(plan)


def test_a_card_shows_its_standing_by_a_sign_and_in_words_and_leads_to_the_method(
    evidence: Evidence, plans: list[Result], sample: Sample
) -> None:
    shown = drawn(cards(evidence, plans, {"evidence": sample, "base": sample, "stretched": sample}), "how-sure-are-we")
    assert "\N{BLACK UP-POINTING TRIANGLE} Short by £6.0m" in shown
    assert shown.count('<a href="#how-sure-are-we">') == shown.count("<section") == 2


def test_what_has_to_be_true_is_counted_from_the_run(stretched: Result) -> None:
    needs = needed(stretched)
    inmss = list(SETTINGS).index("inmss")
    counts = stretched.simulation.by_setting[:, -1, inmss]
    assert needs.fewer_in_inmss == counts[0] - counts[1]
    assert needs.filled <= needs.places == 560
    assert needs.in_train == stretched.in_train[-1]
    assert sum(needs.unfound.values()) == pytest.approx(
        stretched.to_be_identified[stretched.to_be_identified >= 5e4].sum()
    )
    assert 0 < needs.judged < needs.figures


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


# ---- The gap


def test_page_one_tells_what_the_priorities_save_from_what_is_in_train(evidence: Evidence) -> None:
    """£42.0m is £30.5m of the six priorities and £11.5m of what is in train."""
    central = evidence.central
    assert central.identified[-1] + central.in_train[-1] == pytest.approx(evidence.found[1])
    assert [millions(part[-1]) for part in (central.identified, central.in_train)] == ["30.5", "11.5"]
