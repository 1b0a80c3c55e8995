"""Rows of a table as a Parquet file of their own."""

from collections.abc import Iterable, Iterator
from io import RawIOBase

import pyarrow as pa
import pyarrow.parquet as pq

from portal.catalog.arrow import arrow_schema, columns_of
from portal.catalog.metadata import SCAN_ID

__all__ = ["parquet_pieces"]

# What a table says about all its columns and of its own bytes is not true of a part.
_OF_THE_WHOLE = frozenset({SCAN_ID, "columns"})
_GROUP = 16_384
"""Rows that are written together, at least, unless there are fewer."""


def parquet_pieces(pieces: Iterable[pa.Table]) -> Iterator[bytes]:
    """A Parquet file of the rows of `pieces`, at least one, of equal columns.

    Units, UCDs and meanings travel with the columns. No more than some thousand rows are held.
    """
    waiting: list[pa.Table] = []
    writer: pq.ParquetWriter | None = None
    sink = _Sink()
    for piece in pieces:
        schema = writer.schema if writer is not None else _schema(piece.schema)
        writer = writer or pq.ParquetWriter(sink, schema, compression="zstd")
        waiting.append(pa.table(piece.columns, schema=schema))
        if sum(map(len, waiting)) >= _GROUP:
            writer.write_table(pa.concat_tables(waiting))
            waiting.clear()
            yield sink.taken()
    if writer is not None:
        if waiting:
            writer.write_table(pa.concat_tables(waiting))
        writer.close()
    yield sink.taken()


def _schema(schema: pa.Schema) -> pa.Schema:
    said = {key.decode(): text.decode() for key, text in (schema.metadata or {}).items()}
    kept = {key: text for key, text in said.items() if key not in _OF_THE_WHOLE}
    return arrow_schema(columns_of(schema), kept)


class _Sink(RawIOBase):
    """A file that is handed on while it is written."""

    def __init__(self) -> None:
        self._length = 0
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._length

    def write(self, data: object) -> int:
        piece = bytes(data)  # type: ignore[call-overload] # any buffer
        self._pieces.append(piece)
        self._length += len(piece)
        return len(piece)

    def taken(self) -> bytes:
        """What was written since the last time."""
        data = b"".join(self._pieces)
        self._pieces.clear()
        return data
