"""Names are legal, stable, readable, and different for different parameters."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineform.errors import ConfigError
from lineform.naming import NAME_PATTERN, canonical, model_name
from lineform.survey import draw_winds

numbers = st.floats(allow_nan=False, allow_infinity=False)
keys = st.text("abcdefghijklmnop_", min_size=1, max_size=12)
parameters = st.dictionaries(keys, numbers | st.text(max_size=20), max_size=6)


@given(parameters, parameters)
def test_different_parameters_have_different_names(a, b):
    assert (model_name(a) == model_name(b)) == (a == b)


@given(parameters, keys, numbers, numbers)
def test_a_change_of_one_parameter_changes_the_name(values, key, old, new):
    assert (model_name(values | {key: old}) == model_name(values | {key: new})) == (old == new)


@given(parameters, st.text(max_size=300))
def test_names_are_legal(values, morphology):
    name = model_name(values | {"morphology": morphology, "mass_loss_rate": 1e-6})
    assert NAME_PATTERN.fullmatch(name)
    assert len(name) <= 200


@given(parameters, st.randoms())
def test_order_does_not_matter(values, random):
    items = list(values.items())
    random.shuffle(items)
    assert model_name(dict(items)) == model_name(values)


def test_number_types_do_not_matter():
    assert canonical({"time": 3}) == canonical({"time": 3.0})
    assert canonical({"time": -0.0}) == canonical({"time": 0.0})


def test_a_text_is_not_a_number():
    assert model_name({"time": "1.0"}) != model_name({"time": 1.0})


def test_readable_and_stable():
    wind = {"morphology": "spiral", "mass_loss_rate": 2.3e-6, "terminal_velocity": 14.5}
    assert model_name(wind) == "spiral-mdot2.3e-06-vinf14.5-3dbb53f202"


def test_a_large_survey_has_no_two_equal_names():
    winds = draw_winds(3000, seed=5)
    assert len({model_name(wind) for wind in winds}) == len(winds)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_numbers_must_be_finite(value):
    with pytest.raises(ConfigError, match=f"parameter time: expected a finite number, got {value}"):
        model_name({"time": value})
