"""Rays through points and cells cross exactly the Voronoi cells that are there."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from lineform.cube import View
from lineform.errors import ShapeError
from lineform.state import State
from lineform.synthesis.points import PointsTracer
from tests.lineform.clouds import Gas, ball, on_cells, on_points, places
from tests.lineform.gas import AU, sight

HALF = 100 * AU
SLOPE = 1e4 / HALF
HUBBLE = Gas(speed=lambda position: SLOPE * np.linalg.norm(position, axis=1))
views = st.builds(View, st.floats(0, 180), st.floats(0, 360))


def _revolved(radii, heights, azimuths):
    """Centres of cells about an axis, which near it are thin slices."""
    phi = (np.arange(azimuths) + 0.5) * 2 * np.pi / azimuths
    r, z, phi = np.meshgrid(radii, heights, phi, indexing="ij")
    return HUBBLE.at(np.stack([r * np.cos(phi), r * np.sin(phi), z], -1).reshape(-1, 3))


def _contrast(decades):
    rng = np.random.default_rng(3)
    position = ball(2000, 1.0)
    radius = np.linalg.norm(position, axis=1)[:, None]
    return HUBBLE.at(HALF * position / radius * 10 ** (-decades * rng.random((2000, 1))))


STATES = {
    "a wind of particles": on_points(HUBBLE, 2000, HALF, power=1.0),
    "three decades of spacing": _contrast(3),
    "one grid": on_cells(HUBBLE, 10, HALF, ()),
    "levels that jump by one": on_cells(HUBBLE, 8, HALF),
    "levels that jump by two": on_cells(HUBBLE, 6, HALF, (0.6,), jump=2),
    "cells about an axis": _revolved(
        HALF * (np.arange(10) + 0.5) / 10, HALF * (np.arange(-10, 10) + 0.5) / 10, 32
    ),
}
VIEWS = (View(0, 0), View(90, 270), View(37, 80), View(54.7356103, 45))


def _rays(side=4, reach=HALF):
    axis = np.linspace(-0.8, 0.83, side) * reach
    right, up = np.meshgrid(axis, axis)
    return right.ravel(), up.ravel()


def _along(paths):
    """Ends of the cells (cell + 1, ray), behind the plane of the sky."""
    ends = np.cumsum(paths.step.astype(float), axis=0)
    return np.vstack([np.zeros(ends.shape[1]), ends]) - paths.start


@pytest.mark.parametrize("name", STATES)
@pytest.mark.parametrize("view", VIEWS)
def test_rays_cross_the_cells_that_are_nearest(name, view):
    state, basis = STATES[name], view.basis()
    right, up = _rays()
    paths = PointsTracer(state).paths(right, up, basis)
    along = _along(paths)
    assert (along[-1] > along[0]).sum() > 7
    for ray in np.flatnonzero(along[-1] > along[0]):
        point = paths.edges.point[paths.edges.number[:, ray]]
        point = point[np.append(True, np.diff(point) != 0)]
        # Complete: no other point of the model is nearer anywhere.
        behind = np.linspace(along[0, ray], along[-1, ray], 400)
        place = right[ray] * basis[0] + up[ray] * basis[1] - behind[:, None] * basis[2]
        nearest = cdist(place, state.position).min(axis=1)
        found = cdist(place, state.position[point])
        assert found.min(axis=1) == pytest.approx(nearest, rel=1e-8)
        # In order, and none of them twice.
        assert len(set(point)) == len(point)
        assert (np.diff(found.argmin(axis=1)) >= 0).all()
        assert (np.diff(-state.position[point] @ basis[2]) > 0).all()


@pytest.mark.parametrize("name", STATES)
@pytest.mark.parametrize("view", VIEWS)
def test_velocity_along_a_ray_is_linear_where_the_flow_is(name, view):
    state = STATES[name]
    paths, rays = sight(state, view, *_rays(7))
    along = _along(paths)
    # At the two ends the gas moves as at the outermost points.
    inner = (along > along[0] + 1e-3 * HALF) & (along < along[-1] - 1e-3 * HALF)
    assert inner.sum() > 100
    assert rays.recession[inner] == pytest.approx(SLOPE * along[inner], abs=0.5)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("jump", [1, 2])
def test_all_gas_of_refined_cells_is_seen(view, jump):
    state = on_cells(Gas(), 6, HALF, jump=jump)
    pixels, reach = 160, 2 * HALF
    offsets = (np.arange(pixels) + 0.5) * (2 * reach / pixels) - reach
    right, up = (g.ravel() for g in np.meshgrid(offsets, offsets))
    _, rays = sight(state, view, right, up)
    seen = (rays.density["CO"] * rays.step).astype(float).sum() * (2 * reach / pixels) ** 2
    assert seen == pytest.approx(1e9 * (2 * HALF) ** 3, rel=1e-3)


@settings(max_examples=20, deadline=None)
@given(views)
def test_a_ray_is_as_long_as_its_way_through_the_box(view):
    basis = view.basis()
    right, up = _rays(4)
    paths = PointsTracer(STATES["levels that jump by one"]).paths(right, up, basis)
    origin = right[:, None] * basis[0] + up[:, None] * basis[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = np.sort((np.array([[[-HALF]], [[HALF]]]) - origin) / basis[2], axis=0)
    length = np.maximum(np.nanmin(ends[1], axis=1) - np.nanmax(ends[0], axis=1), 0)
    assert paths.step.astype(float).sum(axis=0) == pytest.approx(length, abs=1e-5 * HALF)


@pytest.mark.parametrize("name", STATES)
def test_a_ray_beside_the_gas_sees_nothing(name):
    state = STATES[name]
    basis = VIEWS[2].basis()
    sky = state.position @ basis.T
    margin = 0 if state.size is None else state.size.max()
    right = np.array([sky[:, 0].max() + margin, 0, sky[:, 0].min() - margin]) * 1.001
    up = np.array([0, sky[:, 1].max() + margin, 0]) * 1.001
    paths, rays = sight(state, VIEWS[2], right, up)
    assert not paths.step.any()
    assert np.isfinite(rays.temperature).all()


@pytest.mark.parametrize("seed", [0, 1])
def test_the_mass_of_a_ball_of_random_points(seed):
    state = on_points(Gas(), 20000, HALF, seed)
    offsets = (np.arange(60) + 0.5) * (2 * HALF / 60) - HALF
    right, up = (g.ravel() for g in np.meshgrid(offsets, offsets))
    _, rays = sight(state, View(30, 40), right, up)
    seen = (rays.density["CO"] * rays.step).astype(float).sum() * (2 * HALF / 60) ** 2
    # The hull of random points lies inside the ball that they were drawn from.
    assert seen == pytest.approx(1e9 * 4 / 3 * np.pi * HALF**3, rel=0.04)


@pytest.mark.parametrize("name", ["a wind of particles", "cells about an axis"])
def test_paths_turn_with_the_points(name):
    state, basis = STATES[name], VIEWS[2].basis()
    turn = View(71, 13).basis()
    turned = HUBBLE.at(state.position @ turn.T)
    right, up = _rays()
    ways = [PointsTracer(state).paths(right, up, basis)]
    ways.append(PointsTracer(turned).paths(right, up, basis @ turn.T))
    assert ways[1].start == pytest.approx(ways[0].start, abs=1e-6 * HALF)
    assert ways[1].step == pytest.approx(ways[0].step, abs=1e-6 * HALF)


def test_half_a_cell_at_each_end_of_a_box():
    position, _ = places(4, HALF)
    state = HUBBLE.at(position, size=np.full((64, 3), HALF / 2))
    paths, _ = sight(state, View(0, 0), [HALF / 4], [HALF / 4])
    assert paths.step[:, 0] / HALF == pytest.approx([0.25, 0.5, 0.5, 0.5, 0.25], abs=1e-6)


@pytest.mark.parametrize("number", [1, 3, 50])
def test_free_points_without_a_volume_are_refused(number):
    position = ball(number, HALF)
    position[:, 2] = 0
    flat = HUBBLE.at(position)
    with pytest.raises(ShapeError, match=f"{number} points without a volume"):
        PointsTracer(flat)


@pytest.mark.parametrize("factor", [0.9, 1.1])
def test_boxes_that_do_not_fill_space_are_refused(factor):
    state = on_cells(Gas(), 4, HALF)
    size = state.size * [1, 1, factor]
    with pytest.raises(ShapeError, match=r"\d+\.\d+% of it filled"):
        PointsTracer(Gas().at(state.position, size=size))


def test_equal_points_count_once():
    state = STATES["a wind of particles"]
    doubled = State(
        **{
            name: np.concatenate([getattr(state, name)] * 2)
            for name in ("position", "velocity", "temperature", "turbulence")
        },
        density={},
    )
    right, up = _rays()
    once, twice = (PointsTracer(s).paths(right, up, np.eye(3)) for s in (state, doubled))
    assert np.array_equal(once.step, twice.step)
