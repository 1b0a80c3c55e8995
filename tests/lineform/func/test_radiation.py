"""Black bodies and brightness."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineform.constants import BOLTZMANN, LIGHT_SPEED
from lineform.func import brightness_temperature, planck

frequencies = st.floats(1e10, 1e12)


@given(frequencies, st.floats(5e3, 1e5))
def test_rayleigh_jeans_limit(frequency, temperature):
    bright = brightness_temperature(planck(frequency, np.asarray(temperature)), frequency)
    # The next term of the series is -h nu / 2 k.
    half = 6.62607015e-34 * frequency / (2 * BOLTZMANN)
    assert bright == pytest.approx(temperature - half, rel=1e-5)


@given(frequencies, st.floats(2, 1e3), st.floats(1.01, 3))
def test_hotter_is_brighter(frequency, temperature, ratio):
    cold, hot = planck(frequency, np.array([temperature, temperature * ratio]))
    assert hot > cold * ratio * (1 - 1e-12)


def test_against_astropy():
    import astropy.units as u
    from astropy.modeling.physical_models import BlackBody

    body = BlackBody(temperature=2.725 * u.K)(230.538e9 * u.Hz)
    ours = planck(230.538e9, np.asarray(2.725))
    assert ours == pytest.approx(body.to_value("W m-2 Hz-1 sr-1"), rel=1e-8)


def test_cold_gas_at_high_frequency_does_not_overflow():
    assert planck(1e15, np.array([0.01], dtype=np.float32))[0] == 0


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_float_width_is_kept(dtype):
    assert planck(1e11, np.array([10, 1000], dtype=dtype)).dtype == dtype


def test_stefan_boltzmann():
    frequency = np.linspace(1e10, 1.2e14, 40000)
    total = sum(planck(f, np.asarray(300.0)) for f in frequency) * (frequency[1] - frequency[0])
    sigma = 2 * np.pi**5 * BOLTZMANN**4 / (15 * LIGHT_SPEED**2 * 6.62607015e-34**3)
    assert np.pi * total == pytest.approx(sigma * 300.0**4, rel=1e-4)
