"""Rays through a spherical model: exact crossings of the spheres on which the gas is known."""

import numpy as np

from lineform.errors import ShapeError
from lineform.state import FloatArray, State
from lineform.synthesis.base import Paths, Sampling

__all__ = ["ShellsTracer"]


_PARTS = 4
"""Cells from where a ray turns to the next sphere: the longest way within one shell."""


class ShellsTracer:
    """Sends rays through shells between spheres; the gas changes linearly with the radius.

    A ray is cut where it crosses a sphere, and where it is nearest to the centre. Outside the
    largest sphere there is no gas. Inside the smallest one there is none either, unless it is
    no larger than the distance to the next one: then it is the middle of the central shell.

    Parameters
    ----------
    state : State
        Of shells.

    Raises
    ------
    ShapeError
        If there is one radius only.
    """

    def __init__(self, state: State) -> None:
        self._radius = state.position[:, 0]
        if len(self._radius) < 2:
            raise ShapeError("radii of the shells", expected="at least 2", seen="1")
        self._hollow = bool(self._radius[0] > self._radius[1] - self._radius[0])

    def component(self, velocity: FloatArray, basis: FloatArray) -> FloatArray:
        """Radial velocity (point,) [m s-1]; the rays turn it."""
        return velocity[:, 0]

    def paths(self, right: FloatArray, up: FloatArray, basis: FloatArray) -> Paths:
        """The ways of rays; see `lineform.synthesis.base.Tracer`."""
        impact = np.hypot(right, up)
        sphere, along = self._edges(impact)
        radius = np.hypot(impact, along)
        # Within the central shell the velocity falls to nothing at the centre.
        outward = along / np.maximum(radius, self._radius[0])
        outer = np.maximum(sphere[:-1], sphere[1:])
        inner = np.minimum(sphere[:-1], sphere[1:])
        turning = inner == outer
        core = turning & (outer == 0)
        mean = _mean_radius(impact, along[:-1], along[1:])
        return Paths(
            start=-along[0],
            step=np.diff(along, axis=0).astype(np.float32),
            edges=self._between(sphere, np.maximum(sphere - 1, 0), radius, outward),
            middles=self._between(outer, np.where(turning, np.maximum(outer - 1, 0), inner), mean),
            filled=(~core).astype(np.float32) if self._hollow else None,
        )

    def _edges(self, impact: FloatArray) -> tuple[np.ndarray, FloatArray]:
        """Where [m] behind the plane of the sky rays are cut, and the sphere there or beyond."""
        last = len(self._radius) - 1
        smallest = np.searchsorted(self._radius, impact, side="right")
        met = last + 1 - smallest
        edge = np.arange(2 * int(met.max(initial=0)) + 2 * _PARTS - 1)[:, None]
        # Inwards to the smallest sphere, past the turning point, outwards; then no further.
        part = np.clip((edge - met + 1) / _PARTS - 1, -1, 1)
        beyond = np.maximum(edge - met + 1 - 2 * _PARTS, 0)
        sphere = np.where(edge < met, last - edge, smallest + beyond)
        sphere = np.minimum(sphere, last).astype(np.int32)
        half = np.sqrt(np.maximum(self._radius[sphere] ** 2 - impact**2, 0))
        return sphere, half * part

    def _between(
        self,
        outer: np.ndarray,
        inner: np.ndarray,
        radius: FloatArray,
        factor: FloatArray | float = 1.0,
    ) -> Sampling:
        """Linear between two spheres, and times `factor`."""
        low, high = self._radius[inner], self._radius[outer]
        part = np.clip((radius - low) / np.where(high > low, high - low, 1), 0, 1)
        weight = np.stack([part * factor, (1 - part) * factor]).astype(np.float32)
        return Sampling(np.stack([outer, inner]).astype(np.int32), weight)


def _mean_radius(impact: FloatArray, near: FloatArray, far: FloatArray) -> FloatArray:
    """Mean distance from the centre along pieces of rays [m].

    Notes
    -----
    The integral of sqrt(b^2 + z^2) is (z r + b^2 asinh(z / b)) / 2.
    """
    # A ray through the centre: the second term is then nothing, and must not overflow.
    b = np.maximum(impact, 1e-12 * np.abs(far).max())

    def integral(z: FloatArray) -> FloatArray:
        return np.asarray((z * np.hypot(b, z) + b**2 * np.arcsinh(z / b)) / 2)

    length = far - near
    middle = np.hypot(b, (near + far) / 2)
    # A piece so short that the difference has lost its digits is straight.
    short = np.abs(length) < 1e-6 * middle
    return np.where(short, middle, (integral(far) - integral(near)) / np.where(short, 1, length))
