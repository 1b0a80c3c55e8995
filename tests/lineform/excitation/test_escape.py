"""Escape probability against scalar equations, in every geometry, and where it is stiff."""

import logging
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import brentq

from lineform.constants import BOLTZMANN, LIGHT_SPEED, PLANCK
from lineform.excitation._rates import Lines, collision_rates
from lineform.excitation._sobolev import Trap, along_directions, balance
from lineform.excitation.escape import EXCITATION
from lineform.func import doppler_width, thermal_fractions
from lineform.readers import read_lamda
from tests.lineform.clouds import (
    GEOMETRIES,
    Gas,
    on_cells,
    on_grid,
    on_points,
    on_shells,
)
from tests.lineform.excitation.gas import rotor, shells, two_level
from tests.lineform.gas import AU, grid_state

REAL = ("SO-pH2.dat", "co.dat", "hcn.dat", "hco+.dat", "sio.dat")


def _one_zone(kelvin, hydrogen, depth_scale, molecule):
    """Upper fraction of two levels, where the depth is `depth_scale` times the absorption."""
    (line,) = molecule.lines
    photon = PLANCK * line.frequency / BOLTZMANN
    occupation = 1 / np.expm1(photon / 2.725)
    down = 6e-17 * hydrogen
    up = down * 3 * np.exp(-photon / kelvin)
    strength = LIGHT_SPEED**3 * line.einstein_a / (8 * np.pi * line.frequency**3)

    def gain(x):
        depth = depth_scale * strength * (3 * (1 - x) - x)
        beta = -np.expm1(-depth) / depth
        light = line.einstein_a * beta * (3 * occupation * (1 - x) - (1 + occupation) * x)
        return up * (1 - x) - down * x + light

    return brentq(gain, 1e-12, 0.75 - 1e-9, xtol=1e-15, rtol=1e-14)


@pytest.mark.parametrize("hydrogen", [1e7, 1e9, 1e11])
@pytest.mark.parametrize("gradient", [1e-8, 1e-10, 1e-12])
def test_two_levels_in_homologous_expansion(hydrogen, gradient):
    molecule = two_level()
    state = shells(number=3, hydrogen=hydrogen, gradient=gradient)
    found = EXCITATION.fractions(state, molecule)[1, 1]
    width = doppler_width(state.temperature, state.turbulence, molecule.mass)[0]
    edge = state.position[2, 0] - state.position[1, 0]
    slope = np.hypot(gradient, np.sqrt(np.pi) * width / edge)
    expected = _one_zone(100.0, hydrogen, 1e-4 * hydrogen / slope, molecule)
    assert found == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("strains", [(1.0, 1.0, 1.0), (0.5, 0.5, 2.0), (-1.0, -1.0, 3.0)])
def test_mean_over_directions(strains):
    strains = np.array([strains])
    rng = np.random.default_rng(0)
    direction = rng.normal(size=(200_000, 3))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    along = np.hypot((direction**2) @ strains[0], 0.3)
    gradient, weight = along_directions(strains, np.array([0.3]), 8)
    chance, _ = Trap(1 / gradient, weight).escape(np.array([[2.0]]))
    exact = np.mean(-np.expm1(-2.0 / along) / (2.0 / along))
    assert chance[0, 0] == pytest.approx(exact, rel=1e-2)
    assert weight.sum() == pytest.approx(1)


def test_slope_of_the_mean_is_its_derivative():
    gradient, weight = along_directions(np.array([[1.0, 2.0, 5.0]]), np.array([0.1]), 8)
    trap = Trap(1 / gradient, weight)
    low, middle, high = (trap.escape(np.array([[k]])) for k in (2.0 - 1e-5, 2.0, 2.0 + 1e-5))
    assert middle[1] / 2.0 == pytest.approx((high[0] - low[0]) / 2e-5, rel=1e-6)


def _wind(geometry):
    state = grid_state(6, velocity=lambda position: position * 1e-9, density=1e5)
    if geometry == "grid":
        return state
    step = np.diff(state.grid_axes[0])[0]
    size = np.full(state.position.shape, step) if geometry == "cells" else None
    return replace(state, axes=None, size=size)


def test_every_geometry_gives_the_same_for_the_same_gas():
    molecule = rotor(5)
    grid, cells, points = (
        EXCITATION.fractions(_wind(geometry), molecule) for geometry in ("grid", "cells", "points")
    )
    assert cells == pytest.approx(grid, rel=1e-4)
    assert points == pytest.approx(grid, rel=1e-4)


def test_a_point_does_not_depend_on_those_it_is_solved_with():
    molecule = rotor()
    state = shells(number=150, gradient=1e-10)
    state.temperature[:] = np.linspace(10, 900, 150)
    whole = EXCITATION.fractions(state, molecule)
    trap = EXCITATION._trap(state, molecule)
    for point in (0, 64, 149):
        some = np.array([point])
        temperature = state.temperature[some]
        alone, failed = balance(
            collision_rates(molecule, temperature, {"H2": state.density["H2"][some]}),
            thermal_fractions(temperature, molecule.energy, molecule.weight),
            Lines.of(molecule, 2.725),
            trap.at(some),
            1e-6,
            100,
        )
        assert failed == 0
        assert alone[0] == pytest.approx(whole[point], rel=1e-9)


def test_trapping_warms_the_lines():
    molecule = rotor()
    upper = [
        EXCITATION.fractions(shells(hydrogen=1e9, abundance=abundance), molecule)[4, 4:].sum()
        for abundance in (1e-12, 1e-6, 1e-4, 1e-2)
    ]
    assert upper == sorted(upper)
    assert upper[-1] > 1.5 * upper[0]


@pytest.mark.parametrize("name", REAL)
def test_extreme_gas_converges(name, atomium_data):
    logging.disable(logging.WARNING)
    try:
        molecule = read_lamda(atomium_data / "lamda" / name)
    finally:
        logging.disable(logging.NOTSET)
    rng = np.random.default_rng(1)
    kelvin, hydrogen, column = (
        10 ** rng.uniform(low, high, 300) for low, high in ((0.5, 3.5), (4, 18), (5, 25))
    )
    partners = {rates.partner: hydrogen for rates in molecule.collisions}
    gradient, weight = along_directions(rng.normal(size=(300, 3)), np.full(300, 0.1), 8)
    lines, trap = Lines.of(molecule, 2.725), Trap(column[:, None] / gradient, weight)
    found, failed = balance(
        collision_rates(molecule, kelvin, partners),
        thermal_fractions(kelvin, molecule.energy, molecule.weight),
        lines,
        trap,
        1e-6,
        100,
    )
    assert failed == 0
    assert found.min() >= 0
    depth = lines.absorption(found)[:, :, None] * trap.ratio[:, None, :]
    assert depth.max() > 1e8
    # Some are masers: the sample is not an easy one.
    assert depth.min() < -1 or name == "hcn.dat"


def test_points_that_fail_are_logged(caplog):
    caplog.set_level(logging.WARNING)
    replace(EXCITATION, iterations=2).fractions(shells(hydrogen=1e8), rotor())
    assert "the populations of 8 of 8 points have not converged to 1e-06" in caplog.text


def _radial(speed, power=-2.0):
    """CO about a centre, at a steady speed outwards."""
    return Gas(
        density=lambda x: 1e9 * (np.maximum(np.linalg.norm(x, axis=1), AU) / AU) ** power,
        speed=lambda x: np.full(len(x), speed),
        turbulence=1e3,
    )


BODIES = {
    "grid": lambda gas: on_grid(gas, 12, 1000 * AU),
    "cells": lambda gas: on_cells(gas, 8, 1000 * AU),
    "points": lambda gas: on_points(gas, 2000, 1000 * AU),
    "shells": lambda gas: on_shells(gas, 40, 1000 * AU),
}


@pytest.mark.parametrize("geometry", GEOMETRIES)
def test_gas_that_hardly_moves_is_remarked_with_its_share(geometry, caplog):
    caplog.set_level(logging.WARNING)
    molecule = two_level()
    EXCITATION.fractions(BODIES[geometry](_radial(15e3)), molecule)
    assert "rough estimate" not in caplog.text
    for power in (0.0, -2.0):
        caplog.clear()
        EXCITATION.fractions(BODIES[geometry](_radial(3.0, power)), molecule)
        assert "CO: at 100 % of the points the velocity changes by less" in caplog.text
        assert "--excitation lambda" in caplog.text


def test_the_share_of_a_shell_at_rest_in_a_wind_is_told(caplog):
    caplog.set_level(logging.WARNING)
    state = shells(number=100, gradient=1e-9)
    state.velocity[:40] = 0
    EXCITATION.fractions(state, two_level())
    # The last of them but one feels the wind.
    assert "at 39 % of the points" in caplog.text
