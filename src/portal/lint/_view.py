"""A table as plain columns: numbers with NaN, texts with None, whatever types it came with."""

from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from astropy.table import Column, Table

__all__ = ["Floats", "Mask", "Texts", "View"]

Floats: TypeAlias = npt.NDArray[np.float64]
Mask: TypeAlias = npt.NDArray[np.bool_]
Texts: TypeAlias = npt.NDArray[np.object_]


class View:
    """The columns of `table`, whatever the case of their names, converted once."""

    def __init__(self, table: "Table") -> None:
        self._table = table
        self._numbers: dict[str, Floats] = {}
        self._texts: dict[str, Texts] = {}

    def __len__(self) -> int:
        return len(self._table)

    @cached_property
    def names(self) -> dict[str, str]:
        """Names as the table has them, by their lower case."""
        return {name.lower(): name for name in self._table.colnames}

    @property
    def written(self) -> tuple[str, ...]:
        """Names as the table has them."""
        return tuple(self._table.colnames)

    def column(self, name: str) -> "Column | None":
        """The column of the table, or None."""
        found = self.names.get(name)
        return None if found is None else self._table[found]

    def number(self, name: str) -> Floats:
        """(row,) the values as numbers; NaN where there is none or it is no number."""
        if name not in self._numbers:
            self._numbers[name] = self._as_numbers(name)
        return self._numbers[name]

    def text(self, name: str) -> Texts:
        """(row,) the values as texts; None where there is none."""
        if name not in self._texts:
            self._texts[name] = self._as_texts(name)
        return self._texts[name]

    def known(self, name: str) -> Mask:
        """(row,) where there is a value."""
        column = self.column(name)
        if column is None:
            return np.zeros(len(self), bool)
        data, mask = _parts(column)
        unknown = np.isnan(data) if data.dtype.kind == "f" else np.zeros(len(self), bool)
        if data.dtype.kind in "OUS":
            unknown = np.array([not value for value in data], bool)
        return np.asarray(~mask & ~unknown)

    def shown(self, name: str, row: int) -> str:
        """The value of one row in words."""
        column = self.column(name)
        return "none" if column is None or not self.known(name)[row] else str(column[row])[:80]

    def _as_numbers(self, name: str) -> Floats:
        column = self.column(name)
        if column is None:
            return np.full(len(self), np.nan)
        data, mask = _parts(column)
        if data.dtype.kind in "OUS":
            values: Floats = np.array([_number(v) for v in data], float)
        else:
            values = data.astype(float)
        return np.where(mask, np.nan, values)

    def _as_texts(self, name: str) -> Texts:
        column = self.column(name)
        texts: Texts = np.full(len(self), None, object)
        if column is not None:
            data, mask = _parts(column)
            known = ~mask
            texts[known] = [_plain(value) for value in data[known]]
        return texts


def _parts(column: "Column") -> tuple[npt.NDArray[Any], Mask]:
    data = np.asarray(np.ma.getdata(column))
    return data, np.array(np.ma.getmaskarray(column))


def _number(value: object) -> float:
    try:
        return float(str(value))
    except ValueError:
        return np.nan


def _plain(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
