"""Lambda iteration: the formal solution against known fields, and the Sobolev limit."""

import numpy as np
import pytest

from lineform.errors import ConfigError
from lineform.excitation._shells import rays_through
from lineform.excitation._sweep import mean_intensity
from lineform.excitation.escape import EXCITATION as ESCAPE
from lineform.excitation.lambda_iteration import EXCITATION, LambdaIteration
from tests.lineform.excitation.gas import rotor, shells, two_level
from tests.lineform.gas import grid_state

RADIUS = np.geomspace(1e13, 1e15, 30)


def _rays(speed=0.0, radius=RADIUS, **settings):
    width = np.full(len(radius), 500.0)
    return rays_through(radius, speed * radius / radius[-1], width, core=6, between=3, **settings)


@pytest.mark.parametrize("speed", [0.0, 3e3, -2e4])
@pytest.mark.parametrize("depth", [1e-6, 1.0, 1e5])
def test_gas_as_bright_as_the_background_changes_nothing(speed, depth):
    absorption = depth * 500.0 / RADIUS
    mean, _ = mean_intensity(_rays(speed), absorption, 0.7 * absorption, 0.7)
    assert mean == pytest.approx(np.full(30, 0.7), rel=1e-9)


def test_shares_of_directions_and_channels():
    rays = _rays(1e4)
    for share, line in zip(rays.angles, rays.profiles, strict=True):
        assert share.sum() == pytest.approx(1)
        assert line.sum(axis=1) == pytest.approx(np.ones(len(line)))


def test_far_from_a_bright_ball():
    # Far from a small bright ball the mean intensity is that of a disc of solid angle
    # pi (R/r)^2, of the 4 pi of the sphere: (1 - sqrt(1 - (R/r)^2)) / 2.
    radius = np.concatenate([np.linspace(1e13, 2e13, 30), np.geomspace(2.0001e13, 2e14, 60)])
    absorption = np.where(radius <= 2e13, 1e6 * 500.0 / 1e13, 1e-300)
    mean, _ = mean_intensity(_rays(radius=radius), absorption, absorption, 0.0)
    far = radius > 4e13
    exact = (1 - np.sqrt(1 - (2e13 / radius[far]) ** 2)) / 2
    assert mean[far] == pytest.approx(exact, rel=0.03)


def test_deep_inside_thick_gas_light_is_the_source():
    source = 1 + 0.3 * np.sin(3 * np.log(RADIUS / 1e13))
    absorption = 1e7 * 500.0 / RADIUS
    mean, local = mean_intensity(_rays(), absorption, absorption * source, 0.0)
    assert mean[3:-3] == pytest.approx(source[3:-3], rel=1e-4)
    assert np.all((local[3:-3] > 0.99) & (local[3:-3] <= 1))


def test_local_part_is_the_derivative():
    source = 1 / (1 + (RADIUS / 1e14) ** 2)
    absorption = 30 * 500.0 / RADIUS
    mean, local = mean_intensity(_rays(2e3), absorption, absorption * source, 0.01)
    raised = source.copy()
    raised[12] *= 1.0001
    after, _ = mean_intensity(_rays(2e3), absorption, absorption * raised, 0.01)
    slope = (after - mean)[12] / (raised - source)[12]
    assert local[12] == pytest.approx(slope, rel=0.3)


def test_hole_from_the_centre_on():
    radius = np.append(0.0, np.geomspace(1e11, 1e14, 40))
    absorption = np.full(41, 1e-9)
    mean, _ = mean_intensity(_rays(radius=radius), absorption, absorption, 0.0)
    assert np.all(np.isfinite(mean))
    assert mean[0] == pytest.approx(mean[1], rel=1e-3)


def test_steep_velocity_gradients_give_the_escape_probability():
    state = shells(number=40, hydrogen=1e10, abundance=1e-5, inner=2e13, gradient=2e-10)
    ours, theirs = (method.fractions(state, two_level()) for method in (EXCITATION, ESCAPE))
    assert ours[8:30, 1] == pytest.approx(theirs[8:30, 1], rel=0.01)


@pytest.mark.parametrize("extra", [{"between": 6}, {"core": 20}, {"tolerance": 1e-8}])
def test_settings_are_fine_enough(extra):
    state = shells(number=20, hydrogen=1e9, abundance=1e-4, gradient=3e-12)
    plain = EXCITATION.fractions(state, rotor(4))
    finer = LambdaIteration(**extra).fractions(state, rotor(4))
    assert plain == pytest.approx(finer, rel=5e-3)


def test_grid_is_refused_with_the_way_out():
    with pytest.raises(ConfigError, match=r"spherical shells, got one of grid; .*escape"):
        EXCITATION.fractions(grid_state(3), rotor(3))


def test_a_single_shell():
    state = shells(number=1, hydrogen=1e9)
    found = EXCITATION.fractions(state, rotor(3))
    assert found.sum() == pytest.approx(1)


def test_escape_probability_in_a_wind():
    radius = np.geomspace(1e12, 2e14, 30)
    state = shells(number=30)
    state.position[:, 0] = radius
    state.velocity[:, 0] = 3e3 + 1.15e4 * (1 - 1.5e11 / radius)
    state.temperature[:] = np.maximum(2300 * (1.5e11 / radius) ** 0.65, 10)
    state.turbulence[:] = 1e3
    hydrogen = 1e13 * (1e12 / radius) ** 2
    state.density["H2"][:], state.density["CO"][:] = hydrogen, 3e-4 * hydrogen
    molecule = rotor(6)
    ours, theirs = (method.fractions(state, molecule) for method in (EXCITATION, ESCAPE))
    off = np.abs(theirs / ours - 1)[2:-2]
    assert np.median(off) < 0.01
    assert np.percentile(off, 90) < 0.05


def test_speeds_of_too_many_line_widths():
    state = shells(gradient=1e-8)
    state.turbulence[:] = 0.0
    with pytest.raises(ConfigError, match=r"at most 400 widths .*, got .* escape"):
        EXCITATION.fractions(state, rotor(3))
