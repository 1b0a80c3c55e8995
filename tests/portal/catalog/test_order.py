"""The order of the tables keeps near models near."""

import numpy as np
import pytest

from portal.catalog.order import curve_positions, hilbert


@pytest.mark.parametrize("bits", [1, 2, 3, 5])
def test_the_curve_visits_every_point_and_steps_to_a_neighbour(bits):
    side = np.arange(2**bits)
    x, y = (axis.ravel() for axis in np.meshgrid(side, side))
    position = hilbert(x, y, bits)
    assert sorted(position) == list(range(4**bits))
    along = np.argsort(position)
    steps = np.abs(np.diff(x[along])) + np.abs(np.diff(y[along]))
    assert set(steps) == {1}


def test_only_ranks_matter():
    rng = np.random.default_rng(1)
    a, b = rng.uniform(-8, -4, 500), rng.uniform(3, 30, 500)
    np.testing.assert_array_equal(curve_positions([a, b], 500), curve_positions([10**a, b**3], 500))


def test_points_without_a_value_come_last():
    a = np.array([1.0, np.nan, 2.0, 3.0])
    b = np.array([1.0, 1.0, np.nan, 3.0])
    position = curve_positions([a, b], 4)
    assert position[1] == position[2] > max(position[0], position[3])


def test_one_quantity_is_an_order_and_none_is_no_order():
    a = np.array([3.0, 1.0, 2.0])
    assert list(np.argsort(curve_positions([a], 3))) == [1, 2, 0]
    assert list(curve_positions([], 3)) == [0, 0, 0]
    assert list(curve_positions([a[:0], a[:0]], 0)) == []


def test_a_range_of_two_quantities_lies_in_few_row_groups():
    rng = np.random.default_rng(2)
    values = rng.random((2, 100_000))
    order = np.argsort(curve_positions(list(values), 100_000))
    wanted = ((values > 0.4) & (values < 0.475)).all(0)[order]
    groups = wanted.reshape(100, 1000).any(1)
    # 0.6 % of the points; in the order of one of the quantities they are in 8 groups.
    assert groups.sum() <= 6
