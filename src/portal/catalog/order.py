"""The order of the tables: along a Hilbert curve, so that near models are near in the file."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["curve_positions", "hilbert"]

_BITS = 16


def hilbert(x: npt.NDArray[np.int64], y: npt.NDArray[np.int64], bits: int) -> npt.NDArray[np.int64]:
    """Position of each point along the Hilbert curve that fills a square.

    Parameters
    ----------
    x, y : (point,) [1]
        Coordinates, 0 to ``2**bits - 1``.
    bits
        Order of the curve, at most 31.

    Returns
    -------
    (point,) [1]
        Positions, 0 to ``4**bits - 1``; neighbours on the curve are neighbours in the square.

    Notes
    -----
    One quadrant a step from the largest: count the quadrants passed, then turn the square
    so that the curve enters the next one as it entered this one (Hilbert 1891; Skilling
    2004, AIP Conf. Proc. 707, 381).
    """
    x, y = x.copy(), y.copy()
    position = np.zeros_like(x)
    for level in range(bits - 1, -1, -1):
        side = np.int64(1) << level
        right, upper = (x & side) > 0, (y & side) > 0
        position += side * side * ((3 * right) ^ upper)
        turned = ~upper & right
        x, y = np.where(turned, ~x, x), np.where(turned, ~y, y)
        x, y = np.where(~upper, y, x), np.where(~upper, x, y)
    return position


def curve_positions(
    values: Sequence[npt.NDArray[np.float64]], points: int
) -> npt.NDArray[np.int64]:
    """Where each point lies along the curve over up to two quantities.

    Parameters
    ----------
    values : (quantity, point) [any]
        NaN where a point has no value; such points come last.
    points
        Number of points.

    Returns
    -------
    (point,) [1]

    Notes
    -----
    Ranks stand for the values, so that a quantity over many decades and a linear one fill
    the square alike.
    """
    if not values:
        return np.zeros(points, np.int64)
    ranks = [_ranks(v) for v in values[:2]]
    missing = np.logical_or.reduce([np.isnan(v) for v in values[:2]])
    along = ranks[0] if len(ranks) == 1 else hilbert(ranks[0], ranks[1], _BITS)
    return np.where(missing, np.int64(4) ** _BITS, along)


def _ranks(values: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Ranks of the distinct values, spread over the side of the square."""
    distinct, rank = np.unique(values, return_inverse=True)
    return np.asarray(rank * (2**_BITS - 1) // max(len(distinct) - 1, 1), np.int64)
