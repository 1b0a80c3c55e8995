"""Analytic winds have the shapes, speeds and densities that their parameters say."""

import numpy as np
import pytest

from lineform.errors import ConfigError
from lineform.survey import draw_winds
from lineform.winds import H2_MASS, orbital_period, silicon_radius, wind_on_grid
from tests.lineform.gas import AU

WINDS = {wind["morphology"]: wind for wind in draw_winds(4, seed=3)}


def _polar(state):
    radius = np.linalg.norm(state.position, axis=1)
    return radius, np.arccos(np.abs(state.position[:, 2]) / radius)


@pytest.mark.parametrize("wind", WINDS.values(), ids=WINDS)
def test_gas_flows_out_radially_and_never_faster_than_it_may(wind):
    state = wind_on_grid(wind, 16)
    radius, _ = _polar(state)
    speed = np.linalg.norm(state.velocity, axis=1)
    outwards = np.sum(state.velocity * state.position, axis=1) / radius
    assert outwards == pytest.approx(speed)
    assert np.all(speed >= 0.5 * wind["initial_velocity"] * 1e3)
    assert np.all(speed <= 1.7 * wind["terminal_velocity"] * 1e3)


@pytest.mark.parametrize("wind", WINDS.values(), ids=WINDS)
def test_fields_are_positive_and_finite(wind):
    state = wind_on_grid(wind, 16)
    for field in (state.temperature, state.turbulence, *state.density.values()):
        assert np.all(np.isfinite(field))
        assert np.all(field > 0)
    assert state.temperature.min() >= 10
    assert set(state.density) == {"H2", "CO", "SiO"}


def test_beta_law_and_mass_conservation_of_a_spherical_wind():
    wind = WINDS["spherical"]
    state = wind_on_grid(wind, 20)
    radius, _ = _polar(state)
    star = wind["stellar_radius"] * AU
    v0, vinf = wind["initial_velocity"], wind["terminal_velocity"]
    speed = 1e3 * (v0 + (vinf - v0) * (1 - star / radius) ** wind["acceleration_exponent"])
    assert np.linalg.norm(state.velocity, axis=1) == pytest.approx(speed)
    mdot = wind["mass_loss_rate"] * 1.98841e30 / (365.25 * 86400)
    inside = radius < 0.99 * wind["outer_radius"] * AU
    expected = mdot / (4 * np.pi * radius**2 * speed * H2_MASS)
    assert state.density["H2"][inside] == pytest.approx(expected[inside], rel=1e-3)


def test_temperature_law():
    wind = WINDS["spherical"]
    state = wind_on_grid(wind, 10)
    radius, _ = _polar(state)
    law = (
        wind["stellar_temperature"]
        * (radius / wind["stellar_radius"] / AU) ** -wind["temperature_exponent"]
    )
    assert state.temperature == pytest.approx(np.maximum(law, 10))


def test_the_arm_returns_after_its_spacing():
    wind = WINDS["spiral"] | {"outer_radius": 4 * WINDS["spiral"]["arm_spacing"]}
    state = wind_on_grid(wind, 160)
    near = np.argsort(np.abs(state.axes[2]))[:1]
    plane = state.gridded(state.density["H2"])[:, :, near[0]]
    ray = plane[80:, 80]
    radius = state.axes[0][80:]
    ridge = ray * radius**2
    peaks = radius[1:-1][(ridge[1:-1] > ridge[:-2]) & (ridge[1:-1] > ridge[2:])]
    spacing = np.diff(peaks[peaks < 0.95 * wind["outer_radius"] * AU])
    assert len(spacing) >= 2
    assert spacing.mean() == pytest.approx(wind["arm_spacing"] * AU, rel=0.05)


def test_arm_spacing_is_speed_times_period():
    wind = WINDS["spiral"]
    metres = wind["terminal_velocity"] * 1e3 * wind["orbital_period"] * 365.25 * 86400
    assert wind["arm_spacing"] * AU == pytest.approx(metres, rel=1e-3)


@pytest.mark.parametrize(("morphology", "polar"), [("bipolar", True), ("disk", False)])
def test_density_contrast(morphology, polar):
    wind = WINDS[morphology]
    sphere = wind_on_grid(wind | {"morphology": "spherical"}, 24)
    state = wind_on_grid(wind, 24)
    radius, angle = _polar(state)
    within = radius < 0.95 * wind["outer_radius"] * AU
    stream = within & (angle < 0.1 if polar else angle > np.pi / 2 - 0.05)
    assert stream.any()
    ratio = (state.density["H2"] / sphere.density["H2"])[stream]
    assert ratio == pytest.approx(wind["density_contrast"], rel=0.05)
    speed = np.linalg.norm(state.velocity, axis=1) / np.linalg.norm(sphere.velocity, axis=1)
    assert (speed[stream] > 1.5).all() if polar else (speed[stream] < 0.7).all()


def test_abundances():
    wind = WINDS["spherical"]
    state = wind_on_grid(wind, 12)
    radius, _ = _polar(state)
    assert state.density["CO"] == pytest.approx(wind["co_abundance"] * state.density["H2"])
    scale = silicon_radius(wind["mass_loss_rate"], wind["terminal_velocity"])
    fraction = state.density["SiO"] / state.density["H2"]
    assert fraction == pytest.approx(wind["sio_abundance"] * np.exp(-((radius / scale) ** 2)))


def test_the_earth_takes_a_year():
    assert orbital_period(1.0, 1.0) == pytest.approx(1.0, rel=1e-4)


def test_silicon_radius_of_a_typical_star():
    # 1e-6 solar masses a year at 15 km/s: 5.7e15 cm.
    assert silicon_radius(1e-6, 15.0) == pytest.approx(5.7e13, rel=0.02)


def test_unknown_morphology():
    with pytest.raises(ConfigError, match="one of bipolar, disk, spherical, spiral, got torus"):
        wind_on_grid(WINDS["spiral"] | {"morphology": "torus"}, 8)


@pytest.mark.parametrize("name", ["outer_radius", "temperature_exponent", "co_abundance"])
def test_missing_parameter(name):
    wind = {key: value for key, value in WINDS["spherical"].items() if key != name}
    if name == "co_abundance":
        assert "CO" not in wind_on_grid(wind, 8).density
    else:
        with pytest.raises(ConfigError, match=f"the parameter {name}"):
            wind_on_grid(wind, 8)


def test_a_stream_cannot_carry_more_than_the_star_loses():
    with pytest.raises(ConfigError, match="got 40 within 30 deg"):
        wind_on_grid(WINDS["bipolar"] | {"density_contrast": 40.0, "opening_angle": 30.0}, 8)
