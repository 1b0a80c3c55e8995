"""Problems become a sorted table through files on disk: a store may have millions of them."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from portal.catalog.spool import append, streams
from portal.model.record import Problem
from portal.model.schema import PROBLEMS
from portal.model.telling import Tally

__all__ = ["PROBLEM_SCHEMA", "Spool", "Telling", "problem_table"]

PROBLEM_SCHEMA = pa.schema([(c.name, pa.string()) for c in PROBLEMS])

_ORDER = [(name, "ascending") for name in ("path", "collection", "code", "what", "seen")]
_ROWS = 4096
_BUCKET = 50_000
"""Rows that are sorted at a time, unless one path has more: some 25 MB."""


def problem_table(problems: Iterable[tuple[str, Problem]]) -> pa.Table:
    """Problems, each with its collection, as a table."""
    rows = [{**asdict(problem), "collection": name} for name, problem in problems]
    return pa.Table.from_pylist(rows, schema=PROBLEM_SCHEMA)


class Telling:
    """Collects problems as Arrow, of one kind and file no more than people read."""

    def __init__(self) -> None:
        self._tally = Tally()
        self._waiting: list[tuple[str, Problem]] = []
        self._tables: list[pa.Table] = [PROBLEM_SCHEMA.empty_table()]

    def add(self, problems: Iterable[tuple[str, Problem]]) -> None:
        """Add problems, each with its collection."""
        for collection, problem in problems:
            if self._tally.passes(problem, collection):
                self._waiting.append((collection, problem))
                if len(self._waiting) >= _ROWS:
                    self._flush()

    def table(self) -> pa.Table:
        """All that was added."""
        self._waiting += self._tally.rest()
        self._flush()
        return pa.concat_tables(self._tables)

    def _flush(self) -> None:
        self._tables.append(problem_table(self._waiting))
        self._waiting = []


class Spool:
    """Tables of problems, laid aside in `folder` until all are there to be sorted."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder = folder
        self._counted: list[pa.StructArray] = []

    def add(self, table: pa.Table) -> None:
        """Lay `table` aside."""
        if table.num_rows:
            append(self._folder / "all", table)
            self._counted.append(pc.value_counts(table.column("path")))

    def sorted(self) -> Iterator[pa.Table]:
        """All problems in order, some thousand at a time."""
        if not self._counted:
            return
        bounds = self._bounds()
        for table in streams(self._folder / "all"):
            paths = np.array(table.column("path").to_pylist(), object)
            bucket = np.searchsorted(bounds, paths, side="right")
            for number in np.unique(bucket):
                rows = table.take(np.flatnonzero(bucket == number))
                append(self._folder / f"{number:06d}", rows)
        for path in sorted(self._folder.glob("[0-9]*")):
            yield pa.concat_tables(streams(path)).sort_by(_ORDER).combine_chunks()
            path.unlink()

    def _bounds(self) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
        """Paths at which buckets begin; problems of one path are never parted."""
        counted = pa.chunked_array(self._counted).combine_chunks()
        table = pa.table({"path": counted.field("values"), "n": counted.field("counts")})
        table = table.group_by("path").aggregate([("n", "sum")]).sort_by("path")
        bucket = np.cumsum(table.column("n_sum").to_numpy()) // _BUCKET
        begins = np.flatnonzero(np.diff(bucket, prepend=bucket[:1]))
        return np.array(table.column("path").take(pa.array(begins, pa.int64())).to_pylist(), object)
