"""What a pack is made from: version, commit, code, libraries, seed and every file of parameters with its sum; and the page of it."""

import hashlib
import json
import platform
import shutil
import subprocess
import sysconfig
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from pydantic import Field

from best_model import __version__
from best_model.model.scenario import Frozen
from best_model.papers.page import Page, rendered
from best_model.table import NONE, Column, Row, Table, Unit

ROOT = Path(__file__).parents[2]
PACKAGE = Path(__file__).parents[1]
LIBRARIES = ("numpy", "scipy", "pandas", "numba", "matplotlib", "ipykernel", "papermill", "nbconvert", "gptables")


class Provenance(Frozen):
    """What a pack was built from, and what its caller found when checking it. `inputs` are sums by path under params."""

    version: str
    commit: str
    code: str
    environment: dict[str, str]
    inputs: dict[str, str]
    seed: int | None = None
    checks: dict[str, Any] = Field(default_factory=dict)
    headline: dict[str, Any] = Field(default_factory=dict)

    @property
    def inputs_hash(self) -> str:
        """One short sum over every input, for the foot of each page."""
        return hashlib.sha256(json.dumps(self.inputs, sort_keys=True).encode()).hexdigest()[:12]

    def frame(self, **said: Any) -> Page:
        """What a page has round its content: what is said of it, and what it was made from."""
        return Page(version=self.version, commit=self.commit, inputs=self.inputs_hash, **said)

    @property
    def makes(self) -> tuple[object, ...]:
        """What decides every figure: the code, the libraries and which files of parameters there are.

        What the files hold decides those figures only that are made from them: `cache` knows which a paper used.
        """
        return (self.code, self.environment, sorted(path for path in self.inputs if not path.startswith("packs/")))


def provenance(
    params: Path, checks: Mapping[str, Any], headline: Mapping[str, Any], seed: int | None = None, root: Path = ROOT
) -> Provenance:
    """Look up the version, the commit of `root`, and a sha256 of the code and of each file of parameters."""
    return Provenance(
        version=__version__,
        commit=commit(root),
        code=_sum_of_all(PACKAGE),
        environment=_environment(),
        inputs={path.relative_to(params).as_posix(): _sha256(path) for path in files(params)},
        seed=seed,
        checks=dict(checks),
        headline=dict(headline),
    )


def _environment() -> dict[str, str]:
    """The main libraries by version, and one sum over all that are installed."""
    main = {name: metadata.version(name) for name in LIBRARIES}
    installed = sorted(path.name for path in Path(sysconfig.get_path("purelib")).glob("*.dist-info"))
    total = hashlib.sha256("\n".join(installed).encode()).hexdigest()
    return {"python": platform.python_version(), **main, "every library installed, as one sum": total}


def files(folder: Path) -> list[Path]:
    """Every file of a folder that is not hidden, in one order."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and not _is_hidden(path.relative_to(folder)))


def copy_of(folder: Path, target: Path) -> None:
    """Copy every file of a folder that is not hidden."""
    for path in files(folder):
        place = target / path.relative_to(folder)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)


def _is_hidden(path: Path) -> bool:
    return any(part.startswith((".", "__pycache__")) for part in path.parts)


def _sum_of_all(folder: Path) -> str:
    sums = {path.relative_to(folder).as_posix(): _sha256(path) for path in files(folder)}
    return hashlib.sha256(json.dumps(sums, sort_keys=True).encode()).hexdigest()


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def commit(root: Path) -> str:
    """The short commit of a git checkout, with `+` if it holds changes not committed; else "unknown"."""
    try:
        head = _git(root, "rev-parse", "--short", "HEAD")
        return head + ("+" if _git(root, "status", "--porcelain") else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _git(root: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=root, check=True, capture_output=True, text=True).stdout.strip()


# The page that says so


def made_from_page(made_from: Provenance, page: Page) -> str:
    """The whole page. A reader with the same files gets the same sums from `sha256sum`."""
    tables = (program(made_from), checks(made_from), inputs(made_from))
    return rendered("made_from.html.j2", page=page, made_from=made_from, tables=tables)


def program(made_from: Provenance) -> Table:
    """The version, the commit, the code, the seed and the libraries."""
    said = {
        "Version of the model": made_from.version,
        "Commit": made_from.commit,
        "Checksum of the code": made_from.code,
        "Seed of the random numbers": NONE if made_from.seed is None else str(made_from.seed),
        **made_from.environment,
    }
    rows = [Row(name, [which]) for name, which in said.items()]
    note = "A commit with + after it holds changes that are not committed; the checksum of the code covers them."
    return Table("program", "The program and its libraries", "What", (Column("Which", Unit.WORDS),), rows, (note,))


def checks(made_from: Provenance) -> Table:
    """How many checks there were for each scenario, and how many held."""
    outcomes = {
        name: [*found.values()] if isinstance(found, dict) else [found] for name, found in made_from.checks.items()
    }
    rows = [Row(name, [len(held), sum(held)]) for name, held in outcomes.items()]
    columns = (Column("Checks", Unit.NUMBER), Column("Checks that held", Unit.NUMBER))
    return Table("checks", "Checks made before anything else", "Scenario", columns, rows)


def inputs(made_from: Provenance) -> Table:
    """Every file of parameters with its sum."""
    rows = [Row(path, [total]) for path, total in made_from.inputs.items()]
    return Table("inputs", "Every file of figures", "File, under params", (Column("SHA-256", Unit.WORDS),), rows)
