"""How the noise of neighbouring pixels and channels hangs together."""

import math
from dataclasses import dataclass

import numpy as np

from lineform.cube import Beam
from lineform.state import FloatArray

__all__ = ["Correlation", "correlation", "independent_area"]

_FAR = 0.3
"""Smallest correlation that a beam is fitted to [1]."""

_NONE = 0.15
"""Largest correlation of neighbouring pixels that counts as none [1]."""

_FEW = 200
"""Values below which no correlation is measured."""

_MANY = 500_000
"""Values beyond which more would tell no better."""

_FURTHEST = 6
"""Steps between pixels that are looked at [pixel]."""


@dataclass(frozen=True, slots=True)
class Correlation:
    """Correlation of the noise of a cube.

    Parameters
    ----------
    beam : Beam or None
        Whose correlation with itself the noise has; None where pixels are independent.
    channels : tuple of float [1]
        Correlation with the next channel, and the one after it.
    """

    beam: Beam | None
    channels: tuple[float, float]


def correlation(noise: FloatArray, free: np.ndarray, pixel: float) -> Correlation | None:
    """The correlation of noise, or None where there is too little of it.

    Parameters
    ----------
    noise : (channel, y, x) [1]
        Of the same strength everywhere; NaN where there is none.
    free : (channel,) bool
        Channels that hold nothing but noise.
    pixel : float [arcsec]

    Notes
    -----
    The noise of a map made with a beam has the correlation exp(-2 ln 2 (d / w)^2) at a distance
    d along an axis of the beam of full width w at half maximum. Its logarithm is a quadratic
    form in the distance, which is fitted to all steps at which it is above 0.3.
    """
    quiet = noise[free]
    if np.isfinite(quiet).sum() < _FEW:
        return None
    after = [_along_channels(noise, free, step) for step in (1, 2)]
    every = max(1, quiet.size // _MANY)
    return Correlation(_beam(quiet[::every], pixel), (after[0], after[1]))


def independent_area(noise: FloatArray) -> float:
    """Pixels in which there is about one independent value, by neighbouring ones.

    Parameters
    ----------
    noise : (channel, y, x) [1]
        Of the same strength everywhere.
    """
    every = max(1, noise.size // _MANY)
    beside = max(_together(*_shifted(noise[::every], *step)) for step in ((1, 0), (0, 1)))
    if beside < _NONE:
        return 1.0
    # pi / (4 ln 2) / 2 widths squared, of the Gaussian with this correlation at one pixel.
    return max(1.0, math.pi / 4 / -math.log(min(beside, 0.999)))


def _along_channels(noise: FloatArray, free: np.ndarray, step: int) -> float:
    pairs = np.flatnonzero(free[step:] & free[:-step])
    return _together(noise[pairs], noise[pairs + step]) if len(pairs) else 0.0


def _together(first: FloatArray, second: FloatArray) -> float:
    """Coefficient of correlation, with what is far out brought in to 3 standard deviations."""
    both = np.isfinite(first) & np.isfinite(second)
    if both.sum() < _FEW:
        return 0.0
    a, b = np.clip(first[both], -3, 3), np.clip(second[both], -3, 3)
    return float((a * b).mean() / math.sqrt((a * a).mean() * (b * b).mean()))


def _beam(quiet: FloatArray, pixel: float) -> Beam | None:
    steps, values = [], []
    for step in _steps(min(_FURTHEST, max(1, min(quiet.shape[1:]) // 4))):
        value = _together(*_shifted(quiet, *step))
        if value > _FAR:
            steps.append(step)
            values.append(value)
    if (1, 0) not in steps and (0, 1) not in steps:
        beside = max(_together(*_shifted(quiet, *step)) for step in ((1, 0), (0, 1)))
        if beside < _NONE:
            return None
        # Too few steps for a direction: a round beam.
        width = pixel * math.sqrt(2 * math.log(2) / -math.log(beside))
        return Beam(width, width, 0.0)
    return _fitted(np.array(steps) * pixel, np.array(values))


def _steps(far: int) -> list[tuple[int, int]]:
    """Steps (right, up) of half the plane, to a distance."""
    around = range(-far, far + 1)
    return [
        (x, y) for y in range(far + 1) for x in around if (y or x > 0) and x * x + y * y <= far**2
    ]


def _shifted(cube: FloatArray, right: int, up: int) -> tuple[FloatArray, FloatArray]:
    height, width = cube.shape[1:]
    here = cube[:, : height - up, max(0, -right) : width - max(0, right)]
    there = cube[:, up:, max(0, right) : width - max(0, -right)]
    return here, there


def _fitted(steps: FloatArray, values: FloatArray) -> Beam:
    """The beam whose correlation goes best through values (step,) at steps (step, 2) [arcsec]."""
    x, y = steps.T
    form = np.stack([x * x, 2 * x * y, y * y], axis=1)
    # An error of the correlation is one of its logarithm over the correlation.
    weight = values / np.hypot(x, y)
    (xx, xy, yy), *_ = np.linalg.lstsq(
        form * weight[:, None], -np.log(np.minimum(values, 0.999)) * weight, rcond=None
    )
    curvature, axes = np.linalg.eigh(np.array([[xx, xy], [xy, yy]]))
    narrow, wide = 1 / np.sqrt(np.maximum(curvature[::-1], 1e-12) / (2 * math.log(2)))
    right, up = axes[:, 0]
    return Beam(float(wide), float(narrow), math.degrees(math.atan2(-right, up)) % 180)
