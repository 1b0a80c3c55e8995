"""Which points are neighbours of each other, and which lie on the outside."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lineform.errors import ConfigError
from lineform.state import FloatArray, State

if TYPE_CHECKING:
    from scipy.spatial import Delaunay

__all__ = ["Mesh", "mesh_of"]

_FEWEST = 5
_SHIFT = 1e-6
"""Of the distance to the nearest point, by which points are moved; see `mesh_of`."""

_FAR = 10.0
"""Stands for infinity, in widths of the model."""


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
    its Voronoi cell reaches out of the convex hull of all. The triangulation of a lattice is
    not unique, and is made so by moving each point by 1e-6 of the distance to the nearest.
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
        outside = _outside(triangulation)
    except QhullError as error:
        raise _flat() from error
    start, neighbours = triangulation.vertex_neighbor_vertices
    return Mesh(np.diff(start).astype(np.int64), neighbours.astype(np.int64), outside)


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
        place = ", ".join(f"{x:.6g}" for x in position[point])
        pair = f"points {point} and {index[point].max()}"
        raise ConfigError("mesh", expected="points apart", seen=f"{pair} both at ({place}) m")
    step = np.random.default_rng(0).uniform(-_SHIFT, _SHIFT, position.shape)
    return np.asarray(scaled + step * distance[:, 1:])


def _flat() -> ConfigError:
    return ConfigError(
        "mesh",
        expected="points that fill space",
        seen="points in a plane",
        way_out="make the model from a three-dimensional snapshot",
    )


def _outside(triangulation: "Delaunay") -> np.ndarray:
    """The corners of the tetrahedra whose circumcentres lie outside the hull, and of the hull."""
    from scipy.spatial import ConvexHull

    points, simplices = triangulation.points, triangulation.simplices
    centres = _circumcentres(points[simplices])
    hull = np.unique(triangulation.convex_hull)
    beyond = np.zeros(len(centres), dtype=bool)
    for *normal, offset in ConvexHull(points[hull]).equations:
        beyond |= centres @ normal > -offset
    return np.unique(np.concatenate([simplices[beyond].ravel(), hull])).astype(np.int64)


def _circumcentres(corners: FloatArray) -> FloatArray:
    """Centres (tetrahedron, 3) of the spheres through four corners each, or far away."""
    first = corners[:, 0]
    u, v, w = (corners[:, k] - first for k in (1, 2, 3))
    normal = np.cross(v, w)
    squares = [np.sum(edge**2, axis=1, keepdims=True) for edge in (u, v, w)]
    sum_ = squares[0] * normal + squares[1] * np.cross(w, u) + squares[2] * np.cross(u, v)
    # Flat tetrahedra lie on the hull: their spheres are half spaces.
    with np.errstate(divide="ignore", invalid="ignore"):
        centres = first + sum_ / (2 * np.sum(u * normal, axis=1, keepdims=True))
    return np.asarray(np.nan_to_num(centres, nan=_FAR).clip(-_FAR, _FAR))
