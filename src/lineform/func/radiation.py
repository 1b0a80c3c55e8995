"""Black bodies and brightness."""

from typing import Any

from array_api_compat import array_namespace

from lineform.constants import BOLTZMANN, LIGHT_SPEED, PLANCK

__all__ = ["brightness_temperature", "planck"]


def planck(frequency: float, temperature: Any) -> Any:  # noqa: ANN401
    """Specific intensity of a black body.

    Parameters
    ----------
    frequency : scalar [Hz]
    temperature : (...) [K]

    Returns
    -------
    (...) [W m-2 Hz-1 sr-1]
    """
    xp = array_namespace(temperature)
    scale = 2 * PLANCK * frequency**3 / LIGHT_SPEED**2
    x = PLANCK * frequency / (BOLTZMANN * temperature)
    # Not 1 / expm1(x), which overflows for cold gas at high frequencies.
    return scale * xp.exp(-x) / -xp.expm1(-x)


def brightness_temperature(intensity: Any, frequency: float) -> Any:  # noqa: ANN401
    """Temperature with which the Rayleigh-Jeans law gives an intensity.

    Parameters
    ----------
    intensity : (...) [W m-2 Hz-1 sr-1]
    frequency : scalar [Hz]

    Returns
    -------
    (...) [K]
    """
    return intensity * (LIGHT_SPEED**2 / (2 * BOLTZMANN * frequency**2))
