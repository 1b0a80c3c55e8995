"""A constant velocity gradient: every channel sees the same resonance, shifted."""

import numpy as np
import pytest
from scipy.special import erf

from lineform.constants import CMB_TEMPERATURE
from lineform.func import doppler_width, line_absorption, planck
from lineform.func.populations import boltzmann_fraction, partition_function
from tests.lineform.gas import emergent, two_level, uniform_rays

TEMPERATURE = 45.0
TURBULENCE = 600.0
LENGTH = 1e5
FASTEST = 2.5e3


def _solve(cells, density, velocity):
    rays = uniform_rays(
        cells,
        LENGTH,
        density=density,
        temperature=TEMPERATURE,
        turbulence=TURBULENCE,
        recession=np.linspace(-FASTEST, FASTEST, cells + 1),
    )
    return emergent(rays, two_level(), velocity, CMB_TEMPERATURE)


def _analytic(density, velocity):
    molecule = two_level()
    line = molecule.lines[0]
    t = np.asarray(TEMPERATURE)
    lower = density * boltzmann_fraction(
        t, partition_function(t, molecule.energy, molecule.weight), 0.0, 1.0
    )
    width = doppler_width(t, np.asarray(TURBULENCE), molecule.mass)
    kappa = line_absorption(lower, t, line.frequency, line.einstein_a, 3.0)
    sobolev = kappa * LENGTH / (2 * FASTEST)
    tau = sobolev * 0.5 * (erf((velocity + FASTEST) / width) - erf((velocity - FASTEST) / width))
    contrast = planck(line.frequency, t) - planck(line.frequency, np.asarray(CMB_TEMPERATURE))
    return contrast * -np.expm1(-tau), sobolev


@pytest.mark.parametrize("cells", [1, 3, 10, 50, 2000])
@pytest.mark.parametrize("depth", [0.01, 1.0, 30.0])
def test_constant_gradient(cells, depth):
    # From cells ten line widths across to cells of a hundredth: erf and series branch.
    velocity = np.linspace(-4e3, 4e3, 81)
    density = depth / _analytic(1.0, velocity)[1]
    expected, _ = _analytic(density, velocity)
    assert _solve(cells, density, velocity) == pytest.approx(expected, abs=5e-4 * expected.max())


def test_no_channel_is_lost_between_cells():
    # One cell from -2500 to 2500 m/s and a line of 1 km/s: the profile is flat in the middle.
    velocity = np.linspace(-1e3, 1e3, 9)
    intensity = _solve(1, 0.1 / _analytic(1.0, velocity)[1], velocity)
    assert np.ptp(intensity) < 1e-2 * intensity.mean()
    assert intensity.min() > 0
