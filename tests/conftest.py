"""What tests share: the flag that rewrites golden tables, one Chromium, and the committee pack."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

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
