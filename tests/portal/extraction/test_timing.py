"""Times: scales, spellings, local clocks, exposures in other units."""

import struct

import pytest
from astropy.io import fits

from portal.extraction import derive, timing
from portal.fits.opening import open_fits
from portal.fits.products import products
from portal.model.cell import CONVENTION, DERIVED, INFERRED, STATED
from tests.portal.extraction.making import image_file, only, table_file, values

DAY = 86400.0
TAN = {"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CRVAL1": 1.0, "CRVAL2": 2.0, "CDELT1": -0.1}
TAN |= {"CDELT2": 0.1, "CRPIX1": 1.0, "CRPIX2": 1.0}


@pytest.fixture
def times(tmp_path):
    def made(cards):
        found = values(image_file(tmp_path / "a.fits", (4, 4), {**TAN, **cards}))
        return tuple(found.get(column) for column in ("t_min", "t_max", "t_exptime"))

    return made


FULL = "2011-08-11T12:00:00"
NUMBERED = {"DATE-OB1": "2011-08-11", "DATE-OB2": "2011-08-11", "DATEEND2": "2011-08-11"}
NUMBERED |= {"UTC-OBS1": "12:00:00", "UTC-OBS2": "12:43:12", "TIMEEND2": "13:26:24"}
NUMBERED |= {"EXPTIME1": 1728.0, "EXPTIME2": "1728.000"}


@pytest.mark.parametrize(
    ("cards", "expected"),
    [
        ({"DATE-OBS": FULL, "EXPTIME": 864.0}, (55784.5, 55784.51, 864.0)),
        ({"DATE-OBS": FULL, "DATE-END": "2011-08-11T18:00:00"}, (55784.5, 55784.75, None)),
        ({"DATE-OBS": "2011-08-11", "TIME-OBS": "12:00:00"}, (55784.5, None, None)),
        (
            {"DATE-OBS": "2011-08-11", "UT": "23:00:00", "UTEND": "01:00:00"},
            (55784 + 23 / 24, 55785 + 1 / 24, None),
        ),
        ({"DATE-OBS": "11/08/98", "UT": "12:00:00"}, (51036.5, None, None)),
        ({"DATE-OBS": "2011-08-11", "UTC": (43200.0, "UTC at start (sec)")}, (55784.5, None, None)),
        # To a day only: no end follows from an exposure.
        ({"DATE-OBS": "2011-08-11", "EXPTIME": 10.0}, (55784.0, None, 10.0)),
        ({"MJD-OBS": 55784.5}, (55784.5, None, None)),
        ({"MJD-OBS": 2455785.0}, (None, None, None)),
        ({"JD": 2455785.0}, (55784.5, None, None)),
        ({"MJD-AVG": 55784.5, "EXPTIME": 864.0}, (55784.495, 55784.505, 864.0)),
        (
            {"DATE-OBS": (FULL, "median UTC of the exposures"), "EXPTIME": 864.0},
            (55784.495, 55784.505, 864.0),
        ),
        # 34 s between TAI and UTC in 2011, 66.184 s between TT and UTC.
        ({"DATE-OBS": FULL, "TIMESYS": "TAI"}, (55784.5 - 34 / DAY, None, None)),
        ({"DATE-OBS": FULL, "TIMESYS": "TT"}, (55784.5 - 66.184 / DAY, None, None)),
        ({"MJD-OBS": 55784.5, "TIMESYS": "TDB"}, (55784.5 - 66.184 / DAY, None, None)),
        # SDSS: an exposure of 600 s was read out a minute after it, a scan began at that time;
        # of four exposures of 150 s the mean is told.
        (
            {"TAI": 4819737600.0 + 34 + 360, "EXPTIME": 600.0, "PLATEID": 1},
            (55784 - 300 / DAY, 55784 + 300 / DAY, 600.0),
        ),
        (
            {"TAI": 4819737600.0 + 34 + 135, "EXPTIME": 600.0, "PLATEID": 1, "NEXP_B1": 4},
            (55784 - 300 / DAY, 55784 + 300 / DAY, 600.0),
        ),
        (
            {"TAI": 4819737600.0 + 34 - 43200, "EXPTIME": 54.0},
            (55783.5, 55783.5 + 54 / DAY, 54.0),
        ),
        (
            {"TAI-BEG": 4819737634.0, "TAI-END": 4819738534.0, "DATE-OBS": FULL, "EXPTIME": 800.0},
            (55784.0, 55784 + 900 / DAY, 800.0),
        ),
        # Plates are older than UTC.
        ({"DATE-OBS": "08/11/51", "UT": "12:00:00", "TIMESYS": "TAI"}, (33958.5, None, None)),
        (
            {
                "MJDREFI": 51910,
                "MJDREFF": 7.428703703703703e-4,
                "TSTART": 334800000.0,
                "TSTOP": 334801000.0,
                "TIMESYS": "TT",
            },
            (
                51910 + (334800000.0 + 64.184 - 66.184) / DAY,
                51910 + (334801000.0 + 64.184 - 66.184) / DAY,
                None,
            ),
        ),
        (
            {
                "BJDREFI": 2457000,
                "BJDREFF": 0.0,
                "TSTART": 1325.5,
                "TSTOP": 1353.5,
                "TIMEUNIT": "d",
                "TIMESYS": "TDB",
            },
            (58325.0 - 69.184 / DAY, 58353.0 - 69.184 / DAY, None),
        ),
        # Equinoxes, which some programs write for the date of an observation.
        ({"MJD-OBS": 33281.92313, "DATE-OBS": "1950-01-01"}, (None, None, None)),
        ({"DATE-OBS": "2000-01-01T12:00:00"}, (None, None, None)),
        # A reference that contradicts the date.
        (
            {"DATE-OBS": FULL, "MJDREF": 43874, "TSTART": 10.0, "TSTOP": 20.0},
            (55784.5, None, None),
        ),
        # An end before the start is a fault, and the exposure helps.
        (
            {"DATE-OBS": FULL, "DATE-END": "2010-01-01T00:00:00", "EXPTIME": 864.0},
            (55784.5, 55784.51, 864.0),
        ),
        # The day of the end says nothing beside the time of the start.
        ({"DATE-OBS": FULL, "DATEEND": "2011-08-11"}, (55784.5, None, None)),
        ({"DATE-OBS": FULL, "DATEEND": "2011-08-11", "EXPTIME": 864.0}, (55784.5, 55784.51, 864.0)),
        (
            {
                "DATE-OBS": "2011-08-11",
                "TIME-OBS": "12:00:00",
                "DATEEND": "2011-08-11",
                "TIMEEND": "18:00:00",
            },
            (55784.5, 55784.75, None),
        ),
        (
            {"DATE-OBS": "2011-08-11", "UT-TIME": "12:00:00", "UT-END": "18:00:00"},
            (55784.5, 55784.75, None),
        ),
        # A clock that gives both ends; one of the days of JD, which begin at noon.
        ({"DATE-OBS": FULL, "EXPSTART": 58000.25, "EXPEND": 58000.5}, (58000.25, 58000.5, None)),
        (
            {"DATE-OBS": FULL, "MJD_STAR": 55785.0000001, "MJD_END": 55785.25},
            (55784.5, 55784.75, None),
        ),
        (
            {"DATE-OBS": FULL, "MJD_STAR": 55784.75, "MJD_END": 55785.0000001},
            (55784.25, 55784.5, None),
        ),
        # Midnight to the last digit, as an end that is known to a day, is no clock.
        (
            {"DATE-OBS": "2011-08-11", "UTC-OBS": "20:00:00", "TIMEEND": "0:00:00.000"},
            (55784 + 20 / 24, None, None),
        ),
        (
            {"DATE-OBS": FULL, "DATE-END": "2011-08-12", "EXPTIME": 864.0},
            (55784.5, 55784.51, 864.0),
        ),
        (
            {"DATE-OBS": "2011-08-11", "TIME-OBS": "0:00:00", "DATE-END": "2011-08-13"},
            (55784.0, 55786.0, None),
        ),
        ({"DATE-OBS": "2011-08-11", "DATE-END": "2011-08-11"}, (55784.0, None, None)),
        # The days of a stack.
        (
            {
                "DATE1": ("2011-08-11", "DATE-OBS of first input image"),
                "DATE2": ("2011-08-13", "DATE-OBS of last input image"),
                "EXPTIME": 900.0,
            },
            (55784.0, 55786.0, 900.0),
        ),
        # Exposures that are numbered: the start of the first, the end of the last, the sum.
        (NUMBERED, (55784.5, 55784.56, 3456.0)),
        ({**NUMBERED, "TIMEEND2": ""}, (55784.5, 55784.55, 3456.0)),
        # Numbers of detectors or of the two ends: the exposures would overlap.
        ({**NUMBERED, "EXPTIME1": 3000.0}, (None, None, None)),
        ({**NUMBERED, "UTC-OBS2": ""}, (None, None, None)),
        ({"DATE-OBS": "", "MJD-OBS": 0.0, "EXPTIME": 0.0}, (None, None, None)),
        ({"DATE-OBS": "1970-01-01T00:00:00"}, (None, None, None)),
    ],
)
def test_intervals(times, cards, expected):
    found = times(cards)
    assert [value is None for value in found] == [value is None for value in expected]
    assert found == pytest.approx(expected, abs=2e-7, nan_ok=True)


def test_local_clocks_are_set_to_utc_by_the_longitude(times):
    local = {
        "DATE-BEG": ("2015-09-12T23:20:57", "start, local time"),
        "DATE-END": ("2015-09-13T00:42:42", "end, local time"),
    }
    found = times({**local, "LONGITUD": 117.58})
    assert found[:2] == pytest.approx((57277.6395486, 57277.6963194), abs=1e-6)
    assert times(local)[:2] == (None, None)
    for longitude in (242.42, (117.58, "degrees west of Greenwich")):
        west = times({**local, "LONGITUD": longitude})
        assert west[0] == pytest.approx(57277.6395486 + 16.0 / 24.0, abs=1e-6)


def test_a_local_end_is_found_by_the_exposure(times):
    cards = {"DATE-OBS": "2015-09-12T15:20:00", "DATE-END": "2015-09-13T00:42:42"}
    found = times({**cards, "LONGITUD": 117.58, "EXPTIME": 4500.0})
    assert found[1] == pytest.approx(57277.6963194, abs=1e-6)


def test_an_end_that_the_exposure_needs_is_no_local_one(times):
    cards = {"DATE-OBS": "2010-05-05T12:00:00", "DATE-END": "2010-05-05T22:30:00"}
    cards |= {"SITELONG": 149.55}
    assert times({**cards, "EXPTIME": 34000.0})[1] == 55321.9375
    assert times(cards)[1] == 55321.9375
    said = {**cards, "DATE-END": ("2010-05-05T22:30:00", "UTC end"), "EXPTIME": 1500.0}
    assert times(said)[1] == 55321.9375


@pytest.mark.parametrize(
    ("cards", "start"),
    [
        ({"DATE-OBS": (FULL, "end of exposure")}, None),
        ({"DATE-OBS": (FULL, "date file written")}, None),
        ({"DATE-OBS": (FULL, "HST")}, 55784.5 + 10 / 24),
        ({"DATE-OBS": (FULL, "HST observation"), "TELESCOP": "HST"}, 55784.5),
        ({"DATE-OBS": (FULL, "CST")}, None),
        ({"DATE-OBS": "2011-08-11", "TIME-OBS": ("12:00:00", "local time")}, None),
        # To a day only, for the time is that of the end.
        ({"DATE-OBS": "2011-08-11", "UT": ("12:00:00", "UT at end of exposure")}, 55784.0),
        ({"DATE-OBS": "2011-08-11", "UT": ("12:00:00", "UT at start, end is UTEND")}, 55784.5),
        ({"DATE-OBS": "2011-08-11", "UT": ("12:00:00", "midpoint"), "EXPTIME": 864.0}, 55784.495),
    ],
)
def test_what_comments_say_of_a_time(times, cards, start):
    assert times(cards)[0] == (start and pytest.approx(start, abs=1e-7))


def test_a_date_that_says_it_is_the_end_is_one(times):
    assert times({"DATE-OBS": (FULL, "end of exposure")})[1] == 55784.5


def test_dates_that_contradict_one_another_are_doubted(tmp_path):
    cards = {**TAN, "DATE-OBS": FULL, "MJD-OBS": 58000.5}
    with open_fits(image_file(tmp_path / "a.fits", (4, 4), cards)) as file:
        (start,) = (
            c for c in timing.DERIVATION.derive(products(file)[0][0]) if c.column == "t_min"
        )
    assert (start.value, start.origin.confidence) == (55784.5, INFERRED)
    assert start.origin.note == "HDU 0 MJD-OBS says MJD 58000.5"


@pytest.mark.parametrize(("made", "trust"), [("2001-04-05", INFERRED), ("2011-08-11", STATED)])
def test_an_observation_after_the_file_is_doubted(tmp_path, made, trust):
    cards = {**TAN, "DATE-OBS": FULL, "DATE-FTS": made}
    cells = derive(only(image_file(tmp_path / "a.fits", (4, 4), cards)))
    assert next(c for c in cells if c.column == "t_min").origin.confidence == trust


@pytest.mark.parametrize(
    ("cards", "seconds"),
    [
        ({"EXPOSURE": (50.0, "Exposure time minutes")}, 3000.0),
        ({"EXPTIME": (4500.0, "[s] Minimum of exposure time for all cameras")}, 4500.0),
        ({"EXPOSURE": (20.0, "[d] time on source")}, 20 * DAY),
        ({"EXPTIME": (200.0, "[ms]")}, 0.2),
        ({"EXPTIME": (2.0, "[ks]")}, 2000.0),
        ({"EXPTIME": (2.0, "kilosec")}, 2000.0),
        ({"EXPTIME": (2.0, "exposure time in Ks")}, 2.0),
        ({"EXPTIME": (1e-4, "[Ms]")}, 100.0),
        ({"EXPTIME": (1.5, "min")}, 90.0),
        ({"EXPTIME": (1.5, "[m] of what?"), "ITIME": 7.0}, 7.0),
        # Another quantity in the comment does not tell the unit of the value.
        ({"EXPTIME": (5.0, "exposure in minutes, 300 seconds")}, 300.0),
        ({"EXPTIME": (300.0, "exposure in seconds, 5 minutes")}, 300.0),
        ({"EXPTIME": (1.0, "1 minute, 60 seconds")}, 60.0),
        ({"EXPTIME": (300.0, "10 x 30 s, 5 minutes")}, 300.0),
        ({"EXPTIME": (5.0, "[min] until the second frame")}, 300.0),
        ({"EXPTIME": (5.0, "milli-seconds")}, 5e-3),
        ({"EXPTIME": (5.0, "minutes or seconds")}, None),
        ({"EXPTIME": (5.0, "minutes or seconds"), "ITIME": (7.0, "seconds")}, 7.0),
        ({"ITIME": 5.0}, 5.0),
        ({"EXPTIME": (15.0, "Exposure time (s) for each frame"), "COADDS": 3}, 45.0),
        ({"EXPTIME": 15.0, "COADDS": 3}, 15.0),
        ({"EXPTIME": 15.0, "NCOMBINE": 3}, 15.0),
        ({"EXPTIME": 15.0, "EXPOSURE": 45.0, "NCOMBINE": 3}, 45.0),
        ({"EXPTIME": 45.0, "EXPOSURE": 15.0, "NCOMBINE": 3}, 45.0),
        ({"EXPTIME": "12.5"}, 12.5),
        ({"EXPOSURE": ("1", "Exposure request number"), "EFFEXPTM": 257.0}, 257.0),
        ({"EXPOSURE": (1.0, "exposure number"), "ITIME": 7.0}, 7.0),
        ({"EXPTIME": (5.0, "number of seconds")}, 5.0),
        ({"EXPTIME": -1.0}, None),
        ({"EXPTIME": 0.0}, None),
    ],
)
def test_exposures(times, cards, seconds):
    assert times(cards)[2] == pytest.approx(seconds)


STEPPED = {"EXPTIME": 40.0, "DATE-OBS": FULL, "DATE-END": "2011-08-11T13:00:00"}
STACKED = {"TINT": (9.5, "integration time per COADD"), "TEFF": (760.0, "total exposure time")}


@pytest.mark.parametrize(
    ("cards", "seconds", "trust"),
    [
        ({**STEPPED, "STEPNB": (80, "Number of steps")}, 3200.0, DERIVED),
        ({**STEPPED, "N_IND": (20, "number of individual exposures")}, 800.0, DERIVED),
        # Steps of something else; no room for so many; no room known.
        ({**STEPPED, "STEPNB": (81, "Number of steps")}, 40.0, STATED),
        ({**STEPPED, "N_IND": (99, "number of individual exposures")}, 40.0, STATED),
        ({"EXPTIME": 40.0, "STEPNB": (80, "Number of steps")}, 40.0, INFERRED),
        ({"EXPTIME": 40.0, "NCOMBINE": 3}, 40.0, INFERRED),
        (STACKED, 760.0, CONVENTION),
        ({**STACKED, "TEFF": (7.0, "total exposure time")}, 9.5, INFERRED),
    ],
)
def test_one_of_several_exposures_is_no_total(tmp_path, cards, seconds, trust):
    with open_fits(image_file(tmp_path / "a.fits", (2, 2, 80), {**TAN, **cards})) as file:
        cells = list(timing.DERIVATION.derive(products(file)[0][0]))
    (cell,) = (cell for cell in cells if cell.column == "t_exptime")
    assert (cell.value, cell.origin.confidence) == (seconds, trust)


def test_an_end_before_the_start_is_told(tmp_path):
    cards = {"DATE-OBS": FULL, "DATE-END": "2011-08-11T11:00:00"}
    cells = derive(only(image_file(tmp_path / "a.fits", (3, 4), {**TAN, **cards})))
    (cell,) = (cell for cell in cells if cell.column == "t_max")
    assert (cell.value, cell.origin.source) == (None, "HDU 0 DATE-END")
    assert cell.origin.note == "MJD 55784.45833, before the start"


def test_a_comment_that_names_several_units_is_told(tmp_path):
    cards = {"EXPTIME": (5.0, "minutes or seconds")}
    cells = derive(only(image_file(tmp_path / "a.fits", (3, 4), cards)))
    (cell,) = (cell for cell in cells if cell.column == "t_exptime")
    assert (cell.value, cell.origin.source) == (None, "HDU 0 EXPTIME")
    assert cell.origin.note == "its comment names several units: seconds, minutes"


def test_a_table_of_times_without_a_stated_start(tmp_path):
    columns = [("TIME", "D", "d"), ("RATE", "E", "count/s")]
    rows = b"".join(struct.pack(">df", day, 1.0) for day in (10.0, 10.5, 12.0))
    cards = {"EXTNAME": "RATE", "MJDREF": 55000.0, "TIMEDEL": 0.25, "TIMEUNIT": "d"}
    found = values(table_file(tmp_path / "t.fits", columns, rows, 3, cards))
    assert (found["t_min"], found["t_max"]) == (55010.0, 55012.0)
    assert found["t_resolution"] == 0.25 * DAY
    assert found["dataproduct_type"] == "timeseries"


def test_an_axis_of_time(tmp_path):
    axis = {"CTYPE3": "TIME", "CUNIT3": "s", "CRVAL3": 0.0, "CDELT3": 2.0, "CRPIX3": 1.0}
    path = image_file(tmp_path / "t.fits", (4, 4, 10), {**TAN, **axis, "MJDREF": 55000.0})
    found = values(path)
    assert found["t_min"] == pytest.approx(55000.0 - 1.0 / DAY, abs=1e-9)
    assert found["t_max"] == pytest.approx(55000.0 + 19.0 / DAY, abs=1e-9)
    assert found["t_resolution"] == 2.0
    assert found["dataproduct_type"] == "cube"


def test_a_sum_spans_the_exposures_beside_it(tmp_path):
    def spectrum(name, **cards):
        columns = [fits.Column("loglam", "E"), fits.Column("flux", "E")]
        made = fits.BinTableHDU.from_columns(columns, nrows=3, name=name)
        made.header.update({key.replace("_", "-"): value for key, value in cards.items()})
        return made

    begin = 4819737600.0 + 34.0
    parts = [
        spectrum(f"B1-{n}", TAI_BEG=begin + 1000.0 * n, TAI_END=begin + 1000.0 * n + 900.0)
        for n in (0, 1)
    ]
    primary = fits.PrimaryHDU()
    primary.header["MJD"] = 55785
    fits.HDUList([primary, spectrum("COADD"), *parts]).writeto(tmp_path / "a.fits")
    with open_fits(tmp_path / "a.fits") as file:
        cells = {cell.column: cell for cell in timing.DERIVATION.derive(products(file)[0][0])}
    assert cells["t_min"].value == pytest.approx(55784.0, abs=1e-6)
    assert cells["t_max"].value == pytest.approx(55784.0 + 1900.0 / DAY, abs=1e-6)
    assert cells["t_min"].origin.note == "of 2 exposures that were added"
