"""Repairs the FITS cubes that Magritte writes."""

import warnings
from pathlib import Path

import numpy as np
from astropy.io import fits
from astropy.utils.exceptions import AstropyUserWarning

from lineform import __version__
from lineform.errors import ReadError
from lineform.fits._writing import write_hdus

__all__ = ["repair_magritte"]

_AS_WRITTEN = {
    "CTYPE1": "RA---SIN",
    "CTYPE2": "DEC--SIN",
    "CTYPE3": "VELO-LSR",
    "CUNIT3": "M/S",
    "BUNIT": "JY/PIXEL",
}
_NEEDED = ("RESTFREQ", "CDELT3", "CRVAL3", "CRVAL1", "CRVAL2", "CDELT1", "CDELT2")


def repair_magritte(path: Path, out: Path) -> None:
    """Write again, as the FITS standard has it, a cube that Magritte's ``save_fits`` wrote.

    Four things are set right: the units (``m/s`` for ``M/S``, ``Jy/pixel``), the reference
    pixels ((n + 1) / 2 for (n - 1) / 2), the velocity (c (1 - f / f0), the radio convention, for
    c (f / f0 - 1)), and keywords that are out of use. The channels come in the order of ascending
    velocity; the values of the pixels stay. There is no beam, and none is made up.

    Parameters
    ----------
    path : Path
        As Magritte 0.9 wrote it.
    out : Path
        Appears when complete.

    Raises
    ------
    ReadError
        If it is no FITS file, or not one as Magritte writes them.
    WriteError
        If the file cannot be written.

    Notes
    -----
    The rest frequency stays that of the file, which Magritte derives from the energies of the
    levels; it can differ from that of the line by up to 2 km/s.
    """
    old, cube = _read(path)
    header = _repaired(old)
    header.add_history(f"Repaired by lineform {__version__}: units, reference pixels, velocity")
    write_hdus(out, [fits.PrimaryHDU(np.ascontiguousarray(cube[::-1]), header)])


def _read(path: Path) -> tuple[fits.Header, np.ndarray]:
    try:
        with warnings.catch_warnings():
            # astropy only warns of a file that is cut short.
            warnings.simplefilter("error", AstropyUserWarning)
            # Opened here: astropy leaves a file open that it fails on.
            with path.open("rb") as raw, fits.open(raw, memmap=False) as file:
                header, cube = file[0].header.copy(), file[0].data
    except (OSError, ValueError, TypeError, AstropyUserWarning) as error:
        raise ReadError(
            "file",
            expected="a whole FITS file",
            seen=" ".join(str(error).split()),
            where=str(path),
        ) from error
    _check(path, "NAXIS", 3, header["NAXIS"])
    for key, expected in _AS_WRITTEN.items():
        _check(path, key, expected, header.get(key))
    for key in _NEEDED:
        if not isinstance(header.get(key), float | int):
            _check(path, key, "a number", header.get(key))
    for axis in (1, 2, 3):
        _check(path, f"CRPIX{axis}", (header[f"NAXIS{axis}"] - 1) / 2, header.get(f"CRPIX{axis}"))
    return header, cube


def _check(path: Path, key: str, expected: object, seen: object) -> None:
    if seen != expected:
        raise ReadError(
            key,
            expected=f"{expected}, as in a cube of Magritte's save_fits",
            seen=str(seen),
            way_out="leave a file of another program as it is",
            where=str(path),
        )


def _repaired(old: fits.Header) -> fits.Header:
    new = fits.Header()
    new["BTYPE"], new["BUNIT"] = "Intensity", "Jy/pixel"
    for axis in (1, 2):
        for key in ("CTYPE", "CRVAL", "CDELT"):
            new[f"{key}{axis}"] = old[f"{key}{axis}"]
        new[f"CRPIX{axis}"] = (old[f"NAXIS{axis}"] + 1) / 2
        new[f"CUNIT{axis}"] = "deg"
    # EQUINOX without RADESYS means FK5, which is said here.
    new["RADESYS"], new["EQUINOX"] = "FK5", old.get("EQUINOX", 2000.0)
    new["CTYPE3"], new["CUNIT3"] = "VRAD", "m/s"
    # The middle channel stays the middle one when the order is reversed.
    new["CRPIX3"] = (old["NAXIS3"] + 1) / 2
    new["CRVAL3"], new["CDELT3"] = -old["CRVAL3"], old["CDELT3"]
    new["RESTFRQ"] = old["RESTFREQ"], "[Hz]"
    new["SPECSYS"] = old.get("SPECSYS", "LSRK")
    return new
