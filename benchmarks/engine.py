"""Time one scenario and the 64 subsets of a fair share beside two plain ways to write the model: python -m benchmarks.engine

Nothing is timed before all three have given the same numbers. Every time is the best of several in one process.
"""

import os
import platform
from collections.abc import Callable
from itertools import product
from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd

from benchmarks import numpy_loop, pandas_loop
from best_model.door import open_authority, open_scenario
from best_model.model.authority import Authority
from best_model.model.engine import run, simulate
from best_model.model.phasing import FloatArray
from best_model.model.scenario import Lever, Scenario
from best_model.questions.whose import saved_by_priority

Model = Callable[[Authority, tuple[Lever, ...], FloatArray], FloatArray]


def best_model_spend(authority: Authority, levers: tuple[Lever, ...], intensities: FloatArray) -> FloatArray:
    """£ by (draw, financial year)."""
    return simulate(authority, levers, intensities).spend.total


MODELS: dict[str, tuple[Model, int]] = {
    "best_model": (best_model_spend, 200),
    "NumPy, a draw at a time": (numpy_loop.spend, 10),
    "pandas, a year at a time": (pandas_loop.spend, 2),
}
"""Each way to write the model, and how often it is timed."""


def main() -> None:
    """Check, then time, then print."""
    authority, scenario = open_authority(), open_scenario("stretched")
    batches = futures(scenario)
    for intensities in batches.values():
        all_agree(authority, scenario.levers, intensities)
    print(f"{machine()}\nAll three give the same £ in every future and year, to 1e-6 or a part in 1e9.\n")
    for what, intensities in batches.items():
        times = {
            name: best_of(repeats, lambda model=model, rows=intensities: model(authority, scenario.levers, rows))
            for name, (model, repeats) in MODELS.items()
        }
        print(f"{what}: {len(intensities)} futures")
        for name, seconds in times.items():
            print(f"  {name:<26}{seconds * 1e3:>10.1f} ms  {seconds / times['best_model']:>8.1f} times best_model")
    print("Whole calls, with running costs, reinvestment and shares")
    print(f"  {'engine.run':<26}{best_of(200, lambda: run(authority, scenario)) * 1e3:>10.1f} ms")
    shares = best_of(30, lambda: saved_by_priority(authority, scenario))
    print(f"  {'saved_by_priority':<26}{shares * 1e3:>10.1f} ms")


def futures(scenario: Scenario) -> dict[str, FloatArray]:
    """Rows of intensities (draw, lever): a scenario beside doing nothing, and every subset of its priorities."""
    chosen = np.array([lever.intensity for lever in scenario.levers])
    subsets = np.array(list(product((0.0, 1.0), repeat=len(chosen))))
    return {"One scenario beside doing nothing": np.array([0.0 * chosen, chosen]), "Every subset": subsets * chosen}


def all_agree(authority: Authority, levers: tuple[Lever, ...], intensities: FloatArray) -> None:
    """Raises AssertionError where a way to write the model gives another £."""
    ours = best_model_spend(authority, levers, intensities)
    for name, (model, _) in MODELS.items():
        np.testing.assert_allclose(
            model(authority, levers, intensities), ours, rtol=1e-9, atol=1e-6, err_msg=f"{name} gives other numbers"
        )


def best_of(repeats: int, call: Callable[[], object]) -> float:
    """Seconds of the fastest of several calls."""
    times = []
    for _ in range(repeats):
        start = perf_counter()
        call()
        times.append(perf_counter() - start)
    return min(times)


def machine() -> str:
    """What ran: cores, processor, Python, NumPy and its BLAS."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return (
        f"{cores} cores of {processor()}; {platform.system()}; Python {platform.python_version()}; "
        f"NumPy {np.__version__} with {blas['name']} {blas['version']}; pandas {pd.__version__}"
    )


def processor() -> str:
    """Its model, where the system says."""
    said = Path("/proc/cpuinfo")
    lines = said.read_text(encoding="utf-8").splitlines() if said.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()


if __name__ == "__main__":
    main()
