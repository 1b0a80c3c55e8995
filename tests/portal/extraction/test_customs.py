"""Tables by the customs of some fields: pulsars, gratings of X-rays, light curves by other days."""

import struct

import numpy as np
import pytest

from tests.portal.extraction.making import image_file, only, table_file, values


def test_an_archive_of_a_pulsar_is_a_series_with_the_band_of_its_channels(tmp_path):
    columns = [("TSUBINT", "1D", "s"), ("DAT_FREQ", "4D", "MHz"), ("DATA", "8I", "Jy")]
    row = struct.pack(">5d8h", 60.0, 1400.0, 1300.0, 1200.0, 1500.0, *range(8))
    primary = {"FITSTYPE": "PSRFITS", "SRC_NAME": "J0437-4715"}
    path = table_file(tmp_path / "a.fits", columns, row * 3, 3, {"EXTNAME": "SUBINT"}, primary)
    found = values(path)
    assert found["dataproduct_type"] == "timeseries"
    assert (found["em_xel"], found["t_xel"]) == (4, 3)
    ends = [299792458.0 / f for f in (1.55e9, 1.15e9)]
    assert [found["em_min"], found["em_max"]] == pytest.approx(ends)


@pytest.mark.parametrize(("unit", "ends"), [("angstrom", (1e-10, 21.6e-10)), ("", None)])
def test_channels_of_a_grating_have_edges(tmp_path, unit, ends):
    columns = [("COUNTS", "2I", ""), ("BIN_LO", "2D", unit), ("BIN_HI", "2D", unit)]
    row = struct.pack(">2h4d", 1, 2, 1.0, 11.0, 11.0, 21.6)
    found = values(table_file(tmp_path / "a.fits", columns, row, 1, {"HDUCLAS1": "SPECTRUM"}))
    told = (None, None) if ends is None else pytest.approx(ends)
    assert (found.get("em_min"), found.get("em_max")) == told


@pytest.mark.parametrize(
    ("name", "unit", "first", "mjd"),
    [
        ("MJD", "d", 50000.25, 50000.25),
        ("MJD", "", 50000.25, 50000.25),
        ("JD", "d", 2450000.75, 50000.25),
        ("HJD", "d", 2450000.75, 50000.25),
        ("HJD", "d", 50000.25, None),
        ("MJD", "s", 50000.25, None),
        ("TIME", "JD - 2450000", 1000.25, None),
    ],
)
def test_times_by_the_name_of_their_column(tmp_path, name, unit, first, mjd):
    data = np.array([first, first + 1.5, first + 3.0]).repeat(2).astype(">f8").tobytes()
    path = table_file(tmp_path / "a.fits", [(name, "D", unit), ("MAG", "D", "mag")], data, 3, {})
    found = values(path)
    assert found["dataproduct_type"] == "timeseries"
    ends = (None, None) if mjd is None else pytest.approx((mjd, mjd + 3.0))
    assert (found.get("t_min"), found.get("t_max")) == ends


def test_one_pixel_before_the_events_is_no_image(tmp_path):
    columns = [("TIME", "1D", "s"), ("ENERGY", "1D", "keV")]
    table = table_file(tmp_path / "a.fits", columns, bytes(32), 2, {"EXTNAME": "EVENTS"})
    image = image_file(tmp_path / "b.fits", (1, 1), {"OBJECT": "Crab", "EXTEND": True})
    path = tmp_path / "c.fits"
    path.write_bytes(image.read_bytes() + table.read_bytes()[2880:])
    assert only(path).part == "1"
    # Alone it is all that was observed.
    assert only(image).part == "0"


def test_a_function_of_sensitivity_beside_spectra_is_no_product(tmp_path):
    wave = {"CTYPE1": "WAVE", "CUNIT1": "nm", "CRVAL1": 400.0, "CDELT1": 0.1, "CRPIX1": 1.0}
    parts = [
        image_file(tmp_path / f"{name}.fits", (9,), {**wave, "EXTNAME": name}).read_bytes()
        for name in ("RED_DATA", "RED_SENSFUNC")
    ]
    simple = b"SIMPLE  =                    T".ljust(80)
    path = tmp_path / "a.fits"
    path.write_bytes(parts[0] + parts[1].replace(simple, b"XTENSION= 'IMAGE   '".ljust(80)))
    assert only(path).hdu.name == "RED_DATA"
