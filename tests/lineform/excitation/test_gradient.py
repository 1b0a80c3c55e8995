"""Velocity gradients and lengths of known fields."""

from dataclasses import replace

import numpy as np
import pytest

from lineform.excitation._gradient import principal_strains, scale_height, scale_length
from lineform.state import State
from tests.lineform.excitation.gas import shells
from tests.lineform.gas import grid_state

STRETCH = np.diag([1e-9, -2e-9, 5e-9])
SPIN = np.array([[0.0, -3e-9, 0.0], [3e-9, 0.0, 0.0], [0.0, 0.0, 0.0]])


def _turned(matrix):
    turn, _ = np.linalg.qr(np.random.default_rng(3).normal(size=(3, 3)))
    return turn @ matrix @ turn.T


def _state(geometry, matrix, side=9):
    state = grid_state(side, velocity=lambda position: position @ matrix.T)
    if geometry == "grid":
        return state
    rng = np.random.default_rng(4)
    position = rng.uniform(-1e13, 1e13, state.position.shape)
    size = np.full(position.shape, 2e12) if geometry == "cells" else None
    return replace(state, position=position, velocity=position @ matrix.T, axes=None, size=size)


@pytest.mark.parametrize("geometry", ["grid", "cells", "points"])
@pytest.mark.parametrize("spin", [0.0, 1.0])
def test_linear_field(geometry, spin):
    state = _state(geometry, _turned(STRETCH + spin * SPIN))
    strains = principal_strains(state)
    expected = np.broadcast_to(np.linalg.eigvalsh(STRETCH), strains.shape)
    assert np.sort(strains, axis=1) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("geometry", ["grid", "points"])
def test_the_odd_strain_is_last(geometry):
    for values in ([1.0, 1.0, 4.0], [-4.0, 1.0, 1.0]):
        strains = principal_strains(_state(geometry, _turned(np.diag(values) * 1e-9)))
        odd = max(values, key=abs)
        assert strains[:, 2] == pytest.approx(np.full(len(strains), odd * 1e-9), rel=1e-6)


def test_rigid_rotation_does_not_strain():
    assert np.abs(principal_strains(_state("points", SPIN))).max() < 1e-22


def test_shells():
    state = shells(number=30, gradient=2e-9)
    assert principal_strains(state) == pytest.approx(np.full((30, 3), 2e-9), rel=1e-9)


def test_points_in_a_plane():
    state = _state("points", STRETCH)
    flat = replace(state, position=state.position * [1, 1, 0], velocity=state.velocity * [1, 1, 0])
    strains = np.sort(principal_strains(flat), axis=1)
    assert strains == pytest.approx(np.broadcast_to([-2e-9, 0, 1e-9], strains.shape), abs=1e-15)


def test_length_of_uniform_gas_is_the_way_to_the_edge():
    state = grid_state(11)
    length = scale_length(state, scale_height(state, state.density["CO"]))
    half = np.abs(state.grid_axes[0]).max()
    step = np.diff(state.grid_axes[0])[0]
    expected = half - np.abs(state.position).max(axis=1)
    assert length == pytest.approx(np.maximum(expected, step), rel=1e-9)


@pytest.mark.parametrize("geometry", ["grid", "points"])
def test_length_of_stratified_gas_is_its_scale_height(geometry):
    state = _state(geometry, STRETCH, side=16)
    height = 2.5e12
    length = scale_length(state, scale_height(state, 1e9 * np.exp(-state.position[:, 1] / height)))
    inside = np.abs(state.position).max(axis=1) < 0.6 * np.abs(state.position).max()
    assert length[inside] == pytest.approx(np.full(inside.sum(), height), rel=0.05)


def test_one_point():
    state = State(
        position=np.zeros((1, 3)),
        velocity=np.zeros((1, 3)),
        temperature=np.ones(1),
        turbulence=np.ones(1),
        density={"CO": np.ones(1)},
    )
    assert np.array_equal(principal_strains(state), np.zeros((1, 3)))
