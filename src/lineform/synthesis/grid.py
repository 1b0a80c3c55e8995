"""Rays through a regular grid, by trilinear interpolation between the centres of its cells."""

import numpy as np

from lineform.state import FloatArray, State
from lineform.synthesis.base import Paths, Sampling

__all__ = ["BEYOND", "CELLS_PER_CELL", "GridTracer"]

BEYOND = 0.5
"""Velocities go on linearly as far outside the outermost points [cells]: to the faces of the box.
All else stays there as it is at these points, since it has to be positive."""

CELLS_PER_CELL = 2
"""Cells along a ray for each cell of the longest axis."""


class GridTracer:
    """Sends rays through a regular grid; each is cut into equally long cells inside the box.

    Parameters
    ----------
    state : State on a regular grid

    Raises
    ------
    ShapeError
        If `state` is not on a grid.
    """

    def __init__(self, state: State) -> None:
        self._first = np.array([axis[0] for axis in state.grid_axes])
        # All axes are equally spaced: half a cell beyond the outermost centres the box ends.
        self._width = np.array([axis[1] - axis[0] for axis in state.grid_axes])
        self._shape = np.array(state.shape)
        low = self._first - self._width / 2
        self._box = np.stack([low, low + self._width * self._shape])
        self._cells = CELLS_PER_CELL * int(self._shape.max())

    def component(self, velocity: FloatArray, basis: FloatArray) -> FloatArray:
        """Velocity away from the observer (point,) [m s-1]."""
        return np.asarray(-(velocity @ basis[2]))

    def paths(self, right: FloatArray, up: FloatArray, basis: FloatArray) -> Paths:
        """The ways of rays; see `lineform.synthesis.base.Tracer`."""
        origin = right[:, None] * basis[0] + up[:, None] * basis[1]
        near, far = self._crossing(origin, basis[2])
        fraction = np.linspace(0, 1, self._cells + 1)[:, None]
        edges = near + fraction * (far - near)
        middles = (edges[:-1] + edges[1:]) / 2
        step = np.broadcast_to((near - far) / self._cells, middles.shape)
        return Paths(
            start=near,
            step=step.astype(np.float32),
            edges=self._sampling(origin, basis[2], edges, BEYOND),
            middles=self._sampling(origin, basis[2], middles),
        )

    def _crossing(self, origin: FloatArray, direction: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Where (ray,) [m] along `direction` each ray leaves the box towards us, and enters it."""
        # A ray that runs along a face is divided by zero on purpose: it meets it at infinity.
        with np.errstate(divide="ignore", invalid="ignore"):
            ends = (self._box[:, None, :] - origin) / direction
        outside = ((origin < self._box[0]) | (origin > self._box[1])) & (direction == 0)
        near = np.where(direction == 0, np.inf, ends.max(axis=0)).min(axis=1)
        far = np.where(direction == 0, -np.inf, ends.min(axis=0)).max(axis=1)
        missed = (near <= far) | outside.any(axis=1)
        return np.where(missed, 0.0, near), np.where(missed, 0.0, far)

    def _sampling(
        self, origin: FloatArray, direction: FloatArray, along: FloatArray, beyond: float = 0.0
    ) -> Sampling:
        """The eight cells around each place (..., ray), and their weights.

        Places further than `beyond` [cells] outside the outermost points are moved there.
        """
        lower, upper = [], []
        for axis in range(3):
            place = along * direction[axis] + origin[:, axis] - self._first[axis]
            place = np.clip(place / self._width[axis], -beyond, self._shape[axis] - 1 + beyond)
            corner = np.clip(place.astype(np.int32), 0, self._shape[axis] - 2)
            lower.append(corner)
            upper.append((place - corner).astype(np.float32))
        _, ny, nz = (int(n) for n in self._shape)
        base = ((lower[0] * ny + lower[1]) * nz + lower[2]).astype(np.int32)
        index = np.empty((8, *base.shape), dtype=np.int32)
        weight = np.empty((8, *base.shape), dtype=np.float32)
        for corner in range(8):
            i, j, k = corner >> 2 & 1, corner >> 1 & 1, corner & 1
            index[corner] = base + (i * ny + j) * nz + k
            weight[corner] = _side(upper[0], i) * _side(upper[1], j) * _side(upper[2], k)
        return Sampling(index, weight)


def _side(fraction: FloatArray, upper: int) -> FloatArray:
    return fraction if upper else 1 - fraction
