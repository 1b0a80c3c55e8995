"""Line absorption and its width."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineform.constants import BOLTZMANN, LIGHT_SPEED, PLANCK
from lineform.func import doppler_width, line_absorption, planck


@given(st.floats(5, 3000), st.floats(1e10, 1e12), st.floats(1e-8, 1e-2), st.floats(0.2, 5))
def test_kirchhoff(temperature, frequency, einstein_a, ratio):
    # Emission over absorption is the Planck function: j = h nu / 4 pi n_u A, over frequency.
    t = np.asarray(temperature)
    lower = 1e9
    upper = lower * ratio * np.exp(-PLANCK * frequency / (BOLTZMANN * temperature))
    emission = PLANCK * frequency / (4 * np.pi) * upper * einstein_a
    # From over velocity to over frequency: phi_nu d nu = phi_v d v.
    absorption = line_absorption(np.asarray(lower), t, frequency, einstein_a, ratio)
    absorption = absorption * frequency / LIGHT_SPEED
    assert emission / absorption == pytest.approx(planck(frequency, t), rel=1e-9)


def test_width_adds_thermal_and_turbulent_motion_in_squares():
    mass = 28 * 1.66053906660e-27
    thermal = doppler_width(np.asarray(100.0), np.asarray(0.0), mass)
    assert thermal == pytest.approx(243.7, rel=1e-3)
    both = doppler_width(np.asarray(100.0), np.asarray(1e3), mass)
    assert both**2 == pytest.approx(thermal**2 + 1e6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_float_width_is_kept(dtype):
    t = np.array([20.0], dtype=dtype)
    assert line_absorption(t * 1e6, t, 1e11, 1e-7, 3.0).dtype == dtype
    assert doppler_width(t, t, 1e-26).dtype == dtype
