"""What many councils and many scenarios take, measured in part and planned in whole: python -m benchmarks.scale

The councils are invented: the shipped one times a factor. The answers of a cluster are held to those of threads before any time is
printed.
"""

import pickle
import resource
import sys
from collections.abc import Callable, Mapping
from functools import partial
from time import perf_counter

from distributed import Client, LocalCluster

from benchmarks.engine import best_of, machine
from benchmarks.invented import invented_council, invented_scenario
from best_model.door import PARAMS, open_authority, open_scenario
from best_model.draws.ensemble import LARGEST_BLOCK, block, ensemble, made_ready
from best_model.draws.many import MadeReady, ensembles
from best_model.draws.odds import Summary, summary
from best_model.inputs.scenarios import scenario_names
from best_model.inputs.uncertainty_yaml import read_uncertainty
from best_model.model.authority import Authority

DRAWS, SEED, WORKERS = 10_000, 2026, 2
FACTORS = (0.25, 0.5, 1.0, 1.5, 2.0)
COUNCILS, SCENARIOS = 150, 20
HOUR = 3600
REPEATS = 3
CORE_SECONDS = "core-seconds used by the workers"

Name = tuple[str, str]


def main() -> None:
    """Measure one, then some, then say what all would take."""
    real = open_authority()
    asked = every_pair(real)
    took = in_part(asked)
    each = one_alone(asked[invented_council(real, 1.0).council.name, "stretched"])
    print(f"{machine()}\n\nOne council and scenario, {DRAWS:,} draws, one thread")
    for what, measured in each.items():
        print(f"  {what:<44}{measured:>14,.3f}")
    print(f"\n{len(FACTORS)} invented councils x {len(asked) // len(FACTORS)} scenarios, {DRAWS:,} draws each")
    for what, measured in took.items():
        print(f"  {what:<44}{measured:>14,.1f}")
    print()
    for line in the_whole(took[CORE_SECONDS] / len(asked), each["sent with a call, kB"], each["sent back, kB"]):
        print(line)


def every_pair(real: Authority, factors: tuple[float, ...] = FACTORS) -> dict[Name, MadeReady]:
    """Each invented council with each shipped scenario, by their names, yet to be made ready."""
    said = read_uncertainty(PARAMS, real.council.name, real.council.sources)
    scenarios = [open_scenario(name, real.council.name) for name in scenario_names(PARAMS)]
    return {
        (council.council.name, scenario.name): partial(
            made_ready, council, invented_scenario(scenario, factor), said, SEED
        )
        for factor, council in ((factor, invented_council(real, factor)) for factor in factors)
        for scenario in scenarios
    }


def one_alone(make: MadeReady) -> dict[str, float]:
    """Seconds and sizes of one, once all is compiled."""
    ready = make()
    outcomes = ensemble(ready, DRAWS)
    said = summary(ready, outcomes)
    return {
        "its council read and fitted, s": best_of(REPEATS, open_authority),
        "made ready, s": best_of(REPEATS, make),
        "drawn, s": best_of(REPEATS, lambda: ensemble(ready, DRAWS)),
        "summed up, s": best_of(REPEATS, lambda: summary(ready, outcomes)),
        "sent with a call, kB": pickled(make),
        "an Ensemble made ready, kB": pickled(make()),
        "its draws, kB": pickled(outcomes),
        "a block of them, kB": pickled(block(ready, 0, LARGEST_BLOCK, 0)),
        "sent back, kB": pickled(said),
    }


def pickled(what: object) -> float:
    """Size in kB as it goes over a network."""
    return len(pickle.dumps(what, protocol=pickle.HIGHEST_PROTOCOL)) / 1e3


def in_part(asked: Mapping[Name, MadeReady]) -> dict[str, float]:
    """Seconds with threads and with a cluster, which give the same, and what the cluster's workers used."""
    with (
        LocalCluster(
            n_workers=WORKERS, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0"
        ) as cluster,
        Client(cluster.scheduler_address, set_as_default=False) as client,
    ):
        on_cluster = partial(ensembles, draws=DRAWS, answer=summary, scheduler=cluster.scheduler_address)
        dict(on_cluster(dict(list(asked.items())[:WORKERS])))  # so that each worker has read what is compiled
        alone, one_thread = timed(lambda: dict(ensembles(asked, DRAWS, summary)))
        _, threads = timed(lambda: dict(ensembles(asked, DRAWS, summary, workers=WORKERS)))
        before = client.run(core_seconds)
        spread, seconds = timed(lambda: dict(on_cluster(asked)))
        used = sum(client.run(core_seconds).values()) - sum(before.values())
        peak = max(client.run(most_memory).values())
    if pickled_each(alone) != pickled_each(spread):
        raise AssertionError("a cluster gives other answers than threads")
    return {
        "one thread, s": one_thread,
        f"{WORKERS} threads of one process, s": threads,
        f"cluster of {WORKERS} worker processes, s": seconds,
        CORE_SECONDS: used,
        "most memory of a worker, MB": peak,
    }


def pickled_each(said: Mapping[Name, Summary]) -> dict[Name, bytes]:
    """To the last bit."""
    return {name: pickle.dumps(each) for name, each in said.items()}


def timed(call: Callable[[], dict[Name, Summary]]) -> tuple[dict[Name, Summary], float]:
    """What a call returns, and the seconds it took."""
    start = perf_counter()
    return call(), perf_counter() - start


def core_seconds() -> float:
    """What this process has used of a core."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def most_memory() -> float:
    """The most MB this process has held."""
    unit = 1e6 if sys.platform == "darwin" else 1e3
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def the_whole(seconds: float, sent: float, returned: float) -> list[str]:
    """What all councils and scenarios take, at the core-seconds and the kB of one."""
    many = COUNCILS * SCENARIOS
    return [
        f"{COUNCILS} councils x {SCENARIOS} scenarios x {DRAWS:,} draws, at {seconds:.2f} core-seconds each",
        f"  {'core-hours':<44}{many * seconds / HOUR:>14,.2f}",
        f"  {'cores for one hour':<44}{-(-many * seconds // HOUR):>14,.0f}",
        f"  {'sent out, MB':<44}{many * sent / 1e3:>14,.0f}",
        f"  {'sent back, MB':<44}{many * returned / 1e3:>14,.1f}",
    ]


if __name__ == "__main__":
    main()
