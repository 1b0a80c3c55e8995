"""Rays through spherical shells, and the mean intensity that they bring to each radius."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from lineform.func.profile import averaged_gaussian, gaussian
from lineform.state import FloatArray

__all__ = ["Segment", "Shells", "rays_through"]

_WING = 4.5
"""Widths from the line centre at which channels begin and end."""

_STEP = 0.4
"""Width of a channel in units of the narrowest line: the mean of a Gaussian is exact to 1e-13."""

_CHANNELS = 2000


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
    """
    impact, counts = _impacts(radius, core, between)
    half = float(np.abs(speed).max() + _WING * width.max())
    number = min(int(np.ceil(half / (_STEP * width.min()))), _CHANNELS)
    channel = np.linspace(-half, half, 2 * number + 1)
    segments, angles, profiles = [], [], []
    for i, count in enumerate(counts):
        along = _along(radius[i], impact[:count])
        # Towards the centre, so that gas which flows out comes against the ray.
        shift = np.append(-speed[i] * along / max(radius[i], np.finfo(float).tiny), 0.0)
        line = gaussian((channel - shift[:, None]) / width[i])
        profiles.append(line / line.sum(axis=1, keepdims=True))
        angles.append(_shares(np.append(along, 0.0) / max(radius[i], np.finfo(float).tiny)))
        if i:
            crossing = counts[i - 1]
            inner = np.zeros(count)
            inner[:crossing] = _along(radius[i - 1], impact[:crossing])
            inner_shift = -speed[i - 1] * inner / max(radius[i - 1], np.finfo(float).tiny)
            b = (width[i] + width[i - 1]) / 2
            ends = ((channel - s[:, None]) / b for s in (shift[:-1], inner_shift))
            place = (impact[crossing:count] - radius[i - 1]) / (radius[i] - radius[i - 1])
            segments.append(Segment(along - inner, averaged_gaussian(*ends) / b, place))
    return Shells(counts, segments, angles, profiles)


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
