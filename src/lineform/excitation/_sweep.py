"""The mean intensity of a line in spherical shells: one run in and out along all rays."""

from dataclasses import dataclass

import numpy as np

from lineform.excitation._shells import Shells
from lineform.func.escape import escape_probability
from lineform.state import FloatArray

__all__ = ["mean_intensity"]

_THIN = 1e-2
"""Optical depth below which a series is closer than the formula."""

_NOTHING = 1e-150
"""Optical depth that is added where it is divided by [1]."""

_UNEQUAL = 1e8
"""Largest ratio of the optical depths of neighbouring steps that counts."""


def mean_intensity(
    shells: Shells, absorption: FloatArray, emission: FloatArray, background: float
) -> tuple[FloatArray, FloatArray]:
    """Intensity averaged over directions and over the line, and how it depends on the source.

    Parameters
    ----------
    shells : Shells
    absorption : (shell,) [s-1]
        Integrated over velocity; positive.
    emission : (shell,) [s-1 x intensity]
        Absorption times source.
    background : float [intensity]

    Returns
    -------
    mean : (shell,) [intensity]
    local : (shell,) [1]
        Derivative of the mean by the source at the same radius.

    Notes
    -----
    Between radii the absorption follows a power law and the source a parabola in optical depth
    that does not overshoot (Auer 2003, ASP Conf. 288, 3). A straight line would not do: it
    exaggerates the diffusion of photons by the optical depth of a step. Across the hole inside,
    light travels freely.
    """
    sweep = _Sweep(shells, absorption, emission)
    last = len(absorption) - 1
    tangent = np.full(shells.profiles[last].shape[1], background)
    light = np.full(shells.profiles[last][:-1].shape, background)
    turned = {}
    for i in range(last, 0, -1):
        sweep.gather_tangent(i, tangent)
        sweep.gather(i, light, inwards=True)
        light, turned[i] = sweep.inwards(i, light)
        tangent = turned[i][0]
    sweep.gather_tangent(0, tangent)
    sweep.gather(0, light, inwards=True)
    sweep.gather(0, light, inwards=False)
    for i in range(1, last + 1):
        light = sweep.outwards(i, np.concatenate([light, turned.pop(i)]))
        sweep.gather(i, light, inwards=False)
    return sweep.mean, sweep.local


@dataclass(frozen=True, slots=True, eq=False)
class _Path:
    """All rays through one segment, on their way in.

    Parameters
    ----------
    depth : (ray, channel) [1]
    moments : three of (ray, channel) [1]
        Integrals over the way of exp(-depth that is left) d depth, times 1, x and x^2, with x
        from 0 to 1 in optical depth.
    outer, inner : (ray, 1) [intensity]
        Source at both ends.
    """

    depth: FloatArray
    moments: tuple[FloatArray, FloatArray, FloatArray]
    outer: FloatArray
    inner: FloatArray

    def reversed(self) -> "_Path":
        """The same rays on their way out."""
        zeroth, first, second = (moment[:, ::-1] for moment in self.moments)
        return _Path(self.depth[:, ::-1], (zeroth, first, second), self.inner, self.outer)


class _Sweep:
    def __init__(self, shells: Shells, absorption: FloatArray, emission: FloatArray) -> None:
        self._shells = shells
        self._paths = [_path(shells, i, absorption, emission) for i in range(1, len(absorption))]
        self.mean = np.zeros(len(absorption))
        self.local = np.zeros(len(absorption))

    def gather(self, i: int, light: FloatArray, *, inwards: bool) -> None:
        """Add what the rays bring to radius `i` over half of the sphere."""
        self.mean[i] += self._averaged(i, slice(0, len(light)), light, inwards=inwards)

    def gather_tangent(self, i: int, light: FloatArray) -> None:
        """Add what the ray brings that touches radius `i`, over both halves at once."""
        self.mean[i] += self._shells.angles[i][-1] * (self._shells.profiles[i][-1] @ light)

    def inwards(self, i: int, light: FloatArray) -> tuple[FloatArray, FloatArray]:
        """From radius `i` to the next: the rays that cross it, and those that turn before."""
        path, crossing = self._paths[i - 1], self._shells.counts[i - 1]
        back = path.reversed()
        if i > 1:
            ahead = self._paths[i - 2]
            depth = np.concatenate([ahead.depth, back.depth[crossing:]])
            source = np.concatenate([ahead.inner, back.inner[crossing:]])
        else:
            # Nothing in the hole: straight on.
            depth = np.concatenate([path.depth[:crossing], back.depth[crossing:]])
            source = np.concatenate(
                [(2 * path.inner - path.outer)[:crossing], back.inner[crossing:]]
            )
        arrived, local = _through(light, path, depth, source)
        self.local[i - 1] += self._averaged(
            i - 1, slice(0, crossing), local[:crossing], inwards=True
        )
        tangent = self._shells.angles[i - 1][-1] * self._shells.profiles[i - 1][-1]
        self.local[i - 1] += tangent @ local[crossing]
        return arrived[:crossing], arrived[crossing:]

    def outwards(self, i: int, light: FloatArray) -> FloatArray:
        """From the radius before, or from the point where they turned, to radius `i`."""
        path = self._paths[i - 1].reversed()
        if i < len(self._paths):
            ahead = self._paths[i].reversed()
            depth, source = ahead.depth[: len(light)], ahead.inner[: len(light)]
        else:
            depth, source = path.depth, 2 * path.inner - path.outer
        arrived, local = _through(light, path, depth, source)
        self.local[i] += self._averaged(i, slice(0, len(light)), local, inwards=False)
        return arrived

    def _averaged(self, i: int, rays: slice, light: FloatArray, *, inwards: bool) -> float:
        line = self._shells.profiles[i][:-1][rays]
        line = line if inwards else line[:, ::-1]
        return float(self._shells.angles[i][:-1][rays] @ np.einsum("rc,rc->r", line, light)) / 2


def _path(shells: Shells, i: int, absorption: FloatArray, emission: FloatArray) -> _Path:
    segment, crossing = shells.segments[i - 1], shells.counts[i - 1]
    near, far = absorption[i - 1], absorption[i]
    # Rays that turn meet the absorption and the source at their innermost point.
    place = np.append(np.zeros(crossing), segment.place)
    between = np.sqrt(near ** (1 - place) * far**place * far)
    depth = (between * segment.length)[:, None] * segment.profile
    # Where the absorption all but vanishes at one end, its own source would emit far too much
    # over the whole way.
    outer = emission[i] / np.maximum(far, between / 2)
    inner = (1 - place) * emission[i - 1] / np.maximum(near, between / 2) + place * outer
    return _Path(depth, _moments(depth), outer[:, None], inner[:, None])


def _moments(depth: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    chance = escape_probability(depth)
    first = 1 - chance
    thin = depth < _THIN
    series = depth / 3 * (1 - depth / 4 * (1 - depth / 5 * (1 - depth / 6)))
    second = np.where(thin, series, 1 - 2 * first / np.where(thin, 1, depth))
    return depth * chance, first, second


def _through(
    light: FloatArray, path: _Path, depth_ahead: FloatArray, source_ahead: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Light at the end of the path, and its derivative by the source there."""
    zeroth, first, second = path.moments
    start, end = path.outer, path.inner
    # Changes over the length of this path, so that nothing is divided by a depth of almost 0.
    longer = np.clip((path.depth + _NOTHING) / (depth_ahead + _NOTHING), 1 / _UNEQUAL, _UNEQUAL)
    before = end - start
    after = (source_ahead - end) * longer
    share = (1 + 1 / (1 + longer)) / 3
    # Fritsch & Butland 1984: the harmonic mean of the slopes, none at an extremum.
    monotone = before * after > 0
    mixed = share * after + (1 - share) * before
    wanted = end - np.where(monotone, before * after / np.where(monotone, mixed, 1), 0) / 2
    control = np.clip(wanted, np.minimum(start, end), np.maximum(start, end))
    arrived = (
        (1 - zeroth) * light
        + (zeroth - 2 * first + second) * start
        + 2 * (first - second) * control
        + second * end
    )
    return arrived, np.where(control == wanted, 2 * first - second, second)
