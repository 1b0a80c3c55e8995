"""Known faults of the cubes that the line radiative transfer code Magritte writes.

Magritte 0.9.3 (``magritte/tools.py``, ``save_fits``) counts the reference pixels from 0 where
FITS counts from 1, and gives c (f / f0 - 1) as velocity where the radio convention is
c (1 - f / f0). It does not name itself; it is known by all of its habits together.
"""

from portal.fits.cards import Cards

__all__ = ["HABITS", "by_magritte"]

HABITS = {
    "CTYPE3": "VELO-LSR",
    "CUNIT3": "M/S",
    "CUNIT1": "DEG",
    "CUNIT2": "DEG",
    "BUNIT": "JY/PIXEL",
    "BTYPE": "INTENSITY",
}


def by_magritte(cards: Cards) -> bool:
    """Whether the header has all habits of Magritte's ``save_fits``."""
    if any(cards.text(name) != text for name, text in HABITS.items()):
        return False
    return all(_counts_from_zero(cards, axis) for axis in (1, 2, 3))


def _counts_from_zero(cards: Cards, axis: int) -> bool:
    length, pixel = cards.integer(f"NAXIS{axis}"), cards.number(f"CRPIX{axis}")
    return length is not None and pixel is not None and pixel == (length - 1) / 2
