"""Time draws of every assumption beside other ways to draw the same model, in one process: python -m benchmarks.ensemble

Nothing is timed before all have given the same £ in every year of a few draws. EMA Workbench is among them where it is installed:
uv pip install --group benchmarks. Without it its lines say why they are left out. Every way is timed once in each of several rounds,
so that what else the machine does falls on all, and its best is told.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

from benchmarks import numpy_loop, pandas_loop, workbench
from benchmarks.agreement import WAYS, Made, by_engine, by_workbench, largest_difference, with_workbench
from benchmarks.engine import machine
from benchmarks.one_draw import Setting, Spend, made_ready, one_by_one, outcomes, simulations_of_outcomes, spent
from best_model.draws.batch import simulate_many
from best_model.draws.ensemble import edges_of, ensemble
from best_model.draws.year_matrix import year_of
from best_model.inputs.folders import PROJECT
from best_model.model.phasing import FloatArray

ROUNDS, TURN, THREADS = 5, 0.5, 2
"""Every way has a turn of so many seconds, or of one call, in each round."""
FEW, MANY = 10_000, 100_000
LOOPS: dict[str, tuple[Spend, int]] = {
    "NumPy, a draw at a time": (numpy_loop.spend, 100),
    "pandas, a draw at a time": (pandas_loop.spend, 2),
}
"""Other ways to write the model, and the draws each is timed on."""
WORKBENCH, EXPERIMENTS = "EMA Workbench, driving the NumPy loop", 100
AT_ONCE, SQUARE = 256, 2_000


@dataclass(frozen=True)
class Way:
    """A way to draw so many draws."""

    name: str
    draws: float
    call: Callable[[], object]


@dataclass(frozen=True)
class Took:
    """Seconds a draw at best: by the clock, and of all cores together, which others at work on the machine lengthen less."""

    clock: float
    cores: float


Times = Mapping[str, Took]
"""By the name of each way."""


def main() -> None:
    """Check, then time, then print."""
    setting = made_ready()
    ways = WAYS if workbench.why_left_out() else {**WAYS, "EMA Workbench": with_workbench}
    largest = largest_difference(setting, FEW, len(setting.councils), ways)
    print(f"{machine()}{company()}")
    print(f"{setting.councils[0].plans.shape} ages, needs, settings; {len(setting.ready.draws.names)} assumptions")
    print(f"{', '.join(ways)}: all give the £ of ensemble, in every outcome and year, to £{largest:.1e} at most")
    print(memory(setting))
    print(f"{kernels()}\n")
    draws_as_a_whole(setting)
    price_of_numba(simulations_alone(setting))


# ---- What is timed


def draws_as_a_whole(setting: Setting) -> None:
    """From points to the saving, the gap and the deficit of each draw."""
    ours = [
        Way(f"best_model, {draws:,} draws, {threads} thread{'s'[: threads - 1]}", draws, partial(ensemble, setting.ready, draws, threads))
        for draws, threads in ((MANY, THREADS), (FEW, THREADS), (FEW, 1))
    ]  # fmt: skip
    simulations = simulations_of_outcomes(setting.ready.scenario.levers)
    print(f"A draw as a whole: doing nothing, the programme, it without what reinvests ({simulations} simulations)")
    print("best_model begins at Sobol points, the others at the figures of each draw, and make a council of them")
    print_table([*ours, *others(setting, outcomes), floor(setting, simulations)])


def simulations_alone(setting: Setting) -> float:
    """From the council as draws see it to £ by year: one simulation of the whole state a draw.

    Returns the seconds a draw that compiling saves.
    """
    ours = [
        Way(f"batch.simulate_many, {draws:,} draws, {THREADS} threads", draws, partial(on_threads, blocks(setting, draws)))
        for draws in (MANY, FEW)
    ]  # fmt: skip
    some = setting.given(setting.figures(0, AT_ONCE, 0), 0)
    not_compiled = Way(f"engine.simulate, {AT_ONCE} draws at once", AT_ONCE, partial(spent, by_engine, some))
    figures = one_by_one(setting.figures(0, 1, 0))[0]
    council = Way("of which a council of the figures", 1, partial(setting.given, figures, 0))
    print("A simulation alone: spend by year with the programme, every need apart")
    print("best_model begins at a council already drawn, the others at the figures of each draw")
    times = print_table([*ours, not_compiled, *others(setting, spent), council, floor(setting, 1)])
    return times[not_compiled.name].clock - times[ours[0].name].clock


def others(setting: Setting, make: Made) -> list[Way]:
    """The loops and the workbench, each on a few draws, from the figures of each."""
    points = one_by_one(setting.figures(0, EXPERIMENTS, 0))

    def loop(spend: Spend, draws: int) -> None:
        for figures in points[:draws]:
            make(spend, setting.given(figures, 0))

    loops = [Way(name, draws, partial(loop, spend, draws)) for name, (spend, draws) in LOOPS.items()]
    if why_not := workbench.why_left_out():
        print(f"{WORKBENCH}: {why_not}")
        return loops
    return [*loops, Way(WORKBENCH, EXPERIMENTS, partial(by_workbench, setting, make, points, 0))]


def blocks(setting: Setting, draws: int) -> list[Callable[[], FloatArray]]:
    """The spend of every block of so many draws, to be worked out from councils that are drawn."""
    levers = setting.ready.scenario.levers
    years = [year_of(council, levers) for council in setting.councils]

    def block(first: int, last: int, place: int) -> Callable[[], FloatArray]:
        level = place % len(setting.councils)
        of = setting.given(setting.figures(first, last - first, level), level)
        return lambda: simulate_many(of.authority, years[level], levers, of.delivered, of.figures).spend.total

    edges = edges_of(draws, len(setting.councils))
    return [block(first, last, place) for place, (first, last) in enumerate(pairwise(edges))]


def on_threads(every: Sequence[Callable[[], FloatArray]]) -> list[FloatArray]:
    """What blocks come to, as many at once as there are threads."""
    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(lambda block: block(), every))


def floor(setting: Setting, simulations: int) -> Way:
    """The moves of the whole state if they were one dense product: a large one is worth those of so many draws."""
    ages, needs, settings = setting.councils[0].plans.shape
    steps = len(setting.councils[0].januaries) - 1
    operations = simulations * steps * ages * needs * settings * settings * 2
    square = np.random.default_rng(0).random((SQUARE, SQUARE))

    def product() -> FloatArray:
        with blas_on_threads():
            return square @ square

    return Way(f"the floor: {operations:,} operations, dense", 2 * SQUARE**3 / operations, product)


def best_of_rounds(ways: Sequence[Way]) -> Times:
    """What each way took at its best."""
    rounds = [[best_of_turn(way) for way in ways] for _ in range(ROUNDS)]
    return {way.name: best(turns) for way, turns in zip(ways, zip(*rounds, strict=True), strict=True)}


def best_of_turn(way: Way) -> Took:
    """What it took at its best, once or until the turn is over."""
    begun, calls = perf_counter(), [took(way)]
    while perf_counter() - begun < TURN:
        calls.append(took(way))
    return best(calls)


def best(several: Sequence[Took]) -> Took:
    """The least by the clock, and the least of all cores."""
    return Took(min(each.clock for each in several), min(each.cores for each in several))


def took(way: Way) -> Took:
    """Seconds a draw, this once."""
    clock, cores = perf_counter(), process_time()
    way.call()
    return Took((perf_counter() - clock) / way.draws, (process_time() - cores) / way.draws)


def print_table(ways: Sequence[Way]) -> Times:
    """Time the ways, and print what a draw takes each and how many times the first it is, by the clock and of all cores together."""
    times = best_of_rounds(ways)
    ours = times[ways[0].name]
    print(f"  {'ms a draw, and how many times the first':<46}{'by the clock':>26}{'of all cores':>26}")
    for name, each in times.items():
        told = [
            f"{mine * 1e3:>12,.4f}{mine / first:>14,.2f}"
            for mine, first in ((each.clock, ours.clock), (each.cores, ours.cores))
        ]
        print(f"  {name:<46}{''.join(told)}")
    least = times[ways[-1].name]
    print(f"  the first is {ours.clock / least.clock:.1f} and {ours.cores / least.cores:.1f} times the floor\n")
    return times


# ---- What it is held against


def company() -> str:
    """Programs at work on the machine in the last minute, where the system says: more than one is company."""
    return f"; {os.getloadavg()[0]:.1f} programs at work in the last minute" if hasattr(os, "getloadavg") else ""


def memory(setting: Setting) -> str:
    """MB that this process holds at most before drawing, and once it has drawn few and many."""
    held = [f"{peak_memory():,.0f} MB before"]
    for draws in (FEW, MANY):
        ensemble(setting.ready, draws, THREADS)
        held.append(f"{peak_memory():,.0f} MB after {draws:,} draws")
    return f"Most memory held: {', '.join(held)}"


def peak_memory() -> float:
    """MB that this process has held at most, so far; unknown on Windows."""
    if sys.platform == "win32":
        return float("nan")
    import resource  # noqa: PLC0415 - not on Windows

    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return held / 1e6 if sys.platform == "darwin" else held * 1024 / 1e6


def kernels() -> str:
    """Which kernels BLAS runs, where threadpoolctl is there to say."""
    if not find_spec("threadpoolctl"):
        return "Which kernels BLAS runs is not known: threadpoolctl is not installed"
    from threadpoolctl import threadpool_info  # noqa: PLC0415 - it may not be there

    said = {f"{each['internal_api']} {each['version']} {each.get('architecture', '')}" for each in threadpool_info()}
    return f"BLAS: {', '.join(sorted(said))}"


def blas_on_threads() -> AbstractContextManager[object]:
    """BLAS held to as many threads as we use, where threadpoolctl is there to hold it."""
    if not find_spec("threadpoolctl"):
        return nullcontext()
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 - it may not be there

    return threadpool_limits(THREADS, user_api="blas")


# ---- Numba


def price_of_numba(saved_a_draw: float) -> None:
    """What it costs a new process to import numba and to run what it compiles, and after how many draws that is won back."""
    with tempfile.TemporaryDirectory() as cache:
        first, later = (first_use(cache) for _ in range(2))
        size = sum(file.stat().st_size for file in Path(cache).rglob("*") if file.is_file()) / 1e6
    back, back_at_first = (sum(each.values()) / saved_a_draw for each in (later, first))
    print("What numba costs a new process")
    print(f"  its import, when all else is there: {later['import']:.2f} s")
    print(f"  a first draw that has to be compiled: {first['first draw']:.2f} s, and {size:.1f} MB of cache")
    print(f"  a first draw from that cache: {later['first draw']:.2f} s")
    print(
        f"  won back beside engine.simulate in {back:,.0f} simulations; {back_at_first:,.0f} where it has to be compiled"
    )


def first_use(cache: str) -> dict[str, float]:
    """Seconds, from a process of its own."""
    command, environment = [sys.executable, "-m", "benchmarks.first_use"], {**os.environ, "NUMBA_CACHE_DIR": cache}
    said = subprocess.run(command, cwd=PROJECT, env=environment, check=True, capture_output=True, text=True)
    return json.loads(said.stdout)


if __name__ == "__main__":
    main()
