"""Spectral coordinates of every kind as vacuum wavelengths (Greisen et al. 2006)."""

from typing import Literal, TypeAlias

import numpy as np

from portal.fits.air import vacuum_of_air

__all__ = ["SI", "SPEED_OF_LIGHT", "VELOCITIES", "Quantity", "extremes", "wavelength"]

Quantity: TypeAlias = Literal[
    "wavelength",
    "air",
    "frequency",
    "energy",
    "wavenumber",
    "radio",
    "optical",
    "relativistic",
    "redshift",
    "beta",
]

SI: dict[Quantity, str] = {
    "wavelength": "m",
    "air": "m",
    "frequency": "Hz",
    "energy": "J",
    "wavenumber": "1/m",
    "radio": "m/s",
    "optical": "m/s",
    "relativistic": "m/s",
    "redshift": "",
    "beta": "",
}
"""The unit of each quantity below."""

VELOCITIES = frozenset(("radio", "optical", "relativistic", "redshift", "beta"))
"""Quantities that mean a wavelength only beside a rest wavelength."""

SPEED_OF_LIGHT = 299792458.0
_PLANCK = 6.62607015e-34

# From photons of 1 PeV to waves of 10 km: what lies beyond was misread.
_SHORTEST, _LONGEST = 1.0e-21, 1.0e4


def wavelength(quantity: Quantity, values: np.ndarray, rest: float | None) -> np.ndarray:
    """Vacuum wavelengths at the spectral coordinates `values`.

    Parameters
    ----------
    quantity
        What the coordinate is: a wavelength in vacuum or in air, a frequency, a photon energy, a
        wave number; a velocity of the radio (VRAD), optical (VOPT) or relativistic (VELO)
        definition; a redshift (ZOPT), or a relativistic velocity over that of light (BETA).
    values : (...) [`SI` of the quantity]
    rest : scalar [m]
        Rest wavelength in vacuum, used by velocities only.

    Returns
    -------
    (...) [m]
        Not finite where a coordinate means none.
    """
    with np.errstate(all="ignore"):
        match quantity:
            case "wavelength":
                return values
            case "air":
                return vacuum_of_air(values)
            case "frequency":
                return SPEED_OF_LIGHT / values
            case "energy":
                return _PLANCK * SPEED_OF_LIGHT / values
            case "wavenumber":
                return 1.0 / values
        stretch = _stretch(quantity, values)
    return np.full(values.shape, np.nan) if rest is None else rest * stretch


def _stretch(quantity: Quantity, values: np.ndarray) -> np.ndarray:
    """Wavelength over rest wavelength."""
    match quantity:
        case "redshift":
            return 1.0 + values
        case "optical":
            return 1.0 + values / SPEED_OF_LIGHT
        case "radio":
            return 1.0 / (1.0 - values / SPEED_OF_LIGHT)
        case "relativistic":
            values = values / SPEED_OF_LIGHT
    return np.sqrt((1.0 + values) / (1.0 - values))


def extremes(metres: np.ndarray) -> tuple[float, float] | None:
    """The smallest and the largest of `metres`; None unless all can be wavelengths."""
    if not metres.size or not np.isfinite(metres).all():
        return None
    low, high = float(metres.min()), float(metres.max())
    return (low, high) if low >= _SHORTEST and high <= _LONGEST else None
