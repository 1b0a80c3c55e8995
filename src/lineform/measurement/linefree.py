"""Channels of a cube without a line, which tell its noise."""

import math

import numpy as np
from scipy.ndimage import binary_opening, uniform_filter

from lineform.state import FloatArray

__all__ = ["deviation", "line_free", "mean_of", "median", "running_mean", "smoothed"]

_NORMAL = 1.482602218505602
"""Standard deviation over median absolute deviation, of a normal distribution."""

_APART = 3
"""Channels between two whose noise is independent, even after Hanning smoothing."""

_LOW = 0.2
_BELOW = 0.8416212335729143
"""Share of the channels that surely have no line, and its quantile of normal noise."""

_ROUNDS = 3
_FEWEST = 4

_BRIGHT = 6.0
"""Standard deviations by which a bright channel is above the brightest noise."""

_LEAST = 0.06
"""Smallest standard deviation of the brightest noise over itself, for few channels."""

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
    filled = np.isfinite(values).any(axis=axis, keepdims=True)
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


def line_free(cube: FloatArray) -> np.ndarray:
    """Channels that hold nothing but noise.

    The brightest pixel of each channel is compared with the faintest ones of all channels, which
    emission leaves alone and which tell how bright noise alone gets, whatever its correlation. So
    are those of means over channels, and over channels and places, for lines that are broad.

    Parameters
    ----------
    cube : (channel, y, x) [any]

    Returns
    -------
    (channel,) bool
    """
    seen = np.asarray(np.isfinite(cube).any(axis=(1, 2)))
    found = np.zeros(len(cube), bool)
    # Blank channels would stand for bright or for faint ones.
    found[seen] = _line_free(cube[seen])
    return found


def _line_free(cube: FloatArray) -> np.ndarray:
    """The same, of channels that were all measured."""
    seen = np.ones(len(cube), bool)
    if len(cube) < 2:
        return ~seen
    noise, level = _changes(cube)
    free = seen
    for _ in range(_ROUNDS):
        free = seen & _faint((cube - level) / np.where(noise > 0, noise, np.nan))
        if free.sum() < _FEWEST:
            break
        noise, level = smoothed(deviation(cube[free], 0), int(free.sum())), mean_of(cube[free])
    return free


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
    square = uniform_filter(np.where(seen, noise, 0.0) ** 2, side, mode="constant")
    share = uniform_filter(seen.astype(float), side, mode="constant")
    none = np.full_like(square, np.nan)
    return np.asarray(np.sqrt(np.divide(square, share, out=none, where=seen)))


def _changes(cube: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Noise and level (y, x) of pixels, whatever their line: by changes, and by low values."""
    apart = min(_APART, len(cube) - 1)
    noise = smoothed(deviation(cube[apart:] - cube[:-apart], 0) / math.sqrt(2), len(cube))
    low = np.quantile(np.where(np.isfinite(cube), cube, 0.0), _LOW, axis=0)
    return noise, low + _BELOW * noise


def _faint(scaled: FloatArray) -> np.ndarray:
    """Channels that are not bright, in units of their noise."""
    width = max(3, len(scaled) // 25)
    wide = running_mean(scaled, width)
    side = max(1, min(scaled.shape[1:]) // 4)
    broad = uniform_filter(np.nan_to_num(wide), (1, side, side), mode="constant")
    bright = _bright(scaled) | _bright(wide) | _bright(broad)
    # The wings of a line are below the noise of single channels.
    free = running_mean(bright.astype(float), 2 * (width // 2) + 1) == 0
    # Nor is a gap in a line free of it.
    ends = np.pad(free, width, mode="edge")
    return np.asarray(binary_opening(ends, np.ones(width))[width:-width])


def _bright(cube: FloatArray) -> np.ndarray:
    """Channels whose brightest pixel is further above 0 than the faintest ones are below."""
    seen = np.isfinite(cube)
    high = np.where(seen, cube, -np.inf).max(axis=(1, 2))
    low = -np.where(seen, cube, np.inf).min(axis=(1, 2))
    noise = low[np.isfinite(low)]
    if not noise.size:
        return np.zeros(len(cube), bool)
    middle = float(np.median(noise))
    # Noise that is stronger in one channel shows on both sides.
    limit = np.maximum(low, middle) + _BRIGHT * max(float(deviation(noise)), _LEAST * middle)
    return np.asarray(high > limit)
