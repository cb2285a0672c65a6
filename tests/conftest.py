"""What tests share: the shipped council, two of its scenarios, a copy of its files to be changed, Chromium and the committee pack."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from click.testing import Result as Ran

from best_model.command.main import main
from best_model.door import PARAMS, open_authority, open_result
from best_model.model.authority import Authority
from best_model.model.engine import Result
from best_model.model.scenario import Assumption, Lever, Scenario

RELEASE = Path(os.environ.get("BEST_RELEASE_DATA", PARAMS.parent / "../shared/data"))
needs_release = pytest.mark.skipif(
    not RELEASE.is_dir(), reason="the DfE release is not here; name its folder in BEST_RELEASE_DATA"
)
CHROMIUM = Path("/usr/bin/chromium")
QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-golden", action="store_true", help="write the golden tables anew instead of comparing")


@pytest.fixture(scope="session")
def rewrite_golden(request: pytest.FixtureRequest) -> bool:
    """Whether this run writes the golden tables instead of comparing with them."""
    return bool(request.config.getoption("--rewrite-golden"))


@pytest.fixture(scope="session")
def authority() -> Authority:
    """The council that is shipped."""
    return open_authority()


@pytest.fixture(scope="session")
def evidence(authority: Authority) -> Result:
    return open_result("evidence", authority)


@pytest.fixture(scope="session")
def stretched(authority: Authority) -> Result:
    return open_result("stretched", authority)


@pytest.fixture(scope="session")
def plans(authority: Authority, stretched: Result) -> list[Result]:
    """Base and stretched."""
    return [open_result("base", authority), stretched]


@pytest.fixture
def params(tmp_path: Path) -> Path:
    """A copy of the shipped parameters, to be changed."""
    return shutil.copytree(PARAMS, tmp_path / "params")


def edit(path: Path, old: str, new: str) -> None:
    """Put `new` for the first `old` in a file, which must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {path.name}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def best(*words: str | Path) -> Ran:
    """What the command says to these words."""
    return CliRunner().invoke(main, list(map(str, words)))


def refusal(done: Ran) -> str:
    """The one line a person sees: nothing else is printed, and the code says that the input is theirs to mend."""
    assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
    assert (done.exit_code, done.stdout) == (2, ""), done.stderr
    assert done.stderr.startswith("best: ")
    assert done.stderr.count("\n") == 1
    return done.stderr


def scenario_of(*levers: Lever) -> Scenario:
    """A scenario of these levers alone, with nothing in train, held against the base target and not tied to it."""
    return Scenario(
        name="alone",
        title="Alone",
        question="What?",
        levers=levers,
        in_train="none",
        target="base",
        tie_to_target=False,
    )


def figure(value: float) -> Assumption:
    """A figure without a range."""
    return Assumption(value=value, low=value, high=value, unit="", pedigree="assumed", source="judgement")


@pytest.fixture(scope="module")
def browser() -> Iterator["playwright.sync_api.Browser"]:  # noqa: F821
    """The system's Chromium. Absent, its tests are skipped on a desk and fail where CI is set."""
    if not CHROMIUM.exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{CHROMIUM} is not installed (apt install chromium)")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  a desk without Chromium need not have it

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def committee_pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the whole committee pack as `best report` publishes it, built once for all workers."""
    import fcntl  # noqa: PLC0415  the tests that need no pack run where there is none, as on Windows

    base = tmp_path_factory.getbasetemp()
    reports = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "reports"
    with (reports.parent / "reports.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (reports / "committee").exists():
            best = Path(sys.executable).with_name("best")
            done = subprocess.run([best, "report", "--reports", reports], capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
    return reports / "committee"
