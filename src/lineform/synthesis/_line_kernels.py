"""The transfer along rays, its adjoint and its tangent, as loops that Numba compiles.

All that a kernel calls stands in this one file: Numba's cache on disk only sees changes to the
file of the kernel itself. The innermost loops run over neighbouring rays, without branches, so
that the compiler turns them into vector instructions; therefore exp and erf are written out for
single precision, and every constant is made of the width of the numbers around it. What such a
loop needs of one cell lies in rows of one array, at distances known beforehand, and there are
always as many rays, the last ones for show: so the compiler knows that no two rows overlap.
"""

import math
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numba import types
from numba.extending import overload
from numpy.typing import NDArray

from lineform.synthesis._compiled import FREEDOM, compiled, inlined

__all__ = ["adjoint", "tangent", "transfer"]

_Array: TypeAlias = NDArray[Any]
_Real: TypeAlias = Any
"""A number of either width."""

_TILE = 64
"""Rays that are followed together."""

_CENTRE, _HALF, _INVERSE, _LOWEST, _HIGHEST = (_TILE * row for row in range(5))
"""Rows of a cell: middle and half the change of the velocity (this over the width), 1 / width,
and the ends of the range in which the line is seen."""

_MEAN, _BY_MIDDLE, _BY_HALF, _MIDDLE = (_TILE * row for row in range(5, 9))
"""Rows of a cell and a channel: the profile, its slopes, and the offset of the middle."""

_SHIFT, _OPENING, _WIDER = (_TILE * row for row in range(9, 12))
"""Rows of the changes of a cell: of centre, half, and width, over the width."""

_ROOM = _TILE * 12

_DEPTH, _SOURCE = 0, _TILE
"""Rows of a line in a cell: strength over width, and source."""

_CONTINUUM, _CONTINUUM_SOURCE = 2 * _TILE, 3 * _TILE
_DEEPER, _BRIGHTER = 2 * _TILE, 3 * _TILE
_LINE = 4 * _TILE

_BY_SOURCE, _BY_DEPTH, _TO_MIDDLE, _TO_HALF, _TO_WIDTH = (_TILE * row for row in range(5))
"""Rows of the sums over the channels of a line in a cell; see `_back`."""

_SUMS = _TILE * 5

_WING = 6.0
_NEGLIGIBLE = 1e-9
"""As in `lineform.synthesis.array`."""

_F = np.float32
_LOG2E, _LN2_HIGH, _LN2_LOW = _F(1.4426950408889634), _F(0.693359375), _F(-2.12194440e-4)
_LEAST = _F(-40.0)
"""exp of less counts as much, 4e-18: products of smaller numbers with intensities are soon no
longer normal, which is slow."""


@inlined
def _halves(x: _Real) -> tuple[_Real, _Real]:
    """2^n and expm1(r), where x = n ln 2 + r, of x <= 0 in single precision."""
    x = max(x, _LEAST)
    n = np.int32(x * _LOG2E - _F(0.5))
    r = x - _F(n) * _LN2_HIGH - _F(n) * _LN2_LOW
    # |r| < 0.35: the series is short of 2e-8.
    p = _F(1 / 5040)
    p = p * r + _F(1 / 720)
    p = p * r + _F(1 / 120)
    p = p * r + _F(1 / 24)
    p = p * r + _F(1 / 6)
    p = p * r + _F(1 / 2)
    return np.int32((n + np.int32(127)) << np.int32(23)).view(np.float32), p * r * r + r


def _exp_single(x: _Real) -> _Real:
    power, p = _halves(x)
    return power * p + power


def _expm1_single(x: _Real) -> _Real:
    power, p = _halves(x)
    return power * p + (power - _F(1))


def _erfc_single(size: _Real, gauss: _Real) -> _Real:
    # erfc(x) exp(x^2) = t P(t), t = 1 / (1 + 0.38 x), with a relative error of 2e-8: fitted to
    # SciPy's erfcx on 0 <= x <= 9.5.
    t = _F(1) / (_F(1) + _F(0.38) * size)
    p = _F(0.0588734707)
    p = p * t - _F(0.261806264)
    p = p * t + _F(0.362830785)
    p = p * t - _F(0.160214458)
    p = p * t + _F(0.229112424)
    p = p * t + _F(0.139064929)
    p = p * t + _F(0.203792716)
    p = p * t + _F(0.213936546)
    p = p * t + _F(0.21440987)
    return p * t * gauss


def _exp_double(x: _Real) -> _Real:
    return math.exp(x)


def _expm1_double(x: _Real) -> _Real:
    return math.expm1(x)


def _erfc_double(size: _Real, gauss: _Real) -> _Real:
    return math.erfc(size)


def _exp(x: _Real) -> _Real:
    """exp(x) of x <= 0."""
    raise NotImplementedError


def _expm1(x: _Real) -> _Real:
    """expm1(x) of x <= 0."""
    raise NotImplementedError


def _erfc(size: _Real, gauss: _Real) -> _Real:
    """erfc(size) of size >= 0, where gauss is exp(-size^2)."""
    raise NotImplementedError


def _by_width(name: Callable[..., _Real], choice: Callable[..., Callable[..., _Real]]) -> None:
    """Let kernels call `name` for numbers of both widths."""
    overload(name, jit_options={"fastmath": FREEDOM, "forceinline": True}, strict=False)(choice)


_by_width(_exp, lambda x: _exp_single if x == types.float32 else _exp_double)
_by_width(_expm1, lambda x: _expm1_single if x == types.float32 else _expm1_double)
_by_width(_erfc, lambda size, gauss: _erfc_single if size == types.float32 else _erfc_double)


@inlined
def _limit(x: _Real) -> _Real:
    """Half the change of the offset up to which the series holds; see `averaged_gaussian`."""
    return np.finfo(type(x)).eps ** 0.125


@inlined
def _series(middle: _Real, half: _Real, gauss: _Real) -> tuple[_Real, _Real, _Real]:
    """Mean of the Gaussian from middle - half to middle + half, and its two derivatives.

    As in `lineform.func.profile.averaged_gaussian`, for small halves; gauss is exp(-middle^2).
    """
    real = type(middle)
    m2, h2 = middle * middle, half * half
    gauss *= real(math.pi**-0.5)
    first = (real(2) * m2 - real(1)) * real(1 / 3)
    second = ((real(4) * m2 - real(12)) * m2 + real(3)) * real(1 / 30)
    sum_ = real(1) + h2 * (first + h2 * second)
    slope = real(4 / 3) + h2 * (real(16) * m2 - real(24)) * real(1 / 30)
    by_middle = gauss * middle * (h2 * slope - real(2) * sum_)
    by_half = gauss * half * (real(2) * first + real(4) * h2 * second)
    return gauss * sum_, by_middle, by_half


@inlined
def _quotient(
    middle: _Real, half: _Real, before: _Real, behind: _Real
) -> tuple[_Real, _Real, _Real]:
    """The same for all other halves, where before and behind are exp(-x^2) of the two ends."""
    real = type(middle)
    near, far = middle - half, middle + half
    # The complement keeps its digits in the wings, where erf is 1 to rounding.
    one = real(1)
    side_before, side_behind = one if near > real(0) else -one, one if far > real(0) else -one
    rest_before = side_before * _erfc(abs(near), before)
    rest_behind = side_behind * _erfc(abs(far), behind)
    mean = (side_behind - side_before - rest_behind + rest_before) / (real(4) * half)
    scale = real(math.pi**-0.5)
    by_middle = scale * (behind - before) / (real(2) * half)
    by_half = (scale * real(0.5) * (behind + before) - mean) / half
    return mean, by_middle, by_half


@inlined
def _profile(
    middle: _Real, half: _Real, before: _Real, behind: _Real, limit: _Real
) -> tuple[_Real, _Real, _Real]:
    """The same for all halves."""
    real = type(middle)
    small = abs(half) < limit
    slight = half if small else real(0)
    h2 = slight * slight
    # exp(-middle^2), from those of both ends and exp(half^2).
    growth = real(1) + h2 * (real(1) + h2 * (real(1 / 2) + h2 * real(1 / 6)))
    a, b, c = _series(middle, slight, math.sqrt(before * behind) * growth)
    d, e, f = _quotient(middle, real(1) if small else half, before, behind)
    return (a, b, c) if small else (d, e, f)


@inlined
def _enter(gas: tuple[_Array, ...], i: int, start: int, n: int, room: _Array) -> bool:
    """Fill the rows of a cell, and tell whether the series holds for all of the rays."""
    recession, width = gas[0], gas[1]
    real = type(room[0])
    limit, steep = _limit(room[0]), False
    for j in range(n):
        near, far = recession[i, start + j], recession[i + 1, start + j]
        inverse = real(1) / width[i, start + j]
        half = (near - far) * real(0.5) * inverse
        room[_CENTRE + j] = (near + far) * real(0.5)
        room[_HALF + j] = half
        room[_INVERSE + j] = inverse
        wing = real(_WING) * width[i, start + j]
        room[_LOWEST + j] = min(near, far) - wing
        room[_HIGHEST + j] = max(near, far) + wing
        steep |= abs(half) >= limit
    for j in range(n, _TILE):
        for row in range(0, _HIGHEST + 1, _TILE):
            room[row + j] = room[row + n - 1]
    return not steep


@inlined
def _take(rows: _Array, row: int, given: _Array, i: int, start: int, n: int) -> None:
    """Fill the rows of lines in a cell from fields (line, cell, ray)."""
    for k in range(len(given)):
        for j in range(n):
            rows[k, row + j] = given[k, i, start + j]
        for j in range(n, _TILE):
            rows[k, row + j] = 0


@inlined
def _over_width(rows: _Array, row: int, lines: int, room: _Array) -> None:
    for k in range(lines):
        for j in range(_TILE):
            rows[k, row + j] *= room[_INVERSE + j]


@inlined
def _reach(velocity: _Array, room: _Array) -> tuple[int, int]:
    """The channels that a cell of these rays emits into or absorbs, as a slice."""
    # In halves: a minimum in the order of the rays would take them one by one.
    half = _TILE // 2
    while half:
        for j in range(half):
            room[_LOWEST + j] = min(room[_LOWEST + j], room[_LOWEST + half + j])
            room[_HIGHEST + j] = max(room[_HIGHEST + j], room[_HIGHEST + half + j])
        half //= 2
    first, last = 0, len(velocity)
    while first < last and velocity[first] < room[_LOWEST]:
        first += 1
    while first < last and velocity[last - 1] > room[_HIGHEST]:
        last -= 1
    return first, last


@inlined
def _find_least(strength: _Array, width: _Array, start: int, least: _Array) -> None:
    """Fill `least` (line, ray): the optical thickness of cells that need not be looked at."""
    real = type(least[0, 0])
    least[:] = 0
    for k in range(len(least)):
        for i in range(len(width)):
            for j in range(least.shape[1]):
                least[k, j] += strength[k, i, start + j] / width[i, start + j]
        for j in range(least.shape[1]):
            least[k, j] = real(_NEGLIGIBLE) * min(least[k, j], real(1))


@inlined
def _thin(strength: _Array, width: _Array, least: _Array, i: int, start: int) -> bool:
    """Whether a cell of these rays changes nothing."""
    for k in range(len(least)):
        for j in range(least.shape[1]):
            if strength[k, i, start + j] > least[k, j] * width[i, start + j]:
                return False
    return True


@inlined
def _mean(velocity: _Real, gentle: bool, room: _Array) -> None:
    """Fill the row of the profile."""
    if gentle:
        for j in range(_TILE):
            middle = (velocity - room[_CENTRE + j]) * room[_INVERSE + j]
            room[_MEAN + j] = _series(middle, room[_HALF + j], _exp(-middle * middle))[0]
    else:
        limit = _limit(velocity)
        for j in range(_TILE):
            middle, half = (velocity - room[_CENTRE + j]) * room[_INVERSE + j], room[_HALF + j]
            near, far = middle - half, middle + half
            before, behind = _exp(-near * near), _exp(-far * far)
            room[_MEAN + j] = _profile(middle, half, before, behind, limit)[0]


@inlined
def _shapes(velocity: _Real, gentle: bool, room: _Array) -> None:
    """Fill the rows of the profile, its slopes, and the offset of the middle."""
    if gentle:
        for j in range(_TILE):
            middle = (velocity - room[_CENTRE + j]) * room[_INVERSE + j]
            mean, by_middle, by_half = _series(middle, room[_HALF + j], _exp(-middle * middle))
            room[_MIDDLE + j] = middle
            room[_MEAN + j] = mean
            room[_BY_MIDDLE + j] = by_middle
            room[_BY_HALF + j] = by_half
    else:
        limit = _limit(velocity)
        for j in range(_TILE):
            middle, half = (velocity - room[_CENTRE + j]) * room[_INVERSE + j], room[_HALF + j]
            near, far = middle - half, middle + half
            before, behind = _exp(-near * near), _exp(-far * far)
            mean, by_middle, by_half = _profile(middle, half, before, behind, limit)
            room[_MIDDLE + j] = middle
            room[_MEAN + j] = mean
            room[_BY_MIDDLE + j] = by_middle
            room[_BY_HALF + j] = by_half


@inlined
def _through(light: _Array, k: int, c: int, rows: _Array, room: _Array) -> None:
    """Take the light of a line and channel through a cell that has no continuum."""
    for j in range(_TILE):
        gained = -_expm1(-(rows[k, _DEPTH + j] * room[_MEAN + j]))
        light[k, c, j] += (rows[k, _SOURCE + j] - light[k, c, j]) * gained


@inlined
def _through_both(light: _Array, k: int, c: int, rows: _Array, room: _Array) -> None:
    """Take the light of a line and channel through a cell that has a continuum."""
    for j in range(_TILE):
        depth, continuum = rows[k, _DEPTH + j] * room[_MEAN + j], rows[k, _CONTINUUM + j]
        total = depth + continuum
        # A cell without matter has no source; it adds nothing, whatever it is divided by.
        source = rows[k, _SOURCE + j]
        emitted = depth * source + continuum * rows[k, _CONTINUUM_SOURCE + j]
        mixed = emitted / total if total > type(total)(0) else source
        light[k, c, j] -= (mixed - light[k, c, j]) * _expm1(-total)


@inlined
def _forward(
    gas: tuple[_Array, ...],
    continuum: tuple[_Array, _Array],
    velocity: _Array,
    tile: tuple[int, int],
    light: _Array,
    rows: _Array,
    room: _Array,
    behind: _Array,
) -> None:
    """Take the light of a tile (line, channel, ray) through all cells, from far to near.

    What enters each cell is kept in `behind` (line, cell, channel, ray), unless that is
    empty: then cells that change nothing are passed over.
    """
    _, width, strength, source = gas
    start, n = tile
    lines, cells, channels = len(strength), len(width), len(velocity)
    least = np.empty((lines, n), width.dtype)
    _find_least(strength, width, start, least)
    lit = len(continuum[0]) > 0
    for i in range(cells - 1, -1, -1):
        if not lit and not len(behind) and _thin(strength, width, least, i, start):
            continue
        gentle = _enter(gas, i, start, n, room)
        _take(rows, _DEPTH, strength, i, start, n)
        _take(rows, _SOURCE, source, i, start, n)
        _over_width(rows, _DEPTH, lines, room)
        first, last = 0, channels
        if lit:
            _take(rows, _CONTINUUM, continuum[0], i, start, n)
            _take(rows, _CONTINUUM_SOURCE, continuum[1], i, start, n)
        else:
            first, last = _reach(velocity, room)
        for c in range(first, last):
            _mean(velocity[c], gentle, room)
            for k in range(lines):
                if len(behind):
                    for j in range(_TILE):
                        behind[k, i, c, j] = light[k, c, j]
                if lit:
                    _through_both(light, k, c, rows, room)
                else:
                    _through(light, k, c, rows, room)


@inlined
def _put(cubes: _Array, tile: tuple[int, int], light: _Array) -> None:
    """Fill a tile of cubes (line, channel, ray) from light."""
    start, n = tile
    for k in range(len(cubes)):
        for c in range(cubes.shape[1]):
            for j in range(n):
                cubes[k, c, start + j] = light[k, c, j]


@inlined
def _fill(light: _Array, tile: tuple[int, int], entering: _Array) -> None:
    """Fill the light of all lines and channels of a tile with that which enters (ray,)."""
    start, n = tile
    light[:] = 0
    for k in range(len(light)):
        for c in range(light.shape[1]):
            for j in range(n):
                light[k, c, j] = entering[start + j]


@compiled
def transfer(
    gas: tuple[_Array, ...],
    continuum: tuple[_Array, _Array],
    velocity: _Array,
    entering: _Array,
    cubes: _Array,
) -> None:
    """Solve the transfer of lines; see `lineform.synthesis.array.line_transfer`.

    Parameters
    ----------
    gas : recession (cell + 1, ray), width (cell, ray), strength and source (line, cell, ray)
    continuum : its optical thickness and its source (line, cell, ray), without lines if none
    velocity : (channel,)
    entering : (ray,)
    cubes : (line, channel, ray)
        Filled with the intensity that arrives.
    """
    lines, channels, rays = cubes.shape
    light, rows = (
        np.empty((lines, channels, _TILE), cubes.dtype),
        np.empty((lines, _LINE), cubes.dtype),
    )
    room, none = np.empty(_ROOM, cubes.dtype), np.empty((0, 0, 0, 0), cubes.dtype)
    for start in range(0, rays, _TILE):
        tile = start, min(_TILE, rays - start)
        _fill(light, tile, entering)
        _forward(gas, continuum, velocity, tile, light, rows, room, none)
        _put(cubes, tile, light)


@inlined
def _back(
    light: _Array,
    behind: _Array,
    at: tuple[int, int, int],
    rows: _Array,
    room: _Array,
    sums: _Array,
) -> None:
    """Take the gradient by light back through a cell, at one channel of one line.

    Parameters
    ----------
    light : (line, channel, ray)
        Gradient by the intensity that leaves the cell; afterwards by that which enters it.
    behind : (line, cell, channel, ray)
        The intensity that enters.
    at : the line, the cell and the channel
    rows, room : of the cell, after `_shapes`
    sums : (line, rows of sums)
        Grow by the gradient by the source, and by that by the optical depth times the profile,
        its two slopes, and that by the middle times the middle.
    """
    k, i, c = at
    for j in range(_TILE):
        mean, by_middle = room[_MEAN + j], room[_BY_MIDDLE + j]
        passed = _expm1(-(rows[k, _DEPTH + j] * mean))
        given = light[k, c, j]
        sums[k, _BY_SOURCE + j] -= given * passed
        given *= type(passed)(1) + passed
        light[k, c, j] = given
        turn = given * (rows[k, _SOURCE + j] - behind[k, i, c, j])
        sums[k, _BY_DEPTH + j] += turn * mean
        sums[k, _TO_MIDDLE + j] += turn * by_middle
        sums[k, _TO_HALF + j] += turn * room[_BY_HALF + j]
        sums[k, _TO_WIDTH + j] += turn * by_middle * room[_MIDDLE + j]


@inlined
def _collect(
    gradient: tuple[_Array, ...],
    sums: _Array,
    rows: _Array,
    room: _Array,
    i: int,
    tile: tuple[int, int],
) -> None:
    """Turn the sums over the channels of one cell into gradients."""
    by_recession, by_width, by_strength, by_source = gradient
    start, n = tile
    half = by_width.dtype.type(0.5)
    for k in range(len(by_strength)):
        for j in range(n):
            inverse, depth = room[_INVERSE + j], rows[k, _DEPTH + j]
            by_strength[k, i, start + j] = sums[k, _BY_DEPTH + j] * inverse
            by_source[k, i, start + j] = sums[k, _BY_SOURCE + j]
            by_middle, by_half = sums[k, _TO_MIDDLE + j], sums[k, _TO_HALF + j]
            turn = depth * half * inverse
            by_recession[i, start + j] += (by_half - by_middle) * turn
            by_recession[i + 1, start + j] -= (by_half + by_middle) * turn
            spread = sums[k, _BY_DEPTH + j] + sums[k, _TO_WIDTH + j]
            by_width[i, start + j] -= depth * inverse * (spread + room[_HALF + j] * by_half)


@compiled
def adjoint(
    gas: tuple[_Array, ...],
    velocity: _Array,
    entering: _Array,
    seed: _Array,
    gradient: tuple[_Array, ...],
) -> None:
    """Gradient of a scalar by what `transfer` was given, without a continuum.

    Parameters
    ----------
    gas, velocity, entering : as in `transfer`
    seed : (line, channel, ray)
        Gradient of the scalar by the cubes.
    gradient : by recession, width, strength and source, shaped as these
        All zero; filled.

    Notes
    -----
    With I the intensity that enters a cell, S its source, d its optical depth, and g the
    gradient by the intensity that leaves it: g (1 - exp(-d)) is that by S, g (S - I) exp(-d)
    that by d, and g exp(-d) that by I. The intensities inside the gas are computed again, for a
    few rays at a time, instead of being stored.
    """
    _, width, strength, source = gas
    lines, cells, rays = strength.shape
    real, channels = width.dtype, len(velocity)
    light, behind = (
        np.empty((lines, channels, _TILE), real),
        np.empty((lines, cells, channels, _TILE), real),
    )
    rows, room, sums = (
        np.empty((lines, _LINE), real),
        np.empty(_ROOM, real),
        np.empty((lines, _SUMS), real),
    )
    none = np.empty((0, 0, 0), real)
    for start in range(0, rays, _TILE):
        n = min(_TILE, rays - start)
        tile = start, n
        _fill(light, tile, entering)
        _forward(gas, (none, none), velocity, tile, light, rows, room, behind)
        _seed(light, tile, seed)
        for i in range(cells):
            gentle = _enter(gas, i, start, n, room)
            _take(rows, _DEPTH, strength, i, start, n)
            _take(rows, _SOURCE, source, i, start, n)
            _over_width(rows, _DEPTH, lines, room)
            first, last = _reach(velocity, room)
            sums[:] = 0
            for c in range(first, last):
                _shapes(velocity[c], gentle, room)
                for k in range(lines):
                    _back(light, behind, (k, i, c), rows, room, sums)
            _collect(gradient, sums, rows, room, i, tile)


@inlined
def _seed(light: _Array, tile: tuple[int, int], seed: _Array) -> None:
    """Fill the light of a tile with the gradient by the cubes."""
    start, n = tile
    light[:] = 0
    for k in range(len(seed)):
        for c in range(seed.shape[1]):
            for j in range(n):
                light[k, c, j] = seed[k, c, start + j]


@inlined
def _moves(change: tuple[_Array, ...], i: int, tile: tuple[int, int], room: _Array) -> None:
    """Fill the rows of the changes of a cell.

    That of the middle is to be lessened by the middle times that of the width.
    """
    recession, width = change[0], change[1]
    start, n = tile
    half = type(room[0])(0.5)
    room[_SHIFT : _WIDER + _TILE] = 0
    for j in range(n):
        near, far = recession[i, start + j], recession[i + 1, start + j]
        inverse = room[_INVERSE + j]
        wider = width[i, start + j] * inverse
        room[_SHIFT + j] = -(near + far) * half * inverse
        room[_OPENING + j] = (near - far) * half * inverse - room[_HALF + j] * wider
        room[_WIDER + j] = wider


@inlined
def _turn(room: _Array) -> None:
    """Replace the slope by the middle by the change of the profile over the width."""
    for j in range(_TILE):
        wider = room[_WIDER + j]
        shift = room[_SHIFT + j] - room[_MIDDLE + j] * wider
        change = room[_BY_MIDDLE + j] * shift + room[_BY_HALF + j] * room[_OPENING + j]
        room[_BY_MIDDLE + j] = change - room[_MEAN + j] * wider


@inlined
def _onward(light: _Array, moved: _Array, k: int, c: int, rows: _Array, room: _Array) -> None:
    """Take the light of a line and channel, and its change, through a cell, after `_turn`."""
    for j in range(_TILE):
        depth = rows[k, _DEPTH + j]
        passed = _expm1(-(depth * room[_MEAN + j]))
        deeper = rows[k, _DEEPER + j] * room[_MEAN + j] + depth * room[_BY_MIDDLE + j]
        lack = rows[k, _SOURCE + j] - light[k, c, j]
        change = moved[k, c, j] + lack * deeper
        moved[k, c, j] = change + (change - rows[k, _BRIGHTER + j]) * passed
        light[k, c, j] -= lack * passed


@compiled
def tangent(
    gas: tuple[_Array, ...],
    change: tuple[_Array, ...],
    velocity: _Array,
    entering: _Array,
    cubes: _Array,
    moved: _Array,
) -> None:
    """Change of the cubes with what `transfer` is given, without a continuum.

    Parameters
    ----------
    gas, velocity, entering : as in `transfer`
    change : of recession, width, strength and source, shaped as these
    cubes, moved : (line, channel, ray)
        Filled with the intensity that arrives, and with its change.

    Notes
    -----
    With I the intensity that enters a cell, S its source and d its optical depth, the intensity
    that leaves it changes by exp(-d) dI + (1 - exp(-d)) dS + (S - I) exp(-d) dd.
    """
    _, width, strength, source = gas
    lines, cells, rays = strength.shape
    real, channels = width.dtype, len(velocity)
    light, drift = (
        np.empty((lines, channels, _TILE), real),
        np.empty((lines, channels, _TILE), real),
    )
    rows, room = np.empty((lines, _LINE), real), np.empty(_ROOM, real)
    for start in range(0, rays, _TILE):
        n = min(_TILE, rays - start)
        tile = start, n
        _fill(light, tile, entering)
        drift[:] = 0
        for i in range(cells - 1, -1, -1):
            gentle = _enter(gas, i, start, n, room)
            _moves(change, i, tile, room)
            _take(rows, _DEPTH, strength, i, start, n)
            _take(rows, _SOURCE, source, i, start, n)
            _take(rows, _DEEPER, change[2], i, start, n)
            _take(rows, _BRIGHTER, change[3], i, start, n)
            _over_width(rows, _DEPTH, lines, room)
            _over_width(rows, _DEEPER, lines, room)
            first, last = _reach(velocity, room)
            for c in range(first, last):
                _shapes(velocity[c], gentle, room)
                _turn(room)
                for k in range(lines):
                    _onward(light, drift, k, c, rows, room)
        _put(cubes, tile, light)
        _put(moved, tile, drift)
