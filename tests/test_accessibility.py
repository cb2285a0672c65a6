"""Every page of the committee pack can be read by everyone: by axe, and by our own checks of what axe lets pass.

The pages are taken as they are found, whatever their names, and opened in Chromium with the network shut. The checks are in
`accessibility.js`; a bad page shows that each sees its fault.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = [pytest.mark.slow, pytest.mark.browser]

CHECKS = Path(__file__).with_name("accessibility.js").read_text(encoding="utf-8")
WCAG_22_AA = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "rules": {"target-size": {"enabled": True}},  # axe leaves its one rule of 2.2 out unless it is asked
    "resultTypes": ["violations"],
}
A4_LESS_ITS_MARGINS = 673  # 210 mm less twice 16 mm, in CSS pixels
MOST_BYTES = 3_000_000

DOUBLED = ":root { font-size: 225% !important; }"  # twice the largest letters that a page asks for
# The letters of a drawing are part of it; its words are in its name.
SPACED = """body :not(svg, svg *) { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
svg { letter-spacing: 0; word-spacing: 0; }
p { margin-bottom: 2em !important; }"""


class Way(NamedTuple):
    """How someone reads: how wide, on what, with which colours of their own, and with which style on top."""

    width: int
    media: Any = "screen"
    forced: Any = "none"
    scheme: Any = "light"
    style: str = ""


WAYS = {
    "on a telephone": Way(320),
    "on a tablet": Way(768),
    "on a desk": Way(1440),
    "on paper": Way(A4_LESS_ITS_MARGINS, media="print"),
    "with letters twice as large": Way(640, style=DOUBLED),
    "with letters spaced": Way(320, style=SPACED),
    "in forced colours": Way(768, forced="active"),
    "in dark forced colours": Way(768, forced="active", scheme="dark"),
}
AXE_WAYS = ["on a telephone", "on a tablet", "on a desk", "on paper"]
SEEN = [
    *[("nothing_runs_off_the_page", way) for way in (*AXE_WAYS, "with letters twice as large", "with letters spaced")],
    *[("what_scrolls_can_be_reached_and_has_a_name", way) for way in AXE_WAYS[:3]],
    *[
        (check, way)
        for check in ("text_stands_out_from_its_ground", "pictures_bring_their_own_ground")
        for way in ("in forced colours", "in dark forced colours")
    ],
    ("text_stands_out_from_its_ground", "on a desk"),
    *[
        (check, "on a desk")
        for check in (
            "one_first_heading",
            "headings_step_down_by_one",
            "tables_can_be_read_aloud",
            "pictures_say_their_finding",
            "ids_are_unique",
            "links_within_lead_somewhere",
            "links_are_underlined",
            "a_status_is_a_word_and_a_symbol",
            "the_keyboard_follows_the_page",
            "the_policy_lets_nothing_in",
            "neighbouring_fills_can_be_told_apart",
        )
    ],
]


class Opened(NamedTuple):
    """A page that is open, what it asked for and what it complained of while it loaded."""

    page: Page
    asked: list[str]
    said: list[str]


def opened(context: BrowserContext, path: Path) -> Opened:
    """The page with the network shut: all but the file itself is refused, and noted."""
    page, asked, said = context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.route(
        "**/*", lambda route: route.continue_() if route.request.url == path.resolve().as_uri() else route.abort()
    )
    page.goto(path.resolve().as_uri())
    tell = Opened(page, [url for url in asked if not url.startswith("data:")], list(said))
    page.evaluate(f"window.checks = {CHECKS}")
    return tell


def read_in(page: Page, way: str) -> None:
    chosen = WAYS[way]
    page.set_viewport_size({"width": chosen.width, "height": 900})
    page.emulate_media(media=chosen.media, forced_colors=chosen.forced, color_scheme=chosen.scheme)
    page.evaluate(
        "css => { const sheet = new CSSStyleSheet(); sheet.replaceSync(css); document.adoptedStyleSheets = [sheet]; }",
        chosen.style,
    )


def start_axe(page: Page) -> None:
    """Set axe to work and do not wait: each page has a process of its own, so two cores see to two at a time."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    page.evaluate("options => { window.found = axe.run(options); }", WCAG_22_AA)


def by_axe(page: Page) -> list[str]:
    found = page.evaluate("() => window.found")["violations"]
    return [f"{fault['id']}: {node['html'][:120]}" for fault in found for node in fault["nodes"]]


def by_check(page: Page, check: str) -> list[str]:
    faults: list[str] = page.evaluate(f"checks.{check}()")
    return faults


WATCH = """() => {
  window.stops = [];
  document.activeElement?.blur();
  document.addEventListener("focusin", ({ target }) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(target);
    stops.push([target, outlineStyle !== "none" && parseFloat(outlineWidth) >= 2, target.getBoundingClientRect()]);
  });
  const can = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")];
  window.reachable = can.filter((each) => each.checkVisibility() && !each.disabled && each.type !== "radio");
  return can.length;
}"""
WALKED = """() => {
  const brief = (element) => element.outerHTML.slice(0, 80);
  const round = stops.findIndex(([element], place) => place && element === stops[0][0]);  // past the end, Tab begins again
  const walked = round > 0 ? stops.slice(0, round) : stops;
  const seen = walked.map(([element]) => element);
  const faults = [];
  if (!seen[0]?.matches(".skip")) faults.push("the first stop is not the link that skips");
  else if (stops[0][2].right <= 0 || stops[0][2].bottom <= 0) faults.push("the link that skips stays out of sight");
  seen.forEach((element, place) => {
    if (place && !(seen[place - 1].compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING))
      faults.push(`out of order: ${brief(element)}`);
  });
  faults.push(...walked.filter(([, outlined]) => !outlined).map(([element]) => `no outline: ${brief(element)}`));
  faults.push(...reachable.filter((each) => !seen.includes(each)).map((each) => `not reached: ${brief(each)}`));
  return faults;
}"""


def by_keyboard(page: Page) -> list[str]:
    """What is wrong with a walk by Tab from the top: its order, what it misses, and where it cannot be seen."""
    page.bring_to_front()
    for _ in range(page.evaluate(WATCH)):
        page.keyboard.press("Tab")
    faults: list[str] = page.evaluate(WALKED)
    return faults


def lost(folder: Path, page: Page) -> list[str]:
    """Links to files of the pack, or to places in them, that are not there."""
    links = page.evaluate("[...document.querySelectorAll('a[href]')].map(link => link.getAttribute('href'))")
    return [link for link in links if not re.match(r"https?://|mailto:|#", link) and not leads(folder, link)]


def leads(folder: Path, link: str) -> bool:
    name, _, place = link.partition("#")
    path = folder / name
    return path.is_file() and (not place or f'id="{place}"' in path.read_text(encoding="utf-8"))


# The pack


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context()
    yield made
    made.close()


@pytest.fixture(scope="module")
def pack(committee_pack: Path, context: BrowserContext) -> dict[str, Opened]:
    """Every page of the pack, by file name, each opened once."""
    found = {path.name: opened(context, path) for path in sorted(committee_pack.rglob("*.html"))}
    assert len(found) > 2
    assert "index.html" in found
    return found


def faulty(pack: dict[str, Opened], look: Callable[[Page], list[str]]) -> dict[str, list[str]]:
    """Pages with a fault, each with its faults."""
    return {name: faults for name, each in pack.items() if (faults := look(each.page))}


def test_a_page_asks_for_nothing_but_itself_and_complains_of_nothing(pack: dict[str, Opened]) -> None:
    assert {name: each.asked for name, each in pack.items() if len(each.asked) != 1} == {}
    assert {name: each.said for name, each in pack.items() if each.said} == {}


def test_a_page_is_no_larger_than_an_email_may_be(committee_pack: Path) -> None:
    sizes = {path.name: path.stat().st_size for path in committee_pack.rglob("*.html")}
    assert {name: size for name, size in sizes.items() if size > MOST_BYTES} == {}


def test_each_page_is_in_british_english_and_has_a_title_of_its_own(pack: dict[str, Opened]) -> None:
    titles = [each.page.title() for each in pack.values()]
    assert all(titles)
    assert len(set(titles)) == len(titles)
    assert {each.page.evaluate("document.documentElement.lang") for each in pack.values()} == {"en-GB"}


def test_every_file_and_place_of_the_pack_that_a_link_leads_to_is_there(
    pack: dict[str, Opened], committee_pack: Path
) -> None:
    assert faulty(pack, lambda page: lost(committee_pack, page)) == {}


@pytest.mark.parametrize("way", AXE_WAYS)
def test_axe_finds_no_fault(pack: dict[str, Opened], way: str) -> None:
    for each in pack.values():
        read_in(each.page, way)
        start_axe(each.page)
    assert faulty(pack, by_axe) == {}


@pytest.mark.parametrize(("check", "way"), SEEN)
def test_our_own_check_finds_no_fault(pack: dict[str, Opened], check: str, way: str) -> None:
    for each in pack.values():
        read_in(each.page, way)
    assert faulty(pack, lambda page: by_check(page, check)) == {}


def test_tab_goes_through_all_that_can_be_used_in_the_order_of_the_page(pack: dict[str, Opened]) -> None:
    for each in pack.values():
        read_in(each.page, "on a desk")
    assert faulty(pack, by_keyboard) == {}


# The checks see what they are for

ROW = '<tr><th scope="row">Gap</th><td>1</td></tr>'
HEAD = '<thead><tr><th scope="col">Line</th><th scope="col">2026/27</th></tr></thead>'
TEAL_BY_GREEN = "<rect width='9' height='9' fill='#28a197'/><rect x='9' width='9' height='9' fill='#2a9d5c'/>"
BAD = {
    "one_first_heading": ["<h2>Why?</h2>", "<h1>Why?</h1><h1>How?</h1>"],
    "headings_step_down_by_one": ["<h1>Why?</h1><h3>So</h3>", "<h2>So</h2>", "<h1>Why?</h1><h2> </h2>"],
    "tables_can_be_read_aloud": [
        f"<table>{HEAD}{ROW}</table>",
        f"<table><caption>Gap</caption>{ROW}</table>",
        f"<table><caption>Gap</caption>{HEAD}{HEAD}{ROW}</table>",
        f"<table><caption>Gap</caption>{HEAD}<tr><th>Gap</th><td>1</td></tr></table>",
        f"<table><caption>Gap</caption>{HEAD}<tr><td>Gap</td><td>1</td></tr></table>",
        f"<table><caption>Gap</caption>{HEAD}{ROW}<tr><th scope='row' colspan='2'>Gap</th></tr></table>",
        f"<table><caption>Gap</caption>{HEAD}<tr><th scope='row'>Gap</th><td> </td></tr></table>",
        f"<table><caption>Gap</caption>{HEAD}<tr><th scope='row'>Gap</th></tr></table>",
    ],
    "pictures_say_their_finding": [
        "<img src='data:image/png;base64,AA' alt='The gap widens in every year that is shown'>",
        "<img src='data:image/png;base64,AA' alt='It widens by 2029/30'>",
        "<img src='data:image/png;base64,AA' alt='Bar chart of the gap by year, 2026/27 to 2029/30'>",
        "<svg viewBox='0 0 9 9' aria-label='The gap widens by £60.1m to 2029/30'><text>1</text></svg>",
        "<svg viewBox='0 0 9 9' role='img' aria-label='The gap widens in every year that is shown'><text>1</text></svg>",
    ],
    "ids_are_unique": ["<p id='a'>1</p><p id='a'>2</p>"],
    "links_within_lead_somewhere": ["<a href='#gone'>The gap</a>"],
    "links_are_underlined": ["<p>See <a href='#a' style='text-decoration:none'>the gap</a>.</p>"],
    "what_scrolls_can_be_reached_and_has_a_name": [
        "<div style='overflow:auto'><p style='width:200rem'>Wide</p></div>",
        "<div style='overflow:auto' tabindex='0'><p style='width:200rem'>Wide</p></div>",
    ],
    "a_status_is_a_word_and_a_symbol": [
        "<span class='status'>●</span>",
        "<span class='status'>Short</span>",
        "<table><tr><td>▲</td></tr></table>",
        "<table><tr><td>Amber</td></tr></table>",
    ],
    "the_keyboard_follows_the_page": [
        "<button tabindex='1'>Go</button>",
        "<div style='display:flex;flex-direction:row-reverse'><p>1</p><p>2</p></div>",
    ],
    "the_policy_lets_nothing_in": [
        "<p>No policy</p>",
        *(
            f'<head><meta http-equiv="Content-Security-Policy" content="{policy}"></head><p>Open</p>'
            for policy in (
                "default-src 'self'",
                "default-src 'none'; img-src https:",
                "default-src 'none'; script-src 'unsafe-inline'",
            )
        ),
    ],
    "nothing_runs_off_the_page": [
        "<p style='width:30rem'>A line that is wider than the window, and goes on beyond its edge for some way</p>",
        "<div style='overflow:hidden;height:1rem'><p>One</p><p>Two</p></div>",
        "<div style='overflow:hidden;width:4rem;white-space:nowrap'>A line that is cut</div>",
    ],
    "text_stands_out_from_its_ground": [
        "<svg><text y='9' style='forced-color-adjust:none;fill:#14181f'>1</text></svg>",
        "<p style='forced-color-adjust:none;color:#333'>Words</p>",
    ],
    "pictures_bring_their_own_ground": [
        "<svg viewBox='0 0 9 9'></svg>",
        "<img style='background:#fff' src='data:image/png;base64,AA'>",
    ],
    "neighbouring_fills_can_be_told_apart": [
        f"<svg viewBox='0 0 20 9'>{TEAL_BY_GREEN}</svg>",
        "<svg viewBox='0 0 20 9'><rect width='9' height='9' fill='#b8c7d6'/></svg>",
    ],
}


Show = Callable[[str, str], Page]


@pytest.fixture
def show(context: BrowserContext, tmp_path: Path) -> Iterator[Show]:
    """Opens a page that holds no more than is given, read in some way."""
    shown: list[Page] = []

    def to_be_read(html: str, way: str) -> Page:
        path = tmp_path / "bad.html"
        path.write_text(f"<!doctype html>{html}", encoding="utf-8")
        shown.append(opened(context, path).page)
        read_in(shown[-1], way)
        return shown[-1]

    yield to_be_read
    for page in shown:
        page.close()


def test_every_check_has_a_bad_page_and_is_made_on_the_pack(show: Show) -> None:
    page = show("", "on a desk")
    assert set(page.evaluate("Object.keys(checks)")) == set(BAD) == {check for check, _ in SEEN}


@pytest.mark.parametrize(("check", "html"), [(check, html) for check, pages in BAD.items() for html in pages])
def test_our_own_check_sees_its_fault(show: Show, check: str, html: str) -> None:
    way = "in dark forced colours" if check.endswith("_ground") else "on a telephone"
    assert by_check(show(html, way), check) != []


def test_fills_that_differ_enough_or_have_a_line_or_a_gap_between_them_pass(show: Show) -> None:
    apart = "<rect width='9' height='9' fill='#12436d'/><rect x='9' width='9' height='9' fill='#f46a25' stroke='#000'/>"
    lined = TEAL_BY_GREEN.replace("<rect", "<rect stroke='#14181f'")
    gap = TEAL_BY_GREEN.replace("x='9'", "x='10'")
    for drawn in (apart, lined, gap):
        page = show(f"<svg viewBox='0 0 20 9'>{drawn}</svg>", "on a desk")
        assert by_check(page, "neighbouring_fills_can_be_told_apart") == []


@pytest.mark.parametrize(
    ("html", "rule"),
    [
        ("<main><img src='data:image/png;base64,AA'></main>", "image-alt"),
        ("<main><p style='color:#999'>Words</p></main>", "color-contrast"),
        (
            "<style>button { width: 9px; padding: 0 }</style><main><button>1</button><button>2</button></main>",
            "target-size",
        ),
    ],
)
def test_axe_sees_a_fault_of_2_0_and_of_2_2(show: Show, html: str, rule: str) -> None:
    page = show(html, "on a desk")
    start_axe(page)
    assert any(fault.startswith(f"{rule}:") for fault in by_axe(page))


SKIP = "<a class='skip' href='#main'>Skip</a>"


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ("<a href='#a'>A</a>", "the first stop is not the link that skips"),
        (f"<div style='position:absolute;left:-99rem'>{SKIP}</div>", "stays out of sight"),
        (f"{SKIP}<a href='#a'>A</a><button tabindex='1'>B</button>", "the first stop is not"),
        (f"{SKIP}<p tabindex='2'>A</p>", "the first stop is not"),
        (f"{SKIP}<style>a {{ outline: none }}</style>", "no outline"),
        (f"{SKIP}<a href='#a' tabindex='-1'>A</a>", "not reached"),
    ],
)
def test_the_walk_by_tab_sees_its_fault(show: Show, html: str, fault: str) -> None:
    style = "" if "<style>" in html else "<style>:focus-visible { outline: 3px solid #000 }</style>"
    faults = by_keyboard(show(f"{style}{html}", "on a desk"))
    assert any(fault in each for each in faults)


def test_a_request_a_program_that_is_barred_and_a_lost_link_are_seen(context: BrowserContext, tmp_path: Path) -> None:
    bad = tmp_path / "bad.html"
    bad.write_text("<img src='https://example.org/a.png'><a href='gone.html'>1</a><a href='bad.html#gone'>2</a>")
    seen = opened(context, bad)
    assert seen.asked == [bad.as_uri(), "https://example.org/a.png"]
    assert seen.said != []
    assert lost(tmp_path, seen.page) == ["gone.html", "bad.html#gone"]
    seen.page.close()
