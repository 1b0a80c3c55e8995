"""Wider channels and Hanning smoothing keep the flux and the place of a line."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineform.func import hanning, rebinning, wider_channels

CHANNELS = np.linspace(-30, 30, 61)
cubes = st.lists(st.floats(0, 10), min_size=61, max_size=61).map(np.array)


@given(cubes, st.floats(1, 29))
def test_rebinning_keeps_the_flux_and_the_centroid(spectrum, width):
    wider = wider_channels(CHANNELS, width)
    seen = rebinning(CHANNELS, wider, width) @ spectrum
    assert seen.sum() * width == pytest.approx(spectrum.sum(), rel=1e-12, abs=1e-12)
    if spectrum.sum() > 0:
        before = (spectrum * CHANNELS).sum() / spectrum.sum()
        after = (seen * wider).sum() / seen.sum()
        assert abs(after - before) <= width / 2


@given(st.floats(1, 29))
def test_channels_are_equal_and_hold_the_old_band(width):
    wider = wider_channels(CHANNELS, width)
    assert np.diff(wider) == pytest.approx(np.full(len(wider) - 1, width), rel=1e-9)
    assert wider[0] - width / 2 <= CHANNELS[0] - 0.5 + 1e-9
    assert wider[-1] + width / 2 >= CHANNELS[-1] + 0.5 - 1e-9
    assert wider.sum() == pytest.approx(0, abs=1e-9)


def test_three_channels_become_one_mean():
    spectrum = np.arange(9.0)
    wider = wider_channels(np.arange(9.0), 3.0)
    assert wider == pytest.approx([1, 4, 7])
    assert rebinning(np.arange(9.0), wider, 3.0) @ spectrum == pytest.approx([1, 4, 7])


def test_the_same_width_changes_nothing():
    wider = wider_channels(CHANNELS, 1.0)
    assert wider == pytest.approx(CHANNELS, abs=1e-12)
    assert rebinning(CHANNELS, wider, 1.0) == pytest.approx(np.eye(61), abs=1e-12)


@given(cubes)
def test_hanning_keeps_flux_and_centroid_of_a_line_inside_the_band(spectrum):
    inside = np.concatenate([[0], spectrum[1:-1], [0]])
    seen = hanning(inside[:, None])[:, 0]
    assert seen.sum() == pytest.approx(inside.sum(), rel=1e-12)
    assert (seen * CHANNELS).sum() == pytest.approx((inside * CHANNELS).sum(), abs=1e-9)


def test_hanning_spreads_one_channel_over_three():
    spectrum = np.zeros((7, 1))
    spectrum[3] = 4.0
    assert hanning(spectrum)[:, 0].tolist() == [0, 0, 1, 2, 1, 0, 0]
    assert hanning(np.eye(7)[:, :1])[:, 0].tolist() == [0.5, 0.25, 0, 0, 0, 0, 0]
