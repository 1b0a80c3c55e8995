"""What part of the sky the pixels cover, and how wide it is."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from portal.extraction._pointing import pixel_doubt, sky_of_product
from portal.extraction._sphere import (
    Cap,
    Vectors,
    counter_clockwise,
    directions,
    places,
    smallest_cap,
)
from portal.fits.products import Product
from portal.fits.shape import of_one_element
from portal.fits.wcs import Sky
from portal.headers.dispersion import on_detector
from portal.headers.keywords import from_card, null
from portal.model.cell import CONVENTION, DERIVED, INFERRED, Cell, Origin

__all__ = ["DERIVATION", "outline"]

_STEPS = 8
"""Points along each edge of an array whose edges are bent."""
_BENT = 0.01
"""Part of the shorter edge by which an edge may bend before it is followed."""
_WIDEST = 80.0
"""Radius of a field above which a polygon is ambiguous [deg]."""
_GRID = 9
_ALL = "CIRCLE ICRS 0 0 180"
_ARCSEC = re.compile(r"\barc-?sec(?:ond)?s?\b", re.IGNORECASE)


@dataclass(frozen=True)
class _Footprint:
    columns: tuple[str, ...] = ("s_fov", "s_region")

    def derive(self, product: Product) -> Iterable[Cell]:
        """Of an image the outline of its pixels; of a spectrum what is stated of its aperture."""
        sky = sky_of_product(product)
        if not isinstance(sky, Sky) or on_detector(product):
            yield from _stated(product) or _whole_sky(product) or _aperture(product)
            return
        lengths = {axis.number: axis.length or 1 for axis in product.axes}
        if all(lengths[axis] == 1 for axis in sky.axes) and not of_one_element(product):
            # Of a spectrum at one place; the size of the pixel is what stands where none is known.
            return
        found = outline(sky, lengths[sky.axes[0]], lengths[sky.axes[1]])
        if found:
            yield from _outlined(product, sky, *found)


def _outlined(product: Product, sky: Sky, region: str, fov: float, note: str) -> Iterable[Cell]:
    """Of a header without an equinox the place may not be known, but the size is."""
    source, trust = f"WCS of HDU {product.hdu.index}", INFERRED if note else DERIVED
    doubt = pixel_doubt(product, sky)
    if doubt and doubt.lost:
        yield null("s_region", source, doubt.note)
    else:
        told = "; ".join(filter(None, (note, doubt.note if doubt else "")))
        origin = Origin("wcs", source, INFERRED if doubt else trust, note=told)
        yield Cell("s_region", region, origin)
    yield Cell("s_fov", fov, Origin("wcs", source, trust, note=note))


def outline(sky: Sky, columns: int, rows: int) -> tuple[str, float, str] | None:
    """The outline of an array on the sky.

    Returns
    -------
    STC-S of a polygon, against the clock, or of a circle; diameter [deg] of the smallest circle
    about it; and a note where it is only such a circle. None where no pixel is on the sky.
    """
    edge = _edge(sky, columns, rows)
    inside = _inside(sky, columns, rows)
    known = np.concatenate([edge[np.isfinite(edge).all(axis=1)], inside])
    if not len(known):
        return None
    if np.linalg.norm(known.mean(axis=0)) < 0.2:
        return _ALL, 360.0, "pixels on all sides of the sky"
    cap = smallest_cap(known)
    if len(known) < len(edge) + len(inside) or not np.isfinite(edge).all():
        return _circle(cap, "some pixels are not on the sky; a circle about those that are")
    if cap.radius > _WIDEST:
        return _circle(cap, "too wide for a polygon")
    corners = edge if _bent(edge) else edge[:: len(edge) // 4]
    if not counter_clockwise(corners, cap.axis):
        corners = corners[::-1]
    return f"POLYGON ICRS {_text(corners)}", 2.0 * cap.radius, ""


def _edge(sky: Sky, columns: int, rows: int) -> Vectors:
    """Directions along the outer edges of the outer pixels, (point, 3), from a corner on."""
    part = np.arange(_STEPS) / _STEPS
    x = np.concatenate([part, np.ones(_STEPS), 1.0 - part, np.zeros(_STEPS)])
    y = np.concatenate([np.zeros(_STEPS), part, np.ones(_STEPS), 1.0 - part])
    return directions(*sky.icrs(x * columns - 0.5, y * rows - 0.5))


def _inside(sky: Sky, columns: int, rows: int) -> Vectors:
    """Directions of some pixels that are on the sky."""
    x, y = np.meshgrid((np.arange(_GRID) + 0.5) / _GRID, (np.arange(_GRID) + 0.5) / _GRID)
    found = directions(*sky.icrs(x.ravel() * columns - 0.5, y.ravel() * rows - 0.5))
    kept: Vectors = found[np.isfinite(found).all(axis=1)]
    return kept


def _bent(edge: Vectors) -> bool:
    """Whether an edge leaves the great circle between its corners."""
    corners = edge[::_STEPS]
    after = np.roll(corners, -1, axis=0)
    shortest = float(np.linalg.norm(after - corners, axis=1).min())
    normal = np.cross(corners, after)
    length = np.linalg.norm(normal, axis=1, keepdims=True)
    if not (length > 0.0).all():
        return True
    off = np.abs(np.einsum("epk,ek->ep", edge.reshape(4, _STEPS, 3), normal / length))
    return float(off.max()) > _BENT * shortest


def _circle(cap: Cap, note: str) -> tuple[str, float, str]:
    ra, dec = places(cap.axis)
    text = f"CIRCLE ICRS {_number(float(ra))} {_number(float(dec))} {_number(cap.radius)}"
    return text, 2.0 * cap.radius, note


def _text(corners: Vectors) -> str:
    ra, dec = places(corners)
    pairs = zip(ra.tolist(), dec.tolist(), strict=True)
    return " ".join(f"{_number(a)} {_number(d)}" for a, d in pairs)


def _number(degrees: float) -> str:
    # Eight decimals are 36 microarcseconds; 360 is 0.
    rounded = round(degrees, 8)
    return f"{0.0 if rounded >= 360.0 else rounded:.8f}".rstrip("0").rstrip(".")


def _stated(product: Product) -> list[Cell]:
    """S_REGION of the pipelines of Webb and Hubble."""
    cards = product.cards
    words = (cards.text("S_REGION") or "").upper().split()
    if words[:1] != ["POLYGON"] or words[1:2] not in (["ICRS"], ["J2000"], ["FK5"]):
        return []
    try:
        numbers = np.array([float(word) for word in words[2:]])
    except ValueError:
        return []
    if len(numbers) < 6 or len(numbers) % 2 or not np.isfinite(numbers).all():
        return []
    corners = directions(numbers[::2], numbers[1::2])
    cap = smallest_cap(corners)
    if np.abs(numbers[1::2]).max() > 90.0 or cap.radius > _WIDEST:
        return []
    if not counter_clockwise(corners, cap.axis):
        corners = corners[::-1]
    return [
        from_card(cards, "S_REGION", "s_region", f"POLYGON ICRS {_text(corners)}"),
        from_card(cards, "S_REGION", "s_fov", 2.0 * cap.radius, DERIVED),
    ]


def _whole_sky(product: Product) -> list[Cell]:
    """A map of HEALPix cells without a list of cells has all of them."""
    cards = product.cards
    whole = (cards.text("INDXSCHM") or "IMPLICIT").upper() == "IMPLICIT"
    if (cards.text("PIXTYPE") or "").upper() != "HEALPIX" or not whole:
        return []
    origin = Origin("keyword", cards.source("PIXTYPE"), DERIVED, note="all cells of the sky")
    return [Cell("s_region", _ALL, origin), Cell("s_fov", 360.0, origin)]


def _aperture(product: Product) -> list[Cell]:
    """APERTURE of ESO's spectra: the diameter, in degrees unless the comment says arcseconds."""
    cards = product.cards
    value = cards.number("APERTURE") or 0.0
    said = _ARCSEC.search(cards.comment("APERTURE")) is not None
    # ESO asks for degrees, and some comments have another opinion than their numbers.
    degrees = value / 3600.0 if said and value > 0.01 else value
    if not 0.0 < degrees < 1.0:
        return []
    return [from_card(cards, "APERTURE", "s_fov", degrees, CONVENTION)]


DERIVATION = _Footprint()
