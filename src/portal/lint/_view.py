"""A table as plain columns: numbers with NaN, texts with None, whatever types it came with."""

from collections.abc import Callable, Hashable
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from astropy.table import Column, Table

__all__ = ["Floats", "Mask", "Texts", "View"]

Floats: TypeAlias = npt.NDArray[np.float64]
Mask: TypeAlias = npt.NDArray[np.bool_]
Texts: TypeAlias = npt.NDArray[np.object_]

T = TypeVar("T")
_Parts: TypeAlias = tuple[npt.NDArray[Any], Mask]


class View:
    """The columns of `table`, whatever the case of their names, converted once."""

    def __init__(self, table: "Table") -> None:
        self._table = table
        self._parts: dict[str, _Parts] = {}
        self._numbers: dict[str, Floats] = {}
        self._texts: dict[str, Texts] = {}
        self._made: dict[Hashable, Any] = {}

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

    def kind(self, name: str) -> str:
        """Letter of NumPy for the type of the values."""
        return self._plain(name)[0].dtype.kind

    def said(self, name: str, what: str) -> str:
        """What the column says of itself: its unit, ucd, utype, xtype or datatype; or ''."""
        column = self.column(name)
        meta = getattr(getattr(column, "info", None), "meta", None) or {}
        if what != "unit":
            return str(meta.get(what) or "")
        unit = getattr(column, "unit", None)
        return "" if unit is None else str(meta.get("written_unit") or unit)

    def number(self, name: str) -> Floats:
        """(row,) the values as numbers; NaN where there is none or it is no number."""
        if name not in self._numbers:
            data, mask = self._plain(name)
            if data.dtype.kind in "biuf":
                values = data.astype(float)
            else:
                values = np.array([_number(value) for value in data], float)
            self._numbers[name] = np.where(mask, np.nan, values)
        return self._numbers[name]

    def text(self, name: str) -> Texts:
        """(row,) the values as texts; None where there is none."""
        if name not in self._texts:
            data, mask = self._plain(name)
            texts: Texts = np.full(len(self), None, object)
            texts[~mask] = [_text(value) for value in data[~mask]]
            self._texts[name] = texts
        return self._texts[name]

    def known(self, name: str) -> Mask:
        """(row,) where there is a value."""
        data, mask = self._plain(name)
        if data.dtype.kind == "f":
            return np.asarray(~mask & ~np.isnan(data))
        if data.dtype.kind in "OUS":
            return np.asarray(~mask & np.array([bool(value) for value in data], bool))
        return ~mask

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` makes of the columns, made at the first call with `key`."""
        if key not in self._made:
            self._made[key] = make()
        made: T = self._made[key]
        return made

    def shown(self, name: str, row: int) -> str:
        """The value of one row in words."""
        return str(self.text(name)[row])[:80] if self.known(name)[row] else "none"

    def _plain(self, name: str) -> _Parts:
        if name not in self._parts:
            column = self.column(name)
            none = np.full(len(self), np.nan), np.ones(len(self), bool)
            self._parts[name] = none if column is None else _parts(column)
        return self._parts[name]


def _parts(column: "Column") -> _Parts:
    """One value a row, and where there is none; what is no number or text becomes text."""
    # Quantities and times hold their numbers under this name, as columns do.
    held: Any = getattr(column, "value", None)
    data: npt.NDArray[Any] = np.asarray(np.ma.getdata(held))
    mask: Mask = np.array(np.ma.getmaskarray(held))
    if held is None or data.shape[:1] != (len(column),):
        data, mask = _objects(column), np.zeros(len(column), bool)
    elif data.ndim > 1:
        mask = np.array([cell.all() for cell in mask], bool)
        data = _objects(data)
    if data.dtype.kind not in "biufOUS":
        data = _objects(data)
    if data.dtype.kind == "O":
        cells = [_cell(value) for value in data]
        mask |= np.array([cell is None for cell in cells], bool)
        data = _objects(cells)
    return data, mask


def _objects(values: Any) -> Texts:  # noqa: ANN401 - arrays, columns and lists alike
    # One by one: NumPy would make a table of cells that are lists of one length.
    made: Texts = np.full(len(values), None, object)
    for row, value in enumerate(values):
        made[row] = value
    return made


def _cell(value: object) -> object:
    """A text, or a number of Python; None for nothing."""
    if value is None or value is np.ma.masked or (isinstance(value, float) and value != value):
        return None
    if isinstance(value, str | bytes | int | float):
        return value
    if isinstance(value, np.ndarray | list | tuple):
        return " ".join(str(one) for one in np.ma.filled(np.ma.asarray(value), np.nan).ravel())
    return str(value)


def _number(value: object) -> float:
    try:
        return float(str(value))
    except ValueError:
        return np.nan


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
