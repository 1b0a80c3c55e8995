"""Quantities go in, numbers come out, and what is no quantity is refused."""

import astropy.units as u
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineform import constants
from lineform.errors import UnitsError
from lineform.parameters import PARAMETERS
from lineform.units import factor, parse, value


@given(st.floats(1e-3, 1e6))
def test_value(number):
    assert value(number * u.pc, "pc") == number
    assert value(number * u.kpc, "pc") == pytest.approx(1e3 * number)


@pytest.mark.parametrize(
    ("quantity", "message"),
    [
        (150.0, r"distance: expected a quantity in pc, got 150\.0"),
        (3 * u.kg, r"distance: expected one number in pc, got 3\.0 kg"),
        ([1, 2] * u.pc, r"distance: expected one number in pc, got \[1\. 2\.\] pc"),
    ],
)
def test_what_is_no_length(quantity, message):
    with pytest.raises(UnitsError, match=message):
        value(quantity, "pc", "distance")


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("1.496e13 cm", "m", 1.496e11),
        ("1e9 cm-3", "m-3", 1e15),
        ("3", "", 3),
        ("1 yr", "s", 3.15576e7),
    ],
)
def test_texts(text, unit, expected):
    assert parse(text, unit) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("3 parsnip", r"length: expected a number and a unit such as m, got '3 parsnip'; write"),
        ("", r"length: expected a number and a unit such as m, got ''"),
        ("3", r"length: expected one number in m, got 3.0"),
        ("3 kg", r"length: expected one number in m, got 3.0 kg"),
        ("inf m", r"length: expected a finite number, got 'inf m'"),
    ],
)
def test_texts_that_are_no_length(text, message):
    with pytest.raises(UnitsError, match=message):
        parse(text, "m", "length")


@pytest.mark.parametrize(
    ("unit", "expected"),
    [("", 1.0), ("km/s", 1e3), ("au", 1.495978707e11), ("deg", np.pi / 180), ("K", 1.0)],
)
def test_factor(unit, expected):
    assert factor(unit) == pytest.approx(expected, rel=1e-12)


def test_every_unit_of_a_parameter_is_one():
    for name, parameter in PARAMETERS.items():
        assert factor(parameter.unit) > 0, name
        assert parameter.description.endswith("."), name


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("LIGHT_SPEED", "c"),
        ("PLANCK", "h"),
        ("PROTON_MASS", "m_p"),
        ("BOLTZMANN", "k_B"),
        ("ATOMIC_MASS", "u"),
        ("GRAVITY", "G"),
        ("SOLAR_GM", "GM_sun"),
        ("VACUUM_PERMITTIVITY", "eps0"),
    ],
)
def test_constants(ours, theirs):
    import astropy.constants

    published = getattr(astropy.constants, theirs).si.value
    assert getattr(constants, ours) == pytest.approx(published, rel=1e-7)
