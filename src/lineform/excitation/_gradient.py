"""How fast velocities change around each point, and over which lengths the gas does."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from scipy.spatial import cKDTree

from lineform.state import FloatArray, State

__all__ = ["edge_distance", "principal_strains", "scale_height", "scale_length"]

_NEIGHBOURS = 24
_BLOCK = 32768


def principal_strains(state: State) -> FloatArray:
    """Principal values of the rate of strain, (dv_i/dx_j + dv_j/dx_i) / 2.

    Parameters
    ----------
    state : State

    Returns
    -------
    (point, 3) [s-1]
        The last is the one that differs most from the others.

    Notes
    -----
    Along a direction n the velocity changes by the sum of strain_i n_i^2 per length, n in the
    frame of the principal axes. Grids: central differences. Cells and points: least squares over
    the 24 nearest neighbours, weighted by 1 / distance^2. Shells: dv/dr, v/r, v/r.
    """
    if state.geometry == "shells":
        radius, speed = state.position[:, 0], state.velocity[:, 0]
        across = speed / np.maximum(radius, np.finfo(float).tiny)
        return np.stack([across, across, _slope(speed, radius)], axis=-1)
    gradient = _gradients(state, state.velocity)
    values = np.linalg.eigvalsh((gradient + gradient.transpose(0, 2, 1)) / 2)
    first_is_odd = values[:, 1] - values[:, 0] > values[:, 2] - values[:, 1]
    return np.where(first_is_odd[:, None], values[:, ::-1], values)


def edge_distance(state: State) -> FloatArray:
    """Way (point,) [m] to the nearest face of the box around the model (shells: outwards)."""
    if state.geometry == "shells":
        radius = state.position[:, 0]
        return np.asarray(radius[-1] - radius)
    low, high = state.position.min(axis=0), state.position.max(axis=0)
    extent = np.minimum(state.position - low, high - state.position)
    return np.asarray(extent[:, high > low].min(axis=1))


def scale_height(state: State, density: FloatArray) -> FloatArray:
    """Length over which a species becomes rarer.

    Parameters
    ----------
    state : State
    density : (point,) [m-3]

    Returns
    -------
    (point,) [m]
        density / |gradient of density|.
    """
    floor = np.finfo(float).tiny
    logarithm = np.log(np.maximum(density, floor))
    if state.geometry == "shells":
        steepness = np.abs(_slope(logarithm, state.position[:, 0]))
    else:
        steepness = np.linalg.norm(_gradients(state, logarithm[:, None])[:, 0], axis=-1)
    return np.asarray(1 / np.maximum(steepness, floor))


def scale_length(state: State, height: FloatArray) -> FloatArray:
    """Length over which a species is there: the way to the edge, or its scale height if shorter.

    Parameters
    ----------
    state : State
    height : (point,) [m]
        Of `scale_height`.

    Returns
    -------
    (point,) [m]
        No less than the distance of neighbouring points.
    """
    return np.asarray(np.maximum(np.minimum(edge_distance(state), height), _spacing(state)))


def _slope(field: FloatArray, radius: FloatArray) -> FloatArray:
    if len(radius) == 1:
        return np.zeros_like(field)
    return np.asarray(np.gradient(field, radius))


def _gradients(state: State, fields: FloatArray) -> FloatArray:
    """Gradients (point, field, 3) of fields (point, field)."""
    if state.geometry != "grid":
        return _least_squares(state.position, fields)
    gridded = state.gridded(fields)
    along = [
        np.gradient(gridded, coordinate, axis=axis) if len(coordinate) > 1 else 0 * gridded
        for axis, coordinate in enumerate(state.grid_axes)
    ]
    return np.stack(along, axis=-1).reshape(*fields.shape, 3)


def _spacing(state: State) -> FloatArray:
    if state.geometry == "shells":
        return np.asarray(np.gradient(state.position[:, 0]))
    if state.size is not None:
        return np.asarray(state.size.min(axis=1))
    if state.geometry == "grid":
        steps = [np.diff(axis).min() for axis in state.grid_axes if len(axis) > 1]
        return np.full(state.n_points, min(steps, default=0.0))
    distance, _ = cKDTree(state.position).query(state.position, k=min(2, state.n_points))
    return np.asarray(distance).reshape(state.n_points, -1)[:, -1]


def _least_squares(position: FloatArray, fields: FloatArray) -> FloatArray:
    if len(position) == 1:
        return np.zeros((*fields.shape, 3))
    tree = cKDTree(position)
    blocks = [slice(i, i + _BLOCK) for i in range(0, len(position), _BLOCK)]

    def one(block: slice) -> FloatArray:
        count = min(_NEIGHBOURS + 1, len(position))
        distance, near = tree.query(position[block], k=count)
        offset = position[near] - position[block, None]
        # Scaled to 1, so that the pseudo-inverse knows a plane of points from a cloud.
        reach = distance[:, -1:, None]
        offset /= reach
        weight = 1 / np.maximum(distance[:, :, None] / reach, 1e-3) ** 2
        weight[:, 0] = 0
        change = fields[near] - fields[block, None]
        moments = (offset * weight).transpose(0, 2, 1)
        inverse = np.linalg.pinv(moments @ offset, rcond=1e-6, hermitian=True)
        return np.asarray((inverse @ (moments @ change)).transpose(0, 2, 1) / reach)

    with ThreadPoolExecutor() as threads:
        return np.concatenate(list(threads.map(one, blocks)))
