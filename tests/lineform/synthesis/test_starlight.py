"""A star among the gas, and dust: their light, and what they hide."""

import astropy.units as u
import numpy as np
import pytest

from lineform.cube import View
from lineform.func import planck
from lineform.species import linear_rotor
from lineform.synthesis import observe
from lineform.synthesis.base import Dust, Star
from lineform.winds import H2_MASS
from tests.lineform.gas import AU, grid_state

CO = linear_rotor("CO")
LINE = CO.line("2-1")
HALF = 100 * AU
PARSEC = 3.0856775814913674e16
VELOCITY = np.linspace(-20, 20, 41) * u.km / u.s


def _observe(state, view=View(0, 0), **options):  # noqa: B008 (a view is frozen)
    settings = {"velocity": VELOCITY, "distance": 100 * u.pc, "pixels": 21} | options
    return next(observe(state, {CO: [LINE]}, [view], **settings))


def _flux(star):
    """Flux density [Jy] of the star less the background that it hides, at 100 pc."""
    own, behind = planck(LINE.frequency, np.array([star.temperature, 2.725]))
    return (own - behind) * np.pi * (star.radius / (100 * PARSEC)) ** 2 * 1e26


@pytest.mark.parametrize("radius", [0.3, 2.0, 14.0, 60.0])
@pytest.mark.parametrize("view", [View(0, 0), View(63, 200)])
def test_a_star_without_gas_keeps_its_flux(radius, view):
    star = Star(radius * AU, 2500.0)
    o = _observe(grid_state(4, HALF, density=0.0), view, star=star)
    assert o.spectrum == pytest.approx(np.full(41, _flux(star)), rel=0.01)


@pytest.mark.parametrize("radius", [1.0, 20.0])
def test_gas_before_a_star_absorbs_and_gas_behind_it_is_hidden(radius):
    # Two layers of cold gas: the near one comes to us at 10 km/s, the far one recedes.
    def flow(position):
        return np.where(position[:, 2:] > 0, [0, 0, 1e4], [0, 0, -1e4])

    star = Star(radius * AU, 2500.0)
    state = grid_state(8, HALF, velocity=flow, temperature=10.0, density=3e10, turbulence=300.0)
    alone = _observe(state)
    o = _observe(state, star=star)
    middle = (o.intensity - alone.intensity)[:, 10, 10]
    far_wing, near, far = middle[0], middle[10], middle[30]
    assert near < 0.5 * far_wing
    assert far == pytest.approx(far_wing - alone.intensity[30, 10, 10] * _cover(radius), rel=0.02)


def _cover(radius):
    return min(1.0, np.pi * radius**2 / (200 / 21) ** 2)


def test_a_star_stands_where_it_is_put():
    star = Star(3 * AU, 2500.0, (0.0, 40 * AU, 60 * AU))
    # Seen along y: x to the left or right, z up.
    o = _observe(grid_state(4, HALF, density=0.0), View(90, 270), star=star)
    row, column = np.unravel_index(np.argmax(o.intensity[0]), o.intensity[0].shape)
    assert (row, column) == (10 + 6, 10)
    beside = Star(3 * AU, 2500.0, (300 * AU, 0.0, 0.0))
    assert _observe(grid_state(4, HALF, density=0.0), star=beside).intensity.max() == 0


@pytest.mark.parametrize("depth", [1e-4, 1.0, 30.0])
def test_dust_alone_is_a_grey_slab(depth):
    state = grid_state(8, HALF, density=1e-20)
    hydrogen = 1e9
    state.density["H2"][:] = hydrogen
    opacity = depth / (hydrogen * H2_MASS * 2 * HALF) * (115.2712018 / 230.538) ** -1.5
    dust = Dust(opacity, slope=1.5, frequency=LINE.frequency * 115.2712018 / 230.538)
    o = _observe(state, dust=dust)
    own, behind = planck(LINE.frequency, np.array([50.0, 2.725]))
    expected = (own - behind) * -np.expm1(-depth)
    assert o.intensity[:, 10, 10] == pytest.approx(np.full(41, expected), rel=1e-4)


def test_a_line_on_dust_of_its_own_temperature():
    # One source function: the depths of both add up.
    state = grid_state(8, HALF, density=3e8)
    bare = _observe(state).intensity[:, 10, 10].astype(float)
    own, behind = planck(LINE.frequency, np.array([50.0, 2.725]))
    line_depth = -np.log1p(-bare / (own - behind))
    opacity = 0.7 / (state.density["H2"][0] * H2_MASS * 2 * HALF)
    o = _observe(state, dust=Dust(opacity, frequency=LINE.frequency))
    expected = (own - behind) * -np.expm1(-(line_depth + 0.7))
    assert o.intensity[:, 10, 10] == pytest.approx(expected, rel=1e-4)
