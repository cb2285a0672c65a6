"""The page that says what a pack was made from: version, commit, code, libraries, seed, and every input with its sum."""

from markupsafe import Markup

from best_model.outputs.fragment import Fragment, paragraph
from best_model.outputs.tables import Row, table
from best_model.papers.page import Page, rendered
from best_model.papers.provenance import Provenance


def made_from_page(made_from: Provenance, page: Page) -> str:
    """The whole page. A reader with the same files gets the same sums from `sha256sum`."""
    content = _answer(made_from) + _program(made_from) + _checks(made_from) + _inputs(made_from)
    return rendered("plain.html.j2", page=page, question="What was this pack made from?", content=Markup(content.html))


def _answer(made_from: Provenance) -> Fragment:
    return paragraph(
        f"This pack was made by version {made_from.version} of the model, commit {made_from.commit}, from {len(made_from.inputs)} "
        "files of figures.",
        "answer",
    ) + paragraph(
        "Each file is listed with a checksum (SHA-256), a number that changes when any character of the file does. "
        "The same files and the same commit give the same figures, and pages that are the same to the last character but for what changed "
        "since the pack before."
    )


def _program(made_from: Provenance) -> Fragment:
    rows = [
        Row("Version of the model", [made_from.version]),
        Row("Commit", [made_from.commit]),
        Row("Checksum of the code", [made_from.code]),
        Row("Seed of the draws", ["none" if made_from.seed is None else str(made_from.seed)]),
        *(Row(name, [version]) for name, version in made_from.environment.items()),
    ]
    note = "A commit with + after it holds changes that are not committed; the checksum of the code covers them."
    return table("The program and its libraries", ["What", "Which"], rows, note, text_columns=1)


def _checks(made_from: Provenance) -> Fragment:
    rows = [Row(name, [_how_many(found)]) for name, found in made_from.checks.items()]
    return table("Checks that held before anything was made", ["Scenario", "Checks"], rows, text_columns=1)


def _how_many(found: dict[str, bool] | bool) -> str:
    outcomes = [*found.values()] if isinstance(found, dict) else [found]
    return f"{sum(outcomes)} of {len(outcomes)} hold"


def _inputs(made_from: Provenance) -> Fragment:
    rows = [Row(path, [total]) for path, total in made_from.inputs.items()]
    return table("Every file of figures", ["File, under params", "SHA-256"], rows, text_columns=1)
