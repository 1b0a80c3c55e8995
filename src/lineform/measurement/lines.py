"""Which line a cube shows: by name, or by the rest frequency of the file."""

from collections.abc import Sequence
from pathlib import Path

from lineform.constants import LIGHT_SPEED
from lineform.errors import ConfigError
from lineform.linelist import line_list
from lineform.measurement.reading import Reading
from lineform.readers.lamda import read_lamda
from lineform.species import ROTORS, Line, linear_rotor

__all__ = ["known_line", "lines_in", "nearest_line"]

_NEAR = 10.0
"""So far may a line be from the rest frequency of a file that names none [km/s]."""

_FASTEST = 500.0
"""So far may a line be out of the band, for the motion of the star [km/s]."""

_FEW = 6
"""Lines that an error lists."""


def known_line(name: str, options: Reading) -> Line:
    """The line called so, such as ``CO 2-1``.

    Raises
    ------
    ConfigError
        If the molecule or the line is unknown.
    """
    species, _, _ = name.partition(" ")
    lamda = [(given, path) for given, path in options.lamda if _species(given, path) == species]
    ((_, (line,)),) = line_list([name], lamda).lines.items()
    return line


def lines_in(low: float, high: float, options: Reading, where: str) -> list[Line]:
    """The lines that are wanted and lie in a band.

    Parameters
    ----------
    low, high : float [Hz]
    options : Reading
    where : str
        The file.

    Raises
    ------
    ConfigError
        If none of them is in it.
    """
    wanted = [known_line(name, options) for name in options.lines]
    found = [line for line in wanted if _moved(line, low, high)]
    if not found:
        raise ConfigError(
            "line",
            expected=f"one in the band of {low / 1e9:.6g} to {high / 1e9:.6g} GHz",
            seen=_listed(wanted),
            way_out=f"known there: {_listed(_between(low, high, options)) or 'none'}",
            where=where,
        )
    return found


def nearest_line(rest: float, band: tuple[float, float], options: Reading, where: str) -> Line:
    """The known line nearest to a rest frequency [Hz].

    Raises
    ------
    ConfigError
        If there is none within 10 km/s.
    """
    line = min(_known(options), key=lambda line: abs(line.frequency - rest))
    if abs(line.frequency / rest - 1) * LIGHT_SPEED > _NEAR * 1e3:
        inside = _listed(_between(*band, options))
        raise ConfigError(
            "line",
            expected=f"one within {_NEAR:g} km/s of the rest frequency of the file",
            seen=f"{rest / 1e9:.7g} GHz, and nearest {_listed([line])}",
            way_out="name the line (--line), and give the LAMDA file of its molecule (--lamda);"
            f" known in the band: {inside or 'none'}",
            where=where,
        )
    return line


def _known(options: Reading) -> list[Line]:
    given = {_species(name, path): read_lamda(path).lines for name, path in options.lamda}
    rotors = {name: linear_rotor(name).lines for name in ROTORS}
    return [
        Line(name, line.transition, line.frequency, line.einstein_a, line.upper, line.lower)
        for name, lines in {**rotors, **given}.items()
        for line in lines
    ]


def _species(given: str, path: Path) -> str:
    return given or read_lamda(path).name


def _between(low: float, high: float, options: Reading) -> list[Line]:
    return [line for line in _known(options) if _moved(line, low, high)]


def _moved(line: Line, low: float, high: float) -> bool:
    """Whether a line of a star that may move is in a band [Hz]."""
    share = _FASTEST * 1e3 / LIGHT_SPEED
    return low * (1 - share) <= line.frequency <= high * (1 + share)


def _listed(lines: Sequence[Line]) -> str:
    names = [f"{a.species} {a.transition} at {a.frequency / 1e9:.7g} GHz" for a in lines[:_FEW]]
    return ", ".join(names) + (" and more" if len(lines) > _FEW else "")
