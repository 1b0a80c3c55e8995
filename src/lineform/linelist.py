"""Lines that are asked for, with their molecules, and where the molecular data come from."""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lineform import __version__
from lineform.errors import ConfigError
from lineform.readers.lamda import read_lamda
from lineform.species import Line, Molecule, linear_rotor

__all__ = ["LineList", "line_list"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LineList:
    """Lines by molecule.

    Parameters
    ----------
    lines : molecule -> its lines
    origin : name of molecule -> where its data come from
    """

    lines: dict[Molecule, list[Line]]
    origin: dict[str, str]


def line_list(texts: Sequence[str], lamda: Sequence[tuple[str, Path]]) -> LineList:
    """The lines called so.

    Parameters
    ----------
    texts : str
        Such as ``CO 2-1``.
    lamda : (species, Path)
        LAMDA files that take the place of the built-in rotors; an empty species stands for the
        name in the file.

    Raises
    ------
    ConfigError
        If a molecule or a line is unknown, or there are two files of one molecule.
    ReadError
        If a file cannot be read.
    """
    files: dict[str, tuple[Molecule, str]] = {}
    for species, path in lamda:
        molecule = _called(species, read_lamda(path))
        if molecule.name in files:
            raise ConfigError(
                "LAMDA file", expected=f"one of {molecule.name}", seen="two", where=str(path)
            )
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        files[molecule.name] = molecule, f"{path.name}, SHA-256 {digest}"
    found: dict[str, tuple[Molecule, str]] = {}
    lines: dict[Molecule, list[Line]] = {}
    for text in texts:
        species, _, transition = text.strip().partition(" ")
        if not transition:
            raise ConfigError(
                "line", expected="species and transition, such as 'CO 2-1'", seen=text
            )
        if species not in found:
            found[species] = files.get(species) or _rotor(species)
        molecule, _ = found[species]
        lines.setdefault(molecule, []).append(molecule.line(transition.strip()))
    for name in sorted(set(files) - set(found)):
        _log.warning("LAMDA file of %s: none of its lines is asked for", name)
    return LineList(lines, {name: origin for name, (_, origin) in found.items()})


def _rotor(species: str) -> tuple[Molecule, str]:
    return linear_rotor(species), f"linear rotor of lineform {__version__}"


def _called(species: str, molecule: Molecule) -> Molecule:
    """The molecule under another name than that of its file, if one is given."""
    if not species:
        return molecule
    lines = tuple(replace(line, species=species) for line in molecule.lines)
    return replace(molecule, name=species, lines=lines)
