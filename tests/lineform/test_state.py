"""States refuse fields that do not fit, and views span the sky."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineform.cube import View
from lineform.errors import ShapeError
from tests.lineform.gas import grid_state

STATE = grid_state(4)
angles = st.floats(0, 180), st.floats(-360, 360)


@pytest.mark.parametrize(
    ("field", "wrong", "message"),
    [
        ("temperature", np.ones(3), r"temperature: expected \(64,\), got \(3,\)"),
        ("velocity", np.ones((64, 2)), r"velocity: expected \(64, 3\), got \(64, 2\)"),
        ("turbulence", np.ones((64, 1)), r"turbulence: expected \(64,\), got \(64, 1\)"),
        ("density", {"CO": np.ones(5)}, r"density of CO: expected \(64,\), got \(5,\)"),
        ("axes", (np.arange(4.0),) * 2 + (np.arange(5.0),), "a grid of 64 cells, got .4, 4, 5."),
    ],
)
def test_fields_must_fit(field, wrong, message):
    with pytest.raises(ShapeError, match=message):
        dataclasses.replace(STATE, **{field: wrong})


def test_points_without_a_grid():
    points = dataclasses.replace(STATE, axes=None)
    assert points.n_points == 64
    with pytest.raises(ShapeError, match="expected a regular grid, got 64 points"):
        points.gridded(points.temperature)


def test_gridded_is_z_fastest():
    grid = STATE.gridded(STATE.position)
    x, y, z = STATE.grid_axes
    assert np.array_equal(grid[1, 2, 3], [x[1], y[2], z[3]])


@given(*angles)
def test_the_sky_is_a_right_handed_basis(inclination, azimuth):
    right, up, observer = basis = View(inclination, azimuth).basis()
    assert basis @ basis.T == pytest.approx(np.eye(3), abs=1e-12)
    assert np.cross(right, up) == pytest.approx(observer, abs=1e-12)
    assert np.degrees(np.arccos(np.clip(observer[2], -1, 1))) == pytest.approx(
        inclination, abs=1e-5
    )


@given(*angles)
def test_up_is_where_the_z_axis_points(inclination, azimuth):
    right, up, _ = View(inclination, azimuth).basis()
    assert right[2] == pytest.approx(0, abs=1e-12)
    assert up[2] >= -1e-12


def test_the_default_face_on_view_shows_x_to_the_right_and_y_up():
    assert np.array_equal(View(0, 270).basis(), np.eye(3))
