"""Rows of a table as a Parquet file of their own."""

from io import BytesIO

import pyarrow as pa
import pyarrow.parquet as pq

from portal.catalog.arrow import arrow_schema, columns_of
from portal.catalog.metadata import SCAN_ID

__all__ = ["parquet_bytes"]

# What a table says about all its columns and of its own bytes is not true of a part.
_OF_THE_WHOLE = frozenset({SCAN_ID, "columns"})


def parquet_bytes(rows: pa.Table) -> bytes:
    """A Parquet file of `rows`; units, UCDs and meanings travel with the columns."""
    said = {key.decode(): text.decode() for key, text in (rows.schema.metadata or {}).items()}
    kept = {key: text for key, text in said.items() if key not in _OF_THE_WHOLE}
    schema = arrow_schema(columns_of(rows.schema), kept)
    buffer = BytesIO()
    pq.write_table(pa.table(rows.columns, schema=schema), buffer, compression="zstd")
    return buffer.getvalue()
