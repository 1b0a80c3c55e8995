"""Laws that every method obeys, and how methods are found."""

import logging
from dataclasses import replace

import numpy as np
import pytest

from lineform.errors import ConfigError
from lineform.excitation import excitation_named, excitations
from lineform.func import thermal_fractions
from tests.lineform.excitation.gas import rotor, shells

RADIATIVE = ["escape", "lambda"]
METHODS = {name: excitation_named(name) for name in (*RADIATIVE, "lte")}


def test_methods_are_found_by_their_files():
    found = excitations()
    assert list(found) == sorted(found)
    assert set(METHODS) <= set(found)
    assert all(method.name == name for name, method in found.items())


def test_unknown_method():
    with pytest.raises(ConfigError, match=r"one of escape, lambda, lte, .*got magic"):
        excitation_named("magic")


def _thermal(molecule, kelvin):
    return thermal_fractions(np.asarray(kelvin), molecule.energy, molecule.weight)


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("hydrogen", [0.0, 1e8, 1e12, 1e18])
def test_all_molecules_are_in_some_level(name, hydrogen):
    found = METHODS[name].fractions(shells(hydrogen=hydrogen), rotor())
    assert found.shape == (8, 8)
    assert found.sum(axis=1) == pytest.approx(1, rel=1e-12)
    assert found.min() >= 0


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("abundance", [1e-12, 1e-4])
@pytest.mark.parametrize("kelvin", [5.0, 60.0, 800.0])
def test_dense_gas_is_in_thermal_equilibrium(name, abundance, kelvin):
    molecule = rotor()
    found = METHODS[name].fractions(
        shells(hydrogen=1e20, abundance=abundance, kelvin=kelvin), molecule
    )
    expected = np.broadcast_to(_thermal(molecule, kelvin), found.shape)
    assert found == pytest.approx(expected, rel=1e-6, abs=1e-12)


@pytest.mark.parametrize("name", RADIATIVE)
@pytest.mark.parametrize("background", [2.725, 30.0])
def test_gas_without_collisions_is_in_equilibrium_with_the_background(name, background):
    molecule = rotor()
    state = shells(hydrogen=0.0)
    found = METHODS[name].fractions(state, molecule, background=background)
    expected = np.broadcast_to(_thermal(molecule, background), found.shape)
    assert found == pytest.approx(expected, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("name", RADIATIVE)
def test_a_background_as_warm_as_the_gas_keeps_it_in_equilibrium(name):
    molecule = rotor()
    found = METHODS[name].fractions(shells(hydrogen=1e9, kelvin=40.0), molecule, background=40.0)
    expected = np.broadcast_to(_thermal(molecule, 40.0), found.shape)
    assert found == pytest.approx(expected, rel=1e-6, abs=1e-10)


@pytest.mark.parametrize("name", RADIATIVE)
def test_darkness_leaves_cold_thin_gas_in_the_lowest_level(name):
    state = shells(hydrogen=1.0, abundance=1e-9)
    found = METHODS[name].fractions(state, rotor(), background=0.0)
    assert found[:, 0] == pytest.approx(1, abs=1e-6)


def test_thin_gas_is_the_same_by_both_methods():
    molecule = rotor()
    state = shells(hydrogen=3e9, abundance=1e-12, gradient=1e-10)
    ours, theirs = (METHODS[name].fractions(state, molecule) for name in RADIATIVE)
    assert ours == pytest.approx(theirs, rel=1e-5, abs=1e-8)


@pytest.mark.parametrize("name", METHODS)
def test_progress_reaches_the_end(name):
    seen = []
    state = shells(number=70)
    METHODS[name].fractions(state, rotor(3), progress=lambda *pair: seen.append(pair))
    assert seen[-1][0] == seen[-1][1]
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


@pytest.mark.parametrize("name", RADIATIVE)
def test_molecule_without_collision_rates(name):
    molecule = rotor(partners=())
    with pytest.raises(ConfigError, match=r"collision rates of CO.*--lamda"):
        METHODS[name].fractions(shells(), molecule)


@pytest.mark.parametrize("name", RADIATIVE)
def test_state_without_partners(name):
    with pytest.raises(ConfigError, match=r"partners of CO: .* one of He, e-, got .* CO, H2;"):
        METHODS[name].fractions(shells(), rotor(partners=("e-", "He")))


@pytest.mark.parametrize("name", RADIATIVE)
def test_a_run_cut_short_is_logged(name, caplog):
    caplog.set_level(logging.WARNING)
    replace(METHODS[name], iterations=1).fractions(shells(hydrogen=1e8), rotor())
    assert any("iterations" in text or "converged" in text for text in caplog.messages)
