"""Units as files write them."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import units
from portal.errors import ReadError
from portal.model import schema

KNOWN = sorted({column.unit for table in schema.TABLES.values() for column in table})
KNOWN += sorted({column.unit for column in schema.PARAMETERS} - set(KNOWN))


@pytest.mark.parametrize("unit", KNOWN)
def test_every_unit_of_the_schema_is_a_unit(unit):
    units.check(unit)
    assert units.same_dimension(unit, unit)


@pytest.mark.parametrize(
    ("unit", "to", "expected"),
    [
        ("km", "m", 1e3),
        ("km/s", "m.s-1", 1e3),
        ("km s-1", "m/s", 1e3),
        ("GHz", "Hz", 1e9),
        ("mJy", "Jy", 1e-3),
        ("K km/s", "K.m/s", 1e3),
        ("W m-2 Hz-1 sr-1", "W.m-2.Hz-1.sr-1", 1.0),
        ("Jy km/s", "Jy.km/s", 1.0),
        ("deg", "arcsec", 3600.0),
        ("au", "m", 149_597_870_700.0),
        ("solMass/yr", "Msun/yr", 1.0),
        ("1", "", 1.0),
        ("", "", 1.0),
    ],
)
def test_factors(unit, to, expected):
    assert units.factor(unit, to) == pytest.approx(expected, rel=1e-12)
    assert units.convert(2.0, unit, to) == pytest.approx(2 * expected, rel=1e-12)


@pytest.mark.parametrize("unit", ["banana", "km/banana", "[]", "km//s/", "m" * 500, "\0"])
def test_what_is_no_unit(unit):
    with pytest.raises(ReadError, match="unknown unit") as caught:
        units.factor(unit, "m")
    assert caught.value.code == "unknown-unit"
    assert not units.same_dimension(unit, "m")


def test_another_dimension():
    with pytest.raises(ReadError, match="got 'K'") as caught:
        units.factor("K", "km/s")
    assert caught.value.code == "wrong-unit"


@pytest.mark.parametrize(
    "unit", ["10**9999999 m", "10^9999999 m", "m**9999999", "1e99999 m", "10⁹⁹⁹⁹⁹⁹⁹ m", "1e400 m"]
)
def test_great_powers_are_refused_at_once(unit):
    with pytest.raises(ReadError, match="unknown unit"):
        units.factor(unit, "m")
    for usual in ("86400 s", "1.66053907e-27 kg", "1000 km", "10**-26 W"):
        units.check(usual)


@given(st.text(max_size=30))
def test_noise_is_a_unit_or_an_error_of_ours(text):
    error = None
    try:
        units.check(text)
    except ReadError as caught:
        error = caught
    assert error is None or error.code == "unknown-unit"


def test_no_heavy_import():
    """Neither portal.units nor portal.readers loads astropy or h5py."""
    code = (
        "import sys, portal.units, portal.readers, portal.mapping;"
        "assert portal.units.factor('km/s', 'km/s') == 1;"
        "sys.exit(' '.join({'astropy', 'h5py'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
