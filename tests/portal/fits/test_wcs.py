"""Places on the sky: as astropy has them where it can, and where it cannot, as they are meant."""

import math
import warnings

import numpy as np
import pytest

from portal.fits.cards import Cards, cards_from_text
from portal.fits.opening import open_fits
from portal.fits.products import products
from portal.fits.wcs import NoSky, Sky, sky_of

PLAIN = {
    "NAXIS": 2,
    "NAXIS1": 100,
    "NAXIS2": 80,
    "CTYPE1": "RA---TAN",
    "CTYPE2": "DEC--TAN",
    "CRPIX1": 50.5,
    "CRPIX2": 40.5,
    "CRVAL1": 150.0,
    "CRVAL2": -30.0,
    "CDELT1": -0.001,
    "CDELT2": 0.001,
}


def _cards(**changes):
    values = {**PLAIN, **changes}
    lines = [
        f"{key:8s}= {value!r}".replace('"', "'")
        for key, value in values.items()
        if value is not None
    ]
    return Cards(lines)


def _sky(**changes):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sky = sky_of(_cards(**changes))
    assert isinstance(sky, Sky), sky
    return sky


def _centre(sky):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ra, dec = sky.icrs(49.5, 39.5)
    return float(ra), float(dec)


def _codes(sky):
    return [repair.code for repair in sky.repairs]


def test_a_plain_header_needs_no_repair():
    sky = _sky()
    assert _centre(sky) == pytest.approx((150.0, -30.0), abs=1e-9)
    assert sky.repairs == ()
    assert (sky.frame, sky.axes) == ("icrs", (1, 2))
    assert sky.scale == pytest.approx(0.001)


ELSEWHERE = {
    "wrong-unit-spelling": ({"CUNIT1": "DEG", "CUNIT2": "Degrees"}, ["unit-spelling"] * 2),
    "misspelt-keyword": ({"CRUNIT1": "deg"}, ["keyword-spelling"]),
    "radecsys": ({"RADECSYS": "ICRS"}, ["old-keyword"]),
    "frame-spelling": ({"RADESYS": "ICRS J2000"}, ["frame-spelling"]),
    "equinox-zero": ({"EQUINOX": 0.0}, ["no-equinox"]),
    "epoch-is-date": ({"EPOCH": 2016.43}, ["epoch-is-date"]),
    "cd-and-cdelt": (
        {"CD1_1": -0.001, "CD2_2": 0.001, "CDELT1": 1.0, "CDELT2": 1.0},
        ["cdelt-beside-cd"] * 2,
    ),
    "zero-cd": ({"CD1_1": 0.0, "CD2_2": 0.0}, ["singular-matrix"]),
    "sip-half": ({"A_ORDER": 2, "A_2_0": 1e-4}, ["sip-incomplete"]),
    "sip-order": ({"A_ORDER": 2, "B_ORDER": 99}, ["sip-incomplete"]),
    "tnx": ({"CTYPE1": "RA---TNX", "CTYPE2": "DEC--TNX"}, ["projection"]),
    "pv-of-nothing": ({"PV2_1": 0.0, "PV2_5": 0.0}, ["needless-pv"]),
    "short-ctype": ({"CTYPE1": "RA--TAN", "CTYPE2": "DEC-TAN"}, []),
    "small-ctype": ({"CTYPE1": "ra---tan", "CTYPE2": "dec--tan"}, []),
    "texts": ({"CRVAL1": "150.0", "CDELT1": "-0.001"}, []),
    "third-axis": ({"CTYPE3": "FREQ", "CUNIT3": "HZ", "CRVAL3": 1e9, "CDELT3": 1e6}, []),
    "tab-axis": ({"CTYPE3": "TIME-TAB", "PS3_0": "WCS-TABLE"}, []),
    "lookup": ({"CPDIS1": "LOOKUP", "DP1": "EXTVER: 1"}, []),
    "nonsense-pole": ({"LONPOLE": "south", "LATPOLE": 999.0}, []),
    "bad-date": ({"DATE-OBS": "31/31/99", "MJD-OBS": "x"}, []),
}


@pytest.mark.parametrize("fault", ELSEWHERE)
def test_a_fault_is_named_and_the_place_stays(fault):
    changes, codes = ELSEWHERE[fault]
    sky = _sky(**changes)
    ra, dec = _centre(sky)
    # FK5 and ICRS differ by less than 0.03 arcseconds.
    assert math.hypot((ra - 150.0) * math.cos(math.radians(30.0)), dec + 30.0) < 1e-5
    assert _codes(sky) == codes
    assert all(str(repair) for repair in sky.repairs)


def test_units_other_than_degrees_are_converted():
    seconds = {"CUNIT1": "arcsec", "CUNIT2": "arcsec", "CRVAL1": 150 * 3600.0}
    sky = _sky(**seconds, CRVAL2=-30 * 3600.0, CDELT1=-3.6, CDELT2=3.6)
    assert _centre(sky) == pytest.approx((150.0, -30.0), abs=1e-9)
    assert sky.scale == pytest.approx(0.001)


@pytest.mark.parametrize(
    ("changes", "frame"),
    [
        ({"RADESYS": "FK5", "EQUINOX": 1975.0}, "fk5"),
        ({"EQUINOX": "B1950"}, "fk4"),
        ({"EPOCH": 1950.0}, "fk4"),
        ({"RADESYS": "FK4-NO-E"}, "fk4noeterms"),
        ({"CTYPE1": "GLON-TAN", "CTYPE2": "GLAT-TAN"}, "galactic"),
        ({"CTYPE1": "SLON-TAN", "CTYPE2": "SLAT-TAN"}, "supergalactic"),
        ({"CTYPE1": "ELON-TAN", "CTYPE2": "ELAT-TAN"}, "ecliptic"),
    ],
)
def test_each_frame_is_turned_into_icrs(changes, frame):
    from astropy import units
    from astropy.coordinates import SkyCoord

    sky = _sky(**changes)
    ra, dec = _centre(sky)
    names = {"fk4noeterms": "fk4noeterms", "ecliptic": "barycentricmeanecliptic"}
    equinox = {"fk5": "J1975", "fk4": "B1950", "fk4noeterms": "B1950"}.get(frame)
    options = {"equinox": equinox} if equinox else {}
    name = names.get(frame, frame)
    place = SkyCoord(150.0 * units.deg, -30.0 * units.deg, frame=name, **options).icrs
    if frame == "supergalactic":
        place = SkyCoord(sgl=150.0, sgb=-30.0, unit="deg", frame=name).icrs
    assert sky.frame == frame
    assert (ra, dec) == pytest.approx((place.ra.deg, place.dec.deg), abs=1e-7)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"CTYPE1": "LINEAR", "CTYPE2": "LINEAR"}, "no celestial axes"),
        ({"CTYPE1": None}, "no celestial axes"),
        ({"CTYPE1": "HPLN-TAN", "CTYPE2": "HPLT-TAN"}, "HPLN of another body"),
        ({"CTYPE1": "AZ---TAN", "CTYPE2": "ALT--TAN"}, "horizon"),
        ({"CTYPE2": "DEC--SIN"}, "different projections"),
        ({"CTYPE1": "RA---XYZ", "CTYPE2": "DEC--XYZ"}, "unknown projection"),
        ({"CRVAL1": None}, "no number in CRVAL1"),
        ({"CRVAL2": "blank"}, "no number in CRVAL2"),
        ({"CRVAL2": 95.0}, "latitude of 95"),
        ({"CDELT1": None}, "no size of the pixels"),
        ({"CDELT1": 0.0}, "no size of the pixels"),
        ({"RADESYS": "GAPPT"}, "apparent"),
        ({"CTYPE1": "RA---COP", "CTYPE2": "DEC--COP"}, "contradict each other"),
    ],
)
def test_what_cannot_be_known_has_a_reason(changes, reason):
    found = sky_of(_cards(**changes))
    assert isinstance(found, NoSky)
    assert reason in found.reason


def test_axes_in_the_other_order():
    swapped = {"CTYPE1": "DEC--TAN", "CTYPE2": "RA---TAN", "CRVAL1": -30.0, "CRVAL2": 150.0}
    assert _centre(_sky(**swapped)) == pytest.approx((150.0, -30.0), abs=1e-9)


def test_linear_axes_are_taken_as_they_are():
    sky = _sky(CTYPE1="DEC", CTYPE2="RA", CRVAL1=-30.0, CRVAL2=150.0)
    assert _centre(sky) == pytest.approx((150.0, -30.0), abs=1e-9)


def test_the_rotation_is_that_of_astropy():
    from astropy.io import fits
    from astropy.wcs import WCS

    for changes in (
        {"CROTA2": 30.0},
        {"PC1_2": 0.3, "PC2_1": -0.2},
        {"CD1_1": 1e-3, "CD2_1": 2e-3, "CD1_2": -5e-4, "CD2_2": 1e-3},
    ):
        values = {**PLAIN, **changes}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            there = WCS(fits.Header(values)).all_pix2world(10, 70, 0)
        assert np.allclose(_sky(**changes).icrs(10, 70), there, atol=1e-9)


def test_alternate_descriptions_serve_where_there_is_no_other():
    changes = {f"{key}A": value for key, value in PLAIN.items() if key.startswith("C")}
    sky = _sky(**{key: None for key in PLAIN if key.startswith("C")}, **changes)
    assert _centre(sky) == pytest.approx((150.0, -30.0), abs=1e-9)


def test_pixels_beyond_the_projection_are_not_on_the_sky():
    sky = _sky(CTYPE1="RA---SIN", CTYPE2="DEC--SIN", CDELT1=-1.0, CDELT2=1.0)
    ra, dec = sky.icrs([49.5, 500.0], [39.5, 500.0])
    assert np.isfinite([ra[0], dec[0]]).all()
    assert np.isnan([ra[1], dec[1]]).all()


def _astropy(cards, pixel):
    from astropy.coordinates import SkyCoord
    from astropy.io import fits
    from astropy.wcs import WCS
    from astropy.wcs.utils import wcs_to_celestial_frame

    if cards.number("EQUINOX") == 0.0:
        return None  # astropy turns coordinates of the year 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            header = fits.Header.fromstring("".join(r.ljust(80) for r in cards.records))
            sky = WCS(header).celestial
            place = sky.all_pix2world(*pixel, 0)
            return SkyCoord(*place, unit="deg", frame=wcs_to_celestial_frame(sky)).icrs
        except Exception:  # astropy refuses it in one of many ways
            return None


def _agrees(cards):
    """1 if astropy gives the same place, 0 if it gives none, for a header with a place."""
    found = sky_of(cards)
    if not isinstance(found, Sky):
        return 0
    pixel = [(cards.integer(f"NAXIS{axis}") or 100) / 2.0 for axis in found.axes]
    place = _astropy(cards, pixel)
    if place is None or not np.isfinite(place.ra.deg):
        return 0
    ra, dec = found.icrs(*pixel)
    east = (float(ra) - place.ra.deg + 180.0) % 360.0 - 180.0
    apart = math.hypot(east * math.cos(math.radians(place.dec.deg)), float(dec) - place.dec.deg)
    assert apart < 1e-9 + 0.1 * found.scale
    return 1


def test_shared_files_lie_where_astropy_has_them(atomium_data):
    agreed = 0
    for path in sorted((atomium_data / "fits").glob("*.f*")):
        with open_fits(path) as file:
            for product in products(file)[0]:
                agreed += _agrees(product.hdu.cards)
    assert agreed >= 20


def test_shared_headers_lie_where_astropy_has_them(atomium_data):
    agreed = 0
    for path in sorted((atomium_data / "fits" / "headers").glob("*.h*")):
        agreed += _agrees(cards_from_text(path.read_bytes().decode("latin-1")))
    assert agreed >= 12


def test_a_plate_of_the_sky_survey_is_found(atomium_data):
    with open_fits(atomium_data / "fits" / "img_ned_dss_plate.fits") as file:
        sky = sky_of(file.hdus[0].cards)
    assert isinstance(sky, Sky)
    ra, dec = sky.icrs(88.0, 88.0)
    # The Crab nebula, which the image was cut out around.
    assert (float(ra), float(dec)) == pytest.approx((83.633, 22.0145), abs=0.002)
    assert sky.scale * 3600.0 == pytest.approx(1.7, abs=0.02)
    assert _codes(sky) == ["plate-solution"]


def test_tan_with_polynomials_is_tpv(atomium_data):
    text = (atomium_data / "fits" / "headers" / "invalid_header.hdr").read_bytes().decode("latin-1")
    sky = sky_of(cards_from_text(text))
    assert isinstance(sky, Sky)
    assert "tan-with-pv" in _codes(sky)
