"""Break core lines, one at a time, in a copy of the package, and show that the suite catches each.

Run it as `python tests/mutations.py`. It leaves with 1 if a broken line goes unnoticed, if a line to break is no longer there, or if
the tests fail on the copy as it is.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
AT_ONCE = 2


class Mutation(NamedTuple):
    """A core line of `file`, in plain words, what it becomes, and the tests that must notice."""

    words: str
    file: str
    line: str
    broken: str
    tests: str


GAP_AND_DEFICIT = "tests/test_command.py -k between_the_gaps or deficits_accumulate"
MUTATIONS = (
    Mutation("a saving has the wrong sign", "model/engine.py",
             "self.gap_before - self.saving", "self.gap_before + self.saving", GAP_AND_DEFICIT),
    Mutation("5/12 is taken for 7/12", "model/phasing.py",
             "return before, 1.0 - before", "return 1.0 - before, before", "tests/test_phasing.py"),
    Mutation("a setting is costed at its neighbour's price", "model/cost.py",
             "in_financial_years(plans) * prices", "in_financial_years(plans) * np.roll(prices, 1, axis=-1)", "tests/test_cohort.py"),
    Mutation("cohorts do not grow older", "model/cohort.py",
             "older[..., 1:, :, :] = plans[..., :-1, :, :]", "older[..., :, :, :] = plans[..., :, :, :]", "tests/test_cohort.py"),
    Mutation("new plans join after the free places are counted out", "model/cohort.py",
             "place(stayers, movers + joiners +", "place(stayers + joiners, movers +", "tests/test_cohort.py"),
    Mutation("a child turned away keeps the place as well", "model/cohort.py",
             "newcomers[..., setting] -= turned_away", "newcomers[..., setting] -= 0.0", "tests/test_cohort.py"),
    Mutation("a ramp starts a month early", "model/phasing.py",
             "return np.clip((months - start) / length, 0.0, 1.0)", "return np.clip((months + 1 - start) / length, 0.0, 1.0)",
             "tests/test_phasing.py"),
    Mutation("the calibrated price index is not applied", "model/cost.py",
             "money.inflation * index[..., None] * factor", "money.inflation * factor", "tests/test_published_table.py"),
    Mutation("a priority's fair share is that of another size of group", "questions/whose.py",
             "max(size - 1, 0)", "min(size, players - 1)", "tests/test_levers.py"),
    Mutation("the deficit brought forward is counted twice", "model/deficit.py",
             '"as_published": money.brought_forward +', '"as_published": 2 * money.brought_forward +', GAP_AND_DEFICIT),
    Mutation("two levers on one flow add up instead of sharing it", "model/levers.py",
             "per_share = (1.0 - left) / np.where(total > 0, total, 1.0)", "per_share = 1.0", "tests/test_levers.py"),
    Mutation("whom a lever sends elsewhere arrives nowhere", "model/cohort.py",
             "(stayers if origin == to else movers)[..., to] += part", "pass", "tests/test_cohort.py"),
    Mutation("a plan may deliver more than the most a source supports", "draws/ensemble.py",
             "np.minimum(shares, 1.0)", "shares", "tests/test_ensemble.py -k delivered"),
    Mutation("draws are not correlated", "draws/distributions.py",
             'np.einsum("du,vu->dv", ndtri(points), self.factor)', "ndtri(points)", "tests/test_draws.py -k moves_together"),
    Mutation("a draw that misses a target by more than a pound reaches it", "model/engine.py",
             "np.round(found - target) >= 0", "np.round(found - target) >= -1e6", "tests/test_uncertainty.py -k chance_is_shown"),
    Mutation("the last levels of the fit take fewer draws", "draws/ensemble.py",
             "draws * place // blocks", "min(place * LARGEST_BLOCK, draws)", "tests/test_ensemble.py -k equally_likely"),
    Mutation("what levers leave of new plans is not taken off", "draws/followed.py",
             "before[new + kind, draw] = demand[first + draw] * kept", "before[new + kind, draw] = demand[first + draw]",
             "tests/test_batch.py -k five_steps"),
    Mutation("the explorer lets places open on time when all else is late", "questions/grid.py",
             'if name.endswith(".slip")}', 'if name.endswith(".slip") and name.count(".") == 1}',
             "tests/test_explorer.py -k for_it_alone"),
    Mutation("the explorer counts as saved what is spent again", "questions/grid.py",
             "return gross - spent - spent_again(levers, gross, without)", "return gross - spent",
             "tests/test_explorer.py -k for_it_alone"),
    Mutation("what was kept is used again whatever has changed", "papers/cache.py",
             "or found is None or not found.is_still(kept)", "or found is None", "tests/test_faults.py -k same_key_only"),
    Mutation("a paper is not made again though a file that it used has changed", "papers/cache.py",
             " and all(kept.inputs.get(path) == total for path, total in self.used.items())", "", "tests/test_faults.py -k it_used"),
    Mutation("what was kept is used again though its bytes have changed", "papers/cache.py",
             'if hashlib.sha256(body).hexdigest() == json.loads(head).get("sum") else None', "", "tests/test_faults.py -k changed_byte"),
    Mutation("the pack that is seen may be tidied away", "papers/publish.py",
             "if (path / PACK).resolve() != live and", "if", "tests/test_faults.py -k never_fewer"),
    Mutation("money by age does not follow the setting", "questions/placed.py",
             "return share * simulation.spend.placements[..., None, None, :]",
             "return share * simulation.spend.placements.mean(axis=-1, keepdims=True)[..., None, None, :]",
             "tests/test_placed.py -k to_the_penny"),
)  # fmt: skip


def main() -> int:
    """Run the tests on the copy as it is, then on each broken copy; say what noticed, and what did not."""
    for mutation in MUTATIONS:
        _broken(mutation)
    sound = {mutation.tests for mutation in MUTATIONS}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        before = dict(zip(sorted(sound), pool.map(lambda tests: _passes(None, tests), sorted(sound)), strict=True))
        after = list(pool.map(lambda mutation: _passes(mutation, mutation.tests), MUTATIONS))
    for tests, passes in before.items():
        print(f"{'passes' if passes else 'FAILS'}  as it is: {tests}")
    for mutation, unnoticed in zip(MUTATIONS, after, strict=True):
        print(f"{'UNNOTICED' if unnoticed else 'caught'}  {mutation.words} ({mutation.file})")
    print(f"{sum(not unnoticed for unnoticed in after)} of {len(MUTATIONS)} broken lines caught")
    return int(not all(before.values()) or any(after))


def _passes(mutation: Mutation | None, tests: str) -> bool:
    """Whether the tests pass on a copy of the package with the line broken. An error that is no failed assertion is not a catch."""
    with tempfile.TemporaryDirectory(prefix="best-") as folder:
        for part in ("best_model", "params", "tests"):
            shutil.copytree(ROOT / part, Path(folder) / part, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", folder)
        if mutation:
            (Path(folder) / "best_model" / mutation.file).write_text(_broken(mutation), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:nbval", "-p", "no:cacheprovider", "-o", "addopts=", *_arguments(tests)],
            cwd=folder, env={**os.environ, "PYTHONPATH": folder}, capture_output=True, text=True, check=False,
        )  # fmt: skip
    by_assertion = re.search(r"^\W*E +(assert |AssertionError)", done.stdout, re.MULTILINE)
    if done.returncode not in (0, 1) or (done.returncode == 1 and not by_assertion):
        raise SystemExit(f"{mutation.words if mutation else 'as it is'}: no assertion failed\n{done.stdout[-2000:]}")
    return done.returncode == 0


def _arguments(tests: str) -> list[str]:
    """A file and, after `-k`, which of its tests."""
    file, _, some = tests.partition(" -k ")
    return [file, *(["-k", some] if some else [])]


def _broken(mutation: Mutation) -> str:
    """The file with its line broken, which must be there once."""
    text = (ROOT / "best_model" / mutation.file).read_text(encoding="utf-8")
    if (count := text.count(mutation.line)) != 1:
        raise SystemExit(f"{mutation.words}: the line {mutation.line!r} stands {count} times in {mutation.file}")
    return text.replace(mutation.line, mutation.broken)


if __name__ == "__main__":
    sys.exit(main())
