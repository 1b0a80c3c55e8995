"""Trilinear interpolation on rays through a regular grid, and its transpose, for Numba."""

from typing import Any, TypeAlias

from numpy.typing import NDArray

from lineform.synthesis._compiled import compiled, inlined

__all__ = ["gather", "scatter"]

_Array: TypeAlias = NDArray[Any]
_Real: TypeAlias = Any


@inlined
def _corner(place: _Real, cells: int, beyond: float) -> tuple[int, _Real]:
    """The cell before a place [cells], and how far the place is on the way to the next.

    Beyond the outermost points that is below 0 or above 1.
    """
    place = min(max(place, -beyond), cells - 1.0 + beyond)
    corner = min(max(int(place), 0), cells - 2)
    return corner, place - corner


@inlined
def _face(values: _Array, k: int, row: int, v: _Real, w: _Real) -> _Real:
    """Bilinear interpolation between four points from the k-th on."""
    real = type(w)
    a, b = real(values[k]), real(values[k + row])
    low = a + w * (real(values[k + 1]) - a)
    high = b + w * (real(values[k + row + 1]) - b)
    return low + v * (high - low)


@inlined
def _add_to_face(total: _Array, k: int, row: int, v: _Real, w: _Real, given: _Real) -> None:
    total[k] += (1 - v) * (1 - w) * given
    total[k + 1] += (1 - v) * w * given
    total[k + row] += v * (1 - w) * given
    total[k + row + 1] += v * w * given


@compiled
def gather(
    values: _Array,
    shape: tuple[int, int, int],
    first: _Array,
    step: _Array,
    out: _Array,
    beyond: float = 0.0,
) -> None:
    """Interpolate a field at equally spaced places along rays.

    Parameters
    ----------
    values : (point,)
    shape : of the grid
    first, step : (3, ray) [cells]
        The first place of each ray, and the way to the next.
    out : (place, ray)
        Filled.
    beyond : float [cells]
        How far the field goes on, linearly, outside the outermost points; places further out are
        moved there.
    """
    _, ny, nz = shape
    real = out.dtype.type
    for i in range(len(out)):
        for j in range(out.shape[1]):
            x, a = _corner(first[0, j] + i * step[0, j], shape[0], beyond)
            y, b = _corner(first[1, j] + i * step[1, j], shape[1], beyond)
            z, c = _corner(first[2, j] + i * step[2, j], shape[2], beyond)
            k = (x * ny + y) * nz + z
            u, v, w = real(a), real(b), real(c)
            near = _face(values, k, nz, v, w)
            out[i, j] = near + u * (_face(values, k + ny * nz, nz, v, w) - near)


@compiled
def scatter(
    given: _Array,
    shape: tuple[int, int, int],
    first: _Array,
    step: _Array,
    total: _Array,
    beyond: float = 0.0,
) -> None:
    """The transpose of `gather`: add what belongs to each place to the points (point,) about it.

    Parameters
    ----------
    given : (place, ray)
    shape, first, step, beyond : as in `gather`
    total : (point,)
        Grows.
    """
    _, ny, nz = shape
    for i in range(len(given)):
        for j in range(given.shape[1]):
            x, u = _corner(first[0, j] + i * step[0, j], shape[0], beyond)
            y, v = _corner(first[1, j] + i * step[1, j], shape[1], beyond)
            z, w = _corner(first[2, j] + i * step[2, j], shape[2], beyond)
            k = (x * ny + y) * nz + z
            _add_to_face(total, k, nz, v, w, (1 - u) * given[i, j])
            _add_to_face(total, k + ny * nz, nz, v, w, u * given[i, j])
