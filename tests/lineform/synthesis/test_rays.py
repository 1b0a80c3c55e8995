"""Rays see the gas that is there, from every direction, and nothing outside the box."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineform.cube import View
from tests.lineform.gas import AU, grid_state, sight

HALF = 100 * AU
views = st.builds(View, st.floats(0, 180), st.floats(0, 360))


def _linear(position):
    return position @ np.array([[1.0, 2.0, 0.5], [0.0, -1.0, 1.0], [3.0, 0.0, -2.0]]) * 1e-10


@given(views)
def test_velocity_along_a_ray_is_linear_where_the_flow_is(view):
    state = grid_state(6, HALF, velocity=_linear)
    right, up = (g.ravel() for g in np.meshgrid([-0.2 * HALF, 0.0, 0.1 * HALF], [0.0, 0.1 * HALF]))
    paths, rays = sight(state, view, right, up)
    basis = view.basis()
    edges = paths.start - np.vstack([np.zeros(len(right)), np.cumsum(paths.step, axis=0)])
    place = edges[..., None] * basis[2] + right[:, None] * basis[0] + up[:, None] * basis[1]
    # Beyond the outermost centres the velocity stays as it is there.
    within = (np.abs(place) < 5 / 6 * HALF).all(axis=-1)
    expected = -_linear(place) @ basis[2]
    assert within.sum() > 30
    assert rays.recession[within] == pytest.approx(expected[within], abs=0.05)


@settings(max_examples=6)
@given(views)
def test_the_gas_in_the_box_is_all_seen(view):
    state = grid_state(8, HALF, density=1e9)
    pixels = 91
    reach = np.sqrt(3) * HALF
    offsets = (np.arange(pixels) + 0.5) * (2 * reach / pixels) - reach
    right, up = (g.ravel() for g in np.meshgrid(offsets, offsets))
    _, rays = sight(state, view, right, up)
    seen = (rays.density["CO"] * rays.step).astype(float).sum() * (2 * reach / pixels) ** 2
    assert seen == pytest.approx(1e9 * (2 * HALF) ** 3, rel=0.02)


@given(views)
def test_uniform_fields_stay_uniform(view):
    state = grid_state(5, HALF, temperature=77.0, turbulence=900.0)
    _, rays = sight(state, view, [0.0], [0.0])
    assert rays.temperature == pytest.approx(np.full((10, 1), 77.0), rel=1e-5)
    assert rays.turbulence == pytest.approx(np.full((10, 1), 900.0), rel=1e-6)
    assert set(rays.density) == {"CO"}
    assert rays.recession.shape == (11, 1)


@pytest.mark.parametrize("view", [View(0, 0), View(90, 0), View(54.7356103, 45.0)])
def test_a_ray_is_as_long_as_its_way_through_the_box(view):
    paths, _ = sight(grid_state(4, HALF), view, [0.0, 3 * HALF], [0.0, 0.0])
    basis = view.basis()
    length = 2 * HALF / np.abs(basis[2]).max()
    assert paths.step.sum(axis=0) == pytest.approx([length, 0.0], rel=1e-5)
    assert paths.start[0] == pytest.approx(length / 2, rel=1e-6)


@pytest.mark.parametrize("inclination", [0, 90, 180])
def test_rays_along_an_axis_and_on_a_face_are_finite(inclination):
    edge = [-HALF, HALF, 0.0, HALF * (1 + 1e-9)]
    paths, rays = sight(grid_state(3, HALF), View(inclination, 0), edge, [0.0, HALF, -HALF, 0.0])
    assert np.isfinite(paths.step).all()
    assert np.isfinite(rays.recession).all()
    assert paths.step[:, 3].sum() == 0


def test_powers_of_the_radius_keep_their_slope_between_cells():
    state = grid_state(20, HALF)
    state.density["CO"][:] = np.exp(state.position[:, 2] / HALF * 3)
    paths, rays = sight(state, View(0, 0), [0.0], [0.0])
    far = paths.start - np.cumsum(paths.step, axis=0)
    middles = ((far + paths.step / 2) / HALF)[:, 0]
    within = np.abs(middles) < 0.9
    seen = rays.density["CO"][within, 0]
    assert seen == pytest.approx(np.exp(3 * middles[within]), rel=1e-5)
