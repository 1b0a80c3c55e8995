"""Tables of astropy as those of Arrow, and back, with units, UCDs, utypes and meanings."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from portal.catalog.arrow import arrow_schema, arrow_type, columns_of
from portal.catalog.voparquet import voparquet
from portal.model.schema import OBSCORE, Column, ColumnType

if TYPE_CHECKING:
    from astropy.table import MaskedColumn, Table

__all__ = ["from_arrow", "read_parquet", "to_arrow", "write_parquet"]

_KINDS: dict[str, ColumnType] = {"b": "bool", "f": "float64", "i": "int64", "u": "int64"}
_KNOWN = {column.name: column for column in OBSCORE}


def to_arrow(table: "Table", name: str = "obscore") -> pa.Table:
    """`table` with the metadata that make its Parquet file a VOParquet one."""
    columns = [_described(table[column]) for column in table.colnames]
    arrays = [_array(table[column.name], column) for column in columns]
    longest = {
        column.name: max((len(text.encode()) for text in array.to_pylist() if text), default=1)
        for column, array in zip(columns, arrays, strict=True)
        if column.type == "string"
    }
    infos = {key: str(value) for key, value in table.meta.items() if isinstance(value, str)}
    schema = arrow_schema(columns, infos | voparquet(name, columns, longest, infos))
    return pa.Table.from_arrays(arrays, schema=schema)


def from_arrow(table: pa.Table) -> "Table":
    """The table that `to_arrow` was given; lists become text with semicolons."""
    from astropy.table import Table

    return Table([_masked(table, column) for column in columns_of(table.schema)], copy=False)


def write_parquet(table: "Table", path: Path) -> None:
    """Write `table` as a VOParquet file."""
    pq.write_table(to_arrow(table), path, compression="zstd")


def read_parquet(path: Path) -> "Table":
    """The table in the Parquet file at `path`."""
    return from_arrow(pq.read_table(path))


def _described(made: "MaskedColumn") -> Column:
    kind: ColumnType = _KINDS.get(made.dtype.kind, "string")
    known = _KNOWN.get(made.name)
    if made.dtype.itemsize == 4 and kind in ("float64", "int64"):
        kind = "float32" if kind == "float64" else "int32"
    unit = "" if made.unit is None else str(made.unit)
    told = {key: str(made.meta.get(key, "")) for key in ("ucd", "utype")}
    required = known.required if known else False
    return Column(
        made.name, kind, unit, told["ucd"], made.description or "", required, told["utype"]
    )


def _array(made: "MaskedColumn", column: Column) -> pa.Array:
    mask = np.ma.getmaskarray(made)
    data = np.asarray(made.filled() if hasattr(made, "filled") else made)
    if column.type == "string":
        texts = [None if unknown else str(v) for v, unknown in zip(data, mask, strict=True)]
        return pa.array(texts, pa.string())
    return pa.array(data, arrow_type(column), mask=mask)


def _masked(table: pa.Table, column: Column) -> "MaskedColumn":
    from astropy.table import MaskedColumn

    array = table[column.name].combine_chunks()
    mask = np.asarray(array.is_null())
    if column.type == "string" or column.type.startswith("list"):
        texts = [_text(value) for value in array.to_pylist()]
        data = np.array(texts, dtype=str)
    else:
        zero = pa.scalar(0).cast(array.type)
        data = array.fill_null(zero).to_numpy(zero_copy_only=False)
    made = MaskedColumn(data, name=column.name, mask=mask, description=column.description)
    made.unit = column.unit or None
    told = {"ucd": column.ucd, "utype": column.utype}
    made.meta.update({key: text for key, text in told.items() if text})
    return made


def _text(value: object) -> str:
    if isinstance(value, list):
        return ";".join(map(str, value))
    return "" if value is None else str(value)
