"""The models nearest to a model in the space of its parameters."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.spatial import cKDTree

from portal.catalog.table import Catalog
from portal.model.schema import Column
from portal.pages._text import label, number, unit

__all__ = ["Neighbour", "Neighbours"]

_COUNT = 6
_SPARE = 6  # more than wanted are fetched, so that ties are broken by the catalogue's order
_DECADES = 1.5
_MISSING = 0.5
_SHOWN = 3
_MOST_CLASSES = 20
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A near model, and the parameters in which it differs most."""

    model_id: str
    differences: tuple[str, ...]


class Neighbours:
    """Answers for each row of the table of models which others are nearest.

    Every numeric parameter is scaled to the range 0 to 1, logarithmically where it spans
    more than 1.5 decades; a text parameter is one coordinate for each of its values; a
    parameter that a model lacks is half a range away from any value.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._columns = catalog.parameters
        names = [column.name for column in self._columns]
        table = catalog.table("models", ["model_id", *names])
        self._ids: list[str] = table["model_id"].to_pylist()
        self._values = {name: table[name].combine_chunks() for name in names}
        space = [axis for c in self._columns for axis in _axes(self._values[c.name])]
        self._near = _nearest(np.column_stack(space)) if space and len(self._ids) > 1 else None

    def of(self, row: int) -> tuple[Neighbour, ...]:
        """The nearest models of that row of the table, nearest first."""
        if self._near is None:
            return ()
        return tuple(
            Neighbour(self._ids[other], self._differences(row, other))
            for other in self._near[row].tolist()
            if other >= 0
        )

    def _differences(self, row: int, other: int) -> tuple[str, ...]:
        found = []
        for column in self._columns:
            mine = self._values[column.name][row].as_py()
            theirs = self._values[column.name][other].as_py()
            if mine != theirs and theirs is not None:
                found.append(
                    (-_weight(mine, theirs), column.name, _difference(column, mine, theirs))
                )
        return tuple(text for *_, text in sorted(found)[:_SHOWN])


def _axes(values: pa.Array) -> list[Floats]:
    if pa.types.is_string(values.type):
        return _class_axes(values)
    if not (pa.types.is_floating(values.type) or pa.types.is_integer(values.type)):
        return []
    data = values.cast(pa.float64()).fill_null(np.nan).to_numpy(zero_copy_only=False)
    known = np.isfinite(data)
    if not known.any():
        return []
    low, high = data[known].min(), data[known].max()
    if low > 0 and high > low * 10**_DECADES:
        with np.errstate(invalid="ignore"):
            data = np.log10(data)
        low, high = np.log10(low), np.log10(high)
    if high == low and known.all():
        return []
    scaled = np.where(known, (data - low) / ((high - low) or 1.0), _MISSING)
    return [scaled] if known.all() else [scaled, np.where(known, _MISSING, 0.0)]


def _class_axes(values: pa.Array) -> list[Floats]:
    classes = sorted(v for v in set(values.to_pylist()) if v is not None)
    if not 1 < len(classes) <= _MOST_CLASSES:
        return []
    data = np.array(values.fill_null("").to_pylist(), object)
    return [np.where(data == name, _MISSING, 0.0).astype(float) for name in classes]


def _nearest(space: Floats) -> npt.NDArray[np.int32]:
    """(model, neighbour) row numbers of the nearest others; -1 where there are too few."""
    count = len(space)
    wanted = min(_COUNT + 1 + _SPARE, count)
    distances, rows = cKDTree(space).query(space, k=wanted)
    near = np.full((count, _COUNT), -1, np.int32)
    # Distances that differ only by rounding are ties, broken by the order of the rows.
    keys = np.round(distances, 9)
    keys[rows == np.arange(count)[:, None]] = np.inf
    order = np.lexsort((rows, keys), axis=1)[:, : min(_COUNT, count - 1)]
    near[:, : order.shape[1]] = np.take_along_axis(rows, order, axis=1)
    return near


def _weight(mine: object, theirs: object) -> float:
    if isinstance(mine, int | float) and isinstance(theirs, int | float):
        scale = max(abs(mine), abs(theirs))
        return abs(mine - theirs) / scale if scale else 0.0
    return 2.0


def _difference(column: Column, mine: object, theirs: object) -> str:
    shown = " ".join(filter(None, [number(theirs, 3), unit(column.unit)]))  # type: ignore[arg-type]  # a parameter is text or a number
    text = f"{label(column.name).lower() if column.name.islower() else column.name} {shown}"
    if isinstance(mine, float) and isinstance(theirs, float) and mine > 0 < theirs:
        ratio = theirs / mine
        text += f" ({ratio - 1:+.0%})".replace("-", "−") if 0.5 < ratio < 2 else f" (×{ratio:.2g})"
    return text
