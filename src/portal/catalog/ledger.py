"""The files of a catalogue at a glance: which rows count, and in which order they stand."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from portal.catalog.journal import Journal
from portal.catalog.order import curve_positions
from portal.catalog.parameters import Findings, Survey, column_values, flatten
from portal.catalog.records import RECORDS
from portal.model.collection import Collection
from portal.model.schema import Column

__all__ = ["GLANCE", "INDEX_COLUMNS", "Ledger", "Records", "keys", "latest", "take_stock"]

INDEX_COLUMNS = ("collection", "path", "bytes", "mtime_ns", "sha256", "retry")
GLANCE = (*INDEX_COLUMNS, "kind", "model_id", "n_observations")
_ROWS = 8192

_Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Records:
    """All records: those of the last publication, then those of the journal."""

    base: Path
    journal: Journal

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """The records in a stable order, in tables of some thousand rows."""
        chosen = list(columns or RECORDS.names)
        if self.base.exists():
            with pq.ParquetFile(self.base) as file:
                for batch in file.iter_batches(_ROWS, columns=chosen, use_threads=False):
                    yield pa.Table.from_batches([batch])
        waiting = [RECORDS.empty_table().select(chosen)]
        for table in self.journal.tables(chosen):
            waiting.append(table)
            if sum(t.num_rows for t in waiting) >= _ROWS:
                yield pa.concat_tables(waiting).combine_chunks()
                waiting = []
        if waiting:
            yield pa.concat_tables(waiting).combine_chunks()


def keys(table: pa.Table) -> pa.ChunkedArray:
    """One text for each file: its collection and path."""
    return pc.binary_join_element_wise(table.column("collection"), table.column("path"), "\n")


@dataclass(frozen=True)
class Ledger:
    """What the records say at a glance.

    Parameters
    ----------
    files
        One row per file that is still listed, sorted by collection and path: the columns of
        the index, `kind`, `model_id`, `n_observations`, `record` (position of its record in
        `Records.batches`), `kept` (whether its rows are catalogued: not those of duplicates
        and of files without rows) and `rank` (files of one model share one; those of the
        models come first, in the order of the models).
    columns
        The parameters found.
    models
        Number of models.
    """

    files: pa.Table
    columns: tuple[Column, ...]
    models: int


def take_stock(records: Records, listed: pa.Table, collections: Sequence[Collection]) -> Ledger:
    """Go through `records`; of files that are not in `listed` nothing is kept."""
    files = latest(pa.concat_tables(records.batches(GLANCE)), listed)
    files = files.append_column("kept", pa.array(_kept(files)))
    survey = Survey()
    wanted = sorted({name for c in collections for name in c.sort_by})
    entries = list(_along(records.batches(["parameters"]), files, wanted, survey))
    columns = survey.columns()
    values = {c.name: _values(entries, c, files.num_rows) for c in columns if c.name in wanted}
    rank, models = _ranks(files, values, collections)
    return Ledger(files.append_column("rank", pa.array(rank)), columns, models)


def latest(records: pa.Table, listed: pa.Table | None = None) -> pa.Table:
    """The last full record of each file, with its hash wherever that was found.

    Sorted by collection and path; only those in `listed` if that is given.
    """
    key = keys(records).combine_chunks().dictionary_encode()
    code = key.indices.to_numpy().astype(np.int64)
    number = np.arange(records.num_rows)
    full = pc.is_valid(records.column("kind")).to_numpy()
    last = np.full(len(key.dictionary), -1)
    last[code[full]] = number[full]
    hashed = pc.is_valid(records.column("sha256")).to_numpy()
    hash_at = np.full(len(key.dictionary), -1)
    hash_at[code[hashed]] = number[hashed]
    alive = last >= 0
    if listed is not None:
        alive &= pc.is_in(key.dictionary, keys(listed).combine_chunks()).to_numpy(False)
    chosen = np.flatnonzero(alive)
    files = records.take(last[chosen])
    place = files.schema.get_field_index("sha256")
    files = files.set_column(place, "sha256", _hashes(records, files, hash_at[chosen]))
    files = files.append_column("record", pa.array(last[chosen]))
    return files.sort_by([("collection", "ascending"), ("path", "ascending")]).combine_chunks()


def _hashes(records: pa.Table, files: pa.Table, at: _Ints) -> pa.ChunkedArray:
    """Hashes from the rows `at` of `records` where they are of the same bytes as `files`."""
    there = records.select(["bytes", "mtime_ns", "sha256"]).take(pa.array(at, mask=at < 0))
    same = pc.and_kleene(
        pc.equal(there.column("bytes"), files.column("bytes")),
        pc.equal(there.column("mtime_ns"), files.column("mtime_ns")),
    )
    return pc.if_else(pc.fill_null(same, False), there.column("sha256"), None)


def _kept(files: pa.Table) -> npt.NDArray[np.bool_]:
    """Of each model the first model file and the first observation file, of one collection."""
    # Every file of observed products counts: they belong to no model.
    kept: npt.NDArray[np.bool_] = np.array(pc.equal(files.column("kind"), "product"), bool)
    named = np.flatnonzero(pc.is_valid(files.column("model_id")).to_numpy())
    rows = files.select(["model_id", "collection", "kind", "path"]).take(named)
    order = pc.sort_indices(rows, [(name, "ascending") for name in rows.column_names]).to_numpy()
    model, collection, kind = (_codes(rows.column(i))[order] for i in range(3))
    starts = _starts(model)
    owner = collection[np.maximum.accumulate(np.where(starts, np.arange(len(order)), 0))]
    first = starts | _starts(collection) | _starts(kind)
    kept[named[order[first & (collection == owner)]]] = True
    return kept


def _codes(column: pa.ChunkedArray) -> _Ints:
    codes = column.combine_chunks().dictionary_encode().indices
    return np.asarray(codes.to_numpy(zero_copy_only=False), np.int64)


def _starts(codes: _Ints) -> npt.NDArray[np.bool_]:
    return np.concatenate([np.ones(min(len(codes), 1), bool), codes[1:] != codes[:-1]])


def _along(
    records: Iterable[pa.Table], files: pa.Table, wanted: list[str], survey: Survey
) -> Iterator[Findings]:
    """Parameters by which the tables are sorted, with places in `files`; counts all others."""
    number = files.column("record").to_numpy()
    size = int(number.max(initial=-1)) + 1
    place = np.full(size, -1)
    kept = files.column("kept").to_numpy()
    place[number[kept]] = np.flatnonzero(kept)
    start = 0
    for table in records:
        here = place[start : start + table.num_rows]
        start += table.num_rows
        chosen = np.flatnonzero(here >= 0)
        found = flatten(table.take(chosen))
        survey.add(found)
        yield found.only(wanted).moved(here[chosen], files.num_rows)


def _values(entries: list[Findings], column: Column, rows: int) -> npt.NDArray[np.float64]:
    """Values of a parameter for each file; NaN where it has none, or one that is no number."""
    values = np.full(rows, np.nan)
    for found in entries:
        here, _ = column_values(found, column)
        if column.type != "string":
            there = pc.is_valid(here).to_numpy(zero_copy_only=False)
            values[there] = here.filter(pa.array(there)).to_numpy(zero_copy_only=False)
    return values


def _ranks(
    files: pa.Table,
    values: dict[str, npt.NDArray[np.float64]],
    collections: Sequence[Collection],
) -> tuple[_Ints, int]:
    """Rank of each file, and the number of models."""
    named = pc.and_(files.column("kept"), pc.is_valid(files.column("model_id")))
    kept = np.flatnonzero(named.to_numpy())
    rows = files.select(["model_id", "collection"]).take(kept)
    names = rows.column("model_id").combine_chunks().dictionary_encode()
    model = names.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    count = len(names.dictionary)
    first = np.zeros(count, np.int64)
    first[model[::-1]] = np.arange(len(model))[::-1]
    owner = rows.column("collection").take(first)
    along = np.zeros(count, np.int64)
    for collection in collections:
        mine = np.flatnonzero(pc.equal(owner, collection.id).to_numpy())
        sorts = [values[name] for name in collection.sort_by if name in values]
        along[mine] = curve_positions(
            [_of_models(v[kept], model, count)[mine] for v in sorts], len(mine)
        )
    table = pa.table({"c": owner, "along": along, "name": names.dictionary})
    order = pc.sort_indices(table, [(name, "ascending") for name in table.column_names])
    place = np.empty(count, np.int64)
    place[order.to_numpy()] = np.arange(count)
    rank = np.arange(files.num_rows) + count
    rank[kept] = place[model]
    return rank, count


def _of_models(
    values: npt.NDArray[np.float64], model: _Ints, count: int
) -> npt.NDArray[np.float64]:
    """One value per model: that of its model file, else that of its observation file."""
    given = np.flatnonzero(~np.isnan(values))[::-1]
    chosen = np.full(count, np.nan)
    chosen[model[given]] = values[given]
    return chosen
