"""The rows of a pulsar's archive: samples and profiles that follow each other, by PSRFITS 6.

Hotan, van Straten & Manchester (2004, PASA 21, 302) and the template of its definition.
"""

from dataclasses import dataclass

import numpy as np

from portal.errors import ReadError
from portal.extraction._dates import plausible
from portal.extraction._stamps import Stamp
from portal.fits.hdu import Hdu
from portal.fits.products import Product
from portal.fits.table_kinds import of_pulsar
from portal.model.cell import DERIVED, INFERRED, STATED, Cell, Origin

__all__ = ["Subints", "subints"]

_DAY = 86400.0
_LONGEST = 10.0 * _DAY
"""Beyond it a length is none of an observation [s]."""


@dataclass(frozen=True, slots=True)
class Subints:
    """What the sub-integrations of an archive tell of time.

    Parameters
    ----------
    count, step
        Cells of the number of elements along time, and of the length of one [s]; None for none.
    start, end
        Of the first and the last of them; None where they are not told.
    exposed
        Cell of the time that they last together [s].
    """

    count: Cell
    step: Cell | None
    start: Stamp | None
    end: Stamp | None
    exposed: Cell | None


def subints(product: Product) -> Subints | None:
    """What a table of sub-integrations tells; None for any other product.

    A row of search mode has NSBLK samples, one TBIN apart. A row of fold mode is the mean profile
    of the time that it lasts: its phases are no elements of the axis of time.
    """
    hdu = product.hdu
    if product.row is not None or not of_pulsar(hdu):
        return None
    block = max(hdu.cards.integer("NSBLK") or 1, 1)
    searching = (product.cards.text("OBS_MODE") or "").upper().startswith("SEARCH") or block > 1
    count = _samples(hdu, block) if searching else _rows(hdu)
    lengths, starts = _lengths(hdu), _starts(hdu)
    step = _step(hdu, lengths, searching)
    return Subints(count, step, *_ends(product, starts, lengths), _exposed(product, lengths))


def _samples(hdu: Hdu, block: int) -> Cell:
    held = hdu.shape[0] * block
    said = hdu.cards.integer("NSTOT") or 0
    # The last row may be filled up.
    count, source = (said, "NSTOT") if held - block < said < held else (held, "rows and NSBLK")
    return Cell("t_xel", count, Origin("data", f"HDU {hdu.index} {source}", STATED))


def _rows(hdu: Hdu) -> Cell:
    note = "sub-integrations; the phases of their profiles are not counted"
    return Cell("t_xel", hdu.shape[0], Origin("data", f"HDU {hdu.index} rows", STATED, note=note))


def _step(hdu: Hdu, lengths: np.ndarray | None, searching: bool) -> Cell | None:
    bin_ = hdu.cards.number("TBIN") or 0.0
    if searching and 0.0 < bin_ < _LONGEST:
        source = hdu.cards.source("TBIN")
        return Cell("t_resolution", bin_, Origin("keyword", source, STATED))
    if searching or lengths is None:
        return None
    source, note = f"HDU {hdu.index} column TSUBINT", "the median sub-integration"
    median = float(np.median(lengths))
    return Cell("t_resolution", median, Origin("column", source, DERIVED, note=note))


def _lengths(hdu: Hdu) -> np.ndarray | None:
    """Seconds that each row lasts, (row,)."""
    found = _numbers(hdu, "TSUBINT")
    return found if found is not None and ((found > 0.0) & (found < _LONGEST)).all() else None


def _starts(hdu: Hdu) -> np.ndarray | None:
    """Seconds from the start of the scan to the middle of each row, (row,)."""
    found = _numbers(hdu, "OFFS_SUB")
    return (
        found if found is not None and (found > 0.0).all() and (np.diff(found) > 0).all() else None
    )


def _numbers(hdu: Hdu, name: str) -> np.ndarray | None:
    try:
        found = np.asarray(hdu.column(name), float).ravel()
    except (ReadError, ValueError):
        return None
    return found if found.size == hdu.shape[0] and np.isfinite(found).all() else None


def _ends(
    product: Product, middles: np.ndarray | None, lengths: np.ndarray | None
) -> tuple[Stamp | None, Stamp | None]:
    """Begin of the first row and end of the last one."""
    zero = _scan(product)
    if zero is None:
        return None, None
    place = f"HDU {product.hdu.index} columns OFFS_SUB, TSUBINT"
    if middles is not None and lengths is not None:
        first = zero.mjd + max(float(middles[0] - lengths[0] / 2.0), 0.0) / _DAY
        last = zero.mjd + float(middles[-1] + lengths[-1] / 2.0) / _DAY
        source = f"{zero.source}; {place}"
        return Stamp(first, source, trust=DERIVED), Stamp(last, source, trust=DERIVED)
    asked = product.cards.number("SCANLEN") or 0.0
    if not 0.0 < asked < _LONGEST:
        return zero, None
    source = f"{zero.source}; {product.cards.source('SCANLEN')}"
    note = "the length of the scan that was asked for"
    return zero, Stamp(zero.mjd + asked / _DAY, source, trust=INFERRED, note=note)


def _scan(product: Product) -> Stamp | None:
    """When the scan began: days and seconds of UTC."""
    cards = product.cards
    day, second = cards.integer("STT_IMJD"), cards.number("STT_SMJD")
    if day is None or second is None:
        return None
    mjd = day + (second + (cards.number("STT_OFFS") or 0.0)) / _DAY
    source = f"{cards.source('STT_IMJD')}, STT_SMJD, STT_OFFS"
    return Stamp(mjd, source) if plausible(mjd) else None


def _exposed(product: Product, lengths: np.ndarray | None) -> Cell | None:
    if lengths is not None:
        source, note = f"HDU {product.hdu.index} column TSUBINT", "all sub-integrations together"
        total = float(lengths.sum())
        return Cell("t_exptime", total, Origin("column", source, DERIVED, note=note))
    asked = product.cards.number("SCANLEN") or 0.0
    if not 0.0 < asked < _LONGEST:
        return None
    note = "the length of the scan that was asked for"
    origin = Origin("keyword", product.cards.source("SCANLEN"), INFERRED, note=note)
    return Cell("t_exptime", asked, origin)
