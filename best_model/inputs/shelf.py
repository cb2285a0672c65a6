"""Results that take seconds, kept in a folder while a pack is made: each is worked out once and shared by the papers that need it."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SHELF_VARIABLE = "BEST_SHELF"
Arrays = Mapping[str, NDArray[np.float64]]


def shared(name: str, made_of: object, make: Callable[[], Arrays]) -> Arrays:
    """The arrays that `make` returns, from the shelf where they were made of the same things before.

    `made_of` is everything that they depend on but the code, for which the batch keeps a shelf of its own. Whoever asks first works
    them out; whoever asks meanwhile waits. Where the environment names no shelf they are simply made.
    """
    folder = os.environ.get(SHELF_VARIABLE)
    if not folder:
        return make()
    import joblib  # noqa: PLC0415 - only a batch needs these two
    from filelock import FileLock  # noqa: PLC0415

    path = Path(folder, f"{name}-{joblib.hash(made_of)}.npz")
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_suffix(".lock")):
        if not path.exists():
            _put(path, make())
        with np.load(path, allow_pickle=False) as held:
            return dict(held)


def _put(path: Path, arrays: Arrays) -> None:
    """Written beside its place and moved there, so that a program killed meanwhile leaves nothing half-written."""
    half = path.with_suffix(f".{os.getpid()}.npz")
    np.savez(half, **arrays)  # type: ignore[arg-type]  # its stubs know one keyword of their own
    os.replace(half, path)
