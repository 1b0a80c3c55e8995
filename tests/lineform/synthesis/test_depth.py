"""Optical depth as a quantity of its own, from thin to very thick."""

import astropy.units as u
import numpy as np
import pytest

from lineform.cube import View
from lineform.species import linear_rotor
from lineform.synthesis import observe
from lineform.synthesis.base import Dust
from lineform.winds import H2_MASS
from tests.lineform.gas import AU, grid_state

CO = linear_rotor("CO")
LINE = CO.line("2-1")


def _depth(density, dust=None):
    state = grid_state(6, 100 * AU, density=density)
    (o,) = observe(
        state,
        {CO: [LINE]},
        [View(0, 0)],
        velocity=np.linspace(-5, 5, 21) * u.km / u.s,
        distance=100 * u.pc,
        pixels=4,
        dust=dust,
        optical_depth=True,
    )
    return o.optical_depth[2, 2]


def test_depth_is_proportional_to_density_over_ten_decades():
    one = _depth(1e8)
    for factor in (1e-6, 1e-3, 1e2, 1e4):
        assert _depth(1e8 * factor) == pytest.approx(one * factor, rel=2e-5)


def test_dust_adds_its_own():
    hydrogen = 1e8 / 3e-4
    dust = Dust(2.5 / (hydrogen * H2_MASS * 200 * AU), frequency=LINE.frequency)
    assert _depth(1e8, dust) - _depth(1e8) == pytest.approx(2.5, rel=1e-4)
