"""`best explain`: every number is traced to its inputs, its parts come to it, and each input stands where it is said to stand."""

import csv
import math
import re
from functools import cache

import pytest
from conftest import best

from best_model.command.explaining import told
from best_model.door import PARAMS, open_authority, open_result
from best_model.draws.sensitivity import figures_of
from best_model.faces.tree import that_add, tree
from best_model.inputs.locations import where_written
from best_model.inputs.scenarios import scenario_names
from best_model.model.deficit import CASES
from best_model.model.phasing import FloatArray
from best_model.model.refusal import Refusal
from best_model.model.settings import SETTINGS
from best_model.questions.asked import Question, asked
from best_model.questions.explain import Explanation, explain
from best_model.questions.names import action_words
from best_model.questions.rests_on import inputs
from best_model.questions.steps import Step
from best_model.questions.whose import lines_of_saving

AUTHORITY = open_authority()
RESULTS = {name: open_result(name, AUTHORITY) for name in scenario_names(PARAMS)}
YEARS, JANUARIES = AUTHORITY.years, [str(year) for year in AUTHORITY.januaries]
PRIORITIES = [lever.name for lever in RESULTS["evidence"].scenario.levers]
QUESTIONS = [
    *(f"saving {year} {line}" for line in PRIORITIES for year in (YEARS[0], YEARS[-1])),
    *(f"saving {year} {line}" for line in ("total", "in_train", "still_to_be_identified") for year in YEARS),
    *(f"{line} {year}" for line in ("gap_before", "gap_after") for year in YEARS),
    *(f"deficit {year} {case}" for case in CASES for year in YEARS),
    *(f"plans {january} {setting}" for setting in ("total", *SETTINGS) for january in JANUARIES),
    *(f"spend {YEARS[-1]} {setting}" for setting in ("total", *SETTINGS)),
]


@cache
def explained(scenario: str, text: str) -> Explanation:
    return explain(RESULTS[scenario], text)


@cache
def lines(scenario: str) -> dict[str, FloatArray]:
    return lines_of_saving(RESULTS[scenario])


def truly(scenario: str, question: Question) -> float:
    """The number a question asks for, as the result itself has it."""
    result, of = RESULTS[scenario], question.subject
    setting = slice(None) if of == "total" else list(SETTINGS).index(of) if of in SETTINGS else 0
    if question.line == "plans":
        return float(result.simulation.by_setting[1, JANUARIES.index(question.period), setting].sum())
    year, fy = YEARS.index(question.period), result.authority.financial_years.index(question.period)
    spend = result.simulation.spend
    amounts = {
        "spend": lambda: spend.total[1, fy] if of == "total" else spend.placements[1, fy, setting],
        "saving": lambda: (result.saving if of == "total" else lines(scenario)[of])[year],
        "deficit": lambda: result.deficit[of][year],
        "gap_before": lambda: result.gap_before[year],
        "gap_after": lambda: result.gap_after[year],
    }
    return float(amounts[question.line]())


# ---- The number, and its parts


def made(step: Step) -> float:
    """What the parts of a step come to: its value where there are none."""
    values = [part.value for part in step.parts] or [step.value]
    return math.prod(values) if step.multiplied else sum(values)


@pytest.mark.parametrize("scenario", RESULTS)
def test_the_number_is_that_of_the_result_and_every_step_is_what_its_parts_come_to(scenario: str) -> None:
    for text in QUESTIONS:
        explanation = explained(scenario, text)
        assert explanation.number.value == pytest.approx(truly(scenario, explanation.question), abs=0.01), text
        for step in explanation.number.walk():
            assert made(step) == pytest.approx(step.value, rel=1e-9, abs=1e-3), f"{text}: {step.head}"


def test_a_price_is_unit_cost_times_inflation_times_the_index_times_what_priorities_leave() -> None:
    result = RESULTS["stretched"]
    average, price = explained("stretched", "spend 2029/30 inmss").number.parts
    cost, inflation, index, left = (part.value for part in price.parts)
    assert (cost, inflation) == (AUTHORITY.council.money.unit_cost[3], pytest.approx(1.043**5))
    assert index == AUTHORITY.council.calibration.price_index[-1]
    assert left == pytest.approx(
        1 - next(lever.intensity for lever in result.scenario.levers if lever.name == "commissioning") * 0.10
    )
    counts = result.simulation.by_setting[1, -2:, 3]
    assert average.value == pytest.approx(counts[0] * 5 / 12 + counts[1] * 7 / 12)


def test_each_action_stands_beside_its_priority_at_intensity_times_full_effect_times_phase() -> None:
    result = RESULTS["base"]
    for place, lever in enumerate(result.scenario.levers):
        actions = explained("base", f"saving 2028/29 {lever.name}").number.actions
        assert [step.head for step in actions] == [action_words(action) for action in lever.actions]
        forces = [force for force in result.simulation.forces if force.lever == place]
        for step, force in zip(actions, forces, strict=True):
            assert step.value == float(force.strength[1, AUTHORITY.financial_years.index("2028/29")])
            assert made(step) == pytest.approx(step.value)
            assert step.parts[0].value == lever.intensity


def test_alone_and_last_in_stand_beside_the_share_and_the_published_gap_beside_the_one_tied_to_it() -> None:
    alone, last_in = explained("stretched", "saving 2029/30 commissioning").number.beside
    assert alone.value > last_in.value > 0
    gap = explained("base", "gap before 2029/30").number
    assert [each.value for each in gap.beside] == [174_182_000] == [pytest.approx(gap.value, abs=1_000)]


# ---- The words of a question


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Commissioning, SAVING 2029_30", Question("saving", "2029/30", "commissioning")),
        ("2029-30 commissioning and demand saving", Question("saving", "2029/30", "commissioning")),
        ("the saving of specialist places in 2026/27", Question("saving", "2026/27", "specialist_places")),
        ("saving 2027/28", Question("saving", "2027/28", "total")),
        ("saving still_to_be_identified 2027/28", Question("saving", "2027/28", "still_to_be_identified")),
        ("2026/27 GAP_AFTER", Question("gap_after", "2026/27", "")),
        ("deficit with stability grant 2029/30", Question("deficit", "2029/30", "stability_grant")),
        ("plans January 2030", Question("plans", "2030", "total")),
        ("plans 2027 Specialist post-16", Question("plans", "2027", "specialist_post_16")),
    ],
)
def test_words_come_in_any_order_case_and_spelling_of_a_year(text: str, question: Question) -> None:
    assert asked(RESULTS["base"], text) == question


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("saving 2029/30 comissioning", "'comissioning' is not understood: saving takes one of 2026/27, "),
        ("saving 2029/30 comissioning", "and one of total, graduated_offer, ceasing, "),
        ("saving", "'saving' names no year of 2026/27, 2027/28, 2028/29, 2029/30: add one"),
        ("plans", "names no January of 2025, 2026"),
        (
            "commissioning 2029/30",
            "asks for none of gap_before, gap_after, saving, deficit, plans, spend: begin with one",
        ),
        (
            "gap before 2029/30 inmss",
            "'inmss' is not understood: gap_before takes one of 2026/27, 2027/28, 2028/29, 2029/30 and nothing more",
        ),
        ("saving 2029/30 eotas ceasing", "is not understood"),
        ("", "asks for none of"),
    ],
)
def test_a_word_that_is_not_understood_gets_one_line_that_names_what_is(text: str, says: str) -> None:
    with pytest.raises(Refusal, match=re.escape(says)):
        asked(RESULTS["base"], text)


# ---- What it rests on


WRITTEN = {name: where_written(PARAMS, "leicestershire", name) for name in RESULTS}


def test_every_assumption_stands_where_it_is_said_to_stand() -> None:
    """The line of the YAML file, or the row and column of the table, holds the figure's value."""
    result = RESULTS["evidence"]
    for name, figure in figures_of(AUTHORITY, result.scenario).items():
        file, place, *column = WRITTEN["evidence"][name].where.split(", ")
        path, number = PARAMS / file, int(place.split()[1])
        if path.suffix == ".csv":
            with path.open(encoding="utf-8", newline="") as table:
                rows = list(csv.reader(table))
            cell = rows[number - 1][rows[0].index(column[0].removeprefix("column "))]
            assert float(cell) == figure.value, name
        else:
            near = path.read_text(encoding="utf-8").splitlines()[number - 1 : number + 1]
            said = re.search(r"value: ([0-9.e+-]+)", " ".join(near))
            assert said is not None, name
            assert float(said[1]) == figure.value, name


@pytest.mark.parametrize("scenario", RESULTS)
def test_every_input_that_is_named_is_written_somewhere_and_every_figure_has_its_source(scenario: str) -> None:
    result = RESULTS[scenario]
    figures = figures_of(AUTHORITY, result.scenario)
    for text in QUESTIONS:
        explanation = explained(scenario, text)
        for name in (*explanation.inputs, *explanation.through_others):
            written = WRITTEN[scenario].get(name)
            default = name.startswith("scenario.levers.") and scenario == "do_nothing"
            assert written is not None or default, f"{text}: {name}"
            if name in figures:
                assert figures[name].source in AUTHORITY.council.sources
            elif written and written.source:
                assert written.source in AUTHORITY.council.sources


def test_a_priority_rests_on_its_figures_the_prices_the_children_and_the_other_priorities() -> None:
    explanation = explained("stretched", "saving 2029/30 commissioning")
    its_own = "priorities.commissioning.actions.0.share priorities.commissioning.running_cost scenario.levers.commissioning.intensity"
    prices = "unit_cost.inmss inflation.inmss calibration.price_index.2029/30 general_inflation"
    children = "census.2025.total calibration.new_plans_index.2025 calibration.new_plans_index.2029 awaiting_are_placed"
    expected = f"{its_own} {prices} {children} capacity.state_special.2029".split()
    assert set(expected) <= set(explanation.inputs)
    assert "priorities.specialist_places.actions.2.share" in explanation.through_others
    assert set(explanation.inputs).isdisjoint(explanation.through_others)


def test_a_plan_rests_on_the_evidence_or_on_the_intensity_that_the_last_of_its_files_says() -> None:
    evidence, stretched = (explained(name, "saving 2029/30 commissioning") for name in ("evidence", "stretched"))
    assert "priorities.commissioning.evidence" in evidence.inputs
    assert "priorities.commissioning.evidence" not in stretched.inputs
    chosen = {name: WRITTEN[name]["scenario.levers.commissioning.intensity"] for name in ("evidence", "stretched")}
    assert all(each.where.startswith(f"scenarios/{name}.yaml, line ") for name, each in chosen.items())
    assert chosen["evidence"].said == "central"


# ---- As text


def printed(text: str) -> str:
    return told(RESULTS["stretched"], text, WRITTEN["stretched"])


@pytest.mark.parametrize(
    "text",
    [
        "saving 2029/30 commissioning",
        "saving 2028/29 still to be identified",
        "gap_before 2027/28",
        "deficit 2029/30",
        "plans 2030",
    ],
)
def test_the_parts_as_they_are_printed_add_to_the_number_as_it_is_printed(text: str) -> None:
    """Every line whose parts add: + and − under it, in whole pounds or tenths of a child, come to it exactly."""
    tree = printed(text).split("\n\n")[0].splitlines()[1:]
    rows = [(len(line) - len(line.lstrip()), *reading(line.strip())) for line in tree]
    sums = 0
    for place, (depth, _, value) in enumerate(rows):
        under = []
        for deeper, sign, part in rows[place + 1 :]:
            if deeper <= depth:
                break
            if deeper == depth + 2 and sign != "×":
                under.append(part)
        if under:
            sums += 1
            assert math.isclose(sum(under), value, abs_tol=1e-6), tree[place]
    assert sums >= 1


def reading(line: str) -> tuple[str, float]:
    """The sign and the number of a printed line."""
    found = re.match(r"([+−×]?) ?(−?)£?([0-9,]+(?:\.[0-9]+)?)%?  ", line)
    assert found, line
    return found[1], (-1 if "−" in (found[1], found[2]) else 1) * float(found[3].replace(",", ""))


@pytest.mark.parametrize("scenario", RESULTS)
def test_every_question_can_be_told(scenario: str) -> None:
    for text in QUESTIONS[:: 7 if scenario != "base" else 1]:
        explanation = explained(scenario, text)
        assert re.match("−?[£0-9]", tree(explanation.number)), text
        inputs(RESULTS[scenario], explanation.inputs, WRITTEN[scenario], "It rests on")


def test_an_input_has_its_value_and_range_where_it_is_written_and_its_source() -> None:
    names = ["unit_cost.inmss", "forecast.annual_gap_before_mitigations.2029/30", "census.2025.inmss"]
    price, gap, census = inputs(RESULTS["base"], names, WRITTEN["base"], "Inputs").rows
    assert price.values[:2] == (70_000, (64_000, 76_000))
    assert price.values[-2] == "leicestershire/unit_costs.csv, row 5, column value"
    assert (gap.values[0], gap.values[-2]) == ("174,182 (£000)", "leicestershire/forecast.csv, row 2, column 2029/30")
    assert gap.values[-1].startswith(AUTHORITY.council.sources[AUTHORITY.council.forecast.source].title)
    assert census.values[0] == "441"


@pytest.mark.parametrize(
    ("total", "values", "shown"), [(2, [0.6, 0.7, 0.4], [1, 1, 0]), (-1, [-1.4, 0.5], [-1, 0]), (0, [], [])]
)
def test_rounded_parts_are_made_to_add(total: float, values: list[float], shown: list[float]) -> None:
    assert that_add(total, [Step(str(place), value) for place, value in enumerate(values)]) == shown
    assert sum(shown) == total


def test_the_command_prints_that_text_and_its_words_need_no_quotes() -> None:
    done = best("explain", "plans", "2030", "inmss", "--scenario", "stretched")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == printed("plans 2030 inmss") + "\n"
