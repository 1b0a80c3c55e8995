"""The cubes that a network knows: pixels, channels, and the range of telescopes."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np

from lineform.cube import Beam
from lineform.errors import ConfigError
from lineform.func.channels import rebinning
from lineform.func.convolve import gaussian_beam
from lineform.func.radiation import brightness_temperature
from lineform.measurement import Measurement
from lineform.state import FloatArray

__all__ = ["Layout", "Seen", "on_layout", "rebinned"]

_SAME_LINE = 1e-6
"""Largest difference of rest frequencies of one line, 0.3 km/s [1]."""

_MARGIN = 0.05
"""So far may a telescope be beyond its range [1]."""

_LACKING = 0.05
"""Largest share of a cube that may not have been measured [1]."""

_ROUNDING = 1e-3
"""In units of a pixel or channel [1]."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Pixels and channels about the middle of the image, and what telescopes see them.

    Parameters
    ----------
    line : str
        Such as ``CO 2-1``.
    frequency : float [Hz]
        Of the line at rest.
    pixels : int
        Along each side.
    pixel : float [arcsec]
    channels : int
    channel : float [km/s]
        Width.
    first : float [km/s]
        Middle of the first channel.
    beam : lowest, highest [arcsec]
        Full widths at half maximum of the major axis; both 0 for no beam.
    elongation : float [1]
        Largest ratio of the axes of the beam.
    noise : lowest, highest [K]
        The rms.
    channel_response : str
        ``boxcar``, ``hanning``, or nothing for channels that are samples at their middles.
    """

    line: str
    frequency: float
    pixels: int
    pixel: float
    channels: int
    channel: float
    first: float
    beam: tuple[float, float]
    elongation: float
    noise: tuple[float, float]
    channel_response: str = ""

    def __post_init__(self) -> None:
        low = self.beam[0]
        if low and not 2 * self.pixel * self.elongation * (1 - _ROUNDING) <= low:
            raise ConfigError(
                "beam of the network",
                expected=f"two pixels of {self.pixel:.4g} arcsec along the minor axis",
                seen=f"{low / self.elongation:.4g} arcsec",
                way_out="ask for more pixels or a wider beam",
            )
        for name, (a, b), unit in (
            ("beam", self.beam, "arcsec"), ("noise", self.noise, "K")
        ):  # fmt: skip
            if not 0 <= a <= b < math.inf or (name == "noise" and a == 0):
                raise ConfigError(
                    f"{name} of the network",
                    expected="a lowest and a highest value, positive",
                    seen=f"{a:g} to {b:g} {unit}",
                )

    @property
    def shape(self) -> tuple[int, int, int]:
        """Of the cubes: channels, y, x."""
        return self.channels, self.pixels, self.pixels

    @property
    def offsets(self) -> FloatArray:
        """Of the pixel centres (pixel,) [arcsec]."""
        return (np.arange(self.pixels) - (self.pixels - 1) / 2) * self.pixel

    @property
    def velocity(self) -> FloatArray:
        """Middles of the channels (channel,) [km/s]."""
        return self.first + np.arange(self.channels) * self.channel

    def settings(self) -> dict[str, Any]:
        """As plain numbers, words and lists."""
        return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items()}

    @classmethod
    def of(cls, settings: dict[str, Any]) -> "Layout":
        """From what `settings` gave."""
        plain: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in settings.items()
        }
        return cls(**plain)


class Seen(NamedTuple):
    """A measurement in the layout of a network."""

    cube: FloatArray
    """(channel, y, x) [K]."""
    noise: float
    """The rms [K]."""
    beam: Beam
    warnings: tuple[str, ...]


def on_layout(measurement: Measurement, layout: Layout) -> Seen:
    """The measurement averaged over the pixels and channels of a network.

    Raises
    ------
    ConfigError
        If it is another line, does not cover the layout, is coarser than it, or was made with a
        telescope that the network does not know.
    """
    _check_line(measurement, layout)
    _check_axes(measurement, layout)
    kelvin = brightness_temperature(measurement.intensity, measurement.line.frequency)
    rms = brightness_temperature(
        np.broadcast_to(measurement.rms, measurement.seen.shape), measurement.line.frequency
    )
    axes = measurement.velocity, measurement.y, measurement.x
    inside = rebinned(np.ones_like(kelvin), axes, layout) > 1 - _MARGIN
    lacking = 1 - rebinned(measurement.seen.astype(float), axes, layout)[inside].mean()
    if lacking > _LACKING:
        raise ConfigError(
            "measurement",
            expected="a cube without gaps where the network looks",
            seen=f"{100 * lacking:.0f} % of it blank",
            way_out="use another method, or train on a smaller field",
            where=measurement.source,
        )
    warnings = _remarks(measurement, rms, lacking, layout)
    beam = _middle_beam(measurement)
    level = float(np.median(rms[measurement.seen]))
    noise = level * _noise_left(measurement, beam, layout)
    _check_telescope(beam, noise, layout, measurement.source)
    return Seen(rebinned(np.nan_to_num(kelvin), axes, layout), noise, beam, tuple(warnings))


def rebinned(
    cube: FloatArray, axes: tuple[FloatArray, FloatArray, FloatArray], layout: Layout
) -> FloatArray:
    """Means over the pixels and channels of a layout; the cube is dark beyond its ends.

    Parameters
    ----------
    cube : (channel, y, x) [any]
    axes : velocity, y, x [km/s, arcsec, arcsec]
    layout : Layout

    Returns
    -------
    (channel, y, x) [as cube]
    """
    channels, down, across = _weights(axes, layout)
    means = np.einsum("ck,kyx,jy,ix->cji", channels, cube, down, across, optimize=True)
    return np.asarray(means)


def _weights(
    axes: tuple[FloatArray, FloatArray, FloatArray], layout: Layout
) -> tuple[FloatArray, FloatArray, FloatArray]:
    velocity, y, x = axes
    return (
        np.asarray(rebinning(velocity, layout.velocity, layout.channel)),
        np.asarray(rebinning(y, layout.offsets, layout.pixel)),
        np.asarray(rebinning(x, layout.offsets, layout.pixel)),
    )


def _check_line(measurement: Measurement, layout: Layout) -> None:
    if abs(measurement.line.frequency / layout.frequency - 1) > _SAME_LINE:
        raise ConfigError(
            "line",
            expected=f"{layout.line} at {layout.frequency:.9g} Hz, for which the network was made",
            seen=f"{measurement.line.frequency:.9g} Hz",
            way_out="train a network for this line: lineform train",
            where=measurement.source,
        )


def _check_axes(measurement: Measurement, layout: Layout) -> None:
    wanted = ((layout.offsets, layout.pixel), (layout.velocity, layout.channel))
    seen = (
        ("x", "arcsec", measurement.x, measurement.pixel, *wanted[0]),
        ("y", "arcsec", measurement.y, measurement.pixel, *wanted[0]),
        ("velocity", "km/s", measurement.velocity, measurement.channel, *wanted[1]),
    )
    for name, unit, axis, step, theirs, width in seen:
        slack = width * 0.5
        covered = (
            axis[0] - step / 2 <= theirs[0] - width / 2 + slack
            and axis[-1] + step / 2 >= theirs[-1] + width / 2 - slack
        )
        if not covered or step > width * (1 + _ROUNDING):
            raise ConfigError(
                f"{name} of the cube",
                expected=f"{theirs[0]:.4g} to {theirs[-1]:.4g} {unit} in steps of at most"
                f" {width:.4g}, as the network sees it",
                seen=f"{axis[0]:.4g} to {axis[-1]:.4g} in steps of {step:.4g}",
                way_out="use a wider or finer cube, or train a network for this one",
                where=measurement.source,
            )


def _check_telescope(beam: Beam, noise: float, layout: Layout, where: str) -> None:
    low, high = layout.beam
    elongation = beam.major / beam.minor if beam.minor else 1.0
    known = low * (1 - _MARGIN) <= beam.major <= high * (1 + _MARGIN)
    if not known or elongation > layout.elongation * (1 + _MARGIN):
        raise ConfigError(
            "beam",
            expected=f"{low:.4g} to {high:.4g} arcsec and axes within a ratio of"
            f" {layout.elongation:.3g}, for which the network was trained",
            seen=f"{beam.major:.4g} by {beam.minor:.4g} arcsec",
            way_out="train a network for this beam: lineform train --beam",
            where=where,
        )
    low, high = layout.noise
    if not low * (1 - _MARGIN) <= noise <= high * (1 + _MARGIN):
        raise ConfigError(
            "noise",
            expected=f"an rms of {low:.4g} to {high:.4g} K, for which the network was trained",
            seen=f"{noise:.4g} K in its pixels and channels",
            way_out="train a network for this noise: lineform train --noise",
            where=where,
        )


def _middle_beam(measurement: Measurement) -> Beam:
    """Of the channel in the middle of all sizes; without extent where there is none."""
    ordered = sorted(measurement.beams, key=lambda beam: beam.major * beam.minor)
    return ordered[len(ordered) // 2] if ordered else Beam()


def _remarks(
    measurement: Measurement, rms: FloatArray, lacking: float, layout: Layout
) -> Sequence[str]:
    low, middle, high = np.quantile(rms[measurement.seen], (0.1, 0.5, 0.9))
    found = []
    if high - low > 0.2 * middle:
        found.append(
            "the noise is not the same everywhere, as the network takes it to be:"
            f" {low:.3g} to {high:.3g} K"
        )
    sizes = [math.sqrt(beam.major * beam.minor) for beam in measurement.beams]
    if sizes and max(sizes) > 1.02 * min(sizes):
        found.append("the beam changes over the channels; the network takes that of the middle")
    finer = measurement.channel < layout.channel * (1 - _ROUNDING)
    response = "boxcar" if finer else measurement.channel_response
    if response != layout.channel_response:
        words = [each or "sampled" for each in (response, layout.channel_response)]
        found.append(f"its channels are {words[0]}, those of the network's training {words[1]}")
    if lacking > _ROUNDING:
        found.append(f"{100 * lacking:.2g} % of the field is blank, and taken as dark")
    return found


def _noise_left(measurement: Measurement, beam: Beam, layout: Layout) -> float:
    """The rms in a pixel and channel of the layout over that in those of the measurement.

    Notes
    -----
    Noise of a map is white noise times the beam, so that a sum with weights w over its pixels has
    the variance of the sum of (beam w)^2 over that of beam^2.
    """
    channels, down, across = _weights(
        (measurement.velocity, measurement.y, measurement.x), layout
    )  # fmt: skip
    middle = layout.pixels // 2
    image = down[middle][:, None] * across[middle]
    point = np.zeros_like(image)
    point[len(image) // 2, len(image[0]) // 2] = 1.0
    if beam.major and measurement.correlated:
        widths = beam.major / measurement.pixel, beam.minor / measurement.pixel
        angle = math.radians(beam.position_angle)
        image, point = (gaussian_beam(part, *widths, angle) for part in (image, point))
    spectral = (channels[layout.channels // 2] ** 2).sum()
    return math.sqrt(spectral * (image**2).sum() / (point**2).sum())
