"""Angles in the spellings of real headers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.extraction._angles import declination, right_ascension


@pytest.mark.parametrize(
    ("value", "hint", "degrees"),
    [
        ("05:19:00.0", "RA", 79.75),
        (" 14 02 44.66", "", 210.68608333),
        ("09h15m27.8s", "", 138.86583333),
        ("12:15:8.49", "TCS RA", 183.785375),
        ("146.9341", "", 146.9341),
        (146.9341, "RA of object [deg]", 146.9341),
        (12.5, "[hours] right ascension", 187.5),
        (12.5, "right ascension (hours)", 187.5),
        (12.5, "[deg] right ascension", 12.5),
        (187.5, "[hours] misleading", 187.5),
        (-10.0, "", 350.0),
        (-1e-18, "", 0.0),
        (360.0, "", 0.0),
        ("210d41m09.9s", "", 210.68608333),
    ],
)
def test_right_ascensions(value, hint, degrees):
    assert right_ascension(value, hint) == pytest.approx(degrees, abs=1e-7)


@pytest.mark.parametrize(
    ("value", "degrees"),
    [("+33:44:54.", 33.74833333), ("-00:30:00", -0.5), ("+29d16m08s", 29.26888889), (-45.5, -45.5)],
)
def test_declinations(value, degrees):
    assert declination(value) == pytest.approx(degrees, abs=1e-7)


@pytest.mark.parametrize("value", ["Null", "", "12:75:00", "99:99:99", "nan", float("inf"), 1e6])
def test_what_is_no_angle(value):
    assert right_ascension(value) is None
    assert declination(value) is None


def test_a_declination_beyond_the_pole_is_none():
    assert declination(90.5) is None
    assert declination("-91:00:00") is None


@given(st.text(max_size=30) | st.floats(), st.text(max_size=30))
def test_nothing_raises_or_leaves_the_sphere(value, hint):
    ra, dec = right_ascension(value, hint), declination(value, hint)
    assert ra is None or 0.0 <= ra < 360.0
    assert dec is None or -90.0 <= dec <= 90.0
