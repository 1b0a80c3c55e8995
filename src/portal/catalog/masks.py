"""Which rows of an Arrow table a query selects.

Numbers are compared in double precision, as every browser does. Null, NaN, an empty text
and an empty list are all a missing value: CSV and HDF5 cannot tell them apart.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from portal.catalog.predicate import (
    All,
    Any,
    Between,
    Cone,
    Contains,
    IsIn,
    IsNull,
    Predicate,
    Scalar,
    Test,
)
from portal.model.schema import Column

__all__ = ["mask"]

_Mask = npt.NDArray[np.bool_]
_COMPARE: Mapping[str, Callable[..., _Mask]] = {
    "<": np.less,
    "<=": np.less_equal,
    "==": np.equal,
    "!=": np.not_equal,
    ">=": np.greater_equal,
    ">": np.greater,
}
_COMPARE_TEXT = {
    "<": pc.less,
    "<=": pc.less_equal,
    "==": pc.equal,
    "!=": pc.not_equal,
    ">=": pc.greater_equal,
    ">": pc.greater,
}


def mask(predicate: Predicate, table: pa.Table) -> _Mask:
    """Whether each row of `table` is selected.

    Returns
    -------
    (row,) [1]
    """
    match predicate:
        case All(of):
            return _joined(np.logical_and, of, table)
        case Any(of):
            return _joined(np.logical_or, of, table)
        case IsNull(column, opposite):
            there = _there(column, table)
            return there if opposite else ~there
        case Test(column, operator, value):
            return _compared(column, operator, value, table)
        case Between():
            return _between(predicate, table)
        case Cone():
            return _within(predicate, table)
        case IsIn(column, values, opposite):
            found = _is_in(column, values, table)
            return (found ^ opposite) & _there(column, table)
        case Contains(column, text, opposite):
            # Beyond ASCII no two programs agree on what lower case is.
            lower, wanted = pc.ascii_lower(table[column.name]), text.encode().lower().decode()
            found = _sure(pc.match_substring(lower, wanted))
            return (found ^ opposite) & _there(column, table)


def _joined(join: np.ufunc, of: Sequence[Predicate], table: pa.Table) -> _Mask:
    """All in one; one after the other, since there may be thousands."""
    found = mask(of[0], table)
    for one in of[1:]:
        join(found, mask(one, table), out=found)
    return found


def _there(column: Column, table: pa.Table) -> _Mask:
    """Whether each row has a value."""
    if column.type == "bool":
        return _sure(table[column.name].is_valid())
    if column.type == "string":
        return _sure(pc.greater(pc.binary_length(table[column.name]), 0))
    if column.type.startswith("list"):
        return _sure(pc.greater(pc.list_value_length(table[column.name]), 0))
    return ~np.isnan(_numbers(column, table))


def _compared(column: Column, operator: str, value: Scalar, table: pa.Table) -> _Mask:
    if column.type in ("bool", "string"):
        found = _COMPARE_TEXT[operator](table[column.name], pa.scalar(value))
        return _sure(found) & _there(column, table)
    # NaN differs from everything, but it is no value.
    return _COMPARE[operator](_numbers(column, table), value) & _there(column, table)


def _between(test: Between, table: pa.Table) -> _Mask:
    there = _there(test.column, table) & _there(test.other, table)
    if test.column.type in ("bool", "string"):
        compare = _COMPARE_TEXT[test.operator]
        return _sure(compare(table[test.column.name], table[test.other.name])) & there
    right = _numbers(test.other, table)
    right = right if test.factor == 1 else right * test.factor
    return _COMPARE[test.operator](_numbers(test.column, table), right) & there


def _within(cone: Cone, table: pa.Table) -> _Mask:
    ra, dec = (_numbers(column, table) for column in (cone.ra_column, cone.dec_column))
    there = np.isfinite(ra) & np.isfinite(dec)
    # The haversine formula: exact for small distances, where a cosine is 1.
    with np.errstate(invalid="ignore"):
        east, north = np.radians(ra - cone.ra) / 2, np.radians(dec - cone.dec) / 2
        cosines = np.cos(np.radians(cone.dec)) * np.cos(np.radians(dec))
        square = np.sin(north) ** 2 + cosines * np.sin(east) ** 2
        away = np.degrees(2 * np.arcsin(np.minimum(np.sqrt(square), 1.0)))
    return np.asarray(((away <= cone.radius) ^ cone.opposite) & there, np.bool_)


def _is_in(column: Column, values: tuple[Scalar, ...], table: pa.Table) -> _Mask:
    """Whether each value, or an element of it, is one of `values`."""
    if column.type in ("bool", "string"):
        return _sure(pc.is_in(table[column.name], pa.array(values)))
    if not column.type.startswith("list"):
        return np.isin(_numbers(column, table), np.array(values, np.float64))
    lists = table[column.name].combine_chunks()
    hits = pc.is_in(pc.list_flatten(lists), pa.array(values, pa.string()))
    found = np.zeros(len(lists), np.bool_)
    found[pc.list_parent_indices(lists).filter(hits).to_numpy(zero_copy_only=False)] = True
    return found


def _numbers(column: Column, table: pa.Table) -> npt.NDArray[np.float64]:
    """Values of a column of numbers; NaN where there is none."""
    doubles = pc.cast(table[column.name], pa.float64(), safe=False)
    return np.asarray(pc.fill_null(doubles, np.nan).to_numpy(), np.float64)


def _sure(truth: pa.ChunkedArray) -> _Mask:
    """Truth values; what is unknown is false."""
    return np.asarray(pc.fill_null(truth, False).to_numpy(), np.bool_)
