"""What the compiled media know of lines, by molecule; see `lineform.synthesis.media`."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lineform.constants import BOLTZMANN, LIGHT_SPEED, PLANCK
from lineform.func.populations import partition_function
from lineform.func.radiation import brightness_temperature, planck
from lineform.species import Line, Molecule
from lineform.state import FloatArray
from lineform.synthesis.media import PER_DECADE

__all__ = ["LineSet", "PartitionTable", "line_sets"]

_COLDEST, _HOTTEST = -1, 7
"""Decades [of K] between which partition functions are tabulated; beyond, they stay as there."""

PartitionTable = tuple[float, float, FloatArray]
"""First natural logarithm of temperature, entries for each unit of it, and natural logarithms of
the partition function (entry,): those between which `lineform.synthesis.media` interpolates."""


@dataclass(frozen=True, slots=True, eq=False)
class LineSet:
    """Lines of one molecule, which share the profile.

    Parameters
    ----------
    molecule : Molecule
    lines : list of Line
    place : list of int
        Of the lines among all that are observed.
    constants : (line, 4)
        Absorption by one molecule, but for the Boltzmann factor, the partition function and the
        stimulated emission [m3 s-1 m-1 s]; energy of the lower level [K]; h nu / k [K];
        brightness of the background [K].
    table : PartitionTable
    """

    molecule: Molecule
    lines: list[Line]
    place: list[int]
    constants: FloatArray
    table: PartitionTable


def line_sets(lines: Sequence[tuple[Molecule, Line]], background: float) -> list[LineSet]:
    """Lines (molecule, line) by molecule, in the order in which these come first.

    Parameters
    ----------
    lines : (molecule, line)
    background : float [K]
        Temperature of the black body behind the gas.
    """
    molecules = {molecule.name: molecule for molecule, _ in reversed(lines)}
    sets = []
    for name in dict.fromkeys(molecule.name for molecule, _ in lines):
        place = [k for k, (molecule, _) in enumerate(lines) if molecule.name == name]
        molecule, own = molecules[name], [lines[k][1] for k in place]
        constants = np.array([_constants(molecule, line, background) for line in own])
        sets.append(LineSet(molecule, own, place, constants, _table(molecule)))
    return sets


def _constants(molecule: Molecule, line: Line, background: float) -> tuple[float, ...]:
    # As in `lineform.func.opacity.line_absorption`, of as many molecules as the lower level has
    # states.
    states = molecule.weight[line.upper]
    absorption = LIGHT_SPEED**3 / (8 * math.pi * line.frequency**3) * line.einstein_a * states
    behind = planck(line.frequency, np.asarray(background))
    return (
        float(absorption),
        float(molecule.energy[line.lower]) / BOLTZMANN,
        PLANCK * line.frequency / BOLTZMANN,
        float(brightness_temperature(behind, line.frequency)),
    )


def _table(molecule: Molecule) -> PartitionTable:
    decades = np.arange(_COLDEST * PER_DECADE, _HOTTEST * PER_DECADE + 1) / PER_DECADE
    sums = partition_function(10**decades, molecule.energy, molecule.weight)
    return _COLDEST * math.log(10), PER_DECADE / math.log(10), np.log(sums)
