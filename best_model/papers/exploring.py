"""The explorer: sliders over everything the engine gives at their stops, as one page that needs no network and no kernel."""

import base64
import hashlib
import math
from functools import partial
from pathlib import Path

from markupsafe import Markup

from best_model.door import open_scenario
from best_model.faces.packed import beside_it, packed
from best_model.inputs.shelf import shared
from best_model.inputs.stops_yaml import read_stops
from best_model.model.authority import Authority
from best_model.model.refusal import BrokenIdentity
from best_model.papers.page import TEMPLATES, Page, rendered
from best_model.questions import explored, without_sliders
from best_model.questions.grid import Grid, every_setting
from best_model.questions.names import before_the_plan
from best_model.questions.sliders import Sliders

LARGEST = 1_000_000


def explorer_page(authority: Authority, params: Path, page: Page) -> str:
    """The explorer as HTML, the same to the byte for the same inputs. Raises `Refusal` where explorer.yaml is wrong, and
    `BrokenIdentity` where the page would show another number than the engine's or be larger than 1 MB."""
    stops = read_stops(params, authority.council.sources)
    scenarios = tuple(open_scenario(name, authority.council.name, params) for name in stops.scenarios)
    sliders = Sliders(authority, scenarios, stops)
    runs = shared("explorer", (authority.council, scenarios, stops), partial(every_setting, sliders))
    html = _page(Grid(authority, scenarios, stops, **runs), page)
    size = len(html.encode())
    if size >= LARGEST:
        raise BrokenIdentity(
            f"the explorer is {size:,} bytes, more than a page may be; take a stop out of explorer.yaml"
        )
    return html


def _page(grid: Grid, page: Page) -> str:
    script = (TEMPLATES / "explorer" / "explorer.js").read_text(encoding="utf-8")
    text, layout = packed(grid)
    opens_at = next(each for each in grid.scenarios if each.name == grid.stops.opens_at)
    return rendered(
        "explorer.html.j2",
        page=page,
        grid=grid,
        years=grid.authority.years,
        januaries=grid.authority.januaries,
        begun=before_the_plan(grid.authority.years),
        opens_at=opens_at,
        shown=explored.at_scenario(grid, opens_at),
        most=explored.most(grid),
        new_plans=[*zip(grid.stops.new_plans, grid.children, strict=True)],
        settings=math.prod(grid.shape),
        explored=explored,
        without_sliders=without_sliders,
        about=beside_it(grid, layout),
        packed=text,
        script=Markup(script),
        sum_of_script=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )
