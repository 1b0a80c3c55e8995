"""Models with what surrounds them, a batch at a time and as columns."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from portal.catalog.merge import Rows
from portal.catalog.table import Catalog
from portal.columns import Integers
from portal.model.advisory import Advisory
from portal.model.collection import Collection
from portal.model.schema import CUBE, SMALL_DATASETS, Column, small_dataset_columns
from portal.pages._neighbours import Near, Neighbours
from portal.pages.base import Source

__all__ = ["Batch", "Runs", "batches", "problems_of"]

_SIZE = 1024
_SMALL = ("spectrum", "velocity", "moment0", "moment1")
_SHOWN = (
    *("model_id", "path", "hdf5_group", "line", "rest_frequency", "inclination", "azimuth"),
    *("distance", "n_channels", "s_xel1", "s_xel2", "peak_flux_density"),
    *("spectrum_offset", "spectrum_nbytes", "spectrum_dtype", "spectrum_filters"),
    *("species", "transition", "s_fov"),
    *(f"{name}_{part}" for name in SMALL_DATASETS for part in ("offset", "dtype")),
    *(f"{CUBE}_{part}" for part in ("chunks", "dtype", "filters", "index")),
)
_DRAWN = (*_SHOWN, *(c.name for name in _SMALL for c in small_dataset_columns(name)))


@dataclass(frozen=True, slots=True)
class Batch:
    """Models that stand next to each other in the catalogue.

    Parameters
    ----------
    models, observations, files
        Rows of the tables.
    first_observation, first_file : (model + 1,) [1]
        Row at which those of each model begin; those of the next end them.
    problems
        Rows of the table of problems, by the number of the model in the batch.
    near
        The nearest models.
    near_ids : (model * place,)
        Their names.
    before, after
        Names of the models around the batch; None at the ends of the catalogue.
    stores
        Folders to look for the files in.
    advisories
        The rules whose ids the models have.
    """

    collections: tuple[Collection, ...]
    parameters: tuple[Column, ...]
    models: pa.Table
    observations: pa.Table
    files: pa.Table
    first_observation: Integers
    first_file: Integers
    problems: dict[int, list[Rows]]
    near: Near
    near_ids: list[str]
    before: str | None
    after: str | None
    stores: tuple[Path, ...]
    advisories: tuple[Advisory, ...] = ()

    def rows(self, table: str) -> list[list[Rows]]:
        """(model,) the rows of a table, ``observations`` or ``files``, that belong to each."""
        whole = (self.observations if table == "observations" else self.files).to_pylist()
        first = self.first_observation if table == "observations" else self.first_file
        return [whole[start:stop] for start, stop in pairwise(first.tolist())]


def batches(source: Source) -> Iterator[Batch]:
    """All models, in the order of the catalogue."""
    catalog = source.catalog
    neighbours = Neighbours(catalog)
    ids = catalog.table("models", ["model_id"])["model_id"].combine_chunks()
    problems = problems_of(source)
    # A catalogue of an older version may lack the latest columns.
    present = {column.name for column in catalog.columns("observations")}
    wanted = dict.fromkeys(_DRAWN if source.stores else _SHOWN)
    shown = [name for name in wanted if name in present]
    observations, files = Runs(catalog, "observations", shown), Runs(catalog, "files", None)
    start = 0
    for batch in catalog.batches("models", None, _SIZE):
        stop = start + batch.num_rows
        near = neighbours.of(start, stop)
        seen, first_seen = observations.take(batch["model_id"])
        kept, first_kept = files.take(batch["model_id"])
        yield Batch(
            catalog.collections,
            catalog.parameters,
            pa.table(batch),
            seen,
            kept,
            first_seen,
            first_kept,
            _of_models(problems, kept, first_kept) if problems else {},
            near,
            ids.take(pa.array(np.maximum(near.rows, 0).ravel())).to_pylist(),
            ids[start - 1].as_py() if start else None,
            ids[stop].as_py() if stop < len(ids) else None,
            source.stores,
            catalog.advisories,
        )
        start = stop


class Runs:
    """A stream of rows that gives out those of given ids, which it has in their order."""

    def __init__(
        self, catalog: Catalog, name: str, columns: list[str] | None, key: str = "model_id"
    ) -> None:
        self._key = key
        self._stream = catalog.batches(name, columns)
        self._next = next(self._stream, None)
        # A table without rows gives no batch that would tell its columns.
        first = catalog.table(name, columns) if self._next is None else self._next
        self._schema = first.schema

    def take(self, ids: pa.Array) -> tuple[pa.Table, Integers]:
        """The rows of `ids`, and where those of each begin."""
        parts, places = [], [np.zeros(0, np.intp)]
        while self._next is not None:
            place = pc.index_in(self._next[self._key], ids)
            known = place.is_valid().to_numpy(zero_copy_only=False)
            count = len(known) if known.all() else int(known.argmin())
            parts.append(self._next.slice(0, count))
            places.append(place.slice(0, count).to_numpy(zero_copy_only=False).astype(np.intp))
            if count < len(known):
                # A copy, so that what is sent to a worker is not the whole batch.
                rest = pa.array(np.arange(count, len(known)))
                self._next = self._next.take(rest)
                break
            self._next = next(self._stream, None)
        first = np.searchsorted(np.concatenate(places), np.arange(len(ids) + 1))
        return pa.Table.from_batches(parts, self._schema).combine_chunks(), first


def problems_of(source: Source) -> dict[tuple[str, str], list[Rows]]:
    """Rows of the table of problems by collection and path."""
    found: dict[tuple[str, str], list[Rows]] = {}
    for batch in source.catalog.batches("problems"):
        for row in batch.to_pylist():
            found.setdefault((row["collection"], row["path"]), []).append(row)
    return found


def _of_models(
    problems: dict[tuple[str, str], list[Rows]], files: pa.Table, first: Integers
) -> dict[int, list[Rows]]:
    found: dict[int, list[Rows]] = {}
    pairs = zip(files["collection"].to_pylist(), files["path"].to_pylist(), strict=True)
    for at, pair in enumerate(pairs):
        if pair in problems:
            model = int(np.searchsorted(first, at, "right")) - 1
            found.setdefault(model, []).extend(problems[pair])
    return found
