"""Laws that hold for every header, whatever stands in it."""

import math
import warnings

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.extraction import derive
from portal.fits.opening import open_fits
from portal.fits.products import products
from portal.model.schema import OBSCORE
from tests.portal.extraction.making import image_file, table_file

KEYWORDS = """CTYPE1 CTYPE2 CTYPE3 CRVAL1 CRVAL2 CRVAL3 CRPIX1 CRPIX2 CDELT1 CDELT2 CDELT3 CD1_1
CD1_2 CD2_1 CD2_2 CUNIT1 CUNIT2 CUNIT3 EQUINOX EPOCH RADESYS RADECSYS LONPOLE LATPOLE PV2_1 A_ORDER
A_2_0 RESTFRQ SPECSYS BUNIT OBJECT TELESCOP INSTRUME DETECTOR OBSTYPE IMAGETYP OBS_ID RA DEC RA_TARG
DEC_TARG DATE-OBS TIME-OBS DATE-END MJD-OBS MJD-END MJD-AVG EXPTIME EXPOSURE TIMESYS MJDREF TSTART
TSTOP TIMEUNIT TAI JD UT UTEND LONGITUD BMAJ BMIN BEAM SEEING NCOMBINE COADDS LEVEL CALIBLEV
S_REGION APERTURE DISPAXIS AMDX1 PLTRAH PPO3 CNPIX1 XPIXELSZ""".split()
TEXTS = [
    *("RA---TAN", "DEC--TAN", "GLON-CAR", "GLAT-CAR", "RA---ZPN", "DEC--SIN", "FREQ", "WAVE"),
    *("STOKES", "TIME", "VELO-LSR", "LINEAR", "deg", "arcsec", "Hz", "M/S", "s", "FK4", "ICRS"),
    *("GAPPT", "TAI", "TT", "2011-08-11T12:00:00", "08/11/51", "12:34:56.7", "-89:59:59", "ARC"),
    *("", " ", "Jy/beam", "10", "nan", "POLYGON ICRS 1 2 3 4 5 6", "3.5m", "'", "3x4"),
]
NUMBERS = [0.0, -1.0, 1e-300, 1e300, 89.99999, -90.0, 360.0, 359.999999, 2450000.5, 55784.5]
VALUES = (
    st.sampled_from(TEXTS)
    | st.sampled_from(NUMBERS)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.integers(-(2**40), 2**40)
    | st.booleans()
    | st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20)
)
HEADERS = st.dictionaries(st.sampled_from(KEYWORDS), VALUES, max_size=30)
SHAPES = st.lists(st.integers(1, 4), max_size=4).map(tuple)
NAMES = {column.name for column in OBSCORE}
LEVELS = (0.4, 0.7, 0.9, 1.0)


def cells(path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with open_fits(path) as file:
            return [derive(product) for product in products(file)[0]]


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(HEADERS, SHAPES)
def test_nothing_raises_warns_or_leaves_its_range(tmp_path, cards, shape):
    image_file(tmp_path / "a.fits", shape, cards)
    for found in cells(tmp_path / "a.fits"):
        row = {}
        for cell in found:
            assert "could not be derived" not in cell.origin.note
            assert cell.column in NAMES
            assert cell.origin.source
            assert cell.origin.confidence in LEVELS
            row.setdefault(cell.column, cell.value)
        lawful(row)


COLUMNS = st.lists(
    st.tuples(
        st.sampled_from(
            "TIME RATE FLUX WAVE LOGLAM RA DEC X Y ENERGY UU VV DATE EXPTIME MJD".split()
        ),
        st.sampled_from(["1D", "1E", "1J", "4E", "8A", "1L", "0D"]),
        st.sampled_from(["", "s", "d", "deg", "Angstrom", "keV", "banana"]),
    ),
    min_size=1,
    max_size=5,
)
WIDTHS = {"1D": 8, "1E": 4, "1J": 4, "4E": 16, "8A": 8, "1L": 1, "0D": 0}


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(COLUMNS, st.integers(0, 3), HEADERS, HEADERS)
def test_nothing_raises_or_warns_of_a_table(tmp_path, columns, rows, cards, primary):
    data = bytes(rows * sum(WIDTHS[form] for _, form, _ in columns))
    table_file(tmp_path / "t.fits", columns, data, rows, cards, primary)
    for found in cells(tmp_path / "t.fits"):
        row = {}
        for cell in found:
            assert "could not be derived" not in cell.origin.note
            row.setdefault(cell.column, cell.value)
        lawful(row)


def lawful(row):
    for value in row.values():
        assert not isinstance(value, float) or math.isfinite(value)
    assert row["calib_level"] in range(5)
    assert row["obs_id"]
    assert row["obs_collection"]
    if row.get("s_ra") is not None:
        assert 0.0 <= row["s_ra"] < 360.0
        assert -90.0 <= row["s_dec"] <= 90.0
    if row.get("s_region") is not None:
        assert row["s_region"].startswith(("POLYGON ICRS ", "CIRCLE ICRS "))
        assert 0.0 < row["s_fov"] <= 360.0
    if row.get("t_min") is not None and row.get("t_max") is not None:
        assert row["t_min"] <= row["t_max"]
    for column in ("t_exptime", "t_resolution", "s_resolution"):
        assert row.get(column) is None or row[column] > 0.0


@pytest.mark.parametrize("member", ["position", "timing"])
def test_a_derivation_that_fails_says_so_and_keeps_the_others(tmp_path, monkeypatch, member):
    from importlib import import_module

    module = import_module(f"portal.extraction.{member}")

    class Broken:
        columns = module.DERIVATION.columns

        def derive(self, product):
            raise ZeroDivisionError("a header nobody thought of")

    from portal import extraction

    found = {**extraction.members("portal.extraction", "DERIVATION"), member: Broken()}
    monkeypatch.setattr(extraction, "members", lambda package, attribute: found)
    (row,) = cells(image_file(tmp_path / "a.fits", (4, 4), {"OBJECT": "IK Tau"}))
    notes = {cell.column: cell for cell in row}
    for column in Broken.columns:
        assert notes[column].value is None
        assert "ZeroDivisionError" in notes[column].origin.note
    assert notes["target_name"].value == "IK Tau"


def test_derivations_do_not_share_columns():
    from portal.registry import members

    columns = [
        c for member in members("portal.extraction", "DERIVATION").values() for c in member.columns
    ]
    assert sorted(columns) == sorted(NAMES)
