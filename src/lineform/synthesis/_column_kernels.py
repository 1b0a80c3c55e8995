"""The gas along the columns of a grid, and what it does to lines, as loops that Numba compiles.

All that a kernel calls stands in this one file, as in the other files of kernels. Numbers along
rays are of the width of the fields; populations are computed in double precision.
"""

import math
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lineform.synthesis._compiled import compiled, inlined

__all__ = ["media", "sample", "scatter", "spread"]

_Array: TypeAlias = NDArray[Any]
_Real: TypeAlias = Any

_BLOCK = 16
"""Rays that are sampled together: neighbours in the arrays that are filled."""


@compiled
def sample(
    fields: _Array,
    corner: _Array,
    aside: _Array,
    level: _Array,
    along: _Array,
    edges: _Array,
    middles: _Array,
) -> None:
    """Interpolate fields along rays that run with the last axis of a grid.

    Parameters
    ----------
    fields : (field, x, y, z)
        The first is taken at the ends of the cells of the rays, the others in their middles.
    corner : (2, ray) int
        The point before each ray, along x and y.
    aside : (4, ray) [1]
        How far the ray is on the way to the next point, along x and y, for the middles; and the
        same for the edges.
    level : (2 cell + 1,) int
        The point before each edge and middle, in turns, along z.
    along : (2 cell + 1,) [1]
        How far it is on the way to the next.
    edges : (cell + 1, ray)
        Filled.
    middles : (field - 1, cell, ray)
        Filled.
    """
    real, rays = fields.dtype.type, corner.shape[1]
    columns = np.empty((fields.shape[3], _BLOCK), fields.dtype)
    for f in range(len(fields)):
        first = 1 if f else 0
        for start in range(0, rays, _BLOCK):
            number = min(_BLOCK, rays - start)
            for j in range(number):
                x, y = corner[0, start + j], corner[1, start + j]
                u, v = real(aside[2 - 2 * first, start + j]), real(aside[3 - 2 * first, start + j])
                for z in range(len(columns)):
                    a, c = fields[f, x, y, z], fields[f, x + 1, y, z]
                    near = a + v * (fields[f, x, y + 1, z] - a)
                    columns[z, j] = near + u * (c + v * (fields[f, x + 1, y + 1, z] - c) - near)
            for i in range((len(level) - first + 1) // 2):
                z, w = level[2 * i + first], real(along[2 * i + first])
                if f:
                    for j in range(number):
                        change = columns[z + 1, j] - columns[z, j]
                        middles[f - 1, i, start + j] = columns[z, j] + w * change
                else:
                    for j in range(number):
                        change = columns[z + 1, j] - columns[z, j]
                        edges[i, start + j] = columns[z, j] + w * change


@compiled
def scatter(level: _Array, along: _Array, edges: _Array, middles: _Array, columns: _Array) -> None:
    """The transpose of the part of `sample` along the rays.

    Parameters
    ----------
    level, along, edges, middles : as there
    columns : (ray, field, z)
        Filled.
    """
    real = columns.dtype.type
    columns[:] = real(0)
    for j in range(len(columns)):
        for f in range(columns.shape[1]):
            first = 1 if f else 0
            for i in range((len(level) - first + 1) // 2):
                z, w = level[2 * i + first], real(along[2 * i + first])
                given = middles[f - 1, i, j] if f else edges[i, j]
                columns[j, f, z] += (real(1) - w) * given
                columns[j, f, z + 1] += w * given


@compiled
def spread(columns: _Array, corner: _Array, aside: _Array, field: int, total: _Array) -> None:
    """The transpose of the part of `sample` across the rays, for one of the fields.

    Parameters
    ----------
    columns : (ray, field, z)
    corner, aside : as in `sample`
    field : int
    total : (field, x, y, z)
        That of the field grows.
    """
    one = total.dtype.type(1)
    for j in range(len(columns)):
        x, y = corner[0, j], corner[1, j]
        u = total.dtype.type(aside[0 if field else 2, j])
        v = total.dtype.type(aside[1 if field else 3, j])
        given = columns[j, field]
        for z in range(len(given)):
            total[field, x, y, z] += (one - u) * (one - v) * given[z]
        for z in range(len(given)):
            total[field, x, y + 1, z] += (one - u) * v * given[z]
        for z in range(len(given)):
            total[field, x + 1, y, z] += u * (one - v) * given[z]
        for z in range(len(given)):
            total[field, x + 1, y + 1, z] += u * v * given[z]


@inlined
def _partition(
    temperature: _Real, first: float, steps: float, table: _Array
) -> tuple[_Real, _Real]:
    """Logarithm of the partition function at a logarithm of temperature, and its slope."""
    place = min(max((temperature - first) * steps, 0.0), len(table) - 1.0)
    k = min(int(place), len(table) - 2)
    change = table[k + 1] - table[k]
    return table[k] + (place - k) * change, change * steps


@compiled
def media(
    temperature: _Array,
    turbulence: _Array,
    density: _Array,
    length: _Array,
    speed: float,
    table: tuple[float, float, _Array],
    lines: _Array,
    gas: tuple[_Array, _Array, _Array],
    slopes: tuple[_Array, _Array],
) -> None:
    """What molecules in equilibrium do to the light of their lines.

    Parameters
    ----------
    temperature : (cell, ray)
        Natural logarithm [of K].
    turbulence : (cell, ray) [m s-1]
    density : (cell, ray)
        Natural logarithm [of m-3].
    length : (ray,) [m]
        Of a cell.
    speed : float [m2 s-2 K-1]
        2 k / m.
    table : first logarithm of temperature, entries for each unit of it, and (entry,) logarithms
        of the partition function
    lines : (line, 4)
        Absorption by a molecule in the lower level without stimulated emission, times the weight
        of the level [m3 s-1]; its energy [K]; h nu / k [K]; brightness of the background [K].
    gas : width (cell, ray) [m s-1], strength [m s-1] and source [K] (line, cell, ray)
        Filled.
    slopes : of the logarithm of the strength [1] and of the source [K] by the logarithm of the
        temperature, (line, cell, ray), or without lines
        Filled.
    """
    width, strength, source = gas
    by_strength, by_source = slopes
    for i in range(len(width)):
        for j in range(width.shape[1]):
            logarithm, moved = float(temperature[i, j]), float(turbulence[i, j])
            kelvin = math.exp(logarithm)
            width[i, j] = math.sqrt(speed * kelvin + moved * moved)
            partition, slope = _partition(logarithm, table[0], table[1], table[2])
            column = float(density[i, j]) - partition
            for k in range(len(lines)):
                energy, x = lines[k, 1] / kelvin, lines[k, 2] / kelvin
                # 1 - exp(-x) is small, and exp(-x) / (1 - exp(-x)) large, for warm gas.
                emitted = -math.expm1(-x)
                excess = (1.0 - emitted) / emitted
                absorption = lines[k, 0] * math.exp(column - energy) * emitted
                strength[k, i, j] = absorption * length[j]
                source[k, i, j] = lines[k, 2] * excess - lines[k, 3]
                if len(by_strength):
                    by_strength[k, i, j] = energy - slope - x * excess
                    by_source[k, i, j] = lines[k, 2] * excess * x / emitted
