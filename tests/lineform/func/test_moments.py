"""Moments of cubes whose moments are known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineform.func import moment_maps, spectrum

VELOCITY = np.linspace(-20, 20, 201)


def _cube(centre, sigma, height=1.0):
    profile = height * np.exp(-((VELOCITY - centre) ** 2) / (2 * sigma**2))
    return profile[:, None, None] * np.array([[1.0, 0.0], [2.0, 1e-6]])


@given(st.floats(-5, 5), st.floats(0.5, 2.5))
def test_gaussian_line(centre, sigma):
    integral, mean, dispersion = moment_maps(_cube(centre, sigma), VELOCITY)
    assert integral[0, 0] == pytest.approx(sigma * np.sqrt(2 * np.pi), rel=1e-6)
    assert mean[1, 0] == pytest.approx(centre, abs=1e-6)
    assert dispersion[1, 0] == pytest.approx(sigma, rel=1e-5)


def test_no_velocity_where_nothing_shines():
    integral, mean, dispersion = moment_maps(_cube(1.0, 1.0), VELOCITY)
    dark = np.array([[False, True], [False, True]])
    assert np.array_equal(np.isnan(mean), dark)
    assert np.array_equal(np.isnan(dispersion), dark)
    assert np.all(np.isfinite(integral))


def test_an_empty_cube_has_no_velocities():
    integral, mean, _ = moment_maps(np.zeros((201, 2, 2)), VELOCITY)
    assert not integral.any()
    assert np.isnan(mean).all()


@given(st.floats(1e-20, 1e20))
def test_mean_and_dispersion_do_not_depend_on_brightness(scale):
    _, mean, dispersion = moment_maps(_cube(3.0, 2.0) * scale, VELOCITY)
    _, mean1, dispersion1 = moment_maps(_cube(3.0, 2.0), VELOCITY)
    assert mean == pytest.approx(mean1, nan_ok=True)
    assert dispersion == pytest.approx(dispersion1, nan_ok=True)


def test_spectrum_in_jansky():
    assert spectrum(np.full((3, 4, 5), 1e-20), 1e-6) == pytest.approx([20.0] * 3)
