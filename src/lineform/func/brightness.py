"""The units that observers give brightness in: Jy in a beam or pixel, and kelvin."""

import math
from typing import Any

from lineform.constants import BOLTZMANN, LIGHT_SPEED

__all__ = [
    "beam_solid_angle",
    "intensity_from_jansky",
    "intensity_from_kelvin",
    "jansky_from_intensity",
    "jansky_from_kelvin",
    "kelvin_from_jansky",
]

_JANSKY = 1e-26
"""One jansky [W m-2 Hz-1]."""


def beam_solid_angle(major: float, minor: float) -> float:
    """Integral of a Gaussian beam of height 1.

    Parameters
    ----------
    major, minor : scalar [rad]
        Full widths at half maximum.

    Returns
    -------
    scalar [sr]

    Notes
    -----
    pi / (4 ln 2) times the product of the widths; the sky is flat over the beam.
    """
    return math.pi / (4 * math.log(2)) * major * minor


def jansky_from_intensity(intensity: Any, solid_angle: float) -> Any:  # noqa: ANN401
    """Flux density in a beam or in a pixel.

    Parameters
    ----------
    intensity : (...) [W m-2 Hz-1 sr-1]
    solid_angle : scalar [sr]
        Of the beam or the pixel.

    Returns
    -------
    (...) [Jy]
    """
    return intensity * (solid_angle / _JANSKY)


def intensity_from_jansky(flux: Any, solid_angle: float) -> Any:  # noqa: ANN401
    """Intensity that gives a flux density in a beam or in a pixel.

    Parameters
    ----------
    flux : (...) [Jy]
    solid_angle : scalar [sr]
        Of the beam or the pixel.

    Returns
    -------
    (...) [W m-2 Hz-1 sr-1]
    """
    return flux * (_JANSKY / solid_angle)


def intensity_from_kelvin(temperature: Any, frequency: Any) -> Any:  # noqa: ANN401
    """Intensity of a brightness temperature, by the Rayleigh-Jeans law.

    Parameters
    ----------
    temperature : (...) [K]
    frequency : scalar or broadcast to `temperature` [Hz]
        That of the line at rest, as radio astronomers have it, or that of each channel.

    Returns
    -------
    (...) [W m-2 Hz-1 sr-1]
    """
    return temperature * (2 * BOLTZMANN * frequency**2 / LIGHT_SPEED**2)


def jansky_from_kelvin(
    temperature: Any,  # noqa: ANN401
    frequency: Any,  # noqa: ANN401
    solid_angle: float,
) -> Any:  # noqa: ANN401
    """Flux density in a beam or pixel of a brightness temperature, by the Rayleigh-Jeans law.

    Parameters
    ----------
    temperature : (...) [K]
    frequency : scalar or broadcast to `temperature` [Hz]
    solid_angle : scalar [sr]

    Returns
    -------
    (...) [Jy]
    """
    return jansky_from_intensity(intensity_from_kelvin(temperature, frequency), solid_angle)


def kelvin_from_jansky(flux: Any, frequency: Any, solid_angle: float) -> Any:  # noqa: ANN401
    """Brightness temperature of a flux density in a beam or pixel, by the Rayleigh-Jeans law.

    Parameters
    ----------
    flux : (...) [Jy]
    frequency : scalar or broadcast to `flux` [Hz]
    solid_angle : scalar [sr]

    Returns
    -------
    (...) [K]
    """
    per_kelvin = jansky_from_kelvin(1.0, frequency, solid_angle)
    return flux / per_kelvin
