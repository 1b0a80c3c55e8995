"""Columns of the schema as Arrow fields, and back."""

import json
from collections.abc import Mapping, Sequence
from typing import cast, get_args

import pyarrow as pa

from portal.errors import CatalogError
from portal.model.schema import Column, ColumnType

__all__ = ["arrow_schema", "arrow_type", "columns_of"]

_TYPES: dict[str, pa.DataType] = {
    "string": pa.string(),
    "int32": pa.int32(),
    "int64": pa.int64(),
    "float32": pa.float32(),
    "float64": pa.float64(),
    "bool": pa.bool_(),
    "list<string>": pa.list_(pa.string()),
    "list<int64>": pa.list_(pa.int64()),
}
_NAMES = {str(kind): name for name, kind in _TYPES.items()}


def arrow_type(column: Column) -> pa.DataType:
    """Arrow type of `column`."""
    return _TYPES[column.type]


def arrow_schema(columns: Sequence[Column], metadata: Mapping[str, str] | None = None) -> pa.Schema:
    """Arrow schema of a table; unit, UCD and description travel with each field.

    The table's metadata repeat them as JSON under ``columns``, because readers outside the
    Arrow family see the metadata of the table but not those of its fields.
    """
    described = {"columns": json.dumps([_described(c) for c in columns], ensure_ascii=False)}
    fields = [pa.field(c.name, arrow_type(c), metadata=_described(c)) for c in columns]
    return pa.schema(fields, metadata={**(metadata or {}), **described})


def columns_of(schema: pa.Schema) -> tuple[Column, ...]:
    """The columns that `schema` describes."""
    return tuple(_column(field) for field in schema)


def _described(column: Column) -> dict[str, str]:
    told = {
        "name": column.name,
        "type": column.type,
        "unit": column.unit,
        "ucd": column.ucd,
        "description": column.description,
        "required": "true" if column.required else "false",
    }
    return told | ({"utype": column.utype} if column.utype else {})


def _column(field: pa.Field) -> Column:
    said = {k.decode(): v.decode() for k, v in (field.metadata or {}).items()}
    name = _NAMES.get(str(field.type).replace("element: ", "item: "))
    if name is None:
        raise CatalogError(
            f"column {field.name}: type cannot be used",
            seen=str(field.type),
            expected=" or ".join(sorted(get_args(ColumnType))),
            way_out="scan again",
        )
    return Column(
        field.name,
        cast(ColumnType, name),
        said.get("unit", ""),
        said.get("ucd", ""),
        said.get("description", ""),
        said.get("required") == "true",
        said.get("utype", ""),
    )
