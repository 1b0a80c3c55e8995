"""Laws of the transfer along rays."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lineform.errors import ShapeError
from lineform.func import emergent_intensity, through_cell

sources = arrays(float, (2, 5), elements=st.floats(0, 1e3))
depths = arrays(float, (2, 5), elements=st.floats(0, 50))


@given(sources, depths, st.floats(0, 1e3))
def test_intensity_lies_between_the_sources_and_the_background(source, depth, background):
    intensity = emergent_intensity(source, depth, background)
    assert np.all(intensity >= np.minimum(source.min(1), background) * (1 - 1e-12) - 1e-9)
    assert np.all(intensity <= np.maximum(source.max(1), background) * (1 + 1e-12) + 1e-9)


@given(sources, depths, st.floats(0, 1e3))
def test_only_the_excess_over_the_background_matters(source, depth, background):
    whole = emergent_intensity(source, depth, background) - background
    excess = emergent_intensity(source - background, depth)
    assert excess == pytest.approx(whole, abs=1e-9)


@given(depths, st.floats(0.1, 10))
def test_splitting_a_uniform_cell_changes_nothing(depth, source):
    halves = np.repeat(depth / 2, 2, axis=1)
    whole = emergent_intensity(np.full_like(depth, source), depth)
    split = emergent_intensity(np.full_like(halves, source), halves)
    assert split == pytest.approx(whole, rel=1e-10)


@given(sources, depths)
def test_swapping_the_order_of_cells_matters_only_through_absorption(source, depth):
    thin = depth * 1e-9
    forward = emergent_intensity(source, thin)
    backward = emergent_intensity(source[:, ::-1], thin[:, ::-1])
    assert forward == pytest.approx(backward, abs=1e-9 * (1 + source.max()))


def test_the_cell_nearest_the_observer_is_cell_0():
    source = np.array([[1.0, 100.0]])
    assert emergent_intensity(source, np.array([[50.0, 50.0]]))[0] == pytest.approx(1.0)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("depth", [1e-12, 1e-7, 1e-3])
def test_thin_cells_keep_their_digits(dtype, depth):
    zero, one = np.zeros(1, dtype), np.ones(1, dtype)
    intensity = through_cell(zero, one, one * dtype(depth))
    assert intensity.dtype == dtype
    assert intensity[0] == pytest.approx(-np.expm1(-depth), rel=4 * float(np.finfo(dtype).eps))


def test_shapes_must_agree():
    with pytest.raises(ShapeError, match=r"expected \(2, 5\), got \(2, 4\)"):
        emergent_intensity(np.zeros((2, 5)), np.zeros((2, 4)))
