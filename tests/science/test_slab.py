"""A uniform static slab has a closed solution at every optical depth."""

import numpy as np
import pytest

from lineform.constants import BOLTZMANN, CMB_TEMPERATURE, LIGHT_SPEED, PLANCK
from lineform.func import doppler_width, planck
from lineform.synthesis import fast
from tests.lineform.gas import emergent, two_level, uniform_rays

CELLS = 16
TEMPERATURE = 40.0
TURBULENCE = 700.0
LENGTH = 1e14


def _rays(density, cells=CELLS):
    return uniform_rays(
        cells, LENGTH, density=density, temperature=TEMPERATURE, turbulence=TURBULENCE
    )


def _central_depth(molecule, density):
    """Optical depth of the slab at the line centre, from the textbook formulas."""
    line = molecule.lines[0]
    boltzmann = np.exp(-PLANCK * line.frequency / (BOLTZMANN * TEMPERATURE))
    lower = density / (1 + 3 * boltzmann)
    width = np.sqrt(2 * BOLTZMANN * TEMPERATURE / molecule.mass + TURBULENCE**2)
    kappa = LIGHT_SPEED**3 / (8 * np.pi * line.frequency**3) * line.einstein_a * 3 * lower
    return kappa * (1 - boltzmann) / (np.sqrt(np.pi) * width) * LENGTH


@pytest.mark.parametrize("depth", [1e-3, 1e-2, 0.1, 1.0, 10.0, 100.0])
@pytest.mark.parametrize("cells", [1, 16, 64])
def test_slab_at_every_depth(depth, cells):
    molecule = two_level()
    density = depth / _central_depth(molecule, 1.0)
    velocity = np.linspace(-3e3, 3e3, 13)
    seen = emergent(_rays(density, cells), molecule, velocity, CMB_TEMPERATURE)
    width = doppler_width(np.asarray(TEMPERATURE), np.asarray(TURBULENCE), molecule.mass)
    tau = depth * np.exp(-((velocity / width) ** 2))
    frequency = molecule.lines[0].frequency
    contrast = planck(frequency, np.asarray(TEMPERATURE)) - planck(
        frequency, np.asarray(CMB_TEMPERATURE)
    )
    expected = contrast * -np.expm1(-tau)
    assert seen == pytest.approx(expected, rel=1e-4, abs=1e-7 * expected.max())


@pytest.mark.parametrize("depth", [1e-16, 2e-8])
def test_gas_that_is_thin_all_along_is_seen(depth):
    molecule = two_level()
    rays = _rays(depth / _central_depth(molecule, 1.0), cells=128)
    velocity = np.zeros(3)
    seen = emergent(rays, molecule, velocity, CMB_TEMPERATURE)
    contrast = planck(molecule.lines[0].frequency, np.array([TEMPERATURE, CMB_TEMPERATURE]))
    assert seen == pytest.approx(np.full(3, depth * -np.diff(contrast)[0]), rel=1e-4, abs=0)
    pytest.importorskip("numba")
    compiled = emergent(rays, molecule, velocity, CMB_TEMPERATURE, fast.line_transfer)
    assert compiled == pytest.approx(seen, rel=1e-4, abs=0)


def test_a_thin_line_counts_the_molecules():
    # Photons leave unhindered: the integral over frequency is h nu / 4 pi A times the column.
    molecule = two_level()
    line = molecule.lines[0]
    density = 1e-4 / _central_depth(molecule, 1.0)
    velocity = np.linspace(-6e3, 6e3, 601)
    seen = emergent(_rays(density), molecule, velocity, 1e-3)
    boltzmann = np.exp(-PLANCK * line.frequency / (BOLTZMANN * TEMPERATURE))
    upper = density * 3 * boltzmann / (1 + 3 * boltzmann)
    expected = PLANCK * line.frequency * line.einstein_a * upper * LENGTH / (4 * np.pi)
    over_frequency = seen.sum() * 20.0 * line.frequency / LIGHT_SPEED
    assert over_frequency == pytest.approx(expected, rel=1e-4)


def test_a_thick_line_is_a_black_body():
    molecule = two_level()
    density = 1e5 / _central_depth(molecule, 1.0)
    seen = emergent(_rays(density), molecule, [-100.0, 0.0, 100.0], CMB_TEMPERATURE)
    frequency = molecule.lines[0].frequency
    behind = planck(frequency, np.asarray(CMB_TEMPERATURE))
    assert seen + behind == pytest.approx(planck(frequency, np.asarray(TEMPERATURE)), rel=1e-6)


def test_gas_as_cold_as_the_background_is_invisible():
    molecule = two_level()
    density = 3.0 / _central_depth(molecule, 1.0)
    seen = emergent(_rays(density), molecule, np.zeros(1), TEMPERATURE)
    scale = planck(molecule.lines[0].frequency, np.asarray(TEMPERATURE))
    assert abs(seen).max() < 1e-6 * scale
