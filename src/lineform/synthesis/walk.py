"""The plain engine on Magritte's way through the points: to compare the two, or to mix them.

The value at a point holds where the ray passes it, however far aside it lies. That is of first
order in the distance of the points, where our other engines are of second; but images then differ
from those of Magritte by thousandths, and a store that Magritte began can be gone on with.
"""

import numpy as np

from lineform import __version__
from lineform.errors import ConfigError
from lineform.mesh import Mesh, mesh_of
from lineform.state import FloatArray, State
from lineform.synthesis.array import line_transfer
from lineform.synthesis.base import Paths, Sampling
from lineform.synthesis.imager import Imager

__all__ = ["ENGINE", "Walk"]

_RAYS_AT_ONCE = 2048


class Walk:
    """Sends rays from point to point, always to a neighbour, as Magritte 0.9.3 does.

    A ray begins at the outer point next to it on the near side. The next point is that neighbour
    further on which lies nearest to the ray; the first outer point on the far side is the last.
    Rays that meet only outer points see nothing.

    Parameters
    ----------
    state : State
        Of points in three dimensions.
    mesh : Mesh, or None
        Which points are neighbours, and which are outside; by default from the points.

    Raises
    ------
    ConfigError
        If the points cannot be triangulated, or are shells.
    """

    def __init__(self, state: State, mesh: Mesh | None = None) -> None:
        if state.geometry == "shells":
            raise ConfigError(
                "engine walk",
                expected="points in three dimensions",
                seen="shells",
                way_out="take another engine, such as array",
            )
        mesh = mesh or mesh_of(state)
        self._position = state.position
        self._outer = np.zeros(state.n_points, dtype=bool)
        self._outer[mesh.outside] = True
        self._neighbours = _table(mesh)

    def component(self, velocity: FloatArray, basis: FloatArray) -> FloatArray:
        """Velocity away from the observer (point,) [m s-1]."""
        return np.asarray(-(velocity @ basis[2]))

    def paths(self, right: FloatArray, up: FloatArray, basis: FloatArray) -> Paths:
        """The ways of rays; see `lineform.synthesis.base.Tracer`."""
        points = self._position @ basis.T
        behind = -points[:, 2]
        middle = (behind.min() + behind.max()) / 2
        here = self._starts(points, behind < middle, right, up)
        walking = np.ones(right.size, dtype=bool)
        inside = np.zeros(right.size, dtype=bool)
        way = [here]
        while walking.any():
            there = self._neighbours[here]
            onward = (there >= 0) & (behind[there] > behind[here][:, None])
            aside = _aside(points[there], right[:, None], up[:, None])
            nearest = np.where(onward, aside, np.inf).argmin(axis=1)[:, None]
            walking &= np.take_along_axis(onward, nearest, 1)[:, 0]
            here = np.where(walking, np.take_along_axis(there, nearest, 1)[:, 0], here)
            inside |= walking & ~self._outer[here]
            way.append(here)
            walking &= ~(self._outer[here] & (behind[here] >= middle))
        point = np.stack(way)
        # Where only outer points were met all cells lose their length.
        step = np.diff(behind[point], axis=0) * inside
        return Paths(
            start=-behind[way[0]],
            step=step.astype(np.float32),
            edges=_mean(point[None]),
            middles=_mean(np.stack([point[:-1], point[1:]])),
        )

    def _starts(
        self, points: FloatArray, near: np.ndarray, right: FloatArray, up: FloatArray
    ) -> np.ndarray:
        front = np.flatnonzero(self._outer & near)
        parts = range(0, right.size, _RAYS_AT_ONCE)
        return np.concatenate(
            [
                front[
                    _aside(
                        points[front],
                        right[first : first + _RAYS_AT_ONCE, None],
                        up[first : first + _RAYS_AT_ONCE, None],
                    ).argmin(axis=1)
                ]
                for first in parts
            ]
        )


def _table(mesh: Mesh) -> np.ndarray:
    """Neighbours (point, most), filled up with -1."""
    table = np.full((len(mesh.counts), mesh.counts.max()), -1)
    table[np.arange(table.shape[1]) < mesh.counts[:, None]] = mesh.neighbours
    return table


def _aside(points: FloatArray, right: FloatArray, up: FloatArray) -> FloatArray:
    """Squared distances of points (..., 3) from rays [m2]."""
    return (points[..., 0] - right) ** 2 + (points[..., 1] - up) ** 2


def _mean(index: np.ndarray) -> Sampling:
    return Sampling(index, np.full(index.shape, 1 / len(index), dtype=np.float32))


ENGINE = Imager("walk", __version__, line_transfer, Walk)
"""Engine in plain array operations, on Magritte's way."""
