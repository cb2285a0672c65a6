"""What numba costs a process that uses it for the first time, seconds as JSON: python -m benchmarks.first_use

With NUMBA_CACHE_DIR at an empty folder nothing is compiled yet; run again with the same one, all of it is.
"""

import json
import sys
from time import perf_counter

from benchmarks.one_draw import made_ready
from best_model.draws.batch import simulate_many
from best_model.draws.year_matrix import year_of


def main() -> None:
    """All else is imported and made ready before the clock starts."""
    setting = made_ready()
    of = setting.given(setting.figures(0, 1, 0), 0)
    year = year_of(of.authority, of.levers)
    assert "numba" not in sys.modules
    start = perf_counter()
    import numba  # noqa: F401, PLC0415 - this is what is timed

    imported = perf_counter()
    simulate_many(of.authority, year, of.levers, of.delivered, of.figures)
    print(json.dumps({"import": imported - start, "first draw": perf_counter() - imported}))


if __name__ == "__main__":
    main()
