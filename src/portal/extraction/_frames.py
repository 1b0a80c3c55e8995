"""Coordinates of keywords in the frame that their header names, turned into ICRS."""

import warnings
from functools import lru_cache
from typing import NamedTuple

from portal.fits.cards import Cards
from portal.fits.frames import equinox_of, frame_of

__all__ = ["EQUINOXES", "Doubt", "from_galactic", "to_icrs", "untold_equinox"]


EQUINOXES = {
    "OBJRA": ("OBJEQUIN", "OBJEQNX"),
    "TARGRA": ("TARGEQUI", "TARGEQX"),
    "CAT-RA": ("CAT-EQUI",),
    "OBJCTRA": ("OBJCTEQ",),
    "TELRA": ("TELEQUIN", "TELEQX"),
    "TELERA": ("TELEEQ",),
}
"""Cards of the equinox of coordinates that have one of their own."""


_J2000_USUAL = 48988.0
"""MJD of 1993-01-01, since when telescopes point by J2000; before, by B1950 or the date."""


class Doubt(NamedTuple):
    """What is not told of coordinates; `lost` if none can be taken from them."""

    note: str
    lost: bool


def untold_equinox(cards: Cards, observed: float | None, name: str = "") -> Doubt | None:
    """Why the equinox of keywords is not known; None where it is, or can only be J2000.

    Parameters
    ----------
    observed : scalar [d]
        MJD of the observation.
    name
        Card of the right ascension, which may have an equinox of its own.
    """
    own = any(_year(cards, key) for key in EQUINOXES.get(name, ()))
    year, repairs = equinox_of(cards)
    if own or year is not None or cards.first(("RADESYS", "RADECSYS")) is not None:
        return None
    old = observed is not None and observed < _J2000_USUAL
    if repairs:
        name = repairs[-1].keyword
        return Doubt(f"{name} = {cards.text(name)} is no equinox, and no other is told", old)
    return (
        Doubt("of years in which J2000 was not usual; no equinox is told", False) if old else None
    )


def to_icrs(cards: Cards, ra: float, dec: float, name: str = "") -> tuple[float, float, str] | None:
    """A place that keywords give in the equatorial frame of `cards`, in ICRS.

    Parameters
    ----------
    ra, dec : scalar [deg]
        In the frame of RADESYS and EQUINOX.
    name
        Card of the right ascension, which may have an equinox of its own.

    Returns
    -------
    Right ascension and declination [deg], and the frame and equinox that they are from, '' for
    ICRS; None where the frame is that of a moment and a site.
    """
    frame, equinox, _ = frame_of(cards, "RA")
    own = next((year for key in EQUINOXES.get(name, ()) if (year := _year(cards, key))), None)
    if own is not None and own != equinox:
        frame, equinox = "fk4" if own < 1984.0 else "fk5", own
    if frame == "icrs":
        return ra, dec, ""
    if not frame:
        return None
    return *_turned(ra, dec, frame, equinox), f"{frame.upper()} {equinox:g}"


def _year(cards: Cards, key: str) -> float | None:
    """The year of an equinox such as 1950, ``J2000.0`` or ``B1950``; None for none."""
    try:
        year = float((cards.text(key) or "").upper().lstrip("JB"))
    except ValueError:
        return None
    return year if 1800.0 <= year <= 2100.0 else None


@lru_cache(maxsize=4096)
def from_galactic(longitude: float, latitude: float) -> tuple[float, float]:
    """ICRS of a place in galactic coordinates; all in degrees."""
    from astropy import coordinates, units

    place = coordinates.Galactic(longitude * units.deg, latitude * units.deg)
    found = place.transform_to(coordinates.ICRS())
    return float(found.ra.deg) % 360.0, float(found.dec.deg)


@lru_cache(maxsize=4096)
def _turned(ra: float, dec: float, frame: str, equinox: float) -> tuple[float, float]:
    from astropy import coordinates, units
    from astropy.time import Time

    kinds = {
        "fk5": coordinates.FK5,
        "fk4": coordinates.FK4,
        "fk4noeterms": coordinates.FK4NoETerms,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        year = Time(equinox, format="jyear" if frame == "fk5" else "byear")
        place = kinds[frame](ra * units.deg, dec * units.deg, equinox=year)
        found = place.transform_to(coordinates.ICRS())
    return float(found.ra.deg) % 360.0, float(found.dec.deg)
