"""The units that pixels of FITS files come in, as intensities."""

import math
import re
from collections.abc import Sequence

import astropy.units as u
import numpy as np

from lineform.cube import Beam
from lineform.errors import UnitsError
from lineform.func.brightness import beam_solid_angle, intensity_from_kelvin
from lineform.state import FloatArray

__all__ = ["intensity_factor", "unit_from"]

_INTENSITY = u.Unit("W m-2 Hz-1 sr-1")
_FLUX = u.Unit("W m-2 Hz-1")
_EXAMPLES = "K, Jy/beam, mJy/beam, Jy/pixel, MJy/sr or W m-2 Hz-1 sr-1"

_SPELLINGS = (
    (r"\((?:T_?[A-Z]+\*?|[^()]*)\)$", ""),
    (r"\bJY\b", "Jy"),
    (r"\bMJY\b(?=[ /.*]*(BEAM|BM|PIX))", "mJy"),
    (r"\b(?:BEAM|BM)S?\b", "beam"),
    (r"\bPIX(?:EL)?S?\b", "pix"),
    (r"\b(?:KELVINS?|DEGK|DEG K)\b", "K"),
    (r"\bHZ\b", "Hz"),
    (r"\bSR\b", "sr"),
)
"""Spellings that are in use, in small or capital letters, and those of astropy."""


def unit_from(text: str, where: str) -> u.Unit:
    """The unit that a file means.

    Raises
    ------
    UnitsError
        If it is unknown, or there is none.
    """
    for candidate in (text.strip(), _respelled(text.strip())):
        try:
            unit = u.Unit(candidate)
        except (ValueError, TypeError):
            continue
        if unit != u.dimensionless_unscaled:
            return unit
    raise UnitsError("unit of the pixels", expected=_EXAMPLES, seen=repr(text), where=where)


def _respelled(text: str) -> str:
    for pattern, spelling in _SPELLINGS:
        text = re.sub(pattern, spelling, text, flags=re.IGNORECASE)
    return text.strip()


def intensity_factor(
    unit: u.Unit, frequency: float, beams: Sequence[Beam], pixel: float, where: str
) -> FloatArray:
    """One of a unit as an intensity.

    Parameters
    ----------
    unit : Unit
    frequency : float [Hz]
        Of the line at rest, with which kelvin become intensities by the Rayleigh-Jeans law.
    beams : sequence of Beam
        One for all channels, one for each, or none.
    pixel : float [arcsec]
    where : str
        The file.

    Returns
    -------
    (1 or channel, 1, 1) [W m-2 Hz-1 sr-1]

    Raises
    ------
    UnitsError
        If it is no unit of brightness, or one of a beam that is not known.
    """
    if unit.is_equivalent(u.K):
        return _cube(float(intensity_from_kelvin(unit.to(u.K), frequency)))
    if unit.is_equivalent(_INTENSITY):
        return _cube(unit.to(_INTENSITY))
    if (unit * u.pix).is_equivalent(_FLUX):
        return _cube((unit * u.pix).to(_FLUX) / math.radians(pixel / 3600) ** 2)
    if not (unit * u.beam).is_equivalent(_FLUX):
        raise UnitsError("unit of the pixels", expected=_EXAMPLES, seen=str(unit), where=where)
    if not beams:
        raise UnitsError(
            "unit of the pixels",
            expected=f"a beam in the file for {unit}",
            seen="none",
            way_out="give the beam (--beam)",
            where=where,
        )
    areas = [
        beam_solid_angle(math.radians(beam.major / 3600), math.radians(beam.minor / 3600))
        for beam in beams
    ]
    return _cube((unit * u.beam).to(_FLUX) / np.array(areas))


def _cube(factor: float | FloatArray) -> FloatArray:
    return np.reshape(np.atleast_1d(factor), (-1, 1, 1))
