"""Sides of fields against the scales that astropy gives the pixels of the same header."""

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS
from astropy.wcs.utils import proj_plane_pixel_scales

from portal import extract
from portal.catalog.bins import described
from portal.catalog.sides import sides_of
from portal.model.schema import OBSERVATIONS


def cards(turn, scales, lengths, projection="TAN"):
    a = np.radians(turn)
    header = fits.Header()
    header["CTYPE1"], header["CTYPE2"] = f"RA---{projection}", f"DEC--{projection}"
    header["CRVAL1"], header["CRVAL2"] = 120.0, 60.0
    header["CRPIX1"], header["CRPIX2"] = ((n + 1) / 2 for n in lengths)
    header["CD1_1"], header["CD1_2"] = -scales[0] * np.cos(a), scales[1] * np.sin(a)
    header["CD2_1"], header["CD2_2"] = scales[0] * np.sin(a), scales[1] * np.cos(a)
    return header


@pytest.mark.parametrize("turn", [0.0, 30.0, 90.0, 200.0])
@pytest.mark.parametrize("lengths", [(30, 20), (20, 30), (25, 25)])
@pytest.mark.parametrize("mirrored", [False, True])
def test_sides_are_those_of_the_pixels(tmp_path, turn, lengths, mirrored):
    scales = (-0.01 if mirrored else 0.01, 0.01)
    header = cards(turn, scales, lengths)
    fits.writeto(tmp_path / "a.fits", np.zeros(lengths[::-1], "f4"), header)
    (given,) = extract(tmp_path / "a.fits").given
    row = dict.fromkeys(c.name for c in OBSERVATIONS) | dict(given.row)
    axes = described(row)["axes"]
    found = [axes[name]["width"] for name in "xy"]
    assert found == pytest.approx(proj_plane_pixel_scales(WCS(header)) * lengths, rel=1e-4)


def test_a_square_of_oblong_pixels_begins_with_its_first_axis(tmp_path):
    header = cards(10.0, (0.02, 0.01), (25, 25))
    fits.writeto(tmp_path / "a.fits", np.zeros((25, 25), "f4"), header)
    (given,) = extract(tmp_path / "a.fits").given
    sides = sides_of(given.row["s_region"], given.row["s_fov"], (25, 25))
    assert sides == pytest.approx((0.5, 0.25), rel=1e-4)


def test_a_bent_outline_has_four_sides(tmp_path):
    header = cards(0.0, (0.5, 0.5), (80, 40), "CAR")
    header["CRVAL2"] = 0.0
    fits.writeto(tmp_path / "a.fits", np.zeros((40, 80), "f4"), header)
    (given,) = extract(tmp_path / "a.fits").given
    region = str(given.row["s_region"])
    assert len(region.split()) == 2 + 64
    assert sides_of(region, None, (80, 40)) == pytest.approx((40.0, 20.0), rel=0.02)


@pytest.mark.parametrize(
    ("region", "field", "counts", "sides"),
    [
        (None, 5.0, (3, 4), (3.0, 4.0)),
        (None, 0.1, (None, None), (0.1, 0.1)),
        (None, 0.1, (-1, -1), (0.1, 0.1)),
        (None, None, (3, 4), None),
        (None, 0.1, (3, None), None),
        ("CIRCLE ICRS 10 10 0.5", 1.0, (30, 40), None),
        ("CIRCLE ICRS 10 10 0.5", 1.0, (None, None), (1.0, 1.0)),
        ("POLYGON ICRS 10 10 11 10 10 11", 1.4, (30, 40), None),
        ("POLYGON ICRS 10 10 10 10 10 10 10 10", 0.0, (30, 40), None),
    ],
)
def test_without_an_outline_of_four_sides(region, field, counts, sides):
    assert sides_of(region, field, counts) == (sides and pytest.approx(sides))
