"""Noise with a given rms and the correlation of the beam."""

import math
import zlib
from dataclasses import replace

import numpy as np

from lineform.cube import Observation
from lineform.errors import ConfigError
from lineform.func.convolve import beam_margin, correlated_noise
from lineform.instrument._follow import follow, noise_level, once
from lineform.state import FloatArray

__all__ = ["NOISE_UNITS", "with_noise"]

NOISE_UNITS = ("Jy/beam", "K")
"""Units that an rms may have."""

_LEGAL = ", ".join(NOISE_UNITS)


def with_noise(observation: Observation, rms: float, unit: str, seed: int) -> Observation:
    """The observation with Gaussian noise, correlated by the beam, independent in each channel.

    Mean velocity and dispersion are then made of what is above three times the rms.

    Parameters
    ----------
    observation : Observation
        With a beam.
    rms : scalar [unit]
        That the noise of a channel has on average over seeds.
    unit : str
        ``Jy/beam``, or ``K`` by the Rayleigh-Jeans law at the rest frequency.
    seed : int
        Each line and direction has noise of its own under the same seed.

    Raises
    ------
    ConfigError
        If there is no beam, or the rms is not positive, or the unit not known.
    """
    if not observation.beam.major:
        raise ConfigError(
            "noise", expected="an observation with a beam", seen="none", way_out="give a beam"
        )
    if not rms > 0 or not math.isfinite(rms):
        raise ConfigError("noise", expected="a positive rms", seen=f"{rms:g} {unit}")
    if unit not in NOISE_UNITS:
        raise ConfigError("unit of the noise", expected=f"one of {_LEGAL}", seen=unit)
    once("noise", observation.response.noise_rms)
    response = replace(observation.response, noise_rms=rms, noise_unit=unit, noise_seed=seed)
    level = noise_level(replace(observation, response=response))
    cube = observation.intensity + level * _noise(observation, seed)
    return follow(observation, cube, response=response)


def _noise(observation: Observation, seed: int) -> FloatArray:
    """Noise (channel, y, x) of variance 1."""
    pixel = observation.pixel
    major, minor = observation.beam.major / pixel, observation.beam.minor / pixel
    angle = math.radians(observation.beam.position_angle)
    view = observation.view
    # So that neither two lines nor two directions share their noise.
    key = f"{observation.line.name} {view.inclination:.6f} {view.azimuth:.6f}"
    rng = np.random.default_rng([seed, zlib.crc32(key.encode())])
    channels, ny, nx = observation.intensity.shape
    noise = np.empty((channels, ny, nx))
    margin = beam_margin(major)
    for channel in range(channels):
        white = rng.standard_normal((ny + margin, nx + margin))
        noise[channel] = correlated_noise(white, major, minor, angle)
    return noise
