"""What docs/schedule.md offers works as it stands: each file is valid, and its command is run as its schedule would."""

import configparser
import os
import platform
import re
import shlex
import shutil
import socket
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from best_model.door import PARAMS

ROOT = Path(__file__).parent.parent
SCHEDULE = ROOT / "docs" / "schedule"
WORKFLOW = ROOT / ".github" / "workflows" / "pack.yml"
CHECKS = WORKFLOW.with_name("checks.yml")
CONFINED = Path(__file__).with_name("confined.py")
BIN = Path(sys.executable).parent
PROJECT, CACHE = "/srv/best", "/var/cache/best-pack"

Section = dict[str, str]


def written(name: str, project: Path | str = PROJECT, cache: Path | str = CACHE) -> str:
    """A file of docs/schedule as it is once the project's folder is put in."""
    return (SCHEDULE / name).read_text(encoding="utf-8").replace(PROJECT, str(project)).replace(CACHE, str(cache))


def sections(unit: str) -> dict[str, Section]:
    read = configparser.ConfigParser(interpolation=None, delimiters=("=",), comment_prefixes=("#",))
    read.optionxform = str  # type: ignore[assignment,method-assign]  # systemd tells capitals apart
    read.read_string(unit)
    return {name: dict(read[name]) for name in read.sections()}


def run(
    *words: str | Path, folder: Path | None = None, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=1800)


# The systemd units


@pytest.fixture(scope="module")
def analyze() -> str:
    """systemd-analyze. Absent, its tests are skipped on a desk and fail where CI is set."""
    found = shutil.which("systemd-analyze")
    if not found:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("systemd-analyze is not installed (apt install systemd)")
    return str(found)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project as it is installed, whose pack is one light paper."""
    folder = tmp_path / "best"
    folder.mkdir()
    (folder / ".venv").symlink_to(BIN.parent)
    (folder / "notebooks").symlink_to(ROOT / "notebooks")
    (folder / "reports").mkdir()
    pack = shutil.copytree(PARAMS, folder / "params") / "packs" / "committee.yaml"
    given = yaml.safe_load(pack.read_text(encoding="utf-8"))
    given["date"] = str(given["date"])
    given |= {
        "scenarios": ["do_nothing"],
        "documents": [{"notebook": "01_published_forecast", "scenario": "do_nothing"}],
    }
    pack.write_text(yaml.safe_dump(given), encoding="utf-8")
    return folder


def faults(analyze: str, folder: Path, **changes: tuple[str, str]) -> list[str]:
    """What systemd says of the two units, after one of them is changed: of these only, for it reads others beside them."""
    for kind in ("service", "timer"):
        text = written(f"best-pack.{kind}", folder)
        before, after = changes.get(kind, ("", ""))
        assert before in text
        (folder / f"best-pack.{kind}").write_text(text.replace(before, after) if before else text, encoding="utf-8")
    done = run(analyze, "verify", "--man=no", folder / "best-pack.service", folder / "best-pack.timer")
    return [line for line in done.stderr.splitlines() if "best-pack" in line]


def test_systemd_finds_no_fault_in_the_service_and_the_timer(analyze: str, project: Path) -> None:
    assert faults(analyze, project) == []


def test_the_timer_starts_the_service_on_the_first_monday_of_each_month(analyze: str) -> None:
    timer = sections(written("best-pack.timer"))["Timer"]
    assert timer["Persistent"] == "true"
    told = run(analyze, "calendar", "--iterations=24", timer["OnCalendar"])
    assert told.returncode == 0, told.stderr
    days = [date.fromisoformat(day) for day in re.findall(r"(?:elapse|#\d+): \w+ (\d{4}-\d\d-\d\d)", told.stdout)]
    assert len({(day.year, day.month) for day in days}) == len(days) == 24
    assert all(day.isoweekday() == 1 and day.day <= 7 for day in days)


@pytest.mark.slow
def test_the_service_leaves_a_pack_with_only_its_own_environment_folders_and_sockets(
    project: Path, tmp_path: Path
) -> None:
    service = sections(written("best-pack.service", project, tmp_path / "cache"))["Service"]
    env = dict(entry.split("=", 1) for entry in shlex.split(service["Environment"]))
    families = ",".join(service["RestrictAddressFamilies"].split())
    Path(env["HOME"]).mkdir()  # as CacheDirectory= does
    before = everything_in(project)
    command = shlex.split(service["ExecStart"])
    done = run(sys.executable, CONFINED, families, *command, folder=Path(service["WorkingDirectory"]), env=env)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{project}/reports/committee/index.html\n"
    left = {path.name for path in (project / "reports/committee").iterdir()}
    assert left >= {"index.html", "manifest.json", "run.log", "01_published_forecast-do_nothing.html"}
    if os.environ.get("CI"):  # on a desk Chromium may be a snap, which these limits keep from starting
        assert "pack.pdf" in left
    assert service["ReadWritePaths"] == str(project / "reports")
    assert everything_in(project) == before


def everything_in(project: Path) -> dict[Path, float]:
    """Each file with when it was last written, but for packs: what the service may not touch."""
    inside = (path for path in project.rglob("*") if "reports" not in path.relative_to(project).parts)
    return {path: path.lstat().st_mtime for path in inside}


def test_the_confinement_of_that_test_shuts_the_network_out() -> None:
    assert platform.machine() in {"x86_64", "aarch64"}
    for family, code in ((socket.AF_UNIX, 0), (socket.AF_INET, 1), (socket.AF_INET6, 1)):
        done = run(
            sys.executable, CONFINED, "AF_UNIX", sys.executable, "-c", f"import socket; socket.socket({family:d})"
        )
        assert done.returncode == code, done.stderr


# Lines of cron

BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))


def is_schedule(fields: list[str]) -> bool:
    """Minute, hour, day of the month, month and day of the week, each a list of numbers and ranges, or all of them."""
    return len(fields) == len(BOUNDS) and all(
        is_within(part, *bounds) for field, bounds in zip(fields, BOUNDS, strict=True) for part in field.split(",")
    )


def is_within(part: str, low: int, high: int) -> bool:
    if re.fullmatch(r"\*(/[1-9]\d*)?", part):
        return True
    found = re.fullmatch(r"(\d+)(?:-(\d+))?", part)
    return bool(found) and low <= int(found[1]) <= int(found[2] or found[1]) <= high  # type: ignore[index]


def cron(project: Path | str = PROJECT) -> tuple[list[str], str, str, dict[str, str]]:
    """Fields, user, command as the shell gets it, and environment of the one line."""
    *head, line = written("best-pack.cron", project).strip().splitlines()
    fields = line.split(maxsplit=6)
    assert not re.search(r"(?<!\\)%", fields[6]), "to cron a bare % ends the command"
    env = dict(entry.split("=", 1) for entry in head if not entry.startswith("#"))
    return fields[:5], fields[5], fields[6].replace(r"\%", "%"), env


def test_the_cron_line_is_valid_and_runs_what_the_service_runs_as_the_same_user() -> None:
    service = sections(written("best-pack.service"))["Service"]
    fields, user, command, env = cron()
    assert is_schedule(fields)
    assert user == service["User"]
    assert command.partition(" || exec ")[2] == service["ExecStart"]
    assert env["PATH"] in service["Environment"]
    assert written("best-pack.cron").endswith("\n"), "cron leaves out a last line that is not ended"


@pytest.mark.parametrize(("day", "runs"), [(1, True), (2, False), (7, False)])
def test_the_cron_line_runs_on_a_monday_and_leaves_with_the_code_of_the_run(
    tmp_path: Path, day: int, runs: bool
) -> None:
    _, _, command, env = cron(tmp_path)
    (tmp_path / ".venv/bin").mkdir(parents=True)
    for name, script in {"date": f"echo {day}", "best": 'echo "$@"; exit 3'}.items():
        path = tmp_path / ".venv/bin" / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
    done = run(env["SHELL"], "-c", command, env=env)
    told = command.partition("/bin/best ")[2]
    assert (done.returncode, done.stdout.strip()) == ((3, told) if runs else (0, ""))


# The workflow


@pytest.fixture(scope="module")
def workflow() -> dict[Any, Any]:
    read: dict[Any, Any] = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    return read


def steps(workflow: dict[Any, Any]) -> list[dict[str, Any]]:
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("path", [WORKFLOW, CHECKS], ids=lambda path: path.stem)
@pytest.mark.parametrize(
    ("schema", "needed"),
    [("vendor.github-workflows", "runs-on"), ("custom.github-workflows-require-timeout", "timeout-minutes")],
)
def test_a_workflow_is_what_github_takes(tmp_path: Path, path: Path, schema: str, needed: str) -> None:
    def lint(path: Path) -> int:
        return run(BIN / "check-jsonschema", "--builtin-schema", schema, path).returncode

    assert lint(path) == 0
    odd = tmp_path / "odd.yml"
    odd.write_text(path.read_text(encoding="utf-8").replace(f"{needed}:", "odd:"), encoding="utf-8")
    assert lint(odd) == 1


def test_every_push_is_checked_as_it_is_here() -> None:
    checks = yaml.safe_load(CHECKS.read_text(encoding="utf-8"))
    assert set(checks[True]) == {"push", "pull_request"}
    assert checks["permissions"] == {"contents": "read"}
    assert ".ci/run" in steps(checks)[-1]["run"].split()


def test_the_workflow_runs_each_month_or_by_hand_may_only_read_and_ends(workflow: dict[Any, Any]) -> None:
    starts = workflow[True]  # YAML 1.1 takes the word `on` for a truth
    assert set(starts) == {"schedule", "workflow_dispatch"}
    assert all(is_schedule(entry["cron"].split()) for entry in starts["schedule"])
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["concurrency"]["cancel-in-progress"] is False
    assert all(0 < job["timeout-minutes"] <= 60 for job in workflow["jobs"].values())


def test_the_workflow_uses_actions_of_github_itself_each_held_to_a_major_release(workflow: dict[Any, Any]) -> None:
    used = [step["uses"] for step in steps(workflow) if "uses" in step]
    assert {re.sub("@.*", "", each) for each in used} == {
        "actions/checkout",
        "actions/setup-python",
        "actions/upload-artifact",
    }
    assert all(re.fullmatch(r"actions/[\w-]+@v\d+", each) for each in used)


def test_what_the_workflow_makes_can_be_made(workflow: dict[Any, Any]) -> None:
    made = [
        line.split()
        for step in steps(workflow)
        for line in step.get("run", "").splitlines()
        if line.strip().startswith("make ")
    ]
    assert [words[1] for words in made] == ["report"]
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert {words[1] for words in made} <= set(targets)
    assert all((PARAMS / "packs" / f"{words[2].removeprefix('PACK=')}.yaml").exists() for words in made)


def test_what_the_workflow_keeps_is_the_pack_itself_and_not_a_link_to_it(
    workflow: dict[Any, Any], tmp_path: Path
) -> None:
    (tmp_path / "reports/.packs/committee-1").mkdir(parents=True)
    (tmp_path / "reports/.packs/committee-1/index.html").write_text("whole")
    (tmp_path / "reports/committee").symlink_to(".packs/committee-1")
    gather = next(step["run"] for step in steps(workflow) if step.get("name") == "Gather what was built")
    done = run("bash", "-e", "-o", "pipefail", "-c", gather, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    kept = next(step["with"]["path"] for step in steps(workflow) if "upload-artifact" in step.get("uses", ""))
    assert [path.relative_to(tmp_path / kept).as_posix() for path in (tmp_path / kept).rglob("*")] == [
        "committee",
        "committee/index.html",
    ]
    assert not (tmp_path / kept / "committee").is_symlink()


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        ("service", "Nice=", "Niceness="),
        ("service", "/.venv/bin/best report", "/.venv/bin/worst report"),
        ("service", "30min", "30 fortnights"),
        ("timer", "Mon *", "Moonday *"),
    ],
)
def test_systemd_would_see_a_fault_in_a_unit(analyze: str, project: Path, kind: str, before: str, after: str) -> None:
    assert faults(analyze, project, **{kind: (before, after)}) != []


@pytest.mark.parametrize(
    "line", ["30 6 1-7 *", "60 6 * * *", "30 24 * * *", "30 6 0 * *", "30 6 7-1 * *", "30 6 1 13 *", "30 6 1 * 8"]
)
def test_a_line_that_cron_would_not_take_is_seen(line: str) -> None:
    assert not is_schedule(line.split())
