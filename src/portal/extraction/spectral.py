"""The spectral range in vacuum wavelengths, and the resolving power."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from portal.fits.products import Product
from portal.fits.units import quantity_factor
from portal.headers.dispersion import imaged
from portal.headers.keywords import from_card, null
from portal.model.cell import CONVENTION, DERIVED, INFERRED, Cell, Origin
from portal.spectra.band import band_of
from portal.spectra.coordinate import Band, bracketed
from portal.spectra.events import energy_column
from portal.spectra.rest import rest_wavelength

__all__ = ["DERIVATION"]

_POWERS = (
    *("SPEC_RES", "SPECRES", "SPECRP", "SPEC_RP", "SPECPOW", "RESPOWER", "RES_POW", "RESOLPOW"),
    *("RESOLVPW", "RPOWER", "R_POWER", "EM_RES_POWER"),
)
_ONLY_IF_SAID = ("R", "RESOLUT", "RESOLUTN", "RESOL", "SPECRSL")
_POWER = re.compile(r"resolving|resolution|lambda\s*/|/\s*d(?:elta)?.?lam", re.IGNORECASE)
_LARGEST = 1e8
_RADIO = 1e-4
"""Wavelengths above which spectra are sampled as they are resolved [m]."""


@dataclass(frozen=True)
class _Spectral:
    columns: tuple[str, ...] = ("em_min", "em_max", "em_res_power")

    def derive(self, product: Product) -> Iterable[Cell]:
        """The ends of the band are the outer edges of its channels, where it has channels."""
        band = band_of(product, image=imaged(product))
        if band is not None and band.low == band.high:
            yield from _without_width(band)
        elif band is not None:
            yield Cell("em_min", band.low, band.origin)
            yield Cell("em_max", band.high, band.origin)
        else:
            yield from _unknown(product)
        power = _stated(product, band) or _sampled(band)
        if power is not None:
            yield power


def _without_width(band: Band) -> Iterable[Cell]:
    """Why one wavelength gives no limits: a search for those beside it would miss the product."""
    note = f"one wavelength, {band.low:.6g} m: no limits follow from it"
    told = "; ".join(filter(None, (note, band.origin.note)))
    for column in ("em_min", "em_max"):
        yield Cell(column, None, replace(band.origin, note=told))


def _unknown(product: Product) -> Iterable[Cell]:
    """Why neither the rest frequency of a line nor the energies of events are taken for a band."""
    rest, source = rest_wavelength(product.cards)
    events = energy_column(product)
    if rest is not None:
        note = "a rest frequency alone: the source moves, and the width of the map is not told"
        yield null("em_min", source, note)
        yield null("em_max", source, note)
    elif events is not None:
        place = f"HDU {product.hdu.index} column {events[0].name}"
        note = "energies of events tell where the source was bright, and not what was observed"
        yield null("em_min", place, note)
        yield null("em_max", place, note)


def _stated(product: Product, band: Band | None) -> Cell | None:
    """The resolving power that a keyword tells, or the one of a resolution in wavelength."""
    cards = product.cards
    for name in (*_POWERS, *_ONLY_IF_SAID):
        value, comment = cards.number(name), cards.comment(name)
        if value is None or value <= 0.0:
            continue
        if name in _ONLY_IF_SAID and not _POWER.search(comment):
            continue
        unit = next((u for u in bracketed(comment) if quantity_factor(u, "m")), None)
        if unit is not None:
            width = value * (quantity_factor(unit, "m") or 0.0)
            if name in _POWERS and band is not None and width > band.high - band.low:
                note = f"wider than the band if in {unit} as its comment has it: a power"
                return from_card(cards, name, "em_res_power", value, INFERRED, note)
            return _of_width(cards.source(name), width, band)
        if 1.0 < value < _LARGEST:
            return from_card(cards, name, "em_res_power", value, CONVENTION)
    return None


def _of_width(source: str, width: float, band: Band | None) -> Cell | None:
    if band is None or not 0.0 < width < band.low:
        return None
    note = "the middle of the band over the resolution in wavelength"
    value = (band.low + band.high) / 2.0 / width
    return Cell("em_res_power", value, Origin("keyword", source, DERIVED, note=note))


def _sampled(band: Band | None) -> Cell | None:
    """Of a radio spectrum, by the width of its channels.

    A spectrograph resolves less than it samples, so that of others nothing is said.
    """
    if band is None or not band.step or band.low < _RADIO or band.quantity in ("wavelength", "air"):
        return None
    value = (band.low + band.high) / 2.0 / band.step
    note = "the width of a channel in the middle of the band is taken as its resolution"
    origin = Origin(
        band.origin.kind, band.origin.source, min(DERIVED, band.origin.confidence), note=note
    )
    return Cell("em_res_power", value, origin)


DERIVATION = _Spectral()
