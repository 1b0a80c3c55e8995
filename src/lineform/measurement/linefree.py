"""Channels of a cube without a line, which tell its noise."""

import math

import numpy as np
from scipy.ndimage import binary_opening

from lineform.state import FloatArray

__all__ = ["deviation", "line_free", "median", "running_mean"]

_NORMAL = 1.482602218505602
"""Standard deviation over median absolute deviation, of a normal distribution."""

_LOW = 0.2
"""Share of the channels that surely have no line."""

_BRIGHT = 4.5
"""Standard deviations above the brightest of these from which a channel counts as bright."""


_UNCHANGED = 0.3
_QUANTILE = 0.3853204664075676
"""Share of the changes, and the absolute value of a standard normal number that it is below."""


def deviation(values: FloatArray, axis: int | tuple[int, ...] | None = None) -> FloatArray:
    """Standard deviation by the median absolute deviation, which a few bright values leave alone.

    Parameters
    ----------
    values : (...) [any]
        NaN where there is none.
    axis : int or tuple of int
        Over which it is taken; None for all.

    Returns
    -------
    (rest of axes) [as values]
        NaN where there are no values.
    """
    whole = tuple(range(values.ndim)) if axis is None else axis
    middle = median(values, whole, keepdims=True)
    return _NORMAL * median(np.abs(values - middle), whole)


def median(
    values: FloatArray, axis: int | tuple[int, ...], *, keepdims: bool = False
) -> FloatArray:
    """Median of what is not NaN; NaN, and no warning, where there is nothing else."""
    filled = np.isfinite(values).any(axis=axis, keepdims=True)
    found = np.nanmedian(np.where(filled, values, 0.0), axis=axis, keepdims=True)
    found = np.where(filled, found, np.nan)
    return found if keepdims else np.squeeze(found, axis=axis)


def running_mean(cube: FloatArray, width: int) -> FloatArray:
    """Means over `width` channels about each, fewer at the ends; NaN counts for nothing.

    Parameters
    ----------
    cube : (channel, ...) [any]
    width : int

    Returns
    -------
    (channel, ...) [as cube]
    """
    seen = np.isfinite(cube)
    sums = []
    for values in (np.where(seen, cube, 0.0), seen.astype(float)):
        total = np.concatenate([np.zeros_like(values[:1]), np.cumsum(values, axis=0)])
        ends = np.arange(len(cube))
        low = np.maximum(ends - (width - 1) // 2, 0)
        high = np.minimum(ends + width // 2 + 1, len(cube))
        sums.append(total[high] - total[low])
    none = np.full_like(sums[0], np.nan)
    return np.asarray(np.divide(sums[0], sums[1], out=none, where=sums[1] > 0.5))


def line_free(cube: FloatArray) -> np.ndarray:
    """Channels that hold nothing but noise.

    Three numbers tell a channel with a line: its brightest pixel, the brightest pixel of the mean
    with its neighbours, and the mean of all pixels, each in units of the noise of the pixels. The
    search begins with the faintest channels and adds those that they do not tell from themselves.

    Parameters
    ----------
    cube : (channel, y, x) [any]

    Returns
    -------
    (channel,) bool
    """
    seen = np.asarray(np.isfinite(cube).any(axis=(1, 2)))
    free = seen
    for _ in range(2):
        # The noise of the pixels is better known once lines are left out.
        noise = deviation(cube[free], 0)
        scaled = (cube - median(cube[free], 0)) / np.where(noise > 0, noise, np.nan)
        free = seen & _faint(scaled, seen)
        if not free.any():
            break
    return free


def _faint(scaled: FloatArray, seen: np.ndarray) -> np.ndarray:
    width = max(3, len(scaled) // 25)
    wide = running_mean(scaled, width)
    filled = np.where(np.isfinite(scaled), scaled, 0.0)
    marks = (
        (1, _peak(scaled)),
        (width, _peak(wide)),
        (width, running_mean(filled.mean(axis=(1, 2)), width)),
    )
    bright = np.zeros(len(scaled), bool)
    for apart, mark in marks:
        bright[seen] |= _bright(mark[seen], apart)
    # The wings of a line are below the noise of single channels.
    free = running_mean(bright.astype(float), 2 * (width // 2) + 1) == 0
    # Nor is a gap in a line free of it.
    ends = np.pad(free, width, mode="edge")
    return np.asarray(binary_opening(ends, np.ones(width))[width:-width])


def _peak(cube: FloatArray) -> FloatArray:
    return np.asarray(np.where(np.isfinite(cube), cube, -np.inf).max(axis=(1, 2)))


def _bright(mark: FloatArray, apart: int) -> np.ndarray:
    """Channels of which a mark is above those without a line.

    Its noise is known from channels that are `apart`, in most of which the line is the same.
    """
    if len(mark) <= 2 * apart:
        return np.zeros(len(mark), bool)
    # By a low quantile, since a line may change between most channels.
    change = np.abs(mark[apart:] - mark[:-apart])
    noise = float(np.quantile(change, _UNCHANGED)) / (_QUANTILE * math.sqrt(2))
    return mark > np.quantile(mark, _LOW) + _BRIGHT * noise
