"""Observed products with what surrounds them, a batch at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from portal.catalog.merge import Rows
from portal.catalog.observed import observed
from portal.catalog.table import Catalog
from portal.model.collection import Collection
from portal.model.schema import OBSCORE
from portal.pages._batches import Runs, problems_of
from portal.pages.base import Source

__all__ = ["Batch", "Key", "Product", "batches"]

_SIZE = 64
_OF_ONE_FILE = 2048
"""Most rows of a batch; those of one file are kept together up to here, since it is opened once."""
_KEY = ("obs_collection", "path", "part")
_OF_FILE = ("bytes", "sha256", "url", "mtime_ns")


class Key(NamedTuple):
    """What tells a product from all others."""

    collection: str
    path: str
    part: str


@dataclass(frozen=True, slots=True)
class Product:
    """A product, where its values are from, its file, and what stands around it.

    Parameters
    ----------
    row
        Of the table of observations.
    origins
        Rows of the table of provenance.
    file
        Size [byte], checksum, address and time of the last change of its file.
    problems
        What is wrong with its file.
    before, after
        The products around it in the catalogue; None at the ends.
    """

    key: Key
    row: Rows
    origins: list[Rows]
    file: Rows
    problems: list[Rows]
    before: Key | None
    after: Key | None


@dataclass(frozen=True, slots=True)
class Batch:
    """Products that stand next to each other in the catalogue.

    Parameters
    ----------
    observations, origins
        Rows of the tables of observations and of provenance.
    first_origin : (product + 1,) [1]
        Row of `origins` at which those of each begin; those of the next end them.
    files, problems
        By collection and path.
    before, after
        The products around the batch.
    stores
        Folders to look for the files in.
    """

    collections: tuple[Collection, ...]
    observations: pa.Table
    origins: pa.Table
    first_origin: list[int]
    files: dict[tuple[str, str], Rows]
    problems: dict[tuple[str, str], list[Rows]]
    before: Key | None
    after: Key | None
    stores: tuple[Path, ...]

    @property
    def keys(self) -> list[Key]:
        """(product,) what tells each from all others."""
        columns = (self.observations[name].to_pylist() for name in _KEY)
        return [Key(*row) for row in zip(*columns, strict=True)]

    def products(self) -> list[Product]:
        """The products, one by one."""
        keys = self.keys
        around = [self.before, *keys, self.after]
        origins = self.origins.to_pylist()
        return [
            Product(
                key,
                row,
                origins[first:last],
                self.files.get(key[:2], dict.fromkeys(_OF_FILE)),
                self.problems.get(key[:2], []),
                around[place],
                around[place + 2],
            )
            for place, (key, row, (first, last)) in enumerate(
                zip(keys, self.observations.to_pylist(), pairwise(self.first_origin), strict=True)
            )
        ]


def batches(source: Source) -> Iterator[Batch]:
    """All observed products, in the order of the catalogue."""
    catalog = source.catalog
    whole = observed(catalog, [*(column.name for column in OBSCORE), "path", "part"])
    if not whole.num_rows:
        return
    files, problems = _files(catalog), problems_of(source)
    has_origins = bool(catalog.counts.get("provenance"))
    runs = Runs(catalog, "provenance", None, "obs_publisher_did") if has_origins else None
    edges = list(_edges(whole))
    for start, stop in pairwise(edges):
        # A copy, so that what is sent to a worker is not the whole table.
        rows = whole.take(pa.array(range(start, stop)))
        found, first = _origins(runs, rows)
        there = set(zip(rows["obs_collection"].to_pylist(), rows["path"].to_pylist(), strict=True))
        yield Batch(
            catalog.collections,
            rows,
            found,
            first,
            {where: files[where] for where in sorted(there) if where in files},
            {where: problems[where] for where in sorted(there) if where in problems},
            _key(whole, start - 1),
            _key(whole, stop),
            source.stores,
        )


def _edges(whole: pa.Table) -> Iterator[int]:
    """Rows at which batches begin, and the number of rows."""
    where = list(zip(*(whole[n].to_pylist() for n in _KEY[:2]), strict=True))
    start = 0
    yield start
    for row in range(1, len(where)):
        full = row - start >= _SIZE
        if full and (where[row] != where[row - 1] or row - start >= _OF_ONE_FILE):
            start = row
            yield row
    yield len(where)


def _origins(runs: Runs | None, rows: pa.Table) -> tuple[pa.Table, list[int]]:
    if runs is None:
        return pa.table({}), [0] * (rows.num_rows + 1)
    found, first = runs.take(rows["obs_publisher_did"].combine_chunks())
    return found, first.tolist()


def _files(catalog: Catalog) -> dict[tuple[str, str], Rows]:
    found: dict[tuple[str, str], Rows] = {}
    for batch in catalog.batches("files", ["collection", "path", "kind", *_OF_FILE]):
        for row in batch.filter(pc.equal(batch["kind"], "product")).to_pylist():
            where = (row.pop("collection"), row.pop("path"))
            found[where] = {name: row[name] for name in _OF_FILE}
    return found


def _key(whole: pa.Table, row: int) -> Key | None:
    if not 0 <= row < whole.num_rows:
        return None
    return Key(*(whole[name][row].as_py() for name in _KEY))
