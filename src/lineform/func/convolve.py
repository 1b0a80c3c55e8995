"""Convolution of images and of noise with a Gaussian beam."""

import math
from typing import Any

from array_api_compat import array_namespace

__all__ = ["beam_gain", "beam_margin", "correlated_noise", "gaussian_beam"]

_SIGMA = 1 / math.sqrt(8 * math.log(2))
"""Standard deviation of a Gaussian over its full width at half maximum."""


def gaussian_beam(
    image: Any,  # noqa: ANN401
    major: float,
    minor: float,
    position_angle: float,
) -> Any:  # noqa: ANN401
    """Images as a telescope with a Gaussian beam sees them; the flux is kept.

    Parameters
    ----------
    image : (..., y, x) [any]
        Dark outside.
    major, minor : scalar [pixel]
        Full widths at half maximum, at least 2: the transform of a narrower beam is cut off,
        and points get rings.
    position_angle : scalar [rad]
        Of the major axis, from up to the left (north to east on the sky).

    Returns
    -------
    (..., y, x) [as image]

    Notes
    -----
    By the known transform of the beam, exp(-2 pi^2 sigma^2 k^2).
    """
    xp = array_namespace(image)
    # Room for the beam's wing, or light would come back in at the opposite edge.
    margin = beam_margin(major)
    ny, nx = image.shape[-2:]
    shape = (ny + margin, nx + margin)
    widths = major, minor, position_angle
    gain = xp.astype(beam_gain(image, shape, *widths), image.dtype)
    transform = xp.fft.rfftn(image, s=shape, axes=(-2, -1)) * gain
    return xp.fft.irfftn(transform, s=shape, axes=(-2, -1))[..., :ny, :nx]


def beam_gain(
    like: Any,  # noqa: ANN401
    shape: tuple[int, int],
    major: float,
    minor: float,
    position_angle: float,
) -> Any:  # noqa: ANN401
    """By what a beam multiplies the transform of a real image.

    Parameters
    ----------
    like : array
        Of the library that the result is for.
    shape : y, x [pixel]
        Of the image with its margin.
    major, minor, position_angle : scalar [pixel, pixel, rad]
        As in `gaussian_beam`.

    Returns
    -------
    (y, x // 2 + 1) [1]
        In double precision.
    """
    xp = array_namespace(like)
    ky = xp.fft.fftfreq(shape[0], dtype=xp.float64)
    kx = xp.fft.rfftfreq(shape[1], dtype=xp.float64)
    return _gain(xp, ky, kx, major, minor, position_angle)


def beam_margin(major: float) -> int:
    """Pixels beyond an edge after which a beam has no more influence.

    Parameters
    ----------
    major : scalar [pixel]
        Full width at half maximum.

    Returns
    -------
    scalar [pixel]
    """
    return math.ceil(2 * major)


def correlated_noise(
    white: Any,  # noqa: ANN401
    major: float,
    minor: float,
    position_angle: float,
) -> Any:  # noqa: ANN401
    """White noise convolved with a beam and brought back to its old variance.

    Parameters
    ----------
    white : (..., y, x) [any]
        Independent in each pixel, `beam_margin` pixels larger than the image on two sides.
    major, minor, position_angle : scalar [pixel, pixel, rad]
        As in `gaussian_beam`.

    Returns
    -------
    (..., y - margin, x - margin) [as white]

    Notes
    -----
    The noise of a map made with a beam has the correlation of the beam with itself, a Gaussian
    that is wider by the root of 2.
    """
    xp = array_namespace(white)
    shape = white.shape[-2:]
    ky, widths = xp.fft.fftfreq(shape[0], dtype=xp.float64), (major, minor, position_angle)
    gain = _gain(xp, ky, xp.fft.rfftfreq(shape[1], dtype=xp.float64), *widths)
    # The variance that is left, by Parseval's theorem over all frequencies.
    variance = xp.mean(_gain(xp, ky, xp.fft.fftfreq(shape[1], dtype=xp.float64), *widths) ** 2)
    gain = xp.astype(gain / xp.sqrt(variance), white.dtype)
    transform = xp.fft.rfftn(white, axes=(-2, -1)) * gain
    margin = beam_margin(major)
    noise = xp.fft.irfftn(transform, s=shape, axes=(-2, -1))
    return noise[..., : shape[0] - margin, : shape[1] - margin]


def _gain(
    xp: Any,  # noqa: ANN401
    ky: Any,  # noqa: ANN401
    kx: Any,  # noqa: ANN401
    major: float,
    minor: float,
    position_angle: float,
) -> Any:  # noqa: ANN401
    """Transform (ky, kx) of the beam at frequencies in cycles per pixel."""
    ky, kx = ky[:, None], kx[None, :]
    sine, cosine = math.sin(position_angle), math.cos(position_angle)
    along = (cosine * ky - sine * kx) * (major * _SIGMA)
    across = (sine * ky + cosine * kx) * (minor * _SIGMA)
    return xp.exp(-2 * math.pi**2 * (along**2 + across**2))
