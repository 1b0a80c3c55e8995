"""Fields beside points follow their slopes, within what is around them."""

import numpy as np
import pytest
from scipy.spatial import cKDTree

from lineform.cube import View
from lineform.synthesis._slopes import Slopes
from lineform.synthesis.points import PointsTracer
from tests.lineform.clouds import Gas, ball, on_cells, on_points

HALF = 1e13
STATES = {
    "points": on_points(Gas(), 1500, HALF),
    "cells": on_cells(Gas(), 6, HALF),
    "few points": on_points(Gas(), 8, HALF),
}


def _samplers(name):
    state = STATES[name]
    axis = np.linspace(-0.6, 0.63, 6) * HALF
    right, up = (grid.ravel() for grid in np.meshgrid(axis, axis))
    paths = PointsTracer(state).paths(right, up, View(37, 80).basis())
    samplers = {"edges": paths.edges, "middles": paths.middles, "amounts": paths.amounts}
    return state, paths, samplers


@pytest.mark.parametrize("name", ["points", "cells"])
def test_slopes_are_exact_where_a_field_is_linear(name):
    position = STATES[name].position
    slopes, point = Slopes(position, cKDTree(position)), np.arange(0, len(position), 7)
    slopes.find(point)
    truth = np.array([3.0, -1.0, 2.0]) / HALF
    near = slopes.neighbour[point]
    seen = np.einsum(
        "pka,pk->pa", slopes.weight[point], (position[near] - position[point, None]) @ truth
    )
    assert seen * HALF == pytest.approx(np.tile(truth * HALF, (len(point), 1)), abs=1e-4)


def test_neighbours_in_a_plane_give_no_slope():
    position = ball(30, HALF)
    position[:, 2] = 0
    slopes = Slopes(position, cKDTree(position))
    slopes.find(np.arange(30))
    assert not slopes.weight.any()


def test_all_neighbours_that_are_equally_near_count_or_none():
    position = STATES["cells"].position
    slopes = Slopes(position, cKDTree(position))
    slopes.find(np.arange(len(position)))
    distance, _ = cKDTree(position).query(position, 20)
    for point, near in enumerate(slopes.neighbour):
        kept = np.linalg.norm(position[near] - position[point], axis=1)
        missing = distance[point, 1:-1] >= distance[point, -1] * (1 - 1e-6)
        assert (kept == 0).sum() == missing.sum()


@pytest.mark.parametrize("places", ["edges", "middles", "amounts"])
@pytest.mark.parametrize("name", STATES)
def test_nothing_shoots_over_at_a_jump(name, places):
    state, _, samplers = _samplers(name)
    values = np.where(state.position[:, 0] > 0.1 * HALF, 20.0, -69.0)
    seen = samplers[places](values)
    assert seen.min() >= -69.0 - 1e-4
    assert seen.max() <= 20.0 + 1e-4


@pytest.mark.parametrize("places", ["edges", "middles", "amounts"])
@pytest.mark.parametrize("name", STATES)
def test_spreading_is_the_transpose_of_the_derivative(name, places):
    state, _, samplers = _samplers(name)
    random = np.random.default_rng(1)
    values = random.normal(size=state.n_points)
    along = random.random(state.n_points)
    given = random.random(samplers[places](values).shape)
    total = np.zeros(state.n_points)
    samplers[places].spread(given, total, values)
    step = 1e-3
    ahead, behind = (samplers[places](values + h * along) for h in (step, -step))
    expected = np.sum(given * (ahead.astype(float) - behind)) / (2 * step)
    assert np.sum(total * along) == pytest.approx(expected, rel=2e-4)


def test_slopes_make_the_gas_between_points_better():
    gas = Gas(density=lambda position: 1e9 * np.exp(-((position / HALF) ** 2).sum(axis=1) * 3))
    state = on_points(gas, 1500, HALF)
    _, paths, samplers = _samplers("points")
    basis = View(37, 80).basis()
    axis = np.linspace(-0.6, 0.63, 6) * HALF
    right, up = (grid.ravel() for grid in np.meshgrid(axis, axis))
    ends = np.cumsum(paths.step.astype(float), axis=0) - paths.start
    place = right[:, None] * basis[0] + up[:, None] * basis[1] - ends[..., None] * basis[2]
    truth = -3 * ((place / HALF) ** 2).sum(axis=-1)
    inner = (paths.step[:-1] > 0) & (paths.step[1:] > 0)
    logarithm = np.log(state.density["CO"] / 1e9)
    edges = paths.edges
    plain = logarithm[edges.point[edges.number]][1:-1]
    with_slopes = samplers["edges"](logarithm)[1:-1]
    errors = [np.std((seen - truth[:-1])[inner]) for seen in (plain, with_slopes)]
    assert errors[1] < errors[0] / 4
