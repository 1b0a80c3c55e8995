"""The averaged Gaussian is the mean of the Gaussian, whatever the gradient and float width."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineform.func import averaged_gaussian, gaussian
from lineform.func.special import erf

TOLERANCE = {np.float32: 3e-6, np.float64: 1e-12}
NODES, WEIGHTS = np.polynomial.legendre.leggauss(80)
offsets = st.floats(-8, 8)


@pytest.mark.parametrize("dtype", TOLERANCE)
@given(near=offsets, change=st.floats(-8, 8) | st.floats(-0.5, 0.5) | st.floats(-1e-3, 1e-3))
def test_mean_over_the_cell(dtype, near, change):
    ends = np.array([near, near + change], dtype=dtype)
    near, far = float(ends[0]), float(ends[1])
    ours = averaged_gaussian(ends[:1], ends[1:])
    assert ours.dtype == dtype
    x = (near + far) / 2 + (far - near) / 2 * NODES
    expected = np.sum(WEIGHTS / 2 * np.exp(-x * x)) / np.sqrt(np.pi)
    assert ours[0] == pytest.approx(expected, abs=TOLERANCE[dtype])


@given(near=offsets, far=offsets)
def test_direction_along_the_ray_does_not_matter(near, far):
    a, b = np.array([near]), np.array([far])
    assert averaged_gaussian(a, b) == pytest.approx(averaged_gaussian(b, a), abs=1e-12)


@pytest.mark.parametrize("dtype", TOLERANCE)
def test_continuous_where_the_series_takes_over(dtype):
    width = 2 * float(np.finfo(dtype).eps) ** 0.125
    middle = np.linspace(-4, 4, 81, dtype=dtype)
    below, above = (
        averaged_gaussian(middle - dtype(f * width / 2), middle + dtype(f * width / 2))
        for f in (0.999, 1.001)
    )
    assert below == pytest.approx(above, abs=1e-3 * width**2 + TOLERANCE[dtype])


def test_gaussian_is_normalised():
    x = np.linspace(-9, 9, 1801)
    assert gaussian(x).sum() * 0.01 == pytest.approx(1, rel=1e-12)


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 6e-7), (np.float64, 1e-15)])
def test_erf_of_both_widths(dtype, tolerance):
    from math import erf as exact

    x = np.linspace(-7, 7, 2001).astype(dtype)
    assert erf(x).dtype == dtype
    assert erf(x) == pytest.approx([exact(value) for value in x], abs=tolerance)
