"""Channels of a cube without a line, which tell its noise."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import binary_opening, uniform_filter
from scipy.stats import norm

from lineform.measurement.correlation import independent_area
from lineform.measurement.robust import deviation, mean_of, running_mean, smoothed
from lineform.state import FloatArray

__all__ = ["line_free", "noise_of_changes"]

_APART = 3
"""Channels between two whose noise is independent, even after Hanning smoothing."""

_CHANCE = 1e-4
"""Probability of noise to pass for a line, in one channel of one view."""

_PARTS = (4, 2)
"""Squares along the side of the image over which it is averaged, beside single pixels."""

_SQUARES = 2.0
"""Fewest of these, of which one is mostly above 0."""

_MATTERS = 0.7
"""Of the noise of a voxel: emission between 0 and this changes an rms by about 2 %."""

_ROUNDS = 4
_FEWEST = 4


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    """A cube averaged over squares and channels, in which a line of that size stands out.

    Parameters
    ----------
    side, width : int
        Pixels along the side of a square, and channels.
    noise : (y, x) [as the cube]
    area : float [1]
        Places in which there is about one independent value.
    share : float [1]
        Variance over that of single channels.
    median, limit : float [1]
        Of the brightest of all places of noise: half the time above, and by `_CHANCE`.
    """

    side: int
    width: int
    noise: FloatArray
    area: float
    share: float
    median: float
    limit: float


def line_free(cube: FloatArray) -> np.ndarray:
    """Channels that hold nothing but noise.

    Each channel is compared with the quietest run of channels, which is mostly at an end of the
    band: pixel by pixel, in means over squares and over neighbouring channels. What is brighter
    than noise gets by chance has the line, and so have gaps in it. With the others as the
    standard, that is repeated until they stay the same.

    Parameters
    ----------
    cube : (channel, y, x) [any]

    Returns
    -------
    (channel,) bool

    Notes
    -----
    The brightest of N independent normal values is below x with the probability Phi(x)^N. The
    noise is that of second differences of channels, in which a line hardly shows.
    """
    seen = np.asarray(np.isfinite(cube).any(axis=(1, 2)))
    found = np.zeros(len(cube), bool)
    # Blank channels would stand for bright or for faint ones.
    found[seen] = _line_free(cube[seen])
    return found


def noise_of_changes(cube: FloatArray) -> float:
    """Noise of a cube whatever its line, by second differences of channels in its fainter half.

    Parameters
    ----------
    cube : (channel, y, x) [any]
    """
    mean = mean_of(cube)
    faint = mean <= np.nanmedian(mean)
    return float(deviation(_changes(cube)[:, faint]))


def _line_free(cube: FloatArray) -> np.ndarray:
    """The same, of channels that were all measured."""
    if len(cube) < 2:
        return np.zeros(len(cube), bool)
    width = max(3, len(cube) // 25)
    views = list(_views(cube, width))
    free = _quietest(cube)
    for _ in range(_ROUNDS):
        found = _without_wings(_dark(cube, free, views), width)
        if found.sum() < _FEWEST:
            # Wings that were not seen are better than no noise at all.
            found = _dark(cube, free, [view for view in views if view.width == 1])
        if found.sum() < _FEWEST or np.array_equal(found, free):
            return found
        free = found
    return free


def _changes(cube: FloatArray) -> FloatArray:
    """Second differences of channels with noise that is independent, over their noise's root."""
    apart = min(_APART, (len(cube) - 1) // 2)
    if apart < 1:
        return (cube[1:] - cube[:-1]) / math.sqrt(2)
    return (cube[: -2 * apart] - 2 * cube[apart:-apart] + cube[2 * apart :]) / math.sqrt(6)


def _quietest(cube: FloatArray) -> np.ndarray:
    """The run of channels with the least emission."""
    length = min(len(cube), max(_FEWEST, len(cube) // 10))
    total = np.nanmean(cube, axis=(1, 2))
    start = int(np.convolve(total, np.ones(length), "valid").argmin())
    channels = np.arange(len(cube))
    return np.asarray((start <= channels) & (channels < start + length))


def _views(cube: FloatArray, width: int) -> Iterator[_View]:
    """Single pixels and means over squares, each of single and of `width` channels."""
    for side in sorted({1, *(max(1, min(cube.shape[1:]) // parts) for parts in _PARTS)}):
        mean = _squares(cube, side)
        changes = _changes(mean)
        noise = deviation(changes, 0)
        area = independent_area(changes / np.where(noise > 0, noise, np.nan))
        # Neighbouring places share noise, and do not make it known better.
        noise = smoothed(noise, len(changes) / (2 * _APART) / area)
        number = max(_SQUARES**2, np.isfinite(noise).sum() / area)
        middle, limit = (_brightest(number, chance) for chance in (0.5, _CHANCE))
        for channels in (1, min(width, len(cube))):
            share = _share(mean, noise, channels)
            yield _View(side, channels, noise, area, share, middle, limit)


def _squares(cube: FloatArray, side: int) -> FloatArray:
    """Means over squares of pixels about each; NaN counts for nothing."""
    if side == 1:
        return cube
    size, seen = (1, side, side), np.isfinite(cube)
    total = uniform_filter(np.where(seen, cube, 0.0), size, mode="constant")
    share = uniform_filter(seen.astype(float), size, mode="constant")
    return np.asarray(np.divide(total, share, out=np.full_like(total, np.nan), where=seen))


def _brightest(number: float, chance: float) -> float:
    """What the brightest of so many normal values exceeds with a probability."""
    return float(norm.isf(-math.expm1(math.log1p(-chance) / number)))


def _share(cube: FloatArray, noise: FloatArray, width: int) -> float:
    """Variance of means over channels over that of single ones [1].

    Neighbouring channels differ by less than independent ones as far as they share noise.
    """
    total, every = float(width), float(np.nanmedian(noise)) ** 2
    for apart in range(1, min(_APART, width)):
        differ = float(np.nanmedian(deviation(cube[apart:] - cube[:-apart], 0))) ** 2 / 2
        together = max(0.0, 1 - differ / every) if every > 0 else 0.0
        total += 2 * (width - apart) * together
    return total / width**2


def _dark(cube: FloatArray, free: np.ndarray, views: list[_View]) -> np.ndarray:
    """Channels in which no view shows a line, if those that are `free` have none."""
    cube = cube - mean_of(cube[free])
    least = _MATTERS * _noise(cube[free], views[0])
    bright = np.zeros(len(cube), bool)
    for side in sorted({view.side for view in views}):
        mean = _squares(cube, side)
        noise = None
        for view in views:
            if view.side == side:
                # That of means over channels follows from that of single ones.
                noise = _noise(mean[free], view) if noise is None else noise
                bright |= _bright(mean, noise, free, view, least)
    return ~bright


def _noise(quiet: FloatArray, view: _View) -> FloatArray:
    """Noise (y, x) of a view, which is at most that of the changes of its quiet channels.

    Second differences are none of noise alone where a strong line fills half of the band.
    """
    apart = min(_APART, len(quiet) - 1)
    square = (quiet[apart:] - quiet[:-apart]) ** 2 / 2
    seen = np.isfinite(square)
    none = np.full(quiet.shape[1:], np.nan)
    total = np.where(seen, square, 0.0).sum(axis=0)
    mean = np.divide(total, seen.sum(axis=0), out=none, where=seen.any(axis=0))
    return np.fmin(view.noise, smoothed(np.sqrt(mean), len(square) / view.area))


def _bright(
    cube: FloatArray, noise: FloatArray, free: np.ndarray, view: _View, least: FloatArray
) -> np.ndarray:
    """Channels whose brightest place is brighter than that of noise, and than the `least`."""
    # The level has an error, too.
    noise = noise * math.sqrt(view.share + 1 / free.sum())
    values = running_mean(cube, view.width) if view.width > 1 else cube
    matters = values > least
    values = values / np.where(noise > 0, noise, np.nan)
    seen = np.isfinite(values)
    high = np.where(seen & matters, values, -np.inf).max(axis=(1, 2))
    low = -np.where(seen, values, np.inf).min(axis=(1, 2)) / view.median
    # Noise that is stronger than thought, in one channel or in all, shows on both sides.
    stronger = max(1.0, float(np.median(low[free])))
    return np.asarray(high > np.maximum(low, stronger) * view.limit)


def _without_wings(dark: np.ndarray, width: int) -> np.ndarray:
    """Channels that have no bright one beside them, in runs of more than a few."""
    # The wings of a line are below the noise of single channels.
    free = running_mean(~dark * 1.0, 2 * (width // 2) + 1) == 0
    # Nor is a gap in a line free of it.
    ends = np.pad(free, width, mode="edge")
    return np.asarray(binary_opening(ends, np.ones(width))[width:-width])
