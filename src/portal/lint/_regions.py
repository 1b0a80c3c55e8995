"""Where positions lie about footprints.

Shapes of many rows are looked at together: polygons of as many vertices in one array.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from portal.lint._view import Floats, Mask
from portal.model.region import Region

__all__ = ["CLEAR", "MOST", "Extents", "crossed", "extents"]

Points: TypeAlias = npt.NDArray[np.complex128]

CLEAR = 1e-4
"""How far sides must cross, as parts of the square of the polygon's size: more than rounding."""
MOST = 100
"""Vertices of polygons whose sides are compared."""


@dataclass(frozen=True, slots=True)
class Extents:
    """How footprints lie about positions, (row,) [deg] each.

    Parameters
    ----------
    reach
        Largest distance of the footprint from the position; 0 for none.
    gap
        Distance of the position from the footprint; 0 inside it.
    size
        Diameter of the largest shape.
    """

    reach: Floats
    gap: Floats
    size: Floats


def extents(regions: Sequence[Region | None], ra: Floats, dec: Floats) -> Extents:
    """How each region lies about the position (row,) [deg] of its row.

    Rows without a position, or without a shape that can be looked at, have no gap.
    """
    reach, gap, size = np.zeros(len(ra)), np.full(len(ra), np.inf), np.zeros(len(ra))
    shapes: dict[int, tuple[list[int], list[tuple[float, ...]]]] = {}
    for row, region in enumerate(regions):
        for numbers in () if region is None else (*region.circles, *region.polygons):
            rows, held = shapes.setdefault(len(numbers), ([], []))
            rows.append(row)
            held.append(numbers)
    for length, (rows, held) in shapes.items():
        measure = _circles if length == 3 else _polygons
        measured = measure(np.array(held), ra[rows], dec[rows])
        np.maximum.at(reach, rows, measured.reach)
        np.minimum.at(gap, rows, measured.gap)
        np.maximum.at(size, rows, measured.size)
    return Extents(reach, np.where(np.isfinite(gap), gap, 0.0), size)


def crossed(regions: Sequence[Region | None]) -> Mask:
    """(row,) where sides of a polygon cross each other, beyond what rounding does."""
    found = np.zeros(len(regions), bool)
    shapes: dict[int, tuple[list[int], list[tuple[float, ...]]]] = {}
    for row, region in enumerate(regions):
        for polygon in () if region is None else region.polygons:
            numbers = polygon[:-2] if polygon[:2] == polygon[-2:] else polygon
            if 8 <= len(numbers) <= 2 * MOST:
                rows, held = shapes.setdefault(len(numbers), ([], []))
                rows.append(row)
                held.append(numbers)
    for rows, held in shapes.values():
        found[rows] |= _crossing(np.array(held))
    return found


def _crossing(held: Floats) -> Mask:
    """(shape,) of polygons (shape, 2 vertex) [deg]; those wider than half the sky do not cross."""
    x, y = held[:, 0::2], held[:, 1::2]
    first_x, first_y = x[:, :1], y[:, :1]
    u, v = _projected(x, y, first_x, first_y)
    near = _separation(first_x, first_y, x, y).max(axis=1) < 60
    corners = (u + 1j * v) / np.maximum(np.hypot(u, v).max(axis=1), 1e-300)[:, None]
    crossing = np.zeros(len(held), bool)
    count = corners.shape[1]
    ends = np.roll(corners, -1, axis=1)
    for one in range(count - 2):
        # Sides that share a corner do not cross.
        others = [other for other in range(one + 2, count) if (other + 1) % count != one]
        a, b = corners[:, one, None], ends[:, one, None]
        c, d = corners[:, others], ends[:, others]
        apart = _opposite(a, b, c, d) & _opposite(c, d, a, b)
        crossing |= apart.any(axis=1)
    return np.asarray(crossing & near)


def _opposite(a: Points, b: Points, c: Points, d: Points) -> Mask:
    """Whether `c` and `d` lie clearly on two sides of the line through `a` and `b`."""
    left, right = (((b - a).conj() * (p - a)).imag for p in (c, d))
    return np.asarray((np.minimum(left, right) < -CLEAR) & (np.maximum(left, right) > CLEAR))


def _circles(held: Floats, ra: Floats, dec: Floats) -> Extents:
    """Of circles (shape, 3) [deg] about positions (shape,) [deg]."""
    x, y, radius = held.T
    away = _separation(ra, dec, x, y)
    return Extents(np.minimum(away + radius, 180), np.maximum(away - radius, 0), 2 * radius)


def _polygons(held: Floats, ra: Floats, dec: Floats) -> Extents:
    """Of polygons (shape, 2 vertex) [deg] about positions (shape,) [deg]."""
    x, y = held[:, 0::2], held[:, 1::2]
    away = _separation(ra[:, None], dec[:, None], x, y)
    size = _separation(x[:, :1], y[:, :1], x, y).max(axis=1)
    near = away.max(axis=1) < 89
    # Nothing tells the inside of a polygon about half the sky; one far away has its distance.
    gap = np.where(size < 90, np.maximum(away.min(axis=1) - size, 0), 0.0)
    gap[near] = _gap(*_projected(x[near], y[near], ra[near, None], dec[near, None]))
    return Extents(away.max(axis=1), gap, size)


def _separation(ra: Floats, dec: Floats, x: Floats, y: Floats) -> Floats:
    """Angle [deg] between positions, by the formula of Vincenty."""
    a, d, e = np.radians(x - ra), np.radians(dec), np.radians(y)
    across = np.hypot(
        np.cos(e) * np.sin(a), np.cos(d) * np.sin(e) - np.sin(d) * np.cos(e) * np.cos(a)
    )
    along = np.sin(d) * np.sin(e) + np.cos(d) * np.cos(e) * np.cos(a)
    return np.asarray(np.degrees(np.arctan2(across, along)))


def _projected(x: Floats, y: Floats, ra: Floats, dec: Floats) -> tuple[Floats, Floats]:
    """On the plane that touches the sphere at the position, where great circles are straight."""
    a, d, d0 = np.radians(x - ra), np.radians(y), np.radians(dec)
    depth = np.sin(d0) * np.sin(d) + np.cos(d0) * np.cos(d) * np.cos(a)
    right = np.cos(d) * np.sin(a) / depth
    up = (np.cos(d0) * np.sin(d) - np.sin(d0) * np.cos(d) * np.cos(a)) / depth
    return right, up


def _gap(u: Floats, v: Floats) -> Floats:
    """Distance [deg] of the origin from polygons (shape, vertex) on the plane; 0 inside."""
    turned = np.arctan2(v, u)
    steps = np.roll(turned, -1, axis=1) - turned
    inside = np.abs(((steps + np.pi) % (2 * np.pi) - np.pi).sum(axis=1)) > np.pi
    du, dv = np.roll(u, -1, axis=1) - u, np.roll(v, -1, axis=1) - v
    length = np.maximum(du**2 + dv**2, 1e-300)
    along = np.clip(-(u * du + v * dv) / length, 0, 1)
    nearest = np.hypot(u + along * du, v + along * dv).min(axis=1)
    return np.where(inside, 0.0, np.degrees(np.arctan(nearest)))
