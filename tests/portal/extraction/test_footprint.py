"""Outlines on the sky: orientation, poles, the turn of right ascension, the whole sky."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.extraction._sphere import counter_clockwise, directions, smallest_cap
from portal.extraction.footprint import outline
from portal.fits.cards import Cards
from portal.fits.wcs import Sky, sky_of
from tests.portal.extraction.making import card, image_file, table_file, values


def sky(**cards):
    found = sky_of(Cards([card(name, value) for name, value in cards.items()]))
    assert isinstance(found, Sky), found
    return found


def tan(ra, dec, scale=0.01, turned=0.0, flip=-1.0, pixels=100):
    c, s = math.cos(turned), math.sin(turned)
    return sky(
        CTYPE1="RA---TAN",
        CTYPE2="DEC--TAN",
        CRVAL1=ra,
        CRVAL2=dec,
        CRPIX1=(pixels + 1) / 2,
        CRPIX2=(pixels + 1) / 2,
        CD1_1=flip * scale * c,
        CD1_2=scale * s,
        CD2_1=flip * -scale * s,
        CD2_2=scale * c,
        RADESYS="ICRS",
    )


def corners(region):
    words = region.split()
    assert words[:2] == ["POLYGON", "ICRS"]
    numbers = [float(word) for word in words[2:]]
    return numbers[::2], numbers[1::2]


@settings(max_examples=40, deadline=None)
@given(
    st.floats(0.0, 359.99),
    st.floats(-90.0, 90.0),
    st.floats(0.0, 6.28),
    st.sampled_from([-1.0, 1.0]),
    st.sampled_from([1e-5, 1e-3, 0.05]),
)
def test_a_square_field_anywhere(ra, dec, turned, flip, scale):
    region, fov, note = outline(tan(ra, dec, scale, turned, flip), 100, 100)
    points = directions(*corners(region))
    middle = directions([ra], [dec])[0]
    assert note == ""
    assert counter_clockwise(points, middle)
    half = math.degrees(math.atan(math.radians(scale * 50 * math.sqrt(2))))
    assert fov == pytest.approx(2 * half, rel=2e-3)
    assert smallest_cap(points).axis @ middle > math.cos(math.radians(0.02 * fov) + 1e-7)
    assert all(0.0 <= value < 360.0 for value in corners(region)[0])


def test_a_pole_inside_is_one_polygon():
    region, _, note = outline(tan(0.0, 90.0, 0.1), 100, 100)
    assert (len(corners(region)[0]), note) == (4, "")


def test_the_whole_sky():
    whole = sky(
        CTYPE1="RA---AIT", CTYPE2="DEC--AIT", CRVAL1=0.0, CRVAL2=0.0, CRPIX1=180.5, CRPIX2=90.5,
        CDELT1=-1.0, CDELT2=1.0, RADESYS="ICRS",
    )  # fmt: skip
    region, fov, note = outline(whole, 360, 180)
    assert (region, fov) == ("CIRCLE ICRS 0 0 180", 360.0)
    assert note


def test_a_field_partly_off_the_sky_is_a_circle():
    edge = sky(
        CTYPE1="RA---SIN", CTYPE2="DEC--SIN", CRVAL1=40.0, CRVAL2=10.0, CRPIX1=50.5, CRPIX2=50.5,
        CDELT1=-1.0, CDELT2=1.0, RADESYS="ICRS",
    )  # fmt: skip
    region, fov, note = outline(edge, 150, 40)
    assert region.startswith("CIRCLE ICRS ")
    assert 0.0 < fov <= 180.1
    assert "not on the sky" in note


def test_bent_edges_are_followed():
    bent = sky(
        CTYPE1="RA---CAR", CTYPE2="DEC--CAR", CRVAL1=180.0, CRVAL2=0.0, CRPIX1=30.5, CRPIX2=-59.5,
        CDELT1=-1.0, CDELT2=1.0, RADESYS="ICRS",
    )  # fmt: skip
    region, _, _ = outline(bent, 60, 20)
    assert len(corners(region)[0]) == 32


def test_a_spectrum_has_the_aperture_that_is_stated_and_no_outline(tmp_path):
    spectrum = {"CTYPE1": "WAVE", "CUNIT1": "nm", "CRVAL1": 500.0, "CDELT1": 0.1, "CRPIX1": 1.0}
    found = values(image_file(tmp_path / "a.fits", (50,), {**spectrum, "RA": 10.0, "DEC": 5.0}))
    assert found.get("s_fov") is None
    stated = {**spectrum, "APERTURE": (0.00028, "[deg] diameter of the aperture")}
    found = values(image_file(tmp_path / "a.fits", (50,), stated))
    assert found["s_fov"] == 0.00028
    stated["APERTURE"] = (0.00025, "[arcsec] a comment that its number contradicts")
    assert values(image_file(tmp_path / "a.fits", (50,), stated))["s_fov"] == 0.00025
    stated["APERTURE"] = (1.0, "[arcsec] diameter")
    assert values(image_file(tmp_path / "a.fits", (50,), stated))["s_fov"] == 1.0 / 3600.0
    assert found.get("s_region") is None


def test_an_outline_that_is_stated_runs_against_the_clock(tmp_path):
    cards = {"S_REGION": "POLYGON ICRS  10. 0.  10. 1.  11. 1.  11. 0.", "EXTNAME": "EXTRACT1D"}
    columns = [("WAVELENGTH", "1D", "um"), ("FLUX", "1D", "Jy")]
    found = values(table_file(tmp_path / "x.fits", columns, bytes(16 * 9), 9, cards))
    points = directions(*corners(found["s_region"]))
    assert counter_clockwise(points, directions([10.5], [0.5])[0])
    assert found["s_fov"] == pytest.approx(2**0.5, rel=1e-3)


def test_a_map_of_all_cells_is_the_whole_sky(tmp_path):
    cards = {"PIXTYPE": "HEALPIX", "ORDERING": "NESTED", "NSIDE": 1, "INDXSCHM": "IMPLICIT"}
    path = table_file(tmp_path / "h.fits", [("SIGNAL", "1E", "K")], bytes(48), 12, cards)
    found = values(path)
    assert (found["s_region"], found["s_fov"]) == ("CIRCLE ICRS 0 0 180", 360.0)
    assert found["dataproduct_type"] == "image"


@pytest.mark.parametrize("said", ["POLYGON ICRS 1 2 3", "POLYGON ICRS a b c d e f", "CIRCLE", ""])
def test_an_outline_that_is_broken_is_none(tmp_path, said):
    cards = {"S_REGION": said, "EXTNAME": "EXTRACT1D"}
    columns = [("WAVELENGTH", "1D", "um"), ("FLUX", "1D", "Jy")]
    found = values(table_file(tmp_path / "x.fits", columns, bytes(16 * 9), 9, cards))
    assert found.get("s_region") is None
