"""Lines whose hyperfine structure shows in a cube, and which a model has as one."""

from lineform.constants import LIGHT_SPEED
from lineform.species import Line

__all__ = ["hyperfine"]

_BESIDE = 3.0
"""So far outside its components a rest frequency is still taken for that of a line [km/s]."""

_SPLIT = (
    # LAMDA hcn@hfs and CDMS 027501; Ahrens et al. 2002, Z. Naturforsch. 57a, 669.
    ("HCN", 88.6318475e9, -7.1, 4.8),
    ("HCN", 177.2612220e9, -3.8, 2.6),
    ("HCN", 265.8864999e9, -2.3, 1.8),
    ("HCN", 354.5055229e9, -1.6, 1.4),
    # H13CN, CDMS 028501; Fuchs et al. 2004, Z. Naturforsch. 59a, 861.
    ("HCN", 86.3401666e9, -7.2, 5.0),
    # Pagani et al. 2009, A&A 494, 719.
    ("N2H+", 93.1737637e9, -8.0, 6.9),
    ("N2H+", 186.3448420e9, -4.6, 7.5),
    ("N2H+", 279.5118325e9, -3.1, 3.5),
    # Ho & Townes 1983, ARA&A 21, 239.
    ("NH3", 23.6944955e9, -19.6, 19.9),
    ("NH3", 23.7226333e9, -26.5, 26.5),
    ("NH3", 23.8701296e9, -29.2, 29.2),
    # CDMS 026504: J = 3/2-1/2 and 1/2-1/2; Skatrud et al. 1983, J. Mol. Spectrosc. 99, 35.
    ("CN", 113.4909702e9, -77.8, 7.5),
    ("CN", 113.1705020e9, -55.1, 124.9),
    # CDMS 025501: J = 3/2-1/2; Padovani et al. 2009, A&A 505, 1199.
    ("C2H", 87.3168980e9, -40.1, 112.6),
)
"""Molecule, rest frequency [Hz] of the strongest component, and between which radio velocities
relative to it all lie [km/s]."""


def hyperfine(line: Line) -> list[str]:
    """What to say of a line that is several in the sky.

    Parameters
    ----------
    line : Line
    """
    for molecule, frequency, lowest, highest in _SPLIT:
        velocity = (1 - line.frequency / frequency) * LIGHT_SPEED / 1e3
        near = lowest - _BESIDE < velocity < highest + _BESIDE
        if near and molecule in line.species.replace("13C", "C"):
            return [
                f"warning: {line.species} {line.transition} has hyperfine structure: components at"
                f" {lowest:+.1f} to {highest:+.1f} km/s from the strongest one, of which the model"
                " knows nothing: velocities and widths take its place"
            ]
    return []
