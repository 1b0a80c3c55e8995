"""Arrays in the cells of a table, with axes that the header describes as those of an image.

Columns have them by FITS 4.0, table 22 (``3CTYP8`` is axis 3 of column 8), as AIPS writes
visibilities; the table of FITS-IDI has one array, whose axes are told by MAXISn, CTYPEn and so on.
"""

import math
import re

from portal.fits.cards import Cards, CardValue
from portal.fits.hdu import ColumnInfo, Hdu

__all__ = ["cell_axes", "lengths_in"]

_MOST = 9
_WORDS = {
    "CTYP": "CTYPE", "CRVL": "CRVAL", "CDLT": "CDELT", "CDEL": "CDELT",
    "CRPX": "CRPIX", "CUNI": "CUNIT",
}  # fmt: skip
_DIMENSIONS = re.compile(r"\(((?:\d{1,9},)*\d{1,9})\) *")


def cell_axes(hdu: Hdu) -> tuple[Cards, tuple[int, ...]] | None:
    """The keywords of the axes as those of an image, and their lengths; None for no such array."""
    if hdu.kind != "table":
        return None
    count = hdu.cards.integer("MAXIS") or 0
    if 0 < count <= _MOST and "CTYPE1" in hdu.cards:
        held = [hdu.cards.integer(f"MAXIS{n}") or 1 for n in range(1, count + 1)]
        return hdu.cards, tuple(held)
    for column in hdu.columns:
        if f"1CTYP{column.number}" in hdu.cards:
            given = _as_image(hdu.cards, column)
            return given, lengths_in(column, hdu.cards.text(f"TDIM{column.number}") or "")
    return None


def lengths_in(column: ColumnInfo, dim: str) -> tuple[int, ...]:
    """Lengths of the axes of a cell in FITS order, as `dim` tells them if it can be right."""
    said = _DIMENSIONS.fullmatch(dim)
    lengths = tuple(map(int, said.group(1).split(","))) if said else ()
    return lengths if lengths and math.prod(lengths) == column.length else (column.length,)


def _as_image(cards: Cards, column: ColumnInfo) -> Cards:
    values: dict[str, CardValue] = {}
    for axis in range(1, _MOST + 1):
        for short, name in _WORDS.items():
            key = f"{axis}{short}{column.number}"
            if key in cards:
                values.setdefault(f"{name}{axis}", cards.value(key))
    return Cards.given(values, cards.hdu, f" of column {column.name}")
