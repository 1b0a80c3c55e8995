"""Square images about the star, as a model on a cube of cells is compared with."""

import math
from dataclasses import dataclass, replace

import numpy as np

from lineform.errors import ConfigError
from lineform.measurement.base import Measurement
from lineform.measurement.binning import binned
from lineform.state import FloatArray

__all__ = ["Squared", "squared"]

_HAIR = 1e-6
"""Of a pixel, which is rounding [1]."""


@dataclass(frozen=True, slots=True, eq=False)
class Squared:
    """A measurement on a square image.

    Parameters
    ----------
    measurement : Measurement
        `x` and `y` are the same, and symmetric about 0.
    star : (x, y) [arcsec]
        Where the star is: less than half a pixel, or a whole one of an even number of pixels,
        from 0.
    """

    measurement: Measurement
    star: tuple[float, float]


def squared(
    measurement: Measurement,
    half: float,
    centre: tuple[float, float] = (0.0, 0.0),
    pixels: int = 0,
) -> Squared:
    """The pixels of a square about the star; NaN where it reaches beyond the image.

    Nothing is interpolated: pixels stay what they are, and the star is where it is among them.

    Parameters
    ----------
    measurement : Measurement
    half : float [arcsec]
        Half the side of the square.
    centre : (x, y) [arcsec]
        Offsets of the star.
    pixels : int
        Along a side at most: where there are more, they are averaged; 0 for all.

    Raises
    ------
    ConfigError
        If the square has no pixel with a measurement, or fewer than two along a side.
    """
    if pixels:
        measurement = binned(measurement, _averaged(measurement, half, pixels), 1)
    pixel = measurement.pixel
    number = round(2 * half / pixel)
    if number < 2:
        raise ConfigError(
            "radius",
            expected=f"at least a pixel of {pixel:g} arcsec",
            seen=f"{half:g} arcsec",
            way_out="choose a larger one (--radius)",
            where=measurement.source,
        )
    columns, x = _around(measurement.x, centre[0], number, pixel)
    rows, y = _around(measurement.y, centre[1], number, pixel)
    offsets = (np.arange(number) - (number - 1) / 2) * pixel
    image = _taken(measurement.intensity, rows, columns)
    if not np.isfinite(image).any():
        raise ConfigError(
            "image about the star",
            expected="pixels with a measurement",
            seen=f"none within {half:g} arcsec of offset {centre[0]:g}, {centre[1]:g}",
            way_out="check the place of the star (--center), and the radius (--radius)",
            where=measurement.source,
        )
    moved = replace(
        measurement,
        x=offsets,
        y=offsets,
        intensity=image,
        rms=_taken(measurement.rms, rows, columns),
        centre=_place(measurement, centre[0] - x, centre[1] - y),
    )
    return Squared(moved, (x, y))


def _averaged(measurement: Measurement, half: float, pixels: int) -> int:
    """Pixels along the side of a block, such that `pixels` of these fill the square at most."""
    factor = max(1, math.ceil(2 * half / measurement.pixel / pixels - _HAIR))
    width, height = (len(axis) * measurement.pixel for axis in (measurement.x, measurement.y))
    largest = min(len(measurement.x), len(measurement.y)) // 2
    if pixels < 2 or (factor > largest and 2 * half <= max(width, height) * (1 + _HAIR)):
        least = max(2, math.ceil(2 * half / measurement.pixel / largest - _HAIR))
        raise ConfigError(
            "pixels of the image",
            expected=f"at least {least} (--pixels)",
            seen=str(pixels),
            where=measurement.source,
        )
    if factor > largest:
        raise ConfigError(
            "radius",
            expected=f"at most {largest * pixels * measurement.pixel / 2:.4g} arcsec, where"
            f" {pixels} pixels are averages of those of the image",
            seen=f"{half:g} arcsec, beyond an image of {width:.4g} by {height:.4g} arcsec",
            way_out="choose a smaller one (--radius)",
            where=measurement.source,
        )
    return factor


def _place(measurement: Measurement, x: float, y: float) -> tuple[float, float] | None:
    """Right ascension and declination [deg] at an offset [arcsec]."""
    if measurement.centre is None:
        return None
    angle = math.radians(measurement.north)
    east = y * math.sin(angle) - x * math.cos(angle)
    north = y * math.cos(angle) + x * math.sin(angle)
    ra, dec = measurement.centre
    dec += north / 3600
    return (ra + east / 3600 / math.cos(math.radians(dec))) % 360, dec


def _around(axis: FloatArray, star: float, number: int, pixel: float) -> tuple[np.ndarray, float]:
    """Pixels about the star, -1 where there is none, and where it is to their middle [arcsec]."""
    # An even number of pixels has its middle between two of them.
    first = round((star - float(axis[0])) / pixel - (number - 1) / 2)
    index = first + np.arange(number)
    middle = float(axis[0]) + (first + (number - 1) / 2) * pixel
    offset = star - middle
    # What rounding leaves would stand as an offset of the star in all that is written.
    offset = 0.0 if abs(offset) < _HAIR * pixel else offset
    return np.where((index >= 0) & (index < len(axis)), index, -1), offset


def _taken(values: FloatArray, rows: np.ndarray, columns: np.ndarray) -> FloatArray:
    """Pixels of these rows and columns; NaN for -1."""
    for axis, index in ((-2, rows), (-1, columns)):
        if values.shape[axis] > 1:
            values = np.take(values, np.maximum(index, 0), axis=axis)
            outside = (index < 0).reshape((-1, 1) if axis == -2 else (1, -1))
            values = np.where(outside, np.nan, values)
    return values
