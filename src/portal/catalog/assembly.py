"""Records become tables: sorted through buckets on disk, so that memory does not grow."""

import shutil
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from portal.catalog.advisories import Marker
from portal.catalog.ledger import Ledger, Records
from portal.catalog.metadata import table_metadata
from portal.catalog.problems import Spool, problem_table
from portal.catalog.records import RECORDS
from portal.catalog.rows import Tables, tables_of
from portal.catalog.spool import append, streams
from portal.catalog.writer import TableWriter
from portal.model.advisory import Advisory
from portal.model.collection import Collection
from portal.model.record import Problem
from portal.model.schema import FILES, MODELS, OBSERVATIONS, PROBLEMS, PROVENANCE

__all__ = ["assemble"]

_BUCKET = 24_000
"""Rows of a bucket, files and observations together: some 30 MB."""

_PLACED = pa.schema(
    [*RECORDS, pa.field("rank", pa.int64()), pa.field("kept", pa.bool_())],
)


def assemble(
    folder: Path,
    records: Records,
    ledger: Ledger,
    collections: Sequence[Collection],
    listed_problems: Sequence[tuple[str, Problem]],
    advisories: Sequence[Advisory] = (),
) -> str:
    """Write all tables and the next base of records into `folder`.

    Parameters
    ----------
    folder
        An empty folder on the file system of the catalogue.
    listed_problems
        What could not be listed, each with its collection.
    advisories
        Rules by which models and observations are marked.

    Returns
    -------
    str
        The scan's hash, which all tables carry.

    Raises
    ------
    ConfigError
        If an advisory can fit no catalogue.
    """
    marker = Marker(advisories, ledger.columns)
    scratch = folder / "sorting"
    bucket = _buckets(ledger)
    _scatter(scratch, records, ledger, bucket)
    columns = {
        "models": (*MODELS, *ledger.columns),
        "observations": OBSERVATIONS,
        "files": FILES,
        "problems": PROBLEMS,
        "provenance": PROVENANCE,
    }
    writers = {
        name: TableWriter(folder, name, described, table_metadata(name, collections, advisories))
        for name, described in columns.items()
    }
    problems = Spool(scratch / "problems")
    problems.add(problem_table([*listed_problems, *(("", told) for told in marker.problems)]))
    with pq.ParquetWriter(
        folder / ".scan" / "records.parquet", RECORDS, compression="zstd"
    ) as base:
        for table in _gather(scratch, int(bucket.max(initial=-1)) + 1):
            base.write_table(table.select(RECORDS.names))
            made = tables_of(table, ledger, collections, marker)
            _write(writers, made)
            problems.add(made.problems)
    for told in problems.sorted():
        writers["problems"].write(told)
    shutil.rmtree(scratch)
    return _close(writers)


def _write(writers: dict[str, TableWriter], made: Tables) -> None:
    writers["models"].write(made.models)
    writers["observations"].write(made.observations)
    writers["files"].write(made.files)
    writers["provenance"].write(made.provenance)


def _close(writers: dict[str, TableWriter]) -> str:
    digests = [writers[name].digest() for name in sorted(writers)]
    scan_id = sha256(b"".join(digests)).hexdigest()
    for writer in writers.values():
        writer.close(scan_id)
    return scan_id


def _buckets(ledger: Ledger) -> npt.NDArray[np.int64]:
    """Bucket of each rank; files of one rank are never parted."""
    rank = ledger.files.column("rank").to_numpy()
    weight = 1 + ledger.files.column("n_observations").to_numpy()
    before = np.cumsum(np.bincount(rank, weight, minlength=1))
    return np.asarray(before // _BUCKET, np.int64)


def _scatter(
    scratch: Path, records: Records, ledger: Ledger, bucket: npt.NDArray[np.int64]
) -> None:
    """Write each record that counts to the file of its bucket."""
    scratch.mkdir()
    number = ledger.files.column("record").to_numpy()
    place = np.full(int(number.max(initial=-1)) + 1, -1)
    place[number] = np.arange(len(number))
    extra = ledger.files.select(["sha256", "rank", "kept"])
    start = 0
    for table in records.batches():
        here = place[start : start + table.num_rows]
        start += table.num_rows
        rows = np.flatnonzero(here >= 0)
        placed = _placed(table.take(rows), extra.take(here[rows]))
        target = bucket[placed.column("rank").to_numpy()]
        for number_of in np.unique(target):
            append(
                _piece(scratch, int(number_of)), placed.take(np.flatnonzero(target == number_of))
            )


def _placed(table: pa.Table, extra: pa.Table) -> pa.Table:
    at = table.schema.get_field_index("sha256")
    table = table.set_column(at, "sha256", extra.column("sha256"))
    for name in ("rank", "kept"):
        table = table.append_column(name, extra.column(name))
    return table.cast(_PLACED)


def _piece(scratch: Path, bucket: int) -> Path:
    return scratch / f"{bucket:06d}"


def _gather(scratch: Path, buckets: int) -> Iterator[pa.Table]:
    """The buckets in order, each sorted."""
    order = [("rank", "ascending"), ("kind", "ascending"), ("path", "ascending")]
    for bucket in range(buckets):
        path = _piece(scratch, bucket)
        if path.exists():
            yield pa.concat_tables(streams(path)).sort_by(order).combine_chunks()
            path.unlink()
