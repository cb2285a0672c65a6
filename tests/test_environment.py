"""The three lists of what the project needs say the same, and `make` says what it can do."""

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCK = (ROOT / "requirements.lock").read_text()
TARGETS = ["setup", "report", "test", "lab", "check", "lock", "golden", "clean"]


def bounds_by_name(lines: list[str]) -> dict[str, str]:
    """`["Pandas>=3.0,<4"]` as `{"pandas": "<4,>=3.0"}`: one spelling, whatever the order or extras."""
    requirements = [Requirement(line) for line in lines]
    return {canonicalize_name(each.name): str(each.specifier) for each in requirements}


def needs_of_pyproject() -> dict[str, str]:
    return bounds_by_name(PYPROJECT["project"]["dependencies"] + PYPROJECT["dependency-groups"]["dev"])


def needs_of_conda() -> dict[str, str]:
    """All of environment.yml, its pip part included, but for Python and pip themselves."""
    entries = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    lines = [each for each in entries if isinstance(each, str)]
    lines += [line for each in entries if isinstance(each, dict) for line in each["pip"]]
    return {name: bounds for name, bounds in bounds_by_name(lines).items() if name not in {"python", "pip"}}


def entries_of_lock() -> list[str]:
    """Each requirement of the lock with the lines that belong to it."""
    return re.split(r"\n(?=\S)", LOCK.strip())


def requirement_of(entry: str) -> Requirement:
    return Requirement(entry.splitlines()[0].removesuffix("\\").strip())


def test_the_conda_list_names_the_same_packages_and_bounds_as_pyproject() -> None:
    assert needs_of_conda() == needs_of_pyproject()


def test_the_conda_list_asks_for_the_same_python_as_pyproject() -> None:
    entries = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    assert f"python{PYPROJECT['project']['requires-python']}" in entries


def test_the_package_is_built_with_the_same_setuptools_that_the_lock_holds() -> None:
    assert bounds_by_name(PYPROJECT["build-system"]["requires"]).items() <= needs_of_pyproject().items()


@pytest.mark.parametrize(("name", "bounds"), needs_of_pyproject().items())
def test_every_need_has_a_lowest_and_a_highest_release(name: str, bounds: str) -> None:
    assert {each.operator for each in Requirement(name + bounds).specifier} == {">=", "<"}


def test_every_line_of_the_lock_is_pinned_to_one_release_and_has_its_hashes() -> None:
    entries = entries_of_lock()
    assert len(entries) > len(needs_of_pyproject())
    for entry in entries:
        assert [each.operator for each in requirement_of(entry).specifier] == ["=="], entry
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry


def test_the_lock_holds_no_address_and_no_build_of_one_machine() -> None:
    assert not re.search(r"://|file:|--(extra-)?index-url|--find-links", LOCK)
    assert not [entry for entry in entries_of_lock() if "+" in str(requirement_of(entry).specifier)]


@pytest.mark.parametrize(("name", "bounds"), needs_of_pyproject().items())
def test_the_lock_pins_every_need_within_its_bounds(name: str, bounds: str) -> None:
    pins = [each for each in map(requirement_of, entries_of_lock()) if canonicalize_name(each.name) == name]
    allowed = Requirement(name + bounds).specifier
    assert pins
    assert all(allowed.contains(str(pin.specifier).removeprefix("==")) for pin in pins)


def make(*words: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run make as a person would, even when these tests were themselves started by make."""
    env = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}}
    return subprocess.run(["make", *words], check=False, cwd=folder, env=env, capture_output=True, text=True)


@pytest.fixture
def set_up_project(tmp_path: Path) -> Path:
    """A folder in which `make setup` has already been run."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    for name, written in {"requirements.lock": 1, "pyproject.toml": 1, ".venv/.installed": 2}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (written, written))
    return tmp_path


@pytest.mark.parametrize("words", [(), ("help",)])
def test_make_lists_its_eight_targets_in_order_one_line_each(words: tuple[str, ...]) -> None:
    listing = make(*words).stdout.splitlines()
    assert [line.split()[0] for line in listing] == TARGETS
    assert all(len(line.split()) > 1 for line in listing)


def test_a_second_setup_does_nothing_and_says_nothing(set_up_project: Path) -> None:
    done = make("setup", folder=set_up_project)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("changed", ["requirements.lock", "pyproject.toml"])
def test_a_change_in_what_is_needed_is_set_up_again_and_a_failure_is_not_taken_for_done(
    set_up_project: Path, changed: str
) -> None:
    os.utime(set_up_project / changed, (3, 3))
    failed = make("setup", "PYTHON=no-such-python", folder=set_up_project)
    assert failed.returncode != 0
    assert failed.stderr.startswith('This needs Python 3.11 or newer with venv, which "no-such-python" is not')
    assert not (set_up_project / ".venv/.installed").exists()
