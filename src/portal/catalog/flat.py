"""Tables as CSV: lists become text, since CSV has none."""

from collections.abc import Iterable, Iterator
from io import BytesIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from portal.catalog.arrow import arrow_schema
from portal.catalog.table import Catalog

__all__ = ["csv_pieces", "flattened", "models_csv"]

_SEPARATOR = ";"


def flattened(table: pa.Table) -> pa.Table:
    """`table` with the elements of its lists joined by semicolons."""
    for number, field in enumerate(table.schema):
        if pa.types.is_list(field.type):
            texts = table.column(number).cast(pa.list_(pa.string()))
            joined = pc.binary_join(texts, _SEPARATOR)
            table = table.set_column(number, pa.field(field.name, pa.string()), joined)
    return table


def csv_pieces(schema: pa.Schema, tables: Iterable[pa.Table]) -> Iterator[bytes]:
    """CSV with one header line, piece by piece; a missing value is an empty field."""
    yield _csv(flattened(schema.empty_table()), header=True)
    for table in tables:
        if table.num_rows:
            yield _csv(flattened(table), header=False)


def models_csv(catalog: Catalog) -> Iterator[bytes]:
    """Table of all models as CSV."""
    tables = (pa.Table.from_batches([batch]) for batch in catalog.batches("models"))
    return csv_pieces(arrow_schema(catalog.columns("models")), tables)


def _csv(table: pa.Table, *, header: bool) -> bytes:
    buffer = BytesIO()
    pacsv.write_csv(table, buffer, pacsv.WriteOptions(include_header=header))
    return buffer.getvalue()
