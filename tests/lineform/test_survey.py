"""Surveys are reproducible, fill their ranges, and describe every parameter."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineform.func.wind import rest_of_streams
from lineform.parameters import PARAMETERS
from lineform.survey import draw_winds
from lineform.winds import MORPHOLOGIES, wind_on_grid


@given(st.integers(1, 20), st.integers(1, 20), st.integers(0, 2**31))
def test_a_larger_survey_begins_with_the_smaller(a, b, seed):
    few, many = sorted((a, b))
    assert draw_winds(many, seed)[:few] == draw_winds(few, seed)


def test_seeds_differ():
    assert draw_winds(4, 0) != draw_winds(4, 1)


def test_the_four_shapes_in_turn():
    assert [wind["morphology"] for wind in draw_winds(8, 0)] == 2 * list(MORPHOLOGIES)


@given(st.integers(0, 2**31))
def test_every_parameter_is_described(seed):
    for wind in draw_winds(4, seed):
        assert wind.keys() <= PARAMETERS.keys()


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [("mass_loss_rate", 1e-7, 1e-5), ("terminal_velocity", 6, 20), ("co_abundance", 1e-4, 8e-4)],
)
def test_ranges_are_filled(name, low, high):
    for shape in MORPHOLOGIES:
        winds = [wind for wind in draw_winds(96, 0) if wind["morphology"] == shape]
        values = np.array([wind[name] for wind in winds])
        assert values.min() >= low
        assert values.max() <= high
        counts, _ = np.histogram(np.log(values), bins=3, range=np.log([low, high]))
        assert counts.min() >= 3, shape


def test_every_drawn_wind_can_be_made():
    for wind in draw_winds(120, 9):
        assert wind_on_grid(wind, 8).n_points == 512


def test_disks_that_carry_more_than_the_star_loses_are_not_drawn():
    """Their ranges hold some: the first 300 disks of this seed would have had four."""
    assert rest_of_streams("disk", 5.0, np.radians(20.0)) < 0
    for wind in draw_winds(1200, 0)[3::4]:
        opening = np.radians(wind["opening_angle"])
        assert rest_of_streams("disk", wind["density_contrast"], opening) > 0
