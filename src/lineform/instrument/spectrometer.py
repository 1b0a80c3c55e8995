"""What a spectrometer does: channels of a width, Hanning smoothing."""

from dataclasses import replace

import numpy as np

from lineform.cube import Observation
from lineform.errors import ConfigError
from lineform.func.channels import hanning, rebinning, wider_channels
from lineform.instrument._follow import follow

__all__ = ["with_channels", "with_hanning"]


def with_channels(observation: Observation, width: float) -> Observation:
    """The observation in wider channels, each the mean over its width.

    Parameters
    ----------
    observation : Observation
    width : scalar [km/s]
        Of the new channels, which is also the spectral resolution. The outermost may reach
        beyond the old band, where the sky is dark.

    Raises
    ------
    ConfigError
        If the width is below that of the channels, or leaves fewer than two of them.
    """
    old = observation.channel
    number = len(observation.velocity)
    if not old * (1 - 1e-9) <= width <= old * number / 2:
        raise ConfigError(
            "channel width",
            expected=f"{old:.6g} to {old * number / 2:.6g} km/s, as now to half the band",
            seen=f"{width:g}",
        )
    velocity = wider_channels(observation.velocity, width)
    weights = rebinning(observation.velocity, velocity, width)
    cube = np.tensordot(weights, observation.intensity.astype(float), axes=1)
    response = replace(
        observation.response, channel_response="boxcar", spectral_resolution=float(width)
    )
    return follow(observation, cube, velocity=velocity, response=response)


def with_hanning(observation: Observation) -> Observation:
    """The observation after Hanning smoothing; its resolution is two channels."""
    response = replace(
        observation.response,
        channel_response="hanning",
        spectral_resolution=2 * observation.channel,
    )
    return follow(observation, hanning(observation.intensity.astype(float)), response=response)
