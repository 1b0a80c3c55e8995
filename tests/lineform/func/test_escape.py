"""Escape probability: limits, and its slope against finite differences."""

import numpy as np
import pytest

from lineform.func import escape_probability, escape_slope

DEPTH = np.array([-3.0, -0.2, 2e-4, 1e-3, 0.5, 4.0, 80.0])


def test_limits():
    depth = np.array([0.0, 1e-9, 1e3, 1e12])
    assert escape_probability(depth) == pytest.approx([1, 1, 1e-3, 1e-12], rel=1e-8)


def test_formula_in_the_middle():
    assert escape_probability(DEPTH) == pytest.approx((1 - np.exp(-DEPTH)) / DEPTH, rel=1e-11)


def test_slope_is_the_derivative():
    step = 1e-5 * np.maximum(np.abs(DEPTH), 1e-2)
    difference = (escape_probability(DEPTH + step) - escape_probability(DEPTH - step)) / (2 * step)
    slope = escape_slope(DEPTH, escape_probability(DEPTH))
    assert slope == pytest.approx(difference, rel=1e-5)


def test_series_and_formula_meet():
    sides = np.array([0.99999e-3, 1.00001e-3])
    chance = escape_probability(sides)
    assert chance[1] - chance[0] == pytest.approx(-1e-8, rel=1e-2)
    assert np.ptp(escape_slope(sides, chance)) < 1e-7
