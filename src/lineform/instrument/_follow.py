"""Spectrum and moment maps follow the cube."""

import dataclasses
import math

import numpy as np

from lineform.cube import Beam, Observation, Response
from lineform.errors import ConfigError
from lineform.func.brightness import (
    beam_solid_angle,
    intensity_from_jansky,
    intensity_from_kelvin,
)
from lineform.func.moments import moment_maps, reduced
from lineform.state import FloatArray

_CLIP = 3.0
"""Voxels below so many times the rms count as dark in mean velocity and dispersion."""


def once(what: str, done: object) -> None:
    """Refuse to do `what` a second time.

    Raises
    ------
    ConfigError
        If it was `done`.
    """
    if done:
        raise ConfigError(
            what,
            expected="an observation without one",
            seen="one that has it",
            way_out="begin with the file that the synthesis wrote",
        )


def primary_gain(observation: Observation, width: float) -> FloatArray:
    """Response (y, x) [1] of a primary beam of a full width at half maximum [arcsec]."""
    radius = np.hypot(observation.x, observation.y[:, None])
    gain: FloatArray = np.exp(-4 * math.log(2) * (radius / width) ** 2)
    return gain


def noise_level(observation: Observation) -> float:
    """The rms of the noise before a correction for the primary beam [W m-2 Hz-1 sr-1]."""
    response, beam = observation.response, observation.beam
    if response.noise_unit == "K":
        return float(intensity_from_kelvin(response.noise_rms, observation.line.frequency))
    solid_angle = beam_solid_angle(math.radians(beam.major / 3600), math.radians(beam.minor / 3600))
    return float(intensity_from_jansky(response.noise_rms, solid_angle))


def follow(
    observation: Observation,
    cube: FloatArray,
    *,
    velocity: FloatArray | None = None,
    beam: Beam | None = None,
    response: Response | None = None,
) -> Observation:
    """The observation with another cube, and all that is computed from it.

    Where there is noise, what is below three times its rms counts as dark in mean velocity and
    dispersion, which the noise of channels far from the line would else decide. A map of the
    optical depth is left out: it is one of the model, which no telescope sees.

    Parameters
    ----------
    observation : Observation
    cube : (channel, y, x) [W m-2 Hz-1 sr-1]
    velocity : (channel,) [km/s]
        Of the cube, where it is not that of the observation.
    beam, response : Beam, Response
        Of the cube, where they are not those of the observation.
    """
    axis = observation.velocity if velocity is None else velocity
    done = dataclasses.replace(
        observation,
        velocity=axis,
        intensity=cube.astype(np.float32),
        beam=beam or observation.beam,
        response=response or observation.response,
        optical_depth=None,
    )
    pixel = np.radians(done.pixel / 3600) ** 2
    summary = reduced(cube, axis, done.line.frequency, pixel)
    if done.response.noise_rms:
        _, mean, dispersion = moment_maps(np.where(cube > _floor(done), cube, 0.0), axis)
        summary = dataclasses.replace(summary, moment1=mean, moment2=dispersion)
    return dataclasses.replace(done, **dataclasses.asdict(summary))


def _floor(observation: Observation) -> FloatArray | float:
    """The faintest intensity, scalar or (y, x), that stands out from the noise."""
    floor = _CLIP * noise_level(observation)
    if observation.response.primary_beam_corrected:
        return floor / primary_gain(observation, observation.response.primary_beam)
    return floor
