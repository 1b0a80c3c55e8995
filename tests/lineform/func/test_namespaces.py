"""The physics gives the same numbers in every array library, and uses only the standard."""

import numpy as np
import pytest
from scipy import special

from lineform import func

RANDOM = np.random.default_rng(0)
COLUMN = RANDOM.uniform(0.1, 2.0, 12)
CUBE = RANDOM.uniform(0.1, 1.0, (5, 6, 7))
VELOCITY = np.linspace(-4.0, 4.0, 5)
KELVIN = RANDOM.uniform(5.0, 500.0, 12)

CALLS = {
    "averaged_gaussian": lambda a: func.averaged_gaussian(a(COLUMN - 1), a(COLUMN[::-1].copy())),
    "beam_solid_angle": lambda a: func.beam_solid_angle(a(COLUMN), 0.2),
    "boltzmann_fraction": lambda a: func.boltzmann_fraction(a(KELVIN), a(COLUMN), 1e-22, 3.0),
    "brightness_temperature": lambda a: func.brightness_temperature(a(CUBE), 2e11),
    "correlated_noise": lambda a: func.correlated_noise(a(CUBE), 2.0, 2.0, 0.4),
    "doppler_width": lambda a: func.doppler_width(a(KELVIN), a(COLUMN), 4.6e-26),
    "emergent_intensity": lambda a: func.emergent_intensity(a(CUBE), a(2 * CUBE), 0.3),
    "escape_probability": lambda a: func.escape_probability(a(KELVIN / 100 - 1)),
    "escape_slope": lambda a: func.escape_slope(a(KELVIN / 100 - 1), a(COLUMN)),
    "gaussian": lambda a: func.gaussian(a(COLUMN)),
    "gaussian_beam": lambda a: func.gaussian_beam(a(CUBE), 3.0, 2.0, 0.4),
    "hanning": lambda a: func.hanning(a(CUBE)),
    "intensity_from_jansky": lambda a: func.intensity_from_jansky(a(CUBE), 1e-9),
    "intensity_from_kelvin": lambda a: func.intensity_from_kelvin(a(CUBE), 2e11),
    "jansky_from_intensity": lambda a: func.jansky_from_intensity(a(CUBE), 1e-9),
    "jansky_from_kelvin": lambda a: func.jansky_from_kelvin(a(CUBE), 2e11, 1e-9),
    "kelvin_from_jansky": lambda a: func.kelvin_from_jansky(a(CUBE), 2e11, 1e-9),
    "line_absorption": lambda a: func.line_absorption(a(COLUMN), a(KELVIN), 2e11, 1e-6, 3.0),
    "moment_maps": lambda a: func.moment_maps(a(CUBE), a(VELOCITY))[2],
    "partition_function": lambda a: func.partition_function(
        a(KELVIN), a(np.sort(COLUMN) * 1e-22), a(COLUMN)
    ),
    "planck": lambda a: func.planck(2e11, a(KELVIN)),
    "rebinning": lambda a: func.rebinning(a(VELOCITY), a(VELOCITY[::2].copy()), 4.0),
    "reduced": lambda a: func.reduced(a(CUBE), a(VELOCITY), 2e11, 1e-9).moment1,
    "spectrum": lambda a: func.spectrum(a(CUBE), 1e-9),
    "thermal_fractions": lambda a: func.thermal_fractions(
        a(KELVIN), a(np.sort(COLUMN) * 1e-22), a(COLUMN)
    ),
    "through_cell": lambda a: func.through_cell(a(COLUMN), a(KELVIN), a(COLUMN)),
    "wider_channels": lambda a: func.wider_channels(a(VELOCITY), 2.5),
}


def test_every_function_is_called():
    assert set(CALLS) == set(func.__all__) - {"Reduced"}


@pytest.mark.parametrize("name", CALLS)
def test_torch_gives_what_numpy_gives(name):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    ours = CALLS[name](torch.asarray)
    assert ours.numpy() == pytest.approx(CALLS[name](np.asarray), rel=1e-12, abs=1e-13)


@pytest.mark.parametrize("name", sorted(set(CALLS) - {"averaged_gaussian"}))
def test_only_the_standard_is_used(name):
    strict = pytest.importorskip("array_api_strict", reason="array-api-strict is not installed")
    ours = np.asarray(CALLS[name](strict.asarray))
    assert ours == pytest.approx(CALLS[name](np.asarray), rel=1e-12)


def test_only_the_standard_is_used_around_the_error_function(monkeypatch):
    strict = pytest.importorskip("array_api_strict", reason="array-api-strict is not installed")

    # The standard has no error function, and the strict library nothing beside the standard.
    def erf(x):
        return strict.asarray(special.erf(np.asarray(x)))

    expected = CALLS["averaged_gaussian"](np.asarray)
    monkeypatch.setattr("lineform.func.profile.erf", erf)
    ours = np.asarray(CALLS["averaged_gaussian"](strict.asarray))
    assert ours == pytest.approx(expected, rel=1e-12)
