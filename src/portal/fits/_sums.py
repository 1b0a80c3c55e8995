"""The sums that FITS headers may hold of themselves and of their data."""

from collections.abc import Iterable

from portal.fits.cards import Cards

__all__ = ["sums_hold"]

_ALL_ONES = 0xFFFFFFFF


def sums_hold(header: bytes, data: Iterable[bytes], cards: Cards) -> bool:
    """Whether CHECKSUM and DATASUM, where there are any, fit `header` and `data`.

    Both come in whole blocks (FITS 4.0, section 4.4.2.7: ones' complement sums of 32 bits).
    """
    if "CHECKSUM" not in cards and "DATASUM" not in cards:
        return True
    total = 0
    for piece in data:
        total = _added(piece, total)
    said = cards.integer("DATASUM")
    if said is not None and said != total:
        return False
    return cards.text("CHECKSUM") is None or _added(header, total) in (0, _ALL_ONES)


def _added(data: bytes, total: int) -> int:
    import numpy as np

    total += int(np.frombuffer(data, ">u4").sum(dtype=np.uint64))
    while total > _ALL_ONES:
        total = (total & _ALL_ONES) + (total >> 32)
    return total
