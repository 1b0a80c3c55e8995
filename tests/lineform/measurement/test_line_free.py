"""Faint lines that fill the image, and most of the band, are not taken for noise."""

import itertools

import numpy as np
import pytest
from bench.line_free import SIGNALS, cube, rms, wind

from lineform.measurement.linefree import line_free, noise_of_changes

SOURCES, LINES = (0.3, 1.0, 1.5), (0.5, 0.9)


@pytest.mark.parametrize("signal", SIGNALS)
def test_the_noise_is_found_beside_lines_that_fill_image_and_band(signal):
    """Before emission was looked for in means over the image, 3.8 times the noise was found."""
    for source, line in itertools.product(SOURCES, LINES):
        found, _ = rms(cube(source, line, signal, seed=1))
        assert found == pytest.approx(1, abs=0.2), (source, line)


def test_what_is_left_of_a_line_is_faint():
    """Below two deviations of the noise, where a quarter of the band is free."""
    for source, line in itertools.product(SOURCES, (0.2, 0.5, 0.7)):
        free = line_free(cube(source, line, 8, seed=1))
        assert (8 * wind(source, line)[free]).max() < 2, (source, line)


def test_noise_alone_is_no_line():
    share = [line_free(cube(1.0, 0.5, 0.0, seed)).mean() for seed in range(10)]
    assert np.mean(share) > 0.95


def test_the_noise_under_a_line_in_all_channels_is_that_of_changes():
    for source, signal in itertools.product(SOURCES, SIGNALS):
        assert noise_of_changes(cube(source, 1.05, signal, seed=2)) == pytest.approx(1, abs=0.2)


def test_a_continuum_does_not_matter():
    data = cube(1.0, 0.5, 8, seed=1)
    assert np.array_equal(line_free(data), line_free(data + 50 * wind(1.0, 0.5)[15]))
