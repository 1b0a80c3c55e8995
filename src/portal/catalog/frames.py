"""Queries on data frames, whatever their types: NumPy's, pandas' nullable ones, or Arrow's."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from portal.catalog import masks
from portal.catalog.arrow import arrow_type
from portal.catalog.binding import known_names
from portal.catalog.expression import parse
from portal.catalog.predicate import bind, columns_used
from portal.model.schema import MODELS, OBSERVATIONS, PARAMETERS, Column

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["columns_of", "mask", "select"]

_KNOWN = {column.name: column for column in (*OBSERVATIONS, *MODELS, *PARAMETERS)}


def select(text: str, frame: "pd.DataFrame", columns: Sequence[Column] = ()) -> "pd.DataFrame":
    """Rows of `frame` that the query `text` selects.

    Parameters
    ----------
    text
        Such as ``mass_loss_rate > 1e-6 and species == "CO"``; '' selects every row.
    frame
        From `pandas.read_parquet`, or an opened catalogue.
    columns
        Names, types and units [default: types as in `frame`, units of the schema].

    Raises
    ------
    QueryError
        If `text` is no expression or does not fit the columns; the error marks the place.
    """
    return frame[mask(text, frame, columns)]


def mask(text: str, frame: "pd.DataFrame", columns: Sequence[Column] = ()) -> npt.NDArray[np.bool_]:
    """Whether `select` would take each row of `frame`; raises as it does.

    Returns
    -------
    (row,) [1]
    """
    if not text.strip():
        return np.ones(len(frame), np.bool_)
    legal = {column.name: column for column in columns or columns_of(frame)}
    predicate = bind(parse(text), legal)
    used = columns_used(predicate).values()
    # Columns that were given may be those of a whole table, and the frame a part of it.
    known_names(
        (c.name for c in used), {name: legal[name] for name in frame.columns if name in legal}
    )
    return masks.mask(predicate, pa.table({c.name: _array(frame[c.name], c) for c in used}))


def columns_of(frame: "pd.DataFrame") -> list[Column]:
    """Columns of `frame` with their types, and the units that the schema gives their names."""
    return [_column(str(name), frame[name]) for name in frame.columns]


def _column(name: str, series: "pd.Series[Any]") -> Column:
    kind = pa.array(_plain(series), from_pandas=True).type
    if pa.types.is_null(kind):
        # Nothing to tell a type from.
        return _KNOWN.get(name, Column(name, "string"))
    if pa.types.is_floating(kind) or pa.types.is_integer(kind):
        unit = _KNOWN[name].unit if name in _KNOWN else ""
        return Column(name, "float64" if pa.types.is_floating(kind) else "int64", unit)
    if pa.types.is_boolean(kind):
        return Column(name, "bool")
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return Column(
            name, "list<int64>" if pa.types.is_integer(kind.value_type) else "list<string>"
        )
    return Column(name, "string")


def _array(series: "pd.Series[Any]", column: Column) -> pa.Array:
    """The values as Arrow has them; NaN and every other kind of missing value is none."""
    kind = arrow_type(column)
    if pa.types.is_floating(kind) or pa.types.is_integer(kind):
        return pa.array(series.to_numpy(np.float64, na_value=np.nan))
    return pa.array(_plain(series), kind, from_pandas=True)


def _plain(series: "pd.Series[Any]") -> "pd.Series[Any] | npt.NDArray[np.object_]":
    return np.asarray(series, np.object_) if series.dtype == "category" else series
