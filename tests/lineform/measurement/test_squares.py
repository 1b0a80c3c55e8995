"""Square images about a star keep every pixel, and tell where the star is among them."""

import numpy as np
import pytest

from lineform.errors import ConfigError
from lineform.measurement import Reading, advice, read_measurements, squared
from tests.lineform.measurement import cubes


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    (found,) = read_measurements(cubes.write(tmp_path_factory.mktemp("a") / "a.fits"), Reading())
    return found


@pytest.mark.parametrize("half", [0.4, 0.65, 2.0])
@pytest.mark.parametrize("centre", [(0.0, 0.0), (0.23, -0.31), (-1.0, 0.9)])
def test_every_pixel_stays_what_it_is(found, half, centre):
    done = squared(found, half, centre)
    m = done.measurement
    assert np.array_equal(m.x, m.y)
    assert m.x == pytest.approx(-m.x[::-1], abs=1e-9)
    assert len(m.x) == round(2 * half / 0.1)
    assert m.pixel == pytest.approx(0.1)
    assert max(map(abs, done.star)) <= 0.05 + 1e-9
    # A pixel of the square lies where it lay about the star.
    for j, i in np.ndindex(len(m.y), len(m.x)):
        x, y = m.x[i] - done.star[0] + centre[0], m.y[j] - done.star[1] + centre[1]
        row = np.flatnonzero(abs(found.y - y) < 1e-3)
        column = np.flatnonzero(abs(found.x - x) < 1e-3)
        inside = len(row) and len(column)
        expected = found.intensity[:, row[0], column[0]] if inside else np.full(15, np.nan)
        assert np.array_equal(m.intensity[:, j, i], expected, equal_nan=True)


def test_the_place_moves_with_the_square(found):
    done = squared(found, 0.5, (0.23, -0.31))
    ra, dec = done.measurement.centre
    x, y = (0.23 - done.star[0]) / 3600, (-0.31 - done.star[1]) / 3600
    assert dec == pytest.approx(cubes.CENTRE[1] + y, abs=1e-9)
    east = (ra - cubes.CENTRE[0]) * np.cos(np.radians(dec))
    assert east == pytest.approx(-x, abs=1e-9)


def test_too_many_pixels_are_averaged(found):
    done = squared(found, 0.8, pixels=8)
    assert len(done.measurement.x) == 8
    assert done.measurement.pixel == pytest.approx(0.2)


@pytest.mark.parametrize(("half", "centre"), [(0.04, (0, 0)), (0.5, (50, 0))])
def test_a_square_without_pixels_is_refused(found, half, centre):
    with pytest.raises(ConfigError, match="got"):
        squared(found, half, centre)


@pytest.mark.parametrize(
    ("half", "pixels", "match"),
    [
        (0.8, 1, r"pixels of the image: expected at least 2 \(--pixels\), got 1"),
        (1.1, 2, r"pixels of the image: expected at least 3 \(--pixels\), got 2"),
        (50.0, 4, r"radius: expected at most 1.8 arcsec.*got 50 arcsec.*2.2 by 1.8.*--radius"),
    ],
)
def test_what_was_asked_for_is_what_is_refused(found, half, pixels, match):
    with pytest.raises(ConfigError, match=match):
        squared(found, half, pixels=pixels)


@pytest.mark.parametrize("half", [0.35, 0.75, 1.1])
def test_rounding_is_no_offset_of_the_star(found, half):
    centre = found.x[15], found.y[4] + 1e-9
    for offset in squared(found, half, centre).star:
        assert offset == 0 or abs(offset) > 0.04


def test_advice_bins_what_tells_no_more(found):
    small = advice(found, 16)
    assert (small.pixels, small.channels) == (1, 1)
    assert small.words == ""
    tight = advice(found, 16, memory=1e6)
    assert tight.need > 1e6
    assert "1 MB are free" in tight.words
