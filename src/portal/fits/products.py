"""Which HDUs of a file are products: rows of ObsCore."""

import re
from dataclasses import dataclass

from portal.fits.axes import Axis, axes_of
from portal.fits.cards import Cards
from portal.fits.hdu import ColumnInfo, Hdu
from portal.fits.opening import FitsFile
from portal.model.record import Problem

__all__ = ["Product", "products"]

_OWN = re.compile(
    r"(?:SIMPLE|XTENSION|EXTEND|BITPIX|NAXIS\d*|PCOUNT|GCOUNT|GROUPS|TFIELDS|EXTNAME|EXTVER"
    r"|EXTLEVEL|BSCALE|BZERO|BLANK|BUNIT|DATAMIN|DATAMAX|CHECKSUM|DATASUM|WCSAXES[A-Z]?"
    r"|(?:CTYPE|CRVAL|CRPIX|CDELT|CUNIT|CROTA|CRDER|CSYER|CNAME)\d+[A-Z]?"
    r"|(?:CD|PC|PV|PS)\d+_\d+[A-Z]?|[AB]P?_(?:ORDER|DMAX|\d+_\d+)|T[A-Z]{3,5}\d+)$"
)
"""Keywords of an HDU itself, which an extension does not take over from the primary one."""


@dataclass(frozen=True)
class Product:
    """Something that is one row of ObsCore.

    Parameters
    ----------
    file
        The file that holds it.
    hdu
        Where its data lie.
    part
        Names it within the file: the number of the HDU, and of the row if it is one of a table.
    cards
        Of its HDU, and where that is silent of the primary one.
    axes
        In FITS order.
    columns
        Of a table.
    row
        From 0, where the product is one row of a table; else None.
    siblings
        The other HDUs of the file, in order.
    """

    file: FitsFile
    hdu: Hdu
    part: str
    cards: Cards
    axes: tuple[Axis, ...]
    columns: tuple[ColumnInfo, ...]
    row: int | None
    siblings: tuple[Hdu, ...]


def products(file: FitsFile) -> tuple[tuple[Product, ...], tuple[Problem, ...]]:
    """The products of a file, and why the other HDUs are none."""
    found: list[Product] = []
    reasons: list[Problem] = []
    for hdu in file.hdus:
        if hdu.kind == "empty":
            reasons.append(Problem(str(file.path), "no-data", f"HDU {hdu.index} holds no data"))
        else:
            found.append(_product(file, hdu))
    return tuple(found), tuple(reasons)


def _product(file: FitsFile, hdu: Hdu) -> Product:
    primary = file.hdus[0]
    cards = hdu.cards if hdu is primary else hdu.cards.over(primary.cards, _OWN)
    return Product(
        file,
        hdu,
        str(hdu.index),
        cards,
        axes_of(hdu.cards, _lengths(hdu)),
        hdu.columns,
        None,
        tuple(other for other in file.hdus if other is not hdu),
    )


def _lengths(hdu: Hdu) -> tuple[int, ...]:
    if hdu.kind == "groups":
        return (0, *hdu.shape[:0:-1])
    return () if hdu.kind == "table" else hdu.shape[::-1]
