"""What a catalogue remembers from scan to scan: its files, and how they were read."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from portal.catalog.assembly import assemble
from portal.catalog.journal import Journal
from portal.catalog.ledger import GLANCE, INDEX_COLUMNS, Records, keys, latest, take_stock
from portal.catalog.paths import parquet_path
from portal.catalog.publication import STATE, prepare, publish
from portal.catalog.records import RECORDS
from portal.catalog.table import Catalog
from portal.model.advisory import Advisory
from portal.model.collection import Collection
from portal.model.record import Problem
from portal.model.schema import TABLES

__all__ = ["Change", "State", "severities"]

_LISTED = pa.schema(
    [
        ("collection", pa.string()),
        ("path", pa.string()),
        ("bytes", pa.int64()),
        ("mtime_ns", pa.int64()),
    ]
)

_Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Change:
    """How listed files differ from the remembered ones; flags are one per listed file.

    Parameters
    ----------
    new, changed
        Files not known, and files known with other bytes.
    read, hash
        Files to read, and files whose SHA-256 is wanted and not known.
    hashes : (file,)
        Known SHA-256 of files with unchanged bytes, else None.
    deleted
        Number of remembered files that are not listed any more.
    """

    new: _Flags
    changed: _Flags
    read: _Flags
    hash: _Flags
    hashes: pa.Array
    deleted: int


class State:
    """The remembered files of the catalogue in `root`.

    Parameters
    ----------
    root
        Folder of the catalogue; the caller holds the right to write it.
    reading
        Fingerprint of all that decides what is read from a file.
    settings
        Fingerprint of all else that decides what the tables hold.
    """

    def __init__(self, root: Path, reading: str, settings: str) -> None:
        self.root = root
        self.journal = Journal(root / STATE / "journal", reading)
        self._said = {"reading": reading, "settings": settings}
        base = root / STATE / "records.parquet"
        index = _read_index(root / STATE / "index.parquet", base)
        if index is None:
            base.unlink(missing_ok=True)
            index = _from_files(parquet_path(root, "files"))
        self._index: pa.Table = index
        self._records = Records(base, self.journal)

    @staticmethod
    def listing(
        collections: list[str], paths: list[str], sizes: list[int], mtimes_ns: list[int]
    ) -> pa.Table:
        """Files found in the stores, sorted by collection and path."""
        return pa.table([collections, paths, sizes, mtimes_ns], schema=_LISTED)

    def compare(self, listed: pa.Table, checksums: bool) -> Change:
        """What has to be done for the files `listed`."""
        known = self._known()
        at = _places(listed, known)
        found = at >= 0
        there = known.take(pa.array(at, mask=~found))
        same = found & _equal(there, listed, "bytes") & _equal(there, listed, "mtime_ns")
        fresh = same & ~pc.fill_null(there.column("retry"), True).to_numpy()
        if not self._same("reading"):
            fresh &= pc.fill_null(there.column("of_journal"), False).to_numpy()
        hashes = pc.if_else(pa.array(same), there.column("sha256"), None).combine_chunks()
        hash_ = pc.is_null(hashes).to_numpy(zero_copy_only=False) & checksums
        return Change(
            ~found, found & ~same, ~fresh, hash_, hashes, known.num_rows - int(found.sum())
        )

    def is_current(self) -> bool:
        """Whether the published tables are what the remembered files and settings give."""
        tables = [parquet_path(self.root, name) for name in TABLES]
        return (
            self._same("reading")
            and self._same("settings")
            and self.journal.is_empty()
            and all(path.exists() for path in tables)
        )

    def publish(
        self,
        listed: pa.Table,
        collections: Sequence[Collection],
        listed_problems: Sequence[tuple[str, Problem]],
        advisories: Sequence[Advisory] = (),
    ) -> str:
        """Make the tables of the files `listed` and put them in place; the scan's hash."""
        ledger = take_stock(self._records, listed, collections)
        aside = prepare(self.root)
        scan_id = assemble(aside, self._records, ledger, collections, listed_problems, advisories)
        index = ledger.files.select(list(INDEX_COLUMNS)).replace_schema_metadata(self._said)
        pq.write_table(index, aside / STATE / "index.parquet", compression="zstd")
        publish(self.root)
        self.journal.clear()
        return scan_id

    def _same(self, fingerprint: str) -> bool:
        said: str = (self._index.schema.metadata or {}).get(fingerprint.encode(), b"").decode()
        return said == self._said[fingerprint]

    def _known(self) -> pa.Table:
        """Remembered files, sorted; `of_journal` tells those read since the last publication."""
        index = self._index
        if self.journal.is_empty():
            return index.append_column("of_journal", pa.repeat(False, index.num_rows))
        read = self.journal.tables(GLANCE)
        known = latest(pa.concat_tables([_as_records(index), *read]).combine_chunks())
        of_journal = pc.greater_equal(known.column("record"), index.num_rows)
        return known.append_column("of_journal", of_journal)


_INDEX = pa.schema([f for f in RECORDS if f.name in INDEX_COLUMNS])


def _read_index(path: Path, base: Path) -> pa.Table | None:
    """The index, if it and the records are whole and belong together."""
    try:
        with pq.ParquetFile(base) as records:
            rows, schema = records.metadata.num_rows, records.schema_arrow
        index = pq.read_table(path, memory_map=False)
    except (OSError, pa.ArrowException):
        return None
    fits = index.schema.equals(_INDEX) and schema.equals(RECORDS) and rows == index.num_rows
    return index if fits else None


def _from_files(path: Path) -> pa.Table:
    """An index from the published table of files: it knows the hashes, which cost most."""
    try:
        table = pq.read_table(path, columns=[c for c in INDEX_COLUMNS if c != "retry"])
        table = table.append_column("retry", pa.repeat(False, table.num_rows)).cast(_INDEX)
    except (OSError, ValueError, pa.ArrowException):
        return _INDEX.empty_table()
    return table.sort_by([("collection", "ascending"), ("path", "ascending")])


def _as_records(index: pa.Table) -> pa.Table:
    """`index` with the columns of the records; whatever is known is a full record."""
    rows = index.num_rows
    for name in GLANCE[len(INDEX_COLUMNS) :]:
        kind = RECORDS.field(name).type
        column = pa.repeat("known", rows) if name == "kind" else pa.nulls(rows, kind)
        index = index.append_column(name, column)
    return index.replace_schema_metadata(None)


def _places(listed: pa.Table, known: pa.Table) -> npt.NDArray[np.int64]:
    """Row in `known` of each listed file; -1 for none."""
    wanted, have = keys(listed), keys(known)
    if wanted.equals(have):  # nothing came or went: no table of hashes to build
        return np.arange(len(wanted))
    at = pc.index_in(wanted, value_set=have.combine_chunks())
    return np.asarray(pc.fill_null(at, -1).to_numpy(), np.int64)


def _equal(there: pa.Table, listed: pa.Table, name: str) -> _Flags:
    same = pc.equal(there.column(name), listed.column(name))
    return np.asarray(pc.fill_null(same, False).to_numpy())


def severities(catalog: Catalog) -> dict[str, int]:
    """Number of problems of each severity."""
    given = catalog.table("problems", ["severity"]).column("severity")
    return {
        severity: pc.sum(pc.equal(given, severity)).as_py() or 0
        for severity in ("error", "warning")
    }
