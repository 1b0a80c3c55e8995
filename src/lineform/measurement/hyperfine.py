"""Lines whose hyperfine structure shows in a cube, and which a model has as one."""

from lineform.constants import LIGHT_SPEED
from lineform.species import Line

__all__ = ["hyperfine"]

_NEAR = 10.0
"""So far from its rest frequency a line is taken for one of the list [km/s]."""

_SPLIT = (
    # CDMS 027501; Ahrens et al. 2002, Z. Naturforsch. 57a, 669.
    ("HCN", 88.6316e9, "three components at -7.1, 0 and +4.8 km/s"),
    ("HCN", 177.2611e9, "components from -3.8 to +2.6 km/s"),
    ("HCN", 265.8864e9, "components from -2.3 to +1.8 km/s"),
    # H13CN: Fuchs et al. 2004, Z. Naturforsch. 59a, 861.
    ("HCN", 86.3399e9, "three components at -7.2, 0 and +5.0 km/s"),
    # Caselli et al. 1995, ApJ 455, L77.
    ("N2H+", 93.1737e9, "seven components from -8 to +7 km/s"),
    # Ho & Townes 1983, ARA&A 21, 239.
    ("NH3", 23.694496e9, "five groups, the outer ones 20 km/s beside the main one"),
    ("NH3", 23.722633e9, "five groups, the outer ones 26 km/s beside the main one"),
    ("NH3", 23.870129e9, "five groups, the outer ones 29 km/s beside the main one"),
    # Skatrud et al. 1983, J. Mol. Spectrosc. 99, 35.
    ("CN", 113.490985e9, "five components from -78 to +8 km/s"),
)
"""Molecule, rest frequency [Hz], and what is seen of it in radio velocity."""


def hyperfine(line: Line) -> list[str]:
    """What to say of a line that is several in the sky.

    Parameters
    ----------
    line : Line
    """
    for molecule, frequency, seen in _SPLIT:
        shift = abs(line.frequency / frequency - 1) * LIGHT_SPEED / 1e3
        if shift < _NEAR and molecule in line.species.replace("13C", "C"):
            return [
                f"warning: {line.species} {line.transition} has hyperfine structure, {seen}, of"
                " which the model knows nothing: velocities and widths take its place"
            ]
    return []
