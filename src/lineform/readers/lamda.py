"""Reads molecular data in the LAMDA format (Schoier et al. 2005, A&A 432, 369).

Line frequencies are those of the frequency column. The level energies are often rounded
differently, and frequencies made from them would shift lines by up to 2 km/s; where they
disagree, a warning is logged.

Files in use differ from the published form, and all of these are read: headings with blanks
before the exclamation mark or without it, columns behind those that are defined, lists and rows
that run over several lines, Fortran's ways of writing exponents, partners that are named and not
numbered, files that end before the collision rates, and notes at the end. The reader of
astroquery 0.4.11 fails on the headings; elsewhere the two agree.
"""

import logging
import re
from pathlib import Path

import numpy as np

from lineform.constants import ATOMIC_MASS, LIGHT_SPEED, PLANCK
from lineform.readers._collisions import read_collisions
from lineform.readers._text import Text
from lineform.species import Line, Molecule

__all__ = ["read_lamda"]

_log = logging.getLogger(__name__)

_LARGEST_SHIFT = 100.0
"""Disagreement between energies and frequency that is worth a warning [m s-1]."""


def read_lamda(path: Path) -> Molecule:
    """The levels, radiative transitions and collision rates of a molecule.

    Parameters
    ----------
    path : Path

    Raises
    ------
    ReadError
        If the file does not follow the format, with the number of the line.
    """
    text = Text(path)
    text.heading()
    name = (text.line().split() or [""])[0]
    if not name:
        raise text.error("the name of the molecule", "an empty line")
    text.heading()
    mass = text.number(float) * ATOMIC_MASS
    energy, weight, labels = _levels(text)
    lines = _lines(text, name, labels)
    molecule = Molecule(name, mass, energy, weight, lines, read_collisions(text, len(energy)))
    _compare(molecule, path)
    return molecule


def _levels(text: Text) -> tuple[np.ndarray, np.ndarray, list[str]]:
    count = text.count()
    text.heading()
    numbers, labels = [], []
    for index in range(1, count + 1):
        row, label = text.row((int, float, float))
        if row[0] != index:
            raise text.error(f"level {index}", str(row[0]))
        if row[2] <= 0:
            raise text.error("a positive weight", str(row[2]))
        numbers.append(row[1:])
        labels.append(_label(label) or str(index))
    wavenumber, weight = np.array(numbers).T
    # cm-1 to J: E = h c k.
    return wavenumber * (100 * PLANCK * LIGHT_SPEED), weight, labels


def _label(text: str) -> str:
    """Quantum numbers as one word: ``" 00 "`` is ``0``, ``1 2.5`` and ``1 5/2`` are ``1_2.5``."""
    words = re.sub(r"[\"']", " ", text.split("!")[0]).split()
    whole = [str(int(word)) if word.isdecimal() else word for word in words]
    # No slash, which would cut the names of files and of groups in them.
    return re.sub(r"(\d+)/2", lambda half: f"{int(half[1]) / 2:g}", "_".join(whole)).replace(
        "/", ":"
    )


def _lines(text: Text, name: str, labels: list[str]) -> tuple[Line, ...]:
    count = text.count()
    text.heading()
    lines = []
    for _ in range(count):
        (_, up, low, rate, gigahertz), _ = text.row((int, int, int, float, float))
        for level in (up, low):
            if not 1 <= level <= len(labels):
                raise text.error(f"a level from 1 to {len(labels)}", str(level))
        if gigahertz <= 0:
            raise text.error("a positive frequency", str(gigahertz))
        upper, lower = int(up) - 1, int(low) - 1
        transition = f"{labels[upper]}-{labels[lower]}"
        lines.append(Line(name, transition, gigahertz * 1e9, rate, upper, lower))
    return tuple(lines)


def _compare(molecule: Molecule, path: Path) -> None:
    shifts = {line.transition: _shift(molecule, line) for line in molecule.lines}
    worst = max(shifts, key=lambda transition: abs(shifts[transition]))
    if abs(shifts[worst]) > _LARGEST_SHIFT:
        _log.warning(
            "%s: level energies put %d of %d lines over %.1f km/s from their frequencies,"
            " which are used; most of all %s %s, by %+.2f km/s",
            path,
            sum(abs(shift) > _LARGEST_SHIFT for shift in shifts.values()),
            len(shifts),
            _LARGEST_SHIFT / 1e3,
            molecule.name,
            worst,
            shifts[worst] / 1e3,
        )


def _shift(molecule: Molecule, line: Line) -> float:
    """Radio velocity [m s-1] at which the level energies would put the line."""
    gap = float(molecule.energy[line.upper] - molecule.energy[line.lower])
    return LIGHT_SPEED * (1 - gap / PLANCK / line.frequency)
