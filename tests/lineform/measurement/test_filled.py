"""Lines that fill the whole band leave nothing to measure noise in."""

from dataclasses import replace

import numpy as np
import pytest

from lineform.cube import Beam
from lineform.func.radiation import brightness_temperature
from lineform.measurement import Measurement
from lineform.measurement.binning import binned
from lineform.species import linear_rotor

LINE = linear_rotor("CO").line("2-1")
KELVIN = float(brightness_temperature(1.0, LINE.frequency))


def test_means_of_a_full_band_have_the_noise_that_was_stated():
    rng = np.random.default_rng(1)
    offsets = 0.5 * (np.arange(24) - 11.5)
    glow = 2.0 * np.exp(-(offsets[:, None] ** 2 + offsets**2) / 8)
    noise = 0.1 * rng.standard_normal((30, 24, 24))
    full = Measurement(
        line=LINE,
        velocity=np.arange(30.0),
        channel=1.0,
        x=offsets,
        y=offsets,
        intensity=(glow + noise) / KELVIN,
        rms=np.full((1, 1, 1), 0.1 / KELVIN),
        beams=(Beam(0.2, 0.2),),
    )
    found = float(np.nanmedian(binned(full, 2, 3).rms)) * KELVIN
    assert found == pytest.approx(0.1 / np.sqrt(12), rel=0.02)
    dark = replace(full, intensity=noise / KELVIN)
    assert float(np.nanmedian(binned(dark, 2, 3).rms)) * KELVIN == pytest.approx(found, rel=0.1)
