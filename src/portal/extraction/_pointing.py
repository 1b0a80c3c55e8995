"""The sky that the pixels of a product lie on, if its coordinates mean something; its equinox."""

from functools import lru_cache

import numpy as np

from portal.extraction._frames import Doubt, untold_equinox
from portal.extraction._stamps import start_stamps
from portal.fits.products import Product
from portal.fits.shape import spatial
from portal.fits.wcs import NoSky, Sky, sky_of
from portal.headers.dispersion import on_detector, without_wavelengths
from portal.headers.sky import not_of_sky

__all__ = ["equinox_doubt", "pixel_doubt", "sky_of_product", "unset"]

_COARSEST = 20.0
"""Degrees of a pixel above which the coordinates were never set."""
_NO_EQUINOX = ("no-equinox", "epoch-is-date")
_LONGEST = 500.0
"""Times that a pixel may be longer than wide; beyond it a matrix is broken."""


@lru_cache(maxsize=2)
def _described(product: "_Key") -> Sky | NoSky:
    return _judged(product.product)


class _Key:
    """A product by its identity: position and footprint ask for the same coordinates."""

    __slots__ = ("product",)

    def __init__(self, product: Product) -> None:
        self.product = product

    def __hash__(self) -> int:
        return id(self.product)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.product is other.product


def sky_of_product(product: Product) -> Sky | NoSky:
    """Where the pixels lie on the sky, or why they lie nowhere."""
    return _described(_Key(product))


def _judged(product: Product) -> Sky | NoSky:
    if not spatial(product):
        return NoSky("no two axes of the sky")
    if unlit := not_of_sky(product):
        return NoSky(f"not of the sky: {unlit}")
    if on_detector(product) and without_wavelengths(product):
        # Webb's pipelines keep their coordinates elsewhere; these are of one point of the slit.
        return NoSky("light was dispersed along an axis that the data do not have")
    sky = sky_of(product.cards)
    if isinstance(sky, NoSky):
        return sky
    lengths = {axis.number for axis in product.axes if axis.length}
    if not set(sky.axes) <= lengths:
        return NoSky("the axes of the sky have no pixels")
    return NoSky("coordinates that were never set") if unset(sky) else sky


def equinox_doubt(product: Product, name: str = "") -> Doubt | None:
    """What is not told of the equinox of keywords; `name` may have one of its own."""
    observed = next(start_stamps(product.cards), None)
    return untold_equinox(product.cards, observed.mjd if observed else None, name)


def pixel_doubt(product: Product, sky: Sky) -> Doubt | None:
    """What is not told of the equinox of pixels: where a card of it is none.

    FITS 4.0, sec. 8.3: without such a card the frame is the ICRS, whatever the year.
    """
    untold = any(repair.code in _NO_EQUINOX for repair in sky.repairs)
    return equinox_doubt(product) if untold else None


def unset(sky: Sky) -> bool:
    """Whether coordinates are those of a header that nobody filled in."""
    wcs = sky.wcs.wcs
    sides = np.linalg.norm(np.asarray(wcs.cd), axis=0)
    if sides.max() > _LONGEST * sides.min():
        return True
    nowhere = not any(wcs.crval) and not any(wcs.crpix)
    # Maps in cylindrical projections may begin where both coordinates are 0.
    placeholder = sky.scale == 1.0 or str(wcs.ctype[0])[5:8] == "TAN"
    return sky.scale > _COARSEST or sky.scale == 0.0 or (nowhere and placeholder)
