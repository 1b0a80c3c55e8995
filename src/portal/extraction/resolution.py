"""How finely the sky is resolved: the beam of a telescope, or a seeing that is stated.

Of an elliptical beam the geometric mean of its axes counts: the circle of the same area.
"""

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from portal.errors import ReadError
from portal.extraction._pointing import sky_of_product
from portal.fits.hdu import Hdu
from portal.fits.products import Product
from portal.fits.shape import spatial
from portal.fits.units import quantity_factor
from portal.fits.wcs import NoSky
from portal.headers.keywords import from_card, null
from portal.model.cell import CONVENTION, DERIVED, Cell, Origin

__all__ = ["DERIVATION"]

_SEEINGS = ("SKY_RES", "PSF_FWHM", "SEEING", "FWHM", "IMGFWHM", "PSFFWHM", "AVSEEING", "FWHMSEX")
_ARCSEC = re.compile(r"\barc-?sec(?:ond)?s?\b|\basec\b|\[\"\]", re.IGNORECASE)
_ARCMIN = re.compile(r"\barc-?min(?:ute)?s?\b", re.IGNORECASE)
_PIXEL = re.compile(r"\bpix", re.IGNORECASE)
_TIMES = re.compile(r"\s*(\d+(?:\.\d*)?)\s*[xX*]\s*(\d+(?:\.\d*)?)\s*$")
_AIPS = re.compile(r"AIPS\s+CLEAN\s+BMAJ=\s*([0-9.E+-]+)\s+BMIN=\s*([0-9.E+-]+)")
_WIDEST = 90.0 * 3600.0
_WIDEST_ALONE = 5.0
"""Degrees of a beam that are believed without a field."""


@dataclass(frozen=True)
class _Resolution:
    columns: tuple[str, ...] = ("s_resolution",)

    def derive(self, product: Product) -> Iterable[Cell]:
        """The first that is stated of beam, table of beams, and seeing."""
        for found in (_beam(product), _beams(product), _size(product), _log(product)):
            if found is not None:
                return (found,)
        return tuple(_seeing(product)) if spatial(product) else ()


def _cell(product: Product, name: str, arcsec: float, trust: float, note: str) -> Cell | None:
    if not 0.0 < arcsec < _WIDEST:
        return None
    return from_card(product.cards, name, "s_resolution", arcsec, trust, note)


def _beam(product: Product) -> Cell | None:
    cards = product.cards
    major, minor = cards.number("BMAJ"), cards.number("BMIN")
    if major is None or major <= 0.0:
        return None
    side = major if minor is None or minor <= 0.0 else math.sqrt(major * minor)
    arcsec = side if _ARCSEC.search(cards.comment("BMAJ")) else side * 3600.0
    if too_large := _too_large(product, arcsec / 3600.0):
        return null("s_resolution", cards.source("BMAJ"), too_large)
    return _cell(product, "BMAJ", arcsec, DERIVED, "the geometric mean of the beam's axes")


def _too_large(product: Product, degrees: float) -> str:
    """Why a beam cannot be in degrees, as the standard has it; '' where it can."""
    sky = sky_of_product(product)
    if isinstance(sky, NoSky):
        return f"{degrees:g} degrees of no known field" if degrees > _WIDEST_ALONE else ""
    sides = [axis.length or 1 for axis in product.axes if axis.number in sky.axes]
    field = sky.scale * math.hypot(*sides)
    # A spectrum of one place, and what was cut out of a map, may be of a beam that is wider.
    if min(sides) == 1 or degrees <= 2.0 * field:
        return ""
    return f"a beam of {degrees:g} degrees in a field of {field:.2g}: perhaps in another unit"


def _beams(product: Product) -> Cell | None:
    """The table of the beams of the channels that CASA writes."""
    for hdu in product.siblings:
        if hdu.kind == "table" and hdu.has("BMAJ") and hdu.has("BMIN"):
            sides = _sides(hdu)
            if sides:
                source = f"HDU {hdu.index} columns BMAJ, BMIN"
                note = f"the median of {len(sides)} beams"
                middle = sides[len(sides) // 2]
                return Cell("s_resolution", middle, Origin("column", source, DERIVED, note=note))
    return None


def _sides(hdu: Hdu) -> list[float]:
    """Sorted sides of beams [arcsec]; those that are 0 are of channels without data."""
    info = hdu.info("BMAJ")
    factor = quantity_factor((info.unit if info else "") or "deg", "arcsec")
    try:
        pairs = zip(hdu.column("BMAJ").tolist(), hdu.column("BMIN").tolist(), strict=True)
        found = [(float(a), float(b)) for a, b in pairs]
    except (ReadError, TypeError, ValueError):
        return []
    return sorted(
        math.sqrt(a * b) * factor for a, b in found if factor and a > 0.0 and b > 0.0 < a * b < 1e12
    )


def _size(product: Product) -> Cell | None:
    """A BEAM such as ``3.5x3.8``, where the comment has the unit."""
    cards = product.cards
    match = _TIMES.match(cards.text("BEAM") or "")
    if match is None:
        return None
    side, said = math.sqrt(float(match[1]) * float(match[2])), cards.comment("BEAM")
    factor = 1.0 if _ARCSEC.search(said) else 60.0 if _ARCMIN.search(said) else 0.0
    note = "the geometric mean of the beam's axes"
    return _cell(product, "BEAM", side * factor, CONVENTION, note)


def _log(product: Product) -> Cell | None:
    """The last beam that the program AIPS wrote into the history, in degrees."""
    for line in reversed(product.cards.lines("HISTORY")):
        if match := _AIPS.search(line):
            try:
                side = math.sqrt(float(match[1]) * float(match[2])) * 3600.0
            except ValueError:
                return None
            source = f"HDU {product.cards.hdu} HISTORY"
            note = "the geometric mean of the beam's axes"
            if 0.0 < side < _WIDEST:
                return Cell("s_resolution", side, Origin("keyword", source, CONVENTION, note=note))
    return None


def _seeing(product: Product) -> Iterator[Cell]:
    cards = product.cards
    for name in _SEEINGS:
        value, said = cards.number(name), cards.comment(name)
        if value is None or not 0.0 < value < 60.0 or _PIXEL.search(said):
            continue
        if _ARCSEC.search(said):
            yield from_card(cards, name, "s_resolution", value, CONVENTION)
            return


DERIVATION = _Resolution()
