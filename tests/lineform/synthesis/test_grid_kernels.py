"""Interpolation on a grid and its transpose, compiled."""

import numpy as np
import pytest

pytest.importorskip("numba")
from lineform.synthesis._grid_kernels import gather, scatter

SHAPE = (3, 4, 5)
POINTS = np.stack(np.meshgrid(*map(np.arange, SHAPE), indexing="ij"), -1).reshape(-1, 3)
SLOPE = np.array([1.0, -2.0, 0.5])
FIRST = np.array([[-0.5, 2.4, -2.0], [3.5, -0.4, 1.2], [-0.25, 4.5, 9.0]])
STEP = np.array([[0.3, -0.3, 0.0], [-0.4, 0.3, 0.0], [0.2, -0.5, 0.0]])
NUMBER = 11


@pytest.mark.parametrize("beyond", [0.0, 0.5])
def test_a_linear_field_goes_on_as_far_as_it_is_told(beyond):
    seen = np.empty((NUMBER, 3))
    gather(POINTS @ SLOPE, SHAPE, FIRST, STEP, seen, beyond)
    place = FIRST + np.arange(NUMBER)[:, None, None] * STEP
    kept = np.clip(place, -beyond, np.array(SHAPE)[:, None] - 1 + beyond)
    assert (place != kept).any()
    assert seen == pytest.approx(np.einsum("a,iar->ir", SLOPE, kept))


@pytest.mark.parametrize("beyond", [0.0, 0.5])
def test_scattering_is_the_transpose(beyond):
    random = np.random.default_rng(3)
    field, given = random.random(len(POINTS)), random.random((NUMBER, 3))
    seen, total = np.empty((NUMBER, 3)), np.zeros(len(POINTS))
    gather(field, SHAPE, FIRST, STEP, seen, beyond)
    scatter(given, SHAPE, FIRST, STEP, total, beyond)
    assert np.sum(seen * given) == pytest.approx(np.sum(field * total), rel=1e-12)
