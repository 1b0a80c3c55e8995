"""Collision rates: interpolation, detailed balance, partners."""

import logging

import numpy as np
import pytest

from lineform.constants import BOLTZMANN
from lineform.excitation._rates import collision_rates, partner_densities, steady_state
from lineform.func import thermal_fractions
from tests.lineform.excitation.gas import rotor, shells


def _rates(kelvin, molecule=None):
    temperature = np.atleast_1d(np.asarray(kelvin, float))
    density = {"H2": np.full(temperature.shape, 1e12)}
    return collision_rates(molecule or rotor(), temperature, density)


@pytest.mark.parametrize("kelvin", [3.0, 17.0, 400.0, 5000.0])
def test_detailed_balance(kelvin):
    molecule = rotor()
    x = thermal_fractions(np.asarray(kelvin), molecule.energy, molecule.weight)
    flow = _rates(kelvin)[0] * x
    assert flow == pytest.approx(flow.T, rel=1e-12)
    assert steady_state(_rates(kelvin))[0] == pytest.approx(x, rel=1e-9)


def test_rates_are_linear_in_temperature_and_constant_outside():
    down = _rates([10.0, 55.0, 100.0, 550.0, 1000.0, 4.0, 9000.0])[:, 0, 1] / 1e12
    expected = 3e-17 * np.array([1, 1.5, 2, 3, 4, 1, 4])
    assert down == pytest.approx(expected, rel=1e-6)


def test_up_rates():
    molecule = rotor()
    rates = _rates(80.0)[0]
    gap = molecule.energy[3] - molecule.energy[1]
    assert rates[3, 1] / rates[1, 3] == pytest.approx(7 / 3 * np.exp(-gap / BOLTZMANN / 80.0))


def test_partners_add_up():
    both = rotor(partners=("H2", "He"))
    temperature = np.array([50.0])
    density = {"H2": np.array([1e10]), "He": np.array([3e10])}
    one = collision_rates(rotor(), temperature, {"H2": np.array([4e10])})
    assert collision_rates(both, temperature, density) == pytest.approx(one, rel=1e-9)


@pytest.mark.parametrize(("kelvin", "ratio"), [(20.0, 9 * np.exp(-8.53)), (1000.0, 3.0)])
def test_hydrogen_is_shared_out(kelvin, ratio, caplog):
    caplog.set_level(logging.INFO)
    found = partner_densities(shells(kelvin=kelvin), rotor(partners=("pH2", "oH2")))
    assert found["pH2"] + found["oH2"] == pytest.approx(np.full(8, 1e10))
    assert found["oH2"] / found["pH2"] == pytest.approx(np.full(8, ratio))
    assert any("shared out" in text for text in caplog.messages)


def test_one_form_of_hydrogen_stands_for_both(caplog):
    caplog.set_level(logging.INFO)
    found = partner_densities(shells(), rotor(partners=("pH2",)))
    assert found["pH2"] == pytest.approx(np.full(8, 1e10))
    assert any("stand for all of H2" in text for text in caplog.messages)


def test_forms_of_hydrogen_of_the_state():
    state = shells()
    state.density["pH2"], state.density["oH2"] = np.full(8, 1e9), np.full(8, 2e9)
    found = partner_densities(state, rotor(partners=("pH2", "oH2")))
    assert (found["pH2"][0], found["oH2"][0]) == (1e9, 2e9)
    del state.density["H2"]
    assert partner_densities(state, rotor())["H2"] == pytest.approx(np.full(8, 3e9))


def test_partners_that_the_state_lacks_are_left_out(caplog):
    caplog.set_level(logging.INFO)
    assert list(partner_densities(shells(), rotor(partners=("H2", "e-")))) == ["H2"]
    assert any("no collisions with ['e-']" in text for text in caplog.messages)


def test_temperatures_outside_are_logged(caplog):
    caplog.set_level(logging.WARNING)
    partner_densities(shells(kelvin=5000.0), rotor())
    (text,) = caplog.messages
    assert "8 of 8 points are outside 10 to 1000 K (5000 to 5000 K)" in text


def test_levels_that_nothing_joins_are_shared_out_thermally():
    molecule = rotor(partners=())
    x = steady_state(collision_rates(molecule, np.array([70.0]), {}))
    expected = thermal_fractions(np.array([70.0]), molecule.energy, molecule.weight)
    assert x == pytest.approx(expected, rel=1e-9)
