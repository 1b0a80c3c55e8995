"""Rays see the gas that is there, from every direction, and nothing outside the box."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineform.cube import View
from lineform.errors import ShapeError
from lineform.synthesis.rays import sample_rays
from tests.lineform.gas import AU, grid_state

HALF = 100 * AU
views = st.builds(View, st.floats(0, 180), st.floats(0, 360))


def _linear(position):
    return position @ np.array([[1.0, 2.0, 0.5], [0.0, -1.0, 1.0], [3.0, 0.0, -2.0]]) * 1e-10


@given(views)
def test_velocity_along_a_ray_is_linear_where_the_flow_is(view):
    state = grid_state(6, HALF, velocity=_linear)
    offsets = np.array([-0.2, 0.0, 0.1]) * HALF
    rays = sample_rays(state, view, offsets, ["CO"], cells=40)
    right, up, observer = view.basis()
    edges = np.linspace(np.sqrt(3), -np.sqrt(3), 41) * HALF
    within = np.abs(edges) < 0.5 * HALF
    for iy, y in enumerate(offsets):
        for ix, x in enumerate(offsets):
            place = edges[:, None] * observer + y * up + x * right
            expected = -_linear(place) @ observer
            assert rays.recession[within, iy, ix] == pytest.approx(expected[within], abs=0.05)


@settings(max_examples=6)
@given(views)
def test_the_gas_in_the_box_is_all_seen(view):
    state = grid_state(8, HALF, density=1e9)
    pixels = 91
    reach = np.sqrt(3) * HALF
    offsets = (np.arange(pixels) + 0.5) * (2 * reach / pixels) - reach
    rays = sample_rays(state, view, offsets, ["CO"], cells=97)
    seen = rays.density["CO"].sum() * rays.step * (2 * reach / pixels) ** 2
    assert seen == pytest.approx(1e9 * (2 * HALF) ** 3, rel=0.05)


@given(views)
def test_uniform_fields_stay_uniform(view):
    state = grid_state(5, HALF, temperature=77.0, turbulence=900.0)
    rays = sample_rays(state, view, np.array([0.0]), ["CO", "H2"], cells=9)
    assert rays.temperature == pytest.approx(np.full((9, 1, 1), 77.0), rel=1e-5)
    assert rays.turbulence == pytest.approx(np.full((9, 1, 1), 900.0), rel=1e-6)
    assert set(rays.density) == {"CO", "H2"}
    assert rays.recession.shape == (10, 1, 1)


def test_powers_of_the_radius_keep_their_slope_between_cells():
    state = grid_state(20, HALF)
    state.density["CO"][:] = np.exp(state.position[:, 2] / HALF * 3)
    rays = sample_rays(state, View(0, 0), np.array([0.0]), ["CO"], cells=60)
    middles = -(np.arange(60) + 0.5 - 30) / 30 * np.sqrt(3)
    within = np.abs(middles) < 0.9
    seen = rays.density["CO"][within, 0, 0]
    assert seen == pytest.approx(np.exp(3 * middles[within]), rel=1e-5)


def test_points_have_no_rays():
    points = dataclasses.replace(grid_state(4), axes=None)
    with pytest.raises(ShapeError, match="expected a regular grid, got 64 points"):
        sample_rays(points, View(0, 0), np.zeros(1), ["CO"], 4)
