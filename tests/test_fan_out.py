"""Work spread over threads or over a cluster: the same to the last bit, in order, within bounds, and in spite of what is lost."""

import json
import os
import pickle
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from distributed import Client, LocalCluster

from benchmarks.invented import invented_council, invented_scenario
from benchmarks.scale import every_pair, pickled_each
from best_model.door import open_authority, open_ensemble, open_scenario
from best_model.draws.ensemble import Ensemble, Outcomes, edges_of, ensemble, joined, outcomes_by_block
from best_model.draws.fan_out import Call, Team, as_it_is, in_order, team
from best_model.draws.many import ensembles
from best_model.draws.odds import summary
from best_model.model.engine import run
from best_model.model.refusal import Refusal

AUTHORITY = open_authority()
LONG = 300  # seconds, far more than a busy machine needs
DRAWS = 700
WORKERS = 2


@pytest.fixture(scope="module")
def ready() -> Ensemble:
    return open_ensemble("stretched", AUTHORITY, seed=7)


def same(one: Outcomes, other: Outcomes) -> bool:
    """To the last bit."""
    return all(np.array_equal(getattr(one, field.name), getattr(other, field.name)) for field in fields(Outcomes))


# ---- Threads


def late(place: int) -> int:
    """The later asked, the sooner done."""
    time.sleep(0.002 * (10 - place))
    return place


def test_results_come_in_the_order_of_the_calls_whichever_is_done_first() -> None:
    with team(4) as those:
        assert list(in_order(those, (Call(late, (place,)) for place in range(10)))) == list(range(10))


def test_no_more_is_under_way_or_unread_than_two_calls_for_each_worker() -> None:
    """Two workers may be four calls ahead of the reader, however slowly it reads."""
    taken = []

    def calls() -> Iterator[Call]:
        for place in range(20):
            taken.append(place)
            yield Call(as_it_is, (place,))

    with team(2) as those:
        for read, _ in enumerate(in_order(those, calls())):
            time.sleep(0.001)
            assert len(taken) - read <= 1 + 4


def test_what_a_call_refuses_is_refused_to_who_reads_it() -> None:
    def refuse() -> None:
        raise Refusal("not so")

    with pytest.raises(Refusal, match="not so"), team(2) as those:
        list(in_order(those, [Call(refuse, ())]))


def test_a_reader_who_stops_leaves_no_call_waiting() -> None:
    """Once it has read one of four, two more are at work until the team goes home; the last is never begun."""
    begun = []

    def begin(place: int) -> None:
        begun.append(place)
        while place and not those.executor._shutdown:
            time.sleep(0.01)
        time.sleep(0.5 if place else 0.0)

    with team(2) as those:
        next(in_order(those, (Call(begin, (place,)) for place in range(50))))
    assert 3 not in begun


def test_an_ensemble_is_sent_once_and_not_with_every_block(ready: Ensemble) -> None:
    sent: list[object] = []

    def send(what: object) -> object:
        sent.append(what)
        return what

    with ThreadPoolExecutor(1) as pool:
        blocks = list(outcomes_by_block(ready, DRAWS, Team(pool, send, size=lambda: 1)))
    assert (len(blocks), sent) == (len(edges_of(DRAWS, 5)) - 1, [ready])
    assert same(joined(iter(blocks), DRAWS), ensemble(ready, DRAWS))


def test_an_ensemble_that_has_been_drawn_can_be_sent_to_another_process(ready: Ensemble) -> None:
    before = ensemble(ready, 16)
    assert same(ensemble(pickle.loads(pickle.dumps(ready)), 16), before)


# ---- Many councils, many scenarios


@pytest.mark.parametrize("factor", [0.37, 2.0])
def test_an_invented_council_is_the_real_one_times_its_factor_and_says_that_it_is_invented(factor: float) -> None:
    scenario, invented = open_scenario("stretched"), invented_council(AUTHORITY, factor)
    real, other = run(AUTHORITY, scenario), run(invented, invented_scenario(scenario, factor))
    for line in ("found", "gap_before", "target"):
        np.testing.assert_allclose(getattr(other, line), factor * getattr(real, line), rtol=1e-9)
    assert invented.council.title.startswith("Invented council")


def test_each_of_many_ensembles_is_what_it_is_alone_under_its_own_name() -> None:
    asked = every_pair(AUTHORITY, (0.5, 2.0))
    assert list(asked) == [
        (council, scenario)
        for council in ("invented_50", "invented_200")
        for scenario in ("base", "do_nothing", "evidence", "stretched")
    ]
    some = {name: asked[name] for name in (("invented_200", "base"), ("invented_50", "stretched"))}
    alone = {name: summary(ready := make(), ensemble(ready, 64)) for name, make in some.items()}
    many = dict(ensembles(some, 64, summary, workers=2))
    assert list(many) == list(some)
    assert pickled_each(many) == pickled_each(alone)
    amounts = {name: said.targets[0].amount for name, said in many.items()}
    assert amounts == {("invented_200", "base"): 96e6, ("invented_50", "stretched"): 24e6}


# ---- A cluster that is not there


def nobody_listens() -> Iterator[str]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"tcp://127.0.0.1:{taken.getsockname()[1]}"


def one_who_listens_and_says_nothing() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        yield f"tcp://127.0.0.1:{silent.getsockname()[1]}"


def one_who_speaks_another_language() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as other, ThreadPoolExecutor(1) as pool:

        def greet() -> None:
            caller, _ = other.accept()
            with caller:
                caller.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
                caller.settimeout(LONG)
                while caller.recv(1024):
                    pass

        pool.submit(greet)
        yield f"tcp://127.0.0.1:{other.getsockname()[1]}"


def no_address() -> Iterator[str]:
    yield "nonsense"


@pytest.mark.parametrize(
    ("at", "reason"),
    [
        (nobody_listens, "nothing within 2 seconds"),
        (one_who_listens_and_says_nothing, "nothing within 2 seconds"),
        (one_who_speaks_another_language, "something else does"),
        (no_address, "missing port number in address 'nonsense'"),
    ],
)
def test_an_address_at_which_there_is_no_scheduler_is_refused(at: Callable[[], Iterator[str]], reason: str) -> None:
    for address in at():
        with pytest.raises(Refusal, match=f"--scheduler {address}: no scheduler answers there") as refused:
            list(ensembles({}, 1, summary, scheduler=address))
        assert reason in str(refused.value)


# ---- A cluster


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    """Two worker processes on this machine."""
    with LocalCluster(
        n_workers=WORKERS, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0", silence_logs=50
    ) as found:
        yield found


def processes(address: str) -> set[int]:
    with Client(address, set_as_default=False) as client:
        return set(client.run(os.getpid).values())


def dies_once(mark: str, place: int) -> int:
    """Kills the process that is the first to come here."""
    try:
        os.close(os.open(mark, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return place
    os.kill(os.getpid(), signal.SIGKILL)
    return -1


@pytest.mark.slow
def test_a_cluster_gives_what_a_thread_gives_to_the_last_bit(ready: Ensemble, cluster: LocalCluster) -> None:
    assert same(ensemble(ready, DRAWS, scheduler=cluster.scheduler_address), ensemble(ready, DRAWS))


@pytest.mark.slow
def test_many_ensembles_on_a_cluster_are_what_they_are_here(cluster: LocalCluster) -> None:
    asked = every_pair(AUTHORITY, (0.5,))
    there = dict(ensembles(asked, 64, summary, scheduler=cluster.scheduler_address))
    assert pickled_each(there) == pickled_each(dict(ensembles(asked, 64, summary)))


@pytest.mark.slow
def test_a_worker_that_is_killed_in_the_middle_changes_nothing(ready: Ensemble, cluster: LocalCluster) -> None:
    draws, before, blocks = 12_000, processes(cluster.scheduler_address), []
    with team(scheduler=cluster.scheduler_address) as those:
        for outcomes in outcomes_by_block(ready, draws, those):
            blocks.append(outcomes)
            if len(blocks) == WORKERS:
                os.kill(min(before), signal.SIGKILL)
    assert min(before) not in processes(cluster.scheduler_address)
    assert same(joined(iter(blocks), draws), ensemble(ready, draws))


@pytest.mark.slow
def test_a_call_that_is_lost_with_its_worker_is_made_again_on_another(tmp_path: Path, cluster: LocalCluster) -> None:
    mark = tmp_path / "killed"
    with team(scheduler=cluster.scheduler_address) as those:
        calls = (Call(dies_once, (str(mark), place)) for place in range(8))
        assert list(in_order(those, calls)) == list(range(8))
    assert mark.exists()


@pytest.mark.slow
def test_a_call_that_kills_every_worker_that_takes_it_is_given_up(tmp_path: Path, cluster: LocalCluster) -> None:
    with (
        pytest.raises(Refusal, match="one call was lost with each worker that took it"),
        team(scheduler=cluster.scheduler_address) as those,
    ):
        list(in_order(those, [Call(os._exit, (1,))]))


# ---- A cluster that is not as it should be


def dask(part: str, *words: str, **environment: str) -> subprocess.Popen[bytes]:
    """A scheduler or a worker, as `dask` starts it."""
    return subprocess.Popen(
        [sys.executable, "-m", f"distributed.cli.dask_{part}", *words, "--dashboard-address", "127.0.0.1:0"],
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def stop(process: subprocess.Popen[Any]) -> None:
    process.kill()
    process.wait()


def written(file: Path) -> str:
    """The address a scheduler writes once it listens."""
    for _ in range(20 * LONG):
        if file.exists() and file.read_text():
            return str(json.loads(file.read_text())["address"])
        time.sleep(0.05)
    raise AssertionError("the scheduler did not start")


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A scheduler with no workers yet: its address and its process."""
    file = tmp_path / "scheduler.json"
    process = dask("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file))
    try:
        yield written(file), process
    finally:
        stop(process)


@pytest.fixture
def worker(scheduler: tuple[str, subprocess.Popen[bytes]]) -> Iterator[Callable[..., None]]:
    """Starts a worker of that scheduler, and waits for it."""
    started = []

    def start(**environment: str) -> None:
        started.append(dask("worker", scheduler[0], "--nthreads", "1", "--no-nanny", **environment))
        with Client(scheduler[0], set_as_default=False) as client:
            client.wait_for_workers(len(started), timeout=LONG)

    yield start
    for process in started:
        stop(process)


@pytest.mark.slow
def test_a_scheduler_without_workers_is_refused(scheduler: tuple[str, subprocess.Popen[bytes]]) -> None:
    address, _ = scheduler
    with pytest.raises(Refusal, match=f"it has no workers; start some with `dask worker {address}`"):
        list(ensembles({}, 1, summary, scheduler=address))


@pytest.mark.slow
def test_a_worker_with_another_version_of_the_model_is_refused(
    tmp_path: Path, scheduler: tuple[str, subprocess.Popen[bytes]], worker: Callable[..., None]
) -> None:
    other = tmp_path / "best_model-9.9.9.dist-info"
    other.mkdir()
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: best-model\nVersion: 9.9.9\n")
    worker(PYTHONPATH=str(tmp_path))
    with pytest.raises(Refusal, match=r"the worker tcp://\S+ has best-model 9\.9\.9 and we have .*; install the same"):
        list(ensembles({}, 1, summary, scheduler=scheduler[0]))


@pytest.mark.slow
def test_a_scheduler_that_goes_away_in_the_middle_is_one_refusal(
    scheduler: tuple[str, subprocess.Popen[bytes]], worker: Callable[..., None], capfd: pytest.CaptureFixture[str]
) -> None:
    address, process = scheduler
    worker()

    def work_on_while_it_is_killed() -> None:
        with team(scheduler=address) as those:
            for _ in in_order(those, (Call(time.sleep, (0.05,)) for _ in range(200))):
                process.kill()

    with pytest.raises(Refusal, match="it went away before all was done"):
        work_on_while_it_is_killed()
    assert capfd.readouterr().err == ""
