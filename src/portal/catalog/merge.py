"""Joins tables that lie in one order, row by row, without holding them."""

from collections.abc import Iterator
from typing import Any, TypeAlias

import pyarrow as pa

__all__ = ["Rows", "grouped"]

Rows: TypeAlias = "dict[str, Any]"


def grouped(
    models: Iterator[pa.RecordBatch],
    observations: Iterator[pa.RecordBatch],
    files: Iterator[pa.RecordBatch],
) -> Iterator[tuple[Rows, list[Rows], list[Rows]]]:
    """Each row of `models` with the rows of the others that have its ``model_id``.

    The others follow the order of `models`; rows of theirs without a model come last.
    """
    parts = (_Cursor(observations), _Cursor(files))
    for batch in models:
        for row in batch.to_pylist():
            name = row["model_id"]
            yield row, parts[0].take(name), parts[1].take(name)


class _Cursor:
    """A stream of rows that gives out runs of one ``model_id``."""

    def __init__(self, batches: Iterator[pa.RecordBatch]) -> None:
        self._rows = (row for batch in batches for row in batch.to_pylist())
        self._next: Rows | None = next(self._rows, None)

    def take(self, model_id: str) -> list[Rows]:
        """The rows of `model_id`, if the stream has come to them."""
        taken = []
        while self._next is not None and self._next["model_id"] == model_id:
            taken.append(self._next)
            self._next = next(self._rows, None)
        return taken
