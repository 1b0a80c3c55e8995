"""From the gas along rays to what it does to the light of a line."""

import logging
from functools import cache
from typing import NamedTuple

import numpy as np

from lineform.constants import BOLTZMANN, PLANCK
from lineform.func.opacity import line_absorption
from lineform.func.populations import boltzmann_fraction, partition_function
from lineform.func.radiation import planck
from lineform.species import Line, Molecule
from lineform.state import FloatArray
from lineform.synthesis.base import Dust, Medium, Rays
from lineform.winds import H2_MASS

__all__ = ["PER_DECADE", "Slopes", "medium_of", "slopes_of"]

_log = logging.getLogger(__name__)

PER_DECADE = 150
"""Temperatures at which partition functions are summed; 2e-5 in between."""


def medium_of(
    rays: Rays, molecule: Molecule, line: Line, background: float, dust: Dust | None = None
) -> Medium:
    """What the gas does to the light of one line.

    Parameters
    ----------
    rays : Rays
    molecule : Molecule
    line : Line
    background : float [K]
        Temperature of the black body that the sources are counted from.
    dust : Dust, or None
    """
    if line in rays.excitation:
        lower, temperature = rays.lower[line], _temperature(line, rays.excitation[line])
    else:
        lower, temperature = _equilibrium(rays, molecule, line), rays.temperature
    absorption = line_absorption(
        lower * rays.density[molecule.name],
        temperature,
        line.frequency,
        line.einstein_a,
        molecule.weight[line.upper] / molecule.weight[line.lower],
    )
    strength = (absorption * rays.step).astype(rays.step.dtype)
    source = _excess(line, temperature, background)
    if dust is None:
        return Medium(strength, source)
    opacity = dust.opacity * (line.frequency / dust.frequency) ** dust.slope
    depth = (opacity * H2_MASS * rays.density["H2"] * rays.step).astype(rays.step.dtype)
    return Medium(strength, source, depth, _excess(line, rays.temperature, background))


class Slopes(NamedTuple):
    """How a medium in equilibrium changes with the logarithm of the temperature."""

    strength: FloatArray
    """Of its logarithm, (cell, ray) [1]."""
    source: FloatArray
    """(cell, ray) [W m-2 Hz-1 sr-1]."""


def slopes_of(rays: Rays, molecule: Molecule, line: Line) -> Slopes:
    """The derivatives of `medium_of` in equilibrium, without dust.

    Parameters
    ----------
    rays : Rays
    molecule : Molecule
    line : Line
    """
    temperature = rays.temperature.astype(float)
    x = PLANCK * line.frequency / (BOLTZMANN * temperature)
    energy = molecule.energy[line.lower] / (BOLTZMANN * temperature)
    table, sums = _partition_table(temperature, molecule)
    # Of the straight pieces by which the partition function is interpolated.
    pieces = np.diff(sums) / np.diff(table)
    partition = pieces[np.searchsorted(table, np.log(temperature)) - 1]
    return Slopes(
        strength=energy - partition - x / np.expm1(x),
        source=planck(line.frequency, temperature) * x / -np.expm1(-x),
    )


def _temperature(line: Line, excitation: FloatArray) -> FloatArray:
    return np.asarray(PLANCK * line.frequency / BOLTZMANN / excitation.astype(float))


def _equilibrium(rays: Rays, molecule: Molecule, line: Line) -> FloatArray:
    highest = float(molecule.energy.max() / BOLTZMANN)
    if rays.temperature.max(initial=0) > highest:
        _remark(molecule.name, highest)
    table, sums = _partition_table(rays.temperature, molecule)
    partition = np.exp(np.interp(np.log(rays.temperature), table, sums))
    fraction = boltzmann_fraction(
        rays.temperature, partition, molecule.energy[line.lower], molecule.weight[line.lower]
    )
    return np.asarray(fraction)


def _partition_table(temperature: FloatArray, molecule: Molecule) -> tuple[FloatArray, FloatArray]:
    """Logarithms of temperatures (entry,) that enclose those of the gas, and of Z there."""
    # The steps are the same wherever they begin, so that no result depends on which rays are
    # computed together.
    ends = PER_DECADE * np.log10([temperature.min(initial=1.0), temperature.max(initial=1.0)])
    table = 10 ** (np.arange(np.floor(ends[0]) - 1, np.ceil(ends[1]) + 2) / PER_DECADE)
    return np.log(table), np.log(partition_function(table, molecule.energy, molecule.weight))


@cache
def _remark(name: str, highest: float) -> None:
    # Cached: said once, not for each portion of the rays.
    _log.warning(
        "%s: some gas is hotter than the highest level in its data, %.4g K; the partition function"
        " lacks the levels above, and LTE populations there are too large",
        name,
        highest,
    )


def _excess(line: Line, temperature: FloatArray, background: float) -> FloatArray:
    # In double precision: the two may nearly agree.
    behind = planck(line.frequency, np.asarray(background))
    source = planck(line.frequency, temperature.astype(float)) - behind
    return np.asarray(source, dtype=np.float32 if temperature.itemsize == 4 else float)
