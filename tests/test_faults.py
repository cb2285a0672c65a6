"""Whatever goes wrong while a pack is made, the last pack stays, and what went wrong is named.

Kernels that die, cells that never end, a full disk, a folder that cannot be written, a cache that was damaged, two runs at
once and a run that is killed: each is made to happen.
"""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_reporting import MADE_FROM, a_pack, code, parameters, prose, small, write

from best_model.inputs.used import USED_VARIABLE
from best_model.model.refusal import Refusal
from best_model.papers import workers
from best_model.papers.cache import Kept, again, keep, what_is_kept
from best_model.papers.pack import build
from best_model.papers.page import Page
from best_model.papers.plan import Extra, Orders
from best_model.papers.publish import Held, Unfinished, new_folder, one_run, publish, refuse_what_is_not_ours, tidy

ROOT = Path(__file__).parents[1]
BEST = str(Path(sys.executable).with_name("best"))
HERE = f"{ROOT}:{ROOT / 'tests'}"
UNSHARED = ("unshare", "--user", "--map-root-user", "--mount")
pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _no_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEST_CHROMIUM", "")


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """Reports with a pack of one document, published."""
    small(tmp_path)
    build(a_pack(("small", "base")), tmp_path, tmp_path / "reports", MADE_FROM)
    return tmp_path / "reports"


def broken(folder: Path, source: str) -> None:
    """The notebook `small`, its fourth cell at fault."""
    write(folder, "small", prose("# Is it small?"), parameters(), prose("So:"), code(source))


def ran(*words: str | Path, path: str = HERE) -> "subprocess.CompletedProcess[str]":
    env = os.environ | {"PYTHONPATH": path}
    return subprocess.run(words, capture_output=True, check=False, text=True, env=env)


def is_untouched(reports: Path) -> bool:
    return "<p>Yes.</p>" in (reports / "spring" / "index.html").read_text(encoding="utf-8")


def fails(reports: Path, source: str, orders: Orders | None = None) -> str:
    broken(reports.parent, source)
    with pytest.raises(Unfinished) as caught:
        build(a_pack(("small", "base")), reports.parent, reports, MADE_FROM, orders=orders)
    assert is_untouched(reports)
    return str(caught.value)


# One document that fails


NEVER_ENDS = "import time; time.sleep(600)"
KILLED = "import os, signal; os.kill(os.{}(), signal.SIGKILL)"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("1 / 0", "small-base: small.ipynb, cell 4: ZeroDivisionError: division by zero"),
        (
            KILLED.format("getpid"),
            "small.ipynb, cell 4: its kernel died, perhaps for want of memory; ask less of that cell",
        ),
        (KILLED.format("getppid"), "small-base: its process died (signal 9), perhaps for want of memory"),
    ],
)
def test_what_failed_is_named_and_the_last_pack_stays(
    reports: Path, capsys: pytest.CaptureFixture[str], source: str, said: str
) -> None:
    failure = fails(reports, source)
    assert "1 of 1 failed, so nothing was published and the last pack stays as it was" in failure
    assert failure.endswith(said)
    assert re.match(r"small-base: FAILED after \d+\.\d s: ", capsys.readouterr().err)


def test_a_cell_that_never_ends_is_stopped_and_named(reports: Path) -> None:
    for limit in (1, 20, 300):  # on a busy machine the cells before it may need longer: then ask again with more time
        said = fails(reports, NEVER_ENDS, Orders(cell=limit))
        if "cell 4" in said:
            break
    assert said.endswith(f"small.ipynb, cell 4: it took longer than {limit} s; make it quicker, or raise the limit")


def test_the_others_are_made_and_the_one_is_named_in_the_log_and_in_an_index_of_its_own(reports: Path) -> None:
    folder = reports.parent
    broken(folder, "raise ValueError('<script>alert(1)</script>')")
    write(folder, "sound", prose("# Is it sound?"), parameters(), code("HTML('<p class=answer>It is.</p>')"))
    with pytest.raises(Unfinished):
        build(a_pack(("small", "base"), ("sound", "base")), folder, reports, MADE_FROM)
    failed = reports / "spring.failed"
    index, log = ((failed / name).read_text(encoding="utf-8") for name in ("index.html", "run.log"))
    assert "This pack is not published: 1 of its parts could not be made." in index
    assert "small.ipynb, cell 4: ValueError: &lt;script&gt;" in index
    assert "<p>It is.</p>" in index
    assert "<script>" not in index
    assert "Cell In[" in log
    assert "sound-base: " in log
    assert not (failed / "small-base.html").exists()
    assert not (failed / "manifest.json").exists()


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1440])
def test_the_index_of_what_failed_can_be_read_by_anyone(tmp_path: Path, browser: Any, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415  a desk without Chromium need not have it

    broken(tmp_path, f"raise ValueError('{'much ' * 40}')")
    write(tmp_path, "sound", prose("# Is it sound?"), parameters(), code("HTML('<p class=answer>It is.</p>')"))
    with pytest.raises(Unfinished):
        build(a_pack(("small", "base"), ("sound", "base")), tmp_path, tmp_path / "reports", MADE_FROM)
    tab = browser.new_page(viewport={"width": width, "height": 900}, bypass_csp=True)
    tab.goto((tmp_path / "reports" / "spring.failed" / "index.html").resolve().as_uri())
    tab.locator("summary").first.press("Enter")
    assert tab.locator("pre").first.is_visible()
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(tab)
    tab.close()
    assert not found.response["violations"], found.generate_report()


def test_what_failed_is_gone_once_a_pack_is_whole(reports: Path) -> None:
    fails(reports, "1 / 0")
    small(reports.parent, "HTML('<p class=answer>Better.</p>')")
    build(a_pack(("small", "base")), reports.parent, reports, MADE_FROM)
    assert "Better." in (reports / "spring" / "index.html").read_text(encoding="utf-8")
    assert not (reports / "spring.failed").is_symlink()
    assert not list((reports / ".packs").glob("spring.failed*"))


def test_a_document_that_never_ends_is_stopped_and_its_kernel_with_it(reports: Path) -> None:
    mark = reports.parent / "kernel"
    source = f"import os, pathlib, time; pathlib.Path({str(mark)!r}).write_text(str(os.getpid())); time.sleep(600)"
    for limit in (3, 15, 75, 300):  # on a busy machine the kernel may need longer to begin
        said = fails(reports, source, Orders(document=limit))
        assert said.endswith(f"small-base: it took longer than {limit} s; make it quicker, or raise the limit")
        if mark.exists():
            break
    assert_ends(int(mark.read_text()))


def assert_ends(process: int) -> None:
    for _ in range(3_000):
        if not _runs(process):
            return
        time.sleep(0.1)
    raise AssertionError(f"process {process} still runs")


def _runs(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


# What is wrong outside the documents


def _write_much(page: Page, folder: Path) -> None:
    (folder / "much.bin").write_bytes(os.urandom(20_000_000))


def test_a_full_disk_is_named_and_the_last_pack_stays(tmp_path: Path) -> None:
    """A disk of 4 MB of its own, where this machine lets a test mount one; else a limit on the size of any file."""
    done = ran(*UNSHARED, sys.executable, __file__, "full", tmp_path)
    if done.returncode == 1 and "unshare" in done.stderr:
        done = ran(sys.executable, __file__, "large", tmp_path)
    assert done.returncode == 0, done.stderr
    assert re.search("No space left on device|File too large", done.stdout)


def _on_a_full_disk(kind: str, folder: Path) -> None:
    """Publish a small pack, then fail at one that does not fit; run as a program of its own."""
    import resource  # noqa: PLC0415 - not on every system

    reports = folder / "reports"
    reports.mkdir()
    if kind == "full":
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", reports], check=True)
    small(folder)
    build(a_pack(("small", "base")), folder, reports, MADE_FROM)
    if kind == "large":
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000_000, 10_000_000))
    try:
        build(a_pack(("small", "base")), folder, reports, MADE_FROM, extras=[Extra("much.bin", "", "", _write_much)])
    except Unfinished as failed:
        print(failed)
    except OSError as failed:
        print(failed.strerror)
    assert is_untouched(reports)
    assert len([path for path in (reports / ".packs").iterdir() if path.name.startswith("spring-")]) == 1


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A disk that is mounted to be read only, which root cannot write to either; without one, a folder without the right."""
    reports = tmp_path / "reports"
    reports.mkdir()
    script = shlex.join(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", str(reports)])
    script += f" && exec {shlex.join([str(BEST), 'report', '--reports', str(reports)])}"
    done = ran(*UNSHARED, "sh", "-c", script)
    if done.returncode == 1 and "unshare" in done.stderr:
        reports.chmod(0o555)
        done = ran(BEST, "report", "--reports", reports)
    assert done.returncode == 1, done.stderr
    said = done.stderr.splitlines()[-1]
    assert said.startswith(f"best: {reports}")
    assert re.search("(Read-only file system|Permission denied); the last pack stays as it was$", said)
    assert not list(reports.iterdir())


# What was kept


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    entry = Kept(tmp_path / "cache" / "small", "a key")
    keep(entry, b"a body\nof two lines", 1.5)
    return entry


def test_what_was_kept_is_there_again_for_the_same_key_only(kept: Kept) -> None:
    assert again(kept) == b"a body\nof two lines"
    assert again(kept._replace(key="another")) is None
    assert again(kept._replace(fresh=True)) is None
    assert what_is_kept(kept.path) == ("a key", 1.5, {})


def test_it_is_not_used_where_a_file_that_it_used_has_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    note = tmp_path / "used"
    note.write_text("a.csv\na.csv\nof/another.csv\n", encoding="utf-8")
    monkeypatch.setenv(USED_VARIABLE, str(note))
    entry = Kept(tmp_path / "small", "a key", inputs={"a.csv": "01", "b.csv": "02"})
    keep(entry, b"body", 1.5)
    assert what_is_kept(entry.path) == ("a key", 1.5, {"a.csv": "01"})
    assert again(entry._replace(inputs={"a.csv": "01", "b.csv": "99"})) == b"body"
    assert again(entry._replace(inputs={"a.csv": "99", "b.csv": "02"})) is None
    assert again(entry._replace(inputs={"b.csv": "02"})) is None


def test_what_took_no_note_counts_as_made_of_every_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(USED_VARIABLE, raising=False)
    entry = Kept(tmp_path / "small", "a key", inputs={"a.csv": "01", "b.csv": "02"})
    keep(entry, b"body", 1.5)
    assert again(entry._replace(inputs={"a.csv": "01", "b.csv": "99"})) is None


@pytest.mark.parametrize("damage", [b"", b"{", b"not json\nat all", b"[]\n", b'{"key": "a key", "seconds": 1}\nx'])
def test_what_was_damaged_is_not_used(kept: Kept, damage: bytes) -> None:
    kept.path.write_bytes(damage)
    assert again(kept) is None


def test_one_changed_byte_is_seen(kept: Kept) -> None:
    kept.path.write_bytes(kept.path.read_bytes()[:-1] + b"S")
    assert again(kept) is None


COUNTED = "import pathlib; p = pathlib.Path('runs'); p.write_text((p.read_text() if p.exists() else '') + 'x')"


def runs_of(folder: Path) -> int:
    return len((folder / "runs").read_text())


def test_nothing_is_run_again_that_has_not_changed(tmp_path: Path) -> None:
    small(tmp_path, COUNTED)
    pack, reports = a_pack(("small", "base")), tmp_path / "reports"
    first = build(pack, tmp_path, reports, MADE_FROM).read_bytes()
    other_commit = MADE_FROM.model_copy(update={"commit": "fff0000"})  # what a page says round its content is made anew
    assert build(pack, tmp_path, reports, MADE_FROM).read_bytes() == first
    assert "commit fff0000" in build(pack, tmp_path, reports, other_commit).read_text(encoding="utf-8")
    assert runs_of(tmp_path) == 1
    build(pack, tmp_path, reports, MADE_FROM, orders=Orders(force=True))
    assert runs_of(tmp_path) == 2


@pytest.mark.parametrize(
    "change", [{"code": "c1de"}, {"environment": {"python": "4"}}, {"inputs": {"a.csv": "01"}}, {"inputs": {}}]
)
def test_what_depends_on_a_change_is_run_again(tmp_path: Path, change: dict[str, object]) -> None:
    small(tmp_path, COUNTED)
    for made_from in (MADE_FROM, MADE_FROM.model_copy(update=change)):
        build(a_pack(("small", "base")), tmp_path, tmp_path / "reports", made_from)
    assert runs_of(tmp_path) == 2


def test_a_changed_notebook_and_another_scenario_are_run(tmp_path: Path) -> None:
    for scenario, source in (("base", COUNTED), ("base", f"{COUNTED}  # changed"), ("stretched", COUNTED)):
        small(tmp_path, source)
        build(a_pack(("small", scenario)), tmp_path, tmp_path / "reports", MADE_FROM)
    assert runs_of(tmp_path) == 3


def test_a_damaged_cache_costs_a_run_and_nothing_else(tmp_path: Path) -> None:
    small(tmp_path, COUNTED)
    reports = tmp_path / "reports"
    first = build(a_pack(("small", "base")), tmp_path, reports, MADE_FROM).read_bytes()
    for path in (reports / ".cache" / "spring").iterdir():
        path.write_bytes(path.read_bytes()[:-40] + b"\0" * 40)
    assert build(a_pack(("small", "base")), tmp_path, reports, MADE_FROM).read_bytes() == first
    assert runs_of(tmp_path) == 2


def test_a_notebook_that_changes_while_the_pack_is_made_is_named_and_not_kept(tmp_path: Path) -> None:
    small(tmp_path, "import pathlib; p = pathlib.Path('small.ipynb'); p.write_text(p.read_text() + ' ')")
    with pytest.raises(Unfinished, match="it was changed while the pack was being made; build it again"):
        build(a_pack(("small", "base")), tmp_path, tmp_path / "reports", MADE_FROM)


def test_a_relative_folder_is_one_folder_throughout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel works in the folder of its notebook; what is kept lies with the packs all the same."""
    small(tmp_path / "notebooks", COUNTED)
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        build(a_pack(("small", "base")), Path("notebooks"), Path("reports"), MADE_FROM)
    assert runs_of(tmp_path / "notebooks") == 1
    assert sorted(path.name for path in (tmp_path / "notebooks").iterdir()) == ["runs", "small.ipynb"]


def test_what_is_kept_of_documents_that_are_gone_goes_too(tmp_path: Path) -> None:
    small(tmp_path)
    for scenario in ("base", "stretched"):
        build(a_pack(("small", scenario)), tmp_path, tmp_path / "reports", MADE_FROM)
    assert [path.name for path in (tmp_path / "reports" / ".cache" / "spring").iterdir()] == ["small-stretched"]


def test_no_ones_own_start_up_files_are_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start = tmp_path / "ipython" / "profile_default" / "startup"
    start.mkdir(parents=True)
    (start / "00.py").write_text("mine = 'from my own files'")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    small(tmp_path, "HTML('<p class=answer>' + globals().get('mine', 'nothing') + '</p>')")
    index = build(a_pack(("small", "base")), tmp_path, tmp_path / "reports", MADE_FROM)
    assert "<p>nothing</p>" in index.read_text(encoding="utf-8")


def test_a_library_that_fails_as_it_is_loaded_fails_its_own_document(tmp_path: Path) -> None:
    """In a program of its own, as what is loaded before the documents is loaded once."""
    (tmp_path / "odd_library.py").write_text("raise ValueError('odd')")
    small(tmp_path, "import odd_library")
    shutil.copytree(ROOT / "params", tmp_path / "params")
    pack = "name: odd\ntitle: Odd\nmeeting: None\ndate: 2027-03-01\naudience: None\nauthority: leicestershire\nscenarios: [base]\n"
    pack += "documents:\n  - notebook: small\n    scenario: base\n"
    (tmp_path / "params" / "packs" / "odd.yaml").write_text(pack, encoding="utf-8")
    folders = ("--params", tmp_path / "params", "--notebooks", tmp_path, "--reports", tmp_path / "reports")
    done = ran(BEST, "report", "odd", *folders, path=str(tmp_path))
    assert done.returncode == 1, done.stderr
    assert "small-base: small.ipynb, cell 3: ValueError: odd" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("odd", ["[]", "{", '{"changes": {"state": "odd"}, "pdf": 3}', '{"changes": 3, "pdf": []}'])
def test_an_odd_last_manifest_stops_nothing(tmp_path: Path, odd: str) -> None:
    small(tmp_path)
    params = tmp_path / "params"
    params.mkdir()
    made_from = MADE_FROM.model_copy(update={"headline": {}, "checks": {}, "inputs": {}})
    for _ in range(2):
        index = build(a_pack(("small", "base")), tmp_path, tmp_path / "reports", made_from, params)
        (index.parent / "manifest.json").write_text(odd, encoding="utf-8")
    assert "<p>Yes.</p>" in index.read_text(encoding="utf-8")


def test_each_pack_is_made_from_its_own_parameters(tmp_path: Path) -> None:
    """Both in one program, whose warm process has loaded much already."""
    small(tmp_path, "from best_model.door import PARAMS; HTML(f'<p class=answer>{PARAMS}</p>')")
    for name in ("mine", "yours"):
        folder = tmp_path / name
        folder.mkdir()
        made_from = MADE_FROM.model_copy(update={"inputs": {name: "00"}})
        index = build(a_pack(("small", "base")), tmp_path, tmp_path / f"reports_{name}", made_from, folder)
        assert f"<p>{folder}</p>" in index.read_text(encoding="utf-8")


# Two runs at once, and runs that are killed


def test_a_second_run_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    lock = tmp_path / "spring.lock"
    with one_run(lock), pytest.raises(Held, match=rf"process {os.getpid()} on \S+, since \d{{4}}-"), one_run(lock):
        pass


def test_a_lock_left_by_a_dead_process_holds_no_one_up(tmp_path: Path) -> None:
    lock = tmp_path / "spring.lock"
    said = f"import sys; sys.path.insert(0, {str(ROOT)!r})\nfrom pathlib import Path\nimport os, signal\n"
    said += f"from best_model.papers.publish import one_run\nwith one_run(Path({str(lock)!r})):\n    os.kill(os.getpid(), signal.SIGKILL)"
    assert subprocess.run([sys.executable, "-c", said], check=False).returncode == -signal.SIGKILL
    assert json.loads(lock.read_text())["process"] != os.getpid()
    with one_run(lock):
        assert json.loads(lock.read_text())["process"] == os.getpid()


def _program(folder: Path, source: str) -> "subprocess.Popen[bytes]":
    """A program that builds the pack again, from a notebook that is `source`."""
    broken(folder, source)
    words, nowhere = [sys.executable, __file__, "build", str(folder)], subprocess.DEVNULL
    return subprocess.Popen(words, env=os.environ | {"PYTHONPATH": HERE}, stdout=nowhere, stderr=nowhere)


def _when(there: Callable[[], bool]) -> None:
    for _ in range(3_000):
        if there():
            return
        time.sleep(0.1)
    raise AssertionError("it never came to that")


def test_a_run_killed_in_the_middle_leaves_the_old_pack_and_no_process(reports: Path) -> None:
    mark = reports.parent / "kernel"
    source = f"import os, pathlib, time; pathlib.Path({str(mark)!r}).write_text(str(os.getpid())); time.sleep(600)"
    program = _program(reports.parent, source)
    _when(lambda: mark.exists() and mark.read_text() != "")
    program.kill()
    program.wait()
    assert is_untouched(reports)
    assert len(list((reports / ".packs").glob("spring-*"))) == 2  # the old pack, and what was half-made
    assert_ends(int(mark.read_text()))
    small(reports.parent)
    build(a_pack(("small", "base")), reports.parent, reports, MADE_FROM, orders=Orders(keep=1))
    assert [*(reports / ".packs").glob("spring-*")] == [(reports / "spring").resolve().parent]


def _stopped_after_publishing(reports: Path, stop: type[BaseException]) -> None:
    with new_folder(reports, "spring") as folder:
        (folder / "index.html").write_text("new")
        publish(folder, reports, "spring")
        raise stop


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit, OSError])
def test_a_run_that_is_stopped_just_after_it_published_leaves_the_new_pack(
    tmp_path: Path, stop: type[BaseException]
) -> None:
    pack_of(tmp_path, "old")
    with pytest.raises(stop):
        _stopped_after_publishing(tmp_path, stop)
    assert (tmp_path / "spring" / "index.html").read_text() == "new"


@pytest.mark.parametrize("after", range(8))
def test_a_run_killed_at_any_step_of_publishing_leaves_the_old_pack_or_the_new(tmp_path: Path, after: int) -> None:
    """The program kills itself before its so many-th call on the disk: at each there is a whole pack to be read."""
    pack_of(tmp_path, "old")
    program = ran(sys.executable, __file__, "die", tmp_path, str(after))
    assert program.returncode in (0, -signal.SIGKILL)
    found = (tmp_path / "spring" / "index.html").read_text(encoding="utf-8")
    assert found in ("old", "new")
    assert (found == "new") is (program.returncode == 0 or after >= 5)


def _dies_while_publishing(reports: Path, after: int) -> None:
    calls = 0

    def counted(real: Callable[..., object]) -> Callable[..., object]:
        def call(*given: object, **named: object) -> object:
            nonlocal calls
            calls += 1
            if calls > after:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*given, **named)

        return call

    with new_folder(reports, "spring") as folder:
        (folder / "index.html").write_text("new")
        os.fsync, os.replace = counted(os.fsync), counted(os.replace)  # type: ignore[assignment]
        publish(folder, reports, "spring")


def test_a_run_that_is_asked_to_end_takes_what_it_made_away(tmp_path: Path) -> None:
    words = [BEST, "report", "--reports", str(tmp_path / "reports")]
    program = subprocess.Popen(words, stderr=subprocess.DEVNULL, cwd=ROOT)
    _when(lambda: bool(list(tmp_path.glob("reports/.packs/committee-*"))))
    program.terminate()
    assert program.wait(timeout=300) == 128 + signal.SIGTERM
    assert not list(tmp_path.glob("reports/.packs/committee-*"))


# What is published, and what is kept


def pack_of(reports: Path, text: str, whole: bool = True) -> Path:
    with new_folder(reports, "spring") as folder:
        (folder / "index.html").write_text(text)
        if whole:
            (folder / "manifest.json").write_text("{}")
        publish(folder, reports, "spring")
    return folder


def test_so_many_packs_are_kept_and_never_fewer_than_the_one_that_is_seen(tmp_path: Path) -> None:
    packs = [pack_of(tmp_path, str(number)) for number in range(4)]
    assert (tmp_path / "spring" / "index.html").read_text() == "3"
    assert not Path((tmp_path / "spring").readlink()).is_absolute()
    tidy(tmp_path, "spring", 2)
    assert [path.exists() for path in packs] == [False, False, True, True]
    (packs[2].parent / "inputs").mkdir()
    (tmp_path / "spring").unlink()
    (tmp_path / "spring").symlink_to(packs[2].relative_to(tmp_path))  # someone goes back to the one before
    tidy(tmp_path, "spring", 1)
    assert [path.exists() for path in packs] == [False, False, True, True]


def test_what_is_half_made_goes_and_other_packs_are_left_alone(tmp_path: Path) -> None:
    with new_folder(tmp_path, "spring-term") as other:
        (other / "manifest.json").write_text("{}")
    with new_folder(tmp_path, "spring") as half:
        pass
    pack_of(tmp_path, "new")
    tidy(tmp_path, "spring", 1)
    assert other.exists()
    assert not half.exists()


def test_what_was_not_published_here_is_never_replaced(tmp_path: Path) -> None:
    small(tmp_path)
    mine = tmp_path / "reports" / "spring"
    mine.mkdir(parents=True)
    with pytest.raises(Refusal, match="move or remove it"):
        build(a_pack(("small", "base")), tmp_path, tmp_path / "reports", MADE_FROM)
    with pytest.raises(Refusal):
        refuse_what_is_not_ours(tmp_path / "reports", "spring")
    assert list(mine.iterdir()) == []


def test_a_link_to_elsewhere_is_replaced_and_what_it_led_to_is_kept(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "spring").symlink_to("mine")
    pack_of(tmp_path, "new")
    tidy(tmp_path, "spring", 1)
    assert (tmp_path / "mine").is_dir()
    assert (tmp_path / "spring").resolve().parents[1] == tmp_path / ".packs"


# The workers themselves


def _value() -> int:
    return 42


def _refuses() -> None:
    raise Refusal("a.csv, row 3: it is wrong; mend it")


def _exits() -> None:
    os._exit(5)


@pytest.mark.parametrize(
    ("call", "value", "failure"),
    [
        (_value, 42, ""),
        (_refuses, None, "a.csv, row 3: it is wrong; mend it"),
        (_exits, None, "its process died (code 5), perhaps for want of memory"),
    ],
)
def test_what_comes_of_a_task_is_told(call: Callable[[], object], value: object, failure: str) -> None:
    (done,) = workers.run_all([workers.Task("one", call, 60)], 2)
    assert (done.value, done.failure) == (value, failure)


def test_tasks_that_fail_hold_no_other_up() -> None:
    tasks = [workers.Task(name, call, 60) for name, call in (("a", _exits), ("b", _refuses), ("c", _value))]
    assert {done.name: bool(done.failure) for done in workers.run_all(tasks, 2)} == {"a": True, "b": True, "c": False}


def test_where_no_process_can_be_forked_a_new_python_does_the_same(tmp_path: Path) -> None:
    """A whole document, whose kernel papermill then starts itself; in a program where nothing may be forked."""
    small(tmp_path)
    said = "from best_model.papers import workers; workers.CAN_FORK = False\nimport test_faults as t, pathlib, sys\n"
    said += "if __name__ == '__main__':\n    here = pathlib.Path(sys.argv[1])\n"
    said += "    t.build(t.a_pack(('small', 'base')), here, here / 'reports', t.MADE_FROM)\n"
    program = tmp_path / "program.py"
    program.write_text(said, encoding="utf-8")
    done = ran(sys.executable, program, tmp_path)
    assert done.returncode == 0, done.stderr
    assert "<p>Yes.</p>" in (tmp_path / "reports" / "spring" / "index.html").read_text(encoding="utf-8")


if __name__ == "__main__":
    what, where, *more = sys.argv[1:]
    if what == "build":
        build(a_pack(("small", "base")), Path(where), Path(where) / "reports", MADE_FROM)
    elif what == "die":
        _dies_while_publishing(Path(where), int(more[0]))
    else:
        _on_a_full_disk(what, Path(where))
