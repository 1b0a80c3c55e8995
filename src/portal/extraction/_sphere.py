"""Circles and polygons on the sphere, from directions as unit vectors."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Cap", "Vectors", "counter_clockwise", "directions", "places", "smallest_cap"]

Vectors = npt.NDArray[np.float64]

_SLACK = 1.0 + 1e-9
"""A point on the rim is inside."""


@dataclass(frozen=True, slots=True)
class Cap:
    """A circle on the sphere.

    Parameters
    ----------
    axis : (3,) [1]
        Direction of its centre.
    chord : scalar [1]
        Straight distance of its rim from its centre, on the unit sphere.
    """

    axis: Vectors
    chord: float

    @property
    def radius(self) -> float:
        """In degrees."""
        return float(np.degrees(2.0 * np.arcsin(min(self.chord / 2.0, 1.0))))


def directions(ra: npt.ArrayLike, dec: npt.ArrayLike) -> Vectors:
    """Unit vectors of places.

    Parameters
    ----------
    ra, dec : (point,) [deg]

    Returns
    -------
    (point, 3) [1]
    """
    a, d = np.radians(np.asarray(ra, float)), np.radians(np.asarray(dec, float))
    return np.stack([np.cos(d) * np.cos(a), np.cos(d) * np.sin(a), np.sin(d)], axis=-1)


def places(vectors: Vectors) -> tuple[Vectors, Vectors]:
    """Right ascension and declination [deg] of directions, (point, 3)."""
    x, y, z = np.moveaxis(vectors, -1, 0)
    return np.degrees(np.arctan2(y, x)) % 360.0, np.degrees(np.arctan2(z, np.hypot(x, y)))


def smallest_cap(points: Vectors) -> Cap:
    """The smallest circle that holds all of `points`, (point, 3), exact below a hemisphere.

    Notes
    -----
    Points are taken in one by one; one that is outside lies on the rim of the next circle
    (Welzl 1991, without its random order: the points are few).
    """
    return _grown(Cap(points[0], 0.0), points, _with_one)


def _grown(cap: Cap, points: Vectors, renewed: Callable[[Vectors, Vectors], Cap]) -> Cap:
    """The `cap`, `renewed` with the points before and the point, for each that lies outside."""
    place = _next_outside(cap, points, 0)
    while place is not None:
        cap = renewed(points[:place], points[place])
        place = _next_outside(cap, points, place + 1)
    return cap


def _with_one(points: Vectors, rim: Vectors) -> Cap:
    return _grown(Cap(rim, 0.0), points, lambda held, point: _with_two(held, point, rim))


def _with_two(points: Vectors, one: Vectors, two: Vectors) -> Cap:
    cap = _through(one + two, one)
    return _grown(cap, points, lambda _, point: _about(one, two, point))


def _about(one: Vectors, two: Vectors, three: Vectors) -> Cap:
    """The circle through three points; of points in a row the one about the two outer ones."""
    u, v = two - one, three - one
    normal = np.cross(u, v)
    square = float(normal @ normal)
    if square <= 1e-18 * max(float(u @ u), float(v @ v)) ** 2:
        sides = ((one, two), (two, three), (three, one))
        a, b = max(sides, key=lambda side: _length(side[0] - side[1]))
        return _through(a + b, a)
    # The middle of the triangle, not the normal of its plane: of a small one that is uncertain.
    middle = one + np.cross(u @ u * v - v @ v * u, normal) * (0.5 / square)
    return _through(middle, one)


def _through(axis: Vectors, rim: Vectors) -> Cap:
    length = _length(axis)
    if length == 0.0:
        return Cap(rim, 0.0)
    axis = axis / length if axis @ rim >= 0.0 else -axis / length
    return Cap(axis, _length(axis - rim))


def _next_outside(cap: Cap, points: Vectors, start: int) -> int | None:
    """Place of the first of `points` from `start` on that the `cap` does not hold."""
    apart = points[start:] - cap.axis
    outside = np.flatnonzero(np.sqrt((apart * apart).sum(axis=1)) > cap.chord * _SLACK + 1e-15)
    return start + int(outside[0]) if outside.size else None


def _length(vector: Vectors) -> float:
    return math.sqrt(float(vector @ vector))


def counter_clockwise(points: Vectors, axis: Vectors) -> bool:
    """Whether a polygon about `axis` runs against the clock, as seen from the Earth.

    Parameters
    ----------
    points : (point, 3) [1]
        Its corners, less than a hemisphere apart.
    axis : (3,) [1]
        A direction inside.

    Notes
    -----
    Seen from inside the sphere, north up, east is on the left: against the clock is from north
    over east to south.
    """
    after = np.roll(points, -1, axis=0)
    # The corner before turns into the one after about an axis that points away from the Earth
    # when one looks from outside; from inside the sense is the other one.
    return float(np.cross(points, after).sum(axis=0) @ axis) < 0.0
