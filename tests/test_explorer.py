"""The explorer: every number it shows is the engine's, in a browser with no network, by keyboard, and without a script."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Locator
from playwright.sync_api import Page as Tab

from best_model.door import PARAMS, open_authority, open_scenario, open_stresses
from best_model.faces.numbers import children, millions, pounds_m
from best_model.faces.whole_pounds import Pounds, pounds_of, settled, tenths
from best_model.inputs.shelf import SHELF_VARIABLE
from best_model.inputs.stops_yaml import read_stops
from best_model.model.authority import Authority
from best_model.model.deficit import cumulative_deficit
from best_model.model.engine import Result, run
from best_model.model.figures import rebuilt
from best_model.model.refusal import BrokenIdentity, Refusal
from best_model.model.scenario import Scenario
from best_model.model.stops import Stops
from best_model.papers.exploring import explorer_page
from best_model.papers.page import Page, read_page
from best_model.questions.explored import at_scenario, explored
from best_model.questions.grid import Grid, every_setting
from best_model.questions.sliders import Sliders, stops_of
from best_model.questions.stressed import stressed
from best_model.questions.without_sliders import each_alone, named_scenarios

SCRIPT = "</script><script>window.broken = 1</script>"
A4_LESS_ITS_MARGINS = 673  # 210 mm less twice 16 mm, in CSS pixels
OTHERS = ("late", "new_plans", "in_train")
LEVELS = ("none", "central", "high")  # low is none too: nothing is in train at the low end
CENT = 0.01


def page(title: str = "Will it do?") -> Page:
    return Page(
        pack="spring",
        title=title,
        meeting="Scrutiny",
        date="2027-03-01",
        version="0.0.1",
        commit="abc1234",
        inputs="0123456789ab",
    )


@pytest.fixture(scope="module")
def authority() -> Authority:
    return open_authority()


@pytest.fixture(scope="module")
def stops(authority: Authority) -> Stops:
    return read_stops(PARAMS, authority.council.sources)


@pytest.fixture(scope="module")
def scenarios(stops: Stops) -> tuple[Scenario, ...]:
    return tuple(open_scenario(name) for name in stops.scenarios)


def grid(*about: Any) -> Grid:
    return Grid(*about, **every_setting(Sliders(*about)))


@pytest.fixture(scope="module")
def whole(authority: Authority, scenarios: tuple[Scenario, ...], stops: Stops) -> Grid:
    return grid(authority, scenarios, stops)


def only_tied(stops: Stops) -> Stops:
    """On time, as tied: a fifteenth of the settings."""
    tied, on_time = stops.new_plans[stops.as_tied], stops.late[stops.on_time]
    return stops.model_copy(update={"late": (on_time,), "new_plans": (tied,)})


@pytest.fixture(scope="module")
def built(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The explorer as shipped, in a folder of its own."""
    path = tmp_path_factory.mktemp("explorer") / "explorer.html"
    path.write_text(explorer_page(authority, PARAMS, page()), encoding="utf-8", newline="\n")
    return path


# ---- The same setting, run by the engine another way: later starts, another calibration, one scenario at a time


@dataclass(frozen=True)
class Setting:
    """Where each slider stands."""

    at: dict[str, int]

    def run(self, authority: Authority, scenario: Scenario, stops: Stops, scenarios: tuple[Scenario, ...]) -> Result:
        """What `engine.run` gives for it, from a scenario with later starts and a council with other new plans."""
        months, of_range = stops.late[self.at["late"]].months, stops.new_plans[self.at["new_plans"]].of_range
        levers = []
        for place, lever in enumerate(scenario.levers):
            asked = stops_of(lever, [each.levers[place] for each in scenarios])
            year, month = map(int, lever.start.split("-"))
            start = f"{year + (month - 1 + months) // 12}-{(month - 1 + months) % 12 + 1:02d}"
            levers.append(lever.model_copy(update={"intensity": asked[self.at[lever.name]], "start": start}))
        chosen = scenario.model_copy(update={"levers": tuple(levers), "in_train": LEVELS[self.at["in_train"]]})
        return run(with_new_plans(authority, of_range), chosen)


def with_new_plans(authority: Authority, of_range: float) -> Authority:
    """The council with new plans in every calibrated year so far towards the low or the high of that year."""
    figures = dict(authority.council.assumptions)
    for name, figure in figures.items():
        if name.startswith("calibration.new_plans_index."):
            end = figure.high if of_range > 0 else figure.low
            value = figure.value + abs(of_range) * (end - figure.value)
            figures[name] = figure.model_copy(update={"value": value})
    return replace(authority, council=rebuilt(authority.council, figures))


def random_settings(number: int, stops: Stops, scenarios: tuple[Scenario, ...], seed: int) -> list[Setting]:
    rng = np.random.default_rng(seed)
    sizes = {"late": len(stops.late), "new_plans": len(stops.new_plans), "in_train": len(LEVELS)}
    for place, lever in enumerate(scenarios[0].levers):
        sizes[lever.name] = len(stops_of(lever, [each.levers[place] for each in scenarios]))
    return [Setting({name: int(rng.integers(size)) for name, size in sizes.items()}) for _ in range(number)]


def position(setting: Setting, scenarios: tuple[Scenario, ...]) -> tuple[int, ...]:
    return tuple(setting.at[name] for name in ("new_plans", "late", *(lever.name for lever in scenarios[0].levers)))


# ---- The grid


def test_a_setting_of_the_grid_is_what_the_engine_gives_for_it_alone(
    whole: Grid, authority: Authority, stops: Stops, scenarios: tuple[Scenario, ...]
) -> None:
    """Saving and gap to the penny, children to a millionth, at forty settings of a quarter of a million."""
    assert np.prod(whole.shape) > 200_000
    for setting in random_settings(40, stops, scenarios, seed=1):
        result, at = setting.run(authority, scenarios[0], stops, scenarios), position(setting, scenarios)
        assert whole.identified[at] == pytest.approx(result.identified, abs=CENT)
        assert whole.gap_before[at[0]] == pytest.approx(result.gap_before, abs=CENT)
        assert whole.plans[at] == pytest.approx(result.simulation.by_setting[1, -1], abs=1e-6)


@pytest.mark.parametrize("name", ["do_nothing", "evidence", "base", "stretched"])
def test_a_named_scenario_stands_in_the_grid_and_its_table_with_its_own_saving(
    whole: Grid, authority: Authority, name: str
) -> None:
    scenario = open_scenario(name)
    shown, result = at_scenario(whole, scenario), run(authority, scenario)
    assert shown.found == pytest.approx(result.found, abs=CENT)
    assert shown.gap_before == pytest.approx(result.gap_before, abs=CENT)
    assert shown.plans == pytest.approx(result.simulation.by_setting[1, -1], abs=1e-6)
    *found, short, _, gap, _, _ = named_scenarios(whole)[scenario.title]
    parts = (result.identified, result.in_train, result.found, result.gap_before - result.found)
    assert [*found, gap] == pytest.approx([each[-1] for each in parts], abs=CENT)
    missed = 48_000_000 - float(result.found[-1])
    assert str(short) == "met" if missed < 0.5 else short == pytest.approx(missed, abs=CENT)


def test_a_priority_by_itself_is_the_engine_with_no_other_at_work(whole: Grid, authority: Authority) -> None:
    lever = next(each for each in whole.levers if each.name == "commissioning")
    alone = run(authority, open_scenario("do_nothing").with_intensity(commissioning=1.0))
    assert each_alone(whole)[lever.label, "The most assumed"] == pytest.approx(alone.identified[-1], abs=CENT)


def test_with_more_new_plans_there_is_more_to_save_and_more_gap_left(
    whole: Grid, scenarios: tuple[Scenario, ...]
) -> None:
    """What the page says, for every scenario that does something, from each stop of new plans to the next."""
    for scenario in scenarios[1:]:
        stands, level = whole.position(scenario)[1:], whole.level(scenario)
        along = [explored(whole, (place, *stands), level) for place in range(whole.shape[0])]
        assert all(np.diff([each.found[-1] for each in along]) > 0)
        assert all(np.diff([each.gap_left[-1] for each in along]) > 0)


def test_a_priority_stops_at_its_evidence_at_what_is_asked_and_at_both_ends(scenarios: tuple[Scenario, ...]) -> None:
    lever = scenarios[0].levers[0]
    evidence = lever.evidence.model_copy(update={"value": 0.4, "low": 0.2, "high": 0.9})
    asked = [lever.model_copy(update={"evidence": evidence, "intensity": each}) for each in (0.0, 0.4, 0.7)]
    assert stops_of(asked[0], asked) == (0.0, 0.2, 0.4, 0.7, 0.9, 1.0)


def test_scenarios_that_a_slider_cannot_tell_apart_are_refused(
    authority: Authority, scenarios: tuple[Scenario, ...], stops: Stops
) -> None:
    first, *rest = scenarios[1].levers
    later = scenarios[1].model_copy(update={"levers": (first.model_copy(update={"start": "2027-01"}), *rest)})
    richer = scenarios[1].model_copy(update={"income": "high"})
    for other, what in ((later, first.name), (richer, "income")):
        with pytest.raises(Refusal, match=rf"explorer\.yaml: scenario evidence has another {what} than do_nothing"):
            grid(authority, (scenarios[0], other), only_tied(stops))


# ---- Where the sliders stop


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("base, stretched]", "base, heroic]", "line 5: scenarios.3 is 'heroic', which is no scenario"),
        ("opens_at: evidence", "opens_at: later", "opens_at later; it must be one of its scenarios"),
        ("months: 6,", "months: 12,", "late with months 0, 12, 12; put them in rising order"),
        ("months: 0,", "months: 1,", "late without months 0; add it"),
        ("of_range: 0.5,", "of_range: 1.5,", "line 19: new_plans.3.of_range is 1.5"),
        ("source: optimism_bias_2002", "source: hearsay", "line 12: late.2.source is 'hearsay'; it must be a key of"),
        (
            'note: "Half the distance in every year"}\n  - {of_range: 0.0',
            "}\n  - {of_range: 0.0",
            "new_plans.1.note is missing",
        ),
    ],
)
def test_a_fault_in_the_stops_is_refused_by_line_and_key(
    tmp_path: Path, authority: Authority, old: str, new: str, said: str
) -> None:
    params = shutil.copytree(PARAMS, tmp_path / "params")
    path = params / "explorer.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(Refusal) as caught:
        read_stops(params, authority.council.sources)
    assert "explorer.yaml, line" in str(caught.value)
    assert said in str(caught.value)


# ---- Whole pounds


def pounds(gap: float = 100_000_000.0, in_train: float = 0.0, target: float = 48_000_000.0) -> Pounds:
    one = np.ones((1, 1))
    return Pounds(gap * one, in_train * one, target * one, np.zeros(1), one)


def test_whole_pounds_are_the_nearest_where_nothing_is_shown_otherwise() -> None:
    assert settled(np.array([[1_234_567.4], [1_234_567.6]]), pounds()).tolist() == [[1_234_567], [1_234_568]]


def test_a_pound_is_moved_where_the_nearest_would_show_another_number() -> None:
    """£1,049,999.60 is £1.0m; the nearest pound, 1,050,000, would show £1.1m."""
    assert settled(np.array([[1_049_999.6]]), pounds()).tolist() == [[1_049_999]]


def test_the_gap_that_is_left_counts_as_much_as_the_saving() -> None:
    """£100,000,000.40 less £49,950,000.45 is £50,049,999.95, £50.0m; with 49,950,000 it would be £50.1m."""
    assert settled(np.array([[49_950_000.45]]), pounds(100_000_000.4)).tolist() == [[49_950_001]]


def test_what_cannot_be_shown_as_the_engine_has_it_stops_the_page() -> None:
    """A gap of £1,049,999.60 rounds to a pound that shows £1.1m, whatever is saved."""
    with pytest.raises(BrokenIdentity, match=r"the explorer cannot show £5000000\.00 as the engine does"):
        settled(np.array([[5_000_000.0]]), pounds(1_049_999.6))


def test_every_setting_is_within_two_pounds_of_the_engine(whole: Grid) -> None:
    held = settled(whole.identified, pounds_of(whole))
    assert np.abs(held - whole.identified).max() < 2
    assert np.abs(held - whole.identified).mean() < 0.5


def test_tenths_of_a_million_round_as_the_pack_writes_them() -> None:
    rng = np.random.default_rng(3)
    amounts = np.concatenate([rng.normal(0, 6e7, 2000), rng.integers(-999, 999, 2000) * 50_000.0])
    said = [text.replace("\N{MINUS SIGN}", "-").replace(",", "") for text in map(millions, amounts)]
    assert [float(text) for text in said] == pytest.approx((tenths(amounts) / 10).tolist())


# ---- The page as text


def test_the_page_is_under_a_megabyte_and_asks_for_nothing(built: Path) -> None:
    html = built.read_text(encoding="utf-8")
    assert len(html.encode()) < 1_000_000
    assert "default-src 'none'; script-src 'sha256-" in html
    assert "'unsafe-eval'" not in html
    outside = re.sub(r'<script type="application/octet-stream".*?</script>', "", html, flags=re.S)
    assert not re.search(r"https?:|@import|url\(|<link|\bsrc=|\bfetch\(|XMLHttpRequest|WebSocket|import\(", outside)


def test_the_page_says_its_question_its_answer_and_what_it_was_built_from(built: Path) -> None:
    html = built.read_text(encoding="utf-8")
    facts = read_page(html, "explorer.html")
    assert facts.title == "What if a priority did more, or less, or came later?"
    assert facts.answer.startswith("The programme saves £42.0m a year by 2029/30: ")
    assert "Built from inputs 0123456789ab, commit abc1234." in html


BUILD = """
import sys
from pathlib import Path
from best_model.door import PARAMS, open_authority
from best_model.papers.page import Page
from best_model.papers.exploring import explorer_page
page = Page.model_validate_json(sys.stdin.read())
sys.stdout.buffer.write(explorer_page(open_authority(params=Path(sys.argv[1])), Path(sys.argv[1]), page).encode())
"""


@pytest.fixture
def few(tmp_path: Path) -> Path:
    """`params` with one stop of each slider that is not a priority's."""
    params = shutil.copytree(PARAMS, tmp_path / "params")
    path = params / "explorer.yaml"
    kept = [
        line
        for line in path.read_text(encoding="utf-8").splitlines()
        if not line.startswith("  - {") or "months: 0" in line or "of_range: 0.0" in line
    ]
    path.write_text("\n".join([*kept, ""]), encoding="utf-8")
    return params


def test_two_builds_of_the_same_inputs_are_the_same_to_the_byte(few: Path) -> None:
    """One here and one in a process of its own, with another order of sets."""
    here = explorer_page(open_authority(params=few), few, page())
    there = subprocess.run(
        [sys.executable, "-c", BUILD, str(few)],
        input=page().model_dump_json().encode(),
        capture_output=True,
        check=True,
        env={"PYTHONHASHSEED": "7", "PATH": ""},
        cwd=Path(__file__).parent.parent,
    )
    assert there.stdout == here.encode()


def test_a_page_that_would_be_too_large_is_not_given(few: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("best_model.papers.exploring.LARGEST", 10_000)
    with pytest.raises(BrokenIdentity, match="more than a page may be; take a stop out"):
        explorer_page(open_authority(params=few), few, page())


def test_the_grid_is_run_once_for_pages_that_differ_in_their_frame(few: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SHELF_VARIABLE, str(few / "shelf"))
    first = explorer_page(open_authority(params=few), few, page("One"))
    monkeypatch.setattr("best_model.papers.exploring.every_setting", pytest.fail)
    second = explorer_page(open_authority(params=few), few, page("Another"))
    assert first.replace("One</", "Another</") == second.replace("One</", "Another</")


# ---- In a browser

Open = Callable[[Path], Tab]


@pytest.fixture
def opened(browser: Browser) -> Iterator[Open]:
    """Opens a page and waits for its sliders; afterwards, nothing was asked for, and nothing was refused or failed."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    asked: list[str] = []
    told: list[str] = []

    def tell(message: ConsoleMessage) -> None:
        told.append(message.text)

    def open_page(path: Path) -> Tab:
        tab = context.new_page()
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("console", tell)
        tab.on("pageerror", lambda error: told.append(str(error)))
        tab.goto(path.as_uri())
        tab.wait_for_selector("#controls:not([hidden])")
        return tab

    yield open_page
    context.close()
    assert [url for url in asked if not url.startswith("file:")] == []
    assert len(asked) == 1
    assert told == []


def cells(tab: Tab, part: str) -> list[str]:
    return tab.locator(f"#{part} td").all_text_contents()


def move(tab: Tab, setting: Setting) -> None:
    for name, stop in setting.at.items():
        tab.locator(f"#at-{name}").fill(str(stop))


def expected(result: Result) -> dict[str, list[str]]:
    """Every cell of the page, from a run of the engine."""
    council, found = result.authority.council, result.found
    gap_left = result.gap_before - found
    stretched = council.targets["stretched"]
    lines = [result.identified, result.in_train, found, stretched, stretched - found, result.gap_before, gap_left]
    before, after = (result.simulation.by_setting[draw, -1] for draw in (0, 1))
    pairs = [*zip(before, after, strict=True), (before.sum(), after.sum())]
    deficits = cumulative_deficit(gap_left, council.money, result.years)
    return {
        "saving": [millions(float(each)) for line in lines for each in line],
        "mix": [
            text
            for old, new in pairs
            for text in (children(old), children(new), children(float(round(new)) - float(round(old))))
        ],
        "deficit": [millions(float(each)) for line in deficits.values() for each in line],
    }


def stands(tab: Tab, result: Result) -> bool:
    """Whether every target has its sign, and how much it is missed by or passed where that shows."""
    said = tab.locator("#cards .verdict").all_text_contents()
    short = [float(target[-1] - result.found[-1]) for target in result.authority.council.targets.values()]
    return all(
        words.startswith("●" if each < 0.5 else "▲")
        and (pounds_m(abs(each)) in words) is (round(abs(each), 2) >= 50_000)
        for words, each in zip(said, short, strict=True)
    )


@pytest.mark.browser
@pytest.mark.slow
def test_at_thirty_random_settings_every_cell_is_what_the_engine_gives(
    built: Path, opened: Open, authority: Authority, stops: Stops, scenarios: tuple[Scenario, ...]
) -> None:
    """A seed of its own, so that they are not those on which the grid is held to the engine."""
    tab = opened(built)
    for setting in random_settings(30, stops, scenarios, seed=20270301):
        result = setting.run(authority, scenarios[0], stops, scenarios)
        move(tab, setting)
        for part, texts in expected(result).items():
            assert cells(tab, part) == texts
        assert stands(tab, result)
        assert pounds_m(float(result.found[-1])) in tab.inner_text("#answer")
        assert all(
            pounds_m(float(each[-1])) in tab.inner_text("#parts") for each in (result.identified, result.in_train)
        )


@pytest.mark.browser
@pytest.mark.slow
def test_a_button_takes_every_slider_to_its_scenario(built: Path, opened: Open, authority: Authority) -> None:
    tab = opened(built)
    for name in ("stretched", "do_nothing", "base", "evidence"):
        result = run(authority, open_scenario(name))
        button = tab.get_by_role("button", name=result.scenario.title)
        button.click()
        assert button.get_attribute("aria-pressed") == "true"
        assert tab.locator("#starts [aria-pressed=true]").count() == 1
        for part, texts in expected(result).items():
            assert cells(tab, part) == texts
    tab.locator("#at-eotas").press("ArrowRight")
    assert tab.locator("#starts [aria-pressed=true]").count() == 0


@pytest.mark.browser
@pytest.mark.slow
def test_the_answer_is_read_aloud_with_how_far_each_target_is(built: Path, opened: Open) -> None:
    """The base plan meets its own target of £48.0m to the pound, and is £18.1m short of £66.146m."""
    tab = opened(built)
    tab.get_by_role("button", name="Base").click()
    answer = tab.inner_text("#answer")
    assert answer.endswith(" £48.0m a year by 2029/30: the base target met, £18.1m short of the stretched target.")
    assert tab.locator("#answer").get_attribute("aria-live") == "polite"
    assert tab.locator("#bar").get_attribute("aria-label") == answer


@pytest.mark.browser
@pytest.mark.slow
def test_the_page_opens_at_what_it_says_before_its_script_runs(built: Path, opened: Open, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    still = context.new_page()
    still.goto(built.as_uri())
    moving = opened(built)
    for part in ("answer", "parts", "saving", "mix", "deficit", "cards"):
        assert still.inner_text(f"#{part}") == moving.inner_text(f"#{part}")
    assert still.locator("#bar").inner_html() == moving.locator("#bar").inner_html()
    context.close()


@pytest.mark.browser
@pytest.mark.slow
def test_arrow_keys_move_a_slider_by_one_stop_and_say_which(built: Path, opened: Open, stops: Stops) -> None:
    tab = opened(built)
    slider = tab.locator("#at-late")
    slider.focus()
    before = tab.inner_text("#answer")
    slider.press("ArrowRight")
    assert slider.input_value() == "1"
    assert "6 months" in tab.inner_text("#at-late-is") == slider.get_attribute("aria-valuetext")
    assert tab.inner_text("#answer") != before
    slider.press("End")
    assert slider.input_value() == str(len(stops.late) - 1)
    slider.press("Home")
    assert tab.inner_text("#answer") == before
    assert tab.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


@pytest.mark.browser
@pytest.mark.slow
def test_the_tab_key_reaches_every_slider_in_the_order_it_is_read(
    built: Path, opened: Open, scenarios: tuple[Scenario, ...]
) -> None:
    tab = opened(built)
    tab.locator("#starts button").last.focus()
    reached = []
    for _ in range(len(scenarios[0].levers) + len(OTHERS)):
        tab.keyboard.press("Tab")
        reached.append(str(tab.evaluate("document.activeElement.name")))
        assert not covered(tab, tab.locator(":focus"))
    assert reached == [*(lever.name for lever in scenarios[0].levers), *OTHERS]


def covered(tab: Tab, focused: Locator) -> bool:
    """Whether the answer, which stays in sight, hides what has the focus."""
    answer, box = tab.locator(".now").bounding_box(), focused.bounding_box()
    assert answer
    assert box
    return box["y"] < answer["y"] + answer["height"] and box["y"] + box["height"] > answer["y"]


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("width", [320, 768, 1440])
def test_axe_finds_no_fault_and_nothing_is_wider_than_the_window(built: Path, opened: Open, width: int) -> None:
    tab = opened(built)
    tab.set_viewport_size({"width": width, "height": 900})
    tab.locator("#at-new_plans").press("End")
    tab.locator("summary").click()
    assert [fault["id"] for fault in Axe().run(tab).response["violations"]] == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.browser
@pytest.mark.slow
def test_on_a4_no_table_is_wider_than_the_paper(built: Path, opened: Open) -> None:
    tab = opened(built)
    tab.set_viewport_size({"width": A4_LESS_ITS_MARGINS, "height": 900})
    tab.emulate_media(media="print")
    widths = tab.evaluate("[...document.querySelectorAll('table')].map(table => table.scrollWidth)")
    assert len(widths) == 7
    assert max(widths) <= A4_LESS_ITS_MARGINS


@pytest.mark.browser
@pytest.mark.slow
def test_no_script_but_its_own_may_run(built: Path, browser: Browser) -> None:
    tab = browser.new_page()
    refused: list[str] = []
    tab.on("console", lambda message: refused.append(message.text))
    tab.goto(built.as_uri())
    tab.wait_for_selector("#controls:not([hidden])")
    tab.evaluate(
        "() => { const other = document.createElement('script'); other.textContent = 'window.broken = 1'; document.body.append(other); }"
    )
    assert tab.evaluate("window.broken") is None
    assert len(refused) == 1
    assert "Content Security Policy" in refused[0]
    tab.close()


@pytest.mark.browser
@pytest.mark.slow
def test_without_a_script_there_are_tables_and_no_sliders(built: Path, browser: Browser, authority: Authority) -> None:
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(built.as_uri())
    assert tab.locator("input:visible").count() == 0
    assert tab.locator("noscript").is_visible()
    stretched = run(authority, open_scenario("stretched"))
    row = tab.locator("table", has_text="The named scenarios").locator("tr", has_text="Stretched").last
    assert row.locator("td").nth(2).inner_text() == millions(float(stretched.found[-1])) == "66.1"
    context.close()


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("fault", ["no way to unpack", "damaged", "cut short"])
def test_where_the_numbers_cannot_be_unpacked_the_page_says_so(
    built: Path, browser: Browser, tmp_path: Path, fault: str
) -> None:
    html = built.read_text(encoding="utf-8")
    data = re.search(r'id="packed">([^<]*)<', html)
    assert data
    middle = len(data[1]) // 2
    other = "A" if data[1][middle] != "A" else "B"
    spoilt = {
        "no way to unpack": data[1],
        "damaged": f"{data[1][:middle]}{other}{data[1][middle + 1 :]}",
        "cut short": data[1][: middle // 4 * 4],
    }[fault]
    path = tmp_path / "spoilt.html"
    path.write_text(html.replace(data[1], spoilt), encoding="utf-8")
    tab = browser.new_page()
    if fault == "no way to unpack":
        tab.add_init_script("delete window.DecompressionStream")
    tab.goto(path.as_uri())
    tab.wait_for_selector("#no-sliders:not([hidden])")
    assert tab.locator("input:visible").count() == 0
    assert tab.locator("table", has_text="The named scenarios").is_visible()
    tab.close()


@pytest.mark.browser
@pytest.mark.slow
def test_a_label_that_is_an_attack_is_shown_as_text(few: Path, tmp_path: Path, opened: Open) -> None:
    """In the name of a priority, of a scenario, of a stop, and of the pack."""
    edits = {
        "leicestershire/priorities.yaml": ("label: EOTAS policy", f'label: "EOTAS {SCRIPT}"'),
        "scenarios/base.yaml": ("title: Base", f'title: "Base {SCRIPT}"'),
        "explorer.yaml": ("label: On time", f'label: "On {SCRIPT}"'),
    }
    for name, (old, new) in edits.items():
        text = (few / name).read_text(encoding="utf-8")
        assert old in text
        (few / name).write_text(text.replace(old, new), encoding="utf-8")
    path = tmp_path / "attack.html"
    path.write_text(explorer_page(open_authority(params=few), few, page(f"Will it do? {SCRIPT}")), encoding="utf-8")
    assert SCRIPT not in path.read_text(encoding="utf-8")
    tab = opened(path)
    tab.get_by_role("button", name="Base").click()
    assert tab.evaluate("window.broken") is None
    assert SCRIPT in tab.inner_text("#starts")
    assert SCRIPT in tab.inner_text("label[for=at-eotas]")
    assert SCRIPT in tab.inner_text("#at-late-is")


@pytest.mark.browser
@pytest.mark.slow
def test_the_files_it_gives_run_again_to_the_same_numbers(
    built: Path, opened: Open, tmp_path: Path, authority: Authority, stops: Stops, scenarios: tuple[Scenario, ...]
) -> None:
    """A scenario file for what the priorities do and when, and a stress file for other new plans."""
    params = shutil.copytree(PARAMS, tmp_path / "params")
    tab = opened(built)
    tab.locator("summary").click()
    assert not tab.locator("#stress").is_visible()
    for setting in random_settings(3, stops, scenarios, seed=5):
        setting.at["new_plans"] = 0
        move(tab, setting)
        for kind in ("scenario", "stress"):
            folder = params / ("scenarios" if kind == "scenario" else "stress")
            (folder / "explored.yaml").write_text(tab.inner_text(f"#{kind}-file"), encoding="utf-8")
        stress = next(each for each in open_stresses(authority, params) if each.name == "explored")
        result = run(*stressed(authority, open_scenario("explored", params=params), stress))
        for part, texts in expected(result).items():
            assert cells(tab, part) == texts
