"""A real cube of the MALT90 survey with the map of its noise, and real headers."""

import math

import numpy as np
import pytest
from astropy.io import fits

from lineform.func.radiation import brightness_temperature
from lineform.measurement import Reading, read_measurements, understood
from lineform.measurement.linefree import deviation, smoothed


@pytest.fixture(scope="module")
def path(atomium_data):
    return atomium_data / "cubes" / "malt90_region5_hcn10.fits"


@pytest.fixture(scope="module")
def found(path):
    (found,) = read_measurements(path, Reading())
    return found


def test_the_noise_is_that_of_the_map(path, found):
    """But for a number: the map is of spectra that were smoothed."""
    rms = brightness_temperature(np.median(found.rms, axis=0), found.line.frequency)
    expected = fits.getdata(path.with_stem(path.stem + "_errmap")).astype(float)
    ratio = rms / expected
    assert (np.isfinite(rms) == np.isfinite(expected)).mean() > 0.99
    assert np.nanquantile(expected, 0.95) / np.nanquantile(expected, 0.05) > 2.5
    # The map has an error of its own, which is less in means over places.
    assert deviation(np.log(ratio)) < 0.1
    assert deviation(np.log(rms / smoothed(expected, 12))) < 0.065
    # Of about five channels.
    assert np.nanmedian(ratio) == pytest.approx(math.sqrt(5), rel=0.05)


def test_noise_over_its_rms_is_standard_normal(path, found):
    """In channels that are far from the line, on either side, and in all places."""
    kelvin = fits.getdata(path).astype(float)
    rms = brightness_temperature(found.rms, found.line.frequency)
    for far in (slice(0, 90), slice(-60, None)):
        scaled = (kelvin / rms)[far]
        assert deviation(scaled) == pytest.approx(1, abs=0.02)
        assert np.nanstd(scaled) == pytest.approx(1, abs=0.03)
        places = np.sqrt((scaled**2).mean(axis=0))
        assert np.nanquantile(places, [0.05, 0.95]) == pytest.approx(1, abs=0.25)


def test_its_correlation_is_not_that_of_the_beam(found):
    assert found.correlated
    assert 20 < found.noise_beam.minor < found.noise_beam.major < 27 < found.beams[0].minor


def test_all_is_told(found):
    said = "\n".join(understood(found))
    for fact in ("HCN 1-0", "352 of 0.114 km/s", "47 by 37 pixels of 12 arcsec", "LSRK",
                 "36 by 36 arcsec", "GALACTIC", "+0.828 km/s", "not measured: 23.6%"):  # fmt: skip
        assert fact in said


def test_a_map_of_the_noise_can_be_given(path, found):
    options = Reading(noise_map=path.with_stem(path.stem + "_errmap"), radius=100)
    (given,) = read_measurements(path, options)
    assert given.intensity.shape == (352, 17, 17)
    ratio = found.rms[0, 10:27, 15:32] / given.rms[0]
    assert deviation(np.log(ratio)) < 0.1
