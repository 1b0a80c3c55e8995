"""From measured cubes to a grid of cells about the star, and what is known of the star."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lineform.deprojection.base import Grid
from lineform.deprojection.frame import Frame
from lineform.deprojection.priors import Fixed, LogNormal, Normal, Prior
from lineform.errors import ConfigError
from lineform.measurement import Measurement
from lineform.measurement.squares import squared
from lineform.state import FloatArray
from lineform.units import factor

__all__ = ["Arrangement", "Wishes", "arranged"]

_CELLS = 32
"""Along a side of the grid, also where the image has fewer pixels: a wind is finer than a beam."""

_PIXELS = 64
"""Along a side of the image at most, unless more are asked for."""

_EDGE = 0.2
"""Of the peak of the spectrum, where the ends of the line are taken."""

_UNSURE = 2.0
_SHARE = 0.15
"""By how many channels, and by what share of the width of the line, its middle may be off the
systemic velocity: the two sides of a wind are not alike."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user says of the star and the grid; all else is estimated or left as it is.

    Parameters
    ----------
    distance : float [pc], or None
        None for that of the file.
    distance_error : float [pc]
        Standard deviation, of a log-normal prior; 0 where it is known.
    systemic : float [km/s], or None
        None for 0 in a synthetic observation, and otherwise the middle of the line.
    systemic_error : float [km/s], or None
        None for 0 where the velocity is given.
    offset : (x, y) [arcsec]
        Of the star from the centre of the image.
    offset_error : float [arcsec]
        Of either offset.
    radius : float [arcsec]
        Half a side of the grid; 0 for the smaller half of the image.
    cells : int
        Along a side of the grid; 0 for 32.
    pixels : int
        Along a side of the image at most; 0 for 64.
    """

    distance: float | None = None
    distance_error: float = 0.0
    systemic: float | None = None
    systemic_error: float | None = None
    offset: tuple[float, float] = (0.0, 0.0)
    offset_error: float = 0.0
    radius: float = 0.0
    cells: int = 0
    pixels: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Arrangement:
    """Grid, frame and measurements that fit each other.

    Parameters
    ----------
    measurements : tuple of Measurement
        Square, about the origin of the grid.
    grid : Grid
    frame : Frame
    remarks : tuple of str
        What was chosen, and why.
    """

    measurements: tuple[Measurement, ...]
    grid: Grid
    frame: Frame
    remarks: tuple[str, ...]


def arranged(measurements: Sequence[Measurement], wishes: Wishes) -> Arrangement:
    """A grid about the star, and the pixels of the measurements on it.

    Parameters
    ----------
    measurements : sequence of Measurement
        With the same centre.
    wishes : Wishes

    Raises
    ------
    ConfigError
        If the distance is not known, or a wish cannot be met.
    """
    distance, said = _distance(measurements, wishes)
    half = wishes.radius or min(_half(measurement) for measurement in measurements)
    squares = [
        squared(each, half, wishes.offset, wishes.pixels or _PIXELS) for each in measurements
    ]
    images = tuple(square.measurement for square in squares)
    # The cells of the grid reach as far as the pixels of the first image.
    side = len(images[0].x) * images[0].pixel
    cells = wishes.cells or _CELLS
    grid = Grid(cells, math.radians(side / 3600) * distance * factor("pc"))
    systemic, found = _systemic(measurements, wishes)
    x, y = squares[0].star
    frame = Frame(
        laid_out=distance,
        distance=_uncertain(distance, wishes.distance_error),
        systemic_velocity=systemic,
        offset_x=_about(x, wishes.offset_error),
        offset_y=_about(y, wishes.offset_error),
    )
    width = grid.width / factor("au")
    remarks = (
        said,
        found,
        f"grid: {cells}^3 cells of {width:.4g} au over {side:.4g} arcsec, {cells * width:.5g} au",
        *[
            f"{image.line.name}: image of {len(image.x)} by {len(image.y)} pixels of"
            f" {image.pixel:.4g} arcsec, {len(image.velocity)} channels of {image.channel:.4g} km/s"
            for image in images
        ],
    )
    return Arrangement(images, grid, frame, remarks)


def _about(value: float, deviation: float) -> Prior:
    return Normal(value, deviation) if deviation else Fixed(value)


def _uncertain(distance: float, error: float) -> Prior | None:
    # A distance is positive, however unsure.
    return LogNormal(distance, math.exp(error / distance)) if error else None


def _half(measurement: Measurement) -> float:
    """Half the smaller side of an image [arcsec]."""
    return min(len(measurement.x), len(measurement.y)) * measurement.pixel / 2


def _distance(measurements: Sequence[Measurement], wishes: Wishes) -> tuple[float, str]:
    known = [each.distance for each in measurements if each.distance is not None]
    if wishes.distance is not None:
        if not wishes.distance > 0:
            raise ConfigError("distance", expected="a positive one", seen=f"{wishes.distance:g} pc")
        error = f" +- {wishes.distance_error:g}" if wishes.distance_error else ""
        return wishes.distance, f"distance: {wishes.distance:g}{error} pc, as given"
    if not known:
        raise ConfigError(
            "distance",
            expected="that of the star, which no image tells",
            seen="none",
            way_out="give it with --distance, such as '150 pc'",
            where=measurements[0].source,
        )
    return known[0], f"distance: {known[0]:g} pc, as the file says"


def _systemic(measurements: Sequence[Measurement], wishes: Wishes) -> tuple[Prior, str]:
    if wishes.systemic is not None:
        error = wishes.systemic_error or 0.0
        _check_near(wishes.systemic, measurements)
        about = f" +- {error:g}" if error else ""
        text = f"systemic velocity: {wishes.systemic:g}{about} km/s, as given"
        return _about(wishes.systemic, error), text
    synthetic = all(each.synthetic for each in measurements)
    if synthetic and wishes.systemic_error is None:
        return Fixed(0.0), "systemic velocity: 0 km/s, as synthetic observations have"
    spans = [_span(each) for each in measurements]
    middle = 0.0 if synthetic else float(np.mean([sum(span) / 2 for span in spans]))
    width = max(high - low for low, high in spans)
    channel = max(each.channel for each in measurements)
    error = wishes.systemic_error or max(_UNSURE * channel, _SHARE * width)
    # Symmetric channels leave a rounding error for a middle of 0.
    middle, error = float(f"{round(middle, 6):.6g}"), float(f"{error:.3g}")
    text = f"systemic velocity: {middle:g} +- {error:g} km/s, from the middle of the line"
    return Normal(middle, error), text


def _check_near(systemic: float, measurements: Sequence[Measurement]) -> None:
    """Refuse a systemic velocity that is farther from the channels than they reach."""
    ends = [float(each.velocity[end]) for each in measurements for end in (0, -1)]
    low, high = min(ends), max(ends)
    if not 2 * low - high <= systemic <= 2 * high - low:
        raise ConfigError(
            "systemic velocity",
            expected=f"one in or beside the channels, from {low:g} to {high:g} km/s",
            seen=f"{systemic:g} km/s",
            way_out="give the radio velocity in the frame of the cube (--systemic-velocity)",
            where=measurements[0].source,
        )


def _span(measurement: Measurement) -> tuple[float, float]:
    """The ends of the line [km/s]."""
    spectrum = _spectrum(measurement)
    bright = np.flatnonzero(spectrum > _EDGE * spectrum.max())
    if not bright.size:
        return float(measurement.velocity[0]), float(measurement.velocity[-1])
    return float(measurement.velocity[bright[0]]), float(measurement.velocity[bright[-1]])


def _spectrum(measurement: Measurement) -> FloatArray:
    """Sum of the pixels of each channel that stand out from the noise [any]."""
    strong = measurement.intensity > 3 * measurement.rms
    spectrum: FloatArray = np.where(strong, measurement.intensity, 0.0).sum(axis=(1, 2))
    return spectrum
