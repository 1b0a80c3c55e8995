"""Neighbours and outer points of lattices, clouds and shells, and of a real Magritte model."""

import h5py
import numpy as np
import pytest

from lineform.errors import ConfigError
from lineform.mesh import mesh_of
from lineform.readers.magritte import read_magritte
from lineform.state import State
from tests.lineform.gas import grid_state


def _points(position, **geometry):
    n = len(position)
    one = np.ones(n)
    return State(position, np.zeros((n, 3)), one, one, {"CO": one}, **geometry)


def _ball(n, seed=1):
    rng = np.random.default_rng(seed)
    direction = rng.normal(size=(n, 3))
    direction /= np.linalg.norm(direction, axis=1)[:, None]
    return 1e13 * direction * rng.uniform(0, 1, (n, 1)) ** (1 / 3)


def _pairs(mesh):
    first = np.repeat(np.arange(len(mesh.counts)), mesh.counts)
    return set(zip(first.tolist(), mesh.neighbours.tolist(), strict=True))


@pytest.mark.parametrize(
    "state",
    [
        grid_state(side=6),
        _points(_ball(300)),
        _points(np.outer(np.arange(1.0, 9), [1, 0, 0]), spherical=True),
    ],
    ids=["grid", "ball", "shells"],
)
def test_neighbours_are_mutual_and_others(state):
    mesh = mesh_of(state)
    pairs = _pairs(mesh)
    assert len(mesh.counts) == state.n_points
    assert mesh.counts.sum() == len(mesh.neighbours) == len(pairs)
    assert all((b, a) in pairs and a != b for a, b in pairs)


def test_nearest_point_is_a_neighbour():
    position = _ball(200)
    pairs = _pairs(mesh_of(_points(position)))
    distance = np.linalg.norm(position[:, None] - position[None], axis=2)
    np.fill_diagonal(distance, np.inf)
    assert all((a, int(distance[a].argmin())) in pairs for a in range(200))


@pytest.mark.parametrize("side", [3, 4, 9])
def test_outside_of_a_lattice_is_its_outer_layer(side):
    mesh = mesh_of(grid_state(side=side))
    index = np.arange(side**3).reshape(side, side, side)
    np.testing.assert_array_equal(mesh.outside, np.setdiff1d(index, index[1:-1, 1:-1, 1:-1]))
    pairs, steps = _pairs(mesh), zip(index[:-1].flat, index[1:].flat, strict=True)
    assert all((int(a), int(b)) in pairs for a, b in steps)


def test_outside_of_a_ball_lies_outside():
    position = _ball(3000)
    outside = mesh_of(_points(position)).outside
    radius = np.linalg.norm(position, axis=1) / 1e13
    assert radius[outside].min() > 0.7
    assert np.setdiff1d(np.flatnonzero(radius > 0.995), outside).size == 0
    # A shell that is 1.3 mean distances thick.
    assert len(outside) < len(position) * (1 - (1 - 1.3 * (4 * np.pi / 3 / 3000) ** (1 / 3)) ** 3)


def test_shells_touch_the_next_ones():
    mesh = mesh_of(_points(np.outer(np.arange(1.0, 6), [1, 0, 0]), spherical=True))
    np.testing.assert_array_equal(mesh.counts, [1, 2, 2, 2, 1])
    np.testing.assert_array_equal(mesh.neighbours, [1, 0, 2, 1, 3, 2, 4, 3])
    np.testing.assert_array_equal(mesh.outside, [0, 4])


@pytest.mark.parametrize("name", ["wind_cart16_co21.hdf5", "vanZadelhoff_1a_1D_nlte.hdf5"])
def test_mesh_is_that_of_a_real_model(atomium_data, name):
    path = atomium_data / "magritte" / name
    mesh = mesh_of(read_magritte(path))
    with h5py.File(path) as file:
        np.testing.assert_array_equal(mesh.counts, file["geometry/points/n_neighbors"])
        np.testing.assert_array_equal(mesh.outside, file["geometry/boundary/boundary2point"])
        known = file["geometry/points/neighbors"][:]
    ends = np.cumsum(mesh.counts)[:-1]
    for seen, expected in zip(np.split(mesh.neighbours, ends), np.split(known, ends), strict=True):
        np.testing.assert_array_equal(np.sort(seen), np.sort(expected))


def test_too_few_points_are_refused():
    with pytest.raises(ConfigError, match="at least 5 points, got 4"):
        mesh_of(_points(_ball(4)))


def test_points_at_one_place_are_named():
    position = _ball(50)
    position[31] = position[7]
    with pytest.raises(ConfigError, match=r"points 7 and 31 both at \("):
        mesh_of(_points(position))


def test_points_that_rounding_joins_are_named():
    position = _ball(50)
    position[31] = position[7] * (1 + 1e-15)
    with pytest.raises(ConfigError, match=r"points? (7|31) and .* both at \("):
        mesh_of(_points(position))


@pytest.mark.parametrize("normal", [(0, 0, 1), (1, 1, 1)])
def test_points_in_a_plane_are_refused(normal):
    position = _ball(60)
    normal = np.array(normal) / np.linalg.norm(normal)
    flat = position - np.outer(position @ normal, normal)
    with pytest.raises(ConfigError, match=r"points that fill space.*three-dimensional snapshot"):
        mesh_of(_points(flat))
