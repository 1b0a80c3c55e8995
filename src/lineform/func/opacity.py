"""Absorption by a spectral line and its width."""

from typing import Any

from array_api_compat import array_namespace

from lineform.constants import BOLTZMANN, LIGHT_SPEED, PLANCK

__all__ = ["doppler_width", "line_absorption"]


def doppler_width(temperature: Any, turbulence: Any, mass: float) -> Any:  # noqa: ANN401
    """Half-width of a line at 1/e of its height, in velocity.

    Parameters
    ----------
    temperature : (...) [K]
    turbulence : (...) [m s-1]
        Most probable turbulent speed.
    mass : scalar [kg]
        Mass of the molecule.

    Returns
    -------
    (...) [m s-1]
    """
    xp = array_namespace(temperature, turbulence)
    return xp.sqrt(2 * BOLTZMANN * temperature / mass + turbulence**2)


def line_absorption(
    lower_density: Any,  # noqa: ANN401
    temperature: Any,  # noqa: ANN401
    frequency: float,
    einstein_a: float,
    weight_ratio: float,
) -> Any:  # noqa: ANN401
    """Absorption coefficient integrated over velocity, less stimulated emission.

    Parameters
    ----------
    lower_density : (...) [m-3]
        Molecules in the lower level.
    temperature : (...) [K]
        Excitation temperature of the line.
    frequency : scalar [Hz]
    einstein_a : scalar [s-1]
    weight_ratio : scalar [1]
        Statistical weight of the upper over that of the lower level.

    Returns
    -------
    (...) [s-1]
        Absorption per length times velocity; times a profile in [s m-1] it is per metre.

    Notes
    -----
    c^3 / (8 pi nu^3) A g_u/g_l n_l (1 - exp(-h nu / k T)): Rybicki & Lightman 1979, sec. 1.6,
    with the profile taken over velocity instead of frequency, phi_nu = phi_v c / nu.
    """
    xp = array_namespace(lower_density, temperature)
    cross_section = LIGHT_SPEED**3 / (8 * xp.pi * frequency**3) * einstein_a * weight_ratio
    # expm1: at 2000 K and 100 GHz the bracket is 2e-3 and would lose digits in float32.
    stimulated = -xp.expm1(-PLANCK * frequency / (BOLTZMANN * temperature))
    return cross_section * lower_density * stimulated
