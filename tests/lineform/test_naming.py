"""Names are legal, stable, readable, and different for different parameters."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineform.errors import ConfigError
from lineform.naming import NAME_PATTERN, canonical, check_name, model_name, unique_names
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


@given(st.floats(1e-20, 1e6), st.floats(1e-20, 1e6))
def test_the_readable_part_is_what_the_parameters_say(rate, speed):
    name = model_name({"mass_loss_rate": rate, "terminal_velocity": speed})
    words = re.fullmatch(r"model-mdot(.+)-vinf(.+)-[0-9a-f]{10}", name)
    for word, value in zip(words.groups(), (rate, speed), strict=True):
        assert float(word) == pytest.approx(value, rel=0.005)


# Found by trying a million: the first ten digits of their SHA-256 are the same.
ALIKE = ({"stellar_mass": 0.6160564}, {"stellar_mass": 0.6380456})


def test_two_models_of_one_name_are_refused():
    assert model_name(ALIKE[0]) == model_name(ALIKE[1]) == "model-8e34a7f5ff"
    for pair in (ALIKE, ALIKE[::-1]):
        with pytest.raises(ConfigError, match=r"8e34a7f5ff: .* got stellar_mass 0\.6.* of its own"):
            unique_names([{"time": 1.0}, *pair])
    with pytest.raises(ConfigError, match=r"0\.6380456 \(and 0\.6160564 here\).* \[a/b\.h5\]"):
        check_name("model-8e34a7f5ff", *ALIKE, "a/b.h5")


@given(st.lists(parameters, max_size=8))
def test_a_model_that_comes_twice_is_there_once(models):
    named = unique_names([*models, *reversed(models)])
    assert named == {model_name(values): values for values in models}
    assert len(named) == len({canonical(values) for values in models})


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_numbers_must_be_finite(value):
    with pytest.raises(ConfigError, match=f"parameter time: expected a finite number, got {value}"):
        model_name({"time": value})
