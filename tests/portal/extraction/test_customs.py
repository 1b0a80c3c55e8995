"""Tables by the customs of some fields: pulsars, gratings of X-rays, light curves by other days."""

import struct

import numpy as np
import pytest
from astropy.io import fits

from portal.extraction import derive
from portal.fits.opening import open_fits
from portal.fits.products import products
from portal.model.cell import INFERRED
from tests.portal.extraction.making import image_file, only, table_file, values

PULSAR = {"FITSTYPE": "PSRFITS", "STT_IMJD": 56048, "STT_SMJD": 3600, "STT_OFFS": 0.5}


@pytest.fixture
def archive(tmp_path):
    """Three rows of a minute each, which begin `first` seconds after the scan."""

    def made(cards=None, primary=None, *, first=0.0, rows=True, frequencies=(1400, 1300, 1200)):
        count, length = len(frequencies), ("TSUBINT", "1D", "s")
        columns = [length, ("OFFS_SUB", "1D", "s")] if rows else []
        columns += [("DAT_FREQ", f"{count}D", "MHz"), ("DATA", f"{2 * count}I", "Jy")]
        data = b""
        for middle in (30.0, 90.0, 150.0):
            told = struct.pack(">2d", 60.0, first + middle) if rows else b""
            data += told + struct.pack(f">{count}d{2 * count}h", *frequencies, *range(2 * count))
        cards = {"EXTNAME": "SUBINT", **(cards or {})}
        return values(
            table_file(tmp_path / "a.fits", columns, data, 3, cards, PULSAR | (primary or {}))
        )

    return made


def test_an_archive_of_a_pulsar_is_a_series_with_the_band_of_its_channels(archive):
    found = archive({"NPOL": 4, "POL_TYPE": "IQUV"}, {"OBS_MODE": "PSR"})
    assert found["dataproduct_type"] == "timeseries"
    assert (found["em_xel"], found["pol_xel"], found["pol_states"]) == (3, 4, "/I/Q/U/V/")
    ends = [299792458.0 / f for f in (1.45e9, 1.15e9)]
    assert [found["em_min"], found["em_max"]] == pytest.approx(ends)


@pytest.mark.parametrize(
    ("cards", "count", "step"),
    [
        # Of profiles the phases are no times; of samples every one is.
        ({"NBIN": 1024, "NSBLK": 1, "TBIN": 5e-6}, 3, 60.0),
        ({"NBIN": 1, "NSBLK": 4096, "TBIN": 60.0 / 4096}, 12288, 60.0 / 4096),
        # The last row is not full, or the number is of something else.
        ({"NSBLK": 4096, "TBIN": 60.0 / 4096, "NSTOT": 12000}, 12000, 60.0 / 4096),
        ({"NSBLK": 4096, "TBIN": 60.0 / 4096, "NSTOT": 4096}, 12288, 60.0 / 4096),
    ],
)
def test_times_of_an_archive_are_those_of_its_rows(archive, cards, count, step):
    found = archive(cards, {"SCANLEN": 7200.0}, first=600.0)
    assert (found["t_xel"], found["t_resolution"]) == (count, pytest.approx(step))
    start = 56048.0 + 4200.5 / 86400.0
    assert found["t_min"] == pytest.approx(start, abs=1e-9)
    assert found["t_max"] == pytest.approx(start + 180.0 / 86400.0, abs=1e-9)
    assert found["t_exptime"] == 180.0


def test_rows_without_times_leave_the_length_that_was_asked_for(archive):
    found = archive(primary={"SCANLEN": 7200.0}, rows=False)
    assert found["t_max"] - found["t_min"] == pytest.approx(7200.0 / 86400.0)
    assert (found["t_exptime"], found["t_xel"]) == (7200.0, 3)
    assert "t_max" not in archive(primary={"SCANLEN": 0.0}, rows=False)


@pytest.mark.parametrize("cards", [{"CHAN_BW": -200.0}, {"OBSBW": 200.0}, {}])
def test_one_channel_is_as_wide_as_is_told(archive, cards):
    found = archive({k: v for k, v in cards.items() if k == "CHAN_BW"}, cards, frequencies=(1400,))
    ends = [299792458.0 / f for f in (1.5e9, 1.3e9)]
    told = [found.get("em_min"), found.get("em_max")]
    assert told == (pytest.approx(ends) if cards else [None, None])


@pytest.mark.parametrize(
    ("kind", "feed", "states"),
    [("AABB", "CIRC", "/RR/LL/"), ("AABB", "", None), ("AABBCRCI", "LIN", None)],
)
def test_states_of_an_archive_are_those_of_its_feeds(archive, kind, feed, states):
    found = archive({"NPOL": 2, "POL_TYPE": kind}, {"FD_POLN": feed})
    assert (found["pol_xel"], found.get("pol_states")) == (2, states)


DYNAMIC = {
    "T": {"CTYPE": "TIME", "CUNIT": "s", "CRVAL": 0.0, "CDELT": 2.0},
    "F": {"CTYPE": "FREQ", "CUNIT": "Hz", "CRVAL": 1e8, "CDELT": 1e5},
    "S": {"CTYPE": "STOKES", "CUNIT": "", "CRVAL": 1.0, "CDELT": 1.0},
    "R": {"CTYPE": "RA---TAN", "CUNIT": "deg", "CRVAL": 9.0, "CDELT": 0.1},
    "D": {"CTYPE": "DEC--TAN", "CUNIT": "deg", "CRVAL": 9.0, "CDELT": 0.1},
}


@pytest.mark.parametrize("axes", ["TF", "FT", "STF", "FTS", "TFRD"])
def test_a_dynamic_spectrum_is_a_spectrum_with_times(tmp_path, axes):
    lengths = {"T": 50, "F": 20, "S": 4, "R": 1, "D": 1}
    cards = {f"{key}{n}": v for n, a in enumerate(axes, 1) for key, v in DYNAMIC[a].items()}
    cards |= {f"CRPIX{n}": 1.0 for n in range(1, len(axes) + 1)}
    product = only(image_file(tmp_path / "a.fits", tuple(lengths[a] for a in axes), cards))
    cells = {cell.column: cell for cell in reversed(derive(product))}
    kind = cells["dataproduct_type"]
    assert (kind.value, kind.origin.confidence) == ("spectrum", INFERRED)
    assert kind.origin.note == "over time and wavelength, a dynamic spectrum"
    assert [cells[name].value for name in ("t_xel", "em_xel", "t_resolution")] == [50, 20, 2.0]


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


def test_fibres_of_weave_have_the_places_of_their_rows(tmp_path):
    """An arm of its first level: spectra before and after the sky, and a table of fibres."""
    wave = {"CTYPE1": "WAVE", "CUNIT1": "Angstrom", "CRVAL1": 5790.0, "CD1_1": 0.5, "CRPIX1": 1.0}
    names = ("RED_DATA", "RED_IVAR", "RED_DATA_NOSS", "RED_IVAR_NOSS", "RED_SENSFUNC")
    arms = [fits.ImageHDU(np.ones((3, 9), "f4"), fits.Header(wave), name) for name in names]
    columns = {"TARGRA": [150.1, 150.2, np.nan], "TARGDEC": [2.1, 2.2, np.nan]}
    columns |= {"FIBRERA": [150.1, 150.2, 150.3], "FIBREDEC": [2.1, 2.2, 2.3]}
    fibres = [fits.Column(name, "D", "deg", array=v) for name, v in columns.items()]
    fibres += [fits.Column("TARGNAME", "9A", array=["A1", "A2", ""])]
    primary = fits.PrimaryHDU(header=fits.Header({"OBJECT": "M 67", "RA": 150.0, "DEC": 2.0}))
    table = fits.BinTableHDU.from_columns(fibres, name="FIBTABLE")
    fits.HDUList([primary, *arms, table]).writeto(tmp_path / "a.fits")
    with open_fits(tmp_path / "a.fits") as file:
        found, _ = products(file)
        rows = [{c.column: c.value for c in reversed(derive(product))} for product in found]
    assert [product.part for product in found] == ["1[1]", "1[2]", "1[3]"]
    assert [(row["s_ra"], row["s_dec"]) for row in rows] == [
        (150.1, 2.1),
        (150.2, 2.2),
        (150.3, 2.3),
    ]
    # The name of the field is no name of a fibre on the sky.
    assert [row["target_name"] for row in rows] == ["A1", "A2", None]
    assert [row["em_xel"] for row in rows] == [9, 9, 9]
