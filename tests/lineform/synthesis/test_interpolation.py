"""Rays see all the gas of contrasts, and winds stay in their logarithm."""

import logging
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from lineform.cube import View
from lineform.species import linear_rotor
from lineform.synthesis import array, fast
from lineform.synthesis.base import Dust, Scene
from lineform.synthesis.gradient import gradient
from lineform.synthesis.imager import rays_of
from lineform.synthesis.interpolation import lost_in_logarithm
from lineform.synthesis.rays import Fields, tracer_of
from tests.lineform.clouds import Gas, ball, on_cells, on_grid, on_points, on_shells

CO = linear_rotor("CO", levels=20)
HALF = 1e13
VIEWS = (View(0, 0), View(40, 30))


def _lognormal(scatter, position):
    return 1e9 * np.random.default_rng(5).lognormal(0, scatter, len(position))


def _ball(radius, position):
    return 1e9 * (np.linalg.norm(position, axis=1) < radius * HALF)


def _bright(position):
    density = np.full(len(position), 1e-1)
    density[len(position) // 2 + 5] = 1e9
    return density


def _wind(position):
    return 1e9 / np.maximum((position / HALF) ** 2 @ np.ones(3), 1e-2)


def _shock(position):
    return np.where(position[:, 0] > 0.1 * HALF, 1e9, 1e3)


LOGNORMAL = {scatter: partial(_lognormal, scatter) for scatter in (0.5, 1.0, 2.0)}
CONTRASTS = {"log-normal": LOGNORMAL[1.0], "ball": partial(_ball, 0.6), "bright cell": _bright}
STATES = {
    "grid": lambda gas: on_grid(gas, 16, HALF),
    "cells": lambda gas: on_cells(gas, 12, HALF),
    "points": lambda gas: on_points(gas, 4000, HALF),
    "shells": lambda gas: on_shells(gas, 60, HALF),
}


def _scene(state, interpolation, view=VIEWS[0], pixels=16, **options):
    reach = HALF if view.inclination == 0 else 1.8 * HALF
    offsets = ((np.arange(pixels) + 0.5) * 2 / pixels - 1) * reach
    velocity = np.linspace(-5e3, 5e3, 11)
    lines = {CO: [CO.line("2-1")]}
    return Scene(state, lines, [view], offsets, velocity, interpolation=interpolation, **options)


def _seen(state, interpolation, view, pixels, rays_per_pixel):
    """Molecules that rays see: what optically thin gas shines with."""
    scene = _scene(state, interpolation, view, pixels, rays_per_pixel=rays_per_pixel)
    tracer, fields, total = tracer_of(state), Fields(scene), 0.0
    basis = view.basis()
    component = tracer.component(state.velocity, basis)
    for first in range(0, pixels, 8):
        paths = tracer.paths(*rays_of(scene, slice(first, first + 8)), basis)
        rays = fields.on(paths, component)
        total += float((rays.density["CO"].astype(float) * rays.step).sum())
    return total * ((scene.offsets[1] - scene.offsets[0]) / rays_per_pixel) ** 2


def _there(state):
    if state.size is not None:
        volume = state.size.prod(axis=1)
    else:
        volume = np.prod([axis[1] - axis[0] for axis in state.grid_axes])
    return float(np.sum(state.density["CO"] * volume))


@pytest.mark.parametrize("view", VIEWS, ids=["along an axis", "aslant"])
@pytest.mark.parametrize("name", CONTRASTS)
def test_rays_through_a_grid_see_all_gas(name, view):
    state = on_grid(Gas(density=CONTRASTS[name]), 16, HALF)
    pixels, rays_per_pixel = (16, 2) if view.inclination == 0 else (40, 8)
    seen = _seen(state, "linear", view, pixels, rays_per_pixel)
    assert seen == pytest.approx(_there(state), rel=1e-3)


@pytest.mark.parametrize("view", VIEWS, ids=["along an axis", "aslant"])
@pytest.mark.parametrize("name", CONTRASTS)
def test_rays_through_equal_boxes_see_all_gas(name, view):
    grid = on_grid(Gas(density=CONTRASTS[name]), 12, HALF)
    size = np.full((grid.n_points, 3), HALF / 6)
    state = replace(grid, axes=None, size=size)
    seen = _seen(state, "linear", view, 12 if view.inclination == 0 else 40, 4)
    assert seen == pytest.approx(_there(state), rel=0.02)


@pytest.mark.parametrize("view", VIEWS, ids=["along an axis", "aslant"])
@pytest.mark.parametrize("scatter", LOGNORMAL)
def test_rays_through_boxes_of_several_sizes_see_all_gas(scatter, view):
    state = on_cells(Gas(density=LOGNORMAL[scatter]), 12, HALF)
    seen = _seen(state, "linear", view, 40, 2)
    assert seen == pytest.approx(_there(state), rel=0.03)


def test_the_logarithm_loses_gas_where_there_are_contrasts():
    state = on_grid(Gas(density=CONTRASTS["log-normal"]), 16, HALF)
    assert _seen(state, "log", VIEWS[0], 16, 2) < 0.75 * _there(state)


@pytest.mark.parametrize("interpolation", ["log", "linear"])
@pytest.mark.parametrize("geometry", STATES)
def test_uniform_gas_loses_nothing(geometry, interpolation):
    state = STATES[geometry](Gas())
    assert lost_in_logarithm(state, state.density["CO"]) == pytest.approx(0, abs=1e-12)
    scene = _scene(state, interpolation)
    tracer, basis = tracer_of(state), VIEWS[0].basis()
    paths = tracer.paths(*rays_of(scene, slice(None)), basis)
    if geometry != "shells":
        assert Fields(scene).density["CO"].on(paths) == pytest.approx(1e9, rel=1e-5)


@pytest.mark.parametrize("density", LOGNORMAL.values(), ids=LOGNORMAL)
@pytest.mark.parametrize("geometry", STATES)
def test_contrasts_are_taken_as_they_are(geometry, density):
    _same(STATES[geometry](Gas(density=density)), "linear")


@pytest.mark.parametrize("geometry", ["grid", "cells", "points"])
@pytest.mark.parametrize("density", [partial(_ball, 0.6), _bright, _shock])
def test_edges_are_taken_as_they_are(density, geometry):
    _same(STATES[geometry](Gas(density=density)), "linear")


@pytest.mark.parametrize("geometry", STATES)
def test_winds_stay_in_their_logarithm(geometry):
    _same(STATES[geometry](Gas(density=_wind)), "log")


def test_points_that_follow_a_wind_stay_in_their_logarithm():
    # Particles of equal mass: as many in every shell.
    outside = ball(20_000, HALF, power=1)
    outside *= np.maximum(1, 0.02 * HALF / np.linalg.norm(outside, axis=1))[:, None]
    state = Gas(density=lambda at: 1e9 * HALF**2 / (at**2).sum(axis=1)).at(outside)
    assert lost_in_logarithm(state, state.density["CO"]) < 0.01


def _same(state, taken):
    """Whether rays see, to the bit, what they see where this is asked for."""
    one, other = (_images(_scene(state, how, pixels=8), array) for how in ("auto", taken))
    another = _images(_scene(state, "linear" if taken == "log" else "log", pixels=8), array)
    assert np.array_equal(one, other)
    assert not np.array_equal(one, another)


def _images(scene, engine):
    return np.stack(list(engine.ENGINE.cubes(scene)))


def test_it_is_said_what_was_taken(caplog):
    state = on_grid(Gas(density=LOGNORMAL[1.0]), 16, HALF)
    with caplog.at_level(logging.INFO, logger="lineform.synthesis.interpolation"):
        Fields(_scene(state, "auto"))
    assert "CO: density interpolated as it is: the logarithm would lose 2" in caplog.text


@pytest.mark.parametrize("interpolation", ["log", "linear"])
@pytest.mark.parametrize("density", CONTRASTS.values(), ids=CONTRASTS)
@pytest.mark.parametrize("geometry", ["grid", "cells", "points"])
def test_the_compiled_engine_agrees(geometry, density, interpolation):
    pytest.importorskip("numba", reason="the compiled engine needs Numba")
    scene = _scene(STATES[geometry](Gas(density=density)), interpolation, VIEWS[1], 8)
    plain, compiled = (_images(scene, engine) for engine in (array, fast))
    assert np.abs(compiled - plain).max() <= 1e-5 * np.abs(plain).max()


def test_where_there_is_nothing_dust_and_lines_are_dark():
    state = on_grid(Gas(density=partial(_ball, 0.5)), 16, HALF)
    cubes = _images(_scene(state, "linear", dust=Dust(0.5)), array)
    assert np.isfinite(cubes).all()
    assert not cubes[0, :, 0, 0].any()
    assert cubes[0, 5, 8, 8] > 0


def test_the_gradient_takes_what_the_image_takes():
    pytest.importorskip("numba", reason="the compiled engine needs Numba")
    state = on_grid(Gas(density=LOGNORMAL[1.0]), 8, HALF)
    seeds = [np.ones((11, 8, 8))]
    auto, linear, log = (
        gradient(_scene(state, how, pixels=8), seeds).density["CO"]
        for how in ("auto", "linear", "log")
    )
    np.testing.assert_allclose(auto, linear, rtol=1e-12)
    assert np.abs(auto - log).max() > 0.01 * np.abs(log).max()
