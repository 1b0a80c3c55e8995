"""Statistical equilibrium with the Sobolev escape probability."""

import logging
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from lineform.constants import CMB_TEMPERATURE
from lineform.excitation._gradient import (
    edge_distance,
    principal_strains,
    scale_height,
    scale_length,
)
from lineform.excitation._rates import Lines, collision_rates, partner_densities
from lineform.excitation._sobolev import Trap, along_directions, balance
from lineform.excitation.base import Progress, no_progress
from lineform.func.opacity import doppler_width
from lineform.func.populations import thermal_fractions
from lineform.species import Molecule
from lineform.state import FloatArray, State

__all__ = ["EXCITATION", "EscapeProbability"]

_log = logging.getLogger(__name__)

_BLOCK = 64
"""Points that are solved together. Their matrices fit into the cache: 256 take twice as long."""

_QUIET = 0.1
"""Share of the points that may hardly move before that is remarked on."""


@dataclass(frozen=True, slots=True)
class EscapeProbability:
    """Each point alone: photons leave, or are absorbed where they were emitted.

    Parameters
    ----------
    name : str
    tolerance : float [1]
        Relative change of the populations that ends the iteration.
    iterations : int
        At most so many.
    directions : int
        Directions from axis to equator of an eighth of the sphere, and a quarter of that around:
        with 8 and 2 the chance to escape is 0.4 % off in the mean, and 4 % at worst, where the
        gradient vanishes along some directions.

    Notes
    -----
    In statistical equilibrium as many molecules reach a level as leave it:

        sum_j (C_ji x_j - C_ij x_i) + sum_lines +-beta A [x_u (1 + n) - x_l n g_u/g_l] = 0

    with n photons in each mode of the background, and beta the chance to escape, the mean over
    directions of (1 - exp(-tau)) / tau with tau = k / sqrt((dv/ds)^2 + (sqrt(pi) b / L)^2)
    (Sobolev 1960; Castor 1970, MNRAS 149, 111; for any velocity field Rybicki & Hummer 1978,
    ApJ 219, 654). k is the absorption coefficient integrated over velocity, dv/ds the velocity
    gradient along the direction, b the width of the line, and L the distance to the edge of the
    model or the scale height of the molecule, whichever is shorter: where the gas hardly moves,
    tau is that of the line centre over L. Newton's method, from thermodynamic equilibrium.

    Holds where the velocity changes by the line width over a length in which the gas changes
    little: L dv/ds >> b, as in the accelerated and the expanding part of a wind. In static gas it
    is a rough estimate, which is logged: photons that wander through a thick cloud excite its
    outer parts, and a local method does not know of them. The line of the static cloud of van
    Zadelhoff et al. (2002, A&A 395, 373, problem 1a) is too faint by a factor of 2.5 to 4,
    depending on how much of the cloud is seen.

    It knows no radiation but that of the line and of the background: not that of a star or of
    dust. Masers are taken for thin: they do not amplify. Lines do not overlap.
    """

    name: str = "escape"
    tolerance: float = 1e-6
    iterations: int = 100
    directions: int = 8

    def fractions(
        self,
        state: State,
        molecule: Molecule,
        *,
        background: float = CMB_TEMPERATURE,
        progress: Progress = no_progress,
    ) -> FloatArray:
        """Fractions (point, level) [1]; points that do not converge are logged.

        Raises
        ------
        ConfigError
            If there are no collision rates, or none for a partner that the state has.
        """
        partners = partner_densities(state, molecule)
        lines = Lines.of(molecule, background)
        trap = self._trap(state, molecule)

        def solve(start: int) -> tuple[FloatArray, int]:
            block = slice(start, start + _BLOCK)
            temperature = state.temperature[block]
            density = {name: values[block] for name, values in partners.items()}
            return balance(
                collision_rates(molecule, temperature, density),
                thermal_fractions(temperature, molecule.energy, molecule.weight),
                lines,
                Trap(trap.ratio[block], trap.weight),
                self.tolerance,
                self.iterations,
            )

        found: list[FloatArray] = []
        failed = 0
        # NumPy lets other threads run while it solves linear equations.
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            for fractions, count in threads.map(solve, range(0, state.n_points, _BLOCK)):
                found.append(fractions)
                failed += count
                progress(min(len(found) * _BLOCK, state.n_points), state.n_points)
        if failed:
            _log.warning(
                "%s: the populations of %d of %d points have not converged to %g",
                *(molecule.name, failed, state.n_points, self.tolerance),
            )
        return np.concatenate(found)

    def _trap(self, state: State, molecule: Molecule) -> Trap:
        density = state.density[molecule.name]
        width = doppler_width(state.temperature, state.turbulence, molecule.mass)
        height, strains = scale_height(state, density), principal_strains(state)
        _remark_on_quiet_gas(state, molecule.name, strains, width, height)
        least = np.sqrt(np.pi) * width / scale_length(state, height)
        gradient, weight = along_directions(strains, least, self.directions)
        return Trap(density[:, None] / gradient, weight)


def _remark_on_quiet_gas(
    state: State, name: str, strains: FloatArray, width: FloatArray, height: FloatArray
) -> None:
    """Say if the method does not hold for much of the gas.

    The edge does not count as the end of the gas here: it is near somewhere in all models.
    """
    length = np.minimum(height, edge_distance(state).max())
    share = float(np.mean(np.abs(strains).max(axis=1) * length < width))
    if share > _QUIET:
        _log.warning(
            "%s: at %.0f %% of the points the velocity changes by less than the line width over the"
            " size of the gas, where escape probability is a rough estimate, off by a factor of 2"
            " and more; %s",
            name,
            100 * share,
            "take --excitation lambda"
            if state.geometry == "shells"
            else "--excitation lambda is better, for models of spherical shells alone",
        )


EXCITATION = EscapeProbability()
"""Escape probability."""
