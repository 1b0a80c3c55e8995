"""Position, footprint, field and resolution: possible, and at one with each other."""

from collections.abc import Iterator

import numpy as np

from portal.lint._regions import Region, extents, parse_region
from portal.lint._telling import tell
from portal.lint._view import Mask, View
from portal.lint.base import Finding, Severity

__all__ = ["CHECK", "Sky"]

_SLACK = 0.1
"""Part of the size of a footprint by which a centre may lie outside."""
_NEAR, _FAR = 2 / 3600, 60 / 3600
"""[deg]; where slits are narrow, targets move or telescopes point as well as they can."""
_UNEQUAL = 3.0
"""Ratio of field and footprint beyond which they are not those of one product."""


class Sky:
    """Looks at the columns that begin with s_."""

    def findings(self, view: View) -> Iterator[Finding]:
        """Row by row."""
        yield from _positions(view)
        yield from _sizes(view)
        yield from _regions(view)


def _positions(view: View) -> Iterator[Finding]:
    ra, dec = view.number("s_ra"), view.number("s_dec")
    known = view.known("s_ra"), view.known("s_dec")
    yield from tell(
        view, "ra-range", "s_ra", known[0] & ~((ra >= 0) & (ra < 360)), "0 <= s_ra < 360 degrees",
        "take it modulo 360, in degrees",
    )  # fmt: skip
    yield from tell(
        view, "dec-range", "s_dec", known[1] & ~(np.abs(dec) <= 90), "-90 to 90 degrees",
        "give it in degrees; perhaps s_ra and s_dec are exchanged", also="s_ra",
    )  # fmt: skip
    for name, wrong in (("s_ra", known[1] & ~known[0]), ("s_dec", known[0] & ~known[1])):
        if view.column(name) is not None:
            yield from tell(
                view, "position-alone", name, wrong, "both s_ra and s_dec or none", "give both"
            )
    yield from tell(
        view, "position-zero", "s_ra", (ra == 0) & (dec == 0) & ~(view.number("s_fov") > 90),
        "the position of the product", "leave both empty where it is not known",
        severity="warning",
    )  # fmt: skip


def _sizes(view: View) -> Iterator[Finding]:
    field, resolution = view.number("s_fov"), view.number("s_resolution")
    yield from tell(
        view, "fov-range", "s_fov", view.known("s_fov") & ~((field > 0) & (field <= 360)),
        "a diameter in degrees, above 0 and up to 360",
        "convert it to degrees, or leave it empty",
    )  # fmt: skip
    yield from tell(
        view, "resolution-range", "s_resolution", view.known("s_resolution") & ~(resolution > 0),
        "an angle in arcsec above 0", "leave it empty where it is not known",
    )  # fmt: skip
    yield from tell(
        view, "resolution-above-fov", "s_resolution", resolution > 2 * 3600 * field,
        "a resolution smaller than the field of view", "look at the units: arcsec and degrees",
        severity="warning", also="s_fov",
    )  # fmt: skip
    pixels = np.fmax(view.number("s_xel1"), view.number("s_xel2"))
    fine = (pixels > 1) & (resolution < 0.05 * 3600 * field / pixels)
    yield from tell(
        view, "resolution-unit", "s_resolution", fine, "a resolution not far below the pixel",
        "give it in arcsec: this looks like degrees", severity="warning", also="s_fov",
    )  # fmt: skip
    for name in ("s_xel1", "s_xel2"):
        count = view.number(name)
        wrong = view.known(name) & ~((count > 0) | (count == -1))
        yield from tell(
            view, "count", name, wrong, "pixels, above 0, or -1 for none",
            "leave it empty where it is not known",
        )  # fmt: skip
    lone = view.known("s_xel1") != view.known("s_xel2")
    if view.column("s_xel2") is not None:
        yield from tell(
            view, "count-alone", "s_xel2", lone, "both s_xel1 and s_xel2 or none", "give both",
            severity="warning",
        )  # fmt: skip


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
