"""Rays through spherical shells, and the mean intensity that they bring to each radius."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from lineform.errors import ConfigError
from lineform.func.profile import averaged_gaussian, gaussian
from lineform.state import FloatArray

__all__ = ["Segment", "Shells", "rays_through"]

_WING = 4.5
"""Widths from the line centre at which channels begin and end."""

_STEP = 0.4
"""Width of a channel in units of the narrowest line: the mean of a Gaussian is exact to 1e-13."""

_CHANNELS = 1000
"""At most so many on either side of rest."""

_NOWHERE = float(np.finfo(float).tiny)


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """The rays between one radius and the next one inwards, on their way in.

    The last of them turn there: they run to their point nearest to the centre and out again.

    Parameters
    ----------
    length : (ray,) [m]
    profile : (ray, channel) [s m-1]
        Mean of the line profile along the way.
    place : (turning ray,) [1]
        Where between the inner (0) and the outer radius (1) the ray turns.
    """

    length: FloatArray
    profile: FloatArray
    place: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Shells:
    """Rays in the order of their distance from the centre.

    Parameters
    ----------
    counts : number of rays that cross each radius
    segments : one for each radius but the innermost
    angles : for each radius (ray + 1,) [1]
        Share of the half sphere that each ray stands for; the last is the tangent.
    profiles : for each radius (ray + 1, channel) [1]
        Share of the line in each channel, on the way in. On the way out the channels are
        reversed, since they lie symmetrically about rest.
    """

    counts: list[int]
    segments: list[Segment]
    angles: list[FloatArray]
    profiles: list[FloatArray]


def rays_through(
    radius: FloatArray, speed: FloatArray, width: FloatArray, *, core: int, between: int
) -> Shells:
    """Rays that touch each radius, further ones between, and some through the hole inside.

    Parameters
    ----------
    radius : (shell,) [m]
        Ascending.
    speed : (shell,) [m s-1]
        Outwards.
    width : (shell,) [m s-1]
        Half-width of the line at 1/e of its height.
    core : int
        Rays inside the innermost radius.
    between : int
        Rays that turn between one radius and the next, the one that touches included.

    Raises
    ------
    ConfigError
        If the speeds are so many line widths that the channels would not fit into memory.
    """
    impact, counts = _impacts(radius, core, between)
    channel = _channels(speed, width)
    along = [_along(r, impact[:count]) for r, count in zip(radius, counts, strict=True)]
    cosine = [a / max(r, _NOWHERE) for a, r in zip(along, radius, strict=True)]
    # On the way in, gas that flows out comes against the ray.
    shift = [-v * mu for v, mu in zip(speed, cosine, strict=True)]
    profiles = [
        _shared_out(gaussian((channel - np.append(v, 0.0)[:, None]) / b))
        for v, b in zip(shift, width, strict=True)
    ]
    segments = []
    for i in range(1, len(radius)):
        crossing, count = counts[i - 1], counts[i]
        # The others turn where they are at right angles to the radius.
        rest = np.zeros(count - crossing)
        length = along[i] - np.append(along[i - 1], rest)
        b = (width[i] + width[i - 1]) / 2
        ends = (shift[i], np.append(shift[i - 1], rest))
        profile = averaged_gaussian(*((channel - v[:, None]) / b for v in ends)) / b
        place = (impact[crossing:count] - radius[i - 1]) / (radius[i] - radius[i - 1])
        segments.append(Segment(length, profile, place))
    angles = [_shares(np.append(mu, 0.0)) for mu in cosine]
    return Shells(counts, segments, angles, profiles)


def _channels(speed: FloatArray, width: FloatArray) -> FloatArray:
    """Velocities (channel,) [m s-1] about rest that hold the line everywhere."""
    half = float(np.abs(speed).max() + _WING * width.max())
    number = int(np.ceil(half / (_STEP * width.min())))
    if number > _CHANNELS:
        raise ConfigError(
            "velocities of the shells",
            expected=f"at most {_CHANNELS * _STEP:g} widths of the narrowest line",
            seen=f"{half / width.min():.0f} widths of {width.min():.4g} m s-1",
            way_out="take --excitation escape, which holds for steep velocity gradients",
        )
    return np.linspace(-half, half, 2 * number + 1)


def _shared_out(line: FloatArray) -> FloatArray:
    return np.asarray(line / line.sum(axis=1, keepdims=True))


def _impacts(radius: FloatArray, core: int, between: int) -> tuple[FloatArray, list[int]]:
    """Distances of the rays from the centre (ray,) [m], and how many cross each radius."""
    core = core if radius[0] > 0 else 0
    found = [radius[0] * np.sqrt(1 - (1 - np.arange(core) / max(core, 1)) ** 2)]
    for inner, outer in pairwise(radius):
        # Evenly spread in the angle at the outer radius.
        edge = np.sqrt(1 - (inner / outer) ** 2) * (1 - np.arange(between) / between)
        found.append(np.append(inner, outer * np.sqrt(1 - edge[1:] ** 2)))
    counts = np.cumsum([len(part) for part in found])
    return np.concatenate(found), counts.tolist()


def _along(radius: float, impact: FloatArray) -> FloatArray:
    """Way from a radius to the point nearest to the centre [m]."""
    return np.asarray(np.sqrt(np.maximum((radius - impact) * (radius + impact), 0)))


def _shares(cosine: FloatArray) -> FloatArray:
    """Weights of the trapezoidal rule over the cosine from 1 down to 0."""
    if len(cosine) == 1:
        return np.ones(1)
    widths = -np.diff(cosine)
    return np.asarray((np.append(widths, 0) + np.insert(widths, 0, 0)) / 2)
