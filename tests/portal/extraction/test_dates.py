"""Dates and times of day in the spellings of real headers."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.extraction._dates import EARLIEST, LATEST, Moment, moment, time_of_day

REAL = {
    "2011-08-11T23:23:52.266": 55784.97491048611,
    "2005-07-31 09:55:21Z": 53582.41343750,
    "1994.139:15:41:39": 49491.65392361111,
    "20050731 09:53:42.662": 53582.41229932870,
}
DAYS = {
    "19930417": 49094.0,
    "08/11/51": 33958.0,
    "2011:04:18": 55669.0,
    "27-Oct-2009": 55131.0,
    "Oct 28 2009": 55132.0,
    "2015.6.19": 57192.0,
    "2014/05/12": 56789.0,
    "12/31/98": 51178.0,
    "1999-032": 51210.0,
    "2012-01-29T00:00:00.0": 55955.0,
}
NONE = [
    *("", "   ", "0000-00-00", "0000-00-00T00:00:00", "1970-01-01T00:00:00", "N/A", "UNKNOWN"),
    *("1969-12-31T23:59:51.999918240Z", "2011-13-40", "1858-11-17", "35/40/70", "not a date"),
    *("2011-08-11T25:61:00", "9999-99-99", "x" * 50, "0001-01-01"),
]


@pytest.mark.parametrize("text", REAL)
def test_a_date_with_a_time_is_a_moment(text):
    found = moment(text)
    assert found is not None
    assert found.mjd == pytest.approx(REAL[text], abs=1e-8)
    assert found.within == 0.0


@pytest.mark.parametrize("text", DAYS)
def test_a_date_alone_is_known_to_a_day(text):
    assert moment(text) == Moment(DAYS[text], 1.0)


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_date_is_no_moment(text):
    assert moment(text) is None


@given(st.text(max_size=60))
def test_no_text_raises_or_gives_an_impossible_moment(text):
    found = moment(text)
    assert found is None or EARLIEST <= found.mjd <= LATEST + 1.1
    clock = time_of_day(text)
    assert clock is None or 0.0 <= clock < 1.05


@given(st.dates(min_value=date(1971, 1, 1)), st.times())
def test_every_iso_date_is_read_as_python_reads_it(day, clock):
    text = f"{day.isoformat()}T{clock.strftime('%H:%M:%S.%f')}"
    found = moment(text)
    mjd = day.toordinal() - 678576
    if mjd + 1 > LATEST:
        return
    seconds = clock.hour * 3600 + clock.minute * 60 + clock.second + clock.microsecond / 1e6
    assert found is not None
    assert found.mjd == pytest.approx(mjd + seconds / 86400.0, abs=1e-9)
