"""Winds: symmetry, mass and flux survive the way from the model to the cube."""

import astropy.units as u
import numpy as np
import pytest

from lineform.cube import View
from lineform.species import linear_rotor
from lineform.survey import draw_winds
from lineform.synthesis import observe, velocity_axis
from lineform.winds import H2_MASS, wind_on_grid
from tests.lineform.gas import AU, grid_state

YEAR = 365.25 * 86400
SOLAR_MASS = 1.98841e30
WINDS = {wind["morphology"]: wind for wind in draw_winds(4, seed=1)}
CO = linear_rotor("CO")


def _observe(state, views, pixels=24, channels=31, **options):
    lines = {CO: [CO.line("2-1")]}
    axis = options.pop("velocity", None)
    return list(
        observe(
            state,
            lines,
            views,
            velocity=velocity_axis(state, channels) if axis is None else axis,
            distance=150 * u.pc,
            pixels=pixels,
        )
    )


@pytest.mark.parametrize("morphology", WINDS)
@pytest.mark.parametrize("fraction", [0.35, 0.6, 0.85])
def test_the_stated_mass_is_lost_through_every_sphere(morphology, fraction):
    wind = WINDS[morphology]
    state = wind_on_grid(wind, 48)
    shell_radius = fraction * wind["outer_radius"] * AU
    radius = np.linalg.norm(state.position, axis=1)
    thickness = 0.1 * wind["outer_radius"] * AU
    shell = np.abs(radius - shell_radius) < thickness
    speed = np.linalg.norm(state.velocity, axis=1)
    flux = state.density["H2"] * H2_MASS * speed
    cell = (state.axes[0][1] - state.axes[0][0]) ** 3
    rate = np.sum(flux[shell]) * cell / (2 * thickness) * YEAR / SOLAR_MASS
    assert rate == pytest.approx(wind["mass_loss_rate"], rel=0.05)


def test_a_spherical_wind_looks_the_same_from_everywhere():
    state = wind_on_grid(WINDS["spherical"], 48)
    views = [View(0, 0), View(90, 0), View(54.7, 45.0), View(30.0, 200.0)]
    first, *others = _observe(state, views, pixels=64)
    for other in others:
        assert other.spectrum == pytest.approx(first.spectrum, abs=0.015 * first.spectrum.max())


@pytest.mark.parametrize("morphology", ["bipolar", "disk"])
def test_an_axisymmetric_wind_does_not_care_for_azimuth(morphology):
    state = wind_on_grid(WINDS[morphology], 32)
    first, quarter = _observe(state, [View(40.0, 0.0), View(40.0, 90.0)])
    assert quarter.intensity == pytest.approx(
        first.intensity, abs=2e-3 * float(first.intensity.max())
    )


def test_opposite_directions_see_mirrored_velocities_of_a_thin_wind():
    wind = WINDS["spiral"] | {"co_abundance": 1e-9}
    state = wind_on_grid(wind, 24)
    front, back = _observe(state, [View(60.0, 20.0), View(120.0, 200.0)])
    scale = front.spectrum.max()
    assert back.spectrum[::-1] == pytest.approx(front.spectrum, abs=0.01 * scale)


def test_the_spectrum_is_the_flux_of_the_cube():
    (o,) = _observe(wind_on_grid(WINDS["spiral"], 16), [View(30, 0)])
    pixel = np.radians((o.x[1] - o.x[0]) / 3600) * np.radians((o.y[1] - o.y[0]) / 3600)
    flux = o.intensity.astype(float).sum((1, 2)) * pixel * 1e26
    assert o.spectrum == pytest.approx(flux, rel=1e-6)


def test_flux_does_not_depend_on_the_pixels():
    state = wind_on_grid(WINDS["disk"], 16)
    coarse, fine = (_observe(state, [View(60, 0)], pixels=n)[0] for n in (32, 96))
    assert fine.spectrum.sum() == pytest.approx(coarse.spectrum.sum(), rel=0.02)


def test_flux_falls_with_the_square_of_the_distance():
    state = wind_on_grid(WINDS["spherical"], 16)
    near, far = (
        next(
            observe(
                state,
                {CO: [CO.line("2-1")]},
                [View(0, 0)],
                velocity=velocity_axis(state, 11),
                distance=d * u.pc,
                pixels=8,
            )
        )
        for d in (100, 300)
    )
    assert far.spectrum == pytest.approx(near.spectrum / 9, rel=1e-6)
    assert far.x == pytest.approx(near.x / 3)


@pytest.mark.parametrize(
    ("view", "sign"), [(View(0, 0), -1), (View(180, 0), 1), (View(90, 0), 0), (View(60, 77), -0.5)]
)
def test_receding_gas_has_positive_velocity(view, sign):
    def towards_z(position):
        return np.tile([0.0, 0.0, 6e3], (len(position), 1))

    state = grid_state(velocity=towards_z)
    (o,) = _observe(state, [view], velocity=np.linspace(-10, 10, 81) * u.km / u.s)
    mean = np.sum(o.spectrum * o.velocity) / np.sum(o.spectrum)
    assert mean == pytest.approx(6 * sign, abs=1e-3)
    middle = o.moment1[12, 12]
    assert middle == pytest.approx(6 * sign, abs=1e-2)


def test_right_and_up_on_the_sky():
    # A clump at +x seen edge-on from -y lies to the right, one at +z up.
    state = grid_state(side=17, density=1.0)
    for index, place in ((1, (4, 0, 0)), (0, (0, 0, 4))):
        cell = np.ravel_multi_index(tuple(np.array(place) + 8), state.shape)
        state.density["CO"][:] = 1.0
        state.density["CO"][cell] = 1e10
        (o,) = _observe(state, [View(90, 270)], pixels=17)
        peak = np.unravel_index(np.argmax(o.moment0), o.moment0.shape)
        assert peak[index] == 12
        assert peak[1 - index] == 8


def test_moments_of_a_single_line():
    state = grid_state(density=1e3, turbulence=2e3)
    (o,) = _observe(state, [View(0, 0)], velocity=np.linspace(-12, 12, 97) * u.km / u.s)
    thermal = 2 * 1.380649e-23 * 50 / CO.mass
    dispersion = np.sqrt((thermal + 4e6) / 2) / 1e3
    assert o.moment1[12, 12] == pytest.approx(0, abs=1e-4)
    assert o.moment2[12, 12] == pytest.approx(dispersion, rel=1e-3)
