"""Position, footprint, field and resolution: possible, and at one with each other."""

from collections.abc import Iterator

from portal.lint._terms import NULL, alone, uncounted
from portal.lint.base import Rule, Ruled, Severity

__all__ = ["CHECK"]

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


def _regions() -> Iterator[Rule]:
    yield Rule(
        "region-form",
        "s_region",
        "known(s_region) and not shaped(s_region)",
        "POLYGON ICRS ra dec ra dec ra dec ... or CIRCLE ICRS ra dec radius, in degrees",
        "write the footprint in these words",
    )
    yield Rule(
        "region-frame",
        "s_region",
        "foreign(s_region)",
        "ICRS",
        "convert the footprint to ICRS",
        "warning",
    )
    yield Rule(
        "region-crosses",
        "s_region",
        "crossed(s_region)",
        "a polygon whose sides do not cross",
        "put the corners in their order around the footprint",
    )
    far = f"gap(s_region) > max(size(s_region), {_FAR})"
    misses = f"gap(s_region) > max({_SLACK} * size(s_region), {_NEAR})"
    told: tuple[tuple[str, Severity], ...] = (
        (far, "error"), (f"{misses} and not {far}", "warning"),
    )  # fmt: skip
    for wrong, severity in told:
        yield Rule(
            "region-misses",
            "s_region",
            wrong,
            "a footprint that holds s_ra and s_dec",
            "look at order and units of both; right ascension is in degrees",
            severity,
            "s_ra",
        )
    width = "2 * reach(s_region)"
    yield Rule(
        "region-fov",
        "s_fov",
        f"s_fov > 0 and {width} > 0 and not {misses}"
        f" and (s_fov > {_UNEQUAL} * {width} or s_fov * {_UNEQUAL} < {width})",
        "a diameter like that of s_region",
        "give the diameter of the footprint in degrees: no area, and no arcminutes",
        also="s_region",
    )


CHECK = Ruled((*_positions(), *_sizes(), *_regions()))
