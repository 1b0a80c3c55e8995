"""Errors say what, seen, expected, way out and where, also from another process."""

import pickle

import pytest

from lineform import errors


@pytest.mark.parametrize("name", errors.__all__)
def test_errors_survive_the_way_back_from_a_worker(name):
    error = getattr(errors, name)(
        "grid", seen="2", expected="at least 8", way_out="ask for more", where="a.h5:3"
    )
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is type(error)
    assert str(back) == str(error) == "grid: expected at least 8, got 2; ask for more [a.h5:3]"
    assert isinstance(error, errors.LineformError)


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ({}, "grid"),
        ({"seen": "2"}, "grid: got 2"),
        ({"expected": "8"}, "grid: expected 8"),
        ({"where": "a.h5"}, "grid [a.h5]"),
    ],
)
def test_parts_may_be_left_out(parts, text):
    assert str(errors.LineformError("grid", **parts)) == text
