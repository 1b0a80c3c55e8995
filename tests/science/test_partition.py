"""Sums over states against published values and the classical limit."""

import numpy as np
import pytest

from lineform.constants import BOLTZMANN, PLANCK
from lineform.func import boltzmann_fraction, partition_function
from lineform.species import ROTORS, linear_rotor

# CDMS partition functions of the ground vibrational state at 9.375, 75 and 300 K.
PUBLISHED = {
    "CO": {9.375: 3.7435, 75.0: 27.4545, 300.0: 108.8651},
    "SiO": {9.375: 9.3373, 75.0: 72.3246, 300.0: 288.6243},
}


@pytest.mark.parametrize(
    ("name", "temperature", "value"),
    [(name, t, q) for name, values in PUBLISHED.items() for t, q in values.items()],
)
def test_published_values(name, temperature, value):
    rotor = linear_rotor(name)
    ours = partition_function(np.asarray(temperature), rotor.energy, rotor.weight)
    assert ours == pytest.approx(value, rel=2e-3)


@pytest.mark.parametrize("name", ROTORS)
def test_classical_limit(name):
    # Z = kT/hB + 1/3 + hB/15kT for a rigid rotor (Herzberg 1950); 1e-3 off by distortion.
    rotor = linear_rotor(name)
    x = PLANCK * ROTORS[name].rotation / (BOLTZMANN * 200.0)
    ours = partition_function(np.asarray(200.0), rotor.energy, rotor.weight)
    assert ours == pytest.approx(1 / x + 1 / 3 + x / 15, rel=1e-3)


@pytest.mark.parametrize("name", ROTORS)
@pytest.mark.parametrize("temperature", [3.0, 100.0, 2000.0])
def test_all_molecules_are_in_some_level(name, temperature):
    rotor = linear_rotor(name)
    t = np.asarray(temperature)
    z = partition_function(t, rotor.energy, rotor.weight)
    fractions = [
        boltzmann_fraction(t, z, energy, weight)
        for energy, weight in zip(rotor.energy, rotor.weight, strict=True)
    ]
    assert sum(fractions) == pytest.approx(1, rel=1e-12)
    assert min(fractions) >= 0


def test_the_rotor_has_levels_enough_for_the_hottest_gas():
    fewer, more = linear_rotor("CO"), linear_rotor("CO", levels=160)
    t = np.asarray(2500.0)
    short = partition_function(t, fewer.energy, fewer.weight)
    assert short == pytest.approx(partition_function(t, more.energy, more.weight), rel=1e-3)
