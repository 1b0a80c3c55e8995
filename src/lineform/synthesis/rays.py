"""Samples a state on the rays of a viewing direction.

Fields are interpolated trilinearly between the cells of the grid, densities and temperatures
in their logarithm, since they fall as powers of the radius. Velocities are sampled at the ends
of the cells along a ray, everything else in the middle: with the profile averaged over the
velocity gradient in between, no channel is missed however steep the gradient is.
"""

from collections.abc import Sequence

import numpy as np
from scipy.ndimage import map_coordinates

from lineform.cube import View
from lineform.state import FloatArray, State
from lineform.synthesis.base import Rays

__all__ = ["sample_rays"]


def sample_rays(
    state: State, view: View, offsets: FloatArray, species: Sequence[str], cells: int
) -> Rays:
    """The gas along one ray for each pixel of a square image.

    Parameters
    ----------
    state : State on a regular grid
    view : View
    offsets : (pixel,) [m]
        Pixel centres along both axes of the image.
    species : names to take along
    cells : int
        Cells along a ray, over the length that holds the box in any direction.

    Raises
    ------
    ShapeError
        If `state` is not on a grid.
    """
    axes = state.grid_axes
    # All axes are equally spaced: half a cell beyond the outermost centres the box ends.
    reach = max(axis[-1] + (axis[1] - axis[0]) / 2 for axis in axes) * np.sqrt(3)
    edges = np.linspace(reach, -reach, cells + 1)
    middles = (edges[:-1] + edges[1:]) / 2
    basis = view.basis()
    at_edges = _indices(axes, basis, edges, offsets)
    at_middles = _indices(axes, basis, middles, offsets)
    inside = _inside(state, at_middles)

    def logarithmic(field: FloatArray) -> FloatArray:
        return np.exp(_interpolate(state.gridded(np.log(field)), at_middles))

    return Rays(
        step=float(edges[0] - edges[1]),
        recession=_interpolate(state.gridded(-(state.velocity @ basis[2])), at_edges),
        temperature=logarithmic(state.temperature),
        turbulence=_interpolate(state.gridded(state.turbulence), at_middles),
        density={name: logarithmic(state.density[name]) * inside for name in species},
    )


def _indices(
    axes: Sequence[FloatArray], basis: FloatArray, along: FloatArray, offsets: FloatArray
) -> FloatArray:
    """Where (cell, y, x) of the rays lie, counted in cells of the grid; (3, cell, y, x)."""
    parts = []
    for axis, right, up, observer in zip(axes, *basis, strict=True):
        place = along[:, None, None] * observer + offsets[:, None] * up + offsets * right
        parts.append((place - axis[0]) / (axis[1] - axis[0]))
    return np.stack(parts).astype(np.float32)


def _inside(state: State, indices: FloatArray) -> FloatArray:
    last = np.array(state.shape)[:, None, None, None] - 0.5
    return np.asarray(np.all((indices >= -0.5) & (indices <= last), axis=0))


def _interpolate(grid: FloatArray, indices: FloatArray) -> FloatArray:
    return np.asarray(
        map_coordinates(grid.astype(np.float32), indices, order=1, mode="nearest"),
        dtype=np.float32,
    )
