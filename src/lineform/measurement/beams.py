"""The beams of a FITS cube: of the header, of CASA's table, or of the history AIPS wrote."""

import math
import re
from dataclasses import replace

import astropy.units as u
import numpy as np
from astropy.io import fits

from lineform.cube import Beam
from lineform.errors import ReadError

__all__ = ["beams_of", "filled"]

_NUMBER = r"\s*=\s*([-+.\dEeDd]+)"
_NONE = Beam(math.nan, math.nan, math.nan)
_AIPS = re.compile(rf"BMAJ{_NUMBER}\s*BMIN{_NUMBER}\s*BPA{_NUMBER}")


def beams_of(
    file: fits.HDUList, header: fits.Header, channels: int, given: Beam | None, where: str
) -> tuple[tuple[Beam, ...], str]:
    """One beam for all channels, one for each, or none; and where they stood.

    Position angles are counted from the north of the file's coordinates. Channels whose beam in
    a table is no number, or 0, have one of NaN.

    Parameters
    ----------
    file : fits.HDUList
    header : fits.Header
        Of the cube.
    channels : int
    given : Beam or None
        Instead of that of the file.
    where : str
        The file.

    Raises
    ------
    ReadError
        If the table of beams does not fit the cube, or a beam is no beam.
    """
    if given is not None:
        return (given,), "as given"
    if "BEAMS" in file:
        return _table(file["BEAMS"], channels, where), "of the table BEAMS"
    if "BMAJ" in header:
        major = _number(header, "BMAJ", math.nan, where)
        minor = _number(header, "BMIN", major, where)
        angle = _number(header, "BPA", 0.0, where)
        return (_checked(Beam(major * 3600, minor * 3600, angle), where),), "of the header"
    for text in reversed([str(line) for line in header.get("HISTORY", [])]):
        if found := _AIPS.search(text):
            major, minor, angle = (float(word.replace("D", "E")) for word in found.groups())
            beam = Beam(major * 3600, minor * 3600, angle)
            return (_checked(beam, where),), "of the HISTORY that AIPS wrote"
    return (), ""


def filled(beams: tuple[Beam, ...], where: str) -> tuple[tuple[Beam, ...], np.ndarray]:
    """Beams with those of NaN replaced by the nearest, and which of them these were (channel,).

    Parameters
    ----------
    beams : tuple of Beam
    where : str
        The file.

    Raises
    ------
    ReadError
        If none is a beam.
    """
    none = np.array([math.isnan(beam.major) for beam in beams], bool)
    known = np.flatnonzero(~none)
    if none.any() and not known.size:
        raise ReadError(
            "table BEAMS",
            expected="a beam in one of the channels that are read",
            seen=f"none in {len(beams)}",
            way_out="give the beam (--beam)",
            where=where,
        )
    nearest = [int(known[np.abs(known - channel).argmin()]) for channel in range(len(beams))]
    return tuple(beams[channel] for channel in nearest), none


def _number(header: fits.Header, key: str, other: float, where: str) -> float:
    value = header.get(key, other)
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        raise ReadError(
            key,
            expected="a number",
            seen=repr(str(value)),
            way_out="give the beam (--beam)",
            where=where,
        ) from error


def _table(table: fits.BinTableHDU, channels: int, where: str) -> tuple[Beam, ...]:
    data = table.data
    if "POL" in table.columns.names:
        data = data[data["POL"] == data["POL"].min()]
    if len(data) not in (1, channels):
        raise ReadError(
            "table BEAMS", expected=f"{channels} rows", seen=f"{len(data)}", where=where
        )
    if "CHAN" in table.columns.names:
        data = data[np.argsort(data["CHAN"], kind="stable")]
    columns = [
        (np.asarray(data[name], float) * u.Unit(table.columns[name].unit or other)).to_value(unit)
        for name, other, unit in (
            ("BMAJ", "arcsec", "arcsec"), ("BMIN", "arcsec", "arcsec"), ("BPA", "deg", "deg")
        )
    ]  # fmt: skip
    beams = [Beam(*map(float, row)) for row in zip(*columns, strict=True)]
    return tuple(_checked(b, where) if _is_beam(b) else _NONE for b in beams)


def _is_beam(beam: Beam) -> bool:
    """Whether CASA fitted one: blank channels have NaN or 0."""
    numbers = (beam.major, beam.minor, beam.position_angle)
    return all(map(math.isfinite, numbers)) and beam.major > 0 and beam.minor > 0


def _checked(beam: Beam, where: str) -> Beam:
    if not (_is_beam(beam) and beam.minor <= beam.major * (1 + 1e-6)):
        raise ReadError(
            "beam",
            expected="a positive BMAJ, not smaller than BMIN",
            seen=f"{beam.major:g} by {beam.minor:g} arcsec",
            way_out="give the beam (--beam)",
            where=where,
        )
    return replace(beam, minor=min(beam.minor, beam.major))
