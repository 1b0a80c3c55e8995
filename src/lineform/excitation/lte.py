"""Local thermodynamic equilibrium: collisions alone share out the molecules."""

from dataclasses import dataclass

from lineform.constants import CMB_TEMPERATURE
from lineform.excitation.base import Progress, no_progress
from lineform.func.populations import thermal_fractions
from lineform.species import Molecule
from lineform.state import FloatArray, State

__all__ = ["EXCITATION", "ThermalEquilibrium"]


@dataclass(frozen=True, slots=True)
class ThermalEquilibrium:
    """Boltzmann's law at the temperature of the gas.

    Notes
    -----
    x_i = g_i exp(-E_i / k T) / Z. Holds where collisions are faster than radiation: for
    densities well above A / C of each line, some 2e9 m-3 of H2 for CO 1-0 and 3e11 m-3 for
    SiO 2-1, or less where photons are trapped. It needs no collision rates.
    """

    name: str = "lte"

    def fractions(
        self,
        state: State,
        molecule: Molecule,
        *,
        background: float = CMB_TEMPERATURE,
        progress: Progress = no_progress,
    ) -> FloatArray:
        """Fractions (point, level) [1]; the background plays no role."""
        fractions: FloatArray = thermal_fractions(
            state.temperature, molecule.energy, molecule.weight
        )
        progress(state.n_points, state.n_points)
        return fractions


EXCITATION = ThermalEquilibrium()
"""Thermodynamic equilibrium."""
