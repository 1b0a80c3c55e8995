"""Newton's method for level populations in which lines trap their own photons."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lineform.excitation._rates import Lines, steady_state
from lineform.func.escape import escape_probability, escape_slope
from lineform.state import FloatArray

__all__ = ["Trap", "along_directions", "balance"]

_LEAST = 1e-8
"""Fractions that are smaller need not converge relative to themselves [1]."""

_THICK = 1.0
_DROP = 0.1
"""A line that is thicker than that is let down to this share of its absorption in one step."""

_PATIENT = 12
"""Steps after which half steps are taken, which ends cycles about lines of no absorption."""


@dataclass(frozen=True, slots=True, eq=False)
class Trap:
    """What makes lines thick.

    Parameters
    ----------
    ratio : (point, direction) [s m-3]
        Density of the molecules over the velocity gradient along each direction.
    weight : (direction,) [1]
        Shares of the sphere, with the sum 1.
    """

    ratio: FloatArray
    weight: FloatArray

    def at(self, points: NDArray[np.integer]) -> "Trap":
        """The same at some of the points."""
        return Trap(self.ratio[points], self.weight)

    def escape(self, absorption: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Mean escape probability and its derivative by the logarithm of the absorption.

        Parameters
        ----------
        absorption : (point, line) [m3 s-1]
            Of each molecule. A maser is taken for thin.

        Returns
        -------
        two of (point, line) [1]
        """
        depth = np.maximum(absorption[:, :, None] * self.ratio[:, None, :], 0)
        chance = escape_probability(depth)
        return chance @ self.weight, (escape_slope(depth, chance) * depth) @ self.weight


def along_directions(
    strains: FloatArray, least: FloatArray, order: int
) -> tuple[FloatArray, FloatArray]:
    """Velocity gradients along directions that sample the sphere.

    Parameters
    ----------
    strains : (point, 3) [s-1]
        Principal strains.
    least : (point,) [s-1]
        Gradient at which the gas ends before the line has shifted by its width.
    order : int
        Directions from the last principal axis to its plane, and a quarter of that about it, in
        an eighth of the sphere.

    Returns
    -------
    gradient (point, direction) [s-1], never less than `least`, and weight (direction,) [1]
    """
    node, share = np.polynomial.legendre.leggauss(order)
    around = max(order // 4, 1)
    mu2 = np.repeat(((node + 1) / 2) ** 2, around)
    phi = np.tile((np.arange(around) + 0.5) * (np.pi / 2 / around), order)
    squared = np.stack([(1 - mu2) * np.cos(phi) ** 2, (1 - mu2) * np.sin(phi) ** 2, mu2])
    return np.hypot(strains @ squared, least[:, None]), np.repeat(share / (2 * around), around)


def balance(
    collisions: FloatArray,
    fractions: FloatArray,
    lines: Lines,
    trap: Trap,
    tolerance: float,
    iterations: int,
) -> tuple[FloatArray, int]:
    """Populations in statistical equilibrium.

    Parameters
    ----------
    collisions : (point, level, level) [s-1]
        Rates of collisions into the second from the third level.
    fractions : (point, level) [1]
        To begin with: those of thermodynamic equilibrium, in which no line is a maser.
    lines : Lines
    trap : Trap
    tolerance : float [1]
        Relative change that ends the iteration.
    iterations : int
        At most so many.

    Returns
    -------
    (point, level) [1], and the number of points that have not converged

    Notes
    -----
    A step never takes more than nine tenths of the absorption of a thick line away: lines
    would jump over the steep part of the escape probability into a maser and back for ever.
    """
    fractions = fractions.copy()
    active = np.arange(len(fractions))
    for count in range(iterations):
        old, here = fractions[active], trap.at(active)
        new = _step(collisions[active], old, lines, here)
        change = (np.abs(new - old) / (np.abs(new) + _LEAST)).max(axis=1)
        fractions[active] = _held_back(old, new, lines, here, 1.0 if count < _PATIENT else 0.5)
        active = active[change > tolerance]
        if not active.size:
            break
    return fractions, active.size


def _step(matrix: FloatArray, old: FloatArray, lines: Lines, trap: Trap) -> FloatArray:
    """One step of Newton's method; overwrites the matrix of collisions."""
    absorption = lines.absorption(old)
    chance, slope = trap.escape(absorption)
    emitted = chance * lines.einstein_a * (1 + lines.occupation)
    absorbed = chance * lines.einstein_a * lines.ratio * lines.occupation
    net = lines.einstein_a * (
        (1 + lines.occupation) * old[:, lines.upper]
        - lines.ratio * lines.occupation * old[:, lines.lower]
    )
    # The slope is 0 where the absorption is.
    bend = net * slope * lines.strength / np.where(absorption == 0, 1, absorption)
    matrix[:, lines.lower, lines.upper] += emitted - bend
    matrix[:, lines.upper, lines.lower] += absorbed - bend * lines.ratio
    return steady_state(matrix, lines.moved(net * slope))


def _held_back(
    old: FloatArray, new: FloatArray, lines: Lines, trap: Trap, share: float
) -> FloatArray:
    """As far from the old towards the new fractions as is safe."""
    new = np.maximum(new, _DROP * old)
    new /= new.sum(axis=1, keepdims=True)
    before, after = lines.absorption(old), lines.absorption(new)
    thick = before * trap.ratio.max(axis=1)[:, None] > _THICK
    far = thick & (after < _DROP * before)
    reach = (1 - _DROP) * before / np.where(far, before - after, 1)
    part = share * np.where(far, reach, 1.0).min(axis=1)
    return np.asarray(old + part[:, None] * (new - old))
