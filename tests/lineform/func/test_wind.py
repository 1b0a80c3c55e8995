"""The laws of winds are the same in every array library, and lose the mass that they state."""

import numpy as np
import pytest

from lineform.constants import GRAVITY
from lineform.func import wind
from tests.lineform.gas import AU

RANDOM = np.random.default_rng(0)
POINTS = RANDOM.normal(0, 100 * AU, (3, 40))
STAR = 2 * AU
PARAMETERS = {
    "arm_spacing": 60 * AU,
    "arm_contrast": 2.0,
    "arm_height": 0.4,
    "arm_phase": 1.0,
    "opening_angle": 0.3,
    "density_contrast": 2.0,
}


def _shape(name, asarray, points=POINTS):
    at = wind.place(*(asarray(axis) for axis in points), asarray(np.float64(STAR)))
    p = {key: asarray(np.float64(value)) for key, value in PARAMETERS.items()}
    flux, boost = wind.SHAPES[name](p, at)
    return [np.asarray(flux), np.asarray(boost)]


def _laws(asarray):
    at = wind.place(*(asarray(axis) for axis in POINTS), asarray(np.float64(STAR)))
    one = asarray(np.float64(1.5))
    return {
        "beta": wind.beta_law(at.radius, STAR, 3e3 * one, 1e4 * one, one),
        "temperature": wind.temperature_law(at.radius, STAR, 1600 * one, one),
        "hydrogen": wind.hydrogen_density(1e16 * one, 1.0, at.radius, at.radius),
        "silicon": wind.silicon_radius(1e-6 * one, 10 * one),
        "rotation": wind.rotation(at, 1e4 * one, 10 * AU, one),
        "flared": wind.flared_disk(at, 1e10 * one, 10 * AU, one, one),
    }


def _asarray(library):
    return pytest.importorskip(library, reason=f"{library} is not installed").asarray


@pytest.mark.parametrize("library", ["array_api_strict", "torch"])
@pytest.mark.parametrize("name", wind.SHAPES)
def test_shapes_are_the_same_in_every_library(library, name):
    for ours, expected in zip(
        _shape(name, _asarray(library)), _shape(name, np.asarray), strict=True
    ):
        assert ours == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("library", ["array_api_strict", "torch"])
def test_laws_are_the_same_in_every_library(library):
    expected = _laws(np.asarray)
    for name, ours in _laws(_asarray(library)).items():
        assert np.asarray(ours) == pytest.approx(expected[name], rel=1e-12), name


@pytest.mark.parametrize("name", wind.SHAPES)
def test_averaged_over_all_directions_the_flux_is_one(name):
    cosine, azimuth = np.meshgrid(
        (np.arange(2000) + 0.5) / 1000 - 1, 2 * np.pi * np.arange(60) / 60, indexing="ij"
    )
    sine = np.sqrt(1 - cosine**2)
    points = 50 * AU * np.stack([sine * np.cos(azimuth), sine * np.sin(azimuth), cosine])
    flux, _ = _shape(name, np.asarray, points)
    assert np.mean(flux) == pytest.approx(1, abs=1e-5)


def test_no_direction_is_empty_however_much_the_arm_or_the_stream_carries():
    for name, more in (("spiral", "arm_contrast"), ("disk", "density_contrast")):
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(PARAMETERS, more, 50.0)
            flux, _ = _shape(name, np.asarray)
        assert flux.min() > 0


def test_kepler_rotation_is_that_of_the_mass():
    at = wind.place(np.array([40 * AU]), np.array([0.0]), np.array([0.0]), STAR)
    mass = 2e30
    speed = np.sqrt(GRAVITY * mass / (10 * AU))
    angular = wind.rotation(at, speed, 10 * AU, 0.5)
    assert angular**2 * at.radius**3 == pytest.approx(GRAVITY * mass)
