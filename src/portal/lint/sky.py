"""Position, footprint, field and resolution: possible, and at one with each other."""

from collections.abc import Iterator

import numpy as np

from portal.lint._regions import crossed, extents
from portal.lint._telling import tell
from portal.lint._terms import NULL, alone, uncounted
from portal.lint._view import Mask, View
from portal.lint.base import Finding, Rule, Severity
from portal.model.region import Region, parse_region

__all__ = ["CHECK", "Sky"]

_SLACK = 0.1
"""Part of the size of a footprint by which a centre may lie outside."""
_NEAR, _FAR = 2 / 3600, 60 / 3600
"""[deg]; where slits are narrow, targets move or telescopes point as well as they can."""
_INFRARED, _FINEST = 1e-4, 1e4
"""[m] Longest waves of telescopes without radio receivers, and twenty times what lies between their
mirrors at most: they tell no less apart than one by the other."""
_RADIAN = 0.017453292519943295  # of a degree
_UNEQUAL = 3.0
"""Ratio of field and footprint beyond which they are not those of one product."""


class Sky:
    """Looks at the columns that begin with s_."""

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Positions and sizes."""
        return (*_positions(), *_sizes())

    def findings(self, view: View) -> Iterator[Finding]:
        """Footprints, which are more than a number."""
        yield from _regions(view)


def _positions() -> Iterator[Rule]:
    yield Rule(
        "ra-range",
        "s_ra",
        "known(s_ra) and not 0 <= s_ra < 360",
        "0 <= s_ra < 360 degrees",
        "take it modulo 360, in degrees",
    )
    yield Rule(
        "dec-range",
        "s_dec",
        "known(s_dec) and not abs(s_dec) <= 90",
        "-90 to 90 degrees",
        "give it in degrees; perhaps s_ra and s_dec are exchanged",
        also="s_ra",
    )
    for one, other in (("s_ra", "s_dec"), ("s_dec", "s_ra")):
        yield Rule(
            "position-alone", one, alone(one, other), "both s_ra and s_dec or none", "give both"
        )
    yield Rule(
        "position-zero",
        "s_ra",
        "s_ra == 0 and s_dec == 0 and not s_fov > 90",
        "the position of the product",
        "leave both empty where it is not known",
        "warning",
    )


def _sizes() -> Iterator[Rule]:
    yield Rule(
        "fov-range",
        "s_fov",
        "known(s_fov) and not 0 < s_fov <= 360",
        "a diameter in degrees, above 0 and up to 360",
        "convert it to degrees, or leave it empty",
    )
    yield Rule(
        "resolution-range",
        "s_resolution",
        "known(s_resolution) and not s_resolution > 0",
        "an angle in arcsec above 0",
        NULL,
    )
    yield Rule(
        "resolution-above-fov",
        "s_resolution",
        "s_resolution > 2 * 3600 * s_fov",
        "a resolution smaller than the field of view",
        "look at the units: arcsec and degrees",
        "warning",
        "s_fov",
    )
    pixels = "fmax(s_xel1, s_xel2)"
    yield Rule(
        "resolution-unit",
        "s_resolution",
        f"{pixels} > 1 and s_resolution < 0.05 * 3600 * s_fov / {pixels}",
        "a resolution not far below the pixel",
        "give it in arcsec: this looks like degrees",
        "warning",
        "s_fov",
    )
    yield Rule(
        "pixel-size",
        "s_xel1",
        f"{pixels} > 1 and 0 < em_max < {_INFRARED}"
        f" and s_fov * {_RADIAN} * {_FINEST} < em_max * {pixels}",
        "pixels that a telescope can tell apart",
        "look at the number of pixels and at s_fov: they are not of one product",
        "warning",
        "s_fov",
    )
    for name in ("s_xel1", "s_xel2"):
        yield Rule("count", name, uncounted(name), "pixels, above 0, or -1 for none", NULL)
    yield Rule(
        "count-alone",
        "s_xel2",
        "present(s_xel2) and known(s_xel1) != known(s_xel2)",
        "both s_xel1 and s_xel2 or none",
        "give both",
        "warning",
    )


def _regions(view: View) -> Iterator[Finding]:
    texts, xtype = view.text("s_region"), view.said("s_region", "xtype")
    parsed = {text: parse_region(text, xtype) for text in set(texts) if text}
    found = [parsed.get(text) for text in texts]
    none = view.known("s_region") & np.array([region is None for region in found], bool)
    yield from tell(
        view, "region-form", "s_region", none,
        "POLYGON ICRS ra dec ra dec ra dec ... or CIRCLE ICRS ra dec radius, in degrees",
        "write the footprint in these words",
    )  # fmt: skip
    frame = np.array(
        [r is not None and r.frame not in ("icrs", "unknownframe") for r in found], bool
    )
    yield from tell(
        view, "region-frame", "s_region", frame, "ICRS", "convert the footprint to ICRS",
        severity="warning",
    )  # fmt: skip
    yield from tell(
        view, "region-crosses", "s_region", crossed(found), "a polygon whose sides do not cross",
        "put the corners in their order around the footprint",
    )  # fmt: skip
    yield from _compared(view, found)


def _compared(view: View, found: list[Region | None]) -> Iterator[Finding]:
    ra, dec, field = (view.number(name) for name in ("s_ra", "s_dec", "s_fov"))
    possible = (ra >= 0) & (ra < 360) & (np.abs(dec) <= 90)
    looked = np.array([r is not None and not r.others for r in found], bool) & possible
    one = extents([r if yes else None for r, yes in zip(found, looked, strict=True)], ra, dec)
    misses = one.gap > np.maximum(_SLACK * one.size, _NEAR)
    far = one.gap > np.maximum(one.size, _FAR)
    told: tuple[tuple[Mask, Severity], ...] = ((far, "error"), (misses & ~far, "warning"))
    for wrong, severity in told:
        yield from tell(
            view, "region-misses", "s_region", wrong, "a footprint that holds s_ra and s_dec",
            "look at order and units of both; right ascension is in degrees", also="s_ra",
            severity=severity,
        )  # fmt: skip
    ratio = np.where((field > 0) & ~misses & (one.reach > 0), field / (2 * one.reach), 1.0)
    unequal = (ratio > _UNEQUAL) | (ratio < 1 / _UNEQUAL)
    yield from tell(
        view, "region-fov", "s_fov", unequal, "a diameter like that of s_region",
        "give the diameter of the footprint in degrees: no area, and no arcminutes",
        also="s_region",
    )  # fmt: skip


CHECK = Sky()
