"""The pixels of FITS images and cubes of any size, as few as a picture needs.

What is read at most is bounded: of a large image every few rows, of a large cube every few
channels. Nothing larger than a picture is held.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from portal.errors import ReadError
from portal.fits.axes import Axis
from portal.fits.hdu import Hdu
from portal.fits.products import Product
from portal.previews.reading import Floats

__all__ = ["SIDE", "Plane", "plane_of"]

SIDE = 512
"""Most values along a side of a plane."""

_MOST = 1 << 25
"""Elements that are read of a product."""
_MOST_UNPACKED = 1 << 26
"""Elements of an image in tiles, or with axes in another order, that are held at once."""
_CHANNELS = 512

_Read = Callable[[int, int], Floats]


@dataclass(frozen=True, slots=True)
class Plane:
    """A picture of an image or a cube.

    Parameters
    ----------
    values : (y, x) [as the data]
        Means of blocks of `each` by `each` pixels; of a cube the highest along its channels.
    each
        Pixels along a side of a block.
    shape
        Pixels upwards and across of the whole.
    means : (channel,) [as the data]
        Of a cube, the mean of each channel that was read; of an image None.
    channels
        How many there are, and how many were read; 1 and 1 of an image.
    """

    values: Floats
    each: int
    shape: tuple[int, int]
    means: Floats | None = None
    channels: tuple[int, int] = (1, 1)


def plane_of(product: Product) -> Plane:
    """The pixels of a product as a picture.

    Raises
    ------
    ReadError
        If it is no image or cube, or too large to be read as it is stored.
    """
    hdu = product.hdu
    shape = hdu.shape
    if hdu.kind not in ("image", "compressed") or len(shape) < 2:
        raise ReadError("no image", seen=hdu.kind, expected="an image or a cube")
    order = _order(product, len(shape))
    height, width = shape[order[0]], shape[order[1]]
    read, shape = _reader(hdu, order)
    depth = _depth(product, shape)
    step = max(1, -(-depth // _CHANNELS), -(-depth * height * width // (_MOST * 4)))
    chosen = range(0, depth, step)
    budget = max(_MOST // max(len(chosen), 1), width)
    each = -(-max(height, width) // SIDE)
    best: Floats | None = None
    means = []
    with np.errstate(all="ignore"):
        for channel in chosen:
            plane = _reduced(read, channel * height * width, (height, width), each, budget)
            means.append(_mean(plane))
            best = plane if best is None else np.fmax(best, plane)
    assert best is not None
    several = np.array(means) if depth > 1 else None
    return Plane(best, each, (height, width), several, (depth, len(chosen)))


def _order(product: Product, count: int) -> tuple[int, int]:
    """Places in NumPy order of the axes that run upwards and across."""
    numbers = [a.number for a in product.axes if a.kind in ("longitude", "latitude") and a.length]
    if len(numbers) == 2 and numbers != [1, 2] and all(n <= count for n in numbers):
        low, high = sorted(numbers)
        if (low, high) != (1, 2):
            return count - high, count - low
    return count - 2, count - 1


def _reader(hdu: Hdu, order: tuple[int, int]) -> tuple[_Read, tuple[int, ...]]:
    """How elements are read, and the shape of the data with both axes of the picture last."""
    count = len(hdu.shape)
    plain = order == (count - 2, count - 1)
    rest = [n for n in range(count) if n not in order]
    if plain and hdu.kind == "image":
        return hdu.elements, hdu.shape
    size = math.prod(hdu.shape)
    if size > _MOST_UNPACKED:
        raise ReadError(
            "too large for a picture",
            seen=f"{size} elements, {'compressed in tiles' if plain else 'sky axes not first'}",
            expected=f"at most {_MOST_UNPACKED} of such an image",
        )
    data = np.transpose(hdu.array(), (*rest, *order))
    flat = data.reshape(-1)
    return lambda start, n: np.asarray(flat[start : start + n], np.float64), data.shape


def _depth(product: Product, shape: tuple[int, ...]) -> int:
    """Planes that belong together: of several polarisations only the first."""
    depth = math.prod(shape[:-2])
    stokes = [axis for axis in product.axes if axis.kind == "stokes" and (axis.length or 1) > 1]
    last = all(_slower(axis, product.axes) for axis in stokes)
    return depth // math.prod(a.length or 1 for a in stokes) if last else depth


def _slower(axis: Axis, axes: tuple[Axis, ...]) -> bool:
    """Whether an axis varies slower than all others with more than one element."""
    return all(axis.number >= other.number for other in axes if (other.length or 1) > 1)


def _reduced(read: _Read, start: int, shape: tuple[int, int], each: int, budget: int) -> Floats:
    """Means of blocks; of each block as many rows as the budget of elements allows."""
    height, width = shape
    rows = -(-height // each)
    taken = min(each, max(1, budget // (rows * width)))
    if each == 1:
        return _finite(read(start, height * width)).reshape(height, width)
    out = np.empty((rows, -(-width // each)))
    for row in range(rows):
        first = row * each
        count = min(taken, height - first)
        block = _finite(read(start + first * width, count * width)).reshape(count, width)
        out[row] = _across(block, each)
    return out


def _across(block: Floats, each: int) -> Floats:
    """(y, x) -> (x / each,) means of what is known."""
    known = np.isfinite(block)
    total, count = np.where(known, block, 0.0).sum(0), known.sum(0)
    edges = np.arange(0, block.shape[1], each)
    totals, counts = np.add.reduceat(total, edges), np.add.reduceat(count, edges)
    return np.where(counts > 0, totals / np.maximum(counts, 1), np.nan)


def _finite(values: Floats) -> Floats:
    return np.where(np.isfinite(values), values, np.nan)


def _mean(plane: Floats) -> float:
    known = plane[np.isfinite(plane)]
    return float(known.mean()) if known.size else float("nan")
