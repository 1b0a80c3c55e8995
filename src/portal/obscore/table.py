"""Rows of ObsCore as a table of astropy: masked where nothing is known, units and UCDs with it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from portal.errors import CatalogError
from portal.model.record import Value
from portal.model.schema import OBSCORE, Column

if TYPE_CHECKING:
    from astropy.table import MaskedColumn, Table

__all__ = ["MODEL", "Rows", "described", "table_of"]

Rows: TypeAlias = Sequence[Mapping[str, Value]]

MODEL = "ivo://ivoa.net/std/ObsCore#core-1.1"
"""Identifier of the data model."""

_TYPES = {
    "bool": np.bool_,
    "string": str,
    "int32": np.int32,
    "int64": np.int64,
    "float64": np.float64,
}
_EMPTY = {"bool": False, "string": "", "int32": 0, "int64": 0, "float64": np.nan}


def table_of(rows: Rows, columns: Sequence[Column] = OBSCORE) -> "Table":
    """A table of `rows`, with all `columns` in their order.

    Values that a row lacks are masked. What else a row holds is left out.

    Raises
    ------
    CatalogError
        If a value does not fit the type of its column.
    """
    from astropy.table import Table

    made = [_column(column, [row.get(column.name) for row in rows]) for column in columns]
    return Table(made, meta={"datamodel": MODEL}, copy=False)


def described(table: "Table", columns: Iterable[Column] = OBSCORE) -> "Table":
    """`table` itself, with unit, UCD, utype and meaning of each of `columns` that it has.

    Names may be in any case.
    """
    written = {name.lower(): name for name in table.colnames}
    for column in columns:
        if column.name in written:
            _describe(table[written[column.name]], column)
    return table


def _column(column: Column, values: Sequence[Value]) -> "MaskedColumn":
    from astropy.table import MaskedColumn

    mask = [_is_unknown(value) for value in values]
    kind, empty = _TYPES[column.type], _EMPTY[column.type]
    filled = [empty if unknown else value for value, unknown in zip(values, mask, strict=True)]
    try:
        data: npt.NDArray[np.generic] = np.array(filled, dtype=kind)
    except (TypeError, ValueError, OverflowError) as error:
        raise CatalogError(
            f"{column.name}: a value of another type",
            seen=str(error)[:120],
            expected=column.type,
            way_out="correct the rule or the file that gives it",
        ) from error
    made = MaskedColumn(data, name=column.name, mask=mask)
    _describe(made, column)
    return made


def _is_unknown(value: Value) -> bool:
    return value is None or (isinstance(value, float) and not np.isfinite(value))


def _describe(made: "MaskedColumn", column: Column) -> None:
    made.description = column.description
    made.unit = column.unit or None
    told = {"ucd": column.ucd, "utype": column.utype}
    made.meta.update({key: text for key, text in told.items() if text})
