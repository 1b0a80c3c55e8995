"""How well a cube fits a measurement: differences whitened by the noise.

The noise of a map has the correlation of its beam with itself. Pixels closer than the beam then
say nearly the same, and some combinations of them say nothing at all: neither the sky nor the
noise has structure finer than the beam. The differences are therefore taken to combinations of
pixels that the beam passes, of which the covariance of the noise is known whatever pixels are
missing; its inverse root makes them independent. Nothing is assumed beyond the edges of the map.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from lineform.cube import Beam
from lineform.func.radiation import brightness_temperature
from lineform.measurement import Measurement
from lineform.state import FloatArray

__all__ = ["Likelihood", "Whitening", "likelihood_of"]

_PASSED = 1e-4
"""Combinations of pixels with a smaller share of the variance than this are left out [1]."""

_SMOOTHED = 1e-2
"""The same for combinations of channels, whose correlation is less well known [1]."""

_MOST_ALIKE = 0.7
"""Correlation of neighbouring channels above which no smoothing by three channels leads [1]."""

_SIGMA = 1 / math.sqrt(8 * math.log(2))
"""Standard deviation of a Gaussian over its full width at half maximum."""


@dataclass(frozen=True, slots=True, eq=False)
class Whitening:
    """Independent combinations of the pixels of some channels.

    Parameters
    ----------
    channels : (channel here,) int
        That have measurements in the same pixels.
    weights : (mode, pixel) [1], or None
        None where all pixels are independent as they are.
    pixels : (pixel,) int
        Those with measurements, in the flat image.
    across : (any, channel here) [1], or None
        Weights of combinations of channels; None where channels are independent as they are.
    """

    channels: torch.Tensor
    weights: torch.Tensor | None
    pixels: torch.Tensor
    across: torch.Tensor | None = None

    def __call__(self, weighted: torch.Tensor) -> torch.Tensor:
        """Independent numbers (any,) of weighted differences (channel, pixel) [1]."""
        taken = self.by_channel(weighted)
        return (taken if self.across is None else self.across @ taken).flatten()

    def by_channel(self, weighted: torch.Tensor) -> torch.Tensor:
        """Numbers (channel here, any) that are independent within each channel."""
        taken = weighted[self.channels][:, self.pixels]
        return taken if self.weights is None else taken @ self.weights.T

    @property
    def number(self) -> int:
        """Of independent combinations."""
        each = self.pixels if self.weights is None else self.weights
        channels = self.channels if self.across is None else self.across
        return len(channels) * len(each)


@dataclass(frozen=True, slots=True, eq=False)
class Likelihood:
    """Gaussian noise.

    Parameters
    ----------
    data : (channel, y, x) [K]
        0 where nothing was measured.
    weight : (channel, y, x) [K-1]
        One over the standard deviation; 0 where nothing was measured.
    whitenings : sequence of Whitening
        For groups of channels.
    """

    data: torch.Tensor
    weight: torch.Tensor
    whitenings: Sequence[Whitening]

    def residual(self, cube: torch.Tensor) -> torch.Tensor:
        """Whitened differences (any,) [1] of a cube (channel, y, x) [K] from the measurement.

        At the truth they are independent and standard normal.
        """
        weighted = ((cube - self.data) * self.weight).flatten(1)
        return torch.cat([whitening(weighted) for whitening in self.whitenings])

    def by_channel(self, cube: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Sums of squares of the residual, and what they are on average at the truth.

        Parameters
        ----------
        cube : (channel, y, x) [K]

        Returns
        -------
        (channel,) [1], (channel,) [1]
            Both 0 where nothing was measured.
        """
        weighted = ((cube - self.data) * self.weight).flatten(1)
        chi2 = torch.zeros(len(cube), dtype=cube.dtype, device=cube.device)
        number = torch.zeros_like(chi2)
        for whitening in self.whitenings:
            values = whitening.by_channel(weighted)
            chi2[whitening.channels] = (values**2).sum(dim=1)
            number[whitening.channels] = values.shape[1]
        return chi2, number

    @property
    def number(self) -> int:
        """Of independent values, the expected sum of squares at the truth."""
        return sum(whitening.number for whitening in self.whitenings)


def likelihood_of(
    measurement: Measurement, like: torch.Tensor, model_error: float = 0.0
) -> Likelihood:
    """The likelihood of a measurement.

    Parameters
    ----------
    measurement : Measurement
    like : tensor
        Whose type and device the likelihood gets.
    model_error : float [1]
        Standard deviation of what no model of this kind can describe, as a share of the
        measured intensity; it is taken to vary over a beam, as the noise does.
    """
    kelvin = float(brightness_temperature(1.0, measurement.line.frequency))
    seen = measurement.seen
    data = np.where(seen, measurement.intensity, 0.0) * kelvin
    rms = np.broadcast_to(measurement.rms * kelvin, data.shape)
    deviation = np.sqrt(rms**2 + (model_error * _strength(data, rms)) ** 2)
    weight = np.where(seen, 1 / deviation, 0.0)
    return Likelihood(
        data=torch.as_tensor(data).to(like),
        weight=torch.as_tensor(weight).to(like),
        whitenings=_whitenings(measurement, like),
    )


def _strength(data: FloatArray, rms: FloatArray) -> FloatArray:
    """How bright a pixel surely is [as data]: without what the noise may have added."""
    return np.asarray(np.sqrt(np.maximum(data**2 - rms**2, 0)))


def _whitenings(measurement: Measurement, like: torch.Tensor) -> list[Whitening]:
    seen = measurement.seen.reshape(len(measurement.intensity), -1)
    # Channels with the same pixels and beam share the work.
    groups: dict[bytes, list[int]] = {}
    for channel in np.flatnonzero(seen.any(axis=1)):
        groups.setdefault(np.packbits(seen[channel]).tobytes(), []).append(int(channel))
    grain = measurement.noise_beam or _typical(measurement.beams)
    beam = grain if measurement.correlated else None
    found = []
    for channels in groups.values():
        pixels = np.flatnonzero(seen[channels[0]])
        weights = None
        if beam is not None:
            size = measurement.seen.shape[1:]
            weights = torch.as_tensor(_independent(beam, measurement.pixel, size, pixels)).to(like)
        across = None
        if measurement.neighbour and len(channels) > 1:
            across = torch.as_tensor(_unmixed(measurement.neighbour, channels)).to(like)
        here = torch.as_tensor(channels, device=like.device)
        there = torch.as_tensor(pixels, device=like.device)
        found.append(Whitening(here, weights, there, across))
    return found


def _unmixed(neighbour: float, channels: Sequence[int]) -> FloatArray:
    """Weights (any, channel) [1] of combinations of channels in which the noise is independent.

    Parameters
    ----------
    neighbour : float [1]
        Correlation of the noise with that of the next channel.
    channels : (channel,) int

    Notes
    -----
    Independent noise smoothed by (a, 1, a): the correlations are 2 a / (1 + 2 a^2) with the next
    channel and a^2 / (1 + 2 a^2) with the one after it. Hanning smoothing is a = 1/2.
    """
    rho = min(max(neighbour, -_MOST_ALIKE), _MOST_ALIKE)
    a = (1 - math.sqrt(1 - 2 * rho**2)) / (2 * rho)
    by_distance = np.array([1.0, rho, a**2 / (1 + 2 * a**2), 0.0])
    apart = np.abs(np.subtract.outer(channels, channels))
    variance, vectors = np.linalg.eigh(by_distance[np.minimum(apart, 3)])
    kept = variance > _SMOOTHED * variance[-1]
    return np.asarray((vectors[:, kept] / np.sqrt(variance[kept])).T)


def _typical(beams: Sequence[Beam]) -> Beam | None:
    """The beam of middle size; the noise is taken to have its correlation in all channels."""
    ordered = sorted(beams, key=lambda beam: beam.major * beam.minor)
    return ordered[len(ordered) // 2] if ordered else None


def _independent(beam: Beam, pixel: float, size: Sequence[int], pixels: np.ndarray) -> FloatArray:
    """Weights (mode, pixel) [1] of combinations in which the noise is independent.

    Parameters
    ----------
    beam : Beam
    pixel : float [arcsec]
    size : y, x
    pixels : (pixel,) int
        With measurements.
    """
    narrow = beam.minor * _SIGMA / pixel
    basis = _passed(narrow, size)[:, pixels]
    y, x = np.divmod(pixels, size[1])
    covariance = np.zeros((len(basis), len(basis)))
    # In portions of pixels: the matrix of all pairs would be large.
    for first in range(0, len(pixels), 1024):
        part = slice(first, first + 1024)
        kernel = _correlation(beam, pixel, x[part, None] - x, y[part, None] - y)
        covariance += basis[:, part] @ (kernel @ basis.T)
    variance, vectors = np.linalg.eigh(covariance)
    kept = variance > _PASSED * variance[-1]
    return np.asarray((vectors[:, kept] / np.sqrt(variance[kept])).T @ basis)


def _correlation(beam: Beam, pixel: float, right: np.ndarray, up: np.ndarray) -> FloatArray:
    """Of the noise in two pixels [1]: the beam with itself, wider by the root of 2."""
    angle = math.radians(beam.position_angle)
    along = (math.cos(angle) * up - math.sin(angle) * right) * pixel / (beam.major * _SIGMA)
    across = (math.sin(angle) * up + math.cos(angle) * right) * pixel / (beam.minor * _SIGMA)
    return np.asarray(np.exp(-(along**2 + across**2) / 4))


def _passed(sigma: float, size: Sequence[int]) -> FloatArray:
    """Patterns (mode, pixel) that a round beam passes, orthonormal in a full image.

    Those of its correlation over rows times those over columns, `sigma` [pixel] wide.
    """
    sides = []
    for length in size:
        apart = np.arange(length)[:, None] - np.arange(length)
        sides.append(np.linalg.eigh(np.exp(-(apart**2) / (4 * sigma**2))))
    (by_y, along_y), (by_x, along_x) = sides
    share = np.maximum(by_y[:, None], 0) * np.maximum(by_x, 0)
    j, i = np.nonzero(share > _PASSED * share.max())
    patterns = along_y[:, j].T[:, :, None] * along_x[:, i].T[:, None, :]
    return np.asarray(patterns.reshape(len(j), -1))
