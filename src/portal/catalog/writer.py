"""Writes a table as Parquet with its CSV twin, if it has one, a row group at a time."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from portal.catalog.arrow import arrow_schema
from portal.catalog.flat import flattened
from portal.catalog.metadata import SCAN_ID
from portal.catalog.paths import csv_path, parquet_path
from portal.catalog.voparquet import voparquet
from portal.model.schema import TWINS, Column

__all__ = ["ROW_GROUP", "TableWriter"]

ROW_GROUP = 10_000
"""Rows of a group: small enough for range reads to skip most of a sorted table."""

_PAGE = 2_000
_TOLD = ("builder", "license", "license_url")
_UNIQUE = frozenset(
    "model_id path obs_id obs_publisher_did access_url url sha256 model_path title".split()
)


class TableWriter:
    """One table being written in `folder`.

    Parameters
    ----------
    folder, name, columns
        Where, which table, and its columns.
    metadata
        What the table says about itself.
    """

    def __init__(
        self,
        folder: Path,
        name: str,
        columns: Sequence[Column],
        metadata: dict[str, str],
    ) -> None:
        self._name, self._columns, self._metadata = name, columns, metadata
        self._longest = {c.name: 0 for c in columns if c.type == "string"}
        self._schema = arrow_schema(columns, metadata)
        self._file = _Hashing(parquet_path(folder, name))
        # Dictionaries of values that do not repeat only cost bytes.
        unique = _UNIQUE if name != "provenance" else frozenset()
        dictionary = [c.name for c in columns if c.name not in unique]
        self._parquet = pq.ParquetWriter(
            self._file,
            self._schema,
            compression="zstd",
            use_dictionary=dictionary,
            write_page_index=True,
            max_rows_per_page=_PAGE,
            write_batch_size=_PAGE,
        )
        flat = flattened(self._schema.empty_table()).schema
        self._csv = pacsv.CSVWriter(csv_path(folder, name), flat) if name in TWINS else None
        self._waiting: list[pa.Table] = []
        self._rows = 0

    def write(self, table: pa.Table) -> None:
        """Add rows; columns that `table` lacks are null."""
        self._waiting.append(_fitted(table, self._schema))
        self._rows += table.num_rows
        if self._rows >= ROW_GROUP:
            self._flush(self._rows - self._rows % ROW_GROUP)

    def digest(self) -> bytes:
        """Write what is left; hash of the schema and of all values."""
        if self._rows:
            self._flush(self._rows)
        self._file.hash.update(self._schema.serialize())
        return self._file.hash.digest()

    def close(self, scan_id: str) -> None:
        """Complete the table as one of the scan `scan_id`."""
        told = {key: self._metadata[key] for key in _TOLD if key in self._metadata}
        described = voparquet(self._name, self._columns, self._longest, told)
        self._parquet.add_key_value_metadata({SCAN_ID: scan_id, **described})
        self._parquet.close()
        self._file.close()
        if self._csv is not None:
            self._csv.close()

    def _flush(self, rows: int) -> None:
        whole = pa.concat_tables(self._waiting).combine_chunks()
        ready, rest = whole.slice(0, rows), whole.slice(rows)
        self._parquet.write_table(ready, row_group_size=ROW_GROUP)
        if self._csv is not None:
            self._csv.write_table(flattened(ready))
        self._waiting, self._rows = [rest], rest.num_rows
        for column, known in self._longest.items():
            length = pc.max(pc.binary_length(ready[column])).as_py() or 0
            self._longest[column] = max(known, length)


class _Hashing:
    """A file that hashes what is written to it; enough of one for Arrow."""

    def __init__(self, path: Path) -> None:
        self._file: BinaryIO = path.open("wb")
        self.hash = hashlib.sha256()
        self.closed = False

    def write(self, data: bytes) -> int:
        self.hash.update(data)
        return self._file.write(data)

    def tell(self) -> int:
        return self._file.tell()

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> None:
        self._file.close()
        self.closed = True

    def readable(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False


def _fitted(table: pa.Table, schema: pa.Schema) -> pa.Table:
    columns = [
        table.column(field.name).cast(field.type)
        if field.name in table.column_names
        else pa.nulls(table.num_rows, field.type)
        for field in schema
    ]
    return pa.table(columns, schema=schema)
