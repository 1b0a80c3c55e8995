"""Rays through spherical shells are cut exactly where they cross the spheres."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineform.cube import View
from lineform.errors import ShapeError
from lineform.readers.magritte import read_magritte
from lineform.state import State
from lineform.synthesis.base import Star
from lineform.synthesis.shells import ShellsTracer
from lineform.synthesis.starlight import disc_of
from tests.lineform.gas import AU, sight

HOLLOW = np.array([3.0, 3.5, 4.0, 6.0, 10.0]) * AU
FILLED = np.array([0.5, 1.5, 2.5, 4.0, 7.0, 10.0]) * AU
IMPACT = np.array([0.0, 0.2, 2.9999, 3.0, 3.3, 6.0, 7.7, 9.999, 10.0, 11.0]) * AU


def _state(radius, *, speed=0.0, density=None):
    one = np.ones_like(radius)
    outward = radius[:, None] * np.array([1.0, 0.0, 0.0])
    return State(
        position=outward,
        velocity=one[:, None] * np.array([1.0, 0.0, 0.0]) * np.reshape(speed, (-1, 1)),
        temperature=50 * one,
        turbulence=1e3 * one,
        density={"CO": 1e9 * one if density is None else density},
        spherical=True,
    )


def _along(paths):
    ends = np.cumsum(paths.step.astype(float), axis=0)
    return np.vstack([np.zeros(ends.shape[1]), ends]) - paths.start


def _chord(radius, impact):
    return 2 * np.sqrt(np.maximum(radius**2 - impact**2, 0))


@pytest.mark.parametrize("radius", [HOLLOW, FILLED])
def test_rays_are_as_long_as_their_chords(radius):
    _, rays = sight(_state(radius), View(0, 0), IMPACT * 0.6, IMPACT * 0.8)
    expected = _chord(radius[-1], IMPACT)
    if radius is HOLLOW:
        expected -= _chord(radius[0], IMPACT)
    assert rays.step.astype(float).sum(axis=0) == pytest.approx(expected, abs=1e-6 * AU)


@pytest.mark.parametrize("radius", [HOLLOW, FILLED])
def test_rays_are_cut_at_the_spheres(radius):
    paths = ShellsTracer(_state(radius)).paths(IMPACT, 0 * IMPACT, np.eye(3))
    along = _along(paths)
    for ray, impact in enumerate(IMPACT):
        ends = np.unique(np.hypot(along[:, ray], impact).round(-4))
        for met in radius[radius > impact * (1 + 1e-9)]:
            assert np.abs(ends - met).min() < 1e-6 * AU


@given(st.floats(0, 180), st.floats(0, 360), st.floats(0, 6.28))
def test_directions_do_not_matter(inclination, azimuth, turn):
    state = _state(HOLLOW, speed=HOLLOW / AU * 1e3)
    _, one = sight(state, View(0, 0), IMPACT, 0 * IMPACT)
    _, other = sight(
        state, View(inclination, azimuth), IMPACT * np.cos(turn), IMPACT * np.sin(turn)
    )
    # A ray that touches a sphere may be counted inside or outside of it.
    clear = np.array([0, 1, 4, 6, 9])
    assert other.step[:, clear] == pytest.approx(one.step[:, clear], abs=1e-4 * AU)
    assert other.recession[:, clear] == pytest.approx(one.recession[:, clear], abs=1e-1)


def test_velocity_along_a_ray_is_linear_in_a_hubble_flow():
    paths, rays = sight(_state(FILLED, speed=FILLED / AU * 1e3), View(9, 8), IMPACT, 0 * IMPACT)
    assert rays.recession == pytest.approx(_along(paths) / AU * 1e3, abs=1e-2)


def test_constant_speed_is_turned_by_the_angle():
    paths, rays = sight(_state(HOLLOW, speed=1e4), View(0, 0), IMPACT[2:5], IMPACT[2:5] * 0)
    along = _along(paths)
    radius = np.hypot(along, IMPACT[2:5])
    gas = radius > HOLLOW[0] * (1 - 1e-9)
    assert rays.recession[gas] == pytest.approx((1e4 * along / radius)[gas], abs=0.1)


def test_what_is_linear_in_the_radius_is_integrated_exactly():
    paths = ShellsTracer(_state(HOLLOW)).paths(IMPACT, 0 * IMPACT, np.eye(3))
    seen = (paths.middles(HOLLOW / AU) * paths.step * paths.filled / AU).sum(axis=0)

    def integral(radius):
        z, b = _chord(radius, IMPACT) / 2, np.maximum(IMPACT, 1e-9 * AU)
        return (z * np.hypot(z, b) + b**2 * np.arcsinh(z / b)) / AU**2

    assert seen == pytest.approx(integral(HOLLOW[-1]) - integral(HOLLOW[0]), rel=1e-5, abs=1e-5)


def test_gas_behind_the_core_stays_where_it_is():
    # A star inside the core hides the far side of every shell, and nothing of the near one.
    state = _state(HOLLOW)
    paths, rays = sight(state, View(0, 0), [0.0], [0.0])
    disc = disc_of(Star(AU, 3000.0), np.eye(3), np.zeros(1), np.zeros(1), 0.1 * AU)
    far = paths.start[disc.rays] - np.cumsum(paths.step[:, disc.rays].astype(float), axis=0)
    before = far >= disc.surface * (1 - 1e-9)
    assert rays.step[before].sum() == pytest.approx(HOLLOW[-1] - HOLLOW[0])
    assert rays.step[~before].sum() == pytest.approx(HOLLOW[-1] - HOLLOW[0])


def test_all_gas_of_a_real_model_is_seen(atomium_data):
    state = read_magritte(atomium_data / "magritte" / "vanZadelhoff_1a_1D_nlte.hdf5")
    radius, density = state.position[:, 0], state.density["H2"]
    impact = np.geomspace(radius[0] / 100, radius[-1], 2000)
    paths = ShellsTracer(state).paths(impact, 0 * impact, np.eye(3))
    column = (np.exp(paths.middles(np.log(density))) * paths.step * paths.filled).sum(axis=0)
    seen = np.trapezoid(column.astype(float) * 2 * np.pi * impact, impact)
    assert seen == pytest.approx(np.trapezoid(density * 4 * np.pi * radius**2, radius), rel=1e-3)


def test_one_radius_is_refused():
    with pytest.raises(ShapeError, match="at least 2"):
        ShellsTracer(_state(np.array([AU])))
