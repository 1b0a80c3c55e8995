"""Scales put values where they belong, and mark round ones."""

import numpy as np
import pytest

from lineform.report.drawing import Scale
from lineform.report.wording import interval, middle_text, number_text, shortened


@pytest.mark.parametrize("logarithmic", [False, True])
def test_ends_lie_at_the_ends(logarithmic):
    scale = Scale(1.0, 100.0, 20.0, 220.0, logarithmic)
    np.testing.assert_allclose(scale(np.array([1.0, 100.0])), [20, 220])
    middle = 10.0 if logarithmic else 50.5
    assert scale(middle) == pytest.approx(120)


@pytest.mark.parametrize(
    ("low", "high", "logarithmic", "expected"),
    [
        (0, 400, False, ["0", "100", "200", "300", "400"]),
        (-16, 16, False, ["−10", "0", "10"]),
        (0, 1, False, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        (0, 1.25, False, ["0.00", "0.25", "0.50", "0.75", "1.00", "1.25"]),
        (1e6, 1e10, True, ["10⁶", "10⁷", "10⁸", "10⁹", "10¹⁰"]),
        (0.5, 20, True, ["1", "10"]),
        (2, 8, True, ["2", "3", "5", "7"]),
        (3.1, 3.4, True, ["3.1", "3.2", "3.3", "3.4"]),
        (2.95e-6, 2.97e-6, False, [f"2.9{n} × 10⁻⁶" for n in ("50", "55", "60", "65", "70")]),
        (0, 2e-6, False, ["0", "5.0 × 10⁻⁷", "1.0 × 10⁻⁶", "1.5 × 10⁻⁶", "2.0 × 10⁻⁶"]),
    ],
)
def test_round_values_are_marked(low, high, logarithmic, expected):
    scale = Scale(low, high, 0, 100, logarithmic)
    assert [words for _, words in scale.ticks()] == expected
    places = scale(np.array([value for value, _ in scale.ticks()]))
    assert np.all((places >= -1e-6) & (places <= 100 + 1e-6))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "0"),
        (-12.345, "−12.3"),
        (1.2345e-7, "1.23 × 10⁻⁷"),
        (9999.6, "10000"),
        (1e5, "1.00 × 10⁵"),
        (float("nan"), "–"),
        (0.00999, "0.00999"),
    ],
)
def test_numbers_are_written_to_three_digits(value, expected):
    assert number_text(value) == expected


def test_intervals_are_written_with_both_ends():
    assert interval(-3.5, 7.74) == "−3.50 to 7.74"


def test_the_ends_of_an_interval_are_told_apart():
    assert interval(13.911, 13.942) == "13.91 to 13.94"
    assert middle_text(np.array([13.911, 13.921, 13.942])) == "13.92"
    assert interval(2.0, 2.0) == "2.00 to 2.00"
    assert interval(359.05, 359.66) == "359.1 to 359.7"


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        (-3.46206393152, "-3.46206"),
        (
            "normal, mean -3.46206393152e-7, deviation 2.5",
            "normal, mean -3.46206e-07, deviation 2.5",
        ),
        ("0.10.123456", "0.10.123456"),
        (20, "20"),
    ],
)
def test_settings_are_printed_to_six_digits(setting, expected):
    assert shortened(setting) == expected
