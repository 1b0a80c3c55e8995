"""Averages of pixels and channels, with the noise and the beam that they have."""

import math
from dataclasses import dataclass, replace

import numpy as np

from lineform.cube import Beam
from lineform.errors import ConfigError
from lineform.measurement.base import Measurement
from lineform.measurement.linefree import line_free
from lineform.measurement.robust import deviation
from lineform.state import FloatArray

__all__ = ["binned"]

_BLOCK = 8 * math.log(2) / 12
"""Square of the full width of the Gaussian that has the variance of a block of width 1."""

_HALF = 0.5
"""Share of a block that must have been measured."""

_ENOUGH = 100
"""Independent values from which the noise of means is measured."""

_NOISY = 1.25
"""Scatter over the rms above which channels are not without a line [1]."""

_SURE = 3.0
"""Standard errors by which measured noise must differ from what the beam tells."""


def binned(measurement: Measurement, pixels: int, channels: int) -> Measurement:
    """Means over squares of pixels and over channels.

    Pixels and channels that do not fill a block are left out, at both ends alike.

    Parameters
    ----------
    measurement : Measurement
    pixels, channels : int
        Along the sides of a block.

    Raises
    ------
    ConfigError
        If a number is below 1, or leaves fewer than two pixels or channels.

    Notes
    -----
    The rms of a mean is that of its values over the root of their number only where they are
    independent. Here it follows from the correlation of the beam, or from means of channels
    without a line where these tell another. The beam becomes that of second moments: a block of
    k pixels of width p adds 8 ln 2 (k^2 - 1) p^2 / 12 to the squares of its full widths.
    """
    if pixels == channels == 1:
        return measurement
    _check(measurement, pixels, channels)
    cube, share = _means(measurement.intensity, pixels, channels)
    loss = _loss(measurement, cube, pixels, channels)
    steps = (channels, pixels, pixels)
    rms = _root_mean_square(measurement.rms, steps) * loss.value
    if not (share == 1).all():
        rms = np.where(np.isfinite(cube), rms / np.sqrt(share), np.nan)
    grain = measurement.noise_beam
    beams = tuple(_wider(beam, pixels, measurement.pixel) for beam in measurement.beams)
    if len(beams) > 1:
        beams = tuple(_mean(beams[i : i + channels]) for i in _starts(len(beams), channels))
    return replace(
        measurement,
        velocity=_line_means(measurement.velocity, channels),
        channel=measurement.channel * channels,
        x=_line_means(measurement.x, pixels),
        y=_line_means(measurement.y, pixels),
        intensity=cube,
        rms=rms,
        beams=beams,
        noise_beam=_wider(grain, pixels, measurement.pixel) if grain else None,
        neighbour=0.0 if channels > 1 else measurement.neighbour,
        channel_response="boxcar" if channels > 1 else measurement.channel_response,
        remarks=(*measurement.remarks, _remark(pixels, channels, loss)),
    )


@dataclass(frozen=True, slots=True)
class _Loss:
    """Rms of means over that of single values [1], and whence it is known."""

    value: float
    whence: str


def _check(measurement: Measurement, pixels: int, channels: int) -> None:
    lengths = (len(measurement.velocity), len(measurement.y), len(measurement.x))
    for what, number, length in (
        ("channels to average", channels, lengths[0]),
        ("pixels to average", pixels, min(lengths[1:])),
    ):
        if not 1 <= number <= length // 2:
            raise ConfigError(what, expected=f"1 to {length // 2}", seen=str(number))


def _starts(length: int, step: int) -> range:
    return range((length % step) // 2, length - step + 1, step)


def _blocks(values: FloatArray, steps: tuple[int, int, int]) -> FloatArray:
    """(channel, y, x) as (channel, y, x, value in block); axes of length 1 are repeated."""
    parts = []
    for axis, step in enumerate(steps):
        length = values.shape[axis]
        if length == 1:
            values, length = np.repeat(values, step, axis), step
        starts = _starts(length, step)
        values = values.take(range(starts.start, starts.start + len(starts) * step), axis)
        parts.append((len(starts), step))
    (c, k), (y, p), (x, q) = parts
    blocks = values.reshape(c, k, y, p, x, q).transpose(0, 2, 4, 1, 3, 5)
    return blocks.reshape(c, y, x, k * p * q)


def _means(cube: FloatArray, pixels: int, channels: int) -> tuple[FloatArray, FloatArray]:
    """Means, and the share of each block that was measured; NaN where it is too small."""
    blocks = _blocks(cube, (channels, pixels, pixels))
    seen = np.isfinite(blocks)
    share = seen.mean(axis=3)
    total = np.where(seen, blocks, 0.0).sum(axis=3)
    enough = share >= _HALF
    mean = np.divide(total, share * blocks.shape[3], out=np.full_like(total, np.nan), where=enough)
    return mean, np.where(enough, share, np.nan)


def _line_means(axis: FloatArray, step: int) -> FloatArray:
    return np.asarray(_blocks(axis[:, None, None], (step, 1, 1)).mean(axis=3)[:, 0, 0])


def _root_mean_square(rms: FloatArray, steps: tuple[int, int, int]) -> FloatArray:
    blocks = _blocks(rms, steps)
    seen = np.isfinite(blocks)
    number = np.maximum(seen.sum(axis=3), 1)
    return np.asarray(np.sqrt(np.where(seen, blocks**2, 0.0).sum(axis=3) / number))


def _loss(measurement: Measurement, means: FloatArray, pixels: int, channels: int) -> _Loss:
    if measurement.correlated and (measurement.noise_beam or measurement.beams):
        told = _told(measurement.noise_beam or measurement.beams[0], measurement.pixel, pixels)
        expected = _Loss(told / math.sqrt(channels), "the beam")
    else:
        expected = _Loss(1 / (pixels * math.sqrt(channels)), "independent values")
    free = line_free(measurement.intensity)
    kept = _blocks(free[:, None, None].astype(float), (channels, 1, 1)).min(axis=3)[:, 0, 0] > 0
    area = 1.0
    if measurement.beams:
        beam = measurement.beams[0]
        area = max(1.0, beam.major * beam.minor / (measurement.pixel * pixels) ** 2)
    number = np.isfinite(means[kept]).sum() / area
    single = float(deviation(measurement.intensity[free])) if number >= _ENOUGH else 0.0
    stated = float(np.nanmedian(measurement.rms))
    # What scatters more than the noise is no noise: a weak line fills the band.
    if not 0 < single < _NOISY * stated:
        return expected
    value = float(deviation(means[kept])) / single
    # The median absolute deviation has 1.17 times the error of the standard deviation.
    error = 1.17 / math.sqrt(2 * number)
    if not value > 0 or abs(value / expected.value - 1) < _SURE * error:
        return expected
    return _Loss(value, f"channels without a line, for {expected.whence} would give"
                 f" {expected.value:.3g}")  # fmt: skip


def _told(beam: Beam, pixel: float, number: int) -> float:
    """Rms of a mean over a square of pixels whose noise has the correlation of a beam [1].

    The noise of a map made with a beam has the correlation of the beam with itself, a Gaussian
    that is wider by the root of 2.
    """
    angle = math.radians(beam.position_angle)
    step = np.arange(1 - number, number) * pixel
    right, up = step[None, :], step[:, None]
    along = math.cos(angle) * up - math.sin(angle) * right
    across = math.sin(angle) * up + math.cos(angle) * right
    correlation = np.exp(
        -2 * math.log(2) * ((along / beam.major) ** 2 + (across / beam.minor) ** 2)
    )
    often = number - np.abs(np.arange(1 - number, number))
    return float(math.sqrt((correlation * often[:, None] * often).sum())) / number**2


def _wider(beam: Beam, pixels: int, pixel: float) -> Beam:
    more = _BLOCK * (pixels**2 - 1) * pixel**2
    return replace(
        beam, major=math.sqrt(beam.major**2 + more), minor=math.sqrt(beam.minor**2 + more)
    )


def _mean(beams: tuple[Beam, ...]) -> Beam:
    """The beam in the middle, which those of neighbouring channels hardly differ from."""
    return beams[len(beams) // 2]


def _remark(pixels: int, channels: int, loss: _Loss) -> str:
    return (
        f"means of {pixels} by {pixels} pixels and {channels} channels: rms {loss.value:.3g} of"
        f" that of a voxel, by {loss.whence}"
    )
