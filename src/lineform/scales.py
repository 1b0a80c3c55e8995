"""Units of hydrodynamics codes: what a code's 1 is in SI."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from lineform.constants import BOLTZMANN, PROTON_MASS
from lineform.errors import ConfigError

__all__ = ["SCALES", "CodeUnits", "code_units"]

SCALES = {
    "length": "m",
    "density": "kg/m3",
    "number_density": "m-3",
    "mass": "kg",
    "velocity": "m/s",
    "time": "s",
    "temperature": "K",
}
"""Units that can be given, and the SI unit of each."""

_CHOICES = (("length",), ("density", "number_density", "mass"), ("velocity", "time", "temperature"))


@dataclass(frozen=True, slots=True)
class CodeUnits:
    """What one code unit is in SI.

    Parameters
    ----------
    length : float [m]
    density : float [kg m-3]
    velocity : float [m s-1]
    origin : str
        Where they come from, for the attributes of the file.
    """

    length: float
    density: float
    velocity: float
    origin: str = ""

    @property
    def mass(self) -> float:
        """Unit of mass [kg]."""
        return self.density * self.length**3

    @property
    def time(self) -> float:
        """Unit of time [s]."""
        return self.length / self.velocity


def code_units(given: Mapping[str, float], origin: str, helium: float = 0.1) -> CodeUnits | None:
    """The units that follow from those given, or None where none is.

    Parameters
    ----------
    given : key of `SCALES` -> [SI]
        Three: the length, one of density, number density and mass, and one of velocity, time
        and temperature.
    origin : str
    helium : float
        Helium atoms per hydrogen atom, for the number density and the temperature.

    Raises
    ------
    ConfigError
        If one of the three is missing or given twice, or is not positive.

    Notes
    -----
    As in AMRVAC: the number density counts hydrogen nuclei, rho = (1 + 4 He) m_p n, and the
    temperature is that of a gas fully ionised, p = (2 + 3 He) n k T.
    """
    if not given:
        return None
    for name, number in given.items():
        if not (number > 0 and math.isfinite(number)):
            raise ConfigError(f"unit of {name}", expected="a positive number", seen=str(number))
    for choice in _CHOICES:
        chosen = [name for name in choice if name in given]
        if len(chosen) != 1:
            raise ConfigError(
                f"units from {origin}",
                expected=f"exactly one of {', '.join(_option(name) for name in choice)}",
                seen=", ".join(_option(name) for name in sorted(given)),
            )
    density = _density(given, helium)
    return CodeUnits(given["length"], density, _velocity(given, helium), origin)


def _option(name: str) -> str:
    return f"--unit-{name.replace('_', '-')}"


def _density(given: Mapping[str, float], helium: float) -> float:
    if "density" in given:
        return given["density"]
    if "mass" in given:
        return given["mass"] / given["length"] ** 3
    return (1 + 4 * helium) * PROTON_MASS * given["number_density"]


def _velocity(given: Mapping[str, float], helium: float) -> float:
    if "velocity" in given:
        return given["velocity"]
    if "time" in given:
        return given["length"] / given["time"]
    particle = (1 + 4 * helium) * PROTON_MASS / (2 + 3 * helium)
    return math.sqrt(BOLTZMANN * given["temperature"] / particle)
