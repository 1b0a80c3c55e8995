"""The noise of a cube, estimated from its channels without a line."""

import math
from dataclasses import dataclass, replace

import numpy as np

from lineform.cube import Beam
from lineform.errors import ConfigError
from lineform.measurement.base import Measurement
from lineform.measurement.correlation import Correlation, correlation, independent_area
from lineform.measurement.linefree import line_free, noise_of_changes
from lineform.measurement.robust import deviation, mean_of, running_mean, smoothed
from lineform.state import FloatArray

__all__ = ["Noise", "estimated", "with_correlation"]

_FEWEST = 4
"""Channels without a line that tell the noise."""

_ENOUGH = 100
"""Independent values from which the rms of a place is taken, an error of 8 %."""

_VARIES = 1.7
"""The noise differs in places or channels if it does by so many times its error."""

_BESIDE = 3
"""Channels beside a line whose mean rms its own have."""

_FEWEST_BEAMS = 100
"""Independent values that tell the correlation of noise."""

_WHITENED = 0.7
"""Correlation of neighbouring channels up to which the likelihood takes it into account."""

_ALIKE = 0.2
"""Difference of widths by which the noise has not the correlation of the beam [1]."""

_HANNING = (0.45, 0.85)
"""Correlation of neighbouring channels of a Hanning smoothed spectrum, 2/3, as it is measured."""

_SOLID = math.pi / (4 * math.log(2))
"""Solid angle of a Gaussian beam over the product of its full widths."""

_NINE_TENTHS = 3.29
"""Width of nine tenths of a normal distribution, in standard deviations."""

_MAD = 1.17
"""Error of the standard deviation by the median absolute deviation over that of itself."""


@dataclass(frozen=True, slots=True, eq=False)
class Noise:
    """What was found.

    Parameters
    ----------
    rms : (1 or channel, 1 or y, 1 or x) [as the cube]
    free : (channel,) bool
        Channels without a line.
    baseline : (y, x) [as the cube]
        Mean of these.
    remarks : tuple of str
    """

    rms: FloatArray
    free: np.ndarray
    baseline: FloatArray
    remarks: tuple[str, ...]


def estimated(measurement: Measurement) -> Noise:
    """The noise of a cube whose rms is not known.

    It is one number, unless channels or places differ by more than the error with which they are
    known; then it is the product of a spectrum and a map.

    Raises
    ------
    ConfigError
        If there is none.
    """
    cube = measurement.intensity
    free = line_free(cube)
    if free.sum() < _FEWEST:
        return _by_changes(measurement, free)
    baseline = mean_of(cube[free])
    # One value of each pixel went into its mean.
    flat = (cube - baseline) * math.sqrt(free.sum() / (free.sum() - 1))
    level = float(deviation(flat[free]))
    _check_level(level, int(free.sum()), measurement.source)
    area = independent_area((flat / deviation(flat[free], 0))[free])
    place, varies = _map(flat[free] / level, area)
    channel = _spectrum(flat / level / place, free, area)
    # Deviations of few values come out a few per cent too small.
    level = float(deviation((flat / place / channel)[free]))
    about = " in a map of places" if varies else ""
    about += " and in each channel" if channel.size > 1 else ""
    said = f"rms estimated from {free.sum()} of {len(free)} channels without a line{about}"
    if free.all():
        doubt = (
            "warning: no channel was seen to hold the line, which then counts as noise: give --rms"
        )
        return Noise(level * place * channel, free, baseline, (said, doubt))
    return Noise(level * place * channel, free, baseline, (said,))


def with_correlation(measurement: Measurement, free: np.ndarray) -> Measurement:
    """The measurement with the correlation that its noise is found to have.

    Parameters
    ----------
    measurement : Measurement
        With its rms.
    free : (channel,) bool
        Channels without a line.

    Notes
    -----
    Fewer than four of these, or than a hundred beams in them, tell nothing of it: what is left of
    a line would be taken for it. The noise then has the correlation of the beam of the telescope.
    """
    beam = measurement.beam(len(measurement.velocity) // 2)
    found = _correlation(measurement, free, beam)
    if found is None:
        return _told(measurement, _untold(beam))
    measurement = _along(measurement, found)
    if found.beam is None:
        said = "noise of neighbouring pixels is independent"
        return _told(replace(measurement, correlated=False), said)
    if beam is not None and _alike(beam, found.beam):
        return _told(replace(measurement, correlated=True), "noise has the correlation of the beam")
    said = (
        f"noise has the correlation of a beam of {found.beam.major:.3g} by {found.beam.minor:.3g}"
        " arcsec, not of that of the telescope"
    )
    return _told(replace(measurement, correlated=True, noise_beam=found.beam), said)


def _correlation(
    measurement: Measurement, free: np.ndarray, beam: Beam | None
) -> Correlation | None:
    """The correlation of the noise, or None where there is too little of it."""
    if free.sum() < _FEWEST:
        return None
    quiet = measurement.intensity - mean_of(measurement.intensity[free])
    scaled = quiet / measurement.rms
    area = independent_area(scaled[free])
    if beam is not None:
        area = max(area, _SOLID * beam.major * beam.minor / measurement.pixel**2)
    if np.isfinite(scaled[free]).sum() < _FEWEST_BEAMS * area:
        return None
    return correlation(scaled, free, measurement.pixel)


def _untold(beam: Beam | None) -> str:
    taken = "independent" if beam is None else "that of the beam"
    return (
        "channels without a line are too few for the correlation of noise in neighbouring pixels:"
        f" taken for {taken}"
    )


def _told(measurement: Measurement, *remarks: str) -> Measurement:
    return replace(measurement, remarks=(*measurement.remarks, *remarks))


def _alike(beam: Beam, other: Beam) -> bool:
    pairs = (beam.major, other.major), (beam.minor, other.minor)
    return all(abs(b / a - 1) < _ALIKE for a, b in pairs)


def _along(measurement: Measurement, found: Correlation) -> Measurement:
    """The measurement with what the correlation of its channels tells."""
    next_one = found.channels[0]
    measurement = replace(measurement, neighbour=max(0.0, next_one))
    if next_one < _HANNING[0] / 2:
        return replace(measurement, neighbour=0.0)
    said = f"noise of neighbouring channels is correlated by {next_one:.2f}"
    if next_one > _WHITENED:
        said = f"warning: {said}; average channels, or errors come out too small"
    if not measurement.channel_response and _HANNING[0] < next_one < _HANNING[1]:
        response = replace(measurement, channel_response="hanning")
        return _told(response, "channels taken for Hanning smoothed", said)
    return _told(measurement, said)


def _map(scaled: FloatArray, area: float) -> tuple[FloatArray, bool]:
    """Rms (1, y, x) over that of the whole image, or 1 where places do not differ."""
    one = np.ones((1, 1, 1))
    number = len(scaled) / area
    if min(scaled.shape[1:]) < 2 * math.sqrt(_ENOUGH / number):
        return one, False
    place = smoothed(deviation(scaled, 0), number, _ENOUGH)
    error = _MAD / math.sqrt(2 * max(_ENOUGH, number))
    # Most of an image may be even, and its edge not.
    low, high = np.nanquantile(np.log(place), (0.05, 0.95))
    if not (high - low) / _NINE_TENTHS > _VARIES * error:
        return one, False
    return place[None], True


def _spectrum(scaled: FloatArray, free: np.ndarray, area: float) -> FloatArray:
    """Rms (channel, 1, 1) over that of all channels, or 1 where they do not differ.

    Channels with a line have that of those beside it.
    """
    level = deviation(scaled[free], (1, 2))
    independent = np.isfinite(scaled[free]).sum(axis=(1, 2)) / area
    if independent.min() < _ENOUGH / 4:
        return np.ones((1, 1, 1))
    error = _MAD / np.sqrt(2 * independent)
    # In units of its error the scatter of equal channels is 1.
    if not float(((level - 1) / error).std()) > _VARIES:
        return np.ones((1, 1, 1))
    channels = np.arange(len(free))
    # A single neighbour would carry its own error into all channels of the line.
    beside = running_mean(level, _BESIDE)
    found = np.interp(channels, channels[free], beside)
    found[free] = level
    return found[:, None, None]


def _by_changes(measurement: Measurement, free: np.ndarray) -> Noise:
    """The noise of changes between channels, where a line is in all of them."""
    cube = measurement.intensity
    # Nothing of a cube without noise is below zero.
    level = noise_of_changes(cube) if len(cube) > 1 and (cube < 0).any() else 0.0
    _check_level(level, int(free.sum()), measurement.source)
    said = (
        "warning: no channels without a line; rms estimated from changes between channels, which"
        " may be too large: give --rms"
    )
    return Noise(np.full((1, 1, 1), level), free, np.zeros(cube.shape[1:]), (said,))


def _check_level(level: float, channels: int, where: str) -> None:
    if not level > 0:
        raise ConfigError(
            "noise",
            expected="an rms above 0",
            seen=f"{level:g} in {channels} channels without a line",
            way_out="give the rms of the noise (--rms); a cube without any has to be given one,"
            " such as a hundredth of its peak",
            where=where,
        )
