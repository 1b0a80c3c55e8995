"""The plain engine: local thermodynamic equilibrium, cell after cell from far to near."""

from collections.abc import Sequence

import numpy as np

from lineform.func.opacity import doppler_width, line_absorption
from lineform.func.populations import boltzmann_fraction, partition_function
from lineform.func.profile import averaged_gaussian
from lineform.func.radiation import planck
from lineform.func.transfer import through_cell
from lineform.species import Line, Molecule
from lineform.state import FloatArray
from lineform.synthesis.base import Rays

__all__ = ["lte_cubes"]

_TABLE = np.geomspace(1.0, 1e4, 600)
"""Temperatures [K] at which partition functions are summed; 2e-5 in between."""

_NEGLIGIBLE = 1e-9
"""A plane of cells that is thinner than this at the line centre changes nothing."""

_WING = 6.0
"""Doppler widths from the line centre; beyond, the profile is below 2e-16 of its height."""


def lte_cubes(
    rays: Rays,
    molecule: Molecule,
    lines: Sequence[Line],
    velocity: FloatArray,
    background: float,
) -> list[FloatArray]:
    """Cubes of `lines` less the background; see `lineform.synthesis.base.Engine`.

    The lines share the line profile, which takes most of the time.
    """
    width = doppler_width(rays.temperature, rays.turbulence, molecule.mass)
    partition = _partition(molecule, rays.temperature)
    media = [_medium(rays, molecule, line, partition, background) for line in lines]
    channels = velocity.astype(np.float32)[:, None, None]
    shape = (len(velocity), *rays.temperature.shape[1:])
    cubes = [np.zeros(shape, dtype=np.float32) for _ in lines]
    for cell in range(len(rays.temperature) - 1, -1, -1):
        strengths = [absorption[cell] / width[cell] for absorption, _ in media]
        if max(float(strength.max()) for strength in strengths) < _NEGLIGIBLE:
            continue
        near, far = rays.recession[cell], rays.recession[cell + 1]
        reached = _reached(velocity, near, far, width[cell])
        offset = channels[reached]
        profile = averaged_gaussian((offset - near) / width[cell], (offset - far) / width[cell])
        for cube, strength, (_, source) in zip(cubes, strengths, media, strict=True):
            cube[reached] = through_cell(cube[reached], source[cell], strength * profile)
    return cubes


def _reached(velocity: FloatArray, near: FloatArray, far: FloatArray, width: FloatArray) -> slice:
    """The channels that a plane of cells emits into or absorbs."""
    wing = _WING * float(width.max())
    lowest = min(float(near.min()), float(far.min())) - wing
    highest = max(float(near.max()), float(far.max())) + wing
    first, last = np.searchsorted(velocity, (lowest, highest))
    return slice(int(first), int(last))


def _partition(molecule: Molecule, temperature: FloatArray) -> FloatArray:
    table = np.log(partition_function(_TABLE, molecule.energy, molecule.weight))
    return np.asarray(np.exp(np.interp(np.log(temperature), np.log(_TABLE), table)))


def _medium(
    rays: Rays, molecule: Molecule, line: Line, partition: FloatArray, background: float
) -> tuple[FloatArray, FloatArray]:
    """Absorption of each cell over velocity [m s-1] and its source less the background."""
    lower, upper = line.lower, line.upper
    fraction = boltzmann_fraction(
        rays.temperature, partition, molecule.energy[lower], molecule.weight[lower]
    )
    absorption = line_absorption(
        fraction * rays.density[molecule.name],
        rays.temperature,
        line.frequency,
        line.einstein_a,
        molecule.weight[upper] / molecule.weight[lower],
    )
    behind = planck(line.frequency, np.asarray(background))
    source = planck(line.frequency, rays.temperature.astype(float)) - behind
    return (absorption * rays.step).astype(np.float32), source.astype(np.float32)
