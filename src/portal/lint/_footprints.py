"""Footprints of a table: what they are, and how they lie about the positions of their rows."""

import numpy as np

from portal.lint._regions import Extents, crossed, extents
from portal.lint._view import Floats, Mask, View
from portal.model.region import Region, parse_region

__all__ = ["FRAMES", "crosses", "foreign", "gap", "reach", "shaped", "size"]

FRAMES = ("icrs", "unknownframe")
"""Frames that are ICRS, or may be."""


def shaped(view: View, name: str) -> Mask:
    """(row,) where there is a footprint."""
    return np.array([one is not None for one in _regions(view, name)], bool)


def foreign(view: View, name: str) -> Mask:
    """(row,) where the frame is not ICRS."""
    return np.array([r is not None and r.frame not in FRAMES for r in _regions(view, name)], bool)


def crosses(view: View, name: str) -> Mask:
    """(row,) where sides of a polygon cross each other."""
    return crossed(_regions(view, name))


def gap(view: View, name: str) -> Floats:
    """(row,) [deg] how far s_ra and s_dec are from the footprint; 0 inside, and where unknown."""
    return _extents(view, name).gap


def size(view: View, name: str) -> Floats:
    """(row,) [deg] diameter of the largest shape; 0 where unknown."""
    return _extents(view, name).size


def reach(view: View, name: str) -> Floats:
    """(row,) [deg] largest distance of the footprint from s_ra and s_dec; 0 where unknown."""
    return _extents(view, name).reach


def _regions(view: View, name: str) -> list[Region | None]:
    return view.once(("regions", name), lambda: _parsed(view, name))


def _extents(view: View, name: str) -> Extents:
    return view.once(("extents", name), lambda: _measured(view, name))


def _parsed(view: View, name: str) -> list[Region | None]:
    texts, xtype = view.text(name), view.said(name, "xtype")
    parsed = {text: parse_region(text, xtype) for text in set(texts) if text}
    return [parsed.get(text) for text in texts]


def _measured(view: View, name: str) -> Extents:
    """Of shapes that can be looked at, about positions that are possible."""
    ra, dec = view.number("s_ra"), view.number("s_dec")
    possible = (ra >= 0) & (ra < 360) & (np.abs(dec) <= 90)
    regions = [
        region if yes and region is not None and not region.others else None
        for region, yes in zip(_regions(view, name), possible, strict=True)
    ]
    return extents(regions, ra, dec)
