"""Work spread over processes of their own: each with a limit, and one that fails, hangs or dies is named and stops no other.

Where the system can, they are forked from a server that has the libraries loaded already (`multiprocessing`'s own).
"""

import multiprocessing
import os
import pickle
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from multiprocessing import connection, forkserver
from multiprocessing.process import BaseProcess
from pathlib import Path
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

from best_model.inputs.used import USED_VARIABLE
from best_model.model.refusal import Refusal

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerContext, SpawnContext

CAN_FORK = sys.platform == "linux"  # elsewhere system libraries do not bear a fork without an exec
WARM, TO_LOAD = "best_model.papers.warm", "BEST_TO_LOAD"
_END_OF_LOG = 2_000  # characters of what a process wrote that are worth keeping


@dataclass(frozen=True)
class Task:
    """A piece of work: a function that can be pickled, or the full name of one, what it is `given`, and the seconds it may take.

    A name is looked up in the process that does the work, so that what it needs is loaded there only. `with_kernel`, the function is
    then given a kernel that waits to be told what to do (None where the system cannot fork one).
    """

    name: str
    call: Callable[..., Any] | str
    limit: float
    given: tuple[Any, ...] = ()
    with_kernel: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Done:
    """What came of a task: its value, or what went wrong in one line, and where."""

    name: str
    seconds: float
    value: Any = None
    failure: str = ""
    trace: str = ""


def warm_up(modules: Sequence[str]) -> None:
    """Begin to load what the tasks will need, while the caller goes on. Once begun, later calls change nothing."""
    if CAN_FORK:
        multiprocessing.get_context("forkserver").set_forkserver_preload([WARM])
        with _fixed({TO_LOAD: " ".join(modules)}):
            forkserver.ensure_running()


@contextmanager
def _without_the_program() -> Iterator[None]:
    """Nothing for a new process to run of the program that asked: it would load the command, and find its parameters, before its task."""
    main = sys.modules["__main__"]
    held: dict[str, Any] = {name: vars(main).pop(name) for name in ("__file__", "__spec__") if name in vars(main)}
    main.__spec__ = None
    try:
        yield
    finally:
        vars(main).update(held)


@contextmanager
def _fixed(more: Mapping[str, str]) -> Iterator[None]:
    """What a new Python finds set: sets in one order in every process, figures shown by cells as Jupyter shows them, and `more`."""
    ours = {"PYTHONHASHSEED": "0", "MPLBACKEND": "module://matplotlib_inline.backend_inline", **more}
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update(ours)
    try:
        yield
    finally:
        os.environ.update({name: value for name, value in before.items() if value is not None})
        for name in (name for name, value in before.items() if value is None):
            del os.environ[name]


def run_all(tasks: Sequence[Task], at_once: int) -> Iterator[Done]:
    """Each task as it ends, `at_once` at a time, in their order. Whatever ends this generator ends what still runs."""
    waiting, running = list(tasks), list[_Running]()
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                running.append(_Running(waiting.pop(0)))
            connection.wait([end for each in running for end in each.ends], _until_the_next_limit(running))
            for each in [each for each in running if each.is_over()]:
                running.remove(each)
                yield each.done()
    finally:
        for each in running:
            each.stop()


def _until_the_next_limit(running: Sequence["_Running"]) -> float:
    return max(0.0, min(each.deadline for each in running) - time.monotonic())


def _context() -> "ForkServerContext | SpawnContext":
    return multiprocessing.get_context("forkserver") if CAN_FORK else multiprocessing.get_context("spawn")


class _Running:
    """One task in its process, with a folder for what it leaves behind."""

    def __init__(self, task: Task) -> None:
        self.task, self.began = task, time.monotonic()
        self.deadline = self.began + task.limit
        self.scratch = tempfile.TemporaryDirectory(prefix="best-", ignore_cleanup_errors=True)
        self.answer, theirs = multiprocessing.Pipe(duplex=False)
        self.process: BaseProcess = _context().Process(target=_work, args=(task, self.scratch.name, theirs))
        needs_it = b"__main__" in pickle.dumps(task)  # a function of that program is found nowhere else
        with _fixed({}), nullcontext() if needs_it else _without_the_program():
            self.process.start()
        theirs.close()

    @property
    def ends(self) -> list[Any]:
        return [self.answer, self.process.sentinel]

    def is_over(self) -> bool:
        return bool(connection.wait(self.ends, 0)) or time.monotonic() >= self.deadline

    def done(self) -> Done:
        """Its answer, or why there is none; the process and all that it started are ended."""
        seconds = time.monotonic() - self.began
        said = self._said()
        log = self._log()
        self.stop()
        if said is None:
            return Done(self.task.name, seconds, failure=self._why_silent(), trace=log)
        value, failure, trace = said
        return Done(self.task.name, seconds, value, failure, "\n".join(filter(None, [trace, failure and log])))

    def _said(self) -> tuple[Any, str, str] | None:
        try:
            return self.answer.recv() if self.answer.poll() else None
        except EOFError:
            return None

    def _why_silent(self) -> str:
        if time.monotonic() >= self.deadline:
            return f"it took longer than {self.task.limit:g} s; make it quicker, or raise the limit"
        return f"its process died ({_ending(self.process.exitcode)}), perhaps for want of memory"

    def _log(self) -> str:
        log = Path(self.scratch.name, "log")
        return log.read_text(encoding="utf-8", errors="replace")[-_END_OF_LOG:].strip() if log.exists() else ""

    def stop(self) -> None:
        """End the process, and the kernel in its group."""
        if self.process.pid:
            with suppress(OSError):  # the group is gone already, or not yet made
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()
        self.process.join()
        self.answer.close()
        self.scratch.cleanup()


def _ending(code: int | None) -> str:
    return f"signal {-code}" if code and code < 0 else f"code {code}"


# In the process


def _work(task: Task, scratch: str, answer: "connection.Connection") -> None:
    """Do the task in a group of its own, which ends with the program that asked for it."""
    _settle(task, scratch)
    given = [_waiting_kernel()] if task.with_kernel else []  # forked while there is one thread
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        call = resolve_name(task.call) if isinstance(task.call, str) else task.call
        said = (call(*task.given, *given), "", "")
    except Refusal as refusal:
        said = (None, str(refusal), getattr(refusal, "trace", ""))
    except OSError as error:
        said = (None, _of_the_machine(error), traceback.format_exc())
    except Exception as error:
        said = (None, f"{type(error).__name__}: {error}", traceback.format_exc())
    answer.send(said)


def _waiting_kernel() -> Any:
    from best_model.papers.kernel import Waiting  # noqa: PLC0415 - the launcher has no need of ipykernel

    return Waiting() if CAN_FORK else None


def _settle(task: Task, scratch: str) -> None:
    os.setsid()
    log = os.open(Path(scratch, "log"), os.O_WRONLY | os.O_CREAT, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    used = str(Path(scratch, "used"))
    os.environ.update(
        {"TMPDIR": scratch, "IPYTHONDIR": scratch, USED_VARIABLE: used, **task.environment}
    )  # no one's own start-up files
    tempfile.tempdir = None


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent:
        connection.wait([parent.sentinel])
    os.killpg(0, signal.SIGKILL)


def _of_the_machine(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or error}"
