"""The explorer: sliders over everything the engine gives at their stops, as one page that needs no network and no kernel."""

import base64
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from best_model.door import open_scenario
from best_model.inputs.stops_yaml import read_stops
from best_model.model.authority import Authority
from best_model.model.refusal import BrokenIdentity
from best_model.outputs import explorer
from best_model.outputs.packed_grid import Packed, levels_in_train, packed
from best_model.questions.grid import Grid, grid

if TYPE_CHECKING:
    from best_model.papers.page import Page

TEMPLATES = Path(__file__).parent / "templates"
TITLE = "What if a priority did more, or less, or came later?"
LARGEST = 1_000_000


def explorer_page(authority: Authority, params: Path, page: "Page") -> str:
    """The explorer as HTML, the same to the byte for the same inputs. Raises `Refusal` where explorer.yaml is wrong, and
    `BrokenIdentity` where the page would show another number than the engine's or be larger than 1 MB."""
    stops = read_stops(params, authority.council.sources)
    scenarios = tuple(open_scenario(name, authority.council.name, params) for name in stops.scenarios)
    run = grid(authority, scenarios, stops)
    html = _rendered(run, packed(run), page)
    size = len(html.encode())
    if size >= LARGEST:
        raise BrokenIdentity(
            f"the explorer is {size:,} bytes, more than a page may be; take a stop out of explorer.yaml"
        )
    return html


def _rendered(run: Grid, pack: Packed, page: "Page") -> str:
    folders = [TEMPLATES / "explorer", TEMPLATES / "committee"]
    templates = Environment(loader=FileSystemLoader(folders), autoescape=True)
    script, style = (
        (TEMPLATES / "explorer" / name).read_text(encoding="utf-8") for name in ("explorer.js", "explorer.css")
    )
    return templates.get_template("explorer.html.j2").render(
        page=page,
        title=TITLE,
        policy=Markup(policy(script)),
        style=Markup(style),
        script=Markup(script),
        about=Markup(as_data(explorer.about(run, pack))),
        packed=pack.text,
        **_content(run),
    )


def _content(run: Grid) -> dict[str, Any]:
    shown = explorer.opening(run)
    settings = int(np.prod(run.shape))
    fragments = {
        "bar": explorer.bar(shown),
        "cards": explorer.cards(shown),
        "saving": explorer.saving_table(shown),
        "mix": explorer.mix_table(shown),
        "deficit": explorer.deficit_table(shown),
        "tables": explorer.scenario_table(run) + explorer.otherwise_table(run) + explorer.alone_table(run),
        "stops": explorer.stops_table(run),
    }
    return {
        "answer": explorer.answer(shown),
        "parts": explorer.parts(shown),
        "opens_at": next(each.title for each in run.scenarios if each.name == run.stops.opens_at),
        "starts": [scenario.title for scenario in run.scenarios],
        "sliders": [
            ("How much each priority delivers", explorer.priority_sliders(run)),
            ("When it begins, and what comes anyway", explorer.other_sliders(run)),
        ],
        "settings": f"{settings:,}",
        "with_in_train": f"{settings * len(levels_in_train(run)):,}",
        **{name: Markup(fragment.html) for name, fragment in fragments.items()},
    }


def policy(script: str) -> str:
    """What the page may do beyond showing itself: run this script, known by its sum, and no other."""
    sum_of = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"script-src 'sha256-{sum_of}'; base-uri 'none'; form-action 'none'; "


def as_data(said: dict[str, Any]) -> str:
    """JSON that no label in it can break out of."""
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
