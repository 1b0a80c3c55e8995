"""Reads molecular data in the LAMDA format (Schoier et al. 2005, A&A 432, 369).

Line frequencies are those of the frequency column. The level energies are often rounded
differently, and frequencies made from them would shift lines by up to 2 km/s; where they
disagree, a warning is logged.
"""

import logging
from pathlib import Path

import numpy as np

from lineform.constants import ATOMIC_MASS, LIGHT_SPEED, PLANCK
from lineform.errors import ReadError
from lineform.species import Line, Molecule

__all__ = ["read_lamda"]

_log = logging.getLogger(__name__)

_LARGEST_SHIFT = 100.0
"""Disagreement between energies and frequency that is worth a warning [m s-1]."""

_LARGEST_COUNT = 1_000_000


def read_lamda(path: Path) -> Molecule:
    """The levels and radiative transitions of a molecule; collision rates are left unread.

    Parameters
    ----------
    path : Path

    Raises
    ------
    ReadError
        If the file does not follow the format, with the number of the line.
    """
    text = _Text(path)
    text.heading()
    name = (text.line().split() or [""])[0]
    if not name:
        raise text.error("the name of the molecule", "an empty line")
    text.heading()
    mass = text.number(float) * ATOMIC_MASS
    energy, weight, labels = _levels(text)
    lines = _lines(text, name, labels)
    molecule = Molecule(name, mass, energy, weight, lines)
    _compare(molecule, path)
    return molecule


class _Text:
    """The lines of a file, read one after the other, with their number for error messages."""

    def __init__(self, path: Path) -> None:
        try:
            self._lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError as error:
            raise ReadError("LAMDA file", seen=str(error), where=str(path)) from error
        self._path = path
        self._number = 0

    def line(self) -> str:
        self._number += 1
        if self._number > len(self._lines):
            raise self.error("more lines", "the end of the file")
        return self._lines[self._number - 1].strip()

    def heading(self) -> None:
        line = self.line()
        if not line.startswith("!"):
            raise self.error("a heading that begins with '!'", repr(line[:60]))

    def number(self, kind: type[float]) -> float:
        return self.row((kind,))[0][0]

    def count(self) -> int:
        self.heading()
        count = int(self.number(int))
        if not 0 < count < _LARGEST_COUNT:
            raise self.error("a positive number of rows", str(count))
        return count

    def row(self, kinds: tuple[type[float], ...]) -> tuple[list[float], str]:
        """Numbers of these kinds, and the text behind them."""
        line = self.line()
        words = line.split(maxsplit=len(kinds))
        try:
            numbers = [kind(word) for kind, word in zip(kinds, words, strict=False)]
        except ValueError:
            numbers = []
        if len(numbers) < len(kinds) or not np.all(np.isfinite(numbers)):
            raise self.error(f"{len(kinds)} numbers", repr(line[:60]))
        return numbers, words[len(kinds)] if len(words) > len(kinds) else ""

    def error(self, expected: str, seen: str) -> ReadError:
        where = f"{self._path}:{self._number}"
        return ReadError("LAMDA file", seen=seen, expected=expected, where=where)


def _levels(text: _Text) -> tuple[np.ndarray, np.ndarray, list[str]]:
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
    """Quantum numbers as one word: ``" 00 "`` is ``0`` and ``1 2.5`` is ``1_2.5``."""
    words = text.split("!")[0].replace('"', " ").split()
    return "_".join(str(int(word)) if word.isdecimal() else word for word in words)


def _lines(text: _Text, name: str, labels: list[str]) -> tuple[Line, ...]:
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
