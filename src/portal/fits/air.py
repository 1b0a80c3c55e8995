"""Wavelengths in air, and the same in vacuum."""

import numpy as np

__all__ = ["index_of_air", "vacuum_of_air"]

_SHORTEST = 2.0e-7
"""Below this wavelength the air is opaque, and even lists "in air" are in vacuum [m]."""


def index_of_air(vacuum: np.ndarray) -> np.ndarray:
    """Refractive index of standard air at the vacuum wavelengths `vacuum`.

    Parameters
    ----------
    vacuum : (...) [m]
        Longer than 200 nm.

    Returns
    -------
    (...) [1]

    Notes
    -----
    Ciddor (1996, Applied Optics 35, 1566, eq. 1): dry air at 15 degC and 101325 Pa with 450 ppm
    of CO2, which is what spectroscopists call air; it agrees with IAU Commission 14 (Edlen 1953,
    Morton 1991) to 2e-8. The formula of FITS paper III (Greisen et al. 2006, eq. 65) is that of
    air at 0 degC, 1.5e-5 more, and no instrument calibrates to it: it is not used.
    """
    squared = (1e-6 / vacuum) ** 2
    return 1.0 + 0.05792105 / (238.0185 - squared) + 0.00167917 / (57.362 - squared)


def vacuum_of_air(air: np.ndarray) -> np.ndarray:
    """Vacuum wavelengths of light that has the wavelengths `air` in standard air.

    Parameters
    ----------
    air : (...) [m]
        Those below 200 nm are taken as given.

    Returns
    -------
    (...) [m]
    """
    inside = np.where(air > _SHORTEST, air, 1e-6)
    vacuum = inside * index_of_air(inside)
    # The index belongs to the vacuum wavelength; once more leaves less than 1e-12.
    vacuum = inside * index_of_air(vacuum)
    return np.where(air > _SHORTEST, vacuum, air)
