"""What a cube is reduced to: spectrum and moment maps."""

from dataclasses import dataclass
from typing import Any

from array_api_compat import array_namespace

from lineform.func.radiation import brightness_temperature

__all__ = ["Reduced", "moment_maps", "reduced", "spectrum"]


@dataclass(frozen=True, slots=True)
class Reduced:
    """Spectrum and moment maps of a cube.

    Parameters
    ----------
    spectrum : (channel,) [Jy]
    moment0 : (y, x) [K km/s]
    moment1, moment2 : (y, x) [km/s]
    """

    spectrum: Any
    moment0: Any
    moment1: Any
    moment2: Any


def reduced(
    intensity: Any,  # noqa: ANN401
    velocity: Any,  # noqa: ANN401
    frequency: float,
    pixel_solid_angle: float,
) -> Reduced:
    """All that the data format keeps besides the cube.

    Parameters
    ----------
    intensity : (channel, y, x) [W m-2 Hz-1 sr-1]
    velocity : (channel,) [km/s]
        Equally spaced.
    frequency : scalar [Hz]
        Of the line at rest.
    pixel_solid_angle : scalar [sr]

    Returns
    -------
    Reduced
    """
    integral, mean, dispersion = moment_maps(intensity, velocity)
    return Reduced(
        spectrum=spectrum(intensity, pixel_solid_angle),
        moment0=brightness_temperature(integral, frequency),
        moment1=mean,
        moment2=dispersion,
    )


def spectrum(intensity: Any, pixel_solid_angle: float) -> Any:  # noqa: ANN401
    """Flux density of the whole cube in each channel.

    Parameters
    ----------
    intensity : (channel, y, x) [W m-2 Hz-1 sr-1]
    pixel_solid_angle : scalar [sr]

    Returns
    -------
    (channel,) [Jy]
    """
    xp = array_namespace(intensity)
    return xp.sum(intensity, axis=(1, 2)) * (pixel_solid_angle * 1e26)


def moment_maps(
    intensity: Any,  # noqa: ANN401
    velocity: Any,  # noqa: ANN401
    floor: float = 1e-3,
) -> tuple[Any, Any, Any]:
    """Integral over velocity, mean velocity and velocity dispersion.

    Parameters
    ----------
    intensity : (channel, y, x) [any]
    velocity : (channel,) [km/s]
        Equally spaced.
    floor : scalar [1]
        A pixel whose integral is below this part of the largest one has no emission.

    Returns
    -------
    integral : (y, x) [intensity km/s]
    mean, dispersion : (y, x) [km/s]
        NaN where there is no emission.
    """
    xp = array_namespace(intensity, velocity)
    width = xp.abs(velocity[1] - velocity[0])
    total = xp.sum(intensity, axis=0)
    bright = total > floor * xp.max(total)
    safe = xp.where(bright, total, xp.ones_like(total))
    v = velocity[:, None, None]
    mean = xp.sum(intensity * v, axis=0) / safe
    # About the mean, not <v^2> - <v>^2: that difference loses digits in float32.
    variance = xp.sum(intensity * (v - mean) ** 2, axis=0) / safe
    nothing = xp.full_like(total, xp.nan)
    # Absorption against the background can make the variance of a faint pixel negative.
    dispersion = xp.sqrt(xp.where(variance > 0, variance, xp.zeros_like(variance)))
    return total * width, xp.where(bright, mean, nothing), xp.where(bright, dispersion, nothing)
