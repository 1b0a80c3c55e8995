"""Which points are neighbours of each other, and which lie on the outside."""

from dataclasses import dataclass

import numpy as np

from lineform.errors import ConfigError
from lineform.state import FloatArray, State

__all__ = ["Mesh", "mesh_of"]

_FEWEST = 5
_SHIFT = 1e-6
"""Of the distance to the nearest point, by which points are moved; see `mesh_of`."""


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """Neighbours and outer points of a model.

    Parameters
    ----------
    counts : (point,)
        Number of neighbours of each point.
    neighbours : (sum of counts,)
        Indices of the neighbours, point after point.
    outside : (outer,)
        Indices of the points around the model, in ascending order.
    """

    counts: np.ndarray
    neighbours: np.ndarray
    outside: np.ndarray


def mesh_of(state: State) -> Mesh:
    """The neighbours of the points of a state, and those that are its surface.

    Parameters
    ----------
    state : State

    Raises
    ------
    ConfigError
        If there are fewer than 5 points, two at the same place, or all in a plane.

    Notes
    -----
    Shells touch the next ones. Other points are neighbours where their Voronoi cells touch, that
    is where an edge of the Delaunay triangulation joins them; a point is on the outside where
    the convex hull of all is closer than half the mean distance to its neighbours. The
    triangulation of a lattice is not unique, and is made so by moving each point by 1e-6 of the
    distance to the nearest.
    """
    if state.n_points < _FEWEST:
        raise ConfigError("mesh", expected=f"at least {_FEWEST} points", seen=str(state.n_points))
    return _chain(state.n_points) if state.spherical else _triangulated(state.position)


def _chain(number: int) -> Mesh:
    index = np.arange(number)
    pairs = np.stack([index - 1, index + 1], axis=1).ravel()[1:-1]
    counts = np.full(number, 2)
    counts[[0, -1]] = 1
    return Mesh(counts, pairs, index[[0, -1]])


def _triangulated(position: FloatArray) -> Mesh:
    # Imported here: the spatial part of SciPy is large, and most runs need no mesh.
    from scipy.spatial import Delaunay, QhullError

    try:
        triangulation = Delaunay(_moved(position))
        first, neighbours = triangulation.vertex_neighbor_vertices
        _check_joined(np.diff(first), position)
        outside = _outside(triangulation.points, first, neighbours)
    except QhullError as error:
        raise _flat() from error
    return Mesh(np.diff(first).astype(np.int64), neighbours.astype(np.int64), outside)


def _moved(position: FloatArray) -> FloatArray:
    """Positions in widths of the model from its middle, each moved a little."""
    from scipy.spatial import KDTree

    scaled = (position - position.mean(axis=0)) / np.ptp(position, axis=0).max()
    spread = np.linalg.svd(scaled, compute_uv=False)
    # The layer would become a bumpy sheet that seems to fill space.
    if not spread[-1] > _SHIFT * spread[0]:
        raise _flat()
    distance, index = KDTree(scaled).query(scaled, k=2)
    if not distance[:, 1].all():
        point = int(distance[:, 1].argmin())
        raise _together(f"points {point} and {index[point].max()}", position[point])
    step = np.random.default_rng(0).uniform(-_SHIFT, _SHIFT, position.shape)
    return np.asarray(scaled + step * distance[:, 1:])


def _check_joined(counts: np.ndarray, position: FloatArray) -> None:
    # Qhull leaves out points that rounding cannot tell from another.
    if not counts.all():
        point = int(counts.argmin())
        raise _together(f"point {point} and another", position[point])


def _together(which: str, at: FloatArray) -> ConfigError:
    place = ", ".join(f"{x:.6g}" for x in at)
    return ConfigError(
        "mesh",
        expected="points apart",
        seen=f"{which} both at ({place}) m",
        way_out="leave one of them out of the snapshot",
    )


def _flat() -> ConfigError:
    return ConfigError(
        "mesh",
        expected="points that fill space",
        seen="points in a plane",
        way_out="make the model from a three-dimensional snapshot",
    )


def _outside(points: FloatArray, first: np.ndarray, neighbours: np.ndarray) -> np.ndarray:
    """The points that lie closer to the surface of all than halfway to their neighbours."""
    from scipy.spatial import ConvexHull

    own = np.repeat(np.arange(len(points)), np.diff(first))
    distance = np.linalg.norm(points[own] - points[neighbours], axis=1)
    mean = np.bincount(own, distance) / np.diff(first)
    depth = np.full(len(points), np.inf)
    for *normal, offset in ConvexHull(points).equations:
        depth = np.minimum(depth, -(points @ normal) - offset)
    return np.flatnonzero(depth < mean / 2)
