"""Rays through points and cells: the Voronoi cells that they cross, one after the other.

A ray belongs to the point that is nearest. The gas of a point is taken where the point projects
on the ray, by its value and slope, and changes linearly (temperatures, and most densities, in their
logarithm) from one projection to the next; these follow each other in the order of the cells.
"""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import ConvexHull, QhullError, cKDTree

from lineform.errors import ShapeError
from lineform.state import FloatArray, State
from lineform.synthesis._slopes import Slanted, Slopes
from lineform.synthesis.base import Paths

__all__ = ["PointsTracer"]

_NEARER = 1e-9
"""Points whose distances differ by less than this part of them are equally near [1]."""

_UNFILLED = 1e-3
"""Part of the box around all boxes that may be missing, or be there twice [1]."""

_PLANES_AT_ONCE = 512


class PointsTracer:
    """Sends rays through points without order, or through boxes about them.

    Boxes fill the box around them all. Free points fill their convex hull, as in Magritte: the
    outermost of them are the surface of the model, and a ray that passes outside sees nothing.

    Parameters
    ----------
    state : State
        Of points, or of cells with their sizes.

    Raises
    ------
    ShapeError
        If free points lie in one plane, or boxes do not fill the box around them.

    Notes
    -----
    Exact, without lists of neighbours: along a ray the squared distance to a point, less the
    square of the way, is a straight line, and the least of all lines is concave. Where the
    lines of two points cross and no third point is nearer, no other cell lies in between; else
    the nearest point there is one more cell of the ray, and its crossings with the two are
    searched in turn. That takes two look-ups in a tree for each cell.
    """

    def __init__(self, state: State) -> None:
        self._position = state.position
        self._tree = cKDTree(state.position)
        self._slopes = Slopes(state.position, self._tree)
        if state.size is None:
            self._body = _hull(state.position)
        else:
            self._body = _box(state.position, state.size)

    def component(self, velocity: FloatArray, basis: FloatArray) -> FloatArray:
        """Velocity away from the observer (point,) [m s-1]."""
        return np.asarray(-(velocity @ basis[2]))

    def paths(self, right: FloatArray, up: FloatArray, basis: FloatArray) -> Paths:
        """The ways of rays; see `lineform.synthesis.base.Tracer`."""
        sight = _Sight(self._position @ basis.T, right, up, basis)
        near, far = self._body.crossing(sight)
        ray, cell = self._cells(sight, near, far)
        count = np.bincount(ray, minlength=right.size)
        first = np.cumsum(count) - count
        place = np.arange(ray.size) - first[ray] + 1
        shape = (int(count.max(initial=0)) + 2, right.size)
        # Rays with fewer cells stay at their last point; half a cell at each end has the values
        # of the outermost point alone.
        last = np.zeros(right.size, dtype=np.int32)
        last[ray] = cell
        point = np.broadcast_to(last, shape).copy()
        point[place, ray] = cell
        point[0] = point[1]
        along = np.broadcast_to(far, shape).copy()
        along[0] = near
        along[place, ray] = np.clip(sight.behind(cell), near[ray], far[ray])
        edges, middles, keeping = self._samplers(sight, point, along)
        step = np.diff(along, axis=0).astype(np.float32)
        return Paths(-near, step, edges, middles, keeping=keeping)

    def _samplers(
        self, sight: "_Sight", point: np.ndarray, along: FloatArray
    ) -> tuple[Slanted, Slanted, Slanted]:
        """Fields at the ends of cells, which belong to these points, and twice in their middles.

        The last one keeps the sum of a field.
        """
        met = np.zeros(len(self._position), dtype=bool)
        met[point] = True
        here = np.flatnonzero(met)
        self._slopes.find(here)
        order = np.zeros(len(met), dtype=np.int32)
        order[here] = np.arange(here.size, dtype=np.int32)
        place = np.stack(np.broadcast_arrays(sight.right, sight.up, -along), axis=-1) @ sight.basis
        # A ray that misses the gas has no cell to be beside of.
        lit = (along[-1] > along[0])[:, None]
        aside = np.where(lit, place - self._position[point], 0).astype(np.float32)
        parts = self._slopes, here, order[point], aside
        return Slanted(*parts, False), Slanted(*parts, True), Slanted(*parts, True, even=True)

    def _cells(
        self, sight: "_Sight", near: FloatArray, far: FloatArray
    ) -> tuple[np.ndarray, np.ndarray]:
        """All pairs (ray, cell) that meet, by ray and from near to far."""
        ray = np.flatnonzero(far > near)
        i, j = (self._nearest(sight, ray, end[ray])[1] for end in (near, far))
        found = [(ray, i), (ray, j)]
        while True:
            between = sight.behind(j) > sight.behind(i)
            ray, i, j = ray[between], i[between], j[between]
            if not ray.size:
                break
            along = sight.crossing(ray, i, j)
            distance, k = self._nearest(sight, ray, along)
            own = np.linalg.norm(sight.at(ray, along) - self._position[i], axis=1)
            # Rounding must not bring up what does not lie between the two.
            new = distance < own * (1 - _NEARER)
            new &= (sight.behind(k) > sight.behind(i)) & (sight.behind(k) < sight.behind(j))
            ray, i, j, k = ray[new], i[new], j[new], k[new]
            found.append((ray, k))
            ray, i, j = np.tile(ray, 2), np.concatenate([i, k]), np.concatenate([k, j])
        ray, cell = (np.concatenate(parts) for parts in zip(*found, strict=True))
        order = np.lexsort([sight.behind(cell), ray])
        ray, cell = ray[order], cell[order]
        fresh = np.ones(ray.size, dtype=bool)
        fresh[1:] = (np.diff(ray) != 0) | (np.diff(cell) != 0)
        return ray[fresh], cell[fresh].astype(np.int32)

    def _nearest(
        self, sight: "_Sight", ray: np.ndarray, along: FloatArray
    ) -> tuple[FloatArray, np.ndarray]:
        distance, point = self._tree.query(sight.at(ray, along))
        return distance, point


@dataclass(frozen=True, slots=True, eq=False)
class _Sight:
    """Points and rays in one direction; ways along a ray are counted away from the observer.

    Parameters
    ----------
    points : (point, 3) [m]
        To the right, up, and to the observer.
    right, up : (ray,) [m]
    basis : (3, 3) [1]
    """

    points: FloatArray
    right: FloatArray
    up: FloatArray
    basis: FloatArray

    def behind(self, point: np.ndarray) -> FloatArray:
        """Where points project on any ray [m]."""
        return np.asarray(-self.points[point, 2])

    def at(self, ray: np.ndarray, along: FloatArray) -> FloatArray:
        """Places (place, 3) [m] on rays."""
        return np.stack([self.right[ray], self.up[ray], -along], axis=1) @ self.basis

    def crossing(self, ray: np.ndarray, i: np.ndarray, j: np.ndarray) -> FloatArray:
        """Where on its ray each pair of points is equally near [m]."""
        apart = self.points[j] - self.points[i]
        middle = (self.points[i] + self.points[j]) / 2
        aside = apart[:, 0] * (middle[:, 0] - self.right[ray])
        aside += apart[:, 1] * (middle[:, 1] - self.up[ray])
        return np.asarray(-middle[:, 2] - aside / apart[:, 2])


@dataclass(frozen=True, slots=True, eq=False)
class _Body:
    """A convex body.

    Parameters
    ----------
    normal : (plane, 3) [1]
        Outward.
    offset : (plane,) [m]
        Of the plane from the origin.
    """

    normal: FloatArray
    offset: FloatArray

    def crossing(self, sight: _Sight) -> tuple[FloatArray, FloatArray]:
        """Where (ray,) [m] each ray enters, seen from the observer, and leaves; equal if never."""
        near = np.full(sight.right.size, -np.inf)
        far = np.full(sight.right.size, np.inf)
        for first in range(0, len(self.offset), _PLANES_AT_ONCE):
            part = slice(first, first + _PLANES_AT_ONCE)
            right, up, towards = (self.normal[part] @ sight.basis.T).T[:, :, None]
            back = -towards
            room = self.offset[part, None] - right * sight.right - up * sight.up
            # A ray along a plane is divided by zero on purpose: it meets it at infinity.
            with np.errstate(divide="ignore", invalid="ignore"):
                along = np.where(back == 0, np.where(room < 0, -np.inf, np.inf), room / back)
            far = np.minimum(far, np.where(back >= 0, along, np.inf).min(axis=0))
            near = np.maximum(near, np.where(back < 0, along, -np.inf).max(axis=0))
        missed = ~(near < far)
        return np.where(missed, 0.0, near), np.where(missed, 0.0, far)


def _box(position: FloatArray, size: FloatArray) -> _Body:
    high, low = (position + size / 2).max(axis=0), (position - size / 2).min(axis=0)
    filled = size.prod(axis=1).sum() / (high - low).prod()
    if not abs(filled - 1) < _UNFILLED:
        raise ShapeError(
            "sizes of the cells",
            expected="boxes that fill the box around them all, each place once",
            seen=f"{filled:.3%} of it filled",
            way_out="leave the sizes out, so that the cells count as points",
        )
    return _Body(np.concatenate([np.eye(3), -np.eye(3)]), np.concatenate([high, -low]))


def _hull(position: FloatArray) -> _Body:
    centre = position.mean(axis=0)
    scale = np.abs(position - centre).max()
    try:
        hull = ConvexHull((position - centre) / (scale or 1.0))
    except (QhullError, ValueError) as error:
        raise ShapeError(
            "points of the model",
            expected="four or more that do not lie in one plane",
            seen=f"{len(position)} points without a volume",
            way_out="give cells their sizes, so that they fill space as boxes",
        ) from error
    # Facets of one side of a polyhedron repeat its plane.
    planes = np.unique(hull.equations.round(12), axis=0)
    return _Body(planes[:, :3], -planes[:, 3] * scale + planes[:, :3] @ centre)
