"""Convolution of images with a Gaussian beam."""

import math
from typing import Any

from array_api_compat import array_namespace

__all__ = ["gaussian_beam"]

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
    margin = math.ceil(2 * max(major, minor))
    ny, nx = image.shape[-2:]
    shape = (ny + margin, nx + margin)
    ky = xp.fft.fftfreq(shape[0])[:, None]
    kx = xp.fft.rfftfreq(shape[1])[None, :]
    sine, cosine = math.sin(position_angle), math.cos(position_angle)
    along = (cosine * ky - sine * kx) * (major * _SIGMA)
    across = (sine * ky + cosine * kx) * (minor * _SIGMA)
    gain = xp.astype(xp.exp(-2 * math.pi**2 * (along**2 + across**2)), image.dtype)
    transform = xp.fft.rfftn(image, s=shape, axes=(-2, -1)) * gain
    return xp.fft.irfftn(transform, s=shape, axes=(-2, -1))[..., :ny, :nx]
