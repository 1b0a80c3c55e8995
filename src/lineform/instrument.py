"""What a telescope does to a cube."""

import dataclasses

import numpy as np

from lineform.cube import Beam, Observation
from lineform.errors import ConfigError
from lineform.func.convolve import gaussian_beam
from lineform.func.moments import reduced
from lineform.state import FloatArray

__all__ = ["with_beam"]


def with_beam(observation: Observation, beam: Beam) -> Observation:
    """The observation through a Gaussian beam; spectrum and moment maps follow the cube.

    Raises
    ------
    ConfigError
        If the beam is wider than the image or narrower than two pixels.
    """
    pixel = float(observation.x[1] - observation.x[0])
    width = pixel * len(observation.x)
    if not 2 * pixel <= beam.minor <= beam.major <= width:
        raise ConfigError(
            "beam",
            expected=f"{2 * pixel:.3g} to {width:.3g} arcsec, two pixels to the image",
            seen=f"{beam.major:g} by {beam.minor:g}",
        )
    blurred: FloatArray = gaussian_beam(
        observation.intensity.astype(float),
        beam.major / pixel,
        beam.minor / pixel,
        float(np.radians(beam.position_angle)),
    )
    summary = reduced(
        blurred, observation.velocity, observation.line.frequency, np.radians(pixel / 3600) ** 2
    )
    intensity = blurred.astype(np.float32)
    return dataclasses.replace(
        observation, intensity=intensity, beam=beam, **dataclasses.asdict(summary)
    )
