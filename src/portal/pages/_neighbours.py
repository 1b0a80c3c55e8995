"""The models nearest to a model in the space of its parameters."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.spatial import cKDTree

from portal.catalog.table import Catalog
from portal.columns import Integers, numbers
from portal.model.schema import Column
from portal.pages._text import clean, label, unit

__all__ = ["COUNT", "SHOWN", "Near", "Neighbours"]

COUNT = 6
SHOWN = 3
_SPARE = 6  # more than wanted are fetched, so that ties are broken by the catalogue's order
_EXACT = 5000
_DIRECTIONS = 8
_CANDIDATES = 128
_CHUNK = 2048
_DECADES = 1.5
_MISSING = 0.5
_MOST_CLASSES = 20
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Near:
    """The nearest models of some models, `COUNT` places for each, nearest first.

    Parameters
    ----------
    count : (model,) [1]
        Number of neighbours; places beyond it are empty.
    rows : (model, place) [1]
        Row of the neighbour in the table of models.
    shown : (model, place) [1]
        Number of parameters told for it.
    differences : (model * place * `SHOWN`,)
        The parameters in which it differs most, in words.
    """

    count: Integers
    rows: Integers
    shown: Integers
    differences: list[str]


class Neighbours:
    """Answers for rows of the table of models which others are nearest.

    Every numeric parameter is scaled to the range 0 to 1, logarithmically where it spans
    more than 1.5 decades; a text parameter is one coordinate for each of its values; a
    parameter that a model lacks is half a range away from any value.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._columns = catalog.parameters
        names = [column.name for column in self._columns]
        table = catalog.table("models", names) if names else catalog.table("models", ["model_id"])
        arrays = [table[name].combine_chunks() for name in names]
        self._values = [_codes(values) for values in arrays]
        self._weights = np.column_stack([np.zeros((len(table), 0)), *(c for c, _ in self._values)])
        self._is_text = np.array([bool(texts) for _, texts in self._values], bool)
        space = [axis for values in arrays for axis in _axes(values)]
        found = space and len(table) > 1
        self._near = _nearest(np.column_stack(space)) if found else None

    def of(self, start: int, stop: int) -> Near:
        """The nearest models of the rows from `start` to before `stop`."""
        if self._near is None:
            none = np.zeros((stop - start, COUNT), np.intp)
            return Near(none[:, 0], none, none, [""] * (none.size * SHOWN))
        near = self._near[start:stop].astype(np.intp)
        chosen, differs = self._most_different(start, near)
        differs &= (near >= 0)[..., None]
        texts = self._told(start, near, chosen, differs)
        return Near((near >= 0).sum(1), near, differs.sum(2), texts)

    def _most_different(self, start: int, near: Integers) -> tuple[Integers, npt.NDArray[np.bool_]]:
        """(model, place, shown) columns that differ most, by their share, and if they do."""
        mine, theirs = self._weights[start : start + len(near), None], self._weights[near]
        size = np.maximum(np.abs(theirs), np.abs(mine))
        share = np.abs(theirs - mine) / np.where(size > 0, size, 1.0)
        # A text has no size: any difference in it is the greatest.
        share = np.where(self._is_text & (share > 0), 2.0, share)
        share[np.isnan(share)] = 0.0
        order = np.argsort(-share, axis=2, kind="stable")[..., :SHOWN]
        # Fewer parameters than are shown: the places left differ in nothing.
        missing = SHOWN - order.shape[2]
        differs = np.take_along_axis(share, order, axis=2) > 0
        wide = ((0, 0), (0, 0), (0, missing))
        return np.pad(order, wide), np.pad(differs, wide)

    def _told(
        self, start: int, near: Integers, chosen: Integers, differs: npt.NDArray[np.bool_]
    ) -> list[str]:
        texts = np.full(differs.size, "", object)
        own = np.broadcast_to(np.arange(start, start + len(near))[:, None, None], chosen.shape)
        others = np.broadcast_to(near[..., None], chosen.shape)
        for number, column in enumerate(self._columns):
            wanted = differs & (chosen == number)
            if wanted.any():
                codes, names = self._values[number]
                mine, theirs = codes[own[wanted]], codes[others[wanted]]
                texts[wanted.ravel()] = _differences(column, mine, theirs, names)
        return texts.tolist()


def _codes(values: pa.Array) -> tuple[Floats, list[str]]:
    """A column as numbers, NaN for none; texts as their place in the list of all."""
    if pa.types.is_string(values.type):
        encoded = values.dictionary_encode()
        texts = encoded.dictionary.to_pylist()
        # From 1, so that the first text differs from nothing too.
        return _floats(encoded.indices) + 1, ["", *texts]
    if pa.types.is_list(values.type):
        return np.full(len(values), np.nan), []
    return _floats(values), []


def _floats(values: pa.Array) -> Floats:
    data: Floats = values.cast(pa.float64()).fill_null(np.nan).to_numpy(zero_copy_only=False)
    return data


def _axes(values: pa.Array) -> list[Floats]:
    if pa.types.is_string(values.type):
        return _class_axes(values)
    if not (pa.types.is_floating(values.type) or pa.types.is_integer(values.type)):
        return []
    data = _floats(values)
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
    """(model, neighbour) row numbers of the nearest others; -1 where there are too few.

    Of more than 5,000 models the nearest are sought among the 128 that are nearest in the eight
    directions of most scatter: in many dimensions a tree has to look at nearly all pairs. For
    14 independent parameters those found are 7 % farther away than the true ones.
    """
    count = len(space)
    near = np.full((count, COUNT), -1, np.int32)
    exact = count <= _EXACT or space.shape[1] <= _DIRECTIONS
    tree = cKDTree(searched := space if exact else _directions(space))
    wanted = min(COUNT + 1 + _SPARE if exact else _CANDIDATES, count)
    for start in range(0, count, _CHUNK):
        own = np.arange(start, min(start + _CHUNK, count))
        rows = tree.query(searched[own], k=wanted)[1]
        # Distances that differ only by rounding are ties, broken by the order of the rows.
        keys = np.round(np.linalg.norm(space[rows] - space[own, None], axis=2), 9)
        keys[rows == own[:, None]] = np.inf
        order = np.lexsort((rows, keys), axis=1)[:, : min(COUNT, count - 1)]
        near[own, : order.shape[1]] = np.take_along_axis(rows, order, axis=1)
    return near


def _directions(space: Floats) -> Floats:
    """(model, direction) `space` along its principal axes, those of most scatter alone."""
    centred = space - space.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    seen: Floats = centred @ axes[:, -_DIRECTIONS:]
    return seen


def _differences(column: Column, mine: Floats, theirs: Floats, texts: list[str]) -> list[str]:
    """What each neighbour has, and by how much that is another value than the model's own."""
    words = label(column.name)
    # A formula or an abbreviation keeps its capitals: SiO abundance.
    formula = words[:1].isupper() and any(c.isupper() for c in words.split()[0][1:])
    name = words if formula or words == column.name else words[:1].lower() + words[1:]
    end = f" {unit(column.unit)}" if unit(column.unit) else ""
    if texts or column.type == "bool":
        told = texts or ["no", "yes"]
        return [f"{name} {clean(told[int(v)])}{end}" if v == v else f"no {name}" for v in theirs]
    shown = numbers(theirs, 3)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratio = np.where((mine > 0) & (theirs > 0), theirs / mine, np.nan)
    by = [_ratio(value) for value in ratio.tolist()]
    pairs = zip(shown, by, strict=True)
    return [f"{name} {text}{end}{more}" if text else f"no {name}" for text, more in pairs]


def _ratio(ratio: float) -> str:
    if ratio != ratio:
        return ""
    text = f" ({ratio - 1:+.0%})" if 0.5 < ratio < 2 else f" (×{ratio:.2g})"
    return text.replace("-", "−")
