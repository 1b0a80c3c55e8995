"""Means and scatter of cubes, which a few bright values leave alone."""

import math

import numpy as np
from scipy.ndimage import uniform_filter

from lineform.state import FloatArray

__all__ = ["deviation", "mean_of", "median", "running_mean", "smoothed"]

_NORMAL = 1.482602218505602
"""Standard deviation over median absolute deviation, of a normal distribution."""

_OUTLYING = 5.0
"""Standard deviations from which a value of a channel without a line is none of its noise."""


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
    seen = np.isfinite(values)
    if seen.all():
        # Ten times faster.
        return np.asarray(np.median(values, axis=axis, keepdims=keepdims))
    filled = seen.any(axis=axis, keepdims=True)
    found = np.nanmedian(np.where(filled, values, 0.0), axis=axis, keepdims=True)
    found = np.where(filled, found, np.nan)
    return found if keepdims else np.squeeze(found, axis=axis)


def mean_of(channels: FloatArray) -> FloatArray:
    """Mean (y, x) of channels (channel, y, x) without what is far from their median.

    Unlike the median it is not one of the values, next to which noise would seem smaller.
    """
    middle, level = median(channels, 0), deviation(channels, 0)
    kept = np.abs(channels - middle) <= _OUTLYING * level
    number = np.maximum(kept.sum(axis=0), 1)
    total = np.where(kept, channels, 0.0).sum(axis=0)
    return np.asarray(np.where(np.isfinite(middle), total / number, np.nan))


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


def smoothed(noise: FloatArray, channels: float, values: float = 100.0) -> FloatArray:
    """A map of noise from so many channels, as the root mean square of places beside each other.

    Parameters
    ----------
    noise : (y, x) [any]
    channels : float
        Independent values in each pixel.
    values : float
        From which each place is to be known.

    Returns
    -------
    (y, x) [as noise]
    """
    side = math.ceil(math.sqrt(values / channels))
    side += 1 - side % 2
    seen = np.isfinite(noise)
    # Beside bright places running sums leave a little less than nothing.
    square = uniform_filter(np.where(seen, noise, 0.0) ** 2, side, mode="constant").clip(min=0)
    share = uniform_filter(seen.astype(float), side, mode="constant")
    none = np.full_like(square, np.nan)
    return np.asarray(np.sqrt(np.divide(square, share, out=none, where=seen)))
