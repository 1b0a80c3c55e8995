"""Rates at which collisions and radiation take molecules from level to level."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lineform.constants import BOLTZMANN, LIGHT_SPEED, PLANCK
from lineform.errors import ConfigError
from lineform.func.populations import thermal_fractions
from lineform.species import Collisions, Molecule
from lineform.state import FloatArray, State

__all__ = ["Lines", "collision_rates", "partner_densities", "steady_state"]

_log = logging.getLogger(__name__)

_LINK = 1e-13
"""Rate that joins levels which neither light nor collisions join, over the largest Einstein A."""


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """The lines of a molecule as arrays over (line,).

    Parameters
    ----------
    upper, lower : levels
    einstein_a : [s-1]
    ratio : [1]
        Statistical weight of the upper over that of the lower level.
    strength : [m3 s-1]
        c3 A / (8 pi nu3): times the difference of populations it is the absorption
        coefficient integrated over velocity [s-1].
    occupation : [1]
        Photons in each mode of the background.
    shift : (line, level) [1]
        1 at the upper, -1 at the lower level.
    """

    upper: NDArray[np.integer]
    lower: NDArray[np.integer]
    einstein_a: FloatArray
    ratio: FloatArray
    strength: FloatArray
    occupation: FloatArray
    shift: FloatArray

    @classmethod
    def of(cls, molecule: Molecule, background: float) -> "Lines":
        """The lines of `molecule` before a black body of `background` kelvin."""
        upper = np.array([line.upper for line in molecule.lines])
        lower = np.array([line.lower for line in molecule.lines])
        frequency = np.array([line.frequency for line in molecule.lines])
        einstein_a = np.array([line.einstein_a for line in molecule.lines])
        with np.errstate(over="ignore", divide="ignore"):
            photon = np.divide(PLANCK * frequency, BOLTZMANN * background)
            occupation = 1 / np.expm1(photon)
        return cls(
            upper=upper,
            lower=lower,
            einstein_a=einstein_a,
            ratio=molecule.weight[upper] / molecule.weight[lower],
            strength=LIGHT_SPEED**3 * einstein_a / (8 * np.pi * frequency**3),
            occupation=occupation,
            shift=np.eye(len(molecule.energy))[upper] - np.eye(len(molecule.energy))[lower],
        )

    def absorption(self, fractions: FloatArray) -> FloatArray:
        """Strength of absorption less stimulated emission for each molecule.

        Parameters
        ----------
        fractions : (point, level) [1]

        Returns
        -------
        (point, line) [m3 s-1]
        """
        difference = self.ratio * fractions[:, self.lower] - fractions[:, self.upper]
        return self.strength * difference

    def moved(self, flow: FloatArray) -> FloatArray:
        """What levels gain if molecules go up.

        Parameters
        ----------
        flow : (point, line) [s-1]
            From the lower to the upper level of each line.

        Returns
        -------
        (point, level) [s-1]
        """
        return np.asarray(flow @ self.shift)


def partner_densities(state: State, molecule: Molecule) -> dict[str, FloatArray]:
    """Density of each partner for which the molecule has collision rates and the state gas.

    H2 stands for both of its forms: where the molecule has rates for each of them and the state
    knows H2 alone, it is shared out with a ratio of ortho to para of
    min(3, 9 exp(-170.6 K / T)), that of thermal equilibrium at low and at high temperatures.

    Raises
    ------
    ConfigError
        If the molecule has no collision rates, or the state none of its partners.
    """
    if not molecule.collisions:
        raise ConfigError(
            f"collision rates of {molecule.name}",
            expected="some in its molecular data",
            seen="none",
            way_out="give a LAMDA file with --lamda, or take --excitation lte",
        )
    known = [rates.partner for rates in molecule.collisions]
    found = {
        name: density for name in known if (density := _density(state, name, known)) is not None
    }
    if not found:
        raise ConfigError(
            f"collision partners of {molecule.name}",
            expected=f"the density of at least one of {', '.join(sorted(known))}",
            seen=f"a model with {', '.join(sorted(state.density))}",
            way_out="convert the model with the density of H2, or take --excitation lte",
        )
    if missing := sorted(set(known) - set(found)):
        _log.info("%s: no collisions with %s, which the model lacks", molecule.name, missing)
    for rates in molecule.collisions:
        if rates.partner in found:
            _warn_outside(molecule.name, rates, state.temperature)
    return found


def _density(state: State, partner: str, known: list[str]) -> FloatArray | None:
    if partner in state.density:
        return state.density[partner]
    forms = [state.density[form] for form in ("pH2", "oH2") if form in state.density]
    if partner == "H2" and forms:
        return np.asarray(np.sum(forms, axis=0))
    if partner not in ("pH2", "oH2") or "H2" not in state.density or forms or "H2" in known:
        return None
    if not {"pH2", "oH2"} <= set(known):
        _log.info("rates for %s stand for all of H2", partner)
        return state.density["H2"]
    ratio = np.minimum(3.0, 9 * np.exp(-170.6 / state.temperature))
    _log.info("H2 shared out to %s at the thermal ratio of ortho to para, at most 3", partner)
    share = 1 / (1 + ratio)
    return np.asarray(state.density["H2"] * (share if partner == "pH2" else 1 - share))


def _warn_outside(name: str, rates: Collisions, temperature: FloatArray) -> None:
    low, high = rates.temperature[0], rates.temperature[-1]
    outside = int(np.count_nonzero((temperature < low) | (temperature > high)))
    if outside:
        _log.warning(
            "%s with %s: %d of %d points are outside %g to %g K (%.4g to %.4g K) and get the rates"
            " of the nearest temperature",
            *(name, rates.partner, outside, temperature.size, low, high),
            *(temperature.min(), temperature.max()),
        )


def collision_rates(
    molecule: Molecule, temperature: FloatArray, density: Mapping[str, FloatArray]
) -> FloatArray:
    """Rates of collisions with all partners.

    Parameters
    ----------
    molecule : Molecule
    temperature : (point,) [K]
    density : partner -> (point,) [m-3]

    Returns
    -------
    (point, level, level) [s-1]
        Into the second from the third level; the diagonal is 0.

    Notes
    -----
    Down-rates are linear in temperature between those of the table, as in RADEX (van der Tak
    et al. 2007, A&A 468, 627) and Magritte, and constant outside. Up-rates follow from detailed
    balance, C_lu = C_ul g_u/g_l exp(-(E_u - E_l) / k T). A rate of 1e-13 of the largest Einstein
    A, in detailed balance too, joins levels that nothing else joins.
    """
    thermal = thermal_fractions(temperature, molecule.energy, molecule.weight)
    link = _LINK * max((line.einstein_a for line in molecule.lines), default=1.0)
    matrix = np.repeat((link * thermal)[:, :, None], thermal.shape[1], axis=2)
    for rates in molecule.collisions:
        if rates.partner not in density:
            continue
        down = _interpolated(rates, temperature) * density[rates.partner][:, None]
        gap = molecule.energy[rates.upper] - molecule.energy[rates.lower]
        weights = molecule.weight[rates.upper] / molecule.weight[rates.lower]
        up = down * weights * np.exp(-gap / (BOLTZMANN * temperature[:, None]))
        matrix[:, rates.lower, rates.upper] += down
        matrix[:, rates.upper, rates.lower] += up
    diagonal = np.arange(matrix.shape[1])
    matrix[:, diagonal, diagonal] = 0
    return matrix


def _interpolated(rates: Collisions, temperature: FloatArray) -> FloatArray:
    """Down-rates (point, transition) [m3 s-1]."""
    grid = rates.temperature
    if len(grid) == 1:
        return np.broadcast_to(rates.rate[:, 0], (len(temperature), len(rates.rate)))
    clamped = np.clip(temperature, grid[0], grid[-1])
    left = np.clip(np.searchsorted(grid, clamped) - 1, 0, len(grid) - 2)
    share = ((clamped - grid[left]) / (grid[left + 1] - grid[left]))[:, None]
    table = rates.rate.T
    return np.asarray((1 - share) * table[left] + share * table[left + 1])


def steady_state(rates: FloatArray, gain: FloatArray | None = None) -> FloatArray:
    """Fractions that stay as they are.

    Parameters
    ----------
    rates : (point, level, level) [s-1]
        Into the second from the third level. The diagonal is not looked at; it is set.
    gain : (point, level) [s-1], or None
        Further net gain of each level, with the sum 0.

    Returns
    -------
    (point, level) [1]
        With the sum 1.
    """
    levels = rates.shape[1]
    diagonal = np.arange(levels)
    rates[:, diagonal, diagonal] = 0
    rates[:, diagonal, diagonal] = -rates.sum(axis=1)
    right = np.zeros(rates.shape[:2]) if gain is None else -gain
    scale = -1 / rates[:, diagonal, diagonal]
    rates *= scale[:, :, None]
    right *= scale
    # Any one of the equations follows from the others; the sum takes its place.
    rates[:, 0, :] = 1
    right[:, 0] = 1
    return np.asarray(np.linalg.solve(rates, right[:, :, None])[:, :, 0])
