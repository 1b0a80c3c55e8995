"""Sums over states against published values and the classical limit."""

import numpy as np
import pytest

from lineform.constants import BOLTZMANN, PLANCK
from lineform.func import boltzmann_fraction, partition_function, thermal_fractions
from lineform.readers import read_lamda
from lineform.species import ROTORS, linear_rotor

# CDMS partition functions of the ground vibrational state at 9.375, 75 and 300 K.
PUBLISHED = {
    "CO": {9.375: 3.7435, 75.0: 27.4545, 300.0: 108.8651},
    "SiO": {9.375: 9.3373, 75.0: 72.3246, 300.0: 288.6243},
}

# The files hold 41 levels: all that matter up to here.
WARMEST = {"CO": 300.0, "SiO": 75.0}


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


@pytest.mark.parametrize(("name", "file"), [("CO", "co.dat"), ("SiO", "sio.dat")])
def test_published_values_from_molecular_data_files(name, file, atomium_data, caplog):
    molecule = read_lamda(atomium_data / "lamda" / file)
    for temperature, value in PUBLISHED[name].items():
        if temperature > WARMEST[name]:
            continue
        ours = partition_function(np.asarray(temperature), molecule.energy, molecule.weight)
        assert ours == pytest.approx(value, rel=2e-3), temperature


# Sums over states of rigid linear rotors, kT/hB + 1/3 + hB/15kT, with B from 1-0 of the file.
@pytest.mark.parametrize("file", ["co.dat", "co_old.txt", "hcn.dat", "hco+.dat", "sio.dat"])
def test_molecular_data_files_in_the_classical_limit(file, atomium_data, caplog):
    molecule = read_lamda(atomium_data / "lamda" / file)
    x = PLANCK * molecule.line("1-0").frequency / 2 / (BOLTZMANN * 40.0)
    ours = partition_function(np.asarray(40.0), molecule.energy, molecule.weight)
    # The file of HCN counts the three spin states of nitrogen in each level.
    spins = molecule.weight[0]
    assert ours == pytest.approx(spins * (1 / x + 1 / 3 + x / 15), rel=1e-3)


@pytest.mark.parametrize("name", ROTORS)
def test_thermal_fractions_agree_with_the_fraction_of_each_level(name):
    rotor = linear_rotor(name)
    t = np.array([7.0, 300.0])
    all_levels = thermal_fractions(t, rotor.energy, rotor.weight)
    z = partition_function(t, rotor.energy, rotor.weight)
    for level in (0, 3, 20):
        one = boltzmann_fraction(t, z, rotor.energy[level], rotor.weight[level])
        assert all_levels[:, level] == pytest.approx(one, rel=1e-12)
