"""Headers of FITS cubes as they are found, made such that astropy reads them aright."""

import re

from astropy.io import fits
from astropy.wcs import WCS, WcsError

from lineform.errors import ReadError

__all__ = ["axes_of", "cleaned"]

_UNITS = {
    "M/S": "m/s",
    "KM/S": "km/s",
    "HZ": "Hz",
    "KHZ": "kHz",
    "MHZ": "MHz",
    "GHZ": "GHz",
    "DEG": "deg",
    "DEGREE": "deg",
    "DEGREES": "deg",
    "ARCSEC": "arcsec",
    "ANGSTROM": "Angstrom",
}
"""Units of axes in capital letters, of which M/S would be megasiemens... or nothing at all."""

_SPECTRAL = {
    "FREQ": "FREQ",
    "FREQUENC": "FREQ",
    "VRAD": "VRAD",
    "VELOCITY": "VELO",
    "VELO": "VELO",
    "VEL": "VELO",
    "VOPT": "VOPT",
    "FELO": "VOPT-F2W",
    "WAVE": "WAVE",
    "WAVELENG": "WAVE",
    "LAMBDA": "WAVE",
}
"""Names of spectral axes, and those of the standard."""

_RADIO = 256
"""Added to VELREF for the radio convention."""

_SLOWEST = 20.0
"""Channels narrower than this, of an axis without a unit, are in km/s and not in m/s."""


_FRAMES = {"LSR": "LSRK", "LSD": "LSRD", "HEL": "HELIOCEN", "BAR": "BARYCENT", "OBS": "TOPOCENT"}
"""Frames that older headers have in the name of the axis."""

_REFERENCES = {1: "LSRK", 2: "HELIOCEN", 3: "TOPOCENT"}
"""Those of VELREF."""


def cleaned(header: fits.Header) -> tuple[fits.Header, list[str]]:
    """The header with standard names and units of its axes, and what was changed, in words.

    Parameters
    ----------
    header : fits.Header
        Is left as it is.
    """
    new, remarks = header.copy(), []
    for axis in range(1, int(new.get("NAXIS", 0)) + 1):
        kind = str(new.get(f"CTYPE{axis}", "")).strip().upper()
        spectral = _spectral(kind, new)
        if spectral and "SPECSYS" not in new and (frame := _frame(kind, new)):
            new["SPECSYS"] = frame
        if spectral and spectral != kind:
            new[f"CTYPE{axis}"] = spectral
            remarks.append(f"axis {kind} taken for {spectral}")
        unit = str(new.get(f"CUNIT{axis}", "")).strip()
        if unit.upper() in _UNITS:
            new[f"CUNIT{axis}"] = _UNITS[unit.upper()]
        elif spectral and not unit:
            new[f"CUNIT{axis}"] = guess = _guess(spectral, abs(float(new.get(f"CDELT{axis}", 1))))
            remarks.append(f"axis {kind} has no unit; taken for {guess}")
    return new, remarks


def _spectral(kind: str, header: fits.Header) -> str:
    """The standard name of a spectral axis, or nothing for another axis."""
    prefix, _, rest = kind.partition("-")
    name = _SPECTRAL.get(prefix, "")
    if name != "VELO" or (kind == "VELO" and "VELREF" not in header):
        # Algorithms such as F2W stay; frames such as LSR are no algorithms.
        return kind if name and re.fullmatch(r"-*[A-Z]2[A-Z]|-*(LOG|TAB)", rest) else name
    reference = int(header.get("VELREF", _RADIO))
    return "VRAD" if reference & _RADIO else "VOPT"


def _frame(kind: str, header: fits.Header) -> str:
    """The frame of an older header, or nothing."""
    name = _FRAMES.get(kind.partition("-")[2].strip("-")[:3], "")
    return name or _REFERENCES.get(int(header.get("VELREF", 0)) % _RADIO, "")


def _guess(kind: str, step: float) -> str:
    if kind == "FREQ":
        return "GHz" if step < 1e-1 else "Hz"
    if kind.startswith("WAVE"):
        return "m"
    return "km/s" if step < _SLOWEST else "m/s"


def axes_of(header: fits.Header, where: str) -> WCS:
    """The axes that a header describes.

    Parameters
    ----------
    header : Header
        As `cleaned` leaves it.
    where : str
        The file.

    Raises
    ------
    ReadError
        If they contradict each other or the standard.
    """
    try:
        wcs = WCS(header, fix=True)
        wcs.wcs.set()
    except WcsError as error:
        # The last line; those above it say where in the library it was found.
        seen = str(error).strip().splitlines()[-1]
        raise ReadError(
            "axes", expected="axes as the FITS standard has them", seen=seen, where=where
        ) from error
    return wcs
