"""Jansky and kelvin as astropy and radio-beam have them, and back."""

import math
import warnings

import astropy.units as u
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineform.func import (
    beam_solid_angle,
    brightness_temperature,
    intensity_from_jansky,
    intensity_from_kelvin,
    jansky_from_intensity,
    jansky_from_kelvin,
    kelvin_from_jansky,
)

with warnings.catch_warnings():
    # Of the import, about names of astropy that are to go.
    warnings.simplefilter("ignore")
    import radio_beam

ARCSEC = math.radians(1 / 3600)
frequencies = st.floats(3e10, 9e11)
widths = st.floats(0.01, 60)


@given(widths, widths)
def test_solid_angle_is_that_of_radio_beam(a, b):
    major, minor = max(a, b), min(a, b)
    beam = radio_beam.Beam(major * u.arcsec, minor * u.arcsec, 20 * u.deg)
    ours = beam_solid_angle(major * ARCSEC, minor * ARCSEC)
    assert ours == pytest.approx(beam.sr.value, rel=1e-12)


@given(st.floats(1e-6, 10), frequencies, widths)
def test_kelvin_is_that_of_astropy(flux, frequency, width):
    solid_angle = beam_solid_angle(width * ARCSEC, width * ARCSEC)
    relation = u.brightness_temperature(frequency * u.Hz, solid_angle * u.sr)
    expected = (flux * u.Jy).to_value(u.K, relation)
    assert kelvin_from_jansky(flux, frequency, solid_angle) == pytest.approx(expected, rel=1e-12)
    beam = radio_beam.Beam(width * u.arcsec)
    theirs = (flux * u.Jy).to_value(u.K, beam.jtok_equiv(frequency * u.Hz))
    assert kelvin_from_jansky(flux, frequency, solid_angle) == pytest.approx(theirs, rel=1e-9)


@given(st.floats(1e-6, 1e4), frequencies, widths)
def test_there_and_back(value, frequency, width):
    solid_angle = beam_solid_angle(width * ARCSEC, width * ARCSEC / 2)
    flux = jansky_from_kelvin(value, frequency, solid_angle)
    assert kelvin_from_jansky(flux, frequency, solid_angle) == pytest.approx(value, rel=1e-13)
    intensity = intensity_from_jansky(value, solid_angle)
    assert jansky_from_intensity(intensity, solid_angle) == pytest.approx(value, rel=1e-13)
    warm = intensity_from_kelvin(value, frequency)
    assert brightness_temperature(warm, frequency) == pytest.approx(value, rel=1e-13)


def test_a_frequency_for_each_channel():
    frequency = np.linspace(230e9, 231e9, 5)
    temperature = np.full((5, 3, 2), 10.0)
    flux = jansky_from_kelvin(temperature, frequency[:, None, None], 1e-10)
    assert flux[4, 0, 0] / flux[0, 0, 0] == pytest.approx((231 / 230) ** 2, rel=1e-12)
