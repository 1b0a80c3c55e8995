"""The beams of a FITS cube: of the header, of CASA's table, or of the history AIPS wrote."""

import re
from dataclasses import replace

import astropy.units as u
import numpy as np
from astropy.io import fits

from lineform.cube import Beam
from lineform.errors import ReadError

__all__ = ["beams_of"]

_NUMBER = r"\s*=\s*([-+.\dEeDd]+)"
_AIPS = re.compile(rf"BMAJ{_NUMBER}\s*BMIN{_NUMBER}\s*BPA{_NUMBER}")


def beams_of(
    file: fits.HDUList, header: fits.Header, channels: int, given: Beam | None, where: str
) -> tuple[tuple[Beam, ...], str]:
    """One beam for all channels, one for each, or none; and where they stood.

    Position angles are counted from the north of the file's coordinates.

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
        major = float(header["BMAJ"])
        minor, angle = float(header.get("BMIN", major)), float(header.get("BPA", 0.0))
        return (_checked(Beam(major * 3600, minor * 3600, angle), where),), "of the header"
    for text in reversed([str(line) for line in header.get("HISTORY", [])]):
        if found := _AIPS.search(text):
            major, minor, angle = (float(word.replace("D", "E")) for word in found.groups())
            beam = Beam(major * 3600, minor * 3600, angle)
            return (_checked(beam, where),), "of the HISTORY that AIPS wrote"
    return (), ""


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
    return tuple(Beam(*map(float, row)) for row in zip(*columns, strict=True))


def _checked(beam: Beam, where: str) -> Beam:
    if not 0 < beam.minor <= beam.major * (1 + 1e-6):
        raise ReadError(
            "beam",
            expected="a positive BMAJ, not smaller than BMIN",
            seen=f"{beam.major:g} by {beam.minor:g} arcsec",
            way_out="give the beam",
            where=where,
        )
    return replace(beam, minor=min(beam.minor, beam.major))
