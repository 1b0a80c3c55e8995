"""Molecules: energy levels and radiative transitions, and linear rotors from constants.

The rotors serve where LAMDA files cannot be shipped. Their constants are spectroscopic
facts, cited with each of them.
"""

from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
from numpy.typing import NDArray

from lineform.constants import (
    ATOMIC_MASS,
    DEBYE,
    LIGHT_SPEED,
    PLANCK,
    VACUUM_PERMITTIVITY,
)
from lineform.errors import ConfigError
from lineform.state import FloatArray

__all__ = ["ROTORS", "Collisions", "Line", "Molecule", "Rotor", "linear_rotor"]


_FEW = 6
"""Names that an error lists."""


@dataclass(frozen=True, slots=True)
class Line:
    """One radiative transition.

    Parameters
    ----------
    species, transition : str
        Such as ``CO`` and ``2-1``, upper-lower.
    frequency : float [Hz]
    einstein_a : float [s-1]
        Rate of spontaneous emission.
    upper, lower : int
        Levels, counted from 0.
    """

    species: str
    transition: str
    frequency: float
    einstein_a: float
    upper: int
    lower: int

    @property
    def name(self) -> str:
        """Species and transition, such as ``CO_2-1``."""
        return f"{self.species}_{self.transition}"


@dataclass(frozen=True, slots=True, eq=False)
class Collisions:
    """Rates at which collisions with one partner take a molecule down from level to level.

    Parameters
    ----------
    partner : str
        Such as ``H2``, ``pH2``, ``oH2``, ``H``, ``He``, ``e-``.
    temperature : (temperature,) [K]
        Ascending.
    upper, lower : (transition,)
        Levels, counted from 0.
    rate : (transition, temperature) [m3 s-1]
        The way up follows from detailed balance.
    """

    partner: str
    temperature: FloatArray
    upper: NDArray[np.integer]
    lower: NDArray[np.integer]
    rate: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Molecule:
    """A molecule with its levels and lines.

    Parameters
    ----------
    name : str
    mass : float [kg]
    energy : (level,) [J]
        Above the lowest level.
    weight : (level,) [1]
        Statistical weights.
    lines : tuple of Line
    collisions : tuple of Collisions
        One for each partner; none where only thermodynamic equilibrium is asked for.
    """

    name: str
    mass: float
    energy: FloatArray
    weight: FloatArray
    lines: tuple[Line, ...]
    collisions: tuple[Collisions, ...] = ()

    def line(self, transition: str) -> Line:
        """The line called `transition`, such as ``2-1``.

        Raises
        ------
        ConfigError
            If the molecule has no such line.
        """
        for line in self.lines:
            if line.transition == transition:
                return line
        legal = [line.transition for line in self.lines]
        raise ConfigError(
            f"transition of {self.name}", expected=_some(legal, transition), seen=transition
        )


def _some(legal: list[str], seen: str) -> str:
    """All of a few names, or those of many that look most like the one that was seen."""
    if len(legal) <= _FEW:
        return f"one of {', '.join(sorted(legal))}"
    near = get_close_matches(seen, legal, n=_FEW, cutoff=0.0)
    return f"one of {len(legal)} lines, such as {', '.join(sorted(near))}"


@dataclass(frozen=True, slots=True)
class Rotor:
    """Constants of a linear rotor in its lowest vibrational state.

    Parameters
    ----------
    name : str
    mass : float [u]
    rotation, distortion : float [Hz]
        B0 and D0.
    dipole : float [D]
        Permanent dipole moment.
    """

    name: str
    mass: float
    rotation: float
    distortion: float
    dipole: float


ROTORS = {
    rotor.name: rotor
    for rotor in (
        # CDMS 028503; Winnewisser et al. 1997, J. Mol. Spectrosc. 184, 468.
        # Dipole: Goorvitch 1994, ApJS 95, 535.
        Rotor("CO", 27.9949, 57.63596828e9, 183.5058e3, 0.11011),
        # CDMS 027501; Ahrens et al. 2002, Z. Naturforsch. 57a, 669.
        # Dipole: Ebenstein & Muenter 1984, J. Chem. Phys. 80, 3989.
        Rotor("HCN", 27.0109, 44.3159757e9, 87.216e3, 2.985),
        # CDMS 044505; Mueller et al. 2013, J. Phys. Chem. A 117, 13843.
        # Dipole: Raymonda et al. 1970, J. Chem. Phys. 52, 3458.
        Rotor("SiO", 43.9718, 21.7119868e9, 29.888e3, 3.0982),
    )
}
"""Linear rotors known without a file, by name."""


def linear_rotor(name: str, levels: int = 101) -> Molecule:
    """A linear molecule from its rotational constants.

    Parameters
    ----------
    name : str
        A key of `ROTORS`.
    levels : int
        Number of rotational levels, from J = 0. The default holds all but 1e-3 of the
        CO molecules up to 2500 K.

    Raises
    ------
    ConfigError
        If the molecule is not listed.

    Notes
    -----
    E/h = B J(J+1) - D J^2 (J+1)^2, and A = 16 pi^3 nu^3 mu^2 J / (3 eps0 h c^3 (2J+1)) with
    J of the upper level (Townes & Schawlow 1955, ch. 1).
    """
    if name not in ROTORS:
        raise ConfigError("species", expected=f"one of {', '.join(sorted(ROTORS))}", seen=name)
    rotor = ROTORS[name]
    j = np.arange(levels, dtype=float)
    frequency_of_level = rotor.rotation * j * (j + 1) - rotor.distortion * (j * (j + 1)) ** 2
    return Molecule(
        name=name,
        mass=rotor.mass * ATOMIC_MASS,
        energy=PLANCK * frequency_of_level,
        weight=2 * j + 1,
        lines=tuple(_rotor_line(rotor, upper) for upper in range(1, levels)),
    )


def _rotor_line(rotor: Rotor, upper: int) -> Line:
    frequency = 2 * rotor.rotation * upper - 4 * rotor.distortion * upper**3
    dipole = rotor.dipole * DEBYE
    strength = upper / (2 * upper + 1)
    einstein_a = (
        16 * np.pi**3 * frequency**3 * dipole**2 * strength
        / (3 * VACUUM_PERMITTIVITY * PLANCK * LIGHT_SPEED**3)
    )  # fmt: skip
    return Line(
        species=rotor.name,
        transition=f"{upper}-{upper - 1}",
        frequency=frequency,
        einstein_a=float(einstein_a),
        upper=upper,
        lower=upper - 1,
    )
