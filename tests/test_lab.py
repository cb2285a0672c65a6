"""The sliders, in JupyterLab in a real browser, by keyboard."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

ROOT = Path(__file__).parents[1]
pytestmark = [pytest.mark.slow, pytest.mark.browser]
PATIENCE = 300_000


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a JupyterLab that serves a copy of the notebooks, so that a run leaves no output in them."""
    folder = tmp_path_factory.mktemp("lab")
    for notebook in (ROOT / "notebooks").glob("*.ipynb"):
        (folder / notebook.name).write_bytes(notebook.read_bytes())
    settings = folder / ".settings"
    _set(settings, "notebook-extension/tracker", windowingMode="none")  # every cell is on the page, in view or not
    _set(settings, "apputils-extension/notification", fetchNews="false")
    port = _free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}",
         "--IdentityProvider.token=", "--ServerApp.disable_check_xsrf=True", f"--ServerApp.root_dir={folder}"],
        cwd=folder,
        env={**os.environ, "JUPYTER_CONFIG_DIR": str(folder / ".config"), "JUPYTER_DATA_DIR": str(folder / ".data"),
             "JUPYTERLAB_SETTINGS_DIR": str(settings)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait_for(f"http://127.0.0.1:{port}/api/status")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=300)


def _set(settings: Path, plugin: str, **values: str) -> None:
    path = settings / "@jupyterlab" / f"{plugin}.jupyterlab-settings"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(values))


def _wait_for(address: str) -> None:
    for _ in range(600):
        try:
            with urllib.request.urlopen(address, timeout=60):
                return
        except OSError:
            time.sleep(0.5)
    raise TimeoutError("JupyterLab did not start within five minutes")


@pytest.fixture
def page(lab: str, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A notebook, open in JupyterLab with every cell run."""
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.goto(f"{lab}/doc/tree/{request.param}.ipynb?reset")
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=PATIENCE)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).first.click()
    page.locator(".best-headline").wait_for(timeout=PATIENCE)
    yield page
    page.close()


@pytest.mark.parametrize("page", ["02_placement_mix", "03_base_and_stretched"], indirect=True)
def test_an_arrow_key_on_a_slider_changes_the_headline_and_the_charts(page: Page) -> None:
    headline, chart = page.locator(".best-headline"), page.locator(".jupyter-widgets img[alt]").first
    before, drawn = headline.inner_text(), chart.get_attribute("src")
    places = page.locator(".widget-hbox", has=page.get_by_label(re.compile("Specialist places")))
    places.locator(".noUi-handle").focus()
    page.keyboard.press("ArrowRight")
    expect(headline).not_to_have_text(before, timeout=PATIENCE)
    expect(chart).not_to_have_attribute("src", str(drawn), timeout=PATIENCE)
    assert "Identified and in train" in headline.inner_text()


@pytest.mark.parametrize("page", ["03_base_and_stretched"], indirect=True)
def test_every_priority_has_a_labelled_box_that_a_keyboard_can_use(page: Page) -> None:
    headline = page.locator(".best-headline")
    before = headline.inner_text()
    boxes = page.get_by_role("spinbutton")
    assert boxes.count() == 6
    box = page.get_by_label(re.compile("Commissioning and demand"))
    box.focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("0")
    page.keyboard.press("Enter")
    expect(headline).not_to_have_text(before, timeout=PATIENCE)


@pytest.mark.parametrize("page", ["03_base_and_stretched"], indirect=True)
def test_a_scenario_to_start_from_sets_every_slider(page: Page) -> None:
    box = page.get_by_label(re.compile("Specialist places"))
    evidence = box.input_value()
    page.get_by_label("Start from").select_option(label="Stretched")
    expect(box).not_to_have_value(evidence, timeout=PATIENCE)
    expect(page.locator(".best-headline")).to_contain_text("£66.1m", timeout=PATIENCE)
