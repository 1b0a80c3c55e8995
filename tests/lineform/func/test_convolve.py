"""Convolution with the beam keeps flux and position and adds widths in squares."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineform.func import correlated_noise, gaussian_beam
from lineform.func.convolve import beam_margin

widths = st.floats(3, 9)
PIXELS = 81


def _point(y=40, x=40):
    image = np.zeros((PIXELS, PIXELS))
    image[y, x] = 1.0
    return image


def _covariance(image):
    y, x = np.indices(image.shape)
    total = image.sum()
    cy, cx = (image * y).sum() / total, (image * x).sum() / total
    yy = (image * (y - cy) ** 2).sum() / total
    xx = (image * (x - cx) ** 2).sum() / total
    xy = (image * (y - cy) * (x - cx)).sum() / total
    return (cy, cx), np.array([[xx, xy], [xy, yy]])


@given(widths, widths, st.floats(0, np.pi), st.integers(30, 50), st.integers(30, 50))
def test_a_point_becomes_the_beam(major, minor, angle, y, x):
    seen = gaussian_beam(_point(y, x), major, minor, angle)
    assert seen.sum() == pytest.approx(1, rel=1e-6)
    centre, covariance = _covariance(seen)
    assert centre == pytest.approx((y, x), abs=1e-4)
    along = np.array([-np.sin(angle), np.cos(angle)])
    across = np.array([np.cos(angle), np.sin(angle)])
    assert along @ covariance @ along == pytest.approx(major**2 / (8 * np.log(2)), rel=1e-3)
    assert across @ covariance @ across == pytest.approx(minor**2 / (8 * np.log(2)), rel=1e-3)


@given(st.floats(3, 6), st.floats(3, 6))
def test_two_beams_are_one_with_the_widths_in_squares(a, b):
    twice = gaussian_beam(gaussian_beam(_point(), a, a, 0.0), b, b, 0.0)
    once = gaussian_beam(_point(), np.hypot(a, b), np.hypot(a, b), 0.0)
    assert twice == pytest.approx(once, abs=1e-6)


def test_no_light_comes_back_at_the_opposite_edge():
    seen = gaussian_beam(_point(y=0), 8.0, 8.0, 0.0)
    assert abs(seen[-20:]).max() < 1e-6
    assert seen.sum() == pytest.approx(0.556, abs=0.02)  # half and half of the first row


def test_half_the_height_at_half_the_width():
    seen = gaussian_beam(_point(), 10.0, 10.0, 0.0)
    assert seen[40, 45] == pytest.approx(seen[40, 40] / 2, rel=1e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_channels_are_independent_and_float_width_is_kept(dtype):
    cube = np.stack([_point(), 2 * _point(20, 30)]).astype(dtype)
    seen = gaussian_beam(cube, 5.0, 3.0, 0.4)
    assert seen.dtype == dtype
    assert seen[1] == pytest.approx(gaussian_beam(cube[1], 5.0, 3.0, 0.4), abs=1e-6)


MAPS = 40


def _noise(major, minor, angle, side=96):
    margin = beam_margin(major)
    white = np.random.default_rng(5).standard_normal((MAPS, side + margin, side + margin))
    return correlated_noise(white, major, minor, angle)


@pytest.mark.parametrize(("major", "minor", "angle"), [(2.0, 2.0, 0.0), (8.0, 4.0, 0.6)])
def test_noise_has_the_variance_of_the_white_noise(major, minor, angle):
    noise = _noise(major, minor, angle)
    assert noise.shape == (MAPS, 96, 96)
    # Independent values: one in every area of the beam's correlation.
    count = noise.size / (2 * np.pi / (4 * np.log(2)) * major * minor)
    assert noise.var() == pytest.approx(1, abs=4 * np.sqrt(2 / count))
    assert noise.mean() == pytest.approx(0, abs=4 * np.sqrt(2 / count))


@pytest.mark.parametrize(("dy", "dx"), [(0, 2), (3, 0), (2, 3), (2, -3), (5, -4)])
def test_noise_is_correlated_as_the_beam_with_itself(dy, dx):
    major, minor, angle = 8.0, 4.0, 0.6
    noise = _noise(major, minor, angle)
    x = slice(max(-dx, 0), 96 - max(dx, 0)), slice(max(dx, 0), 96 + min(dx, 0))
    seen = (noise[:, : 96 - dy, x[0]] * noise[:, dy:, x[1]]).mean()
    along = np.cos(angle) * dy - np.sin(angle) * dx
    across = np.sin(angle) * dy + np.cos(angle) * dx
    expected = np.exp(-2 * np.log(2) * ((along / major) ** 2 + (across / minor) ** 2))
    assert seen == pytest.approx(expected, abs=0.04)


def test_noise_at_opposite_edges_is_independent():
    noise = _noise(8.0, 8.0, 0.0)
    assert (noise[:, :, 0] * noise[:, :, -1]).mean() == pytest.approx(0, abs=0.1)
    assert (noise[:, 0, :] * noise[:, -1, :]).mean() == pytest.approx(0, abs=0.1)
