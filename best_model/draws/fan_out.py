"""Work spread over threads or processes of this machine, or over the workers of a cluster: the same calls, and the same answers in order.

Threads are enough for work that lets the interpreter go; joblib's processes are for work that does not. All are executors, as those
of the standard library, so one window serves them. `joblib.Parallel`, which could lead any, runs ahead of whoever reads its results,
however far; here no more is under way or unread than the window holds. A call that a cluster loses with its worker is made again.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Iterator
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, NamedTuple

from best_model.model.refusal import Refusal

if TYPE_CHECKING:
    from distributed import Client

_CALLS_EACH = 2
_PATIENCE = 2
_MUST_AGREE = ("best-model", "numpy", "scipy", "numba")
_TALKATIVE = ("tornado", "distributed", *(f"distributed.{part}" for part in ("client", "comm", "core", "batched")))


class Call(NamedTuple):
    """A function and what it is given."""

    function: Callable[..., Any]
    given: tuple[Any, ...]


@dataclass(frozen=True)
class Team:
    """Those who work at once, `size()` of them now. What many calls are given is sent once, by `send`, and stands in for itself."""

    executor: Executor
    send: Callable[[Any], Any]
    size: Callable[[], int]


@contextmanager
def team(workers: int = 1, scheduler: str = "", processes: bool = False) -> Iterator[Team]:
    """So many threads or `processes` of this machine or, with the address of a `scheduler`, the workers of its cluster.

    Raises `Refusal` where there is no such scheduler, where it has no workers or others than ours, and where work is lost for good.
    """
    if workers < 1:
        raise Refusal(f"--workers {workers}: it must be 1 or more")
    here = _processes if processes and workers > 1 else _threads
    with _cluster(scheduler) if scheduler else here(workers) as those:
        yield those


def in_order(those: Team, calls: Iterable[Call]) -> Iterator[Any]:
    """What the calls return, in their order."""
    waiting: deque[Future[Any]] = deque()
    for function, given in calls:
        while len(waiting) >= _CALLS_EACH * those.size():
            yield waiting.popleft().result()
        waiting.append(those.executor.submit(function, *given))
    while waiting:
        yield waiting.popleft().result()


@contextmanager
def _threads(workers: int) -> Iterator[Team]:
    pool = ThreadPoolExecutor(workers)
    try:
        yield Team(pool, send=as_it_is, size=lambda: workers)
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _processes(workers: int) -> Iterator[Team]:
    """They stay for the next who asks, since one that is new takes seconds to import what it needs."""
    from joblib.externals.loky import get_reusable_executor  # noqa: PLC0415 - only whole children need it

    yield Team(get_reusable_executor(max_workers=workers), send=as_it_is, size=lambda: workers)


def as_it_is(sent: Any) -> Any:
    """What was sent. On a cluster this is a call too, so what a worker took with it is sent again."""
    return sent


# ---- A cluster


@contextmanager
def _cluster(address: str) -> Iterator[Team]:
    from distributed import KilledWorker  # noqa: PLC0415 - it takes half a second to import
    from distributed.comm.core import CommClosedError  # noqa: PLC0415

    with _hushed(), _client(address) as client:
        executor = client.get_executor(pure=False)
        try:
            _are_like_us(client, address)
            yield Team(executor, _sender(client), lambda: max(sum(client.nthreads().values()), 1))
        except (CancelledError, CommClosedError) as error:
            raise Refusal(
                f"--scheduler {address}: it went away before all was done; start it, and run this again"
            ) from error
        except KilledWorker as error:
            raise Refusal(
                f"--scheduler {address}: one call was lost with each worker that took it; see their logs, and give each more memory"
            ) from error
        finally:
            executor.shutdown(wait=False)


def _sender(client: "Client") -> Callable[[Any], Any]:
    return lambda what: client.submit(as_it_is, what, pure=False)


@contextmanager
def _client(address: str) -> Iterator["Client"]:
    from distributed import Client  # noqa: PLC0415 - it takes half a second to import

    try:
        found = _asked_apart(_what_is_at(address))
    except (OSError, TypeError, ValueError) as error:
        raise _no_scheduler(address, str(error) or f"nothing within {_PATIENCE} seconds") from error
    except MemoryError as error:  # what greets us is taken for the length of a message
        raise _no_scheduler(address, "something else does") from error
    if found != "Scheduler":
        raise _no_scheduler(address, f"it is a {found}")
    client = Client(address, timeout=_PATIENCE, set_as_default=False)
    try:
        yield client
    finally:
        client.close(timeout=_PATIENCE)


async def _what_is_at(address: str) -> str:
    """What answers to the protocol of a cluster. A client would wait on and on for one that takes calls and says nothing."""
    from distributed import rpc  # noqa: PLC0415 - it takes half a second to import
    from distributed.security import Security  # noqa: PLC0415

    async with asyncio.timeout(_PATIENCE):
        async with rpc(address, connection_args=Security().get_connection_args("client")) as there:
            return str((await there.identity())["type"])


def _asked_apart(question: Coroutine[Any, Any, str]) -> str:
    """The answer, from a loop of its own: a notebook is in one already."""
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(asyncio.run, question).result()


def _no_scheduler(address: str, reason: str) -> Refusal:
    return Refusal(
        f"--scheduler {address}: no scheduler answers there ({reason}); give the address that `dask scheduler` prints, such as "
        "tcp://10.0.0.5:8786"
    )


def _are_like_us(client: "Client", address: str) -> None:
    """Another version of the model, or of what it computes with, could give other numbers."""
    try:
        client.wait_for_workers(1, timeout=_PATIENCE)
    except TimeoutError as error:
        raise Refusal(f"--scheduler {address}: it has no workers; start some with `dask worker {address}`") from error
    ours = versions()
    for worker, theirs in client.run(versions, on_error="return").items():
        if theirs != ours:
            raise Refusal(
                f"--scheduler {address}: the worker {worker} has {_other(theirs, ours)}; install the same on both"
            )


def versions() -> dict[str, str]:
    """What the numbers are made with, here."""
    return {name: version(name) for name in _MUST_AGREE}


def _other(theirs: dict[str, str] | Exception, ours: dict[str, str]) -> str:
    if isinstance(theirs, Exception):
        return f"no best_model of ours ({theirs})"
    return ", ".join(f"{name} {theirs[name]} and we have {ours[name]}" for name in ours if theirs[name] != ours[name])


@contextmanager
def _hushed() -> Iterator[None]:
    """What goes wrong with a cluster is said once, by us."""
    loggers = [logging.getLogger(name) for name in _TALKATIVE]
    before = [logger.level for logger in loggers]
    try:
        for logger in loggers:
            logger.setLevel(logging.CRITICAL + 1)
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)
