"""Draws in a Parquet file: a column for each amount, written block by block and read column by column."""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from best_model.model.phasing import FloatArray
from best_model.model.refusal import Refusal

DRAW = "draw"
_OURS = "best."
_BLOCKS_AT_ONCE = 4


class StoredOutcomes(Mapping[str, FloatArray]):
    """The columns of a file, each (draw,), read when it is asked for; `about` is what the file says of itself."""

    def __init__(self, path: Path) -> None:
        self._file = parquet.ParquetFile(path)
        metadata = self._file.schema_arrow.metadata or {}
        self.about = {
            key.decode().removeprefix(_OURS): value.decode()
            for key, value in metadata.items()
            if key.decode().startswith(_OURS)
        }

    def __getitem__(self, name: str) -> FloatArray:
        """One column. Raises KeyError where there is none of that name."""
        if name not in self._file.schema_arrow.names:
            raise KeyError(name)
        return self._file.read(columns=[name])[name].to_numpy()

    def __iter__(self) -> Iterator[str]:
        """Names of the columns of amounts, in their order."""
        return (name for name in self._file.schema_arrow.names if name != DRAW)

    def __len__(self) -> int:
        """How many columns of amounts there are."""
        return len(self._file.schema_arrow.names) - 1


def write_outcomes(path: Path, blocks: Iterable[Mapping[str, FloatArray]], about: Mapping[str, str]) -> None:
    """Write the columns of blocks as they come, some to a row group; the file takes its name when it is whole.

    Raises `Refusal` where it cannot be written.
    """
    if os.path.isdir(path):
        raise Refusal(f"--store {path}: it is a folder; name a file in it")
    if not os.path.isdir(path.parent):
        raise Refusal(f"--store {path}: there is no folder {path.parent}; make it, or name another")
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        _write(unfinished, path, blocks, about)
        with _room_for(path):
            os.replace(unfinished, path)
    finally:
        with suppress(OSError):
            unfinished.unlink()


def _write(unfinished: Path, path: Path, blocks: Iterable[Mapping[str, FloatArray]], about: Mapping[str, str]) -> None:
    with ExitStack() as opened:
        writer, first = None, 0
        for columns in _row_groups(blocks):
            table = _table(columns, first, about)
            with _room_for(path):
                writer = writer or opened.enter_context(
                    parquet.ParquetWriter(unfinished, table.schema, use_dictionary=False)
                )
                writer.write_table(table)
            first += table.num_rows


def _row_groups(blocks: Iterable[Mapping[str, FloatArray]]) -> Iterator[dict[str, FloatArray]]:
    """Blocks one after another, some at a time: columns of few rows are slow to write and to read."""
    rest = iter(blocks)
    while group := list(islice(rest, _BLOCKS_AT_ONCE)):
        yield {name: np.concatenate([block[name] for block in group]) for name in group[0]}


def _table(columns: Mapping[str, FloatArray], first: int, about: Mapping[str, str]) -> pa.Table:
    rows = len(next(iter(columns.values())))
    table = pa.table({DRAW: np.arange(first, first + rows), **columns})
    return table.replace_schema_metadata({f"{_OURS}{key}": value for key, value in about.items()})


@contextmanager
def _room_for(path: Path) -> Iterator[None]:
    """What the system says against writing, as a refusal."""
    try:
        yield
    except OSError as error:
        raise Refusal(
            f"--store {path}: it cannot be written ({error.strerror or error}); name a file where there is room"
        ) from error
