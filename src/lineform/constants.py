"""Physical constants in SI, exact where the SI defines them, otherwise CODATA 2018 and IAU 2015."""

from typing import Final

__all__ = [
    "ATOMIC_MASS",
    "AU",
    "BOLTZMANN",
    "CMB_TEMPERATURE",
    "DEBYE",
    "GRAVITY",
    "LIGHT_SPEED",
    "PLANCK",
    "PROTON_MASS",
    "SOLAR_GM",
    "VACUUM_PERMITTIVITY",
]

LIGHT_SPEED: Final = 299792458.0
"""Speed of light [m s-1]."""

PLANCK: Final = 6.62607015e-34
"""Planck constant [J s]."""

BOLTZMANN: Final = 1.380649e-23
"""Boltzmann constant [J K-1]."""

ATOMIC_MASS: Final = 1.66053906660e-27
"""Unified atomic mass unit [kg]."""

PROTON_MASS: Final = 1.67262192369e-27
"""Mass of the proton [kg]."""

VACUUM_PERMITTIVITY: Final = 8.8541878128e-12
"""Electric constant [F m-1]."""

GRAVITY: Final = 6.67430e-11
"""Newtonian constant of gravitation [m3 kg-1 s-2]."""

SOLAR_GM: Final = 1.3271244e20
"""Nominal solar mass parameter, IAU 2015 Resolution B3 [m3 s-2]."""

DEBYE: Final = 1e-21 / LIGHT_SPEED
"""One debye [C m]."""

CMB_TEMPERATURE: Final = 2.725
"""Temperature of the cosmic microwave background, Fixsen 2009, rounded [K]."""

AU: Final = 1.495978707e11
"""Astronomical unit, IAU 2012 Resolution B2 [m]."""
