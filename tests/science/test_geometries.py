"""One gas is one gas, whatever the points are that hold it."""

import astropy.units as u
import numpy as np
import pytest

from lineform.constants import BOLTZMANN, LIGHT_SPEED, PLANCK
from lineform.cube import View
from lineform.readers.snapshots import read_dump
from lineform.recipe import Recipe, gas_state
from lineform.scales import code_units
from lineform.species import linear_rotor
from lineform.state import State
from lineform.synthesis import observe
from lineform.winds import H2_MASS
from tests.lineform.clouds import GEOMETRIES, Gas, on_cells, on_grid, on_points, on_shells
from tests.lineform.gas import AU, sight

CO = linear_rotor("CO")
LINE = CO.line("2-1")
HALF, CORE, PARSEC = 500 * AU, 40 * AU, 3.0856775814913673e16
VELOCITY = np.linspace(-20, 20, 41)
VIEWS = (View(0, 0), View(90, 45), View(37, 20))
MAKES = {
    "grid": lambda gas: on_grid(gas, 56, HALF),
    "cells": lambda gas: on_cells(gas, 24, HALF),
    "points": lambda gas: on_points(gas, 20000, HALF, power=1.0),
    "shells": lambda gas: on_shells(gas, 60, HALF),
}


def _wind(thickness):
    """A wind that is faster and colder outwards, and ends softly."""

    def squared(position):
        return (position**2).sum(axis=1)

    def softened(position):
        return np.sqrt(squared(position) + CORE**2)

    return Gas(
        density=lambda position: (
            thickness
            * 1e10
            * (CORE / softened(position)) ** 2
            * np.exp(-((squared(position) / (300 * AU) ** 2) ** 2))
        ),
        speed=lambda position: (
            3e3 * np.tanh(np.sqrt(squared(position)) / CORE / 2)
            + 11e3 * (1 - CORE / softened(position))
        ),
        temperature=lambda position: 300 * (CORE / softened(position)) ** 0.7 + 5,
    )


def _observed(state, view=VIEWS[2], pixels=40, **options):
    (o,) = observe(
        state,
        {CO: [LINE]},
        [view],
        velocity=VELOCITY * u.km / u.s,
        distance=100 * u.pc,
        pixels=pixels,
        fov=2 * HALF * u.m,
        **options,
    )
    return o


@pytest.fixture(scope="module", params=[1e-3, 1.0, 100.0], ids=["thin", "medium", "thick"])
def exact(request):
    """The wind, and its image with so many shells that more change less than 0.1 %."""
    gas = _wind(request.param)
    return gas, _observed(on_shells(gas, 200, HALF))


@pytest.mark.parametrize("geometry", GEOMETRIES)
def test_one_wind_has_one_image(geometry, exact):
    gas, expected = exact
    state = MAKES[geometry](gas)
    assert state.geometry == geometry
    seen = _observed(state)
    assert seen.spectrum == pytest.approx(expected.spectrum, abs=0.013 * expected.spectrum.max())
    assert seen.spectrum.sum() == pytest.approx(expected.spectrum.sum(), rel=0.01)
    bright = expected.intensity > 0.01 * expected.intensity.max()
    differences = np.abs(seen.intensity[bright] / expected.intensity[bright] - 1)
    assert np.median(differences) < 0.01
    assert np.quantile(differences, 0.9) < 0.05


@pytest.mark.parametrize("geometry", GEOMETRIES)
def test_a_round_wind_looks_the_same_from_everywhere(geometry):
    state = MAKES[geometry](_wind(1.0))
    first, *others = (_observed(state, view).spectrum for view in VIEWS)
    for other in others:
        assert other == pytest.approx(first, abs=0.01 * first.max())


@pytest.mark.parametrize("geometry", GEOMETRIES)
def test_a_thin_line_shines_with_all_its_photons(geometry):
    gas = _wind(1e-4)
    state = MAKES[geometry](gas)
    # So cold behind that nothing is absorbed; twice as far as the line reaches.
    seen = _observed(state, background=0.5 * u.K)
    flux = seen.spectrum.astype(float).sum() * 1e3 * LINE.frequency / LIGHT_SPEED * 1e-26

    fine = on_shells(gas, 4000, HALF)
    radius = fine.position[:, 0]
    share = CO.weight * np.exp(-CO.energy / (BOLTZMANN * fine.temperature[:, None]))
    upper = fine.density["CO"] * share[:, LINE.upper] / share.sum(axis=1)
    photons = np.trapezoid(upper * 4 * np.pi * radius**2, radius) * LINE.einstein_a
    expected = PLANCK * LINE.frequency * photons / (4 * np.pi * (100 * PARSEC) ** 2)
    assert flux == pytest.approx(expected, rel=0.01)


@pytest.mark.parametrize("view", [View(0, 0), View(120, 300)])
def test_points_that_turn_with_the_view_show_the_same_cube(view):
    state = on_points(_lopsided(), 3000, HALF, power=1.0)
    first = _observed(state, VIEWS[2])
    turn = view.basis().T @ VIEWS[2].basis()
    second = _observed(_turned(state, turn), view)
    assert np.abs(second.intensity - first.intensity).max() < 1e-4 * first.intensity.max()


def test_cells_that_turn_with_the_view_show_the_same_cube():
    state = on_cells(_lopsided(), 12, HALF)
    first = _observed(state, View(37, 20))
    # A quarter turn about z: boxes stay boxes.
    turn = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    second = _observed(_turned(state, turn), View(37, 110))
    assert np.abs(second.intensity - first.intensity).max() < 1e-4 * first.intensity.max()


def test_the_mass_of_a_real_snapshot_is_seen(atomium_data):
    units = {"length": 1.496e11, "number_density": 1e15, "velocity": 1e4}
    source = atomium_data / "amrvac" / "agb_wind_0001.dat"
    dump = read_dump(source)
    state, used, _ = gas_state(dump, Recipe(units=code_units(units, "a test")), str(source))
    assert state.geometry == "cells"
    reach = 1.2 * state.reach
    offsets = (np.arange(60) + 0.5) * (2 * reach / 60) - reach
    right, up = (grid.ravel() for grid in np.meshgrid(offsets, offsets))
    _, rays = sight(state, View(30, 20), right, up)
    seen = (rays.density["CO"] * rays.step).astype(float).sum() * (2 * reach / 60) ** 2
    assert seen / 3e-4 * H2_MASS == pytest.approx(dump.mass.sum() * used.mass, rel=0.005)


def _lopsided():
    wind = _wind(1.0)
    return Gas(
        density=lambda position: wind.density(position) * np.exp(position @ [1.0, 2.0, 3.0] / HALF),
        speed=wind.speed,
        temperature=wind.temperature,
    )


def _turned(state, turn):
    return State(
        position=state.position @ turn.T,
        velocity=state.velocity @ turn.T,
        temperature=state.temperature,
        turbulence=state.turbulence,
        density=state.density,
        size=None if state.size is None else np.abs(state.size @ turn.T),
    )
