"""Arrays as text come back within half a step, and without a value where they had none."""

import base64
import zlib

import numpy as np
import pytest

from lineform.report.quantised import block_mean, quantised


def restored(packed):
    """What the page makes of it."""
    kind = "<u2" if packed["bits"] == 16 else "u1"
    codes = np.frombuffer(zlib.decompress(base64.b64decode(packed["data"])), kind)
    share = (codes.astype(float) - 1) / (2 ** packed["bits"] - 2)
    low, high = packed["low"], packed["high"]
    values = low * (high / low) ** share if packed["logarithmic"] else low + (high - low) * share
    return np.where(codes == 0, np.nan, values).reshape(packed["shape"])


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("logarithmic", [False, True])
def test_values_come_back_within_half_a_step(bits, logarithmic):
    values = np.random.default_rng(0).lognormal(0, 3, (3, 4, 5))
    values[1, 2, 3] = np.nan
    back = restored(quantised(values, bits=bits, logarithmic=logarithmic))
    if logarithmic:
        values, back = np.log(values), np.log(back)
    step = (np.nanmax(values) - np.nanmin(values)) / (2**bits - 2)
    np.testing.assert_allclose(back, values, atol=0.5001 * step)


def test_what_is_beyond_the_limits_is_put_at_them():
    back = restored(quantised(np.array([-9.0, 0.5, 9.0]), low=0.0, high=1.0))
    np.testing.assert_allclose(back, [0, 0.5, 1], atol=0.003)


@pytest.mark.parametrize("values", [np.full(3, 2.5), np.full(3, np.nan), np.zeros(0)])
def test_arrays_without_a_range_are_no_error(values):
    np.testing.assert_array_equal(restored(quantised(values)), values)


def test_no_logarithm_is_taken_of_what_has_none():
    back = restored(quantised(np.array([0.0, -1.0, 1.0, 10.0]), logarithmic=True))
    np.testing.assert_allclose(back, [np.nan, np.nan, 1, 10])


def test_blocks_are_means_of_what_is_known():
    values = np.arange(10.0).reshape(2, 5)
    values[0, 1] = np.nan
    np.testing.assert_allclose(block_mean(values, 3, 1), [[0, 2.5, 4], [5.5, 7.5, 9]])
    assert np.isnan(block_mean(np.full((2, 2), np.nan), 1, 2)).all()
