"""What a spectrometer does to a cube: wider channels, and Hanning smoothing."""

import math
from typing import Any

from array_api_compat import array_namespace

__all__ = ["hanning", "rebinning", "wider_channels"]


def hanning(cube: Any) -> Any:  # noqa: ANN401
    """Each channel as 1/4, 1/2, 1/4 of itself and its neighbours; dark beyond both ends.

    Parameters
    ----------
    cube : (channel, ...) [any]

    Returns
    -------
    (channel, ...) [as cube]
    """
    xp = array_namespace(cube)
    dark = xp.zeros_like(cube[:1, ...])
    below = xp.concat([dark, cube[:-1, ...]])
    above = xp.concat([cube[1:, ...], dark])
    return cube / 2 + (below + above) / 4


def wider_channels(channels: Any, width: float) -> Any:  # noqa: ANN401
    """Channels of a given width that hold the band of the old ones, about the same middle.

    Parameters
    ----------
    channels : (channel,) [any]
        Equally spaced.
    width : scalar [as channels]

    Returns
    -------
    (new,) [as channels]
    """
    xp = array_namespace(channels)
    spacing = float(channels[1] - channels[0])
    # A hair less, so that rounding does not add a channel to a band that fits.
    number = math.ceil(channels.shape[0] * spacing / width - 1e-9)
    middle = (float(channels[0]) + float(channels[-1])) / 2
    steps = xp.arange(number, dtype=channels.dtype) - (number - 1) / 2
    return middle + steps * width


def rebinning(channels: Any, wider: Any, width: float) -> Any:  # noqa: ANN401
    """Weights that average channels into wider ones.

    Parameters
    ----------
    channels : (channel,) [any]
        Equally spaced and ascending.
    wider : (new,) [as channels]
        Middles of the wider ones.
    width : scalar [as channels]
        Of each of them.

    Returns
    -------
    (new, channel) [1]

    Notes
    -----
    A cube is constant inside a channel and dark beyond its ends, so that the sum over channels
    times their width is kept exactly.
    """
    xp = array_namespace(channels, wider)
    half = (channels[1] - channels[0]) / 2
    upper = xp.minimum(wider[:, None] + width / 2, channels[None, :] + half)
    lower = xp.maximum(wider[:, None] - width / 2, channels[None, :] - half)
    overlap = upper - lower
    return xp.where(overlap > 0, overlap, xp.zeros_like(overlap)) / width
