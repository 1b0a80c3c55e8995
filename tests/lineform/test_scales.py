"""Code units follow from three of them, as AMRVAC does it."""

import pytest

from lineform.constants import BOLTZMANN, PROTON_MASS
from lineform.errors import ConfigError
from lineform.scales import code_units

LENGTH = {"length": 1.496e11}


def test_number_density_and_velocity():
    units = code_units({**LENGTH, "number_density": 1e15, "velocity": 1e4}, "options")
    assert units.density == pytest.approx(1.4 * PROTON_MASS * 1e15)
    assert units.time == pytest.approx(1.496e7)
    assert units.mass == pytest.approx(units.density * 1.496e11**3)
    assert units.origin == "options"


def test_time_and_mass():
    units = code_units({**LENGTH, "mass": 2e30, "time": 1e7}, "")
    assert units.mass == pytest.approx(2e30)
    assert units.velocity == pytest.approx(1.496e4)


@pytest.mark.parametrize("helium", [0.0, 0.1])
def test_a_temperature_gives_the_velocity_of_the_pressure(helium):
    given = {**LENGTH, "number_density": 1e15, "temperature": 1e4}
    units = code_units(given, "", helium)
    pressure = (2 + 3 * helium) * 1e15 * BOLTZMANN * 1e4
    assert units.density * units.velocity**2 == pytest.approx(pressure)


def test_nothing_given_is_nothing():
    assert code_units({}, "options") is None


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            LENGTH,
            r"units from options: expected exactly one of --unit-density, .*got --unit-length",
        ),
        ({"density": 1.0, "velocity": 1.0}, r"exactly one of --unit-length, got --unit-density"),
        ({**LENGTH, "density": 1.0, "time": 1.0, "velocity": 1.0}, r"one of --unit-velocity"),
        ({**LENGTH, "density": 1.0, "mass": 1.0, "velocity": 1.0}, r"one of --unit-density"),
        ({**LENGTH, "density": -1.0, "velocity": 1.0}, r"unit of density: .*positive .*got -1.0"),
        ({**LENGTH, "density": 1.0, "velocity": float("nan")}, r"unit of velocity: .*got nan"),
    ],
)
def test_too_few_and_too_many(given, message):
    with pytest.raises(ConfigError, match=message):
        code_units(given, "options")
