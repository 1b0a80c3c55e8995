"""Whether wavelengths are those in air or in vacuum, where a header says so."""

import re
from dataclasses import replace

from portal.fits.products import Product
from portal.model.cell import CONVENTION
from portal.spectra.coordinate import Scale

__all__ = ["in_medium"]

_WHETHER_VACUUM = ("VACUUM", "VACWAVE")
_WHICH = ("AIRORVAC", "VACUUM", "WAVEREF", "AIRVAC", "WAVEMED", "WAVE-MED", "WAVE_SYS")
_AIR = re.compile(r"\bair\b(?![\s-]*mass)|_air\b|\bair_", re.IGNORECASE)
_VACUUM = re.compile(r"\bvac(?:uum)?\b|_vac|vac_", re.IGNORECASE)
_WAVELENGTHS = re.compile(r"wavelength|lambda|dispersion", re.IGNORECASE)
_CONVERTED = re.compile(r"\bto\s+(?:standard\s+)?(air|vac)", re.IGNORECASE)
_LINES = 2000
"""Lines of COMMENT and HISTORY that are read at most."""


def in_medium(scale: Scale, product: Product, *texts: str) -> Scale:
    """The `scale`, read as wavelengths in air where the header says that they are.

    Parameters
    ----------
    texts
        What the header says of this very coordinate: its name, unit and comments.

    Notes
    -----
    The two differ by 2.8e-4. Where nothing is said, wavelengths are taken as given, as in vacuum,
    and the confidence is that of a convention.
    """
    if scale.quantity == "air":
        return scale.also("told in air, given in vacuum", scale.confidence)
    if scale.quantity != "wavelength":
        return scale
    air, source = _told(product, texts)
    if air is None:
        return scale.also("air or vacuum not told, taken as vacuum", CONVENTION)
    if air:
        return replace(scale, quantity="air").also(f"in air by {source}", scale.confidence)
    return scale.also(f"in vacuum by {source}", scale.confidence)


def _told(product: Product, texts: tuple[str, ...]) -> tuple[bool | None, str]:
    """Whether it is air, and what says so."""
    cards = product.cards
    for key in _WHETHER_VACUUM:
        value = cards.value(key)
        # A number would be the pressure in a dewar.
        if isinstance(value, bool) or value in ("T", "F"):
            return value in (False, "F"), cards.source(key)
    for key in _WHICH:
        value = cards.value(key)
        if isinstance(value, str) and _air_in(value) is not None:
            return _air_in(value), cards.source(key)
    for text in texts:
        if _air_in(text) is not None:
            return _air_in(text), "what is said beside it"
    return _in_prose(product)


def _in_prose(product: Product) -> tuple[bool | None, str]:
    for hdu in (product.hdu, *product.siblings[:1]):
        for name in ("COMMENT", "HISTORY"):
            for line in hdu.cards.lines(name)[:_LINES]:
                if _WAVELENGTHS.search(line) and _air_in(line) is not None:
                    return _air_in(line), f"HDU {hdu.index} {name} {line.strip()[:60]!r}"
    return None, ""


def _air_in(text: str) -> bool | None:
    """Whether a text speaks of air; None where it speaks of neither or of both."""
    converted = _CONVERTED.search(text)
    if converted:
        return converted[1].lower() == "air"
    air, vacuum = bool(_AIR.search(text)), bool(_VACUUM.search(text))
    return None if air == vacuum else air
