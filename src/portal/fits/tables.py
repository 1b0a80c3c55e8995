"""Tables of astropy as FITS tables that fitsverify accepts, with UCDs and meanings."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from astropy.io.fits import BinTableHDU, Header
    from astropy.table import Table

__all__ = ["read_fits_table", "write_fits_table"]

_KEYS = {"ucd": "TUCD", "utype": "TUTYP"}
_EMPTY = -9999
"""Of a whole number that is not known: TNULL."""


def write_fits_table(table: "Table", path: Path) -> None:
    """Write `table` as a binary table; text that is not known is empty, as FITS has it."""
    from astropy.io import fits

    hdu = fits.table_to_hdu(_filled(table))
    for number, name in enumerate(table.colnames, 1):
        made = table[name]
        if made.dtype.kind in "iu":
            hdu.columns[number - 1].null = _EMPTY
        _describe(hdu.header, number, made.description, made.meta)
    hdu.header["EXTNAME"] = "OBSCORE"
    hdu.header["LONGSTRN"] = ("OGIP 1.0", "long texts go on in CONTINUE cards")
    _with_sums(hdu, path)


def read_fits_table(path: Path) -> "Table":
    """The first table of the FITS file at `path`."""
    from astropy.io import fits
    from astropy.table import Table

    with fits.open(path) as opened:
        place = next(i for i, hdu in enumerate(opened) if hdu.is_image is False)
        header = opened[place].header
        table = Table.read(opened, hdu=place, mask_invalid=True)
    table.meta = {}
    for number, name in enumerate(table.colnames, 1):
        made = table[name]
        made.description = header.get(f"TCOMM{number}") or made.description
        told = {key: header.get(f"{word}{number}") for key, word in _KEYS.items()}
        made.meta.update({key: text for key, text in told.items() if text})
    return table


def _filled(table: "Table") -> "Table":
    plain = table.copy()
    plain.meta = {}
    for name in plain.colnames:
        made = plain[name]
        if made.dtype.kind == "U":
            plain[name] = np.char.encode(np.ma.filled(made, ""), "ascii", "replace")
            plain[name].unit = None
        elif made.dtype.kind in "iu":
            made.fill_value = _EMPTY
        else:
            made.fill_value = np.nan
        plain[name].description = None
        plain[name].meta = {}
    return plain.filled()


def _describe(header: "Header", number: int, meaning: str | None, told: dict[str, str]) -> None:
    for key, word in _KEYS.items():
        if told.get(key):
            header[f"{word}{number}"] = told[key]
    if meaning:
        header[f"TCOMM{number}"] = meaning


def _with_sums(hdu: "BinTableHDU", path: Path) -> None:
    from astropy.io import fits

    fits.HDUList([fits.PrimaryHDU(), hdu]).writeto(path, checksum=True, overwrite=True)
